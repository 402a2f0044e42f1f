"""Planning: which orders walk together, and how. Solved outside any transaction, then recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from packhorse.core.actors import Actor
from packhorse.core.errors import Invalid
from packhorse.ground.warehouse.graph import kernel_places
from packhorse.ground.warehouse.types import FloorPlan
from packhorse.kernels.picking.problem import Order, Problem
from packhorse.kernels.picking.result import Progress, Result
from packhorse.kernels.picking.solve import solve
from packhorse.kernels.stop import Stop
from packhorse.steps.picking import pace, selectors
from packhorse.steps.picking.models import OUT_OF_REACH, Method
from packhorse.steps.picking.places import spot_of
from packhorse.steps.picking.services.batches import record_batches
from packhorse.steps.picking.services.zoning import Load, by_release, loads
from packhorse.steps.picking.travel import Travel, handling
from packhorse.steps.picking.types import Means, PlannedBatch, PlannedStop, TaskInfo

POLICY = "savings-annealing/2"

Report = Callable[[Progress], bool]


def plan_batches(
    *,
    key: UUID,
    actor: Actor,
    warehouse_id: int,
    orders_per_cart: int | None = None,
    cart_type_id: int | None = None,
    wave_id: int | None = None,
    method: str | None = None,
    begun: bool = False,
    limit: int = 500,
    iterations: int = 200_000,
    seed: int = 0,
) -> list[int]:
    """Plan walks for the released orders that have none (those of a wave, where given; oldest ship-by first, at most `limit`), and record them. Returns the new batches' ids.

    Walks are as large as a type of cart allows, else `orders_per_cart`, else as the warehouse has set. Orders that whoever walks with it does not reach wait for another.
    Orders whose tasks changed while the walk was computed are left for the next plan. The same orders, iterations and seed give the same walks. The same key plans once.
    Each order is picked as its release says, or by `method`. `begun`: only those that were picked in a zone and go on.

    Raises: NotFound, Invalid, NoPutWall.
    """
    if method is not None and method not in Method.values:
        raise Invalid(field="method", reason="is one of {choices}", choices=", ".join(Method.values))
    planned_before: list[int] | None = selectors.recorded(actor, key, "batches.record_batches")
    if planned_before is not None:
        return planned_before
    means = selectors.means(actor.scope, warehouse_id, cart_type_id=cart_type_id, orders=orders_per_cart)
    waiting = reached(selectors.unbatched(actor.scope, warehouse_id, limit=limit, wave_id=wave_id, begun=begun), means)
    if not waiting:
        return []
    chosen = [t if method is None or t.wall_id else replace(t, method=method) for t in waiting]
    planned = of_loads(loads(actor.scope, warehouse_id, chosen), means, Stop(iterations=iterations), seed)
    return record_batches(key=key, actor=actor, warehouse_id=warehouse_id, batches=planned, cart_type_id=cart_type_id)


def walks(floor: FloorPlan | None, tasks: list[TaskInfo], means: Means, stop: Stop, seed: int, report: Report | None = None) -> list[PlannedBatch]:
    """Batches and walks for these tasks: on the floor, where its aisles are known."""
    return on_the_floor(floor, tasks, means, stop, seed, report) if floor else by_location_code(tasks, means)


def of_loads(some: Sequence[Load], means: Means, stop: Stop, seed: int, report: Report | None = None) -> list[PlannedBatch]:
    """Walks for what is planned together, one load after the other; seconds, and what is told of how far it is, are shared among them by their picks."""
    found: list[PlannedBatch] = []
    total, done = sum(len(load.tasks) for load in some), 0
    for load in some:
        part = len(load.tasks) / total
        before, metres = done / total, sum(b.distance_m for b in found)

        def tell(progress: Progress, part: float = part, before: float = before, metres: float = metres) -> bool:
            assert report is not None, "somebody listens"
            return report(replace(progress, share=before + part * progress.share, metres=metres + progress.metres))

        own = means if load.wall_id is None else replace(means, orders=len(load.tasks))
        until = stop if stop.seconds is None else replace(stop, seconds=stop.seconds * part)
        made = walks(load.floor, load.tasks, own, until, seed, tell if report else None)
        found += [replace(b, method=load.method, zone=load.zone, wall_id=load.wall_id, reasons={**b.reasons, **load.said}) for b in made]
        done += len(load.tasks)
    return found


def reached(tasks: list[TaskInfo], means: Means) -> list[TaskInfo]:
    """The tasks of the orders of which every place is reached; what a picker could not reach waits for a cart whose worker has times (and reach) of their own."""
    most = means.times.reach_levels
    above = {t.release_id for t in tasks if (most is not None and t.level >= most) or (t.reason == OUT_OF_REACH and not means.worker)}
    return [t for t in tasks if t.release_id not in above]


def on_the_floor(floor: FloorPlan, tasks: list[TaskInfo], means: Means, stop: Stop, seed: int, report: Report | None = None) -> list[PlannedBatch]:
    """Batches and walks on a floor whose aisles are known; one batch where the means name no number of orders. Places that are nowhere on it (neither aisle nor metres) come last, by code,
    at no distance. `report` hears how the search stands, and ends it by saying False.

    Where an aisle is one-way, or a place stands beside the racks, the walks are sought on the aisle graph, and there is no S-shape to compare them with (0).
    """
    releases = by_release(tasks)
    spots = {t.task_id: spot for t in tasks if (spot := spot_of(floor, t)) is not None}
    layout, names = kernel_places(floor, spots.values())
    sizes = shares(tasks, means)
    measured = any(sizes.values())
    problem = Problem(
        layout,
        tuple(
            Order.at(str(i), sorted({names[spots[t.task_id]] for t in own if t.task_id in spots}), min(1.0, sizes[i]) if measured else 1)
            for i, own in releases.items()
        ),
        capacity=1 if measured and means.orders else means.orders,
        compartments=means.orders if measured else None,
    )
    result: Result = solve(problem, stop=stop, seed=seed, report=report)
    travel, planned = Travel(floor, means.times), []
    for batch in result.batches:
        ids = [int(i) for i in batch.orders]
        own = [t for i in ids for t in releases[i]]
        rank = {place: n for n, place in enumerate(batch.stops)}
        places = {t.task_id: (rank[names[spots[t.task_id]]] if t.task_id in spots else len(rank), t.location) for t in own}
        alone = [(releases[i], sorted({spots[t.task_id] for t in releases[i] if t.task_id in spots})) for i in ids]
        order = sorted({spots[t.task_id] for t in own if t.task_id in spots}, key=lambda s: rank[names[s]])
        planned.append(
            PlannedBatch(
                release_ids=tuple(ids),
                stops=_stops(own, places),
                distance_m=batch.distance,
                s_shape_m=batch.s_shape or 0.0,
                one_by_one_m=batch.order_by_order,
                minutes=travel.minutes(own, batch.distance, order),
                s_shape_min=travel.s_shape_minutes(own, batch.s_shape, order) if batch.s_shape else 0.0,
                one_by_one_min=sum(travel.alone_minutes(some, where) for some, where in alone),
                reasons={
                    "policy": POLICY,
                    "orders_considered": len(releases),
                    **_said(means, len(releases), sum(sizes[i] for i in ids), any(sizes[i] > 1 for i in ids)),
                    "iterations": result.iterations,
                    "seed": seed,
                    "walk_proven_shortest": int(batch.exact),
                },
            )
        )
    return planned


def shares(tasks: Iterable[TaskInfo], means: Means) -> dict[int, float]:
    """How much of the cart each order takes, by release."""
    return {i: _share(own, means) for i, own in by_release(tasks).items()}


def _share(tasks: list[TaskInfo], means: Means) -> float:
    """How much of the cart an order takes. What is not measured counts for nothing."""
    return means.share(sum(t.quantity * t.volume_mm3 for t in tasks), sum(t.quantity * t.weight_g for t in tasks))


def _said(means: Means, orders: int, share: float, too_large: bool) -> dict[str, str | int | float]:
    """The means, among a walk's reasons."""
    said: dict[str, str | int | float] = {"orders_per_cart": means.orders or orders}
    if means.cart_type:
        said |= {"cart_type": means.cart_type, "full_percent": round(100 * share)}
    if means.worker:
        said["worker"] = means.worker
    return said | ({"more_than_the_cart_carries": 1} if too_large else {})


