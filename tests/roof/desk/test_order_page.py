"""The order page tells everything about one order, in few questions, to those who may see it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from packhorse.ground.people.types import Grant
from tests.build import Shop, make_shop, stock
from tests.build_orders import accepted, pick
from tests.roof.desk.build import lived
from tests.steps.orders.test_doors import browser, post
from tests.steps.picking.build import at_bench, shop_with

pytestmark = pytest.mark.django_db

#: What a page may ask. Who asks, what they may do and which zone they are in are four of them.
BUDGET = 15


def questions(client: Client, url: str) -> list[str]:
    client.get(url)  # the menu's counts are kept for some seconds
    with CaptureQueriesContext(connection, ) as asked:
        assert client.get(url).status_code == 200
    return [q["sql"] for q in asked.captured_queries]


def test_it_tells_everything_in_few_questions() -> None:
    _shop, fo, rma = lived()
    owner = browser(Grant("owner"))
    url = reverse("orders:order", args=[fo.order_id])
    asked = questions(owner, url)
    for q in asked: print(q[:220].replace("\n"," "))
    page = owner.get(url).content.decode()
    for words in (fo.order_number, "SKU-1", "Where its units are", "Money", "Picking", "Parcels", "Labels and documents", "Returns", rma.number, "Tickets", "Where is the invoice?"):
        assert words in page, words
    assert len(asked) <= BUDGET, len(asked)
