"""The picker scans a cart, at each stop the item once and a compartment for each line, and the bench: no tap, no more scans than the hands' table allows."""

from __future__ import annotations

import pytest

from packhorse.core.actors import EVERYTHING
from packhorse.steps.picking import selectors
from packhorse.steps.picking.errors import (
    NothingToPick,
    NotOnThisWalk,
    ScanItemFirst,
    StopGone,
    ToteScanned,
    UnknownCode,
    WrongItem,
    WrongLocation,
    WrongLot,
    WrongTote,
)
from packhorse.steps.picking.screens import STOP
from tests.build import make_lot, make_shop, plain_item, receive, stock
from tests.build_orders import accepted, fo_of
from tests.steps.picking.build import books_agree, plan, release, shop_with, tasks
from tests.steps.picking.scanning import Hand, load_cart, planned

pytestmark = pytest.mark.django_db


def test_twelve_orders_with_twenty_four_lines_at_twenty_stops_take_46_scans_and_no_tap() -> None:
    shop = make_shop(items=20, aisles=4, cells=6, totes=12)
    stock(shop, {f"SKU-{n}": 9 for n in range(1, 21)})
    lines = [*range(1, 21), 1, 2, 3, 4]
    orders = [{f"SKU-{lines[2 * n]}": 1, f"SKU-{lines[2 * n + 1]}": 2} for n in range(12)]
    (batch_id,) = planned(shop, *orders)
    load_cart(shop, 12)
    hand = Hand()

    hand.scan("CART-01")
    hand.walk()
    screen = hand.scan("BENCH-1")

    assert (hand.scans, hand.taps, screen.tone) == (46, 0, "done")
    found = selectors.batch(EVERYTHING, batch_id)
    assert (found.state, found.tasks, found.open_tasks) == ("done", 24, 0)
    assert len(selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id)) == 12
    books_agree()


def test_without_totes_on_the_cart_each_is_scanned_once_and_a_busy_one_refused() -> None:
    shop = shop_with({"SKU-1": 9})
    planned(shop, {"SKU-1": 1}, {"SKU-1": 2})
    hand = Hand()
    assert hand.scan("CART-01").state["step"] == "totes"
    hand.scan("T-001")
    hand.refused(ToteScanned, "T-001")
    hand.refused(UnknownCode, "nonsense")
    assert hand.scan("T-002").state["step"] == "go"
    assert hand.scans == 5


def test_what_is_wrong_is_refused_and_the_stop_stays() -> None:
    shop = shop_with({"SKU-1": 9, "SKU-2": 9})
    planned(shop, {"SKU-1": 1, "SKU-2": 1}, {"SKU-1": 2})
    load_cart(shop, 2)
    hand = Hand()
    hand.scan("CART-01")
    task = hand.task
    other = "SKU-2" if task.sku == "SKU-1" else "SKU-1"
    hand.refused(ScanItemFirst, "T-001")
    hand.refused(WrongItem, other)
    hand.refused(WrongItem, "4006381333931")
    hand.refused(WrongLocation, "B-01-01")
    assert hand.scan(task.location).state["item"] is None
    hand.scan(task.sku)
    hand.refused(WrongTote, "T-004")
    hand.walk()
    hand.refused(NotOnThisWalk, "T-004")
    hand.refused(UnknownCode, "DOCK-1")
    assert hand.scan("BENCH-1").tone == "done"


def test_a_short_pick_takes_two_taps_and_the_next_bin_shows_itself() -> None:
    shop = shop_with({"SKU-1": 2})
    receive(shop.item("SKU-1"), shop.bins[4], 9)
    fo = accepted(shop, {"SKU-1": 2})
    release(shop, fo)
    plan(shop)
    load_cart(shop, 1)
    hand = Hand()
    first = hand.scan("CART-01").big
    hand.tap("short")
    screen = hand.tap("missing")

    assert (hand.taps, screen.tone, screen.say) == (2, "ok", "2 found elsewhere: added to your walk")
    assert screen.big not in (first, "")
    hand.walk()
    hand.scan("BENCH-1")
    assert fo_of(fo.order_id).stage == "picked"
    books_agree()


def test_short_after_another_compartment_was_served_keeps_what_was_put_there() -> None:
    shop = shop_with({"SKU-1": 3})
    planned(shop, {"SKU-1": 2}, {"SKU-1": 1})
    load_cart(shop, 2)
    hand = Hand()
    hand.scan("CART-01")
    served = hand.task
    hand.scan("SKU-1")
    hand.scan(str(served.tote))
    hand.tap("damaged")
    screen = hand.tap("report_damaged", taken="0")

    assert screen.say == f"{3 - served.quantity} not found: the order waits. Go on"
    assert screen.state["step"] == "drop"
    assert hand.scan("BENCH-1").lines[0][1] == 1
    books_agree()


