"""The desk in a browser: home, an order found by one scan or by typing, the system page; nothing breaks and everybody can read it."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from packhorse.ground.people.models import User
from packhorse.roof.desk import jobs
from packhorse.steps.orders import services as orders
from tests.browser.conftest import AllCanRead, Visit
from tests.build import HOUSE
from tests.build_orders import accepted, new_order, take_in
from tests.roof.desk.build import lived
from tests.steps.picking.build import at_bench, shop_with

Worker = Callable[..., User]
Check = Callable[[Page], None]
Shot = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def numbers(committed: str) -> dict[str, str]:
    """A house with something to do: an order that has been everywhere, one on the bench, one held, one backordered, one refused. Their numbers."""
    shop, fo, _rma = lived(f"CUP-{uuid4().hex[:4]}", f"BOWL-{uuid4().hex[:4]}")
    first = next(iter(shop.items))
    held = accepted(shop, {first: 1})
    orders.place_hold(key=uuid4(), actor=HOUSE, fulfillment_order_ids=[held.fulfillment_order_id], note="Customer called")
    accepted(shop, {first: 50})
    take_in(shop, new_order({"NOPE": 1}))
    bench = shop_with({"SKU-1": 9})
    _batch, (ready,) = at_bench(bench, {"SKU-1": 2})
    jobs.check_books()
    return {"lived": fo.order_number, "order_id": str(fo.order_id), "held": held.order_number, "ready": ready.order_number}


def test_home_and_order_on_every_screen(numbers: dict[str, str], worker: Worker, all_can_read: AllCanRead) -> None:
    paths = {"home": "/", "order": f"/orders/{numbers['order_id']}/", "insights": "/insights/", "system": "/system/", "search": "/search?q=zzz"}
    all_can_read(paths, as_=worker("owner", name="Olive Owner"))


def test_an_order_is_found_by_one_scan_or_by_typing_and_enter(numbers: dict[str, str], visit: Visit, worker: Worker, shot: Shot) -> None:
    packer = worker("packer")
    page = visit("/packing/", as_=packer)
    # A scanner's keys follow each other within milliseconds; those of a busy machine's browser driver may not.
    read = "text => [...text, 'Enter'].forEach(key => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true})))"
    page.evaluate(read, numbers["ready"])
    expect(page.locator(".sentence")).to_have_text(re.compile(r"Tote T-\d+, BENCH-1, leaves"))

    page.keyboard.press("Control+k")
    page.keyboard.type(numbers["lived"].lower(), delay=20)
    expect(page.locator("#found a").first).to_contain_text(numbers["lived"])
    shot(page, "search-as-one-types")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#found a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#found a")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(numbers["lived"])
