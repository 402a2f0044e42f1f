"""Rows of this step, and every lock on them. Lock order: policy, wave, batch, releases, tasks; each ascending."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from packhorse.core import sql, work
from packhorse.core.errors import NotFound
from packhorse.steps.picking.models import (
    AisleLimit,
    CartType,
    LongPlan,
    PickBatch,
    PickingPolicy,
    PickTask,
    Release,
    SlottingMove,
    StandardTimes,
    Wave,
    WorkerType as WorkerTypeRow,
)
from packhorse.steps.picking.types import Policy, Times, WorkerType

OPEN = (PickTask.State.READY, PickTask.State.CLAIMED)


def lock_policy(warehouse_id: int) -> PickingPolicy:
    """How the warehouse picks, locked: waves of one warehouse come one after the other. A warehouse that has set nothing gets the house's standard."""
    if not PickingPolicy.objects.filter(warehouse_id=warehouse_id).exists():
        PickingPolicy.objects.bulk_create([PickingPolicy(warehouse_id=warehouse_id)], ignore_conflicts=True)
    return PickingPolicy.objects.select_for_update(of=("self",)).get(warehouse_id=warehouse_id)


def policy_of(row: PickingPolicy) -> Policy:
    """A stored policy as the type says it."""
    return Policy(**{name: getattr(row, name) for name in Policy.__dataclass_fields__})


def times_of(row: StandardTimes | Policy) -> Times:
    """The standard times in a row, or in a policy."""
    return Times(**{name: getattr(row, name) for name in Times.__dataclass_fields__})


def worker_of(row: WorkerTypeRow) -> WorkerType:
    """A stored worker type as the type says it."""
    return WorkerType(row.pk, row.warehouse_id, row.name, times_of(row))


def lock_worker_type(worker_type_id: int) -> WorkerTypeRow:
    row = WorkerTypeRow.objects.select_for_update(of=("self",)).filter(pk=worker_type_id).first()
    if row is None:
        raise NotFound(kind="worker type", ref=worker_type_id)
    return row


def lock_cart_type(cart_type_id: int) -> CartType:
    row = CartType.objects.select_for_update(of=("self",)).filter(pk=cart_type_id).first()
    if row is None:
        raise NotFound(kind="cart type", ref=cart_type_id)
    return row


def keep_cart_type(warehouse_id: int, cart_type_id: int | None) -> None:
    """The type of cart, if one is given, stays until what is planned for it is recorded.   Raises: NotFound."""
    if cart_type_id is not None and not sql.rows(
        "SELECT id FROM picking_carttype WHERE id = %s AND warehouse_id = %s FOR KEY SHARE", [cart_type_id, warehouse_id]
    ):
        raise NotFound(kind="cart type", ref=cart_type_id)


def lock_wave(wave_id: int) -> Wave:
    wave = Wave.objects.select_for_update(of=("self",)).filter(pk=wave_id).first()
    if wave is None:
        raise NotFound(kind="wave", ref=wave_id)
    return wave


def lock_long_plan(plan_id: int) -> LongPlan:
    row = LongPlan.objects.select_for_update(of=("self",)).filter(pk=plan_id).first()
    if row is None:
        raise NotFound(kind="long plan", ref=plan_id)
    return row


def lock_long_plans_for(cart_type_id: int) -> None:
    """The long plans that name this type of cart, locked."""
    sql.rows("SELECT id FROM picking_longplan WHERE cart_type_id = %s ORDER BY id FOR UPDATE", [cart_type_id])


def note_long_plan(plan_id: int, *, share: float = 0.0, metres: float = 0.0, orders: int | None = None) -> bool:
    """How far a long plan is: outside any use case, seen at once. Whether it goes on."""
    found = sql.rows(
        """UPDATE picking_longplan SET share = %s, metres = %s, orders = coalesce(%s, orders) WHERE id = %s AND ended_at IS NULL RETURNING stopped_at IS NULL""",
        [share, metres, orders, plan_id],
    )
    return bool(found and found[0][0])


def lock_planned(batch_ids: Iterable[int]) -> list[PickBatch]:
    """Those of the batches that are planned and not begun, locked."""
    return list(PickBatch.objects.select_for_update(of=("self",)).filter(pk__in=list(batch_ids), state=PickBatch.State.PLANNED).order_by("pk"))


def lock_batch(batch_id: int) -> PickBatch:
    batch = PickBatch.objects.select_for_update(of=("self",)).filter(pk=batch_id).first()
    if batch is None:
        raise NotFound(kind="batch", ref=batch_id)
    return batch


