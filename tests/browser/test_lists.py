"""A list is worked through with its rows open beside it, in the columns one chose, by hand and by keyboard, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from packhorse.ground.people.models import User
from tests.browser.conftest import Visit

pytestmark = pytest.mark.urls("tests.core.web.sample")


@pytest.fixture
def owner(worker: Callable[..., User]) -> User:
    return worker("owner", name="Odile Tremblay")


def _heads(page: Page) -> list[str]:
    return [t.strip() for t in page.locator("#list-rows thead th:not(.mark)").all_inner_texts()]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_row_opens_beside_the_list_and_escape_closes_it(visit: Visit, owner: User, no_axe_violations: Any, shot: Any, theme: str) -> None:
    page = visit("/sample/?state=open", as_=owner, theme=theme)
    page.locator("tbody tr").nth(1).locator("td[data-label=Packed]").click()
    beside = page.locator("#beside")
    expect(beside.get_by_role("heading", level=1)).to_contain_text("P-000012")
    expect(page.locator("#list-rows tbody tr")).to_have_count(40)
    assert page.url.endswith("/sample/?state=open&open=%2Fsample%2F12%2F")
    shot(page, f"beside-desk-{theme}")
    no_axe_violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.keyboard.press("Escape")
    expect(beside).to_be_hidden()
    assert page.url.endswith("/sample/?state=open")
    expect(page.get_by_role("link", name="P-000012")).to_be_focused()


def test_j_and_k_go_on_to_the_next_row_with_the_pane_open(visit: Visit, owner: User) -> None:
    page = visit("/sample/", as_=owner)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    heading = page.locator("#beside").get_by_role("heading", level=1)
    expect(heading).to_contain_text("P-000001")
    expect(page.locator("#beside")).to_be_focused()
    page.keyboard.press("j")
    expect(heading).to_contain_text("P-000002")
    page.keyboard.press("k")
    expect(heading).to_contain_text("P-000001")


def test_the_address_opens_the_same_again_and_back_closes_it(visit: Visit, owner: User) -> None:
    page = visit("/sample/", as_=owner)
    page.get_by_role("link", name="P-000003").click()
    heading = page.locator("#beside").get_by_role("heading", level=1)
    expect(heading).to_contain_text("P-000003")
    page.reload()
    expect(heading).to_contain_text("P-000003")
    page.go_back()
    expect(page.locator("#beside")).to_be_hidden()
    assert page.url.endswith("/sample/")


def test_an_action_in_the_pane_keeps_the_list(visit: Visit, owner: User) -> None:
    page = visit("/sample/?state=open", as_=owner)
    page.get_by_role("link", name="P-000006").click()
    page.locator("#beside summary", has_text="Hold").click()
    page.get_by_label("Reason").fill("address")
    page.locator("#beside details[open] button").click()
    expect(page.get_by_role("status").first).to_contain_text("The parcel is on hold.")
    expect(page.locator("#beside").get_by_role("heading", level=1)).to_contain_text("P-000006")
    assert "state=open" in page.url


def test_on_a_phone_a_row_is_a_plain_link(visit: Visit, owner: User) -> None:
    page = visit("/sample/", as_=owner, device="phone")
    page.get_by_role("link", name="P-000003").click()
    page.wait_for_url("**/sample/3/")
    page.goto(page.url.replace("/sample/3/", "/sample/?open=/sample/3/"))
    page.wait_for_url("**/sample/3/")


def test_on_a_phone_a_row_is_a_card_that_nobody_scrolls_sideways(visit: Visit, owner: User, no_axe_violations: Any, shot: Any) -> None:
    page = visit("/sample/", as_=owner, device="phone")
    sideways = "[...document.querySelectorAll('html, .list .scroll')].map((e) => e.scrollWidth - e.clientWidth)"
    assert page.evaluate(sideways) == [0, 0]
    card = page.locator("#list-rows tbody tr").first
    expect(card.get_by_role("link", name="P-000001")).to_be_visible()
    assert card.locator("td[data-label=Packed]").evaluate("(e) => [e.offsetWidth > 0, getComputedStyle(e, '::before').content]") == [True, '"Packed "']
    card.locator("input[name=ids]").check()
    expect(page.locator("[data-marked-bar]")).to_contain_text("1")
    no_axe_violations(page)
    shot(page, "list-phone-light")
    page.locator("#list-rows thead a").first.click()
    page.wait_for_url("**sort=**")
    assert page.evaluate(sideways) == [0, 0]


def test_on_a_phone_the_reason_of_what_is_not_possible_is_read_by_a_tap(visit: Visit, owner: User, no_axe_violations: Any) -> None:
    page = visit("/sample/3/", as_=owner, device="phone")
    page.locator("summary", has_text="Not possible now").click()
    expect(page.get_by_text("Nothing was captured yet.")).to_be_visible()
    no_axe_violations(page)


def test_columns_are_chosen_by_keyboard_and_stay(visit: Visit, owner: User, no_axe_violations: Any, shot: Any) -> None:
    page = visit("/sample/?state=open", as_=owner)
    page.keyboard.press("c")
    expect(page.get_by_label("State", exact=True).and_(page.locator("[name=column]"))).to_be_focused()
    no_axe_violations(page)
    shot(page, "columns-desk-light")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("#list-rows thead th[scope=col]", has_text="State")).to_have_count(0)
    assert page.url.endswith("/sample/?state=open")
    page.goto(page.url.split("?")[0])
    assert _heads(page) == ["Number", "Packed", "Lines", "Weight", "Postage"]
    page.locator("summary", has_text="Columns").click()
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("#list-rows thead th[scope=col]", has_text="State")).to_have_count(1)


def test_without_scripts_columns_filters_and_rows_work_too(live: str, chromium: Any, visit: Visit, owner: User) -> None:
    cookies = visit("/sample/", as_=owner).context.cookies()
    context = chromium.new_context(java_script_enabled=False, locale="en")
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(f"{live}/sample/")
    page.locator("summary", has_text="Columns").click()
    page.locator("[name=column][value=price]").uncheck()
    page.get_by_role("button", name="Show these").click()
    assert "Postage" not in _heads(page)
    page.get_by_label("Search this list").fill("00007")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#list-rows tbody tr")).to_have_count(11)
    page.get_by_role("link", name="P-000071").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("P-000071")
    context.close()


def test_what_is_typed_is_what_is_exported_and_kept(visit: Visit, owner: User) -> None:
    page = visit("/sample/", as_=owner)
    page.get_by_label("Search this list").fill("00007")
    expect(page.locator("#list-rows tbody tr")).to_have_count(11)
    page.locator("summary", has_text="Views").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as CSV").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 12
    page.get_by_label("Keep this view as").fill("Seven")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.goto(page.url.split("?")[0])
    page.locator("summary", has_text="Views").click()
    page.get_by_role("link", name="Seven").click()
    expect(page.locator("#list-rows tbody tr")).to_have_count(11)
    assert "q=00007" in page.url


def test_the_tab_that_is_current_follows_the_filters(visit: Visit, owner: User) -> None:
    page = visit("/sample/", as_=owner)
    expect(page.locator("#list-tabs [aria-current=page]")).to_have_text("All")
    page.locator(".filters summary", has_text="State").click()
    page.get_by_label("Open", exact=True).check()
    expect(page.locator("#list-tabs [aria-current=page]")).to_have_text("Open")
    expect(page.locator(".chips")).to_contain_text("State is Open")


def test_marked_rows_are_unmarked_at_once_and_the_head_stays_in_sight(visit: Visit, owner: User) -> None:
    page = visit("/sample/", as_=owner)
    page.get_by_label("Mark all on this page").check()
    expect(page.locator("[data-marked-count]")).to_have_text("50")
    page.locator("#list-rows .scroll").evaluate("e => e.scrollTop = 900")
    expect(page.get_by_role("columnheader", name="Weight")).to_be_in_viewport()
    page.get_by_role("button", name="Unmark").click()
    expect(page.locator("[data-marked-bar]")).to_be_hidden()
