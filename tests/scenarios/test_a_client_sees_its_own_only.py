"""A client's user walks every page and every GET of the API with the ids of another client's rows, and nothing of that client appears."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import models, transaction
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from packhorse.core import sql
from packhorse.core.web.scanner import flows
from packhorse.ground.people.types import Grant
from packhorse.ground.places.types import AddressData
from packhorse.steps.inventory.types import ReceivedLine
from tests.build import Shop, make_lot, make_shop, plain_item, receive, stock
from tests.build_orders import accepted, new_order, take_in
from tests.roof.desk.build import lived
from tests.steps.inventory.buying import Buying
from tests.steps.orders.test_doors import browser
from tests.steps.returns.build import ask

pytestmark = pytest.mark.django_db

#: Whose id a part of a URL is: its table.
TABLE_OF = {
    "alert_id": "messaging_alert",
    "batch_id": "picking_pickbatch",
    "box_id": "catalog_box",
    "call_id": "picking_leadcall",
    "cancellation_id": "orders_cancellation",
    "claim_id": "delivery_claim",
    "cart_type_id": "picking_carttype",
    "client_id": "catalog_client",
    "count_id": "inventory_counttask",
    "delivery_id": "delivery_delivery",
    "device_id": "people_device",
    "equipment_id": "equipment_equipment",
    "exception_id": "delivery_deliveryexception",
    "file_id": "files_storedfile",
    "fulfillment_line_id": "orders_fulfillmentline",
    "transfer_id": "inventory_transferorder",
    "fulfillment_order_id": "orders_fulfillmentorder",
    "hold_id": "orders_hold",
    "item_id": "catalog_item",
    "job_id": "",
    "key_id": "people_apikey",
    "label_id": "shipping_label",
    "location_id": "warehouse_location",
    "lot_id": "inventory_lot",
    "manifest_id": "shipping_manifest",
    "material_id": "packing_material",
    "membership_id": "people_membership",
    "message_id": "messaging_message",
    "order_id": "orders_order",
    "parcel_id": "packing_parcel",
    "purchase_order_id": "inventory_purchaseorder",
    "quarantined_id": "orders_quarantined",
    "plan_id": "picking_longplan",
    "release_id": "picking_release",
    "relocation_id": "inventory_relocation",
    "rma_id": "returns_rma",
    "rule_id": "packing_materialrule",
    "run_id": "orders_importrun",
    "sending_id": "equipment_sending",
    "shipment_id": "shipping_shipment",
    "task_id": "inventory_putawaytask",
    "ticket_id": "returns_ticket",
    "user_id": "people_user",
    "view_id": "core_saved_view",
    "slot_id": "warehouse_location",
    "wall_id": "warehouse_location",
    "warehouse_id": "warehouse_warehouse",
    "wave_id": "picking_wave",
    "worker_type_id": "picking_workertype",
}
#: What else stands in URLs.
WORDS = {
    "language": ["en"],
    "template": ["shipped"],
    "token": ["not-a-token"],
    "run": [str(uuid4())],
    "flow": ["none"],
}


def patterns(resolver: URLResolver, before: str = "", converters: dict[str, Any] | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every URL pattern as (template, converters by name)."""
    for entry in resolver.url_patterns:
        known = {**(converters or {}), **entry.pattern.converters}
        if isinstance(entry, URLPattern):
            yield f"{before}{entry.pattern}", known
        else:
            yield from patterns(entry, f"{before}{entry.pattern}", known)


def filled(template: str, names: list[str], values: tuple[Any, ...]) -> str:
    url = template.replace("^", "").replace("\\Z", "").replace("$", "")
    for name, value in zip(names, values, strict=True):
        start, end = url.index("<"), url.index(">")
        assert url[start + 1 : end].split(":")[-1] == name, (template, name)
        url = f"{url[:start]}{value}{url[end + 1 :]}"
    return f"/{url}"


def ids_of(table: str, shop: Shop) -> list[int]:
    """Some rows of a table: the shop's, where it says whose they are."""
    if not table:
        return [1]
    columns = {
        row[0] for row in sql.rows("SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = %s", [table])
    }
    assert columns, table
    if table == "catalog_client":
        return [shop.client_id]
    if table == "warehouse_warehouse":
        return [shop.warehouse_id]
    if table in ("orders_hold", "orders_fulfillmentline"):
        return [
            r[0]
            for r in sql.rows(
                f"SELECT h.id FROM {table} h JOIN orders_fulfillmentorder f ON f.id = h.fulfillment_order_id WHERE f.client_id = %s LIMIT 3",
                [shop.client_id],
            )
        ]
    which = "client_id" if "client_id" in columns else "warehouse_id" if "warehouse_id" in columns else ""
    owner = {"client_id": shop.client_id, "warehouse_id": shop.warehouse_id}.get(which)
    rows = (
        sql.rows(f"SELECT id FROM {table} WHERE {which} = %s ORDER BY id DESC LIMIT 3", [owner])
        if which
        else sql.rows(f"SELECT id FROM {table} ORDER BY id DESC LIMIT 3")
    )
    return [row[0] for row in rows] or [1]


