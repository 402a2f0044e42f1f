"""The shell, a list, a detail page, a form and the scanner are accessible in both looks, on phone and desk, and work by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from packhorse.ground.people.models import User
from tests.browser.conftest import AllCanRead, Visit, begin
from tests.core.web import sample

pytestmark = pytest.mark.urls("tests.core.web.sample")

PAGES = {
    "list": "/sample/?state=open&state=held",
    "detail": "/sample/3/",
    "form": "/sample/new/",
    "home": "/",
    "scan-index": "/scan/",
    "empty": "/sample/?q=nothing",
    "password": "/password/",
    "api": "/api/v1/docs",
}


@pytest.fixture
def owner(worker: Callable[..., User]) -> User:
    return worker("owner", name="Odile Tremblay")


def test_pages_meet_wcag_22_aa(owner: User, all_can_read: AllCanRead) -> None:
    all_can_read(PAGES, as_=owner)


def test_the_login_and_the_error_pages_meet_it_too(all_can_read: AllCanRead) -> None:
    phone = (("phone", "light"), ("phone", "dark"))
    all_can_read({"login": "/login/"}, looks=phone)
    all_can_read({"missing": "/nothing-here/"}, looks=phone, status=404)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_open_menus_and_actions_meet_it_too(visit: Visit, owner: User, no_axe_violations: Any, shot: Any, theme: str) -> None:
    page = visit("/sample/3/", as_=owner, theme=theme)
    page.locator(".user-menu summary").click()
    shot(page, f"user-menu-desk-{theme}")
    no_axe_violations(page)
    page.locator("summary", has_text="Hold").click()
    shot(page, f"action-desk-{theme}")
    no_axe_violations(page)
    phone = visit("/sample/", as_=owner, theme=theme, device="phone")
    phone.get_by_role("button", name="Menu").click()
    shot(phone, f"menu-phone-{theme}")
    no_axe_violations(phone)


def test_search_as_you_type_narrows_the_list(visit: Visit, owner: User) -> None:
    page = visit("/sample/", as_=owner)
    page.keyboard.press("/")
    page.keyboard.type("00007", delay=10)
    expect(page.locator("table.rows tbody tr")).to_have_count(11)
    assert "q=00007" in page.url


def test_a_refused_action_says_so_on_the_page_it_is_on(visit: Visit, owner: User) -> None:
    page = visit("/sample/100/", as_=owner)
    page.locator("summary", has_text="Hold").click()
    page.get_by_label("Reason").fill("heavy")
    page.locator("details[open] button").click()
    expect(page.get_by_role("alert")).to_contain_text("more than one person lifts")
    assert page.url.endswith("/sample/100/")


def test_an_action_that_works_says_so_and_can_be_undone(visit: Visit, owner: User) -> None:
    page = visit("/sample/7/", as_=owner)
    page.locator("summary", has_text="Hold").click()
    page.get_by_label("Reason").fill("address")
    page.locator("details[open] button").click()
    expect(page.get_by_role("status")).to_contain_text("The parcel is on hold.")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("Printed.")


def test_rows_are_marked_and_acted_on_by_keyboard(visit: Visit, owner: User, shot: Any) -> None:
    sample.DONE.clear()
    page = visit("/sample/", as_=owner)
    for key in "jxjx":
        page.keyboard.press(key)
    expect(page.locator("[data-marked-count]")).to_have_text("2")
    shot(page, "marked-desk-light")
    page.get_by_role("button", name="Hold").click()
    expect(page.get_by_role("status")).to_contain_text("2 rows: done.")
    assert sample.DONE == [("hold", 1), ("hold", 2)]


def test_ctrl_k_finds_the_search(visit: Visit, owner: User) -> None:
    page = visit("/sample/", as_=owner)
    page.keyboard.press("Control+k")
    expect(page.locator("#search")).to_be_focused()


def _begin(visit: Visit, user: User, **how: Any) -> Page:
    return begin(visit("/scan/", as_=user, device="phone", **how), "Pick (sample)")


def _scan(page: Page, code: str) -> None:
    page.keyboard.type(code)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_scanner_meets_it_and_has_big_targets(visit: Visit, worker: Callable[..., User], no_axe_violations: Any, shot: Any, theme: str) -> None:
    page = _begin(visit, worker("picker"), theme=theme)
    shot(page, f"scan-phone-{theme}")
    no_axe_violations(page)
    small = page.evaluate(
        "[...document.querySelectorAll('main button, main input:not([type=hidden])')].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 48).map(e => e.outerHTML)"
    )
    assert small == []
    assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight + 1"), "the thumb buttons are out of reach"
    _scan(page, "WRONG")
    expect(page.get_by_role("alert")).to_contain_text("MUG-BLUE is wanted here")
    shot(page, f"scan-wrong-phone-{theme}")
    no_axe_violations(page)
    page.get_by_role("button", name="Short").click()
    page.get_by_label("Found").fill("1")
    shot(page, f"scan-field-phone-{theme}")
    no_axe_violations(page)


def test_scans_follow_each_other_without_a_tap(visit: Visit, worker: Callable[..., User], shot: Any) -> None:
    sample.DONE.clear()
    page = _begin(visit, worker("picker"))
    for code in ("MUG-BLUE", "TEA-100", "LAMP-S"):
        _scan(page, code)
    expect(page.locator(".scan-big")).to_have_text("Done")
    shot(page, "scan-done-phone-light")
    assert sample.DONE == [("pick", 0), ("pick", 1), ("pick", 2)]
    assert page.evaluate("document.body.dataset.sounded") == "done"


def test_a_scan_whose_answer_is_lost_is_sent_again_and_happens_once(visit: Visit, worker: Callable[..., User]) -> None:
    sample.DONE.clear()
    page = _begin(visit, worker("picker"))
    lost = {"n": 0}

    def lose(route: Any) -> None:
        if lost["n"] == 0:
            lost["n"] += 1
            route.fetch()  # the server does it …
            route.abort()  # … and its answer never comes
        else:
            route.continue_()

    page.route("**/post/", lose)
    _scan(page, "MUG-BLUE")
    expect(page.locator(".scan-big")).to_have_text("A-02-02")
    _scan(page, "TEA-100")
    expect(page.locator(".scan-big")).to_have_text("A-03-02")
    assert lost["n"] == 1
    assert sample.DONE == [("pick", 0), ("pick", 1)]


def test_scans_wait_in_order_while_the_network_is_away(visit: Visit, worker: Callable[..., User]) -> None:
    sample.DONE.clear()
    page = _begin(visit, worker("picker"))
    page.context.set_offline(True)
    _scan(page, "MUG-BLUE")
    expect(page.locator("[data-offline]")).to_be_visible()
    _scan(page, "TEA-100")
    page.context.set_offline(False)
    expect(page.locator(".scan-big")).to_have_text("A-03-02")
    expect(page.locator("[data-offline]")).to_be_hidden()
    assert sample.DONE == [("pick", 0), ("pick", 1)]


def test_a_code_scanned_into_a_number_field_is_a_scan(visit: Visit, worker: Callable[..., User]) -> None:
    page = _begin(visit, worker("picker"))
    page.get_by_role("button", name="Short").click()
    expect(page.get_by_label("Found")).to_be_focused()
    _scan(page, "MUG-BLUE")
    expect(page.locator(".scan-big")).to_have_text("A-02-02")


def test_a_scan_that_comes_while_the_screen_changes_arrives_whole(visit: Visit, worker: Callable[..., User]) -> None:
    page = _begin(visit, worker("picker"))

    def slow(route: Any) -> None:
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/post/", slow)
    _scan(page, "MUG-BLUE")
    page.keyboard.type("TEA-", delay=5)
    expect(page.locator(".scan-big")).to_have_text("A-02-02")
    page.keyboard.type("100")
    page.keyboard.press("Enter")
    expect(page.locator(".scan-big")).to_have_text("A-03-02")
