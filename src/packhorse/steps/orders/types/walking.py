"""What later rooms read of orders on their way."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

#: Stages of which nothing is left to do in the house.
GONE: Final = ("shipped", "delivered", "cancelled", "merged")


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line that can be released: `open_quantity` is promised and not picked."""

    demand_id: int
    item_id: int
    open_quantity: int


@dataclass(frozen=True, slots=True)
class ReleasableOrder:
    """A fulfillment order that may go to the floor now."""

    fulfillment_order_id: int
    number: str
    order_id: int
    client_id: int
    service: str
    ship_by: dt.datetime
    priority: int
    lines: tuple[OpenLine, ...]

    @property
    def units(self) -> int:
        return sum(line.open_quantity for line in self.lines)


@dataclass(frozen=True, slots=True)
class LineInfo:
    """One fulfillment line with all its counters. `unit_value_minor` is the line's amount over its quantity, rounded; `amount_minor` belongs to the whole order line of `ordered` units."""

    demand_id: int
    fulfillment_line_id: int
    order_line_id: int
    line_no: int
    item_id: int
    sku: str
    name: str
    quantity: int
    promised: int
    picked: int
    packed: int
    shipped: int
    delivered: int
    returned: int
    cancelled: int
    unit_price: Decimal
    unit_value_minor: int
    amount_minor: int
    ordered: int

    @property
    def live(self) -> int:
        """What is still wanted of it, shipped or not."""
        return self.quantity - self.cancelled

    @property
    def backordered(self) -> int:
        return self.live - self.promised


@dataclass(frozen=True, slots=True)
class KitInfo:
    """A kit as bought. The counters count whole kits: one is shipped when all its components are. `order_line_ids`: the lines of its components, `per_kit` of each in one."""

    kit_id: int
    item_id: int
    sku: str
    name: str
    quantity: int
    unit_price: Decimal
    amount_minor: int
    promised: int
    picked: int
    packed: int
    shipped: int
    delivered: int
    returned: int
    cancelled: int
    order_line_ids: tuple[int, ...]
    per_kit: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FulfillmentOrderInfo:
    """A fulfillment order with its lines (by line number)."""

    fulfillment_order_id: int
    number: str
    order_id: int
    order_number: str
    client_id: int
    warehouse_id: int
    channel: str
    external_id: str
    customer_ref: str
    language: str
    currency: str
    service: str
    stage: str
    held: bool
    released_at: dt.datetime | None
    ship_complete: bool
    priority: int
    placed_at: dt.datetime
    ship_by: dt.datetime
    deliver_by: dt.datetime
    ship_to_id: int | None
    promise_basis: dict[str, Any]
    lines: tuple[LineInfo, ...]
    status: str

    @property
    def units(self) -> int:
        return sum(line.live for line in self.lines)

    @property
    def gone(self) -> bool:
        return self.stage in GONE


@dataclass(frozen=True, slots=True)
class OrderRef:
    """An order or one of its fulfillment orders, found by what is written on it."""

    order_id: int
    fulfillment_order_id: int
    client_id: int
    number: str
    fulfillment_number: str
    external_id: str
    stage: str
    held: bool


@dataclass(frozen=True, slots=True)
class OrderDrift:
    """Something that does not say what the rows behind it say.

    `kind`: promised, wanted (a line against its demand: `row_id` is the demand), stage, held (the fulfillment order), authorised_minor, captured_minor, refunded_minor (the order).
    """

    kind: str
    order_id: int
    fulfillment_order_id: int | None
    client_id: int
    row_id: int
    stated: str
    actual: str
