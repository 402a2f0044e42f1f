"""The shortest tour on a rectangular floor, proven: a dynamic program over its aisles (sources in `states`).

Linear in the number of aisles and stops, for a fixed number of blocks: 7 states for one block, 25 for two, 113 for three, 569 for four.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from packhorse.kernels.picking.problem import Cell, RectangularLayout
from packhorse.kernels.picking.states import BACK, FRONT, GAP, ONCE, TWICE, Machine, machine

Lengths = tuple[float, float, float]  # walked when a part of an aisle is done from the front, from the back, from both leaving the largest gap
Vertex = tuple[int, int]  # aisle, cross aisle
Step = tuple[int, int, int | tuple[int, ...]]  # aisle, block, and the way through it; on to the next aisle with the passes along each cross aisle


def lengths(heights: Sequence[float], length: float) -> Lengths:
    """heights: ascending distances of the stops from the cross aisle in front, at least one."""
    gap = max((b - a for a, b in pairwise(heights)), default=0.0)
    return 2 * heights[-1], 2 * (length - heights[0]), 2 * (length - gap)


@dataclass(frozen=True, slots=True)
class _Trace:
    """One step of the program: where each state came from and by what; `passes` along cross aisles or a way through a block."""

    aisle: int
    block: int  # -1: on to the next aisle; -2: the depot
    back: dict[int, tuple[int, int | tuple[int, ...]]]


def shortest(layout: RectangularLayout, stops: Iterable[Cell]) -> tuple[float, list[Cell]]:
    """-> (distance with the depot's extra, the distinct stops in the order of a shortest walk)."""
    places = sorted(set(stops))
    if not places:
        return 2 * layout.depot.extra, []
    columns = _columns(places)
    parts = {key: lengths(_heights(layout, key[1], cells), layout.blocks[key[1]].length) for key, cells in columns.items()}
    reach = [layout.depot.aisle, *(aisle for aisle, _ in columns)]
    distance, trace, end = _sweep(layout, parts, min(reach), max(reach))
    return distance + 2 * layout.depot.extra, in_order(layout, _follow(trace, end), places)


def in_order(layout: RectangularLayout, steps: Iterable[Step], stops: Iterable[Cell]) -> list[Cell]:
    """The stops as the walk of these steps passes them."""
    columns = _columns(stops)
    edges, branches = _draw(layout, steps, columns)
    return _walk(layout, edges, branches, columns)


def _columns(stops: Iterable[Cell]) -> dict[tuple[int, int], list[Cell]]:
    """By aisle and block, ascending."""
    columns: dict[tuple[int, int], list[Cell]] = defaultdict(list)
    for stop in sorted(set(stops)):
        columns[stop.aisle, stop.block].append(stop)
    return columns


def _heights(layout: RectangularLayout, block: int, cells: Iterable[Cell]) -> list[float]:
    return [layout.blocks[block].first_cell + cell.cell * layout.blocks[block].cell_pitch for cell in cells]


def _sweep(layout: RectangularLayout, parts: dict[tuple[int, int], Lengths], first: int, last: int) -> tuple[float, list[_Trace], int]:
    m: Machine = machine(len(layout.blocks))
    best: dict[int, float] = {m.start: 0.0}
    trace: list[_Trace] = []
    for aisle in range(first, last + 1):
        for block, spec in enumerate(layout.blocks):
            part = parts.get((aisle, block))
            costs: tuple[tuple[int, float], ...] = ((ONCE, spec.length), (TWICE, 2 * spec.length))
            if part:
                costs = ((FRONT, part[FRONT]), (BACK, part[BACK]), (GAP, part[GAP]), *costs)
            after: dict[int, float] = {} if part else dict(best)
            back: dict[int, tuple[int, int | tuple[int, ...]]] = {} if part else {s: (s, -1) for s in best}
            table = m.vertical[block]
            for state, cost in best.items():
                nexts = table[state]
                for way, length in costs:
                    then, total = nexts[way], cost + length
                    if then >= 0 and total < after.get(then, inf):
                        after[then] = total
                        back[then] = (state, way)
            trace.append(_Trace(aisle, block, back))
            best = after
        if aisle == layout.depot.aisle:
            best = _at_depot(m.touch[layout.depot.cross_aisle], best, aisle, trace)
        if aisle < last:
            best = _to_next_aisle(m, best, layout.aisle_pitch, aisle, trace)
    end = min((s for s in best if m.final[s]), key=lambda s: best[s])
    return best[end], trace, end


def _at_depot(touch: tuple[int, ...], best: dict[int, float], aisle: int, trace: list[_Trace]) -> dict[int, float]:
    after: dict[int, float] = {}
    back: dict[int, tuple[int, int | tuple[int, ...]]] = {}
    for state, cost in best.items():
        then = touch[state]
        if then >= 0 and cost < after.get(then, inf):
            after[then] = cost
            back[then] = (state, -1)
    trace.append(_Trace(aisle, -2, back))
    return after


def _to_next_aisle(m: Machine, best: dict[int, float], pitch: float, aisle: int, trace: list[_Trace]) -> dict[int, float]:
    after: dict[int, float] = {}
    back: dict[int, tuple[int, int | tuple[int, ...]]] = {}
    for state, cost in best.items():
        for edges, passes, then in m.crossings[state]:
            total = cost + edges * pitch
            if total < after.get(then, inf):
                after[then] = total
                back[then] = (state, passes)
    trace.append(_Trace(aisle, -1, back))
    return after


def _follow(trace: list[_Trace], end: int) -> list[Step]:
    """The program's steps, from the last to the first."""
    steps: list[Step] = []
    state = end
    for step in reversed(trace):
        state, way = step.back[state]
        if way != -1:
            steps.append((step.aisle, step.block, way))
    return steps


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
            ys = _heights(layout, block, cells)
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
