"""Questions about stock. Each takes the reader's scope and answers in types; in bulk, with one statement each."""

from __future__ import annotations

from packhorse.steps.inventory.selectors.counting import count_lines, count_task, counts
from packhorse.steps.inventory.selectors.floor import stock_by_cell, work_by_cell
from packhorse.steps.inventory.selectors.lots import free_lots, lot, lot_trail, lot_uses, lots, recall, recalls
from packhorse.steps.inventory.selectors.promising import promisable
from packhorse.steps.inventory.selectors.purchasing import purchase_order, purchase_orders, put_away_tasks, put_aways, suppliers
from packhorse.steps.inventory.selectors.relocating import (
    pick_faces,
    relocation,
    relocations,
    relocations_to_do,
    warehouses_with_pick_faces,
    warehouses_with_reserve,
)
from packhorse.steps.inventory.selectors.reordering import reorder, reorder_rows
from packhorse.steps.inventory.selectors.reserving import reservations
from packhorse.steps.inventory.selectors.resolving import resolve
from packhorse.steps.inventory.selectors.stock import (
    availability,
    backordered,
    closed_months,
    demands,
    drift,
    item_stock,
    items,
    levels,
    moves,
    open_allocations,
    shortfall_rows,
    shortfalls,
    where_is,
)
from packhorse.steps.inventory.selectors.transferring import transfer, transfers

__all__ = [
    "availability",
    "backordered",
    "closed_months",
    "count_lines",
    "count_task",
    "counts",
    "demands",
    "drift",
    "free_lots",
    "item_stock",
    "items",
    "levels",
    "lot",
    "lot_trail",
    "lot_uses",
    "lots",
    "moves",
    "open_allocations",
    "pick_faces",
    "promisable",
    "purchase_order",
    "purchase_orders",
    "put_away_tasks",
    "put_aways",
    "recall",
    "recalls",
    "relocation",
    "relocations",
    "relocations_to_do",
    "reorder",
    "reorder_rows",
    "reservations",
    "resolve",
    "shortfall_rows",
    "shortfalls",
    "stock_by_cell",
    "suppliers",
    "transfer",
    "transfers",
    "warehouses_with_pick_faces",
    "warehouses_with_reserve",
    "where_is",
    "work_by_cell",
]
