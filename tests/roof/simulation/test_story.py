"""A story is read from an order file, or made up; either way it says what was wanted, when, and by whom."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from packhorse.roof.simulation import story
from packhorse.roof.simulation.dice import Dice

HEAD = "external_id,line,placed_at,currency,kind,sku,description,quantity,unit_price,email,name,address1,city,region,postal_code,country,service,original_id\n"
FILE = HEAD + (
    "A2,1,2026-03-03T09:30:00Z,GBP,,MUG,Glass mug,3,4.25,bea@example.com,Bea Lee,2 Main St,Leeds,,LS1 1AA,GB,express,\n"
    "A1,1,2026-03-02T10:00:00Z,GBP,,MUG,Glass mug,1,4.25,ann@example.com,Ann Lee,1 Main St,London,,N1 7SR,GB,,\n"
    "A1,2,,,,BAG,Bag,2,1.10,,,,,,,,,\n"
    "A3,1,2026-03-09T10:00:00Z,GBP,,BAG,Bag,9,1.10,cy@example.com,Cy Lee,3 Main St,York,,YO1 7HH,GB,,\n"
    "R1,1,2026-03-04T10:00:00Z,GBP,return,MUG,,-1,4.25,ann@example.com,,,,,,GB,,A1\n"
    "R2,1,2026-03-10T11:00:00Z,GBP,return,BAG,,-1,1.10,cy@example.com,,,,,,GB,,A3\n"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "orders.csv"
    made.write_text(FILE, encoding="utf-8")
    return made


def test_a_file_is_told_by_time_to_the_last_day_wanted(path: Path) -> None:
    tale = story.from_file(path, 3, seed=1)

    assert (tale.first, tale.days) == (dt.date(2026, 3, 2), 3)
    assert [o.external_id for o in tale.orders] == ["A1", "A2"]
    assert [(r.reference, r.original) for r in tale.returns] == [("R1", "A1")]
    assert {g.sku: (g.price, g.demand) for g in tale.goods} == {"MUG": (Decimal("4.25"), 4), "BAG": (Decimal("1.10"), 2)}
    assert tale.report is not None
    assert tale.report["reconciled"]


def test_without_a_last_day_it_is_told_to_its_end(path: Path) -> None:
    tale = story.from_file(path, None, seed=1)
    assert (tale.days, [o.external_id for o in tale.orders]) == (8, ["A1", "A2", "A3"])
    assert [r.original for r in tale.returns] == ["A1"]  # the other came back after the last day on which an order was placed
    assert {g.sku: g.demand for g in tale.goods} == {"MUG": 4, "BAG": 11}


def test_goods_have_sizes_barcodes_and_a_class_that_depend_on_nothing_but_the_seed(path: Path) -> None:
    one, two, other = (story.from_file(path, None, seed=s).goods for s in (1, 1, 2))
    assert one == two
    assert [g.barcode for g in one] == [g.barcode for g in other]
    assert [g.dimensions for g in one] != [g.dimensions for g in other]
    assert {g.abc for g in one} <= {"A", "B", "C"}
    assert all(g.dimensions.weight_g > 0 and g.dimensions.length_mm > 0 for g in one)


def test_an_order_is_sent_as_it_was_placed_and_paid_by_card(path: Path) -> None:
    order = story.as_new_order(story.from_file(path, None, seed=1).orders[1], Dice(1))
    assert (order.external_id, order.placed_at, order.currency, order.service) == ("A2", dt.datetime(2026, 3, 3, 9, 30, tzinfo=dt.UTC), "GBP", "express")
    assert [(line.sku, line.quantity, line.unit_price) for line in order.lines] == [("MUG", 3, Decimal("4.25"))]
    assert order.ship_to is not None
    assert (order.ship_to.name, order.ship_to.line1, order.ship_to.city, order.ship_to.country) == ("Bea Lee", "2 Main St", "Leeds", "GB")
    assert order.payment is not None
    assert order.payment.provider == "test"


def test_now_and_then_a_card_is_declined_and_an_address_mistyped() -> None:
    tale = story.made_up(10, 1, orders_per_day=60)
    sent = [story.as_new_order(o, Dice(1)) for o in tale.orders]
    assert 0 < sum(o.payment is not None and o.payment.token == story.DECLINED_CARD for o in sent) < len(sent) / 10
    assert 0 < sum(o.ship_to is not None and not o.ship_to.postal_code for o in sent) < len(sent) / 10
    assert sent == [story.as_new_order(o, Dice(1)) for o in story.made_up(10, 1, orders_per_day=60).orders]
