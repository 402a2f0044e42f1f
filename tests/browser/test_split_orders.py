"""An order in several parts in a browser: everybody can read it, on every screen."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from packhorse.core.actors import EVERYTHING
from packhorse.ground.people.models import User
from packhorse.steps.orders import selectors, services
from tests.browser.conftest import AllCanRead
from tests.build import HOUSE, make_shop, make_warehouse, stock
from tests.build_orders import accepted

Worker = Callable[..., User]
Check = Callable[[Page], None]
Shot = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def order_id(committed: str) -> int:
    """Twelve mugs of which ten are here, and four bowls, ordered together; two warehouses."""
    shop = make_shop()
    make_warehouse()
    stock(shop, {"SKU-1": 10, "SKU-2": 4})
    fo = accepted(shop, [("SKU-1", 12, "0.335"), ("SKU-2", 4, "12.50")], charges_minor=700, payment=None)
    return fo.order_id


def test_every_part_is_read_on_every_screen(order_id: int, worker: Worker, all_can_read: AllCanRead) -> None:
    parts = selectors.fulfillment_orders_of(EVERYTHING, [order_id])
    (line, _) = parts[0].lines
    services.split_fulfillment(
        key=uuid4(), actor=HOUSE, fulfillment_order_id=parts[0].fulfillment_order_id, quantities={line.demand_id: 2}, reason="The rest follows"
    )

    def ready(_name: str, page: Page) -> None:
        expect(page.get_by_role("heading", name=f"{parts[0].order_number}-2")).to_be_visible()

    all_can_read({"split": f"/orders/{order_id}/"}, as_=worker("owner", name="Olive Owner"), ready=ready)
