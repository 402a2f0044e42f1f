"""Orders by hand, by file and over the API: pages answer, actions do one thing, refusals say why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from packhorse.core.actors import EVERYTHING
from packhorse.ground.people import services as people
from packhorse.ground.people.models import User
from packhorse.ground.people.secrets import Secret
from packhorse.ground.people.types import Grant
from packhorse.steps.orders import panel, selectors
from packhorse.steps.orders.models import Hold, ImportRun, Order, Quarantined
from packhorse.steps.orders.types import NewPayment
from tests.build import HOUSE, Shop, make_shop, make_warehouse, stock
from tests.build_orders import accepted, fo_of, new_order, pick, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    made = make_shop()
    stock(made, {"SKU-1": 10})
    return made


def browser(*grants: Grant) -> Client:
    name = f"u{uuid4().hex[:8]}"
    made = people.create_user(
        key=uuid4(), actor=HOUSE, username=name, email=f"{name}@example.org", name="Somebody", password=Secret("gentle-horse-47"), roles=grants
    )
    client = Client()
    client.force_login(User.objects.get(pk=made.id), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def owner() -> Client:
    return browser(Grant("owner"))


def post(client: Client, url: str, **data: Any) -> Any:
    return client.post(url, {"key": str(uuid4()), **data})


def api(client: Client, method: str, path: str, body: Any = None, key: str = "") -> Any:
    extra = {"HTTP_IDEMPOTENCY_KEY": key or str(uuid4())} if method == "post" else {}
    given = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
    return getattr(client, method)(f"/api/v1/orders{path}", **given, **extra)


def test_every_page_answers(shop: Shop, owner: Client) -> None:
    fo = accepted(shop, {"SKU-1": 12}, charges_minor=100)
    bad = take_in(shop, new_order({"NOPE": 1}))[0]
    for url in (
        reverse("orders:list"),
        reverse("orders:list") + f"?q={fo.order_number}&stage=backordered&held=1&hold=payment&late=1&client={shop.client_id}&since=2026-01-01&sort=-ship_by",
        reverse("orders:list") + "?format=csv",
        reverse("orders:order", args=[fo.order_id]),
        reverse("orders:new"),
        reverse("orders:quarantine"),
        reverse("orders:quarantined", args=[bad.quarantined_id]),  # type: ignore[union-attr]
        reverse("orders:imports"),
        reverse("orders:import"),
    ):
        assert owner.get(url).status_code == 200, url
    page = owner.get(reverse("orders:order", args=[fo.order_id])).content.decode()
    assert "2 of 12 units wait for goods." in page
    assert panel.search(EVERYTHING, fo.order_number.lower())[0].exact
    assert [t.value for t in panel.tiles(EVERYTHING) if t.url.endswith("stage=backordered")] == [1]
    assert panel.count(EVERYTHING) == 1


def test_search_and_filters_find_the_order(shop: Shop) -> None:
    from packhorse.core.lists import ListQuery

    one = accepted(shop, {"SKU-1": 1}, external_id="Web-17", customer_ref="C-9")
    accepted(shop, {"SKU-1": 1}, pay=False, payment=NewPayment("test", "decline"))

    def found(search: str = "", **filters: str) -> list[int]:
        query = ListQuery(search=search, filters={k: (v,) for k, v in filters.items()})
        return [row.order_id for row in selectors.orders(EVERYTHING, query).rows]

    for text in (one.order_number, one.order_number[-4:], one.order_number.lower(), "web-17", "C-9"):
        assert found(text) == [one.order_id], text
    assert one.order_id not in found(held="1", client=str(shop.client_id))
    assert found(hold="payment", client=str(shop.client_id)) != []
    assert found("nothing like it") == []


def test_a_person_takes_holds_releases_and_cancels(shop: Shop, owner: Client) -> None:
    address = {"name": "Ann", "line1": "24 Sussex Drive", "city": "Ottawa", "region": "ON", "postal_code": "K1M 1M4", "country": "CA"}
    given = {"client_id": shop.client_id, "warehouse_id": shop.warehouse_id, "lines": "SKU-1 2 12.50\n", "charges": "4.95", "service": "express", **address}
    assert post(owner, reverse("orders:new"), **given | {"lines": "SKU-1 two 1"}).status_code == 422
    assert post(owner, reverse("orders:new"), **given | {"lines": "NOPE 1 1"}).status_code == 422
    assert post(owner, reverse("orders:new"), **given).status_code == 303
    order = Order.objects.get(client_id=shop.client_id, goods_minor=2500)
    fo = fo_of(order.pk)
    assert (order.charges_minor, fo.held, fo.service) == (495, False, "express")

    assert post(owner, reverse("orders:hold", args=[fo.fulfillment_order_id]), kind="fraud", note="look at it", owner_role="manager").status_code == 303
    hold = Hold.objects.get(fulfillment_order_id=fo.fulfillment_order_id)
    assert fo_of(order.pk).held
    assert post(owner, reverse("orders:release-hold", args=[hold.pk])).status_code == 303
    assert not fo_of(order.pk).held
    assert post(owner, reverse("orders:release-hold", args=[hold.pk])).status_code == 409

    assert post(owner, reverse("orders:address", args=[order.pk]), **address | {"line1": "1 Main St"}, reason="moved").status_code == 303
    assert selectors.ship_to(EVERYTHING, [order.pk])[order.pk].data.line1 == "1 Main St"
    assert post(owner, reverse("orders:service", args=[order.pk]), service="standard", reason="no hurry").status_code == 303
    demand = fo.lines[0].demand_id
    assert post(owner, reverse("orders:quantities", args=[order.pk]), demand_id=demand, quantity=3, reason="one more").status_code == 303
    assert sum(line.live for line in fo_of(order.pk).lines) == 3
    assert post(owner, reverse("orders:cancel-lines", args=[order.pk]), demand_id=demand, quantity=1, reason="one less").status_code == 303
    assert post(owner, reverse("orders:cancel", args=[order.pk]), reason="not wanted").status_code == 303
    assert fo_of(order.pk).stage == "cancelled"
    assert post(owner, reverse("orders:cancel", args=[order.pk]), reason="not wanted").status_code == 422


def test_a_person_lets_an_order_leave_in_part(shop: Shop, owner: Client) -> None:
    address = {"name": "Ann", "line1": "24 Sussex Drive", "city": "Ottawa", "region": "ON", "postal_code": "K1M 1M4", "country": "CA"}
    given = {"client_id": shop.client_id, "warehouse_id": shop.warehouse_id, "lines": "SKU-1 12 1\n", "charges": "0", "service": "express", **address}
    assert post(owner, reverse("orders:new"), **given, priority=101).status_code == 422
    assert post(owner, reverse("orders:new"), **given, ship_complete="part", priority=3).status_code == 303
    fo = fo_of(Order.objects.get(client_id=shop.client_id).pk)
    assert (fo.ship_complete, fo.priority, fo.stage) == (False, 3, "backordered")
    page = owner.get(reverse("orders:order", args=[fo.order_id])).content.decode()
    assert "what is here, the rest later" in page
    terms = reverse("orders:terms", args=[fo.fulfillment_order_id])
    assert terms in page
    assert post(owner, terms, ship_complete="whole", priority=3, reason="they asked").status_code == 303
    assert fo_of(fo.order_id).ship_complete
    assert post(owner, terms, ship_complete="whole", priority="", reason="x").status_code == 422
    body = {"ship_complete": False, "priority": 9, "reason": "in a hurry"}
    assert api(owner, "post", f"/fulfillment/{fo.fulfillment_order_id}/terms", body).json()["changed"] == ["ship_complete", "priority"]
    assert api(owner, "post", f"/fulfillment/{fo.fulfillment_order_id}/terms", body).json()["code"] == "nothing_to_change"
    assert (fo_of(fo.order_id).ship_complete, fo_of(fo.order_id).priority) == (False, 9)


def test_a_person_splits_an_order_moves_a_part_and_brings_it_back(shop: Shop, owner: Client) -> None:
    there, _ = make_warehouse()
    fo = accepted(shop, [("SKU-1", 12, "0.335")], payment=None)
    demand, first = fo.lines[0].demand_id, fo.fulfillment_order_id
    page = owner.get(reverse("orders:order", args=[fo.order_id])).content.decode()
    assert f'name="units_{demand}" value="2"' in page
    assert post(owner, reverse("orders:split", args=[first]), **{f"units_{demand}": 2}).status_code == 422
    assert post(owner, reverse("orders:split", args=[first]), **{f"units_{demand}": 13}, reason="x").status_code == 422
    assert post(owner, reverse("orders:split", args=[first]), **{f"units_{demand}": 2}, reason="the rest later").status_code == 303
    second = selectors.fulfillment_orders_of(EVERYTHING, [fo.order_id])[1]
    assert (second.units, second.stage) == (2, "backordered")
    page = owner.get(reverse("orders:order", args=[fo.order_id])).content.decode()
    assert all(text in page for text in ("3.35", "0.67", f"{fo.order_number}-2", reverse("orders:merge", args=[first])))
    assert owner.get(reverse("orders:list")).status_code == 200
    assert post(owner, reverse("orders:move", args=[second.fulfillment_order_id]), warehouse_id=there, reason="they have some").status_code == 303
    assert selectors.fulfillment_order(EVERYTHING, second.fulfillment_order_id).warehouse_id == there
    assert api(owner, "post", f"/fulfillment/{first}/merge", {"other_id": second.fulfillment_order_id, "reason": "x"}).json()["code"] == "not_a_pair"
    back = api(owner, "post", f"/fulfillment/{second.fulfillment_order_id}/move", {"warehouse_id": shop.warehouse_id, "reason": "x"})
    assert (back.json()["promised"], back.json()["backordered"]) == (0, 2)
    assert post(owner, reverse("orders:merge", args=[first]), other_id=second.fulfillment_order_id, reason="together").status_code == 303
    assert api(owner, "get", f"/{fo.order_id}").json()["fulfillment_orders"][0]["lines"][0]["quantity"] == 12
    assert owner.get(reverse("orders:list") + "?stage=merged").content.decode().count(f"{fo.order_number}-2") >= 1
    split = api(owner, "post", f"/fulfillment/{first}/split", {"quantities": {str(demand): 1}, "reason": "x"})
    assert split.json()["number"] == f"{fo.order_number}-3"
    assert post(owner, reverse("orders:split", args=[first]), **{f"units_{demand}": 2}, reason="x").status_code == 303


def test_many_at_once_from_the_list(shop: Shop, owner: Client) -> None:
    ids = [accepted(shop, {"SKU-1": 1}, payment=None).fulfillment_order_id for _ in range(3)]
    assert owner.post(reverse("orders:hold-many"), {"key": str(uuid4()), "ids": ids, "note": "look"}).status_code == 303
    assert Hold.objects.filter(fulfillment_order_id__in=ids, kind="manual", note="look").count() == 3
    assert owner.post(reverse("orders:cancel-many"), {"key": str(uuid4()), "ids": ids}).status_code == 303
    assert {fo.stage for fo in selectors.fulfillment_orders(EVERYTHING, ids)} == {"cancelled"}


def test_a_quarantined_order_is_mended_or_discarded(shop: Shop, owner: Client) -> None:
    for sku in ("NOPE", "NADA"):
        take_in(shop, new_order({sku: 1}))
    first, second = Quarantined.objects.filter(client_id=shop.client_id).order_by("pk")
    mended = json.dumps(first.payload).replace("NOPE", "SKU-1")

    assert post(owner, reverse("orders:mend", args=[first.pk]), warehouse_id=shop.warehouse_id, payload="{").status_code == 422
    assert post(owner, reverse("orders:mend", args=[first.pk]), warehouse_id=shop.warehouse_id, payload='{"lines": 3}').status_code == 422
    assert post(owner, reverse("orders:mend", args=[first.pk]), warehouse_id=shop.warehouse_id, payload=mended).status_code == 303
    first.refresh_from_db()
    assert Order.objects.get(client_id=shop.client_id).number == first.resolution
    assert post(owner, reverse("orders:discard", args=[first.pk]), reason="x").status_code == 409
    assert post(owner, reverse("orders:discard", args=[second.pk]), reason="a test").status_code == 303
    second.refresh_from_db()
    assert second.resolution == "discarded: a test"


CSV = """external_id,placed_at,currency,sku,description,quantity,unit_price,name,address1,city,region,postal_code,country,kind,original_id
1001,2026-03-02T09:30:00-05:00,CAD,SKU-1,One,2,12.505,Ann Lee,100 King St W,Toronto,ON,M5V 1A1,CA,,
1001,,,NEW-1,Brand new,1,1.00,,,,,,,,
1002,2026-03-02T10:30:00-05:00,CAD,SKU-1,One,x,12.50,Ann Lee,100 King St W,Toronto,ON,M5V 1A1,CA,,
1003,2026-03-02T10:40:00-05:00,USD,SKU-1,One,1,3.00,Ann Lee,100 King St W,Toronto,ON,M5V 1A1,CA,,
R-1,2026-03-09,CAD,SKU-1,One,-1,12.505,,,,,,,return,1001
"""


def test_a_file_is_taken_in_once_and_every_line_accounted_for(shop: Shop, owner: Client, tmp_path: Path) -> None:
    def upload() -> Any:
        return post(
            owner,
            reverse("orders:import"),
            client_id=shop.client_id,
            warehouse_id=shop.warehouse_id,
            file=SimpleUploadedFile("march.csv", CSV.encode()),
            preset="",
            payment="",
        )

    assert upload().status_code == 303
    run = ImportRun.objects.get(client_id=shop.client_id)
    assert {k: v for k, v in run.report["lines"].items() if v} == {"sale": 2, "return": 1, "quarantined": 2}
    assert run.report["currencies"]["CAD"]["value_minor"]["sale"] == 2501 + 100
    assert run.report["currencies"]["USD"]["value_minor"] == {"sale": 0, "return": 0, "adjustment": 0, "fee": 0, "duplicate": 0, "quarantined": 300}
    assert run.report["reconciled"]
    assert (run.taken["accepted"], run.taken["quarantined"], run.taken["quarantined_lines"], run.taken["items"]) == (1, 1, 1, 1)
    order = Order.objects.get(client_id=shop.client_id)
    assert (order.external_id, order.goods_minor) == ("1001", 2601)
    back = selectors.imported_returns(EVERYTHING, client_id=shop.client_id)
    assert [(r.reference, r.original_order_id, [(line.sku, line.quantity) for line in r.lines]) for r in back] == [("R-1", order.pk, [("SKU-1", 1)])]
    assert owner.get(reverse("orders:import-run", args=[run.pk])).status_code == 200

    assert upload().status_code == 303
    assert (
        ImportRun.objects.count(),
        Order.objects.filter(client_id=shop.client_id).count(),
        Quarantined.objects.filter(client_id=shop.client_id).count(),
    ) == (1, 1, 2)
    assert (
        post(
            owner, reverse("orders:import"), client_id=shop.client_id, warehouse_id=shop.warehouse_id, file=SimpleUploadedFile("x.csv", b"a,b\n1,2\n")
        ).status_code
        == 422
    )


def test_the_api_takes_lists_and_answers_each(shop: Shop, owner: Client) -> None:
    one = {"external_id": "A-1", "placed_at": "2026-03-02T09:30:00Z", "currency": "CAD", "lines": [{"sku": "SKU-1", "quantity": 2, "unit_price": "12.50"}]}
    body = {"client_id": shop.client_id, "warehouse_id": shop.warehouse_id, "orders": [one, {**one, "external_id": "A-2", "lines": []}]}
    key = str(uuid4())

    answer = api(owner, "post", "/", body, key)

    assert answer.status_code == 200, answer.content
    good, bad = answer.json()
    assert (good["already"], good["holds"], bad["code"]) == (False, ["address"], "no_lines")
    assert api(owner, "post", "/", body, key).json() == [good, bad]
    assert api(owner, "post", "/", {**body, "orders": [one]}, key).status_code == 422
    assert api(owner, "post", "/", {**body, "orders": []}).status_code == 422
    assert api(owner, "post", "/", {**body, "orders": [{**one, "external_id": "nul\x00"}]}).status_code == 422
    (urgent,) = api(owner, "post", "/", {**body, "orders": [{**one, "external_id": "A-3", "ship_complete": False, "priority": 5, "service": "express"}]}).json()
    assert (fo_of(urgent["order_id"]).ship_complete, fo_of(urgent["order_id"]).priority) == (False, 5)
    order_id = good["order_id"]
    seen = api(owner, "get", f"/{order_id}").json()
    assert (seen["number"], seen["fulfillment_orders"][0]["lines"][0]["promised"]) == (good["number"], 2)
    assert [r["order_id"] for r in api(owner, "get", "/?hold=address&service=standard").json()["rows"]] == [order_id]
    hold_id = api(owner, "get", "/holds").json()[0]["hold_id"]
    assert api(owner, "post", f"/holds/{hold_id}/release").status_code == 200
    placed = api(owner, "post", "/holds", {"fulfillment_order_ids": [seen["fulfillment_orders"][0]["fulfillment_order_id"], 2**40], "note": "x"}).json()
    assert [("hold_id" in p, p.get("code", "")) for p in placed] == [(True, ""), (False, "not_found")]
    assert api(owner, "post", f"/{order_id}/payment", {}).json()["code"] == "payment_not_wanted"
    cancelled = api(owner, "post", "/cancel", {"order_ids": [order_id, 2**40], "reason": "x"}).json()
    assert [c.get("units", c.get("code")) for c in cancelled] == [2, "not_found"]
    assert api(owner, "get", "/quarantine").json()["rows"][0]["code"] == "no_lines"
    assert api(owner, "get", f"/{2**40}").status_code == 404


def test_a_client_sees_its_own_orders_and_no_others(shop: Shop) -> None:
    other = make_shop()
    stock(other, {"SKU-1": 10})
    mine, theirs = accepted(shop, {"SKU-1": 1}), accepted(other, {"SKU-1": 1})
    me = browser(Grant("client", client_id=shop.client_id))

    assert api(me, "get", f"/{mine.order_id}").status_code == 200
    assert api(me, "get", f"/{theirs.order_id}").status_code == 404
    assert [r["order_id"] for r in api(me, "get", "/").json()["rows"]] == [mine.order_id]
    assert me.get(reverse("orders:order", args=[mine.order_id])).status_code == 200
    assert me.get(reverse("orders:order", args=[theirs.order_id])).status_code == 404
    assert theirs.order_number not in me.get(reverse("orders:list")).content.decode()
    assert api(me, "post", "/cancel", {"order_ids": [theirs.order_id], "reason": "x"}).json()[0]["code"] == "not_found"
    assert me.get(reverse("orders:quarantine")).status_code == 200


def test_a_client_asks_for_a_cancellation_and_the_house_answers(shop: Shop, owner: Client) -> None:
    me = browser(Grant("client", client_id=shop.client_id))
    one, two = accepted(shop, {"SKU-1": 1}), accepted(shop, {"SKU-1": 1})
    for fo in (one, two):
        pick(shop, fo)
    assert post(me, f"/orders/{one.order_id}/cancel/", reason="ordered twice").status_code == 303
    (asked,) = api(me, "post", "/cancel", {"order_ids": [two.order_id], "reason": "ordered twice"}).json()
    assert asked["state"] == "asked"
    assert [c["order_id"] for c in api(owner, "get", "/cancellations").json()] == [one.order_id, two.order_id]
    first = api(owner, "get", "/cancellations").json()[0]["cancellation_id"]
    page = owner.get("/orders/?request=cancellation_requested").content.decode()
    assert (one.order_number in page, two.order_number in page) == (True, True)
    assert f"/orders/cancellations/{first}/accept/" in owner.get(reverse("orders:order", args=[one.order_id])).content.decode()
    assert f"/orders/cancellations/{first}/accept/" not in me.get(reverse("orders:order", args=[one.order_id])).content.decode()
    assert api(me, "post", f"/cancellations/{first}/answer", {"accept": True}).status_code == 403

    assert post(owner, f"/orders/cancellations/{first}/accept/").status_code == 303
    assert post(owner, f"/orders/cancellations/{asked['cancellation_id']}/reject/", note="on the truck").status_code == 303

    assert [api(me, "get", f"/{fo.order_id}").json()["request"] for fo in (one, two)] == ["cancellation_accepted", "cancellation_rejected"]
    assert [r["order_id"] for r in api(me, "get", "/?status=in_progress").json()["rows"]] == [two.order_id]
    assert "on the truck" in me.get(reverse("orders:order", args=[two.order_id])).content.decode()
