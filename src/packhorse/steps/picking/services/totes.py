"""Totes on a walk: one that is full, and at its end each unloaded, or put together with another of its order."""

from __future__ import annotations

from uuid import UUID

from packhorse.core import sql
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.ground.warehouse.models import Location
from packhorse.steps.inventory import ledger as stock
from packhorse.steps.inventory.types import Take
from packhorse.steps.orders import ledger as orders
from packhorse.steps.picking import records
from packhorse.steps.picking.errors import NotOnThisWalk, OfAnotherOrder, TaskNotOpen
from packhorse.steps.picking.events import StopPicked, ToteChanged, TotesConsolidated, ToteUnloaded
from packhorse.steps.picking.models import PickTask, Release
from packhorse.steps.picking.records import StopTask
from packhorse.steps.picking.services.batches import close, filled_of, going_on, lock_totes, to_unload
from packhorse.steps.picking.services.floor import check_stop, code_of, take
from packhorse.steps.picking.types import ChangedTote, PickLine, Unloaded, batch_number

#: Where a tote is unloaded to.
UNLOADED_AT = (Location.Kind.STATION, Location.Kind.STAGING)


@use_case
def change_tote(*, key: UUID, actor: Actor, task_id: int, taken: int, tote_id: int, picks: list[PickLine] | None = None) -> ChangedTote:
    """The tote of a pick is full after `taken` of its units: an empty one goes on for the order (or, where it is shared, for the walk), and the full one
    stands in it from now on, so that they stay together.

    `picks`: other tasks of this stop that were put into their totes before, posted along with it.

    Locks: batch (of a walk whose tote is shared), release, tasks, totes, order lines, allocations, levels.   Raises: NotFound, TaskNotOpen, Invalid, ToteInUse, ToteNotEmpty, WrongTote.
    """
    totes = {p.task_id: p.tote_id for p in picks or [] if p.task_id != task_id}
    shared = records.lock_shared_walk_of(task_id)
    release = records.lock_release_of(task_id)
    locked = {t.pk: t for t in records.lock_tasks(sorted({task_id, *totes}))}
    task = locked.pop(task_id)
    fo = task.release.fulfillment_order
    authorize(actor, "pick", client_id=task.client_id, warehouse_id=fo.warehouse_id)
    if task.state != PickTask.State.CLAIMED:
        raise TaskNotOpen(task_id=task.pk, state=task.state, batch_id=task.batch_id)
    if not 0 <= taken <= task.quantity:
        raise Invalid(field="taken", reason="at most the {asked} asked for", asked=task.quantity)
    full = shared.tote if shared is not None else release.tote
    assert full is not None, "a claimed task has a tote"
    assert task.batch_id is not None, "a claimed task is in a batch"
    done = [StopTask.of(t) for t in locked.values()]
    if taken == task.quantity:
        done, totes = [*done, StopTask.of(task)], {**totes, task.pk: full.pk}
    check_stop(actor, done, batch_id=task.batch_id, location_id=task.location_id, totes=totes)
    lock_totes(fo.warehouse_id, [tote_id])
    orders.lock_orders(sorted({fo.pk, *(t.release.fulfillment_order_id for t in locked.values())}))
    if done:
        take(sorted(done, key=lambda t: t.pk), totes)
    if 0 < taken < task.quantity:
        orders.picked({task.demand_id: taken})
        stock.move([Take(task.allocation_id, taken, full.pk)], cause_kind="picking.task", cause_ids=[task.pk])
        records.split_task(task, taken)
        emit(
            StopPicked(
                order_id=fo.order_id, client_id=task.client_id, warehouse_id=fo.warehouse_id, batch_id=task.batch_id, location=task.location.code,
                tote=full.code, units=taken, task_ids=[task.pk],
            )
        )  # fmt: skip
    _stack(full.pk, tote_id, full.parent_id)
    holder = shared or release
    holder.tote_id = tote_id
    holder.save(update_fields=["tote"])
    code = code_of(tote_id)
    emit(
        ToteChanged(
            order_id=fo.order_id, client_id=task.client_id, warehouse_id=fo.warehouse_id, batch_id=task.batch_id, location=task.location.code,
            tote=full.code, instead=code,
        )
    )  # fmt: skip
    return ChangedTote(taken=taken, tote_id=tote_id, tote=code)


def _stack(tote_id: int, into_id: int, at: int | None) -> None:
    """A tote stands in another one from now on, and what stood in it does too; the other stands where it stood."""
    if at is not None:
        stock.carry(into_id, at)
    for (inner,) in sql.rows("SELECT id FROM warehouse_location WHERE parent_id = %s AND kind = 'tote' AND id <> %s ORDER BY id", [tote_id, into_id]):
        stock.carry(inner, into_id)
    stock.carry(tote_id, into_id)


