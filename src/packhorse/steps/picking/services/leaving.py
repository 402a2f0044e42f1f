"""A picker leaves a walk for a while, or to somebody else; and what a picker sees in a place that should be empty."""

from __future__ import annotations

from uuid import UUID

from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid, WrongState
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.warehouse.models import Location
from packhorse.steps.inventory import requests as inventory_requests
from packhorse.steps.picking import records
from packhorse.steps.picking.events import BatchHandedOver, BatchPaused, PlaceFoundEmpty, PlaceFoundNotEmpty
from packhorse.steps.picking.models import PickBatch
from packhorse.steps.picking.services.floor import check_stop, take
from packhorse.steps.picking.types import PickLine


@use_case
def pause_batch(*, key: UUID, actor: Actor, batch_id: int, location_id: int | None = None, picks: list[PickLine] | None = None, hand_over: bool = False) -> int:
    """A picker breaks off a walk: what is in totes at this stop is posted, and it goes on from here on whatever device. `hand_over`: it is nobody's until a picker scans its cart. Returns how many
    picks are open.

    Locks: batch, tasks, order lines, allocations, levels.   Raises: WrongState, Invalid, TaskNotOpen, WrongLocation, WrongTote.
    """
    batch = records.lock_batch(batch_id)
    authorize(actor, "pick", batch)
    if batch.state != PickBatch.State.PICKING:
        raise WrongState(kind="batch", state=batch.state, wanted="paused", page="picking:batch", id=batch.pk)
    totes = {p.task_id: p.tote_id for p in picks or []}
    if totes:
        if location_id is None:
            raise Invalid(field="location_id", reason="says where these were picked")
        tasks = records.lock_stop(sorted(totes))
        check_stop(actor, tasks, batch_id=batch_id, location_id=location_id, totes=totes)
        take(tasks, totes)
    if hand_over:
        batch.picker_id = None
        batch.save(update_fields=["picker_id"])
    still_open = records.open_tasks(batch.pk)
    emit((BatchHandedOver if hand_over else BatchPaused)(warehouse_id=batch.warehouse_id, batch_id=batch.pk, open_tasks=still_open))
    return still_open


@use_case
def check_zero(*, key: UUID, actor: Actor, batch_id: int, location_id: int, empty: bool) -> None:
    """By the books a pick left a place empty, and the picker looked: it is, or it is not, and then it gets a count.

    Locks: batch.   Raises: Invalid.
    """
    batch = records.lock_batch(batch_id)
    authorize(actor, "pick", batch)
    place = Location.objects.filter(pk=location_id, warehouse_id=batch.warehouse_id).first()
    if place is None:
        raise Invalid(field="location_id", reason="{location_id} is no place of this warehouse", location_id=location_id)
    if not empty:
        inventory_requests.count_bin(location_id=place.pk, item_id=None, reason="zero check", cause=Ref("picking.batch", batch.pk))
    emit((PlaceFoundEmpty if empty else PlaceFoundNotEmpty)(warehouse_id=batch.warehouse_id, batch_id=batch.pk, location=place.code))
