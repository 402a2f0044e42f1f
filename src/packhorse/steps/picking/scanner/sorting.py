"""Sorting at a put wall on a phone: scan a tote, a piece out of it, and the slot that the wall names. A complete slot, scanned, is taken out into an empty tote (or packed from where it is)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.actors import Actor
from packhorse.core.errors import Invalid
from packhorse.core.scan import Context, Match, Scan
from packhorse.core.web.cells import Text
from packhorse.core.web.scanner import Button, Field, Flow, Screen, State, register_flow
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.ground.warehouse.types import WallInfo
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.errors import NobodyWants, NotForThisWall, NotThatMany, SlotNotComplete, UnknownCode, WhichLot, WrongSlot
from packhorse.steps.picking.types import ToteLine


@register_flow
class Sort(Flow):
    """Sorts pieces out of shared totes into the slots of their orders. Each slot scanned is posted; what the run remembers is the tote and the piece in the hand."""

    name, title, icon, permission = "picking.sort", _("Sort at a put wall"), "picking", "pick"
    text = _("Pieces from the zones into the slots of their orders")

    def start(self, *, actor: Actor, key: UUID, context: Mapping[str, str]) -> Screen:
        walls = warehouses.walls(actor.scope)
        chosen = next((w for w in walls if str(w.wall_id) == context.get("wall")), walls[0] if len(walls) == 1 else None)
        return _ask_tote(actor, chosen) if chosen else _ask_wall()

    def scan(self, *, actor: Actor, key: UUID, state: State, scan: Scan) -> Screen:
        return self._scan(actor, key, state, scan)

    def button(self, *, actor: Actor, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
        return self._button(actor, key, state, name, fields)

    def again(self, *, actor: Actor, state: State) -> Screen | None:
        """The tote as it is now: somebody else may have put the piece, or the order was changed."""
        if state["step"] != "slot":
            return None
        lying = [
            line for line in selectors.tote_lines(actor.scope, state["wall"], state["tote"]) if (line.item_id, line.lot_id) == (state["item"], state["lot"])
        ]
        wall = warehouses.wall(actor.scope, state["wall"])
        return None if sum(line.units for line in lying) >= state["told"] else _tote(actor, wall, state["tote"], state["code"])

    def _scan(self, actor: Actor, key: UUID, state: State, scan: Scan) -> Screen:
        step = state["step"]
        if step == "wall":
            return _choose_wall(actor, scan)
        wall = warehouses.wall(actor.scope, state["wall"])
        found = warehouses.resolve(scan, Context(actor.scope, wall.warehouse_id))
        if step == "slot":
            return _put(actor, key, wall, state, scan, found)
        if step == "take":
            return _take_out(actor, key, wall, state, scan, found)
        if any(m.ref.id == wall.wall_id for m in found):
            return _ask_tote(actor, wall, say=wall.code)
        if place := next((m for m in found if m.ref.kind == "warehouse.tote"), None):
            return _ask_take(actor, wall, place, state) if place.ref.id in dict(wall.slots) else _tote(actor, wall, place.ref.id, place.title, say=place.title)
        if step == "from":
            raise UnknownCode(scanned=scan.text, wanted=_("Scan a tote that came from the zones, or a slot that is complete."))
        return _piece(actor, key, wall, state, scan)

    def _button(self, actor: Actor, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
        if state["step"] == "wall":
            return _ask_wall()
        wall = warehouses.wall(actor.scope, state["wall"])
        if name == "set" and state["step"] == "slot":
            given = fields.get("units", "")
            if not (given.isascii() and given.isdigit() and 0 < int(given[:9]) <= state["told"]):
                raise Invalid(field="units", reason="{least} to {most}", least=1, most=state["told"])
            return _ask_slot(state | {"units": int(given)})
        if name == "gone" and state["step"] == "piece":
            today = warehouses.today(actor.scope, wall.warehouse_id)
            answer = services.report_tote_empty(key=key, actor=actor, wall_id=wall.wall_id, tote_id=state["tote"], today=today)
            said = gettext("%(tote)s is empty: %(n)d missing, %(found)d found elsewhere") % {
                "tote": state["code"], "n": answer.missing, "found": answer.missing - answer.not_found,
            }  # fmt: skip
            return _ask_tote(actor, wall, say=said)
        return _tote(actor, wall, state["tote"], state["code"]) if state.get("tote") else _ask_tote(actor, wall)


def _ask_wall() -> Screen:
    return Screen(title=_("Sort"), instruction=_("Scan the put wall"), state={"step": "wall"})


def _choose_wall(actor: Actor, scan: Scan) -> Screen:
    known = {w.wall_id: w for w in warehouses.walls(actor.scope)}
    wall = next((known[m.ref.id] for m in warehouses.resolve(scan, Context(actor.scope)) if m.ref.id in known), None)
    if wall is None:
        raise UnknownCode(scanned=scan.text, wanted=_("Scan the code of a put wall."))
    return _ask_tote(actor, wall, say=wall.code)


def _complete(actor: Actor, wall: WallInfo) -> tuple[tuple[Text, str], ...]:
    """The slots that may be packed, as a line."""
    done = [row.slot for row in selectors.slots(actor.scope, wall.wall_id) if row.complete and row.slot]
    return ((_("Complete"), ", ".join(done)),) if done else ()


def _ask_tote(actor: Actor, wall: WallInfo, say: str = "") -> Screen:
    return Screen(
        title=wall.code,
        instruction=_("Scan a tote from the zones"),
        lines=((_("Or"), _("a complete slot, to take it out")), *_complete(actor, wall)),
        tone="ok" if say else "ask",
        say=say,
        state={"step": "from", "wall": wall.wall_id},
    )


def _tote(actor: Actor, wall: WallInfo, tote_id: int, code: str, say: str = "") -> Screen:
    """What lies in a tote; with nothing left, the next one.

    Raises: NotForThisWall, where it is scanned and holds nothing for this wall.
    """
    lines = selectors.tote_lines(actor.scope, wall.wall_id, tote_id)
    if not lines:
        if say == code:
            raise NotForThisWall(tote=code, wall=wall.code, location_id=tote_id)
        return _ask_tote(actor, wall, say=say)
    return Screen(
        title=wall.code,
        instruction=_("Take a piece and scan it"),
        big=code,
        lines=(*((f"{x.sku} {x.lot or ''}".strip(), f"{x.units} ×") for x in lines[:8]), *_complete(actor, wall)),
        buttons=(Button("gone", _("The tote is empty"), "danger"),),
        tone="ok" if say else "ask",
        say=say,
        state={"step": "piece", "wall": wall.wall_id, "tote": tote_id, "code": code},
    )


def _piece(actor: Actor, key: UUID, wall: WallInfo, state: State, scan: Scan) -> Screen:
    """A piece in the hand: the wall names the slot.

    Raises: NobodyWants, WhichLot.
    """
    lines = selectors.tote_lines(actor.scope, wall.wall_id, state["tote"])
    items = {m.ref.id for m in catalog.resolve(scan, Context(actor.scope))}
    said = {scan.text, *scan.marks}
    mine = [x for x in lines if x.item_id in items] or [x for x in lines if x.lot is not None and x.lot in said]
    if not mine:
        raise NobodyWants(tote=state["code"], location_id=state["tote"])
    line = _the_one(mine, said, state["code"])
    found = services.give_slot(key=key, actor=actor, wall_id=wall.wall_id, tote_id=state["tote"], item_id=line.item_id, lot_id=line.lot_id)
    return _ask_slot(
        {
            "step": "slot", "wall": wall.wall_id, "tote": state["tote"], "code": state["code"], "item": line.item_id, "lot": line.lot_id, "sku": line.sku, "name": line.name,
            "release": found.release_id, "slot": found.slot_id, "slot_code": found.slot, "told": found.units, "units": found.units, "title": wall.code,
        }
    )  # fmt: skip


def _the_one(mine: Sequence[ToteLine], said: set[str], tote: str) -> ToteLine:
    """The lot that the scan says, or the only one.

    Raises: WhichLot.
    """
    named = [x for x in mine if x.lot is not None and x.lot in said]
    if len(mine) > 1 and not named:
        raise WhichLot(sku=mine[0].sku, tote=tote)
    return (named or list(mine))[0]


def _ask_slot(state: State) -> Screen:
    units, told = state["units"], state["told"]
    return Screen(
        title=state["title"],
        instruction=ngettext("Put %(n)d into slot %(slot)s and scan it", "Put %(n)d into slot %(slot)s and scan it", units)
        % {"n": units, "slot": state["slot_code"]},
        big=state["slot_code"],
        lines=((_("Item"), state["name"]), (_("SKU"), state["sku"])),
        fields=(Field("units", _("How many do you hold?"), "number", str(units), _("pieces")),) if told > 1 else (),
        buttons=(*((Button("set", _("Fewer")),) if told > 1 else ()), Button("back", _("Back"))),
        tone="ok",
        say=f"{units} × {state['sku']}",
        state=state,
    )


def _put(actor: Actor, key: UUID, wall: WallInfo, state: State, scan: Scan, found: Sequence[Match]) -> Screen:
    """The slot is confirmed: the pieces are in it."""
    slot = next((m for m in found if m.ref.kind == "warehouse.tote"), None)
    if slot is None or slot.ref.id != state["slot"]:
        raise WrongSlot(scanned=scan.text, expected=state["slot_code"])
    try:
        done = services.put_in_slot(
            key=key, actor=actor, release_id=state["release"], tote_id=state["tote"], item_id=state["item"], lot_id=state["lot"], slot_id=state["slot"],
            quantity=state["units"],
        )  # fmt: skip
    except NotThatMany as refusal:
        shown = _tote(actor, wall, state["tote"], state["code"])
        return replace(shown, tone="wrong", sound="wrong", say=refusal.message, remedy=refusal.remedy)
    said = gettext("%(n)d into %(slot)s") % {"n": done.units, "slot": done.slot}
    if done.complete:
        said = gettext("%(slot)s is complete: to packing") % {"slot": done.slot}
    elif not done.left_in_tote:
        said = gettext("%(n)d into %(slot)s; %(tote)s is empty") % {"n": done.units, "slot": done.slot, "tote": state["code"]}
    shown = _tote(actor, wall, state["tote"], state["code"], say=said)
    return replace(shown, sound="done") if done.complete else shown


def _ask_take(actor: Actor, wall: WallInfo, slot: Match, state: State) -> Screen:
    """A complete slot: into which tote?

    Raises: SlotNotComplete.
    """
    row = next(r for r in selectors.slots(actor.scope, wall.wall_id) if r.slot_id == slot.ref.id)
    if not row.complete:
        raise SlotNotComplete(slot=slot.title, order_id=row.order_id)
    return Screen(
        title=wall.code,
        instruction=_("Scan an empty tote for it, or pack it from the slot"),
        big=slot.title,
        lines=((_("Order"), row.fulfillment_order), (_("Pieces"), row.units)),
        buttons=(Button("back", _("Back")),),
        tone="ok",
        say=slot.title,
        state={"step": "take", "wall": wall.wall_id, "slot": slot.ref.id, "slot_code": slot.title, "tote": state.get("tote"), "code": state.get("code", "")},
    )


def _take_out(actor: Actor, key: UUID, wall: WallInfo, state: State, scan: Scan, found: Sequence[Match]) -> Screen:
    tote = next((m for m in found if m.ref.kind == "warehouse.tote"), None)
    if tote is None:
        raise UnknownCode(scanned=scan.text, wanted=_("Scan an empty tote."))
    services.empty_slot(key=key, actor=actor, slot_id=state["slot"], tote_id=tote.ref.id)
    said = gettext("%(slot)s is free: %(tote)s goes to packing") % {"slot": state["slot_code"], "tote": tote.title}
    return _tote(actor, wall, state["tote"], state["code"], say=said) if state.get("tote") else _ask_tote(actor, wall, say=said)
