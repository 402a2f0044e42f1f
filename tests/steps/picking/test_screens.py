"""Any scan at any screen of the pick flow is read in its place; the screens and those that follow are the ones that the documentation names, and each of them comes up."""

from __future__ import annotations

from pathlib import Path

import pytest

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid
from packhorse.core.web.scanner import Screen
from packhorse.ground.warehouse.models import Location
from packhorse.steps.picking import selectors
from packhorse.steps.picking.errors import (
    CountFirst,
    ScanLotFirst,
    ScanPlaceFirst,
    StopGone,
    TooMany,
    ToteInUse,
    UnknownCode,
    WalkTakenOver,
    WrongLot,
    WrongTote,
)
from packhorse.steps.picking.screens import SCREENS, table
from tests.build import make_lot, make_shop, plain_item, receive
from tests.steps.picking.build import books_agree, shop_with, tasks
from tests.steps.picking.scanning import Hand, load_cart, planned

pytestmark = pytest.mark.django_db

GTIN = "04006381333931"
CASE = "14006381333938"


def step(screen: Screen) -> str:
    return str(screen.state["step"])


def cased(asked: int) -> Hand:
    """A walk for so many of an item that has a code of its own and a case of six."""
    shop = make_shop(items=[plain_item("MUG", barcodes=((GTIN, 1, "each"), (CASE, 6, "case")))])
    receive(shop.item("MUG"), shop.bins[0], 99)
    (batch_id,) = planned(shop, {"MUG": asked})
    hand = Hand()
    hand.open(batch=f"B{batch_id:06d}")
    hand.scan("T-001")
    return hand


def test_the_table_in_the_documentation_is_that_of_the_code() -> None:
    page = (Path(__file__).parents[3] / "docs" / "steps" / "3-picking.md").read_text(encoding="utf-8")
    assert table() in page
    named = {name for screen in SCREENS.values() for name in (*screen.then, *screen.also)}
    assert named == set(SCREENS), "each follows some screen, and none is unknown"


def test_a_place_is_scanned_where_the_item_does_not_say_where_one_stands() -> None:
    shop = shop_with({"SKU-1": 3})
    receive(shop.item("SKU-1"), shop.bins[4], 3)
    planned(shop, {"SKU-1": 5})
    load_cart(shop, 1)
    hand = Hand()
    hand.scan("CART-01")
    hand.refused(ScanPlaceFirst, "SKU-1")
    assert step(hand.scan(hand.screen.big)) == "item"  # type: ignore[arg-type]
    assert step(hand.scan("SKU-1")) == "tote"


def test_a_pallet_that_stands_in_the_place_stands_for_it_by_code_and_by_sscc() -> None:
    shop = shop_with({"SKU-1": 2, "SKU-2": 2})
    sscc = "340123450000000000"
    for code, place in (("LPN-7", shop.bins[0]), (sscc, shop.bins[0]), ("LPN-8", shop.bins[1])):
        Location.objects.create(warehouse_id=shop.warehouse_id, kind="pallet", code=code, parent_id=place)
    planned(shop, {"SKU-1": 1, "SKU-2": 1})
    load_cart(shop, 1)
    hand = Hand()
    hand.scan("CART-01")
    for code in ("LPN-7", sscc, f"]C100{sscc}"):
        hand.open()
        assert step(hand.scan(code)) == "item"
    hand.refused(UnknownCode, "LPN-8")


def test_several_lots_in_a_place_the_lot_is_asked_for_and_a_wrong_one_refused() -> None:
    shop = make_shop(items=[plain_item("MILK", tracking="lot", barcodes=((GTIN, 1, "each"),))])
    for code in ("L1", "L2"):
        receive(shop.item("MILK"), shop.bins[0], 2, lot_id=make_lot(shop.client_id, shop.item("MILK"), code))
    planned(shop, {"MILK": 4})
    load_cart(shop, 1)
    hand = Hand()
    hand.scan("CART-01")
    assert step(hand.scan(GTIN)) == "lot"
    hand.refused(ScanLotFirst, "T-001")
    hand.refused(WrongLot, "L3")
    assert step(hand.scan("L2")) == "tote"
    assert step(hand.scan("T-001")) == "go", "the other lot"
    assert step(hand.scan(f"]C101{GTIN}10L1")) == "tote"
    hand.scan("T-001")
    books_agree()


