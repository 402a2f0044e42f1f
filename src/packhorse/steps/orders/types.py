"""What orders are asked with and answer in. Amounts are minor units of the order's currency; quantities are base units of the item; times are UTC."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from packhorse.core.money import Money
from packhorse.ground.places.types import AddressData

#: The services that a customer can be promised.
SERVICES: tuple[str, ...] = ("standard", "express", "same_day")


# What comes in -------------------------------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line as bought. `unit_price` is in major units, up to six places."""

    sku: str
    quantity: int
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class NewPayment:
    """How it is paid: a provider of `ground.payments` and the token that stands for the customer's means. `amount_minor` None: goods and charges."""

    provider: str
    token: str = ""
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order as a channel sends it. (`channel`, `external_id`) is its name there. `payment` None: paid elsewhere, nothing is captured. `language` empty: the client's."""

    external_id: str
    placed_at: dt.datetime
    currency: str
    lines: tuple[NewLine, ...]
    channel: str = "api"
    customer_ref: str = ""
    ship_to: AddressData | None = None
    service: str = "standard"
    payment: NewPayment | None = None
    charges_minor: int = 0
    language: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The order is in the house (`already`: it was before). `backordered` is how many units wait for goods, `holds` the kinds of its open holds."""

    channel: str
    external_id: str
    order_id: int
    number: str
    already: bool = False
    stage: str = ""
    backordered: int = 0
    holds: tuple[str, ...] = ()
    ship_by: dt.datetime | None = None
    deliver_by: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The order stands in quarantine. `code` is for programs, `reason` for people."""

    channel: str
    external_id: str
    code: str
    reason: str
    quarantined_id: int


# What later rooms read -----------------------------------------------------------------------------------------------------------------------------------------


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

    @property
    def units(self) -> int:
        return sum(line.live for line in self.lines)


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


# What pages show -----------------------------------------------------------------------------------------------------------------------------------------------


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
    stage: str
    held: bool
    holds: tuple[str, ...]
    units: int
    shipped: int
    total: Money
    ship_by: dt.datetime
    deliver_by: dt.datetime


@dataclass(frozen=True, slots=True)
class HoldInfo:
    """Why a fulfillment order waits (or waited). Principals as in the journal."""

    hold_id: int
    fulfillment_order_id: int
    kind: str
    note: str
    owner_role: str
    opened_at: dt.datetime
    opened_by: str
    retry_at: dt.datetime | None
    released_at: dt.datetime | None
    released_by: str


@dataclass(frozen=True, slots=True)
class PaymentEntryInfo:
    """What happened to the money."""

    at: dt.datetime
    kind: str
    amount: Money
    provider: str
    provider_ref: str
    note: str


@dataclass(frozen=True, slots=True)
class PaymentRequestInfo:
    """Money that is to be moved, or was. `state`: waiting, done, failed."""

    id: int
    order_id: int
    kind: str
    amount: Money
    provider: str
    state: str
    attempts: int
    error: str
    asked_at: dt.datetime
    next_attempt_at: dt.datetime


@dataclass(frozen=True, slots=True)
class MoneyInfo:
    """An order's money. `payment` is the state of states.PAYMENT, or `none` where it is paid elsewhere."""

    payment: str
    goods: Money
    charges: Money
    authorised: Money
    captured: Money
    refunded: Money
    entries: tuple[PaymentEntryInfo, ...]
    requests: tuple[PaymentRequestInfo, ...]

    @property
    def total(self) -> Money:
        return self.goods + self.charges

    @property
    def refundable(self) -> Money:
        """Captured, not given back, and not asked to be given back."""
        waiting = sum(r.amount.amount_minor for r in self.requests if r.kind == "refund" and r.state == "waiting")
        return Money(max(0, self.captured.amount_minor - self.refunded.amount_minor - waiting), self.captured.currency)


@dataclass(frozen=True, slots=True)
class ChangeInfo:
    """An edit or cancellation: what, by whom, why."""

    at: dt.datetime
    kind: str
    reason: str
    principal: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class OrderInfo:
    """An order with its fulfillment orders, holds, money and changes."""

    order_id: int
    number: str
    client_id: int
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


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A bad order (or line) of a feed. `payload` is personal data: shown to those who may mend it, never logged."""

    id: int
    client_id: int
    client: str
    channel: str
    external_id: str
    code: str
    reason: str
    at: dt.datetime
    resolved_at: dt.datetime | None
    resolution: str
    payload: Any = None

    @property
    def label(self) -> str:
        """What it is called: the channel's number, or its own."""
        return self.external_id or f"#{self.id}"


