"""The service desk: concerns written down, answered, solved; money given back without goods."""

from __future__ import annotations

import datetime as dt
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.states import check_transition
from packhorse.core.use_case import use_case
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.messages.queue import queue
from packhorse.ground.messages.types import NewMessage
from packhorse.steps.orders import selectors as orders
from packhorse.steps.orders.types import FulfillmentOrderInfo
from packhorse.steps.returns import records, selectors
from packhorse.steps.returns.amounts import next_units
from packhorse.steps.returns.errors import NobodyToAnswer, NothingToRefund, TooManyToReturn
from packhorse.steps.returns.events import CustomerWrote, RefundWithoutReturn, TicketAnswered, TicketOpened, TicketReopened, TicketSolved, TicketTaken
from packhorse.steps.returns.models import AdjustedLine, Ticket, TicketMessage
from packhorse.steps.returns.services.asking import authorize_asker, authorize_staff
from packhorse.steps.returns.services.settling import open_refund
from packhorse.steps.returns.states import TICKET
from packhorse.steps.returns.types import RefundedLine, RefundInfo, TicketInfo

#: Within how many hours a customer is answered.
ANSWER_WITHIN_HOURS: Final = {"low": 72, "normal": 24, "high": 8, "urgent": 2}
#: How long what customers write is kept.
RETENTION: Final = dt.timedelta(days=730)
KINDS: Final = ("question", "where_is_it", "lost", "damaged", "wrong_item", "return", "other")


def _order(order_id: int) -> FulfillmentOrderInfo:
    heads = orders.fulfillment_orders_of(EVERYTHING, [order_id])
    if not heads:
        raise NotFound(kind="order", ref=str(order_id))
    return heads[0]


def _said(ticket: Ticket, direction: str, body: str, *, subject: str = "", contact: str = "") -> TicketMessage:
    if not body.strip():
        raise Invalid(field="body", reason=_("say something"))
    here = work.current()
    return TicketMessage.objects.create(
        ticket=ticket,
        direction=direction,
        subject=subject.strip(),
        body=body.strip(),
        contact=contact.strip(),
        by=here.actor.principal,
        at=here.at,
        retain_until=here.at + RETENTION,
    )


def _about(ticket: Ticket) -> dict[str, object]:
    return {"order_id": ticket.order_id, "client_id": ticket.client_id, "ticket_id": ticket.pk, "number": ticket.number}


def _due(priority: str) -> dt.datetime:
    return work.current().at + dt.timedelta(hours=ANSWER_WITHIN_HOURS[priority])


@use_case
def open_ticket(
    *,
    key: UUID,
    actor: Actor,
    client_id: int,
    subject: str,
    body: str,
    order_id: int | None = None,
    kind: str = "question",
    priority: str = "normal",
    contact: str = "",
) -> TicketInfo:
    """A customer's concern is written down, by the customer (by link) or by whoever took the call; it is to be answered by a time that its priority sets.

    Locks: nothing (inserts).   Raises: NotAllowed, NotFound, Invalid.
    """
    authorize_asker(actor, "tickets", order_id=order_id, client_id=client_id)
    catalog.client(EVERYTHING, client_id)
    if order_id is not None and _order(order_id).client_id != client_id:
        raise NotFound(kind="order", ref=str(order_id))
    if kind not in KINDS or priority not in ANSWER_WITHIN_HOURS or not subject.strip():
        raise Invalid(field="subject", reason=_("a subject, a known kind and priority"))
    pk = sql.next_ids("returns_ticket_id_seq", 1)[0]
    ticket = Ticket.objects.create(
        pk=pk, number=f"T{pk:08d}", client_id=client_id, order_id=order_id, kind=kind, priority=priority, opened_at=work.current().at, due_at=_due(priority)
    )
    _said(ticket, "in", body, subject=subject, contact=contact)
    emit(TicketOpened(**_about(ticket), kind=kind, priority=priority))  # type: ignore[arg-type]
    return selectors.ticket(EVERYTHING, pk)


