"""Another lot for what is allocated: it lies at the same place, and nobody else has it."""

from __future__ import annotations

import datetime as dt
from typing import Final

from packhorse.core import sql
from packhorse.core.errors import NotFound
from packhorse.steps.inventory.errors import LotBlocked, LotNotFree
from packhorse.steps.inventory.ledger.allocating import closed, lock
from packhorse.steps.inventory.records import PICKABLE
from packhorse.steps.inventory.types import Allocated

_LEVELS: Final = """
SELECT l.id FROM inventory_level l WHERE l.item_id = %(item)s AND l.location_id = %(place)s AND l.condition = 'sellable'
  AND (l.lot_id = %(new)s OR l.lot_id IS NOT DISTINCT FROM %(old)s) ORDER BY l.id FOR UPDATE
"""

_SWAP: Final = f"""
WITH taken AS (
  UPDATE inventory_level l SET allocated = l.allocated + %(q)s FROM warehouse_location p, inventory_lot t, catalog_client c
  WHERE p.id = l.location_id AND t.id = l.lot_id AND c.id = l.client_id AND {PICKABLE}
    AND l.item_id = %(item)s AND l.location_id = %(place)s AND l.lot_id = %(new)s AND l.on_hand - l.allocated >= %(q)s RETURNING l.id
), given_back AS (
  UPDATE inventory_level l SET allocated = l.allocated - %(q)s
  WHERE l.item_id = %(item)s AND l.location_id = %(place)s AND l.lot_id IS NOT DISTINCT FROM %(old)s AND l.condition = 'sellable' AND EXISTS (SELECT FROM taken)
)
UPDATE inventory_allocation SET lot_id = %(new)s WHERE id = %(allocation)s AND EXISTS (SELECT FROM taken) RETURNING id
"""


def swap_lot(allocation_id: int, lot_id: int, *, today: dt.date) -> Allocated:
    """Serve an open allocation from another lot of its item that lies free at the same place; what it had is free for others. No goods move. One that has the lot already stays as it is.

    `today` is the warehouse's date: the lot must last as long as when it is allocated.   Locks: the allocation, levels.   Raises: AllocationClosed, NotFound, LotBlocked, LotNotFree.
    """
    a = lock([allocation_id]).get(allocation_id)
    if a is None:
        raise closed(allocation_id, 0)
    lots = sql.rows("SELECT code, blocked_at IS NOT NULL, blocked_reason FROM inventory_lot WHERE id = %s AND item_id = %s", [lot_id, a.item_id])
    if not lots:
        raise NotFound(kind="lot", ref=str(lot_id))
    if lot_id == a.lot_id:
        return a
    params = {"allocation": a.allocation_id, "item": a.item_id, "place": a.location_id, "old": a.lot_id, "new": lot_id, "q": a.quantity, "today": today}
    sql.rows(_LEVELS, params)
    if not sql.rows(_SWAP, params):
        code, blocked, reason = lots[0]
        if blocked:
            raise LotBlocked(lot=code, reason=reason, lot_id=lot_id)
        raise LotNotFree(lot=code, wanted=a.quantity, lot_id=lot_id)
    return Allocated(a.allocation_id, a.demand_id, a.item_id, a.location_id, lot_id, a.quantity)
