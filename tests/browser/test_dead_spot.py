"""A picker walks through a dead spot: scans queue on the phone, are sent in order when the network is back, and the first one that comes too late ends that."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from packhorse.core import dispatch, sql
from packhorse.core.actors import EVERYTHING
from packhorse.ground.people.models import User
from packhorse.steps.inventory import ledger
from packhorse.steps.orders import services as orders
from packhorse.steps.picking import selectors as picking
from tests.browser.conftest import Visit, begin
from tests.build import HOUSE, Shop, doing, make_shop, plain_item, stock
from tests.build_orders import accepted
from tests.steps.picking.build import plan, release

#: A detector as a browser would have it, for the fake camera's picture: this machine's browser has none.
DETECTOR = """window.BarcodeDetector = class { async detect(picture) { return picture.videoWidth ? [{ rawValue: window.inThePicture || "" }] : []; } };"""
#: And a camera that shows something.
CAMERA = """Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia: async () => {
  const canvas = document.createElement("canvas");
  setInterval(() => canvas.getContext("2d").fillRect(0, 0, Math.random() * 99, 99), 50);
  return canvas.captureStream();
} } });"""


@pytest.fixture
def shop(committed: str) -> Shop:
    """Four items in a bin each, a tote on the cart."""
    mark = uuid4().hex[:4].upper()
    made = make_shop(items=[plain_item(f"{mark}-{n}") for n in range(1, 5)], aisles=2, cells=4, totes=4)
    stock(made, dict.fromkeys(made.items, 9))
    doing(partial(ledger.carry, made.totes[0], made.place("CART-01")))
    doing(partial(ledger.carry, made.totes[1], made.place("CART-01")))
    return made


class Phone:
    """A phone with a wedge scanner, on a walk that has just begun."""

    def __init__(self, visit: Visit, picker: User, theme: str = "light") -> None:
        self.page = begin(visit("/scan/", as_=picker, device="phone", theme=theme), "Pick Walk a batch")
        self.wire = self.page.context.new_cdp_session(self.page)
        self.wire.send("Network.enable")
        self.scan("CART-01")
        expect(self.page.locator(".screen.ok")).to_be_visible()

    def network(self, *, there: bool) -> None:
        """What the browser's own tools do: every request fails, and the browser says that it is offline."""
        self.wire.send("Network.emulateNetworkConditions", {"offline": not there, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})

    def scan(self, *codes: str) -> None:
        for code in codes:
            self.page.keyboard.type(code)
            self.page.keyboard.press("Enter")


def states(batch_id: int) -> dict[str, str]:
    return {t.sku: t.state for t in picking.tasks(EVERYTHING, batch_id)}


def walk_of_two(shop: Shop) -> tuple[int, list[str], list[int]]:
    """Two orders on one walk, an item each: the walk, the SKUs and the orders' ids, in walking order."""
    fos = [accepted(shop, {sku: 2}) for sku in list(shop.items)[:2]]
    release(shop, *fos)
    (batch_id,) = plan(shop)
    tasks = picking.tasks(EVERYTHING, batch_id)
    return batch_id, [t.sku for t in tasks], [t.order_id for t in tasks]


