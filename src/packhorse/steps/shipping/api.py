"""The API of shipping, at /api/v1/shipping/."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import uuid5

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from packhorse.core.web.api import Asked, Id, IdempotencyKey, Rows, asker, rows_of, scope_of
from packhorse.steps.shipping import selectors, services
from packhorse.steps.shipping.types import HandedOver, LabelInfo, LabelRow, Loaded, ManifestInfo, ParcelRow, ShipmentInfo

router = Router()

#: Up to so many labels are bought before the answer; the rest is bought by the house within the minute.
_AT_ONCE = 100


class ParcelsAsked(Asked):
    shelf: str | None = Field(None, max_length=20, description="waiting, failed, print, ready or here.")
    warehouse: Id | None = None
    carrier: str | None = Field(None, max_length=60)


class LabelsAsked(Asked):
    state: list[str] | None = Field(None, max_length=20)
    carrier: str | None = Field(None, max_length=60)
    way: str | None = Field(None, max_length=10, description="out or back.")
    manifest: Id | None = None


class ShipmentsAsked(Asked):
    carrier: str | None = Field(None, max_length=60)
    warehouse: Id | None = None


class ManifestsAsked(Asked):
    carrier: str | None = Field(None, max_length=60)
    state: str | None = Field(None, max_length=20, description="closing or handed_over.")
    warehouse: Id | None = None


class LabelsWanted(Schema):
    parcel_ids: list[Id] = Field(..., min_length=1, max_length=1000)


class ManifestWanted(Schema):
    warehouse_id: Id
    carrier: str = Field(..., min_length=1, max_length=60)
    label_ids: list[Id] | None = Field(None, max_length=10_000, description="Only these; without it, all that stand ready.")


class LoadWanted(Schema):
    warehouse_id: Id
    carrier: str = Field(..., min_length=1, max_length=60)
    scanned: str = Field(..., min_length=1, max_length=200, description="A tracking number, a parcel's number or its SSCC.")


@router.get("/parcels", response=Rows[ParcelRow])
def parcels(request: HttpRequest, asked: Annotated[ParcelsAsked, Query(...)]) -> dict[str, Any]:
    """Parcels that have not left, the most urgent first, each with its label."""
    return rows_of(selectors.parcels(query=asked.query(), scope=scope_of(request, "see_orders")))


@router.get("/labels", response=Rows[LabelRow])
def labels(request: HttpRequest, asked: Annotated[LabelsAsked, Query(...)]) -> dict[str, Any]:
    """Labels, newest first. Search: tracking, parcel or order number."""
    return rows_of(selectors.labels(query=asked.query(), scope=scope_of(request, "see_orders")))


@router.post("/labels", response=list[ParcelRow])
def buy_labels(request: HttpRequest, body: LabelsWanted, key: IdempotencyKey) -> list[ParcelRow]:
    """Choose a service for up to a thousand sealed parcels and buy their labels: the cheapest that keeps the promise. Answers the parcels with their labels.

    Up to a hundred are bought before the answer; more are *requested* and bought within the minute. A parcel that has a label keeps it.
    """
    actor = asker(request, "ship")
    labels: list[int] = []
    for warehouse_id, mine in selectors.warehouses_of(actor.scope, body.parcel_ids).items():
        labels += services.choose_services(key=uuid5(key, str(warehouse_id)), actor=actor, warehouse_id=warehouse_id, parcel_ids=mine, limit=len(mine))
    services.buy_labels(actor=actor, label_ids=labels[:_AT_ONCE])
    return selectors.parcels_by_id(actor.scope, body.parcel_ids)


@router.get("/labels/{label_id}", response=LabelInfo)
def label(request: HttpRequest, label_id: Id) -> LabelInfo:
    """One label; its documents are under /api/v1/files/{id}/content."""
    return selectors.label(scope_of(request, "see_orders"), label_id)


@router.post("/labels/{label_id}/void", response=LabelInfo)
def void_label(request: HttpRequest, label_id: Id, key: IdempotencyKey) -> LabelInfo:
    """Give a label back before its parcel leaves. The carrier is asked at once; until it answers the state is *void_asked*."""
    actor = asker(request, "ship")
    services.ask_void(key=key, actor=actor, label_id=label_id)
    services.void_labels(actor=actor, label_ids=[label_id])
    return selectors.label(actor.scope, label_id)


@router.post("/labels/{label_id}/retry", response=LabelInfo)
def retry_label(request: HttpRequest, label_id: Id, key: IdempotencyKey) -> LabelInfo:
    """Ask the carrier again for a label that it refused."""
    actor = asker(request, "ship")
    services.retry_label(key=key, actor=actor, label_id=label_id)
    services.buy_labels(actor=actor, label_ids=[label_id])
    return selectors.label(actor.scope, label_id)


@router.get("/shipments", response=Rows[ShipmentInfo])
def shipments(request: HttpRequest, asked: Annotated[ShipmentsAsked, Query(...)]) -> dict[str, Any]:
    """Shipments, newest first, each with the services that were considered and why they lost."""
    return rows_of(selectors.shipments(query=asked.query(), scope=scope_of(request, "see_orders")))


@router.get("/shipments/{shipment_id}", response=ShipmentInfo)
def shipment(request: HttpRequest, shipment_id: Id) -> ShipmentInfo:
    """One shipment."""
    return selectors.shipment(scope_of(request, "see_orders"), shipment_id)


@router.post("/loads", response=Loaded)
def load(request: HttpRequest, body: LoadWanted, key: IdempotencyKey) -> Loaded:
    """A parcel was scanned onto a carrier's truck."""
    actor = asker(request, "manifest")
    return services.load_parcel(key=key, actor=actor, warehouse_id=body.warehouse_id, carrier=body.carrier, scanned=body.scanned)


@router.get("/manifests", response=Rows[ManifestInfo])
def manifests(request: HttpRequest, asked: Annotated[ManifestsAsked, Query(...)]) -> dict[str, Any]:
    """Manifests, newest first."""
    return rows_of(selectors.manifests(query=asked.query(), scope=scope_of(request, "manifest")))


@router.post("/manifests", response=HandedOver)
def close_manifest(request: HttpRequest, body: ManifestWanted, key: IdempotencyKey) -> HandedOver:
    """A carrier takes parcels over: the goods leave stock, orders are shipped, customers are told. Where the carrier did not answer, repeat with the same key."""
    actor = asker(request, "manifest")
    return services.close_manifest(key=key, actor=actor, warehouse_id=body.warehouse_id, carrier=body.carrier, label_ids=body.label_ids)


@router.get("/manifests/{manifest_id}", response=ManifestInfo)
def manifest(request: HttpRequest, manifest_id: Id) -> ManifestInfo:
    """One manifest."""
    return selectors.manifest(scope_of(request, "manifest"), manifest_id)
