"""Sorted at a put wall: each zone picks for all orders at once into shared totes, and at the wall every piece goes into the slot of its order, which is packed when all of it is together."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from packhorse.core import dispatch, sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import NotAllowed, NotFound
from packhorse.ground.warehouse import selectors as places, services as warehouses
from packhorse.ground.warehouse.types import FloorZone
from packhorse.steps.orders import services as orders
from packhorse.steps.orders.types import FulfillmentOrderInfo
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.errors import NobodyWants, NoPutWall, NotThatMany, SlotNotComplete, SlotStays, ToteShared, WallFull, WrongSlot, WrongTote
from packhorse.steps.picking.types import BatchInfo, MissingPieces, Policy, PutPieces, SlotFor, SlotRow
from tests.asked import done_once
from tests.at_once import at_once
from tests.build import HOUSE, Shop, actor
from tests.build_orders import accepted
from tests.steps.picking.build import PICKER, TODAY, books_agree, confirm, finish, release, short, tasks, walk
from tests.steps.picking.test_pick_and_pass import planned, standing, two_zones

pytestmark = pytest.mark.django_db


def with_wall(*, slots: int = 3, totes: int = 6) -> Shop:
    shop = two_zones(totes=totes)
    warehouses.set_wall(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, code="W1", slots=slots)
    shop.places.update(sql.rows("SELECT code, id FROM warehouse_location WHERE warehouse_id = %s", [shop.warehouse_id]))
    return shop


def for_wall(shop: Shop, *wanted: dict[str, int]) -> tuple[list[BatchInfo], list[FulfillmentOrderInfo]]:
    """Orders of these goods released to be sorted at the wall, and planned."""
    fos = [accepted(shop, w) for w in wanted]
    release(shop, *fos)
    made = services.plan_batches(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, method="wall", iterations=200)
    return selectors.batches_by_id(EVERYTHING, made), fos


def bring(shop: Shop, batch_id: int, tote: str) -> None:
    """A zone's walk, from its beginning to the wall."""
    services.start_batch(key=uuid4(), actor=PICKER, batch_id=batch_id, cart_id=None, tote_ids=[shop.place(tote)])
    walk(batch_id)
    finish(shop, batch_id)


def scan(shop: Shop, tote: str, sku: str) -> SlotFor:
    return services.give_slot(key=uuid4(), actor=PICKER, wall_id=shop.place("W1"), tote_id=shop.place(tote), item_id=shop.item(sku))


def put(shop: Shop, tote: str, sku: str, found: SlotFor, *, units: int | None = None, slot: str | None = None) -> PutPieces:
    return services.put_in_slot(
        key=uuid4(), actor=PICKER, release_id=found.release_id, tote_id=shop.place(tote), item_id=shop.item(sku), slot_id=shop.place(slot or found.slot),
        quantity=units or found.units,
    )  # fmt: skip


def sort(shop: Shop, tote: str) -> None:
    """All of a tote into the slots that the wall names."""
    while lines := selectors.tote_lines(EVERYTHING, shop.place("W1"), shop.place(tote)):
        put(shop, tote, lines[0].sku, scan(shop, tote, lines[0].sku))


def slots(shop: Shop) -> list[SlotRow]:
    return selectors.slots(EVERYTHING, shop.place("W1"))


