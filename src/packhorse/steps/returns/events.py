"""What returns tell."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event
from packhorse.core.money import Money


@dataclass(frozen=True, kw_only=True)
class ReturnEvent(Event):
    """Something that happened to a return. `order_id` None: blind."""

    about = ("returns.rma", "rma_id")

    order_id: int | None
    client_id: int
    warehouse_id: int
    rma_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class ReturnRequested(ReturnEvent):
    """A customer wants to send something back."""

    sentence = _("Return {number} asked for: {units} units")
    units: int
    wants: str


@dataclass(frozen=True, kw_only=True)
class ReturnApproved(ReturnEvent):
    """The return may come. `rule` is the code of the rule that said so."""

    sentence = _("Return {number} approved")
    rule: str


@dataclass(frozen=True, kw_only=True)
class ReturnRefused(ReturnEvent):
    """The return may not come. `rule` is the code of the rule that said so."""

    sentence = _("Return {number} refused")
    rule: str


@dataclass(frozen=True, kw_only=True)
class ReturnLabelSent(ReturnEvent):
    """The customer has a label."""

    sentence = _("Label {tracking_number} for return {number} sent")
    tracking_number: str


@dataclass(frozen=True, kw_only=True)
class ReturnOnItsWay(ReturnEvent):
    """The carrier has the parcel, or it stands at our door."""

    sentence = _("Return {number} is on its way back")
    arrived: bool


@dataclass(frozen=True, kw_only=True)
class ReturnExpired(ReturnEvent):
    """Nothing came in time."""

    sentence = _("Return {number} expired: nothing came")


@dataclass(frozen=True, kw_only=True)
class ReturnReceived(ReturnEvent):
    """A parcel was opened and counted."""

    sentence = _("Return {number} received: {expected} as expected, {damaged} damaged, {extra} extra, {wrong} wrong, {missing} missing")
    expected: int
    damaged: int
    extra: int
    wrong: int
    missing: int


@dataclass(frozen=True, kw_only=True)
class ReturnMatched(ReturnEvent):
    """A blind return was matched to its order."""

    sentence = _("Return {number} matched to its order")


@dataclass(frozen=True, kw_only=True)
class UnitsInspected(ReturnEvent):
    """Returned goods were graded."""

    sentence = _("{units} × {sku} graded {grade}: {disposition}")
    item_id: int
    sku: str
    units: int
    grade: str
    disposition: str
    accepted: bool


@dataclass(frozen=True, kw_only=True)
class ReturnInspected(ReturnEvent):
    """All that came was looked at. Amounts in minor units; `amount` is what is owed, in words."""

    sentence = _("Return {number} inspected: {accepted} accepted, {rejected} not; {amount} to be given back")
    accepted: int
    rejected: int
    due_minor: int
    currency: str
    amount: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", str(Money(self.due_minor, self.currency)))


@dataclass(frozen=True, kw_only=True)
class ReturnSettled(ReturnEvent):
    """Nothing is left to do."""

    sentence = _("Return {number} settled: {outcome}")
    outcome: str


@dataclass(frozen=True, kw_only=True)
class PolicySet(Event):
    """A client's terms of return were set."""

    sentence = _("Terms of return set: {window_days} days")
    about = ("returns.policy", "policy_id")
    client_id: int
    policy_id: int
    country: str
    window_days: int


@dataclass(frozen=True, kw_only=True)
class TicketEvent(Event):
    """Something that happened to a ticket."""

    about = ("returns.ticket", "ticket_id")

    order_id: int | None
    client_id: int
    ticket_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class TicketOpened(TicketEvent):
    """A customer's concern was written down."""

    sentence = _("Ticket {number} opened ({kind}, {priority})")
    kind: str
    priority: str


@dataclass(frozen=True, kw_only=True)
class TicketAnswered(TicketEvent):
    """We wrote to the customer."""

    sentence = _("Ticket {number}: we answered")


@dataclass(frozen=True, kw_only=True)
class CustomerWrote(TicketEvent):
    """The customer wrote to us."""

    sentence = _("Ticket {number}: the customer wrote")


@dataclass(frozen=True, kw_only=True)
class TicketTaken(TicketEvent):
    """Somebody looks after the ticket."""

    sentence = _("Ticket {number} taken by {owner}")
    owner: str


@dataclass(frozen=True, kw_only=True)
class TicketSolved(TicketEvent):
    """Nothing is left to answer."""

    sentence = _("Ticket {number} solved")


@dataclass(frozen=True, kw_only=True)
class TicketReopened(TicketEvent):
    """It was not solved after all."""

    sentence = _("Ticket {number} opened again")


@dataclass(frozen=True, kw_only=True)
class RefundWithoutReturn(TicketEvent):
    """Money is given back for goods that do not come back."""

    sentence = _("{amount} refunded without a return ({reason})")
    refund_id: int
    amount_minor: int
    currency: str
    reason: str
    amount: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", str(Money(self.amount_minor, self.currency)))
