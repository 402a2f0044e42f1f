"""Handling units that are carried whole, and lots that stop (or start) being sellable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from packhorse.core import sql, work
from packhorse.core.errors import Invalid
from packhorse.core.refs import Ref
from packhorse.steps.inventory.ledger.posting import lock_stock, save_stock, settle

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
            raise Invalid(field="to", reason=f"units stand at most {MAX_DEPTH} deep")
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
    # Read again: goods may have moved until the stock rows were ours.
    for w, i, _, q in sql.rows(_SELLABLE_OF_LOTS, [list(lot_ids)]):
        stock[w, i].sellable += sign * q
    settle(list(stock.values()), cause)
    save_stock(list(stock.values()))


def block_lots(lot_ids: Sequence[int], *, reason: str, cause: Ref) -> list[int]:
    """Stop lots from being sold (hold, recall, expiry); promised units of them become shortfalls. Allocations stand until who works on them is told. Returns the lots that were not blocked yet."""
    held = [r[0] for r in sql.rows("SELECT id FROM inventory_lot WHERE id = ANY(%s) AND blocked_at IS NULL ORDER BY id FOR UPDATE", [list(lot_ids)])]
    _shift(held, -1, cause)
    sql.run("UPDATE inventory_lot SET blocked_at = %s, blocked_reason = %s WHERE id = ANY(%s)", [work.current().at, reason, held])
    return held


def unblock_lots(lot_ids: Sequence[int], *, cause: Ref) -> list[int]:
    """Let lots be sold again. Returns the lots that were blocked."""
    held = [r[0] for r in sql.rows("SELECT id FROM inventory_lot WHERE id = ANY(%s) AND blocked_at IS NOT NULL ORDER BY id FOR UPDATE", [list(lot_ids)])]
    _shift(held, 1, cause)
    sql.run("UPDATE inventory_lot SET blocked_at = NULL, blocked_reason = '' WHERE id = ANY(%s)", [held])
    return held
