"""The customer's page: by its link alone, for its order alone."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from packhorse.core.actors import EVERYTHING
from packhorse.ground.files.models import StoredFile
from packhorse.steps.orders.selectors import link_token
from packhorse.steps.orders.types import FulfillmentOrderInfo
from packhorse.steps.returns import selectors
from packhorse.steps.returns.models import Rma, Ticket
from tests.build_orders import settle
from tests.steps.returns.build import ask, buy_label, delivered, inspect, receive, shipped, shop_with_stock, terms

pytestmark = pytest.mark.django_db

PHOTO = b"\xff\xd8\xff\xe0" + bytes(40)


def url(fo: FulfillmentOrderInfo, rest: str = "") -> str:
    return f"/r/{link_token(fo.order_id)}{rest}"


def chosen(fo: FulfillmentOrderInfo, quantity: int = 1, reason: str = "damaged", **more: Any) -> dict[str, Any]:
    line = fo.lines[0].demand_id
    return {"key": str(uuid4()), "wants": "refund", f"quantity_{line}": str(quantity), f"reason_{line}": reason, **more}


def test_shows_what_can_come_back_and_takes_the_request_once() -> None:
    fo = shipped(shop_with_stock(), {"SKU-1": 2, "SKU-2": 1})
    customer = Client()
    page = customer.get(url(fo))
    assert (page.status_code, page["Cache-Control"].count("no-store")) == (200, 1)
    assert all(word in page.content.decode() for word in ("Item SKU-1", "Item SKU-2", fo.order_number))
    data = chosen(fo, 2)

    photo = {f"photo_{fo.lines[0].demand_id}": SimpleUploadedFile("a.jpg", PHOTO)}
    first = customer.post(url(fo, "/ask"), data | photo)
    again = customer.post(url(fo, "/ask"), data)

    assert [first.status_code, again.status_code] == [303, 303]
    assert "It was not done a second time." in customer.get(url(fo)).content.decode()
    rma = Rma.objects.get(order_id=fo.order_id)
    assert (rma.state, rma.lines.get().quantity, rma.lines.get().reason) == ("approved", 2, "damaged")
    assert StoredFile.objects.get(pk=rma.lines.get().photo_id or 0).kind == "return_photo"
    shown = customer.get(url(fo)).content.decode()
    assert rma.number in shown
    assert "Approved: the 30 days in which this can be returned begin when the parcel arrives." in shown
    assert "Your label is being made." in shown


def test_gives_the_label_of_its_own_return_only() -> None:
    shop = shop_with_stock()
    fo, other = delivered(shop, {"SKU-1": 1}), delivered(shop, {"SKU-1": 1})
    rma = ask(fo, [1])
    buy_label(rma)
    customer = Client()

    assert f"/label/{rma.number}.pdf" in customer.get(url(fo)).content.decode()
    label = customer.get(url(fo, f"/label/{rma.number}.pdf"))
    assert (label.status_code, label["Content-Type"], label.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert customer.get(url(other, f"/label/{rma.number}.pdf")).status_code == 404
    inspect(receive(rma))
    settle()
    shown = customer.get(url(fo)).content.decode()
    assert "Refunded" in shown
    assert "10.00" in shown
    assert "Nothing else of this order can be returned." in shown


def test_says_what_is_wrong_with_a_request_and_changes_nothing() -> None:
    fo = shipped(shop_with_stock(), {"SKU-1": 1})
    customer = Client()

    empty = customer.post(url(fo, "/ask"), chosen(fo, 0))
    assert (empty.status_code, "Choose what comes back." in empty.content.decode()) == (422, True)
    assert customer.post(url(fo, "/ask"), chosen(fo, reason="")).status_code == 422
    assert customer.post(url(fo, "/ask"), chosen(fo, 2)).status_code == 422
    assert customer.post(url(fo, "/ask"), chosen(fo, key="none")).status_code == 422
    bad = {f"photo_{fo.lines[0].demand_id}": SimpleUploadedFile("a.jpg", b"<script>")}
    assert "A JPEG, PNG or WebP photo of at most 8 MB." in customer.post(url(fo, "/ask"), chosen(fo) | bad).content.decode()
    assert not Rma.objects.filter(order_id=fo.order_id).exists()


def test_opens_nothing_by_another_link_and_takes_no_forged_post() -> None:
    shop = shop_with_stock()
    fo, other = shipped(shop, {"SKU-1": 1}), shipped(shop, {"SKU-1": 1})
    customer = Client()

    assert customer.get(url(fo)[:-1] + "x").status_code == 404
    assert customer.get(f"/r/{fo.order_id}").status_code == 404
    assert customer.post(url(other, "/ask"), chosen(fo)).status_code == 422
    assert customer.get(url(fo, "/ask")).status_code == 405
    assert Client(enforce_csrf_checks=True).post(url(fo, "/ask"), chosen(fo)).status_code == 403
    assert not Rma.objects.filter(order_id__in=[fo.order_id, other.order_id]).exists()


def test_shows_the_terms_in_plain_language_in_the_clients_colour() -> None:
    shop = shop_with_stock()
    terms(shop, window_days=14, label_paid_by="customer", final_sale=("SKU-1",))
    fo = shipped(shop, {"SKU-1": 1})
    customer = Client()

    words = customer.get(url(fo, "/terms")).content.decode()
    assert "within 14 days of its delivery" in words
    assert "You choose how to send it back, and pay for it." in words
    assert "Final sale: it can come back only if it is our fault." in customer.get(url(fo)).content.decode()
    colour = customer.get(url(fo, "/brand.css"))
    assert (colour["Content-Type"], colour.content.decode()) == ("text/css", ":root { --brand: #1f5f4b; }\n")
    assert customer.post(url(fo, "/ask"), chosen(fo, reason="unwanted")).status_code == 303
    assert "Refused: SKU-1 was sold as final sale" in customer.get(url(fo)).content.decode()
    assert customer.get(url(fo), headers={"Accept-Language": "fr"}).status_code == 200


def test_takes_what_the_customer_writes() -> None:
    fo = shipped(shop_with_stock(), {"SKU-1": 1})
    data = {"key": str(uuid4()), "subject": "The zip", "body": "It is broken."}

    assert Client().post(url(fo, "/write"), {**data, "body": ""}).status_code == 422
    assert [Client().post(url(fo, "/write"), data).status_code for _ in range(2)] == [303, 303]

    ticket = selectors.ticket(EVERYTHING, Ticket.objects.get(order_id=fo.order_id).pk)
    assert (ticket.subject, ticket.kind, ticket.messages[0].by) == ("The zip", "return", f"link:return:{fo.order_id}")