def lock_releases(ids: Iterable[int]) -> list[Release]:
    return list(Release.objects.select_for_update(of=("self",)).filter(pk__in=list(ids)).order_by("pk"))


def lock_tasks(ids: Sequence[int]) -> list[PickTask]:
    """The tasks, locked, with their places, items, totes and orders at hand.

    Raises: NotFound.
    """
    found = list(
        PickTask.objects.select_for_update(of=("self",))
        .select_related("location", "item", "release__tote", "release__fulfillment_order", "batch__tote")
        .filter(pk__in=list(ids))
        .order_by("pk")
    )
    if len(found) < len(set(ids)):
        raise NotFound(kind="pick task", ref=", ".join(str(i) for i in sorted(set(ids) - {t.pk for t in found})))
    return found


def lock_tasks_of(release_ids: Iterable[int]) -> list[PickTask]:
    return list(PickTask.objects.select_for_update(of=("self",)).filter(release__in=list(release_ids)).order_by("pk"))


@dataclass(frozen=True, slots=True)
class StopTask:
    """As much of a locked task as a confirmed stop needs: the hottest lock of the house reads no more than that."""

    pk: int
    client_id: int
    batch_id: int | None
    state: str
    location_id: int
    location: str
    warehouse_id: int
    tote_id: int | None
    tote: str
    demand_id: int
    allocation_id: int
    quantity: int

    @classmethod
    def of(cls, task: PickTask) -> StopTask:
        """The same of a task that is at hand whole."""
        place, tote = task.location, task.batch.tote if task.batch and task.batch.tote else task.release.tote
        assert place.warehouse_id is not None, "picks are from places of a warehouse"
        return cls(
            task.pk, task.client_id, task.batch_id, task.state, task.location_id, place.code, place.warehouse_id, tote.pk if tote else None,
            tote.code if tote else "", task.demand_id, task.allocation_id, task.quantity,
        )  # fmt: skip


def lock_stop(ids: Sequence[int]) -> list[StopTask]:
    """The tasks of a stop, locked, ascending.

    Raises: NotFound.
    """
    rows = sql.rows(
        """SELECT t.id, t.client_id, t.batch_id, t.state, t.location_id, l.code, l.warehouse_id, u.id, coalesce(u.code, ''), t.demand_id, t.allocation_id, t.quantity
           FROM picking_picktask t JOIN picking_release r ON r.id = t.release_id JOIN warehouse_location l ON l.id = t.location_id
           LEFT JOIN picking_pickbatch b ON b.id = t.batch_id LEFT JOIN warehouse_location u ON u.id = coalesce(b.tote_id, r.tote_id) WHERE t.id = ANY(%s) ORDER BY t.id FOR UPDATE OF t""",
        [list(ids)],
        often=True,
    )
    if len(rows) < len(set(ids)):
        raise NotFound(kind="pick task", ref=", ".join(str(i) for i in sorted(set(ids) - {r[0] for r in rows})))
    return [StopTask(*r) for r in rows]


def lock_fresh(task_ids: Iterable[int]) -> dict[int, int]:
    """Those of the tasks that are ready and on no walk, locked, with their releases."""
    rows = sql.rows(
        "SELECT id, release_id, state = 'ready' AND batch_id IS NULL FROM picking_picktask WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [sorted(set(task_ids))]
    )
    return {pk: release_id for pk, release_id, fresh in rows if fresh}


def releases_on(batch_ids: Sequence[int]) -> list[int]:
    """The releases on these walks, by id: those that have the walk as theirs, and those that are on several."""
    several = "SELECT t.release_id FROM picking_picktask t JOIN picking_pickbatch b ON b.id = t.batch_id WHERE b.id = ANY(%(ids)s) AND b.wall_id IS NOT NULL"
    return [r[0] for r in sql.rows(f"SELECT id FROM picking_release WHERE batch_id = ANY(%(ids)s) UNION {several} ORDER BY 1", {"ids": list(batch_ids)})]


def releases_of_demands(demand_ids: Iterable[int]) -> list[int]:
    """The releases that live tasks of these demands belong to, by id: to be locked before the tasks."""
    live = PickTask.objects.filter(demand_id__in=list(demand_ids), release__undone_at=None, release__emptied_at=None)
    return sorted(set(live.values_list("release_id", flat=True)))


