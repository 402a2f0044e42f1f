"""What may go to the floor, and what waits there for a walk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _, ngettext

from packhorse.core.actors import Actor, Scope
from packhorse.core.errors import Invalid
from packhorse.core.web import cells
from packhorse.core.web.actions import Done, Posted, action
from packhorse.core.web.bulk import Refusal, bulk_action
from packhorse.core.web.lists import BulkAction, Button, Choice, Column, Day, Empty, Flag, ListPage
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.orders import selectors as orders
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.errors import NotReleasable
from packhorse.steps.picking.pages.forms import PlanForm
from packhorse.steps.picking.types import NotReleased

SERVICES = (("standard", _("Standard")), ("express", _("Express")), ("same_day", _("Same day")))
#: Orders released by one click.
RELEASE_AT_ONCE = 500


def order_link(key: str) -> cells.Cell:
    """The order's number as a link to its page."""
    return lambda row: format_html('<a class="code" href="{}">{}</a>', orders.order_url(row.order_id), cells.value_of(row, key))


def warehouse_filter(scope: Scope) -> list[tuple[str, Any]]:
    return [(str(pk), name) for pk, name in warehouses.warehouse_choices(scope)]


LISTS = (
    Button(_("Walks"), "picking:list", "see_orders", "normal", "picking"),
    Button(_("To release"), "picking:releasable", "see_orders", "normal", "right"),
    Button(_("Wait for a walk"), "picking:waiting", "see_orders", "normal", "pause"),
    Button(_("Wave board"), "picking:boards", "release", "normal", "clock"),
)
_DUE = (Choice("service", _("Service"), SERVICES), Day("due", _("Ship by, on")), Flag("late", _("Late since before today")))

releasable = ListPage(
    name="picking.releasable",
    title=_("Orders to release"),
    permission="see_orders",
    rows=selectors.releasable,
    columns=(
        Column("number", _("Order"), order_link("number")),
        Column("service", _("Service"), narrow=False),
        Column("ship_by", _("Ship by")),
        Column("lines", _("Lines"), align="end"),
        Column("units", _("Units"), align="end"),
        Column("priority", _("Priority"), align="end", narrow=False),
    ),
    filters=(Choice("warehouse", _("Warehouse"), warehouse_filter), *_DUE),
    actions=(BulkAction(_("Release"), "picking:release-many", "release", icon="right"),),
    buttons=(LISTS[3], LISTS[0], LISTS[2]),
    search=_("Order number"),
    empty=Empty(_("Nothing to release"), _("Orders come here when they are paid, promised in full and not held."), "check"),
)


@bulk_action("picking.release", title=_("Release orders"), permission="release", rows=releasable)
def release_many(*, key: UUID, actor: Actor, ids: list[int], data: dict[str, str]) -> list[Refusal]:
    """The marked orders go to the floor."""
    infos = {fo.fulfillment_order_id: fo for fo in orders.fulfillment_orders(actor.scope, ids)}
    places = {fo.warehouse_id for fo in infos.values()}
    if len(places) > 1:
        raise Invalid(field="warehouse", reason=str(_("one at a time")))
    if not places:
        return []
    warehouse_id = places.pop()
    answers = services.release_orders(
        key=key, actor=actor, warehouse_id=warehouse_id, fulfillment_order_ids=list(infos), today=warehouses.today(actor.scope, warehouse_id)
    )
    return [
        Refusal(a.fulfillment_order_id, infos[a.fulfillment_order_id].number, a.reason, orders.order_url(infos[a.fulfillment_order_id].order_id))
        for a in answers
        if isinstance(a, NotReleased)
    ]


@action("release")
def release_all(p: Posted, warehouse_id: int) -> Done:
    """The next orders by priority and ship-by go to the floor."""
    wanted = [o.fulfillment_order_id for o in orders.releasable(p.actor.scope, warehouse_id, limit=RELEASE_AT_ONCE)]
    answers = services.release_orders(
        key=p.key, actor=p.actor, warehouse_id=warehouse_id, fulfillment_order_ids=wanted, today=warehouses.today(p.actor.scope, warehouse_id)
    )
    refused = [a for a in answers if isinstance(a, NotReleased)]
    return Done(released_words(len(answers) - len(refused), refused), to=reverse("picking:list"))


