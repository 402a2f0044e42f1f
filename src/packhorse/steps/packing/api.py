"""The API of packing, at /api/v1/packing/."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from packhorse.core.web.api import Asked, Id, IdempotencyKey, Rows, asker, rows_of, scope_of
from packhorse.steps.packing import selectors, services
from packhorse.steps.packing.types import BenchOrder, Content, ParcelContent, ParcelInfo, ProposedParcel, Sealed

router = Router()

_MAX = 2**31 - 1
WeightWhy = Annotated[
    Literal["", "item_weight", "packaging", "extra", "counted"], Field(description="Why a weight more than 10 % and 50 g off what is expected is right.")
]


class BenchAsked(Asked):
    warehouse: Id | None = None


class ParcelsAsked(Asked):
    state: str | None = Field(None, max_length=20, description="sealed, labelled, loaded, handed_over or voided.")
    warehouse: Id | None = None


class Size(Schema):
    """Outer size in millimetres."""

    length_mm: int = Field(ge=1, le=_MAX)
    width_mm: int = Field(ge=1, le=_MAX)
    height_mm: int = Field(ge=1, le=_MAX)


class SealBody(Schema):
    """What goes into the parcel, by allocation (see the bench). A box of the catalogue, or the `size` of the goods' own carton."""

    fulfillment_order_id: Id
    contents: list[Content] = Field(min_length=1, max_length=10_000)
    weight_g: int = Field(ge=1, le=_MAX)
    box_id: Id | None = None
    size: Size | None = None
    station_id: Id | None = None
    basis: str = Field("chosen over the API", max_length=200)
    instead_of: Id | None = Field(None, description="The box that was proposed, where another one was taken.")
    box_why: Literal["", "too_small", "too_large", "protection", "none_left", "other"] = Field(
        "", description="Why another box was taken; later proposals learn from it."
    )
    weight_why: WeightWhy = ""


class VoidBody(Schema):
    reason: str = Field(min_length=1, max_length=200)


class WeightBody(Schema):
    weight_g: int = Field(ge=1, le=_MAX)
    why: WeightWhy = ""


class Units(Schema):
    units: int


class Weight(Schema):
    before_g: int


class ParcelPage(Schema):
    parcel: ParcelInfo
    contents: list[ParcelContent]


@router.get("/bench", response=Rows[BenchOrder])
def bench(request: HttpRequest, asked: Annotated[BenchAsked, Query(...)]) -> Any:
    """Orders that stand ready to be packed, the earliest ship-by first (up to 500)."""
    return rows_of(selectors.bench_page(scope_of(request, "see_orders"), asked.query()))


@router.get("/bench/{fulfillment_order_id}/proposal", response=list[ProposedParcel])
def proposal(request: HttpRequest, fulfillment_order_id: Id) -> Any:
    """The boxes proposed for an order at the bench: what goes where, and what else was considered."""
    return services.propose(selectors.bench_order(scope_of(request, "see_orders"), fulfillment_order_id))


@router.post("/bench/{fulfillment_order_id}/pack", response=list[Sealed])
def pack_as_is(request: HttpRequest, fulfillment_order_id: Id, key: IdempotencyKey) -> Any:
    """Pack everything that stands there as proposed."""
    actor = asker(request, "pack")
    if before := selectors.packed_before(actor, key, fulfillment_order_id):
        return before
    order = selectors.bench_order(actor.scope, fulfillment_order_id)
    parcels = [services.new_parcel(p, packed_as_is=1) for p in services.propose(order)]
    return services.pack_as_is(key=key, actor=actor, fulfillment_order_id=fulfillment_order_id, parcels=parcels, station_id=order.station_id)


@router.post("/parcels", response=Sealed)
def seal(request: HttpRequest, body: SealBody, key: IdempotencyKey) -> Any:
    """Seal a parcel."""
    size = (body.size.length_mm, body.size.width_mm, body.size.height_mm) if body.size else None
    return services.seal_parcel(
        key=key,
        actor=asker(request, "pack"),
        fulfillment_order_id=body.fulfillment_order_id,
        release_id=None,
        box_id=body.box_id,
        size_mm=size,
        contents=body.contents,
        weight_g=body.weight_g,
        reasons={"basis": body.basis},
        station_id=body.station_id,
        instead_of=body.instead_of,
        box_why=body.box_why,
        weight_why=body.weight_why,
    )


@router.get("/parcels", response=Rows[ParcelInfo])
def parcels(request: HttpRequest, asked: Annotated[ParcelsAsked, Query(...)]) -> Any:
    """Parcels, newest first."""
    return rows_of(selectors.parcel_page(scope_of(request, "see_orders"), asked.query()))


@router.get("/parcels/{parcel_id}", response=ParcelPage)
def parcel(request: HttpRequest, parcel_id: Id) -> Any:
    """One parcel with its contents."""
    scope = scope_of(request, "see_orders")
    return {"parcel": selectors.parcel(scope, parcel_id), "contents": selectors.contents(scope, [parcel_id])}


@router.post("/parcels/{parcel_id}/void", response=Units)
def void(request: HttpRequest, parcel_id: Id, body: VoidBody, key: IdempotencyKey) -> Any:
    """Open a parcel again before it leaves. The answer counts the units that stand at the bench."""
    return {"units": services.void_parcel(key=key, actor=asker(request, "pack"), parcel_id=parcel_id, reason=body.reason)}


@router.post("/parcels/{parcel_id}/weight", response=Weight)
def weigh(request: HttpRequest, parcel_id: Id, body: WeightBody, key: IdempotencyKey) -> Any:
    """Keep what the scale says of a sealed parcel; far off what is expected it wants a reason."""
    actor = asker(request, "pack")
    return {"before_g": services.weigh_parcel(key=key, actor=actor, parcel_id=parcel_id, weight_g=body.weight_g, why=body.why)}
