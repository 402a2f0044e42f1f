"""A part of an order comes back: the refund is exact to the penny, and the unit that is sold again stands in a bin again."""

from __future__ import annotations

from uuid import uuid4

import pytest

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING, system
from packhorse.ground.carriers import registry
from packhorse.ground.carriers.types import ManifestRequest
from packhorse.steps.delivery import services as delivery
from packhorse.steps.returns import selectors as returns, services
from packhorse.steps.returns.types import AskedLine, Judged, Piece, RmaInfo
from packhorse.steps.shipping import jobs as shipping_jobs, selectors as shipping
from tests.build import Shop
from tests.build_orders import fo_of
from tests.scenarios.walk import (
    RECEIVER,
    SERVICE,
    Time,
    available,
    books_agree,
    lying,
    on_its_way,
    put_everything_away,
    settle,
    shop_with_boxes,
    story,
    sums,
    to_accepted,
    to_delivered,
    to_picked,
    to_the_shelf,
    told,
)

pytestmark = pytest.mark.django_db


def comes_home(rma: RmaInfo, time: Time) -> RmaInfo:
    """The label is bought and mailed, the customer posts the parcel, the carrier brings it."""
    shipping_jobs.buy_labels(key=uuid4())
    settle()
    (label,) = shipping.labels_for(EVERYTHING, "returns.rma", [rma.rma_id])
    time.passes(days=1)
    registry.carrier("tariff").manifest(ManifestRequest(key=uuid4(), tracking_numbers=(label.tracking_number or "",), handed_over_at=clock.now()))
    for _ in range(20):
        time.passes(days=1)
        delivery.poll_tracking(actor=system("delivery"))
        settle()
        found = returns.rma(EVERYTHING, rma.rma_id)
        if found.arrived_at is not None:
            return found
    raise AssertionError("the return did not come home in twenty days")


def restocked(shop: Shop, rma: RmaInfo, units: int) -> RmaInfo:
    services.receive_return(key=uuid4(), actor=RECEIVER, rma_id=rma.rma_id, received=[Piece(shop.item("SKU-1"), units)])
    (row,) = returns.rma(EVERYTHING, rma.rma_id).received
    return services.inspect_return(key=uuid4(), actor=RECEIVER, rma_id=rma.rma_id, inspections=[Judged(row.received_id, units, "A", "restock")])


def test_one_of_three_comes_back_and_is_sold_again(time: Time) -> None:
    shop = shop_with_boxes()
    to_the_shelf(shop, {"SKU-1": 3, "SKU-2": 1})
    # 3 × 3.335 is 10.005: rounded once to 10.01, of which one unit is 3.34 (3.335, half away from zero).
    fo = to_accepted(shop, [("SKU-1", 3, "3.335"), ("SKU-2", 1, "8.00")], charges_minor=495)
    on_its_way(shop, fo)
    to_delivered(time, fo)
    assert (sums(fo), available(shop, "SKU-1")) == ((2296, 2296, 0), 0)

    time.passes(days=2)
    line = fo.lines[0]
    rma = services.request_return(key=uuid4(), actor=SERVICE, order_id=fo.order_id, lines=[AskedLine(line.demand_id, 1, "unwanted")])
    assert rma.state == "approved"
    rma = comes_home(rma, time)
    assert (rma.state, told(fo)[-1]) == ("in_transit", "return_label")

    rma = restocked(shop, rma, 1)
    settle()
    done = returns.rma(EVERYTHING, rma.rma_id)
    assert (done.state, done.settlement, done.refund_minor, sums(fo)) == ("settled", "refunded", 334, (2296, 2296, 334))
    assert [(x.sku, x.delivered, x.returned) for x in fo_of(fo.order_id).lines] == [("SKU-1", 3, 1), ("SKU-2", 1, 0)]
    assert told(fo)[-2:] == ["return_received", "refunded"]
    (proof,) = returns.refund_proof(EVERYTHING, [fo.order_id])
    assert (proof.returns_minor, proof.paid_minor, proof.reconciled) == (334, 334, True)

    # Sellable where it stands, and brought to a bin; the next customer gets it.
    assert (lying(shop, "SKU-1"), available(shop, "SKU-1")) == ({"RETURNS": 1}, 1)
    assert put_everything_away(shop) == 1
    assert list(lying(shop, "SKU-1").values()) == [1]
    assert "RETURNS" not in lying(shop, "SKU-1")
    books_agree()
    other = to_accepted(shop, {"SKU-1": 1})
    to_picked(shop, other)
    assert fo_of(other.order_id).stage == "picked"

    events = [e.event for e in story(fo) if e.event.startswith("returns.")]
    assert events == [
        "returns.return_requested",
        "returns.return_approved",
        "returns.return_label_sent",
        "returns.return_on_its_way",
        "returns.return_received",
        "returns.units_inspected",
        "returns.return_inspected",
        "returns.return_settled",
    ]
    books_agree()


def test_returned_one_by_one_the_refunds_add_up_to_what_was_paid_for_them(time: Time) -> None:
    shop = shop_with_boxes()
    to_the_shelf(shop, {"SKU-1": 3})
    fo = to_accepted(shop, [("SKU-1", 3, "3.335")])
    on_its_way(shop, fo)
    to_delivered(time, fo)
    refunded = []
    for _ in range(3):
        rma = services.request_return(key=uuid4(), actor=SERVICE, order_id=fo.order_id, lines=[AskedLine(fo.lines[0].demand_id, 1, "unwanted")])
        rma = restocked(shop, comes_home(rma, time), 1)
        settle()
        refunded.append(returns.rma(EVERYTHING, rma.rma_id).refund_minor)
    assert (sum(refunded), sums(fo)) == (1001, (1001, 1001, 1001))
    assert put_everything_away(shop) == 3
    assert available(shop, "SKU-1") == 3
    books_agree()
