"""A pick takes another lot that lies free at its place, at the scanner or at the desk; the books follow, and what it had is free for others."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest

from packhorse.core import dispatch, sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import KeyReused, NotAllowed, NotFound
from packhorse.core.models import JournalEntry
from packhorse.ground.people.types import Grant
from packhorse.steps.inventory import selectors as inventory, services as inventory_services
from packhorse.steps.inventory.errors import AllocationClosed, LotBlocked, LotNotFree
from packhorse.steps.orders import services as orders
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.errors import TaskNotOpen
from packhorse.steps.picking.types import OtherLot, SwappedLot, TaskInfo, batch_number
from tests.build import HOUSE, Shop, actor, make_lot, make_shop, plain_item, receive
from tests.steps.orders.test_doors import browser, post
from tests.steps.picking.build import PICKER, TODAY, begun, books_agree, confirm, finish, tasks
from tests.steps.picking.scanning import Hand
from tests.steps.picking.test_doors import api

pytestmark = pytest.mark.django_db

GTIN = "04006381333931"


class Dairy:
    """Milk in one bin: 3 of lot OLD, 4 of lot NEW."""

    def __init__(self) -> None:
        self.shop: Shop = make_shop(items=[plain_item("MILK", tracking="lot", barcodes=((GTIN, 1, "each"),))])
        self.milk = self.shop.item("MILK")
        self.old = self.lot("OLD", 800)
        self.new = self.lot("NEW", 900)
        receive(self.milk, self.shop.bins[0], 3, lot_id=self.old)
        receive(self.milk, self.shop.bins[0], 4, lot_id=self.new)

    def lot(self, code: str, days: int) -> int:
        return make_lot(self.shop.client_id, self.milk, code, expires_on=TODAY + dt.timedelta(days=days))

    def walk(self, *units: int) -> tuple[int, list[TaskInfo]]:
        batch_id, _fos = begun(self.shop, *({"MILK": n} for n in units))
        return batch_id, tasks(batch_id)

    def allocated(self) -> dict[tuple[str, int], int]:
        found = sql.rows(
            "SELECT t.code, l.location_id, l.allocated FROM inventory_level l JOIN inventory_lot t ON t.id = l.lot_id WHERE l.item_id = %s AND l.allocated > 0",
            [self.milk],
        )
        return {(code, place): q for code, place, q in found}


def swap(task: TaskInfo, lot_id: int, **given: Any) -> SwappedLot:
    return services.swap_lot(**{"key": uuid4(), "actor": PICKER, "task_id": task.task_id, "lot_id": lot_id, "today": TODAY, **given})


def test_the_allocation_moves_to_the_other_lot_and_ships_from_it() -> None:
    dairy = Dairy()
    batch_id, [task] = dairy.walk(2)
    assert (task.lot, dairy.allocated()) == ("OLD", {("OLD", dairy.shop.bins[0]): 2})
    assert selectors.other_lots(EVERYTHING, batch_id, today=TODAY) == [OtherLot(task.task_id, dairy.new, "NEW", TODAY + dt.timedelta(days=900), 4)]

    assert swap(task, dairy.new) == SwappedLot(task.task_id, dairy.new, "NEW", 2)

    [after] = tasks(batch_id)
    assert (after.lot, after.quantity, dairy.allocated()) == ("NEW", 2, {("NEW", dairy.shop.bins[0]): 2})
    told = JournalEntry.objects.get(event="picking.lot_swapped")
    assert (told.data["lot"], told.data["instead_of"], told.data["units"], told.order_id) == ("NEW", "OLD", 2, task.order_id)
    confirm(batch_id, after)
    finish(dairy.shop, batch_id)
    lying = {(x.lot, x.location_id): x.on_hand for x in inventory.levels(EVERYTHING, item_id=dairy.milk)}
    bins = dairy.shop.bins
    assert lying == {("OLD", bins[0]): 3, ("NEW", bins[0]): 2, ("NEW", task.tote_id): 2}
    books_agree()


def test_one_that_has_the_lot_already_stays_as_it_is() -> None:
    dairy = Dairy()
    _batch, [task] = dairy.walk(2)
    assert swap(task, dairy.old) == SwappedLot(task.task_id, dairy.old, "OLD", 2)
    assert dairy.allocated() == {("OLD", dairy.shop.bins[0]): 2}
    assert not JournalEntry.objects.filter(event="picking.lot_swapped").exists()


def test_asked_twice_happens_once() -> None:
    dairy = Dairy()
    _batch, [task] = dairy.walk(2)
    key = uuid4()
    assert swap(task, dairy.new, key=key) == swap(task, dairy.new, key=key)
    with pytest.raises(KeyReused):
        swap(task, dairy.old, key=key)
    assert dairy.allocated() == {("NEW", dairy.shop.bins[0]): 2}


def test_refused_nothing_changes() -> None:
    dairy = Dairy()
    _batch, [task] = dairy.walk(2)
    elsewhere, soon = dairy.lot("ELSEWHERE", 950), dairy.lot("GONE-OFF", -1)
    receive(dairy.milk, dairy.shop.bins[1], 5, lot_id=elsewhere)
    receive(dairy.milk, dairy.shop.bins[0], 5, lot_id=soon)
    for lot_id in (elsewhere, soon):
        with pytest.raises(LotNotFree):
            swap(task, lot_id)
    for wrong in (999_999_999, make_lot(dairy.shop.client_id, make_shop().item("SKU-1"), "OTHER")):
        with pytest.raises(NotFound):
            swap(task, wrong)
    with pytest.raises(NotFound):
        services.swap_lot(key=uuid4(), actor=PICKER, task_id=999_999_999, lot_id=dairy.new, today=TODAY)
    for who in (actor("packer"), actor("picker", warehouse_id=make_shop().warehouse_id)):
        with pytest.raises(NotAllowed):
            swap(task, dairy.new, actor=who)
    inventory_services.hold_lots(key=uuid4(), actor=HOUSE, lot_ids=[dairy.new], reason="smells")
    with pytest.raises(LotBlocked):
        swap(task, dairy.new)
    assert dairy.allocated() == {("OLD", dairy.shop.bins[0]): 2}


def test_units_that_others_have_are_not_free() -> None:
    dairy = Dairy()
    batch_id, _ = dairy.walk(3, 3)
    one, two = tasks(batch_id)
    assert {one.lot, two.lot} == {"OLD", "NEW"}
    of_old = one if one.lot == "OLD" else two
    with pytest.raises(LotNotFree):
        swap(of_old, dairy.new)
    assert selectors.other_lots(EVERYTHING, batch_id, today=TODAY) == []


def test_a_pick_that_is_done_or_cancelled_keeps_its_lot() -> None:
    dairy = Dairy()
    batch_id, some = dairy.walk(1, 1)
    orders.cancel_orders(key=uuid4(), actor=HOUSE, order_ids=[some[0].order_id], reason="x")
    with pytest.raises(AllocationClosed):
        swap(some[0], dairy.new)
    dispatch.drain()
    confirm(batch_id, some[1])
    for task in some:
        with pytest.raises(TaskNotOpen):
            swap(task, dairy.new)
    books_agree()


def test_the_scanner_offers_the_lot_in_the_hand() -> None:
    dairy = Dairy()
    batch_id, _ = dairy.walk(2)
    hand = Hand()
    hand.open(batch=batch_number(batch_id))

    assert (hand.scan(f"]C101{GTIN}10NEW").state["step"], hand.screen.tone) == ("swap", "wrong")
    assert (hand.tap("back").state["step"], dairy.allocated()) == ("go", {("OLD", dairy.shop.bins[0]): 2})
    hand.scan(f"]C101{GTIN}10NEW")
    hand.tap("swap")
    assert (hand.screen.state["lot"], hand.task.lot, dairy.allocated()) == ("NEW", "NEW", {("NEW", dairy.shop.bins[0]): 2})
    hand.walk()
    assert hand.screen.state["step"] == "drop"
    books_agree()


def test_the_desk_and_the_api_offer_what_lies_there() -> None:
    dairy = Dairy()
    batch_id, [task] = dairy.walk(2)
    desk = browser(Grant("manager", warehouse_id=dairy.shop.warehouse_id))
    choice, url = f"{task.task_id}:{dairy.new}", f"/picking/batches/{batch_id}/"
    assert choice in desk.get(url).content.decode()
    assert post(desk, f"{url}swap-lot/", take=choice).status_code == 303
    assert tasks(batch_id)[0].lot == "NEW"
    assert post(desk, f"{url}swap-lot/", take="no lot").status_code == 422

    lots = api(desk, "get", f"/batches/{batch_id}/other-lots").json()
    assert [(o["lot_id"], o["lot"], o["free"]) for o in lots] == [(dairy.old, "OLD", 3)]
    answer = api(desk, "post", f"/batches/{batch_id}/swap-lot", {"task_id": task.task_id, "lot_id": dairy.old})
    assert answer.json() == {"task_id": task.task_id, "lot_id": dairy.old, "lot": "OLD", "units": 2}
    assert tasks(batch_id)[0].lot == "OLD"
