"""What picking does when others tell."""

from __future__ import annotations

from uuid import UUID, uuid5

from packhorse.core import clock
from packhorse.core.actors import system
from packhorse.core.events import Told, on
from packhorse.steps.inventory.events import AllocationsBroken
from packhorse.steps.orders.events import LinesCancelled
from packhorse.steps.picking import services
from packhorse.steps.picking.events import OrdersGoOn


@on(OrdersGoOn)
def plan_next_zones(told: list[Told], key: UUID) -> None:
    """Walks for the zones that come next, as soon as totes stand there."""
    for warehouse_id in sorted({t.event.warehouse_id for t in told}):
        services.plan_batches(key=uuid5(key, f"zones:{warehouse_id}"), actor=system("picking"), warehouse_id=warehouse_id, begun=True, iterations=20_000)


@on(LinesCancelled)
def drop_cancelled(told: list[Told], key: UUID) -> None:
    services.drop_cancelled(key=key, actor=system("picking"), demand_ids=sorted({d for t in told for d in t.event.demand_ids}))


@on(AllocationsBroken)
def replan_broken(told: list[Told], key: UUID) -> None:
    services.replan_broken(key=key, actor=system("picking"), allocation_ids=sorted({a for t in told for a in t.event.allocation_ids}), today=clock.now().date())
