"""A shop's day through the doors: buy, print, load, let go; and nobody sees another client's labels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pypdfium2  # type: ignore[import-untyped]
import pytest
from django.test import Client
from django.urls import reverse

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING, Scope
from packhorse.ground.carriers import registry
from packhorse.ground.carriers.tariff.carrier import TariffCarrier
from packhorse.ground.carriers.tariff.failures import Failures
from packhorse.ground.people.models import Membership, User
from packhorse.steps.orders import services as orders
from packhorse.steps.shipping import panel, selectors
from packhorse.steps.shipping.models import Label, Manifest
from tests.build import HOUSE, Shop
from tests.build_orders import fo_of
from tests.steps.shipping.build import NOON, hand_over_all, labelled_order, ready_shop, sealed_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.using(clock.VirtualClock(NOON)):
        yield


@pytest.fixture
def shop() -> Shop:
    return ready_shop()


def browser(role: str, client_id: int | None = None, warehouse_id: int | None = None) -> Client:
    user = User.objects.create(username=f"{role}-{uuid4().hex[:6]}", name=role, created_at=clock.now())
    Membership.objects.create(user=user, role=role, client_id=client_id, warehouse_id=warehouse_id, granted_at=clock.now())
    made = Client()
    made.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return made


def send(web: Client, name: str, *args: int, **data: Any) -> Any:
    return web.post(reverse(f"shipping:{name}", args=args), {"key": str(uuid4()), **data})


def parcel_ids(shop: Shop) -> list[int]:
    return [r.id for ids in [selectors.parcels_without_label(EVERYTHING, shop.warehouse_id)] for r in selectors.parcels_by_id(EVERYTHING, ids)]


def test_select_all_buy_print_let_go(shop: Shop) -> None:
    fos = [sealed_order(shop, {"SKU-1": 1}) for _ in range(3)]
    web = browser("packer", warehouse_id=shop.warehouse_id)
    ids = parcel_ids(shop)
    assert all(selectors.parcels_by_id(EVERYTHING, [i])[0].number in web.get("/shipping/").content.decode() for i in ids)

    bought = send(web, "buy", ids=ids)
    assert (bought.status_code, bought.headers["Location"]) == (303, "/shipping/?shelf=print")
    page = web.get("/shipping/?shelf=print").content.decode()
    assert "3 labels bought." in page
    assert "Print all 3" in page

    papers = send(web, "print-all")
    assert papers.headers["Content-Type"] == "application/pdf"
    pages = list(pypdfium2.PdfDocument(papers.content))
    assert [round(p.get_width()) for p in pages] == [288, 612] * 3  # label 4 inches wide, slip on letter paper, as the warehouse is in Canada
    assert Label.objects.filter(printed_at=NOON, parcel_id__in=ids).count() == 3
    assert "Print all" not in web.get("/shipping/?shelf=print").content.decode()
    assert len(pypdfium2.PdfDocument(send(web, "print", ids=ids[:1]).content)) == 2

    assert "0 of 3 parcels left, 3 still stand here" in web.get("/shipping/day/").content.decode()
    assert send(web, "close", warehouse=shop.warehouse_id, carrier="tariff").status_code == 303
    assert "3 of 3 parcels left, nothing on the table." in web.get("/shipping/day/").content.decode()
    assert {fo_of(fo.order_id).stage for fo in fos} == {"shipped"}


def test_the_page_that_printed_all_prints_what_came_since(shop: Shop) -> None:
    web = browser("packer", warehouse_id=shop.warehouse_id)
    form = {"key": str(uuid4())}  # the document opens in a window of its own, the page stays as it is
    for _ in range(2):
        sealed_order(shop, {"SKU-1": 1})
        send(web, "buy", ids=parcel_ids(shop))
        papers = web.post(reverse("shipping:print-all"), form)
        assert len(pypdfium2.PdfDocument(papers.content)) == 2
    assert Label.objects.filter(printed_at=NOON).count() == 2


def test_what_was_not_bought_says_why_and_is_tried_again(shop: Shop) -> None:
    sealed_order(shop, {"SKU-1": 1})
    held = sealed_order(shop, {"SKU-1": 1})
    ids = parcel_ids(shop)
    orders.place_hold(key=uuid4(), actor=HOUSE, fulfillment_order_ids=[held.fulfillment_order_id], note="wait")
    web = browser("packer", warehouse_id=shop.warehouse_id)
    with registry.using(TariffCarrier(failures=Failures(declined=1.0))):
        assert send(web, "buy", ids=ids).headers["Location"] == "/shipping/?shelf=failed"
    assert "2 not, the first" in web.get("/shipping/?shelf=failed").content.decode()
    label = Label.objects.get(parcel_id__in=ids)
    assert "Try again" in web.get(reverse("shipping:label", args=[label.pk])).content.decode()

    assert send(web, "retry", label.pk).status_code == 303
    label.refresh_from_db()
    assert label.state == "bought"
    assert send(web, "reprint", label.pk).headers["Location"] == reverse("files:content", args=[label.pdf_id])
    assert send(web, "void", label.pk).status_code == 303
    label.refresh_from_db()
    assert label.state == "voided"


def test_every_page_opens_for_those_who_may(shop: Shop) -> None:
    fo = labelled_order(shop, {"SKU-1": 1})
    hand_over_all(shop)
    label, manifest = Label.objects.get(order_id=fo.order_id), Manifest.objects.get(warehouse_id=shop.warehouse_id)
    web, other = browser("manager"), browser("client", client_id=shop.client_id)
    mine = [
        "/shipping/",
        "/shipping/?shelf=here",
        "/shipping/labels/",
        "/shipping/shipments/",
        f"/shipping/labels/{label.pk}/",
        f"/shipping/shipments/{label.shipment_id}/",
        f"/settings/files/{label.pdf_id}/",
    ]
    house = ["/shipping/day/", "/shipping/manifests/", f"/shipping/manifests/{manifest.pk}/"]
    assert {path: web.get(path).status_code for path in mine + house} == dict.fromkeys(mine + house, 200)
    assert {path: other.get(path).status_code for path in mine} == dict.fromkeys(mine, 200)
    assert {path: other.get(path).status_code for path in house} == dict.fromkeys(house, 403)
    assert str(label.tracking_number) in other.get("/shipping/labels/?format=csv").getvalue().decode()


def test_a_client_sees_its_own_and_nothing_else(shop: Shop) -> None:
    labelled_order(shop, {"SKU-1": 1})
    label = Label.objects.get(warehouse_id=shop.warehouse_id)
    stranger = browser("client", client_id=ready_shop().client_id)
    assert [
        stranger.get(p).status_code for p in (f"/shipping/labels/{label.pk}/", f"/shipping/shipments/{label.shipment_id}/", f"/settings/files/{label.pdf_id}/")
    ] == [404] * 3
    for path in ("/shipping/?shelf=here", "/shipping/labels/", "/shipping/shipments/"):
        assert str(label.tracking_number) not in stranger.get(path).content.decode()
    assert [stranger.post(f"/shipping/labels/{label.pk}/{what}/", {"key": str(uuid4())}).status_code for what in ("void", "retry", "reprint")] == [403] * 3


def test_over_the_api(shop: Shop) -> None:
    fo = sealed_order(shop, {"SKU-1": 1})
    web, base = browser("packer", warehouse_id=shop.warehouse_id), "/api/v1/shipping"

    def post(path: str, body: dict[str, Any]) -> Any:
        return web.post(f"{base}{path}", json.dumps(body), content_type="application/json", headers={"Idempotency-Key": str(uuid4())})

    [bought] = post("/labels", {"parcel_ids": parcel_ids(shop)}).json()
    assert (bought["label_state"], bought["parcel_state"]) == ("bought", "labelled")
    label = web.get(f"{base}/labels/{bought['label_id']}").json()
    assert label["tracking_number"] == bought["tracking_number"]
    assert web.get(f"{base}/labels?q={label['tracking_number']}").json()["rows"][0]["id"] == label["label_id"]
    assert web.get(f"{base}/shipments/{label['shipment_id']}").json()["considered"][0]["outcome"]
    assert [r["id"] for r in web.get(f"{base}/parcels?shelf=ready").json()["rows"]] == [bought["id"]]

    assert post(f"/labels/{label['label_id']}/void", {}).json()["state"] == "voided"
    [again] = post("/labels", {"parcel_ids": [bought["id"]]}).json()
    assert again["tracking_number"] != bought["tracking_number"]
    load = {"warehouse_id": shop.warehouse_id, "carrier": "tariff", "scanned": again["tracking_number"]}
    assert post("/loads", load).json()["loaded"] == 1
    done = post("/manifests", {"warehouse_id": shop.warehouse_id, "carrier": "tariff"}).json()
    assert done["parcels"] == 1
    assert web.get(f"{base}/manifests/{done['manifest_id']}").json()["number"] == done["number"]
    assert len(web.get(f"{base}/manifests").json()["rows"]) == 1
    assert post("/manifests", {"warehouse_id": shop.warehouse_id, "carrier": "tariff"}).status_code == 409
    assert fo_of(fo.order_id).stage == "shipped"


def test_the_truck_is_loaded_and_a_label_printed_again_on_the_scanner(shop: Shop) -> None:
    labelled_order(shop, {"SKU-1": 1})
    number = Label.objects.get(warehouse_id=shop.warehouse_id).tracking_number
    web = browser("packer", warehouse_id=shop.warehouse_id)

    def step(run: str, seq: int, **data: str) -> Any:
        return web.post(f"{run}post/", {"key": str(uuid4()), "seq": str(seq), **data})

    run = web.post("/scan/shipping.load/", {"key": str(uuid4())}).headers["Location"]
    assert step(run, 0, scan="NOTHING").status_code == 409
    assert "is on the truck" in step(run, 0, scan=str(number)).content.decode()
    assert "The truck may go" in step(run, 1, button="close").content.decode()

    run = web.post("/scan/shipping.reprint/", {"key": str(uuid4())}).headers["Location"]
    assert "/settings/files/" in step(run, 0, scan=str(number)).content.decode()


def test_the_panel_says_what_waits_and_finds_by_number(shop: Shop) -> None:
    fo = labelled_order(shop, {"SKU-1": 1})
    sealed_order(shop, {"SKU-1": 1})
    label = Label.objects.get(order_id=fo.order_id)
    scope = Scope(frozenset({shop.client_id}))
    assert panel.count(scope) == 1
    assert [t.value for t in panel.tiles(scope)] == [0, 1]
    [hit] = panel.search(scope, label.tracking_number or "")
    assert (hit.url, hit.exact) == (reverse("shipping:label", args=[label.pk]), True)
    [section] = panel.order_sections(scope, order_id=fo.order_id, demand_ids=[])
    assert "/settings/files/" in "".join(str(c.cell(next(iter(section.rows)))) for c in section.columns)  # type: ignore[union-attr]
