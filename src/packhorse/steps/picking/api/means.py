"""What picking works with: its policy, workers, carts and aisles, and what should live where."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Body, Field, Query, Router, Schema

from packhorse.core.web.api import Asked, Id, IdempotencyKey, Rows, asker, rows_of, scope_of
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.types import (
    MOST_ON_CART,
    AisleWalks,
    CartType,
    Policy,
    SlottingMoveInfo,
    Times,
    WorkerType,
)

router = Router()


class Count(Schema):
    count: int


class WorkerBody(Schema):
    warehouse_id: Id
    name: str = Field(max_length=60)
    times: Times


class CartTypeBody(Schema):
    """`volume_ml`, `load_g`: of goods, at most; null: no limit. `worker_type_id`: whose times count; null: the standard worker's."""

    warehouse_id: Id
    name: str = Field(max_length=60)
    compartments: int = Field(ge=1, le=MOST_ON_CART)
    volume_ml: int | None = Field(None, ge=1, le=10**10)
    load_g: int | None = Field(None, ge=1, le=10**10)
    worker_type_id: Id | None = None


class CartsBody(Schema):
    warehouse_id: Id
    cart_ids: list[Id] = Field(max_length=1000)
    cart_type_id: Id | None = None


@router.get("/policies/{warehouse_id}", response=Policy)
def policy(request: HttpRequest, warehouse_id: Id) -> Any:
    """How a warehouse picks: pickers, standard times, shift."""
    return selectors.policy(scope_of(request, "see_orders"), warehouse_id)


@router.post("/policies/{warehouse_id}", response=Policy)
def set_policy(request: HttpRequest, warehouse_id: Id, body: Annotated[Policy, Body(...)], key: IdempotencyKey) -> Any:
    """Set how a warehouse picks, all of it."""
    return services.set_picking_policy(key=key, actor=asker(request, "manage_settings"), warehouse_id=warehouse_id, policy=body)


@router.get("/workers/{warehouse_id}", response=list[WorkerType])
def workers(request: HttpRequest, warehouse_id: Id) -> Any:
    """Whoever picks in a warehouse with times of their own; the standard worker's are in its policy."""
    return selectors.worker_types(scope_of(request, "see_orders"), warehouse_id)


@router.post("/workers", response=WorkerType)
def set_worker(request: HttpRequest, body: WorkerBody, key: IdempotencyKey) -> Any:
    """A type of worker, new or (by its name) changed."""
    actor = asker(request, "manage_settings")
    return services.set_worker_type(key=key, actor=actor, warehouse_id=body.warehouse_id, name=body.name, times=body.times)


@router.post("/workers/{worker_type_id}/drop", response={204: None})
def drop_worker(request: HttpRequest, worker_type_id: Id, key: IdempotencyKey) -> Any:
    """Nobody picks with these times any more."""
    services.drop_worker_type(key=key, actor=asker(request, "manage_settings"), worker_type_id=worker_type_id)
    return 204, None


@router.get("/cart-types/{warehouse_id}", response=list[CartType])
def cart_types(request: HttpRequest, warehouse_id: Id) -> Any:
    """What a warehouse walks with."""
    return selectors.cart_types(scope_of(request, "see_orders"), warehouse_id)


@router.post("/cart-types", response=CartType)
def set_cart_type(request: HttpRequest, body: CartTypeBody, key: IdempotencyKey) -> Any:
    """A type of cart, new or (by its name) changed."""
    return services.set_cart_type(key=key, actor=asker(request, "manage_settings"), **body.dict())


@router.post("/cart-types/{cart_type_id}/drop", response={204: None})
def drop_cart_type(request: HttpRequest, cart_type_id: Id, key: IdempotencyKey) -> Any:
    """There are no such carts any more."""
    services.drop_cart_type(key=key, actor=asker(request, "manage_settings"), cart_type_id=cart_type_id)
    return 204, None


@router.post("/carts", response=Count)
def set_carts(request: HttpRequest, body: CartsBody, key: IdempotencyKey) -> Any:
    """These carts are of a type, or of none. The answer counts them."""
    return {"count": services.set_carts(key=key, actor=asker(request, "manage_settings"), **body.dict())}


class SlottingAsked(Asked):
    state: str | None = Field(None, max_length=20, description="proposed or accepted.")
    warehouse: Id | None = None


@router.get("/slotting", response=Rows[SlottingMoveInfo])
def slotting(request: HttpRequest, asked: Annotated[SlottingAsked, Query(...)]) -> Any:
    """What should live where, by the newest advice of each warehouse, the best first: what each move saves a day, takes once, and why."""
    return rows_of(selectors.slotting_moves(scope_of(request, "release"), asked.query()))


class AcceptBody(Schema):
    move_ids: list[Id] = Field(..., min_length=1, max_length=200)


@router.post("/slotting/accept", response=list[int])
def accept_slotting(request: HttpRequest, body: AcceptBody, key: IdempotencyKey) -> list[int]:
    """These moves are made: their goods are tasks on the floor, and the bins are their homes. All or none. Answers the ids of the relocations."""
    return services.accept_slotting(key=key, actor=asker(request, "release"), move_ids=body.move_ids)


class AisleBody(Schema):
    aisle: int | None = Field(None, ge=0, le=10_000, description="Counted from 0; empty: any aisle without a limit of its own.")
    walks: int = Field(..., ge=1, le=1000)


class AislesBody(Schema):
    limits: list[AisleBody] = Field(..., max_length=1000)


@router.get("/aisle-limits/{warehouse_id}", response=list[AisleWalks])
def aisle_limits(request: HttpRequest, warehouse_id: Id) -> Any:
    """How many walks may be in an aisle at a time. None set: no limit."""
    return selectors.aisle_limits(scope_of(request, "see_stock"), warehouse_id)


@router.post("/aisle-limits/{warehouse_id}", response=Count)
def set_aisle_limits(request: HttpRequest, warehouse_id: Id, body: AislesBody, key: IdempotencyKey) -> Any:
    """Set all of a warehouse's limits anew. The answer counts them."""
    limits = [AisleWalks(x.aisle, x.walks) for x in body.limits]
    return {"count": services.set_aisle_limits(key=key, actor=asker(request, "manage_settings"), warehouse_id=warehouse_id, limits=limits)}