@use_case
def record_message(*, key: UUID, actor: Actor, ticket_id: int, body: str, contact: str = "") -> TicketInfo:
    """The customer wrote again: the ticket is open and has its time anew.

    Locks: ticket.   Raises: NotFound, NotAllowed, Invalid.
    """
    ticket = records.lock_ticket(ticket_id)
    authorize_asker(actor, "tickets", order_id=ticket.order_id, client_id=ticket.client_id)
    check_transition(TICKET, "ticket", ticket.state, "open", page="returns:ticket", pk=ticket.pk)
    _said(ticket, "in", body, contact=contact)
    ticket.state, ticket.solved_at, ticket.due_at = Ticket.State.OPEN, None, _due(ticket.priority)
    ticket.save(update_fields=["state", "solved_at", "due_at"])
    emit(CustomerWrote(**_about(ticket)))  # type: ignore[arg-type]
    return selectors.ticket(EVERYTHING, ticket_id)


@use_case
def reply_ticket(*, key: UUID, actor: Actor, ticket_id: int, body: str, solve: bool = False) -> TicketInfo:
    """Answer the customer by mail; the ticket waits for them, or (with `solve`) is solved.

    Locks: ticket.   Raises: NotFound, NotAllowed, WrongState, Invalid, NobodyToAnswer.
    """
    ticket = records.lock_ticket(ticket_id)
    authorize_staff(actor, "tickets", client_id=ticket.client_id)
    check_transition(TICKET, "ticket", ticket.state, "solved" if solve else "waiting", page="returns:ticket", pk=ticket.pk)
    address = orders.ship_to(EVERYTHING, [ticket.order_id]).get(ticket.order_id) if ticket.order_id is not None else None
    contact = TicketMessage.objects.filter(ticket=ticket, direction="in").exclude(contact="").order_by("-pk").values_list("contact", flat=True).first()
    recipient = contact or (address.data.email if address else "")
    if not recipient:
        raise NobodyToAnswer(number=ticket.number, ticket_id=ticket.pk)
    head = _order(ticket.order_id) if ticket.order_id is not None else None
    said = _said(ticket, "out", body)
    queue(
        [
            NewMessage(
                template="ticket_reply",
                subject=Ref("returns.ticket_message", said.pk),
                recipient=recipient,
                language=head.language if head else catalog.client(EVERYTHING, ticket.client_id).language,
                client_id=ticket.client_id,
                order_id=ticket.order_id,
                values={
                    "name": address.data.name if address else "",
                    "order_number": head.order_number if head else "",
                    "ticket_number": ticket.number,
                    "text": body.strip(),
                },
            )
        ]
    )
    ticket.state, ticket.solved_at = (Ticket.State.SOLVED, work.current().at) if solve else (Ticket.State.WAITING, None)
    ticket.owner = ticket.owner or actor.principal
    ticket.save(update_fields=["state", "solved_at", "owner"])
    emit(TicketAnswered(**_about(ticket)))  # type: ignore[arg-type]
    if solve:
        emit(TicketSolved(**_about(ticket)))  # type: ignore[arg-type]
    return selectors.ticket(EVERYTHING, ticket_id)


@use_case
def take_ticket(*, key: UUID, actor: Actor, ticket_id: int) -> TicketInfo:
    """The actor looks after the ticket from now on.

    Locks: ticket.   Raises: NotFound, NotAllowed.
    """
    ticket = records.lock_ticket(ticket_id)
    authorize_staff(actor, "tickets", client_id=ticket.client_id)
    ticket.owner = actor.principal
    ticket.save(update_fields=["owner"])
    emit(TicketTaken(**_about(ticket), owner=ticket.owner))  # type: ignore[arg-type]
    return selectors.ticket(EVERYTHING, ticket_id)


@use_case
def solve_ticket(*, key: UUID, actor: Actor, ticket_id: int) -> TicketInfo:
    """Nothing is left to answer.

    Locks: ticket.   Raises: NotFound, NotAllowed, WrongState.
    """
    ticket = records.lock_ticket(ticket_id)
    authorize_staff(actor, "tickets", client_id=ticket.client_id)
    check_transition(TICKET, "ticket", ticket.state, "solved", page="returns:ticket", pk=ticket.pk)
    ticket.state, ticket.solved_at = Ticket.State.SOLVED, work.current().at
    ticket.save(update_fields=["state", "solved_at"])
    emit(TicketSolved(**_about(ticket)))  # type: ignore[arg-type]
    return selectors.ticket(EVERYTHING, ticket_id)


