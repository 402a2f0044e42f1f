"""The sorter's phone names a slot for each piece, refuses another one, says what is complete and takes it out; the wall's page and the API say the same."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client

from packhorse.core import dispatch
from packhorse.core.actors import EVERYTHING
from packhorse.ground.people.types import Grant
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.errors import NobodyWants, NotForThisWall, SlotNotComplete, UnknownCode, WhichLot, WrongSlot
from packhorse.steps.picking.screens import SORT, table
from tests.build import HOUSE, Shop, make_lot, receive
from tests.build_orders import accepted
from tests.steps.inventory.test_pages import sign_in, text
from tests.steps.orders.test_doors import browser
from tests.steps.picking.build import books_agree, release
from tests.steps.picking.scanning import Hand
from tests.steps.picking.test_put_wall import bring, for_wall, slots, with_wall

pytestmark = pytest.mark.django_db


def sorter(user_id: int = 9) -> Hand:
    return Hand(user_id, "picking.sort")


def brought(*wanted: dict[str, int]) -> Shop:
    """A wall with what its first zone picked for these orders in T-001."""
    shop = with_wall()
    walks, _fos = for_wall(shop, *wanted)
    bring(shop, walks[0].batch_id, "T-001")
    return shop


def test_the_table_in_the_documentation_is_that_of_the_code() -> None:
    page = (Path(__file__).parents[3] / "docs" / "steps" / "3-picking.md").read_text(encoding="utf-8")
    assert table(SORT) in page
    assert {name for screen in SORT.values() for name in (*screen.then, *screen.also)} == set(SORT)


def test_a_tote_a_piece_the_slot() -> None:
    shop = brought({"SKU-1": 2}, {"SKU-1": 1, "SKU-2": 1})
    hand = sorter()
    assert hand.screen.state["step"] == "from", "with one wall it is not asked for"
    hand.scan("T-001")
    assert dict(hand.screen.lines)["SKU-1"] == "3 ×"
    hand.scan("SKU-1")
    assert (hand.screen.big, hand.screen.say) == ("W1-01", "2 × SKU-1")
    hand.refused(WrongSlot, "W1-02")
    hand.refused(WrongSlot, "T-001")
    hand.scan("W1-01")
    assert "W1-01 is complete" in str(hand.screen.say)
    assert ("Complete", "W1-01") in [(str(a), b) for a, b in hand.screen.lines]
    hand.scan("SKU-1")
    hand.scan("W1-02")
    assert hand.screen.state["step"] == "from"
    assert "T-001 is empty" in str(hand.screen.say)
    assert [(s.units, s.complete) for s in slots(shop)] == [(2, True), (1, False), (0, False)]
    books_agree()


def test_a_complete_slot_is_taken_out_and_one_that_waits_is_not() -> None:
    shop = brought({"SKU-1": 1}, {"SKU-1": 1, "SKU-2": 1})
    hand = sorter()
    for code in ("T-001", "SKU-1", "W1-01"):
        hand.scan(code)
    hand.scan("W1-01")
    assert hand.screen.state["step"] == "take"
    hand.refused(UnknownCode, "SKU-1")
    hand.scan("T-004")
    assert "W1-01 is free" in str(hand.screen.say)
    assert hand.screen.state["step"] == "piece", "on with the tote"
    hand.scan("SKU-1")
    hand.scan("W1-01")
    hand.refused(SlotNotComplete, "W1-01")
    hand.refused(SlotNotComplete, "W1-03")
    assert [r.tote for r in selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id)] == ["T-004"]


def test_fewer_than_told_are_put_and_what_is_not_there_is_missing() -> None:
    shop = brought({"SKU-1": 10})
    hand = sorter()
    hand.scan("T-001")
    hand.scan("SKU-1")
    assert hand.screen.state["units"] == 10
    hand.tap("set", units="4")
    hand.scan("W1-01")
    hand.tap("gone")
    assert "6 missing, 0 found elsewhere" in str(hand.screen.say)
    assert [(s.units, s.held) for s in slots(shop) if s.release_id] == [(4, True)]
    books_agree()


def test_what_does_not_belong_here_is_refused_and_says_why() -> None:
    shop = brought({"SKU-1": 1})
    hand = sorter()
    hand.refused(NotForThisWall, "T-002")
    hand.refused(UnknownCode, "SKU-1")
    hand.scan("T-001")
    hand.refused(NobodyWants, "SKU-2")
    hand.refused(NotForThisWall, "T-003")
    hand.scan("SKU-1")
    hand.tap("back")
    assert hand.screen.state["step"] == "piece"
    hand.scan("W1")
    assert hand.screen.state["step"] == "from"
    assert shop.place("W1") == hand.screen.state["wall"]


def test_two_sorters_with_one_piece_put_it_once_and_the_second_is_shown_the_tote() -> None:
    shop = brought({"SKU-1": 1}, {"SKU-1": 1})
    one, other = sorter(), sorter(10)
    for hand in (one, other):
        hand.scan("T-001")
        hand.scan("SKU-1")
        assert hand.screen.big == "W1-01"
    one.scan("W1-01")
    other.scan("W1-01")
    assert (other.screen.state["step"], other.screen.tone) == ("piece", "wrong")
    other.scan("SKU-1")
    assert other.screen.big == "W1-02"
    other.scan("W1-02")
    assert [s.complete for s in slots(shop)] == [True, True, False]


def test_of_several_lots_in_a_tote_the_scan_says_which() -> None:
    shop = with_wall()
    lots = [make_lot(shop.client_id, shop.item("SKU-1"), code) for code in ("L-1", "L-2")]
    for lot in lots:
        receive(shop.item("SKU-1"), shop.place("A-04-01"), 1, lot_id=lot)
    release(shop, accepted(shop, {"SKU-1": 12}))
    (front,) = services.plan_batches(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, method="wall", iterations=200)
    bring(shop, front, "T-001")
    hand = sorter()
    hand.scan("T-001")
    hand.refused(WhichLot, "SKU-1")
    hand.scan("L-2")
    assert (hand.screen.big, hand.screen.state["units"]) == ("W1-01", 1)


def test_the_picker_of_a_zone_fills_one_tote_for_all_and_brings_it_to_the_wall() -> None:
    shop = with_wall()
    for_wall(shop, {"SKU-1": 2}, {"SKU-1": 3, "SKU-2": 1})
    hand = Hand()
    hand.scan("T-001")
    assert hand.screen.state["step"] == "go"
    hand.scan("SKU-1")
    assert "5" in str(hand.screen.instruction)
    hand.scan("T-001")
    assert hand.screen.state["step"] == "drop", "one scan of the tote puts the pieces of both orders in"
    assert "W1" in str(hand.screen.instruction)
    hand.scan("W1")
    assert hand.screen.state["step"] == "done"
    assert selectors.pieces_in_tote(EVERYTHING, shop.place("T-001")) == 5


def test_a_picker_who_finds_fewer_for_several_orders_says_how_many_there_were() -> None:
    shop = with_wall()
    for_wall(shop, {"SKU-1": 2}, {"SKU-1": 3})
    hand = Hand()
    hand.scan("T-001")
    hand.scan("SKU-1")
    hand.tap("short")
    hand.tap("missing", taken="4")
    dispatch.drain()
    assert selectors.pieces_in_tote(EVERYTHING, shop.place("T-001")) == 4
    hand.scan("W1")
    books_agree()


def test_the_page_of_a_wall_says_what_each_slot_waits_for(client: Client) -> None:
    shop = brought({"SKU-1": 2, "SKU-2": 1}, {"SKU-1": 1}, {"SKU-2": 1})
    hand = sorter()
    for code in ("T-001", "SKU-1", "W1-01", "SKU-1", "W1-02"):
        hand.scan(code)
    sign_in(client, "manager")
    seen = text(client, f"/picking/walls/{shop.place('W1')}/")
    for said in (
        "2 slots of 3 are taken; 1 is complete and may be packed; 1 order is on its way.",
        "1 from zone BACK:",
        "planned",
        "Complete",
        "Comes together",
        "Free",
    ):
        assert said in seen, said
    assert client.get("/picking/walls/").status_code == 302
    text(client, f"/picking/walls/{shop.place('STAGE-1')}/", 404)
    assert "Put wall W1" in text(client, "/picking/")


def test_a_client_s_user_sees_own_orders_in_slots_only() -> None:
    shop = brought({"SKU-1": 1})
    sorter().scan("T-001")
    stranger = browser(Grant("client", client_id=with_wall().client_id))
    seen = stranger.get(f"/api/v1/picking/walls/{shop.place('W1')}")
    assert seen.status_code == 200, seen.content
    assert [row["fulfillment_order_id"] for row in seen.json()] == [None, None, None]


def test_the_api_sorts_as_the_phone_does() -> None:
    shop = brought({"SKU-1": 2})
    boss = browser(Grant("manager"))
    at, tote, item = f"/api/v1/picking/walls/{shop.place('W1')}", shop.place("T-001"), shop.item("SKU-1")

    def ask(url: str, **body: object) -> dict[str, object]:
        answer = boss.post(url, body, content_type="application/json", headers={"Idempotency-Key": str(uuid4())})
        assert answer.status_code == 200, answer.content
        return dict(answer.json())

    found = ask(f"{at}/piece", tote_id=tote, item_id=item)
    assert (found["slot"], found["units"]) == ("W1-01", 2)
    elsewhere = {"tote_id": tote, "item_id": item, "release_id": found["release_id"], "slot_id": shop.place("T-004"), "quantity": 1}
    assert boss.post(f"{at}/put", elsewhere, content_type="application/json", headers={"Idempotency-Key": str(uuid4())}).status_code == 404, "no slot of W1"
    done = ask(f"{at}/put", tote_id=tote, item_id=item, release_id=found["release_id"], slot_id=found["slot_id"], quantity=2)
    assert done["complete"] is True
    assert ask(f"{at}/tote-empty", tote_id=tote) == {"missing": 0, "not_found": 0}
    assert [row["complete"] for row in boss.get(at).json()] == [True, False, False]
    assert ask(f"/api/v1/picking/slots/{found['slot_id']}/take-out", tote_id=shop.place("T-005")) == {"count": 2}
    zones = boss.get(f"/api/v1/warehouse/{shop.warehouse_id}/zones").json()
    assert [z["code"] for z in zones] == ["FRONT", "BACK"]