def by_location_code(tasks: list[TaskInfo], means: Means) -> list[PlannedBatch]:
    """Batches for a warehouse without a floor plan: oldest orders together, places by code, no distances, and minutes without the walk."""
    releases = by_release(tasks)
    groups: list[list[int]] = []
    full = 0.0
    for i, own in releases.items():
        share = _share(own, means)
        if not groups or (means.orders is not None and len(groups[-1]) == means.orders) or full + share > 1:
            groups.append([])
            full = 0.0
        groups[-1].append(i)
        full += share
    planned = []
    for group in groups:
        own = [t for i in group for t in releases[i]]
        minutes = pace.walk_minutes(means.times, handling(own, means.times.heavy_g), 0)
        share = _share(own, means)
        said = _said(means, len(releases), share, len(group) == 1 and share > 1)
        planned.append(
            PlannedBatch(
                release_ids=tuple(group),
                stops=_stops(own, {t.task_id: (0, t.location) for t in own}),
                distance_m=0,
                s_shape_m=0,
                one_by_one_m=0,
                minutes=minutes,
                reasons={"policy": "location-code/1", "orders_considered": len(releases), **said},
            )
        )
    return planned


def _stops(tasks: list[TaskInfo], order: dict[int, tuple[int, str]]) -> tuple[PlannedStop, ...]:
    places: dict[int, list[TaskInfo]] = defaultdict(list)
    for task in sorted(tasks, key=lambda t: order[t.task_id]):
        places[task.location_id].append(task)
    return tuple(PlannedStop(place, tuple(t.task_id for t in own)) for place, own in places.items())
