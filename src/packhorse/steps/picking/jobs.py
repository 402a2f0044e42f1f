"""What picking does by the clock: reserve comes forward for orders that wait, and some warehouses keep orders workable by themselves."""

from __future__ import annotations

from uuid import UUID, uuid5

from packhorse.core.actors import EVERYTHING, system
from packhorse.core.jobs import job
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.kernels.slotting.solve import Params
from packhorse.steps.inventory import selectors as stock
from packhorse.steps.picking import selectors, services

_ACTOR = system("picking")


@job(every="* * * * *", lock="picking.look_ahead")
def look_ahead(*, key: UUID) -> None:
    """Where something lies in reserve: ask forward what orders that may be released miss at the pick faces."""
    for warehouse_id in stock.warehouses_with_reserve(EVERYTHING):
        services.look_ahead(key=uuid5(key, f"ahead:{warehouse_id}"), actor=_ACTOR, warehouse_id=warehouse_id, today=warehouses.today(EVERYTHING, warehouse_id))


@job(every="* * * * *", lock="picking.keep_workable")
def keep_workable(*, key: UUID) -> None:
    """Release what is missing to the orders that each cut-off keeps workable."""
    for warehouse_id, _policy in selectors.waveless(EVERYTHING):
        services.keep_workable(
            key=uuid5(key, f"keep:{warehouse_id}"), actor=_ACTOR, warehouse_id=warehouse_id, today=warehouses.today(EVERYTHING, warehouse_id)
        )


@job(every="* * * * *", lock="picking.plan_workable")
def plan_workable(*, key: UUID) -> None:
    """Let urgent orders break into the walk that begins next; plan walks when a cart is full, or when a picker would find none."""
    for warehouse_id, policy in selectors.waveless(EVERYTHING):
        services.break_in(key=uuid5(key, f"break:{warehouse_id}"), actor=_ACTOR, warehouse_id=warehouse_id)
        waiting = selectors.unbatched_count(EVERYTHING, warehouse_id)
        ready = len(selectors.next_planned(EVERYTHING, warehouse_id, limit=policy.pickers))
        if waiting >= policy.orders_per_walk or (waiting and ready < policy.pickers):
            services.plan_batches(key=uuid5(key, f"plan:{warehouse_id}"), actor=_ACTOR, warehouse_id=warehouse_id, orders_per_cart=policy.orders_per_walk)


@job(attempts=3)
def plan_long(*, key: UUID, plan_id: int) -> None:
    """Work a long plan out."""
    services.work_out(key=key, actor=_ACTOR, plan_id=plan_id)


@job(attempts=1, lock="picking.advise_slots")
def advise_slots(*, key: UUID, warehouse_id: int, days: int, most: int = 20, days_to_pay: int = 60) -> None:
    """Which items should change places; kept for the page."""
    answer = services.advise_for(warehouse_id, days, params=Params(most=most, days_to_pay=days_to_pay))
    services.keep_slotting(key=key, actor=_ACTOR, warehouse_id=warehouse_id, days=days, answer=answer)
