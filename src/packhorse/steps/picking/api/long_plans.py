"""Plans that take long."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from packhorse.core.web.api import Id, IdempotencyKey, asker, scope_of
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.types import MOST_ON_CART, LongPlan

router = Router()


class LongPlanBody(Schema):
    """As for a plan at once, with so many seconds for the search; at most 5,000 orders."""

    warehouse_id: Id
    seconds: int = Field(60, ge=1, le=services.MOST_S)
    orders_per_cart: int | None = Field(None, ge=1, le=MOST_ON_CART)
    cart_type_id: Id | None = None
    wave_id: Id | None = None
    seed: int = Field(0, ge=0, le=2**62)


class AskedPlan(Schema):
    plan_id: int


class StopPlanBody(Schema):
    """`keep`: the best plan so far becomes walks."""

    keep: bool = False


class StoppedPlan(Schema):
    """Whether it was still being worked out."""

    stopped: bool


@router.post("/plans", response=AskedPlan)
def ask(request: HttpRequest, body: LongPlanBody, key: IdempotencyKey) -> Any:
    """Have walks planned by the worker, with time. One at a time in a warehouse."""
    return {"plan_id": services.ask_long_plan(key=key, actor=asker(request, "release"), **body.dict())}


@router.get("/plans/{plan_id}", response=LongPlan)
def plan(request: HttpRequest, plan_id: Id) -> Any:
    """How far a long plan is: the share of its time that is over, and the metres of the best plan so far."""
    return selectors.long_plan(scope_of(request, "release"), plan_id)


@router.post("/plans/{plan_id}/stop", response=StoppedPlan)
def stop(request: HttpRequest, plan_id: Id, body: StopPlanBody, key: IdempotencyKey) -> Any:
    """Wait no longer for a long plan."""
    return {"stopped": services.stop_long_plan(key=key, actor=asker(request, "release"), plan_id=plan_id, keep=body.keep)}
