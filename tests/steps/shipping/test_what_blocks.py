"""Who is refused at the truck is led to the manifest, the label, the order or the lot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from packhorse.core import clock, dispatch
from packhorse.core.errors import WrongState
from packhorse.steps.inventory import services as inventory
from packhorse.steps.inventory.errors import LotBlocked
from packhorse.steps.orders import services as orders
from packhorse.steps.packing import services as packing
from packhorse.steps.shipping import services
from packhorse.steps.shipping.errors import AlreadyHandedOver, NoLabel, NothingToManifest, OnManifest, StaysHere, WrongTruck
from packhorse.steps.shipping.models import Label
from tests.blocks import blocked
from tests.build import HOUSE, Shop, make_lot, make_shop, plain_item, receive
from tests.steps.inventory.test_pages import sign_in
from tests.steps.shipping.build import NOON, hand_over_all, labelled_order, ready_shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with clock.using(clock.VirtualClock(NOON)):
        yield


@pytest.fixture
def shop() -> Shop:
    return ready_shop()


def load(shop: Shop, label: Label, **given: Any) -> None:
    asked: dict[str, Any] = {"warehouse_id": shop.warehouse_id, "carrier": "tariff", "scanned": label.tracking_number or ""} | given
    services.load_parcel(key=uuid4(), actor=HOUSE, **asked)


def test_a_parcel_that_is_on_a_manifest_leads_to_it(shop: Shop, client: Client) -> None:
    label = Label.objects.get(order_id=labelled_order(shop, {"SKU-1": 1}).order_id)
    ask: dict[str, Any] = {"warehouse_id": shop.warehouse_id, "carrier": "tariff", "label_ids": [label.pk]}
    manifest_id = services.open_manifest(key=uuid4(), actor=HOUSE, **ask)
    with blocked(OnManifest, "shipping:manifest", manifest_id, names=f"#{manifest_id}"):
        services.close_manifest(key=uuid4(), actor=HOUSE, **ask)
    answer = sign_in(client, "manager").post("/api/v1/shipping/manifests", ask, content_type="application/json", headers={"Idempotency-Key": str(uuid4())})
    assert (answer.status_code, answer.json()["link"]) == (409, reverse("shipping:manifest", args=[manifest_id]))
    with blocked(AlreadyHandedOver, "shipping:manifest", manifest_id, names=label.tracking_number or "?"):
        services.ask_void(key=uuid4(), actor=HOUSE, label_id=label.pk)


def test_what_has_left_leads_to_its_manifest_which_is_not_closed_again(shop: Shop) -> None:
    label = Label.objects.get(order_id=labelled_order(shop, {"SKU-1": 1}).order_id)
    manifest_id = hand_over_all(shop).manifest_id
    with blocked(AlreadyHandedOver, "shipping:manifest", manifest_id):
        load(shop, label)
    with blocked(WrongState, "shipping:manifest", manifest_id):
        services.hand_over(key=uuid4(), actor=HOUSE, manifest_id=manifest_id, number="M", accepted=[], refused=[])


def test_a_wrong_truck_and_a_label_that_was_given_back_lead_to_the_label(shop: Shop) -> None:
    label = Label.objects.get(order_id=labelled_order(shop, {"SKU-1": 1}).order_id)
    with blocked(WrongTruck, "shipping:label", label.pk):
        load(shop, label, carrier="other")
    services.ask_void(key=uuid4(), actor=HOUSE, label_id=label.pk)
    with blocked(NoLabel, "shipping:label", label.pk):
        load(shop, label)
    with blocked(WrongState, "shipping:label", label.pk):
        services.ask_void(key=uuid4(), actor=HOUSE, label_id=label.pk)


def test_what_stays_leads_to_the_order_on_hold_or_to_the_lot_that_is_held() -> None:
    shop = make_shop(items=[plain_item("LOT", tracking="lot")])
    lot = make_lot(shop.client_id, shop.item("LOT"), "L-7")
    receive(shop.item("LOT"), shop.bins[0], 9, lot_id=lot)
    fo, other = labelled_order(shop, {"LOT": 1}), labelled_order(shop, {"LOT": 1})
    orders.place_hold(key=uuid4(), actor=HOUSE, fulfillment_order_ids=[fo.fulfillment_order_id], note="wait")
    with blocked(StaysHere, "orders:order", fo.order_id, names=fo.number):
        load(shop, Label.objects.get(order_id=fo.order_id))
    inventory.hold_lots(key=uuid4(), actor=HOUSE, lot_ids=[lot], reason="glass in it")
    with blocked(LotBlocked, "inventory:lot", lot, names="L-7"):
        load(shop, Label.objects.get(order_id=other.order_id))


def test_a_parcel_with_a_piece_that_was_cancelled_stays_also_before_it_is_opened(shop: Shop) -> None:
    fo = labelled_order(shop, {"SKU-1": 2})
    label = Label.objects.get(order_id=fo.order_id)
    orders.cancel_lines(key=uuid4(), actor=HOUSE, order_id=fo.order_id, quantities={fo.lines[0].demand_id: 1}, reason="one less")
    with blocked(StaysHere, "orders:order", fo.order_id, names="was cancelled"):
        load(shop, label)
    with pytest.raises(NothingToManifest):
        hand_over_all(shop)
    dispatch.drain()
    with blocked(NoLabel, "shipping:label", label.pk):
        load(shop, label)


def test_a_parcel_that_was_opened_again_leads_to_its_order(shop: Shop) -> None:
    fo = labelled_order(shop, {"SKU-1": 1})
    label = Label.objects.get(order_id=fo.order_id)
    packing.void_parcel(key=uuid4(), actor=HOUSE, parcel_id=label.parcel_id or 0, reason="wrong item")
    with blocked(StaysHere, "orders:order", fo.order_id, names="opened again"):
        load(shop, label)
