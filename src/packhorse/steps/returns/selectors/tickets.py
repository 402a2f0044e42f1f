"""The service inbox."""

from __future__ import annotations

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery, Sum

from packhorse.core import clock, sql
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.core.money import Money
from packhorse.steps.returns.models import Ticket, TicketMessage
from packhorse.steps.returns.selectors.refunds import refunds_where, seen
from packhorse.steps.returns.types import TicketInfo, TicketMessageInfo, TicketRow


def _rows(scope: Scope) -> QuerySet[Ticket]:
    first = TicketMessage.objects.filter(ticket_id=OuterRef("pk")).order_by("pk").values("subject")[:1]
    return Ticket.objects.filter(**scope.filters()).select_related("client", "order").annotate(about=Subquery(first))


def _row(t: Ticket, refund: Money | None = None) -> TicketRow:
    return TicketRow(
        id=t.pk,
        number=t.number,
        client_id=t.client_id,
        client=t.client.name,
        order_id=t.order_id,
        order_number=t.order.number if t.order else "",
        kind=t.kind,
        subject=t.about or "",  # type: ignore[attr-defined]
        state=t.state,
        priority=t.priority,
        owner=t.owner,
        opened_at=t.opened_at,
        due_at=t.due_at,
        refund=refund,
    )


def tickets(scope: Scope, query: ListQuery) -> Page[TicketRow]:
    """Tickets, the earliest deadline first. Filters: `state`, `kind`, `priority`, `owner`, `order`, `late` (1). Search: ticket or order number."""
    rows = _rows(scope)
    if query.search:
        text = query.search.strip()
        rows = rows.filter(Q(number__iexact=text) | Q(order__number__iexact=text))
    for name in ("state", "kind", "priority", "owner"):
        if wanted := query.many(name):
            rows = rows.filter(**{f"{name}__in": wanted})
    if (order_id := query.number("order")) is not None:
        rows = rows.filter(order_id=order_id)
    if query.one("late") == "1":
        rows = rows.filter(due_at__lt=clock.now()).exclude(state="solved")
    return paginate(rows, query, make=_row, sorts={"due_at": "due_at", "opened_at": "opened_at", "number": "number"}, default="due_at")


def ticket(scope: Scope, ticket_id: int) -> TicketInfo:
    """One ticket with what was said.

    Raises: NotFound.
    """
    found = _rows(scope).filter(pk=ticket_id).first()
    if found is None:
        raise NotFound(kind="ticket", ref=str(ticket_id))
    row = _row(found)
    messages = TicketMessage.objects.filter(ticket=found).order_by("pk")
    return TicketInfo(
        ticket_id=row.id,
        number=row.number,
        client_id=row.client_id,
        client=row.client,
        order_id=row.order_id,
        order_number=row.order_number,
        kind=row.kind,
        subject=row.subject,
        state=row.state,
        priority=row.priority,
        owner=row.owner,
        opened_at=row.opened_at,
        due_at=row.due_at,
        solved_at=found.solved_at,
        messages=tuple(TicketMessageInfo(m.pk, m.direction, m.body, m.by, m.at) for m in messages),
        refunds=tuple(refunds_where(scope, "f.ticket_id = %(id)s", {"id": ticket_id})),
    )


def tickets_of_order(scope: Scope, order_id: int) -> list[TicketRow]:
    """The tickets of an order, oldest first, with what was given back for them."""
    given = Sum("refunds__due_minor", filter=Q(refunds__dropped_at=None))
    found = _rows(scope).filter(order_id=order_id).annotate(given=given, currency=Max("refunds__currency")).order_by("pk")
    return [_row(t, Money(t.given, t.currency) if t.given else None) for t in found]


def open_tickets(scope: Scope) -> tuple[int, int]:
    """How many tickets are to be answered, and how many of those are late."""
    clause, limits = seen(scope, "t", warehouse=False)
    row = sql.rows(
        f"SELECT count(*), count(*) FILTER (WHERE t.due_at < %(now)s) FROM returns_ticket t WHERE t.state = 'open' AND {clause}",
        {"now": clock.now(), **limits},
    )[0]
    return int(row[0]), int(row[1])
