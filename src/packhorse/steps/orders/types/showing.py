"""What lists and pages show."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from packhorse.core.money import Money
from packhorse.steps.orders.types.changes import CancellationInfo, ChangeInfo, HoldInfo
from packhorse.steps.orders.types.coming_in import Gift
from packhorse.steps.orders.types.money import MoneyInfo
from packhorse.steps.orders.types.walking import FulfillmentOrderInfo, KitInfo


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A line of the orders list: one fulfillment order."""

    id: int
    order_id: int
    number: str
    fulfillment_number: str
    external_id: str
    channel: str
    client: str
    warehouse: str
    placed_at: dt.datetime
    customer_ref: str
    service: str
    status: str
    request: str
    stage: str
    held: bool
    holds: tuple[str, ...]
    units: int
    shipped: int
    total: Money
    ship_by: dt.datetime
    deliver_by: dt.datetime


@dataclass(frozen=True, slots=True)
class OrderInfo:
    """An order with its fulfillment orders, holds, money and changes. `status`, `request`: of all its fulfillment orders together (`states.STATUSES`, `states.REQUESTS`)."""

    order_id: int
    number: str
    status: str
    request: str
    client_id: int
    client: str
    channel: str
    external_id: str
    placed_at: dt.datetime
    accepted_at: dt.datetime
    currency: str
    language: str
    customer_ref: str
    service: str
    ship_to_id: int | None
    fulfillment_orders: tuple[FulfillmentOrderInfo, ...]
    holds: tuple[HoldInfo, ...]
    money: MoneyInfo
    changes: tuple[ChangeInfo, ...]
    cancellations: tuple[CancellationInfo, ...]
    kits: tuple[KitInfo, ...] = ()
    gift: Gift | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of orders waits: open holds by kind, cancellations that were asked for, fulfillment orders that wait for goods, that are late,
    that are due to leave within two hours and not packed, bad orders, and by currency the orders whose captures were refused, with what is missing."""

    holds: dict[str, int]
    cancellations: int
    backordered: int
    late: int
    at_risk: int
    quarantined: int
    refused: dict[str, tuple[int, Money]]


@dataclass(frozen=True, slots=True)
class RecalledRow:
    """An order line that got units of a recalled lot: `left` went to the customer, `picked` are off the shelf and still here. `returned` counts units of the line, of whichever lot."""

    id: int
    order_id: int
    number: str
    external_id: str
    customer_ref: str
    name: str
    email: str
    sku: str
    left: int
    left_at: dt.datetime | None
    picked: int
    returned: int
    told_at: dt.datetime | None
