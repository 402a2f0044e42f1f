"""A pick comes up short: what is missing is found elsewhere on the same walk; where it is found nowhere the order waits for service, who cancels the line, and the rest ships."""

from __future__ import annotations

from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING
from packhorse.core.lists import ListQuery
from packhorse.steps.inventory import selectors as inventory, services as inventory_services
from packhorse.steps.inventory.types import Counted
from packhorse.steps.orders import selectors as orders, services as order_services
from packhorse.steps.orders.types import Missing
from packhorse.steps.packing import selectors as packing
from packhorse.steps.picking import services as picking
from packhorse.steps.picking.types import ShortPick, TaskInfo
from tests.build import Shop, receive
from tests.build_orders import fo_of
from tests.scenarios.walk import (
    PICKER,
    RECEIVER,
    SERVICE,
    Time,
    available,
    books_agree,
    finish_walk,
    lying,
    open_tasks,
    pick,
    settle,
    shop_with_boxes,
    story,
    sums,
    to_accepted,
    to_delivered,
    to_handed_over,
    to_labelled,
    to_packed,
    to_the_floor,
    to_the_shelf,
    told,
)

pytestmark = pytest.mark.django_db


def short(task: TaskInfo, *, taken: int, time: Time) -> ShortPick:
    return picking.report_short(key=uuid4(), actor=PICKER, task_id=task.task_id, taken=taken, reason="missing", today=time.clock.now().date())


def count_what_was_asked(shop: Shop) -> int:
    """The receiver counts the bins that the shorts asked for, and finds what the book says now."""
    query = ListQuery(filters={"warehouse": (str(shop.warehouse_id),), "state": ("requested",)})
    asked = inventory.counts(EVERYTHING, query).rows
    for task in asked:
        inventory_services.start_count(key=uuid4(), actor=RECEIVER, count_id=task.id)
        levels = inventory.levels(EVERYTHING, location_id=task.location_id, item_id=task.item_id)
        found = [Counted(v.item_id, v.on_hand, v.lot or "", v.condition) for v in levels if v.on_hand]
        inventory_services.record_count(key=uuid4(), actor=RECEIVER, count_id=task.id, lines=found, finished=True)
    return len(asked)


def test_found_elsewhere_it_ships_whole_and_nobody_waits(time: Time) -> None:
    shop = shop_with_boxes()
    to_the_shelf(shop, {"SKU-1": 4})
    receive(shop.item("SKU-1"), shop.bins[7], 3)
    fo = to_accepted(shop, {"SKU-1": 4})
    batch_id = to_the_floor(shop, fo)
    (task,) = open_tasks(batch_id)

    assert short(task, taken=1, time=time) == ShortPick(task.task_id, taken=1, found_elsewhere=3, missing=0)
    (more,) = open_tasks(batch_id)
    assert (more.location_id, more.quantity) == (shop.bins[7], 3)
    finish_walk(shop, batch_id)

    assert fo_of(fo.order_id).stage == "picked"
    to_packed(shop, fo)
    to_labelled(shop, fo)
    to_handed_over(shop)
    to_delivered(time, fo)
    assert (fo_of(fo.order_id).lines[0].delivered, sums(fo)) == (4, (4000, 4000, 0))
    assert (available(shop, "SKU-1"), lying(shop, "SKU-1")) == (0, {})  # the three that were missing are written off
    assert "picking.pick_short" in [e.event for e in story(fo)]
    assert count_what_was_asked(shop) == 1
    books_agree()


def test_found_nowhere_it_waits_for_service_who_cancels_the_line_and_the_rest_ships(time: Time) -> None:
    shop = shop_with_boxes()
    to_the_shelf(shop, {"SKU-1": 2, "SKU-2": 5})
    fo = to_accepted(shop, {"SKU-1": 2, "SKU-2": 3}, charges_minor=500)
    batch_id = to_the_floor(shop, fo)
    first, second = sorted(open_tasks(batch_id), key=lambda t: t.sku)
    time.passes(minutes=10)
    pick(batch_id, second)

    assert short(first, taken=0, time=time) == ShortPick(first.task_id, taken=0, found_elsewhere=0, missing=2)
    finish_walk(shop, batch_id)

    held = orders.order(EVERYTHING, fo.order_id)
    (hold,) = [h for h in held.holds if h.released_at is None]
    assert (hold.kind, hold.owner_role, hold.missing) == ("stock", "service", Missing(((2, "SKU-1"),), first.location, "missing"))
    assert packing.bench_orders(EVERYTHING, shop.warehouse_id) == []  # it stands there, and nobody packs it

    time.passes(hours=1)
    missing = {x.demand_id: x.quantity for x in fo.lines if x.sku == "SKU-1"}
    order_services.cancel_lines(key=uuid4(), actor=SERVICE, order_id=fo.order_id, quantities=missing, reason="not found on the shelf")
    settle()
    for still in orders.order(EVERYTHING, fo.order_id).holds:
        if still.released_at is None:
            order_services.release_hold(key=uuid4(), actor=SERVICE, hold_id=still.hold_id)
    settle()

    assert not fo_of(fo.order_id).held
    time.passes(minutes=10)
    to_packed(shop, fo)
    to_labelled(shop, fo)
    to_handed_over(shop)
    to_delivered(time, fo)
    after = fo_of(fo.order_id)
    assert (after.stage, [(x.sku, x.cancelled, x.delivered) for x in after.lines]) == ("delivered", [("SKU-1", 2, 0), ("SKU-2", 0, 3)])
    assert sums(fo)[1:] == (3000 + 500, 0)  # what was not found was never taken
    assert told(fo) == ["order_received", "shipped", "out_for_delivery", "delivered"]
    assert [(e.event, e.principal) for e in story(fo) if e.event in ("picking.pick_short", "orders.hold_opened", "orders.lines_cancelled")] == [
        ("orders.hold_opened", "user:pit"),
        ("picking.pick_short", "user:pit"),
        ("orders.lines_cancelled", "user:sam"),
    ]
    assert count_what_was_asked(shop) == 1
    books_agree()
