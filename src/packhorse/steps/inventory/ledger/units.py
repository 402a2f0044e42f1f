"""Handling units that are carried whole, and lots that stop (or start) being sellable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from packhorse.core import sql, work
from packhorse.core.errors import Invalid
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.steps.inventory.events import AllocationsBroken
from packhorse.steps.inventory.ledger.allocating import release
from packhorse.steps.inventory.ledger.posting import available, lock_stock, save_stock, settle, tell_rise

MAX_DEPTH: Final = 4

_SELLABLE_OF_LOTS: Final = """
SELECT p.warehouse_id, l.item_id, l.client_id, sum(l.on_hand)::bigint FROM inventory_level l JOIN warehouse_location p ON p.id = l.location_id
WHERE l.lot_id = ANY(%s) AND l.condition = 'sellable' AND p.kind NOT IN ('quarantine', 'transit') GROUP BY 1, 2, 3 ORDER BY 1, 2
"""


def carry(unit_id: int, to_id: int) -> None:
    """Move a handling unit (tote, cart, pallet) with all that is in it: one unit move under lock, depth at most four, no circles.

    Raises: Invalid.
    """
    work.current()
    above: list[int] = []
    at: int | None = to_id
    while at is not None:
        if at == unit_id:
            raise Invalid(field="to", reason="a unit cannot stand in itself")
        above.append(at)
        if len(above) >= MAX_DEPTH:
            raise Invalid(field="to", reason="units stand at most {most} deep", most=MAX_DEPTH)
        at = sql.rows("SELECT parent_id FROM warehouse_location WHERE id = %s", [at])[0][0]
    moved = sql.run(
        """UPDATE warehouse_location u SET parent_id = t.id FROM warehouse_location t
           WHERE u.id = %s AND t.id = %s AND u.kind IN ('tote', 'cart', 'pallet') AND u.warehouse_id = t.warehouse_id""",
        [unit_id, to_id],
    )
    if not moved:
        raise Invalid(field="unit", reason="only a tote, cart or pallet is carried, and only inside its warehouse")


def _shift(lot_ids: Sequence[int], sign: int, cause: Ref) -> None:
    delta = {(w, i): (c, q) for w, i, c, q in sql.rows(_SELLABLE_OF_LOTS, [list(lot_ids)])}
    stock = lock_stock([(w, i, c) for (w, i), (c, _) in delta.items()])
    before = available(stock.values())
    # Read again: goods may have moved until the stock rows were ours.
    for w, i, _, q in sql.rows(_SELLABLE_OF_LOTS, [list(lot_ids)]):
        stock[w, i].sellable += sign * q
    settle(list(stock.values()), cause)
    save_stock(list(stock.values()))
    tell_rise(before, stock.values())


_STANDING: Final = """
SELECT a.id, a.demand_id, p.warehouse_id FROM inventory_allocation a JOIN warehouse_location p ON p.id = a.location_id
WHERE a.lot_id = ANY(%s) AND a.closed_at IS NULL AND p.pickable ORDER BY a.id FOR UPDATE OF a
"""


def block_lots(lot_ids: Sequence[int], *, reason: str, cause: Ref) -> list[int]:
    """Stop lots from being sold (hold, recall, expiry); promised units of them become shortfalls. Allocations in bins are closed and told as AllocationsBroken; what was picked of them
    already keeps its allocation and cannot ship. Returns the lots that were not blocked yet.
    """
    work.current()
    standing = sql.rows(_STANDING, [list(lot_ids)])
    sql.rows("SELECT id FROM inventory_demand WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [sorted({r[1] for r in standing})])
    held = [r[0] for r in sql.rows("SELECT id FROM inventory_lot WHERE id = ANY(%s) AND blocked_at IS NULL ORDER BY id FOR UPDATE", [list(lot_ids)])]
    _shift(held, -1, cause)
    sql.run("UPDATE inventory_lot SET blocked_at = %s, blocked_reason = %s WHERE id = ANY(%s)", [work.current().at, reason, held])
    # Read again: who allocated of them until now held their levels, and who waits for one will see that its lot is blocked.
    sql.rows("SELECT id FROM inventory_level WHERE lot_id = ANY(%s) ORDER BY id FOR UPDATE", [held])
    standing = sql.rows(_STANDING, [list(lot_ids)])
    broken: dict[int, list[int]] = {}
    for allocation_id, _, warehouse_id in standing:
        broken.setdefault(warehouse_id, []).append(allocation_id)
    release([r[0] for r in standing])
    emit(*(AllocationsBroken(warehouse_id=w, allocation_ids=ids) for w, ids in sorted(broken.items())))
    return held


def unblock_lots(lot_ids: Sequence[int], *, cause: Ref) -> list[int]:
    """Let lots be sold again. Returns the lots that were blocked."""
    work.current()
    held = [r[0] for r in sql.rows("SELECT id FROM inventory_lot WHERE id = ANY(%s) AND blocked_at IS NOT NULL ORDER BY id FOR UPDATE", [list(lot_ids)])]
    _shift(held, 1, cause)
    sql.run("UPDATE inventory_lot SET blocked_at = NULL, blocked_reason = '' WHERE id = ANY(%s)", [held])
    return held
