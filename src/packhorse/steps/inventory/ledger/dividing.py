"""Demands taken apart, put together, and sent to another warehouse, as long as nothing is allocated to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from packhorse.core import sql, work
from packhorse.core.refs import Ref
from packhorse.steps.inventory.ledger.posting import available, lock_stock, save_stock, settle, tell_rise
from packhorse.steps.inventory.ledger.promising import DEMAND_IDS, give, to_spare
from packhorse.steps.inventory.types import DividedDemand

_LOCK = "SELECT id, warehouse_id, item_id, client_id, wanted, promised, allocated FROM inventory_demand WHERE id = ANY(%s) ORDER BY id FOR UPDATE"


def divide(parts: Sequence[DividedDemand]) -> list[int]:
    """Make a part of each demand one of its own: so many units, of which so many are promised. What is promised in all stays. Gives the new demands, in order."""
    if not parts:
        return []
    work.current()
    held = {r[0]: r for r in sql.rows(_LOCK, [sorted(p.demand_id for p in parts)])}
    for p in parts:
        _, _, _, _, wanted, promised, allocated = held[p.demand_id]
        assert 0 < p.quantity <= wanted, "what is wanted"
        assert 0 <= p.promised <= min(p.quantity, promised - allocated), "promised and not allocated"
        assert promised - p.promised <= wanted - p.quantity, "what is left is promised at most"
    ids = sql.ask_ids({DEMAND_IDS: len(parts)})()[DEMAND_IDS]
    sql.run(
        """INSERT INTO inventory_demand (id, client_id, warehouse_id, item_id, wanted, promised, allocated, for_kind, for_id, at)
           SELECT t.id, d.client_id, d.warehouse_id, d.item_id, t.q, t.promised, 0, t.kind, t.ref, d.at
           FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[]) AS t(id, old, q, promised, kind, ref)
           JOIN inventory_demand d ON d.id = t.old""",
        [ids, [p.demand_id for p in parts], [p.quantity for p in parts], [p.promised for p in parts], [p.purpose.kind for p in parts], [p.purpose.id for p in parts]],
    )  # fmt: skip
    sql.run(
        """UPDATE inventory_demand d SET wanted = d.wanted - t.q, promised = d.promised - t.promised
           FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS t(id, q, promised) WHERE d.id = t.id""",
        [[p.demand_id for p in parts], [p.quantity for p in parts], [p.promised for p in parts]],
    )
    return list(ids)


def join(demands: Mapping[int, int]) -> None:
    """Make demands (keys), to which nothing was ever allocated, part of others of the same item and warehouse (values). What is promised in all stays."""
    if not demands:
        return
    work.current()
    held = {r[0]: r for r in sql.rows(_LOCK, [sorted({*demands, *demands.values()})])}
    assert all(held[a][1:4] == held[b][1:4] for a, b in demands.items()), "of one item in one warehouse"
    sql.run(
        """UPDATE inventory_demand d SET wanted = d.wanted + t.q, promised = d.promised + t.promised
           FROM (SELECT id, sum(q)::bigint AS q, sum(promised)::bigint AS promised FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS j(id, q, promised) GROUP BY 1) t
           WHERE d.id = t.id""",
        [list(demands.values()), [held[d][4] for d in demands], [held[d][5] for d in demands]],
    )
    sql.run("DELETE FROM inventory_demand WHERE id = ANY(%s)", [sorted(demands)])


def redirect(demand_ids: Sequence[int], *, warehouse_id: int, cause: Ref) -> dict[int, int]:
    """Want demands, to which nothing is allocated, from another warehouse: what was promised there is free, what is available here is promised, in the order given. Gives what each is
    promised now. The stock rows of both warehouses are locked at once.
    """
    work.current()
    held = {r[0]: r for r in sql.rows(_LOCK, [sorted(demand_ids)])}
    assert not any(allocated for *_, allocated in held.values()), "release the allocation first"
    stock = lock_stock(sorted({(w, item, client) for _, old, item, client, *_ in held.values() for w in (old, warehouse_id)}), awaited=True)
    before = available(stock.values())
    for _, old, item, _, wanted, promised, _ in held.values():
        stock[old, item].promised -= promised
        if promised < wanted:
            before[stock[old, item].id] = 0  # fewer wait there
    spare = to_spare({key: row for key, row in stock.items() if key[0] == warehouse_id})
    promised_now = {i: give(stock[warehouse_id, held[i][2]], held[i][4], spare) for i in demand_ids}
    settle(list(stock.values()), cause)
    save_stock(list(stock.values()))
    sql.run(
        "UPDATE inventory_demand d SET warehouse_id = %s, promised = t.promised FROM unnest(%s::bigint[], %s::bigint[]) AS t(id, promised) WHERE d.id = t.id",
        [warehouse_id, list(promised_now), list(promised_now.values())],
    )
    tell_rise(before, stock.values())
    return promised_now
