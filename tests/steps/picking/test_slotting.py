"""Past walks say which items should change places; accepted moves are tasks, and the new bins are homes."""

from __future__ import annotations

import io
import json
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from packhorse.core import clock, sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid, NotAllowed, NotFound
from packhorse.core.lists import ListQuery
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.kernels.slotting.solve import Params
from packhorse.steps.inventory import selectors as stock, services as stock_services
from packhorse.steps.inventory.types import NewPickFace
from packhorse.steps.picking import jobs, selectors, services
from packhorse.steps.picking.errors import SlottingAccepted, SlottingStale
from packhorse.steps.picking.pages.slotting import why
from packhorse.steps.picking.services.slotting import reach_s
from packhorse.steps.picking.types import SlottingAnswer, SlottingMoveInfo
from tests.asked import done_once
from tests.at_once import at_once
from tests.build import HOUSE, Shop, actor, make_shop, receive
from tests.build_orders import accepted
from tests.steps.inventory.test_pages import post, sign_in, text
from tests.steps.picking.build import PICKER, books_agree, finish, plan, release, start, walk

NEAR, FAR = "A-01-01", "B-05-01"


def walked(*, again: int = 4) -> Shop:
    """SKU-1 lives far away and is picked on every walk; SKU-2 lives at the depot and is picked once. There are no other bins to pick from."""
    shop = make_shop(totes=2 * again + 2)
    sql.run("UPDATE warehouse_location SET pickable = false WHERE id = ANY(%s)", [[b for b in shop.bins if b not in (shop.place(NEAR), shop.place(FAR))]])
    receive(shop.item("SKU-1"), shop.place(FAR), 50)
    receive(shop.item("SKU-2"), shop.place(NEAR), 50)
    for n in range(again):
        release(shop, accepted(shop, {"SKU-1": 1, "SKU-2": 1} if n == 0 else {"SKU-1": 1}))
        (batch_id,) = plan(shop)
        start(shop, batch_id, totes=[shop.totes[n]])
        walk(batch_id)
        finish(shop, batch_id)
    return shop


@pytest.fixture
def shop(db: None) -> Shop:
    return walked()


def advice(shop: Shop, **params: float) -> SlottingAnswer:
    at = shop.warehouse_id
    return services.advise_slots(
        selectors.pick_history(EVERYTHING, at, 30, clock.now()),
        warehouses.layout(EVERYTHING, at),
        selectors.policy(EVERYTHING, at),
        params=Params(**{"days_to_pay": 1e6, **params}),  # type: ignore[arg-type]
    )


def kept(shop: Shop) -> SlottingMoveInfo:
    jobs.advise_slots(key=uuid4(), warehouse_id=shop.warehouse_id, days=30, days_to_pay=100_000)
    return selectors.slotting_moves(EVERYTHING, ListQuery(filters={"warehouse": (str(shop.warehouse_id),)})).rows[0]


def accept(*move_ids: int) -> list[int]:
    return services.accept_slotting(key=uuid4(), actor=HOUSE, move_ids=list(move_ids))


def test_what_is_picked_most_comes_near_by_what_walking_again_says(shop: Shop) -> None:
    found = advice(shop)
    floor = warehouses.layout(EVERYTHING, shop.warehouse_id)
    assert floor is not None
    first = found.moves[0]
    # By hand: four walks to the far end and back, of which the first looks into the near aisle too; with SKU-1 at the near bin three walks only go there.
    near, far = (2 * floor.first_cell_m, 2 * (floor.aisle_pitch_m + floor.first_cell_m + 4 * floor.cell_pitch_m))
    assert (first.sku, first.source, first.target, first.far_m) == ("SKU-1", FAR, NEAR, (round(far, 1), round(near, 1)))
    assert found.walks == 4
    assert found.metres_a_day == pytest.approx(4 * far + near)
    assert first.metres_a_day == pytest.approx(round(3 * (far - near), 1))
    assert first.partner == "SKU-2"
    assert first.velocity == (4.0, 1.0)
    assert found.metres_a_day_after <= found.metres_a_day - first.metres_a_day + 0.1
    assert first.days_to_pay == pytest.approx(first.cost_s / first.seconds_a_day, rel=0.01)
    assert "picked 4× a day, there 1×" in why(first)
    assert advice(shop, days_to_pay=0.01).moves == (), "nothing pays back that soon"


def test_only_an_item_that_lies_in_one_bin_by_itself_lives_there(db: None) -> None:
    shop = make_shop()
    for sku, bins in (("SKU-1", ("A-01-01",)), ("SKU-2", ("A-02-01", "A-03-01")), ("SKU-3", ("A-02-01",))):
        for code in bins:
            receive(shop.item(sku), shop.place(code), 5)
    history = selectors.pick_history(EVERYTHING, shop.warehouse_id, 30, clock.now())
    assert [(x.sku, x.location_id, x.units) for x in history.living] == [("SKU-1", shop.place("A-01-01"), 5)]


def test_the_golden_zone_is_between_hip_and_shoulder_where_there_is_one() -> None:
    assert [reach_s(level, 5) for level in range(5)] == [2.0, 0.0, 0.0, 4.0, 4.0]
    assert reach_s(0, 1) == 0.0


