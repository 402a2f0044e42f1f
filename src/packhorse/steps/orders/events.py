"""What orders tell."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event
from packhorse.core.money import Money


@dataclass(frozen=True, kw_only=True)
class OrderEvent(Event):
    """Something that happened to one order."""

    order_id: int
    client_id: int


@dataclass(frozen=True, kw_only=True)
class FulfillmentEvent(OrderEvent):
    """Something that happened to one fulfillment order."""

    about = ("orders.fulfillment_order", "fulfillment_order_id")

    fulfillment_order_id: int
    warehouse_id: int


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


@dataclass(frozen=True, kw_only=True)
class CancellationRequested(OrderEvent):
    """A client wants something cancelled that the floor has begun with; the house answers."""

    sentence = _("Cancellation asked for: {reason}")
    cancellation_id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class CancellationAnswered(OrderEvent):
    """What a client wanted cancelled is, or is not. `basis`: by a person, by a rule of the client, since nothing had begun, since it had left."""

    sentence = _("Cancellation {state} ({basis})")
    names = {
        "state": {"accepted": _("accepted"), "rejected": _("rejected")},
        "basis": {"person": _("by hand"), "rule": _("by the client's rule"), "untouched": _("nothing had begun"), "left": _("it had left")},
    }
    cancellation_id: int
    state: str
    basis: str


@dataclass(frozen=True, kw_only=True)
class HoldOpened(FulfillmentEvent):
    """A fulfillment order must wait."""

    sentence = _("Held: {kind}")
    hold_id: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class HoldReleased(FulfillmentEvent):
    """A reason to wait is gone."""

    sentence = _("Hold released: {kind}")
    hold_id: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class BackorderPromised(FulfillmentEvent):
    """Goods came in for units that waited."""

    sentence = _("{units} backordered units are promised now")
    units: int
    complete: bool


@dataclass(frozen=True, kw_only=True)
class MoneyEvent(OrderEvent):
    """Something that happened to an order's money, in minor units; `amount` is the same in words."""

    amount_minor: int
    currency: str
    amount: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", str(Money(self.amount_minor, self.currency)))


@dataclass(frozen=True, kw_only=True)
class PaymentAuthorised(MoneyEvent):
    """The customer's bank reserved the money."""

    sentence = _("Payment authorised: {amount}")


@dataclass(frozen=True, kw_only=True)
class PaymentDeclined(MoneyEvent):
    """The bank said no, or the capture was refused. `kind` is what was asked (authorise, capture, refund)."""

    sentence = _("Payment refused ({kind}): {reason}")
    kind: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PaymentExpired(MoneyEvent):
    """What was authorised lapsed before it was captured."""

    sentence = _("The payment's authorisation has expired: {amount}")


@dataclass(frozen=True, kw_only=True)
class PaymentCaptured(MoneyEvent):
    """Money came in."""

    sentence = _("Payment captured: {amount}")


@dataclass(frozen=True, kw_only=True)
class PaymentRefunded(MoneyEvent):
    """Money went back. `cause_kind` and `cause_id` say what for."""

    sentence = _("Refunded: {amount}")
    cause_kind: str
    cause_id: int | None


@dataclass(frozen=True, kw_only=True)
class PaymentVoided(MoneyEvent):
    """What was authorised and not needed was let go."""

    sentence = _("Authorisation let go: {amount}")


@dataclass(frozen=True, kw_only=True)
class RefundRequested(MoneyEvent):
    """Money is to go back to the customer."""

    sentence = _("Refund asked for: {amount}")
    cause_kind: str
    cause_id: int


@dataclass(frozen=True, kw_only=True)
class PaymentAsked(Event):
    """Money is to be moved at a provider: so many requests wait since this moment."""

    sentence = _("{requests} payments to be asked for")
    requests: int


@dataclass(frozen=True, kw_only=True)
class OrderEdited(OrderEvent):
    """An order was changed after it was accepted; `fields` names what."""

    sentence = _("Changed: {fields}")
    fields: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class TermsChanged(FulfillmentEvent):
    """A fulfillment order may leave in part from now on, or only whole; or goes before others."""

    sentence = _("{number} leaves {leaves} now, at priority {priority}")
    names = {"leaves": {"whole": _("whole"), "part": _("in part")}}
    number: str
    leaves: str
    priority: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class FulfillmentSplit(FulfillmentEvent):
    """A part of a fulfillment order became one of its own."""

    sentence = _("{units} units of {number} were split off as {new}")
    number: str
    new: str
    units: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class FulfillmentMerged(FulfillmentEvent):
    """A fulfillment order became part of another."""

    sentence = _("{number} with its {units} units was merged into {into}")
    number: str
    into: str
    units: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class FulfillmentMoved(FulfillmentEvent):
    """Another warehouse ships a fulfillment order from now on."""

    sentence = _("{number} moved from {source} to {target}: {promised} units promised there, {backordered} wait for goods")
    number: str
    source: str
    target: str
    promised: int
    backordered: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class OrderQuarantined(Event):
    """A bad order of a feed was set aside."""

    sentence = _("An order from {channel} was set aside: {code}")
    about = ("orders.quarantined", "quarantined_id")
    client_id: int
    channel: str
    quarantined_id: int
    code: str


@dataclass(frozen=True, kw_only=True)
class QuarantineResolved(Event):
    """A bad order was mended and taken, or discarded."""

    sentence = _("The quarantined order was dealt with: {resolution}")
    about = ("orders.quarantined", "quarantined_id")
    client_id: int
    quarantined_id: int
    resolution: str


@dataclass(frozen=True, kw_only=True)
class OrdersImported(Event):
    """A file of orders was read to its end."""

    sentence = _("{accepted} orders imported, {quarantined} set aside")
    about = ("orders.import_run", "run_id")
    client_id: int
    warehouse_id: int
    run_id: int
    accepted: int
    quarantined: int


@dataclass(frozen=True, kw_only=True)
class OrderMended(Event):
    """A figure of an order was mended: it says what its rows say again."""

    sentence = _("Mended {kind}: {stated} → {actual}")
    order_id: int
    client_id: int
    kind: str
    stated: str
    actual: str


@dataclass(frozen=True, kw_only=True)
class RecallTold(Event):
    """Those who got goods of a recalled lot were written to."""

    sentence = _("The customers of {orders} orders were told of the recall")
    about = ("inventory.lot", "lot_id")
    recall_id: int
    lot_id: int
    client_id: int
    orders: int
