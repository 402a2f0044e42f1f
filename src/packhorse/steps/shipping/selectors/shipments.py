"""Shipments: what goes together, and why this way."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.steps.shipping.models import Shipment
from packhorse.steps.shipping.selectors.labels import seen
from packhorse.steps.shipping.types import ConsideredRate, ShipmentInfo

_SHIPMENT = """
SELECT s.id, s.number, s.client_id, s.warehouse_id, s.fulfillment_order_id, f.number, f.order_id, s.carrier, s.service, s.zone, s.quoted_minor, s.currency, s.promised_by,
       s.expected_by, s.rule, s.considered::text, s.chosen_at, c.parcels, c.labelled, c.handed_over
FROM shipping_shipment s JOIN orders_fulfillmentorder f ON f.id = s.fulfillment_order_id
CROSS JOIN LATERAL (SELECT count(*) AS parcels, count(*) FILTER (WHERE l.state = 'bought') AS labelled, count(l.handed_over_at) AS handed_over
  FROM shipping_label l WHERE l.shipment_id = s.id AND l.state NOT IN ('voided', 'refund_asked', 'refunded')) c
"""


def _shipments(scope: Scope, where: str, params: dict[str, Any], tail: str) -> list[ShipmentInfo]:
    limit, limits = seen(scope, "s")
    return [
        ShipmentInfo(*(*row[:15], _considered(row[15]), *row[16:])) for row in sql.rows(f"{_SHIPMENT} WHERE {where} AND {limit} {tail}", {**params, **limits})
    ]


def _considered(text: str) -> tuple[ConsideredRate, ...]:
    return tuple(
        ConsideredRate(
            r["carrier"], r["service"], r["name"], r["amount_minor"], dt.datetime.fromisoformat(r["deliver_by"]) if r["deliver_by"] else None, r["outcome"]
        )
        for r in json.loads(text)
    )


def shipments(scope: Scope, query: ListQuery) -> Page[ShipmentInfo]:
    """Shipments, newest first. Filters: `carrier`, `service`, `warehouse`. Search: shipment or fulfillment order number."""
    rows = Shipment.objects.filter(**scope.filters(warehouse="warehouse_id"))
    for name in ("carrier", "service"):
        if wanted := query.many(name):
            rows = rows.filter(**{f"{name}__in": wanted})
    if (warehouse := query.number("warehouse")) is not None:
        rows = rows.filter(warehouse_id=warehouse)
    if query.search:
        text = query.search.upper()
        rows = rows.filter(Q(number=text) | Q(fulfillment_order__number=text))

    def many(found: list[Shipment]) -> list[ShipmentInfo]:
        infos = {i.shipment_id: i for i in _shipments(scope, "s.id = ANY(%(ids)s)", {"ids": [one.pk for one in found]}, "")}
        return [infos[one.pk] for one in found]

    return paginate(rows, query, make=lambda one: many([one])[0], many=many, sorts={"chosen_at": "chosen_at"}, default="-id")


def shipment(scope: Scope, shipment_id: int) -> ShipmentInfo:
    """One shipment.

    Raises: NotFound.
    """
    found = _shipments(scope, "s.id = %(id)s", {"id": shipment_id}, "")
    if not found:
        raise NotFound(kind="shipment", ref=shipment_id)
    return found[0]


def shipments_of(scope: Scope, fulfillment_order_ids: Sequence[int]) -> list[ShipmentInfo]:
    """The shipments of fulfillment orders, oldest first."""
    return _shipments(scope, "s.fulfillment_order_id = ANY(%(ids)s)", {"ids": list(fulfillment_order_ids)}, "ORDER BY s.id")
