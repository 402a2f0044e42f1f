"""Home shows what needs a person now, to each as far as they may see it, and says so when nothing does."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from packhorse.core.actors import ROLES
from packhorse.ground.people.types import Grant
from packhorse.steps.orders import services as orders
from tests.build import HOUSE, Shop, make_shop, stock
from tests.build_orders import accepted, new_order, take_in
from tests.steps.orders.test_doors import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    made = make_shop()
    stock(made, {"SKU-1": 9})
    return made


def tiles(page: str) -> dict[str, tuple[str, str]]:
    """What stands on home: label → (number, link)."""
    found = re.findall(r'class="tile [a-z]+" href="([^"]+)">\s*<svg.*?<span class="what">(.*?)</span>.*?<span class="number">([^<]*)', page, re.DOTALL)
    return {label: (number, url) for url, label, number in found}


def test_nothing_needs_you(shop: Shop) -> None:
    accepted(shop, {"SKU-1": 1})
    page = browser(Grant("owner")).get("/").content.decode()
    assert "Nothing needs you" in page
    assert "Orders by stage" in page


def test_every_number_leads_to_its_rows(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 1})
    orders.place_hold(key=uuid4(), actor=HOUSE, fulfillment_order_ids=[fo.fulfillment_order_id], note="odd")
    take_in(shop, new_order({"NOPE": 1}))
    owner = browser(Grant("owner"))
    found = tiles(owner.get("/").content.decode())
    assert {label: number for label, (number, _) in found.items()} == {"Held: By hand": "1", "Quarantine": "1"}
    for label, (_number, url) in found.items():
        assert owner.get(url.replace("&amp;", "&")).status_code == 200, label
    assert fo.order_number in owner.get(found["Held: By hand"][1]).content.decode()


def test_each_role_sees_what_it_may(shop: Shop) -> None:
    take_in(shop, new_order({"NOPE": 1}))
    for role in sorted(ROLES.keys() - {"system"}):
        somebody = browser(Grant(role, client_id=shop.client_id if role == "client" else None))
        answer = somebody.get("/")
        assert answer.status_code == 200, role
        for _number, url in tiles(answer.content.decode()).values():
            assert somebody.get(url.replace("&amp;", "&")).status_code == 200, (role, url)
        assert somebody.get(reverse("desk:system")).status_code == (200 if role in ("owner", "manager") else 403), role
    assert "You have no role yet" in browser().get("/").content.decode()


def test_a_client_sees_its_own(shop: Shop) -> None:
    take_in(shop, new_order({"NOPE": 1}))
    mine, stranger = (browser(Grant("client", client_id=c)).get("/").content.decode() for c in (shop.client_id, make_shop().client_id))
    assert set(tiles(mine)) == {"Quarantine"}
    assert tiles(stranger) == {}