def test_put_off_a_stop_comes_last() -> None:
    shop = shop_with({"SKU-1": 9, "SKU-2": 9, "SKU-3": 9})
    planned(shop, {"SKU-1": 1, "SKU-2": 1, "SKU-3": 1})
    load_cart(shop, 1)
    hand = Hand()
    first = hand.scan("CART-01").big
    assert hand.tap("skip").big != first
    seen = []
    while hand.screen.state["step"] in STOP:
        seen.append(hand.screen.big)
        hand.scan(hand.task.sku)
        hand.scan(str(hand.task.tote))
    assert seen[-1] == first


def test_a_lot_is_read_from_the_code_and_the_wrong_one_refused() -> None:
    shop = make_shop(items=[plain_item("MILK", tracking="lot", barcodes=(("04006381333931", 1, "each"),))])
    lot = make_lot(shop.client_id, shop.item("MILK"), "L1")
    receive(shop.item("MILK"), shop.bins[0], 5, lot_id=lot)
    planned(shop, {"MILK": 1})
    load_cart(shop, 1)
    hand = Hand()
    hand.scan("CART-01")
    hand.refused(WrongLot, "]C1010400638133393110L2")
    assert hand.scan("]C1010400638133393110L1").state["lot"] == "L1"
    hand.scan("T-001")
    assert hand.screen.state["step"] == "drop"


def test_after_a_break_the_walk_is_found_again_and_another_picker_may_take_the_cart() -> None:
    shop = shop_with({"SKU-1": 9, "SKU-2": 9})
    (batch_id,) = planned(shop, {"SKU-1": 1, "SKU-2": 1})
    load_cart(shop, 1)
    hand = Hand(7)
    hand.scan("CART-01")
    hand.scan(hand.task.sku)
    hand.scan(str(hand.task.tote))
    stands_at = hand.screen.big
    assert hand.open().big == stands_at

    other = Hand(8)
    assert other.scan("CART-01").big == stands_at
    assert selectors.batch(EVERYTHING, batch_id).picker_id == 8
    other.walk()
    assert hand.open().state["step"] == "cart"
    assert other.scan("BENCH-1").tone == "done"


def test_an_order_changed_under_the_pickers_hands_is_shown_anew() -> None:
    shop = shop_with({"SKU-1": 9, "SKU-2": 9})
    (batch_id,) = planned(shop, {"SKU-1": 1, "SKU-2": 1})
    load_cart(shop, 1)
    hand = Hand()
    hand.scan("CART-01")
    task = hand.task
    hand.scan(task.sku)
    other = Hand()
    other.open(batch=f"B{batch_id:06d}")
    other.scan(task.sku)
    other.scan(str(task.tote))

    following = other.task
    hand.refused(StopGone, following.sku)  # the screen behind was that of the first stop
    screen = hand.flow.again(actor=hand.actor, state=hand.screen.state)
    assert screen is not None
    assert screen.big == following.location
    hand.screen = screen
    hand.scan(following.sku)
    hand.scan(str(following.tote))
    assert tasks(batch_id) == []


def test_what_comes_next_goes_with_the_screen_those_put_off_last() -> None:
    shop = shop_with({"SKU-1": 9, "SKU-2": 9, "SKU-3": 9})
    planned(shop, {"SKU-1": 1, "SKU-2": 2, "SKU-3": 1}, {"SKU-2": 3})
    load_cart(shop, 2)
    hand = Hand()
    screen = hand.scan("CART-01")
    assert screen.big == "A-01-01"
    assert [place for place, _ in screen.ahead] == ["A-02-01", "A-03-01"]
    assert str(screen.ahead[0][1]).count("SKU-2") == 2
    hand.tap("skip")
    assert hand.screen.big == "A-02-01"
    assert [place for place, _ in hand.screen.ahead] == ["A-03-01", "A-01-01"]
    hand.tap("short")
    assert hand.flow.again(actor=hand.actor, state=hand.screen.state) is None, "the question stands while the stop is there"


def test_nothing_planned_says_so() -> None:
    shop = shop_with({"SKU-1": 9})
    hand = Hand()
    hand.refused(NothingToPick, "CART-01")
    hand.refused(UnknownCode, "BENCH-1")
    assert len(shop.totes) == 4


def test_a_serial_number_is_read_from_the_code_with_a_lot_beside_it_and_the_wrong_one_refused() -> None:
    shop = make_shop(items=[plain_item("DRILL", tracking="serial", barcodes=(("04006381333931", 1, "each"),))])
    receive(shop.item("DRILL"), shop.bins[0], 1, lot_id=make_lot(shop.client_id, shop.item("DRILL"), "S-1"))
    planned(shop, {"DRILL": 1})
    load_cart(shop, 1)
    hand = Hand()
    hand.scan("CART-01")
    hand.refused(WrongLot, "]C1010400638133393121S-2")
    hand.refused(WrongLot, "]C1010400638133393110B-9\x1d21S-2")
    assert hand.scan("]C1010400638133393110B-9\x1d21S-1").state["lot"] == "S-1"
    assert hand.scan("T-001").state["step"] == "zero", "the only one there was"
    assert hand.scan("BENCH-1").state["step"] == "done", "whoever scans on has not looked"
