"""The API of delivery, at /api/v1/delivery/."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from packhorse.core.web.api import Asked, Id, IdempotencyKey, Rows, asker, rows_of, scope_of
from packhorse.ground.carriers.types import TrackingUpdate
from packhorse.steps.delivery import selectors, services
from packhorse.steps.delivery.types import CarrierScore, ClaimInfo, DeliveryInfo, ExceptionInfo, Recorded, TrackingEventInfo

router = Router()

Code = Literal["announced", "in_transit", "out_for_delivery", "attempted", "at_point", "delivered", "exception", "returning", "returned", "lost"]
#: Text without control characters.
Words = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f]*$")]


class DeliveriesAsked(Asked):
    status: list[Code] | None = None
    way: Literal["out", "back"] | None = None
    late: bool | None = None
    trouble: bool | None = Field(None, description="Only those with an open exception.")


class ExceptionsAsked(Asked):
    shelf: Literal["open", "overdue", "closed", "all"] | None = None
    kind: list[Words] | None = None


class ClaimsAsked(Asked):
    shelf: Literal["open", "settled"] | None = None
    state: list[Words] | None = None


class Scan(Schema):
    """One scan. `number` counts a parcel's scans: the carrier's own number of it makes a repeat harmless."""

    tracking_number: Words = Field(..., min_length=1)
    number: int = Field(..., ge=0, le=2_000_000_000)
    code: Code
    detail: Words = ""
    occurred_at: dt.datetime
    place: Words = ""


class Said(Schema):
    carrier: str = Field(..., min_length=1, max_length=60, pattern=r"^[a-z0-9_-]+$")
    updates: list[Scan] = Field(..., min_length=1, max_length=1000)


class Closed(Schema):
    resolution: str = Field(..., min_length=1, max_length=500, pattern=r"^[^\x00]*$")


class ClaimWanted(Schema):
    kind: Literal["lost", "damaged", "late"]
    asked_minor: int = Field(..., ge=1, le=10**12)
    currency: str = Field(..., pattern=r"^[A-Z]{3}$", examples=["CAD"])
    note: str = Field("", max_length=1000, pattern=r"^[^\x00]*$")


class ClaimMove(Schema):
    state: Literal["evidence", "filed", "answered", "paid", "denied", "appealed"]
    paid_minor: int | None = Field(None, ge=1, le=10**12)
    note: str = Field("", max_length=1000, pattern=r"^[^\x00]*$")


@router.get("/", response=Rows[DeliveryInfo])
def deliveries(request: HttpRequest, asked: Annotated[DeliveriesAsked, Query(...)]) -> dict[str, Any]:
    """Parcels on their way, newest first. Search: tracking, parcel or order number."""
    return rows_of(selectors.deliveries(query=asked.query(), scope=scope_of(request, "see_orders")))


@router.post("/tracking", response=Recorded)
def tracking(request: HttpRequest, body: Said, key: IdempotencyKey) -> Recorded:
    """What a carrier said about up to a thousand scans, in any order and as often as it likes: each counts once and no parcel goes back. Unknown numbers are only counted."""
    updates = [
        TrackingUpdate(s.tracking_number, s.number, s.code, s.detail, s.occurred_at if s.occurred_at.tzinfo else s.occurred_at.replace(tzinfo=dt.UTC), s.place)
        for s in body.updates
    ]
    return services.record_tracking(key=key, actor=asker(request, "track"), carrier=body.carrier, updates=updates)


@router.get("/exceptions", response=Rows[ExceptionInfo])
def exceptions(request: HttpRequest, asked: Annotated[ExceptionsAsked, Query(...)]) -> dict[str, Any]:
    """Deliveries that need somebody, the earliest deadline first."""
    return rows_of(selectors.exceptions(query=asked.query(), scope=scope_of(request, "see_orders")))


@router.post("/exceptions/{exception_id}/close", response=ExceptionInfo)
def close_exception(request: HttpRequest, exception_id: Id, body: Closed, key: IdempotencyKey) -> ExceptionInfo:
    """Somebody dealt with it."""
    actor = asker(request, "track")
    services.close_exception(key=key, actor=actor, exception_id=exception_id, resolution=body.resolution)
    return selectors.exception(actor.scope, exception_id)


@router.get("/claims", response=Rows[ClaimInfo])
def claims(request: HttpRequest, asked: Annotated[ClaimsAsked, Query(...)]) -> dict[str, Any]:
    """Claims against carriers, by deadline."""
    return rows_of(selectors.claims(query=asked.query(), scope=scope_of(request, "track")))


@router.post("/claims/{claim_id}/move", response=ClaimInfo)
def move_claim(request: HttpRequest, claim_id: Id, body: ClaimMove, key: IdempotencyKey) -> ClaimInfo:
    """A claim comes a step further."""
    actor = asker(request, "track")
    services.move_claim(key=key, actor=actor, claim_id=claim_id, state=body.state, paid_minor=body.paid_minor, note=body.note)
    return selectors.claim(actor.scope, claim_id)


@router.get("/carriers", response=list[CarrierScore])
def carriers(request: HttpRequest) -> list[CarrierScore]:
    """Each carrier service by its own record; shares are null with fewer than 20 parcels."""
    return selectors.scorecard(scope_of(request, "see_orders"))


@router.get("/{delivery_id}", response=DeliveryInfo)
def delivery(request: HttpRequest, delivery_id: Id) -> DeliveryInfo:
    """One parcel on its way."""
    return selectors.delivery(scope_of(request, "see_orders"), delivery_id)


@router.get("/{delivery_id}/events", response=list[TrackingEventInfo])
def events(request: HttpRequest, delivery_id: Id) -> list[TrackingEventInfo]:
    """All scans of a parcel, oldest first."""
    scope = scope_of(request, "see_orders")
    return selectors.events(scope, [selectors.delivery(scope, delivery_id).delivery_id])


@router.post("/{delivery_id}/claims", response=ClaimInfo)
def open_claim(request: HttpRequest, delivery_id: Id, body: ClaimWanted, key: IdempotencyKey) -> ClaimInfo:
    """Ask the carrier for money: once per delivery and kind."""
    actor = asker(request, "track")
    made = services.open_claim(
        key=key, actor=actor, delivery_id=delivery_id, kind=body.kind, asked_minor=body.asked_minor, currency=body.currency, note=body.note
    )
    return selectors.claim(actor.scope, made)
