"""The API of returns and tickets."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from pydantic import AfterValidator

from packhorse.core.web.api import Asked, Id, IdempotencyKey, Rows, asker, rows_of, scope_of
from packhorse.steps.returns import selectors, services
from packhorse.steps.returns.types import (
    AskedKit,
    AskedLine,
    Judged,
    NewReturn,
    NotRequested,
    Piece,
    PolicyInfo,
    PolicyTerms,
    RefundedLine,
    RefundInfo,
    ReturnableKit,
    ReturnableLine,
    RmaInfo,
    RmaRow,
    TicketInfo,
    TicketRow,
)

router = Router()


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("a NUL cannot be stored")
    return text


Text = Annotated[str, Field(max_length=300), AfterValidator(_storable)]
Note = Annotated[str, Field(max_length=500), AfterValidator(_storable)]
Body = Annotated[str, Field(min_length=1, max_length=10_000), AfterValidator(_storable)]
Units = Annotated[int, Field(ge=1, le=10**9)]
Minor = Annotated[int, Field(ge=0, le=10**15)]
Reason = Literal["unwanted", "does_not_fit", "not_as_described", "damaged", "defective", "wrong_item", "late", "other"]


class ReturnsAsked(Asked):
    """A list of returns. `waiting`: for a decision, at the door, for inspection."""

    state: Literal["requested", "approved", "refused", "label_sent", "in_transit", "received", "inspected", "settled", "expired"] | None = None
    waiting: Literal["decide", "receive", "inspect"] | None = None
    client: Id | None = None
    order: Id | None = None
    blind: bool | None = None


class LineBody(Schema):
    demand_id: Id
    quantity: Units
    reason: Reason


class KitBody(Schema):
    kit_id: Id
    quantity: Units
    reason: Reason


class ReturnBody(Schema):
    """A return of lines of one order, of whole kits, or both. `external_id` is its name in your system: asked again, it is answered with the return that stands."""

    order_id: Id
    lines: list[LineBody] = Field(default_factory=list, max_length=1000)
    kits: list[KitBody] = Field(default_factory=list, max_length=1000, description="Whole kits, as they were bought.")
    wants: Literal["refund", "exchange"] = "refund"
    external_id: Text = ""

    def new(self) -> NewReturn:
        lines = tuple(AskedLine(line.demand_id, line.quantity, line.reason) for line in self.lines)
        kits = tuple(AskedKit(kit.kit_id, kit.quantity, kit.reason) for kit in self.kits)
        return NewReturn(self.order_id, lines, self.wants, self.external_id, kits)


class ReturnsBody(Schema):
    returns: list[ReturnBody] = Field(min_length=1, max_length=1000)


class PieceBody(Schema):
    item_id: Id
    quantity: Units
    lot: Text = ""
    damaged: bool = False
    note: Note = ""

    def piece(self) -> Piece:
        return Piece(self.item_id, self.quantity, self.lot, self.damaged, self.note)


class ReceiptBody(Schema):
    """What lay in the parcel; an empty list is an empty parcel."""

    received: list[PieceBody] = Field(max_length=1000)


class BlindBody(Schema):
    """A parcel that nobody announced."""

    client_id: Id
    warehouse_id: Id
    lines: list[PieceBody] = Field(min_length=1, max_length=1000)
    external_id: Text = ""
    note: Note = ""


class JudgedBody(Schema):
    received_id: Id
    quantity: Units
    grade: Literal["A", "B", "C", "D"]
    disposition: Literal["restock", "refurbish", "vendor", "liquidate", "donate", "scrap"]
    accepted: bool = Field(True, description="Whether the customer is refunded for them.")
    note: Note = ""


class InspectionsBody(Schema):
    inspections: list[JudgedBody] = Field(min_length=1, max_length=1000)


class NoteBody(Schema):
    note: Note = ""


class MatchBody(Schema):
    order_id: Id


class SettleBody(Schema):
    outcome: Literal["refund", "rest", "exchange", "nothing"]
    note: Note = ""


class TermsBody(Schema):
    """Terms of return, from now on; for one country or (empty) all."""

    country: Annotated[str, Field(max_length=2), AfterValidator(_storable)] = ""
    window_days: Annotated[int, Field(ge=0, le=3650)] = 30
    label_paid_by: Literal["merchant", "customer"] = "merchant"
    fee_minor: Minor = 0
    refund_charges: Literal["whole", "never"] = "whole"
    review_above_minor: Minor | None = None
    send_within_days: Annotated[int, Field(ge=1, le=365)] = 30
    final_sale: list[Text] = Field([], max_length=10_000)


class TicketsAsked(Asked):
    state: Literal["open", "waiting", "solved"] | None = None
    priority: Literal["low", "normal", "high", "urgent"] | None = None
    order: Id | None = None
    late: bool | None = None


class TicketBody(Schema):
    client_id: Id
    order_id: Id | None = None
    kind: Literal["question", "where_is_it", "lost", "damaged", "wrong_item", "return", "other"] = "question"
    priority: Literal["low", "normal", "high", "urgent"] = "normal"
    subject: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_storable)]
    body: Body
    contact: Text = Field("", description="A mail address to answer to; empty: the order's.")


class ReplyBody(Schema):
    body: Body
    solve: bool = False


class MessageBody(Schema):
    body: Body
    contact: Text = ""


class RefundLineBody(Schema):
    demand_id: Id
    quantity: Units


class RefundBody(Schema):
    """Either lines or an amount."""

    reason: Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_storable)]
    lines: list[RefundLineBody] = Field([], max_length=1000)
    amount_minor: Minor = 0


@router.get("/", response=Rows[RmaRow])
def returns(request: HttpRequest, asked: Annotated[ReturnsAsked, Query(...)]) -> object:
    """Returns, newest first."""
    return rows_of(selectors.returns(scope_of(request, "see_orders"), asked.query()))


@router.post("/", response=list[RmaInfo | NotRequested])
def request_returns(request: HttpRequest, body: ReturnsBody, key: IdempotencyKey) -> list[RmaInfo | NotRequested]:
    """Ask for returns, up to 1,000; one answer each, in order: the return with its decision, or why it could not be asked for."""
    return services.request_returns(key=key, actor=asker(request, "approve_returns"), returns=[b.new() for b in body.returns])


@router.post("/blind", response=RmaInfo)
def receive_blind(request: HttpRequest, body: BlindBody, key: IdempotencyKey) -> RmaInfo:
    """Receive a parcel that nobody announced."""
    return services.receive_blind(
        key=key,
        actor=asker(request, "receive_return"),
        client_id=body.client_id,
        warehouse_id=body.warehouse_id,
        lines=[p.piece() for p in body.lines],
        external_id=body.external_id,
        note=body.note,
    )


@router.get("/orders/{order_id}/returnable", response=list[ReturnableLine])
def returnable(request: HttpRequest, order_id: Id) -> list[ReturnableLine]:
    """The lines of an order, and how many of each can be returned now."""
    return selectors.returnable(scope_of(request, "see_orders"), [order_id])


@router.get("/orders/{order_id}/returnable-kits", response=list[ReturnableKit])
def returnable_kits(request: HttpRequest, order_id: Id) -> list[ReturnableKit]:
    """The kits of an order as they were bought, and how many whole ones can be returned now."""
    return selectors.returnable_kits(scope_of(request, "see_orders"), [order_id])


@router.get("/policies/{client_id}", response=PolicyInfo)
def policy(request: HttpRequest, client_id: Id, country: Annotated[str, Query(max_length=2)] = "") -> PolicyInfo:
    """The terms that count now for a client's customers in a country."""
    return selectors.policy(scope_of(request, "see_orders"), client_id, _plain(country))


