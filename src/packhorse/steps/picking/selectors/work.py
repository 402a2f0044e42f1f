"""Questions about released orders and their pick tasks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from packhorse.core import clock, sql
from packhorse.core.actors import Scope
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.ground.warehouse.types import WarehouseInfo
from packhorse.steps.inventory import selectors as inventory
from packhorse.steps.inventory.types import FreeLot
from packhorse.steps.orders import selectors as orders
from packhorse.steps.orders.types import ReleasableOrder
from packhorse.steps.picking.models import OUT_OF_REACH, PickTask, Release
from packhorse.steps.picking.selectors.walls import SEEN, WAITS, ZONE, seen
from packhorse.steps.picking.types import OtherLot, ReleasableRow, ReleaseRow, TaskInfo

_MOMENT: Final = dt.timedelta(microseconds=1)
_TASK: Final = f"""
SELECT t.id, t.batch_id, t.sequence, t.state, t.location_id, l.code, l.aisle, l.cell, t.item_id, i.sku, i.name, lot.code, lot.expires_on, t.quantity, t.picked, t.reason,
       r.compartment, coalesce(b.tote_id, r.tote_id), tote.code, r.id, f.id, f.number, f.order_id, t.demand_id, l.x_m, l.y_m, t.closed_at,
       i.tracking = 'serial' OR (t.lot_id IS NOT NULL AND t.state IN ('ready', 'claimed') AND EXISTS (
         SELECT FROM inventory_level v WHERE v.item_id = t.item_id AND v.location_id = t.location_id AND v.lot_id <> t.lot_id AND v.on_hand > 0)),
       l.level, i.weight_g, i.length_mm::bigint * i.width_mm * i.height_mm, coalesce(z.code, ''), coalesce(z.position, 32767), r.method, r.wall_id
FROM picking_picktask t
JOIN picking_release r ON r.id = t.release_id
JOIN orders_fulfillmentorder f ON f.id = r.fulfillment_order_id
JOIN warehouse_location l ON l.id = t.location_id
JOIN catalog_item i ON i.id = t.item_id
LEFT JOIN inventory_lot lot ON lot.id = t.lot_id
LEFT JOIN picking_pickbatch b ON b.id = t.batch_id
LEFT JOIN warehouse_location tote ON tote.id = coalesce(b.tote_id, r.tote_id)
{ZONE}
"""


def unbatched(scope: Scope, warehouse_id: int, *, limit: int, wave_id: int | None = None, begun: bool = False) -> list[TaskInfo]:
    """The ready tasks of released orders (of a wave, where given) that no batch has, for at most `limit` orders, earliest ship-by first. `begun`: only of those
    that were picked in a zone and go on."""
    return [
        TaskInfo(*row)
        for row in sql.rows(
            f"""WITH chosen AS (
                  SELECT r.id FROM picking_release r JOIN orders_fulfillmentorder f ON f.id = r.fulfillment_order_id
                  WHERE r.warehouse_id = %(warehouse)s AND r.batch_id IS NULL AND r.undone_at IS NULL AND r.emptied_at IS NULL AND {SEEN}
                    AND (%(wave)s::bigint IS NULL OR r.wave_id = %(wave)s)
                    AND (NOT %(begun)s OR r.method <> 'whole' AND (r.tote_id IS NOT NULL OR r.wall_id IS NOT NULL))
                    AND EXISTS (SELECT FROM picking_picktask t WHERE t.release_id = r.id AND t.state = 'ready' AND t.batch_id IS NULL)
                  ORDER BY f.priority DESC, f.ship_by, r.id LIMIT %(limit)s)
                {_TASK} WHERE t.state = 'ready' AND t.batch_id IS NULL AND r.id IN (SELECT id FROM chosen) ORDER BY f.priority DESC, f.ship_by, r.id, t.id""",
            {"warehouse": warehouse_id, "limit": limit, "wave": wave_id, "begun": begun, **seen(scope)},
        )
    ]


def unbatched_count(scope: Scope, warehouse_id: int | None = None) -> int:
    """How many released orders wait for a walk."""
    which = f"{WAITS} AND r.undone_at IS NULL AND r.emptied_at IS NULL AND (%(warehouse)s::bigint IS NULL OR r.warehouse_id = %(warehouse)s)"
    return int(sql.rows(f"SELECT count(*) FROM picking_release r WHERE {which} AND {SEEN}", seen(scope, warehouse=warehouse_id))[0][0])


def _due(query: ListQuery, place: WarehouseInfo) -> tuple[dt.datetime | None, dt.datetime | None]:
    """From when (or from ever) until before when what a list shows is due, by its filters `due` and `late`, in the warehouse's time."""
    zone = ZoneInfo(place.time_zone)
    day = query.day("due")
    if day is not None:
        return dt.datetime.combine(day, dt.time(), zone), dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
    return None, dt.datetime.combine(clock.now().astimezone(zone).date(), dt.time(), zone) if query.one("late") == "1" else None


