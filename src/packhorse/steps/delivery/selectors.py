"""Questions about deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.core.money import Money
from packhorse.steps.delivery.types import CarrierScore, ClaimInfo, DeliveryInfo, ExceptionInfo, TrackingEventInfo

_SEEN = "(%(clients)s::bigint[] IS NULL OR d.client_id = ANY(%(clients)s)) AND (%(warehouses)s::bigint[] IS NULL OR d.warehouse_id = ANY(%(warehouses)s))"


def _seen(scope: Scope) -> dict[str, Any]:
    return {
        "clients": None if scope.client_ids is None else sorted(scope.client_ids),
        "warehouses": None if scope.warehouse_ids is None else sorted(scope.warehouse_ids),
    }


_DELIVERY = """
SELECT d.id, d.client_id, d.warehouse_id, d.order_id, o.number, d.fulfillment_order_id, d.label_id, d.parcel_id, p.number, d.carrier, d.service, d.tracking_number,
       d.origin, d.destination, d.status, d.status_at, d.sent_at, d.promised_by, d.expected_by, d.delivered_at,
       (SELECT count(*) FROM delivery_deliveryexception e WHERE e.delivery_id = d.id AND e.closed_at IS NULL)
FROM delivery_delivery d JOIN orders_order o ON o.id = d.order_id LEFT JOIN packing_parcel p ON p.id = d.parcel_id
"""


def _deliveries(scope: Scope, where: str, params: dict[str, Any], tail: str = "ORDER BY d.id") -> list[DeliveryInfo]:
    return [DeliveryInfo(*row) for row in sql.rows(f"{_DELIVERY} WHERE {where} AND {_SEEN} {tail}", {**params, **_seen(scope)})]


def deliveries(
    scope: Scope, *, statuses: Sequence[str] | None = None, late: bool = False, search: str = "", before: int | None = None, limit: int = 50
) -> list[DeliveryInfo]:
    """Deliveries, newest first, with ids below `before`; in these statuses, only those past their promise, with this tracking or order number."""
    return _deliveries(
        scope,
        """(%(statuses)s::text[] IS NULL OR d.status = ANY(%(statuses)s)) AND (NOT %(late)s OR coalesce(d.delivered_at, d.expected_by) > d.promised_by)
           AND (%(search)s = '' OR d.tracking_number = %(search)s OR o.number = %(search)s) AND (%(before)s::bigint IS NULL OR d.id < %(before)s)""",
        {"statuses": None if statuses is None else list(statuses), "late": late, "search": search.strip().upper(), "before": before, "limit": limit},
        "ORDER BY d.id DESC LIMIT %(limit)s",
    )


def delivery(scope: Scope, delivery_id: int) -> DeliveryInfo:
    """One delivery.

    Raises: NotFound.
    """
    found = _deliveries(scope, "d.id = %(id)s", {"id": delivery_id})
    if not found:
        raise NotFound(kind="delivery", ref=delivery_id)
    return found[0]


def deliveries_of_orders(scope: Scope, order_ids: Sequence[int]) -> list[DeliveryInfo]:
    """All parcels of orders, out and back, oldest first."""
    return _deliveries(scope, "d.order_id = ANY(%(ids)s)", {"ids": list(order_ids)})


def deliveries_of_labels(scope: Scope, label_ids: Sequence[int]) -> list[DeliveryInfo]:
    """The deliveries of labels."""
    return _deliveries(scope, "d.label_id = ANY(%(ids)s)", {"ids": list(label_ids)})


def under_way(scope: Scope, carrier: str, *, limit: int = 5000) -> list[DeliveryInfo]:
    """Parcels of a carrier that have not arrived, oldest first."""
    return _deliveries(
        scope,
        "d.carrier = %(carrier)s AND d.status NOT IN ('delivered', 'returned', 'lost')",
        {"carrier": carrier, "limit": limit},
        "ORDER BY d.id LIMIT %(limit)s",
    )


def events(scope: Scope, delivery_ids: Sequence[int]) -> list[TrackingEventInfo]:
    """All scans of deliveries, oldest first."""
    return [
        TrackingEventInfo(*row)
        for row in sql.rows(
            f"""SELECT e.delivery_id, e.code, e.detail, e.place, e.occurred_at FROM delivery_trackingevent e JOIN delivery_delivery d ON d.id = e.delivery_id
                WHERE e.delivery_id = ANY(%(ids)s) AND {_SEEN} ORDER BY e.occurred_at, e.number""",
            {"ids": list(delivery_ids), **_seen(scope)},
        )
    ]


_EXCEPTION = """
SELECT e.id, e.delivery_id, d.order_id, o.number, e.client_id, d.carrier, d.tracking_number, e.kind, e.detail, e.owner_role, e.opened_at, e.deadline, e.closed_at, e.closed_by,
       e.resolution
FROM delivery_deliveryexception e JOIN delivery_delivery d ON d.id = e.delivery_id JOIN orders_order o ON o.id = d.order_id
"""


def exceptions(scope: Scope, *, only_open: bool = True, delivery_id: int | None = None, limit: int = 200) -> list[ExceptionInfo]:
    """Exceptions, the earliest deadline first."""
    return [
        ExceptionInfo(*row)
        for row in sql.rows(
            f"""{_EXCEPTION} WHERE (NOT %(open)s OR e.closed_at IS NULL) AND (%(delivery)s::bigint IS NULL OR e.delivery_id = %(delivery)s) AND {_SEEN}
                ORDER BY e.deadline, e.id LIMIT %(limit)s""",
            {"open": only_open, "delivery": delivery_id, "limit": limit, **_seen(scope)},
        )
    ]


def open_exceptions(scope: Scope) -> int:
    """How many deliveries need somebody."""
    return int(
        sql.rows(
            f"SELECT count(*) FROM delivery_deliveryexception e JOIN delivery_delivery d ON d.id = e.delivery_id WHERE e.closed_at IS NULL AND {_SEEN}",
            _seen(scope),
        )[0][0]
    )


def claims(scope: Scope, *, delivery_id: int | None = None, limit: int = 200) -> list[ClaimInfo]:
    """Claims, open ones first, then by deadline."""
    return [
        ClaimInfo(*(*row[:9], Money(row[9], row[11]), Money(row[10], row[11]), *row[12:]))
        for row in sql.rows(
            f"""SELECT c.id, c.delivery_id, d.order_id, o.number, c.client_id, d.carrier, d.tracking_number, c.kind, c.state, c.asked_minor, c.paid_minor, c.currency, c.note,
                       c.found_at, c.deadline, c.settled_at
                FROM delivery_claim c JOIN delivery_delivery d ON d.id = c.delivery_id JOIN orders_order o ON o.id = d.order_id
                WHERE (%(delivery)s::bigint IS NULL OR c.delivery_id = %(delivery)s) AND {_SEEN} ORDER BY c.settled_at NULLS FIRST, c.deadline, c.id LIMIT %(limit)s""",
            {"delivery": delivery_id, "limit": limit, **_seen(scope)},
        )
    ]


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
                WHERE d.parcel_id IS NOT NULL AND d.status IN ('delivered', 'lost', 'returned') AND {_SEEN} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
            _seen(scope),
        )
    ]
