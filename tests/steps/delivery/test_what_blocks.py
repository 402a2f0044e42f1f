"""Who is refused about a delivery is led to the exception or claim that is settled already."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import WrongState
from packhorse.steps.delivery import selectors, services
from tests.blocks import blocked
from tests.build import HOUSE
from tests.steps.delivery.build import on_its_way, scan, tell
from tests.steps.inventory.test_pages import sign_in
from tests.steps.shipping.build import NOON, ready_shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with clock.using(clock.VirtualClock(NOON)):
        yield


def test_a_closed_exception_and_a_paid_claim_lead_to_themselves(client: Client) -> None:
    _, (delivery,) = on_its_way(ready_shop())
    tell(scan(delivery.tracking_number, 1, "lost"))
    exception_id = selectors.exceptions_of(EVERYTHING, delivery.delivery_id)[0].exception_id
    services.close_exception(key=uuid4(), actor=HOUSE, exception_id=exception_id, resolution="found")
    with blocked(WrongState, "delivery:exception", exception_id):
        services.close_exception(key=uuid4(), actor=HOUSE, exception_id=exception_id, resolution="found")
    page = sign_in(client, "manager").post(reverse("delivery:close-exception", args=[exception_id]), {"key": str(uuid4()), "resolution": "again"})
    assert (page.status_code, f'href="{reverse("delivery:exception", args=[exception_id])}"' in page.content.decode()) == (409, True)
    claim_id = services.open_claim(key=uuid4(), actor=HOUSE, delivery_id=delivery.delivery_id, kind="lost", asked_minor=900, currency="CAD")
    with blocked(WrongState, "delivery:claim", claim_id):
        services.move_claim(key=uuid4(), actor=HOUSE, claim_id=claim_id, state="found")
