"""A picker and a packer work twelve orders with keyboard wedges, within their scans and taps; the pages of both rooms are accessible, on phone and desk, in both looks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from packhorse.core.actors import EVERYTHING
from packhorse.ground.people.models import User
from packhorse.steps.inventory import ledger
from packhorse.steps.packing import selectors as packing
from packhorse.steps.picking import selectors as picking, services
from packhorse.steps.picking.models import PickBatch
from packhorse.steps.picking.types import TaskInfo
from tests.browser.conftest import AllCanRead, Visit, begin
from tests.build import Shop, doing, make_shop, plain_item, stock
from tests.build_orders import accepted
from tests.steps.picking.build import PICKER, at_bench, begun, confirm, finish, make_box, plan, release, short, tasks


@pytest.fixture
def shop(committed: str) -> Shop:
    """Twenty items in a bin each, twelve totes on the cart; SKUs of this test alone."""
    mark = uuid4().hex[:4].upper()
    made = make_shop(items=[plain_item(f"{mark}-{n:02d}") for n in range(1, 21)], aisles=4, cells=6, totes=30)
    stock(made, dict.fromkeys(made.items, 90))
    for tote in made.totes[:12]:
        doing(partial(ledger.carry, tote, made.place("CART-01")))
    for size in ((220, 160, 100), (300, 200, 150), (400, 300, 200)):
        make_box(inner=size)
    return made


def orders(shop: Shop) -> list[dict[str, int]]:
    """Twelve orders with 24 lines of 20 items."""
    skus = [*shop.items, *list(shop.items)[:4]]
    return [{skus[2 * n]: 1, skus[2 * n + 1]: 2} for n in range(12)]


class Wedge:
    """A keyboard wedge on a scanner page: types a code and Enter, waits for the next screen; counts scans and taps."""

    def __init__(self, page: Page, flow: str) -> None:
        self.page = begin(page, flow)
        self.scans = self.taps = 0

    def scan(self, code: str, *, tone: str = "ok") -> None:
        self.scans += 1
        seq = self.page.locator("[data-screen]").get_attribute("data-seq")
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")
        if tone != "wrong":
            expect(self.page.locator("[data-screen]")).not_to_have_attribute("data-seq", str(seq))
        expect(self.page.locator(f".screen.{tone}")).to_be_visible()

    def tap(self, name: str) -> None:
        self.taps += 1
        seq = self.page.locator("[data-screen]").get_attribute("data-seq")
        self.page.get_by_role("button", name=name, exact=True).click()
        expect(self.page.locator("[data-screen]")).not_to_have_attribute("data-seq", str(seq))

    @property
    def big(self) -> str:
        return self.page.locator(".scan-big").inner_text()


def walk(wedge: Wedge, batch_id: int) -> None:
    """Scan what the screens ask for, stop by stop, until the bench is wanted."""
    places: dict[str, list[TaskInfo]] = {}
    for task in picking.tasks(EVERYTHING, batch_id):
        if task.state == "claimed":
            places.setdefault(task.location, []).append(task)
    while (place := wedge.big) in places:
        own = places.pop(place)
        wedge.scan(own[0].sku)
        for task in sorted(own, key=lambda t: t.compartment or 0):
            wedge.scan(str(task.tote))


def test_a_picker_takes_46_scans_and_no_tap_for_twelve_orders_and_a_short_takes_two_taps(
    shop: Shop, worker: Callable[..., User], visit: Visit, shot: Callable[[Page, str], None], no_axe_violations: Callable[[Page], None]
) -> None:
    release(shop, *(accepted(shop, wanted) for wanted in orders(shop)))
    (batch_id,) = plan(shop, orders_per_cart=12)
    picker = worker("picker", warehouse_id=shop.warehouse_id)
    wedge = Wedge(visit("/scan/", as_=picker, device="phone"), "Pick Walk a batch")

    wedge.scan("CART-01")
    shot(wedge.page, "pick-stop-phone-light")
    no_axe_violations(wedge.page)
    walk(wedge, batch_id)
    shot(wedge.page, "pick-drop-phone-light")
    wedge.scan("BENCH-1", tone="done")
    shot(wedge.page, "pick-done-phone-light")

    assert (wedge.scans, wedge.taps) == (46, 0)
    assert picking.batch(EVERYTHING, batch_id).state == "done"
    assert len(picking.totes_ready_to_pack(EVERYTHING, shop.warehouse_id)) == 12


def test_a_short_takes_two_taps_what_is_wrong_is_loud_and_a_reload_changes_nothing(
    shop: Shop, worker: Callable[..., User], visit: Visit, shot: Callable[[Page, str], None], no_axe_violations: Callable[[Page], None]
) -> None:
    first, second = list(shop.items)[:2]
    release(shop, accepted(shop, {first: 2, second: 1}))
    plan(shop)
    picker = worker("picker", warehouse_id=shop.warehouse_id)
    wedge = Wedge(visit("/scan/", as_=picker, device="phone", theme="dark"), "Pick Walk a batch")
    wedge.scan("CART-01")
    place = wedge.big
    wedge.scan("T-001", tone="wrong")
    assert wedge.page.locator("body").get_attribute("data-sounded") == "wrong"
    shot(wedge.page, "pick-wrong-phone-dark")
    no_axe_violations(wedge.page)
    wedge.page.reload()
    assert wedge.big == place
    wedge.tap("Short")
    shot(wedge.page, "pick-short-phone-dark")
    wedge.tap("Not there")
    assert wedge.taps == 2
    assert wedge.big != place
    shot(wedge.page, "pick-after-short-phone-dark")


def test_a_packer_takes_five_scans_for_three_pieces_two_for_one_and_no_tap(
    shop: Shop, worker: Callable[..., User], visit: Visit, shot: Callable[[Page, str], None], no_axe_violations: Callable[[Page], None]
) -> None:
    one, two, three = list(shop.items)[:3]
    at_bench(shop, {one: 2, two: 1}, {three: 1})
    packer = worker("packer", warehouse_id=shop.warehouse_id)
    tote = next(str(o.tote) for o in packing.bench_orders(EVERYTHING, shop.warehouse_id) if o.units == 3)
    wedge = Wedge(visit("/scan/", as_=packer, device="phone"), "Pack")
    shot(wedge.page, "pack-start-phone-light")
    wedge.scan(tote)
    wedge.page.locator(".scan-picture img").evaluate("image => image.decode()")
    shot(wedge.page, "pack-pieces-phone-light")
    no_axe_violations(wedge.page)
    for sku in (one, two, one):
        wedge.scan(sku)
    shot(wedge.page, "pack-label-phone-light")
    wedge.scan(wedge.big, tone="done")
    assert (wedge.scans, wedge.taps) == (5, 0)

    single = Wedge(visit("/scan/", as_=packer, device="phone", theme="dark"), "Pack")
    single.scan(three)
    shot(single.page, "pack-label-phone-dark")
    no_axe_violations(single.page)
    single.scan(single.big, tone="done")
    assert (single.scans, single.taps) == (2, 0)
    assert packing.bench_orders(EVERYTHING, shop.warehouse_id) == []


def test_every_page_is_accessible_and_fits(shop: Shop, worker: Callable[..., User], visit: Visit, all_can_read: AllCanRead) -> None:
    manager = worker("manager", name="Maud Roy", warehouse_id=shop.warehouse_id)
    batch_id, _ = begun(shop, *orders(shop)[:5])
    confirm(batch_id, tasks(batch_id)[0])
    short(tasks(batch_id)[0], taken=1)
    at_bench_on(shop, dict.fromkeys(list(shop.items)[:4], 3), {list(shop.items)[4]: 2})
    for wanted in orders(shop)[5:9]:
        release(shop, accepted(shop, wanted))
    plan(shop, orders_per_cart=2)
    release(shop, accepted(shop, orders(shop)[9]))
    for wanted in orders(shop)[10:]:
        accepted(shop, wanted)
    packed, other = packing.bench_orders(EVERYTHING, shop.warehouse_id)[:2]
    page = visit(f"/packing/orders/{other.fulfillment_order_id}/", as_=manager)
    page.get_by_role("button", name="Pack as is").click()
    page.wait_for_url("**/packing/parcels/*/")
    parcel = page.url.split("/packing/")[1]
    PickBatch.objects.filter(pk=batch_id).update(one_by_one_m=12467, one_by_one_min=1179)  # as long as those of a large cart
    paths = {
        "walks": "/picking/", "walk": f"/picking/batches/{batch_id}/", "releasable": "/picking/release/", "waiting": "/picking/waiting/", "bench": "/packing/",
        "bench-order": f"/packing/orders/{packed.fulfillment_order_id}/", "parcels": "/packing/parcels/", "parcel": f"/packing/{parcel}",
    }  # fmt: skip
    all_can_read(paths, as_=manager)


def at_bench_on(shop: Shop, *wanted: dict[str, int]) -> None:
    """Orders walked with the second half of the totes and no cart."""
    release(shop, *(accepted(shop, w) for w in wanted))
    (batch_id,) = plan(shop, orders_per_cart=12)
    services.start_batch(key=uuid4(), actor=PICKER, batch_id=batch_id, cart_id=None, tote_ids=shop.totes[20:])
    for task in tasks(batch_id):
        confirm(batch_id, task)
    finish(shop, batch_id)
