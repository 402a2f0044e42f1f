"""What stands in a picker's way: an item without a code that can be read, and anything for which the lead is called."""

from __future__ import annotations

from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid, NotFound, WrongState
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.ground.warehouse.models import Location
from packhorse.steps.picking import records
from packhorse.steps.picking.errors import TaskNotOpen
from packhorse.steps.picking.events import NO_CODE, CallAnswered, ItemsLabelled, ItemWithoutCode, LeadCalled, PicksOutOfReach
from packhorse.steps.picking.models import OUT_OF_REACH, LeadCall, PickBatch, PickTask, Unlabelled
from packhorse.steps.picking.services.floor import check_stop, take
from packhorse.steps.picking.types import PickLine


@use_case
def confirm_by_look(*, key: UUID, actor: Actor, task_id: int, reason: str) -> bool:
    """The item of an open pick has no code that a scanner reads: the picker knows it by its name and look. Its place wants a label. Returns whether that is new.

    Locks: task.   Raises: NotFound, Invalid, TaskNotOpen.
    """
    if reason not in NO_CODE:
        raise Invalid(field="reason", reason="is one of {choices}", choices=", ".join(NO_CODE))
    [task] = records.lock_tasks([task_id])
    warehouse_id = task.release.warehouse_id
    authorize(actor, "pick", client_id=task.client_id, warehouse_id=warehouse_id)
    if task.state != PickTask.State.CLAIMED:
        raise TaskNotOpen(task_id=task.pk, state=task.state, batch_id=task.batch_id)
    assert task.batch_id is not None, "a claimed task is in a batch"
    new = sql.run(
        """INSERT INTO picking_unlabelled (client_id, item_id, location_id, reason, at) VALUES (%s, %s, %s, %s, %s)
           ON CONFLICT (item_id, location_id) WHERE labelled_at IS NULL DO NOTHING""",
        [task.client_id, task.item_id, task.location_id, reason, work.current().at],
    )
    emit(
        ItemWithoutCode(
            client_id=task.client_id, warehouse_id=warehouse_id, batch_id=task.batch_id, location=task.location.code, sku=task.item.sku, reason=reason
        )
    )
    return bool(new)


@use_case
def leave_out_of_reach(*, key: UUID, actor: Actor, batch_id: int, location_id: int, picks: list[PickLine] | None = None) -> int:
    """A picker does not reach a place: its open picks leave the walk and wait for one whose worker has the equipment; their orders' totes wait with them. Returns how many picks.

    `picks`: those of this place that are in their totes already, posted first.

    Locks: batch, releases, tasks, order lines, allocations, levels.   Raises: WrongState, TaskNotOpen, WrongLocation, WrongTote, Invalid.
    """
    batch = records.lock_batch(batch_id)
    authorize(actor, "pick", batch)
    if batch.state != PickBatch.State.PICKING:
        raise WrongState(kind="batch", state=batch.state, wanted="picked", page="picking:batch", id=batch.pk)
    totes = {p.task_id: p.tote_id for p in picks or []}
    open_here = PickTask.objects.filter(batch=batch, location_id=location_id, state=PickTask.State.CLAIMED).exclude(pk__in=totes)
    records.lock_releases(open_here.values_list("release_id", flat=True))
    locked = records.lock_stop(sorted({*open_here.values_list("pk", flat=True), *totes}))
    done = [t for t in locked if t.pk in totes]
    left = [t for t in locked if t.pk not in totes and t.state == PickTask.State.CLAIMED and t.batch_id == batch_id]
    if not left:
        raise Invalid(field="location_id", reason="nothing of this walk is open there")
    if done:
        check_stop(actor, done, batch_id=batch_id, location_id=location_id, totes=totes)
        take(done, totes)
    ids = [t.pk for t in left]
    PickTask.objects.filter(pk__in=ids).update(batch=None, sequence=0, state=PickTask.State.READY, reason=OUT_OF_REACH)
    emit(
        PicksOutOfReach(
            warehouse_id=batch.warehouse_id,
            batch_id=batch.pk,
            location=left[0].location,
            picks=len(left),
            fulfillment_order_ids=sorted(set(PickTask.objects.filter(pk__in=ids).values_list("release__fulfillment_order_id", flat=True))),
        )
    )
    return len(left)


@use_case
def mark_labelled(*, key: UUID, actor: Actor, ids: list[int]) -> int:
    """Items that wanted a label have one now. Returns how many had none before.

    Locks: what wants a label.   Raises: NotFound.
    """
    rows = list(Unlabelled.objects.select_for_update(of=("self",)).select_related("location").filter(pk__in=ids).order_by("pk"))
    if len(rows) < len(set(ids)):
        raise NotFound(kind="label", ref=min(set(ids) - {r.pk for r in rows}))
    for row in rows:
        authorize(actor, "pick", client_id=row.client_id, warehouse_id=row.location.warehouse_id)
    fresh = [r for r in rows if r.labelled_at is None]
    Unlabelled.objects.filter(pk__in=[r.pk for r in fresh]).update(labelled_at=work.current().at)
    places = sorted({r.location.warehouse_id for r in fresh if r.location.warehouse_id is not None})
    emit(*(ItemsLabelled(warehouse_id=w, n=sum(r.location.warehouse_id == w for r in fresh)) for w in places))
    return len(fresh)


@use_case
def call_lead(*, key: UUID, actor: Actor, batch_id: int, location_id: int | None = None) -> int:
    """The picker of a walk wants the lead to come (to a place, where given). A walk has one open call: calling again says where it is now. Returns the call's id.

    Locks: batch.   Raises: NotFound, Invalid, WrongState.
    """
    batch = records.lock_batch(batch_id)
    authorize(actor, "pick", batch)
    if batch.state != PickBatch.State.PICKING:
        raise WrongState(kind="batch", state=batch.state, wanted="called from", page="picking:batch", id=batch.pk)
    place = Location.objects.filter(pk=location_id, warehouse_id=batch.warehouse_id).first() if location_id is not None else None
    if location_id is not None and place is None:
        raise Invalid(field="location_id", reason="{location_id} is no place of this warehouse", location_id=location_id)
    call, _new = LeadCall.objects.update_or_create(
        batch=batch,
        answered_at=None,
        defaults={"location": place, "picker_id": actor.user_id},
        create_defaults={"warehouse_id": batch.warehouse_id, "location": place, "picker_id": actor.user_id, "at": work.current().at},
    )
    emit(LeadCalled(warehouse_id=batch.warehouse_id, batch_id=batch.pk, location=place.code if place else "–"))
    return call.pk


@use_case
def answer_call(*, key: UUID, actor: Actor, call_id: int) -> bool:
    """The lead goes there. Returns whether it was open: one that somebody answered before stays theirs.

    Locks: batch, call.   Raises: NotFound.
    """
    found = LeadCall.objects.filter(pk=call_id).first()
    if found is None:
        raise NotFound(kind="call", ref=call_id)
    batch = records.lock_batch(found.batch_id)
    authorize(actor, "release", batch)
    call = LeadCall.objects.select_related("location").get(pk=call_id)
    if call.answered_at is not None:
        return False
    call.answered_at, call.answered_by = work.current().at, actor.user_id
    call.save(update_fields=["answered_at", "answered_by"])
    emit(CallAnswered(warehouse_id=batch.warehouse_id, batch_id=batch.pk, location=call.location.code if call.location else "–"))
    return True
