"""Keeping the projections: empty levels swept away, and drift mended."""

from __future__ import annotations

from collections.abc import Mapping

from packhorse.core import sql, work
from packhorse.core.books import Part
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.steps.inventory import reconciler
from packhorse.steps.inventory.events import AllocationsBroken
from packhorse.steps.inventory.ledger.posting import lock_stock, save_stock, settle
from packhorse.steps.inventory.types import Drift


def sweep(*, limit: int) -> int:
    """Take away levels that hold nothing; how many."""
    work.current()
    return sql.run(
        """DELETE FROM inventory_level WHERE id IN (
             SELECT id FROM inventory_level WHERE on_hand = 0 AND allocated = 0 ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)""",
        [limit],
    )


_TOO_MANY = """
WITH short AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS s(item, place, lot, actual)), standing AS (
  SELECT a.id, p.warehouse_id, s.actual, sum(a.quantity) OVER (PARTITION BY a.item_id, a.location_id, a.lot_id ORDER BY a.id) AS upto
  FROM short s JOIN inventory_allocation a ON a.item_id = s.item AND a.location_id = s.place AND a.lot_id IS NOT DISTINCT FROM s.lot AND a.closed_at IS NULL
  JOIN warehouse_location p ON p.id = a.location_id
)
UPDATE inventory_allocation a SET closed_at = %s FROM standing t WHERE t.id = a.id AND t.upto > t.actual RETURNING a.id, t.warehouse_id
"""

_LEVELS = """
INSERT INTO inventory_level (client_id, item_id, location_id, lot_id, condition, on_hand, allocated)
SELECT client, item, place, lot, condition, greatest(0, on_hand), allocated
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[]) AS t(client, item, place, lot, condition, on_hand, allocated)
ON CONFLICT (item_id, location_id, lot_id, condition) DO UPDATE SET on_hand = excluded.on_hand, allocated = excluded.allocated
"""


def _mend_levels(parts: Mapping[str, Part] | None) -> None:
    """On hand becomes what the moves say, allocated what the open allocations say; allocations of what is not there are closed first, the newest ones."""
    wrong = reconciler.found("level_on_hand", parts)
    sellable = [d for d in wrong if d.condition == "sellable"]
    broken = sql.rows(
        _TOO_MANY,
        [
            [d.item_id for d in sellable], [d.location_id for d in sellable], [d.lot_id for d in sellable], [max(0, d.actual) for d in sellable],
            work.current().at,
        ],
    )  # fmt: skip
    by_warehouse: dict[int, list[int]] = {}
    for allocation_id, warehouse_id in sorted(broken):
        by_warehouse.setdefault(warehouse_id, []).append(allocation_id)
    emit(*(AllocationsBroken(warehouse_id=w, allocation_ids=ids) for w, ids in by_warehouse.items()))
    changes: dict[tuple[int, int | None, int | None, str | None], list[int | None]] = {}
    clients: dict[int, int] = {}
    for n, d in [(0, d) for d in wrong] + [(1, d) for d in reconciler.found("level_allocated", parts)]:
        changes.setdefault((d.item_id, d.location_id, d.lot_id, d.condition), [None, None])[n] = d.actual
        clients[d.item_id] = d.client_id
    keys = list(changes)
    now = {
        (r[0], r[1], r[2], r[3]): (r[4], r[5])
        for r in sql.rows(
            "SELECT item_id, location_id, lot_id, condition, on_hand, allocated FROM inventory_level WHERE (item_id, location_id) IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[]))",
            [[k[0] for k in keys], [k[1] for k in keys]],
        )
    }
    values = [[a if a is not None else b for a, b in zip(changes[k], now.get(k, (0, 0)), strict=True)] for k in keys]
    sql.run(
        _LEVELS,
        [
            [clients[k[0]] for k in keys],
            [k[0] for k in keys],
            [k[1] for k in keys],
            [k[2] for k in keys],
            [k[3] for k in keys],
            [v[0] for v in values],
            [v[1] for v in values],
        ],
    )


def freeze() -> None:
    """Nobody else writes stock until the use case ends: before drift is looked at in order to be mended."""
    work.current()
    sql.run("LOCK TABLE inventory_allocation, inventory_demand, inventory_stock, inventory_level IN SHARE ROW EXCLUSIVE MODE")


def mend(*, cause: Ref, parts: Mapping[str, Part] | None = None) -> list[Drift]:
    """Make projections what their rows say, while nobody else writes stock: of the parts that are named, or all. Returns what was wrong."""
    freeze()
    wrong = reconciler.drift(parts)
    if not wrong:
        return []
    _mend_levels(parts)
    demands = reconciler.found("demand_allocated", parts)
    # What is allocated is promised: a demand that states less is mended with its allocations, as far as its promise goes.
    sql.run(
        "UPDATE inventory_demand d SET allocated = t.q FROM unnest(%s::bigint[], %s::bigint[]) AS t(id, q) WHERE d.id = t.id AND t.q <= d.promised",
        [[d.demand_id for d in demands], [d.actual for d in demands]],
    )
    stock = [d for kind in ("stock_sellable", "stock_promised", "stock_short") for d in reconciler.found(kind, parts)]
    rows = lock_stock(sorted({(d.warehouse_id or 0, d.item_id, d.client_id) for d in stock}))
    for d in stock:
        setattr(rows[d.warehouse_id or 0, d.item_id], d.kind.removeprefix("stock_"), d.actual)
    settle(list(rows.values()), cause)
    save_stock(list(rows.values()))
    return wrong


def rewant(wanted: Mapping[int, int], *, cause: Ref) -> None:
    """Mend what demands want. Where that is less than what is promised, the promise falls with it; where it is less than what is allocated, the demand stays as it is: goods are on their way."""
    freeze()
    held = sql.rows(
        "SELECT id, warehouse_id, item_id, client_id, promised FROM inventory_demand WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
        [sorted(wanted)],
    )
    stock = lock_stock(sorted({(r[1], r[2], r[3]) for r in held}))
    changed = sql.rows(
        """UPDATE inventory_demand d SET wanted = t.q, promised = least(d.promised, t.q) FROM unnest(%s::bigint[], %s::bigint[]) AS t(id, q)
           WHERE d.id = t.id AND t.q >= d.allocated RETURNING d.id, d.promised""",
        [list(wanted), list(wanted.values())],
    )
    now = dict(changed)
    for i, warehouse, item, _, promised in held:
        stock[warehouse, item].promised -= promised - now.get(i, promised)
    settle(list(stock.values()), cause)
    save_stock(list(stock.values()))
