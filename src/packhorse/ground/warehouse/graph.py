"""The aisle graph: crossings, cells and single spots of a floor, and the ways between them. Pure.

An aisle leads from each cross aisle to the next past its cells, both ways or one; cross aisles go both ways. A spot beside the racks is reached from the crossing nearest to it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import inf
from typing import NamedTuple

from packhorse.ground.warehouse.types import FloorPlan
from packhorse.kernels.picking.problem import Cell, GraphLayout, Layout, Node, Place

Point = tuple[float, float]


class Spot(NamedTuple):
    """A place beside the racks, as `x_m`, `y_m` of a location."""

    x_m: float
    y_m: float


class AisleGraph:
    """The graph of a floor with the places that somebody wants to go to."""

    def __init__(self, floor: FloorPlan, places: Iterable[Cell | Spot]) -> None:
        self._points: list[Point] = []
        self._edges: list[tuple[int, int, float]] = []
        self._one_way: list[tuple[int, int, float]] = []
        self.number: dict[Cell | Spot, int] = {}
        wanted = set(places)
        cells: dict[tuple[int, int], list[Cell]] = {}
        for cell in sorted(p for p in wanted if isinstance(p, Cell)):
            cells.setdefault((cell.aisle, cell.block), []).append(cell)
        cross = floor.cross_aisles_m
        crossings = [[self._add((aisle * floor.aisle_pitch_m, y)) for y in cross] for aisle in range(floor.aisles)]
        for left, right in pairwise(crossings):
            for here, there in zip(left, right, strict=True):
                self._edges.append((here, there, floor.aisle_pitch_m))
        for aisle, own in enumerate(crossings):
            for block in range(len(cross) - 1):
                between = [self._add(floor.at_m(cell), cell) for cell in cells.get((aisle, block), ())]
                for here, there in pairwise((own[block], *between, own[block + 1])):
                    self._aisle(floor, aisle, here, there)
        for spot in sorted(p for p in wanted if isinstance(p, Spot)):
            node = self._add((spot.x_m, spot.y_m), spot)
            near = min((n for own in crossings for n in own), key=lambda n: (self._apart(n, node), n))
            self._edges.append((near, node, self._apart(near, node)))
        self._depot = crossings[floor.depot_aisle][0]

    def _add(self, point: Point, place: Cell | Spot | None = None) -> int:
        self._points.append(point)
        if place is not None:
            self.number[place] = len(self._points) - 1
        return len(self._points) - 1

    def _apart(self, a: int, b: int) -> float:
        (ax, ay), (bx, by) = self._points[a], self._points[b]
        return abs(ax - bx) + abs(ay - by)

    def _aisle(self, floor: FloorPlan, aisle: int, front: int, back: int) -> None:
        far = self._apart(front, back)
        if aisle in floor.one_way_back:
            self._one_way.append((front, back, far))
        elif aisle in floor.one_way_front:
            self._one_way.append((back, front, far))
        else:
            self._edges.append((front, back, far))

    def layout(self) -> GraphLayout:
        """The graph as the picking kernel takes it."""
        return GraphLayout(len(self._points), tuple(self._edges), tuple(self._one_way), self._depot)

    def walk(self, stops: Sequence[Cell | Spot]) -> list[Point]:
        """The points of the shortest walk past these stops in this order, from where walks begin and back."""
        out: list[list[tuple[int, float]]] = [[] for _ in self._points]
        for here, there, far in self._edges:
            out[here].append((there, far))
            out[there].append((here, far))
        for here, there, far in self._one_way:
            out[here].append((there, far))
        nodes = [self._depot, *(self.number[s] for s in stops), self._depot]
        points = [self._points[self._depot]]
        for here, there in pairwise(nodes):
            points += [self._points[n] for n in _way(out, here, there)]
        return points


def _way(out: Sequence[Sequence[tuple[int, float]]], source: int, target: int) -> list[int]:
    """The nodes after `source` on the shortest way to `target` (Dijkstra 1959)."""
    far = [inf] * len(out)
    far[source] = 0.0
    before = [source] * len(out)
    queue = [(0.0, source)]
    while queue:
        distance, node = heapq.heappop(queue)
        if node == target:
            break
        if distance > far[node]:
            continue
        for then, step in out[node]:
            if distance + step < far[then]:
                far[then], before[then] = distance + step, node
                heapq.heappush(queue, (distance + step, then))
    assert far[target] < inf, "a floor that could be laid out has a way to every place and back"
    found = []
    while target != source:
        found.append(target)
        target = before[target]
    return found[::-1]


def corners(points: Sequence[Point]) -> list[Point]:
    """The walk's points without those that are only passed straight on."""
    found: list[Point] = []
    for point in points:
        if found and found[-1] == point:
            continue
        if len(found) > 1 and _direction(found[-2], found[-1]) == _direction(found[-1], point):
            found.pop()
        found.append(point)
    return found


def turns(points: Sequence[Point]) -> int:
    """How often a walk turns: into an aisle, out of it, round within it."""
    return max(0, len(corners(points)) - 2)


def _direction(a: Point, b: Point) -> tuple[int, int]:
    return (b[0] > a[0]) - (b[0] < a[0]), (b[1] > a[1]) - (b[1] < a[1])


def kernel_places(floor: FloorPlan, places: Iterable[Cell | Spot]) -> tuple[Layout, dict[Cell | Spot, Place]]:
    """The floor for the picking kernel, and what these places are called on it: cells of a rectangular layout, for which walks are proven shortest, unless an aisle is one-way or a place
    stands beside the racks: then nodes of the aisle graph."""
    wanted = set(places)
    if not floor.one_way_back and not floor.one_way_front and all(isinstance(p, Cell) for p in wanted):
        return floor.rectangular(), {p: p for p in wanted if isinstance(p, Cell)}
    graph = AisleGraph(floor, wanted)
    return graph.layout(), {place: Node(number) for place, number in graph.number.items()}