def test_zones_are_picked_at_once_into_shared_totes_and_orders_come_together_in_slots() -> None:
    shop = with_wall()
    walks, fos = for_wall(shop, {"SKU-1": 2, "SKU-2": 1}, {"SKU-1": 1, "SKU-2": 3}, {"SKU-1": 1})
    assert [(b.zone, b.wall, b.orders, b.tasks) for b in walks] == [("FRONT", "W1", 3, 3), ("BACK", "W1", 2, 2)]
    assert [selectors.totes_needed(EVERYTHING, b.batch_id) for b in walks] == [1, 1]
    assert all(b.reasons["method"] == "wall" and b.distance_m > 0 for b in walks)
    front, back = walks
    bring(shop, front.batch_id, "T-001")
    assert standing(shop, "T-001") == "W1"
    assert selectors.pieces_in_tote(EVERYTHING, shop.place("T-001")) == 4
    assert selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id) == []

    first = scan(shop, "T-001", "SKU-1")
    assert (first.slot, first.units) == ("W1-01", 2)
    assert put(shop, "T-001", "SKU-1", first) == PutPieces(2, "W1-01", complete=False, left_in_tote=2)
    (row,) = [s for s in slots(shop) if s.slot == "W1-01"]
    assert (row.fulfillment_order, row.units, row.complete) == (fos[0].number, 2, False)
    assert [(a.zone, a.units, a.state) for a in row.awaits] == [("BACK", 1, "planned")]
    sort(shop, "T-001")
    assert [(s.slot, s.units, s.complete) for s in slots(shop)] == [("W1-01", 2, False), ("W1-02", 1, False), ("W1-03", 1, True)]
    (ready,) = selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id)
    assert (ready.tote, ready.fulfillment_order) == ("W1-03", fos[2].number), "an order of one zone does not wait for the others"

    bring(shop, back.batch_id, "T-002")
    assert [[(a.tote, a.units) for a in s.awaits] for s in slots(shop)] == [[("T-002", 1)], [("T-002", 3)], []]
    sort(shop, "T-002")
    ready_totes = {r.tote: sum(line.quantity for line in r.lines) for r in selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id)}
    assert ready_totes == {"W1-01": 3, "W1-02": 4, "W1-03": 1}
    assert [code for _pk, code in selectors.free_units(EVERYTHING, shop.warehouse_id, "tote", limit=9)][:2] == ["T-001", "T-002"]
    books_agree()


def test_a_complete_order_is_taken_out_into_a_tote_and_its_slot_is_free() -> None:
    shop = with_wall(slots=1)
    walks, _fos = for_wall(shop, {"SKU-1": 1}, {"SKU-1": 2})
    assert [b.orders for b in walks] == [1], "no more orders than slots"
    bring(shop, walks[0].batch_id, "T-001")
    with pytest.raises(SlotNotComplete):
        services.empty_slot(key=uuid4(), actor=PICKER, slot_id=shop.place("W1-01"), tote_id=shop.place("T-002"))
    found = scan(shop, "T-001", "SKU-1")
    with pytest.raises(SlotNotComplete):
        services.empty_slot(key=uuid4(), actor=PICKER, slot_id=found.slot_id, tote_id=shop.place("T-002"))
    put(shop, "T-001", "SKU-1", found)
    with pytest.raises(NotAllowed):
        services.empty_slot(key=uuid4(), actor=actor("client"), slot_id=found.slot_id, tote_id=shop.place("T-002"))
    assert selectors.free_slots(EVERYTHING, shop.warehouse_id) == {shop.place("W1"): 0}
    units = done_once(services.empty_slot, actor=PICKER, slot_id=found.slot_id, tote_id=shop.place("T-002"), other={"tote_id": shop.place("T-003")})
    assert units == 1
    assert [r.tote for r in selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id)] == ["T-002"]
    assert (standing(shop, "T-002"), selectors.free_slots(EVERYTHING, shop.warehouse_id)) == ("W1", {shop.place("W1"): 1})
    assert len(services.plan_batches(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, method="wall", iterations=200)) == 1, "the next order has a slot"
    books_agree()


def test_a_wrong_slot_too_many_and_what_nobody_wants_are_refused_and_nothing_changes() -> None:
    shop = with_wall()
    walks, _fos = for_wall(shop, {"SKU-1": 2}, {"SKU-1": 1})
    bring(shop, walks[0].batch_id, "T-001")
    found = scan(shop, "T-001", "SKU-1")
    for error, given in ((WrongSlot, {"slot": "W1-02"}), (NotThatMany, {"units": 3})):
        with pytest.raises(error):
            put(shop, "T-001", "SKU-1", found, **given)
    with pytest.raises(NotThatMany):
        put(shop, "T-002", "SKU-1", found)
    for tote, sku in (("T-001", "SKU-2"), ("T-002", "SKU-1")):
        with pytest.raises(NobodyWants):
            scan(shop, tote, sku)
    for refused in (
        lambda: services.give_slot(key=uuid4(), actor=actor("client"), wall_id=shop.place("W1"), tote_id=shop.place("T-001"), item_id=shop.item("SKU-1")),
        lambda: services.put_in_slot(
            key=uuid4(),
            actor=actor("client"),
            release_id=found.release_id,
            tote_id=shop.place("T-001"),
            item_id=shop.item("SKU-1"),
            slot_id=found.slot_id,
            quantity=1,
        ),
        lambda: services.report_tote_empty(key=uuid4(), actor=actor("client"), wall_id=shop.place("W1"), tote_id=shop.place("T-001"), today=TODAY),
    ):
        with pytest.raises(NotAllowed):
            refused()
    with pytest.raises(NotFound):
        services.give_slot(key=uuid4(), actor=PICKER, wall_id=shop.place("STAGE-1"), tote_id=shop.place("T-001"), item_id=shop.item("SKU-1"))
    assert selectors.pieces_in_tote(EVERYTHING, shop.place("T-001")) == 3
    assert [s.units for s in slots(shop)] == [0, 0, 0, 0]
    books_agree()


