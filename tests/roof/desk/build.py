"""An order with everything: short of nothing, picked on a walk, packed, labelled, delivered, returned in part, asked about."""

from __future__ import annotations

from uuid import uuid4

from packhorse.core.actors import EVERYTHING
from packhorse.steps.orders.types import FulfillmentOrderInfo
from packhorse.steps.packing import selectors as bench, services as packing
from packhorse.steps.packing.types import Content, NewParcel
from packhorse.steps.returns import services as returns
from packhorse.steps.returns.types import RmaInfo
from packhorse.steps.shipping import selectors as shipping, services as shipping_services
from tests.build import HOUSE, Shop, make_shop, plain_item, stock
from tests.build_orders import fo_of, settle
from tests.steps.picking.build import at_bench, make_box
from tests.steps.returns.build import ask, inspect, receive, scan


def lived(*skus: str) -> tuple[Shop, FulfillmentOrderInfo, RmaInfo]:
    """A shop, an order of its (two of the first SKU, one of the second) that has been through all seven steps, and the return of one unit of it."""
    one, two = skus or ("SKU-1", "SKU-2")
    shop = make_shop(items=[plain_item(one), plain_item(two)])
    stock(shop, {one: 9, two: 9})
    make_box()
    _batch, (fo,) = at_bench(shop, {one: 2, two: 1})
    (order,) = bench.bench_orders(EVERYTHING, shop.warehouse_id)
    parcel = NewParcel(None, (300, 200, 150), tuple(Content(line.allocation_id, line.quantity) for line in order.lines), 900, None, {}, weight_why="counted")
    packing.pack_as_is(key=uuid4(), actor=HOUSE, fulfillment_order_id=fo.fulfillment_order_id, parcels=[parcel])
    labels = shipping_services.choose_services(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id)
    shipping_services.buy_labels(actor=HOUSE, label_ids=labels)
    shipping_services.close_manifest(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, carrier="tariff")
    settle()
    scan("delivered", *[i.tracking_number for i in shipping.labels_of_orders(EVERYTHING, [fo.order_id]) if i.tracking_number])
    settle()
    rma = inspect(receive(ask(fo_of(fo.order_id), [1])))
    returns.open_ticket(
        key=uuid4(),
        actor=HOUSE,
        client_id=shop.client_id,
        order_id=fo.order_id,
        kind="question",
        priority="normal",
        subject="Where is the invoice?",
        body="I need it.",
        contact="ann@example.org",
    )
    settle()
    return shop, fo_of(fo.order_id), rma
