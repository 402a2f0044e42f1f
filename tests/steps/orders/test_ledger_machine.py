"""Whatever happens to orders in whatever order, both ledgers agree, counters stay in order and money adds up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import PackhorseError
from packhorse.core.refs import Ref
from packhorse.ground.warehouse.selectors import virtual
from packhorse.steps.inventory import ledger as goods, selectors as inventory
from packhorse.steps.inventory.types import Allocated, Posting, Take
from packhorse.steps.orders import ledger, requests, selectors, services
from packhorse.steps.orders.types import Accepted, FulfillmentOrderInfo, NewPayment, StockCameIn
from tests.build import HOUSE, Shop, doing, make_shop, make_warehouse, receive
from tests.build_orders import ask, new_order, settle

TODAY = dt.date(2026, 11, 23)
SHOP: list[Shop] = []
ELSEWHERE: list[int] = []
TABLES = (
    "orders_order", "orders_fulfillmentorder", "orders_fulfillmentline", "orders_hold", "orders_paymententry", "orders_paymentrequest",
    "inventory_level", "inventory_stock", "inventory_demand", "inventory_allocation",
)  # fmt: skip


class Orders(RuleBasedStateMachine):
    """Two items; orders of one or two lines, paid, declined or paid elsewhere. Refusals are answers: they must change nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.around = transaction.atomic()
        self.around._from_testcase = True  # type: ignore[attr-defined]  # as Django's own test cases: use cases may be durable inside
        self.around.__enter__()
        self.shop = SHOP[0]
        self.items = [self.shop.item("SKU-1"), self.shop.item("SKU-2")]
        self.orders: list[int] = []
        for item, place in zip(self.items, self.shop.bins, strict=False):
            receive(item, place, 12)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    def act(self, act: Callable[[], Any]) -> Any:
        """Do it, or be refused and see that nothing has changed."""
        before = [sql.rows(f"SELECT * FROM {t} ORDER BY id") for t in TABLES]
        try:
            return act()
        except PackhorseError:
            assert [sql.rows(f"SELECT * FROM {t} ORDER BY id") for t in TABLES] == before
            return None

    def held_goods(self, fo: FulfillmentOrderInfo, *kinds: int) -> list[Allocated]:
        return [a for a in inventory.open_allocations(EVERYTHING, demand_ids=[line.demand_id for line in fo.lines]) if a.location_id in kinds]

    @rule(i=st.integers(0, 1), q=st.integers(1, 9))
    def goods_arrive(self, i: int, q: int) -> None:
        receive(self.items[i], self.shop.bins[i], q)

    @rule(
        lines=st.lists(
            st.tuples(st.sampled_from(["SKU-1", "SKU-2"]), st.integers(1, 4), st.sampled_from(["1.005", "0.335", "12.5", "0"])), min_size=1, max_size=2
        ),
        charges=st.sampled_from([0, 495, -30]),
        token=st.sampled_from(["tok", "tok", "unknown", "decline", None, None]),
    )
    def accept(self, lines: list[tuple[str, int, str]], charges: int, token: str | None) -> None:
        order = new_order(lines, charges_minor=charges, payment=NewPayment("test", token) if token else None)
        answers = services.accept_orders(key=uuid4(), actor=HOUSE, client_id=self.shop.client_id, warehouse_id=self.shop.warehouse_id, orders=[order])
        assert isinstance(answers[0], Accepted)
        self.orders.append(answers[0].order_id)
        if charges >= 0:
            ask()

    @rule()
    def banks_answer(self) -> None:
        ask()

    @rule()
    def promise_backorders(self) -> None:
        services.promise_backorders(key=uuid4(), actor=HOUSE, came_in=[StockCameIn(self.shop.warehouse_id, tuple(self.items))])

    @precondition(lambda self: self.orders)
    @rule(n=st.integers(0, 99))
    def to_the_truck(self, n: int) -> None:
        self.onto_the_floor(n, 4, False)

    @precondition(lambda self: self.orders)
    @rule(n=st.integers(0, 99), far=st.sampled_from([1, 2, 3, 4, 4, 4]), partly=st.sampled_from([False, False, True]))
    def some_way(self, n: int, far: int, partly: bool) -> None:
        self.onto_the_floor(n, far, partly)

    def onto_the_floor(self, n: int, far: int, partly: bool) -> None:
        """The next order that may be worked on goes so far: released, picked, packed, shipped; partly: one unit or allocation a stage."""
        under_way = [
            fo for fo in selectors.fulfillment_orders_of(EVERYTHING, self.orders) if not fo.held and fo.stage in ("open", "picking", "picked", "packed")
        ]
        if under_way:
            fo = under_way[n % len(under_way)]
            for stage in (self._release, self._pick, self._pack, self._ship)[:far]:
                stage(fo, partly)

    def _release(self, fo: FulfillmentOrderInfo, partly: bool) -> None:
        def release() -> None:
            ledger.lock_orders([fo.fulfillment_order_id])
            ledger.released([fo.fulfillment_order_id])
            goods.allocate([line.demand_id for line in fo.lines][: 1 if partly else None], today=TODAY)

        self.act(lambda: doing(release))

    def _each(self, fo: FulfillmentOrderInfo, places: list[int], partly: bool, post: Callable[[Allocated, int], object]) -> None:
        """Post the allocations at these places, all of them or one unit of the first."""
        for a in self.held_goods(fo, *places)[: 1 if partly else None]:
            quantity = 1 if partly else a.quantity
            self.act(partial(doing, partial(post, a, quantity)))

    def _pick(self, fo: FulfillmentOrderInfo, partly: bool) -> None:
        def pick(a: Allocated, q: int) -> None:
            ledger.picked({a.demand_id: q})
            goods.move([Take(a.allocation_id, q, self.shop.totes[0])], cause_kind="test.pick", cause_ids=[1])

        self._each(fo, self.shop.bins, partly, pick)

    def _pack(self, fo: FulfillmentOrderInfo, partly: bool) -> None:
        def pack(a: Allocated, q: int) -> None:
            ledger.packed({a.demand_id: q})
            goods.move([Take(a.allocation_id, q, self.shop.staging)], cause_kind="test.pack", cause_ids=[1])

        self._each(fo, [self.shop.totes[0]], partly, pack)

    def _ship(self, fo: FulfillmentOrderInfo, partly: bool) -> None:
        def ship(a: Allocated, _q: int) -> None:
            ledger.shipped({a.demand_id: a.quantity}, shipments={a.demand_id: 1})
            goods.ship([a.allocation_id], cause=Ref("test.shipment", 1))

        self._each(fo, [self.shop.staging], partly, ship)

    @precondition(lambda self: self.orders)
    @rule(n=st.integers(0, 99), q=st.integers(1, 3))
    def deliver(self, n: int, q: int) -> None:
        self.act(lambda: doing(lambda: ledger.delivered({line.demand_id: q for line in self.part(n, n // 7).lines})))

    @precondition(lambda self: self.orders)
    @rule(n=st.integers(0, 99), q=st.integers(1, 3), refund=st.integers(1, 2000))
    def come_back(self, n: int, q: int, refund: int) -> None:
        fo = self.part(n, n // 7)
        line = fo.lines[0]

        def receive_back() -> bool:
            ledger.returned({line.demand_id: q})
            goods.post([Posting(line.item_id, q, virtual("customer"), self.shop.bins[0])], cause=Ref("test.return", 1))
            return True

        if self.act(lambda: doing(receive_back)):
            cause = Ref("test.return", uuid4().int % 2**60)
            self.act(lambda: doing(lambda: requests.refund(order_id=fo.order_id, amount_minor=refund, cause=cause)))

    @precondition(lambda self: self.orders)
    @rule(n=st.integers(0, 99), really=st.sampled_from([False, False, True]))
    def cancel(self, n: int, really: bool) -> None:
        order = self.orders[n % len(self.orders)]
        if really:
            self.act(lambda: services.cancel_orders(key=uuid4(), actor=HOUSE, order_ids=[order], reason="x"))

    @precondition(lambda self: self.orders)
    @rule(n=st.integers(0, 99), line=st.integers(0, 1), q=st.integers(1, 3))
    def cancel_some(self, n: int, line: int, q: int) -> None:
        fo = self.part(n, n // 7)
        demand = fo.lines[line % len(fo.lines)].demand_id
        self.act(lambda: services.cancel_lines(key=uuid4(), actor=HOUSE, order_id=fo.order_id, quantities={demand: q}, reason="x"))

    @precondition(lambda self: self.orders)
    @rule(n=st.integers(0, 99), q=st.integers(0, 6))
    def change(self, n: int, q: int) -> None:
        fo = self.part(n, n // 7)
        self.act(lambda: services.change_quantities(key=uuid4(), actor=HOUSE, order_id=fo.order_id, quantities={fo.lines[0].demand_id: q}, reason="x"))

    @precondition(lambda self: self.orders)
    @rule(n=st.integers(0, 99))
    def hold(self, n: int) -> None:
        fo = self.part(n, n // 7)
        self.act(lambda: services.place_hold(key=uuid4(), actor=HOUSE, fulfillment_order_ids=[fo.fulfillment_order_id], note="look"))

    @precondition(lambda self: self.orders)
    @rule(n=st.integers(0, 99))
    def let_go(self, n: int) -> None:
        for h in selectors.order(EVERYTHING, self.orders[n % len(self.orders)]).holds:
            self.act(partial(services.release_hold, key=uuid4(), actor=HOUSE, hold_id=h.hold_id))

    def states(self) -> dict[int, list[int]]:
        """By order line, the sum of each state over its parts: wanted, promised, picked, packed, shipped, delivered, returned, cancelled."""
        found: dict[int, list[int]] = {}
        for fo in selectors.fulfillment_orders_of(EVERYTHING, self.orders):
            for n in fo.lines:
                counted = (n.quantity, n.promised, n.picked, n.packed, n.shipped, n.delivered, n.returned, n.cancelled)
                found[n.order_line_id] = [a + b for a, b in zip(found.get(n.order_line_id, [0] * 8), counted, strict=True)]
        return found

    def part(self, n: int, which: int) -> FulfillmentOrderInfo:
        parts = selectors.fulfillment_orders_of(EVERYTHING, [self.orders[n % len(self.orders)]])
        return parts[which % len(parts)]

    @precondition(lambda self: self.orders)
    @rule(n=st.integers(0, 99), which=st.integers(0, 3), units=st.lists(st.integers(0, 4), min_size=2, max_size=2))
    def split(self, n: int, which: int, units: list[int]) -> None:
        fo, before = self.part(n, which), self.states()
        quantities = {line.demand_id: q for line, q in zip(fo.lines, units, strict=False)}
        self.act(lambda: services.split_fulfillment(key=uuid4(), actor=HOUSE, fulfillment_order_id=fo.fulfillment_order_id, quantities=quantities, reason="x"))
        assert self.states() == before

    @precondition(lambda self: self.orders)
    @rule(n=st.integers(0, 99), into=st.integers(0, 3), other=st.integers(0, 3))
    def merge(self, n: int, into: int, other: int) -> None:
        one, two, before = self.part(n, into).fulfillment_order_id, self.part(n, other).fulfillment_order_id, self.states()
        self.act(lambda: services.merge_fulfillments(key=uuid4(), actor=HOUSE, fulfillment_order_id=one, other_id=two, reason="x"))
        assert self.states() == before

    @precondition(lambda self: self.orders)
    @rule(n=st.integers(0, 99), which=st.integers(0, 3))
    def there_and_back(self, n: int, which: int) -> None:
        """To a warehouse that has nothing, and back, where what was promised is free again."""
        fo, before = self.part(n, which), self.states()
        for house in (ELSEWHERE[0], self.shop.warehouse_id):
            self.act(
                partial(
                    services.move_fulfillment,
                    key=uuid4(),
                    actor=HOUSE,
                    fulfillment_order_id=fo.fulfillment_order_id,
                    warehouse_id=house,
                    reason="x",
                )
            )
        after = self.states()
        assert [v[:1] + v[2:] for v in after.values()] == [v[:1] + v[2:] for v in before.values()]

    @rule()
    def everything_settles(self) -> None:
        settle()
        assert all(p.reconciled for p in selectors.money_proof(EVERYTHING))

    @invariant()
    def both_books_agree(self) -> None:
        assert selectors.drift(EVERYTHING) == []
        assert inventory.drift(EVERYTHING) == []

    @invariant()
    def counters_match_where_the_goods_are(self) -> None:
        for fo in selectors.fulfillment_orders_of(EVERYTHING, self.orders):
            for line in fo.lines:
                lying = {a.location_id: 0 for a in self.held_goods(fo, self.shop.totes[0], self.shop.staging)}
                for a in self.held_goods(fo, self.shop.totes[0], self.shop.staging):
                    if a.demand_id == line.demand_id:
                        lying[a.location_id] += a.quantity
                assert lying.get(self.shop.totes[0], 0) == line.picked - line.packed
                assert lying.get(self.shop.staging, 0) == line.packed - line.shipped


@pytest.fixture
def _one_shop(db: None) -> Iterator[None]:
    SHOP.append(make_shop(items=2, aisles=1, cells=3, totes=1))
    ELSEWHERE.append(make_warehouse()[0])
    yield
    SHOP.clear()
    ELSEWHERE.clear()


@pytest.mark.usefixtures("_one_shop")
def test_both_ledgers_agree_whatever_happens() -> None:
    run_state_machine_as_test(
        Orders,
        settings=settings(max_examples=12, stateful_step_count=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)),
    )
