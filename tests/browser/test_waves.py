"""The wave board in a browser: on every screen one sees what must leave when, releases a wave in two clicks and takes it back in one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from packhorse.core import clock, sql
from packhorse.ground.people.models import User
from packhorse.steps.picking import services
from tests.browser.conftest import AllCanRead, Visit
from tests.build import HOUSE, Shop
from tests.build_orders import accepted
from tests.steps.picking.build import TODAY, at_bench, plan, release, shop_with, start

Worker = Callable[..., User]
Check = Callable[[Page], None]
Shot = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def floor(committed: str) -> Shop:
    """A warehouse in the middle of its day: orders at every step of two services, some overdue."""
    shop = shop_with({"SKU-1": 900, "SKU-2": 900, "SKU-3": 900}, totes=40)
    at_bench(shop, {"SKU-1": 2}, {"SKU-2": 1})
    release(shop, accepted(shop, {"SKU-1": 1, "SKU-3": 2}), accepted(shop, {"SKU-2": 4}), accepted(shop, {"SKU-3": 1}))
    start(shop, plan(shop)[0], totes=shop.totes[5:])
    release(shop, accepted(shop, {"SKU-1": 1}), accepted(shop, {"SKU-2": 2}, service="express"))
    plan(shop)
    release(shop, accepted(shop, {"SKU-3": 1}))
    for n in range(9):
        accepted(shop, {"SKU-1": 1 + n % 3, "SKU-2": 1}, service="express" if n % 3 == 0 else "standard")
    accepted(shop, {"SKU-1": 1}, pay=False)
    late = accepted(shop, {"SKU-1": 1}, service="express")
    sql.run("UPDATE orders_fulfillmentorder SET ship_by = %s WHERE id = %s", [clock.now() - dt.timedelta(days=2), late.fulfillment_order_id])
    return shop


def test_board_wave_and_waves_on_every_screen(floor: Shop, worker: Worker, all_can_read: AllCanRead) -> None:
    lead = worker("owner", warehouse_id=floor.warehouse_id)
    until = clock.now() + dt.timedelta(days=9)
    made = services.release_wave(key=uuid4(), actor=HOUSE, warehouse_id=floor.warehouse_id, until=until, today=TODAY, max_orders=2)
    wave = f"/picking/waves/{made.wave_id}/"
    all_can_read({"board": f"/picking/board/{floor.warehouse_id}/", "waves": "/picking/waves/", "wave": wave, "walks": "/picking/"}, as_=lead)
    services.undo_wave(key=uuid4(), actor=HOUSE, wave_id=made.wave_id)


def test_a_wave_is_released_on_the_board_and_undone_from_its_notice(floor: Shop, visit: Visit, worker: Worker, shot: Shot) -> None:
    page = visit(f"/picking/board/{floor.warehouse_id}/", as_=worker("owner", warehouse_id=floor.warehouse_id))
    card = page.locator(".cut-off", has_text="Standard").first
    card.locator("summary", has_text="Release").click()
    shot(page, "board-release")
    card.get_by_label("Orders, at most").fill("3")
    card.locator("form button").click()
    expect(page.locator("#notices")).to_contain_text("3 orders released.")
    expect(page.locator(".sentence")).to_contain_text("3 orders: 3 wait for a walk.")
    page.locator("#notices button", has_text="Undo").click()
    expect(page.locator(".sentence")).to_contain_text("All of it was taken back.")
