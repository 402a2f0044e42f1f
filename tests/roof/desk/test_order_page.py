"""The order page tells everything about one order, in few questions, to those who may see it."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from packhorse.core.actors import EVERYTHING
from packhorse.ground.people.types import Grant
from packhorse.steps.returns import selectors as returns
from tests.build import Shop, make_shop, stock
from tests.build_orders import accepted
from tests.roof.desk.build import lived
from tests.steps.orders.test_doors import browser, post
from tests.steps.picking.build import at_bench, shop_with

pytestmark = pytest.mark.django_db

#: What the page may ask.
BUDGET = 15


#: Questions that every page asks before its own: session, user, second factor, memberships, zone.
WHO_ASKS = ("django_session", "people_user", "people_secondfactor", "people_membership", "warehouse_warehouse")


def questions(client: Client, url: str) -> list[str]:
    cache.clear()
    client.get(url)  # the menu's counts are fresh now, and kept for some seconds
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    said = [q["sql"] for q in asked.captured_queries]
    assert all(table in q for table, q in zip(WHO_ASKS, said, strict=False))
    return said[len(WHO_ASKS) :]


def test_it_tells_everything_in_few_questions() -> None:
    _shop, fo, rma = lived()
    owner = browser(Grant("owner"))
    url = reverse("orders:order", args=[fo.order_id])
    (ticket,) = returns.tickets_of_order(EVERYTHING, fo.order_id)
    assert post(owner, reverse("returns:take-ticket", args=[ticket.id])).status_code == 303  # somebody with a name did something
    asked = questions(owner, url)
    page = owner.get(url).content.decode()
    for words in (
        fo.order_number, "SKU-1", "Where its units are", "Money", "Picking", "Parcels", "Labels and documents", "On its way", "Returns", rma.number,
        "Tickets", "Where is the invoice?", "Delivered.", "Nothing of it is left here.",
    ):  # fmt: skip
        assert words in page, words
    assert len(asked) <= BUDGET, "\n".join(q[:150].replace("\n", " ") for q in asked)


def test_its_first_line_says_where_the_goods_are() -> None:
    shop = shop_with({"SKU-1": 9})
    _batch, (fo,) = at_bench(shop, {"SKU-1": 2})
    page = browser(Grant("packer", warehouse_id=shop.warehouse_id)).get(reverse("orders:order", args=[fo.order_id])).content.decode()
    assert re.search(r'<p class="sentence">Tote T-\d+, BENCH-1, leaves [^<]*\.</p>', page)


def test_who_may_not_see_money_sees_none_and_who_may_not_act_is_offered_nothing() -> None:
    shop = make_shop()
    stock(shop, {"SKU-1": 9})
    fo = accepted(shop, {"SKU-1": 2})
    url = reverse("orders:order", args=[fo.order_id])
    service, picker = (browser(Grant(role, warehouse_id=shop.warehouse_id)).get(url).content.decode() for role in ("service", "picker"))
    assert ("Captured" in service, "Captured" in picker) == (True, False)
    assert ("Cancel order" in service, "Cancel order" in picker) == (True, False)


def test_another_clients_order_is_not_there(client: Client) -> None:
    fo = accepted(stocked(), {"SKU-1": 2})
    url = reverse("orders:order", args=[fo.order_id])
    assert browser(Grant("client", client_id=stocked().client_id)).get(url).status_code == 404
    assert browser(Grant("driver")).get(url).status_code == 403
    assert client.get(url).status_code == 302


def stocked() -> Shop:
    shop = make_shop()
    stock(shop, {"SKU-1": 9})
    return shop
