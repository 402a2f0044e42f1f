"""The floor map follows the pickers by itself, and is accessible and fits, on phone and desk, in both looks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import uuid4

from playwright.sync_api import expect

from packhorse.core.actors import Actor
from packhorse.ground.people.models import User
from packhorse.ground.warehouse import services as warehouses
from packhorse.ground.warehouse.types import NewFloor
from packhorse.steps.inventory import ledger, services as inventory
from packhorse.steps.inventory.types import CountTarget
from packhorse.steps.picking import services
from tests.browser.conftest import LOOKS, AllCanRead, Visit
from tests.build import HOUSE, Shop, doing, make_shop, stock
from tests.build_orders import accepted
from tests.steps.picking.build import confirm, plan, release, tasks


def floor_at_work(picker: User, shop: Shop) -> int:
    """Stock in half of the bins, three orders on a walk of that picker's, four that wait, a count. The walk."""
    floor = NewFloor(6, 12, 2, cross_after=(6,), one_way_back=(1,), one_way_front=(2,), stations=3, docks=2, carts=1, totes=8)
    warehouses.lay_out(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, floor=floor)
    stock(shop, {sku: 3 + 7 * n for n, sku in enumerate(shop.items)})
    doing(partial(ledger.carry, shop.totes[0], shop.place("CART-01")))
    skus = list(shop.items)
    release(shop, *(accepted(shop, {skus[5 * n]: 1, skus[5 * n + 2]: 1}) for n in range(3)))
    (batch_id,) = plan(shop)
    services.start_batch(key=uuid4(), actor=acting(picker), batch_id=batch_id, cart_id=shop.place("CART-01"), tote_ids=shop.totes[:3])
    release(shop, *(accepted(shop, {skus[20 + 2 * n]: 1}) for n in range(4)))
    inventory.request_counts(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, targets=[CountTarget(shop.bins[30])], reason="x")
    return batch_id


def acting(user: User) -> Actor:
    return Actor(principal=f"user:{user.pk}", user_id=user.pk, roles=frozenset({"picker"}))


def test_it_follows_a_picker_and_everyone_can_read_it(worker: Callable[..., User], visit: Visit, all_can_read: AllCanRead, committed: str) -> None:
    shop = make_shop(items=40, aisles=6, cells=12, totes=8)
    picker, boss = worker("picker", name="Maud Roy", warehouse_id=shop.warehouse_id), worker("manager", warehouse_id=shop.warehouse_id)
    batch_id = floor_at_work(picker, shop)
    path = f"/picking/floor/{shop.warehouse_id}/"
    page = visit(path, as_=boss)
    now = page.locator("#floor-now")
    expect(now).to_contain_text("1 picker walks")
    expect(now).to_contain_text("nothing yet")
    first = tasks(batch_id)[0]
    confirm(batch_id, first, by=acting(picker))
    expect(now.locator("tbody tr td").nth(2)).to_have_text(first.location, timeout=20_000)
    expect(page.locator("#floor-live .walker text")).to_have_text("MR")
    page.close()
    all_can_read({"floor-map": path, "floor-map-picks": f"{path}?heat=picks", "floor-map-level": f"{path}?level=2"}, as_=boss, looks=LOOKS[:2])
