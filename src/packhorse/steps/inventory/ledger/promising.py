"""Promises: demand accepted against a warehouse's sellable stock, first come first served: who comes now stands behind the orders that wait for the same goods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from packhorse.core import sql, work
from packhorse.core.refs import Ref
from packhorse.steps.inventory.ledger.allocating import release
from packhorse.steps.inventory.ledger.posting import StockRow, available, lock_stock, save_stock, settle, tell_rise
from packhorse.steps.inventory.types import NewDemand, PromisedDemand

DEMAND_IDS: Final = "inventory_demand_id_seq"


Key = tuple[int, int]  # warehouse, item


def give(stock: StockRow, wanted: int, spare: dict[Key, int]) -> int:
    """Promise of a locked stock row what is to spare, up to what is wanted; gives how much."""
    key = stock.warehouse_id, stock.item_id
    given = min(wanted, spare.get(key, 0))
    if given:
        spare[key] -= given
        stock.promised += given
    return given


_WAITING: Final = """
SELECT d.warehouse_id, d.item_id, sum(d.wanted - d.promised)::bigint
FROM inventory_demand d JOIN unnest(%s::bigint[], %s::bigint[]) AS t(w, i) ON d.warehouse_id = t.w AND d.item_id = t.i
WHERE d.promised < d.wanted AND d.for_kind = 'orders.fulfillment_line' GROUP BY 1, 2
"""


def to_spare(stock: Mapping[Key, StockRow], own: Mapping[Key, int] | None = None) -> dict[Key, int]:
    """What of stock rows (locked, asked whether they are awaited) may be promised to who comes now: what is available, less what orders wait for that are served as soon
    as somebody looks (goods have just come in, or were given up). `own`: so many units are theirs already.
    """
    free = {key: row.sellable - row.promised for key, row in stock.items() if row.sellable > row.promised}
    asked = [key for key in free if stock[key].awaited]
    waiting = {(w, i): q for w, i, q in sql.rows(_WAITING, [[k[0] for k in asked], [k[1] for k in asked]])} if asked else {}
    return {key: max(q - waiting.get(key, 0), min(q, (own or {}).get(key, 0)), 0) for key, q in free.items()}


def demand(new: Sequence[NewDemand], *, own: Mapping[Key, int] | None = None) -> list[PromisedDemand]:
    """Record demands and promise what is available, in order; the rest is backordered. Several demands of one item share what there is. `own`: what `hand_over` gave up for them.

    Returns one answer per demand, in order.
    """
    if not new:
        return []
    now = work.current().at
    asked = sql.ask_ids({DEMAND_IDS: len(new)})
    stock = lock_stock(sorted({(d.warehouse_id, d.item_id, d.client_id) for d in new}), awaited=True)
    spare = to_spare(stock, own)
    given = [give(stock[d.warehouse_id, d.item_id], d.quantity, spare) for d in new]
    save_stock(list(stock.values()))
    ids = asked()[DEMAND_IDS]
    sql.run(
        """INSERT INTO inventory_demand (id, client_id, warehouse_id, item_id, wanted, promised, allocated, for_kind, for_id, at)
           SELECT t.id, c, w, i, wanted, promised, 0, kind, ref, %s
           FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[])
             AS t(id, c, w, i, wanted, promised, kind, ref)""",
        [now, ids, [d.client_id for d in new], [d.warehouse_id for d in new], [d.item_id for d in new], [d.quantity for d in new], given,
         [d.purpose.kind for d in new], [d.purpose.id for d in new]],
    )  # fmt: skip
    return [PromisedDemand(i, d.quantity, g) for i, d, g in zip(ids, new, given, strict=True)]


def demand_whole(groups: Sequence[Sequence[NewDemand]]) -> list[list[PromisedDemand]]:
    """Record demands of those groups that can be promised whole, in order; of the others nothing. Lines of one item within a group are summed first.

    Returns the answers of each group, in order; none for a group that does not fit.
    """
    stock = lock_stock(sorted({(d.warehouse_id, d.item_id, d.client_id) for g in groups for d in g}), awaited=True)
    left = to_spare(stock)
    fits = []
    for group in groups:
        sums: dict[tuple[int, int], int] = {}
        for d in group:
            sums[d.warehouse_id, d.item_id] = sums.get((d.warehouse_id, d.item_id), 0) + d.quantity
        fits.append(all(left.get(key, 0) >= q for key, q in sums.items()))
        if fits[-1]:
            for key, q in sums.items():
                left[key] -= q
    answers = iter(demand([d for group, fit in zip(groups, fits, strict=True) if fit for d in group])) if any(fits) else iter(())
    return [[next(answers) for _ in group] if fit else [] for group, fit in zip(groups, fits, strict=True)]


def end_reservations(reservation_ids: Sequence[int], *, outcome: str) -> list[int]:
    """Give up what open reservations keep. Returns those that were open."""
    return _end(reservation_ids, outcome=outcome)[0]


def _end(reservation_ids: Sequence[int], *, outcome: str) -> tuple[list[int], dict[Key, int]]:
    """Those that were open, and what was promised for them. (Accepted: the caller promises it anew in the same transaction, under the same locks, so that nobody comes between.)"""
    here = work.current()
    freed: dict[Key, int] = {}
    held = [
        r[0] for r in sql.rows("SELECT id FROM inventory_reservation WHERE id = ANY(%s) AND ended_at IS NULL ORDER BY id FOR UPDATE", [sorted(reservation_ids)])
    ]
    if held:
        kept = sql.rows(
            "SELECT id, wanted, warehouse_id, item_id FROM inventory_demand WHERE for_kind = 'inventory.reservation' AND for_id = ANY(%s) AND wanted > 0",
            [held],
        )
        falls = withdraw({r[0]: r[1] for r in kept}, cause=Ref("core.command", here.command_id))
        for i, _, w, item in kept:
            freed[w, item] = freed.get((w, item), 0) + falls[i]
        sql.run("UPDATE inventory_reservation SET ended_at = %s, outcome = %s WHERE id = ANY(%s)", [here.at, outcome, held])
    return held, freed


def hand_over(client_id: int, warehouse_id: int, names: Sequence[tuple[str, str]]) -> tuple[set[tuple[str, str]], dict[Key, int]]:
    """Give up the open reservations of these (channel, reference), for a caller who promises the same goods in this transaction. Their stock stays locked until then. Returns those that were
    open, and what was kept for them: `demand` takes it as their own.
    """
    found = sql.rows(
        """SELECT r.id, r.channel, r.reference FROM inventory_reservation r JOIN unnest(%s::text[], %s::text[]) AS n(channel, reference) USING (channel, reference)
           WHERE r.client_id = %s AND r.warehouse_id = %s AND r.ended_at IS NULL""",
        [[n[0] for n in names], [n[1] for n in names], client_id, warehouse_id],
    )
    ended, kept = _end([r[0] for r in found], outcome="accepted")
    return {(channel, reference) for pk, channel, reference in found if pk in ended}, kept


def promise_more(demand_ids: Sequence[int]) -> list[PromisedDemand]:
    """Promise backordered demands what has become available, in the order given. Returns those that got something, `promised` being what was added."""
    held = {
        r[0]: r
        for r in sql.rows(
            """SELECT id, warehouse_id, item_id, client_id, wanted, wanted - promised FROM inventory_demand
               WHERE id = ANY(%s) AND promised < wanted ORDER BY id FOR UPDATE""",
            [list(demand_ids)],
        )
    }
    stock = lock_stock(sorted({(r[1], r[2], r[3]) for r in held.values()}))
    free = {key: max(0, row.sellable - row.promised) for key, row in stock.items()}
    more = [(i, held[i][4], give(stock[held[i][1], held[i][2]], held[i][5], free)) for i in demand_ids if i in held]
    more = [m for m in more if m[2]]
    save_stock(list(stock.values()))
    sql.run(
        "UPDATE inventory_demand d SET promised = d.promised + t.q FROM unnest(%s::bigint[], %s::bigint[]) AS t(id, q) WHERE d.id = t.id",
        [[m[0] for m in more], [m[2] for m in more]],
    )
    return [PromisedDemand(i, wanted, q) for i, wanted, q in more]


def withdraw(quantities: Mapping[int, int], *, cause: Ref, freeing: Sequence[int] = ()) -> dict[int, int]:
    """Want less of demands (cancelled, edited, moved away): what was backordered goes first, then what is promised but not allocated.

    What is allocated must be released: before, or with it (`freeing`, allocations of these demands, released here so that locks are taken in their order). Returns the fall of each
    demand's promise.
    """
    demands = "SELECT id, warehouse_id, item_id, client_id, wanted, promised, allocated FROM inventory_demand WHERE id = ANY(%s) ORDER BY id"
    if freeing:
        sql.rows("SELECT id FROM inventory_allocation WHERE id = ANY(%s) AND closed_at IS NULL ORDER BY id FOR UPDATE", [sorted(freeing)])
    held = sql.rows(f"{demands} FOR UPDATE", [sorted(quantities)])
    falls: dict[int, int] = {}
    stock = lock_stock(sorted({(r[1], r[2], r[3]) for r in held}))
    if freeing:
        release(freeing)
        held = sql.rows(demands, [sorted(quantities)])
    before = available(stock.values())
    for i, w, item, _, wanted, promised, allocated in held:
        left = wanted - quantities[i]
        assert left >= allocated, "release the allocation first"
        falls[i] = promised - min(promised, left)
        stock[w, item].promised -= falls[i]
        if falls[i] < quantities[i]:
            before[stock[w, item].id] = 0  # fewer wait: what is available is news to those behind them
    settle(list(stock.values()), cause)
    save_stock(list(stock.values()))
    sql.run(
        """UPDATE inventory_demand d SET wanted = d.wanted - t.q, promised = d.promised - t.fall
           FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS t(id, q, fall) WHERE d.id = t.id""",
        [list(falls), [quantities[i] for i in falls], list(falls.values())],
    )
    tell_rise(before, stock.values())
    return falls
