"""A customer asks for a return on a phone, by the link alone; our people receive, inspect and answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from packhorse.core.actors import EVERYTHING
from packhorse.ground.people.models import User
from packhorse.steps.orders.selectors import link_token
from packhorse.steps.orders.types import FulfillmentOrderInfo
from packhorse.steps.returns import selectors, services
from tests.browser.conftest import LOOKS, AllCanRead, Visit
from tests.build import HOUSE, Shop
from tests.build_orders import settle
from tests.steps.returns.build import ask, buy_label, delivered, inspect, receive, shop_with_stock


@pytest.fixture
def shop(committed: str) -> Shop:
    return shop_with_stock()


@pytest.fixture
def order(shop: Shop) -> FulfillmentOrderInfo:
    return delivered(shop, {"SKU-1": 2, "SKU-2": 1})


def test_a_customer_asks_prints_and_follows(visit: Visit, order: FulfillmentOrderInfo, no_axe_violations: Any, shot: Any) -> None:
    page = visit(f"/r/{link_token(order.order_id)}", device="phone")
    no_axe_violations(page)
    shot(page, "portal-phone-light")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_label("How many").first.select_option("2")
    page.get_by_role("button", name="Ask for the return").click()
    expect(page.get_by_text("Say why.")).to_be_visible()
    no_axe_violations(page)
    page.get_by_label("Reason").first.select_option("Arrived damaged")
    page.get_by_role("button", name="Ask for the return").click()
    rma = selectors.rmas_of_orders(EVERYTHING, [order.order_id])[0]
    expect(page.get_by_role("heading", name=rma.number)).to_be_visible()
    buy_label(rma)
    page.reload()
    expect(page.get_by_role("link", name="Get your label")).to_be_visible()
    no_axe_violations(page)
    shot(page, "portal-phone-label")
    page.get_by_role("link", name="How returns work").click()
    expect(page.get_by_role("heading", name="How returns work")).to_be_visible()
    no_axe_violations(page)
    shot(page, "portal-phone-terms")
    inspect(receive(rma))
    settle()
    dark = visit(f"/r/{link_token(order.order_id)}", device="phone", theme="dark", language="fr")
    no_axe_violations(dark)
    shot(dark, "portal-phone-dark-fr")
    desk = visit(f"/r/{link_token(order.order_id)}")
    no_axe_violations(desk)
    shot(desk, "portal-desk")


def test_our_people_receive_inspect_and_answer(
    visit: Visit, shop: Shop, order: FulfillmentOrderInfo, worker: Callable[..., User], no_axe_violations: Any, shot: Any, all_can_read: AllCanRead
) -> None:
    owner = worker("owner", name="Odile Tremblay")
    rma = receive(ask(order, [2, 1], reason="damaged"))
    ticket = services.open_ticket(
        key=uuid4(), actor=HOUSE, client_id=shop.client_id, order_id=order.order_id, subject="The zip is broken", body="It broke on the first day."
    )
    services.reply_ticket(key=uuid4(), actor=HOUSE, ticket_id=ticket.ticket_id, body="We are sorry. A label is on its way.")
    paths = {
        "returns": "/returns/",
        "return": f"/returns/{rma.rma_id}/",
        "inspect": f"/returns/{rma.rma_id}/inspect/",
        "receive": f"/returns/{rma.rma_id}/receive/",
        "terms": "/returns/terms/",
        "tickets": "/returns/tickets/",
        "ticket": f"/returns/tickets/{ticket.ticket_id}/",
    }
    all_can_read(paths, as_=owner, looks=LOOKS[:2])
    phone = visit(f"/scan/returns.inspect/?rma={rma.number}", as_=owner, device="phone")
    phone.get_by_role("button", name="Start").click()
    expect(phone.get_by_text("Which grade is it?")).to_be_visible()
    no_axe_violations(phone)
    shot(phone, "scan-inspect-phone")
    phone.get_by_role("button", name="A – as new").click()
    expect(phone.locator(".scan-big")).to_have_text("SKU-2")
    phone.get_by_role("button", name="B – opened, sellable").click()
    expect(phone.get_by_text("30.00 CAD")).to_be_visible()
    shot(phone, "scan-inspect-done")
