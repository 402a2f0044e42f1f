"""Two at the same moment: one order is taken once, the last unit promised once, and a line goes one way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING
from packhorse.ground.catalog import services as catalog
from packhorse.ground.catalog.errors import BadKit
from packhorse.steps.inventory import reconciler
from packhorse.steps.orders import selectors, services
from packhorse.steps.orders.models import Order, PaymentRequest
from packhorse.steps.orders.types import Accepted, Answered, CancellationAsked, Cancelled
from tests.at_once import at_once
from tests.build import HOUSE, Shop, actor, make_shop, make_warehouse, stock
from tests.build_orders import accepted, ask, fo_of, new_order, pick, take_in
from tests.own_database import own_database


@pytest.fixture(scope="module", autouse=True)
def _committed(django_db_setup: None, django_db_blocker: Any, django_db_keepdb: bool) -> Iterator[None]:
    with django_db_blocker.unblock(), own_database("orders", keep=django_db_keepdb):
        yield


@pytest.fixture
def busy() -> Iterator[Shop]:
    """A shop of its own, with five of SKU-1."""
    made = make_shop()
    stock(made, {"SKU-1": 5})
    yield made
    assert reconciler.drift() == []
    assert selectors.drift(EVERYTHING) == []


def test_one_order_sent_twice_at_once_is_taken_once(busy: Shop) -> None:
    order = new_order({"SKU-1": 2})
    answers = at_once(*[lambda: take_in(busy, order)[0]] * 4)
    assert {type(a) for a in answers} == {Accepted}
    assert sorted(a.already for a in answers) == [False, True, True, True]
    assert len({a.number for a in answers}) == 1
    assert Order.objects.filter(client_id=busy.client_id).count() == 1
    assert [line.promised for line in fo_of(answers[0].order_id).lines] == [2]


def test_lists_that_cross_do_not_block_each_other(busy: Shop) -> None:
    orders = [new_order({"SKU-1": 1, "SKU-2": 1}, external_id=f"X-{n}") for n in range(20)]
    answers = at_once(lambda: take_in(busy, *orders), lambda: take_in(busy, *reversed(orders)), lambda: take_in(busy, *orders[10:], *orders[:10]))
    assert [a for a in answers if isinstance(a, Exception)] == []
    assert Order.objects.filter(client_id=busy.client_id).count() == 20


def test_the_last_units_are_promised_to_one(busy: Shop) -> None:
    answers = at_once(*[lambda: take_in(busy, new_order({"SKU-1": 5}))[0]] * 3)
    assert sorted(a.backordered for a in answers) == [0, 5, 5]


def test_cancelled_twice_at_once_is_cancelled_once(busy: Shop) -> None:
    fo = accepted(busy, {"SKU-1": 3})
    pick(busy, fo)

    def cancel() -> Any:
        return services.cancel_orders(key=uuid4(), actor=HOUSE, order_ids=[fo.order_id], reason="x")[0]

    answers = at_once(cancel, cancel)
    assert sorted(isinstance(a, Cancelled) for a in answers) == [False, True]
    assert fo_of(fo.order_id).stage == "cancelled"


def test_one_part_is_split_merged_or_moved_by_one_at_a_time(busy: Shop) -> None:
    stock(busy, {"SKU-2": 5})
    fo = accepted(busy, {"SKU-1": 4, "SKU-2": 4}, payment=None)
    one, two = (line.demand_id for line in fo.lines)
    elsewhere, _ = make_warehouse()

    def split(demand: int) -> Any:
        return services.split_fulfillment(key=uuid4(), actor=HOUSE, fulfillment_order_id=fo.fulfillment_order_id, quantities={demand: 3}, reason="x")

    answers = at_once(lambda: split(one), lambda: split(one), lambda: split(two))
    assert sorted(type(a).__name__ for a in answers) == ["Invalid", "SplitOff", "SplitOff"]
    parts = selectors.fulfillment_orders_of(EVERYTHING, [fo.order_id])
    assert (len({p.number for p in parts}), sum(p.units for p in parts)) == (3, 8)
    first, second, third = (p.fulfillment_order_id for p in parts)

    def merge(into: int, other: int) -> Any:
        return services.merge_fulfillments(key=uuid4(), actor=HOUSE, fulfillment_order_id=into, other_id=other, reason="x")

    def move(part: int) -> Any:
        return services.move_fulfillment(key=uuid4(), actor=HOUSE, fulfillment_order_id=part, warehouse_id=elsewhere, reason="x")

    answers = at_once(
        lambda: merge(first, second), lambda: merge(second, first), lambda: move(third), lambda: take_in(busy, new_order({"SKU-1": 1, "SKU-2": 1}))
    )
    assert sorted(type(a).__name__ for a in answers) == ["Merged", "Moved", "TooLate", "list"]
    assert sum(p.units for p in selectors.fulfillment_orders_of(EVERYTHING, [fo.order_id])) == 8


def test_an_answer_of_the_bank_is_recorded_once(busy: Shop) -> None:
    order = take_in(busy, new_order({"SKU-1": 3}))[0]
    assert isinstance(order, Accepted)
    at_once(ask, ask, ask)
    ask()
    assert Order.objects.get(pk=order.order_id).authorised_minor == 3000
    assert PaymentRequest.objects.filter(order_id=order.order_id, answered_at=None).count() == 0


def test_two_items_do_not_become_components_of_each_other(busy: Shop) -> None:
    one, two = busy.item("SKU-1"), busy.item("SKU-2")
    answers = at_once(
        *[
            lambda kit=kit, part=part: catalog.set_components(key=uuid4(), actor=HOUSE, item_id=kit, components={part: 1})
            for kit, part in ((one, two), (two, one))
        ]
    )
    assert sorted(isinstance(a, BadKit) for a in answers) == [False, True]


def test_the_last_kit_is_promised_once_beside_its_component(busy: Shop) -> None:
    stock(busy, {"SKU-2": 5})
    catalog.set_components(key=uuid4(), actor=HOUSE, item_id=busy.item("SKU-3"), components={busy.item("SKU-1"): 3, busy.item("SKU-2"): 1})
    answers = at_once(*[lambda: take_in(busy, new_order({"SKU-3": 1}))[0]] * 2, lambda: take_in(busy, new_order({"SKU-1": 3}))[0])
    assert [a for a in answers if isinstance(a, Exception)] == []
    assert sorted(a.backordered for a in answers) == [0, 1, 3]


def test_of_two_who_answer_a_cancellation_one_is_heard(busy: Shop) -> None:
    fo = accepted(busy, {"SKU-1": 4})
    pick(busy, fo)
    client = actor("client", client_id=busy.client_id)
    [asked] = services.cancel_orders(key=uuid4(), actor=client, order_ids=[fo.order_id], reason="ordered twice")
    assert isinstance(asked, CancellationAsked)

    def answer(*, accept: bool) -> Answered:
        return services.answer_cancellation(key=uuid4(), actor=HOUSE, cancellation_id=asked.cancellation_id, accept=accept)

    answers = at_once(lambda: answer(accept=True), lambda: answer(accept=False))

    assert sorted(type(a).__name__ for a in answers) == ["Answered", "CancellationClosed"]
    [heard] = [a for a in answers if isinstance(a, Answered)]
    assert fo_of(fo.order_id).stage == ("cancelled" if heard.state == "accepted" else "picked")


def test_two_clients_users_who_ask_at_once_ask_once(busy: Shop) -> None:
    fo = accepted(busy, {"SKU-1": 4})
    pick(busy, fo)
    client = actor("client", client_id=busy.client_id)
    answers = at_once(*[lambda: services.cancel_orders(key=uuid4(), actor=client, order_ids=[fo.order_id], reason="ordered twice")] * 3)
    assert {type(a) for [a] in answers} == {CancellationAsked}
    assert len({a.cancellation_id for [a] in answers}) == 1
