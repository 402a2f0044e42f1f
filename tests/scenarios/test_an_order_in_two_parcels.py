"""An order needs two parcels: one shipment, a label each; it is delivered when both are."""

from __future__ import annotations

from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING, system
from packhorse.ground.carriers.types import TrackingUpdate
from packhorse.steps.delivery import selectors as delivery, services as delivery_services
from packhorse.steps.packing import selectors as packing
from packhorse.steps.shipping import selectors as shipping
from tests.build_orders import fo_of
from tests.scenarios.walk import (
    Time,
    books_agree,
    settle,
    shop_with_boxes,
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


def test_two_labels_one_shipment_delivered_when_both_are(time: Time) -> None:
    shop = shop_with_boxes()
    to_the_shelf(shop, {"SKU-1": 5, "SKU-2": 5})
    fo = to_accepted(shop, {"SKU-1": 2, "SKU-2": 3})
    to_picked(shop, fo)
    time.passes(minutes=5)

    first, second = to_packed(shop, fo, parcels=2)
    assert [(c.parcel_id, c.sku, c.quantity) for c in packing.contents(EVERYTHING, [first, second])] == [(first, "SKU-1", 2), (second, "SKU-2", 3)]
    time.passes(minutes=5)
    one, two = to_labelled(shop, fo)

    (shipment,) = shipping.shipments_of(EVERYTHING, [fo.fulfillment_order_id])
    labels = shipping.labels_of_orders(EVERYTHING, [fo.order_id])
    assert {i.parcel_id for i in labels} == {first, second}
    assert {i.shipment_id for i in labels} == {shipment.shipment_id}
    assert one != two
    time.passes(hours=1)
    assert to_handed_over(shop).parcels == 2
    assert sums(fo) == (5000, 5000, 0)  # one capture for what left together
    assert told(fo).count("shipped") == 1

    time.passes(hours=3)
    arrived = TrackingUpdate(one, 90, "delivered", "", time.clock.now(), "CA-K1M")
    delivery_services.record_tracking(key=uuid4(), actor=system("delivery"), carrier="tariff", updates=[arrived])
    settle()
    half = fo_of(fo.order_id)
    assert (half.stage, [(x.sku, x.delivered) for x in half.lines]) == ("shipped", [("SKU-1", 2), ("SKU-2", 0)])
    assert sorted(d.status for d in delivery.deliveries_of_orders(EVERYTHING, [fo.order_id])) == ["announced", "delivered"]

    to_delivered(time, fo)
    whole = fo_of(fo.order_id)
    assert (whole.stage, [x.delivered for x in whole.lines]) == ("delivered", [2, 3])
    assert told(fo).count("delivered") == 2
    books_agree()
