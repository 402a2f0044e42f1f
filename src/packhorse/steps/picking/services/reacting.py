"""Reactions: orders that were cancelled, allocations that turned out empty."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext_noop

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.use_case import use_case
from packhorse.steps.inventory import ledger as stock, selectors as stock_selectors
from packhorse.steps.orders import ledger as orders, requests as order_requests
from packhorse.steps.orders.types import Missing
from packhorse.steps.picking import records
from packhorse.steps.picking.models import PickTask
from packhorse.steps.picking.services import over
from packhorse.steps.picking.services.releasing import append_tasks


@use_case
def drop_cancelled(*, key: UUID, actor: Actor, demand_ids: list[int]) -> int:
    """Lines were cancelled: open tasks whose allocation is closed are cancelled, those whose allocation shrank ask for less; a release or a planned walk with nothing left ends. Returns how many
    tasks changed.

    Locks: batches, releases, tasks, orders.
    """
    authorize(actor, "run_system")
    releases = records.releases_of_demands(demand_ids)
    over.lock(releases)
    tasks = records.lock_open_tasks_of_demands(demand_ids)
    standing = {a.allocation_id: a.quantity for a in stock_selectors.open_allocations(EVERYTHING, demand_ids=demand_ids)}
    gone = [t.pk for t in tasks if t.allocation_id not in standing]
    less = [(t.pk, standing[t.allocation_id]) for t in tasks if standing.get(t.allocation_id, t.quantity) < t.quantity]
    sql.run("UPDATE picking_picktask SET state = 'cancelled', reason = 'order cancelled', closed_at = %s WHERE id = ANY(%s)", [work.current().at, gone])
    sql.run(
        "UPDATE picking_picktask p SET quantity = t.q FROM unnest(%s::bigint[], %s::bigint[]) AS t(id, q) WHERE p.id = t.id",
        [[i for i, _ in less], [q for _, q in less]],
    )
    over.close_over(releases, gettext_noop("its order was cancelled"))
    return len(gone) + len(less)


@use_case
def replan_broken(*, key: UUID, actor: Actor, allocation_ids: list[int], today: dt.date) -> int:
    """Allocated goods turned out not to be there: their open tasks close short, and the units are looked for elsewhere; orders for which nothing is found go on a stock hold.

    Returns how many tasks were closed.   Locks: batches, releases, tasks, orders, demands, levels.
    """
    authorize(actor, "run_system")
    releases = records.releases_of_allocations(allocation_ids)
    over.lock(releases)
    tasks = records.lock_open_tasks_of_allocations(allocation_ids)
    if not tasks:
        return 0
    now = work.current().at
    PickTask.objects.filter(pk__in=[t.pk for t in tasks]).update(state=PickTask.State.SHORT, reason="counted empty", closed_at=now)
    fos = {t.demand_id: t.release.fulfillment_order for t in tasks}
    orders.lock_orders(sorted({fo.pk for fo in fos.values()}))
    first: dict[int, PickTask] = {}
    for t in tasks:
        first.setdefault(t.demand_id, t)
    found = stock.allocate(sorted(first), today=today)
    for demand_id, t in first.items():
        rows = [
            (t.client_id, t.release_id, a.demand_id, a.allocation_id, a.item_id, a.lot_id, a.location_id, a.quantity) for a in found if a.demand_id == demand_id
        ]
        append_tasks(rows, t.batch, state=t.state)
        missing = sum(o.quantity for o in tasks if o.demand_id == demand_id) - sum(r[7] for r in rows)
        if missing > 0:
            order_requests.hold(fulfillment_order_id=fos[demand_id].pk, kind="stock", missing=Missing(((missing, t.item.sku),), t.location.code))
    over.close_over(releases, gettext_noop("its goods are not there"))
    return len(tasks)