def releasable(scope: Scope, query: ListQuery) -> Page[ReleasableRow]:
    """What may go to the floor now, urgent first, then by ship-by (the first 1,000). Filters: `warehouse`, `service`, `due` (a day), `late` (due before today). Search: order number."""
    chosen = query.number("warehouse")
    found: list[ReleasableOrder] = []
    for place in warehouses.all_warehouses(scope):
        if chosen in (None, place.id):
            begin, end = _due(query, place)
            some = orders.releasable(scope, place.id, limit=1000, until=end - _MOMENT if end else None, service=query.one("service"))
            found += [o for o in some if begin is None or o.ship_by >= begin]
    rows = [
        ReleasableRow(o.fulfillment_order_id, o.number, o.order_id, o.service, o.ship_by, o.priority, len(o.lines), sum(line.open_quantity for line in o.lines))
        for o in found
        if o.number.upper().startswith(query.search.upper())
    ]
    if query.cursor:
        return Page(rows=())
    return Page(rows=tuple(rows), count=len(rows))


def tasks(scope: Scope, batch_id: int, *, claimed: bool = False) -> list[TaskInfo]:
    """All tasks of a batch, in the order of the walk; only those that somebody is at (`claimed`), where asked so."""
    which = "t.batch_id = %(batch)s AND t.state = 'claimed'" if claimed else "t.batch_id = %(batch)s"
    return [TaskInfo(*row) for row in sql.rows(f"{_TASK} WHERE {which} AND {SEEN} ORDER BY t.sequence, t.id", {"batch": batch_id, **seen(scope)})]


def tasks_of_batches(scope: Scope, batch_ids: Sequence[int]) -> list[TaskInfo]:
    """All tasks of some batches, each batch in the order of its walk."""
    which = f"{_TASK} WHERE t.batch_id = ANY(%(batches)s) AND {SEEN} ORDER BY t.batch_id, t.sequence, t.id"
    return [TaskInfo(*row) for row in sql.rows(which, {"batches": list(batch_ids), **seen(scope)})]


def other_lots(scope: Scope, batch_id: int, *, today: dt.date) -> list[OtherLot]:
    """What open tasks of a walk could take instead of their lots: other lots of the item that lie free at the place, enough for the whole task; those that expire first come first."""
    open_tasks = [t for t in tasks(scope, batch_id) if t.state in ("ready", "claimed")]
    free: dict[tuple[int, int], list[FreeLot]] = {}
    for f in inventory.free_lots(scope, [(t.item_id, t.location_id) for t in open_tasks], today=today):
        free.setdefault((f.item_id, f.location_id), []).append(f)
    return [
        OtherLot(t.task_id, f.lot_id, f.lot, f.expires_on, f.free)
        for t in open_tasks
        for f in free.get((t.item_id, t.location_id), ())
        if f.free >= t.quantity and f.lot != t.lot
    ]


