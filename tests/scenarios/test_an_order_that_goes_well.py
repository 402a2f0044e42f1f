"""An order goes well: bought goods are put away, sold, paid, picked, packed, shipped and delivered; the customer hears of each turn, and the books agree."""

from __future__ import annotations

import pytest
from django.core import mail

from packhorse.core.actors import EVERYTHING
from packhorse.steps.delivery import selectors as delivery
from packhorse.steps.shipping import selectors as shipping
from tests.build_orders import fo_of
from tests.scenarios.walk import (
    Time,
    available,
    books_agree,
    free_totes,
    lying,
    money,
    shop_with_boxes,
    story,
    sums,
    to_accepted,
    to_delivered,
    to_handed_over,
    to_labelled,
    to_packed,
    to_picked,
    to_the_shelf,
    told,
)

pytestmark = pytest.mark.django_db


def test_from_the_suppliers_truck_to_the_customers_door(time: Time) -> None:
    shop = shop_with_boxes()
    bins = to_the_shelf(shop, {"SKU-1": 10, "SKU-2": 6})
    assert (lying(shop, "SKU-1"), lying(shop, "SKU-2")) == ({bins["SKU-1"]: 10}, {bins["SKU-2"]: 6})
    totes = free_totes(shop)

    time.passes(minutes=30)
    fo = to_accepted(shop, [("SKU-1", 2, "12.345"), ("SKU-2", 1, "8.00")], charges_minor=495)
    assert (fo.stage, fo.held, available(shop, "SKU-1"), available(shop, "SKU-2")) == ("open", False, 8, 5)
    assert sums(fo) == (2469 + 800 + 495, 0, 0)
    assert told(fo) == ["order_received"]

    time.passes(hours=1)
    to_picked(shop, fo)
    assert (fo_of(fo.order_id).stage, free_totes(shop)) == ("picked", totes - 1)

    time.passes(minutes=20)
    to_packed(shop, fo)
    assert (fo_of(fo.order_id).stage, free_totes(shop)) == ("packed", totes)

    time.passes(minutes=10)
    (number,) = to_labelled(shop, fo)
    (shipment,) = shipping.shipments_of(EVERYTHING, [fo.fulfillment_order_id])
    assert (shipment.carrier, len(shipping.labels_of_orders(EVERYTHING, [fo.order_id]))) == ("tariff", 1)
    assert sums(fo) == (3764, 0, 0)  # nothing is taken before the goods have left

    time.passes(hours=2)
    assert to_handed_over(shop).parcels == 1
    assert (fo_of(fo.order_id).stage, sums(fo)) == ("shipped", (3764, 3764, 0))
    assert told(fo) == ["order_received", "shipped"]

    to_delivered(time, fo)
    after = fo_of(fo.order_id)
    assert (after.stage, [(x.shipped, x.delivered) for x in after.lines]) == ("delivered", [(2, 2), (1, 1)])
    (arrived,) = delivery.deliveries_of_orders(EVERYTHING, [fo.order_id])
    assert (arrived.tracking_number, arrived.on_time, arrived.open_exceptions) == (number, True, 0)
    assert told(fo) == ["order_received", "shipped", "out_for_delivery", "delivered"]
    assert [m.to for m in mail.outbox] == [["ann@example.org"]] * 4
    assert all(fo.order_number in m.subject + str(m.body) for m in mail.outbox)

    assert money(fo).captured == money(fo).total
    assert (lying(shop, "SKU-1"), lying(shop, "SKU-2")) == ({bins["SKU-1"]: 8}, {bins["SKU-2"]: 5})
    books_agree()


def test_its_timeline_tells_the_story_in_order_and_who_did_what(time: Time) -> None:
    shop = shop_with_boxes()
    to_the_shelf(shop, {"SKU-1": 10})
    fo = to_accepted(shop, {"SKU-1": 2})
    time.passes(minutes=5)
    to_picked(shop, fo)
    time.passes(minutes=5)
    to_packed(shop, fo)
    time.passes(minutes=5)
    (number,) = to_labelled(shop, fo)
    time.passes(minutes=5)
    to_handed_over(shop)
    to_delivered(time, fo)

    entries = story(fo)

    assert [(e.event, e.principal) for e in entries if e.event not in ("delivery.parcel_tracked", "delivery.expected_anew")] == [
        ("orders.order_accepted", "user:channel"),
        ("orders.payment_authorised", "system:orders"),
        ("messages.message_sent", "system:messages"),
        ("picking.order_released", "user:mary"),
        ("picking.stop_picked", "user:pit"),
        ("picking.order_picked", "user:pit"),
        ("packing.parcel_sealed", "user:paula"),
        ("shipping.service_chosen", "user:paula"),
        ("shipping.label_bought", "system:shipping"),
        ("orders.lines_shipped", "user:paula"),
        ("orders.payment_captured", "system:orders"),
        ("messages.message_sent", "system:messages"),
        ("orders.lines_delivered", "system:delivery"),
        ("delivery.parcel_arrived", "system:delivery"),
        ("messages.message_sent", "system:messages"),
        ("messages.message_sent", "system:messages"),
    ]
    assert [e.data["template"] for e in entries if e.event == "messages.message_sent"] == ["order_received", "shipped", "out_for_delivery", "delivered"]
    assert [e.at for e in entries] == sorted(e.at for e in entries)
    # When a parcel comes is the carrier's chance: earlier than was expected, never later.
    assert {e.data["because"] for e in entries if e.event == "delivery.expected_anew"} <= {"out_for_delivery"}
    scans = [e.data["code"] for e in entries if e.event == "delivery.parcel_tracked"]
    assert (scans[0], scans[-2:]) == ("announced", ["out_for_delivery", "delivered"])
    said = {e.event: e.sentence for e in entries}
    assert said["orders.order_accepted"] == f"Order {fo.order_number} accepted from shop: 1 lines"
    assert said["orders.payment_captured"] == "Payment captured: 20.00 CAD"
    assert said["orders.lines_shipped"] == "Shipped 2 units"
    (stop,) = (e for e in entries if e.event == "picking.stop_picked")
    assert stop.sentence == f"Picked 2 units at {stop.data['location']} into tote {stop.data['tote']}"
    assert said["delivery.parcel_arrived"] == f"{number} arrived"
    books_agree()
