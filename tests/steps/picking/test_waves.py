"""A wave releases the orders of a cut-off within limits, says what stayed and why, and is taken back as far as it has not begun."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.utils import translation

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING
from packhorse.core.clock import VirtualClock
from packhorse.core.errors import Invalid, KeyReused, NotAllowed, NotFound
from packhorse.core.lists import ListQuery
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.steps.inventory import selectors as inventory
from packhorse.steps.orders.types import FulfillmentOrderInfo
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.errors import NothingReleased, NothingWorkable, WaveBegun, WaveTakenBack
from packhorse.steps.picking.models import Release, Wave
from packhorse.steps.picking.types import Amount, Policy, ReleasedWave, UndoneWave, why_not
from tests.build import HOUSE, Shop, actor, receive
from tests.build_orders import accepted, fo_of
from tests.steps.picking.build import TODAY, books_agree, finish, plan, release, shop_with, start, walk

pytestmark = pytest.mark.django_db

#: A Monday: orders that come in before two leave at six, later ones on Tuesday.
MORNING = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
TONIGHT = MORNING.replace(hour=18)


@pytest.fixture(autouse=True)
def day() -> Iterator[VirtualClock]:
    moving = VirtualClock(MORNING)
    with clock.using(moving):
        yield moving


def due_tomorrow(shop: Shop, wanted: dict[str, int], day: VirtualClock) -> FulfillmentOrderInfo:
    """An order that came in after the cut-off."""
    day.advance_to(MORNING.replace(hour=15))
    return accepted(shop, wanted)


def wave(shop: Shop, **given: object) -> ReleasedWave:
    asked: dict[str, object] = {"until": TONIGHT, "today": TODAY, **given}
    return services.release_wave(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, **asked)  # type: ignore[arg-type]


def undo(wave_id: int, note: str = "") -> UndoneWave:
    return services.undo_wave(key=uuid4(), actor=HOUSE, wave_id=wave_id, note=note)


def stages(*fos: FulfillmentOrderInfo) -> list[str]:
    return [fo_of(fo.order_id).stage for fo in fos]


def test_takes_what_is_due_and_leaves_what_is_not(day: VirtualClock) -> None:
    shop = shop_with({"SKU-1": 9})
    due, express, later = accepted(shop, {"SKU-1": 2}), accepted(shop, {"SKU-1": 1}, service="express"), due_tomorrow(shop, {"SKU-1": 1}, day)

    made = wave(shop)

    assert (made.orders, made.tasks, made.refused, made.left) == (2, 2, (), 0)
    assert stages(due, express, later) == ["picking", "picking", "open"]
    info = selectors.wave(EVERYTHING, made.wave_id)
    assert (info.orders, info.waiting, info.picks, info.units, info.state) == (2, 2, 2, 3, "released")
    assert (info.reasons["considered"], info.reasons["left"], info.reasons["refused"]) == (2, 0, [])
    assert [o.fulfillment_order_id for o in selectors.wave_orders(EVERYTHING, made.wave_id)] == [due.fulfillment_order_id, express.fulfillment_order_id]
    assert [e.sentence for e in timeline(subject=Ref("picking.wave", made.wave_id))] == [
        "Released: 2 orders, 2 picks, 1 min. Not in a pickable bin: 0; left for later: 0"
    ]
    books_agree()


def test_of_one_service_only() -> None:
    shop = shop_with({"SKU-1": 9})
    standard, express = accepted(shop, {"SKU-1": 2}), accepted(shop, {"SKU-1": 1}, service="express")
    assert wave(shop, service="express").orders == 1
    assert stages(standard, express) == ["open", "picking"]


def test_ends_at_its_limits_and_none_overtakes() -> None:
    shop = shop_with({"SKU-1": 90})
    fos = [accepted(shop, {"SKU-1": 1}), accepted(shop, {"SKU-1": 60}), accepted(shop, {"SKU-1": 1})]
    one = wave(shop, max_orders=1)
    assert (one.orders, one.left) == (1, 2)
    assert stages(*fos) == ["picking", "open", "open"]
    with pytest.raises(NothingReleased) as refused:  # 60 pieces take 155 s, and the single one behind them waits
        wave(shop, max_minutes=1)
    assert refused.value.link == f"/orders/{fos[1].order_id}/"
    assert wave(shop, max_minutes=4).orders == 2


def test_passes_over_what_is_not_at_the_pick_face_and_says_so() -> None:
    shop = shop_with({"SKU-1": 3, "SKU-2": 2})
    receive(shop.item("SKU-2"), shop.dock, 4)
    on_dock, there, too_much = accepted(shop, {"SKU-2": 3}), accepted(shop, {"SKU-1": 2}), accepted(shop, {"SKU-2": 2, "SKU-1": 1})

    made = wave(shop)

    assert stages(on_dock, there, too_much) == ["open", "picking", "picking"]
    assert [(a.fulfillment_order_id, a.code, a.reason) for a in made.refused] == [
        (on_dock.fulfillment_order_id, "not_at_pick_face", "1 of SKU-2 are not in a pickable bin yet")
    ]
    assert selectors.wave(EVERYTHING, made.wave_id).reasons["refused"] == [
        {"fulfillment_order_id": on_dock.fulfillment_order_id, "code": "not_at_pick_face", "data": {"n": 1, "sku": "SKU-2"}}
    ]
    with pytest.raises(NothingReleased, match="of SKU-2 are not in a pickable bin yet"):
        wave(shop)
    assert Wave.objects.filter(warehouse_id=shop.warehouse_id).count() == 1
    books_agree()


def test_asked_twice_is_one_wave_and_another_request_under_the_key_is_refused() -> None:
    shop, key = shop_with({"SKU-1": 3}), uuid4()
    accepted(shop, {"SKU-1": 1})

    def ask(most: int) -> ReleasedWave:
        return services.release_wave(key=key, actor=HOUSE, warehouse_id=shop.warehouse_id, until=TONIGHT, today=TODAY, max_orders=most)

    assert ask(10) == ask(10)
    assert Wave.objects.filter(warehouse_id=shop.warehouse_id).count() == 1
    with pytest.raises(KeyReused):
        ask(11)


def test_nothing_due_is_refused_and_leads_to_the_board(day: VirtualClock) -> None:
    shop = shop_with({"SKU-1": 3})
    due_tomorrow(shop, {"SKU-1": 1}, day)
    with pytest.raises(NothingWorkable) as refused:
        wave(shop)
    assert refused.value.link == f"/picking/board/{shop.warehouse_id}/"
    assert not Wave.objects.filter(warehouse_id=shop.warehouse_id).exists()


@pytest.mark.parametrize("given", [{"max_orders": 0}, {"max_orders": 1001}, {"max_minutes": 0}, {"until": dt.datetime(2026, 3, 2, 18)}])  # noqa: DTZ001 - what is refused
def test_limits_that_are_none_are_refused(given: dict[str, object]) -> None:
    shop = shop_with({"SKU-1": 3})
    accepted(shop, {"SKU-1": 1})
    with pytest.raises(Invalid):
        wave(shop, **given)


def test_pickers_clients_and_strangers_may_not() -> None:
    shop = shop_with({"SKU-1": 3})
    accepted(shop, {"SKU-1": 1})
    made = wave(shop)
    for who in (actor("picker"), actor("manager", client_id=shop.client_id), actor("manager", warehouse_id=shop.warehouse_id + 1)):
        with pytest.raises(NotAllowed):
            services.release_wave(key=uuid4(), actor=who, warehouse_id=shop.warehouse_id, until=TONIGHT, today=TODAY)
    for who in (actor("picker"), actor("manager", warehouse_id=shop.warehouse_id + 1)):
        with pytest.raises(NotAllowed):
            services.undo_wave(key=uuid4(), actor=who, wave_id=made.wave_id)
    with pytest.raises(NotFound):
        selectors.wave(actor("client", client_id=shop.client_id).scope, made.wave_id)
    assert selectors.waves(actor("client", client_id=shop.client_id).scope, ListQuery()).rows == ()
    with pytest.raises(NotFound):
        services.release_wave(key=uuid4(), actor=HOUSE, warehouse_id=10**9, until=TONIGHT, today=TODAY)


def test_taken_back_before_it_began_frees_goods_orders_and_walks() -> None:
    shop = shop_with({"SKU-1": 9})
    fos = [accepted(shop, {"SKU-1": 2}), accepted(shop, {"SKU-1": 1})]
    made = wave(shop)
    (batch_id,) = plan(shop)

    assert undo(made.wave_id, " too early ") == UndoneWave(made.wave_id, orders=2, kept=0, walks=1, others=0)

    assert stages(*fos) == ["open", "open"]
    assert selectors.batch(EVERYTHING, batch_id).state == "cancelled"
    assert sum(level.allocated for level in inventory.levels(EVERYTHING, item_id=shop.item("SKU-1"))) == 0
    info = selectors.wave(EVERYTHING, made.wave_id)
    assert (info.taken_back, info.state, info.note) == (2, "taken_back", "too early")
    assert selectors.unbatched(EVERYTHING, shop.warehouse_id, limit=9) == []
    books_agree()
    with pytest.raises(WaveTakenBack) as refused:
        undo(made.wave_id)
    assert refused.value.link == f"/picking/waves/{made.wave_id}/"
    assert wave(shop).orders == 2
    with pytest.raises(NotFound):
        undo(10**9)


def test_what_has_begun_stays() -> None:
    shop = shop_with({"SKU-1": 9})
    first, second = accepted(shop, {"SKU-1": 2}), accepted(shop, {"SKU-1": 1})
    made = wave(shop)
    batch_id, other = plan(shop, orders_per_cart=1)
    start(shop, batch_id)

    assert undo(made.wave_id) == UndoneWave(made.wave_id, orders=1, kept=1, walks=1, others=0)

    assert sorted(stages(first, second)) == ["open", "picking"]
    assert selectors.batch(EVERYTHING, other).state == "cancelled"
    walk(batch_id)
    finish(shop, batch_id)
    info = selectors.wave(EVERYTHING, made.wave_id)
    assert (info.picked, info.taken_back, info.state) == (1, 1, "done")
    books_agree()


def test_a_wave_that_has_begun_whole_is_not_taken_back() -> None:
    shop = shop_with({"SKU-1": 9})
    accepted(shop, {"SKU-1": 2})
    made = wave(shop)
    (batch_id,) = plan(shop)
    start(shop, batch_id)
    with pytest.raises(WaveBegun) as refused:
        undo(made.wave_id)
    assert refused.value.link == f"/picking/waves/{made.wave_id}/"
    assert selectors.wave(EVERYTHING, made.wave_id).undone_at is None


def test_others_on_its_walk_wait_for_the_next_plan(day: VirtualClock) -> None:
    shop = shop_with({"SKU-1": 9})
    accepted(shop, {"SKU-1": 2})
    made = wave(shop)
    by_hand = due_tomorrow(shop, {"SKU-1": 1}, day)
    release(shop, by_hand)
    (batch_id,) = plan(shop)
    assert selectors.batch(EVERYTHING, batch_id).orders == 2

    assert undo(made.wave_id) == UndoneWave(made.wave_id, orders=1, kept=0, walks=1, others=1)

    assert [t.fulfillment_order_id for t in selectors.unbatched(EVERYTHING, shop.warehouse_id, limit=9)] == [by_hand.fulfillment_order_id]
    assert selectors.batch(EVERYTHING, plan(shop)[0]).orders == 1
    books_agree()


def test_undone_twice_under_a_key_is_undone_once() -> None:
    shop, key = shop_with({"SKU-1": 9}), uuid4()
    accepted(shop, {"SKU-1": 2})
    made = wave(shop)
    answers = [services.undo_wave(key=key, actor=HOUSE, wave_id=made.wave_id, note="x") for _ in range(2)]
    assert answers[0] == answers[1]
    with pytest.raises(KeyReused):
        services.undo_wave(key=key, actor=HOUSE, wave_id=made.wave_id, note="y")
    assert Release.objects.filter(wave_id=made.wave_id, undone_at=None).count() == 0


def test_what_is_kept_of_a_wave_is_read_in_the_language_of_the_reader() -> None:
    shop = shop_with({"SKU-1": 3, "SKU-2": 2})
    receive(shop.item("SKU-2"), shop.dock, 4)
    on_dock, there = accepted(shop, {"SKU-2": 3}), accepted(shop, {"SKU-1": 2})
    with translation.override("fr"):
        made = wave(shop)
        undo(made.wave_id)
    (stayed,) = selectors.wave(EVERYTHING, made.wave_id).reasons["refused"]
    assert stayed["fulfillment_order_id"] == on_dock.fulfillment_order_id
    assert why_not(stayed["code"], stayed["data"]) == "1 of SKU-2 are not in a pickable bin yet"
    told = [e.sentence for e in timeline(subject=Ref("orders.fulfillment_order", there.fulfillment_order_id))]
    assert "Taken back from the floor: its wave was taken back" in told
    with translation.override("fr"):
        told = [e.sentence for e in timeline(subject=Ref("orders.fulfillment_order", there.fulfillment_order_id))]
    assert "Retirée des allées\u00a0: sa vague a été reprise" in told


def test_walks_are_planned_for_one_wave(day: VirtualClock) -> None:
    shop = shop_with({"SKU-1": 9})
    accepted(shop, {"SKU-1": 2})
    made = wave(shop)
    release(shop, due_tomorrow(shop, {"SKU-1": 1}, day))
    (batch_id,) = services.plan_batches(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, orders_per_cart=4, wave_id=made.wave_id, iterations=50)
    assert selectors.batch(EVERYTHING, batch_id).orders == 1
    assert [b.batch_id for b in selectors.walks_of_wave(EVERYTHING, made.wave_id)] == [batch_id]
    assert [b.batch_id for b in selectors.batch_page(EVERYTHING, ListQuery(filters={"wave": (str(made.wave_id),)})).rows] == [batch_id]
    assert selectors.unbatched_count(EVERYTHING, shop.warehouse_id) == 1


def test_how_a_warehouse_picks_is_set_once_and_checked() -> None:
    shop, key = shop_with({"SKU-1": 9}), uuid4()
    wanted = Policy(pickers=5, line_s=30, shift_from=dt.time(6), shift_to=dt.time(14))

    def set_it(policy: Policy) -> Policy:
        return services.set_picking_policy(key=key, actor=HOUSE, warehouse_id=shop.warehouse_id, policy=policy)

    assert selectors.policy(EVERYTHING, shop.warehouse_id) == Policy()
    assert set_it(wanted) == set_it(wanted) == selectors.policy(EVERYTHING, shop.warehouse_id) == wanted
    with pytest.raises(KeyReused):
        set_it(Policy())
    for wrong in (Policy(pickers=0), Policy(lines_per_hour=0), Policy(walk_m_per_min=0), Policy(shift_from=dt.time(18), shift_to=dt.time(8))):
        with pytest.raises(Invalid):
            services.set_picking_policy(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, policy=wrong)
    with pytest.raises(NotAllowed):
        services.set_picking_policy(key=uuid4(), actor=actor("picker"), warehouse_id=shop.warehouse_id, policy=wanted)
    with pytest.raises(NotFound):
        services.set_picking_policy(key=uuid4(), actor=HOUSE, warehouse_id=10**9, policy=wanted)
    assert [e.sentence for e in timeline(subject=Ref("warehouse.warehouse", shop.warehouse_id)) if e.room == "picking"] == [
        "How it picks was changed: 5 pickers"
    ]


def test_the_board_counts_each_order_where_it_stands() -> None:
    shop = shop_with({"SKU-1": 9, "SKU-2": 2})
    on_walk = accepted(shop, {"SKU-1": 2})
    release(shop, on_walk)
    (batch_id,) = plan(shop)
    start(shop, batch_id)
    release(shop, accepted(shop, {"SKU-1": 1}))
    accepted(shop, {"SKU-2": 5})
    part = accepted(shop, {"SKU-1": 1, "SKU-2": 4}, ship_complete=False)
    accepted(shop, {"SKU-1": 1}, service="express")
    accepted(shop, {"SKU-1": 1}, pay=False)
    rows = {(r.until, r.service): r.steps for r in selectors.cut_off_rows(EVERYTHING, shop.warehouse_id, MORNING)}
    assert rows == {
        (TONIGHT, "standard"): {
            "walking": Amount(1, 1, 2),
            "waiting": Amount(1, 1, 1),
            "held": Amount(1, 1, 1),
            "backordered": Amount(1, 1, 5),
            "workable": Amount(1, 1, 1),
        },
        (TONIGHT, "express"): {"workable": Amount(1, 1, 1)},
    }
    assert wave(shop, service="standard").orders == 1
    (released,) = [r for r in selectors.cut_off_rows(EVERYTHING, shop.warehouse_id, MORNING) if r.service == "standard"]
    assert (released.amount("waiting").orders, released.amount("workable").orders) == (2, 0)
    assert fo_of(part.order_id).released_at is not None
    later = selectors.cut_off_rows(EVERYTHING, shop.warehouse_id, MORNING + dt.timedelta(days=1))
    assert {r.until for r in later} == {None}
    others = actor("manager", client_id=shop.client_id + 1).scope
    assert selectors.cut_off_rows(others, shop.warehouse_id, MORNING) == []
