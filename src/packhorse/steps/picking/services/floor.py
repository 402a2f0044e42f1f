"""On the floor: a stop picked, a pick that came up short."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from packhorse.core import work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.warehouse.models import Location
from packhorse.steps.inventory import ledger as stock, requests as inventory_requests
from packhorse.steps.inventory.types import CountedLevel, Posting, Take
from packhorse.steps.orders import ledger as orders, requests as order_requests
from packhorse.steps.orders.types import Missing
from packhorse.steps.picking import records
from packhorse.steps.picking.errors import TaskNotOpen, WrongLocation, WrongTote
from packhorse.steps.picking.events import PickShort, StopPicked
from packhorse.steps.picking.models import PickTask
from packhorse.steps.picking.records import StopTask
from packhorse.steps.picking.services.releasing import append_tasks
from packhorse.steps.picking.types import PickedStop, PickLine, ShortPick

#: Why a pick came up short. Damaged goods stay where they are, as damaged; otherwise the place is empty of this lot.
SHORT_REASONS = ("missing", "damaged", "wrong_item")


def code_of(location_id: int) -> str:
    return Location.objects.filter(pk=location_id).values_list("code", flat=True).first() or f"#{location_id}"


def check_stop(actor: Actor, tasks: Sequence[StopTask], *, batch_id: int | None, location_id: int, totes: dict[int, int]) -> None:
    """Each task is open in this batch, at this place, and goes into the tote given for it.

    Raises: NotAllowed, TaskNotOpen, WrongLocation, WrongTote.
    """
    for task in tasks:
        authorize(actor, "pick", client_id=task.client_id, warehouse_id=task.warehouse_id)
        if task.batch_id != batch_id or task.state != PickTask.State.CLAIMED:
            raise TaskNotOpen(task_id=task.pk, state=task.state, batch_id=task.batch_id)
        if task.location_id != location_id:
            raise WrongLocation(expected=task.location, scanned=code_of(location_id))
        if task.tote_id != totes[task.pk]:
            raise WrongTote(expected=task.tote, scanned=code_of(totes[task.pk]))


def take(tasks: Sequence[StopTask], totes: dict[int, int]) -> PickedStop:
    """All of the checked tasks' units go into the totes; the tasks are done."""
    units: dict[int, int] = {}
    for task in tasks:
        units[task.demand_id] = units.get(task.demand_id, 0) + task.quantity
    progress = orders.picked(units)
    stock.move([Take(t.allocation_id, t.quantity, totes[t.pk]) for t in tasks], cause_kind="picking.task", cause_ids=[t.pk for t in tasks])
    still_open, emptied = records.finish_tasks(tasks)
    for part in progress:
        _tell([t for t in tasks if t.demand_id in part.demand_ids], order_id=part.order_id)
    assert tasks[0].batch_id is not None, "a claimed task is in a batch"
    return PickedStop(batch_id=tasks[0].batch_id, units=sum(units.values()), open_tasks=still_open, emptied=emptied)


def _tell(tasks: Sequence[StopTask], *, order_id: int) -> None:
    """What one order got at this stop."""
    first = tasks[0]
    assert first.batch_id is not None, "a claimed task is in a batch"
    emit(
        StopPicked(
            order_id=order_id,
            client_id=first.client_id,
            warehouse_id=first.warehouse_id,
            batch_id=first.batch_id,
            location=first.location,
            tote=first.tote,
            units=sum(t.quantity for t in tasks),
            task_ids=[t.pk for t in tasks],
        )
    )


@use_case(often=True)
def confirm_stop(*, key: UUID, actor: Actor, batch_id: int, location_id: int, picks: list[PickLine]) -> PickedStop:
    """The picker stood at a place and put everything asked for by these tasks into the totes scanned.

    Locks: tasks, order lines, allocations, levels.   Raises: Invalid, TaskNotOpen, WrongLocation, WrongTote, NotThatMuch, AllocationClosed, OutOfStock.
    """
    totes = {p.task_id: p.tote_id for p in picks}
    if not totes:
        raise Invalid(field="picks", reason="a stop has at least one")
    tasks = records.lock_stop(sorted(totes))
    check_stop(actor, tasks, batch_id=batch_id, location_id=location_id, totes=totes)
    return take(tasks, totes)


