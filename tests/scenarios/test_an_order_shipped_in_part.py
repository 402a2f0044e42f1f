"""An order that may ship in part: what is here leaves first, the rest when it has come, each by the same ways, and its money follows the goods."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING
from packhorse.core.web.detail import Table
from packhorse.roof.desk.order import order_page
from packhorse.steps.inventory import selectors as inventory
from packhorse.steps.orders import selectors as orders
from packhorse.steps.orders.types import FulfillmentOrderInfo
from packhorse.steps.packing import services as packing
from packhorse.steps.packing.types import Content, NewParcel
from packhorse.steps.picking import services as picking
from packhorse.steps.picking.models import PickTask
from packhorse.steps.picking.types import NotReleased
from tests.build import Shop
from tests.build_orders import fo_of
from tests.scenarios.walk import (
    MANAGER,
    PACKER,
    Time,
    available,
    books_agree,
    free_totes,
    lying,
    on_its_way,
    settle,
    shop_with_boxes,
    sums,
    to_accepted,
    to_delivered,
    to_handed_over,
    to_labelled,
    to_packed,
    to_picked,
    to_the_shelf,
    told,
)

pytestmark = pytest.mark.django_db


def in_part(shop: Shop, quantity: int, **given: object) -> FulfillmentOrderInfo:
    """An order of SKU-1 that may ship in part."""
    return to_accepted(shop, {"SKU-1": quantity}, ship_complete=False, **given)


def to_release(shop: Shop) -> dict[str, int]:
    """What the usual list offers for release: how many units of which fulfillment order."""
    return {r.number: sum(line.open_quantity for line in r.lines) for r in orders.releasable(EVERYTHING, shop.warehouse_id, limit=10)}


def release(shop: Shop, fo: FulfillmentOrderInfo, time: Time) -> str:
    """What a try to release it says."""
    (answer,) = picking.release_orders(
        key=uuid4(), actor=MANAGER, warehouse_id=shop.warehouse_id, fulfillment_order_ids=[fo.fulfillment_order_id], today=time.clock.now().date()
    )
    return answer.code if isinstance(answer, NotReleased) else "released"


def shown(fo: FulfillmentOrderInfo, section: str, column: str) -> list[Any]:
    """What a table of the order's page shows in a column."""
    table = next(s for s in order_page(MANAGER, fo.order_id).sections if s.title == section)
    assert isinstance(table, Table)
    return [row[column] if isinstance(row, dict) else getattr(row, column) for row in table.rows]


def agree() -> None:
    books_agree()
    assert orders.drift(EVERYTHING) == []


def test_six_of_ten_leave_and_the_other_four_follow_when_they_have_come(time: Time) -> None:
    shop = shop_with_boxes()
    to_the_shelf(shop, {"SKU-1": 6})
    totes = free_totes(shop)
    fo = in_part(shop, 10, charges_minor=500)
    assert (fo.stage, fo.lines[0].promised, to_release(shop)) == ("backordered", 6, {fo.number: 6})

    time.passes(hours=1)
    to_picked(shop, fo)
    assert (fo_of(fo.order_id).stage, to_release(shop)) == ("picking", {})
    to_packed(shop, fo)
    assert (fo_of(fo.order_id).stage, free_totes(shop), to_release(shop)) == ("picking", totes, {})
    to_labelled(shop, fo)
    assert to_handed_over(shop).parcels == 1
    first = fo_of(fo.order_id)
    assert (first.stage, first.released_at, first.lines[0].shipped, sums(fo)) == ("backordered", None, 6, (10500, 6500, 0))
    assert order_page(MANAGER, fo.order_id).sentence == "6 of 10 units have left. 4 wait for goods."
    assert to_release(shop) == {}
    assert release(shop, fo, time) == "backordered"
    agree()

    time.passes(days=1)
    to_the_shelf(shop, {"SKU-1": 4})
    settle()
    assert (fo_of(fo.order_id).stage, to_release(shop), available(shop, "SKU-1")) == ("open", {fo.number: 4}, 0)
    agree()

    on_its_way(shop, fo)

    after = fo_of(fo.order_id)
    assert (after.stage, after.lines[0].shipped, sums(fo)) == ("shipped", 10, (10500, 10500, 0))
    assert shown(fo, "Parcels", "units") == [6, 4]
    assert shown(fo, "On its way", "parcel") == shown(fo, "Parcels", "number")
    assert [str(m) for m in shown(fo, "Payment entries", "amount")] == ["105.00 CAD", "65.00 CAD", "40.00 CAD"]
    assert told(fo) == ["order_received", "shipped", "shipped"]
    assert (free_totes(shop), lying(shop, "SKU-1"), to_release(shop)) == (totes, {}, {})
    assert inventory.open_allocations(EVERYTHING, demand_ids=[fo.lines[0].demand_id]) == []
    assert sorted(PickTask.objects.filter(demand_id=fo.lines[0].demand_id).values_list("picked", "state")) == [(4, "done"), (6, "done")]
    to_delivered(time, fo)
    assert (fo_of(fo.order_id).stage, fo_of(fo.order_id).lines[0].delivered) == ("delivered", 10)
    agree()


