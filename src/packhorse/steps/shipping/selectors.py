"""Questions about shipping."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.steps.shipping.types import ConsideredRate, LabelInfo, ManifestInfo, ShipmentInfo


def _seen(scope: Scope, row: str) -> tuple[str, dict[str, Any]]:
    clause = f"(%(clients)s::bigint[] IS NULL OR {row}.client_id = ANY(%(clients)s)) AND (%(warehouses)s::bigint[] IS NULL OR {row}.warehouse_id = ANY(%(warehouses)s))"
    return clause, {
        "clients": None if scope.client_ids is None else sorted(scope.client_ids),
        "warehouses": None if scope.warehouse_ids is None else sorted(scope.warehouse_ids),
    }


_LABEL = """
SELECT l.id, l.client_id, l.warehouse_id, l.order_id, s.fulfillment_order_id, l.shipment_id, l.parcel_id, p.number, l.for_kind, l.for_id, l.state, l.key, l.carrier, l.service,
       l.tracking_number, l.amount_minor, l.currency, l.weight_g, l.length_mm, l.width_mm, l.height_mm, l.billed_g, l.expected_by, s.promised_by,
       l.pdf_id, l.zpl_id, l.slip_id, l.requested_at, l.bought_at, m.handed_over_at, l.manifest_id, l.attempts, l.error
FROM shipping_label l LEFT JOIN shipping_shipment s ON s.id = l.shipment_id LEFT JOIN packing_parcel p ON p.id = l.parcel_id
LEFT JOIN shipping_manifest m ON m.id = l.manifest_id
"""


def _labels(scope: Scope, where: str, params: dict[str, Any], tail: str = "ORDER BY l.id") -> list[LabelInfo]:
    seen, limits = _seen(scope, "l")
    return [LabelInfo(*row) for row in sql.rows(f"{_LABEL} WHERE {where} AND {seen} {tail}", {**params, **limits})]


def labels_by_id(scope: Scope, label_ids: Sequence[int]) -> list[LabelInfo]:
    """These labels, by id."""
    return _labels(scope, "l.id = ANY(%(ids)s)", {"ids": list(label_ids)})


def label(scope: Scope, label_id: int) -> LabelInfo:
    """One label.

    Raises: NotFound.
    """
    found = labels_by_id(scope, [label_id])
    if not found:
        raise NotFound(kind="label", ref=label_id)
    return found[0]


def labels_of(scope: Scope, parcel_ids: Sequence[int]) -> list[LabelInfo]:
    """All labels of parcels, voided ones too, oldest first."""
    return _labels(scope, "l.parcel_id = ANY(%(ids)s)", {"ids": list(parcel_ids)})


def labels_of_orders(scope: Scope, order_ids: Sequence[int]) -> list[LabelInfo]:
    """All labels of orders, for the way out and back, oldest first."""
    return _labels(scope, "l.order_id = ANY(%(ids)s)", {"ids": list(order_ids)})


def labels_for(scope: Scope, kind: str, ids: Sequence[int]) -> list[LabelInfo]:
    """The labels bought for rows of a later step (`returns.rma`)."""
    return _labels(scope, "l.for_kind = %(kind)s AND l.for_id = ANY(%(ids)s)", {"kind": kind, "ids": list(ids)})


def by_tracking_number(scope: Scope, numbers: Sequence[str]) -> list[LabelInfo]:
    """The labels with these tracking numbers."""
    return _labels(scope, "l.tracking_number = ANY(%(numbers)s)", {"numbers": list(numbers)})


def labels(scope: Scope, *, states: Sequence[str], warehouse_id: int | None = None, before: int | None = None, limit: int = 50) -> list[LabelInfo]:
    """Labels in these states, newest first, with ids below `before`."""
    return _labels(
        scope,
        "l.state = ANY(%(states)s) AND (%(warehouse)s::bigint IS NULL OR l.warehouse_id = %(warehouse)s) AND (%(before)s::bigint IS NULL OR l.id < %(before)s)",
        {"states": list(states), "warehouse": warehouse_id, "before": before, "limit": limit},
        "ORDER BY l.id DESC LIMIT %(limit)s",
    )


def waiting_labels(scope: Scope, now: dt.datetime, *, limit: int = 200) -> list[LabelInfo]:
    """Labels that the carrier is to be asked about now: requested, being bought for too long, of unknown outcome, or to be voided."""
    return _labels(
        scope,
        "l.state IN ('requested', 'buying', 'unknown', 'void_asked') AND l.next_attempt_at <= %(now)s",
        {"now": now, "limit": limit},
        "ORDER BY l.next_attempt_at, l.id LIMIT %(limit)s",
    )


def ready_for_manifest(scope: Scope, warehouse_id: int, carrier: str | None = None, *, limit: int = 2000) -> list[LabelInfo]:
    """Bought labels whose parcels stand at staging, oldest first: what the next truck takes."""
    return _labels(
        scope,
        """l.state = 'bought' AND l.manifest_id IS NULL AND l.parcel_id IS NOT NULL AND l.warehouse_id = %(warehouse)s
           AND (%(carrier)s::text IS NULL OR l.carrier = %(carrier)s) AND p.state IN ('labelled', 'loaded')
           AND NOT EXISTS (SELECT FROM orders_fulfillmentorder f WHERE f.id = s.fulfillment_order_id AND f.held)""",
        {"warehouse": warehouse_id, "carrier": carrier, "limit": limit},
        "ORDER BY l.id LIMIT %(limit)s",
    )


def in_transit(scope: Scope, *, carrier: str | None = None, limit: int = 5000) -> list[LabelInfo]:
    """Labels whose parcels were handed over or (returns) may come back, oldest first; delivery knows which of them have arrived."""
    return _labels(
        scope,
        "l.state = 'bought' AND (l.manifest_id IS NOT NULL OR l.for_id IS NOT NULL) AND (%(carrier)s::text IS NULL OR l.carrier = %(carrier)s)",
        {"carrier": carrier, "limit": limit},
        "ORDER BY l.id LIMIT %(limit)s",
    )


_SHIPMENT = """
SELECT s.id, s.number, s.client_id, s.warehouse_id, s.fulfillment_order_id, f.number, f.order_id, s.carrier, s.service, s.zone, s.quoted_minor, s.currency, s.promised_by,
       s.expected_by, s.rule, s.considered::text, s.chosen_at, c.parcels, c.labelled, c.handed_over