@dataclass(frozen=True, slots=True)
class ImportedReturnLine:
    """Goods that a file says came back: `original_line_no` is the sale's row in its file once matched."""

    sku: str
    description: str
    quantity: int
    unit_price: Decimal
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ImportedReturn:
    """A return that a file told of. `original` is the sale's external id in the same channel; empty: a blind return. `amount_minor` of lines and `fees_minor` are signed as in the file."""

    id: int
    client_id: int
    warehouse_id: int
    channel: str
    reference: str
    original: str
    original_order_id: int | None
    returned_at: dt.datetime
    currency: str
    customer_ref: str
    reason: str
    fees_minor: int
    lines: tuple[ImportedReturnLine, ...]


@dataclass(frozen=True, slots=True)
class ImportRunRow:
    """One imported file, as lists show it."""

    id: int
    client: str
    warehouse: str
    file_name: str
    format: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    lines_read: int
    accepted: int
    already: int
    quarantined: int
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class MoneyProof:
    """The books of one currency: what was captured against what was shipped, and what was given back. Orders that are paid elsewhere are left out of all of it."""

    currency: str
    shipped_value_minor: int
    charges_minor: int
    captured_minor: int
    refunded_minor: int
    authorised_minor: int
    waiting_captures_minor: int
    failed_captures_minor: int
    entries_captured_minor: int
    entries_refunded_minor: int

    @property
    def reconciled(self) -> bool:
        """Captured (with what still waits or was refused by the bank) is the shipped value and charges, and the sums are those of the entries."""
        return (
            self.captured_minor + self.waiting_captures_minor + self.failed_captures_minor == self.shipped_value_minor + self.charges_minor
            and self.entries_captured_minor == self.captured_minor
            and self.entries_refunded_minor == self.refunded_minor
        )


# Money on its way ----------------------------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WaitingPayment:
    """A payment request that a provider is to be asked. `attempts` counts this one: beyond the first its key is looked up before it is asked again."""

    request_id: int
    kind: str
    amount_minor: int
    currency: str
    key: UUID
    provider: str
    token: str
    authorisation: str
    reference: str
    attempts: int


@dataclass(frozen=True, slots=True)
class PaymentAnswer:
    """What a provider said to a payment request. `outcome` as in ground.payments.port: done, declined, expired, refused, unknown."""

    request_id: int
    outcome: str
    provider_ref: str = ""
    amount_minor: int = 0
    reason: str = ""
    expires_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ShippedOrder:
    """Goods of an order left; `journal_id` is the entry that told it."""

    order_id: int
    journal_id: int


# Changes -------------------------------------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What a cancellation did: units that are not sent, units that go back to a bin, and (SKU, units) that had left already."""

    order_id: int
    units: int
    put_back_units: int
    left: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class NotCancelled:
    """One of a list that could not be cancelled, and why."""

    order_id: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class StockCameIn:
    """More can be promised of these items in a warehouse."""

    warehouse_id: int
    item_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HoldDone:
    """The hold is opened (or was), or released."""

    fulfillment_order_id: int
    hold_id: int


@dataclass(frozen=True, slots=True)
class HoldRefused:
    """One of a list that could not be held, and why."""

    fulfillment_order_id: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Edited:
    """What of an order was changed: address, service, quantities."""

    order_id: int
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Discarded:
    """A quarantined order was set aside for good."""

    quarantined_id: int


@dataclass(frozen=True, slots=True)
class News:
    """Something that a customer should read, about a subject of which it is told once."""

    template: str
    order_id: int
    subject_kind: str
    subject_id: int
    reason: str = ""
    amount_minor: int | None = None


# Files ---------------------------------------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ImportBegun:
    """The run of a file; `ended`: it was read to its end before."""

    run_id: int
    ended: bool


@dataclass(frozen=True, slots=True)
class ImportedRecord:
    """A return, adjustment or charge as a file tells it; `detail` is JSON."""

    kind: str
    reference: str
    original: str
    at: dt.datetime
    currency: str
    amount_minor: int
    customer_ref: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FileLine:
    """A line of a file that could not be read."""

    line_no: int
    raw: str
    external_id: str
    code: str
    reason: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class FileTaken:
    """A file of orders, taken in. `report` accounts for every line (see importing.types.Report.as_dict; orders that the intake refused count as quarantined), `taken` is what the intake
    answered: accepted, already, held, backordered, quarantined orders, and new returns, adjustments, charges and items. `again`: the same file was read to its end before."""

    run_id: int | None
    again: bool
    report: dict[str, Any]
    taken: dict[str, int]


@dataclass(frozen=True, slots=True)
class ImportRunInfo:
    """An imported file with its report and what the intake answered; `ended_at` is empty while it is read."""

    row: ImportRunRow
    report: dict[str, Any]
    taken: dict[str, int]
    ended_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of orders waits: open holds by kind, fulfillment orders that wait for goods, that are late, and bad orders."""

    holds: dict[str, int]
    backordered: int
    late: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class OrderDrift:
    """Something that does not say what the rows behind it say. `kind`: promised, wanted (a line against its demand), stage, held, authorised_minor, captured_minor, refunded_minor."""

    kind: str
    order_id: int
    fulfillment_order_id: int | None
    row_id: int
    stated: str
    actual: str