def test_a_serial_number_is_always_asked_for_also_typed() -> None:
    shop = make_shop(items=[plain_item("DRILL", tracking="serial")])
    receive(shop.item("DRILL"), shop.bins[0], 1, lot_id=make_lot(shop.client_id, shop.item("DRILL"), "S-1"))
    planned(shop, {"DRILL": 1})
    load_cart(shop, 1)
    hand = Hand()
    hand.scan("CART-01")
    assert step(hand.scan("DRILL")) == "lot"
    assert step(hand.scan("S-1")) == "tote"


def test_many_pieces_are_counted_by_number_and_less_leads_to_short() -> None:
    hand = cased(12)
    assert step(hand.scan(GTIN)) == "quantity"
    hand.refused(CountFirst, "T-001")
    hand.refused(TooMany, "13")
    with pytest.raises(Invalid):
        hand.tap("have", taken="many")
    less = hand.tap("have", taken="7")
    assert (step(less), less.fields[0].value) == ("short", "7")
    hand.tap("back")
    assert step(hand.scan("12")) == "tote"
    hand.scan("T-001")
    books_agree()


def test_cases_count_what_is_in_them_and_pieces_one_each() -> None:
    hand = cased(14)
    assert hand.scan(CASE).state["count"] == 6
    assert hand.scan(f"]C102{CASE}3701").state["count"] == 12, "a GS1 code with a count of cases"
    hand.refused(TooMany, CASE)
    hand.scan(GTIN)
    assert step(hand.scan(GTIN)) == "tote"


def test_a_case_where_less_is_asked_for_is_refused_and_one_case_for_six_is_enough() -> None:
    hand = cased(5)
    hand.refused(TooMany, CASE)
    assert step(hand.scan(GTIN)) == "tote"
    hand = cased(6)
    assert step(hand.scan(CASE)) == "tote"


def test_the_last_piece_by_the_books_asks_whether_the_place_is_empty() -> None:
    shop = shop_with({"SKU-1": 1, "SKU-2": 1, "SKU-3": 9})
    planned(shop, {"SKU-1": 1, "SKU-2": 1, "SKU-3": 1})
    load_cart(shop, 1)
    hand = Hand()
    hand.scan("CART-01")
    place = hand.screen.big
    hand.scan("SKU-1")
    asked = hand.scan("T-001")
    assert (step(asked), asked.big, [b.name for b in asked.buttons]) == ("zero", place, ["empty", "not_empty"])
    assert hand.tap("empty").say == "Empty, as the books say"
    hand.scan("SKU-2")
    hand.scan("T-001")
    assert step(hand.tap("not_empty")) == "go"
    hand.walk()
    assert step(hand.scan("BENCH-1")) == "done"


def test_a_full_tote_gives_way_to_an_empty_one_with_what_still_went_in() -> None:
    shop = shop_with({"SKU-1": 9})
    (batch_id,) = planned(shop, {"SKU-1": 5}, {"SKU-1": 4})
    load_cart(shop, 2)
    hand = Hand()
    hand.scan("CART-01")
    hand.scan("SKU-1")
    first, size = str(hand.task.tote), hand.task.quantity
    assert step(hand.tap("full")) == "full"
    hand.refused(TooMany, "9")
    hand.refused(UnknownCode, "BENCH-1")
    hand.refused(ToteInUse, "T-002")
    assert hand.scan("2").fields[0].value == "2"
    after = hand.scan("T-003")
    assert (step(after), after.state["item"]) == ("tote", shop.item("SKU-1"))
    hand.refused(WrongTote, first)
    assert {t.tote: t.quantity for t in tasks(batch_id)} == {"T-003": size - 2, "T-002": 9 - size}
    hand.walk()
    assert step(hand.scan("T-001")) == "unload"
    assert step(hand.scan("T-003")) == "drop", "put together"
    assert step(hand.scan("T-003")) == "unload"
    assert step(hand.scan("BENCH-1")) == "drop"
    assert step(hand.scan("CART-01")) == "drop"
    hand.scan("T-002")
    assert step(hand.scan("STAGE-1")) == "done"
    assert {t.tote for t in selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id)} == {"T-002", "T-003"}
    books_agree()


