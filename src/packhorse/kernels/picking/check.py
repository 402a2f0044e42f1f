"""Is this plan one for this problem? Shares nothing with the solver but the dataclasses: distances come from a plain Dijkstra over the floor as a graph."""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Hashable
from itertools import pairwise

from packhorse.kernels.picking.problem import Cell, GraphLayout, Layout, Place, Problem
from packhorse.kernels.picking.result import Result

_Graph = dict[Hashable, list[tuple[Hashable, float]]]


def check(problem: Problem, result: Result) -> list[str]:
    """What is wrong with the plan, one sentence each; empty if nothing is."""
    faults = []
    orders = {order.id: order for order in problem.orders}
    times = Counter(order for batch in result.batches for order in batch.orders)
    faults += [f"order {order!r} is in {times[order]} batches" for order in orders if times[order] != 1]
    faults += [f"order {order!r} is not in the problem" for order in times if order not in orders]
    if problem.capacity is None and len(result.batches) > 1:
        faults.append("without a cart the plan is one tour")
    graph, depot, extra = _graph(problem.layout, {stop for batch in result.batches for stop in batch.stops})
    for n, batch in enumerate(result.batches):
        known = [orders[order] for order in batch.orders if order in orders]
        load = sum(order.size for order in known)
        if problem.capacity is not None and load > problem.capacity:
            faults.append(f"batch {n} holds {load}, more than {problem.capacity}")
        if problem.compartments is not None and len(batch.orders) > problem.compartments:
            faults.append(f"batch {n} holds {len(batch.orders)} orders in {problem.compartments} compartments")
        visited = set(batch.stops)
        faults += [f"batch {n} has no stop for {choices}" for order in known for choices in order.picks if not visited.intersection(choices)]
        walk: list[Hashable] = [depot, *map(_key, batch.stops), depot]
        walked = extra + sum(_distance(graph, a, b) for a, b in pairwise(walk))
        if not math.isclose(walked, batch.distance, rel_tol=1e-9, abs_tol=1e-9):
            faults.append(f"batch {n} states {batch.distance} and walks {walked}")
    if not math.isclose(sum(batch.distance for batch in result.batches), result.distance, rel_tol=1e-9, abs_tol=1e-9):
        faults.append(f"the plan states {result.distance}")
    return faults


def _key(place: Place) -> Hashable:
    return place if isinstance(place, Cell) else place.node


def _graph(layout: Layout, stops: set[Place]) -> tuple[_Graph, Hashable, float]:
    """The floor as a graph of its crossings and these stops; its depot; what every tour walks before it."""
    graph: _Graph = defaultdict(list)
    if isinstance(layout, GraphLayout):
        for u, v, length in layout.edges:
            graph[u].append((v, length))
            graph[v].append((u, length))
        for u, v, length in layout.one_way:
            graph[u].append((v, length))
        return graph, layout.depot, 0.0

    def join(a: Hashable, b: Hashable, length: float) -> None:
        graph[a].append((b, length))
        graph[b].append((a, length))

    for aisle in range(layout.aisles):
        for cross in range(len(layout.blocks) + 1):
            if aisle:
                join(("crossing", aisle - 1, cross), ("crossing", aisle, cross), layout.aisle_pitch)
        for b, block in enumerate(layout.blocks):
            here: list[tuple[float, Hashable]] = [(0.0, ("crossing", aisle, b)), (block.length, ("crossing", aisle, b + 1))]
            here += [(block.first_cell + s.cell * block.cell_pitch, s) for s in stops if isinstance(s, Cell) and (s.aisle, s.block) == (aisle, b)]
            here.sort(key=lambda point: (point[0], isinstance(point[1], Cell)))
            for (low, a), (high, c) in pairwise(here):
                join(a, c, high - low)
    return graph, ("crossing", layout.depot.aisle, layout.depot.cross_aisle), 2 * layout.depot.extra


def _distance(graph: _Graph, source: Hashable, target: Hashable) -> float:
    best: dict[Hashable, float] = {source: 0.0}
    queue: list[tuple[float, int, Hashable]] = [(0.0, 0, source)]
    count = 0
    while queue:
        distance, _, point = heapq.heappop(queue)
        if point == target:
            return distance
        if distance > best[point]:
            continue
        for then, length in graph[point]:
            if distance + length < best.get(then, math.inf):
                best[then] = distance + length
                count += 1
                heapq.heappush(queue, (distance + length, count, then))
    return math.inf