@use_case
def report_short(*, key: UUID, actor: Actor, task_id: int, taken: int, reason: str, today: dt.date, picks: list[PickLine] | None = None) -> ShortPick:
    """Less is there than the task asks for. What was taken goes into the tote; the rest of the place is written off (or set apart as damaged), the bin gets a count, and the missing units are looked
    for elsewhere: what is found is appended to the same walk, what is not puts the order on a stock hold.

    `picks`: other tasks of this stop that were put into their totes before, posted along with it.

    Locks: tasks, order lines, allocations, levels.   Raises: TaskNotOpen, WrongLocation, WrongTote, Invalid.
    """
    totes = {p.task_id: p.tote_id for p in picks or [] if p.task_id != task_id}
    locked = {t.pk: t for t in records.lock_tasks(sorted({task_id, *totes}))}
    task = locked.pop(task_id)
    fo = task.release.fulfillment_order
    authorize(actor, "pick", client_id=task.client_id, warehouse_id=fo.warehouse_id)
    if task.state != PickTask.State.CLAIMED:
        raise TaskNotOpen(task_id=task.pk, state=task.state, batch_id=task.batch_id)
    if not 0 <= taken < task.quantity:
        raise Invalid(field="taken", reason="a short pick takes less than the {asked} asked for", asked=task.quantity)
    if reason not in SHORT_REASONS:
        raise Invalid(field="reason", reason="is one of {choices}", choices=", ".join(SHORT_REASONS))
    tote_id = StopTask.of(task).tote_id
    assert tote_id is not None, "a claimed task has a tote"
    assert task.batch_id is not None, "a claimed task is in a batch"
    others = [StopTask.of(t) for t in locked.values()]
    check_stop(actor, others, batch_id=task.batch_id, location_id=task.location_id, totes=totes)
    orders.lock_orders(sorted({fo.pk, *(t.release.fulfillment_order_id for t in locked.values())}))
    stock.lock_levels([(task.item_id, task.location_id, task.lot_id)])
    if others:
        take(others, totes)
    cause = Ref("picking.task", task.pk)
    if taken:
        orders.picked({task.demand_id: taken})
        stock.move([Take(task.allocation_id, taken, tote_id)], cause_kind=cause.kind, cause_ids=[cause.id])
    stock.release([task.allocation_id])  # when a part was taken, what was taken moved on as an allocation of its own and this one is the rest
    missing = task.quantity - taken
    _write_off(task, missing, reason, cause)
    inventory_requests.count_bin(location_id=task.location_id, item_id=task.item_id, reason="short pick", cause=cause)
    elsewhere = min(missing, _look_elsewhere(task, today))
    if elsewhere < missing:
        order_requests.hold(
            fulfillment_order_id=fo.pk,
            kind="stock",
            missing=Missing(((missing - elsewhere, task.item.sku),), task.location.code, reason),
        )
    task.state, task.picked, task.reason, task.closed_at = PickTask.State.SHORT, taken, reason, work.current().at
    task.save(update_fields=["state", "picked", "reason", "closed_at"])
    emit(
        PickShort(
            order_id=fo.order_id,
            client_id=task.client_id,
            warehouse_id=fo.warehouse_id,
            batch_id=task.batch_id,
            task_id=task.pk,
            location=task.location.code,
            sku=task.item.sku,
            missing=missing,
            found_elsewhere=elsewhere,
            reason=reason,
        )
    )
    return ShortPick(task_id=task.pk, taken=taken, found_elsewhere=elsewhere, missing=missing - elsewhere)


def _write_off(task: PickTask, missing: int, reason: str, cause: Ref) -> None:
    if reason == "damaged":
        here = task.location_id
        stock.post([Posting(task.item_id, missing, here, here, task.lot_id, target_condition="damaged")], cause=cause, truth=True)
    else:
        stock.count([CountedLevel(task.item_id, task.location_id, task.lot_id, "sellable", 0)], cause=cause)


def _look_elsewhere(task: PickTask, today: dt.date) -> int:
    """Allocate the rest of the task's demand in other places, appended to its walk, or left for a walk of their own zone. Returns how many units were found."""
    found = stock.allocate([task.demand_id], today=today)
    append_tasks(
        [(task.client_id, task.release_id, a.demand_id, a.allocation_id, a.item_id, a.lot_id, a.location_id, a.quantity) for a in found],
        task.batch,
        state="claimed",
    )
    return sum(a.quantity for a in found)
