"""Whatever happens in whatever order, the books agree and no unit appears or vanishes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import PackhorseError
from packhorse.core.refs import Ref
from packhorse.ground.warehouse.selectors import virtual
from packhorse.steps.inventory import ledger, selectors
from packhorse.steps.inventory.reconciler import drift
from packhorse.steps.inventory.types import CountedLevel, NewDemand, Posting, Take
from tests.build import Shop, doing, make_lot, make_shop

WHY = Ref("test.cause", 1)
TODAY = dt.date(2026, 11, 23)
SHOP: list[Shop] = []


class Ledger(RuleBasedStateMachine):
    """Two items, three bins, a dock, a tote, staging, quarantine; lots with and without expiry. Refusals are answers: they must change nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.around = transaction.atomic()
        self.around._from_testcase = True  # type: ignore[attr-defined]  # as Django's own test cases: use cases may be durable inside
        self.around.__enter__()
        self.shop = SHOP[0]
        s = self.shop
        self.items = [s.item("SKU-1"), s.item("SKU-2")]
        self.places = [s.bins[0], s.bins[1], s.bins[2], s.dock, s.quarantine]
        self.lots: list[int | None] = [
            None,
            make_lot(s.client_id, self.items[0], "L1", expires_on=TODAY + dt.timedelta(days=9)),
            make_lot(s.client_id, self.items[0], "L2", expires_on=TODAY - dt.timedelta(days=1)),
        ]
        self.units = dict.fromkeys(self.items, 0)
        self.shipped = dict.fromkeys(self.items, 0)
        self.demands: list[int] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    def act(self, act: Callable[[], Any]) -> Any:
        """Do it, or be refused and see that nothing has changed."""
        before = self._state()
        try:
            return doing(act)
        except PackhorseError:
            assert self._state() == before
            return None

    def _state(self) -> list[Any]:
        return [
            sql.rows(f"SELECT * FROM {t} ORDER BY id")
            for t in ("inventory_level", "inventory_stock", "inventory_demand", "inventory_allocation", "inventory_shortfall")
        ]

    def _lot(self, item: int, n: int) -> int | None:
        return self.lots[n % 3] if item == self.items[0] else None

    def _open(self) -> list[Any]:
        return selectors.open_allocations(EVERYTHING, demand_ids=self.demands)

    @rule(i=st.integers(0, 1), place=st.integers(0, 4), lot=st.integers(0, 2), q=st.integers(1, 9), condition=st.sampled_from(["sellable", "sellable", "held"]))
    def receive(self, i: int, place: int, lot: int, q: int, condition: str) -> None:
        item = self.items[i]
        posting = Posting(item, q, virtual("supplier"), self.places[place], self._lot(item, lot), condition, condition)
        self.act(lambda: ledger.post([posting], cause=WHY))
        self.units[item] += q

    @rule(wants=st.lists(st.tuples(st.integers(0, 1), st.integers(1, 9)), min_size=1, max_size=3))
    def demand(self, wants: list[tuple[int, int]]) -> None:
        new = [NewDemand(self.shop.client_id, self.shop.warehouse_id, self.items[i], q, WHY) for i, q in wants]
        self.demands += [p.demand_id for p in self.act(lambda: ledger.demand(new))]

    @precondition(lambda self: self.demands)
    @rule()
    def promise_backorders(self) -> None:
        waiting = selectors.backordered(EVERYTHING, self.shop.warehouse_id, self.items)
        self.act(lambda: ledger.promise_more(waiting))

    @precondition(lambda self: self.demands)
    @rule(n=st.integers(1, 3))
    def allocate(self, n: int) -> None:
        self.act(lambda: ledger.allocate(self.demands[-n:], today=TODAY))

    @precondition(lambda self: self.demands)
    @rule(n=st.integers(0, 99), q=st.integers(1, 4), to=st.sampled_from(["tote", "staging", "quarantine"]))
    def move(self, n: int, q: int, to: str) -> None:
        if found := self._open():
            a = found[n % len(found)]
            place = {"tote": self.shop.totes[0], "staging": self.shop.staging, "quarantine": self.shop.quarantine}[to]
            self.act(lambda: ledger.move([Take(a.allocation_id, min(q, a.quantity), place)], cause_kind="test.pick", cause_ids=[1]))

    @precondition(lambda self: self.demands)
    @rule(n=st.integers(0, 99))
    def release(self, n: int) -> None:
        if found := self._open():
            self.act(lambda: ledger.release([found[n % len(found)].allocation_id]))

    @precondition(lambda self: self.demands)
    @rule(n=st.integers(0, 99), q=st.integers(1, 4))
    def withdraw(self, n: int, q: int) -> None:
        demand = self.demands[n % len(self.demands)]
        wanted, allocated = sql.rows("SELECT wanted, allocated FROM inventory_demand WHERE id = %s", [demand])[0]
        if wanted - allocated > 0:
            self.act(lambda: ledger.withdraw({demand: min(q, wanted - allocated)}, cause=WHY))

    @precondition(lambda self: self.demands)
    @rule(n=st.integers(0, 99))
    def ship(self, n: int) -> None:
        if found := self._open():
            a = found[n % len(found)]
            if self.act(lambda: ledger.ship([a.allocation_id], cause=WHY)):
                self.units[a.item_id] -= a.quantity
                self.shipped[a.item_id] += a.quantity

    @rule(i=st.integers(0, 1), place=st.integers(0, 3), lot=st.integers(0, 2), q=st.integers(0, 9), late=st.booleans())
    def count(self, i: int, place: int, lot: int, q: int, late: bool) -> None:
        item = self.items[i]
        found = [CountedLevel(item, self.places[place], self._lot(item, lot), "sellable", q, expected=q + 1 if late else None)]
        differences = self.act(lambda: ledger.count(found, cause=WHY))
        self.units[item] += sum(differences)

    @rule(
        i=st.integers(0, 1),
        source=st.integers(0, 4),
        to=st.integers(0, 4),
        lot=st.integers(0, 2),
        q=st.integers(1, 5),
        truth=st.booleans(),
        damage=st.booleans(),
    )
    def carry(self, i: int, source: int, to: int, lot: int, q: int, truth: bool, damage: bool) -> None:
        item = self.items[i]
        if source != to or damage:
            posting = Posting(item, q, self.places[source], self.places[to], self._lot(item, lot), "sellable", "damaged" if damage else "sellable")
            self.act(lambda: ledger.post([posting], cause=WHY, truth=truth))

    @rule(lot=st.integers(1, 2), free=st.booleans())
    def hold(self, lot: int, free: bool) -> None:
        pk = self.lots[lot]
        assert pk is not None
        self.act(lambda: ledger.unblock_lots([pk], cause=WHY) if free else ledger.block_lots([pk], reason="recall", cause=WHY))

    @rule()
    def sweep(self) -> None:
        self.act(lambda: ledger.sweep(limit=100))

    @invariant()
    def the_books_agree(self) -> None:
        assert drift() == []

    @invariant()
    def no_unit_appears_or_vanishes(self) -> None:
        here = dict(sql.rows("SELECT item_id, sum(on_hand)::bigint FROM inventory_level WHERE item_id = ANY(%s) GROUP BY 1", [self.items]))
        assert {i: here.get(i, 0) for i in self.items} == self.units

    @invariant()
    def nothing_is_promised_that_is_neither_there_nor_admitted_to_be_missing(self) -> None:
        for sellable, promised, short in sql.rows("SELECT sellable, promised, short FROM inventory_stock WHERE item_id = ANY(%s)", [self.items]):
            assert short == max(0, promised - sellable)

    @invariant()
    def every_unit_is_accounted_for_where_it_is(self) -> None:
        for item in self.items:
            assert sum(u.quantity for u in selectors.where_is(EVERYTHING, item)) == self.units[item]


@pytest.fixture
def _one_shop(db: None) -> Iterator[None]:
    SHOP.append(make_shop(items=2, aisles=1, cells=3, totes=1))
    yield
    SHOP.clear()


@pytest.mark.usefixtures("_one_shop")
def test_the_books_agree_whatever_happens() -> None:
    run_state_machine_as_test(
        Ledger,
        settings=settings(max_examples=12, stateful_step_count=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)),
    )
