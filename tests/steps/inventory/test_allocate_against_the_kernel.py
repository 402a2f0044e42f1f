"""The one statement that allocates agrees with the readable kernel, demand by demand."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

import pytest

from packhorse.core import sql
from packhorse.kernels.allocation.problem import Demand, Level, Problem
from packhorse.kernels.allocation.solve import solve
from packhorse.steps.inventory import ledger
from packhorse.steps.inventory.reconciler import drift
from tests.build import doing, make_lot, make_shop, receive, want

TODAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize("seed", range(3))
def test_sql_and_kernel_give_the_same_lots_to_the_same_demands(db: None, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - dice, not a secret
    shop = make_shop(items=4, aisles=2, cells=6, minimum_shelf_days=20)
    for item in shop.items.values():
        for n in range(dice.randint(1, 6)):
            days = dice.choice([5, 15, 40, 80, 200])
            lot = make_lot(
                shop.client_id,
                item,
                f"L{n}",
                expires_on=dice.choice([None, TODAY + dt.timedelta(days=days + n)]),
                received_on=dt.date(2026, 1, 1 + dice.randint(0, 20)),
            )
            receive(item, dice.choice(shop.bins), dice.randint(1, 9), lot_id=lot)
    demands = [want(shop, dice.choice(list(shop.items.values())), dice.randint(1, 9)) for _ in range(12)]
    ids = [d.demand_id for d in demands]
    rows = sql.rows(
        """SELECT l.id, l.item_id, l.on_hand, t.expires_on, t.received_on, l.lot_id, l.location_id FROM inventory_level l JOIN inventory_lot t ON t.id = l.lot_id
           WHERE l.item_id = ANY(%s)""",
        [list(shop.items.values())],
    )
    keys = {r[0]: (r[3], r[4]) for r in rows}
    promised = dict(sql.rows("SELECT id, promised FROM inventory_demand WHERE id = ANY(%s)", [ids]))
    items = dict(sql.rows("SELECT id, item_id FROM inventory_demand WHERE id = ANY(%s)", [ids]))
    problem = Problem(
        tuple(Demand(i, items[i], promised[i], min_remaining_days=20) for i in ids), tuple(Level(r[0], r[1], r[2], r[3], r[4]) for r in rows), TODAY
    )
    expected: Counter[tuple[object, ...]] = Counter()
    for one in solve(problem).allocations:
        expected[one.demand_id, *keys[one.level_id]] += one.quantity
    lots = {r[5]: (r[3], r[4]) for r in rows}
    found: Counter[tuple[object, ...]] = Counter()
    for a in doing(lambda: ledger.allocate(ids, today=TODAY)):
        assert a.lot_id is not None
        found[a.demand_id, *lots[a.lot_id]] += a.quantity
    assert found == expected
    assert drift() == []