def secrets(shop: Shop) -> dict[str, str]:
    """What is written in the client's rows and tells it apart: texts with a digit or an @ in them, and where they stand."""
    found: dict[str, str] = {}
    others: set[str] = set()
    for model in apps.get_models():
        if not model.__module__.startswith("packhorse.") or model.__name__.endswith("Event"):
            continue
        texts = [f.column for f in model._meta.concrete_fields if isinstance(f, models.CharField | models.TextField) and f.column]
        owner = "id" if model._meta.db_table == "catalog_client" else "client_id"
        if not texts or owner not in {f.column for f in model._meta.concrete_fields}:
            continue
        for own, *values in sql.rows(f"SELECT {owner} = %s, {', '.join(texts)} FROM {model._meta.db_table} WHERE {owner} IS NOT NULL", [shop.client_id]):
            for column, value in zip(texts, values, strict=True):
                if isinstance(value, str) and len(value) > 5 and (any(c.isdigit() for c in value) or "@" in value):
                    if own:
                        found[value] = f"{model._meta.db_table}.{column}"
                    else:
                        others.add(value)
    return {value: where for value, where in found.items() if value not in others}


def body(answer: HttpResponseBase) -> str:
    content = b"".join(answer) if isinstance(answer, StreamingHttpResponse | HttpResponse) else b""
    return content.decode("utf-8", "replace") + str(answer.headers)


def walk(client: Client, shop: Shop, number: str) -> Iterator[tuple[str, int, str]]:
    """(URL, status, answer) of every pattern, filled with the shop's ids; lists also filtered by them and exported."""
    words = {**WORDS, "flow": sorted(flows()), "number": [number]}
    asked = "&".join(
        f"{name}={ids_of(table, shop)[0]}" for name, table in (("client", "catalog_client"), ("order", "orders_order"), ("warehouse", "warehouse_warehouse"))
    )
    for template, converters in patterns(get_resolver()):
        names = [part.split(">")[0].split(":")[-1] for part in template.split("<")[1:]]
        assert converters.keys() == set(names), template
        unknown = [n for n in names if n not in TABLE_OF and n not in words]
        assert not unknown, f"say in TABLE_OF what {unknown} of {template} is"
        if template.startswith(("logout", "static")):
            continue
        choices = [words[n] if n in words else [str(uuid4())] if "uuid:run_id" in template and n == "run_id" else ids_of(TABLE_OF[n], shop) for n in names]
        urls = [filled(template, names, values) for values in itertools.islice(itertools.product(*choices), 6)]
        if not names:
            urls += [f"{urls[0]}?{asked}", f"{urls[0]}?format=csv"]
        for url in urls:
            with transaction.atomic():  # what breaks one page does not break the next
                answer = client.get(url)
                transaction.set_rollback(answer.status_code >= 500)
            yield url, answer.status_code, body(answer)


@pytest.fixture
def zebra() -> Shop:
    """A client with something in every room."""
    shop, fo, _rma = lived("ZEBRA-411", "ZEBRA-412")
    home = AddressData(
        name="Zoe Zebrowski 77", line1="411 Zebra Street", city="Zebraville", region="ON", postal_code="K1Z 4Z1", country="CA", email="zoe@zebra.example"
    )
    accepted(shop, {"ZEBRA-411": 1}, ship_to=home)
    accepted(shop, {"ZEBRA-412": 90})
    take_in(shop, new_order({"NOPE-411": 1}))
    ask(fo, [1])
    buying = Buying(shop)
    order_id = buying.order({"ZEBRA-411": 5})
    buying.receive(order_id, ReceivedLine(shop.item("ZEBRA-411"), 5))
    lot = make_lot(shop.client_id, shop.item("ZEBRA-412"), "LOT-ZEBRA-41")
    receive(shop.item("ZEBRA-412"), shop.bins[-1], 3, lot_id=lot)
    return shop


def test_a_client_sees_its_own_only(zebra: Shop) -> None:
    stranger_shop = make_shop(items=[plain_item("OKAPI-1")])
    stock(stranger_shop, {"OKAPI-1": 9})
    number = accepted(stranger_shop, {"OKAPI-1": 1}).order_number
    hidden = secrets(zebra)
    assert {"ZEBRA-411", "LOT-ZEBRA-41", "zoe@zebra.example"} <= hidden.keys()
    assert len(hidden) > 30
    stranger, own = (browser(Grant("client", client_id=shop.client_id)) for shop in (stranger_shop, zebra))
    zebra_number = sql.rows("SELECT number FROM orders_order WHERE client_id = %s ORDER BY id LIMIT 1", [zebra.client_id])[0][0]

    stranger.raise_request_exception = own.raise_request_exception = False
    tried, leaks, broken, seen = 0, [], [], ""
    for url, status, answer in walk(stranger, zebra, zebra_number):
        tried += 1
        leaks += [f"{url} ({status}) shows {text} of {where}" for text, where in hidden.items() if text in answer and text not in url]
        if status >= 500:
            broken.append(f"{url} {status}")
        seen += answer if number in answer else ""
    assert leaks == []
    assert broken == []
    assert tried > 400
    assert number in seen, "the stranger saw its own"

    pages = ("/orders/", f"/orders/{ids_of('orders_order', zebra)[-1]}/", "/inventory/", "/inventory/lots/", "/returns/", "/delivery/", "/api/v1/orders/")
    answers = "".join(body(own.get(page)) for page in pages)
    shown = {text for text in hidden if text in answers}
    assert {"ZEBRA-411", zebra_number, "LOT-ZEBRA-41"} <= shown, "its owner sees what the stranger does not"
    assert len(shown) > 10
