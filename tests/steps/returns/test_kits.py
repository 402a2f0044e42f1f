"""A kit comes back as it was bought: asked for whole, received by its own code, refunded to the cent; by component as ever."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import KeyReused, NotFound
from packhorse.ground.catalog import services as catalog
from packhorse.steps.inventory import reconciler
from packhorse.steps.orders import selectors as orders
from packhorse.steps.orders.types import FulfillmentOrderInfo
from packhorse.steps.returns import selectors, services
from packhorse.steps.returns.errors import NothingAsked, TooManyToReturn
from packhorse.steps.returns.types import AskedKit, AskedLine, NewReturn, NotRequested, Piece, RmaInfo
from tests.build import HOUSE, Shop
from tests.build_orders import settle
from tests.steps.returns.build import ask, inspect, receive, shipped, shop_with_stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    """SKU-3 is a kit: two of SKU-1 and one of SKU-2."""
    made = shop_with_stock()
    catalog.set_components(key=uuid4(), actor=HOUSE, item_id=made.item("SKU-3"), components={made.item("SKU-1"): 2, made.item("SKU-2"): 1})
    return made


def sold(shop: Shop, n: int = 2) -> FulfillmentOrderInfo:
    return shipped(shop, [("SKU-3", n, "10.01")])


def kit_of(fo: FulfillmentOrderInfo) -> int:
    [kit] = orders.kits(EVERYTHING, [fo.order_id])
    return kit.kit_id


def ask_kits(fo: FulfillmentOrderInfo, n: int, *, key: Any = None, lines: list[AskedLine] | None = None, reason: str = "unwanted") -> RmaInfo:
    kits = [AskedKit(kit_of(fo), n, reason)]
    return services.request_return(key=key or uuid4(), actor=HOUSE, order_id=fo.order_id, lines=lines or [], kits=kits)


def left(fo: FulfillmentOrderInfo) -> int:
    [kit] = selectors.returnable_kits(EVERYTHING, [fo.order_id])
    return kit.returnable


def test_asked_for_whole_its_components_come_back(shop: Shop) -> None:
    fo = sold(shop)
    assert left(fo) == 2

    rma = ask_kits(fo, 1)

    assert {(line.sku, line.quantity) for line in rma.lines} == {("SKU-1", 2), ("SKU-2", 1)}
    assert [(kit.sku, kit.quantity, kit.received) for kit in rma.kits] == [("SKU-3", 1, 0)]
    assert left(fo) == 1


def test_received_by_its_own_code_and_refunded_what_it_cost(shop: Shop) -> None:
    fo = sold(shop, 1)

    rma = receive(ask_kits(fo, 1), [Piece(shop.item("SKU-3"), 1)])

    assert {(r.sku, r.quantity, r.kind) for r in rma.received} == {("SKU-1", 2, "expected"), ("SKU-2", 1, "expected")}
    assert [kit.received for kit in rma.kits] == [1]
    done = inspect(rma)
    settle()
    assert selectors.rma(EVERYTHING, done.rma_id).refund_minor == 1001
    [kit] = orders.kits(EVERYTHING, [fo.order_id])
    assert (kit.returned, reconciler.drift()) == (1, [])


def test_one_that_nobody_announced_is_opened_by_the_catalogue(shop: Shop) -> None:
    rma = services.receive_blind(
        key=uuid4(), actor=HOUSE, client_id=shop.client_id, warehouse_id=shop.warehouse_id, lines=[Piece(shop.item("SKU-3"), 2, damaged=True)]
    )
    assert {(r.sku, r.quantity) for r in rma.received} == {("SKU-1", 4), ("SKU-2", 2)}


def test_what_a_kit_was_made_of_when_it_was_bought_counts(shop: Shop) -> None:
    fo = sold(shop, 1)
    catalog.set_components(key=uuid4(), actor=HOUSE, item_id=shop.item("SKU-3"), components={shop.item("SKU-2"): 5})
    rma = receive(ask_kits(fo, 1), [Piece(shop.item("SKU-3"), 1)])
    assert {(r.sku, r.quantity, r.kind) for r in rma.received} == {("SKU-1", 2, "expected"), ("SKU-2", 1, "expected")}


def test_a_component_beside_its_kit_is_one_line_and_a_broken_kit_is_none(shop: Shop) -> None:
    fo = sold(shop)
    by_sku = {line.sku: line.demand_id for line in fo.lines}

    rma = ask_kits(fo, 1, lines=[AskedLine(by_sku["SKU-2"], 1, "damaged")])

    assert {(line.sku, line.quantity, line.reason) for line in rma.lines} == {("SKU-1", 2, "unwanted"), ("SKU-2", 2, "damaged")}
    assert ([kit.quantity for kit in rma.kits], left(fo)) == ([1], 0)
    alone = ask(sold(shop), [1, 0])
    assert alone.kits == ()


def test_asked_twice_happens_once(shop: Shop) -> None:
    fo, key = sold(shop), uuid4()
    assert ask_kits(fo, 2, key=key) == ask_kits(fo, 2, key=key)
    with pytest.raises(KeyReused):
        ask_kits(fo, 1, key=key)
    assert left(fo) == 0


def test_refusals(shop: Shop) -> None:
    fo, other = sold(shop), sold(shop)
    for n in (0, -1):
        with pytest.raises(NothingAsked):
            ask_kits(fo, n)
    with pytest.raises(NothingAsked):
        ask_kits(fo, 1, reason="no reason")
    with pytest.raises(TooManyToReturn):
        ask_kits(fo, 3)
    with pytest.raises(NotFound):
        services.request_return(key=uuid4(), actor=HOUSE, order_id=fo.order_id, lines=[], kits=[AskedKit(kit_of(other), 1, "unwanted")])
    assert left(fo) == 2


def test_of_many_each_is_answered(shop: Shop) -> None:
    fo = sold(shop)
    whole = NewReturn(fo.order_id, (), external_id="W-1", kits=(AskedKit(kit_of(fo), 1, "unwanted"),))
    too_many = NewReturn(fo.order_id, (), external_id="W-2", kits=(AskedKit(kit_of(fo), 2, "unwanted"),))
    good, bad = services.request_returns(key=uuid4(), actor=HOUSE, returns=[whole, too_many])
    assert isinstance(good, RmaInfo)
    assert isinstance(bad, NotRequested)
    assert ([kit.quantity for kit in good.kits], bad.code, bad.link) == ([1], "too_many_to_return", f"/orders/{fo.order_id}/")
