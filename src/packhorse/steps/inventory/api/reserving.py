"""The API of reservations."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from packhorse.core.web.api import Asked, Id, IdempotencyKey, Rows, asker, rows_of, scope_of
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.types import NewReservation, ReservationRefused, ReservationRow, Reserved, ReservedLine

router = Router()


class ReservedLineBody(Schema):
    item_id: Id
    quantity: Annotated[int, Field(ge=1, le=10**7)]


class ReservationBody(Schema):
    """Goods to keep for a checkout. (`channel`, `reference`) names it, and an order hands it in by that name (`reservation`)."""

    reference: str = Field(..., min_length=1, max_length=300, pattern=r"^[^\x00]*$")
    channel: str = Field("api", min_length=1, max_length=100, pattern=r"^[^\x00]*$")
    minutes: int = Field(15, ge=1, le=1440)
    lines: list[ReservedLineBody] = Field(..., min_length=1, max_length=1000)


class ReservationsBody(Schema):
    client_id: Id
    warehouse_id: Id
    reservations: list[ReservationBody] = Field(..., min_length=1, max_length=1000)


@router.post("/reservations", response=list[Reserved | ReservationRefused])
def reserve(request: HttpRequest, body: ReservationsBody, key: IdempotencyKey) -> Any:
    """Keep goods for checkouts, each whole or not at all. One answer per reservation, in order."""
    wanted = [NewReservation(r.reference, tuple(ReservedLine(n.item_id, n.quantity) for n in r.lines), r.channel, r.minutes) for r in body.reservations]
    return services.reserve_stock(key=key, actor=asker(request, "take_orders"), client_id=body.client_id, warehouse_id=body.warehouse_id, reservations=wanted)


class ReservationsAsked(Asked):
    state: str | None = Field(None, max_length=20, description="open, accepted, released or expired.")


@router.get("/reservations", response=Rows[ReservationRow])
def reservations(request: HttpRequest, asked: Annotated[ReservationsAsked, Query(...)]) -> dict[str, Any]:
    """Reservations, newest first."""
    return rows_of(selectors.reservations(scope_of(request, "see_stock"), asked.query()))


class ReleaseBody(Schema):
    reservation_ids: list[Id] = Field(..., min_length=1, max_length=1000)


@router.post("/reservations/release", response=list[int])
def release_reservations(request: HttpRequest, body: ReleaseBody, key: IdempotencyKey) -> list[int]:
    """Checkouts were given up. Answers the reservations that were open."""
    return services.release_reservations(key=key, actor=asker(request, "take_orders"), reservation_ids=body.reservation_ids)