def released_words(orders: int, refused: Sequence[NotReleased]) -> str:
    """How many orders were released, how many stay, and why the first of them does."""
    said = ngettext("%(n)d order released.", "%(n)d orders released.", orders) % {"n": orders}
    if refused:
        said += " " + ngettext("%(n)d stays: %(why)s", "%(n)d stay; the first: %(why)s", len(refused)) % {"n": len(refused), "why": refused[0].reason}
    return said


waiting = ListPage(
    name="picking.waiting",
    title=_("Released, waiting for a walk"),
    permission="see_orders",
    rows=selectors.waiting_releases,
    columns=(
        Column("fulfillment_order", _("Order"), order_link("fulfillment_order"), sort="number"),
        Column("client", _("Client"), narrow=False),
        Column("ship_by", _("Ship by"), sort="ship_by"),
        Column("at", _("Released"), sort="at", narrow=False),
        Column("tasks", _("Picks"), align="end"),
        Column("units", _("Units"), align="end"),
        Column("tote", _("Tote"), narrow=False),
        Column("out_of_reach", _("Out of reach"), lambda r: cells.show(r.out_of_reach or None), align="end", narrow=False),
    ),
    filters=(Choice("warehouse", _("Warehouse"), warehouse_filter), *_DUE),
    actions=(BulkAction(_("Take back"), "picking:undo-many", "release", icon="undo"),),
    buttons=(LISTS[3], LISTS[0], LISTS[1]),
    search=_("Order number"),
    empty=Empty(_("Every released order has its walk"), _("Release orders, then plan walks."), "check"),
)


@bulk_action("picking.undo_release", title=_("Take orders back from the floor"), permission="release", rows=waiting, chunk=1)
def undo_many(*, key: UUID, actor: Actor, ids: list[int], data: dict[str, str]) -> list[Refusal]:
    """The marked releases are undone, one use case each."""
    for release_id in ids:
        services.undo_release(key=key, actor=actor, release_id=release_id)
    return []


@action("release")
def release_rest(p: Posted, fulfillment_order_id: int) -> Done:
    """The rest of a short order goes to the floor."""
    fo = orders.fulfillment_order(p.actor.scope, fulfillment_order_id)
    answer = services.release_rest(key=p.key, actor=p.actor, fulfillment_order_id=fulfillment_order_id, today=warehouses.today(p.actor.scope, fo.warehouse_id))
    if isinstance(answer, NotReleased):
        raise NotReleasable(number=fo.number, reason=answer.reason, order_id=fo.order_id)
    return Done(ngettext("%(n)d pick added.", "%(n)d picks added.", answer.tasks) % {"n": answer.tasks})


@action("release", form=PlanForm)
def plan(p: Posted) -> Done:
    """Walks for what was released, or for one wave: at once (500 orders at most), or by the worker, with time."""
    wave, seconds = p.data["wave"], p.data["seconds"]
    asked = {"warehouse_id": p.data["warehouse"], "orders_per_cart": p.data["orders_per_cart"], "cart_type_id": p.data["cart_type"], "wave_id": wave}
    if seconds:
        plan_id = services.ask_long_plan(key=p.key, actor=p.actor, seconds=seconds, **asked)
        return Done(_("Walks are being planned."), to=reverse("picking:long-plan", args=[plan_id]))
    made = services.plan_batches(key=p.key, actor=p.actor, **asked)
    to = reverse("picking:wave", args=[wave]) if wave else reverse("picking:list")
    waits = wait_for_slots(selectors.waiting_for_slots(p.actor.scope, asked["warehouse_id"]))
    if not made:
        return Done(waits or _("Nothing waits for a walk."), to=to)
    said = ngettext("%(n)d walk planned.", "%(n)d walks planned.", len(made)) % {"n": len(made)}
    return Done(f"{said} {waits}".strip(), to=to)


def wait_for_slots(orders: int) -> str:
    """That so many orders wait until slots of the put wall are free; nothing where none does."""
    said = ngettext("%(n)d order waits for a free slot at the put wall.", "%(n)d orders wait for a free slot at the put wall.", orders)
    return said % {"n": orders} if orders else ""
