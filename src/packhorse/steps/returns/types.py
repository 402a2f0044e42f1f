"""What returns are asked with and answer in. Amounts in minor units of `currency`, quantities in base units of the item, times in UTC."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from packhorse.core.money import Money

# What comes in -------------------------------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PolicyTerms:
    """The terms of returns. `label_paid_by`: merchant (a label is sent) or customer. `refund_charges`: whole (delivery is refunded when all comes back) or never.

    `review_above_minor`: returns worth more wait for a person. `final_sale`: SKUs that do not come back unless it is our fault.
    """

    window_days: int = 30
    label_paid_by: str = "merchant"
    fee_minor: int = 0
    refund_charges: str = "whole"
    review_above_minor: int | None = None
    send_within_days: int = 30
    final_sale: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedLine:
    """So many units of an order line (by its demand) are to come back, and why (a code of policy.REASONS)."""

    demand_id: int
    quantity: int
    reason: str
    photo_id: int | None = None


@dataclass(frozen=True, slots=True)
class AskedKit:
    """So many whole kits of an order are to come back, and why: as many of each component as are in them."""

    kit_id: int
    quantity: int
    reason: str


@dataclass(frozen=True, slots=True)
class NewReturn:
    """A return as it is asked for, by lines, by kits as they were bought, or both. `wants`: refund or exchange. `external_id` names it in the system it comes from, once per client."""

    order_id: int
    lines: tuple[AskedLine, ...]
    wants: str = "refund"
    external_id: str = ""
    kits: tuple[AskedKit, ...] = ()


@dataclass(frozen=True, slots=True)
class NotRequested:
    """One of a list that could not be asked for, and why. `code` is for programs, `reason` for people. `link`: the page of what blocks it, where there is one."""

    order_id: int
    external_id: str
    code: str
    reason: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """What lay in the parcel: so much of an item (a kit: all its components) (lot by its code, where it is kept by lot), damaged or not."""

    item_id: int
    quantity: int
    lot: str = ""
    damaged: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """Units of a received row after a look: grade A to D, where they go, and whether the customer is refunded for them."""

    received_id: int
    quantity: int
    grade: str
    disposition: str
    accepted: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class RefundedLine:
    """Units of an order line that are refunded without coming back."""

    demand_id: int
    quantity: int


# What is answered ----------------------------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PolicyInfo:
    """Terms of a client for a country (empty: all); `since` None: the house's own, nobody has set any."""

    client_id: int
    country: str
    terms: PolicyTerms
    since: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ReturnableLine:
    """A line of an order and how many of it can be returned now. `amount_minor` belongs to the whole order line of `ordered` units."""

    demand_id: int
    fulfillment_order_id: int
    order_id: int
    warehouse_id: int
    order_line_id: int
    item_id: int
    sku: str
    name: str
    shipped: int
    returned: int
    returnable: int
    amount_minor: int
    ordered: int


@dataclass(frozen=True, slots=True)
class ReturnableKit:
    """A kit of an order, and how many whole ones can be returned now. `components`: (order line, how many of it are in one)."""

    kit_id: int
    order_id: int
    item_id: int
    sku: str
    name: str
    returnable: int
    components: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class ReturnedKit:
    """Whole kits of a return: so many asked for, so many of them here. `components`: (item, how many of it are in one)."""

    kit_id: int
    item_id: int
    sku: str
    name: str
    quantity: int
    received: int
    components: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class RmaLineInfo:
    """A line of a return."""

    line_id: int
    demand_id: int | None
    item_id: int
    sku: str
    name: str
    quantity: int
    reason: str
    photo_id: int | None
    received: int
    accepted: int
    rejected: int
    refund_minor: int


@dataclass(frozen=True, slots=True)
class ReceivedInfo:
    """What a receipt found. `open` waits for inspection."""

    received_id: int
    line_id: int | None
    item_id: int
    sku: str
    name: str
    lot_id: int | None
    lot: str
    quantity: int
    kind: str
    inspected: int
    note: str
    by: str
    at: dt.datetime

    @property
    def open(self) -> int:
        return 0 if self.kind == "missing" else self.quantity - self.inspected