@use_case
def reopen_ticket(*, key: UUID, actor: Actor, ticket_id: int) -> TicketInfo:
    """It was not solved after all; its time begins anew.

    Locks: ticket.   Raises: NotFound, NotAllowed, WrongState.
    """
    ticket = records.lock_ticket(ticket_id)
    authorize_staff(actor, "tickets", client_id=ticket.client_id)
    check_transition(TICKET, "ticket", ticket.state, "open", page="returns:ticket", pk=ticket.pk)
    ticket.state, ticket.solved_at, ticket.due_at = Ticket.State.OPEN, None, _due(ticket.priority)
    ticket.save(update_fields=["state", "solved_at", "due_at"])
    emit(TicketReopened(**_about(ticket)))  # type: ignore[arg-type]
    return selectors.ticket(EVERYTHING, ticket_id)


@use_case
def refund_without_return(*, key: UUID, actor: Actor, ticket_id: int, reason: str, lines: list[RefundedLine], amount_minor: int = 0) -> RefundInfo:
    """Give money back without goods coming back (a lost parcel, say): what was paid for some units of the ticket's order, or (with no lines) an amount.

    Units refunded so can be neither returned nor refunded again. Never more than is left of what was captured.

    Locks: ticket, order, its lines.   Raises: NotFound, NotAllowed, Invalid, TooManyToReturn, NothingToRefund, OverRefund.
    """
    ticket = records.lock_ticket(ticket_id)
    authorize_staff(actor, "refund", client_id=ticket.client_id)
    if ticket.order_id is None or not reason.strip() or bool(lines) == bool(amount_minor) or amount_minor < 0:
        raise Invalid(field="lines", reason=_("a ticket of an order, a reason, and either lines or an amount"))
    records.lock_orders([ticket.order_id])
    money = records.order_money(ticket.order_id)
    if not money.here:
        raise NothingToRefund(order_id=ticket.order_id, why=_("the order is paid elsewhere; give the money back there"))
    adjusted = _worth(ticket.order_id, lines)
    goods = sum(a.amount_minor for a in adjusted) or amount_minor
    if goods <= 0:
        raise NothingToRefund(order_id=ticket.order_id, why=_("nothing was paid for these units"))
    made = open_refund(
        ticket_id=ticket.pk, order_id=ticket.order_id, client_id=ticket.client_id, currency=_order(ticket.order_id).currency, goods_minor=goods,
        reason=reason.strip(), ask=True,
    )  # fmt: skip
    for a in adjusted:
        a.refund = made
    AdjustedLine.objects.bulk_create(adjusted)
    emit(RefundWithoutReturn(**_about(ticket), refund_id=made.pk, amount_minor=goods, currency=made.currency, reason=reason.strip()))  # type: ignore[arg-type]
    return selectors.refund(EVERYTHING, made.pk)


def _worth(order_id: int, lines: list[RefundedLine]) -> list[AdjustedLine]:
    """The units with what was paid for them; the order is locked.

    Raises: NotFound, Invalid, TooManyToReturn.
    """
    open_lines = {line.demand_id: line for line in selectors.returnable(EVERYTHING, [order_id])}
    money = records.line_money([line.demand_id for line in lines])
    given_back = {m.order_line_id: m.given_back for m in money.values()}
    found = []
    for line in lines:
        known = open_lines.get(line.demand_id)
        if known is None:
            raise NotFound(kind="order line", ref=str(line.demand_id))
        if line.quantity <= 0 or len({i.demand_id for i in lines}) < len(lines):
            raise Invalid(field="lines", reason=_("each line once, with a quantity above zero"))
        if line.quantity > known.returnable:
            raise TooManyToReturn(order_id=order_id, sku=known.sku, asked=line.quantity, left=known.returnable)
        m = money[line.demand_id]
        amount = next_units(m.amount_minor, m.ordered, given_back[m.order_line_id], line.quantity)
        given_back[m.order_line_id] += line.quantity
        found.append(AdjustedLine(demand_id=line.demand_id, quantity=line.quantity, amount_minor=amount))
    return found


@use_case
def erase_old_messages(*, key: UUID, actor: Actor, limit: int = 5000) -> int:
    """Overwrite what customers wrote where its time is over; that they wrote stays. Returns how many.

    Locks: messages.
    """
    authorize(actor, "run_system")
    return sql.run(
        """UPDATE returns_ticketmessage SET subject = '', body = '', contact = '', erased_at = %(now)s
           WHERE id IN (SELECT id FROM returns_ticketmessage WHERE erased_at IS NULL AND retain_until < %(now)s ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)""",
        {"now": work.current().at, "limit": limit},
    )
