"""Count a bin."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid5

from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core.actors import Actor
from packhorse.core.lists import ListQuery
from packhorse.core.scan import Context, Scan
from packhorse.core.web.scanner import Button, Field, Flow, Screen, State, register_flow
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.scanner.reading import OK, item_of, one, said_quantity, units_in
from packhorse.steps.inventory.types import Counted


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
            place = warehouses.location(actor.scope, one(places, "location", scan).ref.id)
            said = ""
            if state["step"] != "bin":
                said = self._end(actor, key, state)
                key = uuid5(key, "next bin")
            done = services.count_here(key=key, actor=actor, location_id=place.id)
            return self._next(
                {"step": "item", "count": done.count_id, "location": place.id, "place": place.code, "warehouse": place.warehouse_id, "lines": 0},
                say=said or place.code,
            )
        match = item_of(scan, actor, among=lambda: {x.item_id for x in selectors.levels(actor.scope, location_id=state["location"])})
        tracking = catalog.item(actor.scope, match.ref.id).tracking
        lot = scan.lot_of(tracking)
        fields = [Field("quantity", _("Quantity"), "number", said_quantity(scan, match))]
        if tracking != "none" and not lot:
            fields.append(Field("lot", _("Lot"), "text"))
        return Screen(
            title=state["place"],
            instruction=_("How many are there?"),
            big=match.title,
            lines=((_("Item"), match.detail), *(((_("Lot"), lot),) if lot else ())),
            fields=tuple(fields),
            buttons=(OK, Button("damaged", _("Damaged"), "danger")),
            tone="ok",
            sound="ok",
            state=state | {"step": "quantity", "item": match.ref.id, "sku": match.title, "lot": lot},
        )

    def button(self, *, actor: Actor, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
        if name in ("ok", "damaged") and state["step"] == "quantity":
            quantity = units_in(fields, least=0)
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
