"""Orders walked to the point where shipping takes over, and on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from packhorse.core import dispatch
from packhorse.core.actors import EVERYTHING
from packhorse.steps.inventory import ledger, selectors as inventory
from packhorse.steps.inventory.types import Take
from packhorse.steps.orders.types import FulfillmentOrderInfo
from packhorse.steps.packing import services as packing
from packhorse.steps.packing.types import Content
from packhorse.steps.shipping import services
from packhorse.steps.shipping.types import HandedOver
from tests.build import HOUSE, Shop, doing, make_shop, stock
from tests.build_orders import accepted, fo_of, pick

NOON = dt.datetime(2026, 3, 3, 12, 0, tzinfo=dt.UTC)


def ready_shop() -> Shop:
    """A shop with plenty of SKU-1, SKU-2 and SKU-3."""
    shop = make_shop()
    stock(shop, {"SKU-1": 5000, "SKU-2": 5000, "SKU-3": 5000})
    return shop


def sealed_order(shop: Shop, lines: Mapping[str, int], *, parcels: int = 1, weight_g: int = 900, **given: Any) -> FulfillmentOrderInfo:
    """An order picked and sealed: in one parcel, or a line in each of several."""
    fo = accepted(shop, lines, **given)
    pick(shop, fo)
    held = inventory.open_allocations(EVERYTHING, demand_ids=[line.demand_id for line in fo.lines])
    takes = [Take(a.allocation_id, a.quantity, shop.bench) for a in held]
    held = doing(lambda: ledger.move(takes, cause_kind="test.bench", cause_ids=[1] * len(takes)))
    for n in range(parcels):
        mine = held if parcels == 1 else held[n::parcels]
        packing.seal_parcel(
            key=uuid4(),
            actor=HOUSE,
            fulfillment_order_id=fo.fulfillment_order_id,
            release_id=None,
            box_id=None,
            size_mm=(300, 200, 150),
            contents=[Content(a.allocation_id, a.quantity) for a in mine],
            weight_g=weight_g,
            reasons={},
            weight_why="counted",
        )
    return fo_of(fo.order_id)


def labelled_order(shop: Shop, lines: Mapping[str, int], **given: Any) -> FulfillmentOrderInfo:
    """An order with its labels bought."""
    fo = sealed_order(shop, lines, **given)
    labels = services.choose_services(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id)
    assert services.buy_labels(actor=HOUSE, label_ids=labels) == len(labels) > 0
    return fo


def hand_over_all(shop: Shop) -> HandedOver:
    """The truck leaves, and everybody hears of it."""
    done = services.close_manifest(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, carrier="tariff")
    dispatch.drain()
    return done
