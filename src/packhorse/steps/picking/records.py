"""Rows of this step, and every lock on them. Lock order: batch, releases, tasks; each ascending."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from packhorse.core.errors import NotFound
from packhorse.steps.picking.models import PickBatch, PickTask, Release

OPEN = (PickTask.State.READY, PickTask.State.CLAIMED)


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
        .select_related("location", "item", "release__tote", "release__fulfillment_order")
        .filter(pk__in=list(ids))
        .order_by("pk")
    )
    if len(found) < len(set(ids)):
        raise NotFound(kind="pick task", ref=", ".join(str(i) for i in sorted(set(ids) - {t.pk for t in found})))
    return found


def releases_of_demands(demand_ids: Iterable[int]) -> list[int]:
    """The releases that live tasks of these demands belong to, by id: to be locked before the tasks."""
    live = PickTask.objects.filter(demand_id__in=list(demand_ids), release__undone_at=None, release__emptied_at=None)
    return sorted(set(live.values_list("release_id", flat=True)))


def releases_of_allocations(allocation_ids: Iterable[int]) -> list[int]:
    """The releases that open tasks of these allocations belong to, by id."""
    return sorted(set(PickTask.objects.filter(allocation_id__in=list(allocation_ids), state__in=OPEN).values_list("release_id", flat=True)))


def lock_open_tasks_of_demands(demand_ids: Iterable[int]) -> list[PickTask]:
    return list(PickTask.objects.select_for_update(of=("self",)).filter(demand_id__in=list(demand_ids), state__in=OPEN).order_by("pk"))


def lock_open_tasks_of_allocations(allocation_ids: Iterable[int]) -> list[PickTask]:
    return list(
        PickTask.objects.select_for_update(of=("self",))
        .select_related("location", "item", "release__fulfillment_order")
        .filter(allocation_id__in=list(allocation_ids), state__in=OPEN)
        .order_by("pk")
    )


def open_tasks(batch_id: int) -> int:
    return PickTask.objects.filter(batch_id=batch_id, state__in=OPEN).count()