@router.get("/policies/{client_id}/words", response=list[str])
def policy_words(request: HttpRequest, client_id: Id, country: Annotated[str, Query(max_length=2)] = "") -> list[str]:
    """The same in plain language, a sentence each."""
    return selectors.policy_words(scope_of(request, "see_orders"), client_id, _plain(country))


def _plain(country: str) -> str:
    return country.replace("\x00", "").upper()


@router.post("/policies/{client_id}", response=PolicyInfo)
def set_policy(request: HttpRequest, client_id: Id, body: TermsBody, key: IdempotencyKey) -> PolicyInfo:
    """Set a client's terms."""
    given = body.model_dump(exclude={"country", "final_sale"})
    terms = PolicyTerms(**given, final_sale=tuple(body.final_sale))
    return services.set_policy(key=key, actor=asker(request, "manage_settings"), client_id=client_id, terms=terms, country=body.country)


@router.get("/tickets/", response=Rows[TicketRow])
def tickets(request: HttpRequest, asked: Annotated[TicketsAsked, Query(...)]) -> object:
    """Tickets, the earliest deadline first."""
    return rows_of(selectors.tickets(scope_of(request, "tickets"), asked.query()))


@router.post("/tickets/", response=TicketInfo)
def open_ticket(request: HttpRequest, body: TicketBody, key: IdempotencyKey) -> TicketInfo:
    """Open a ticket."""
    return services.open_ticket(key=key, actor=asker(request, "tickets"), **body.model_dump())