FROM shipping_shipment s JOIN orders_fulfillmentorder f ON f.id = s.fulfillment_order_id
CROSS JOIN LATERAL (SELECT count(*) AS parcels, count(*) FILTER (WHERE l.state = 'bought') AS labelled, count(*) FILTER (WHERE m.state = 'handed_over') AS handed_over
  FROM shipping_label l LEFT JOIN shipping_manifest m ON m.id = l.manifest_id WHERE l.shipment_id = s.id AND l.state NOT IN ('voided', 'refund_asked', 'refunded')) c
"""


def _shipments(scope: Scope, where: str, params: dict[str, Any], tail: str) -> list[ShipmentInfo]:
    seen, limits = _seen(scope, "s")
    return [
        ShipmentInfo(*(*row[:15], _considered(row[15]), *row[16:])) for row in sql.rows(f"{_SHIPMENT} WHERE {where} AND {seen} {tail}", {**params, **limits})
    ]


def _considered(text: str) -> tuple[ConsideredRate, ...]:
    return tuple(
        ConsideredRate(
            r["carrier"], r["service"], r["name"], r["amount_minor"], dt.datetime.fromisoformat(r["deliver_by"]) if r["deliver_by"] else None, r["outcome"]
        )
        for r in json.loads(text)
    )


def shipments(scope: Scope, *, warehouse_id: int | None = None, before: int | None = None, limit: int = 50) -> list[ShipmentInfo]:
    """Shipments, newest first, with ids below `before`."""
    return _shipments(
        scope,
        "(%(warehouse)s::bigint IS NULL OR s.warehouse_id = %(warehouse)s) AND (%(before)s::bigint IS NULL OR s.id < %(before)s)",
        {"warehouse": warehouse_id, "before": before, "limit": limit},
        "ORDER BY s.id DESC LIMIT %(limit)s",
    )


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


def manifests(scope: Scope, *, warehouse_id: int | None = None, before: int | None = None, limit: int = 50) -> list[ManifestInfo]:
    """Manifests, newest first, with ids below `before`. A manifest mixes clients: readers limited to some clients see none."""
    if scope.client_ids is not None:
        return []
    return [
        ManifestInfo(*row)
        for row in sql.rows(
            """SELECT id, warehouse_id, carrier, state, number, parcels, opened_at, handed_over_at FROM shipping_manifest
               WHERE (%(warehouse)s::bigint IS NULL OR warehouse_id = %(warehouse)s) AND (%(warehouses)s::bigint[] IS NULL OR warehouse_id = ANY(%(warehouses)s))
                 AND (%(before)s::bigint IS NULL OR id < %(before)s) ORDER BY id DESC LIMIT %(limit)s""",
            {"warehouse": warehouse_id, "warehouses": None if scope.warehouse_ids is None else sorted(scope.warehouse_ids), "before": before, "limit": limit},
        )
    ]


def manifest(scope: Scope, manifest_id: int) -> ManifestInfo:
    """One manifest.

    Raises: NotFound.
    """
    found = [m for m in manifests(scope, before=manifest_id + 1, limit=1) if m.manifest_id == manifest_id]
    if not found:
        raise NotFound(kind="manifest", ref=manifest_id)
    return found[0]


def labels_on(scope: Scope, manifest_id: int) -> list[LabelInfo]:
    """The labels on a manifest."""
    return _labels(scope, "l.manifest_id = %(id)s", {"id": manifest_id})