def test_scans_wait_on_the_phone_and_are_sent_in_order_each_once(
    shop: Shop, worker: Callable[..., User], visit: Visit, shot: Callable[[Page, str], None], no_axe_violations: Callable[[Page], None]
) -> None:
    batch_id, (first, second), _ = walk_of_two(shop)
    phone = Phone(visit, worker("picker", warehouse_id=shop.warehouse_id))
    totes = {t.sku: str(t.tote) for t in picking.tasks(EVERYTHING, batch_id)}
    page, sign = phone.page, phone.page.locator("[data-offline]")
    phone.network(there=False)
    expect(sign).to_contain_text("No network")
    assert page.locator("body").get_attribute("data-sounded") == "offline"
    expect(page.locator("[data-ahead]")).to_contain_text(f"A-02-01 2 × {second} → 2 · {totes[second]}")
    phone.scan(first, totes[first], second, totes[second])
    expect(sign).to_contain_text("scans that wait: 4")
    expect(sign).to_contain_text(f"{first} · {totes[first]} · {second} · {totes[second]}")
    shot(page, "dead-spot-phone-light")
    no_axe_violations(page)
    assert states(batch_id) == {first: "claimed", second: "claimed"}, "nothing has arrived"
    phone.network(there=True)
    expect(page.locator(".scan-big")).to_have_text("All picked")
    expect(sign).to_be_hidden()
    assert states(batch_id) == {first: "done", second: "done"}
    confirmed = sql.rows(
        "SELECT count(*) FROM core_command WHERE use_case LIKE '%%confirm_stop' AND principal = (SELECT 'user:' || picker_id FROM picking_pickbatch WHERE id = %s)",
        [batch_id],
    )
    assert confirmed == [(2,)]
    assert page.evaluate("Object.keys(localStorage)") == ["scanner-screen"], "nothing waits"


def test_what_comes_too_late_is_refused_with_the_reason_and_the_new_task_and_nothing_after_it_is_used(
    shop: Shop, worker: Callable[..., User], visit: Visit, shot: Callable[[Page, str], None], no_axe_violations: Callable[[Page], None]
) -> None:
    batch_id, (first, second), (order, _) = walk_of_two(shop)
    phone = Phone(visit, worker("picker", warehouse_id=shop.warehouse_id), theme="dark")
    totes = {t.sku: str(t.tote) for t in picking.tasks(EVERYTHING, batch_id)}
    page = phone.page
    phone.network(there=False)
    phone.scan(first, totes[first], second, totes[second])
    expect(page.locator("[data-offline]")).to_contain_text("scans that wait: 4")
    orders.cancel_orders(key=uuid4(), actor=HOUSE, order_ids=[order], reason="the customer changed their mind")
    dispatch.drain()
    phone.network(there=True)
    expect(page.locator(".screen.wrong .say")).to_contain_text("Nothing is to be picked at A-01-01 any more: cancelled at ")
    expect(page.locator(".scan-big")).to_have_text("A-02-01")
    unused = page.locator("[data-unused]")
    expect(unused).to_contain_text(f"Refused: {first}, scanned at")
    expect(unused).to_contain_text(f"Scanned after it and not used: {totes[first]} · {second} · {totes[second]}.")
    assert page.locator("body").get_attribute("data-sounded") == "wrong"
    shot(page, "dead-spot-late-phone-dark")
    no_axe_violations(page)
    assert states(batch_id) == {first: "cancelled", second: "claimed"}
    phone.scan(second)
    expect(unused).to_be_hidden()
    phone.scan(totes[second])
    expect(page.locator(".scan-big")).to_have_text("All picked")
    assert states(batch_id) == {first: "cancelled", second: "done"}


def test_scans_survive_the_page_and_are_offered_where_tasks_begin(
    shop: Shop, worker: Callable[..., User], visit: Visit, shot: Callable[[Page, str], None]
) -> None:
    batch_id, (first, second), _ = walk_of_two(shop)
    picker = worker("picker", warehouse_id=shop.warehouse_id)
    phone = Phone(visit, picker)
    tote = next(str(t.tote) for t in picking.tasks(EVERYTHING, batch_id) if t.sku == first)
    phone.network(there=False)
    phone.scan(first, tote)
    expect(phone.page.locator("[data-offline]")).to_contain_text("scans that wait: 2")
    phone.page.close()
    page = visit("/scan/", as_=picker, device="phone")
    link = page.get_by_role("link", name="Pick Go on; scans that wait: 2")
    expect(link).to_be_visible()
    shot(page, "dead-spot-index-phone-light")
    link.click()
    expect(page.locator(".scan-big")).to_have_text("A-02-01")
    assert states(batch_id) == {first: "done", second: "claimed"}
    other = worker("picker", warehouse_id=shop.warehouse_id)
    expect(visit("/scan/", as_=other, device="phone").locator("[data-waiting]")).to_be_hidden()


