"""Put away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core.actors import Actor
from packhorse.core.scan import Context, Scan
from packhorse.core.web.scanner import Button, Field, Flow, Screen, State, register_flow
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.ground.warehouse.types import LocationInfo
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.errors import NothingToPutAway
from packhorse.steps.inventory.scanner.reading import item_of, one, place_of, units_in
from packhorse.steps.inventory.types import PutAwayInfo, Putting


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
        place = place_of(scan, actor, tasks[0].warehouse_id)
        return self._put(actor, key, tasks, place, state)

    def button(self, *, actor: Actor, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
        if name == "part":
            tasks = selectors.put_aways(actor.scope, task_ids=state["tasks"])
            return self._show(tasks, quantity=units_in(fields))
        return self._ask()

    def _tasks(self, actor: Actor, scan: Scan) -> list[PutAwayInfo]:
        """The tasks of the unit that was scanned, or the oldest of the item.   Raises: NotFound, Ambiguous, NothingToPutAway."""
        places = warehouses.resolve(scan, Context(actor.scope))
        if places:
            tasks = selectors.put_aways(actor.scope, source_id=one(places, "location", scan).ref.id)
            kind = places[0].ref.kind.rsplit(".", 1)[-1]
            found = tasks if kind in ("tote", "pallet", "cart") else tasks[:1]
        else:
            match = item_of(scan, actor, among=lambda: {t.item_id for t in selectors.put_aways(actor.scope)})
            tasks = selectors.put_aways(actor.scope, item_id=match.ref.id)
            found = [t for t in tasks if not scan.marks or t.lot in scan.marks][:1]
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
