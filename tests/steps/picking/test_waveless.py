"""Waveless: of each cut-off so many orders are kept workable, walks are planned as pickers need them, and urgent orders break into one that has not begun."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING
from packhorse.core.clock import VirtualClock
from packhorse.core.errors import KeyReused, NotAllowed, NotFound
from packhorse.core.lists import ListQuery
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.steps.orders.types import FulfillmentOrderInfo
from packhorse.steps.picking import jobs, selectors, services
from packhorse.steps.picking.models import Release
from packhorse.steps.picking.services.breaking_in import exchange
from packhorse.steps.picking.services.planning import by_location_code
from packhorse.steps.picking.types import Means, PlannedBatch, Policy, ReleasedWave, Urgency
from tests.build import HOUSE, Shop, actor, receive
from tests.build_orders import accepted, fo_of
from tests.steps.picking.build import TODAY, books_agree, plan, release, shop_with, start

pytestmark = pytest.mark.django_db

MORNING = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
KEEPS: Policy = Policy(keep_workable=2, orders_per_walk=2, pickers=1)


@pytest.fixture(autouse=True)
def day() -> Iterator[VirtualClock]:
    moving = VirtualClock(MORNING)
    with clock.using(moving):
        yield moving


def shop_that_keeps(policy: Policy = KEEPS) -> Shop:
    shop = shop_with({"SKU-1": 50, "SKU-2": 50, "SKU-3": 2})
    services.set_picking_policy(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, policy=policy)
    return shop


def keep(shop: Shop) -> list[ReleasedWave]:
    return services.keep_workable(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, today=TODAY)


def break_in(shop: Shop) -> int:
    return services.break_in(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, iterations=50)


def released(*fos: FulfillmentOrderInfo) -> list[bool]:
    return [fo_of(fo.order_id).released_at is not None for fo in fos]


def on_walk(batch_id: int) -> set[int]:
    return set(Release.objects.filter(batch_id=batch_id).values_list("fulfillment_order_id", flat=True))


def test_of_each_cut_off_so_many_are_kept_and_no_more(day: VirtualClock) -> None:
    shop = shop_that_keeps()
    standard = [accepted(shop, {"SKU-1": 1}) for _ in range(3)]
    express = [accepted(shop, {"SKU-2": 1}, service="express") for _ in range(3)]

    made = keep(shop)

    assert [w.orders for w in made] == [2, 2]
    assert released(*standard, *express) == [True, True, False] * 2
    assert keep(shop) == []
    reasons = selectors.wave(EVERYTHING, made[0].wave_id).reasons
    assert (reasons["policy"], reasons["keep_workable"], reasons["workable_before"], reasons["considered"]) == ("keep-workable/1", 2, 0, 3)
    (batch_id, *_) = plan(shop, orders_per_cart=1)
    start(shop, batch_id)
    assert [w.orders for w in keep(shop)] == [1]
    books_agree()


def test_what_is_not_at_the_pick_face_holds_nobody_up() -> None:
    shop = shop_that_keeps()
    receive(shop.item("SKU-3"), shop.dock, 9)
    stuck, fine = accepted(shop, {"SKU-3": 5}), accepted(shop, {"SKU-1": 1})
    (made,) = keep(shop)
    assert released(stuck, fine) == [False, True]
    assert [a.fulfillment_order_id for a in made.refused] == [stuck.fulfillment_order_id]
    assert keep(shop) == []
    assert len(selectors.waves(EVERYTHING, ListQuery(filters={"warehouse": (str(shop.warehouse_id),)})).rows) == 1


def test_kept_twice_under_a_key_is_kept_once_and_only_the_house_does_it() -> None:
    shop, key = shop_that_keeps(), uuid4()
    accepted(shop, {"SKU-1": 1})

    def ask(today: dt.date) -> list[ReleasedWave]:
        return services.keep_workable(key=key, actor=HOUSE, warehouse_id=shop.warehouse_id, today=today)

    assert ask(TODAY) == ask(TODAY)
    with pytest.raises(KeyReused):
        ask(TODAY + dt.timedelta(days=1))
    with pytest.raises(NotAllowed):
        services.keep_workable(key=uuid4(), actor=actor("picker"), warehouse_id=shop.warehouse_id, today=TODAY)
    with pytest.raises(NotFound):
        services.keep_workable(key=uuid4(), actor=HOUSE, warehouse_id=10**9, today=TODAY)


def test_the_jobs_release_and_plan_only_where_it_is_set() -> None:
    shop, other = shop_that_keeps(), shop_with({"SKU-1": 9})
    mine, theirs = [accepted(shop, {"SKU-1": 1}) for _ in range(3)], accepted(other, {"SKU-1": 1})
    key = uuid4()
    for _ in range(2):
        jobs.keep_workable(key=key)
        jobs.plan_workable(key=key)
    assert released(*mine, theirs) == [True, True, False, False]
    (walk,) = selectors.next_planned(EVERYTHING, shop.warehouse_id, limit=9)
    assert walk.orders == 2
    assert [w for w, _p in selectors.waveless(EVERYTHING)] == [shop.warehouse_id]
    assert selectors.waveless(actor("manager", warehouse_id=other.warehouse_id).scope) == []


def test_an_urgent_order_takes_a_free_compartment_and_the_walk_says_so() -> None:
    shop = shop_that_keeps()
    first = accepted(shop, {"SKU-1": 1})
    release(shop, first)
    (batch_id,) = plan(shop)
    urgent, calm = accepted(shop, {"SKU-2": 1}, priority=9), accepted(shop, {"SKU-2": 1})
    release(shop, urgent, calm)

    assert break_in(shop) == 1

    assert on_walk(batch_id) == {first.fulfillment_order_id, urgent.fulfillment_order_id}
    batch = selectors.batch(EVERYTHING, batch_id)
    assert (batch.orders, batch.open_tasks, batch.reasons["urgent_came"], batch.reasons["left_for_urgent"]) == (2, 2, 1, 0)
    assert batch.distance_m >= float(batch.reasons["metres_before"]) > 0
    assert [t.sequence for t in selectors.tasks(EVERYTHING, batch_id)] == [1, 2]
    told = timeline(subject=Ref("picking.batch", batch_id))[0]
    assert told.sentence.startswith("Planned anew: 1 urgent orders came in, 0 less urgent ones wait")
    assert told.data["fulfillment_order_ids"] == [urgent.fulfillment_order_id]
    assert break_in(shop) == 0
    start(shop, batch_id)
    books_agree()


def test_on_a_full_walk_the_least_urgent_makes_room_and_waits() -> None:
    shop = shop_that_keeps()
    one, two = accepted(shop, {"SKU-1": 1}, priority=1), accepted(shop, {"SKU-1": 1})
    release(shop, one, two)
    (batch_id,) = plan(shop)
    urgent = accepted(shop, {"SKU-2": 1}, priority=9)
    release(shop, urgent)
    assert break_in(shop) == 1
    assert on_walk(batch_id) == {one.fulfillment_order_id, urgent.fulfillment_order_id}
    assert [t.fulfillment_order_id for t in selectors.unbatched(EVERYTHING, shop.warehouse_id, limit=9)] == [two.fulfillment_order_id]


def test_what_leaves_soon_is_urgent_and_a_walk_that_began_is_left_alone(day: VirtualClock) -> None:
    shop = shop_that_keeps()
    first = accepted(shop, {"SKU-1": 1})
    release(shop, first)
    (batch_id,) = plan(shop)
    soon = accepted(shop, {"SKU-2": 1})
    release(shop, soon)
    assert break_in(shop) == 0
    day.advance_to(MORNING.replace(hour=16, minute=30))
    start(shop, batch_id)
    assert break_in(shop) == 0
    assert on_walk(batch_id) == {first.fulfillment_order_id}
    (other,) = plan(shop)
    late = accepted(shop, {"SKU-1": 1}, priority=1)
    release(shop, late)
    assert (break_in(shop), on_walk(other)) == (1, {soon.fulfillment_order_id, late.fulfillment_order_id})


def test_a_walk_that_changed_meanwhile_stays_as_it_is() -> None:
    shop = shop_that_keeps()
    release(shop, accepted(shop, {"SKU-1": 1}))
    (batch_id,) = plan(shop)
    urgent = accepted(shop, {"SKU-2": 1}, priority=9)
    release(shop, urgent)
    (came,) = Release.objects.filter(fulfillment_order_id=urgent.fulfillment_order_id).values_list("pk", flat=True)
    before = on_walk(batch_id)
    stale = selectors_plan(shop, batch_id, came)
    services.undo_release(key=uuid4(), actor=HOUSE, release_id=came)
    assert services.record_break_in(key=uuid4(), actor=HOUSE, batch_id=batch_id, came=[came], left=[], planned=stale) == 0
    assert on_walk(batch_id) == before
    with pytest.raises(NotAllowed):
        services.record_break_in(key=uuid4(), actor=actor("picker"), batch_id=batch_id, came=[came], left=[], planned=stale)
    with pytest.raises(NotFound):
        services.record_break_in(key=uuid4(), actor=HOUSE, batch_id=10**9, came=[came], left=[], planned=stale)


def selectors_plan(shop: Shop, batch_id: int, came: int) -> PlannedBatch:
    """The walk as it would be with the one that comes."""
    tasks = [*selectors.tasks(EVERYTHING, batch_id), *(t for t in selectors.unbatched(EVERYTHING, shop.warehouse_id, limit=9) if t.release_id == came)]
    return by_location_code(tasks, Means(9))[0]


def test_broken_in_twice_under_a_key_is_done_once() -> None:
    shop, key = shop_that_keeps(), uuid4()
    release(shop, accepted(shop, {"SKU-1": 1}))
    plan(shop)
    release(shop, accepted(shop, {"SKU-2": 1}, priority=9))
    answers = [services.break_in(key=key, actor=HOUSE, warehouse_id=shop.warehouse_id, iterations=50) for _ in range(2)]
    assert answers == [1, 1]
    with pytest.raises(KeyReused):
        services.keep_workable(key=key, actor=HOUSE, warehouse_id=shop.warehouse_id, today=TODAY)


def test_none_makes_room_for_one_that_is_not_more_urgent() -> None:
    calm, soon, pressing = Urgency(0, MORNING), Urgency(0, MORNING - dt.timedelta(hours=1)), Urgency(5, MORNING)
    assert exchange({1: soon, 2: pressing}, {3: calm, 4: calm}, 2) == ([2, 1], [3, 4])
    assert exchange({1: calm}, {3: calm, 4: calm}, 2) == ([], [])
    assert exchange({1: calm, 2: calm}, {3: pressing}, 2) == ([1], [])
    assert exchange({1: pressing, 2: soon}, {3: replace(calm, priority=2)}, 1) == ([1], [3])
