"""Packing at the bench: scan the tote (or the piece of a single-piece order), each piece, the label. What is scanned is the run's state; it is posted once per parcel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import urlencode
from uuid import UUID, uuid5

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy as _, gettext_noop, ngettext

from packhorse.core.actors import Actor
from packhorse.core.errors import Invalid, PackhorseError
from packhorse.core.refs import Ref
from packhorse.core.scan import Context, Match, Scan
from packhorse.core.web.panels import documents_of
from packhorse.core.web.scanner import Button, Field, Flow, Screen, State, register_flow
from packhorse.core.words import said
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.equipment import selectors as equipment, services as printing
from packhorse.ground.equipment.errors import BoxRefused
from packhorse.ground.equipment.types import EquipmentInfo
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.orders import selectors as orders
from packhorse.steps.packing import paper, selectors, services
from packhorse.steps.packing.bench import by_item, gift_lines, got_of, parcel_of, plain_weight, weight_field, whole
from packhorse.steps.packing.errors import (
    AnotherOrder,
    NothingHere,
    NotInThisParcel,
    NotOnTheBench,
    OneTooMany,
    SerialNotScanned,
    SizesNotKnown,
    WeightOff,
    WrongItemScanned,
    WrongLabel,
    WrongLotScanned,
)
from packhorse.steps.packing.policy import policy_of
from packhorse.steps.packing.types import MARKS, BenchOrder, Content, ParcelInfo
from packhorse.steps.packing.words import WHY_ANOTHER_BOX, WHY_WEIGHT
from packhorse.steps.picking import selectors as picking

#: Asked for beside a weight far off what is expected.
_WHY_OFF: Final = (Field("why", _("Why"), "choice", choices=WHY_WEIGHT),)


@register_flow
class Pack(Flow):
    """Packs one order after the other. A piece too many, a piece of another order and a foreign label are refused before anything is posted."""

    name, title, icon, permission = "packing.pack", _("Pack"), "packing", "pack"
    text = _("Totes at the bench into boxes")

    def start(self, *, actor: Actor, key: UUID, context: Mapping[str, str]) -> Screen:
        wanted = context.get("order", "")
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 19:
            return self._open(actor, key, selectors.bench_order(actor.scope, int(wanted)))
        return self._begin()

    def scan(self, *, actor: Actor, key: UUID, state: State, scan: Scan) -> Screen:
        if state["step"] == "label":
            return self._label(actor, key, state, scan)
        if state["step"] == "tote":
            return self._find(actor, key, scan)
        order = selectors.bench_order(actor.scope, state["fo"])
        if state["step"] != "pieces":
            state = state | {"step": "pieces"}
        return self._piece(actor, key, order, state, scan)

    def button(self, *, actor: Actor, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
        if state["step"] == "tote" or name == "again":
            return self._begin()
        if state["step"] == "label" or name == "reweigh":
            return self._after(actor, key, state, name, fields)
        order = selectors.bench_order(actor.scope, state["fo"])
        if name == "back":
            return self._show(actor, order, state | {"step": "pieces"})
        if name == "quantity":
            return self._ask_quantity(order, state)
        if name == "many":
            return self._many(actor, key, order, state, whole(fields.get("quantity", "")))
        if name == "box":
            return self._ask_box(actor, order, state)
        if name == "take_box":
            return self._take_box(actor, order, state, fields)
        if name == "cut":
            return self._cut(actor, key, order, state)
        if name == "close":
            return self._close(actor, key, order, state)
        if name in ("weight", "confirm"):
            return self._close(actor, key, order, state | {"weight": whole(fields.get("weight", ""))}, fields.get("why", "") if name == "confirm" else "")
        raise Invalid(field="button", reason=name)

    # Which order ------------------------------------------------------------------------------------------------------------------------------------------------

    def _begin(self) -> Screen:
        return Screen(
            title=_("Pack"),
            instruction=_("Scan a tote"),
            lines=((_("Or"), _("an order number, or the piece of a single-piece order")),),
            state={"step": "tote"},
        )

    def _find(self, actor: Actor, key: UUID, scan: Scan) -> Screen:
        context = Context(actor.scope)
        totes = [m for m in warehouses.resolve(scan, context) if m.ref.kind == "warehouse.tote"]
        served = [fo for m in totes if (fo := picking.order_in_tote(actor.scope, m.ref.id)) is not None]
        if not served:
            served = [fo for m in orders.resolve(scan, context) for fo in self._orders_of(actor, m)]
        for fulfillment_order_id in served:
            order = selectors.bench_order(actor.scope, fulfillment_order_id)
            return self._open(actor, key, order, say=ngettext("%(n)d piece to pack", "%(n)d pieces to pack", order.units) % {"n": order.units})
        items = catalog.resolve(scan, context)
        single = selectors.single_piece_order(actor.scope, [m.ref.id for m in items]) if items and not totes else None
        if single is None:
            raise NothingHere(scanned=scan.text)
        return self._piece(actor, key, single, self._fresh(actor, single), scan)

    def _orders_of(self, actor: Actor, match: Match) -> list[int]:
        if match.ref.kind == "orders.fulfillment_order":
            return [match.ref.id]
        standing = {o.fulfillment_order_id for o in selectors.bench_orders(actor.scope)}
        return [fo.fulfillment_order_id for fo in orders.fulfillment_orders_of(actor.scope, [match.ref.id]) if fo.fulfillment_order_id in standing]

    def _fresh(self, actor: Actor, order: BenchOrder, sealed: int = 0) -> State:
        found = services.proposal(order)
        return {
            "step": "pieces",
            "fo": order.fulfillment_order_id,
            "parcel": replace(found.parcels[0], placements=()),
            "more": len(found.parcels) - 1,
            "sealed": sealed,
            "told": found.told,
            "got": [],
            "last": None,
            "weight": None,
            "box": None,
            "machine": equipment.at_station(actor.scope, "boxes", order.warehouse_id, order.station_id) is not None,
            "gift": order.order_id in orders.gifts(actor.scope, [order.order_id]),
        }

    def _open(self, actor: Actor, key: UUID, order: BenchOrder, say: str = "", sealed: int = 0) -> Screen:
        """The first screen of a parcel. Where the client's boxes are cut to size, the machine is asked at once; what it says no to is packed as proposed."""
        state = self._fresh(actor, order, sealed)
        if state["machine"] and policy_of(order.client_id).cut:
            try:
                return self._cut(actor, uuid5(key, "box"), order, state)
            except (BoxRefused, SizesNotKnown) as no:
                say = no.message
        return self._show(actor, order, state, say)

    # The pieces -------------------------------------------------------------------------------------------------------------------------------------------------

    def _show(self, actor: Actor, order: BenchOrder, state: State, say: str = "") -> Screen:
        parcel = parcel_of(state)
        got = got_of(state)
        lines = {line.allocation_id: line for line in order.lines}
        wanted = by_item(parcel.contents, lines)
        have = by_item([Content(i, q) for i, q in got.items()], lines)
        names = {line.item_id: line for line in order.lines}
        picture = {
            "in": ",".join(f"{i}.{n}" for i, n in have.items()),
            "last": state["last"] or "",
            "box": state["box"] or "",
            "cut": "1" if parcel.box == services.CUT else "",
        }
        buttons = [Button("box", _("Another box"))]
        if state.get("machine") and parcel.box != services.CUT and not got:
            buttons.append(Button("cut", _("Cut a box to size")))
        last = state.get("last")
        if last in wanted and wanted[last] - have.get(last, 0) > 1:
            buttons.insert(0, Button("quantity", _("Several"), "primary"))
        if got:
            buttons.append(Button("close", _("Close it so"), "danger"))
        buttons.append(Button("again", _("Another order")))
        count = state["sealed"] + 1 + state["more"]
        named = parcel.box if parcel.box_id else capfirst(said(parcel.box))
        gift = orders.gifts(actor.scope, [order.order_id]).get(order.order_id) if state.get("gift") else None
        known = selectors.procedures(actor.scope, wanted)
        shown = [known[last]] if last in known else [] if last else list(known.values())
        how = " ".join(f"{p.sku}: {' · '.join([*(str(MARKS[m]) for m in p.marks), p.steps])}" for p in shown)
        return Screen(
            title=f"{order.number} · {order.tote}" if order.tote else order.number,
            instruction=_("Scan each piece into the box"),
            big=named if count == 1 else f"{named} ({state['sealed'] + 1}/{count})",
            lines=(
                *(((_("Planned"), state["told"]),) if state.get("told") else ()),
                *gift_lines(gift),
                *((f"{names[i].sku} · {names[i].name}", f"{have.get(i, 0)}/{n}") for i, n in sorted(wanted.items(), key=lambda p: p[1] <= have.get(p[0], 0))),
            ),
            progress=(sum(have.values()), sum(wanted.values())),
            picture=f"{reverse('packing:load', args=[order.fulfillment_order_id])}?{urlencode(picture)}",
            turns=True,
            buttons=tuple(buttons),
            links=tuple((_("How it is packed"), reverse("files:file", args=[p.photo_id])) for p in shown if p.photo_id),
            tone="ok" if say else "ask",
            say=say or (_("Mind how it is packed") if how else ""),
            remedy=how,
            state=state,
        )

    def _piece(self, actor: Actor, key: UUID, order: BenchOrder, state: State, scan: Scan) -> Screen:
        matches = catalog.resolve(scan, Context(actor.scope, client_id=order.client_id))
        own = {line.item_id for line in order.lines}
        serial = next((line for line in order.lines if line.serial and line.lot == scan.text), None)
        if serial is not None:
            return self._add(actor, key, order, state | {"last": serial.item_id}, serial.item_id, 1, (scan.text,))
        match = next((m for m in matches if m.ref.id in own), None)
        if match is None:
            return self._no_piece(actor, order, state, scan)
        return self._add(actor, key, order, state | {"last": match.ref.id}, match.ref.id, match.quantity, scan.marks)

    def _no_piece(self, actor: Actor, order: BenchOrder, state: State, scan: Scan) -> Screen:
        """A scan that is no piece of this order: its own tote or bench again, another box to take, or something that does not belong here."""
        places = warehouses.resolve(scan, Context(actor.scope))
        if scan.text.upper() in {order.tote, order.number} or any(m.ref.id == order.station_id for m in places):
            return self._show(actor, order, state, say=scan.text)
        if box := next((b for b in catalog.boxes(actor.scope, order.client_id) if b.code.upper() == scan.text.upper()), None):
            return self._show(actor, order, state, say=box.code) if box.id == parcel_of(state).box_id else self._ask_box(actor, order, state, str(box.id))
        others = [fo for m in places if m.ref.kind == "warehouse.tote" and (fo := picking.order_in_tote(actor.scope, m.ref.id)) is not None]
        others += [fo for m in orders.resolve(scan, Context(actor.scope)) for fo in self._orders_of(actor, m)]
        if other := next((fo for fo in orders.fulfillment_orders(actor.scope, others) if fo.fulfillment_order_id != order.fulfillment_order_id), None):
            raise AnotherOrder(scanned=scan.text, number=other.number, order_id=other.order_id)
        raise WrongItemScanned(scanned=scan.text)

    def _add(self, actor: Actor, key: UUID, order: BenchOrder, state: State, item_id: int, quantity: int, marks: tuple[str, ...]) -> Screen:
        parcel, got = parcel_of(state), got_of(state)
        lines = {line.allocation_id: line for line in order.lines}
        mine = [c for c in parcel.contents if c.allocation_id in lines and lines[c.allocation_id].item_id == item_id]
        sku = next(line.sku for line in order.lines if line.item_id == item_id)
        if not mine:
            raise NotInThisParcel(sku=sku)
        if any(lines[c.allocation_id].serial for c in mine) and not marks:
            raise SerialNotScanned(sku=sku)
        if marks and (lots := {lines[c.allocation_id].lot for c in mine} - {None}):
            if not lots & set(marks):
                raise WrongLotScanned(scanned=marks[0], expected=", ".join(sorted(str(x) for x in lots)))
            mine = [c for c in mine if lines[c.allocation_id].lot in marks]
        room = sum(c.quantity - got.get(c.allocation_id, 0) for c in mine)
        if quantity > room:
            raise OneTooMany(quantity=sum(c.quantity for c in mine), sku=sku)
        left = quantity
        for c in mine:
            n = min(left, c.quantity - got.get(c.allocation_id, 0))
            if n:
                got[c.allocation_id] = got.get(c.allocation_id, 0) + n
                left -= n
        state = state | {"got": [[i, q] for i, q in got.items()]}
        if all(got.get(c.allocation_id, 0) == c.quantity for c in parcel.contents):
            return self._close(actor, key, order, state)
        return self._show(actor, order, state, say=sku if quantity == 1 else f"{quantity} × {sku}")

    def _ask_quantity(self, order: BenchOrder, state: State) -> Screen:
        parcel, got = parcel_of(state), got_of(state)
        lines = {line.allocation_id: line for line in order.lines}
        item = state["last"]
        left = sum(c.quantity - got.get(c.allocation_id, 0) for c in parcel.contents if lines[c.allocation_id].item_id == item)
        sku = next(line.sku for line in order.lines if line.item_id == item)
        return Screen(
            title=order.number,
            instruction=_("How many more of %(sku)s go in?") % {"sku": sku},
            big=sku,
            fields=(Field("quantity", _("Pieces"), "number", str(left)),),
            buttons=(Button("many", _("They are in"), "primary"), Button("back", _("Back"))),
            state=state | {"step": "quantity"},
        )

    def _many(self, actor: Actor, key: UUID, order: BenchOrder, state: State, quantity: int) -> Screen:
        if state.get("last") is None:
            raise Invalid(field="quantity", reason=gettext("scan one piece first"))
        return self._add(actor, key, order, state | {"step": "pieces"}, state["last"], quantity, ())

    # The box ----------------------------------------------------------------------------------------------------------------------------------------------------

    def _ask_box(self, actor: Actor, order: BenchOrder, state: State, box: str = "") -> Screen:
        boxes = catalog.boxes(actor.scope, order.client_id)
        return Screen(
            title=order.number,
            instruction=_("Which box instead, and why?"),
            fields=(
                Field("box", _("Box"), "choice", box, choices=tuple((str(b.id), f"{b.code} · {b.name}") for b in boxes)),
                Field("why", _("Why"), "choice", choices=WHY_ANOTHER_BOX),
            ),
            buttons=(Button("take_box", _("Take this box"), "primary"), Button("back", _("Back"))),
            state=state | {"step": "box"},
        )

    def _take_box(self, actor: Actor, order: BenchOrder, state: State, fields: Mapping[str, str]) -> Screen:
        box = next((b for b in catalog.boxes(actor.scope, order.client_id) if str(b.id) == fields.get("box")), None)
        why = fields.get("why", "")
        if box is None or why not in dict(WHY_ANOTHER_BOX):
            raise Invalid(field="box", reason=gettext("choose a box and a reason"))
        before = parcel_of(state)
        proposed = before.instead_of or before.box_id
        changed = box.id != proposed and proposed is not None
        taken = replace(
            services.in_box(order, box),
            placements=(),
            considered=before.considered,
            instead_of=proposed if changed else None,
            box_why=why if changed else "",
        )
        fresh = state | {"step": "pieces", "parcel": taken, "more": 0, "box": box.id}
        return self._show(actor, order, fresh, say=box.code)

    def _cut(self, actor: Actor, key: UUID, order: BenchOrder, state: State) -> Screen:
        """The bench's machine makes a box that the load just fills; what it says no to changes nothing. What is asked of it has a key of its own: the tap itself is not carried out by asking."""
        taken = next((b for b in catalog.boxes(actor.scope, order.client_id) if b.id == state["box"]), None)
        cut = services.cut_to_size(order, services.in_box(order, taken) if taken else parcel_of(state))
        asked = services.ask_for_box(
            key=uuid5(key, "cut"), actor=actor, fulfillment_order_id=order.id, inner_mm=cut.inner_mm, weight_g=cut.expected_g, station_id=order.station_id
        )
        printing.make_box(asked)
        size = " × ".join(map(str, cut.inner_mm))
        return self._show(actor, order, state | {"parcel": replace(cut, placements=())}, say=gettext("The box comes: %(size)s mm") % {"size": size})

    # The seal ---------------------------------------------------------------------------------------------------------------------------------------------------

    def _close(self, actor: Actor, key: UUID, order: BenchOrder, state: State, weight_why: str = "") -> Screen:
        parcel, got = parcel_of(state), got_of(state)
        lines = {line.allocation_id: line for line in order.lines}
        if not got:
            raise NotOnTheBench(number=order.number, what=gettext("nothing was scanned into this parcel"), order_id=order.order_id)
        if gone := [i for i in got if i not in lines]:
            raise NotOnTheBench(number=order.number, what=f"#{gone[0]}", order_id=order.order_id)
        contents = tuple(Content(i, q) for i, q in got.items())
        packed = sum(lines[i].weight_g * q for i, q in got.items())
        expected = parcel.expected_g + packed - sum(lines[c.allocation_id].weight_g * c.quantity for c in parcel.contents if c.allocation_id in lines)
        known = all(lines[i].weight_g for i in got)
        scale = equipment.at_station(actor.scope, "scale", order.warehouse_id, order.station_id)
        weight = state.get("weight") or (max(1, expected) if known and scale is None else 0)
        if not weight:
            return self._ask_weight(order, state, 0, scale)
        new = services.new_parcel(replace(parcel, contents=contents), weight_g=weight, weight_why=weight_why, pieces_scanned=sum(got.values()))
        try:
            sealed = services.seal_parcel(
                key=key,
                actor=actor,
                fulfillment_order_id=order.fulfillment_order_id,
                release_id=order.release_id,
                box_id=new.box_id,
                size_mm=new.size_mm,
                contents=list(contents),
                weight_g=weight,
                fill_permille=new.fill_permille if got == {c.allocation_id: c.quantity for c in parcel.contents} else None,
                reasons=new.reasons,
                station_id=order.station_id,
                instead_of=new.instead_of,
                box_why=new.box_why,
                weight_why=weight_why,
            )
        except WeightOff as off:
            return self._ask_weight(order, state, weight, scale, off)
        info = selectors.parcel(actor.scope, sealed.parcel_id)
        after: State = {"step": "label", "fo": order.fulfillment_order_id, "parcel": info.parcel_id, "complete": sealed.complete, "sealed": state["sealed"] + 1}
        return self._ask_label(actor, info, after, say=ngettext("Closed: %(n)d piece", "Closed: %(n)d pieces", info.units) % {"n": info.units})

    def _ask_weight(self, order: BenchOrder, state: State, weight: int, scale: EquipmentInfo | None, off: WeightOff | None = None) -> Screen:
        return Screen(
            title=order.number,
            instruction=_("Put the closed box on the scale") if scale else _("Put the closed box on the scale and key in what it says"),
            big=_("Weigh"),
            fields=(weight_field(str(weight or ""), scale), *(_WHY_OFF if off else ())),
            buttons=(
                Button("weight", _("Close the parcel"), "primary"),
                *((Button("confirm", _("It is right so"), "danger"),) if off else ()),
                Button("back", _("Back")),
            ),
            tone="wrong" if off else "ask",
            say=off.message if off else "",
            remedy=off.remedy if off else "",
            blocker=off.link if off else "",
            state=state | {"step": "weigh", "weight": None},
        )

    # The label --------------------------------------------------------------------------------------------------------------------------------------------------

    def _ask_label(self, actor: Actor, parcel: ParcelInfo, state: State, say: str = "") -> Screen:
        return Screen(
            title=parcel.fulfillment_order,
            instruction=_("Put the label on and scan it"),
            big=parcel.number,
            lines=((_("Box"), parcel.box or _("own carton")), (_("Weight"), plain_weight(parcel.weight_g)), (_("Pieces"), parcel.units)),
            links=tuple(documents_of(actor.scope, Ref("packing.parcel", parcel.parcel_id))),
            buttons=(Button("weigh", _("Weigh")), Button("reopen", _("Open again"), "danger"), Button("next", _("Label comes later"))),
            tone="ok" if say else "ask",
            say=say,
            state=state,
        )

    def _label(self, actor: Actor, key: UUID, state: State, scan: Scan) -> Screen:
        parcel = selectors.parcel(actor.scope, state["parcel"])
        if not paper.names(actor.scope, scan, parcel):
            raise WrongLabel(scanned=scan.text, expected=parcel.number)
        return self._go_on(actor, key, state, parcel)

    def _go_on(self, actor: Actor, key: UUID, state: State, parcel: ParcelInfo) -> Screen:
        if not state["complete"]:
            try:
                return self._open(actor, key, selectors.bench_order(actor.scope, state["fo"]), say=parcel.number, sealed=state["sealed"])
            except NotOnTheBench:  # the rest was cancelled meanwhile
                pass
        return replace(self._begin(), tone="done", big=_("Packed"), say=parcel.number)

    def _after(self, actor: Actor, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
        parcel = selectors.parcel(actor.scope, state["parcel"])
        if name == "next":
            return self._go_on(actor, key, state, parcel)
        if name == "reopen":
            services.void_parcel(key=key, actor=actor, parcel_id=parcel.parcel_id, reason=gettext_noop("opened again at the bench"))
            return self._open(actor, key, selectors.bench_order(actor.scope, state["fo"]), say=gettext("Opened again"))
        if name == "weigh":
            return self._ask_reweigh(actor, parcel, state)
        if name in ("reweigh", "confirm"):
            weight = whole(fields.get("weight", ""))
            try:
                services.weigh_parcel(key=key, actor=actor, parcel_id=parcel.parcel_id, weight_g=weight, why=fields.get("why", "") if name == "confirm" else "")
            except WeightOff as off:
                return self._ask_reweigh(actor, parcel, state, weight, off)
            return self._ask_label(actor, selectors.parcel(actor.scope, parcel.parcel_id), state, say=plain_weight(weight))
        return self._ask_label(actor, parcel, state)

    def _ask_reweigh(self, actor: Actor, parcel: ParcelInfo, state: State, weight: int = 0, off: PackhorseError | None = None) -> Screen:
        scale = equipment.at_station(actor.scope, "scale", parcel.warehouse_id, parcel.station_id)
        return Screen(
            title=parcel.fulfillment_order,
            instruction=_("What does the scale say?"),
            big=parcel.number,
            fields=(weight_field(str(weight or ("" if scale else parcel.weight_g)), scale), *(_WHY_OFF if off else ())),
            buttons=(
                Button("reweigh", _("Keep the weight"), "primary"),
                *((Button("confirm", _("It is right so"), "danger"),) if off else ()),
                Button("back", _("Back")),
            ),
            tone="wrong" if off else "ask",
            say=off.message if off else "",
            remedy=off.remedy if off else "",
            blocker=off.link if off else "",
            state=state,
        )
