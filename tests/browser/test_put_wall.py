"""A sorter's phone at a put wall: tote, piece, slot, in English and French, light and dark; the wall's page at a desk and on a phone says what lies where and what it waits for."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from packhorse.core.actors import EVERYTHING
from packhorse.ground.people.models import User
from packhorse.ground.warehouse import services as warehouses
from packhorse.ground.warehouse.types import FloorZone
from packhorse.steps.picking import selectors, services
from tests.browser.conftest import AllCanRead, Visit
from tests.browser.test_pick_and_pack import Wedge
from tests.browser.test_pick_screens import for_cold_hands
from tests.build import HOUSE, Shop, make_shop, plain_item, receive
from tests.build_orders import accepted
from tests.steps.picking.build import release
from tests.steps.picking.test_put_wall import bring


@pytest.fixture
def shop(committed: str) -> Shop:
    """A wall, to which two zones' totes for three orders were brought."""
    mark = uuid4().hex[:4].upper()
    made = make_shop(items=[plain_item(f"{mark}-{n}") for n in (1, 2)], totes=5)
    first, second = made.items
    receive(made.item(first), made.place("A-01-01"), 20)
    receive(made.item(second), made.place("B-02-01"), 20)
    warehouses.set_zones(key=uuid4(), actor=HOUSE, warehouse_id=made.warehouse_id, zones=[FloorZone("FRONT", (0,)), FloorZone("BACK", (1,), "STAGE-1")])
    wall = warehouses.set_wall(key=uuid4(), actor=HOUSE, warehouse_id=made.warehouse_id, code=f"W{mark}", slots=4)
    made.places.update({"wall": wall.wall_id, **{code: pk for pk, code in wall.slots}})
    release(made, *(accepted(made, w) for w in ({first: 2, second: 1}, {first: 1}, {first: 1, second: 2}, {second: 1})))
    front, _back = services.plan_batches(key=uuid4(), actor=HOUSE, warehouse_id=made.warehouse_id, method="wall", iterations=200)
    bring(made, front, "T-001")
    return made


def test_the_sorter_scans_a_piece_and_the_phone_names_its_slot(
    shop: Shop,
    worker: Callable[..., User],
    visit: Visit,
    shot: Callable[[Page, str], None],
    no_axe_violations: Callable[[Page], None],
    all_can_read: AllCanRead,
) -> None:
    first, _second = shop.items
    wall = f"W{first[:4]}"
    page = visit("/scan/", as_=worker("picker", warehouse_id=shop.warehouse_id), device="phone")
    wedge = Wedge(page, "Sort at a put wall")
    shot(page, "sort-from-phone-light")
    no_axe_violations(page)
    wedge.scan("T-001")
    shot(page, "sort-piece-phone-light")
    no_axe_violations(page)
    wedge.scan(first)
    expect(page.locator(".instruction")).to_contain_text(f"Put 2 into slot {wall}-01")
    shot(page, "sort-slot-phone-light")
    for_cold_hands(page)
    no_axe_violations(page)
    wedge.scan(f"{wall}-03", tone="wrong")
    expect(page.locator(".screen")).to_contain_text(f"this piece goes into {wall}-01")
    wedge.scan(f"{wall}-01")
    wedge.scan(first)
    wedge.scan(f"{wall}-02")
    expect(page.locator(".screen .say")).to_contain_text(f"{wall}-02 is complete")
    assert wedge.taps == 0

    page = visit("/scan/", as_=worker("picker", warehouse_id=shop.warehouse_id), device="phone", theme="dark", language="fr")
    wedge = Wedge(page, "Trier à un mur de tri")
    wedge.scan("T-001")
    shot(page, "sort-piece-phone-dark-fr")
    no_axe_violations(page)
    wedge.scan(f"{wall}-02")
    shot(page, "sort-take-phone-dark-fr")
    no_axe_violations(page)
    wedge.scan("T-004")
    assert [r.tote for r in selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id)] == ["T-004"]
    wedge.scan(first)
    wedge.scan(f"{wall}-02")
    expect(page.locator(".screen .say")).to_contain_text("T-001 est vide")

    boss = worker("manager")
    all_can_read(
        {
            "wall": f"/picking/walls/{shop.place('wall')}/",
            "zones": f"/settings/warehouse/{shop.warehouse_id}/zones/",
            "floor-with-zones": f"/picking/floor/{shop.warehouse_id}/",
            "warehouse-with-zones": f"/settings/warehouse/{shop.warehouse_id}/",
        },
        as_=worker("owner"),
    )
    page = visit(f"/picking/walls/{shop.place('wall')}/", as_=boss)
    expect(page.get_by_role("main")).to_contain_text("2 slots of 4 are taken")
