"""Congestion: at most so many walks at a time in an aisle."""

from __future__ import annotations

from uuid import UUID

from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import Invalid
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.ground.warehouse.designing import aisle_letters
from packhorse.steps.picking import records, selectors
from packhorse.steps.picking.errors import AisleFull
from packhorse.steps.picking.events import AisleLimitsSet
from packhorse.steps.picking.models import AisleLimit, PickBatch
from packhorse.steps.picking.types import AisleWalks, batch_number


@use_case
def set_aisle_limits(*, key: UUID, actor: Actor, warehouse_id: int, limits: list[AisleWalks]) -> int:
    """At most so many walks at a time in these aisles, and in any other (aisle None); what is not named has no limit any more. Answers how many limits there are.

    Locks: aisle limits.   Raises: NotFound, NotAllowed, Invalid.
    """
    warehouses.warehouse(EVERYTHING, warehouse_id)
    authorize(actor, "manage_settings", warehouse_id=warehouse_id)
    floor = warehouses.layout(EVERYTHING, warehouse_id)
    if len({x.aisle for x in limits}) < len(limits):
        raise Invalid(field="aisles", reason="each aisle once")
    for x in limits:
        if x.aisle is not None and (floor is None or not 0 <= x.aisle < floor.aisles):
            raise Invalid(field="aisles", reason="not an aisle of this floor")
        if not 1 <= x.walks <= 1000:
            raise Invalid(field="walks", reason="{least} to {most}", least=1, most=1000)
    records.lock_aisle_limits(warehouse_id)
    AisleLimit.objects.filter(warehouse_id=warehouse_id).delete()
    AisleLimit.objects.bulk_create([AisleLimit(warehouse_id=warehouse_id, aisle=x.aisle, walks=x.walks) for x in limits])
    emit(AisleLimitsSet(warehouse_id=warehouse_id, n=len(limits)))
    return len(limits)


def check_aisle(batch: PickBatch) -> None:
    """There is room where the (locked) walk begins. Walks of one warehouse with limits begin one after the other.   Raises: AisleFull."""
    if not records.lock_aisle_limits(batch.warehouse_id):
        return
    if (full := selectors.full_aisles(EVERYTHING, [batch.pk]).get(batch.pk)) is None:
        return
    following = selectors.next_planned(EVERYTHING, batch.warehouse_id, limit=10)
    crowded = selectors.full_aisles(EVERYTHING, [b.batch_id for b in following])
    free = next((b for b in following if b.batch_id != batch.pk and b.batch_id not in crowded), None)
    raise AisleFull(
        aisle=aisle_letters(full.aisle),
        walks=full.walks,
        batch=batch_number(batch.pk),
        batch_id=free.batch_id if free else batch.pk,
        next=free.number if free else "–",
    )