def test_what_comes_while_the_first_parcel_waits_for_the_truck_is_released_after_it(time: Time) -> None:
    shop = shop_with_boxes()
    to_the_shelf(shop, {"SKU-1": 6})
    fo = in_part(shop, 10)
    to_picked(shop, fo)
    to_packed(shop, fo)
    to_the_shelf(shop, {"SKU-1": 4})
    settle()
    assert (fo_of(fo.order_id).stage, to_release(shop)) == ("picking", {})

    to_labelled(shop, fo)
    to_handed_over(shop)

    assert (fo_of(fo.order_id).stage, to_release(shop)) == ("open", {fo.number: 4})
    on_its_way(shop, fo)
    assert (fo_of(fo.order_id).stage, sums(fo)) == ("shipped", (10000, 10000, 0))
    agree()


def test_a_tote_with_something_left_in_it_keeps_the_order_released(time: Time) -> None:
    shop = shop_with_boxes()
    to_the_shelf(shop, {"SKU-1": 6})
    fo = in_part(shop, 10)
    to_picked(shop, fo)
    (standing,) = inventory.open_allocations(EVERYTHING, demand_ids=[fo.lines[0].demand_id])

    def seal(quantity: int) -> None:
        new = NewParcel(None, (300, 200, 150), (Content(standing.allocation_id, quantity),), 250 * quantity, None, {})
        packing.pack_as_is(key=uuid4(), actor=PACKER, fulfillment_order_id=fo.fulfillment_order_id, parcels=[new], station_id=shop.bench)

    seal(2)
    assert fo_of(fo.order_id).released_at is not None
    assert release(shop, fo, time) == "released_before"
    seal(4)
    assert (fo_of(fo.order_id).released_at, fo_of(fo.order_id).stage) == (None, "picking")
    agree()


def test_an_order_that_ships_whole_waits_and_one_of_which_nothing_is_here_is_not_offered(time: Time) -> None:
    shop = shop_with_boxes()
    to_the_shelf(shop, {"SKU-1": 6})
    whole = to_accepted(shop, {"SKU-1": 10})
    nothing = in_part(shop, 3)

    assert (whole.stage, nothing.stage, nothing.lines[0].promised) == ("backordered", "backordered", 0)
    assert to_release(shop) == {}
    assert (release(shop, whole, time), release(shop, nothing, time)) == ("backordered", "backordered")
    agree()


def test_packed_whole_it_stays_released(time: Time) -> None:
    shop = shop_with_boxes()
    to_the_shelf(shop, {"SKU-1": 6})
    fo = in_part(shop, 6)
    to_picked(shop, fo)
    to_packed(shop, fo)
    assert (fo_of(fo.order_id).stage, fo_of(fo.order_id).released_at is not None) == ("packed", True)
    agree()
