"""Receiving books what really came: stock rises, differences are recorded, and every unit is sent on to a bin."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid, NotAllowed, NotFound, WrongState
from packhorse.core.refs import Ref
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.errors import ForeignItem, LotDiffers, LotMissing, SerialIsOne, UnitNotAnnounced, WrongPlace
from packhorse.steps.inventory.models import Lot, Move, PurchaseOrderLine
from packhorse.steps.inventory.reconciler import drift
from packhorse.steps.inventory.types import AnnouncedLine, ReceivedLine
from tests.asked import done_once
from tests.build import HOUSE, Shop, actor, make_client, make_items, make_warehouse
from tests.steps.inventory.buying import Buying

JUNE = dt.date(2027, 6, 1)


def available(shop: Shop, sku: str) -> int:
    return selectors.availability(EVERYTHING, shop.warehouse_id, [shop.items[sku]])[0].available


def test_all_of_it_comes_and_the_order_closes(shop: Shop, buying: Buying) -> None:
    order = buying.order({"SKU-1": 10, "LOT": 4})
    lines = [ReceivedLine(shop.item("SKU-1"), 10), ReceivedLine(shop.item("LOT"), 4, "L1", JUNE)]
    arguments = {"actor": HOUSE, "purchase_order_id": order, "location_id": shop.dock, "lines": lines}
    done = done_once(services.receive_purchase_order, **arguments, other={"lines": lines[:1]})
    assert (done.state, done.units, len(done.task_ids), done.discrepancy_ids) == ("closed", 14, 2, ())
    assert (available(shop, "SKU-1"), available(shop, "LOT")) == (10, 4)
    lot = Lot.objects.get(item_id=shop.item("LOT"))
    assert (lot.code, lot.expires_on) == ("L1", JUNE)
    assert [(m.quantity, m.source, m.target, m.cause) for m in selectors.moves(EVERYTHING, lot_id=lot.pk)] == [
        (4, "SUPPLIER", "DOCK-1", Ref("inventory.receipt", done.receipt_id))
    ]
    assert [(t.sku, t.lot, t.quantity, t.source, t.rule, t.state) for t in buying.tasks()] == [
        ("SKU-1", "", 10, "DOCK-1", "empty_bin", "ready"),
        ("LOT", "L1", 4, "DOCK-1", "empty_bin", "ready"),
    ]
    assert drift() == []


def test_over_damaged_and_unexpected_goods_are_recorded_with_their_reasons(shop: Shop, buying: Buying) -> None:
    order = buying.order({"SKU-1": 10, "SKU-2": 5})
    done = buying.receive(
        order,
        ReceivedLine(shop.item("SKU-1"), 9),
        ReceivedLine(shop.item("SKU-1"), 3, condition="damaged", reason="wet"),
        ReceivedLine(shop.item("SKU-3"), 1),
    )
    assert done.state == "receiving"
    info = buying.info(order)
    assert [(d.sku, d.kind, d.quantity, d.reason) for d in info.discrepancies] == [
        ("SKU-1", "damaged", 3, "wet"),
        ("SKU-1", "over", 2, "wet"),
        ("SKU-3", "unexpected", 1, "not ordered"),
    ]
    assert [(n.received, n.damaged) for n in info.lines] == [(12, 3), (0, 0)]
    assert [available(shop, sku) for sku in ("SKU-1", "SKU-2", "SKU-3")] == [9, 0, 1]
    assert [(t.sku, t.condition, t.quantity, t.target, t.rule) for t in buying.tasks()] == [
        ("SKU-1", "sellable", 9, "A-01-01", "empty_bin"),
        ("SKU-1", "damaged", 3, "QUARANTINE", "quarantine"),
        ("SKU-3", "sellable", 1, "A-02-01", "empty_bin"),
    ]
    assert buying.receive(order, ReceivedLine(shop.item("SKU-1"), 1)).discrepancy_ids != ()
    assert drift() == []


def test_an_announced_load_is_received_whole_once(shop: Shop, buying: Buying) -> None:
    order = buying.order({"SKU-1": 10, "LOT": 4})
    sscc = "340123450000000017"
    services.announce_goods(
        key=uuid4(),
        actor=HOUSE,
        purchase_order_id=order,
        lines=[AnnouncedLine(sscc, shop.item("SKU-1"), 6), AnnouncedLine(sscc, shop.item("LOT"), 4, "L1", JUNE)],
    )
    done = services.receive_purchase_order(key=uuid4(), actor=HOUSE, purchase_order_id=order, location_id=shop.dock, sscc=sscc)
    assert (done.state, done.units) == ("receiving", 10)
    with pytest.raises(UnitNotAnnounced):
        services.receive_purchase_order(key=uuid4(), actor=HOUSE, purchase_order_id=order, location_id=shop.dock, sscc=sscc)
    assert buying.info(order).expected_units == ()


def test_goods_received_straight_into_a_bin_need_no_put_away(shop: Shop, buying: Buying) -> None:
    order = buying.order({"SKU-1": 10})
    done = services.receive_purchase_order(
        key=uuid4(), actor=HOUSE, purchase_order_id=order, location_id=shop.bins[0], lines=[ReceivedLine(shop.item("SKU-1"), 10)]
    )
    assert done.task_ids == ()
    assert [x.location for x in selectors.levels(EVERYTHING, item_id=shop.item("SKU-1"))] == ["A-01-01"]


def test_a_lot_on_an_item_that_is_not_tracked_is_left_out(shop: Shop, buying: Buying) -> None:
    buying.receive(buying.order({"SKU-1": 10}), ReceivedLine(shop.item("SKU-1"), 10, "L9", JUNE))
    assert not Lot.objects.filter(item_id=shop.item("SKU-1")).exists()


def test_it_is_refused_and_nothing_changes(shop: Shop, buying: Buying) -> None:
    order = buying.order({"SKU-1": 10, "LOT": 4, "SERIAL": 2})
    buying.receive(order, ReceivedLine(shop.item("LOT"), 1, "L1", JUNE))
    moves = Move.objects.count()
    foreign = make_items(make_client(), 1)["SKU-1"]
    elsewhere = make_warehouse(aisles=1, cells=1, totes=0)[1]["DOCK-1"]
    good = {"actor": HOUSE, "purchase_order_id": order, "location_id": shop.dock, "lines": [ReceivedLine(shop.item("SKU-1"), 1)]}
    refused: list[tuple[type[Exception], dict[str, object]]] = [
        (Invalid, {"lines": []}),
        (Invalid, {"lines": [ReceivedLine(shop.item("SKU-1"), 0)]}),
        (Invalid, {"lines": [ReceivedLine(shop.item("SKU-1"), 1, condition="lovely")]}),
        (ForeignItem, {"lines": [ReceivedLine(foreign, 1)]}),
        (LotMissing, {"lines": [ReceivedLine(shop.item("LOT"), 1)]}),
        (LotDiffers, {"lines": [ReceivedLine(shop.item("LOT"), 1, "L1", dt.date(2027, 6, 2))]}),
        (SerialIsOne, {"lines": [ReceivedLine(shop.item("SERIAL"), 2, "S1")]}),
        (WrongPlace, {"location_id": elsewhere}),
        (NotFound, {"purchase_order_id": 10**9}),
        (WrongState, {"purchase_order_id": buying.order({"SKU-1": 1}, send=False)}),
        (NotAllowed, {"actor": actor("picker")}),
        (NotAllowed, {"actor": actor("receiver", warehouse_id=shop.warehouse_id + 1)}),
    ]
    for refusal, change in refused:
        with pytest.raises(refusal):
            services.receive_purchase_order(key=uuid4(), **{**good, **change})  # type: ignore[arg-type]
    assert Move.objects.count() == moves
    assert list(PurchaseOrderLine.objects.filter(purchase_order_id=order).order_by("position").values_list("received", flat=True)) == [0, 1, 0]
