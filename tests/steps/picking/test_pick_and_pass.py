"""Picked and passed: a tote goes from zone to zone, each zone's picker puts his lines into it, and walks of the next zone are planned as soon as it stands there."""

from __future__ import annotations

from uuid import uuid4

import pytest

from packhorse.core import dispatch, sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid, WrongState
from packhorse.ground.warehouse import services as warehouses
from packhorse.ground.warehouse.types import FloorZone, NewLocation
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.errors import WrongHandOver
from packhorse.steps.picking.types import BatchInfo, Destination
from tests.build import HOUSE, Shop, make_shop, receive
from tests.build_orders import accepted
from tests.steps.picking.build import PICKER, TODAY, books_agree, finish, release, short, tasks, walk
from tests.steps.picking.scanning import Hand, load_cart

pytestmark = pytest.mark.django_db


def two_zones(*, items: int = 3, totes: int = 6) -> Shop:
    """Aisle A is the zone FRONT, aisle B the zone BACK, where totes come in at HAND-B. SKU-1 lies in A, SKU-2 in B, SKU-3 in both."""
    shop = make_shop(items=items, totes=totes)
    warehouses.add_locations(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, locations=[NewLocation("HAND-B", "staging")])
    shop.places.update(sql.rows("SELECT code, id FROM warehouse_location WHERE warehouse_id = %s", [shop.warehouse_id]))
    warehouses.set_zones(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, zones=[FloorZone("FRONT", (0,)), FloorZone("BACK", (1,), "HAND-B")])
    for sku, place in (("SKU-1", "A-01-01"), ("SKU-2", "B-02-01"), ("SKU-3", "A-03-01"), ("SKU-3", "B-03-01")):
        receive(shop.item(sku), shop.place(place), 10)
    return shop


def pass_on(shop: Shop, *wanted: dict[str, int]) -> list[BatchInfo]:
    """Orders of these goods released to be passed on, and planned."""
    release(shop, *(accepted(shop, w) for w in wanted))
    made = services.plan_batches(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, method="pass", iterations=200)
    return selectors.batches_by_id(EVERYTHING, made)


def start(shop: Shop, batch_id: int, *totes: str, cart: str | None = None) -> None:
    cart_id = shop.place(cart) if cart else None
    services.start_batch(key=uuid4(), actor=PICKER, batch_id=batch_id, cart_id=cart_id, tote_ids=[shop.place(t) for t in totes])


def planned(shop: Shop) -> list[BatchInfo]:
    return selectors.next_planned(EVERYTHING, shop.warehouse_id, limit=10)


def standing(shop: Shop, tote: str) -> str | None:
    found = sql.rows("SELECT p.code FROM warehouse_location t LEFT JOIN warehouse_location p ON p.id = t.parent_id WHERE t.id = %s", [shop.place(tote)])
    return found[0][0] and str(found[0][0])


def test_a_tote_goes_through_the_zones_that_its_order_needs_and_arrives_whole() -> None:
    shop = two_zones()
    (front,) = pass_on(shop, {"SKU-1": 1, "SKU-2": 2}, {"SKU-1": 3})
    assert (front.zone, front.orders, front.tasks) == ("FRONT", 2, 2)
    assert (front.reasons["method"], front.reasons["zone"]) == ("pass", "FRONT")
    start(shop, front.batch_id, "T-001", "T-002")
    walk(front.batch_id)
    assert planned(shop) == []
    assert selectors.where_totes_go(EVERYTHING, front.batch_id) == [
        Destination(shop.place("HAND-B"), "HAND-B", "BACK", False, ("T-001",)),
        Destination(None, "", "", True, ("T-002",)),
    ]
    assert len(finish(shop, front.batch_id)) == 1, "one order is whole"
    assert (standing(shop, "T-001"), standing(shop, "T-002")) == ("HAND-B", "BENCH-1")
    assert [r.tote for r in selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id)] == ["T-002"]
    dispatch.drain()
    (back,) = planned(shop)
    assert (back.zone, back.orders, back.tasks) == ("BACK", 1, 1)
    assert selectors.totes_needed(EVERYTHING, back.batch_id) == 0, "it goes on with its tote"
    start(shop, back.batch_id)
    walk(back.batch_id)
    finish(shop, back.batch_id)
    ready = {r.tote: sum(line.quantity for line in r.lines) for r in selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id)}
    assert ready == {"T-001": 3, "T-002": 3}
    dispatch.drain()
    assert planned(shop) == []
    books_agree()


