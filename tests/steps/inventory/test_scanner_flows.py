"""On the floor: no more scans (S), taps (T) and keyed figures (K) than SURFACES allows, and a wrong scan changes nothing."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING, Actor
from packhorse.core.errors import Invalid, NotFound, PackhorseError
from packhorse.core.lists import ListQuery
from packhorse.core.refs import Ref
from packhorse.ground.warehouse import services as warehouses
from packhorse.ground.warehouse.types import Address
from packhorse.steps.inventory import requests, selectors, services
from packhorse.steps.inventory.errors import Ambiguous, NothingToPutAway, NotToRelocate, SameCounter, WrongPlace
from packhorse.steps.inventory.reconciler import drift
from packhorse.steps.inventory.scanner import Count, Move, PutAway, Receive, Relocate
from packhorse.steps.inventory.scanner.reading import docks_of
from packhorse.steps.inventory.types import AnnouncedLine, NewPickFace, ReceivedLine
from tests.build import HOUSE, Shop, actor, doing, make_client, make_items, make_lot, receive, stock
from tests.steps.inventory.buying import Buying
from tests.steps.inventory.scanning import Hand

#: The GTIN of LOT, with lot L5 and expiry 2027-06-01, as a GS1 DataMatrix.
GS1 = "]d20109501101530003172706011" + "0L5"


@pytest.fixture
def receiver(shop: Shop) -> Actor:
    return actor("receiver", user="rita", warehouse_id=shop.warehouse_id)


def here(shop: Shop, sku: str) -> dict[str, int]:
    return {x.location: x.on_hand for x in selectors.levels(EVERYTHING, item_id=shop.items[sku])}


def test_a_five_line_order_takes_1s_and_5_times_1s_1k_and_1t(shop: Shop, buying: Buying, receiver: Actor) -> None:
    order = buying.order({"SKU-1": 5, "SKU-2": 4, "SKU-3": 3, "LOT": 2, "SERIAL": 1})
    hand = Hand(Receive, receiver)
    hand.scan(buying.info(order).row.number)
    for code, q in (("4006381333931", 5), ("5901234123457", 4), ("SKU-3", 3), (GS1, 2)):
        hand.scan(code)
        hand.key(q)
    hand.scan("SERIAL")
    hand.key(1, lot="S1")
    done = hand.tap("done")
    assert hand.effort == (6, 1, 5)
    assert (done.tone, str(done.say)) == ("done", "15 units received")
    assert buying.info(order).row.state == "closed"
    level = selectors.levels(EVERYTHING, item_id=shop.item("LOT"))[0]
    assert (level.lot, str(level.expires_on), level.on_hand) == ("L5", "2027-06-01", 2)


def test_an_announced_load_takes_1s_1t(shop: Shop, buying: Buying, receiver: Actor) -> None:
    order = buying.order({"SKU-1": 5})
    services.announce_goods(key=uuid4(), actor=HOUSE, purchase_order_id=order, lines=[AnnouncedLine("340123450000000017", shop.item("SKU-1"), 5)])
    hand = Hand(Receive, receiver)
    hand.scan("]C100340123450000000017")
    hand.tap("done")
    assert hand.effort == (1, 1, 0)
    assert here(shop, "SKU-1") == {"DOCK-1": 5}


def test_a_case_says_its_own_quantity_and_a_damaged_one_goes_aside(shop: Shop, buying: Buying, receiver: Actor) -> None:
    order = buying.order({"SKU-1": 24})
    hand = Hand(Receive, receiver)
    hand.scan(buying.info(order).row.number)
    assert hand.scan("14006381333938").fields[0].value == "12"
    hand.key(12)
    hand.scan("14006381333938")
    hand.key(12, "damaged")
    hand.scan("SKU-2")
    assert hand.screen.tone == "wrong", "it was not ordered"
    hand.key(1)
    hand.tap("undo")
    hand.tap("done")
    assert [(t.sku, t.condition, t.open) for t in buying.tasks()] == [("SKU-1", "sellable", 12), ("SKU-1", "damaged", 12)]


def test_a_wrong_scan_is_refused_and_the_state_stays(shop: Shop, buying: Buying, receiver: Actor) -> None:
    hand = Hand(Receive, receiver)
    for text in ("NOPE", "A-01-01"):
        with pytest.raises(NotFound):
            hand.scan(text)
    hand.scan(buying.info(buying.order({"SKU-1": 5})).row.number)
    hand.scan("SKU-1")
    with pytest.raises(Invalid):
        hand.key(0)
    with pytest.raises(PackhorseError):
        hand.scan("5449000000996")


def test_a_unit_load_is_put_away_with_2s(shop: Shop, buying: Buying, receiver: Actor) -> None:
    buying.receive(buying.order({"SKU-1": 5}), ReceivedLine(shop.item("SKU-1"), 5))
    hand = Hand(PutAway, receiver)
    assert str(hand.scan("4006381333931").big) == "A-01-01"
    done = hand.scan("A-01-01")
    assert hand.effort == (2, 0, 0)
    assert (done.tone, str(done.say)) == ("done", "5 in A-01-01")
    with pytest.raises(NothingToPutAway):
        hand.scan("4006381333931")


def test_a_tote_with_two_things_goes_to_its_bin_with_2s(shop: Shop, receiver: Actor) -> None:
    for sku in ("SKU-1", "SKU-2"):
        receive(shop.item(sku), shop.totes[0], 2)
        doing(lambda sku=sku: requests.put_back(location_id=shop.totes[0], item_id=shop.item(sku), lot_id=None, quantity=2, cause=Ref("test.cancel", 1)))  # type: ignore[misc]
    hand = Hand(PutAway, receiver)
    hand.scan("T-001")
    hand.scan("B-01-01")
    assert (hand.effort, here(shop, "SKU-1"), here(shop, "SKU-2")) == ((2, 0, 0), {"B-01-01": 2}, {"B-01-01": 2})


def test_a_part_is_put_into_another_bin(shop: Shop, buying: Buying, receiver: Actor) -> None:
    buying.receive(buying.order({"SKU-1": 5}), ReceivedLine(shop.item("SKU-1"), 5))
    hand = Hand(PutAway, receiver)
    hand.scan("SKU-1")
    hand.key(2, "part")
    with pytest.raises(WrongPlace):
        hand.scan("STAGE-1")
    hand.scan("B-05-01")
    assert here(shop, "SKU-1") == {"DOCK-1": 3, "B-05-01": 2}
    hand.scan("SKU-1")
    hand.tap("back")
    assert hand.state["step"] == "goods"


def test_a_bin_of_two_items_takes_3s_2k_and_the_next_scan_ends_it(shop: Shop, receiver: Actor) -> None:
    receive(shop.item("SKU-1"), shop.bins[0], 3)
    receive(shop.item("SKU-2"), shop.bins[0], 4)
    hand = Hand(Count, receiver)
    hand.scan("A-01-01")
    for sku, q in (("SKU-1", 3), ("SKU-2", 4)):
        hand.scan(sku)
        hand.key(q)
    assert hand.effort == (3, 0, 2)
    assert str(hand.scan("A-02-01").say) == "A-01-01 is right"
    assert str(hand.tap("empty").say) == "A-02-01 is right"
    assert hand.effort == (4, 1, 2)


def test_an_empty_bin_takes_1s_1t(shop: Shop, receiver: Actor) -> None:
    hand = Hand(Count, receiver)
    hand.scan("A-01-01")
    hand.tap("empty")
    assert hand.effort == (1, 1, 0)
    assert [c.state for c in selectors.counts(query=ListQuery(), scope=EVERYTHING).rows] == ["posted"]


def test_a_count_that_differs_is_left_to_somebody_else(shop: Shop, receiver: Actor) -> None:
    stock(shop, {"SKU-1": 3})
    hand = Hand(Count, receiver)
    hand.scan("A-01-01")
    hand.scan("SKU-1")
    hand.key(2)
    assert str(hand.tap("done").say) == "A-01-01 will be counted again by somebody else"
    with pytest.raises(SameCounter):
        hand.scan("A-01-01")
    other = Hand(Count, actor("picker", user="pat"))
    assert [str(label) for label, _ in other.screen.lines] == ["A-01-01"]
    other.scan("A-01-01")
    other.scan("SKU-1")
    other.key(2)
    assert str(other.tap("done").say) == "A-01-01: a manager decides"


def test_goods_are_moved_with_3s_1k(shop: Shop, receiver: Actor) -> None:
    stock(shop, {"SKU-1": 3})
    hand = Hand(Move, receiver)
    hand.scan("A-01-01")
    hand.scan("SKU-1")
    with pytest.raises(Invalid):
        hand.scan("B-01-01")
    hand.scans -= 1
    hand.key(2)
    assert str(hand.scan("B-01-01").say) == "2 × SKU-1 now in B-01-01"
    assert hand.effort == (3, 0, 1)
    assert here(shop, "SKU-1") == {"A-01-01": 1, "B-01-01": 2}
    assert drift() == []
    hand.scan("A-02-01")
    with pytest.raises(NotFound):
        hand.scan("SKU-1")


def test_where_clients_use_the_same_code_the_goods_before_one_are_meant(shop: Shop, receiver: Actor) -> None:
    make_items(make_client(), 2)
    stock(shop, {"SKU-1": 3})
    hand = Hand(Count, receiver)
    hand.scan("A-01-01")
    with pytest.raises(Ambiguous):
        hand.scan("SKU-2")
    hand.scan("SKU-1")
    hand.key(3)
    assert str(hand.tap("done").say) == "A-01-01 is right"
    hand = Hand(Move, receiver)
    hand.scan("A-01-01")
    assert str(hand.scan("SKU-1").big) == "SKU-1"


@pytest.mark.django_db
def test_a_warehouse_where_nothing_can_come_in_is_named() -> None:
    address = Address(name="Annex", line="1 Main St", city="Ottawa", region="ON", postal_code="K1A 0B1", country="CA")
    bare = warehouses.create_warehouse(key=uuid4(), actor=HOUSE, code=f"W{uuid4().hex[:10].upper()}", name="The Annex", address=address, time_zone="UTC")
    with pytest.raises(NotFound) as refused:
        docks_of(HOUSE, bare.id)
    assert "The Annex" in refused.value.message


def test_a_pick_face_is_filled_with_3s_1k_and_wrong_scans_change_nothing(shop: Shop, receiver: Actor) -> None:
    sql.run("UPDATE warehouse_location SET pickable = false WHERE id = %s", [shop.bins[5]])
    lot = make_lot(shop.client_id, shop.item("LOT"), "L5")
    receive(shop.item("LOT"), shop.bins[5], 30, lot_id=lot)
    receive(shop.item("SKU-1"), shop.bins[5], 9)
    hand = Hand(Relocate, receiver)
    assert (hand.state["step"], hand.screen.tone) == ("none", "done"), "nothing waits"
    faces = [NewPickFace(shop.item("LOT"), shop.bins[0], 2, 10), NewPickFace(shop.item("SKU-1"), shop.bins[1], 0, 5)]
    services.set_pick_faces(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, faces=faces)
    today = dt.date(2026, 3, 2)
    first, second = services.replenish(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, today=today)
    hand = Hand(Relocate, receiver)
    assert (str(hand.screen.big), hand.state["task"]) == ("B-01-01", first)
    for wrong in ("A-01-01", "NOPE"):
        with pytest.raises(PackhorseError):
            hand.scan(wrong)
    hand.scan("B-01-01")
    with pytest.raises(NotToRelocate):
        hand.scan("SKU-1")
    with pytest.raises(NotToRelocate):
        hand.scan("]d201095011015300031727060110L6")
    hand.scan(GS1)
    with pytest.raises(Invalid):
        hand.key(11)
    hand.key(10)
    with pytest.raises(NotToRelocate):
        hand.scan("A-02-01")
    assert str(hand.scan("A-01-01").say) == "10 × LOT now in A-01-01"
    assert here(shop, "LOT") == {"A-01-01": 10, "B-01-01": 20}
    other = Hand(Relocate, actor("picker", user="pia", warehouse_id=shop.warehouse_id))
    assert other.state["task"] == second
    other.tap("next")
    assert other.state["task"] == second, "it is the only one"
    other.scan("B-01-01")
    other.scan("4006381333931")
    other.tap("short")
    assert str(other.key(2, "found").say) == "B-01-01 will be counted"
    assert here(shop, "SKU-1") == {"A-02-01": 2, "B-01-01": 7}
    assert drift() == []


def test_a_lot_is_scanned_by_itself_where_the_item_does_not_say_it(shop: Shop, receiver: Actor) -> None:
    sql.run("UPDATE warehouse_location SET pickable = false WHERE id = %s", [shop.bins[5]])
    receive(shop.item("LOT"), shop.bins[5], 3, lot_id=make_lot(shop.client_id, shop.item("LOT"), "L5"))
    faces = [NewPickFace(shop.item("LOT"), shop.bins[0], 2, 10)]
    services.set_pick_faces(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, faces=faces)
    services.replenish(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, today=dt.date(2026, 3, 2))
    hand = Hand(Relocate, receiver)
    hand.scan("B-01-01")
    assert str(hand.scan("9501101530003").big) == "L5"
    with pytest.raises(NotToRelocate):
        hand.scan("L6")
    hand.scan("L5")
    hand.key(3)
    hand.scan("A-01-01")
    assert (hand.effort, here(shop, "LOT")) == ((5, 0, 1), {"A-01-01": 3})
