"""A walk is planned, begun with a cart and empty totes, handed over, ended at the bench; or taken back."""

from __future__ import annotations

from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid, KeyReused, NotAllowed, NotFound, WrongState
from packhorse.ground.warehouse import services as warehouses
from packhorse.ground.warehouse.selectors import units_in
from packhorse.ground.warehouse.types import NewFloor
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.errors import BatchNotFinished, CartInUse, NotEnoughTotes, ToteInUse, ToteNotEmpty
from tests.build import HOUSE, actor, receive
from tests.build_orders import accepted
from tests.steps.picking.build import PICKER, begun, books_agree, finish, plan, release, shop_with, start, tasks, walk

pytestmark = pytest.mark.django_db


def test_planned_together_on_the_shortest_walk_with_what_others_would_have_cost() -> None:
    shop = shop_with({"SKU-1": 9, "SKU-2": 9, "SKU-3": 9})
    fos = [accepted(shop, {"SKU-1": 1, "SKU-3": 1}), accepted(shop, {"SKU-2": 2}), accepted(shop, {"SKU-3": 1})]
    release(shop, *fos)
    key = uuid4()

    def ask() -> list[int]:
        return services.plan_batches(key=key, actor=HOUSE, warehouse_id=shop.warehouse_id, orders_per_cart=4, iterations=100)

    (batch_id,) = ask()

    assert ask() == [batch_id]
    found = selectors.batch(EVERYTHING, batch_id)
    assert (found.state, found.orders, found.tasks, found.units, found.number) == ("planned", 3, 4, 5, f"B{batch_id:06d}")
    assert 0 < found.distance_m <= found.s_shape_m
    assert found.distance_m <= found.one_by_one_m
    assert found.reasons["orders_considered"] == 3
    assert plan(shop) == []


def test_planned_the_way_the_aisles_go_where_some_are_one_way() -> None:
    shop = shop_with(dict.fromkeys([f"SKU-{n}" for n in range(1, 6)], 9))
    floor = NewFloor(aisles=2, cells=5, stations=1, carts=1, totes=4, one_way_front=(0,))
    warehouses.lay_out(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, floor=floor)
    release(shop, accepted(shop, {"SKU-5": 1}), accepted(shop, {"SKU-1": 1}))
    (batch_id,) = plan(shop)
    assert [t.location for t in tasks(batch_id)] == ["A-05-01", "A-01-01"], "out through B, home through A"
    assert selectors.batch(EVERYTHING, batch_id).distance_m == pytest.approx(2 * 3.2 + 2 * 8.2)
    assert selectors.batch(EVERYTHING, batch_id).s_shape_m == 0, "there is no S-shape to compare with"


def test_more_orders_than_a_cart_takes_walk_in_several() -> None:
    shop = shop_with({"SKU-1": 9})
    release(shop, *(accepted(shop, {"SKU-1": 1}) for _ in range(3)))
    assert [selectors.batch(EVERYTHING, b).orders for b in plan(shop, orders_per_cart=2)] in ([2, 1], [1, 2])


def test_begun_gives_each_order_a_tote_on_the_cart() -> None:
    shop = shop_with({"SKU-1": 9, "SKU-2": 9})
    batch_id, _ = begun(shop, {"SKU-1": 1}, {"SKU-2": 1})

    assert sorted((t.compartment, t.tote_id) for t in tasks(batch_id)) == [(1, shop.totes[0]), (2, shop.totes[1])]
    assert [u.id for u in units_in(EVERYTHING, shop.place("CART-01"))] == shop.totes[:2]
    with pytest.raises(WrongState):
        start(shop, batch_id)


def test_begun_asked_twice_is_begun_once() -> None:
    shop = shop_with({"SKU-1": 9})
    release(shop, accepted(shop, {"SKU-1": 1}))
    (batch_id,), key = plan(shop), uuid4()

    def ask(totes: list[int]) -> int:
        return services.start_batch(key=key, actor=PICKER, batch_id=batch_id, cart_id=None, tote_ids=totes)

    assert ask(shop.totes) == ask(shop.totes) == 1
    with pytest.raises(KeyReused):
        ask(shop.totes[:1])


def test_busy_full_too_few_or_foreign_totes_and_a_cart_under_way_are_refused() -> None:
    shop, other = shop_with({"SKU-1": 9}), shop_with({"SKU-1": 1})
    begun(shop, {"SKU-1": 1})
    release(shop, *(accepted(shop, {"SKU-1": 1}) for _ in range(2)))
    (batch_id,) = plan(shop)
    receive(shop.item("SKU-1"), shop.totes[3], 1)

    def refused(error: type[Exception], totes: list[int], cart: int | None = None) -> None:
        with pytest.raises(error):
            services.start_batch(key=uuid4(), actor=PICKER, batch_id=batch_id, cart_id=cart, tote_ids=totes)

    refused(ToteInUse, shop.totes[0:2])
    refused(ToteNotEmpty, [shop.totes[1], shop.totes[3]])
    refused(NotEnoughTotes, shop.totes[1:2])
    refused(NotEnoughTotes, [shop.totes[1], shop.totes[1]])
    refused(Invalid, [shop.totes[1], other.totes[0]])
    refused(CartInUse, shop.totes[1:3], shop.place("CART-01"))
    refused(Invalid, shop.totes[1:3], shop.bench)
    with pytest.raises(NotFound):
        start(shop, 10**12)
    with pytest.raises(NotAllowed):
        start(shop, batch_id, by=actor("packer"))
    assert selectors.batch(EVERYTHING, batch_id).state == "planned"


def test_taken_back_before_it_began_its_orders_wait_for_the_next_plan() -> None:
    shop = shop_with({"SKU-1": 9})
    fo = accepted(shop, {"SKU-1": 1})
    release(shop, fo)
    (batch_id,) = plan(shop)

    assert services.undo_batch(key=uuid4(), actor=HOUSE, batch_id=batch_id) == 1

    assert selectors.batch(EVERYTHING, batch_id).state == "cancelled"
    (again,) = plan(shop)
    start(shop, again)
    with pytest.raises(WrongState):
        services.undo_batch(key=uuid4(), actor=HOUSE, batch_id=again)


def test_handed_over_another_picker_goes_on() -> None:
    shop = shop_with({"SKU-1": 9})
    batch_id, _ = begun(shop, {"SKU-1": 1})
    assert services.take_over_batch(key=uuid4(), actor=PICKER, batch_id=batch_id) == 1
    walk(batch_id)
    finish(shop, batch_id)
    with pytest.raises(WrongState):
        services.take_over_batch(key=uuid4(), actor=PICKER, batch_id=batch_id)


def test_ended_when_all_is_picked_its_totes_stand_at_the_bench() -> None:
    shop = shop_with({"SKU-1": 9, "SKU-2": 2})
    batch_id, fos = begun(shop, {"SKU-1": 1, "SKU-2": 2})
    with pytest.raises(BatchNotFinished):
        finish(shop, batch_id)
    walk(batch_id)
    with pytest.raises(Invalid):
        services.finish_batch(key=uuid4(), actor=PICKER, batch_id=batch_id, station_id=shop.dock)

    assert finish(shop, batch_id) == [fos[0].fulfillment_order_id]

    (ready,) = selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id)
    assert (ready.tote_id, sorted(line.quantity for line in ready.lines)) == (shop.totes[0], [1, 2])
    assert [u.id for u in units_in(EVERYTHING, shop.bench)] == [shop.totes[0]]
    with pytest.raises(WrongState):
        finish(shop, batch_id)
    books_agree()
