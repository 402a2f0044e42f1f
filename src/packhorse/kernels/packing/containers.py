"""Fill one box with as much as goes in: blocks, then beams of doubling width."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import numpy as np

from packhorse.kernels.packing import beam, blocks
from packhorse.kernels.packing.flat import FIRST, GROUP, HEIGHT, LENGTH, NZ, QUANTITY, SHARE, SHORTEST, STOCK, SUPPORT, UNBOUNDED, VOLUME, WAY, WAYS, WIDE, Flat
from packhorse.kernels.packing.spaces import WIDTH, Floats, Ints

if TYPE_CHECKING:
    from packhorse.kernels.packing.planner import Budget

TABLE: Final = 1 << 16
WIDEST: Final = 256
QUICK: Final = 5  # units of the beam's work count as one of that on orders: a search takes about a quarter of what a quiet core does in its time
CHUNK: Final = 200_000  # work between two looks at the clock
NEAR: Final = 0.02  # a gap of this share of the box counts as none
SMALL: Final = (0.2, 0.4)  # how much it counts against a block to be of many pieces: one search for each, in a thread of its own


class Container:
    """One box to be filled with what may share it."""

    def __init__(self, flat: Flat, order: int, box: int, group: int, small: float) -> None:
        self.lo, hi = int(flat.orders[order, FIRST]), int(flat.orders[order + 1, FIRST])
        kinds = flat.kinds[self.lo : hi]
        self.box, self.kinds = box, kinds
        self.left: Ints = np.where((kinds[:, GROUP] < 0) | (kinds[:, GROUP] == group), kinds[:, QUANTITY], 0)
        self.inner = flat.boxes[box]
        support = float(flat.money[SUPPORT])
        rows: Ints = np.zeros((blocks.MOST_BLOCKS + 1, blocks.UP + 1), np.int64)
        counts: Ints = np.zeros((blocks.MOST_BLOCKS + 1, max(1, len(kinds))), np.int64)
        n = blocks.build(kinds, self.left, self.inner, rows, counts, np.zeros(TABLE, np.int64), support > 0)
        self.made = rows[:n]  # in the order in which they were made of each other
        promise: Floats = rows[:n, blocks.GOODS] / counts[:n].sum(1) ** small
        self.order: Ints = np.argsort(-promise, kind="stable")
        self.promise = promise[self.order]
        of, kind = np.nonzero(counts[self.order])
        self.needs: Ints = np.column_stack((kind, counts[self.order][of, kind]))
        self.contents: Ints = np.searchsorted(of, np.arange(n + 1))
        self.rows: Ints = np.ascontiguousarray(rows[self.order].T)
        self.grounded = int(support > 0)
        self.reach: Ints = np.zeros((3, int(max(self.inner[LENGTH], self.inner[WIDE], self.inner[HEIGHT])) + 1), np.int64)
        for axis in range(3):
            edges = {int(k[WAY + 3 * way + axis]) for k, some in zip(kinds, self.left, strict=True) if some for way in range(k[WAYS])}
            blocks.reach(np.array(sorted(edges), np.int64), self.reach[axis])
        self.most = min(int(self.left.sum()), 2000)
        self.width, self.best = 0, 0
        self.yard: beam.Yard | None = None
        self.found: Ints = np.zeros((0, 4), np.int64)
        self.ceiling = min(int(self.inner[VOLUME]), int((self.left * kinds[:, SHARE]).sum()))

    def step(self, work: int) -> tuple[int, int]:
        """At most so much work on one level of the beam, a wider beam from the start after the last; how much was done, and how many levels."""
        if self.yard is None:
            self.width = 1 if self.width == 0 else max(self.width + 1, int(self.width * math.sqrt(2)))
            self.yard = self._yard(self.width)
        yard = self.yard
        yard.numbers[beam.WORK] = 0
        levels = int(beam.advance(yard, work))
        if yard.numbers[beam.BEST] > self.best:
            self.best = int(yard.numbers[beam.BEST])
            self.found = yard.best[: int(np.argmax(yard.best[:, 0] < 0))].copy()
        if yard.numbers[beam.STATES] == 0:
            self.yard = None
        return int(yard.numbers[beam.WORK]), levels

    @property
    def over(self) -> bool:
        """Is there nothing to be found any more?"""
        return len(self.made) == 0 or self.best == self.ceiling or (self.yard is None and self.width >= WIDEST)

    def _yard(self, width: int) -> beam.Yard:
        places, n = 2 * width + 2, len(self.made)
        spaces: Ints = np.zeros((places, beam.MOST_SPACES, WIDTH), np.int64)
        spaces[0, 0, 3:6] = self.inner[LENGTH : HEIGHT + 1]
        left: Ints = np.zeros((places, len(self.left)), np.int64)
        left[0] = self.left
        heads: Ints = np.zeros((places, beam.WEIGHT + 1), np.int64)
        heads[0, beam.SPACES] = 1
        numbers: Ints = np.zeros(beam.ALIVE + 1, np.int64)
        numbers[beam.BEST], numbers[beam.LEAST], numbers[beam.GROUNDED] = self.best, self.kinds[self.left > 0, SHORTEST].min(initial=1 << 40), self.grounded
        numbers[beam.BREADTH], numbers[beam.STATES] = width, 1
        return beam.Yard(
            box=self.inner,
            blocks=self.rows,
            promise=self.promise,
            contents=self.contents,
            needs=self.needs,
            reach=self.reach,
            near=np.array([int(NEAR * self.inner[axis]) for axis in (LENGTH, WIDE, HEIGHT)], np.int64),
            alive=np.zeros(n, np.int64),
            spaces=spaces,
            left=left,
            placed=np.zeros((places, self.most + 2, 4), np.int64),
            heads=heads,
            children=np.zeros((width * width, 3), np.int64),
            worth=np.zeros(width),
            chosen=np.zeros(width, np.int64),
            best=np.full((self.most + 2, 4), -1, np.int64),
            numbers=numbers,
        )

    def blocks(self) -> Ints:
        """What was found, as blocks of equal pieces."""
        found: list[list[int]] = []
        for b, x, y, z in self.found.tolist():
            self._draw(int(self.order[b]), x, y, z, found)
        return np.array(found, np.int64).reshape(-1, NZ + 1)

    def _draw(self, made: int, x: int, y: int, z: int, found: list[list[int]]) -> None:
        row = self.made[made].tolist()
        if row[blocks.AXIS] < 0:
            sizes = row[blocks.ACROSS : blocks.UP + 1]
            found.append([0, self.box, self.lo + row[blocks.ONE], x, y, z, *sizes, *(row[axis] // sizes[axis] for axis in range(3))])
            return
        one, two, at = row[blocks.ONE], row[blocks.TWO], [x, y, z]
        self._draw(one, x, y, z, found)
        at[row[blocks.AXIS]] += int(self.made[one, row[blocks.AXIS]])
        self._draw(two, at[0], at[1], at[2], found)


def fullest(flat: Flat, order: int, budget: Budget) -> Ints:
    """Blocks of the fullest box found for the order."""
    lo, hi = flat.orders[order, FIRST], flat.orders[order + 1, FIRST]
    groups = sorted(set(flat.kinds[lo:hi, GROUP].tolist()) - {-1}) or [-1]
    asked = [(box, group) for box in range(len(flat.boxes)) if flat.boxes[box, STOCK] for group in groups]
    with ThreadPoolExecutor(len(SMALL)) as pool:
        found = pool.map(lambda small: _searched([Container(flat, order, box, group, small) for box, group in asked], budget), SMALL)
    best = max((each for each in found if each), key=lambda c: c.best, default=None)
    return best.blocks() if best else np.zeros((0, NZ + 1), np.int64)


def _searched(tries: list[Container], budget: Budget) -> Container | None:
    """The fullest of these containers, after the first greedy filling of each and beams of all in turn until the stop."""
    done, steps, limit = 0, 0, budget.watch.stop.iterations
    for each in tries:
        while not each.over and (each.width == 0 or (each.width == 1 and each.yard)):
            done += each.step(UNBOUNDED)[0] // QUICK
    live = [each for each in tries if not each.over]
    while live and not budget.late() and done < budget.work and (limit is None or steps < limit):
        each = min(live, key=lambda c: c.width + (0 if c.yard else 1))
        some, levels = each.step(CHUNK)
        done += some // QUICK
        steps += levels
        live = [each for each in live if not each.over]
    return max(tries, key=lambda c: c.best, default=None)
