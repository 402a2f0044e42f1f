"""Urgent orders break into a walk that is planned and not begun: it is planned anew outside any transaction, then recorded if nothing has changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from uuid import UUID

from packhorse.core import clock, sql
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import NotFound, WrongState
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.ground.warehouse import selectors as warehouse
from packhorse.kernels.stop import Stop
from packhorse.steps.picking import records, selectors
from packhorse.steps.picking.events import BatchReplanned
from packhorse.steps.picking.models import Method, PickBatch, Release
from packhorse.steps.picking.services.planning import reached, shares, walks
from packhorse.steps.picking.types import PlannedBatch, Urgency


def break_in(
    *,
    key: UUID,
    actor: Actor,
    warehouse_id: int,
    batch_id: int | None = None,
    release_ids: Collection[int] = (),
    limit: int = 500,
    iterations: int = 200_000,
    seed: int = 0,
) -> int:
    """Take urgent released orders into a walk that is planned and not begun (the one that begins next, unless named): into its free compartments, else in the place of the least urgent ones, which
    wait for the next plan. Orders that are named come in first, and are urgent since somebody says so. Returns how many came in.

    The same key breaks in once.   Raises: NotFound, WrongState.
    """
    came_before: int | None = selectors.recorded(actor, key, "breaking_in.record_break_in")
    if came_before is not None:
        return came_before
    policy, now = selectors.policy(actor.scope, warehouse_id), clock.now()
    waiting = [t for t in selectors.unbatched(actor.scope, warehouse_id, limit=limit) if t.method == Method.WHOLE]
    planned = selectors.next_planned(actor.scope, warehouse_id, limit=20) if batch_id is None else [selectors.batch(actor.scope, batch_id)]
    following = [b for b in planned if batch_id is not None or (not b.zone and b.wall_id is None)][:1]
    if batch_id is not None and (following[0].state != "planned" or following[0].warehouse_id != warehouse_id or following[0].zone or following[0].wall_id):
        raise WrongState(kind="batch", state=following[0].state, wanted="broken into", page="picking:batch", id=batch_id)
    if strange := set(release_ids) - {t.release_id for t in waiting}:
        raise NotFound(kind="release", ref=min(strange))
    if not waiting or not following:
        return 0
    means = selectors.means(actor.scope, warehouse_id, cart_type_id=following[0].cart_type_id)
    on_walk = [t for t in selectors.tasks(actor.scope, following[0].batch_id) if t.state == "ready"]
    ranks = selectors.urgencies(actor.scope, {t.release_id for t in (*waiting, *on_walk)})
    staying = {t.release_id: ranks[t.release_id] for t in on_walk}
    urgent = {i: replace(ranks[i], named=True) for i in release_ids} if release_ids else {
        t.release_id: ranks[t.release_id] for t in reached(waiting, means) if ranks[t.release_id].presses(now, policy.urgent_min)
    }  # fmt: skip
    came, left = exchange(urgent, staying, means.orders or policy.orders_per_walk, shares((*waiting, *on_walk), means))
    if not came:
        return 0
    chosen = [t for t in (*on_walk, *waiting) if t.release_id in came or (t.release_id in staying and t.release_id not in left)]
    anew = walks(warehouse.layout(actor.scope, warehouse_id), chosen, replace(means, orders=None), Stop(iterations=iterations), seed)
    return record_break_in(key=key, actor=actor, batch_id=following[0].batch_id, came=came, left=left, planned=anew[0])


def exchange(urgent: dict[int, Urgency], staying: dict[int, Urgency], room: int, shares: Mapping[int, float] | None = None) -> tuple[list[int], list[int]]:
    """Which urgent orders come into a walk of so many compartments, the most urgent first, and which of those on it make room: only for a more urgent one, the least urgent first. `shares`: how
    much of the cart each takes, where that counts. Pure."""
    takes = shares or {}
    on_walk = dict(staying)
    came: list[int] = []
    left: list[int] = []
    for release_id, urgency in sorted(urgent.items(), key=lambda u: (u[1].rank, u[0])):
        after, making_room = dict(on_walk), list[int]()
        while after and (len(after) >= room or sum(takes.get(i, 0.0) for i in (*after, release_id)) > 1 + 1e-9):
            last = max((i for i in after if i in staying), key=lambda i: (after[i].rank, i), default=None)
            if last is None or after[last].rank <= urgency.rank:
                return came, sorted(left)
            del after[last]
            making_room.append(last)
        on_walk = after | {release_id: urgency}
        left += making_room
        came.append(release_id)
    return came, sorted(left)


@use_case
def record_break_in(*, key: UUID, actor: Actor, batch_id: int, came: list[int], left: list[int], planned: PlannedBatch) -> int:
    """Record a walk planned anew with urgent orders in it. Where the walk was begun or anything of it changed meanwhile, it stays as it is. Returns how many orders came in.

    Locks: batch, releases, tasks.   Raises: NotFound.
    """
    batch = records.lock_batch(batch_id)
    authorize(actor, "release", batch)
    before = set(Release.objects.filter(batch=batch).values_list("pk", flat=True))
    releases = records.lock_releases({*planned.release_ids, *left, *before})
    final = set(planned.release_ids)
    waits = all(r.batch_id is None and r.undone_at is None and r.emptied_at is None for r in releases if r.pk in came)
    ready = {t.pk for t in records.lock_tasks_of([r.pk for r in releases]) if t.state == "ready" and t.release_id in final}
    numbered = [(task, n) for n, stop in enumerate(planned.stops, 1) for task in stop.task_ids]
    if batch.state != PickBatch.State.PLANNED or not waits or before != (final - set(came)) | set(left) or ready != {t for t, _n in numbered}:
        return 0
    sql.run("UPDATE picking_picktask SET batch_id = NULL, sequence = 0 WHERE release_id = ANY(%s) AND state = 'ready'", [left])
    sql.run("UPDATE picking_release SET batch_id = NULL, compartment = NULL WHERE id = ANY(%s)", [left])
    sql.run(
        "UPDATE picking_release r SET batch_id = %s, compartment = t.n FROM unnest(%s::bigint[]) WITH ORDINALITY AS t(id, n) WHERE r.id = t.id",
        [batch_id, list(planned.release_ids)],
    )
    sql.run(
        "UPDATE picking_picktask p SET batch_id = %s, sequence = t.n FROM unnest(%s::bigint[], %s::int[]) AS t(id, n) WHERE p.id = t.id",
        [batch_id, [t for t, _n in numbered], [n for _t, n in numbered]],
    )
    told = BatchReplanned(
        warehouse_id=batch.warehouse_id,
        batch_id=batch_id,
        came=len(came),
        left=len(left),
        before_m=round(batch.distance_m, 1),
        after_m=round(planned.distance_m, 1),
        fulfillment_order_ids=sorted(r.fulfillment_order_id for r in releases if r.pk in came),
    )
    batch.reasons = {
        **planned.reasons,
        "orders_considered": batch.reasons.get("orders_considered", len(before)),
        "urgent_came": batch.reasons.get("urgent_came", 0) + len(came),
        "left_for_urgent": batch.reasons.get("left_for_urgent", 0) + len(left),
        "metres_before": told.before_m,
    }
    measured = ("distance_m", "s_shape_m", "one_by_one_m", "minutes", "s_shape_min", "one_by_one_min")
    for name in measured:
        setattr(batch, name, getattr(planned, name))
    batch.save(update_fields=["reasons", *measured])
    emit(told)
    return len(came)
