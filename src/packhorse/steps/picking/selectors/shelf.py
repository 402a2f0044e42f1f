"""The shelf for packing: totes whose walk is over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.steps.picking.selectors.walls import FILLED, SEEN, TOGETHER, seen
from packhorse.steps.picking.types import ReadyLine, ReadyTote

_READY: Final = f"""
FROM picking_release r JOIN orders_fulfillmentorder f ON f.id = r.fulfillment_order_id JOIN warehouse_location tote ON tote.id = r.tote_id
WHERE r.undone_at IS NULL AND r.emptied_at IS NULL AND (%(warehouse)s::bigint IS NULL OR r.warehouse_id = %(warehouse)s) AND NOT f.held AND {SEEN}
  AND (f.stage = 'picked' OR (f.stage = 'picking' AND NOT f.ship_complete))
  AND NOT EXISTS (SELECT FROM picking_picktask t WHERE t.release_id = r.id AND t.state IN ('ready', 'claimed'))
  AND (EXISTS (SELECT FROM picking_pickbatch b WHERE b.id = r.batch_id AND b.state = 'done') OR r.wall_id IS NOT NULL AND {TOGETHER})
  AND {FILLED}
"""


def totes_ready_count(scope: Scope) -> int:
    """How many totes stand ready to be packed (counted up to 1,000)."""
    params = {"warehouse": None, **seen(scope)}
    return int(sql.rows(f"SELECT count(*) FROM (SELECT r.id {_READY} LIMIT 1000) x", params)[0][0])


def totes_ready_to_pack(scope: Scope, warehouse_id: int | None = None, *, fulfillment_order_id: int | None = None, limit: int = 500) -> list[ReadyTote]:
    """The shelf for packing: orders whose walk is over and whose every live unit is picked (or which may ship in part), with what lies in their totes. Earliest ship-by first."""
    found: dict[tuple[Any, ...], list[ReadyLine]] = {}
    one = fulfillment_order_id is not None
    for row in sql.rows(
        f"""WITH ready AS MATERIALIZED (
              SELECT r.id, r.tote_id, tote.code, r.warehouse_id, r.client_id, f.id AS fo, f.number, f.order_id, f.ship_by, f.priority
              {_READY} {"AND f.id = %(fo)s::bigint" if one else ""} ORDER BY f.priority DESC, f.ship_by, r.id LIMIT %(limit)s)
            SELECT r.id, r.tote_id, r.code, r.warehouse_id, r.client_id, r.fo, r.number, r.order_id, r.ship_by, a.id, a.demand_id, a.item_id, a.lot_id, a.quantity
            FROM ready r JOIN orders_fulfillmentline l ON l.fulfillment_order_id = r.fo JOIN inventory_allocation a ON a.demand_id = l.demand_id AND a.closed_at IS NULL
            JOIN warehouse_location u ON u.id = a.location_id AND r.tote_id IN (u.id, u.parent_id)
            ORDER BY r.priority DESC, r.ship_by, r.id, a.id""",
        {"warehouse": warehouse_id, "limit": limit, **seen(scope), **({"fo": fulfillment_order_id} if one else {})},
        often=one,  # a scan at the bench
    ):
        found.setdefault(row[:9], []).append(ReadyLine(*row[9:]))
    return [ReadyTote(*(*tote, tuple(lines))) for tote, lines in found.items()]


def ready_releases(scope: Scope, release_ids: Sequence[int]) -> set[int]:
    """Those of the releases that stand on the shelf for packing."""
    which = {"warehouse": None, "ids": list(release_ids), **seen(scope)}
    return {r[0] for r in sql.rows(f"SELECT r.id {_READY} AND r.id = ANY(%(ids)s)", which)} if release_ids else set()


def order_in_tote(scope: Scope, tote_id: int) -> int | None:
    """The fulfillment order whose goods a tote holds, wherever it stands (a full one stands in the one that came after it); None where it serves nobody."""
    return _served(scope, tote_id)[0]


def walk_of_tote(scope: Scope, tote_id: int) -> int | None:
    """The walk that a tote is on, or came from; None where it serves nobody."""
    return _served(scope, tote_id)[1]


def _served(scope: Scope, tote_id: int) -> tuple[int | None, int | None]:
    """The fulfillment order and the walk that a tote serves."""
    found = sql.rows(
        f"""SELECT r.fulfillment_order_id, r.batch_id FROM warehouse_location u JOIN picking_release r ON r.tote_id = ANY(ARRAY[u.id, u.parent_id])
            WHERE u.id = %(tote)s AND r.undone_at IS NULL AND r.emptied_at IS NULL AND {SEEN}""",
        seen(scope, tote=tote_id),
    )
    return (found[0][0], found[0][1]) if found else (None, None)


def single_piece_orders(scope: Scope, item_ids: list[int], *, limit: int = 1) -> list[int]:
    """Fulfillment orders whose whole tote is one piece of one of these items, earliest ship-by first."""
    return [
        row[0]
        for row in sql.rows(
            f"""SELECT f.id {_READY}
                  AND (SELECT sum(a.quantity) FROM inventory_allocation a JOIN orders_fulfillmentline l ON l.demand_id = a.demand_id
                       WHERE l.fulfillment_order_id = f.id AND a.closed_at IS NULL) = 1
                  AND EXISTS (SELECT FROM inventory_allocation a JOIN orders_fulfillmentline l ON l.demand_id = a.demand_id
                              WHERE l.fulfillment_order_id = f.id AND a.closed_at IS NULL AND a.item_id = ANY(%(items)s))
                ORDER BY f.priority DESC, f.ship_by, r.id LIMIT %(limit)s""",
            seen(scope, warehouse=None, items=item_ids, limit=limit),
        )
    ]


def totes_by_code(scope: Scope, code: str) -> list[tuple[str, int]]:
    """Totes of this code that serve an order now: (code, fulfillment order)."""
    found = sql.rows(
        f"""SELECT l.code, r.fulfillment_order_id FROM warehouse_location l JOIN picking_release r ON r.tote_id = ANY(ARRAY[l.id, l.parent_id])
            WHERE l.code = upper(%(code)s) AND l.kind = 'tote' AND r.undone_at IS NULL AND r.emptied_at IS NULL AND {SEEN} ORDER BY r.id LIMIT 20""",
        seen(scope, code=code),
    )
    return [(c, fo) for c, fo in found]
