"""A link in a mail is a whole address, and whoever opens it comes to their own order."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from packhorse.ground.messages.models import Message
from tests.steps.delivery.build import on_its_way, scan, tell
from tests.steps.shipping.build import ready_shop

pytestmark = pytest.mark.django_db


def opened(message: Message) -> list[str]:
    """The paths of the links in a mail, each opened and answered."""
    urls = re.findall(r"https?://\S+", message.body)
    assert urls
    for url in urls:
        assert url.startswith(settings.PACKHORSE_URL + "/")
        assert Client(headers={"host": urlsplit(url).netloc}).get(urlsplit(url).path).status_code == 200
    return [urlsplit(url).path[:3] for url in urls]


def test_from_the_order_to_the_return() -> None:
    shop = ready_shop()
    _, (parcel,) = on_its_way(shop)
    tell(scan(parcel.tracking_number, 1, "in_transit"), scan(parcel.tracking_number, 2, "delivered"))
    mails = {m.template: m for m in Message.objects.filter(client_id=shop.client_id).order_by("pk")}
    assert {"order_received", "shipped", "delivered"} <= mails.keys()
    assert opened(mails["order_received"]) == ["/t/"]
    assert opened(mails["shipped"]) == ["/t/"]
    assert "/r/" in opened(mails["delivered"])
