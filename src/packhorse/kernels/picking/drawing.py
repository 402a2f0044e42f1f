"""A walk as the stops in their order, from the steps of the dynamic program: what is walked of each aisle and cross aisle is drawn, then walked through once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from packhorse.kernels.picking.problem import Cell, RectangularLayout
from packhorse.kernels.picking.states import BACK, FRONT, ONCE, TWICE

Lengths = tuple[float, float, float]  # walked when a part of an aisle is done from the front, from the back, from both leaving the largest gap
Vertex = tuple[int, int]  # aisle, cross aisle
Step = tuple[int, int, int | tuple[int, ...]]  # aisle, block, and the way through it; on to the next aisle with the passes along each cross aisle


def lengths(heights: Sequence[float], length: float) -> Lengths:
    """heights: ascending distances of the stops from the cross aisle in front, at least one."""
    gap = max((b - a for a, b in pairwise(heights)), default=0.0)
    return 2 * heights[-1], 2 * (length - heights[0]), 2 * (length - gap)


def in_order(layout: RectangularLayout, steps: Iterable[Step], stops: Iterable[Cell]) -> list[Cell]:
    """The stops as the walk of these steps passes them."""
    columns = columns_of(stops)
    edges, branches = _draw(layout, steps, columns)
    return _walk(layout, edges, branches, columns)


def columns_of(stops: Iterable[Cell]) -> dict[tuple[int, int], list[Cell]]:
    """By aisle and block, ascending."""
    columns: dict[tuple[int, int], list[Cell]] = defaultdict(list)
    for stop in sorted(set(stops)):
        columns[stop.aisle, stop.block].append(stop)
    return columns


def heights_of(layout: RectangularLayout, block: int, cells: Iterable[Cell]) -> list[float]:
    """Distances of the cells from the cross aisle in front."""
    return [layout.blocks[block].first_cell + cell.cell * layout.blocks[block].cell_pitch for cell in cells]


def _behind_the_gap(heights: Sequence[float]) -> int:
    """The number of the first stop behind the largest gap."""
    return max(range(len(heights) - 1), key=lambda i: heights[i + 1] - heights[i], default=0) + 1


def _draw(
    layout: RectangularLayout, steps: Iterable[Step], columns: dict[tuple[int, int], list[Cell]]
) -> tuple[list[tuple[Vertex, Vertex]], dict[Vertex, list[Cell]]]:
    """The edges walked, and the stops reached from a crossing by walking in and out."""
    edges: list[tuple[Vertex, Vertex]] = []
    branches: dict[Vertex, list[Cell]] = defaultdict(list)
    for aisle, block, way in steps:
        if isinstance(way, tuple):
            edges.extend(((aisle, c), (aisle + 1, c)) for c, n in enumerate(way) for _ in range(n))
        elif way in (ONCE, TWICE):
            edges.extend([((aisle, block), (aisle, block + 1))] * (way - ONCE + 1))
        else:
            cells = columns[aisle, block]
            ys = heights_of(layout, block, cells)
            split = len(cells) if way == FRONT else 0 if way == BACK else _behind_the_gap(ys)
            branches[aisle, block].extend(cells[:split])
            branches[aisle, block + 1].extend(reversed(cells[split:]))
    return edges, branches


def _walk(
    layout: RectangularLayout, edges: list[tuple[Vertex, Vertex]], branches: dict[Vertex, list[Cell]], columns: dict[tuple[int, int], list[Cell]]
) -> list[Cell]:
    """Hierholzer's circuit from the depot, with each stop where it is first passed."""
    leaving: dict[Vertex, list[tuple[int, Vertex]]] = defaultdict(list)
    for number, (a, b) in enumerate(edges):
        leaving[a].append((number, b))
        leaving[b].append((number, a))
    used = [False] * len(edges)
    stack: list[Vertex] = [(layout.depot.aisle, layout.depot.cross_aisle)]
    circuit: list[Vertex] = []
    while stack:
        out = leaving[stack[-1]]
        while out and used[out[-1][0]]:
            out.pop()
        if out:
            number, vertex = out.pop()
            used[number] = True
            stack.append(vertex)
        else:
            circuit.append(stack.pop())
    stops: dict[Cell, None] = {}
    stops.update(dict.fromkeys(branches.get(circuit[0], ())))
    for a, b in pairwise(circuit):
        if a[0] == b[0]:
            cells = columns.get((a[0], min(a[1], b[1])), [])
            stops.update(dict.fromkeys(cells if b[1] > a[1] else reversed(cells)))
        stops.update(dict.fromkeys(branches.get(b, ())))
    return list(stops)
