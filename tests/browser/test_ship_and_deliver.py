"""A shop's day: labels bought and printed in three taps, the truck let go, and the customer's page on a phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from packhorse.core import clock, dispatch
from packhorse.core.actors import EVERYTHING
from packhorse.ground.carriers import registry
from packhorse.ground.carriers.tariff.carrier import TariffCarrier
from packhorse.ground.carriers.tariff.failures import Failures
from packhorse.ground.carriers.types import TrackingUpdate
from packhorse.ground.people.models import User
from packhorse.steps.delivery import selectors as delivery, services as delivery_services
from packhorse.steps.orders.selectors import tracking_path
from packhorse.steps.shipping import selectors, services
from tests.browser.conftest import LOOKS, AllCanRead, Visit
from tests.build import HOUSE, Shop
from tests.steps.shipping.build import hand_over_all, labelled_order, ready_shop, sealed_order


@pytest.fixture
def shop(committed: str) -> Shop:
    return ready_shop()


def _placed() -> dict[str, Any]:
    return {"placed_at": clock.now() - dt.timedelta(hours=20)}


def test_sixty_orders_of_the_day_in_three_taps(shop: Shop, visit: Visit, worker: Callable[..., User], shot: Callable[[Page, str], None]) -> None:
    for _ in range(6):
        sealed_order(shop, {"SKU-1": 1}, **_placed())
    packer = worker("packer", warehouse_id=shop.warehouse_id)
    page = visit("/shipping/", as_=packer)

    page.get_by_label("Mark all on this page").check()
    shot(page, "shipping-marked-desk-light")
    page.get_by_role("button", name="Buy labels").click()
    expect(page.get_by_text("6 labels bought.")).to_be_visible()
    with page.expect_popup() as papers:
        page.get_by_role("button", name="Print all 6: labels and slips").click()
    papers.value.close()

    page = visit("/shipping/day/", as_=packer)
    page.locator("summary", has_text="Close the manifest").click()
    page.locator("details[open]").get_by_role("button", name="Close the manifest").click()
    expect(page.get_by_text("6 of 6 parcels left, nothing on the table.")).to_be_visible()
    shot(page, "shipping-day-over-desk-light")


def test_the_truck_is_loaded_by_scan(shop: Shop, visit: Visit, worker: Callable[..., User], shot: Callable[[Page, str], None]) -> None:
    fo = labelled_order(shop, {"SKU-1": 1}, **_placed())
    number = selectors.labels_of_orders(EVERYTHING, [fo.order_id])[0].tracking_number or ""
    page = visit(f"/scan/shipping.load/?warehouse={shop.warehouse_id}", as_=worker("packer", warehouse_id=shop.warehouse_id), device="phone")
    page.locator("main button").last.click()
    page.keyboard.type("WRONG", delay=5)
    page.keyboard.press("Enter")
    expect(page.get_by_text("has no label")).to_be_visible()
    page.keyboard.type(number, delay=5)
    page.keyboard.press("Enter")
    expect(page.get_by_text("is on the truck")).to_be_visible()
    shot(page, "shipping-load-phone-light")


def test_the_pages_are_accessible_and_fit(shop: Shop, worker: Callable[..., User], all_can_read: AllCanRead) -> None:
    fo = labelled_order(shop, {"SKU-1": 2, "SKU-2": 1}, parcels=2, **_placed())
    hand_over_all(shop)
    with registry.using(TariffCarrier(failures=Failures(declined=1.0))):
        sealed_order(shop, {"SKU-1": 1}, **_placed())
        services.buy_labels(actor=HOUSE, label_ids=services.choose_services(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id))
    labelled_order(shop, {"SKU-2": 1}, **_placed())
    sealed_order(shop, {"SKU-3": 1}, **_placed())
    one, two = delivery.deliveries_of_orders(EVERYTHING, [fo.order_id])
    now = clock.now()
    said = [("in_transit", "", 6), ("exception", "delayed", 5), ("in_transit", "", 4), ("out_for_delivery", "", 2)]
    scans = [TrackingUpdate(one.tracking_number, n, code, detail, now - dt.timedelta(hours=ago), "CA-K1M") for n, (code, detail, ago) in enumerate(said, 1)]
    scans.append(TrackingUpdate(two.tracking_number, 1, "delivered", "", now - dt.timedelta(hours=1), "CA-K1M"))
    delivery_services.record_tracking(key=uuid4(), actor=HOUSE, carrier="tariff", updates=scans)
    dispatch.drain()
    [trouble] = delivery.exceptions_of(EVERYTHING, one.delivery_id)
    claim = delivery_services.open_claim(key=uuid4(), actor=HOUSE, delivery_id=one.delivery_id, kind="late", asked_minor=1250, currency="CAD")
    label = selectors.label(EVERYTHING, one.label_id)
    manager = worker("manager", name="Maud Roy", warehouse_id=shop.warehouse_id)
    paths = {
        "shipping": "/shipping/?shelf=here", "shipping-failed": "/shipping/?shelf=failed", "shipping-print": "/shipping/?shelf=print", "labels": "/shipping/labels/",
        "label": f"/shipping/labels/{label.label_id}/", "shipment": f"/shipping/shipments/{label.shipment_id}/", "shipments": "/shipping/shipments/",
        "day": "/shipping/day/", "manifests": "/shipping/manifests/", "manifest": f"/shipping/manifests/{label.manifest_id}/", "deliveries": "/delivery/",
        "delivery": f"/delivery/{one.delivery_id}/", "exceptions": "/delivery/exceptions/", "exception": f"/delivery/exceptions/{trouble.exception_id}/",
        "claims": "/delivery/claims/", "claim": f"/delivery/claims/{claim}/", "carriers": "/delivery/carriers/", "tracking": tracking_path(fo.order_id),
    }  # fmt: skip
    all_can_read(paths, as_=manager, looks=LOOKS[:2])


def test_the_customer_follows_and_rates_on_a_phone(
    shop: Shop, visit: Visit, no_axe_violations: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    fo = labelled_order(shop, {"SKU-1": 2}, **_placed())
    hand_over_all(shop)
    [d] = delivery.deliveries_of_orders(EVERYTHING, [fo.order_id])
    url = tracking_path(fo.order_id)
    for theme in ("light", "dark"):
        page = visit(url, device="phone", theme=theme)
        shot(page, f"tracking-announced-phone-{theme}")
        no_axe_violations(page)
    update = TrackingUpdate(d.tracking_number, 1, "delivered", "", clock.now(), "CA-K1M")
    delivery_services.record_tracking(key=uuid4(), actor=HOUSE, carrier="tariff", updates=[update])
    page = visit(url, device="phone")
    no_axe_violations(page)
    shot(page, "tracking-delivered-phone-light")
    page.get_by_label("5 – very good").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you for telling us.")).to_be_visible()
    assert delivery.feedback_of(EVERYTHING, fo.order_id) is not None
    shot(visit(url, device="desk", theme="dark", language="fr"), "tracking-desk-dark")
