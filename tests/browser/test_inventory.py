"""The pages of stock are accessible, on phone and desk, in both looks, and a receiver works through the scanner with a keyboard wedge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from packhorse.core.actors import EVERYTHING
from packhorse.core.lists import ListQuery
from packhorse.ground.people.models import User
from packhorse.steps.inventory import ledger, selectors, services
from packhorse.steps.inventory.types import Counted, CountTarget, ReceivedLine
from tests.browser.conftest import LOOKS, AllCanRead, Visit
from tests.build import HOUSE, Shop, actor, doing, make_shop, plain_item, receive, stock, want
from tests.steps.inventory.buying import Buying


@pytest.fixture
def shop(committed: str) -> Shop:
    return make_shop(
        items=[plain_item("MUG-BLUE", barcodes=((f"9{uuid4().int % 10**11:011d}", 1, "each"),)), plain_item("TEE-M"), plain_item("CREAM", tracking="lot")]
    )


@pytest.fixture
def pages(shop: Shop, worker: Callable[..., User]) -> tuple[User, dict[str, str]]:
    """A manager, and the pages with something on them."""
    buying = Buying(shop)
    order = buying.order({"MUG-BLUE": 40, "TEE-M": 12, "CREAM": 6})
    buying.receive(
        order,
        ReceivedLine(shop.item("MUG-BLUE"), 30),
        ReceivedLine(shop.item("MUG-BLUE"), 2, condition="damaged", reason="crushed corner"),
        ReceivedLine(shop.item("CREAM"), 8, "L-2231"),
    )
    stock(shop, {"MUG-BLUE": 20, "TEE-M": 5})
    receive(shop.item("CREAM"), shop.quarantine, 1, condition="held")
    for q in (4, 3, 60):
        want(shop, shop.item("MUG-BLUE"), q)
    demands = [d.id for d in selectors.demands(EVERYTHING, item_id=shop.item("MUG-BLUE"))]
    doing(lambda: ledger.allocate(demands[:2], today=dt.date(2026, 11, 23)))
    want(shop, shop.item("TEE-M"), 5)
    count = services.request_counts(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, targets=[CountTarget(shop.bins[1])], reason="short pick")[0]
    for name in ("ann", "bob"):
        services.start_count(key=uuid4(), actor=actor("picker", user=name), count_id=count)
        services.record_count(key=uuid4(), actor=actor("picker", user=name), count_id=count, lines=[Counted(shop.item("TEE-M"), 3)], finished=True)
    services.approve_count(key=uuid4(), actor=HOUSE, count_id=count)
    services.request_counts(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, targets=[CountTarget(b) for b in shop.bins[2:5]], reason="cycle")
    lot = next(t.id for t in selectors.lots(scope=EVERYTHING, query=ListQuery()).rows if t.item_id == shop.item("CREAM"))
    manager = worker("manager", name="Maud Roy", warehouse_id=shop.warehouse_id)
    paths = {
        "stock": "", "item": f"items/{shop.item('MUG-BLUE')}/", "lot": f"lots/{lot}/", "lots": "lots/", "shortfalls": "shortfalls/",
        "purchase-orders": "purchase-orders/", "purchase-order": f"purchase-orders/{order}/", "receive": f"purchase-orders/{order}/receive/",
        "new-purchase-order": "purchase-orders/new/", "put-away": "put-away/", "put-away-task": f"put-away/{buying.tasks()[0].id}/", "counts": "counts/",
        "count": f"counts/{count}/", "what-to-buy": "reorder/", "suppliers": "suppliers/",
    }  # fmt: skip
    return manager, {name: f"/inventory/{path}" for name, path in paths.items()}


def test_every_page_is_accessible_and_fits(pages: tuple[User, dict[str, str]], all_can_read: AllCanRead) -> None:
    manager, paths = pages
    all_can_read({f"inventory-{name}": path for name, path in paths.items()}, as_=manager, looks=LOOKS[:2])


def _wedge(page: Page, text: str) -> None:
    """As a keyboard-wedge scanner types: fast, and Enter."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_a_receiver_receives_and_puts_away_by_scanning(shop: Shop, worker: Callable[..., User], visit: Visit, shot: Callable[[Page, str], None]) -> None:
    buying = Buying(shop)
    number = buying.info(buying.order({"MUG-BLUE": 4, "TEE-M": 2})).row.number
    rita = worker("receiver", warehouse_id=shop.warehouse_id)
    page = visit("/scan/inventory.receive/", as_=rita, device="phone")
    _begin(page)
    expect(page.get_by_text("Scan the purchase order")).to_be_visible()
    _wedge(page, number)
    for sku, q in (("MUG-BLUE", "4"), ("TEE-M", "2")):
        expect(page.get_by_text("Scan an item")).to_be_visible()
        _wedge(page, sku)
        expect(page.get_by_text("How many are there?")).to_be_visible()
        page.get_by_label("Quantity").fill(q)
        page.keyboard.press("Enter")
    expect(page.get_by_text("2 × TEE-M")).to_be_visible()
    shot(page, "inventory-scan-receive")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("6 units received")).to_be_visible()

    page = visit("/scan/inventory.put_away/", as_=rita, device="phone", theme="dark")
    _begin(page)
    expect(page.get_by_text("Scan the goods")).to_be_visible()
    _wedge(page, "TEE-M")
    expect(page.get_by_text("Scan the bin")).to_be_visible()
    shot(page, "inventory-scan-put-away")
    _wedge(page, "A-02-01")
    expect(page.get_by_text("2 in A-02-01")).to_be_visible()
    assert [x.location for x in selectors.levels(EVERYTHING, item_id=shop.item("TEE-M"))] == ["A-02-01"]


def _begin(page: Page) -> None:
    """The flow's start page has one button."""
    start: Any = page.get_by_role("button", name="Start")
    if start.count():
        start.first.click()
