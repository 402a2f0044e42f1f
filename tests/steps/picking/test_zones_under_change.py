"""Between zones and in a put wall an order may change: what is left of it goes on or to packing, what lies where is said truly, and only totes are sorted."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from packhorse.core import dispatch, sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid, NotAllowed
from packhorse.core.lists import ListQuery
from packhorse.ground.warehouse import services as warehouses
from packhorse.steps.orders import services as orders
from packhorse.steps.orders.models import Hold
from packhorse.steps.orders.types import FulfillmentOrderInfo
from packhorse.steps.picking import requests, selectors, services
from packhorse.steps.picking.errors import NobodyWants, NoPutWall, NotThatMany, WallFull
from packhorse.steps.picking.types import BatchInfo, MissingPieces, Policy, StandingTote
from tests.at_once import at_once
from tests.build import HOUSE, Shop, actor, doing, make_client, receive
from tests.build_orders import accepted
from tests.steps.picking.build import PICKER, TODAY, begun, books_agree, confirm, finish, release, shop_with, short, tasks, walk
from tests.steps.picking.test_pick_and_pass import pass_on, planned, standing, start, two_zones
from tests.steps.picking.test_put_wall import bring, for_wall, put, scan, slots, sort, with_wall

pytestmark = pytest.mark.django_db


def cancel_line(fo: FulfillmentOrderInfo, sku: str, quantity: int) -> None:
    demand = next(line.demand_id for line in fo.lines if line.sku == sku)
    orders.cancel_lines(key=uuid4(), actor=HOUSE, order_id=fo.order_id, quantities={demand: quantity}, reason="changed mind")


def ready(shop: Shop) -> dict[str, int]:
    return {r.tote: sum(line.quantity for line in r.lines) for r in selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id)}


def opened(fo: FulfillmentOrderInfo) -> list[StandingTote]:
    """What packing finds of an order."""
    return doing(lambda: requests.lock_totes(fo.fulfillment_order_id))


def lift(fo: FulfillmentOrderInfo) -> None:
    """Its stock hold is released."""
    orders.release_hold(key=uuid4(), actor=HOUSE, hold_id=Hold.objects.get(fulfillment_order_id=fo.fulfillment_order_id, kind="stock").pk)


def close(shop: Shop, slots: int) -> None:
    """The wall takes so many orders from now on."""
    warehouses.set_wall(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, code="W1", slots=slots)


def passed(shop: Shop) -> tuple[BatchInfo, FulfillmentOrderInfo]:
    """An order picked in the zone FRONT that goes on into BACK, not planned there yet."""
    fo = accepted(shop, {"SKU-1": 2, "SKU-2": 1})
    release(shop, fo)
    (front,) = selectors.batches_by_id(
        EVERYTHING, services.plan_batches(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, method="pass", iterations=200)
    )
    start(shop, front.batch_id, "T-001")
    walk(front.batch_id)
    finish(shop, front.batch_id)
    return front, fo


def goes_to_packing(shop: Shop) -> None:
    """No walk waits any more, and what was picked in FRONT is ready."""
    assert planned(shop) == []
    assert ready(shop) == {"T-001": 2}
    books_agree()


def test_a_tote_between_zones_goes_to_packing_when_what_was_left_is_cancelled() -> None:
    shop = two_zones()
    _front, fo = passed(shop)
    cancel_line(fo, "SKU-2", 1)
    dispatch.drain()
    goes_to_packing(shop)
    assert selectors.unbatched_count(EVERYTHING, shop.warehouse_id) == 0
    assert [t.at_bench for t in opened(fo)] == [True]


def test_a_tote_that_is_planned_for_the_next_zone_goes_to_packing_and_a_walk_without_picks_is_gone() -> None:
    shop = two_zones()
    _front, fo = passed(shop)
    dispatch.drain()
    (back,) = planned(shop)
    cancel_line(fo, "SKU-2", 1)
    dispatch.drain()
    assert selectors.batch(EVERYTHING, back.batch_id).state == "cancelled"
    goes_to_packing(shop)


def test_what_turns_out_missing_in_the_next_zone_holds_the_order_and_what_is_left_may_be_packed_when_it_is_cancelled() -> None:
    shop = two_zones()
    _front, fo = passed(shop)
    dispatch.drain()
    (own,) = planned(shop)
    (other,) = pass_on(shop, {"SKU-2": 2})
    start(shop, other.batch_id, "T-002")
    short(tasks(other.batch_id)[0])
    finish(shop, other.batch_id)
    dispatch.drain()
    assert [b.state for b in selectors.batches_by_id(EVERYTHING, [own.batch_id])] == ["cancelled"]
    assert planned(shop) == []
    assert ready(shop) == {}
    cancel_line(fo, "SKU-2", 1)
    dispatch.drain()
    lift(fo)
    assert ready(shop) == {"T-001": 2}
    books_agree()


def test_the_rest_of_a_short_order_that_is_cancelled_before_it_was_planned_leaves_its_tote_to_packing() -> None:
    shop = shop_with({"SKU-1": 2, "SKU-2": 2})
    batch_id, (fo,) = begun(shop, {"SKU-1": 1, "SKU-2": 2})
    first, second = tasks(batch_id)
    confirm(batch_id, first)
    short(second, taken=1)
    finish(shop, batch_id)
    receive(shop.item("SKU-2"), shop.bins[5], 5)
    dispatch.drain()
    lift(fo)
    services.release_rest(key=uuid4(), actor=HOUSE, fulfillment_order_id=fo.fulfillment_order_id, today=TODAY)
    assert ready(shop) == {}
    cancel_line(fo, "SKU-2", 1)
    dispatch.drain()
    assert list(ready(shop).values()) == [2]
    books_agree()


def test_orders_on_walks_for_a_wall_are_not_said_to_wait_for_one() -> None:
    shop = with_wall(slots=2)
    for_wall(shop, {"SKU-1": 1, "SKU-2": 1}, {"SKU-1": 1}, {"SKU-1": 2})
    assert selectors.unbatched_count(EVERYTHING, shop.warehouse_id) == 1, "the wall has two slots"
    assert [r.units for r in selectors.waiting_releases(EVERYTHING, ListQuery()).rows] == [2]
    assert selectors.counts(EVERYTHING)[0] == 1


def test_only_totes_are_sorted() -> None:
    """What lies in a bin was not picked: nobody sorts it, or finds it missing, from there."""
    shop = with_wall()
    (front, _back), _fos = for_wall(shop, {"SKU-1": 2, "SKU-2": 1})
    bring(shop, front.batch_id, "T-001")
    found = scan(shop, "T-001", "SKU-1")
    put(shop, "T-001", "SKU-1", found, units=1)
    for place in ("B-02-01", "W1-01", "BENCH-1"):
        with pytest.raises(Invalid):
            scan(shop, place, "SKU-2")
        with pytest.raises(Invalid):
            put(shop, place, "SKU-2", found, units=1)
        with pytest.raises(Invalid):
            services.report_tote_empty(key=uuid4(), actor=PICKER, wall_id=shop.place("W1"), tote_id=shop.place(place), today=TODAY)
    assert [s.units for s in slots(shop)] == [1, 0, 0]
    books_agree()


def test_a_slot_in_which_goods_of_a_cancelled_order_lie_is_not_said_to_be_free() -> None:
    shop = with_wall()
    (front,), (fo,) = for_wall(shop, {"SKU-1": 2})
    bring(shop, front.batch_id, "T-001")
    sort(shop, "T-001")
    orders.cancel_orders(key=uuid4(), actor=HOUSE, order_ids=[fo.order_id], reason="changed mind")
    dispatch.drain()
    assert [(s.slot, s.release_id, s.strange) for s in slots(shop)] == [("W1-01", None, 2), ("W1-02", None, 0), ("W1-03", None, 0)]


def test_a_tote_that_is_sorted_out_stands_by_itself() -> None:
    shop = with_wall()
    (front,), _fos = for_wall(shop, {"SKU-1": 2}, {"SKU-1": 3})
    services.start_batch(key=uuid4(), actor=PICKER, batch_id=front.batch_id, cart_id=shop.place("CART-01"), tote_ids=[shop.place("T-001")])
    services.change_tote(key=uuid4(), actor=PICKER, task_id=tasks(front.batch_id)[0].task_id, taken=1, tote_id=shop.place("T-002"))
    walk(front.batch_id)
    finish(shop, front.batch_id)
    assert standing(shop, "T-001") == "T-002"
    sort(shop, "T-001")
    assert standing(shop, "T-001") == "W1"
    sort(shop, "T-002")
    assert standing(shop, "T-002") == "W1"


def test_a_tote_that_is_said_to_be_empty_stands_by_itself_and_those_in_it_beside_it() -> None:
    shop = with_wall()
    (front,), _fos = for_wall(shop, {"SKU-1": 2}, {"SKU-1": 3})
    services.start_batch(key=uuid4(), actor=PICKER, batch_id=front.batch_id, cart_id=shop.place("CART-01"), tote_ids=[shop.place("T-001")])
    services.change_tote(key=uuid4(), actor=PICKER, task_id=tasks(front.batch_id)[0].task_id, taken=1, tote_id=shop.place("T-002"))
    walk(front.batch_id)
    finish(shop, front.batch_id)
    services.report_tote_empty(key=uuid4(), actor=PICKER, wall_id=shop.place("W1"), tote_id=shop.place("T-002"), today=TODAY)
    assert (standing(shop, "T-001"), standing(shop, "T-002")) == ("W1", "W1")


def test_who_sees_one_client_sorts_its_goods_only() -> None:
    shop = with_wall()
    walks, _fos = for_wall(shop, {"SKU-1": 2}, {"SKU-1": 1})
    bring(shop, walks[0].batch_id, "T-001")
    other = actor("picker", client_id=make_client())
    args = {"wall_id": shop.place("W1"), "tote_id": shop.place("T-001")}
    with pytest.raises(NobodyWants):
        services.give_slot(key=uuid4(), actor=other, item_id=shop.item("SKU-1"), **args)
    assert services.report_tote_empty(key=uuid4(), actor=other, today=TODAY, **args) == MissingPieces(missing=0, not_found=0)
    own = services.give_slot(key=uuid4(), actor=actor("picker", client_id=shop.client_id), item_id=shop.item("SKU-1"), **args)
    assert (own.slot, own.units) == ("W1-01", 2)
    with pytest.raises(NotAllowed):
        services.put_in_slot(
            key=uuid4(), actor=other, release_id=own.release_id, tote_id=args["tote_id"], item_id=shop.item("SKU-1"), slot_id=own.slot_id, quantity=1
        )
    assert selectors.pieces_in_tote(EVERYTHING, shop.place("T-001")) == 3


def test_an_order_that_is_cancelled_while_its_piece_is_in_the_hand_is_not_sorted() -> None:
    shop = with_wall()
    (front,), (fo,) = for_wall(shop, {"SKU-1": 2})
    bring(shop, front.batch_id, "T-001")
    found = scan(shop, "T-001", "SKU-1")
    orders.cancel_orders(key=uuid4(), actor=HOUSE, order_ids=[fo.order_id], reason="changed mind")
    with pytest.raises(NotThatMany):
        put(shop, "T-001", "SKU-1", found)
    dispatch.drain()
    with pytest.raises(NotThatMany):
        put(shop, "T-001", "SKU-1", found)
    books_agree()


def test_an_order_of_which_less_is_wanted_is_complete_with_what_lies_in_its_slot() -> None:
    shop = with_wall()
    (front, back), (fo,) = for_wall(shop, {"SKU-1": 2, "SKU-2": 1})
    bring(shop, front.batch_id, "T-001")
    sort(shop, "T-001")
    cancel_line(fo, "SKU-2", 1)
    dispatch.drain()
    assert selectors.batch(EVERYTHING, back.batch_id).state == "cancelled", "nobody walks for nothing"
    assert [(s.slot, s.complete) for s in slots(shop)][:1] == [("W1-01", True)]
    books_agree()


def test_an_order_at_a_wall_has_a_slot_since_a_moment_whatever_is_written() -> None:
    shop = with_wall()
    (front,), _fos = for_wall(shop, {"SKU-1": 2})
    bring(shop, front.batch_id, "T-001")
    scan(shop, "T-001", "SKU-1")
    for statement in (
        "UPDATE picking_release SET wall_id = NULL WHERE warehouse_id = %s",
        "UPDATE picking_release SET method = 'whole' WHERE warehouse_id = %s",
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            sql.run(statement, [shop.warehouse_id])


def test_a_wall_that_is_made_smaller_keeps_what_lies_in_it_and_takes_no_more() -> None:
    shop = with_wall(slots=3)
    walks, _fos = for_wall(shop, {"SKU-1": 1, "SKU-2": 1}, {"SKU-1": 2}, {"SKU-1": 1})
    bring(shop, walks[0].batch_id, "T-001")
    scan(shop, "T-001", "SKU-1")
    put(shop, "T-001", "SKU-1", scan(shop, "T-001", "SKU-1"))
    close(shop, 0)
    assert selectors.free_slots(EVERYTHING, shop.warehouse_id) == {}
    with pytest.raises(WallFull):
        scan(shop, "T-001", "SKU-1")
    assert [(s.slot, s.units, s.closed) for s in slots(shop)][:3] == [("W1-01", 1, False), ("W1-02", 0, True), ("W1-03", 0, True)]
    bring(shop, walks[1].batch_id, "T-002")
    sort(shop, "T-002")
    assert ready(shop) == {"W1-01": 2}, "what has its slot comes together there"
    services.empty_slot(key=uuid4(), actor=PICKER, slot_id=shop.place("W1-01"), tote_id=shop.place("T-004"))
    assert [(s.slot, s.closed) for s in slots(shop)][:1] == [("W1-01", True)]
    release(shop, accepted(shop, {"SKU-1": 1}))
    with pytest.raises(NoPutWall):
        services.plan_batches(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, method="wall")
    with pytest.raises(NoPutWall):
        services.set_picking_policy(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, policy=Policy(method="wall"))
    close(shop, 2)
    assert selectors.free_slots(EVERYTHING, shop.warehouse_id) == {shop.place("W1"): 0}, "two orders are on their way"
    sort(shop, "T-001")
    assert [(s.slot, s.units, s.closed) for s in slots(shop)] == [("W1-01", 2, False), ("W1-02", 1, False), ("W1-03", 0, True)]
    books_agree()


def test_without_an_open_slot_what_is_short_in_a_zone_is_still_planned_for_orders_that_have_theirs() -> None:
    shop = with_wall(slots=1)
    (front, back), _fos = for_wall(shop, {"SKU-1": 1, "SKU-2": 1})
    bring(shop, front.batch_id, "T-001")
    services.undo_batch(key=uuid4(), actor=HOUSE, batch_id=back.batch_id)
    close(shop, 0)
    assert len(services.plan_batches(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, iterations=200)) == 1


def test_what_is_found_in_another_zone_before_a_walk_was_begun_is_planned_there() -> None:
    shop = two_zones()
    (own,) = pass_on(shop, {"SKU-1": 2})
    (other,) = pass_on(shop, {"SKU-1": 8})
    receive(shop.item("SKU-1"), shop.place("B-04-01"), 20)
    assert (own.zone, other.zone) == ("FRONT", "FRONT")
    start(shop, other.batch_id, "T-002")
    short(tasks(other.batch_id)[0])
    dispatch.drain()
    assert selectors.batch(EVERYTHING, own.batch_id).state == "cancelled"
    services.plan_batches(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, iterations=200)
    assert [(b.zone, b.units) for b in planned(shop) if b.units == 2] == [("BACK", 2)]
    books_agree()


def test_totes_of_an_order_that_waits_between_zones_are_put_together() -> None:
    shop = two_zones()
    (front,) = pass_on(shop, {"SKU-1": 4, "SKU-2": 1})
    start(shop, front.batch_id, "T-001", cart="CART-01")
    services.change_tote(key=uuid4(), actor=PICKER, task_id=tasks(front.batch_id)[0].task_id, taken=1, tote_id=shop.place("T-002"))
    walk(front.batch_id)
    finish(shop, front.batch_id)
    assert services.consolidate_totes(key=uuid4(), actor=PICKER, tote_id=shop.place("T-001"), into_id=shop.place("T-002")) == 1
    assert (standing(shop, "T-001"), standing(shop, "T-002")) == ("HAND-B", "HAND-B")
    books_agree()


@pytest.mark.django_db(transaction=True)
def test_a_piece_that_is_put_while_its_order_is_cancelled_is_in_its_slot_or_goes_back_and_is_counted_once() -> None:
    shop = with_wall()
    (front,), (fo,) = for_wall(shop, {"SKU-1": 2})
    bring(shop, front.batch_id, "T-001")
    found = scan(shop, "T-001", "SKU-1")
    at_once(
        lambda: put(shop, "T-001", "SKU-1", found),
        lambda: orders.cancel_orders(key=uuid4(), actor=HOUSE, order_ids=[fo.order_id], reason="changed mind"),
    )
    books_agree()
    assert [s.release_id for s in slots(shop)] == [None, None, None]
    assert sql.rows("SELECT sum(on_hand) FROM inventory_level WHERE location_id = ANY(%s)", [[shop.place("T-001"), found.slot_id]]) == [(2,)]


@pytest.mark.django_db(transaction=True)
def test_two_sorters_with_a_piece_of_one_order_are_told_one_slot() -> None:
    shop = with_wall()
    (front,), _fos = for_wall(shop, {"SKU-1": 2})
    bring(shop, front.batch_id, "T-001")
    one, other = at_once(lambda: scan(shop, "T-001", "SKU-1"), lambda: scan(shop, "T-001", "SKU-1"))
    assert one == other
    assert [s.slot for s in slots(shop) if s.release_id] == ["W1-01"]
