"""A fulfillment order that is not with the floor can be changed by itself."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING, Actor
from packhorse.core.errors import Invalid, KeyReused, NotAllowed, NotFound, PackhorseError
from packhorse.core.timeline import timeline
from packhorse.steps.inventory import selectors as inventory
from packhorse.steps.orders import ledger, selectors, services
from packhorse.steps.orders.errors import NotAPair, NothingToChange, OnTheFloor, PartLeft, TooLate
from packhorse.steps.orders.models import Change, Order
from packhorse.steps.orders.types import Edited, FulfillmentOrderInfo, Merged, Moved, SplitOff
from tests.build import HOUSE, Shop, actor, doing, make_shop, make_warehouse, receive, stock
from tests.build_orders import accepted, fo_of, pack, pick, settle, ship, walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    made = make_shop()
    stock(made, {"SKU-1": 10, "SKU-2": 10})
    return made


def set_terms(fo: FulfillmentOrderInfo, ship_complete: bool, priority: int, *, who: Actor = HOUSE, key: Any = None, reason: str = "asked") -> Edited:
    return services.change_terms(
        key=key or uuid4(), actor=who, fulfillment_order_id=fo.fulfillment_order_id, ship_complete=ship_complete, priority=priority, reason=reason
    )


def test_may_leave_in_part_from_now_on_and_goes_before_others(shop: Shop) -> None:
    waiting, other = accepted(shop, {"SKU-1": 12}, payment=None), accepted(shop, {"SKU-2": 1}, payment=None)
    assert [r.number for r in selectors.releasable(EVERYTHING, shop.warehouse_id, limit=5)] == [other.number]
    key = uuid4()

    done = set_terms(waiting, False, 5, key=key)

    assert done == set_terms(waiting, False, 5, key=key) == Edited(waiting.order_id, ("ship_complete", "priority"))
    assert [r.number for r in selectors.releasable(EVERYTHING, shop.warehouse_id, limit=5)] == [waiting.number, other.number]
    (change,) = Change.objects.filter(order_id=waiting.order_id)
    assert (change.kind, change.reason, change.detail) == (
        "edit",
        "asked",
        {"fulfillment_order": waiting.fulfillment_order_id, "ship_complete": [True, False], "priority": [0, 5]},
    )
    assert timeline(order_id=waiting.order_id)[0].sentence == f"{waiting.number} leaves in part now, at priority 5"
    assert set_terms(waiting, True, 5).changed == ("ship_complete",)
    assert [r.number for r in selectors.releasable(EVERYTHING, shop.warehouse_id, limit=5)] == [other.number]
    with pytest.raises(KeyReused):
        set_terms(waiting, True, 6, key=key)
    assert selectors.drift(EVERYTHING) == []


def test_what_is_with_the_floor_or_gone_keeps_its_terms(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 2}, payment=None)

    def refused(by: type[PackhorseError], **given: Any) -> PackhorseError:
        with pytest.raises(by) as refusal:
            set_terms(fo, **{"ship_complete": False, "priority": 0, **given})
        assert (fo_of(fo.order_id).ship_complete, fo_of(fo.order_id).priority) == (True, 0)
        return refusal.value

    refused(NothingToChange, ship_complete=True)
    refused(Invalid, priority=101)
    refused(Invalid, priority=-1)
    refused(NotAllowed, who=actor("picker"))
    refused(NotAllowed, who=actor("manager", client_id=make_shop().client_id))
    with pytest.raises(NotFound):
        services.change_terms(key=uuid4(), actor=HOUSE, fulfillment_order_id=2**40, ship_complete=False, priority=0, reason="x")
    pick(shop, fo)
    blocked = refused(OnTheFloor)
    assert (str(blocked), blocked.link) == (f"Fulfillment order {fo.number} is with the floor: 2 units are picked.", f"/orders/{fo.order_id}/")
    pack(shop, fo)
    refused(OnTheFloor)
    ship(fo)
    refused(TooLate)


def split(fo: FulfillmentOrderInfo, quantities: dict[int, int], *, who: Actor = HOUSE, key: Any = None) -> SplitOff:
    return services.split_fulfillment(key=key or uuid4(), actor=who, fulfillment_order_id=fo.fulfillment_order_id, quantities=quantities, reason="asked")


def merge(into: int, other: int, *, who: Actor = HOUSE, key: Any = None) -> Merged:
    return services.merge_fulfillments(key=key or uuid4(), actor=who, fulfillment_order_id=into, other_id=other, reason="asked")


def parts_of(order_id: int) -> list[tuple[str, str, list[tuple[str, int, int]]]]:
    """Each part's number, stage and (SKU, wanted, promised) lines."""
    return [
        (fo.number[-2:], fo.stage, [(line.sku, line.live, line.promised) for line in fo.lines])
        for fo in selectors.fulfillment_orders_of(EVERYTHING, [order_id])
    ]


