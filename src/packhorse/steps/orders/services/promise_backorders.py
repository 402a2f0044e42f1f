"""Goods came in: promise them to those who wait, the most urgent first."""

from __future__ import annotations

from uuid import UUID

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.steps.inventory import ledger as stock, selectors as inventory
from packhorse.steps.orders import ledger
from packhorse.steps.orders.events import BackorderPromised
from packhorse.steps.orders.types import StockCameIn


@use_case
def promise_backorders(*, key: UUID, actor: Actor, came_in: list[StockCameIn]) -> int:
    """Promise backordered lines what has become available: the most urgent fulfillment order first, then the one that must leave first, then the one bought first. Gives how many
    units.

    Locks: fulfillment orders, lines, demands, stock rows.   Raises: NotAllowed.
    """
    authorize(actor, "take_orders")
    units = 0
    ordered: list[int] = []
    for warehouse_id, item_ids in _merged(came_in):
        authorize(actor, "take_orders", warehouse_id=warehouse_id)
        ordered += _candidates(warehouse_id, item_ids)
    if not ordered:
        return 0
    ledger.lock_orders(
        [r[0] for r in sql.rows("SELECT DISTINCT fulfillment_order_id FROM orders_fulfillmentline WHERE demand_id = ANY(%s) ORDER BY 1", [ordered])]
    )
    more = stock.promise_more(ordered)
    for p in ledger.promised({m.demand_id: m.promised for m in more}):
        gained = sum(m.promised for m in more if m.demand_id in p.demand_ids)
        units += gained
        emit(
            BackorderPromised(
                order_id=p.order_id,
                client_id=p.client_id,
                warehouse_id=p.warehouse_id,
                fulfillment_order_id=p.fulfillment_order_id,
                units=gained,
                complete=p.stage != "backordered",
            )
        )
    return units


def _merged(came_in: list[StockCameIn]) -> list[tuple[int, list[int]]]:
    found: dict[int, set[int]] = {}
    for s in came_in:
        found.setdefault(s.warehouse_id, set()).update(s.item_ids)
    return [(w, sorted(items)) for w, items in sorted(found.items())]


def _candidates(warehouse_id: int, item_ids: list[int]) -> list[int]:
    """Backordered demands of items that something is available of, in the order in which they are to be served, no more of them than what is available can serve."""
    free = {a.item_id: a.available for a in inventory.availability(EVERYTHING, warehouse_id, item_ids) if a.available > 0}
    waiting = inventory.backordered(EVERYTHING, warehouse_id, sorted(free)) if free else []
    rows = sql.rows(
        """SELECT l.demand_id, l.item_id, l.quantity - l.cancelled - l.promised FROM orders_fulfillmentline l JOIN orders_fulfillmentorder f ON f.id = l.fulfillment_order_id
           JOIN orders_order o ON o.id = f.order_id
           WHERE l.demand_id = ANY(%s) ORDER BY f.priority DESC, f.ship_by, o.placed_at, l.demand_id""",
        [waiting],
    )
    found = []
    for demand_id, item_id, wanted in rows:
        if free[item_id] > 0:
            found.append(demand_id)
            free[item_id] -= wanted
    return found
