"""Questions about picking."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from packhorse.core import sql
from packhorse.core.actors import Actor, Scope
from packhorse.core.errors import NotFound
from packhorse.steps.picking.types import BatchInfo, ReadyLine, ReadyTote, TaskInfo

_TASK = """
SELECT t.id, t.batch_id, t.sequence, t.state, t.location_id, l.code, l.aisle, l.cell, t.item_id, i.sku, i.name, lot.code, lot.expires_on, t.quantity, t.picked, t.reason,
       r.compartment, r.tote_id, tote.code, r.id, f.id, f.number, f.order_id, t.demand_id
FROM picking_picktask t
JOIN picking_release r ON r.id = t.release_id
JOIN orders_fulfillmentorder f ON f.id = r.fulfillment_order_id
JOIN warehouse_location l ON l.id = t.location_id
JOIN catalog_item i ON i.id = t.item_id
LEFT JOIN inventory_lot lot ON lot.id = t.lot_id
LEFT JOIN warehouse_location tote ON tote.id = r.tote_id
"""

_SEEN = "(%(clients)s::bigint[] IS NULL OR r.client_id = ANY(%(clients)s)) AND (%(warehouses)s::bigint[] IS NULL OR r.warehouse_id = ANY(%(warehouses)s))"


def _seen(scope: Scope) -> dict[str, list[int] | None]:
    return {
        "clients": None if scope.client_ids is None else sorted(scope.client_ids),
        "warehouses": None if scope.warehouse_ids is None else sorted(scope.warehouse_ids),
    }


def unbatched(scope: Scope, warehouse_id: int, *, limit: int) -> list[TaskInfo]:
    """The ready tasks of released orders that no batch has, for at most `limit` orders, earliest ship-by first."""
    return [
        TaskInfo(*row)
        for row in sql.rows(
            f"""WITH chosen AS (
                  SELECT r.id FROM picking_release r JOIN orders_fulfillmentorder f ON f.id = r.fulfillment_order_id
                  WHERE r.warehouse_id = %(warehouse)s AND r.batch_id IS NULL AND r.undone_at IS NULL AND r.emptied_at IS NULL AND {_SEEN}
                    AND EXISTS (SELECT FROM picking_picktask t WHERE t.release_id = r.id AND t.state = 'ready')
                  ORDER BY f.priority DESC, f.ship_by, r.id LIMIT %(limit)s)
                {_TASK} WHERE t.state = 'ready' AND r.id IN (SELECT id FROM chosen) ORDER BY f.priority DESC, f.ship_by, r.id, t.id""",
            {"warehouse": warehouse_id, "limit": limit, **_seen(scope)},
        )
    ]


def unbatched_count(scope: Scope) -> int:
    """How many released orders wait for a walk."""
    return int(
        sql.rows(f"SELECT count(*) FROM picking_release r WHERE r.batch_id IS NULL AND r.undone_at IS NULL AND r.emptied_at IS NULL AND {_SEEN}", _seen(scope))[
            0
        ][0]
    )


def tasks(scope: Scope, batch_id: int) -> list[TaskInfo]:
    """All tasks of a batch, in the order of the walk."""
    return [
        TaskInfo(*row) for row in sql.rows(f"{_TASK} WHERE t.batch_id = %(batch)s AND {_SEEN} ORDER BY t.sequence, t.id", {"batch": batch_id, **_seen(scope)})
    ]


def tasks_of_orders(scope: Scope, fulfillment_order_ids: Sequence[int]) -> list[TaskInfo]:
    """All tasks of fulfillment orders, oldest first."""
    return [
        TaskInfo(*row)
        for row in sql.rows(
            f"{_TASK} WHERE r.fulfillment_order_id = ANY(%(fos)s) AND {_SEEN} ORDER BY t.id", {"fos": list(fulfillment_order_ids), **_seen(scope)}
        )
    ]


_BATCH = """
SELECT b.id, b.warehouse_id, b.state, b.picker_id, c.code, s.orders, s.tasks, s.open_tasks, s.units, b.distance_m, b.s_shape_m, b.one_by_one_m, b.reasons::text,
       b.planned_at, b.started_at, b.finished_at
FROM picking_pickbatch b LEFT JOIN warehouse_location c ON c.id = b.cart_id
CROSS JOIN LATERAL (
  SELECT count(DISTINCT t.release_id) AS orders, count(*) AS tasks, count(*) FILTER (WHERE t.state IN ('ready', 'claimed')) AS open_tasks,
         coalesce(sum(t.quantity), 0)::bigint AS units
  FROM picking_picktask t WHERE t.batch_id = b.id) s
