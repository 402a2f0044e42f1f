"""The settings pages of catalogue, warehouses and messages show, act, and keep others out."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from packhorse.core.actors import EVERYTHING, Actor
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.catalog import selectors as catalog, services as catalog_services
from packhorse.ground.catalog.types import ClientInfo, NewItem
from packhorse.ground.messages import selectors as messages
from packhorse.ground.messages.models import Message
from packhorse.ground.messages.queue import queue, raise_alerts
from packhorse.ground.messages.types import NewAlert, NewMessage
from packhorse.ground.people.models import User
from packhorse.ground.people.types import Grant, UserInfo
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.ground.warehouse.types import WarehouseInfo
from tests.ground.conftest import HOUSE, make_client, make_user

MODEL = "django.contrib.auth.backends.ModelBackend"
PAGES = {
    "catalog:items": 200, "catalog:new-item": 403, "catalog:clients": 200, "catalog:new-client": 403, "catalog:boxes": 200, "catalog:new-box": 403,
    "warehouse:warehouses": 200, "warehouse:new-warehouse": 403, "warehouse:locations": 200,
    "messages:messages": 200, "messages:wordings": 403, "messages:alerts": 200,
}  # fmt: skip


def browser(user: UserInfo) -> Client:
    found = Client()
    found.force_login(User.objects.get(pk=user.id), backend=MODEL)
    return found


@pytest.fixture
def web(owner: UserInfo) -> Client:
    return browser(owner)


def send(web: Client, page: str, /, *args: Any, **data: Any) -> Any:
    return web.post(reverse(page, args=args), {"key": str(uuid4()), **data})


@use_case
def say(*, key: Any, actor: Actor, client_id: int) -> int:
    """One message and one alert of a client, one alert of the house."""
    queue([NewMessage("shipped", Ref("shipping.shipment", client_id), "zoe@example.com", client_id=client_id, values={"order_number": "PH-1"})])
    return raise_alerts(
        [NewAlert("stuck", Ref("delivery.parcel", client_id), "service", client_id=client_id), NewAlert("late", Ref("delivery.parcel", 0), "service")]
    )


@pytest.mark.parametrize(("name", "status"), PAGES.items())
def test_each_opens_for_an_owner_and_as_far_as_it_may_for_a_client(web: Client, acme: ClientInfo, montreal: WarehouseInfo, name: str, status: int) -> None:
    other = make_client("OTHER")
    for client in (acme, other):
        catalog_services.upsert_items(key=uuid4(), actor=HOUSE, client_id=client.id, items=[NewItem(f"SKU-{client.code}")])
        say(key=uuid4(), actor=HOUSE, client_id=client.id)
    assert web.get(reverse(name)).status_code == 200
    theirs = browser(make_user("cleo", Grant("client", client_id=acme.id))).get(reverse(name))
    assert theirs.status_code == status
    assert "OTHER" not in theirs.content.decode()
    assert Client().get(reverse(name)).status_code == 302


def test_nothing_of_another_client_opens(acme: ClientInfo) -> None:
    other = make_client("OTHER")
    (item,) = catalog_services.upsert_items(key=uuid4(), actor=HOUSE, client_id=other.id, items=[NewItem("MUG")])
    say(key=uuid4(), actor=HOUSE, client_id=other.id)
    cleo = browser(make_user("cleo", Grant("client", client_id=acme.id)))
    for name, pk in (("catalog:item", item.item_id), ("catalog:client", other.id), ("messages:message", Message.objects.get().pk)):  # type: ignore[union-attr]
        assert cleo.get(reverse(name, args=[pk])).status_code == 404
    for path in (f"catalog/items/{item.item_id}", f"catalog/clients/{other.id}", f"messages/{Message.objects.get().pk}"):  # type: ignore[union-attr]
        assert cleo.get(f"/api/v1/{path}").status_code == 404
    for path in ("catalog/items", "messages/", "messages/alerts"):
        assert cleo.get(f"/api/v1/{path}").json()["rows"] == []
    for alert in messages.open_alerts(EVERYTHING):
        assert send(cleo, "messages:snooze", alert.id).status_code == 403


def test_an_item_is_made_changed_and_archived(web: Client, acme: ClientInfo) -> None:
    asked = {
        "name": "Mug", "tracking": "none", "length_mm": 100, "width_mm": 80, "height_mm": 90, "weight_g": 350, "price": "12.50", "cost": "4", "measured": "on", "origin_country": "CA",
    }  # fmt: skip
    made = send(web, "catalog:new-item", client_id=acme.id, sku="MUG", barcode="4006381333931", **asked)
    item = catalog.items_by_sku(EVERYTHING, acme.id, ["MUG"])["MUG"]
    assert made.headers["Location"] == reverse("catalog:item", args=[item.id])
    assert (item.size_source, item.weight_g) == ("measured", 350)
    page = web.get(reverse("catalog:item", args=[item.id])).content.decode()
    assert "04006381333931" in page
    assert "12.5 CAD" in page
    assert send(web, "catalog:change-item", item.id, **{**asked, "name": "Big mug"}).status_code == 303
    assert send(web, "catalog:add-barcode", item.id, code="MUG-6", quantity=6, level="case").status_code == 303
    assert send(web, "catalog:new-item", client_id=acme.id, sku="CUP", barcode="MUG-6", **asked).status_code == 422
    assert send(web, "catalog:archive-item", item.id, archived="1").status_code == 303
    assert catalog.item(EVERYTHING, item.id).name == "Big mug"
    assert catalog.item(EVERYTHING, item.id).archived


def test_clients_and_boxes_are_made_and_changed(web: Client) -> None:
    asked = {"name": "Acme", "currency": "CAD", "language": "en", "brand_colour": "#123456", "support_email": "", "minimum_shelf_days": 0}
    assert send(web, "catalog:new-client", code="ACME", **asked).status_code == 303
    client = catalog.client_by_code(EVERYTHING, "ACME")
    assert send(web, "catalog:new-client", code="ACME", **asked).status_code == 409
    assert send(web, "catalog:change-client", client.id, **{**asked, "name": "Acme Inc."}).status_code == 303
    assert "Acme Inc." in web.get(reverse("catalog:client", args=[client.id])).content.decode()
    sizes = {f"{side}_{name}_mm": size for side, size in (("inner", 100), ("outer", 105)) for name in ("length", "width", "height")}
    box = {"code": "S", "name": "Small", "kind": "box", "tare_g": 50, "max_load_g": 5000, "cost_minor": 45, "currency": "CAD", **sizes}
    assert send(web, "catalog:new-box", **box).status_code == 303
    (made,) = catalog.boxes(EVERYTHING)
    assert "0.45" in web.get(reverse("catalog:box", args=[made.id])).content.decode()
    assert send(web, "catalog:change-box", made.id, **{**box, "cost_minor": 50}).status_code == 303
    assert send(web, "catalog:archive-box", made.id, archived="1").status_code == 303
    assert catalog.boxes(EVERYTHING) == []


def test_a_warehouse_is_made_and_laid_out(web: Client) -> None:
    asked = {"name": "Montréal", "level": "carts", "time_zone": "America/Toronto", "workdays": ["1", "2"], "country": "CA"}
    assert send(web, "warehouse:new-warehouse", code="YUL", **asked).status_code == 303
    (found,) = warehouses.all_warehouses(EVERYTHING)
    floor = {
        "aisles": 2,
        "cells": 3,
        "levels": 1,
        "aisle_pitch_m": 3,
        "cell_pitch_m": 1,
        "first_cell_m": 1,
        "depot_aisle": "A",
        "docks": 1,
        "staging": 1,
        "stations": 1,
        "carts": 1,
        "totes": 2,
    }
    assert send(web, "warehouse:design", found.id, **floor).status_code == 303
    assert send(web, "warehouse:design", found.id, **{**floor, "aisles": 1}).status_code == 409
    assert send(web, "warehouse:cut-offs", found.id, standard="16:00", express="", same_day="").status_code == 303
    assert send(web, "warehouse:add-location", found.id, code="BENCH-7", kind="station").status_code == 303
    assert send(web, "warehouse:change", found.id, **{**asked, "name": "Mile End"}).status_code == 303
    page = web.get(reverse("warehouse:warehouse", args=[found.id])).content.decode()
    assert all(text in page for text in ("Mile End", '<svg class="floor"', "<title>B-03</title>", "Monday, Tuesday"))
    file = "code,kind,x_m,y_m\nFLOOR-1,bin,9,-2\nFLOOR-2,nothing,1,1\n"
    checked = send(web, "warehouse:import", found.id, file=SimpleUploadedFile("places.csv", file.encode()), check_only="on").content.decode()
    assert "Only checked: nothing was changed." in checked
    assert "FLOOR-1" not in warehouses.codes(EVERYTHING, found.id)
    read = send(web, "warehouse:import", found.id, file=SimpleUploadedFile("places.csv", file.encode())).content.decode()
    assert all(text in read for text in ("FLOOR-1", "kind: “nothing” does not make sense", "<dt>Lines read</dt><dd>2</dd>"))
    beside = warehouses.location_by_code(EVERYTHING, found.id, "FLOOR-1")
    assert "FLOOR-1" in web.get(reverse("warehouse:location", args=[beside.id])).content.decode()
    place = warehouses.location_by_code(EVERYTHING, found.id, "B-03-01")
    assert 'class="cell marked"' in web.get(reverse("warehouse:location", args=[place.id])).content.decode()
    assert send(web, "warehouse:set-pickable", place.id, pickable="").status_code == 303
    assert not warehouses.location(EVERYTHING, place.id).pickable
    assert web.get(reverse("warehouse:location", args=[warehouses.virtual("supplier")])).status_code == 200


def test_a_failed_message_is_sent_again_and_an_alert_put_off(web: Client, acme: ClientInfo) -> None:
    say(key=uuid4(), actor=HOUSE, client_id=acme.id)
    message = Message.objects.get()
    assert send(web, "messages:retry", message.pk, recipient="").status_code == 409
    Message.objects.update(state="failed", attempts=6)
    page = web.get(reverse("messages:message", args=[message.pk])).content.decode()
    assert "zoe@example.com" in page
    assert "your order PH-1 has left our warehouse" in page
    assert send(web, "messages:retry", message.pk, recipient="zoe@example.org").status_code == 303
    assert Message.objects.values_list("state", "recipient").get() == ("queued", "zoe@example.org")
    first, second = messages.open_alerts(EVERYTHING)
    assert send(web, "messages:snooze", first.id).status_code == 303
    assert send(web, "messages:snooze-many", ids=[first.id, second.id]).status_code == 303
    assert messages.open_alerts(EVERYTHING) == []


def test_words_are_changed(web: Client, acme: ClientInfo) -> None:
    url = reverse("messages:wording", args=[acme.id, "shipped", "en"])
    assert "{{ order_number }}" in web.get(url).content.decode()
    assert web.post(url, {"key": str(uuid4()), "title": "On its way", "body": "{{ secret }}"}).status_code == 422
    assert web.post(url, {"key": str(uuid4()), "title": "On its way", "body": "{{ name }}\r\n"}).status_code == 303
    assert messages.words(EVERYTHING, acme.id, "shipped", "en") == ("On its way", "{{ name }}\n", True)
    assert "own words" in web.get(reverse("messages:wordings")).content.decode()
    assert web.get(reverse("messages:wording", args=[acme.id, "nothing", "en"])).status_code == 404


def test_the_api_makes_items_boxes_and_floors(web: Client) -> None:
    def post(path: str, body: Any, method: str = "post") -> Any:
        answer = getattr(web, method)(f"/api/v1/{path}", body, content_type="application/json", headers={"Idempotency-Key": str(uuid4())})
        assert answer.status_code == 200, answer.content
        return answer.json()

    client = post("catalog/clients", {"code": "ACME", "name": "Acme"})
    items = post("catalog/items", {"client_id": client["id"], "items": [{"sku": "MUG", "weight_g": 350, "barcodes": [{"code": "MUG-1"}]}, {"sku": " "}]})
    assert [i.get("code", "saved") for i in items] == ["saved", "bad_item"]
    assert [b["code"] for b in web.get(f"/api/v1/catalog/items/{items[0]['item_id']}").json()["barcodes"]] == ["MUG-1"]
    assert [r["sku"] for r in web.get("/api/v1/catalog/items?q=mug&size=unknown").json()["rows"]] == ["MUG"]
    post("catalog/barcodes", {"client_id": client["id"], "barcodes": [{"sku": "MUG", "code": "MUG-6", "quantity": 6}]})
    assert post(f"catalog/items/{items[0]['item_id']}/archive", {})["archived"]
    sizes = {f"{side}_{name}_mm": 100 for side in ("inner", "outer") for name in ("length", "width", "height")}
    assert (
        post("catalog/boxes", {"boxes": [{"code": "S", "name": "Small", "tare_g": 5, "max_load_g": 50, "cost_minor": 5, "currency": "CAD", **sizes}]})[0][
            "code"
        ]
        == "S"
    )
    warehouse = post("warehouse/", {"code": "YUL", "name": "Montréal", "address": {"country": "CA"}})
    assert post(f"warehouse/{warehouse['id']}/floor", {"aisles": 1, "cells": 2, "totes": 0})["made"]["bin"] == 2
    assert post(f"warehouse/{warehouse['id']}/locations", {"locations": [{"code": "BENCH-9", "kind": "station"}]})[0]["code"] == "BENCH-9"
    assert post(f"warehouse/{warehouse['id']}/cut-offs", {"cut_offs": [{"service": "express", "at": "14:00:00"}]}, "put")[0]["service"] == "express"
    assert web.get(f"/api/v1/warehouse/{warehouse['id']}").json()["floor"]["cells"] == 2
    (row,) = web.get("/api/v1/warehouse/locations?q=A-01-01").json()["rows"]
    assert not post(f"warehouse/locations/{row['id']}/pickable", {"pickable": False})["pickable"]
    assert web.get(f"/api/v1/warehouse/locations/{row['id']}").json()["code"] == "A-01-01"
