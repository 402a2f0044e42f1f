"""Walks against which plans are compared: S-shape, where every aisle with a pick is walked through, and largest gap, where aisles are left by the side they were entered.

Source: Hall, "Distance approximations for routing manual pickers in a warehouse", IIE Transactions 25
(1993); for several blocks the order of Roodbergen and de Koster, International Journal of Production
Research 39 (2001): the farthest block first, then block by block towards the depot's side.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate, pairwise

from packhorse.kernels.picking.drawing import lengths
from packhorse.kernels.picking.problem import Cell, RectangularLayout

Point = tuple[float, float]


def s_shape(layout: RectangularLayout, stops: Iterable[Cell]) -> float:
    """Metres of the S-shape walk over the stops, the depot's extra included."""
    walk = s_shape_walk(layout, stops)
    return 2 * layout.depot.extra + sum(abs(x - ex) + abs(y - ey) for (x, y), (ex, ey) in pairwise(walk))


def s_shape_walk(layout: RectangularLayout, stops: Iterable[Cell]) -> list[Point]:
    """Where the S-shape walk over the stops turns, the depot's crossing first and last: metres to the right of the first aisle, metres behind the front."""
    places = set(stops)
    depot = layout.depot
    front = [0.0, *accumulate(spec.length for spec in layout.blocks)]
    aisle, cross = depot.aisle, depot.cross_aisle
    walk = [(aisle * layout.aisle_pitch, front[cross])]
    at_back = depot.cross_aisle > len(layout.blocks) / 2
    for block in sorted({p.block for p in places}, reverse=not at_back):
        near, far = (block + 1, block) if at_back else (block, block + 1)
        aisles = sorted({p.aisle for p in places if p.block == block})
        if abs(aisles[-1] - aisle) < abs(aisles[0] - aisle):
            aisles.reverse()
        walk.append((aisle * layout.aisle_pitch, front[near]))
        walk += _through(layout, block, aisles, [p for p in places if p.block == block and p.aisle == aisles[-1]], (front[near], front[far]))
        aisle, cross = aisles[-1], near
    return [*walk, (aisle * layout.aisle_pitch, front[depot.cross_aisle]), walk[0]]


def _through(layout: RectangularLayout, block: int, aisles: list[int], in_last: list[Cell], sides: tuple[float, float]) -> list[Point]:
    """All aisles of one block through, the last of an odd number in and out again; `sides`: where the block begins and ends, the one it is entered from first."""
    spec, walk, (here, there) = layout.blocks[block], list[Point](), sides
    for n, aisle in enumerate(aisles):
        x = aisle * layout.aisle_pitch
        if n == len(aisles) - 1 and n % 2 == 0:
            depths = [min(sides) + spec.first_cell + p.cell * spec.cell_pitch for p in in_last]
            return [*walk, (x, here), (x, min(depths) if sides[0] > sides[1] else max(depths)), (x, here)]
        walk += [(x, here), (x, there)]
        here, there = there, here
    return walk


def largest_gap(layout: RectangularLayout, stops: Iterable[Cell]) -> float:
    """Metres of the largest gap walk on one block: the first and the last aisle through, of those between everything but the largest gap, from both sides."""
    (spec,) = layout.blocks
    heights: dict[int, list[float]] = {}
    for place in sorted(set(stops)):
        heights.setdefault(place.aisle, []).append(spec.first_cell + place.cell * spec.cell_pitch)
    if not heights:
        return 2 * layout.depot.extra
    first, last, depot = min(heights), max(heights), layout.depot.aisle
    beside = 2 * layout.depot.extra
    if first == last:
        return beside + 2 * abs(first - depot) * layout.aisle_pitch + lengths(heights[first], spec.length)[1 if layout.depot.cross_aisle else 0]
    across = (abs(depot - first) + last - first + abs(last - depot)) * layout.aisle_pitch
    between = sum(min(lengths(ys, spec.length)) for aisle, ys in heights.items() if first < aisle < last)
    return beside + across + 2 * spec.length + between