KEPT = "caches.open('scanner').then(box => box.keys()).then(all => all.map(one => one.url))"


def until(page: Page, true: str) -> None:
    """Wait for what a page's script says; asked from outside, since a strict policy lets nobody evaluate words inside."""
    late = time.monotonic() + 8
    while not page.evaluate(true):
        assert time.monotonic() < late, f"{true}; kept: {page.evaluate(KEPT)}"
        page.wait_for_timeout(50)


def test_a_page_loaded_again_in_a_dead_spot_shows_the_task_as_it_stands_with_the_scans_that_wait(
    shop: Shop, worker: Callable[..., User], visit: Visit, shot: Callable[[Page, str], None]
) -> None:
    batch_id, (first, second), _ = walk_of_two(shop)
    phone = Phone(visit, worker("picker", warehouse_id=shop.warehouse_id))
    totes = {t.sku: str(t.tote) for t in picking.tasks(EVERYTHING, batch_id)}
    page = phone.page
    assert page.evaluate("navigator.serviceWorker.ready.then(r => new URL(r.scope).pathname)") == "/scan/"
    page.reload()  # now it comes through the worker; a page that was on its way when the worker began did not
    expect(page.locator(".screen .say")).to_be_visible()
    until(page, "navigator.serviceWorker.controller !== null")
    until(page, "caches.match(location.href, { ignoreVary: true }).then(Boolean)")
    phone.scan(first)
    expect(page.locator(".screen.ok .say")).to_have_text(first)
    page.context.set_offline(True)
    expect(page.locator("[data-offline]")).to_contain_text("No network")
    phone.scan(totes[first])
    page.reload()
    expect(page.locator("[data-offline]")).to_contain_text("scans that wait: 1")
    expect(page.locator("[data-offline]")).to_contain_text(totes[first])
    expect(page.locator(".instruction")).to_contain_text("Put 2 into compartment 1")
    expect(page.locator("[data-ahead]")).to_contain_text(second)
    assert page.evaluate("getComputedStyle(document.querySelector('.scan-big')).fontWeight") >= "600", "drawn as ever"
    phone.scan(second, totes[second])
    expect(page.locator("[data-offline]")).to_contain_text("scans that wait: 3")
    shot(page, "dead-spot-reloaded-phone-light")
    assert states(batch_id)[second] == "claimed", "what waits behind a scan without an answer is not sent"
    page.context.set_offline(False)
    expect(page.locator(".scan-big")).to_have_text("All picked")
    expect(page.locator("[data-offline]")).to_be_hidden()
    assert states(batch_id) == {first: "done", second: "done"}


def test_the_camera_scans_where_the_browser_can_and_has_no_button_where_it_cannot(
    shop: Shop, worker: Callable[..., User], visit: Visit, shot: Callable[[Page, str], None], no_axe_violations: Callable[[Page], None]
) -> None:
    batch_id, (first, _), _ = walk_of_two(shop)
    phone = Phone(visit, worker("picker", warehouse_id=shop.warehouse_id))
    page = phone.page
    page.add_init_script("delete window.BarcodeDetector")
    page.reload()
    expect(page.locator("[data-camera]")).to_be_hidden()
    page.add_init_script(DETECTOR + CAMERA)
    page.reload()
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator("[data-camera-view] video")).to_be_visible()
    page.evaluate("code => { window.inThePicture = code; }", first)
    expect(page.locator(".screen.ok .say")).to_have_text(first)
    shot(page, "camera-phone-light")
    no_axe_violations(page)
    tote = next(str(t.tote) for t in picking.tasks(EVERYTHING, batch_id) if t.sku == first)
    page.evaluate("code => { window.inThePicture = code; }", tote)
    expect(page.locator(".scan-big")).to_have_text("A-02-01")
    page.get_by_role("button", name="Close the camera").click()
    expect(page.locator("[data-camera-view]")).to_be_hidden()