def books_agree() -> None:
    assert selectors.drift(EVERYTHING) == []
    assert inventory.drift(EVERYTHING) == []


def test_is_split_the_units_that_wait_for_goods_first_and_merged_again(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 12, "SKU-2": 3}, pay=False)
    one, two = (line.demand_id for line in fo.lines)
    key = uuid4()

    made = split(fo, {one: 5, two: 3}, key=key)

    assert made == split(fo, {one: 5, two: 3}, key=key)
    assert parts_of(fo.order_id) == [("-1", "open", [("SKU-1", 7, 7)]), ("-2", "backordered", [("SKU-1", 5, 3), ("SKU-2", 3, 3)])]
    second = selectors.fulfillment_order(EVERYTHING, made.fulfillment_order_id)
    assert (second.number, second.held, second.ship_by, second.lines[1].demand_id) == (f"{fo.order_number}-2", True, fo.ship_by, two)
    assert timeline(order_id=fo.order_id)[0].sentence == f"8 units of {fo.number} were split off as {second.number}"
    books_agree()
    with pytest.raises(KeyReused):
        split(fo, {one: 1}, key=key)

    key = uuid4()
    done = merge(fo.fulfillment_order_id, made.fulfillment_order_id, key=key)

    assert done == merge(fo.fulfillment_order_id, made.fulfillment_order_id, key=key) == Merged(fo.order_id, fo.fulfillment_order_id, fo.number, 8)
    assert parts_of(fo.order_id) == [("-1", "backordered", [("SKU-1", 12, 10), ("SKU-2", 3, 3)])]
    assert (fo_of(fo.order_id).lines, fo_of(fo.order_id).held) == (fo.lines, True)
    gone = selectors.fulfillment_order(EVERYTHING, made.fulfillment_order_id)
    assert (gone.stage, gone.held, gone.lines) == ("merged", False, ())
    assert [c.kind for c in Change.objects.filter(order_id=fo.order_id).order_by("id")] == ["split", "merge"]
    assert timeline(order_id=fo.order_id)[0].sentence == f"{gone.number} with its 8 units was merged into {fo.number}"
    books_agree()
    with pytest.raises(KeyReused):
        merge(made.fulfillment_order_id, fo.fulfillment_order_id, key=key)
    with pytest.raises(TooLate):
        merge(fo.fulfillment_order_id, made.fulfillment_order_id)
    assert split(fo_of(fo.order_id), {one: 1}).number == f"{fo.order_number}-3"


def test_what_waits_is_split_off_so_that_the_rest_can_leave_and_each_part_is_paid_as_it_goes(shop: Shop) -> None:
    fo = accepted(shop, [("SKU-1", 12, "0.335")], charges_minor=100)
    made = split(fo, {fo.lines[0].demand_id: 2})
    pick(shop, fo_of(fo.order_id))
    pack(shop, fo_of(fo.order_id))
    ship(fo_of(fo.order_id))
    settle()
    assert parts_of(fo.order_id) == [("-1", "shipped", [("SKU-1", 10, 10)]), ("-2", "backordered", [("SKU-1", 2, 0)])]
    assert Order.objects.get(pk=fo.order_id).captured_minor == 100 + 335
    receive(shop.item("SKU-1"), shop.bins[0], 2)
    settle()
    second = selectors.fulfillment_order(EVERYTHING, made.fulfillment_order_id)
    walk(shop, second)
    settle()
    assert Order.objects.get(pk=fo.order_id).captured_minor == 100 + 402
    assert [m for m in selectors.money_proof(EVERYTHING) if not m.reconciled] == []
    books_agree()


def test_what_has_left_in_part_gives_off_the_rest(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 12}, payment=None, ship_complete=False)
    demand = fo.lines[0].demand_id
    walk(shop, fo)
    doing(lambda: ledger.unreleased([fo.fulfillment_order_id]))
    with pytest.raises(Invalid):
        split(fo_of(fo.order_id), {demand: 3})

    made = split(fo_of(fo.order_id), {demand: 2})

    assert parts_of(fo.order_id) == [("-1", "shipped", [("SKU-1", 10, 10)]), ("-2", "backordered", [("SKU-1", 2, 0)])]
    with pytest.raises(TooLate):
        merge(fo.fulfillment_order_id, made.fulfillment_order_id)
    books_agree()