@router.get("/tickets/{ticket_id}", response=TicketInfo)
def ticket(request: HttpRequest, ticket_id: Id) -> TicketInfo:
    """One ticket with what was said."""
    return selectors.ticket(scope_of(request, "tickets"), ticket_id)


@router.post("/tickets/{ticket_id}/replies", response=TicketInfo)
def reply(request: HttpRequest, ticket_id: Id, body: ReplyBody, key: IdempotencyKey) -> TicketInfo:
    """Answer the customer by mail."""
    return services.reply_ticket(key=key, actor=asker(request, "tickets"), ticket_id=ticket_id, body=body.body, solve=body.solve)


@router.post("/tickets/{ticket_id}/messages", response=TicketInfo)
def message(request: HttpRequest, ticket_id: Id, body: MessageBody, key: IdempotencyKey) -> TicketInfo:
    """The customer wrote again."""
    return services.record_message(key=key, actor=asker(request, "tickets"), ticket_id=ticket_id, body=body.body, contact=body.contact)


@router.post("/tickets/{ticket_id}/solve", response=TicketInfo)
def solve(request: HttpRequest, ticket_id: Id, key: IdempotencyKey) -> TicketInfo:
    """Nothing is left to answer."""
    return services.solve_ticket(key=key, actor=asker(request, "tickets"), ticket_id=ticket_id)


@router.post("/tickets/{ticket_id}/reopen", response=TicketInfo)
def reopen(request: HttpRequest, ticket_id: Id, key: IdempotencyKey) -> TicketInfo:
    """It was not solved after all."""
    return services.reopen_ticket(key=key, actor=asker(request, "tickets"), ticket_id=ticket_id)


@router.post("/tickets/{ticket_id}/refunds", response=RefundInfo)
def refund(request: HttpRequest, ticket_id: Id, body: RefundBody, key: IdempotencyKey) -> RefundInfo:
    """Give money back without goods coming back."""
    return services.refund_without_return(
        key=key,
        actor=asker(request, "refund"),
        ticket_id=ticket_id,
        reason=body.reason,
        lines=[RefundedLine(line.demand_id, line.quantity) for line in body.lines],
        amount_minor=body.amount_minor,
    )


@router.get("/{rma_id}", response=RmaInfo)
def one(request: HttpRequest, rma_id: Id) -> RmaInfo:
    """One return with everything about it."""
    return selectors.rma(scope_of(request, "see_orders"), rma_id)


@router.post("/{rma_id}/approve", response=RmaInfo)
def approve(request: HttpRequest, rma_id: Id, body: NoteBody, key: IdempotencyKey) -> RmaInfo:
    """Approve a return that waits for it, or that policy refused."""
    return services.approve_return(key=key, actor=asker(request, "approve_returns"), rma_id=rma_id, note=body.note)


@router.post("/{rma_id}/refuse", response=RmaInfo)
def refuse(request: HttpRequest, rma_id: Id, body: NoteBody, key: IdempotencyKey) -> RmaInfo:
    """Refuse a return before it is on its way; the customer reads the note."""
    return services.refuse_return(key=key, actor=asker(request, "approve_returns"), rma_id=rma_id, note=body.note)


@router.post("/{rma_id}/match", response=RmaInfo)
def match_return(request: HttpRequest, rma_id: Id, body: MatchBody, key: IdempotencyKey) -> RmaInfo:
    """A blind return belongs to this order after all."""
    return services.match_return(key=key, actor=asker(request, "approve_returns"), rma_id=rma_id, order_id=body.order_id)


@router.post("/{rma_id}/receipts", response=RmaInfo)
def receive(request: HttpRequest, rma_id: Id, body: ReceiptBody, key: IdempotencyKey) -> RmaInfo:
    """A return's parcel was opened and counted."""
    return services.receive_return(key=key, actor=asker(request, "receive_return"), rma_id=rma_id, received=[p.piece() for p in body.received])


@router.post("/{rma_id}/inspections", response=RmaInfo)
def inspect(request: HttpRequest, rma_id: Id, body: InspectionsBody, key: IdempotencyKey) -> RmaInfo:
    """Received units were looked at."""
    judged = [Judged(**j.model_dump()) for j in body.inspections]
    return services.inspect_return(key=key, actor=asker(request, "inspect"), rma_id=rma_id, inspections=judged)


@router.post("/{rma_id}/settle", response=RmaInfo)
def settle(request: HttpRequest, rma_id: Id, body: SettleBody, key: IdempotencyKey) -> RmaInfo:
    """Settle an inspected return by hand: an exchange, or what did not settle by itself."""
    return services.settle_return(key=key, actor=asker(request, "refund"), rma_id=rma_id, outcome=body.outcome, note=body.note)
