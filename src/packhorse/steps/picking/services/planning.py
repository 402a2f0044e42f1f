"""Planning: which orders walk together, and how. Solved outside any transaction, then recorded."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from packhorse.core.actors import Actor
from packhorse.ground.warehouse import selectors as warehouse
from packhorse.ground.warehouse.graph import kernel_places
from packhorse.ground.warehouse.types import FloorPlan
from packhorse.kernels.picking.problem import Order, Problem
from packhorse.kernels.picking.result import Result
from packhorse.kernels.picking.solve import solve
from packhorse.kernels.stop import Stop
from packhorse.steps.picking import selectors
from packhorse.steps.picking.places import spot_of
from packhorse.steps.picking.services.batches import record_batches
from packhorse.steps.picking.types import PlannedBatch, PlannedStop, TaskInfo

POLICY = "savings-annealing/2"


def plan_batches(
    *, key: UUID, actor: Actor, warehouse_id: int, orders_per_cart: int, wave_id: int | None = None, limit: int = 500, iterations: int = 200_000, seed: int = 0
) -> list[int]:
    """Plan walks for the released orders that have none (those of a wave, where given; oldest ship-by first, at most `limit`), and record them. Returns the new batches' ids.

    Orders whose tasks changed while the walk was computed are left for the next plan. The same orders, iterations and seed give the same walks. The same key plans once.
    """
    planned_before: list[int] | None = selectors.recorded(actor, key, "batches.record_batches")
    if planned_before is not None:
        return planned_before
    waiting = selectors.unbatched(actor.scope, warehouse_id, limit=limit, wave_id=wave_id)
    if not waiting:
        return []
    floor = warehouse.layout(actor.scope, warehouse_id)
    planned = on_the_floor(floor, waiting, orders_per_cart, iterations, seed) if floor else by_location_code(waiting, orders_per_cart)
    return record_batches(key=key, actor=actor, warehouse_id=warehouse_id, batches=planned)


def _by_release(tasks: list[TaskInfo]) -> dict[int, list[TaskInfo]]:
    found: dict[int, list[TaskInfo]] = defaultdict(list)
    for task in tasks:
        found[task.release_id].append(task)
    return found


def on_the_floor(floor: FloorPlan, tasks: list[TaskInfo], orders_per_cart: int | None, iterations: int, seed: int) -> list[PlannedBatch]:
    """Batches and walks on a floor whose aisles are known; one batch where `orders_per_cart` is None. Places that are nowhere on it (neither aisle nor metres) come last, by code, at no distance.

    Where an aisle is one-way, or a place stands beside the racks, the walks are sought on the aisle graph, and there is no S-shape to compare them with (0).
    """
    releases = _by_release(tasks)
    spots = {t.task_id: spot for t in tasks if (spot := spot_of(floor, t)) is not None}
    layout, names = kernel_places(floor, spots.values())
    problem = Problem(
        layout,
        tuple(Order.at(str(i), sorted({names[spots[t.task_id]] for t in own if t.task_id in spots}), 1) for i, own in releases.items()),
        capacity=orders_per_cart,
    )
    result: Result = solve(problem, stop=Stop(iterations=iterations), seed=seed)
    planned = []
    for batch in result.batches:
        ids = [int(i) for i in batch.orders]
        own = [t for i in ids for t in releases[i]]
        rank = {place: n for n, place in enumerate(batch.stops)}
        places = {t.task_id: (rank[names[spots[t.task_id]]] if t.task_id in spots else len(rank), t.location) for t in own}
        planned.append(
            PlannedBatch(
                release_ids=tuple(ids),
                stops=_stops(own, places),
                distance_m=batch.distance,
                s_shape_m=batch.s_shape or 0.0,
                one_by_one_m=batch.order_by_order,
                reasons={
                    "policy": POLICY,
                    "orders_considered": len(releases),
                    "orders_per_cart": orders_per_cart or len(releases),
                    "iterations": result.iterations,
                    "seed": seed,
                    "walk_proven_shortest": int(batch.exact),
                },
            )
        )
    return planned


def by_location_code(tasks: list[TaskInfo], orders_per_cart: int) -> list[PlannedBatch]:
    """Batches for a warehouse without a floor plan: oldest orders together, places by code, no distances."""
    releases = _by_release(tasks)
    ids = list(releases)
    return [
        PlannedBatch(
            release_ids=tuple(group),
            stops=_stops([t for i in group for t in releases[i]], {t.task_id: (0, t.location) for i in group for t in releases[i]}),
            distance_m=0,
            s_shape_m=0,
            one_by_one_m=0,
            reasons={"policy": "location-code/1", "orders_considered": len(ids), "orders_per_cart": orders_per_cart},
        )
        for group in (ids[n : n + orders_per_cart] for n in range(0, len(ids), orders_per_cart))
    ]


def _stops(tasks: list[TaskInfo], order: dict[int, tuple[int, str]]) -> tuple[PlannedStop, ...]:
    places: dict[int, list[TaskInfo]] = defaultdict(list)
    for task in sorted(tasks, key=lambda t: order[t.task_id]):
        places[task.location_id].append(task)
    return tuple(PlannedStop(place, tuple(t.task_id for t in own)) for place, own in places.items())
