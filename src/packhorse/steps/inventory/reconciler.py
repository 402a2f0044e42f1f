"""The reconciler: are the projections what they are projections of? One statement a kind; what disagrees is a row.

Which of the two is the truth: of on hand the moves; of allocated (at a place, of a demand) the open allocations; of sellable the levels; of promised the demands; of short the open
shortfalls. Always the rows, never the sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from packhorse.core import books, sql
from packhorse.steps.inventory.types import Drift

#: The balances of the last closed month and the moves since.
LEVEL_ON_HAND: Final = """
WITH last AS (SELECT id, until FROM inventory_closedmonth ORDER BY month DESC LIMIT 1), ends AS (
  SELECT client_id, item_id, target_id AS place, lot_id, target_condition AS condition, quantity FROM inventory_move
  WHERE at >= coalesce((SELECT until FROM last), '-infinity') AND {part:item_id}
  UNION ALL
  SELECT client_id, item_id, source_id, lot_id, source_condition, -quantity FROM inventory_move
  WHERE at >= coalesce((SELECT until FROM last), '-infinity') AND {part:item_id}
  UNION ALL
  SELECT client_id, item_id, location_id, lot_id, condition, on_hand FROM inventory_balance WHERE closed_month_id = (SELECT id FROM last) AND {part:item_id}
), moved AS (
  SELECT e.client_id, e.item_id, e.place, e.lot_id, e.condition, sum(e.quantity)::bigint AS actual
  FROM ends e JOIN warehouse_location p ON p.id = e.place AND p.warehouse_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5
), stated AS (
  SELECT client_id, item_id, location_id AS place, lot_id, condition::text, on_hand FROM inventory_level WHERE {part:item_id}
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
    SELECT client_id, item_id, location_id AS place, lot_id, allocated AS stated, 0 AS actual FROM inventory_level WHERE allocated <> 0 AND {part:item_id}
    UNION ALL SELECT client_id, item_id, location_id, lot_id, 0, quantity FROM inventory_allocation WHERE closed_at IS NULL AND {part:item_id}) u
  GROUP BY 1, 2, 3, 4
)
SELECT b.stated, b.actual, b.client_id, b.item_id, p.warehouse_id, b.place, b.lot_id, 'sellable', NULL::bigint
FROM both_sides b JOIN warehouse_location p ON p.id = b.place WHERE b.stated <> b.actual ORDER BY b.item_id, b.place, b.lot_id
"""

DEMAND_ALLOCATED: Final = """
SELECT d.allocated, coalesce(a.q, 0)::bigint, d.client_id, d.item_id, d.warehouse_id, NULL::bigint, NULL::bigint, NULL::text, d.id
FROM inventory_demand d
LEFT JOIN (SELECT demand_id, sum(quantity) AS q FROM inventory_allocation WHERE closed_at IS NULL AND {part:demand_id} GROUP BY 1) a ON a.demand_id = d.id
WHERE d.allocated <> coalesce(a.q, 0) AND {part:d.id} ORDER BY d.id
"""

_STOCK: Final = """
WITH actual AS (<actual>), both_sides AS (
  SELECT client_id, warehouse_id, item_id, sum(stated)::bigint AS stated, sum(actual)::bigint AS actual FROM (
    SELECT client_id, warehouse_id, item_id, <column> AS stated, 0 AS actual FROM inventory_stock WHERE {part:item_id}
    UNION ALL SELECT client_id, warehouse_id, item_id, 0, q FROM actual) u
  GROUP BY 1, 2, 3
)
SELECT stated, actual, client_id, item_id, warehouse_id, NULL::bigint, NULL::bigint, NULL::text, NULL::bigint
FROM both_sides WHERE stated <> actual ORDER BY item_id, warehouse_id
"""


def _stock(column: str, actual: str) -> str:
    return _STOCK.replace("<column>", column).replace("<actual>", actual)


STOCK_SELLABLE: Final = _stock(
    "sellable",
    """SELECT l.client_id, p.warehouse_id, l.item_id, sum(l.on_hand) AS q
FROM inventory_level l JOIN warehouse_location p ON p.id = l.location_id LEFT JOIN inventory_lot t ON t.id = l.lot_id
WHERE l.condition = 'sellable' AND p.kind NOT IN ('quarantine', 'transit') AND t.blocked_at IS NULL AND {part:l.item_id} GROUP BY 1, 2, 3""",
)
STOCK_PROMISED: Final = _stock(
    "promised", "SELECT client_id, warehouse_id, item_id, sum(promised) AS q FROM inventory_demand WHERE promised > 0 AND {part:item_id} GROUP BY 1, 2, 3"
)
STOCK_SHORT: Final = _stock(
    "short", "SELECT client_id, warehouse_id, item_id, sum(quantity) AS q FROM inventory_shortfall WHERE closed_at IS NULL AND {part:item_id} GROUP BY 1, 2, 3"
)

#: Every kind of drift, by what it is looked at by, and the statement that finds it, in the order in which they are mended. `{part:column}` is the condition for the part that is asked about.
KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "level_on_hand": ("item", LEVEL_ON_HAND),
    "level_allocated": ("item", LEVEL_ALLOCATED),
    "demand_allocated": ("demand", DEMAND_ALLOCATED),
    "stock_sellable": ("item", STOCK_SELLABLE),
    "stock_promised": ("item", STOCK_PROMISED),
    "stock_short": ("item", STOCK_SHORT),
}


def found(kind: str, parts: Mapping[str, books.Part] | None = None) -> list[Drift]:
    """The drift of one kind; of the parts asked about, or of everything."""
    family, statement = KINDS[kind]
    asked = books.whole(parts)
    if family not in asked:
        return []
    return [Drift(kind, *row) for row in sql.rows(books.fill(statement, asked[family]))]


def drift(parts: Mapping[str, books.Part] | None = None) -> list[Drift]:
    """Every projection that disagrees, in one snapshot; empty when the books are right."""
    with books.snapshot():
        return [d for kind in KINDS for d in found(kind, parts)]