def test_what_cannot_be_split_stays_whole(shop: Shop) -> None:
    fo, other = accepted(shop, {"SKU-1": 2, "SKU-2": 1}, payment=None), accepted(shop, {"SKU-1": 1}, payment=None)
    one, two = (line.demand_id for line in fo.lines)
    before = parts_of(fo.order_id)
    for quantities, refusal in (
        ({one: 3}, Invalid),
        ({one: -1}, Invalid),
        ({one: 2, two: 1}, Invalid),
        ({one: 0}, NothingToChange),
        ({}, NothingToChange),
        ({other.lines[0].demand_id: 1}, NotFound),
    ):
        with pytest.raises(refusal):
            split(fo, quantities)
    for who in (actor("picker"), actor("manager", client_id=make_shop().client_id), actor("manager", warehouse_id=make_shop().warehouse_id)):
        with pytest.raises(NotAllowed):
            split(fo, {one: 1}, who=who)
    with pytest.raises(NotFound):
        services.split_fulfillment(key=uuid4(), actor=HOUSE, fulfillment_order_id=2**40, quantities={one: 1}, reason="x")
    pick(shop, fo)
    with pytest.raises(OnTheFloor):
        split(fo, {one: 1})
    services.cancel_orders(key=uuid4(), actor=HOUSE, order_ids=[fo.order_id], reason="x")
    with pytest.raises(TooLate):
        split(fo, {one: 1})
    assert [(n, [(sku, 0, 0) for sku, _, _ in lines]) for n, _, lines in before] == [(n, lines) for n, _, lines in parts_of(fo.order_id)]


def test_what_cannot_be_merged_stays_two(shop: Shop) -> None:
    fo, other = accepted(shop, {"SKU-1": 4}, payment=None), accepted(shop, {"SKU-2": 1}, payment=None)
    second = split(fo, {fo.lines[0].demand_id: 2}).fulfillment_order_id
    first = fo.fulfillment_order_id
    before = parts_of(fo.order_id)
    for into, gone, refusal in ((first, first, NotAPair), (first, other.fulfillment_order_id, NotAPair), (first, 2**40, NotFound), (2**40, first, NotFound)):
        with pytest.raises(refusal):
            merge(into, gone)
    for who in (actor("picker"), actor("manager", client_id=make_shop().client_id)):
        with pytest.raises(NotAllowed):
            merge(first, second, who=who)
    there = make_shop()
    services.move_fulfillment(key=uuid4(), actor=HOUSE, fulfillment_order_id=second, warehouse_id=there.warehouse_id, reason="x")
    with pytest.raises(NotAPair, match="at another warehouse"):
        merge(first, second)
    services.move_fulfillment(key=uuid4(), actor=HOUSE, fulfillment_order_id=second, warehouse_id=shop.warehouse_id, reason="x")
    pick(shop, selectors.fulfillment_order(EVERYTHING, second))
    for into, gone in ((first, second), (second, first)):
        with pytest.raises(OnTheFloor):
            merge(into, gone)
    assert [lines for _, _, lines in parts_of(fo.order_id)] == [lines for _, _, lines in before]
    books_agree()


def test_lines_that_the_floor_or_a_cancellation_dealt_with_stay_lines_of_their_own(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 6}, payment=None)
    made = split(fo, {fo.lines[0].demand_id: 4})
    (line,) = selectors.fulfillment_order(EVERYTHING, made.fulfillment_order_id).lines
    services.cancel_lines(key=uuid4(), actor=HOUSE, order_id=fo.order_id, quantities={line.demand_id: 1}, reason="x")

    merge(fo.fulfillment_order_id, made.fulfillment_order_id)

    assert [(n.quantity, n.promised, n.cancelled) for n in fo_of(fo.order_id).lines] == [(2, 2, 0), (4, 3, 1)]
    books_agree()


def move(fo: FulfillmentOrderInfo, to: Shop, *, who: Actor = HOUSE, key: Any = None) -> Moved:
    return services.move_fulfillment(key=key or uuid4(), actor=who, fulfillment_order_id=fo.fulfillment_order_id, warehouse_id=to.warehouse_id, reason="asked")


