"""Questions about shipping."""

from __future__ import annotations

from packhorse.steps.shipping.selectors.labels import (
    blocked_lots_in,
    by_tracking_number,
    charges,
    find,
    has_cancelled,
    in_transit,
    label,
    labels,
    labels_by_id,
    labels_for,
    labels_of,
    labels_of_orders,
    may_leave,
    ready_for_manifest,
    waiting_labels,
)
from packhorse.steps.shipping.selectors.manifests import board, closing, due_and_not_packed, handed_over, labels_on, loaded_labels, manifest, manifests
from packhorse.steps.shipping.selectors.parcels import (
    failed_count,
    parcels,
    parcels_by_id,
    parcels_without_label,
    waiting_count,
    warehouses_of,
)
from packhorse.steps.shipping.selectors.resolving import resolve
from packhorse.steps.shipping.selectors.shipments import shipment, shipments, shipments_of

__all__ = [
    "blocked_lots_in",
    "board",
    "by_tracking_number",
    "charges",
    "closing",
    "due_and_not_packed",
    "failed_count",
    "find",
    "handed_over",
    "has_cancelled",
    "in_transit",
    "label",
    "labels",
    "labels_by_id",
    "labels_for",
    "labels_of",
    "labels_of_orders",
    "labels_on",
    "loaded_labels",
    "manifest",
    "manifests",
    "may_leave",
    "parcels",
    "parcels_by_id",
    "parcels_without_label",
    "ready_for_manifest",
    "resolve",
    "shipment",
    "shipments",
    "shipments_of",
    "waiting_count",
    "waiting_labels",
    "warehouses_of",
]
