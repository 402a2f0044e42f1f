"""What orders tell."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event
from packhorse.core.refs import Ref


@dataclass(frozen=True, kw_only=True)
class OrderEvent(Event):
    """Something that happened to one order."""

    order_id: int
    client_id: int


@dataclass(frozen=True, kw_only=True)
class FulfillmentEvent(OrderEvent):
    """Something that happened to one fulfillment order."""

    fulfillment_order_id: int
    warehouse_id: int

    @property
    def subject(self) -> Ref:
        return Ref("orders.fulfillment_order", self.fulfillment_order_id)


@dataclass(frozen=True, kw_only=True)
class OrderAccepted(OrderEvent):
    """An order was taken in."""

    sentence = _("Order {number} accepted from {channel}: {lines} lines")
    number: str
    channel: str
    lines: int


@dataclass(frozen=True, kw_only=True)
class LinesShipped(FulfillmentEvent):
    """Goods of an order left the building; {demand id: quantity} in parallel lists."""

    sentence = _("Shipped {units} units")
    demand_ids: list[int]
    quantities: list[int]
    shipment_id: int
    units: int


@dataclass(frozen=True, kw_only=True)
class LinesDelivered(FulfillmentEvent):
    """Goods arrived at the customer."""

    sentence = _("Delivered {units} units")
    units: int
    complete: bool


@dataclass(frozen=True, kw_only=True)
class LinesReturned(FulfillmentEvent):
    """Goods came back."""

    sentence = _("Returned {units} units")
    units: int


@dataclass(frozen=True, kw_only=True)
class LinesCancelled(FulfillmentEvent):
    """Quantities were cancelled; later steps release their tasks."""

    sentence = _("Cancelled {units} units: {reason}")
    demand_ids: list[int]
    quantities: list[int]
    units: int
    reason: str
    whole: bool
