"""Bring goods forward from reserve, or to a better place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core import clock
from packhorse.core.actors import Actor
from packhorse.core.errors import Invalid
from packhorse.core.scan import Scan
from packhorse.core.web.cells import Text
from packhorse.core.web.scanner import Button, Field, Flow, Screen, State, register_flow
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.errors import NothingToRelocate, NotToRelocate
from packhorse.steps.inventory.scanner.reading import OK, item_of, place_of, units_in
from packhorse.steps.inventory.types import RelocationInfo

_SHORT = Button("short", _("Not there"), "danger", "alert")
_NEXT = Button("next", _("Another one"), icon="undo")


@register_flow
class Relocate(Flow):
    """The most urgent relocation shows itself: scan its place, the item (and lot), say how many, scan where they are now."""

    name, title, icon, permission = "inventory.relocate", _("Replenish"), "refresh", "put_away"
    text = _("From reserve to the pick face, and to better places")

    def start(self, *, actor: Actor, key: UUID, context: Mapping[str, str]) -> Screen:
        return self._take(actor, key, after=int(context["task"]) if context.get("task", "").isdigit() else None)

    def scan(self, *, actor: Actor, key: UUID, state: State, scan: Scan) -> Screen:
        if state["step"] == "none":
            return self._take(actor, key)
        task = self._task(actor, state)
        if state["step"] == "from":
            place = place_of(scan, actor, task.warehouse_id)
            if place.id != task.source_id:
                raise NotToRelocate(scanned=place.code, wanted=task.source, relocation_id=task.id)
            return self._item(task)
        if state["step"] == "item":
            match = item_of(scan, actor, among=lambda: {task.item_id})
            if match.ref.id != task.item_id:
                raise NotToRelocate(scanned=match.title, wanted=task.sku, relocation_id=task.id)
            if task.lot and task.lot not in scan.marks:
                if scan.marks:
                    raise NotToRelocate(scanned=scan.marks[0], wanted=task.lot, relocation_id=task.id)
                return self._lot(task)
            return self._quantity(task)
        if state["step"] == "lot":
            if scan.text != task.lot and task.lot not in scan.marks:
                raise NotToRelocate(scanned=scan.text, wanted=task.lot, relocation_id=task.id)
            return self._quantity(task)
        if state["step"] == "quantity":
            raise Invalid(field="quantity", reason=gettext("key the quantity first"))
        place = place_of(scan, actor, task.warehouse_id)
        services.relocate(key=key, actor=actor, relocation_id=task.id, source_id=task.source_id, target_id=place.id, quantity=state["quantity"])
        return self._ended(gettext("%(n)d × %(sku)s now in %(place)s") % {"n": state["quantity"], "sku": task.sku, "place": place.code})

    def button(self, *, actor: Actor, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
        if name == "start":
            return self._take(actor, key)
        task = self._task(actor, state)
        if name == "next":
            return self._take(actor, key, after=task.id)
        if name == "short":
            return self._how_many(task)
        if name == "found":
            found = units_in(fields, least=0)
            services.relocate_short(key=key, actor=actor, relocation_id=task.id, found=found)
            return self._ended(gettext("%(place)s will be counted") % {"place": task.source})
        quantity = units_in(fields)
        if quantity > task.open:
            raise Invalid(field="quantity", reason=gettext("at most %d") % task.open)
        return self._target(task, quantity)

    def _task(self, actor: Actor, state: State) -> RelocationInfo:
        """The task in hand.   Raises: NotFound, NothingToRelocate."""
        task = selectors.relocation(actor.scope, state["task"])
        if task.done_at is not None:
            raise NothingToRelocate
        return task

    def _take(self, actor: Actor, key: UUID, after: int | None = None) -> Screen:
        """The most urgent one is taken in hand; `after`: another than this, where there is one."""
        tasks = selectors.relocations_to_do(actor.scope, clock.now(), principal=actor.principal)
        if not tasks:
            return Screen(
                title=_("Replenish"), instruction=_("Nothing waits to be brought forward"), tone="done", buttons=(Button("start", _("Look again"), icon="refresh"),),
                state={"step": "none"},
            )  # fmt: skip
        ids = [t.id for t in tasks]
        at = (ids.index(after) + 1) % len(ids) if after in ids else 0
        services.claim_relocation(key=key, actor=actor, relocation_id=ids[at])
        return self._from(tasks[at])

    def _from(self, task: RelocationInfo) -> Screen:
        return self._screen(task, _("Go there and scan the place"), task.source, {"step": "from"}, _SHORT, _NEXT)

    def _item(self, task: RelocationInfo) -> Screen:
        return self._screen(task, _("Scan the item"), task.sku, {"step": "item"}, _SHORT)

    def _lot(self, task: RelocationInfo) -> Screen:
        return self._screen(task, _("Scan the lot"), task.lot, {"step": "lot"}, _SHORT)

    def _quantity(self, task: RelocationInfo) -> Screen:
        field = Field("quantity", _("Quantity"), "number", str(task.open))
        return self._screen(task, _("Take so many"), str(task.open), {"step": "quantity"}, OK, _SHORT, fields=(field,))

    def _how_many(self, task: RelocationInfo) -> Screen:
        field = Field("quantity", _("How many are there?"), "number", "0")
        buttons = (Button("found", _("OK"), "primary", "check"), _NEXT)
        return self._screen(task, _("Say how many you bring to %(place)s") % {"place": task.target}, task.sku, {"step": "quantity"}, *buttons, fields=(field,))

    def _target(self, task: RelocationInfo, quantity: int) -> Screen:
        return self._screen(task, _("Bring them there and scan the place"), task.target, {"step": "to", "quantity": quantity})

    def _screen(self, task: RelocationInfo, instruction: Text, big: str, state: State, *buttons: Button, fields: tuple[Field, ...] = ()) -> Screen:
        lines: tuple[tuple[Any, Any], ...] = (
            (_("Item"), f"{task.sku} · {task.item_name}"),
            (_("Units"), state.get("quantity", task.open)),
            (_("From"), task.source),
            (_("To"), task.target),
        )
        if task.lot:
            lines = (*lines, (_("Lot"), task.lot))
        return Screen(
            title=_("Replenish"), instruction=instruction, big=big, lines=lines, fields=fields, buttons=buttons, tone="ok", sound="ok",
            state={"task": task.id, **state},
        )  # fmt: skip

    def _ended(self, said: str) -> Screen:
        return Screen(
            title=_("Replenish"), instruction=_("Scan anything for the next one"), tone="done", sound="done", say=said,
            buttons=(Button("start", _("The next one"), "primary", "right"),), state={"step": "none"},
        )  # fmt: skip
