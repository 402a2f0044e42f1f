"""Purchase orders, receipts, put-away."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from packhorse.core.refs import Ref


@dataclass(frozen=True, slots=True)
class SupplierInfo:
    id: int
    client_id: int
    client: str
    code: str
    name: str
    email: str
    lead_time_days: int


@dataclass(frozen=True, slots=True)
class PurchaseOrderRow:
    """A purchase order as lists show it: units ordered and received."""

    id: int
    number: str
    reference: str
    client_id: int
    client: str
    supplier: str
    warehouse_id: int
    warehouse: str
    state: str
    expected_on: dt.date | None
    created_at: dt.datetime
    lines: int
    ordered: int
    received: int


@dataclass(frozen=True, slots=True)
class PurchaseLineInfo:
    id: int
    position: int
    item_id: int
    sku: str
    item_name: str
    tracking: str
    quantity: int
    received: int
    damaged: int
    unit_cost: Decimal

    @property
    def open(self) -> int:
        return max(0, self.quantity - self.received)


@dataclass(frozen=True, slots=True)
class ReceiptInfo:
    id: int
    at: dt.datetime
    location: str
    principal: str
    units: int


@dataclass(frozen=True, slots=True)
class DiscrepancyInfo:
    id: int
    item_id: int
    sku: str
    kind: str
    quantity: int
    reason: str
    at: dt.datetime
    receipt_id: int | None


@dataclass(frozen=True, slots=True)
class PurchaseOrderInfo:
    """A purchase order whole. `expected_units`: SSCCs announced that have not come yet."""

    row: PurchaseOrderRow
    currency: str
    note: str
    supplier_id: int
    sent_at: dt.datetime | None
    closed_at: dt.datetime | None
    lines: tuple[PurchaseLineInfo, ...]
    receipts: tuple[ReceiptInfo, ...]
    discrepancies: tuple[DiscrepancyInfo, ...]
    expected_units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PutAwayInfo:
    """A put-away task: what lies where, and the bin that the rule chose."""

    id: int
    client_id: int
    warehouse_id: int
    item_id: int
    sku: str
    item_name: str
    lot_id: int | None
    lot: str
    condition: str
    quantity: int
    put: int
    source_id: int
    source: str
    target_id: int | None
    target: str
    rule: str
    state: str
    cause: Ref
    created_at: dt.datetime
    done_at: dt.datetime | None

    @property
    def open(self) -> int:
        return self.quantity - self.put


@dataclass(frozen=True, slots=True)
class Reorder:
    """An item that should be bought: available plus what is on its way, less what is backordered, lies below the reorder point.

    `daily`: expected units a day; `reorder_point`: what demand over lead time and one week does not exceed in 95 of 100 cases; `stockout_on`: when it runs out at the present pace.
    """

    item_id: int
    warehouse_id: int
    sku: str
    item_name: str
    available: int
    backordered: int
    inbound: int
    daily: float
    lead_time_days: int
    reorder_point: int
    suggested: int
    supplier_id: int | None
    supplier: str
    stockout_on: dt.date | None


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """A line of a new purchase order."""

    item_id: int
    quantity: int
    unit_cost: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class AnnouncedLine:
    """A line of an advance shipping notice: so much of an item comes in the load with this SSCC."""

    sscc: str
    item_id: int
    quantity: int
    lot: str = ""
    expires_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """What came in of an item. `condition`: sellable, held or damaged; `reason` says why it is not sellable, or why it differs."""

    item_id: int
    quantity: int
    lot: str = ""
    expires_on: dt.date | None = None
    condition: str = "sellable"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """The answer to a receipt: the put-away tasks that it made, in the order of the lines, and how the order stands."""

    receipt_id: int
    purchase_order_id: int
    state: str
    units: int
    task_ids: tuple[int, ...]
    discrepancy_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Putting:
    """Goods of a task were put into a bin. `quantity` None: all that is left."""

    task_id: int
    location_id: int
    quantity: int | None = None