def test_accepted_moves_are_tasks_and_the_new_bins_are_homes(shop: Shop) -> None:
    stock_services.set_pick_faces(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, faces=[NewPickFace(shop.item("SKU-1"), shop.place(FAR), 5, 60)])
    move = kept(shop)
    made = done_once(services.accept_slotting, actor=HOUSE, move_ids=[move.id], other={"move_ids": [0]})
    tasks = stock.relocations_to_do(EVERYTHING, clock.now(), warehouse_id=shop.warehouse_id)
    assert sorted(t.id for t in tasks) == made
    assert sorted((t.sku, t.source, t.target, t.open, t.reason) for t in tasks) == [("SKU-1", FAR, NEAR, 46, "slotting"), ("SKU-2", NEAR, FAR, 49, "slotting")]
    (face,) = stock.pick_faces(EVERYTHING, ListQuery(filters={"item": (str(shop.item("SKU-1")),)})).rows
    assert face.location == NEAR
    for t in tasks:
        stock_services.relocate(key=uuid4(), actor=PICKER, relocation_id=t.id, source_id=t.source_id, target_id=t.target_id, quantity=t.open)
    with pytest.raises(SlottingAccepted):
        accept(move.id)
    again = advice(shop)
    assert all(m.sku != "SKU-1" for m in again.moves), "it lives where it should"
    books_agree()


def test_accepting_is_refused_and_changes_nothing(shop: Shop) -> None:
    move = kept(shop)
    for refusal, ids in ((Invalid, []), (Invalid, [move.id, move.id]), (NotFound, [10**9])):
        with pytest.raises(refusal):
            accept(*ids)
    for who in (PICKER, actor("manager", client_id=shop.client_id), actor("manager", warehouse_id=shop.warehouse_id + 1)):
        with pytest.raises(NotAllowed):
            services.accept_slotting(key=uuid4(), actor=who, move_ids=[move.id])
    receive(shop.item("SKU-3"), shop.place(NEAR), 1)
    with pytest.raises(SlottingStale) as refused:
        accept(move.id)
    assert refused.value.link == reverse("warehouse:location", args=[shop.place(NEAR)])
    assert stock.relocations_to_do(EVERYTHING, clock.now(), warehouse_id=shop.warehouse_id) == []


def test_keeping_is_refused_to_who_sees_a_part_and_there_must_be_something_to_learn_from(shop: Shop) -> None:
    answer = advice(shop)
    made = done_once(services.keep_slotting, actor=HOUSE, warehouse_id=shop.warehouse_id, days=30, answer=answer, other={"days": 31})
    assert [s.advice_id for s in selectors.slotting_summaries(EVERYTHING) if s.warehouse_id == shop.warehouse_id] == [made]
    for who in (PICKER, actor("manager", client_id=shop.client_id)):
        with pytest.raises(NotAllowed):
            services.keep_slotting(key=uuid4(), actor=who, warehouse_id=shop.warehouse_id, days=30, answer=answer)
    with pytest.raises(NotFound):
        services.keep_slotting(key=uuid4(), actor=HOUSE, warehouse_id=10**9, days=30, answer=answer)
    other = make_shop()
    with pytest.raises(Invalid):
        advice(other)
    part = actor("manager", client_id=shop.client_id).scope
    assert selectors.pick_history(part, shop.warehouse_id, 30, clock.now()).picks == ()
    assert selectors.slotting_moves(part, ListQuery()).rows == ()


def test_the_page_says_what_is_saved_and_accepts_marked_moves(client: Client, shop: Shop, django_assert_max_num_queries: object) -> None:
    sign_in(client, "manager")
    page = reverse("picking:slotting")
    assert "No move is advised" in text(client, page)
    post(client, reverse("picking:compute-slotting"), warehouse_id=shop.warehouse_id, days=30, most=20, days_to_pay=3650)
    move = kept(shop)
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        shown = text(client, page)
    assert "4 walks of the last 30 days" in shown
    assert "picked 4× a day, there 1×" in shown
    figures = f"{move.move.metres_a_day:.1f}".replace(".", ",")
    with translation.override("fr"):
        french = client.get(page, headers={"accept-language": "fr"}).content.decode()
    assert f"−{figures}<" in french, "a figure is written as its reader writes it"
    assert f"{move.move.far_m[0]:g} m aller-retour".replace(".", ",") in french
    post(client, reverse("picking:accept-slotting"), ids=[move.id])
    assert len(stock.relocations_to_do(EVERYTHING, clock.now(), warehouse_id=shop.warehouse_id)) == 2
    row = next(r for r in client.get("/api/v1/picking/slotting").json()["rows"] if r["id"] == move.id)
    assert row["accepted_at"]
    answer = client.post("/api/v1/picking/slotting/accept", {"move_ids": [move.id]}, "application/json", headers={"Idempotency-Key": str(uuid4())})
    assert (answer.status_code, answer.json()["code"]) == (409, "slotting_accepted")


def test_the_command_prints_it_and_says_where_there_is_nothing_to_learn_from(shop: Shop) -> None:
    code = sql.rows("SELECT code FROM warehouse_warehouse WHERE id = %s", [shop.warehouse_id])[0][0]
    out = io.StringIO()
    call_command("slots", warehouse=code, days_to_pay=1e6, stdout=out)
    assert f"SKU-1            {FAR} → {NEAR} in exchange with SKU-2" in out.getvalue()
    out = io.StringIO()
    call_command("slots", warehouse=code, as_json=True, stdout=out)
    assert json.loads(out.getvalue())["walks"] == 4
    other = make_shop()
    code = sql.rows("SELECT code FROM warehouse_warehouse WHERE id = %s", [other.warehouse_id])[0][0]
    with pytest.raises(CommandError, match="nothing to learn from"):
        call_command("slots", warehouse=code)
    with pytest.raises(CommandError, match="which warehouse"):
        call_command("slots", warehouse="NOPE")


@pytest.mark.django_db(transaction=True)
def test_accepted_twice_at_once_it_is_done_once() -> None:
    move = kept(walked(again=2))
    answers = at_once(*[lambda: accept(move.id)] * 2)
    assert sorted(isinstance(a, SlottingAccepted) for a in answers) == [False, True], answers
