"""The reconciler: are the projections what they are projections of? One statement a kind; what disagrees is a row."""

from __future__ import annotations

from typing import Final

from packhorse.core import sql
from packhorse.steps.inventory.types import Drift

#: The balances of the last closed month and the moves since.
LEVEL_ON_HAND: Final = """
WITH last AS (SELECT id, until FROM inventory_closedmonth ORDER BY month DESC LIMIT 1), ends AS (
  SELECT client_id, item_id, target_id AS place, lot_id, target_condition AS condition, quantity FROM inventory_move
  WHERE at >= coalesce((SELECT until FROM last), '-infinity')
  UNION ALL
  SELECT client_id, item_id, source_id, lot_id, source_condition, -quantity FROM inventory_move
  WHERE at >= coalesce((SELECT until FROM last), '-infinity')
  UNION ALL
  SELECT client_id, item_id, location_id, lot_id, condition, on_hand FROM inventory_balance WHERE closed_month_id = (SELECT id FROM last)
), moved AS (
  SELECT e.client_id, e.item_id, e.place, e.lot_id, e.condition, sum(e.quantity)::bigint AS actual
  FROM ends e JOIN warehouse_location p ON p.id = e.place AND p.warehouse_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5
), stated AS (
  SELECT client_id, item_id, location_id AS place, lot_id, condition::text, on_hand FROM inventory_level
), both_sides AS (
  SELECT client_id, item_id, place, lot_id, condition, sum(on_hand)::bigint AS stated, sum(actual)::bigint AS actual FROM (
    SELECT client_id, item_id, place, lot_id, condition, 0 AS on_hand, actual FROM moved
    UNION ALL SELECT client_id, item_id, place, lot_id, condition, on_hand, 0 FROM stated) u
  GROUP BY 1, 2, 3, 4, 5
)
SELECT b.stated, b.actual, b.client_id, b.item_id, p.warehouse_id, b.place, b.lot_id, b.condition, NULL::bigint
FROM both_sides b JOIN warehouse_location p ON p.id = b.place WHERE b.stated <> b.actual ORDER BY b.item_id, b.place, b.lot_id
"""

LEVEL_ALLOCATED: Final = """
WITH both_sides AS (
  SELECT client_id, item_id, place, lot_id, sum(stated)::bigint AS stated, sum(actual)::bigint AS actual FROM (
    SELECT client_id, item_id, location_id AS place, lot_id, allocated AS stated, 0 AS actual FROM inventory_level WHERE allocated <> 0
    UNION ALL SELECT client_id, item_id, location_id, lot_id, 0, quantity FROM inventory_allocation WHERE closed_at IS NULL) u
  GROUP BY 1, 2, 3, 4
)
SELECT b.stated, b.actual, b.client_id, b.item_id, p.warehouse_id, b.place, b.lot_id, 'sellable', NULL::bigint
FROM both_sides b JOIN warehouse_location p ON p.id = b.place WHERE b.stated <> b.actual ORDER BY b.item_id, b.place, b.lot_id
"""

DEMAND_ALLOCATED: Final = """
SELECT d.allocated, coalesce(a.q, 0)::bigint, d.client_id, d.item_id, d.warehouse_id, NULL::bigint, NULL::bigint, NULL::text, d.id
FROM inventory_demand d
LEFT JOIN (SELECT demand_id, sum(quantity) AS q FROM inventory_allocation WHERE closed_at IS NULL GROUP BY 1) a ON a.demand_id = d.id
WHERE d.allocated <> coalesce(a.q, 0) ORDER BY d.id
"""

_STOCK: Final = """
WITH actual AS ({actual}), both_sides AS (
  SELECT client_id, warehouse_id, item_id, sum(stated)::bigint AS stated, sum(actual)::bigint AS actual FROM (
    SELECT client_id, warehouse_id, item_id, {column} AS stated, 0 AS actual FROM inventory_stock
    UNION ALL SELECT client_id, warehouse_id, item_id, 0, q FROM actual) u
  GROUP BY 1, 2, 3
)
SELECT stated, actual, client_id, item_id, warehouse_id, NULL::bigint, NULL::bigint, NULL::text, NULL::bigint
FROM both_sides WHERE stated <> actual ORDER BY item_id, warehouse_id
"""

STOCK_SELLABLE: Final = _STOCK.format(
    column="sellable",
    actual="""SELECT l.client_id, p.warehouse_id, l.item_id, sum(l.on_hand) AS q
FROM inventory_level l JOIN warehouse_location p ON p.id = l.location_id LEFT JOIN inventory_lot t ON t.id = l.lot_id
WHERE l.condition = 'sellable' AND p.kind NOT IN ('quarantine', 'transit') AND t.blocked_at IS NULL GROUP BY 1, 2, 3""",
)
STOCK_PROMISED: Final = _STOCK.format(
    column="promised", actual="SELECT client_id, warehouse_id, item_id, sum(promised) AS q FROM inventory_demand WHERE promised > 0 GROUP BY 1, 2, 3"
)
STOCK_SHORT: Final = _STOCK.format(
    column="short", actual="SELECT client_id, warehouse_id, item_id, sum(quantity) AS q FROM inventory_shortfall WHERE closed_at IS NULL GROUP BY 1, 2, 3"
)

#: Every kind of drift and the statement that finds it, in the order in which they are mended.
KINDS: Final = {
    "level_on_hand": LEVEL_ON_HAND,
    "level_allocated": LEVEL_ALLOCATED,
    "demand_allocated": DEMAND_ALLOCATED,
    "stock_sellable": STOCK_SELLABLE,
    "stock_promised": STOCK_PROMISED,
    "stock_short": STOCK_SHORT,
}


def drift() -> list[Drift]:
    """Every projection that disagrees; empty when the books are right."""
    return [Drift(kind, *row) for kind, statement in KINDS.items() for row in sql.rows(statement)]
