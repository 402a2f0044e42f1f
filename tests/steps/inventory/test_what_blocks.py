"""Who is refused, or asks why something is not available, is led to what blocks it."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING
from packhorse.core.refs import Ref
from packhorse.steps.inventory import ledger, selectors, services
from packhorse.steps.inventory.errors import LotBlocked, OutOfStock, StockPromised
from packhorse.steps.inventory.types import Posting, StockChange, Take
from tests.build import HOUSE, Shop, doing, make_lot, make_shop, receive, stock, want
from tests.build_orders import accepted, pick
from tests.steps.inventory.test_pages import sign_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client: Client) -> Client:
    return sign_in(client, "manager")


def test_a_refusal_names_item_and_place_and_links_to_where_every_unit_is(shop: Shop) -> None:
    item = shop.item("SKU-1")
    stock(shop, {"SKU-1": 5})
    with pytest.raises(OutOfStock) as refused:
        services.adjust_stock(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, changes=[StockChange(item, shop.bins[0], -6)], reason="lost")
    assert refused.value.link == reverse("inventory:item", args=[item])
    assert "SKU-1" in str(refused.value)
    want(shop, item, 5)
    with pytest.raises(StockPromised) as promised:
        doing(lambda: ledger.post([Posting(item, 1, shop.bins[0], shop.quarantine)], cause=Ref("test.cause", 1)))
    assert promised.value.link == reverse("inventory:item", args=[item])


def test_a_held_lot_is_linked(shop: Shop) -> None:
    item = shop.item("LOT")
    lot = make_lot(shop.client_id, item, "L1")
    receive(item, shop.bins[0], 2, lot_id=lot)
    demand = want(shop, item, 2)
    allocated = doing(lambda: ledger.allocate([demand.demand_id], today=dt.date(2026, 11, 23)))
    tote = shop.totes[0]
    doing(lambda: ledger.move([Take(allocated[0].allocation_id, 2, tote)], cause_kind="test.cause", cause_ids=[1]))
    services.hold_lots(key=uuid4(), actor=HOUSE, lot_ids=[lot], reason="recall")
    with pytest.raises(LotBlocked) as refused:
        doing(lambda: ledger.ship([allocated[0].allocation_id], cause=Ref("test.cause", 1)))
    assert refused.value.link == reverse("inventory:lot", args=[lot])


def test_the_link_stands_in_the_problem_document_and_on_the_page(boss: Client, shop: Shop) -> None:
    item = shop.item("SKU-1")
    stock(shop, {"SKU-1": 5})
    link = reverse("inventory:item", args=[item])
    body = {"warehouse_id": shop.warehouse_id, "reason": "lost", "changes": [{"item_id": item, "location_id": shop.bins[0], "quantity": -6}]}
    answer = boss.post("/api/v1/inventory/adjustments", body, content_type="application/json", headers={"Idempotency-Key": str(uuid4())})
    assert (answer.status_code, answer.json()["code"], answer.json()["link"]) == (409, "out_of_stock", link)
    level = selectors.levels(EVERYTHING, item_id=item)[0].level_id
    page = boss.post(reverse("inventory:adjust", args=[item]), {"key": str(uuid4()), "level": level, "quantity": -6, "reason": "lost", "note": ""})
    assert page.status_code == 409
    assert f'href="{link}"' in page.content.decode()


def test_the_page_of_an_item_adds_up_and_links_to_orders_and_lots(boss: Client, shop: Shop) -> None:
    item = shop.item("LOT")
    lot = make_lot(shop.client_id, item, "L1")
    receive(item, shop.bins[0], 10, lot_id=lot)
    receive(item, shop.dock, 2, lot_id=lot)
    receive(item, shop.quarantine, 1, lot_id=lot, condition="damaged")
    picked = accepted(shop, {"LOT": 3})
    pick(shop, picked)
    accepted(shop, {"LOT": 4})
    shown = boss.get(reverse("inventory:item", args=[item])).content.decode()
    said = text(boss, reverse("inventory:item", args=[item]))
    for line in ("Free 3", "Promised, in no bin of its own yet 4", "Allocated 3", "On the dock or in reserve 2", "Damaged 1", "On hand 13"):
        assert line in said, line
    assert reverse("inventory:lot", args=[lot]) in shown
    found = [u.purpose for u in selectors.where_is(EVERYTHING, item) if u.purpose]
    line = reverse("orders:fulfillment-line", args=[found[0].id])
    assert line in shown
    assert boss.get(line).headers["Location"] == reverse("orders:order", args=[picked.order_id])


def test_units_that_are_too_old_for_their_client_say_so_and_are_not_allocated(db: None) -> None:
    shop = make_shop(minimum_shelf_days=30)
    item = shop.item("SKU-1")
    today = clock.now().date()
    soon, later = (make_lot(shop.client_id, item, code, expires_on=today + dt.timedelta(days=days)) for code, days in (("SOON", 29), ("LATER", 30)))
    receive(item, shop.bins[0], 5, lot_id=soon)
    receive(item, shop.bins[1], 5, lot_id=later)
    assert [(u.lot, u.why) for u in selectors.where_is(EVERYTHING, item)] == [("SOON", "too_old"), ("LATER", "free")]
    demand = want(shop, item, 5)
    assert [(a.lot_id, a.quantity) for a in doing(lambda: ledger.allocate([demand.demand_id], today=today))] == [(later, 5)]


def test_a_line_of_another_clients_order_is_not_found(client: Client, shop: Shop) -> None:
    stock(shop, {"SKU-1": 5})
    accepted(shop, {"SKU-1": 1})
    line = selectors.demands(EVERYTHING, item_id=shop.item("SKU-1"))[0].purpose.id
    other = sign_in(client, "client", client_id=make_shop().client_id)
    assert other.get(reverse("orders:fulfillment-line", args=[line])).status_code == 404
