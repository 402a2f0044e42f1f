"""Walks are planned with time: the worker tells how far it is, and whoever waits may stop it, with the best plan so far or with nothing."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING, Scope
from packhorse.core.errors import Invalid, NotAllowed, NotFound, WrongState
from packhorse.core.models import JournalEntry
from packhorse.ground.people.types import Grant
from packhorse.steps.picking import jobs, records, selectors, services
from packhorse.steps.picking.errors import PlanUnderWay, TypeInUse
from packhorse.steps.picking.models import PickBatch
from packhorse.steps.picking.services import long_plans
from packhorse.steps.picking.types import PlannedBatch
from tests.asked import done_once
from tests.at_once import at_once
from tests.build import HOUSE, Shop, actor, make_shop, stock
from tests.build_orders import accepted
from tests.steps.orders.test_doors import browser, post
from tests.steps.picking.build import books_agree, release, shop_with
from tests.steps.picking.test_doors import api

pytestmark = pytest.mark.django_db

#: A walk of nothing.
EMPTY = PlannedBatch((), (), 0.0, 0.0, 0.0, {})


def many(orders: int = 24) -> Shop:
    """So many released orders over a floor of four aisles: too many for all plans to be tried."""
    shop = make_shop(items=20, aisles=4, cells=6, totes=orders)
    stock(shop, {f"SKU-{n}": 99 for n in range(1, 21)})
    release(shop, *(accepted(shop, {f"SKU-{1 + n % 20}": 1, f"SKU-{1 + 7 * n % 20}": 1}) for n in range(orders)))
    return shop


def ask(shop: Shop, **given: Any) -> int:
    return services.ask_long_plan(**{"key": uuid4(), "actor": HOUSE, "warehouse_id": shop.warehouse_id, "seconds": 1, "orders_per_cart": 4, **given})


def work_out(plan_id: int) -> None:
    jobs.plan_long(key=uuid4(), plan_id=plan_id)


def walks(shop: Shop) -> list[PickBatch]:
    return list(PickBatch.objects.filter(warehouse_id=shop.warehouse_id).order_by("pk"))


def test_the_worker_leaves_walks_no_longer_than_a_plan_at_once() -> None:
    shop, other = many(), many()
    plan_id = ask(shop)
    assert selectors.long_plan(EVERYTHING, plan_id).state == "waiting"
    work_out(plan_id)
    services.plan_batches(key=uuid4(), actor=HOUSE, warehouse_id=other.warehouse_id, orders_per_cart=4, iterations=100)

    found = selectors.long_plan(EVERYTHING, plan_id)
    made = walks(shop)
    assert (found.state, found.orders, found.walks, found.share) == ("ended", 24, len(made), 1.0)
    assert found.metres == pytest.approx(sum(b.distance_m for b in made))
    assert found.metres <= sum(b.distance_m for b in walks(other)) + 1e-6
    assert selectors.unbatched_count(EVERYTHING, shop.warehouse_id) == 0
    told = JournalEntry.objects.get(event="picking.long_plan_ended")
    assert (told.data["walks"], told.data["orders"]) == (len(made), 24)
    work_out(plan_id)
    assert walks(shop) == made, "a job that comes again does nothing"
    books_agree()


def test_how_far_it_is_stands_in_its_row_while_it_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_plans, "TOLD_EVERY_S", 0.0)
    shop, seen = many(), list[tuple[float, float]]()
    note = records.note_long_plan

    def noted(plan_id: int, **said: Any) -> bool:
        goes_on = note(plan_id, **said)
        found = selectors.long_plan(EVERYTHING, plan_id)
        seen.append((found.share, found.metres))
        return goes_on

    monkeypatch.setattr(records, "note_long_plan", noted)
    work_out(ask(shop))
    assert len(seen) > 5
    assert [s for s, _ in seen] == sorted(s for s, _ in seen)
    metres = [round(m, 6) for _, m in seen[1:]]
    assert metres == sorted(metres, reverse=True), "the best plan never gets longer"


@pytest.mark.parametrize("keep", [True, False])
def test_stopped_in_the_middle_it_leaves_the_best_plan_so_far_or_nothing(keep: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_plans, "TOLD_EVERY_S", 0.0)
    shop = many()
    plan_id = ask(shop, seconds=60)
    note = records.note_long_plan

    def stopped_once_it_searches(plan: int, **said: Any) -> bool:
        if said.get("share", 0) > 0 and selectors.long_plan(EVERYTHING, plan).stopped_at is None:
            assert services.stop_long_plan(key=uuid4(), actor=HOUSE, plan_id=plan, keep=keep)
        return note(plan, **said)

    monkeypatch.setattr(records, "note_long_plan", stopped_once_it_searches)
    work_out(plan_id)
    found = selectors.long_plan(EVERYTHING, plan_id)
    assert found.ended_at is not None
    assert found.stopped_at is not None
    assert (found.state, bool(found.walks), bool(walks(shop))) == (("ended", True, True) if keep else ("dropped", False, False))
    assert selectors.unbatched_count(EVERYTHING, shop.warehouse_id) == (0 if keep else 24)
    books_agree()


def test_stopped_before_the_worker_comes_nothing_is_planned_and_another_may_be_asked_for() -> None:
    shop = many(3)
    plan_id = ask(shop)
    assert services.stop_long_plan(key=uuid4(), actor=HOUSE, plan_id=plan_id, keep=False) is True
    assert services.stop_long_plan(key=uuid4(), actor=HOUSE, plan_id=plan_id, keep=True) is False, "stopped before"
    second = ask(shop)
    work_out(plan_id)
    assert (selectors.long_plan(EVERYTHING, plan_id).state, walks(shop)) == ("dropped", [])
    work_out(second)
    assert len(walks(shop)) == 1


@pytest.mark.parametrize("stopped", [True, False])
def test_a_worker_that_dies_while_it_ends_leaves_no_walks_and_what_the_page_says_stays_true(stopped: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    shop, key = many(), uuid4()
    plan_id = ask(shop)

    def dies(**_told: Any) -> None:
        raise MemoryError

    with monkeypatch.context() as m:
        m.setattr(long_plans, "LongPlanEnded", dies)
        with pytest.raises(MemoryError):
            jobs.plan_long(key=key, plan_id=plan_id)
    assert walks(shop) == []
    if stopped:
        assert services.stop_long_plan(key=uuid4(), actor=HOUSE, plan_id=plan_id, keep=False)
    jobs.plan_long(key=key, plan_id=plan_id)
    found = selectors.long_plan(EVERYTHING, plan_id)
    assert (found.state, found.walks, found.orders) == ("dropped" if stopped else "ended", len(walks(shop)), 24)
    assert bool(walks(shop)) is not stopped


def test_once_it_is_ended_nobody_stops_it_and_it_ends_no_second_time() -> None:
    shop = many(3)
    plan_id = ask(shop)
    work_out(plan_id)
    made = walks(shop)
    with pytest.raises(WrongState):
        services.stop_long_plan(key=uuid4(), actor=HOUSE, plan_id=plan_id, keep=False)
    assert services.end_long_plan(key=uuid4(), actor=HOUSE, plan_id=plan_id, batches=[]) == 0
    assert (selectors.long_plan(EVERYTHING, plan_id).walks, walks(shop)) == (len(made), made)


def test_asked_stopped_and_ended_twice_happens_once() -> None:
    shop, other = many(3), make_shop()
    plan_id = done_once(
        services.ask_long_plan, actor=HOUSE, warehouse_id=shop.warehouse_id, seconds=1, orders_per_cart=4, other={"warehouse_id": other.warehouse_id}
    )
    done_once(services.stop_long_plan, actor=HOUSE, plan_id=plan_id, keep=True, other={"keep": False})
    done_once(services.end_long_plan, actor=HOUSE, plan_id=plan_id, batches=[], other={"batches": [EMPTY]})


def test_refused_nothing_is_asked_for() -> None:
    shop, other = many(3), make_shop()
    for seconds in (0, services.MOST_S + 1):
        with pytest.raises(Invalid):
            ask(shop, seconds=seconds)
    for missing in ({"warehouse_id": 10**9}, {"cart_type_id": 10**9}, {"wave_id": 10**9}):
        with pytest.raises(NotFound):
            ask(shop, **missing)
    for who in (actor("packer"), actor("manager", warehouse_id=other.warehouse_id), actor("manager", client_id=shop.client_id)):
        with pytest.raises(NotAllowed):
            ask(shop, actor=who)
    plan_id = ask(shop)
    with pytest.raises(PlanUnderWay) as refused:
        ask(shop)
    assert refused.value.link.endswith(f"/plans/{plan_id}/")
    with pytest.raises(NotAllowed):
        services.stop_long_plan(key=uuid4(), actor=actor("packer"), plan_id=plan_id, keep=True)
    with pytest.raises(NotAllowed):
        services.end_long_plan(key=uuid4(), actor=actor("packer"), plan_id=plan_id, batches=[])
    for use_case, given in ((services.stop_long_plan, {"keep": True}), (services.end_long_plan, {"batches": []})):
        with pytest.raises(NotFound):
            use_case(key=uuid4(), actor=HOUSE, plan_id=10**9, **given)
    with pytest.raises(NotFound):
        selectors.long_plan(Scope(client_ids=frozenset({shop.client_id})), plan_id)
    assert selectors.long_plans_under_way(Scope(client_ids=frozenset({shop.client_id}))) == []


def test_its_type_of_cart_stays_until_it_is_ended_and_it_stays_when_the_type_is_gone() -> None:
    shop = many(3)
    kind = services.set_cart_type(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, name="Cart", compartments=4).cart_type_id
    plan_id = ask(shop, cart_type_id=kind, orders_per_cart=None)
    with pytest.raises(TypeInUse) as refused:
        services.drop_cart_type(key=uuid4(), actor=HOUSE, cart_type_id=kind)
    assert f"Plan {plan_id}" in refused.value.message
    services.stop_long_plan(key=uuid4(), actor=HOUSE, plan_id=plan_id, keep=False)
    work_out(plan_id)
    services.drop_cart_type(key=uuid4(), actor=HOUSE, cart_type_id=kind)
    assert selectors.long_plan(EVERYTHING, plan_id).cart_type_id is None


def test_with_nothing_to_plan_it_ends_with_no_walk() -> None:
    shop = shop_with({"SKU-1": 1})
    plan_id = ask(shop)
    work_out(plan_id)
    found = selectors.long_plan(EVERYTHING, plan_id)
    assert (found.state, found.walks, found.orders) == ("ended", 0, 0)


@pytest.mark.django_db(transaction=True)
def test_two_ask_at_once_and_one_is_planned() -> None:
    shop = shop_with({"SKU-1": 9})
    answers = at_once(*(lambda: ask(shop) for _ in range(2)))
    assert sorted(type(a).__name__ for a in answers) == ["PlanUnderWay", "int"]


@pytest.mark.django_db(transaction=True)
def test_two_stop_at_once_and_the_first_is_heard() -> None:
    shop = shop_with({"SKU-1": 9})
    plan_id = ask(shop)
    stops = [(lambda keep=keep: services.stop_long_plan(key=uuid4(), actor=HOUSE, plan_id=plan_id, keep=keep)) for keep in (True, False)]
    answers = at_once(*stops)
    assert sorted(answers) == [False, True]
    assert selectors.long_plan(EVERYTHING, plan_id).keep is (answers[0] is True)


def test_on_pages_and_through_the_api() -> None:
    shop = many(3)
    desk = browser(Grant("manager", warehouse_id=shop.warehouse_id))
    answer = post(desk, "/picking/plan/", warehouse=shop.warehouse_id, orders_per_cart=2, seconds=5)
    assert answer.status_code == 303
    page = str(answer["Location"])
    plan_id = int(page.strip("/").rpartition("/")[2])
    assert "It begins when the worker is free." in desk.get(page).content.decode()
    assert page in desk.get("/picking/").content.decode()
    records.note_long_plan(plan_id, share=0.4, metres=1234.5, orders=3)
    shown = desk.get(page, headers={"HX-Request": "true"})
    assert "40 % of the time is over; the best plan so far: 1,234 m." in shown.content.decode()
    assert api(desk, "get", f"/plans/{plan_id}").json()["share"] == 0.4
    assert post(desk, f"{page}stop/", keep="1").status_code == 303
    work_out(plan_id)
    ended = desk.get(page, headers={"HX-Request": "true"})
    assert ended["HX-Refresh"] == "true"
    assert "It was stopped: nothing was planned." in ended.content.decode(), "before it began"

    again = api(desk, "post", "/plans", {"warehouse_id": shop.warehouse_id, "seconds": 1, "orders_per_cart": 2}).json()["plan_id"]
    work_out(again)
    assert "2 walks" in desk.get(f"/picking/plans/{again}/").content.decode()
    assert api(desk, "post", f"/plans/{again}/stop", {"keep": True}).status_code == 409
