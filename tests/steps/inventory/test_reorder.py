"""What to buy follows from what was shipped, what is here and what is on its way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING, Scope
from packhorse.core.clock import VirtualClock
from packhorse.core.lists import ListQuery
from packhorse.core.refs import Ref
from packhorse.steps.inventory import ledger, selectors
from tests.build import Shop, doing, stock, want
from tests.steps.inventory.buying import Buying


@pytest.fixture
def sold(shop: Shop) -> Iterator[Shop]:
    """Seven of SKU-1 a week for ten weeks, of two hundred; SKU-2 did not sell."""
    day = VirtualClock(dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC))
    with clock.using(day):
        stock(shop, {"SKU-1": 80, "SKU-2": 5})
        for _ in range(10):
            day.advance(7 * 86400)
            demand = want(shop, shop.item("SKU-1"), 7).demand_id
            held = doing(lambda demand=demand: ledger.allocate([demand], today=day.now().date()))  # type: ignore[misc]
            doing(lambda held=held: ledger.ship([a.allocation_id for a in held], cause=Ref("test.parcel", 1)))  # type: ignore[misc]
        yield shop


def test_an_item_that_will_not_last_is_bought_from_its_supplier(sold: Shop, buying: Buying) -> None:
    row = selectors.reorder(EVERYTHING, sold.warehouse_id)[0]
    assert [r.sku for r in selectors.reorder(EVERYTHING, sold.warehouse_id)] == ["SKU-1"]
    assert (row.available, row.backordered, row.inbound, round(row.daily, 2), row.supplier, row.lead_time_days) == (10, 0, 0, 1.0, "Acme Inc.", 5)
    assert 14 <= row.reorder_point <= 28
    assert row.suggested == row.reorder_point + 28 - 10
    assert row.stockout_on == clock.now().date() + dt.timedelta(days=10)


def test_what_is_on_its_way_counts_and_what_is_backordered_counts_against(sold: Shop, buying: Buying) -> None:
    before = selectors.reorder(EVERYTHING, sold.warehouse_id)[0]
    want(sold, sold.item("SKU-1"), 15)
    waiting = selectors.reorder(EVERYTHING, sold.warehouse_id)[0]
    assert (waiting.available, waiting.backordered, waiting.suggested) == (0, 5, before.suggested + 15)
    buying.order({"SKU-1": 10}, send=False)
    assert selectors.reorder(EVERYTHING, sold.warehouse_id)[0].inbound == 0, "a draft is not on its way"
    buying.order({"SKU-1": 1000})
    assert selectors.reorder(EVERYTHING, sold.warehouse_id) == []


def test_only_what_the_reader_sees(sold: Shop) -> None:
    assert selectors.reorder(Scope(client_ids=frozenset({sold.client_id + 1})), sold.warehouse_id) == []
    assert selectors.reorder_rows(EVERYTHING, ListQuery(search="nope")).rows == ()
