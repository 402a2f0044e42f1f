"""Two at the same moment: the last unit goes to one of them, and nothing is counted twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import PackhorseError, WrongState
from packhorse.core.refs import Ref
from packhorse.steps.inventory import ledger, selectors, services
from packhorse.steps.inventory.errors import AllocationClosed, CountTaken, MoreThanSent, OutOfStock, SerialTwice
from packhorse.steps.inventory.reconciler import drift
from packhorse.steps.inventory.types import (
    ArrivedLine,
    Counted,
    CountedLevel,
    CountTarget,
    NewReservation,
    Posting,
    Putting,
    ReceivedLine,
    ReservedLine,
    SentLine,
    StockChange,
    Take,
)
from tests.at_once import at_once
from tests.build import HOUSE, Shop, actor, doing, make_items, make_shop, make_warehouse, plain_item, stock, want
from tests.build_orders import new_order, take_in
from tests.own_database import own_database
from tests.steps.inventory.buying import Buying

TODAY = dt.date(2026, 11, 23)
WHY = Ref("test.cause", 1)


@pytest.fixture(scope="module", autouse=True)
def _committed(django_db_setup: None, django_db_blocker: Any, django_db_keepdb: bool) -> Iterator[None]:
    with django_db_blocker.unblock(), own_database("stock", keep=django_db_keepdb):
        yield


@pytest.fixture
def busy() -> Iterator[Shop]:
    """A shop of its own, with five of SKU-1 in the first bin."""
    made = make_shop()
    stock(made, {"SKU-1": 5})
    yield made
    assert drift() == []


def refusals(answers: list[Any]) -> list[type]:
    return [type(a) for a in answers if isinstance(a, Exception)]


def balance(shop: Shop) -> tuple[int, int, int]:
    a = selectors.availability(EVERYTHING, shop.warehouse_id, [shop.item("SKU-1")])[0]
    return a.sellable, a.promised, a.short


def test_the_last_units_are_promised_once(busy: Shop) -> None:
    item = busy.item("SKU-1")
    promised = at_once(*[lambda: want(busy, item, 3)] * 4)
    assert sorted(p.promised for p in promised) == [0, 0, 2, 3]
    assert balance(busy) == (5, 5, 0)


def test_the_last_units_are_allocated_once(busy: Shop) -> None:
    item = busy.item("SKU-1")
    demands = [want(busy, item, 2).demand_id for _ in range(2)]
    answers = at_once(*[lambda: doing(lambda: ledger.allocate(demands, today=TODAY))] * 3)
    assert refusals(answers) == []
    assert sum(a.quantity for answer in answers for a in answer) == 4


def test_an_allocation_is_moved_and_shipped_once(busy: Shop) -> None:
    demand = want(busy, busy.item("SKU-1"), 2).demand_id
    held = doing(lambda: ledger.allocate([demand], today=TODAY))[0]
    take = [Take(held.allocation_id, 2, busy.totes[0])]
    answers = at_once(*[lambda: doing(lambda: ledger.move(take, cause_kind="test.pick", cause_ids=[1]))] * 3)
    assert refusals(answers) == []
    assert selectors.levels(EVERYTHING, location_id=busy.totes[0])[0].on_hand == 2, "moved once; the others found it there"
    shipping = at_once(*[lambda: doing(lambda: ledger.ship([held.allocation_id], cause=WHY))] * 2)
    assert refusals(shipping) == [AllocationClosed]


def test_the_last_units_of_a_bin_leave_once(busy: Shop) -> None:
    item = busy.item("SKU-1")
    answers = at_once(*[lambda n=n: doing(lambda: ledger.post([Posting(item, 3, busy.bins[0], busy.bins[n])], cause=WHY)) for n in (1, 2)])
    assert refusals(answers) == [OutOfStock]


def test_promising_counting_and_receiving_at_once_keep_the_books(busy: Shop) -> None:
    item = busy.item("SKU-1")
    demands = [want(busy, item, 1).demand_id for _ in range(3)]
    answers = at_once(
        lambda: want(busy, item, 4),
        lambda: doing(lambda: ledger.count([CountedLevel(item, busy.bins[0], None, "sellable", 2)], cause=WHY)),
        lambda: stock(busy, {"SKU-1": 3}),
        lambda: doing(lambda: ledger.allocate(demands, today=TODAY)),
        lambda: doing(lambda: ledger.withdraw({demands[0]: 1}, cause=WHY)),
    )
    assert all(isinstance(a, AssertionError) or not isinstance(a, Exception) for a in answers), answers


def test_two_receipts_of_one_order_both_count(busy: Shop) -> None:
    buying = Buying(busy)
    order = buying.order({"SKU-1": 10, "SKU-2": 10})
    lines = [ReceivedLine(busy.item("SKU-1"), 4), ReceivedLine(busy.item("SKU-2"), 4)]
    answers = at_once(*[lambda n=n: buying.receive(order, *lines[::n]) for n in (1, -1)])
    assert refusals(answers) == []
    assert [n.received for n in buying.info(order).lines] == [8, 8]


def test_a_task_is_put_away_once(busy: Shop) -> None:
    buying = Buying(busy)
    buying.receive(buying.order({"SKU-2": 10}), ReceivedLine(busy.item("SKU-2"), 10))
    task = buying.tasks()[0].id
    answers = at_once(*[lambda n=n: services.put_away(key=uuid4(), actor=HOUSE, putting=[Putting(task, busy.bins[n])]) for n in (1, 2)])
    assert len(refusals(answers)) == 1


def test_a_count_is_taken_by_one(busy: Shop) -> None:
    count = services.request_counts(key=uuid4(), actor=HOUSE, warehouse_id=busy.warehouse_id, targets=[CountTarget(busy.bins[0])], reason="x")[0]
    answers = at_once(*[lambda n=n: services.start_count(key=uuid4(), actor=actor("picker", user=n), count_id=count) for n in ("ann", "bob")])
    assert refusals(answers) == [CountTaken]


def test_an_adjustment_and_a_count_of_one_bin(busy: Shop) -> None:
    item = busy.item("SKU-1")
    ann = actor("picker", user="ann")
    count = services.request_counts(key=uuid4(), actor=HOUSE, warehouse_id=busy.warehouse_id, targets=[CountTarget(busy.bins[0])], reason="x", tolerance=9)[0]
    services.start_count(key=uuid4(), actor=ann, count_id=count)
    services.record_count(key=uuid4(), actor=ann, count_id=count, lines=[Counted(item, 4)])
    change = [StockChange(item, busy.bins[0], -2)]
    answers = at_once(
        lambda: services.record_count(key=uuid4(), actor=ann, count_id=count, lines=[], finished=True),
        lambda: services.adjust_stock(key=uuid4(), actor=HOUSE, warehouse_id=busy.warehouse_id, changes=change, reason="lost"),
    )
    assert not any(isinstance(a, PackhorseError) for a in answers)
    assert balance(busy) == (2, 0, 0)


def test_the_same_key_sent_twice_at_once_happens_once(busy: Shop) -> None:
    key = uuid4()
    change = [StockChange(busy.item("SKU-1"), busy.bins[0], 1)]
    answers = at_once(*[lambda: services.adjust_stock(key=key, actor=HOUSE, warehouse_id=busy.warehouse_id, changes=change, reason="found")] * 3)
    assert len(set(answers)) == 1
    assert balance(busy) == (6, 0, 0)


def test_the_last_units_are_reserved_once_and_a_name_once(busy: Shop) -> None:
    def reserve(reference: str) -> object:
        wish = NewReservation(reference, (ReservedLine(busy.item("SKU-1"), 3),))
        return services.reserve_stock(key=uuid4(), actor=HOUSE, client_id=busy.client_id, warehouse_id=busy.warehouse_id, reservations=[wish])[0]

    answers = at_once(lambda: reserve("a"), lambda: reserve("a"), lambda: reserve("b"), lambda: reserve("c"))
    assert sorted(getattr(a, "code", "") for a in answers).count("") == 1
    assert balance(busy) == (5, 3, 0)


def test_a_reservation_that_expires_while_its_order_comes_in_is_used_once(busy: Shop) -> None:
    item = busy.item("SKU-1")
    wish = NewReservation("late", (ReservedLine(item, 5),), channel="shop")
    made = services.reserve_stock(key=uuid4(), actor=HOUSE, client_id=busy.client_id, warehouse_id=busy.warehouse_id, reservations=[wish])[0]
    at_once(
        lambda: services.release_reservations(key=uuid4(), actor=HOUSE, reservation_ids=[made.reservation_id]),  # type: ignore[union-attr]
        lambda: take_in(busy, new_order({"SKU-1": 5}, reservation="late")),
    )
    assert balance(busy) == (5, 5, 0)


def test_one_serial_number_is_received_once(busy: Shop) -> None:
    busy.items.update(make_items(busy.client_id, [plain_item("DRILL", tracking="serial")]))
    buying = Buying(busy)
    orders = [buying.order({"DRILL": 1}) for _ in range(2)]
    answers = at_once(*[lambda o=o: buying.receive(o, ReceivedLine(busy.item("DRILL"), 1, "S-1")) for o in orders])
    assert refusals(answers) == [SerialTwice]
    assert [x.on_hand for x in selectors.levels(EVERYTHING, item_id=busy.item("DRILL"))] == [1]


def test_what_comes_of_a_transfer_is_received_once(busy: Shop) -> None:
    warehouse, places = make_warehouse()
    pk = services.send_transfer(
        key=uuid4(), actor=HOUSE, client_id=busy.client_id, source_warehouse_id=busy.warehouse_id, target_warehouse_id=warehouse, lines=[SentLine(busy.item("SKU-1"), 5)]
    )  # fmt: skip
    line = selectors.transfer(EVERYTHING, pk).lines[0].id
    came = [ArrivedLine(line, 3)]
    answers = at_once(
        *[lambda: services.receive_transfer(key=uuid4(), actor=HOUSE, transfer_id=pk, location_id=places["DOCK-1"], lines=came)] * 2,
        lambda: services.close_transfer(key=uuid4(), actor=HOUSE, transfer_id=pk, reason="lost"),
    )
    assert all(isinstance(a, int | str | MoreThanSent | WrongState) for a in answers), answers
    n = selectors.transfer(EVERYTHING, pk).lines[0]
    assert (n.received in (0, 3), n.received + n.short + n.open, n.over) == (True, 5, 0)


def test_the_last_units_are_sent_to_another_warehouse_once(busy: Shop) -> None:
    warehouse, _ = make_warehouse()
    lines = [SentLine(busy.item("SKU-1"), 3)]

    def send() -> int:
        return services.send_transfer(
            key=uuid4(), actor=HOUSE, client_id=busy.client_id, source_warehouse_id=busy.warehouse_id, target_warehouse_id=warehouse, lines=lines
        )

    answers = at_once(send, send)
    assert len(refusals(answers)) == 1
    assert balance(busy) == (2, 0, 0)