def test_paused_on_one_device_the_walk_goes_on_at_another_and_a_late_scan_on_the_first_does_nothing() -> None:
    shop = shop_with({"SKU-1": 9, "SKU-2": 9})
    (batch_id,) = planned(shop, {"SKU-1": 1}, {"SKU-1": 2, "SKU-2": 1})
    load_cart(shop, 2)
    hand = Hand(7)
    hand.scan("CART-01")
    hand.scan("SKU-1")
    hand.scan(str(hand.task.tote))
    left = hand.screen
    assert step(hand.tap("pause")) == "paused"
    assert len(tasks(batch_id)) == 2, "what was in a tote is posted"
    other_device = Hand(7)
    assert (step(other_device.screen), other_device.screen.say) == ("go", "You are in the middle of this walk")
    other_device.walk()
    hand.screen = left
    hand.refused(StopGone, "T-002")
    assert tasks(batch_id) == []
    books_agree()


def test_handed_over_a_late_scan_is_refused_and_the_colleague_goes_on_with_the_cart() -> None:
    shop = shop_with({"SKU-1": 9, "SKU-2": 9})
    (batch_id,) = planned(shop, {"SKU-1": 1, "SKU-2": 1})
    load_cart(shop, 1)
    hand = Hand(7)
    hand.scan("CART-01")
    stop = hand.screen
    hand.tap("pause")
    assert step(hand.tap("hand_over")) == "cart"
    hand.screen = stop
    hand.refused(WalkTakenOver, "SKU-1")
    after = hand.flow.again(actor=hand.actor, state=stop.state)
    assert after is not None
    assert step(after) == "cart"
    colleague = Hand(8)
    assert step(colleague.scan("CART-01")) == "go"
    hand.refused(WalkTakenOver, "SKU-1")
    colleague.walk()
    assert step(colleague.scan("BENCH-1")) == "done"
    assert selectors.batch(EVERYTHING, batch_id).picker_id == 8


def test_short_finds_the_rest_elsewhere_appends_it_to_the_walk_and_asks_for_a_count() -> None:
    shop = shop_with({"SKU-1": 3})
    receive(shop.item("SKU-1"), shop.bins[4], 2)
    (batch_id,) = planned(shop, {"SKU-1": 3})
    load_cart(shop, 1)
    hand = Hand()
    place = hand.scan("CART-01").state["place"]
    hand.scan("SKU-1")
    hand.tap("short")
    assert hand.tap("missing", taken="1").say == "2 found elsewhere: added to your walk"
    (appended,) = tasks(batch_id)
    assert (appended.quantity, appended.location_id) == (2, shop.bins[4])
    assert sql.rows("SELECT reason, state FROM inventory_counttask WHERE location_id = %s", [place]) == [("short pick", "requested")]
    hand.walk()
    hand.scan("BENCH-1")
    books_agree()


def test_who_scans_totes_for_a_walk_that_somebody_begins_meanwhile_gets_the_next_one() -> None:
    shop = shop_with({"SKU-1": 9})
    batches = planned(shop, {"SKU-1": 1}, {"SKU-1": 2}, per_cart=1)
    assert len(batches) == 2
    slow, quick = Hand(7), Hand(8)
    assert step(slow.scan("CART-01")) == "totes"
    quick.open(batch=f"B{slow.screen.state['batch']:06d}")
    quick.scan("T-002")
    assert step(slow.scan("T-001")) == "go"
    assert {slow.screen.state["batch"], quick.screen.state["batch"]} == set(batches)
