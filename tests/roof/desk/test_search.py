"""Search finds anything by its name: one exact name opens at once, several are listed, what one may not see is not found."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from packhorse.core.actors import EVERYTHING
from packhorse.ground.people.types import Grant
from packhorse.steps.packing import selectors as packing
from packhorse.steps.returns import selectors as returns
from packhorse.steps.shipping import selectors as shipping
from tests.build import make_items, make_shop
from tests.roof.desk.build import lived
from tests.steps.orders.test_doors import browser
from tests.steps.picking.build import begun, shop_with

pytestmark = pytest.mark.django_db


def opened(client: Client, text: str) -> str:
    answer = client.get(reverse("desk:search"), {"q": text})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_every_name_of_a_thing_opens_it() -> None:
    shop, fo, rma = lived()
    owner = browser(Grant("owner"))
    order = reverse("orders:order", args=[fo.order_id])
    assert opened(owner, fo.order_number.lower()) == order
    assert opened(owner, fo.external_id) == order
    assert opened(owner, fo.number) == order
    assert opened(owner, f" {rma.number} ") == reverse("returns:return", args=[rma.rma_id])
    (parcel,) = packing.parcels_of_order(EVERYTHING, fo.order_id)
    assert parcel.number in owner.get(opened(owner, parcel.number)).content.decode()
    number = next(i.tracking_number for i in shipping.labels_of_orders(EVERYTHING, [fo.order_id]) if i.tracking_number and i.parcel_id)
    assert opened(owner, number).startswith("/delivery/")
    (ticket,) = returns.tickets_of_order(EVERYTHING, fo.order_id)
    assert opened(owner, ticket.number) == reverse("returns:ticket", args=[ticket.id])
    assert opened(owner, "A-01-01") == reverse("warehouse:location", args=[shop.place("A-01-01")])
    assert opened(owner, "SKU-2") == reverse("inventory:item", args=[shop.item("SKU-2")])
    assert opened(owner, "Settings") == reverse("settings")
    assert owner.get(f"/order/{fo.order_number}")["Location"] == order


def test_a_tote_opens_the_order_in_it() -> None:
    shop = shop_with({"SKU-1": 9})
    _batch, (fo,) = begun(shop, {"SKU-1": 1})
    assert opened(browser(Grant("picker", warehouse_id=shop.warehouse_id)), "T-001") == reverse("orders:order", args=[fo.order_id])


def test_several_are_listed_and_nothing_is_said() -> None:
    shop = make_shop()
    make_items(make_shop().client_id)
    owner = browser(Grant("owner"))
    page = owner.get(reverse("desk:search"), {"q": "SKU-1"}).content.decode()
    assert page.count('class="what">SKU-1') == 2
    assert "Nothing is called" in owner.get(reverse("desk:search"), {"q": "no such thing"}).content.decode()
    assert "Find or scan anything" in owner.get(reverse("desk:search")).content.decode()
    assert opened(browser(Grant("client", client_id=shop.client_id)), "SKU-1") == reverse("inventory:item", args=[shop.item("SKU-1")])


def test_as_one_types_the_hits_stand_below_the_box() -> None:
    shop = make_shop()
    found = browser(Grant("owner")).get(reverse("desk:search"), {"q": "SKU-1"}, headers={"HX-Request": "true", "HX-Target": "found"})
    assert found.status_code == 200
    assert reverse("inventory:item", args=[shop.item("SKU-1")]) in found.content.decode()
    assert "<html" not in found.content.decode()


def test_what_one_may_not_see_is_not_found() -> None:
    _shop, fo, rma = lived()
    for stranger in (browser(Grant("client", client_id=make_shop().client_id)), browser(Grant("driver"))):
        for text in (fo.order_number, fo.external_id, rma.number):
            page = stranger.get(reverse("desk:search"), {"q": text})
            assert page.status_code == 200
            assert "Nothing is called" in page.content.decode()
