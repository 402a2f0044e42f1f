"""Floors as the batching sees them: a set of stops is one integer with a bit per place, and `cost` says what its tour walks.

Uniting two orders is then one `or`; costs are remembered per set.
"""

from __future__ import annotations

import heapq
from math import inf
from typing import Protocol

from packhorse.kernels.errors import InvalidProblem
from packhorse.kernels.picking.comparison import s_shape
from packhorse.kernels.picking.exact import shortest
from packhorse.kernels.picking.matrix_tour import short_tour, tour_length
from packhorse.kernels.picking.problem import Cell, GraphLayout, Layout, Node, Place, RectangularLayout
from packhorse.kernels.picking.result import Tour

REMEMBERED = 200_000  # sets of stops whose cost is kept
EXACT_BLOCKS = 4  # the exact program has 3,033 states for five blocks, which is too slow


class Floor(Protocol):
    """What batching and routing ask of a layout. `quick`: a cost takes microseconds rather than milliseconds."""

    @property
    def quick(self) -> bool:
        """Whether every saving may be computed rather than guessed."""

    def bit(self, place: Place) -> int:
        """The place as a set of one."""

    def cost(self, stops: int) -> float:
        """Metres of the tour over the set: the shortest where it is quickly known, else a short one."""

    def likeness(self, a: int, b: int) -> float:
        """About how many metres are saved by walking both sets in one tour; quick and rough."""

    def tour(self, stops: int, *, kicks: int, seed: int) -> Tour:
        """The tour itself."""

    def s_shape(self, stops: int) -> float | None:
        """Metres of the S-shape walk over the set; None where there are no aisles."""


def floor_of(layout: Layout) -> Floor:
    """The floor for a layout."""
    if isinstance(layout, GraphLayout):
        return GraphFloor(layout)
    if len(layout.blocks) == 1:
        return OneBlockFloor(layout)
    return RectangularFloor(layout)


def _bits(value: int) -> list[int]:
    """The positions of the ones, ascending."""
    positions = []
    while value:
        low = value & -value
        positions.append(low.bit_length() - 1)
        value ^= low
    return positions