def test_asked_twice_a_piece_is_put_once() -> None:
    shop = with_wall()
    walks, _fos = for_wall(shop, {"SKU-1": 2})
    bring(shop, walks[0].batch_id, "T-001")
    wall, tote, item = shop.place("W1"), shop.place("T-001"), shop.item("SKU-1")
    found = done_once(services.give_slot, actor=PICKER, wall_id=wall, tote_id=tote, item_id=item, other={"item_id": shop.item("SKU-2")})
    done_once(
        services.put_in_slot, actor=PICKER, release_id=found.release_id, tote_id=tote, item_id=item, slot_id=found.slot_id, quantity=1, other={"quantity": 2}
    )
    done_once(services.report_tote_empty, actor=PICKER, wall_id=wall, tote_id=tote, today=TODAY, other={"tote_id": shop.place("T-002")})


def test_a_slot_holds_one_order_and_shared_totes_go_to_a_wall_whatever_is_written() -> None:
    shop = with_wall()
    walks, _fos = for_wall(shop, {"SKU-1": 1}, {"SKU-1": 2})
    bring(shop, walks[0].batch_id, "T-001")
    scan(shop, "T-001", "SKU-1")
    for statement in (
        "UPDATE picking_release SET tote_id = (SELECT tote_id FROM picking_release WHERE tote_id IS NOT NULL AND warehouse_id = %s) WHERE tote_id IS NULL",
        "UPDATE picking_release SET batch_id = (SELECT max(id) FROM picking_pickbatch) WHERE warehouse_id = %s",
        "UPDATE picking_pickbatch SET wall_id = NULL WHERE warehouse_id = %s",
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            sql.run(statement, [shop.warehouse_id])


def test_a_short_pick_in_one_zone_holds_its_own_order_only() -> None:
    shop = with_wall()
    (front, back), fos = for_wall(shop, {"SKU-1": 10, "SKU-2": 1}, {"SKU-2": 1})
    services.start_batch(key=uuid4(), actor=PICKER, batch_id=front.batch_id, cart_id=None, tote_ids=[shop.place("T-001")])
    short(tasks(front.batch_id)[0], taken=4)
    finish(shop, front.batch_id)
    bring(shop, back.batch_id, "T-002")
    sort(shop, "T-001")
    sort(shop, "T-002")
    held = next(s for s in slots(shop) if s.fulfillment_order == fos[0].number)
    assert (held.held, held.units, held.complete, held.awaits) == (True, 5, False, ())
    assert [r.fulfillment_order for r in selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id)] == [fos[1].number]
    books_agree()


def test_what_is_short_in_a_zone_and_lies_in_another_is_planned_there_for_the_same_slot() -> None:
    shop = with_wall()
    (front,), _fos = for_wall(shop, {"SKU-3": 6})
    services.start_batch(key=uuid4(), actor=PICKER, batch_id=front.batch_id, cart_id=None, tote_ids=[shop.place("T-001")])
    short(tasks(front.batch_id)[0], taken=2)
    dispatch.drain()
    (back,) = planned(shop)
    assert (back.zone, back.wall, back.units) == ("BACK", "W1", 4)
    finish(shop, front.batch_id)
    sort(shop, "T-001")
    assert [s.complete for s in slots(shop) if s.units] == [False]
    bring(shop, back.batch_id, "T-002")
    sort(shop, "T-002")
    assert [(s.slot, s.units, s.complete) for s in slots(shop) if s.units] == [("W1-01", 6, True)]
    books_agree()