"""
_BATCH_SEEN = "(%(warehouses)s::bigint[] IS NULL OR b.warehouse_id = ANY(%(warehouses)s)) AND %(clients)s::bigint[] IS NULL"


def batches(scope: Scope, *, states: Iterable[str] = ("planned", "picking"), before: int | None = None, limit: int = 50) -> list[BatchInfo]:
    """Batches in these states, newest first, those with ids below `before`. A batch mixes clients, so readers limited to some clients see none."""
    return [
        _batch(row)
        for row in sql.rows(
            f"{_BATCH} WHERE b.state = ANY(%(states)s) AND (%(before)s::bigint IS NULL OR b.id < %(before)s) AND {_BATCH_SEEN} ORDER BY b.id DESC LIMIT %(limit)s",
            {"states": list(states), "before": before, "limit": limit, **_seen(scope)},
        )
    ]


def batch(scope: Scope, batch_id: int) -> BatchInfo:
    """One batch.

    Raises: NotFound.
    """
    found = sql.rows(f"{_BATCH} WHERE b.id = %(id)s AND {_BATCH_SEEN}", {"id": batch_id, **_seen(scope)})
    if not found:
        raise NotFound(kind="batch", ref=batch_id)
    return _batch(found[0])


def _batch(row: tuple[Any, ...]) -> BatchInfo:
    return BatchInfo(*(*row[:12], json.loads(row[12]), *row[13:]))


def recorded(actor: Actor, key: UUID) -> list[int] | None:
    """The batches that this actor recorded under this key before; None where there was no such request."""
    found = sql.rows(
        "SELECT answer::text FROM core_command WHERE principal = %s AND key = %s AND use_case = 'steps.picking.services.batches.record_batches'",
        [actor.principal, key],
    )
    return json.loads(found[0][0]) if found and found[0][0] else None


def free_units(scope: Scope, warehouse_id: int, kind: str, *, limit: int) -> list[tuple[int, str]]:
    """Totes or carts (`kind`) that serve no order or batch just now: id and code, by code."""
    busy = {
        "tote": "SELECT tote_id FROM picking_release WHERE undone_at IS NULL AND emptied_at IS NULL AND tote_id IS NOT NULL",
        "cart": "SELECT cart_id FROM picking_pickbatch WHERE state = 'picking' AND cart_id IS NOT NULL",
    }[kind]
    if not scope.sees_warehouse(warehouse_id):
        return []
    found = sql.rows(
        f"""SELECT u.id, u.code FROM warehouse_location u WHERE u.warehouse_id = %s AND u.kind = %s AND u.archived_at IS NULL AND u.id NOT IN ({busy})
            AND NOT EXISTS (SELECT FROM inventory_level l WHERE l.location_id = u.id AND l.on_hand > 0) ORDER BY u.code LIMIT %s""",
        [warehouse_id, kind, limit],
    )
    return [(r[0], r[1]) for r in found]


_READY = f"""
FROM picking_release r JOIN orders_fulfillmentorder f ON f.id = r.fulfillment_order_id JOIN warehouse_location tote ON tote.id = r.tote_id
WHERE r.undone_at IS NULL AND r.emptied_at IS NULL AND (%(warehouse)s::bigint IS NULL OR r.warehouse_id = %(warehouse)s) AND NOT f.held AND {_SEEN}
  AND (%(fo)s::bigint IS NULL OR f.id = %(fo)s)
  AND (f.stage = 'picked' OR (f.stage = 'picking' AND NOT f.ship_complete))
  AND NOT EXISTS (SELECT FROM picking_picktask t WHERE t.release_id = r.id AND t.state IN ('ready', 'claimed'))
  AND EXISTS (SELECT FROM picking_pickbatch b WHERE b.id = r.batch_id AND b.state = 'done')
  AND EXISTS (SELECT FROM inventory_allocation a JOIN orders_fulfillmentline l ON l.demand_id = a.demand_id
              WHERE l.fulfillment_order_id = f.id AND a.location_id = r.tote_id AND a.closed_at IS NULL)
"""


def totes_ready_count(scope: Scope) -> int:
    """How many totes stand ready to be packed (counted up to 1,000)."""
    params = {"warehouse": None, "fo": None, **_seen(scope)}
    return int(sql.rows(f"SELECT count(*) FROM (SELECT r.id {_READY} LIMIT 1000) x", params)[0][0])


def totes_ready_to_pack(scope: Scope, warehouse_id: int | None = None, *, fulfillment_order_id: int | None = None, limit: int = 500) -> list[ReadyTote]:
    """The shelf for packing: orders whose walk is over and whose every live unit is picked (or which may ship in part), with what lies in their totes. Earliest ship-by first."""
    ready = sql.rows(
        f"""SELECT r.id, r.tote_id, tote.code, r.warehouse_id, r.client_id, f.id, f.number, f.order_id, f.ship_by
            {_READY} ORDER BY f.priority DESC, f.ship_by, r.id LIMIT %(limit)s""",
        {"warehouse": warehouse_id, "fo": fulfillment_order_id, "limit": limit, **_seen(scope)},
    )
    lines: dict[int, list[ReadyLine]] = {}
    for release_id, *line in sql.rows(
        """SELECT r.id, a.id, a.demand_id, a.item_id, a.lot_id, a.quantity
           FROM picking_release r JOIN orders_fulfillmentline l ON l.fulfillment_order_id = r.fulfillment_order_id
           JOIN inventory_allocation a ON a.demand_id = l.demand_id AND a.location_id = r.tote_id AND a.closed_at IS NULL
           WHERE r.id = ANY(%s) ORDER BY r.id, a.id""",
        [[r[0] for r in ready]],
    ):
        lines.setdefault(release_id, []).append(ReadyLine(*line))
    return [ReadyTote(*(*r, tuple(lines[r[0]]))) for r in ready]
