"""The settings pages are accessible, on phone and desk, in both looks, and fit the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from packhorse.core import clock
from packhorse.core.actors import Actor, system
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.catalog import services as catalog
from packhorse.ground.catalog.types import NewBox, NewItem
from packhorse.ground.messages.models import Message
from packhorse.ground.messages.queue import queue, raise_alerts
from packhorse.ground.messages.types import NewAlert, NewMessage
from packhorse.ground.people import services as people
from packhorse.ground.people.models import User
from packhorse.ground.people.secrets import raw_device_token
from packhorse.ground.people.sign_in import DEVICE_COOKIE
from packhorse.ground.warehouse import services as warehouses
from packhorse.ground.warehouse.types import Address, NewFloor
from tests.browser.conftest import LOOKS, AllCanRead, Visit

HOUSE = system("test")


@use_case
def say(*, key: Any, actor: Actor, client_id: int) -> int:
    """A message and an alert."""
    values = {"order_number": "PH-100", "name": "Zoé Roy", "carrier": "Tariff", "tracking_url": "https://shop.example/t/abc"}
    queue([NewMessage("shipped", Ref("shipping.shipment", client_id), "zoe@example.com", client_id=client_id, values=values)])
    return raise_alerts(
        [NewAlert("message_failed", Ref("messaging.message", client_id), "service", client_id=client_id, detail={"template": "shipped", "error": "Timeout"})]
    )


@pytest.fixture
def pages(worker: Callable[..., User]) -> tuple[User, dict[str, str]]:
    """An owner, and the pages with something on them."""
    owner = worker("owner", name="Odile Tremblay")
    code = uuid4().hex[:6].upper()
    client = catalog.create_client(key=uuid4(), actor=HOUSE, code=code, name="Maison Érable", currency="CAD", support_email="aide@example.com")
    (item, *_) = catalog.upsert_items(
        key=uuid4(),
        actor=HOUSE,
        client_id=client.id,
        items=[
            NewItem("MUG-BLUE", "Blue mug", length_mm=100, width_mm=80, height_mm=90, weight_g=350, fragile=True, barcodes=(("4006381333931", 1, "each"),)),
            NewItem("TEE-M"),
        ],
    )
    (box,) = catalog.upsert_boxes(key=uuid4(), actor=HOUSE, boxes=[NewBox(f"S-{code}", "Small", 200, 150, 100, 206, 156, 106, 120, 10_000, 55, "CAD")])
    yard = warehouses.create_warehouse(
        key=uuid4(), actor=HOUSE, code=code, name="Montréal", address=Address("Packhorse", "1 Dock Road", "Montréal", "QC", "H2Y 1C6", "CA")
    )
    warehouses.lay_out(key=uuid4(), actor=HOUSE, warehouse_id=yard.id, floor=NewFloor(6, 20, 2, cross_after=(10,), one_way_back=(0,), one_way_front=(1,)))
    key = people.issue_api_key(key=uuid4(), actor=HOUSE, name="Shop", role="integrator")
    people.register_device(key=uuid4(), actor=HOUSE, name="Scanner 3")
    say(key=uuid4(), actor=HOUSE, client_id=client.id)
    message = Message.objects.get(client_id=client.id)
    Message.objects.filter(pk=message.pk).update(state="failed", error="TimeoutError: no answer", next_attempt_at=clock.now())
    settings = "/settings"
    return owner, {
        "settings": f"{settings}/",
        "users": f"{settings}/people/",
        "user": f"{settings}/people/{owner.pk}/",
        "new-user": f"{settings}/people/new/",
        "keys": f"{settings}/people/keys/",
        "key": f"{settings}/people/keys/{key.id}/",
        "new-key": f"{settings}/people/keys/new/",
        "devices": f"{settings}/people/devices/",
        "audit": f"{settings}/people/audit/",
        "sign-ins": f"{settings}/people/sign-ins/",
        "account": f"{settings}/people/account/",
        "second-factor": f"{settings}/people/second-factor/",
        "items": f"{settings}/catalog/",
        "item": f"{settings}/catalog/{item.item_id}/",  # type: ignore[union-attr]
        "clients": f"{settings}/catalog/clients/",
        "client": f"{settings}/catalog/clients/{client.id}/",
        "boxes": f"{settings}/catalog/boxes/",
        "box": f"{settings}/catalog/boxes/{box.id}/",
        "new-box": f"{settings}/catalog/boxes/new/",
        "warehouses": f"{settings}/warehouse/",
        "warehouse": f"{settings}/warehouse/{yard.id}/",
        "floor": f"{settings}/warehouse/{yard.id}/floor/",
        "new-warehouse": f"{settings}/warehouse/new/",
        "places": f"{settings}/warehouse/places/",
        "messages": f"{settings}/messages/",
        "message": f"{settings}/messages/{message.pk}/",
        "wordings": f"{settings}/messages/wording/",
        "wording": f"{settings}/messages/wording/{client.id}/shipped/fr/",
        "alerts": f"{settings}/messages/alerts/",
    }


def test_pages_meet_wcag_22_aa(pages: tuple[User, dict[str, str]], all_can_read: AllCanRead) -> None:
    owner, paths = pages

    def ready(name: str, page: Page) -> None:
        if name == "settings-floor":
            page.locator("#preview .floor").wait_for()

    all_can_read({f"settings-{name}": path for name, path in paths.items()}, as_=owner, looks=LOOKS[:2], ready=ready)


def test_the_page_that_asks_for_a_badge_on_a_shared_device_meets_it_too(live: str, visit: Visit, no_axe_violations: Any, shot: Any) -> None:
    key = uuid4()
    people.register_device(key=key, actor=HOUSE, name="Scanner 4")
    page = visit("/login/", device="phone")
    page.context.add_cookies([{"name": DEVICE_COOKIE, "value": raw_device_token(HOUSE.principal, key), "url": live}])
    page.goto(f"{live}/settings/people/badge/")
    expect(page.get_by_label("Badge")).to_be_focused()
    shot(page, "settings-badge-phone-light")
    no_axe_violations(page)


def test_the_second_factor_is_set_up_by_scanning(visit: Visit, worker: Callable[..., User], no_axe_violations: Any, shot: Any) -> None:
    page = visit("/settings/people/second-factor/", as_=worker("picker"))
    page.get_by_role("button", name="Set up").click()
    page.get_by_role("img", name="QR code for the authenticator app").wait_for()
    shot(page, "settings-second-factor-setting-up")
    no_axe_violations(page)


def test_the_designer_draws_what_is_written_and_says_what_is_wrong_before_anything_is_laid_out(visit: Visit, pages: tuple[User, dict[str, str]]) -> None:
    owner, paths = pages
    page = visit(paths["floor"], as_=owner)
    preview = page.locator("#preview")
    expect(preview).to_contain_text("6 aisles, 20 bins long, 2 levels; 1 cross aisle between the bins; 2 aisles are one-way")
    expect(preview).to_contain_text("This makes no new places.")
    page.get_by_role("spinbutton", name="Aisles").fill("8")
    expect(preview).to_contain_text("This makes: 80 × Bin.")
    page.get_by_role("spinbutton", name="Levels").fill("1")
    expect(preview).to_contain_text("A-01-02 would lie outside of this one")
    page.get_by_role("button", name="Lay it out").click()
    page.get_by_role("alert").get_by_role("link", name="See what blocks it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A-01-02")
    page.go_back()
    page.get_by_role("spinbutton", name="Levels").fill("2")
    page.get_by_role("button", name="Lay it out").click()
    expect(page.locator("#notices")).to_contain_text("Laid out: 80 × Bin")
