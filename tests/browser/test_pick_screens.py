"""All of a walk on a phone: counting, a full tote, a place that should be empty, a pause, a colleague, totes put down one by one; each screen readable at arm's length and tapped with cold hands."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from packhorse.core.actors import EVERYTHING
from packhorse.ground.people.models import User
from packhorse.steps.inventory import ledger
from packhorse.steps.picking import selectors as picking
from tests.browser.conftest import Visit
from tests.browser.test_pick_and_pack import Wedge
from tests.build import Shop, doing, make_shop, plain_item, stock
from tests.build_orders import accepted
from tests.steps.picking.build import plan, release

#: Every button and field of a screen: its height and what it is; and how large what matters is written.
SIZES = """() => {
  const box = (e) => e.getBoundingClientRect();
  const all = (which) => [...document.querySelectorAll(which)].filter((e) => e.offsetParent);
  const size = (which) => parseFloat(getComputedStyle(document.querySelector(which)).fontSize);
  return {
    small: all(".scan-foot button, .scan-foot input, .scan-field input").filter((e) => box(e).height < 48).map((e) => e.outerHTML.slice(0, 80)),
    thumbs: all(".thumbs > *").map((e) => box(e).height),
    low: all(".thumbs > *").every((e) => box(e).bottom <= innerHeight + 1 && box(e).top >= innerHeight / 2),
    big: size(".scan-big"),
    instruction: size(".instruction"),
  };
}"""


@pytest.fixture
def shop(committed: str) -> Shop:
    mark = uuid4().hex[:4].upper()
    made = make_shop(items=[plain_item(f"{mark}-{n}") for n in range(1, 4)], aisles=2, cells=4, totes=4)
    stock(made, dict(zip(made.items, (12, 40, 9), strict=True)))
    doing(partial(ledger.carry, made.totes[0], made.place("CART-01")))
    return made


def for_cold_hands(page: Page) -> None:
    """Nothing to be tapped is under 48 pixels, the thumb's buttons are taller and in the lower half, place and instruction are large."""
    found = page.evaluate(SIZES)
    assert found["small"] == []
    assert all(height >= 64 for height in found["thumbs"]), found
    assert found["low"], "the thumb reaches them"
    assert (found["big"] >= 40, found["instruction"] >= 22) == (True, True), found


def test_a_walk_with_everything_that_may_come_up(
    shop: Shop, worker: Callable[..., User], visit: Visit, shot: Callable[[Page, str], None], no_axe_violations: Callable[[Page], None]
) -> None:
    first, second, third = shop.items
    release(shop, accepted(shop, {first: 12, second: 3, third: 1}))
    (batch_id,) = plan(shop)
    picker, colleague = (worker("picker", warehouse_id=shop.warehouse_id) for _ in range(2))
    page = visit("/scan/", as_=picker, device="phone")
    page.evaluate("navigator.vibrate = (pattern) => { window.shaken = pattern; return true; }")
    wedge = Wedge(page, "Pick Walk a batch")
    page.evaluate("navigator.vibrate = (pattern) => { window.shaken = pattern; return true; }")
    wedge.scan("CART-01")
    for_cold_hands(page)
    assert page.locator("body").get_attribute("data-sounded") == "ok"
    assert page.evaluate("window.shaken") == 40
    wedge.scan(first)
    shot(page, "pick-quantity-phone-light")
    for_cold_hands(page)
    no_axe_violations(page)
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect(page.locator(".instruction")).to_contain_text("Put 12 into compartment 1")
    wedge.tap("Tote full")
    shot(page, "pick-tote-full-phone-light")
    no_axe_violations(page)
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(page.locator(".scan-field input")).to_have_value("5")
    wedge.scan("T-003")
    expect(page.locator(".screen .say")).to_contain_text("T-003 goes on for compartment 1")
    wedge.scan("T-003")
    expect(page.locator(".instruction")).to_contain_text("empty now?")
    shot(page, "pick-zero-phone-light")
    for_cold_hands(page)
    no_axe_violations(page)
    wedge.tap("Empty")
    shot(page, "pick-go-phone-light")
    wedge.tap("Pause")
    shot(page, "pick-paused-phone-light")
    no_axe_violations(page)
    wedge.tap("Hand over to a colleague")
    expect(page.locator(".screen .say")).to_contain_text("Handed over: whoever scans CART-01 goes on")

    page = visit("/scan/", as_=colleague, device="phone", theme="dark", language="fr")
    wedge = Wedge(page, "Prélèvement Faire une tournée")
    wedge.scan("CART-01")
    shot(page, "pick-go-phone-dark-fr")
    for_cold_hands(page)
    for sku in (second, third):
        wedge.scan(sku)
        wedge.scan("T-003")
    wedge.scan("T-001")
    shot(page, "pick-unload-phone-dark-fr")
    no_axe_violations(page)
    wedge.scan("BENCH-1", tone="done")
    assert picking.batch(EVERYTHING, batch_id).state == "done"
    (ready,) = picking.totes_ready_to_pack(EVERYTHING, shop.warehouse_id)
    assert (ready.tote, sum(line.quantity for line in ready.lines)) == ("T-003", 16)