def test_pieces_that_are_not_in_the_tote_are_found_elsewhere_or_hold_their_order() -> None:
    shop = with_wall()
    (front, _back), fos = for_wall(shop, {"SKU-1": 10, "SKU-2": 1}, {"SKU-3": 2})
    bring(shop, front.batch_id, "T-001")
    put(shop, "T-001", "SKU-1", scan(shop, "T-001", "SKU-1"), units=7)
    answer = services.report_tote_empty(key=uuid4(), actor=PICKER, wall_id=shop.place("W1"), tote_id=shop.place("T-001"), today=TODAY)
    assert answer == MissingPieces(missing=5, not_found=3), "two of SKU-3 lie in the bins still"
    assert selectors.pieces_in_tote(EVERYTHING, shop.place("T-001")) == 0
    dispatch.drain()
    again = [b for b in planned(shop) if b.units == 2]
    assert [b.wall for b in again] == ["W1"]
    bring(shop, again[0].batch_id, "T-003")
    sort(shop, "T-003")
    rows = {s.fulfillment_order: s for s in slots(shop)}
    assert (rows[fos[0].number].held, rows[fos[0].number].units) == (True, 7)
    assert rows[fos[1].number].complete
    books_agree()


def test_a_cancelled_order_frees_its_slot_when_its_goods_are_put_back() -> None:
    shop = with_wall(slots=1)
    (front,), (fo,) = for_wall(shop, {"SKU-1": 2})
    bring(shop, front.batch_id, "T-001")
    put(shop, "T-001", "SKU-1", scan(shop, "T-001", "SKU-1"), units=1)
    orders.cancel_orders(key=uuid4(), actor=HOUSE, order_ids=[fo.order_id], reason="changed mind")
    dispatch.drain()
    assert selectors.free_slots(EVERYTHING, shop.warehouse_id) == {shop.place("W1"): 0}, "a piece of it lies there still"
    with pytest.raises(NobodyWants):
        scan(shop, "T-001", "SKU-1")
    books_agree()


def test_a_full_tote_of_a_zone_is_replaced_for_all_orders_and_both_are_sorted() -> None:
    shop = with_wall()
    (front,), _fos = for_wall(shop, {"SKU-1": 2}, {"SKU-1": 3})
    services.start_batch(key=uuid4(), actor=PICKER, batch_id=front.batch_id, cart_id=shop.place("CART-01"), tote_ids=[shop.place("T-001")])
    first, second = tasks(front.batch_id)
    with pytest.raises(WrongTote):
        confirm(front.batch_id, *[t.__class__(**{f: getattr(t, f) for f in t.__dataclass_fields__} | {"tote_id": shop.place("T-002")}) for t in (first,)])
    changed = services.change_tote(key=uuid4(), actor=PICKER, task_id=first.task_id, taken=1, tote_id=shop.place("T-002"))
    assert (changed.taken, changed.tote) == (1, "T-002")
    with pytest.raises(ToteShared):
        services.change_tote(key=uuid4(), actor=PICKER, task_id=second.task_id, taken=1, tote_id=shop.place("T-001"))
    with pytest.raises(SlotStays):
        services.change_tote(key=uuid4(), actor=PICKER, task_id=second.task_id, taken=1, tote_id=shop.place("W1-01"))
    walk(front.batch_id)
    finish(shop, front.batch_id)
    assert [selectors.pieces_in_tote(EVERYTHING, shop.place(t)) for t in ("T-001", "T-002")] == [1, 4]
    sort(shop, "T-001")
    sort(shop, "T-002")
    assert [s.units for s in slots(shop)] == [2, 3, 0]
    books_agree()


def test_a_wall_whose_slots_are_blocked_says_so_and_a_warehouse_without_one_is_refused() -> None:
    shop = with_wall(slots=1)
    (front,), (fo,) = for_wall(shop, {"SKU-1": 2})
    bring(shop, front.batch_id, "T-001")
    from tests.build import receive

    receive(shop.item("SKU-2"), shop.place("W1-01"), 1)
    with pytest.raises(WallFull):
        scan(shop, "T-001", "SKU-1")
    bare = two_zones()
    release(bare, accepted(bare, {"SKU-1": 1}))
    with pytest.raises(NoPutWall):
        services.plan_batches(key=uuid4(), actor=HOUSE, warehouse_id=bare.warehouse_id, method="wall")
    with pytest.raises(NoPutWall):
        services.set_picking_policy(key=uuid4(), actor=HOUSE, warehouse_id=bare.warehouse_id, policy=Policy(method="wall"))
    with pytest.raises(NoPutWall):
        services.release_wave(key=uuid4(), actor=HOUSE, warehouse_id=bare.warehouse_id, until=fo.ship_by, today=TODAY, method="wall")


