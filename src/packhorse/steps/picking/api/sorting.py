"""Put walls: what lies in their slots, and the sorter's work."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from packhorse.core.errors import NotFound
from packhorse.core.web.api import Id, IdempotencyKey, asker, scope_of
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.api.means import Count
from packhorse.steps.picking.types import MissingPieces, PutPieces, SlotFor, SlotRow

router = Router()


class PieceBody(Schema):
    """A piece out of a tote; `lot_id` where its item has lots or serial numbers."""

    tote_id: Id
    item_id: Id
    lot_id: Id | None = None


class PutBody(PieceBody):
    release_id: Id
    slot_id: Id
    quantity: int = Field(ge=1, le=10**9)


class ToteBody(Schema):
    tote_id: Id


@router.get("/walls/{wall_id}", response=list[SlotRow])
def slots(request: HttpRequest, wall_id: Id) -> Any:
    """The slots of a put wall and what their orders wait for; then the orders that are on their way and have no slot yet."""
    return selectors.slots(scope_of(request, "see_orders"), wall_id)


@router.post("/walls/{wall_id}/piece", response=SlotFor)
def give_slot(request: HttpRequest, wall_id: Id, body: PieceBody, key: IdempotencyKey) -> Any:
    """A piece is in the sorter's hand: which slot, and how many of it go there. An order that has no slot gets one."""
    return services.give_slot(key=key, actor=asker(request, "pick"), wall_id=wall_id, **body.dict())


@router.post("/walls/{wall_id}/put", response=PutPieces)
def put_in_slot(request: HttpRequest, wall_id: Id, body: PutBody, key: IdempotencyKey) -> Any:
    """Pieces were put into the slot of their order."""
    actor = asker(request, "pick")
    if body.slot_id not in dict(warehouses.wall(actor.scope, wall_id).slots):
        raise NotFound(kind="slot", ref=str(body.slot_id))
    return services.put_in_slot(key=key, actor=actor, **body.dict())


@router.post("/walls/{wall_id}/tote-empty", response=MissingPieces)
def tote_empty(request: HttpRequest, wall_id: Id, body: ToteBody, key: IdempotencyKey) -> Any:
    """A tote is empty: what lies in it by the books still is missing."""
    actor = asker(request, "pick")
    today = warehouses.today(actor.scope, warehouses.wall(actor.scope, wall_id).warehouse_id)
    return services.report_tote_empty(key=key, actor=actor, wall_id=wall_id, tote_id=body.tote_id, today=today)


@router.post("/slots/{slot_id}/take-out", response=Count)
def empty_slot(request: HttpRequest, slot_id: Id, body: ToteBody, key: IdempotencyKey) -> Any:
    """An order that is together goes into an empty tote; its slot is free. The answer counts its pieces."""
    return {"count": services.empty_slot(key=key, actor=asker(request, "pick"), slot_id=slot_id, tote_id=body.tote_id)}
