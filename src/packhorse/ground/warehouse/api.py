"""The API of warehouses."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from packhorse.core.web.api import Asked, Id, IdempotencyKey, ListAsked, Rows, asker, rows_of, scope_of
from packhorse.ground.warehouse import selectors, services
from packhorse.ground.warehouse.types import (
    Address,
    CutOffInfo,
    FloorPlan,
    FloorZone,
    LaidOut,
    LineAnswer,
    LocationInfo,
    NewFloor,
    NewLocation,
    WallInfo,
    WarehouseInfo,
)

router = Router()


class LocationsAsked(Asked):
    warehouse: int | None = Field(None, ge=1, lt=2**63)
    kind: str | None = None
    pickable: bool | None = None


class AddressBody(Schema):
    name: str = Field("", max_length=100)
    line: str = Field("", max_length=200)
    city: str = Field("", max_length=100)
    region: str = Field("", max_length=50)
    postal_code: str = Field("", max_length=20)
    country: str = Field(pattern=r"^[A-Z]{2}$")


class WarehouseBody(Schema):
    code: str
    name: str = Field(max_length=100)
    address: AddressBody
    time_zone: str = "UTC"
    level: str = "carts"
    workdays: list[int] = [1, 2, 3, 4, 5]


class FloorBody(Schema):
    """As in the floor plan: metres; aisles and cells counted from 0, cross aisles by how many cells lie before them; counts of what a floor needs."""

    aisles: int = Field(ge=1, le=1000)
    cells: int = Field(ge=1, le=1000)
    levels: int = Field(1, ge=1, le=50)
    aisle_pitch_m: float = Field(3.2, gt=0, lt=1000)
    cell_pitch_m: float = Field(1.3, gt=0, lt=1000)
    first_cell_m: float = Field(1.5, ge=0, lt=1000)
    length_m: float | None = Field(None, gt=0, lt=100_000)
    depot_aisle: int = Field(0, ge=0, le=1000)
    cross_after: list[int] = Field([], max_length=100)
    one_way_back: list[int] = Field([], max_length=1000)
    one_way_front: list[int] = Field([], max_length=1000)
    docks: int = Field(1, ge=0, le=100)
    staging: int = Field(1, ge=0, le=100)
    stations: int = Field(2, ge=0, le=500)
    carts: int = Field(4, ge=0, le=1000)
    totes: int = Field(40, ge=0, le=10_000)


class LocationBody(Schema):
    code: str
    kind: str
    pickable: bool = False
    aisle: int | None = Field(None, ge=0, le=1000)
    cell: int | None = Field(None, ge=0, le=1000)
    level: int = Field(0, ge=0, le=100)
    x_m: float | None = Field(None, gt=-100_000, lt=100_000)
    y_m: float | None = Field(None, gt=-100_000, lt=100_000)


class LocationsBody(Schema):
    locations: list[LocationBody] = Field(max_length=1000)


class FileBody(Schema):
    """The file's text, as the page takes it: the first line names the columns. `check_only`: what it would do; nothing changes."""

    content: str = Field(max_length=10_000_000)
    check_only: bool = False


class CutOffBody(Schema):
    service: str
    at: dt.time


class CutOffsBody(Schema):
    cut_offs: list[CutOffBody] = Field(max_length=100)


class ZoneBody(Schema):
    """`aisles` are counted from 0; `hand_over` is the code of the staging place or bench where totes that go on into the zone are put down."""

    code: str = Field(max_length=32)
    aisles: list[int] = Field([], max_length=1000)
    hand_over: str = Field("", max_length=32)


class ZonesBody(Schema):
    zones: list[ZoneBody] = Field(max_length=200)


class WallBody(Schema):
    code: str = Field(max_length=28)
    slots: int = Field(ge=0, le=500)


class Pickable(Schema):
    pickable: bool


class WarehouseWithFloor(Schema):
    warehouse: WarehouseInfo
    cut_offs: list[CutOffInfo]
    floor: FloorPlan | None


@router.get("/", response=Rows[WarehouseInfo])
def warehouses(request: HttpRequest, asked: ListAsked) -> dict[str, Any]:
    """Warehouses, by code."""
    return rows_of(selectors.warehouses(scope_of(request, "see_stock"), asked.query()))


@router.post("/", response=WarehouseInfo)
def create_warehouse(request: HttpRequest, body: WarehouseBody, key: IdempotencyKey) -> WarehouseInfo:
    """A new warehouse, still without places."""
    return services.create_warehouse(
        key=key,
        actor=asker(request, "manage_settings"),
        code=body.code,
        name=body.name,
        address=Address(**body.address.dict()),
        time_zone=body.time_zone,
        level=body.level,
        workdays=tuple(body.workdays),
    )


@router.get("/locations", response=Rows[LocationInfo])
def locations(request: HttpRequest, asked: Annotated[LocationsAsked, Query(...)]) -> dict[str, Any]:
    """Places, by code."""
    return rows_of(selectors.locations(scope_of(request, "see_stock"), asked.query()))


