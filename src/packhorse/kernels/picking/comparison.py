"""Walks against which plans are compared: S-shape, where every aisle with a pick is walked through, and largest gap, where aisles are left by the side they were entered.

Source: Hall, "Distance approximations for routing manual pickers in a warehouse", IIE Transactions 25
(1993); for several blocks the order of Roodbergen and de Koster, International Journal of Production
Research 39 (2001): the farthest block first, then block by block towards the depot's side.
"""

from __future__ import annotations

from collections.abc import Iterable

from packhorse.kernels.picking.drawing import lengths
from packhorse.kernels.picking.problem import Cell, RectangularLayout


def s_shape(layout: RectangularLayout, stops: Iterable[Cell]) -> float:
    """Metres of the S-shape walk over the stops, the depot's extra included."""
    places = set(stops)
    depot = layout.depot
    if not places:
        return 2 * depot.extra
    at_back = depot.cross_aisle > len(layout.blocks) / 2
    blocks = sorted({p.block for p in places}, reverse=not at_back)
    aisle, cross, walked = depot.aisle, depot.cross_aisle, 2 * depot.extra
    front = [0.0]
    for spec in layout.blocks:
        front.append(front[-1] + spec.length)
    for block in blocks:
        near, far = (block + 1, block) if at_back else (block, block + 1)
        aisles = sorted({p.aisle for p in places if p.block == block})
        if abs(aisles[-1] - aisle) < abs(aisles[0] - aisle):
            aisles.reverse()
        walked += abs(front[near] - front[cross]) + abs(aisles[0] - aisle) * layout.aisle_pitch
        walked += _through(layout, block, aisles, [p for p in places if p.block == block and p.aisle == aisles[-1]], far < near)
        aisle, cross = aisles[-1], near
    return walked + abs(front[cross] - front[depot.cross_aisle]) + abs(aisle - depot.aisle) * layout.aisle_pitch


def _through(layout: RectangularLayout, block: int, aisles: list[int], in_last: list[Cell], from_back: bool) -> float:
    """All aisles of one block through, the last of an odd number in and out again."""
    spec = layout.blocks[block]
    across = abs(aisles[-1] - aisles[0]) * layout.aisle_pitch
    if len(aisles) % 2 == 0:
        return across + len(aisles) * spec.length
    heights = [spec.first_cell + p.cell * spec.cell_pitch for p in in_last]
    deepest = spec.length - min(heights) if from_back else max(heights)
    return across + (len(aisles) - 1) * spec.length + 2 * deepest


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
