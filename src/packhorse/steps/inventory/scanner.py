"""The floor's tasks: receive, put away, count, move."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.actors import Actor
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.lists import ListQuery
from packhorse.core.scan import Context, Match, Scan
from packhorse.core.web.scanner import Button, Field, Flow, Screen, State, register_flow
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.ground.warehouse.types import LocationInfo
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.errors import Ambiguous, NothingToPutAway
from packhorse.steps.inventory.types import Counted, LevelAt, PurchaseOrderInfo, PutAwayInfo, Putting, ReceivedLine, Transfer

_OK = Button("ok", _("OK"), "primary", "check")


def _one(matches: list[Match], kind: str, scan: Scan) -> Match:
    """Raises: NotFound, Ambiguous."""
    refs = {m.ref for m in matches}
    if not refs:
        raise NotFound(kind=kind, ref=scan.text)
    if len(refs) > 1:
        raise Ambiguous(code=scan.text)
    return matches[0]


def _item(scan: Scan, actor: Actor, *, client_id: int | None = None, among: Callable[[], set[int]] | None = None) -> Match:
    """The item of a scan. `among`: the items that are meant first, where clients use the same code.   Raises: NotFound, Ambiguous."""
    matches = catalog.resolve(scan, Context(actor.scope, client_id=client_id))
    if among is not None and len({m.ref for m in matches}) > 1:
        here = among()
        matches = [m for m in matches if m.ref.id in here] or matches
    return _one(matches, "item", scan)


def _place(scan: Scan, actor: Actor, warehouse_id: int | None) -> LocationInfo:
    match = _one(warehouses.resolve(scan, Context(actor.scope, warehouse_id)), "location", scan)
    return warehouses.location(actor.scope, match.ref.id)


def _units(fields: Mapping[str, str], *, least: int = 1) -> int:
    """The keyed quantity.   Raises: Invalid."""
    text = fields.get("quantity", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least):
        raise Invalid(field="quantity", reason=gettext("a whole number is needed"))
    return int(text)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(field="expires_on", reason=gettext("a date is needed")) from None


def _quantity(scan: Scan, match: Match) -> str:
    """What the code itself says about how many there are; empty where it says nothing."""
    return str(match.quantity) if match.quantity > 1 or scan.count else ""


@register_flow
class Receive(Flow):
    """Scan the order, then item and quantity in turn; one tap books it all. A load that was announced: scan its SSCC, one tap."""

    name, title, icon, permission = "inventory.receive", _("Receive"), "down-arrow", "receive"
    text = _("Goods of a purchase order at the dock")

    def start(self, *, actor: Actor, key: UUID, context: Mapping[str, str]) -> Screen:
        return Screen(title=_("Receive"), instruction=_("Scan the purchase order, or the label of the load"), state={"step": "order"})

    def scan(self, *, actor: Actor, key: UUID, state: State, scan: Scan) -> Screen:
        if state["step"] == "order":
            match = _one(selectors.resolve(scan, Context(actor.scope)), "purchase order", scan)
            if match.ref.kind != "inventory.purchase_order":
                raise NotFound(kind="purchase order", ref=scan.text)
            found = selectors.purchase_order(actor.scope, match.ref.id)
            docks = warehouses.locations_of_kind(actor.scope, found.row.warehouse_id, "dock", "staging", "bin")
            docks.sort(key=lambda p: (("dock", "staging", "bin").index(p.kind), p.code))
            if not docks:
                raise NotFound(kind="dock", ref=found.row.warehouse)
            state = {
                "step": "load" if scan.sscc else "item",
                "order": found.row.id,
                "sscc": scan.sscc or "",
                "place": docks[0].id,
                "place_code": docks[0].code,
                "lines": [],
            }
            return self._load(found, state) if scan.sscc else self._next(found, state)
        found = selectors.purchase_order(actor.scope, state["order"])
        places = warehouses.resolve(scan, Context(actor.scope, found.row.warehouse_id))
        if len(places) == 1:
            return self._next(found, state | {"step": "item", "place": places[0].ref.id, "place_code": places[0].title}, say=places[0].title)
        match = _item(scan, actor, client_id=found.row.client_id)
        line = next((n for n in found.lines if n.item_id == match.ref.id), None)
        tracked = line.tracking != "none" if line else False
        now = state | {
            "step": "quantity",
            "item": match.ref.id,
            "sku": match.title,
            "lot": scan.lot or "",
            "expires": scan.expires_on.isoformat() if scan.expires_on else "",
        }
        fields = [Field("quantity", _("Quantity"), "number", _quantity(scan, match))]
        if tracked and not scan.lot:
            fields += [Field("lot", _("Lot"), "text"), Field("expires", _("Expiry"), "date")]
        return Screen(
            title=found.row.number,
            instruction=_("How many are there?"),
            big=match.title,
            lines=((_("Item"), match.detail), *(((_("Lot"), scan.lot),) if scan.lot else ()), *(() if line else ((_("Note"), _("not on this order")),))),
            fields=tuple(fields),
            buttons=(_OK, Button("damaged", _("Damaged"), "danger")),
            tone="ok" if line else "wrong",
            sound="ok" if line else "wrong",
            state=now,
        )

    def button(self, *, actor: Actor, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
        found = selectors.purchase_order(actor.scope, state["order"])
        if name in ("ok", "damaged") and state["step"] == "quantity":
            expires = _day(fields.get("expires", "") or state["expires"])
            line = {
                "item": state["item"],
                "sku": state["sku"],
                "quantity": _units(fields),
                "lot": fields.get("lot", "") or state["lot"],
                "expires": expires.isoformat() if expires else "",
                "condition": "damaged" if name == "damaged" else "sellable",
            }
            said = f"{line['quantity']} × {line['sku']}"
            return self._next(found, state | {"step": "item", "lines": [*state["lines"], line]}, say=said)
        if name == "undo":
            return self._next(found, state | {"step": "item", "lines": state["lines"][:-1]}, say=gettext("Taken back"))
        lines = [ReceivedLine(n["item"], n["quantity"], n["lot"], _day(n["expires"]), n["condition"]) for n in state["lines"]]
        done = services.receive_purchase_order(
            key=key, actor=actor, purchase_order_id=state["order"], location_id=state["place"], lines=lines, sscc=state["sscc"]
        )
        said = ngettext("%d unit received", "%d units received", done.units) % done.units
        if done.discrepancy_ids:
            said += ", " + ngettext("%d thing otherwise than ordered", "%d things otherwise than ordered", len(done.discrepancy_ids)) % len(
                done.discrepancy_ids
            )
        return Screen(title=found.row.number, instruction=_("Scan the next order or load"), tone="done", sound="done", say=said, state={"step": "order"})

    def _load(self, found: PurchaseOrderInfo, state: State) -> Screen:
        return Screen(
            title=found.row.number,
            instruction=_("Is the load whole?"),
            big=state["sscc"][-8:],
            lines=((_("Supplier"), found.row.supplier), (_("Where"), state["place_code"])),
            buttons=(Button("done", _("Receive the load"), "primary", "check"),),
            tone="ok",
            sound="ok",
            state=state,
        )

    def _next(self, found: PurchaseOrderInfo, state: State, say: str = "") -> Screen:
        units = sum(n["quantity"] for n in state["lines"])
        left = sum(n.open for n in found.lines)
        done = (Button("done", _("Done"), "primary", "check"), Button("undo", _("Take back"), icon="undo")) if state["lines"] else ()
        return Screen(
            title=found.row.number,
            instruction=_("Scan an item"),
            big=state["place_code"],
            lines=((_("Supplier"), found.row.supplier), (_("Counted"), units), (_("Still to come"), max(0, left - units))),
            progress=(units, max(units, left)),
            buttons=done,
            tone="ok" if say else "ask",
            sound="ok" if say else "",
            say=say,
            state=state,
        )


@register_flow
class PutAway(Flow):
    """Scan the goods (item, tote or pallet), then the bin."""

    name, title, icon, permission = "inventory.put_away", _("Put away"), "right", "put_away"
    text = _("Goods from the dock to their bins")

    def start(self, *, actor: Actor, key: UUID, context: Mapping[str, str]) -> Screen:
        return self._ask()

    def scan(self, *, actor: Actor, key: UUID, state: State, scan: Scan) -> Screen:
        if state["step"] == "goods":
            return self._show(self._tasks(actor, scan))
        tasks = selectors.put_aways(actor.scope, task_ids=state["tasks"])
        if not tasks:
            raise NothingToPutAway(code=state["what"])
        place = _place(scan, actor, tasks[0].warehouse_id)
        return self._put(actor, key, tasks, place, state)

    def button(self, *, actor: Actor, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
        if name == "part":
            tasks = selectors.put_aways(actor.scope, task_ids=state["tasks"])
            return self._show(tasks, quantity=_units(fields))
        return self._ask()

    def _tasks(self, actor: Actor, scan: Scan) -> list[PutAwayInfo]:
        """The tasks of the unit that was scanned, or the oldest of the item.   Raises: NotFound, Ambiguous, NothingToPutAway."""
        places = warehouses.resolve(scan, Context(actor.scope))
        if places:
            tasks = selectors.put_aways(actor.scope, source_id=_one(places, "location", scan).ref.id)
            kind = places[0].ref.kind.rsplit(".", 1)[-1]
            found = tasks if kind in ("tote", "pallet", "cart") else tasks[:1]
        else:
            match = _item(scan, actor, among=lambda: {t.item_id for t in selectors.put_aways(actor.scope)})
            tasks = selectors.put_aways(actor.scope, item_id=match.ref.id)
            found = [t for t in tasks if not scan.lot or t.lot == scan.lot][:1]
        if not found:
            raise NothingToPutAway(code=scan.text)
        return found

    def _put(self, actor: Actor, key: UUID, tasks: list[PutAwayInfo], place: LocationInfo, state: State) -> Screen:
        quantity: int | None = state.get("quantity")
        services.put_away(key=key, actor=actor, putting=[Putting(t.id, place.id, quantity if len(tasks) == 1 else None) for t in tasks])
        units = quantity if quantity and len(tasks) == 1 else sum(t.open for t in tasks)
        return self._ask(say=gettext("%(n)d in %(place)s") % {"n": units, "place": place.code})

    def _show(self, tasks: list[PutAwayInfo], quantity: int | None = None) -> Screen:
        first = tasks[0]
        single = len(tasks) == 1
        what = first.sku if single else gettext("%d things") % len(tasks)
        lines: tuple[tuple[Any, Any], ...] = ((_("Goods"), what), (_("Units"), quantity or sum(t.open for t in tasks)), (_("From"), first.source))
        if single and first.lot:
            lines = (*lines, (_("Lot"), first.lot))
        return Screen(
            title=_("Put away"),
            instruction=_("Scan the bin"),
            big=first.target or _("any bin"),
            lines=lines,
            fields=(Field("quantity", _("Only a part"), "number", str(quantity or "")),) if single and first.open > 1 else (),
            buttons=(*((Button("part", _("Only a part")),) if single and first.open > 1 else ()), Button("back", _("Something else"), icon="undo")),
            tone="ok",
            sound="ok",
            state={"step": "bin", "tasks": [t.id for t in tasks], "what": what, "quantity": quantity},
        )

    def _ask(self, say: str = "") -> Screen:
        return Screen(
            title=_("Put away"),
            instruction=_("Scan the goods: item, tote or pallet"),
            tone="done" if say else "ask",
            sound="done" if say else "",
            say=say,
            state={"step": "goods"},
        )


@register_flow
class Count(Flow):
    """Scan the bin, then each item and its quantity; the next bin (or Done) ends it. Blind: the screen never says what is expected."""

    name, title, icon, permission = "inventory.count", _("Count"), "count", "count"
    text = _("What is really in a bin")

    def start(self, *, actor: Actor, key: UUID, context: Mapping[str, str]) -> Screen:
        waiting = [c for c in _waiting(actor) if c[1]][:5]
        return Screen(title=_("Count"), instruction=_("Scan a bin"), lines=tuple((code, reason) for code, reason in waiting), state={"step": "bin"})

    def scan(self, *, actor: Actor, key: UUID, state: State, scan: Scan) -> Screen:
        warehouse_id: int | None = state.get("warehouse")
        places = warehouses.resolve(scan, Context(actor.scope, warehouse_id))
        if state["step"] == "bin" or places:
            place = warehouses.location(actor.scope, _one(places, "location", scan).ref.id)
            said = ""
            if state["step"] != "bin":
                said = self._end(actor, key, state)
                key = uuid5(key, "next bin")
            done = services.count_here(key=key, actor=actor, location_id=place.id)
            return self._next(
                {"step": "item", "count": done.count_id, "location": place.id, "place": place.code, "warehouse": place.warehouse_id, "lines": 0},
                say=said or place.code,
            )
        match = _item(scan, actor, among=lambda: {x.item_id for x in selectors.levels(actor.scope, location_id=state["location"])})
        tracked = catalog.item(actor.scope, match.ref.id).tracking != "none"
        fields = [Field("quantity", _("Quantity"), "number", _quantity(scan, match))]
        if tracked and not scan.lot:
            fields.append(Field("lot", _("Lot"), "text"))
        return Screen(
            title=state["place"],
            instruction=_("How many are there?"),
            big=match.title,
            lines=((_("Item"), match.detail), *(((_("Lot"), scan.lot),) if scan.lot else ())),
            fields=tuple(fields),
            buttons=(_OK, Button("damaged", _("Damaged"), "danger")),
            tone="ok",
            sound="ok",
            state=state | {"step": "quantity", "item": match.ref.id, "sku": match.title, "lot": scan.lot or ""},
        )

    def button(self, *, actor: Actor, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
        if name in ("ok", "damaged") and state["step"] == "quantity":
            quantity = _units(fields, least=0)
            line = Counted(state["item"], quantity, fields.get("lot", "") or state["lot"], "damaged" if name == "damaged" else "sellable")
            done = services.record_count(key=key, actor=actor, count_id=state["count"], lines=[line])
            return self._next(state | {"step": "item", "lines": done.lines}, say=f"{quantity} × {state['sku']}")
        said = self._end(actor, key, state)
        return Screen(
            title=_("Count"), instruction=_("Scan the next bin"), tone="done", sound="done", say=said, state={"step": "bin", "warehouse": state["warehouse"]}
        )

    def _end(self, actor: Actor, key: UUID, state: State) -> str:
        done = services.record_count(key=key, actor=actor, count_id=state["count"], lines=[], finished=True)
        place: str = state["place"]
        if done.state == "posted":
            return gettext("%s is right") % place
        return gettext("%s will be counted again by somebody else") % place if done.state == "recount" else gettext("%s: a manager decides") % place

    def _next(self, state: State, say: str) -> Screen:
        end = Button("empty", _("Empty"), "primary", "box") if not state["lines"] else Button("done", _("Done"), "primary", "check")
        return Screen(
            title=_("Count"), instruction=_("Scan each item"), big=state["place"], lines=((_("Counted"), state["lines"]),), buttons=(end,), tone="ok", sound="ok", say=say,
            state=state,
        )  # fmt: skip


def _waiting(actor: Actor) -> list[tuple[str, str]]:
    """Bins that wait for a count which this person may do: (code, reason)."""
    rows = selectors.counts(actor.scope, ListQuery(filters={"state": ("requested", "recount")}, limit=20, count=False)).rows
    return [(c.location, c.reason) for c in rows if not c.counter and c.first_counter != actor.principal]


@register_flow
class Move(Flow):
    """Scan the place, the item, key the quantity, scan the new place."""

    name, title, icon, permission = "inventory.move", _("Move"), "refresh", "put_away"
    text = _("Goods from one place to another")

    def start(self, *, actor: Actor, key: UUID, context: Mapping[str, str]) -> Screen:
        return Screen(title=_("Move"), instruction=_("Scan the place they are in"), state={"step": "from"})

    def scan(self, *, actor: Actor, key: UUID, state: State, scan: Scan) -> Screen:
        if state["step"] == "from":
            place = _place(scan, actor, None)
            return self._item({"step": "item", "from": place.id, "from_code": place.code, "warehouse": place.warehouse_id})
        if state["step"] == "item":
            match = _item(scan, actor, among=lambda: {x.item_id for x in selectors.levels(actor.scope, location_id=state["from"])})
            level = self._level(actor, state["from"], match, scan)
            free = level.on_hand - level.allocated
            state = state | {"step": "quantity", "item": match.ref.id, "sku": match.title, "lot": level.lot_id, "condition": level.condition}
            return Screen(
                title=state["from_code"], instruction=_("How many?"), big=match.title, lines=((_("Item"), match.detail), (_("Free here"), free)),
                fields=(Field("quantity", _("Quantity"), "number"),), buttons=(_OK,), tone="ok", sound="ok", state=state,
            )  # fmt: skip
        if state["step"] == "quantity":
            raise Invalid(field="quantity", reason=gettext("key the quantity first"))
        target = _place(scan, actor, state["warehouse"])
        transfer = Transfer(state["item"], state["quantity"], state["from"], target.id, state["lot"], state["condition"], state["condition"])
        services.move_stock(key=key, actor=actor, warehouse_id=state["warehouse"], transfers=[transfer])
        said = gettext("%(n)d × %(sku)s now in %(place)s") % {"n": state["quantity"], "sku": state["sku"], "place": target.code}
        return Screen(title=_("Move"), instruction=_("Scan the place they are in"), tone="done", sound="done", say=said, state={"step": "from"})

    def button(self, *, actor: Actor, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
        quantity = _units(fields)
        return Screen(
            title=state["from_code"], instruction=_("Scan the new place"), big=state["sku"], lines=((_("Quantity"), quantity),), tone="ok", sound="ok",
            state=state | {"step": "to", "quantity": quantity},
        )  # fmt: skip

    def _level(self, actor: Actor, place_id: int, match: Match, scan: Scan) -> LevelAt:
        """The level of the item at the place that has free units; of the scanned lot, where one was scanned.   Raises: NotFound, Ambiguous."""
        found = [
            x
            for x in selectors.levels(actor.scope, item_id=match.ref.id, location_id=place_id)
            if x.on_hand > x.allocated and (not scan.lot or x.lot == scan.lot)
        ]
        if not found:
            raise NotFound(kind="item here", ref=match.title)
        if len({x.lot_id for x in found}) > 1:
            raise Ambiguous(code=match.title)
        return found[0]

    def _item(self, state: State) -> Screen:
        return Screen(title=state["from_code"], instruction=_("Scan the item"), big=state["from_code"], tone="ok", sound="ok", state=state)