@router.get("/locations/{location_id}", response=LocationInfo)
def location(request: HttpRequest, location_id: Id) -> LocationInfo:
    """One place."""
    return selectors.location(scope_of(request, "see_stock"), location_id)


@router.post("/locations/{location_id}/pickable", response=LocationInfo)
def set_pickable(request: HttpRequest, location_id: Id, body: Pickable, key: IdempotencyKey) -> LocationInfo:
    """Let orders be picked from a bin, or no longer."""
    return services.set_pickable(key=key, actor=asker(request, "manage_settings"), location_id=location_id, pickable=body.pickable)


@router.get("/{warehouse_id}", response=WarehouseWithFloor)
def warehouse(request: HttpRequest, warehouse_id: Id) -> dict[str, Any]:
    """One warehouse with its cut-offs and floor."""
    scope = scope_of(request, "see_stock")
    found = selectors.warehouse(scope, warehouse_id)
    return {"warehouse": found, "cut_offs": selectors.cut_offs(scope, warehouse_id), "floor": selectors.layout(scope, warehouse_id)}


def _new_floor(body: FloorBody) -> NewFloor:
    tuples = {name: tuple(getattr(body, name)) for name in ("cross_after", "one_way_back", "one_way_front")}
    return NewFloor(**body.dict() | tuples)


@router.post("/{warehouse_id}/floor", response=LaidOut)
def lay_out(request: HttpRequest, warehouse_id: Id, body: FloorBody, key: IdempotencyKey) -> LaidOut:
    """Lay out the floor, or let it grow."""
    return services.lay_out(key=key, actor=asker(request, "manage_settings"), warehouse_id=warehouse_id, floor=_new_floor(body))


@router.post("/{warehouse_id}/locations", response=list[LocationInfo])
def add_locations(request: HttpRequest, warehouse_id: Id, body: LocationsBody, key: IdempotencyKey) -> list[LocationInfo]:
    """Make up to 1,000 single places; all or none."""
    wanted = [NewLocation(**place.dict()) for place in body.locations]
    return services.add_locations(key=key, actor=asker(request, "manage_settings"), warehouse_id=warehouse_id, locations=wanted)


@router.post("/{warehouse_id}/locations/import", response=list[LineAnswer])
def import_locations(request: HttpRequest, warehouse_id: Id, body: FileBody, key: IdempotencyKey) -> list[LineAnswer]:
    """Make and change places as a CSV says, up to 50,000 lines: one answer for each line, by its number."""
    actor = asker(request, "manage_settings")
    selectors.warehouse(actor.scope, warehouse_id)
    return services.import_file(key=key, actor=actor, warehouse_id=warehouse_id, content=body.content.encode(), check_only=body.check_only)


@router.put("/{warehouse_id}/cut-offs", response=list[CutOffInfo])
def set_cut_offs(request: HttpRequest, warehouse_id: Id, body: CutOffsBody, key: IdempotencyKey) -> list[CutOffInfo]:
    """The warehouse's cut-offs, all of them."""
    wanted = [CutOffInfo(c.service, c.at) for c in body.cut_offs]
    return services.set_cut_offs(key=key, actor=asker(request, "manage_settings"), warehouse_id=warehouse_id, cut_offs=wanted)


@router.get("/{warehouse_id}/zones", response=list[FloorZone])
def zones(request: HttpRequest, warehouse_id: Id) -> list[FloorZone]:
    """The zones of the floor, in the order in which a tote goes through them."""
    return selectors.zones(scope_of(request, "see_stock"), warehouse_id)


@router.put("/{warehouse_id}/zones", response=list[FloorZone])
def set_zones(request: HttpRequest, warehouse_id: Id, body: ZonesBody, key: IdempotencyKey) -> list[FloorZone]:
    """The zones of the floor, all of them. A place in another zone than its aisle is named by the import, in the column zone."""
    wanted = [FloorZone(z.code, tuple(z.aisles), z.hand_over) for z in body.zones]
    return services.set_zones(key=key, actor=asker(request, "manage_settings"), warehouse_id=warehouse_id, zones=wanted)


@router.get("/{warehouse_id}/walls", response=list[WallInfo])
def walls(request: HttpRequest, warehouse_id: Id) -> list[WallInfo]:
    """The put walls and their slots."""
    return selectors.walls(scope_of(request, "see_stock"), warehouse_id)


@router.put("/{warehouse_id}/walls", response=WallInfo)
def set_wall(request: HttpRequest, warehouse_id: Id, body: WallBody, key: IdempotencyKey) -> WallInfo:
    """A put wall with so many slots; one that is there grows."""
    return services.set_wall(key=key, actor=asker(request, "manage_settings"), warehouse_id=warehouse_id, code=body.code, slots=body.slots)