@dataclass(frozen=True, slots=True)
class InspectionInfo:
    """Units that were looked at."""

    inspection_id: int
    received_id: int
    item_id: int
    sku: str
    lot: str
    quantity: int
    grade: str
    disposition: str
    accepted: bool
    note: str
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class RefundInfo:
    """Money owed to a customer. `state`: waiting (for the order's money to come in), asked, failed (the provider refused), paid, dropped. goods − fee + charges = due."""

    refund_id: int
    rma_id: int | None
    ticket_id: int | None
    order_id: int
    currency: str
    goods_minor: int
    fee_minor: int
    charges_minor: int
    due_minor: int
    reason: str
    state: str
    opened_at: dt.datetime
    asked_at: dt.datetime | None
    paid_at: dt.datetime | None

    @property
    def due(self) -> Money:
        return Money(self.due_minor, self.currency)


@dataclass(frozen=True, slots=True)
class RmaInfo:
    """A return with everything about it. `decision` is the rule that decided, in the language of whoever asked. `order_id` None: blind. `refund_minor`: what was asked to be given back."""

    rma_id: int
    number: str
    client_id: int
    client: str
    warehouse_id: int
    warehouse: str
    order_id: int | None
    order_number: str
    state: str
    wants: str
    external_id: str
    currency: str
    decision_code: str
    decision: str
    label_paid_by: str
    fee_minor: int
    refund_minor: int
    settlement: str
    note: str
    requested_at: dt.datetime
    send_by: dt.datetime | None
    arrived_at: dt.datetime | None
    received_at: dt.datetime | None
    settled_at: dt.datetime | None
    lines: tuple[RmaLineInfo, ...]
    received: tuple[ReceivedInfo, ...]
    inspections: tuple[InspectionInfo, ...]
    refunds: tuple[RefundInfo, ...]
    kits: tuple[ReturnedKit, ...] = ()

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def to_inspect(self) -> int:
        return sum(r.open for r in self.received)

    @property
    def refund(self) -> Money:
        return Money(self.refund_minor, self.currency)

    @property
    def fee(self) -> Money:
        return Money(self.fee_minor, self.currency)


@dataclass(frozen=True, slots=True)
class RmaRow:
    """A line of the returns list."""

    id: int
    number: str
    client_id: int
    client: str
    warehouse: str
    order_id: int | None
    order_number: str
    state: str
    wants: str
    units: int
    reasons: str
    refund: Money
    requested_at: dt.datetime
    arrived_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A line of the inbox. `subject` is personal data. `refund`: what was given back for it, where the order was asked about."""

    id: int
    number: str
    client_id: int
    client: str
    order_id: int | None
    order_number: str
    kind: str
    subject: str
    state: str
    priority: str
    owner: str
    opened_at: dt.datetime
    due_at: dt.datetime
    refund: Money | None = None


@dataclass(frozen=True, slots=True)
class TicketMessageInfo:
    """What was said. Personal data."""

    message_id: int
    direction: str
    body: str
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class TicketInfo:
    """A ticket with what was said, oldest first."""

    ticket_id: int
    number: str
    client_id: int
    client: str
    order_id: int | None
    order_number: str
    kind: str
    subject: str
    state: str
    priority: str
    owner: str
    opened_at: dt.datetime
    due_at: dt.datetime
    solved_at: dt.datetime | None
    messages: tuple[TicketMessageInfo, ...]
    refunds: tuple[RefundInfo, ...]


@dataclass(frozen=True, slots=True)
class RefundProof:
    """What this step says was to be given back in one currency: for returns, and as adjustments without one; and what of it the order's books say was asked and paid."""

    currency: str
    returns_minor: int
    adjustments_minor: int
    waiting_minor: int
    requested_minor: int
    paid_minor: int

    @property
    def reconciled(self) -> bool:
        """Every refund that this step asked for stands in the order's books, once."""
        return self.returns_minor + self.adjustments_minor == self.requested_minor