def test_a_wave_for_a_wall_is_taken_back_while_nobody_has_begun_and_stays_once_a_zone_has() -> None:
    shop = with_wall()
    fos = [accepted(shop, {"SKU-1": 1, "SKU-2": 1}) for _ in range(2)]
    until = max(fo.ship_by for fo in fos)

    def wave() -> int:
        made = services.release_wave(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, until=until, today=TODAY, method="wall")
        services.plan_batches(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, wave_id=made.wave_id, iterations=200)
        return made.wave_id

    first = wave()
    info = selectors.wave(EVERYTHING, first)
    assert (info.method, info.planned, len(selectors.walks_of_wave(EVERYTHING, first))) == ("wall", 2, 2)
    undone = services.undo_wave(key=uuid4(), actor=HOUSE, wave_id=first)
    assert (undone.orders, undone.walks, undone.others) == (2, 2, 0)
    assert selectors.free_slots(EVERYTHING, shop.warehouse_id) == {shop.place("W1"): 3}
    second = wave()
    front = next(b for b in planned(shop) if b.zone == "FRONT")
    services.start_batch(key=uuid4(), actor=PICKER, batch_id=front.batch_id, cart_id=None, tote_ids=[shop.place("T-001")])
    from packhorse.steps.picking.errors import WaveBegun

    with pytest.raises(WaveBegun):
        services.undo_wave(key=uuid4(), actor=HOUSE, wave_id=second)
    assert selectors.wave(EVERYTHING, second).walking == 2
    books_agree()


def test_undone_one_zone_s_walk_is_planned_anew_for_the_same_wall() -> None:
    shop = with_wall()
    (front, back), _fos = for_wall(shop, {"SKU-1": 1, "SKU-2": 1})
    bring(shop, front.batch_id, "T-001")
    services.undo_batch(key=uuid4(), actor=HOUSE, batch_id=back.batch_id)
    assert selectors.unbatched_count(EVERYTHING, shop.warehouse_id) == 1
    made = services.plan_batches(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, iterations=200)
    assert [(b.zone, b.wall) for b in selectors.batches_by_id(EVERYTHING, made)] == [("BACK", "W1")]


@pytest.mark.django_db(transaction=True)
def test_two_sorters_get_different_slots_and_no_piece_is_put_twice() -> None:
    shop = with_wall(slots=4)
    (front, back), _fos = for_wall(shop, {"SKU-1": 1, "SKU-2": 1}, {"SKU-1": 1}, {"SKU-2": 2}, {"SKU-2": 1})
    bring(shop, front.batch_id, "T-001")
    bring(shop, back.batch_id, "T-002")
    one, other = at_once(lambda: scan(shop, "T-001", "SKU-1"), lambda: scan(shop, "T-002", "SKU-2"))
    assert isinstance(one, SlotFor)
    assert isinstance(other, SlotFor)
    assert (one.release_id == other.release_id) == (one.slot_id == other.slot_id)
    answers = at_once(lambda: put(shop, "T-001", "SKU-1", one), lambda: put(shop, "T-001", "SKU-1", one))
    assert sorted(type(a).__name__ for a in answers) == ["NotThatMany", "PutPieces"]
    at_once(lambda: sort(shop, "T-001"), lambda: sort(shop, "T-002"))
    sort(shop, "T-001")
    sort(shop, "T-002")
    assert sorted(s.units for s in slots(shop)) == [1, 1, 2, 2]
    assert all(s.complete for s in slots(shop))
    books_agree()


@pytest.mark.django_db(transaction=True)
def test_two_plans_at_once_give_no_more_orders_than_there_are_slots() -> None:
    shop = with_wall(slots=2)
    release(shop, *(accepted(shop, {"SKU-1": 1}) for _ in range(4)))

    def plan() -> list[int]:
        return services.plan_batches(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, method="wall", iterations=200)

    at_once(plan, plan)
    assert sum(b.orders for b in planned(shop)) == 2
    assert places.walls(EVERYTHING, shop.warehouse_id)[0].code == "W1"
    assert FloorZone("FRONT", (0,)) in places.zones(EVERYTHING, shop.warehouse_id)
