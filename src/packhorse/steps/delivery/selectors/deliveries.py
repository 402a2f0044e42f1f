"""Parcels on their way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from packhorse.core import clock, sql
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.core.refs import Ref
from packhorse.core.scan import Context, Match, Scan
from packhorse.steps.delivery.models import Delivery, DeliveryException
from packhorse.steps.delivery.states import FINAL
from packhorse.steps.delivery.types import DeliveryInfo, TrackingEventInfo

SEEN = "(%(clients)s::bigint[] IS NULL OR d.client_id = ANY(%(clients)s)) AND (%(warehouses)s::bigint[] IS NULL OR d.warehouse_id = ANY(%(warehouses)s))"


def seen(scope: Scope) -> dict[str, Any]:
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
    return [DeliveryInfo(*row) for row in sql.rows(f"{_DELIVERY} WHERE {where} AND {SEEN} {tail}", {**params, **seen(scope)})]


def deliveries(scope: Scope, query: ListQuery) -> Page[DeliveryInfo]:
    """Deliveries, newest first. Filters: `status`, `carrier`, `way` (out, back), `late` (past its promise), `trouble` (an open exception). Search: tracking, parcel or order number."""
    rows = Delivery.objects.filter(**scope.filters(warehouse="warehouse_id"))
    for name in ("status", "carrier"):
        if wanted := query.many(name):
            rows = rows.filter(**{f"{name}__in": wanted})
    if way := query.one("way"):
        rows = rows.filter(parcel__isnull=way == "back")
    if query.one("late"):
        rows = rows.filter(Q(delivered_at__gt=F("promised_by")) | Q(delivered_at=None, promised_by__lt=clock.now()) & ~Q(status__in=FINAL))
    if query.one("trouble"):
        rows = rows.filter(Exists(DeliveryException.objects.filter(delivery=OuterRef("pk"), closed_at=None)))
    if query.search:
        text = query.search.upper()
        rows = rows.filter(Q(tracking_number=text) | Q(order__number=text) | Q(parcel__number=text))

    def many(found: list[Delivery]) -> list[DeliveryInfo]:
        infos = {i.delivery_id: i for i in _deliveries(scope, "d.id = ANY(%(ids)s)", {"ids": [d.pk for d in found]})}
        return [infos[d.pk] for d in found]

    return paginate(rows, query, make=lambda d: many([d])[0], many=many, sorts={"sent_at": "sent_at", "status_at": "status_at"}, default="-id")


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
                WHERE e.delivery_id = ANY(%(ids)s) AND {SEEN} ORDER BY e.occurred_at, e.number""",
            {"ids": list(delivery_ids), **seen(scope)},
        )
    ]


def by_number(scope: Scope, text: str) -> DeliveryInfo | None:
    """The delivery with this tracking number; None where there is none."""
    found = _deliveries(scope, "d.tracking_number = %(text)s", {"text": text.strip().upper()})
    return found[0] if found else None


def resolve(scan: Scan, context: Context) -> list[Match]:
    """A delivery (`delivery.delivery`) by its tracking number. The context's scope bounds what is found."""
    found = by_number(context.scope, scan.text) if scan.is_plain else None
    return [Match(Ref("delivery.delivery", found.delivery_id), found.tracking_number, found.status)] if found else []