def releases_of_allocations(allocation_ids: Iterable[int]) -> list[int]:
    """The releases that open tasks of these allocations belong to, by id."""
    return sorted(set(PickTask.objects.filter(allocation_id__in=list(allocation_ids), state__in=OPEN).values_list("release_id", flat=True)))


def last_walk_of(release_id: int) -> int:
    """The walk on which goods of a (locked) release were picked last: of one that waits for its next zone."""
    (walk,) = sql.rows("SELECT batch_id FROM picking_picktask WHERE release_id = %s AND picked > 0 ORDER BY closed_at DESC, id DESC LIMIT 1", [release_id])[0]
    return int(walk)


def lock_open_tasks_of_demands(demand_ids: Iterable[int]) -> list[PickTask]:
    return list(PickTask.objects.select_for_update(of=("self",)).filter(demand_id__in=list(demand_ids), state__in=OPEN).order_by("pk"))


def lock_open_tasks_of_allocations(allocation_ids: Iterable[int]) -> list[PickTask]:
    return list(
        PickTask.objects.select_for_update(of=("self",))
        .select_related("location", "item", "release__fulfillment_order", "batch")
        .filter(allocation_id__in=list(allocation_ids), state__in=OPEN)
        .order_by("pk")
    )


def finish_tasks(tasks: Sequence[StopTask]) -> tuple[int, bool]:
    """The (locked) tasks of one place and batch are done, as asked for; what they took was moved before. Gives how many of the batch stay open, and whether nothing is left in the place."""
    ids = [t.pk for t in tasks]
    still_open, emptied = sql.rows(
        """WITH done AS (UPDATE picking_picktask SET state = 'done', picked = quantity, closed_at = %s WHERE id = ANY(%s))
           SELECT count(*), NOT EXISTS (SELECT FROM inventory_level v WHERE v.location_id = %s AND v.on_hand > 0)
           FROM picking_picktask WHERE batch_id = %s AND state IN ('ready', 'claimed') AND id <> ALL(%s)""",
        [work.current().at, ids, tasks[0].location_id, tasks[0].batch_id, ids],
        often=True,
    )[0]
    return int(still_open), bool(emptied)


def lock_wall(wall_id: int) -> None:
    """The place of a put wall, locked: its slots are given one after the other."""
    sql.rows("SELECT id FROM warehouse_location WHERE id = %s FOR NO KEY UPDATE", [wall_id])


def lock_shared_walk_of(task_id: int) -> PickBatch | None:
    """The walk that a task is on, locked, where its tote is shared among orders: before the release; None where each order has its own."""
    return PickBatch.objects.select_for_update(of=("self",)).select_related("tote").filter(tasks=task_id, wall__isnull=False).first()


def lock_release_of(task_id: int) -> Release:
    """The release that a task belongs to, locked: before the task.

    Raises: NotFound.
    """
    found = Release.objects.select_for_update(of=("self",)).filter(tasks=task_id).first()
    if found is None:
        raise NotFound(kind="pick task", ref=task_id)
    return found


def split_task(task: PickTask, taken: int) -> None:
    """A (locked) task of which so many units are in a tote is done with these; the rest is a task of its own, at the same place of the walk."""
    sql.run(
        """INSERT INTO picking_picktask (client_id, release_id, batch_id, sequence, demand_id, allocation_id, item_id, lot_id, location_id, quantity, picked, state, reason)
           SELECT client_id, release_id, batch_id, sequence, demand_id, allocation_id, item_id, lot_id, location_id, quantity - %s, 0, state, reason
           FROM picking_picktask WHERE id = %s""",
        [taken, task.pk],
    )
    PickTask.objects.filter(pk=task.pk).update(quantity=taken, picked=taken, state=PickTask.State.DONE, closed_at=work.current().at)


def open_tasks(batch_id: int) -> int:
    return PickTask.objects.filter(batch_id=batch_id, state__in=OPEN).count()


def lock_slotting_moves(move_ids: Iterable[int]) -> list[SlottingMove]:
    """Moves of an advice, locked, by id."""
    rows = SlottingMove.objects.select_for_update(of=("self",)).filter(pk__in=sorted(move_ids)).select_related("advice", "item", "source", "target")
    return list(rows.order_by("pk"))


def lock_aisle_limits(warehouse_id: int) -> list[AisleLimit]:
    """The limits of a warehouse's aisles, locked."""
    return list(AisleLimit.objects.select_for_update(of=("self",)).filter(warehouse_id=warehouse_id).order_by("pk"))
