"""A kit is promised, picked and shipped by its components, and counts where all of them do."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.ground.catalog import services as catalog
from packhorse.ground.catalog.types import ComponentInfo
from packhorse.steps.inventory import selectors as inventory, services as inventory_services
from packhorse.steps.inventory.errors import KitNotStocked
from packhorse.steps.inventory.reconciler import drift
from packhorse.steps.inventory.types import Counted, NewReservation, ReceivedLine, ReservationRefused, Reserved, ReservedLine, StockChange
from packhorse.steps.orders import selectors, services
from packhorse.steps.orders.kits import shares
from packhorse.steps.orders.types import Accepted, KitInfo
from tests.build import HOUSE, Shop, actor, make_shop, stock
from tests.build_orders import accepted, fo_of, new_order, pack, pick, settle, ship, take_in
from tests.steps.inventory.buying import Buying
from tests.steps.inventory.test_pages import sign_in, text
from tests.steps.returns.build import ask as ask_return, inspect, receive, shipped

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return make_shop(aisles=1, totes=2)


@pytest.fixture
def kit(shop: Shop) -> int:
    """SKU-3 is a kit of two SKU-1 and one SKU-2."""
    catalog.set_components(key=uuid4(), actor=HOUSE, item_id=shop.item("SKU-3"), components={shop.item("SKU-1"): 2, shop.item("SKU-2"): 1})
    return shop.item("SKU-3")


def kit_of(order_id: int) -> KitInfo:
    return selectors.kits(EVERYTHING, [order_id])[0]


def available(shop: Shop, item_id: int) -> int:
    return inventory.availability(EVERYTHING, shop.warehouse_id, [item_id])[0].available


def test_as_many_can_be_promised_as_the_scarcest_component_allows(shop: Shop, kit: int) -> None:
    assert available(shop, kit) == 0
    stock(shop, {"SKU-1": 7, "SKU-2": 5})
    assert (available(shop, kit), inventory.item_stock(EVERYTHING, kit).available, inventory.item_stock(EVERYTHING, kit).kit) == (3, 3, True)
    accepted(shop, {"SKU-2": 4})
    assert available(shop, kit) == 1


def test_a_kit_is_demanded_by_its_components_beside_other_lines_of_the_same_item(shop: Shop, kit: int) -> None:
    stock(shop, {"SKU-1": 5, "SKU-2": 5})
    fo = accepted(shop, [("SKU-3", 2, "25.00"), ("SKU-1", 2, "10.00")])
    assert [(n.line_no, n.sku, n.quantity, n.promised, n.amount_minor) for n in fo.lines] == [
        (1, "SKU-1", 4, 4, 3333),
        (2, "SKU-2", 2, 2, 1667),
        (3, "SKU-1", 2, 1, 2000),
    ]
    bought = kit_of(fo.order_id)
    assert (bought.sku, bought.quantity, bought.unit_price, bought.amount_minor, bought.promised) == ("SKU-3", 2, Decimal(25), 5000, 2)
    assert selectors.order(EVERYTHING, fo.order_id).money.goods.amount_minor == 7000
    assert fo.stage == "backordered"
    assert inventory.item_stock(EVERYTHING, kit).promised == 0
    assert sql.rows("SELECT count(*) FROM inventory_demand WHERE item_id = %s", [kit]) == [(0,)]
    assert drift() == []


def test_a_kit_is_shipped_when_all_its_components_are_and_paid_in_full(shop: Shop, kit: int) -> None:
    stock(shop, {"SKU-1": 4, "SKU-2": 2})
    fo = accepted(shop, [("SKU-3", 2, "25.01")])
    pick(shop, fo)
    pack(shop, fo)
    one, two = fo.lines
    ship(fo, only={one.demand_id: 4})
    assert (kit_of(fo.order_id).picked, kit_of(fo.order_id).packed, kit_of(fo.order_id).shipped) == (2, 2, 0)
    settle()
    ship(fo, only={two.demand_id: 2}, shipment_id=2)
    settle()
    assert kit_of(fo.order_id).shipped == 2
    money = selectors.order(EVERYTHING, fo.order_id).money
    assert (money.captured.amount_minor, money.goods.amount_minor) == (5002, 5002)
    assert fo_of(fo.order_id).stage == "shipped"
    assert drift() == []


def test_a_kit_that_came_back_whole_is_refunded_to_the_cent(shop: Shop, kit: int) -> None:
    stock(shop, {"SKU-1": 4, "SKU-2": 2})
    fo = shipped(shop, [("SKU-3", 2, "25.01")])
    rma = receive(ask_return(fo, [2, 0]))
    inspect(rma)
    settle()
    assert kit_of(fo.order_id).returned == 0
    inspect(receive(ask_return(fo, [2, 2])))
    settle()
    assert kit_of(fo.order_id).returned == 2
    money = selectors.order(EVERYTHING, fo.order_id).money
    assert (money.captured.amount_minor, money.refunded.amount_minor) == (5002, 5002)


def test_a_kit_that_lost_a_component_is_complete_no_more(shop: Shop, kit: int) -> None:
    stock(shop, {"SKU-1": 6, "SKU-2": 3})
    fo = accepted(shop, {"SKU-3": 3})
    services.change_quantities(key=uuid4(), actor=HOUSE, order_id=fo.order_id, quantities={fo.lines[0].demand_id: 5}, reason="one broke")
    assert (kit_of(fo.order_id).promised, kit_of(fo.order_id).cancelled) == (2, 1)


def test_orders_of_before_keep_what_they_were_promised_when_the_kit_changes(shop: Shop, kit: int) -> None:
    stock(shop, {"SKU-1": 6, "SKU-2": 3})
    before = accepted(shop, {"SKU-3": 1})
    catalog.set_components(key=uuid4(), actor=HOUSE, item_id=kit, components={shop.item("SKU-2"): 2})
    after = accepted(shop, {"SKU-3": 1})
    assert [(n.sku, n.quantity) for n in fo_of(before.order_id).lines] == [("SKU-1", 2), ("SKU-2", 1)]
    assert [(n.sku, n.quantity) for n in after.lines] == [("SKU-2", 2)]
    assert (kit_of(before.order_id).promised, kit_of(after.order_id).promised) == (1, 1)


def test_a_reserved_kit_keeps_its_components(shop: Shop, kit: int) -> None:
    stock(shop, {"SKU-1": 4, "SKU-2": 5})
    asked = [NewReservation(channel="shop", reference=name, lines=(ReservedLine(kit, 2),), minutes=10) for name in ("A", "B")]
    first, second = inventory_services.reserve_stock(key=uuid4(), actor=HOUSE, client_id=shop.client_id, warehouse_id=shop.warehouse_id, reservations=asked)
    assert isinstance(first, Reserved)
    assert isinstance(second, ReservationRefused)
    assert [(m.sku, m.asked, m.available) for m in second.missing] == [("SKU-1", 4, 0)]
    answer = take_in(shop, new_order({"SKU-3": 2}, reservation="A"))[0]
    assert isinstance(answer, Accepted)
    assert (answer.backordered, kit_of(answer.order_id).promised) == (0, 2)
    assert drift() == []


def test_a_kit_is_not_received(shop: Shop, kit: int) -> None:
    buying = Buying(shop)
    order = buying.order({"SKU-3": 5})
    with pytest.raises(KitNotStocked):
        buying.receive(order, ReceivedLine(kit, 5))
    assert inventory.levels(EVERYTHING, item_id=kit) == []


def test_a_kit_is_neither_found_nor_counted_into_a_bin(shop: Shop, kit: int) -> None:
    with pytest.raises(KitNotStocked):
        inventory_services.adjust_stock(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, changes=[StockChange(kit, shop.bins[0], 1)], reason="found")
    count = inventory_services.count_here(key=uuid4(), actor=actor("manager"), location_id=shop.bins[0])
    lines = [Counted(kit, 2)]
    inventory_services.record_count(key=uuid4(), actor=actor("manager"), count_id=count.count_id, lines=lines, finished=True)
    with pytest.raises(KitNotStocked):
        inventory_services.approve_count(key=uuid4(), actor=HOUSE, count_id=count.count_id)
    assert inventory.levels(EVERYTHING, item_id=kit) == []


def test_what_was_stocked_before_it_became_a_kit_is_counted_out(shop: Shop) -> None:
    item = shop.item("SKU-3")
    stock(shop, {"SKU-3": 3})
    catalog.set_components(key=uuid4(), actor=HOUSE, item_id=item, components={shop.item("SKU-1"): 1})
    inventory_services.adjust_stock(
        key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, changes=[StockChange(item, shop.bins[0], -3)], reason="correction"
    )
    assert sum(n.on_hand for n in inventory.levels(EVERYTHING, item_id=item)) == 0
    assert drift() == []


@pytest.mark.parametrize(("prices", "expected"), [(("2", "1"), [667, 333]), (("0", "0"), [667, 333]), (("0", "5"), [0, 1000])])
def test_a_kits_amount_is_shared_without_losing_a_cent(prices: tuple[str, str], expected: list[int]) -> None:
    components = [ComponentInfo(0, n, f"S{n}", "", q, Decimal(p)) for n, (q, p) in enumerate(zip((2 if prices[0] == "0" else 1, 1), prices, strict=True))]
    assert shares(1000, components) == expected


def test_the_order_page_and_the_api_show_the_kit(client: Client, shop: Shop, kit: int) -> None:
    stock(shop, {"SKU-1": 4, "SKU-2": 5})
    fo = accepted(shop, {"SKU-3": 2})
    boss = sign_in(client, "manager")
    said = text(boss, selectors.order_url(fo.order_id))
    assert "Kits" in said
    found = boss.get(f"/api/v1/orders/{fo.order_id}").json()
    assert [(k["sku"], k["quantity"], k["promised"]) for k in found["kits"]] == [("SKU-3", 2, 2)]
    assert selectors.kits(actor("client", client_id=make_shop().client_id).scope, [fo.order_id]) == []
