"""Move goods from one place to another."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core.actors import Actor
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.scan import Match, Scan
from packhorse.core.web.scanner import Field, Flow, Screen, State, register_flow
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.errors import Ambiguous
from packhorse.steps.inventory.scanner.reading import OK, item_of, place_of, units_in
from packhorse.steps.inventory.types import LevelAt, Transfer


@register_flow
class Move(Flow):
    """Scan the place, the item, key the quantity, scan the new place."""

    name, title, icon, permission = "inventory.move", _("Move"), "refresh", "put_away"
    text = _("Goods from one place to another")

    def start(self, *, actor: Actor, key: UUID, context: Mapping[str, str]) -> Screen:
        return Screen(title=_("Move"), instruction=_("Scan the place they are in"), state={"step": "from"})

    def scan(self, *, actor: Actor, key: UUID, state: State, scan: Scan) -> Screen:
        if state["step"] == "from":
            place = place_of(scan, actor, None)
            return self._item({"step": "item", "from": place.id, "from_code": place.code, "warehouse": place.warehouse_id})
        if state["step"] == "item":
            match = item_of(scan, actor, among=lambda: {x.item_id for x in selectors.levels(actor.scope, location_id=state["from"])})
            level = self._level(actor, state["from"], match, scan)
            free = level.on_hand - level.allocated
            state = state | {"step": "quantity", "item": match.ref.id, "sku": match.title, "lot": level.lot_id, "condition": level.condition}
            return Screen(
                title=state["from_code"], instruction=_("How many?"), big=match.title, lines=((_("Item"), match.detail), (_("Free here"), free)),
                fields=(Field("quantity", _("Quantity"), "number"),), buttons=(OK,), tone="ok", sound="ok", state=state,
            )  # fmt: skip
        if state["step"] == "quantity":
            raise Invalid(field="quantity", reason=gettext("key the quantity first"))
        target = place_of(scan, actor, state["warehouse"])
        transfer = Transfer(state["item"], state["quantity"], state["from"], target.id, state["lot"], state["condition"], state["condition"])
        services.move_stock(key=key, actor=actor, warehouse_id=state["warehouse"], transfers=[transfer])
        said = gettext("%(n)d × %(sku)s now in %(place)s") % {"n": state["quantity"], "sku": state["sku"], "place": target.code}
        return Screen(title=_("Move"), instruction=_("Scan the place they are in"), tone="done", sound="done", say=said, state={"step": "from"})

    def button(self, *, actor: Actor, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
        quantity = units_in(fields)
        return Screen(
            title=state["from_code"], instruction=_("Scan the new place"), big=state["sku"], lines=((_("Quantity"), quantity),), tone="ok", sound="ok",
            state=state | {"step": "to", "quantity": quantity},
        )  # fmt: skip

    def _level(self, actor: Actor, place_id: int, match: Match, scan: Scan) -> LevelAt:
        """The level of the item at the place that has free units; of the scanned lot, where one was scanned.   Raises: NotFound, Ambiguous."""
        found = [
            x
            for x in selectors.levels(actor.scope, item_id=match.ref.id, location_id=place_id)
            if x.on_hand > x.allocated and (not scan.marks or x.lot in scan.marks)
        ]
        if not found:
            raise NotFound(kind="item here", ref=match.title)
        if len({x.lot_id for x in found}) > 1:
            raise Ambiguous(code=match.title)
        return found[0]

    def _item(self, state: State) -> Screen:
        return Screen(title=state["from_code"], instruction=_("Scan the item"), big=state["from_code"], tone="ok", sound="ok", state=state)
