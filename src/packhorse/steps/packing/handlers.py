"""What packing does when others tell."""

from __future__ import annotations

from uuid import UUID

from packhorse.core.actors import system
from packhorse.core.events import Told, on
from packhorse.core.jobs import wake
from packhorse.steps.orders.events import LinesCancelled
from packhorse.steps.packing import jobs, services
from packhorse.steps.packing.events import ParcelSealed
from packhorse.steps.picking.events import OrderReleased


@on(LinesCancelled)
def drop_cancelled(told: list[Told], key: UUID) -> None:
    services.drop_cancelled(key=key, actor=system("packing"), demand_ids=sorted({d for t in told for d in t.event.demand_ids}))


@on(OrderReleased)
def plan_cartons(told: list[Told], key: UUID) -> None:  # noqa: ARG001 - the job finds its work
    wake(jobs.plan_cartons, key=key)


@on(ParcelSealed)
def use_materials(told: list[Told], key: UUID) -> None:
    services.use_materials(key=key, actor=system("packing"), parcel_ids=[t.event.parcel_id for t in told])