def test_what_is_short_in_a_zone_is_looked_for_in_others_and_the_tote_goes_there() -> None:
    shop = two_zones()
    (front,) = pass_on(shop, {"SKU-3": 12})
    start(shop, front.batch_id, "T-001")
    (task,) = tasks(front.batch_id)
    assert task.quantity == 10
    short(task, taken=4)
    assert tasks(front.batch_id) == [], "what lies in the other zone is not of this walk"
    finish(shop, front.batch_id)
    assert standing(shop, "T-001") == "HAND-B"
    dispatch.drain()
    (back,) = planned(shop)
    assert sum(t.quantity for t in tasks(back.batch_id)) == 8
    start(shop, back.batch_id)
    walk(back.batch_id)
    finish(shop, back.batch_id)
    (ready,) = selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id)
    assert sum(line.quantity for line in ready.lines) == 12
    books_agree()


def test_an_order_of_which_nothing_was_found_in_its_first_zone_still_goes_on() -> None:
    shop = two_zones()
    (front,) = pass_on(shop, {"SKU-1": 10, "SKU-2": 1})
    start(shop, front.batch_id, "T-001")
    short(tasks(front.batch_id)[0])
    assert finish(shop, front.batch_id) == []
    dispatch.drain()
    (back,) = planned(shop)
    start(shop, back.batch_id)
    walk(back.batch_id)
    finish(shop, back.batch_id)
    assert selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id) == [], "what is missing holds it, as it holds any order"
    books_agree()


def test_a_walk_in_a_zone_that_nobody_began_is_taken_back_and_its_order_may_be_undone() -> None:
    shop = two_zones()
    (front,) = pass_on(shop, {"SKU-1": 1, "SKU-2": 1})
    release_id = next(t.release_id for t in tasks(front.batch_id))
    with pytest.raises(WrongState):
        services.undo_release(key=uuid4(), actor=HOUSE, release_id=release_id)
    services.undo_batch(key=uuid4(), actor=HOUSE, batch_id=front.batch_id)
    assert services.undo_release(key=uuid4(), actor=HOUSE, release_id=release_id) == 2
    books_agree()


def test_a_tote_that_goes_on_is_not_put_down_by_itself_and_a_method_that_is_none_is_refused() -> None:
    shop = two_zones()
    (front,) = pass_on(shop, {"SKU-1": 1, "SKU-2": 1})
    start(shop, front.batch_id, "T-001")
    walk(front.batch_id)
    with pytest.raises(Invalid):
        services.unload_tote(key=uuid4(), actor=PICKER, batch_id=front.batch_id, tote_id=shop.place("T-001"), place_id=shop.bench)
    with pytest.raises(Invalid):
        services.plan_batches(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, method="by magic")


def test_without_zones_an_order_that_is_passed_on_is_one_walk() -> None:
    shop = make_shop()
    receive(shop.item("SKU-1"), shop.place("A-01-01"), 10)
    receive(shop.item("SKU-2"), shop.place("B-02-01"), 10)
    (whole,) = pass_on(shop, {"SKU-1": 1, "SKU-2": 1})
    assert (whole.zone, whole.tasks) == ("", 2)


def test_a_wave_says_how_its_orders_are_picked_and_a_plan_keeps_to_it() -> None:
    shop = two_zones()
    policy = selectors.policy(EVERYTHING, shop.warehouse_id)
    assert policy.method == "whole"
    fos = [accepted(shop, {"SKU-1": 1, "SKU-2": 1}) for _ in range(2)]
    made = services.release_wave(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, until=max(fo.ship_by for fo in fos), today=TODAY, method="pass")
    (front,) = selectors.batches_by_id(EVERYTHING, services.plan_batches(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, iterations=200))
    assert (made.orders, front.zone, front.orders) == (2, "FRONT", 2)
    assert services.undo_wave(key=uuid4(), actor=HOUSE, wave_id=made.wave_id).orders == 2
    books_agree()


def test_on_the_scanner_each_place_is_scanned_and_the_next_zone_s_picker_begins_with_the_tote() -> None:
    shop = two_zones()
    load_cart(shop, 2)
    pass_on(shop, {"SKU-1": 1, "SKU-2": 2}, {"SKU-1": 3})
    hand = Hand()
    assert [b.name for b in hand.screen.buttons] == ["zone"]
    hand.tap("zone", zone="FRONT")
    hand.scan("CART-01")
    hand.walk()
    assert hand.screen.state["step"] == "drop"
    assert "HAND-B" in str(hand.screen.instruction)
    hand.refused(WrongHandOver, "STAGE-1")
    hand.scan("HAND-B")
    assert hand.screen.state["step"] == "drop"
    hand.scan("BENCH-1")
    assert (hand.screen.state["step"], hand.screen.state["zone"]) == ("done", "FRONT")
    dispatch.drain()
    colleague = Hand(user_id=8)
    colleague.scan("T-001")
    assert "HAND-B" in str(colleague.screen.say)
    assert colleague.screen.state["step"] == "go"
    colleague.walk()
    colleague.scan("BENCH-1")
    assert colleague.screen.state["step"] == "done"
    assert {r.tote for r in selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id)} == {"T-001", "T-002"}
    books_agree()
