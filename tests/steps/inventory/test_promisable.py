"""What can be promised by a day is what is here and what is expected by then, less what waits for goods already."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING
from packhorse.ground.catalog import services as catalog
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.types import OrderedLine, ReceivedLine, SentLine
from tests.build import HOUSE, Shop, actor, make_shop, make_warehouse, stock, want
from tests.steps.inventory.buying import Buying
from tests.steps.inventory.test_pages import sign_in, text

pytestmark = pytest.mark.django_db


def bought(buying: Buying, shop: Shop, quantities: dict[str, int], days: int, *, sent: bool = True) -> int:
    made = services.create_purchase_order(
        key=uuid4(), actor=HOUSE, supplier_id=buying.supplier.id, warehouse_id=shop.warehouse_id, expected_on=day(days),
        lines=[OrderedLine(shop.item(sku), q) for sku, q in quantities.items()],
    )  # fmt: skip
    if sent:
        services.send_purchase_order(key=uuid4(), actor=HOUSE, purchase_order_id=made.id)
    return made.id


def day(days: int) -> dt.date:
    return clock.now().date() + dt.timedelta(days=days)


def seen(shop: Shop, sku: str = "SKU-1", **given: dt.date) -> list[tuple[dt.date, int, int]]:
    return [(p.day, p.incoming, p.available) for p in selectors.promisable(EVERYTHING, shop.item(sku), **given) if p.warehouse_id == shop.warehouse_id]


def test_what_is_expected_counts_from_its_day(shop: Shop, buying: Buying) -> None:
    stock(shop, {"SKU-1": 5})
    want(shop, shop.item("SKU-1"), 2)
    bought(buying, shop, {"SKU-1": 10}, 3)
    bought(buying, shop, {"SKU-1": 4}, 9)
    bought(buying, shop, {"SKU-1": 100}, 4, sent=False)
    assert seen(shop) == [(day(0), 0, 3), (day(3), 10, 13), (day(9), 4, 17)]
    assert seen(shop, by=day(8)) == [(day(0), 0, 3), (day(3), 10, 13)]


def test_what_waits_for_goods_comes_first_and_what_came_is_not_expected(shop: Shop, buying: Buying) -> None:
    want(shop, shop.item("SKU-1"), 6)
    order = bought(buying, shop, {"SKU-1": 10}, -2)
    assert seen(shop) == [(day(0), 10, 4)]
    buying.receive(order, ReceivedLine(shop.item("SKU-1"), 3))
    assert seen(shop) == [(day(0), 7, 4)]


def test_goods_on_their_way_from_another_warehouse_count_where_they_go(shop: Shop) -> None:
    stock(shop, {"SKU-1": 5})
    there, _ = make_warehouse()
    services.send_transfer(
        key=uuid4(), actor=HOUSE, client_id=shop.client_id, source_warehouse_id=shop.warehouse_id, target_warehouse_id=there, expected_on=day(2),
        lines=[SentLine(shop.item("SKU-1"), 4)],
    )  # fmt: skip
    found = selectors.promisable(EVERYTHING, shop.item("SKU-1"))
    assert sorted((p.warehouse_id, p.day, p.incoming, p.available) for p in found) == sorted(
        [(shop.warehouse_id, day(0), 0, 1), (there, day(0), 0, 0), (there, day(2), 4, 4)]
    )


def test_a_kit_can_be_promised_when_its_scarcest_component_can(shop: Shop, buying: Buying) -> None:
    catalog.set_components(key=uuid4(), actor=HOUSE, item_id=shop.item("SKU-3"), components={shop.item("SKU-1"): 2, shop.item("SKU-2"): 1})
    stock(shop, {"SKU-1": 9})
    bought(buying, shop, {"SKU-2": 3}, 3)
    bought(buying, shop, {"SKU-2": 3}, 5)
    assert seen(shop, "SKU-3") == [(day(0), 0, 0), (day(3), 0, 3), (day(5), 0, 4)]


def test_the_page_and_the_api_say_it_to_those_who_may_see_it(client: Client, shop: Shop, buying: Buying) -> None:
    bought(buying, shop, {"SKU-1": 10}, 3)
    boss = sign_in(client, "manager")
    assert "What can be promised by when" in text(boss, reverse("inventory:item", args=[shop.item("SKU-1")]))
    url = f"/api/v1/inventory/items/{shop.item('SKU-1')}/promisable"
    assert [(r["incoming"], r["available"]) for r in boss.get(f"{url}?by={day(3)}").json()] == [(0, 0), (10, 10)]
    other = make_shop()
    assert sign_in(Client(), "client", client_id=other.client_id).get(url).status_code == 404
    assert selectors.promisable(actor("manager", warehouse_id=other.warehouse_id).scope, shop.item("SKU-1")) == []
