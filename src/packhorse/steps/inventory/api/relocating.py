"""Pick faces, and goods that go to another place of the same warehouse."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from packhorse.core.web.api import Asked, Id, IdempotencyKey, Rows, asker, rows_of, scope_of
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.types import NewPickFace, PickFaceInfo, RelocationInfo

router = Router()
_MOST = 1000


class RelocationsAsked(Asked):
    state: str | None = Field(None, max_length=20, description="A state, or `open`.")
    reason: str | None = Field(None, max_length=20, description="minimum, orders or slotting.")
    warehouse: Id | None = None
    item: Id | None = None


@router.get("/relocations", response=Rows[RelocationInfo])
def relocations(request: HttpRequest, asked: Annotated[RelocationsAsked, Query(...)]) -> dict[str, Any]:
    """Goods that go to another place of their warehouse, newest first: why, and by when."""
    return rows_of(selectors.relocations(scope_of(request, "see_stock"), asked.query()))


class ReplenishBody(Schema):
    warehouse_id: Id
    today: dt.date = Field(..., description="The warehouse's date: shelf lives are counted from it.")


@router.post("/relocations/replenish", response=list[int])
def replenish(request: HttpRequest, body: ReplenishBody, key: IdempotencyKey) -> list[int]:
    """Look at the pick faces now, not in five minutes. Answers the ids of what was raised."""
    return services.replenish(key=key, actor=asker(request, "put_away"), warehouse_id=body.warehouse_id, today=body.today)


@router.get("/relocations/{relocation_id}", response=RelocationInfo)
def relocation(request: HttpRequest, relocation_id: Id) -> RelocationInfo:
    """One of them."""
    return selectors.relocation(scope_of(request, "see_stock"), relocation_id)


class BroughtBody(Schema):
    source_id: Id = Field(..., description="Where the goods were taken, as scanned.")
    target_id: Id = Field(..., description="Where they lie now, as scanned.")
    quantity: int = Field(..., ge=1, le=10**12)


class LeftAnswer(Schema):
    left: int


@router.post("/relocations/{relocation_id}/claim", response=RelocationInfo)
def claim(request: HttpRequest, relocation_id: Id, key: IdempotencyKey) -> RelocationInfo:
    """Take one in hand. After ten minutes without a scan somebody else may."""
    actor = asker(request, "put_away")
    services.claim_relocation(key=key, actor=actor, relocation_id=relocation_id)
    return selectors.relocation(actor.scope, relocation_id)


@router.post("/relocations/{relocation_id}/brought", response=LeftAnswer)
def brought(request: HttpRequest, relocation_id: Id, body: BroughtBody, key: IdempotencyKey) -> dict[str, int]:
    """The goods lie in their new place, all of them or a part."""
    actor = asker(request, "put_away")
    return {
        "left": services.relocate(key=key, actor=actor, relocation_id=relocation_id, source_id=body.source_id, target_id=body.target_id, quantity=body.quantity)
    }


class FaceBody(Schema):
    item_id: Id
    location_id: Id
    minimum: int = Field(0, ge=0, le=10**12)
    maximum: int | None = Field(None, ge=1, le=10**12, description="Empty: not a pick face any more.")


class FacesBody(Schema):
    warehouse_id: Id
    faces: list[FaceBody] = Field(..., min_length=1, max_length=_MOST)


class FacesAsked(Asked):
    warehouse: Id | None = None
    item: Id | None = None


@router.get("/pick-faces", response=Rows[PickFaceInfo])
def pick_faces(request: HttpRequest, asked: Annotated[FacesAsked, Query(...)]) -> dict[str, Any]:
    """Pick faces by place: minimum and maximum, what lies there, is on its way, and lies in reserve."""
    return rows_of(selectors.pick_faces(scope_of(request, "see_stock"), asked.query()))


class CountAnswer(Schema):
    n: int


@router.post("/pick-faces", response=CountAnswer)
def set_pick_faces(request: HttpRequest, body: FacesBody, key: IdempotencyKey) -> dict[str, int]:
    """Set, change or take away up to a thousand pick faces. All or none."""
    faces = [NewPickFace(f.item_id, f.location_id, f.minimum, f.maximum) for f in body.faces]
    return {"n": services.set_pick_faces(key=key, actor=asker(request, "manage_settings"), warehouse_id=body.warehouse_id, faces=faces)}