def tasks_of_order(scope: Scope, order_id: int) -> list[TaskInfo]:
    """All tasks of an order, oldest first."""
    return [TaskInfo(*row) for row in sql.rows(f"{_TASK} WHERE f.order_id = %(order)s AND {SEEN} ORDER BY t.id", {"order": order_id, **seen(scope)})]


def _release_row(r: Release) -> ReleaseRow:
    return ReleaseRow(
        id=r.pk,
        fulfillment_order_id=r.fulfillment_order_id,
        fulfillment_order=r.fulfillment_order.number,
        order_id=r.fulfillment_order.order_id,
        client=r.client.code,
        client_id=r.client_id,
        warehouse_id=r.warehouse_id,
        ship_by=r.fulfillment_order.ship_by,
        at=r.at,
        tasks=r.task_count,  # type: ignore[attr-defined]
        units=r.unit_count or 0,  # type: ignore[attr-defined]
        tote=r.tote.code if r.tote else None,
        out_of_reach=r.beyond_count,  # type: ignore[attr-defined]
    )


def waiting_releases(scope: Scope, query: ListQuery) -> Page[ReleaseRow]:
    """Released orders that no walk has yet, by ship-by. Filters: `warehouse`, `service`, `due`, `late`. Search: order number."""
    on_none = PickTask.objects.filter(release=OuterRef("pk"), state="ready", batch=None)
    rows = Release.objects.select_related("fulfillment_order", "client", "tote").filter(
        Q(wall=None) | Exists(on_none), batch=None, undone_at=None, emptied_at=None, **scope.filters(warehouse="warehouse_id")
    )
    if query.search:
        rows = rows.filter(fulfillment_order__number__istartswith=query.search)
    if (warehouse_id := query.number("warehouse")) is not None:
        rows = rows.filter(warehouse_id=warehouse_id)
    if service := query.one("service"):
        rows = rows.filter(fulfillment_order__service=service)
    if query.one("due") or query.one("late"):
        which = Q(pk__in=[])
        for place in warehouses.all_warehouses(scope):
            begin, end = _due(query, place)
            within = Q(fulfillment_order__ship_by__lt=end) if end else Q()
            which |= Q(warehouse_id=place.id) & within & (Q(fulfillment_order__ship_by__gte=begin) if begin else Q())
        rows = rows.filter(which)
    ready = Q(tasks__state="ready", tasks__batch=None)
    rows = rows.annotate(
        task_count=Count("tasks", filter=ready),
        unit_count=Sum("tasks__quantity", filter=ready),
        beyond_count=Count("tasks", filter=ready & Q(tasks__reason=OUT_OF_REACH)),
    )
    return paginate(
        rows,
        query,
        make=_release_row,
        sorts={"ship_by": F("fulfillment_order__ship_by"), "at": "at", "number": F("fulfillment_order__number")},
        default="ship_by",
    )


def rest_to_pick(scope: Scope, order_id: int) -> list[tuple[int, str]]:
    """Fulfillment orders (id, number) of an order of which a part lies in a tote and a part has yet to be picked, with nobody on it: their rest can be released (`release_rest`)."""
    return [
        (row[0], row[1])
        for row in sql.rows(
            f"""SELECT r.fulfillment_order_id, f.number FROM picking_release r JOIN orders_fulfillmentorder f ON f.id = r.fulfillment_order_id
                WHERE f.order_id = %(order)s AND r.undone_at IS NULL AND r.emptied_at IS NULL AND f.stage = 'picking' AND {SEEN}
                  AND NOT EXISTS (SELECT FROM picking_picktask t WHERE t.release_id = r.id AND t.state IN ('ready', 'claimed'))
                  AND EXISTS (SELECT FROM orders_fulfillmentline l WHERE l.fulfillment_order_id = f.id AND l.promised > l.picked)
                ORDER BY 1""",
            seen(scope, order=order_id),
        )
    ]
