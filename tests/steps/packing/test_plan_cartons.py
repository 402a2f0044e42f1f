"""What is released is cartonised by the kernel before it is picked, and at the bench again if other pieces came than were planned."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from uuid import uuid4

import pytest

from packhorse.core import dispatch, sql
from packhorse.core.actors import EVERYTHING, Actor
from packhorse.core.errors import KeyReused, NotAllowed
from packhorse.core.scan import parse
from packhorse.core.web.scanner import flows
from packhorse.ground.catalog import services as catalog
from packhorse.ground.equipment import emulators
from packhorse.ground.people.types import Grant
from packhorse.steps.orders import selectors as orders, services as order_services
from packhorse.steps.orders.types import FulfillmentOrderInfo
from packhorse.steps.packing import jobs, selectors, services
from packhorse.steps.packing.policy import PackPolicy
from packhorse.steps.packing.types import BenchOrder
from packhorse.steps.picking import selectors as picking
from packhorse.steps.picking.types import Cartons
from tests.at_once import at_once
from tests.build import HOUSE, Shop, actor, make_shop, plain_item, stock
from tests.build_orders import accepted
from tests.steps.orders.test_doors import browser
from tests.steps.packing.test_pack_on_the_scanner import Hand, machine
from tests.steps.picking.build import begun, confirm, finish, make_box, plan, release, shop_with, short, tasks, walk

pytestmark = pytest.mark.django_db
SYSTEM = Actor("system:packing", frozenset({"system"}))


def waiting(shop: Shop) -> list[int]:
    """The releases of a shop that no cartons are planned for."""
    return [w.release_id for w in picking.without_cartons(EVERYTHING) if w.client_id == shop.client_id]


def bench(shop: Shop) -> BenchOrder:
    (order,) = selectors.bench_orders(EVERYTHING, shop.warehouse_id)
    return order


def came_short(shop: Shop, comes: str, missing: str) -> FulfillmentOrderInfo:
    """An order of two pieces of each, planned as such; of one item none is found, service cancels its line, and the rest stands at the bench."""
    batch, (fo,) = begun(shop, {comes: 2, missing: 2})
    jobs.plan_cartons(key=uuid4())
    for task in sorted(tasks(batch), key=lambda t: t.sku == missing):
        if task.sku == missing:
            short(task)
        else:
            confirm(batch, task)
    finish(shop, batch)
    gone = {line.demand_id: line.quantity for line in fo.lines if line.sku == missing}
    order_services.cancel_lines(key=uuid4(), actor=HOUSE, order_id=fo.order_id, quantities=gone, reason="not found on the shelf")
    dispatch.drain()
    for hold in orders.order(EVERYTHING, fo.order_id).holds:
        if hold.released_at is None:
            order_services.release_hold(key=uuid4(), actor=HOUSE, hold_id=hold.hold_id)
    dispatch.drain()
    return fo


@pytest.fixture
def shop() -> Shop:
    """100 × 80 × 60 mm each: two go into the small box, more into the large one."""
    make_box("CP-SMALL", inner=(170, 110, 70))
    make_box("CP-LARGE", inner=(300, 200, 150))
    return shop_with({"SKU-1": 20, "SKU-2": 20})


def test_a_release_is_planned_once_and_the_picker_sees_the_box_at_its_compartment(shop: Shop) -> None:
    one, other = accepted(shop, {"SKU-1": 1}), accepted(shop, {"SKU-1": 2, "SKU-2": 2})
    release(shop, one, other)
    dispatch.drain()
    assert sql.rows("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'packing.plan_cartons' AND status = 'todo'") == [(1,)]
    (batch,) = plan(shop)
    jobs.plan_cartons(key=uuid4())
    assert waiting(shop) == []
    planned = picking.cartons_of(EVERYTHING, one.fulfillment_order_id)
    assert planned is not None
    assert (planned.boxes, planned.pieces) == (("CP-SMALL",), {shop.items["SKU-1"]: 1})
    by_compartment = picking.cartons_of_walk(EVERYTHING, batch)
    assert sorted(c.boxes for c in by_compartment.values()) == [("CP-LARGE",), ("CP-SMALL",)]
    assert picking.cartons_of(actor("client", client_id=shop.client_id + 10**6).scope, one.fulfillment_order_id) is None
    flow, picker = flows()["picking.pick"], Actor("user:9", frozenset({"picker"}), user_id=9)
    screen = flow.start(actor=picker, key=uuid4(), context={})
    screen = flow.scan(actor=picker, key=uuid4(), state=screen.state, scan=parse("CART-01"))
    assert ("Goes into", by_compartment[1].boxes[0]) in [(str(a), str(b)) for a, b in screen.lines]


def test_it_is_kept_once_by_its_key_and_what_is_planned_stays_planned(shop: Shop) -> None:
    release(shop, accepted(shop, {"SKU-1": 1}))
    (found,) = [w for w in picking.without_cartons(EVERYTHING) if w.client_id == shop.client_id]
    plans, key = services.cartons_for([found]), uuid4()
    assert services.plan_cartons(key=key, actor=SYSTEM, plans=plans) == [found.release_id]
    assert services.plan_cartons(key=key, actor=SYSTEM, plans=plans) == [found.release_id]
    with pytest.raises(KeyReused):
        services.plan_cartons(key=key, actor=SYSTEM, plans=[])
    assert services.plan_cartons(key=uuid4(), actor=SYSTEM, plans=[Cartons(found.release_id, ("OTHER",), {})]) == []
    with pytest.raises(NotAllowed):
        services.plan_cartons(key=uuid4(), actor=actor("packer"), plans=plans)


def test_goods_without_a_size_are_not_planned_and_hold_nothing_up(shop: Shop) -> None:
    catalog.upsert_items(key=uuid4(), actor=HOUSE, client_id=shop.client_id, items=[replace(plain_item("SKU-2"), length_mm=0, width_mm=0, height_mm=0)])
    fo = accepted(shop, {"SKU-2": 1})
    release(shop, fo)
    jobs.plan_cartons(key=uuid4())
    assert (waiting(shop), picking.cartons_of(EVERYTHING, fo.fulfillment_order_id)) == ([], None)


def test_what_came_as_planned_is_packed_as_planned(shop: Shop) -> None:
    batch, _fos = begun(shop, {"SKU-1": 2, "SKU-2": 2})
    jobs.plan_cartons(key=uuid4())
    walk(batch)
    finish(shop, batch)
    found = services.proposal(bench(shop))
    assert ([p.box for p in found.parcels], found.planned, found.told) == (["CP-LARGE"], ("CP-LARGE",), "")
    hand = Hand()
    assert "Planned" not in [str(a) for a, _ in hand.scan(str(bench(shop).tote)).lines]


def test_what_came_short_is_cartonised_again_and_says_so_at_the_bench_and_on_the_parcel(shop: Shop) -> None:
    fo = came_short(shop, "SKU-1", "SKU-2")
    order = bench(shop)
    found = services.proposal(order)
    told = "CP-LARGE for 4 pieces; 2 came: boxes chosen anew"
    assert ([p.box for p in found.parcels], found.planned, found.told) == (["CP-SMALL"], ("CP-LARGE",), told)
    page = browser(Grant("packer", warehouse_id=shop.warehouse_id)).get(f"/packing/orders/{fo.fulfillment_order_id}/").content.decode()
    assert (told in page, "other pieces came than were planned" in page) == (True, True)
    hand = Hand()
    assert ("Planned", told) in [(str(a), str(b)) for a, b in hand.scan(str(order.tote)).lines]
    hand.scan("SKU-1")
    hand.scan("SKU-1")
    (parcel,) = selectors.parcels(EVERYTHING, warehouse_id=shop.warehouse_id)
    assert (parcel.box, selectors.reasons(EVERYTHING, parcel.parcel_id).basis) == ("CP-SMALL", "other pieces came than were planned")


def test_where_boxes_are_cut_to_size_the_machine_is_asked_as_soon_as_the_tote_is_scanned_and_its_no_stops_nobody(shop: Shop) -> None:
    services.set_policy(key=uuid4(), actor=HOUSE, client_id=shop.client_id, policy=PackPolicy(cut=True))
    batch, _fos = begun(shop, {"SKU-1": 2}, {"SKU-1": 1})
    walk(batch)
    finish(shop, batch)
    first, second = selectors.bench_orders(EVERYTHING, shop.warehouse_id)
    with emulators.BoxMachine() as boxes:
        machine(shop, boxes.address)
        hand = Hand()
        assert "Cut to size" in str(hand.scan(str(first.tote)).big)
        assert [made.order for made in boxes.made] == [first.number]
        boxes.most_mm = 61
        hand.open()
        screen = hand.scan(str(second.tote))
        assert ("is not between 60 and 61" in str(screen.say), str(screen.big)) == (True, "CP-SMALL")
    for _ in range(second.units):
        hand.scan("SKU-1")
    assert len(selectors.parcels(EVERYTHING, warehouse_id=shop.warehouse_id)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_plan_a_release_once() -> None:
    shop = make_shop(items=1)
    stock(shop, {"SKU-1": 9})
    release(shop, accepted(shop, {"SKU-1": 1}))
    (found,) = [w for w in picking.without_cartons(EVERYTHING) if w.client_id == shop.client_id]
    answers = at_once(*(partial(services.plan_cartons, key=uuid4(), actor=SYSTEM, plans=[Cartons(found.release_id, (box,), {})]) for box in ("A", "B")))
    assert sorted(answers) == [[], [found.release_id]]
