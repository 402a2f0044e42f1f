"""Two at the same moment: the last unit is returned, inspected and refunded once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING
from packhorse.steps.inventory import selectors as inventory
from packhorse.steps.inventory.reconciler import drift
from packhorse.steps.orders.models import Order
from packhorse.steps.returns import selectors, services
from packhorse.steps.returns.types import Piece, RefundedLine, RmaInfo
from tests.at_once import at_once
from tests.build import HOUSE, make_lot, make_shop, plain_item
from tests.build_orders import settle
from tests.own_database import own_database
from tests.steps.returns.build import ask, inspect, receive, shipped, shop_with_stock


@pytest.fixture(scope="module", autouse=True)
def _committed(django_db_setup: None, django_db_blocker: Any, django_db_keepdb: bool) -> Iterator[None]:
    with django_db_blocker.unblock(), own_database("returns", keep=django_db_keepdb):
        yield


def names(answers: list[Any]) -> list[str]:
    return sorted(type(a).__name__ for a in answers)


def test_asked_for_lets_one_through() -> None:
    shop = shop_with_stock()
    fo = shipped(shop, {"SKU-1": 1})

    assert names(at_once(*[lambda: ask(fo, [1])] * 3)) == ["RmaInfo", "TooManyToReturn", "TooManyToReturn"]


def test_one_serial_number_comes_back_once() -> None:
    shop = make_shop(items=[plain_item("DRILL", tracking="serial")], aisles=1, totes=1)
    lot = make_lot(shop.client_id, shop.item("DRILL"), "S-1")
    pieces = [Piece(shop.item("DRILL"), 1, lot="S-1")]

    def blind() -> RmaInfo:
        return services.receive_blind(key=uuid4(), actor=HOUSE, client_id=shop.client_id, warehouse_id=shop.warehouse_id, lines=pieces)

    assert names(at_once(blind, blind, blind)) == ["RmaInfo", "SerialTwice", "SerialTwice"]
    assert [x.on_hand for x in inventory.levels(EVERYTHING, lot_id=lot)] == [1]


def test_inspected_is_accepted_and_refunded_once() -> None:
    shop = shop_with_stock()
    fo = shipped(shop, [("SKU-1", 3, "3.335")])
    one, two = receive(ask(fo, [1])), receive(ask(fo, [2]))

    answers = at_once(lambda: inspect(one), lambda: inspect(one), lambda: inspect(two))

    assert names(answers) == ["RmaInfo", "RmaInfo", "WrongState"]
    settle()
    order = Order.objects.get(pk=fo.order_id)
    assert (order.captured_minor, order.refunded_minor) == (1001, 1001)
    assert [selectors.rma(EVERYTHING, r.rma_id).state for r in (one, two)] == ["settled", "settled"]
    assert drift() == []


def test_received_and_refunded_without_a_return_never_gives_more_than_was_paid() -> None:
    shop = shop_with_stock()
    fo = shipped(shop, {"SKU-1": 1})
    ticket = services.open_ticket(key=uuid4(), actor=HOUSE, client_id=shop.client_id, subject="Lost?", body="Where is it?", order_id=fo.order_id)
    line = RefundedLine(fo.lines[0].demand_id, 1)

    answers = at_once(
        lambda: services.refund_without_return(key=uuid4(), actor=HOUSE, ticket_id=ticket.ticket_id, reason="lost", lines=[line]),
        lambda: inspect(services.receive_return(key=uuid4(), actor=HOUSE, rma_id=ask(fo, [1]).rma_id, received=[Piece(fo.lines[0].item_id, 1)])),
    )

    assert sum(isinstance(a, Exception) for a in answers) == 1
    settle()
    assert Order.objects.get(pk=fo.order_id).refunded_minor == 1000
