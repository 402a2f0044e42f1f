"""What goes wrong on the way, what is asked back for it, and how carriers do."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from packhorse.core import clock, sql
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.core.money import Money
from packhorse.steps.delivery.models import Claim, DeliveryException, Feedback
from packhorse.steps.delivery.selectors.deliveries import SEEN, seen
from packhorse.steps.delivery.types import CarrierScore, ClaimInfo, ExceptionInfo, FeedbackInfo

_EXCEPTION = """
SELECT e.id, e.delivery_id, d.order_id, o.number, e.client_id, d.carrier, d.tracking_number, e.kind, e.detail, e.owner_role, e.opened_at, e.deadline, e.closed_at, e.closed_by,
       e.resolution
FROM delivery_deliveryexception e JOIN delivery_delivery d ON d.id = e.delivery_id JOIN orders_order o ON o.id = d.order_id
"""


def _exceptions(scope: Scope, where: str, params: dict[str, Any], tail: str) -> list[ExceptionInfo]:
    return [ExceptionInfo(*row) for row in sql.rows(f"{_EXCEPTION} WHERE {where} AND {SEEN} {tail}", {**params, **seen(scope)})]


def exceptions(scope: Scope, query: ListQuery) -> Page[ExceptionInfo]:
    """Exceptions, the earliest deadline first. Filters: `shelf` (open, overdue, closed, all; open by itself), `kind`, `owner`, `carrier`. Search: tracking or order number."""
    rows = DeliveryException.objects.filter(**scope.filters(warehouse="warehouse_id"))
    shelf = query.one("shelf") or ("all" if query.search else "open")
    if shelf in ("open", "overdue"):
        rows = rows.filter(closed_at=None)
    if shelf == "overdue":
        rows = rows.filter(deadline__lt=clock.now())
    if shelf == "closed":
        rows = rows.filter(closed_at__isnull=False)
    for name, column in (("kind", "kind"), ("owner", "owner_role"), ("carrier", "delivery__carrier")):
        if wanted := query.many(name):
            rows = rows.filter(**{f"{column}__in": wanted})
    if query.search:
        text = query.search.upper()
        rows = rows.filter(Q(delivery__tracking_number=text) | Q(delivery__order__number=text))

    def many(found: list[DeliveryException]) -> list[ExceptionInfo]:
        infos = {i.exception_id: i for i in _exceptions(scope, "e.id = ANY(%(ids)s)", {"ids": [e.pk for e in found]}, "")}
        return [infos[e.pk] for e in found]

    return paginate(rows, query, make=lambda e: many([e])[0], many=many, sorts={"deadline": "deadline", "opened_at": "opened_at"}, default="deadline")


def exception(scope: Scope, exception_id: int) -> ExceptionInfo:
    """One exception.

    Raises: NotFound.
    """
    found = _exceptions(scope, "e.id = %(id)s", {"id": exception_id}, "")
    if not found:
        raise NotFound(kind="exception", ref=exception_id)
    return found[0]


def exceptions_of(scope: Scope, delivery_id: int) -> list[ExceptionInfo]:
    """All exceptions of a delivery, oldest first."""
    return _exceptions(scope, "e.delivery_id = %(id)s", {"id": delivery_id}, "ORDER BY e.id")


def open_exceptions(scope: Scope) -> int:
    """How many deliveries need somebody."""
    return int(
        sql.rows(
            f"SELECT count(*) FROM delivery_deliveryexception e JOIN delivery_delivery d ON d.id = e.delivery_id WHERE e.closed_at IS NULL AND {SEEN}",
            seen(scope),
        )[0][0]
    )


_CLAIM = """
SELECT c.id, c.delivery_id, d.order_id, o.number, c.client_id, d.carrier, d.tracking_number, c.kind, c.state, c.asked_minor, c.paid_minor, c.currency, c.note,
       c.found_at, c.deadline, c.settled_at
FROM delivery_claim c JOIN delivery_delivery d ON d.id = c.delivery_id JOIN orders_order o ON o.id = d.order_id
"""


def _claims(scope: Scope, where: str, params: dict[str, Any]) -> list[ClaimInfo]:
    return [
        ClaimInfo(*(*row[:9], Money(row[9], row[11]), Money(row[10], row[11]), *row[12:]))
        for row in sql.rows(f"{_CLAIM} WHERE {where} AND {SEEN} ORDER BY c.id", {**params, **seen(scope)})
    ]


def claims(scope: Scope, query: ListQuery) -> Page[ClaimInfo]:
    """Claims by deadline. Filters: `state`, `kind`, `shelf` (open, settled; all by itself). Search: tracking or order number."""
    rows = Claim.objects.filter(**scope.filters(warehouse="delivery__warehouse_id"))
    if shelf := query.one("shelf"):
        rows = rows.filter(settled_at__isnull=shelf == "open")
    for name in ("state", "kind"):
        if wanted := query.many(name):
            rows = rows.filter(**{f"{name}__in": wanted})
    if query.search:
        text = query.search.upper()
        rows = rows.filter(Q(delivery__tracking_number=text) | Q(delivery__order__number=text))

    def many(found: list[Claim]) -> list[ClaimInfo]:
        infos = {i.claim_id: i for i in _claims(scope, "c.id = ANY(%(ids)s)", {"ids": [c.pk for c in found]})}
        return [infos[c.pk] for c in found]

    return paginate(rows, query, make=lambda c: many([c])[0], many=many, sorts={"deadline": "deadline", "found_at": "found_at"}, default="deadline")


def claim(scope: Scope, claim_id: int) -> ClaimInfo:
    """One claim.

    Raises: NotFound.
    """
    found = _claims(scope, "c.id = %(id)s", {"id": claim_id})
    if not found:
        raise NotFound(kind="claim", ref=claim_id)
    return found[0]


def claims_of(scope: Scope, delivery_id: int) -> list[ClaimInfo]:
    """All claims for a delivery, oldest first."""
    return _claims(scope, "c.delivery_id = %(id)s", {"id": delivery_id})


def feedback_of(scope: Scope, order_id: int) -> FeedbackInfo | None:
    """What the customer thought of an order's delivery; None where nothing was said."""
    found = Feedback.objects.filter(order_id=order_id, **scope.filters()).first()
    return FeedbackInfo(found.score, found.comment, found.at) if found else None


def scorecard(scope: Scope) -> list[CarrierScore]:
    """Each carrier service by its own record on outbound parcels."""
    return [
        CarrierScore(carrier, service, n, on_time if n >= 20 else None, days if n >= 20 else None, troubled if n >= 20 else None, lost, cost, currency)
        for carrier, service, currency, n, on_time, days, troubled, lost, cost in sql.rows(
            f"""SELECT d.carrier, d.service, l.currency, count(*),
                       avg(CASE WHEN d.delivered_at <= d.promised_by THEN 1.0 ELSE 0.0 END)::float, avg(extract(epoch FROM d.delivered_at - d.sent_at) / 86400)::float,
                       avg(CASE WHEN EXISTS (SELECT FROM delivery_deliveryexception e WHERE e.delivery_id = d.id) THEN 1.0 ELSE 0.0 END)::float,
                       count(*) FILTER (WHERE d.status = 'lost'), sum(l.amount_minor)::bigint
                FROM delivery_delivery d JOIN shipping_label l ON l.id = d.label_id
                WHERE d.parcel_id IS NOT NULL AND d.status IN ('delivered', 'lost', 'returned') AND {SEEN} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
            seen(scope),
        )
    ]
