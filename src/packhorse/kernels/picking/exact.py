"""The shortest tour on a rectangular floor, proven: a dynamic program over its aisles (sources in `states`). The oracle of the tests for `walks`; nothing else uses it.

Linear in the number of aisles and stops, for a fixed number of blocks: 7 states for one block, 25 for two, 113 for three, 569 for four.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from packhorse.kernels.picking.drawing import Lengths, Step, columns_of, heights_of, in_order, lengths
from packhorse.kernels.picking.problem import Cell, RectangularLayout
from packhorse.kernels.picking.states import BACK, FRONT, GAP, ONCE, TWICE, Machine, machine


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
    columns = columns_of(places)
    parts = {key: lengths(heights_of(layout, key[1], cells), layout.blocks[key[1]].length) for key, cells in columns.items()}
    reach = [layout.depot.aisle, *(aisle for aisle, _ in columns)]
    distance, trace, end = _sweep(layout, parts, min(reach), max(reach))
    return distance + 2 * layout.depot.extra, in_order(layout, _follow(trace, end), places)


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
