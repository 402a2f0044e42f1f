"""Two at the same moment: an order is released once, a walk begun once, a tote given once, the last unit picked by one, and a cancel and a pick never both win."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from packhorse.core import clock, dispatch
from packhorse.core.actors import EVERYTHING, Scope
from packhorse.core.errors import Busy, NotFound, PackhorseError
from packhorse.steps.inventory import reconciler, selectors as inventory, services as inventory_services
from packhorse.steps.orders import selectors as orders, services as order_services
from packhorse.steps.packing import selectors as packing, services as packing_services
from packhorse.steps.packing.errors import NotOnTheBench
from packhorse.steps.packing.types import Content
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.errors import TaskNotOpen, ToteInUse
from packhorse.steps.picking.types import Policy, Released, ReleasedWave, ShortPick, SwappedLot, UndoneWave
from tests.at_once import at_once
from tests.build import HOUSE, Shop, actor, make_lot, make_shop, plain_item, receive
from tests.build_orders import accepted, fo_of
from tests.own_database import own_database
from tests.steps.picking.build import TODAY, at_bench, begun, confirm, finish, plan, release, shop_with, short, start, tasks
from tests.steps.picking.scanning import Hand


@pytest.fixture(scope="module", autouse=True)
def _committed(django_db_setup: None, django_db_blocker: Any, django_db_keepdb: bool) -> Iterator[None]:
    with django_db_blocker.unblock(), own_database("floor", keep=django_db_keepdb):
        yield


@pytest.fixture
def busy() -> Iterator[Shop]:
    """A shop of its own; at the end the books agree."""
    made = shop_with({"SKU-1": 5, "SKU-2": 5})
    yield made
    dispatch.drain()
    assert reconciler.drift() == []
    assert orders.drift(EVERYTHING) == []


def test_an_order_is_released_once(busy: Shop) -> None:
    fo = accepted(busy, {"SKU-1": 1})
    answers = [a[0] for a in at_once(*[lambda: release(busy, fo)] * 3)]
    assert sorted(isinstance(a, Released) for a in answers) == [False, False, True]


def test_the_last_units_are_allocated_to_one_order_each(busy: Shop) -> None:
    one, two = accepted(busy, {"SKU-1": 3}), accepted(busy, {"SKU-1": 2})
    answers = at_once(lambda: release(busy, one), lambda: release(busy, two))
    assert [isinstance(a[0], Released) for a in answers] == [True, True]


def test_a_walk_is_planned_once_and_begun_by_one_picker(busy: Shop) -> None:
    release(busy, accepted(busy, {"SKU-1": 1}))
    planned = at_once(*[lambda: plan(busy)] * 2)
    (batch_id,) = [b for made in planned for b in made]
    answers = at_once(lambda: start(busy, batch_id, by=actor("picker", user="a")), lambda: start(busy, batch_id, by=actor("picker", user="b")))
    assert sorted(type(a).__name__ for a in answers) == ["WrongState", "int"]


def test_a_tote_is_given_to_one_order(busy: Shop) -> None:
    release(busy, accepted(busy, {"SKU-1": 1}), accepted(busy, {"SKU-2": 1}))
    first, second = plan(busy, orders_per_cart=1)

    def begin(batch_id: int) -> int:
        return services.start_batch(key=uuid4(), actor=actor("picker"), batch_id=batch_id, cart_id=None, tote_ids=[busy.totes[0]])

    answers = at_once(lambda: begin(first), lambda: begin(second))
    assert sorted(type(a) is ToteInUse for a in answers) == [False, True]


def test_a_stop_is_confirmed_by_one_picker(busy: Shop) -> None:
    batch_id, (fo,) = begun(busy, {"SKU-1": 2})
    (task,) = tasks(batch_id)
    answers = at_once(*[lambda: confirm(batch_id, task)] * 3)
    assert sorted(type(a) is TaskNotOpen for a in answers) == [False, True, True]
    assert fo_of(fo.order_id).lines[0].picked == 2


def test_a_short_and_a_confirm_of_one_pick_never_both_happen(busy: Shop) -> None:
    batch_id, _ = begun(busy, {"SKU-1": 5})
    (task,) = tasks(batch_id)
    answers = at_once(lambda: confirm(batch_id, task), lambda: short(task))
    assert len([a for a in answers if isinstance(a, TaskNotOpen)]) == 1
    assert len([a for a in answers if a is None or isinstance(a, ShortPick)]) == 1


def test_two_pickers_at_one_bin_of_which_the_first_finds_too_little(busy: Shop) -> None:
    release(busy, accepted(busy, {"SKU-1": 3}), accepted(busy, {"SKU-1": 2}))
    batches = plan(busy, orders_per_cart=1)
    for batch_id, tote in zip(batches, busy.totes, strict=False):
        services.start_batch(key=uuid4(), actor=actor("picker"), batch_id=batch_id, cart_id=None, tote_ids=[tote])
    (one,), (two,) = (tasks(b) for b in batches)
    at_once(lambda: short(one), lambda: confirm(batches[1], two))
    dispatch.drain()
    picked = sum(t.picked for b in batches for t in selectors.tasks(EVERYTHING, b))
    assert picked in (0, two.quantity)
    assert all(t.state != "claimed" for b in batches for t in selectors.tasks(EVERYTHING, b))


def test_the_last_unit_in_the_house_is_found_by_one_of_two_pickers_who_look_for_it_at_once(busy: Shop) -> None:
    shop = shop_with({"SKU-1": 1})
    for place in shop.bins[1:3]:
        receive(shop.item("SKU-1"), place, 1)
    fos = [accepted(shop, {"SKU-1": 1}) for _ in range(2)]
    release(shop, *fos)
    batches = plan(shop, orders_per_cart=1)
    for batch_id, tote in zip(batches, shop.totes, strict=False):
        services.start_batch(key=uuid4(), actor=actor("picker"), batch_id=batch_id, cart_id=None, tote_ids=[tote])
    answers = at_once(*[partial(short, t) for b in batches for t in tasks(b)])
    assert sorted((a.found_elsewhere, a.missing) for a in answers) == [(0, 1), (1, 0)]
    (left,) = [t for b in batches for t in tasks(b)]
    assert left.location_id == shop.bins[2]
    dispatch.drain()
    assert sorted(fo_of(fo.order_id).held for fo in fos) == [False, True]


def test_the_last_unit_is_found_by_a_picker_or_taken_by_another_order_never_both(busy: Shop) -> None:
    shop = shop_with({"SKU-1": 1})
    receive(shop.item("SKU-1"), shop.bins[1], 1)
    fo, other = accepted(shop, {"SKU-1": 1}), accepted(shop, {"SKU-1": 1})
    release(shop, fo)
    (batch_id,) = plan(shop)
    start(shop, batch_id)
    found, released = at_once(lambda: short(tasks(batch_id)[0]), lambda: release(shop, other))
    assert isinstance(found, ShortPick)
    assert isinstance(released[0], Released) == (found.found_elsewhere == 0)


def test_scans_of_two_phones_that_begin_at_the_same_moment_get_a_walk_each(busy: Shop) -> None:
    release(busy, *(accepted(busy, {"SKU-1": 1}) for _ in range(3)))
    batches = plan(busy, orders_per_cart=1)
    hands = [Hand(n) for n in (7, 8, 9)]
    for hand in hands:
        hand.actor = replace(hand.actor, scope=Scope(None, frozenset({busy.warehouse_id})))
    answers = at_once(*[partial(hand.scan, f"T-00{n}") for n, hand in enumerate(hands, 1)])
    assert sorted(a.state["batch"] for a in answers) == sorted(batches)


def test_a_cancel_and_a_pick_end_with_the_goods_in_one_place(busy: Shop) -> None:
    batch_id, (fo,) = begun(busy, {"SKU-1": 2})
    (task,) = tasks(batch_id)
    answers = at_once(
        lambda: confirm(batch_id, task), lambda: order_services.cancel_orders(key=uuid4(), actor=HOUSE, order_ids=[fo.order_id], reason="changed their mind")
    )
    dispatch.drain()
    assert answers[0] is None or isinstance(answers[0], PackhorseError)
    assert fo_of(fo.order_id).stage == "cancelled"
    assert finish(busy, batch_id) == []


def test_two_packers_on_one_tote_pack_it_once(busy: Shop) -> None:
    at_bench(busy, {"SKU-1": 2})
    (order,) = packing.bench_orders(EVERYTHING, busy.warehouse_id)
    contents = [Content(line.allocation_id, line.quantity) for line in order.lines]

    def seal() -> Any:
        return packing_services.seal_parcel(
            key=uuid4(),
            actor=actor("packer"),
            fulfillment_order_id=order.fulfillment_order_id,
            release_id=None,
            box_id=None,
            size_mm=(200, 100, 100),
            contents=contents,
            weight_g=500,
            reasons={},
        )

    answers = at_once(seal, seal, seal)
    assert sorted(isinstance(a, NotOnTheBench) for a in answers) == [False, True, True]
    assert len(packing.parcels_of(EVERYTHING, [order.fulfillment_order_id])) == 1


def released_wave(busy: Shop, most: int = 1000) -> Any:
    until = clock.now() + dt.timedelta(days=30)
    return services.release_wave(key=uuid4(), actor=HOUSE, warehouse_id=busy.warehouse_id, until=until, today=TODAY, max_orders=most)


def test_two_waves_share_no_order(busy: Shop) -> None:
    for _ in range(4):
        accepted(busy, {"SKU-1": 1})
    answers = at_once(*[lambda: released_wave(busy, 2)] * 3)
    assert sorted(type(a).__name__ for a in answers) == ["NothingWorkable", "ReleasedWave", "ReleasedWave"]
    assert [a.orders for a in answers if isinstance(a, ReleasedWave)] == [2, 2]


def test_a_wave_is_taken_back_once(busy: Shop) -> None:
    accepted(busy, {"SKU-1": 1})
    made = released_wave(busy)
    answers = at_once(*[lambda: services.undo_wave(key=uuid4(), actor=HOUSE, wave_id=made.wave_id)] * 3)
    assert sorted(type(a).__name__ for a in answers) == ["UndoneWave", "WaveTakenBack", "WaveTakenBack"]


def test_a_wave_taken_back_and_its_walk_begun_never_both_win(busy: Shop) -> None:
    fo = accepted(busy, {"SKU-1": 1})
    made = released_wave(busy)
    (batch_id,) = plan(busy)
    undone, begun_ = at_once(lambda: services.undo_wave(key=uuid4(), actor=HOUSE, wave_id=made.wave_id), lambda: start(busy, batch_id))
    assert (type(undone).__name__, type(begun_).__name__) in (("UndoneWave", "WrongState"), ("WaveBegun", "int"))
    assert fo_of(fo.order_id).stage == ("open" if isinstance(undone, UndoneWave) else "picking")


def test_a_wave_taken_back_while_its_walks_are_planned(busy: Shop) -> None:
    fos = [accepted(busy, {"SKU-1": 1}) for _ in range(3)]
    made = released_wave(busy)
    undone, _planned = at_once(lambda: services.undo_wave(key=uuid4(), actor=HOUSE, wave_id=made.wave_id), lambda: plan(busy))
    if isinstance(undone, UndoneWave):
        assert [fo_of(fo.order_id).stage for fo in fos] == ["open"] * 3
        assert all(b.state == "cancelled" for b in selectors.walks_of_wave(EVERYTHING, made.wave_id))
    else:
        assert isinstance(undone, Busy)


def test_an_urgent_order_breaks_in_or_the_walk_begins_without_it(busy: Shop) -> None:
    release(busy, accepted(busy, {"SKU-1": 1}))
    (batch_id,) = plan(busy)
    release(busy, accepted(busy, {"SKU-2": 1}, priority=9))
    came, begun_ = at_once(lambda: services.break_in(key=uuid4(), actor=HOUSE, warehouse_id=busy.warehouse_id, iterations=50), lambda: start(busy, batch_id))
    assert (came, begun_) in ((0, 1), (1, 2))
    assert len(selectors.tasks(EVERYTHING, batch_id)) == begun_


def test_kept_workable_twice_at_once_keeps_no_more(busy: Shop) -> None:
    services.set_picking_policy(key=uuid4(), actor=HOUSE, warehouse_id=busy.warehouse_id, policy=Policy(keep_workable=2))
    for _ in range(4):
        accepted(busy, {"SKU-1": 1})
    today = clock.now().date()
    answers = at_once(*[lambda: services.keep_workable(key=uuid4(), actor=HOUSE, warehouse_id=busy.warehouse_id, today=today)] * 3)
    assert sorted(sum(w.orders for w in made) for made in answers) == [0, 0, 2]


def test_the_same_lot_is_taken_by_one_of_two_picks() -> None:
    shop = make_shop(items=[plain_item("MILK", tracking="lot")])
    lots = [make_lot(shop.client_id, shop.item("MILK"), code) for code in ("OLD", "NEW")]
    receive(shop.item("MILK"), shop.bins[0], 4, lot_id=lots[0])
    receive(shop.item("MILK"), shop.bins[0], 3, lot_id=lots[1])
    batch_id, _fos = begun(shop, {"MILK": 2}, {"MILK": 2})
    one, two = tasks(batch_id)
    assert {one.lot, two.lot} == {"OLD"}

    def swap(task_id: int) -> SwappedLot:
        return services.swap_lot(key=uuid4(), actor=HOUSE, task_id=task_id, lot_id=lots[1], today=TODAY)

    answers = at_once(lambda: swap(one.task_id), lambda: swap(two.task_id))

    assert sorted(type(a).__name__ for a in answers) == ["LotNotFree", "SwappedLot"]
    dispatch.drain()
    assert reconciler.drift() == []


def test_a_pick_does_not_take_a_lot_that_is_stopped_at_that_moment() -> None:
    rounds = [f"MILK-{n}" for n in range(8)]
    shop = make_shop(items=[plain_item(sku, tracking="lot") for sku in rounds])
    lots = {sku: [make_lot(shop.client_id, shop.item(sku), code) for code in ("OLD", "NEW")] for sku in rounds}
    for sku in rounds:
        for lot_id in lots[sku]:
            receive(shop.item(sku), shop.bins[0], 4, lot_id=lot_id)
    batch_id, _fos = begun(shop, dict.fromkeys(rounds, 2))

    for task in tasks(batch_id):
        new = lots[task.sku][1]
        at_once(
            partial(services.swap_lot, key=uuid4(), actor=HOUSE, task_id=task.task_id, lot_id=new, today=TODAY),
            partial(inventory_services.hold_lots, key=uuid4(), actor=HOUSE, lot_ids=[new], reason="smells"),
        )

    dispatch.drain()
    assert [(t.sku, t.lot, t.quantity) for t in sorted(tasks(batch_id), key=lambda t: t.sku)] == [(sku, "OLD", 2) for sku in rounds]
    assert reconciler.drift() == []


def test_no_order_is_released_with_a_lot_that_is_stopped_at_that_moment() -> None:
    rounds = [f"MILK-{n}" for n in range(8)]
    shop = make_shop(items=[plain_item(sku, tracking="lot") for sku in rounds])
    lots = {sku: make_lot(shop.client_id, shop.item(sku), "ONLY") for sku in rounds}
    for sku in rounds:
        receive(shop.item(sku), shop.bins[0], 4, lot_id=lots[sku])

    for sku in rounds:
        fo = accepted(shop, {sku: 2})
        at_once(
            partial(release, shop, fo),
            partial(inventory_services.hold_lots, key=uuid4(), actor=HOUSE, lot_ids=[lots[sku]], reason="smells"),
        )

    assert [a for sku in rounds for a in inventory.open_allocations(EVERYTHING, location_id=shop.bins[0]) if a.lot_id == lots[sku]] == []
    dispatch.drain()
    assert reconciler.drift() == []


def test_a_type_of_cart_is_dropped_or_something_is_planned_for_it_never_both(busy: Shop) -> None:
    release(busy, accepted(busy, {"SKU-1": 1}))

    def plan_for(kind: int) -> list[int]:
        return services.plan_batches(key=uuid4(), actor=HOUSE, warehouse_id=busy.warehouse_id, cart_type_id=kind)

    def ask_for(kind: int) -> list[int]:
        return [services.ask_long_plan(key=uuid4(), actor=HOUSE, warehouse_id=busy.warehouse_id, seconds=1, cart_type_id=kind)]

    for n in range(8):
        for use in (plan_for, ask_for):
            kind = services.set_cart_type(key=uuid4(), actor=HOUSE, warehouse_id=busy.warehouse_id, name=f"Cart {n}", compartments=4).cart_type_id
            used, dropped = at_once(partial(use, kind), partial(services.drop_cart_type, key=uuid4(), actor=HOUSE, cart_type_id=kind))
            assert (type(used).__name__, type(dropped).__name__) in (("list", "TypeInUse"), ("NotFound", "NoneType"))
            if isinstance(used, list) and use is plan_for:
                services.undo_batch(key=uuid4(), actor=HOUSE, batch_id=used[0])
            elif isinstance(used, list):
                services.stop_long_plan(key=uuid4(), actor=HOUSE, plan_id=used[0], keep=False)


def test_carts_are_of_a_type_or_it_is_dropped_and_one_cart_is_of_one_type(busy: Shop) -> None:
    def kind(name: str) -> int:
        return services.set_cart_type(key=uuid4(), actor=HOUSE, warehouse_id=busy.warehouse_id, name=name, compartments=4).cart_type_id

    def of_type(cart_type_id: int) -> int:
        return services.set_carts(key=uuid4(), actor=HOUSE, warehouse_id=busy.warehouse_id, cart_ids=[busy.place("CART-01")], cart_type_id=cart_type_id)

    for n in range(8):
        first, second = kind(f"Cart {n}"), kind(f"Truck {n}")
        assert at_once(partial(of_type, first), partial(of_type, second)) == [1, 1]
        given, dropped = at_once(partial(of_type, first), partial(services.drop_cart_type, key=uuid4(), actor=HOUSE, cart_type_id=first))
        assert dropped is None
        assert given == 1 or isinstance(given, NotFound)
        (name,) = [name for _id, code, name in selectors.carts(EVERYTHING, busy.warehouse_id) if code == "CART-01"]
        assert name in ("", f"Truck {n}"), "never of the type that is gone"


def test_a_type_of_cart_that_two_set_up_at_once_is_there_once(busy: Shop) -> None:
    def kind(compartments: int) -> int:
        return services.set_cart_type(key=uuid4(), actor=HOUSE, warehouse_id=busy.warehouse_id, name="Cart", compartments=compartments).cart_type_id

    one, other = at_once(partial(kind, 4), partial(kind, 6))
    assert one == other