def second_house(shop: Shop, quantities: dict[str, int]) -> Shop:
    """Another warehouse of the shop's client, with some of its goods."""
    warehouse_id, places = make_warehouse()
    made = Shop(shop.client_id, warehouse_id, places, shop.items)
    stock(made, quantities)
    return made


def test_another_warehouse_promises_what_it_has_and_the_first_what_it_got_back(shop: Shop) -> None:
    there = second_house(shop, {"SKU-1": 3})
    fo, waiting = accepted(shop, {"SKU-1": 8, "SKU-2": 1}, payment=None), accepted(shop, {"SKU-1": 5}, payment=None)
    key = uuid4()

    done = move(fo, there, key=key)

    assert done == move(fo, there, key=key) == Moved(fo.order_id, fo.fulfillment_order_id, there.warehouse_id, 3, 6)
    now = fo_of(fo.order_id)
    assert (now.number, now.warehouse_id, now.stage, [line.promised for line in now.lines]) == (fo.number, there.warehouse_id, "backordered", [3, 0])
    assert [line.demand_id for line in now.lines] == [line.demand_id for line in fo.lines]
    assert timeline(order_id=fo.order_id)[0].data["promised"] == 3
    assert Change.objects.get(order_id=fo.order_id).detail["warehouse"] == [shop.warehouse_id, there.warehouse_id]
    settle()
    assert fo_of(waiting.order_id).stage == "open"
    receive(shop.item("SKU-1"), there.bins[0], 5)
    receive(shop.item("SKU-2"), there.bins[0], 1)
    settle()
    assert fo_of(fo.order_id).stage == "open"
    walk(there, fo_of(fo.order_id))
    assert fo_of(fo.order_id).stage == "shipped"
    books_agree()
    with pytest.raises(KeyReused):
        move(fo, shop, key=key)


def test_a_line_that_is_cancelled_goes_along_so_that_what_is_merged_into_it_is_promised_where_it_is_shipped(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 3, "SKU-2": 1}, payment=None)
    one = fo.lines[0].demand_id
    second = split(fo, {one: 1}).fulfillment_order_id
    services.cancel_lines(key=uuid4(), actor=HOUSE, order_id=fo.order_id, quantities={one: 2}, reason="x")
    there = second_house(shop, {"SKU-1": 5, "SKU-2": 5})
    for part in (fo, selectors.fulfillment_order(EVERYTHING, second)):
        move(part, there)

    merge(fo.fulfillment_order_id, second)

    (merged,) = [f for f in selectors.fulfillment_orders_of(EVERYTHING, [fo.order_id]) if f.lines]
    demands = sql.rows("SELECT warehouse_id, promised FROM inventory_demand WHERE id = ANY(%s)", [[line.demand_id for line in merged.lines]])
    assert demands == [(there.warehouse_id, 1)] * 2
    books_agree()


def test_what_cannot_be_moved_stays_where_it_is(shop: Shop) -> None:
    there = second_house(shop, {"SKU-1": 9})
    fo = accepted(shop, {"SKU-1": 12}, payment=None, ship_complete=False)

    def refused(by: type[PackhorseError], to: Shop = there, who: Actor = HOUSE) -> None:
        with pytest.raises(by):
            move(fo, to, who=who)
        assert fo_of(fo.order_id).warehouse_id == shop.warehouse_id

    refused(NothingToChange, shop)
    refused(NotAllowed, who=actor("picker"))
    refused(NotAllowed, who=actor("manager", warehouse_id=shop.warehouse_id))
    refused(NotAllowed, who=actor("manager", warehouse_id=there.warehouse_id))
    refused(NotFound, Shop(shop.client_id, 2**40, {}, {}))
    with pytest.raises(NotFound):
        services.move_fulfillment(key=uuid4(), actor=HOUSE, fulfillment_order_id=2**40, warehouse_id=there.warehouse_id, reason="x")
    pick(shop, fo)
    refused(OnTheFloor)
    pack(shop, fo_of(fo.order_id))
    ship(fo_of(fo.order_id))
    refused(OnTheFloor)
    doing(lambda: ledger.unreleased([fo.fulfillment_order_id]))
    refused(PartLeft)
    rest = split(fo_of(fo.order_id), {fo.lines[0].demand_id: 2})
    assert move(selectors.fulfillment_order(EVERYTHING, rest.fulfillment_order_id), there).promised == 2
    refused(TooLate)
    books_agree()
