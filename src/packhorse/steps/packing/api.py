"""The API of packing, at /api/v1/packing/."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from packhorse.core.errors import NotFound
from packhorse.core.web.api import Asked, Id, IdempotencyKey, Rows, asker, rows_of, scope_of
from packhorse.ground.equipment import services as printing
from packhorse.steps.packing import selectors, services
from packhorse.steps.packing.types import (
    BenchOrder,
    Content,
    KeptAdvice,
    MaterialInfo,
    MaterialRuleInfo,
    ParcelContent,
    ParcelInfo,
    ProcedureInfo,
    ProposedParcel,
    Sealed,
)

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


class CutBox(Schema):
    """A box that a machine makes: its edges inside and (`size`, to seal with) outside, and what goes into it."""

    sending_id: int
    inner: Size
    size: Size
    contents: list[Content]
    expected_g: int


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


@router.post("/bench/{fulfillment_order_id}/box", response=CutBox)
def cut_box(
    request: HttpRequest,
    fulfillment_order_id: Id,
    key: IdempotencyKey,
    parcel: Annotated[int, Query(ge=0, le=999, description="Which of the proposed parcels.")] = 0,
) -> Any:
    """Have the box machine of the bench, else of the warehouse, cut a box to the size of a proposed load. Seal the parcel with `size` then. A machine that says no is a 409 with its reason."""
    actor = asker(request, "pack")
    order = selectors.bench_order(actor.scope, fulfillment_order_id)
    proposed = services.propose(order)
    if parcel >= len(proposed):
        raise NotFound(kind="parcel", ref=str(parcel))
    cut = services.cut_to_size(order, proposed[parcel])
    sending_id = services.ask_for_box(
        key=key, actor=actor, fulfillment_order_id=fulfillment_order_id, inner_mm=cut.inner_mm, weight_g=cut.expected_g, station_id=order.station_id
    )
    printing.make_box(sending_id)
    inner, outer = (Size(**dict(zip(("length_mm", "width_mm", "height_mm"), edges, strict=True))) for edges in (cut.inner_mm, cut.outer_mm))
    return {"sending_id": sending_id, "inner": inner, "size": outer, "contents": cut.contents, "expected_g": cut.expected_g}


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


# Packaging material, procedures, box sizes ----------------------------------------------------------------------------------------------------------------------


class MaterialsAsked(Asked):
    warehouse: Id | None = None
    kind: Literal["box", "fill", "tape", "insert", "wrap", "other"] | None = None
    low: bool | None = Field(None, description="Only what is to be ordered.")
    archived: bool | None = Field(None, description="Only what is archived.")


class ProceduresAsked(Asked):
    mark: str | None = Field(None, max_length=30)


class MaterialPage(Schema):
    """A material at each warehouse that has it, and the rules by which it goes into parcels."""

    stocks: list[MaterialInfo]
    rules: list[MaterialRuleInfo]


class CameBody(Schema):
    warehouse_id: Id
    quantity: int = Field(ge=1, lt=10**9, description="In the material's unit.")
    note: str = Field("", max_length=200)


class CountedBody(Schema):
    warehouse_id: Id
    counted: int = Field(ge=0, lt=10**9, description="What is there, in the material's unit.")
    note: str = Field("", max_length=200)


class There(Schema):
    quantity: int


class Off(Schema):
    """By how much the books were off: negative where less was there."""

    difference: int


@router.get("/materials", response=Rows[MaterialInfo])
def materials(request: HttpRequest, asked: Annotated[MaterialsAsked, Query(...)]) -> Any:
    """Packaging materials by warehouse, those to be ordered first."""
    return rows_of(selectors.material_page(scope_of(request, "see_stock"), asked.query()))


@router.get("/materials/{material_id}", response=MaterialPage)
def material(request: HttpRequest, material_id: Id) -> Any:
    """One packaging material with its stocks and rules."""
    scope = scope_of(request, "see_stock")
    return {"stocks": selectors.material(scope, material_id), "rules": selectors.rules(scope, material_id)}


@router.post("/materials/{material_id}/receive", response=There)
def receive_material(request: HttpRequest, material_id: Id, body: CameBody, key: IdempotencyKey) -> Any:
    """Some of a packaging material came. The answer says how much is there now."""
    return {"quantity": services.receive_material(key=key, actor=asker(request, "pack"), material_id=material_id, **body.model_dump())}


@router.post("/materials/{material_id}/count", response=Off)
def count_material(request: HttpRequest, material_id: Id, body: CountedBody, key: IdempotencyKey) -> Any:
    """A packaging material was counted: what is there replaces what the books say."""
    return {"difference": services.count_material(key=key, actor=asker(request, "pack"), material_id=material_id, **body.model_dump())}


@router.get("/procedures", response=Rows[ProcedureInfo])
def procedures(request: HttpRequest, asked: Annotated[ProceduresAsked, Query(...)]) -> Any:
    """How items are packed: steps, marks, photo; by SKU."""
    return rows_of(selectors.procedure_page(scope_of(request, "see_stock"), asked.query()))


@router.get("/box-advice", response=list[KeptAdvice])
def box_advice(request: HttpRequest) -> Any:
    """Which box sizes would have cost least, as last computed for each warehouse."""
    return selectors.last_advice(scope_of(request, "manage_catalog"))
