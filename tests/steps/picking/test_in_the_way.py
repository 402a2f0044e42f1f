"""What has no code is known by its look and gets a label, and a picker who calls the lead is seen until somebody goes there."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING, Scope
from packhorse.core.errors import Invalid, NotAllowed, NotFound, WrongState
from packhorse.core.lists import ListQuery
from packhorse.core.models import JournalEntry
from packhorse.ground.people.types import Grant
from packhorse.steps.picking import panel, selectors, services
from packhorse.steps.picking.errors import NoCodeNoPlace, TaskNotOpen, ToteInUse, WrongTote
from packhorse.steps.picking.models import LeadCall, Unlabelled
from packhorse.steps.picking.types import PickLine, TaskInfo, UnlabelledRow, batch_number
from tests.asked import done_once
from tests.at_once import at_once
from tests.build import HOUSE, Shop, actor, make_lot, make_shop, plain_item, receive
from tests.steps.orders.test_doors import browser, post
from tests.steps.picking.build import PICKER, begun, books_agree, confirm, finish, plan, shop_with, tasks, walk
from tests.steps.picking.scanning import Hand
from tests.steps.picking.test_doors import api
from tests.steps.picking.test_means import cart_type, of_type, plan_for, truck

pytestmark = pytest.mark.django_db


def one_walk() -> tuple[Shop, int, TaskInfo]:
    shop = shop_with({"SKU-1": 9})
    batch_id, _fos = begun(shop, {"SKU-1": 2})
    return shop, batch_id, tasks(batch_id)[0]


def open_labels(scope: Scope = EVERYTHING) -> list[UnlabelledRow]:
    return list(selectors.unlabelled(scope, ListQuery(filters={"state": ("open",)})).rows)


def look(task: TaskInfo, reason: str = "no_label") -> bool:
    return services.confirm_by_look(key=uuid4(), actor=PICKER, task_id=task.task_id, reason=reason)


def test_on_the_scanner_the_place_is_scanned_then_the_look_confirms_the_item() -> None:
    _shop, batch_id, task = one_walk()
    hand = Hand()
    hand.open(batch=batch_number(batch_id))
    with pytest.raises(NoCodeNoPlace):
        hand.tap("no_code")
    hand.scan(task.location)
    asked = hand.tap("no_code")
    assert (asked.state["step"], asked.big, [b.name for b in asked.buttons]) == ("no_code", "SKU-1", ["no_label", "unreadable", "back"])
    assert hand.tap("back").state["step"] == "item"
    hand.tap("no_code")
    assert hand.tap("unreadable").state["step"] == "tote"
    assert [(u.sku, u.location, u.reason) for u in open_labels()] == [("SKU-1", task.location, "unreadable")]
    assert hand.tap("no_code").say == "The item is known: go on"
    hand.scan(str(task.tote))
    assert tasks(batch_id) == []
    hand.scan("BENCH-1")
    books_agree()


def test_the_lot_is_confirmed_with_it() -> None:
    shop = make_shop(items=[plain_item("MILK", tracking="lot")])
    for code in ("L1", "L2"):
        receive(shop.item("MILK"), shop.bins[0], 2, lot_id=make_lot(shop.client_id, shop.item("MILK"), code))
    batch_id, _ = begun(shop, {"MILK": 1})
    hand = Hand()
    hand.open(batch=batch_number(batch_id))
    hand.scan(hand.task.location)
    assert ("Lot", str(hand.task.lot)) in [(str(label), value) for label, value in hand.tap("no_code").lines]
    assert hand.tap("no_label").state["step"] == "tote"


def test_a_place_wants_a_label_once_until_it_has_one() -> None:
    _shop, _batch, task = one_walk()
    assert (look(task), look(task, "unreadable")) == (True, False)
    [row] = open_labels()
    assert row.reason == "no_label"
    assert done_once(services.mark_labelled, actor=HOUSE, ids=[row.id], other={"ids": []}) == 1
    assert services.mark_labelled(key=uuid4(), actor=HOUSE, ids=[row.id]) == 0
    assert open_labels() == []
    assert look(task) is True, "another piece, later"


def test_asked_twice_happens_once() -> None:
    _shop, batch_id, task = one_walk()
    assert done_once(services.confirm_by_look, actor=PICKER, task_id=task.task_id, reason="no_label", other={"reason": "unreadable"}) is True
    call_id = done_once(services.call_lead, actor=PICKER, batch_id=batch_id, location_id=task.location_id, other={"location_id": None})
    assert done_once(services.answer_call, actor=HOUSE, call_id=call_id, other={"call_id": 10**9}) is True


def test_a_call_stands_on_the_floor_and_on_home_until_it_is_answered() -> None:
    shop, batch_id, task = one_walk()
    hand = Hand()
    hand.open(batch=batch_number(batch_id))
    assert hand.tap("lead").say == f"The lead is called to {task.location}"
    assert hand.screen.state["step"] == "go"
    services.call_lead(key=uuid4(), actor=PICKER, batch_id=batch_id)
    [call] = selectors.lead_calls(EVERYTHING, shop.warehouse_id)
    assert (call.batch_id, call.place, call.number) == (batch_id, "", batch_number(batch_id)), "once for a walk, where it is now"
    services.call_lead(key=uuid4(), actor=PICKER, batch_id=batch_id, location_id=task.location_id)
    assert [c.place for c in selectors.lead_calls(EVERYTHING, shop.warehouse_id)] == [task.location]
    tile = next(t for t in panel.tiles(EVERYTHING) if str(t.label) == "Calls from the floor")
    assert (tile.value, tile.url) == (1, f"/picking/floor/{shop.warehouse_id}/")

    desk = browser(Grant("manager", warehouse_id=shop.warehouse_id))
    assert f"calls the lead to {task.location}" in desk.get(tile.url).content.decode()
    assert f"calls the lead to {task.location}" in desk.get(f"{tile.url}live/").content.decode()
    assert post(desk, f"/picking/calls/{call.call_id}/answer/").status_code == 303
    assert "calls the lead" not in desk.get(tile.url).content.decode()
    assert services.answer_call(key=uuid4(), actor=HOUSE, call_id=call.call_id) is False
    told = [e.event for e in JournalEntry.objects.filter(event__in=("picking.lead_called", "picking.call_answered")).order_by("pk")]
    assert told == ["picking.lead_called"] * 3 + ["picking.call_answered"]


def test_the_end_of_the_walk_ends_its_call() -> None:
    shop, batch_id, _task = one_walk()
    services.call_lead(key=uuid4(), actor=PICKER, batch_id=batch_id)
    walk(batch_id)
    finish(shop, batch_id)
    assert selectors.lead_calls(EVERYTHING, shop.warehouse_id) == []
    assert selectors.in_the_way(EVERYTHING)[0] == 0


def test_refused_nothing_changes() -> None:
    shop, batch_id, task = one_walk()
    other = make_shop()
    strangers = (actor("packer"), actor("picker", warehouse_id=other.warehouse_id))
    with pytest.raises(Invalid):
        look(task, "ugly")
    with pytest.raises(Invalid):
        services.call_lead(key=uuid4(), actor=PICKER, batch_id=batch_id, location_id=other.bins[0])
    for who in strangers:
        with pytest.raises(NotAllowed):
            services.confirm_by_look(key=uuid4(), actor=who, task_id=task.task_id, reason="no_label")
        with pytest.raises(NotAllowed):
            services.call_lead(key=uuid4(), actor=who, batch_id=batch_id)
    for use_case, given in (
        (services.confirm_by_look, {"task_id": 10**9, "reason": "no_label"}),
        (services.call_lead, {"batch_id": 10**9}),
        (services.answer_call, {"call_id": 10**9}),
        (services.mark_labelled, {"ids": [10**9]}),
    ):
        with pytest.raises(NotFound):
            use_case(key=uuid4(), actor=HOUSE, **given)
    assert (Unlabelled.objects.count(), LeadCall.objects.count()) == (0, 0)
    look(task)
    call_id = services.call_lead(key=uuid4(), actor=PICKER, batch_id=batch_id)
    with pytest.raises(NotAllowed):
        services.answer_call(key=uuid4(), actor=PICKER, call_id=call_id)
    with pytest.raises(NotAllowed):
        services.mark_labelled(key=uuid4(), actor=strangers[1], ids=[open_labels()[0].id])
    confirm(batch_id, task)
    with pytest.raises(TaskNotOpen):
        look(task)
    finish(shop, batch_id)
    with pytest.raises(WrongState):
        services.call_lead(key=uuid4(), actor=PICKER, batch_id=batch_id)


def test_a_client_sees_its_own_items_and_no_call() -> None:
    shop, batch_id, task = one_walk()
    look(task)
    services.call_lead(key=uuid4(), actor=PICKER, batch_id=batch_id)
    own, strange = Scope(client_ids=frozenset({shop.client_id})), Scope(client_ids=frozenset({make_shop().client_id}))
    assert (len(open_labels(own)), len(open_labels(strange))) == (1, 0)
    assert selectors.lead_calls(own, shop.warehouse_id) == []
    assert (selectors.in_the_way(own), selectors.in_the_way(strange)) == ((0, 0, 1), (0, 0, 0))


def leave(task: TaskInfo, batch_id: int, **given: Any) -> int:
    return services.leave_out_of_reach(**{"key": uuid4(), "actor": PICKER, "batch_id": batch_id, "location_id": task.location_id, **given})


def test_what_is_out_of_reach_waits_for_a_cart_whose_worker_has_the_equipment() -> None:
    shop = shop_with({"SKU-1": 9, "SKU-2": 9})
    batch_id, (fo,) = begun(shop, {"SKU-1": 1, "SKU-2": 2})
    hand = Hand()
    hand.open(batch=batch_number(batch_id))
    high = hand.task
    assert hand.tap("reach").state["step"] == "reach"
    assert hand.tap("back").state["step"] == "go"
    hand.tap("reach")
    after = hand.tap("equipment")
    assert (str(after.say), after.big == high.location) == ("1 pick goes to somebody with the equipment", False)
    hand.walk()
    hand.scan("BENCH-1")

    [row] = selectors.waiting_releases(EVERYTHING, ListQuery()).rows
    assert (row.out_of_reach, row.tasks, row.tote) == (1, 1, high.tote)
    assert selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id) == [], "the rest of it is to come"
    assert plan(shop) == [], "who did not reach it does not get it again"
    assert plan_for(shop, cart_type(shop, name="On foot")) == []
    (fetch,) = plan_for(shop, cart_type(shop, name="Truck", worker_type_id=truck(shop)))
    of_type(shop, selectors.batch(EVERYTHING, fetch).cart_type_id, "CART-01")
    services.start_batch(key=uuid4(), actor=PICKER, batch_id=fetch, cart_id=shop.place("CART-01"), tote_ids=[])
    [task] = tasks(fetch)
    assert (task.task_id, task.tote) == (high.task_id, high.tote)
    walk(fetch)
    assert finish(shop, fetch) == [fo.fulfillment_order_id]
    [ready] = selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id)
    assert sum(line.quantity for line in ready.lines) == 3
    books_agree()


def test_what_is_in_totes_at_a_place_out_of_reach_is_posted_first_and_the_rest_happens_once() -> None:
    shop = shop_with({"SKU-1": 9})
    batch_id, _fos = begun(shop, {"SKU-1": 1}, {"SKU-1": 2})
    first, second = tasks(batch_id)
    with pytest.raises(WrongTote):
        leave(first, batch_id, picks=[PickLine(first.task_id, shop.totes[3])])
    given = {"batch_id": batch_id, "location_id": first.location_id, "picks": [PickLine(first.task_id, first.tote_id or 0)]}
    assert done_once(services.leave_out_of_reach, actor=PICKER, **given, other={"picks": []}) == 1
    found = {
        t.task_id: (t.state, t.reason) for t in (*selectors.tasks_of_order(EVERYTHING, first.order_id), *selectors.tasks_of_order(EVERYTHING, second.order_id))
    }
    assert found == {first.task_id: ("done", ""), second.task_id: ("ready", "out_of_reach")}
    told = JournalEntry.objects.get(event="picking.picks_out_of_reach")
    assert (told.data["picks"], told.data["location"]) == (1, first.location)
    books_agree()


def test_out_of_reach_is_refused_where_nothing_is_open_or_somebody_else_walks() -> None:
    shop, batch_id, task = one_walk()
    for wrong in ({"location_id": shop.bins[3]}, {"location_id": 10**9}):
        with pytest.raises(Invalid):
            leave(task, batch_id, **wrong)
    for who in (actor("packer"), actor("picker", warehouse_id=make_shop().warehouse_id)):
        with pytest.raises(NotAllowed):
            leave(task, batch_id, actor=who)
    with pytest.raises(NotFound):
        leave(task, 10**9)
    confirm(batch_id, task)
    finish(shop, batch_id)
    with pytest.raises(WrongState):
        leave(task, batch_id)


@pytest.mark.django_db(transaction=True)
def test_a_place_left_and_picked_at_once_is_one_of_both() -> None:
    _shop, batch_id, task = one_walk()
    answers = at_once(lambda: leave(task, batch_id), lambda: confirm(batch_id, task))
    [after] = selectors.tasks_of_order(EVERYTHING, task.order_id)
    left, picked = (not isinstance(a, Exception) for a in answers)
    assert left != picked
    assert after.state == ("ready" if left else "done")
    books_agree()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_call_one_label_and_one_answer() -> None:
    shop, batch_id, task = one_walk()
    assert sorted(at_once(*(lambda: look(task) for _ in range(2)))) == [False, True]
    first, second = at_once(*(lambda: services.call_lead(key=uuid4(), actor=PICKER, batch_id=batch_id) for _ in range(2)))
    assert first == second
    assert sorted(at_once(*(lambda: services.answer_call(key=uuid4(), actor=HOUSE, call_id=first) for _ in range(2)))) == [False, True]
    ids = [u.id for u in open_labels() if u.item_id == shop.item("SKU-1")]
    assert sorted(at_once(*(lambda: services.mark_labelled(key=uuid4(), actor=HOUSE, ids=ids) for _ in range(2)))) == [0, 1]


def test_on_pages_and_through_the_api() -> None:
    shop, batch_id, task = one_walk()
    desk = browser(Grant("manager", warehouse_id=shop.warehouse_id))
    assert api(desk, "post", "/by-look", {"task_id": task.task_id, "reason": "no_label"}).json() == {"done": True}
    page = desk.get("/picking/unlabelled/?state=open").content.decode()
    assert task.location in page
    assert "no label" in page
    [row] = api(desk, "get", "/unlabelled?state=open").json()["rows"]
    assert post(desk, "/picking/unlabelled/done/", ids=row["id"]).status_code in (204, 303)
    assert api(desk, "post", "/unlabelled/done", {"ids": [row["id"]]}).json() == {"count": 0}
    assert api(desk, "post", f"/batches/{batch_id}/out-of-reach", {"location_id": shop.bins[3]}).status_code == 422
    call_id = api(desk, "post", f"/batches/{batch_id}/call", {"location_id": task.location_id}).json()["call_id"]
    assert [c["call_id"] for c in api(desk, "get", f"/calls?warehouse={shop.warehouse_id}").json()] == [call_id]
    assert api(desk, "post", f"/calls/{call_id}/answer").json() == {"done": True}


def test_a_walk_with_a_full_tote_a_pause_and_each_tote_unloaded_goes_through_the_api() -> None:
    shop = shop_with({"SKU-1": 9, "SKU-2": 1})
    batch_id, _fos = begun(shop, {"SKU-1": 4, "SKU-2": 1})
    desk = browser(Grant("manager", warehouse_id=shop.warehouse_id))
    first, second = sorted(tasks(batch_id), key=lambda t: -t.quantity)
    full = {"task_id": first.task_id, "taken": 1, "tote_id": shop.totes[2]}
    assert api(desk, "post", "/full-totes", full).json() == {"taken": 1, "tote_id": shop.totes[2], "tote": "T-003"}
    assert api(desk, "post", "/full-totes", {**full, "tote_id": shop.totes[2]}).json()["code"] in (ToteInUse.code, TaskNotOpen.code)
    picks = [{"task_id": second.task_id, "tote_id": shop.totes[2]}]
    assert api(desk, "post", f"/batches/{batch_id}/pause", {"location_id": second.location_id, "picks": picks}).json() == {"count": 1}
    assert api(desk, "post", f"/batches/{batch_id}/zero-check", {"location_id": second.location_id, "empty": True}).json() == {"done": True}
    walk(batch_id)
    assert api(desk, "post", "/totes/together", {"tote_id": shop.totes[0], "into_id": shop.totes[2]}).json() == {"count": 1}
    assert api(desk, "post", f"/batches/{batch_id}/unload", {"tote_id": shop.totes[2], "place_id": shop.bench}).json() == {"left": 0}
    assert selectors.batch(EVERYTHING, batch_id).state == "done"
    books_agree()