class RectangularFloor:
    """Any number of blocks. Bits run along the aisles: all cells of aisle 0 from front to back, then those of aisle 1."""

    quick = False

    def __init__(self, layout: RectangularLayout) -> None:
        self.layout = layout
        self._starts = [sum(block.cells for block in layout.blocks[:b]) for b in range(len(layout.blocks))]
        self._per_aisle = sum(block.cells for block in layout.blocks)
        self._aisle = (1 << self._per_aisle) - 1
        self._length = sum(block.length for block in layout.blocks) / len(layout.blocks)
        self._windows = [((1 << block.cells) - 1) << start for block, start in zip(layout.blocks, self._starts, strict=True)]
        self._cells = [Cell(0, b, c) for b, block in enumerate(layout.blocks) for c in range(block.cells)]
        self._costs: dict[int, float] = {}
        self._reach: dict[int, tuple[int, int, int]] = {}

    def bit(self, place: Place) -> int:
        assert isinstance(place, Cell)
        return 1 << (place.aisle * self._per_aisle + self._starts[place.block] + place.cell)

    def cells(self, stops: int) -> list[Cell]:
        """The places of the set."""
        return [Cell(b // self._per_aisle, *self._cells[b % self._per_aisle][1:]) for b in _bits(stops)]

    def cost(self, stops: int) -> float:
        known = self._costs.get(stops)
        if known is None:
            if len(self._costs) >= REMEMBERED:
                self._costs.clear()
            known = self._costs[stops] = self._cost(stops)
        return known

    def _cost(self, stops: int) -> float:
        return self.tour(stops, kicks=0, seed=0).distance

    def likeness(self, a: int, b: int) -> float:
        """Stretches of aisle in common, and the way there that is walked once instead of twice."""
        aisles_a, low_a, high_a = self._reach.get(a) or self._reaches(a)
        aisles_b, low_b, high_b = self._reach.get(b) or self._reaches(b)
        width = (high_a if high_a < high_b else high_b) - (low_a if low_a > low_b else low_b)  # noqa: FURB136 - min() costs a third of the time
        return self._length * (aisles_a & aisles_b).bit_count() + 2 * self.layout.aisle_pitch * width

    def _reaches(self, stops: int) -> tuple[int, int, int]:
        """(set of stretches of aisle, leftmost and rightmost aisle with the depot's)."""
        if len(self._reach) >= REMEMBERED:
            self._reach.clear()
        depot = self.layout.depot.aisle
        low, high, stretches = depot, depot, 0
        for aisle in range(self.layout.aisles):
            part = (stops >> aisle * self._per_aisle) & self._aisle
            if part:
                low, high = min(low, aisle), max(high, aisle)
                for b, window in enumerate(self._windows):
                    if part & window:
                        stretches |= 1 << aisle * len(self._windows) + b
        self._reach[stops] = result = (stretches, low, high)
        return result

    def tour(self, stops: int, *, kicks: int, seed: int) -> Tour:
        cells = self.cells(stops)
        if len(self.layout.blocks) <= EXACT_BLOCKS:
            distance, order = shortest(self.layout, cells)
            return Tour(tuple(order), distance, exact=True)
        points = [(self.layout.depot.aisle, -1, self._height(self.layout.depot.cross_aisle)), *((c.aisle, c.block, self._height(*c[1:])) for c in cells)]
        matrix = [[self._between(a, b) for b in points] for a in points]
        way, exact = short_tour(matrix, kicks=kicks, seed=seed)
        return Tour(tuple(cells[i - 1] for i in way), tour_length(matrix, way) + 2 * self.layout.depot.extra, exact)

    def _height(self, block: int, cell: int = -1) -> float:
        """Metres above cross aisle 0: of the cross aisle in front of the block, or of its cell."""
        front = sum(spec.length for spec in self.layout.blocks[:block])
        return front if cell < 0 else front + self.layout.blocks[block].first_cell + cell * self.layout.blocks[block].cell_pitch

    def _between(self, a: tuple[int, int, float], b: tuple[int, int, float]) -> float:
        walk = abs(a[2] - b[2])
        if a[0] != b[0] and a[1] == b[1] >= 0:  # another aisle of the same block: around its front or its back
            low, high = self._height(a[1]), self._height(a[1] + 1)
            walk = min(a[2] + b[2] - 2 * low, 2 * high - a[2] - b[2])
        return walk + abs(a[0] - b[0]) * self.layout.aisle_pitch

    def s_shape(self, stops: int) -> float | None:
        return s_shape(self.layout, self.cells(stops))


class OneBlockFloor(RectangularFloor):
    """One block: the program of `exact` without its trace, written out for its five open states, which is twenty times as quick."""

    quick = True

    def __init__(self, layout: RectangularLayout) -> None:
        super().__init__(layout)
        self._parts: dict[int, tuple[float, float, float, float]] = {0: (0.0, 0.0, 0.0, 0.0)}

    def _part(self, cells: int) -> tuple[float, float, float, float]:
        """What the cells of one aisle cost from the front, from the back, from both, and the least of these."""
        block = self.layout.blocks[0]
        low, high = (cells & -cells).bit_length() - 1, cells.bit_length() - 1
        gap = max(map(len, f"{cells >> low:b}".split("1"))) + 1 if high > low else 0
        front, back = 2 * (block.first_cell + high * block.cell_pitch), 2 * (block.length - block.first_cell - low * block.cell_pitch)
        both = 2 * (block.length - gap * block.cell_pitch)
        self._parts[cells] = result = (front, back, both, min(front, back, both))
        return result

    def _cost(self, stops: int) -> float:
        """States after each aisle: `odd` both ends odd; `front`, `back` one end even; `one`, `two` both even in one or in two components."""
        layout, full, width, parts = self.layout, self._aisle, self._per_aisle, self._parts
        depot, at_front, length = layout.depot.aisle, layout.depot.cross_aisle == 0, layout.blocks[0].length
        if not stops:
            return 2 * layout.depot.extra
        first = min(depot, ((stops & -stops).bit_length() - 1) // width)
        last = max(depot, (stops.bit_length() - 1) // width)
        step, twice = 2 * layout.aisle_pitch, 2 * length
        rest = stops >> first * width
        part = rest & full
        if part:
            front, back, two, _ = parts.get(part) or self._part(part)
        else:
            front, back, two = (0.0, inf, inf) if at_front else (inf, 0.0, inf)
        odd, one = length, twice
        for aisle in range(first, last + 1):
            if aisle != first:
                odd += step  # walk on to this aisle
                front, back = (front if front < one else one) + step, (back if back < one else one) + step  # noqa: FURB136 - min() costs a third of the time
                one += 2 * step
                two += 2 * step
                rest >>= width
                part = rest & full
                in_front, in_back, both, least = parts.get(part) or self._part(part)
                even = min(front, back, two)
                old = odd
                odd = min(even, one) + length
                if old + least < odd:
                    odd = old + least
                one += least
                if old + length < one:
                    one = old + length
                if even + twice < one:
                    one = even + twice
                two += least
                other = front + (in_back if in_back < both else both)  # noqa: FURB136 - min() costs a third of the time
                if other < two:
                    two = other
                other = back + (in_front if in_front < both else both)  # noqa: FURB136 - min() costs a third of the time
                if other < two:
                    two = other
                front += in_front
                back += in_back
            if aisle == depot:  # its crossing must be passed
                if at_front:
                    two, back = min(two, back), inf
                else:
                    two, front = min(two, front), inf
        return min(front, back, one) + 2 * layout.depot.extra


class GraphFloor:
    """Any floor: shortest paths by Dijkstra, tours by `matrix_tour`."""

    quick = False

    def __init__(self, layout: GraphLayout) -> None:
        self.layout = layout
        self._out: list[list[tuple[int, float]]] = [[] for _ in range(layout.nodes)]
        for u, v, distance in layout.edges:
            self._out[u].append((v, distance))
            self._out[v].append((u, distance))
        for u, v, distance in layout.one_way:
            self._out[u].append((v, distance))
        self._paths: dict[int, list[float]] = {}
        self._costs: dict[int, float] = {}

    def bit(self, place: Place) -> int:
        assert isinstance(place, Node)
        return 1 << place.node

    def _from(self, source: int) -> list[float]:
        paths = self._paths.get(source)
        if paths is None:
            paths = [inf] * self.layout.nodes
            paths[source] = 0.0
            queue = [(0.0, source)]
            while queue:
                distance, node = heapq.heappop(queue)
                if distance > paths[node]:
                    continue
                for then, step in self._out[node]:
                    if distance + step < paths[then]:
                        paths[then] = distance + step
                        heapq.heappush(queue, (distance + step, then))
            self._paths[source] = paths
        return paths

    def _matrix(self, nodes: list[int]) -> list[list[float]]:
        matrix = []
        for u in nodes:
            paths = self._from(u)
            row = [paths[v] for v in nodes]
            if inf in row:
                raise InvalidProblem(f"there is no way from node {u} to node {nodes[row.index(inf)]}")
            matrix.append(row)
        return matrix

    def cost(self, stops: int) -> float:
        known = self._costs.get(stops)
        if known is None:
            if len(self._costs) >= REMEMBERED:
                self._costs.clear()
            known = self._costs[stops] = self.tour(stops, kicks=0, seed=0).distance
        return known

    def likeness(self, a: int, b: int) -> float:
        """Twice the way to the nearer of the two sets, less twice the way between their nodes that lie farthest from the depot."""
        out = self._from(self.layout.depot)
        far_a, far_b = max(_bits(a), key=out.__getitem__, default=self.layout.depot), max(_bits(b), key=out.__getitem__, default=self.layout.depot)
        return 2 * min(out[far_a], out[far_b]) - self._from(far_a)[far_b] - self._from(far_b)[far_a]

    def tour(self, stops: int, *, kicks: int, seed: int) -> Tour:
        nodes = [self.layout.depot, *_bits(stops & ~(1 << self.layout.depot))]
        matrix = self._matrix(nodes)
        way, exact = short_tour(matrix, kicks=kicks, seed=seed)
        at_depot: tuple[Place, ...] = (Node(self.layout.depot),) if stops >> self.layout.depot & 1 else ()
        return Tour((*at_depot, *(Node(nodes[i]) for i in way)), tour_length(matrix, way), exact)

    def s_shape(self, stops: int) -> float | None:  # noqa: ARG002 - no aisles, no S-shape
        return None
