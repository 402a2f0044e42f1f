"""A floor as arrays, for compiled functions. A set of stops is a row of 64-bit words with a bit per place.

On a rectangular floor the words run along the aisles: block by block of aisle 0, then of aisle 1; each block of an aisle has `per` words, a bit per cell. On a graph
(and on rectangular floors of more than `EXACT_BLOCKS` blocks) the bits are the places that the orders name, in ascending order, and `matrix` has the distances.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from math import inf
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from packhorse.kernels.errors import InvalidProblem
from packhorse.kernels.picking.problem import Cell, GraphLayout, Layout, Node, Place, RectangularLayout
from packhorse.kernels.picking.states import machine

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

ONE_BLOCK, BLOCKS, MATRIX = range(3)
EXACT_BLOCKS = 5  # the exact program has 3,033 states for five blocks, and about 17,000 for six


class Terrain(NamedTuple):
    """kind: which of the three ways to measure a tour; extra: walked on every tour beside it; the rest as in `states.Machine`, crossings as one list with `starts`."""

    kind: int
    words: int
    per: int
    aisles: int
    blocks: int
    pitch: float
    extra: float
    depot_aisle: int
    depot_cross: int
    lengths: Floats
    heights: Floats
    touch: Ints
    vertical: Ints
    starts: Ints
    edges: Ints
    then: Ints
    final: npt.NDArray[np.bool_]
    matrix: Floats


class Survey:
    """The terrain of a layout, and which bit is which place."""

    def __init__(self, layout: Layout, places: Sequence[Place]) -> None:
        """places: all that orders name, each once. Raises: InvalidProblem if one cannot be reached, or there is no way back from it."""
        self.layout = layout
        if isinstance(layout, RectangularLayout) and len(layout.blocks) <= EXACT_BLOCKS:
            self.terrain = _rectangular(layout)
            self._places: list[Place] = []
        else:
            self._places = sorted(places)
            matrix = _walks(layout, self._places) if isinstance(layout, GraphLayout) else _between(layout, self._places)
            extra = 0.0 if isinstance(layout, GraphLayout) else 2 * layout.depot.extra
            self.terrain = _empty(MATRIX, -(-max(1, len(places)) // 64), extra, matrix)
        self._numbers = {place: n for n, place in enumerate(self._places)}

    def bit(self, place: Place) -> int:
        """The number of the bit."""
        if self.terrain.kind == MATRIX:
            return self._numbers[place]
        assert isinstance(place, Cell)
        return (place.aisle * self.terrain.blocks + place.block) * self.terrain.per * 64 + place.cell

    def place(self, bit: int) -> Place:
        """The place of the bit."""
        if self.terrain.kind == MATRIX:
            return self._places[bit]
        segment, cell = divmod(bit, self.terrain.per * 64)
        return Cell(*divmod(segment, self.terrain.blocks), cell)

    def places(self, row: Words) -> list[Place]:
        """The places of a set, in the order of their bits."""
        return [self.place(int(bit)) for bit in np.flatnonzero(np.unpackbits(row.view(np.uint8), bitorder="little"))]

    def rows(self, sets: Sequence[Sequence[Place]]) -> Words:
        """A set of stops per row."""
        made = np.zeros((len(sets), self.terrain.words), np.uint64)
        for row, places in zip(made, sets, strict=True):
            for place in places:
                word, bit = divmod(self.bit(place), 64)
                row[word] |= np.uint64(1 << bit)
        return made


def _empty(kind: int, words: int, extra: float, matrix: Floats) -> Terrain:
    none, flat = np.zeros(0, np.int32), np.zeros((0, 0), np.int32)
    return Terrain(
        kind, words, 1, 1, 1, 0.0, extra, 0, 0, np.zeros(0), np.zeros(0), flat, np.zeros((0, 0, 0), np.int32), none, none, none, np.zeros(0, np.bool_), matrix
    )


def _rectangular(layout: RectangularLayout) -> Terrain:
    blocks, m = len(layout.blocks), machine(len(layout.blocks))
    per = -(-max(block.cells for block in layout.blocks) // 64)
    cells = np.arange(per * 64)
    heights = np.concatenate([block.first_cell + cells * block.cell_pitch for block in layout.blocks])
    starts = np.cumsum([0, *(len(ways) for ways in m.crossings)])
    ways = [way for state in m.crossings for way in state]
    return Terrain(
        ONE_BLOCK if blocks == 1 else BLOCKS,
        layout.aisles * blocks * per,
        per,
        layout.aisles,
        blocks,
        float(layout.aisle_pitch),
        2.0 * layout.depot.extra,
        layout.depot.aisle,
        layout.depot.cross_aisle,
        np.array([float(block.length) for block in layout.blocks]),
        heights.astype(np.float64),
        np.array(m.touch, np.int32),
        np.array(m.vertical, np.int32),
        starts.astype(np.int32),
        np.array([way.edges for way in ways], np.int32),
        np.array([way.state for way in ways], np.int32),
        np.array(m.final, np.bool_),
        np.zeros((0, 0)),
    )


def _between(layout: RectangularLayout, places: Sequence[Place]) -> Floats:
    """Walks between depot and places in closed form: every aisle meets every cross aisle."""
    front = np.cumsum([0.0, *(block.length for block in layout.blocks)])
    aisle = np.array([layout.depot.aisle, *(p.aisle for p in places if isinstance(p, Cell))])
    block = np.array([-1, *(p.block for p in places if isinstance(p, Cell))])
    inside = [layout.blocks[p.block].first_cell + p.cell * layout.blocks[p.block].cell_pitch for p in places if isinstance(p, Cell)]
    height = np.array([0.0, *inside]) + front[np.where(block < 0, layout.depot.cross_aisle, block)]
    low, high = front[block], front[block + 1]
    total = height[:, None] + height[None, :]
    around = np.minimum(total - 2 * low[:, None], 2 * high[:, None] - total)
    same = (block[:, None] == block[None, :]) & (block[:, None] >= 0) & (aisle[:, None] != aisle[None, :])
    walk = np.where(same, around, np.abs(height[:, None] - height[None, :]))
    return np.asarray(walk + np.abs(aisle[:, None] - aisle[None, :]) * layout.aisle_pitch, np.float64)


def _walks(layout: GraphLayout, places: Sequence[Place]) -> Floats:
    """Shortest walks between depot and places (Dijkstra 1959). Raises: InvalidProblem."""
    out: list[list[tuple[int, float]]] = [[] for _ in range(layout.nodes)]
    for u, v, distance in layout.edges:
        out[u].append((v, distance))
        out[v].append((u, distance))
    for u, v, distance in layout.one_way:
        out[u].append((v, distance))
    nodes = [layout.depot, *(p.node for p in places if isinstance(p, Node))]
    matrix = np.empty((len(nodes), len(nodes)))
    for row, source in zip(matrix, nodes, strict=True):
        row[:] = _from(out, source)[nodes]
        if np.isinf(row).any():
            raise InvalidProblem(f"there is no way from node {source} to node {nodes[int(np.argmax(np.isinf(row)))]}")
    return matrix


def _from(out: Sequence[Sequence[tuple[int, float]]], source: int) -> Floats:
    far = [inf] * len(out)
    far[source] = 0.0
    queue = [(0.0, source)]
    while queue:
        distance, node = heapq.heappop(queue)
        if distance > far[node]:
            continue
        for then, step in out[node]:
            if distance + step < far[then]:
                far[then] = distance + step
                heapq.heappush(queue, (distance + step, then))
    return np.array(far)
