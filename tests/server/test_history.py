"""A history that a bench fills the house with was delivered and paid, and the books agree with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import packhorse
from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.server.bench import history
from packhorse.steps.inventory import reconciler
from packhorse.steps.orders import selectors
from packhorse.steps.orders.models import FulfillmentOrder, Order
from tests.build import make_shop, stock
from tests.build_orders import accepted, new_order, take_in
from tests.own_database import own_database


@pytest.fixture(scope="module", autouse=True)
def _committed(django_db_setup: None, django_db_blocker: Any, django_db_keepdb: bool) -> Iterator[None]:
    with django_db_blocker.unblock(), own_database("history", keep=django_db_keepdb):
        yield


def test_is_as_long_as_was_asked_and_leaves_stock_as_it_was() -> None:
    shop = make_shop()
    stock(shop, {"SKU-1": 50, "SKU-2": 50})
    open_one = accepted(shop, {"SKU-1": 1})
    before = sql.rows("SELECT item_id, sellable, promised FROM inventory_stock ORDER BY 1")
    history.fill(10, lambda n: take_in(shop, *[new_order({"SKU-1": 2, "SKU-2": 1}, charges_minor=500) for _ in range(n)]), piece=3)
    assert Order.objects.count() == 1 + 12
    assert Order.objects.values("number").distinct().count() == 13
    assert dict(sql.rows("SELECT stage, count(*) FROM orders_fulfillmentorder GROUP BY 1")) == {"open": 1, "delivered": 12}
    assert Order.objects.filter(captured_minor=3500).count() == 12
    assert sql.rows("SELECT item_id, sellable, promised FROM inventory_stock ORDER BY 1") == before
    assert reconciler.drift() == []
    assert selectors.drift(EVERYTHING) == []
    another = accepted(shop, {"SKU-1": 1})
    assert FulfillmentOrder.objects.filter(pk__in=[open_one.fulfillment_order_id, another.fulfillment_order_id]).count() == 2


def test_what_a_ref_names_is_copied_with_it() -> None:
    """A kind of Ref whose rows are copied is in the table of kinds: else a copy would name the original."""
    sources = "".join(p.read_text(encoding="utf-8") for p in Path(packhorse.__file__).parent.rglob("*.py"))
    kinds = set(re.findall(r'Ref\("([a-z_]+\.[a-z_]+)"', sources))
    assert len(kinds) > 20
    copied = {t.replace("_", "") for t in history.TABLES}
    lost = [k for k in kinds - history.KINDS.keys() if {k.replace(".", "").replace("_", ""), k.split(".")[0] + k.replace(".", "").replace("_", "")} & copied]
    assert lost == []
    assert set(history.KINDS.values()) <= {*history.TABLES}
