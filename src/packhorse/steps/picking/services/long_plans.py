"""Walks planned with more time than a page waits: asked for, worked out by the worker, watched and stopped."""

from __future__ import annotations

import time
from typing import Final
from uuid import UUID, uuid5

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import Invalid, NotAllowed, WrongState
from packhorse.core.events import emit
from packhorse.core.jobs import defer
from packhorse.core.use_case import use_case
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.kernels.picking.result import Progress
from packhorse.kernels.stop import Stop
from packhorse.steps.picking import records, selectors
from packhorse.steps.picking.errors import PlanUnderWay
from packhorse.steps.picking.events import LongPlanAsked, LongPlanEnded, LongPlanStopped
from packhorse.steps.picking.models import LongPlan
from packhorse.steps.picking.services.batches import record
from packhorse.steps.picking.services.planning import of_loads, reached
from packhorse.steps.picking.services.zoning import loads
from packhorse.steps.picking.types import PlannedBatch

#: Orders of one plan, and its seconds, at most.
MOST_ORDERS: Final = 5_000
MOST_S: Final = 600
TOLD_EVERY_S: Final = 0.5


@use_case
def ask_long_plan(
    *,
    key: UUID,
    actor: Actor,
    warehouse_id: int,
    seconds: int,
    orders_per_cart: int | None = None,
    cart_type_id: int | None = None,
    wave_id: int | None = None,
    seed: int = 0,
) -> int:
    """Have walks planned for the released orders that have none (those of a wave, where given; at most 5,000), with so many seconds for the search. Returns the plan's id.

    Raises: NotFound, NotAllowed (who sees some clients only), Invalid, PlanUnderWay.
    """
    warehouses.warehouse(EVERYTHING, warehouse_id)
    authorize(actor, "release", warehouse_id=warehouse_id)
    if actor.scope.client_ids is not None:
        raise NotAllowed(permission="release")
    if not 1 <= seconds <= MOST_S:
        raise Invalid(field="seconds", reason="{least} to {most}", least=1, most=MOST_S)
    selectors.means(EVERYTHING, warehouse_id, cart_type_id=cart_type_id, orders=orders_per_cart)  # refuses what is not there
    if wave_id is not None:
        selectors.wave(actor.scope, wave_id)
    records.keep_cart_type(warehouse_id, cart_type_id)
    made = sql.rows(
        """INSERT INTO picking_longplan (warehouse_id, wave_id, cart_type_id, orders_per_cart, seconds, seed, at, orders, share, metres, keep, walks)
           VALUES (%s, %s, %s, %s, %s, %s, %s, 0, 0, 0, false, 0) ON CONFLICT (warehouse_id) WHERE ended_at IS NULL AND stopped_at IS NULL DO NOTHING RETURNING id""",
        [warehouse_id, wave_id, cart_type_id, orders_per_cart, seconds, seed, work.current().at],
    )
    if not made:
        raise PlanUnderWay(plan_id=LongPlan.objects.get(warehouse_id=warehouse_id, ended_at=None, stopped_at=None).pk)
    plan_id: int = made[0][0]
    defer("picking.plan_long", plan_id=plan_id)
    emit(LongPlanAsked(warehouse_id=warehouse_id, plan_id=plan_id, seconds=seconds))
    return plan_id


@use_case
def stop_long_plan(*, key: UUID, actor: Actor, plan_id: int, keep: bool) -> bool:
    """Wait no longer: the best plan so far becomes walks (`keep`), or nothing does. Returns whether it was still being worked out: one that was stopped before stays as it was stopped.

    Locks: long plan.   Raises: NotFound, WrongState.
    """
    plan = records.lock_long_plan(plan_id)
    authorize(actor, "release", warehouse_id=plan.warehouse_id)
    if plan.ended_at is not None:
        raise WrongState(kind="long plan", state="ended", wanted="stopped", page="picking:long-plan", id=plan_id)
    if plan.stopped_at is not None:
        return False
    plan.stopped_at, plan.keep = work.current().at, keep
    plan.save(update_fields=["stopped_at", "keep"])
    emit(LongPlanStopped(warehouse_id=plan.warehouse_id, plan_id=plan_id, keep=keep))
    return True


def work_out(*, key: UUID, actor: Actor, plan_id: int) -> None:
    """Search, telling how far it is; then end it with the walks that were found."""
    plan = selectors.long_plan(EVERYTHING, plan_id)
    if plan.ended_at is not None:
        return
    means = selectors.means(EVERYTHING, plan.warehouse_id, cart_type_id=plan.cart_type_id, orders=plan.orders_per_cart)
    waiting = reached(selectors.unbatched(EVERYTHING, plan.warehouse_id, limit=MOST_ORDERS, wave_id=plan.wave_id), means)
    goes_on = records.note_long_plan(plan_id, orders=len({t.release_id for t in waiting}))
    told = time.monotonic()

    def report(progress: Progress) -> bool:
        nonlocal told, goes_on
        if goes_on and time.monotonic() - told >= TOLD_EVERY_S:
            told = time.monotonic()
            goes_on = records.note_long_plan(plan_id, share=min(progress.share, 0.99), metres=progress.metres)
        return goes_on

    found = of_loads(loads(EVERYTHING, plan.warehouse_id, waiting), means, Stop(seconds=plan.seconds), plan.seed, report) if waiting and goes_on else []
    end_long_plan(key=uuid5(key, "end"), actor=actor, plan_id=plan_id, batches=found)


@use_case
def end_long_plan(*, key: UUID, actor: Actor, plan_id: int, batches: list[PlannedBatch]) -> int:
    """A long plan is worked out, or was given up: its walks are recorded and it is ended, both or neither. One that was stopped for nothing leaves none, one that was ended before stays as it is.
    Returns how many walks were recorded.

    Locks: long plan, cart type, releases, tasks, put walls.   Raises: NotFound.
    """
    plan = records.lock_long_plan(plan_id)
    authorize(actor, "release", warehouse_id=plan.warehouse_id)
    if plan.ended_at is not None:
        return 0
    kept = batches if plan.stopped_at is None or plan.keep else []
    plan.ended_at, plan.share, plan.metres = work.current().at, 1.0, sum(b.distance_m for b in kept)
    plan.walks = len(record(plan.warehouse_id, kept, plan.cart_type_id))
    plan.save(update_fields=["ended_at", "walks", "metres", "share"])
    emit(LongPlanEnded(warehouse_id=plan.warehouse_id, plan_id=plan_id, walks=plan.walks, orders=plan.orders, metres=round(plan.metres, 1)))
    return plan.walks
