"""Packing by hand and over the API: an order at the bench becomes parcels by one click; a client sees its own parcels only."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from packhorse.core.actors import EVERYTHING
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.people.types import Grant
from packhorse.steps.packing import panel, selectors
from packhorse.steps.packing.models import Parcel
from packhorse.steps.packing.types import BenchOrder
from tests.build import Shop
from tests.steps.orders.test_doors import browser, post
from tests.steps.picking.build import at_bench, make_box, shop_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    made = shop_with({"SKU-1": 9, "SKU-2": 9})
    at_bench(made, {"SKU-1": 2, "SKU-2": 1})
    make_box()
    return made


@pytest.fixture
def packer(shop: Shop) -> Client:
    return browser(Grant("packer", warehouse_id=shop.warehouse_id))


def standing(shop: Shop) -> BenchOrder:
    return selectors.bench_orders(EVERYTHING, shop.warehouse_id)[0]


def api(client: Client, method: str, path: str, body: Any = None, key: str = "") -> Any:
    extra = {"HTTP_IDEMPOTENCY_KEY": key or str(uuid4())} if method == "post" else {}
    given = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
    return getattr(client, method)(f"/api/v1/packing{path}", **given, **extra)


def test_packed_as_is_by_one_click_weighed_and_opened_again(shop: Shop, packer: Client) -> None:
    order = standing(shop)
    assert order.number in packer.get("/packing/").content.decode()
    url = f"/packing/orders/{order.fulfillment_order_id}/"
    shown = packer.get(url).content.decode()
    assert "3 pieces into" in shown
    assert "<svg" in shown
    picture = packer.get(f"{url}load.svg")
    assert (picture.status_code, picture["Content-Type"], picture.content[:5]) == (200, "image/svg+xml", b"<svg ")
    turned = packer.get(f"{url}load.svg?turn=90&step=2")
    assert (turned.content.count(b"<polygon"), b"2 of 3 pieces" in turned.content) == (6, True)
    item = order.lines[0].item_id
    filling = packer.get(f"{url}load.svg?in={item}.1&last={item}").content
    assert (filling.count(b"<polygon"), filling.count(b'<g opacity="0.16">'), b"1 of 3 pieces" in filling) == (9, 2, True)
    assert [packer.get(f"{url}load.svg?{q}").status_code for q in ("n=9", "turn=x&step=y&in=a.b")] == [404, 200]
    assert packer.get("/packing/codes.pdf").content[:5] == b"%PDF-"

    answer = post(packer, f"{url}pack-as-is/")
    assert answer.status_code == 303
    parcel_url = answer.headers["Location"]
    shown = packer.get(parcel_url).content.decode()
    assert "Stands at staging" in shown
    assert packer.get(url).status_code == 409
    assert "P0" in packer.get("/packing/parcels/?state=sealed").content.decode()
    assert packer.get(f"{parcel_url}number.pdf").content[:5] == b"%PDF-"
    assert post(packer, f"{parcel_url}weigh/", weight_g=5000).status_code == 409
    assert post(packer, f"{parcel_url}weigh/", weight_g=5000, why="packaging").status_code == 303
    assert post(packer, f"{parcel_url}open/", reason="crushed").status_code == 303
    assert "Opened again" in packer.get(parcel_url).content.decode()
    assert standing(shop).units == 3


def test_packed_once_by_two_clicks(shop: Shop, packer: Client) -> None:
    order = standing(shop)
    code = make_box(inner=(600, 400, 400))
    box = next(b.id for b in catalog.boxes(EVERYTHING) if b.code == code)
    for way, data in (("pack-as-is", {}), ("pack-in", {"box": str(box), "why": "protection"})):
        sent = {"key": str(uuid4()), **data}
        first, again = (packer.post(f"/packing/orders/{order.fulfillment_order_id}/{way}/", sent) for _ in range(2))
        assert (first.status_code, again.status_code) == (303, 303)
        assert first.headers["Location"] == again.headers["Location"]
        assert Parcel.objects.filter(state="sealed").count() == 1
        post(packer, f"{first.headers['Location']}open/", reason="crushed")


def test_packed_in_another_box_with_a_reason(shop: Shop, packer: Client) -> None:
    order = standing(shop)
    code = make_box(inner=(600, 400, 400))
    box = next(b for b in catalog.boxes(EVERYTHING) if b.code == code)
    url = f"/packing/orders/{order.fulfillment_order_id}/pack-in/"
    assert post(packer, url, box=999999999, why="other").status_code == 422
    answer = post(packer, url, box=box.id, why="protection")
    assert "Needs more protection" in packer.get(answer.headers["Location"]).content.decode()
    changed = packer.get("/packing/changed-boxes/").content.decode()
    assert code in changed
    assert "Needs more protection" in changed
    assert code not in browser(Grant("client", client_id=shop_with({"SKU-1": 1}).client_id)).get("/packing/changed-boxes/").content.decode()


def test_over_the_api(shop: Shop, packer: Client) -> None:
    (order,) = api(packer, "get", "/bench").json()["rows"]
    fo = order["fulfillment_order_id"]
    (proposed,) = api(packer, "get", f"/bench/{fo}/proposal").json()
    body = {
        "fulfillment_order_id": fo,
        "contents": [{"allocation_id": order["lines"][0]["allocation_id"], "quantity": 1}],
        "weight_g": 300,
        "size": {"length_mm": 100, "width_mm": 100, "height_mm": 100},
    }
    sealed = api(packer, "post", "/parcels", body).json()
    assert sealed["complete"] is False
    assert api(packer, "post", f"/parcels/{sealed['parcel_id']}/weight", {"weight_g": 290}).json() == {"before_g": 300}
    assert api(packer, "post", f"/parcels/{sealed['parcel_id']}/void", {"reason": "no"}).json() == {"units": 1}
    key = str(uuid4())
    packed = api(packer, "post", f"/bench/{fo}/pack", key=key).json()
    assert api(packer, "post", f"/bench/{fo}/pack", key=key).json() == packed
    assert api(packer, "get", f"/bench/{fo}/proposal").status_code == 409
    one = api(packer, "get", f"/parcels/{packed[0]['parcel_id']}").json()
    assert (one["parcel"]["units"], sum(c["quantity"] for c in one["contents"])) == (3, 3)
    assert len(api(packer, "get", "/parcels?state=sealed").json()["rows"]) == 1
    assert proposed["box"]


def test_a_client_sees_its_own_parcels_only(shop: Shop, packer: Client) -> None:
    order = standing(shop)
    post(packer, f"/packing/orders/{order.fulfillment_order_id}/pack-as-is/")
    (parcel,) = selectors.parcels_of(EVERYTHING, [order.fulfillment_order_id])
    mine, stranger = browser(Grant("client", client_id=shop.client_id)), browser(Grant("client", client_id=shop_with({"SKU-1": 1}).client_id))
    for path in ("/packing/", "/packing/parcels/"):
        assert mine.get(path).status_code == stranger.get(path).status_code == 200
    assert mine.get(f"/packing/parcels/{parcel.parcel_id}/").status_code == 200
    for path in ("", "number.pdf"):
        assert stranger.get(f"/packing/parcels/{parcel.parcel_id}/{path}").status_code == 404
    assert api(stranger, "get", f"/parcels/{parcel.parcel_id}").status_code == 404
    assert api(stranger, "get", "/parcels").json()["rows"] == []
    assert post(mine, f"/packing/parcels/{parcel.parcel_id}/open/", reason="x").status_code == 403


def test_home_order_page_and_search_show_parcels(shop: Shop, packer: Client) -> None:
    order = standing(shop)
    assert [t.value for t in panel.tiles(EVERYTHING)] == [1, 0, 0]
    post(packer, f"/packing/orders/{order.fulfillment_order_id}/pack-as-is/")
    (parcel,) = selectors.parcels_of(EVERYTHING, [order.fulfillment_order_id])
    assert [t.value for t in panel.tiles(EVERYTHING)] == [0, 1, 0]
    assert panel.count(EVERYTHING) == 0
    assert [h.url for h in panel.search(EVERYTHING, parcel.number.lower())] == [f"/packing/parcels/{parcel.parcel_id}/"]
    (section,) = panel.order_sections(EVERYTHING, order_id=order.order_id, demand_ids=[])
    assert [p.number for p in section.rows] == [parcel.number]  # type: ignore[union-attr]
