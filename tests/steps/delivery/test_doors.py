"""The customer sees where the parcels are and nothing else; the house sees what needs somebody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING, Scope
from packhorse.steps.delivery import panel, selectors, services
from packhorse.steps.delivery.models import Claim, Feedback
from packhorse.steps.orders.selectors import link_token, tracking_path
from tests.build import HOUSE, Shop
from tests.build_orders import OTTAWA, accepted
from tests.steps.delivery.build import on_its_way, scan, tell
from tests.steps.shipping.build import NOON, ready_shop
from tests.steps.shipping.test_doors import browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.using(clock.VirtualClock(NOON)):
        yield


@pytest.fixture
def shop() -> Shop:
    return ready_shop()


def send(web: Client, name: str, *args: int, **data: Any) -> Any:
    return web.post(reverse(f"delivery:{name}", args=args), {"key": str(uuid4()), **data})


def test_the_customer_follows_the_parcels_without_a_login(shop: Shop, client: Client) -> None:
    fo, [one, two] = on_its_way(shop, parcels=2)
    tell(scan(one.tracking_number, 1, "in_transit"), scan(one.tracking_number, 2, "delivered"), scan(two.tracking_number, 1, "out_for_delivery"))

    page = client.get(tracking_path(fo.order_id))

    said = page.content.decode()
    assert page.status_code == 200
    assert "1 of 2 parcels have arrived" in said
    for words in (
        "Hello Ann",
        "to Ottawa",
        one.tracking_number,
        two.tracking_number,
        "It is out for delivery in Ottawa and comes today.",
        "It was delivered on",
    ):
        assert words in said
    for private in (OTTAWA.name, OTTAWA.line1, OTTAWA.postal_code, OTTAWA.email):
        assert private not in said
    assert "no-store" in page.headers["Cache-Control"]
    assert client.get(f"{tracking_path(fo.order_id)}/brand.css").content == b":root { --brand: #1f5f4b; }\n"


def test_it_speaks_the_language_of_the_order(shop: Shop, client: Client) -> None:
    fo, _ = on_its_way(shop, language="fr")
    assert '<html lang="fr"' in client.get(tracking_path(fo.order_id)).content.decode()
    client.cookies["django_language"] = "en"
    assert '<html lang="en"' in client.get(tracking_path(fo.order_id)).content.decode()


def test_before_it_left_it_says_when_it_does(shop: Shop, client: Client) -> None:
    fo = accepted(shop, {"SKU-1": 1})
    assert "It takes a little longer than planned" in client.get(tracking_path(fo.order_id)).content.decode() or fo.ship_by > NOON


def test_other_links_find_nothing(shop: Shop, client: Client) -> None:
    for wrong in (f"{shop.client_id}-abc", "x", link_token(2**40), link_token(1)[:-2]):
        assert client.get(f"/t/{wrong}").status_code == 404
        assert client.post(f"/t/{wrong}/feedback", {"score": "5"}).status_code == 404


def test_the_customer_rates_the_delivery(shop: Shop, client: Client) -> None:
    fo, [d] = on_its_way(shop)
    url = tracking_path(fo.order_id)
    assert "How was your delivery" not in client.get(url).content.decode()
    tell(scan(d.tracking_number, 1, "delivered"))
    assert "How was your delivery" in client.get(url).content.decode()

    assert client.post(f"{url}/feedback", {"key": str(uuid4()), "score": "9"}).status_code == 422
    form = {"key": str(uuid4()), "score": "4", "comment": "dry"}
    assert f'value="{form["key"]}"' in client.post(f"{url}/feedback", {**form, "score": "9"}).content.decode()
    assert [client.post(f"{url}/feedback", form).status_code for _ in range(2)] == [303, 303]
    assert Feedback.objects.get(order_id=fo.order_id).score == 4
    assert "Thank you" in client.get(url).content.decode()
    assert client.post(f"{url}/feedback", {**form, "score": "1"}).status_code == 422
    assert Feedback.objects.get(order_id=fo.order_id).score == 4


def test_an_exception_is_closed_and_a_claim_goes_its_way(shop: Shop) -> None:
    _, [d] = on_its_way(shop)
    tell(scan(d.tracking_number, 1, "lost"))
    [found] = selectors.exceptions_of(EVERYTHING, d.delivery_id)
    web = browser("service")
    assert "Lost" in web.get("/delivery/exceptions/").content.decode()
    assert "Open a claim" in web.get(reverse("delivery:exception", args=[found.exception_id])).content.decode()

    made = send(web, "open-claim", d.delivery_id, kind="lost", amount="12.50", note="")
    claim = Claim.objects.get(delivery_id=d.delivery_id)
    assert (made.headers["Location"], claim.asked_minor, claim.currency) == (reverse("delivery:claim", args=[claim.pk]), 1250, "CAD")
    assert send(web, "move-claim", claim.pk, state="filed", note="").status_code == 303
    assert send(web, "move-claim", claim.pk, state="paid", paid="10", note="").status_code == 303
    assert send(web, "move-claim", claim.pk, state="denied", note="").status_code == 409
    assert send(web, "close-exception", found.exception_id, resolution="claimed").status_code == 303
    claim.refresh_from_db()
    assert (claim.state, claim.paid_minor, selectors.exception(EVERYTHING, found.exception_id).resolution) == ("paid", 1000, "claimed")


def test_pages_open_for_those_who_may_and_show_a_client_its_own(shop: Shop) -> None:
    _, [d] = on_its_way(shop)
    tell(scan(d.tracking_number, 1, "exception", detail="damaged"))
    [found] = selectors.exceptions_of(EVERYTHING, d.delivery_id)
    claim = services.open_claim(key=uuid4(), actor=HOUSE, delivery_id=d.delivery_id, kind="damaged", asked_minor=100, currency="CAD")
    lists = ["/delivery/", "/delivery/?late=1", "/delivery/?trouble=1", "/delivery/exceptions/?shelf=all", "/delivery/carriers/"]
    ones = [f"/delivery/{d.delivery_id}/", f"/delivery/exceptions/{found.exception_id}/"]
    house = ["/delivery/claims/", f"/delivery/claims/{claim}/"]
    web, own, stranger = browser("manager"), browser("client", client_id=shop.client_id), browser("client", client_id=ready_shop().client_id)
    assert {p: web.get(p).status_code for p in lists + ones + house} == dict.fromkeys(lists + ones + house, 200)
    assert {p: own.get(p).status_code for p in lists + ones} == dict.fromkeys(lists + ones, 200)
    assert [own.get(p).status_code for p in house] == [403, 403]
    assert [stranger.get(p).status_code for p in ones] == [404, 404]
    assert all(d.tracking_number not in stranger.get(p).content.decode() for p in lists)
    assert d.tracking_number in own.get("/delivery/?trouble=1").content.decode()


def test_over_the_api_a_carrier_says_things_once(shop: Shop) -> None:
    _, [d] = on_its_way(shop)
    web = browser("integrator", client_id=shop.client_id)
    said = {"tracking_number": d.tracking_number, "number": 1, "code": "exception", "detail": "damaged", "occurred_at": NOON.isoformat(), "place": "CA-K1M"}

    def post(path: str, body: dict[str, Any]) -> Any:
        return web.post(f"/api/v1/delivery{path}", json.dumps(body), content_type="application/json", headers={"Idempotency-Key": str(uuid4())})

    assert post("/tracking", {"carrier": "tariff", "updates": [said]}).json() == {"new": 1, "repeated": 0, "unknown": 0, "arrived": 0}
    assert post("/tracking", {"carrier": "tariff", "updates": [said]}).json() == {"new": 0, "repeated": 1, "unknown": 0, "arrived": 0}
    assert post("/tracking", {"carrier": "tariff", "updates": [{**said, "code": "gone"}]}).status_code == 422
    assert [r["status"] for r in web.get("/api/v1/delivery/").json()["rows"]] == ["exception"]
    assert [e["code"] for e in web.get(f"/api/v1/delivery/{d.delivery_id}/events").json()] == ["exception"]
    [found] = web.get("/api/v1/delivery/exceptions").json()["rows"]
    assert post(f"/exceptions/{found['exception_id']}/close", {"resolution": "new one sent"}).json()["resolution"] == "new one sent"
    claim = post(f"/{d.delivery_id}/claims", {"kind": "damaged", "asked_minor": 900, "currency": "CAD"}).json()
    assert post(f"/claims/{claim['claim_id']}/move", {"state": "filed"}).json()["state"] == "filed"
    stranger = browser("integrator", client_id=ready_shop().client_id)
    assert stranger.get(f"/api/v1/delivery/{d.delivery_id}").status_code == 404


def test_the_panel_says_what_needs_somebody_and_finds_by_number(shop: Shop) -> None:
    fo, [d] = on_its_way(shop)
    tell(scan(d.tracking_number, 1, "attempted"))
    scope = Scope(frozenset({shop.client_id}))
    assert (panel.count(scope), [t.value for t in panel.tiles(scope)]) == (1, [1, 0])
    [hit] = panel.search(scope, d.tracking_number.lower())
    assert hit.url == reverse("delivery:delivery", args=[d.delivery_id])
    assert [str(s.title) for s in panel.order_sections(scope, order_id=fo.order_id, demand_ids=[])] == ["On its way", "Customer"]
