"""Parcels under way, and what carriers say about them."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

from packhorse.core import dispatch
from packhorse.core.actors import EVERYTHING
from packhorse.ground.carriers.types import TrackingUpdate
from packhorse.steps.delivery import selectors, services
from packhorse.steps.delivery.types import DeliveryInfo, Recorded
from packhorse.steps.orders.types import FulfillmentOrderInfo
from tests.build import HOUSE, Shop
from tests.steps.shipping.build import NOON, hand_over_all, labelled_order


def on_its_way(shop: Shop, **given: Any) -> tuple[FulfillmentOrderInfo, list[DeliveryInfo]]:
    """An order that left, and its deliveries."""
    lines = {"SKU-1": 2, "SKU-2": 1} if given.get("parcels") else {"SKU-1": 2}
    fo = labelled_order(shop, lines, **given)
    hand_over_all(shop)
    return fo, selectors.deliveries_of_orders(EVERYTHING, [fo.order_id])


def scan(tracking_number: str, number: int, code: str, *, hours: int | None = None, detail: str = "") -> TrackingUpdate:
    """The parcel's scan of that number, so many hours after noon (as many as its number)."""
    at = NOON + dt.timedelta(hours=number if hours is None else hours)
    return TrackingUpdate(tracking_number, number, code, detail, at, "CA-K1M")


def tell(*updates: TrackingUpdate) -> Recorded:
    """The carrier says so; everybody hears of it."""
    done = services.record_tracking(key=uuid4(), actor=HOUSE, carrier="tariff", updates=list(updates))
    dispatch.drain()
    return done


def open_kinds(delivery_id: int) -> set[str]:
    return {e.kind for e in selectors.exceptions_of(EVERYTHING, delivery_id) if e.closed_at is None}