def _release_of(tote: Location) -> Release | None:
    """The (locked) release that a tote serves, itself or standing in another one."""
    ids = [i for i in (tote.pk, tote.parent_id) if i is not None]
    return Release.objects.select_for_update(of=("self",)).filter(tote__in=ids, undone_at=None, emptied_at=None).first()


def _tote(tote_id: int) -> Location:
    """Raises: Invalid."""
    found = Location.objects.filter(pk=tote_id, kind=Location.Kind.TOTE).first()
    if found is None:
        raise Invalid(field="tote", reason="{tote_id} is no tote", tote_id=tote_id)
    return found


@use_case
def unload_tote(*, key: UUID, actor: Actor, batch_id: int, tote_id: int, place_id: int) -> Unloaded:
    """At the end of a walk a tote (and what stands in it) is put down at a bench or at staging. With the last one the walk is over.

    Locks: batch, releases, orders.   Raises: WrongState, BatchNotFinished, NotOnThisWalk, Invalid.
    """
    batch, releases = to_unload(actor, batch_id)
    authorize(actor, "pick", batch)
    tote = _tote(tote_id)
    if batch.wall_id is not None or going_on(releases):
        raise Invalid(field="tote", reason="totes of this walk go on to a put wall or into other zones: they are put down together")
    release = next((r for r in releases if r.tote_id in (tote.pk, tote.parent_id) and r.emptied_at is None), None)
    if release is None or release.tote_id is None:
        raise NotOnThisWalk(tote=tote.code, batch=batch_number(batch.pk), batch_id=batch.pk)
    place = Location.objects.filter(pk=place_id, kind__in=UNLOADED_AT, warehouse_id=batch.warehouse_id, archived_at=None).first()
    if place is None:
        raise Invalid(field="place", reason="{place_id} is no bench or staging of this warehouse", place_id=place_id)
    stock.carry(release.tote_id, place.pk)
    order_id = release.fulfillment_order.order_id
    emit(ToteUnloaded(order_id=order_id, client_id=release.client_id, warehouse_id=batch.warehouse_id, batch_id=batch.pk, tote=tote.code, place=place.code))
    filled = filled_of(releases)
    standing = Location.objects.filter(pk__in=[r.tote_id for r in releases if r.pk in filled], parent__kind__in=UNLOADED_AT).count()
    if standing == len(filled):
        close(batch, releases, filled)
    return Unloaded(left=len(filled) - standing)


@use_case
def consolidate_totes(*, key: UUID, actor: Actor, tote_id: int, into_id: int) -> int:
    """What lies in one tote of an order is put into another of the same order; the emptied one is free. Returns the units.

    Locks: release, orders, allocations, levels.   Raises: Invalid, OfAnotherOrder.
    """
    tote, into = _tote(tote_id), _tote(into_id)
    release, other = _release_of(tote), _release_of(into)
    if tote.pk == into.pk:
        raise Invalid(field="into", reason="another tote than {tote}", tote=tote.code)
    if release is None or other is None or release.pk != other.pk:
        raise OfAnotherOrder(tote=tote.code, into=into.code, batch_id=release.batch_id if release else None)
    authorize(actor, "pick", release)
    fo = release.fulfillment_order
    orders.lock_orders([fo.pk])
    lying = sql.rows(
        """SELECT a.id, a.quantity FROM inventory_allocation a JOIN orders_fulfillmentline l ON l.demand_id = a.demand_id
           WHERE l.fulfillment_order_id = %s AND a.location_id = %s AND a.closed_at IS NULL ORDER BY a.id""",
        [fo.pk, tote.pk],
    )
    if lying:
        stock.move([Take(i, q, into.pk) for i, q in lying], cause_kind="picking.release", cause_ids=[release.pk] * len(lying))
    if release.tote_id == tote.pk:
        _stack(tote.pk, into.pk, tote.parent_id)
        release.tote_id = into.pk
        release.save(update_fields=["tote"])
    (at,) = sql.rows("SELECT parent_id FROM warehouse_location WHERE id = %s", [release.tote_id])[0]
    if at is not None:
        stock.carry(tote.pk, at)
    units = sum(int(q) for _, q in lying)
    emit(
        TotesConsolidated(
            order_id=fo.order_id, client_id=release.client_id, warehouse_id=release.warehouse_id, batch_id=release.batch_id or records.last_walk_of(release.pk), tote=tote.code, into=into.code,
            units=units,
        )
    )  # fmt: skip
    return units
