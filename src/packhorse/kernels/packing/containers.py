"""Fill one box with as much as goes in: blocks, then beams of doubling width."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import numpy as np

from packhorse.kernels.packing import beam, blocks
from packhorse.kernels.packing.flat import FIRST, GROUP, HEIGHT, LENGTH, NZ, QUANTITY, SHARE, SHORTEST, STOCK, SUPPORT, VOLUME, WAY, WAYS, WIDE, Flat
from packhorse.kernels.packing.spaces import WIDTH, Floats, Ints

if TYPE_CHECKING:
    from packhorse.kernels.packing.planner import Budget

TABLE: Final = 1 << 16
WIDEST: Final = 256
SLOW: Final = 5  # a unit of the beam's work takes as long as so many of that on orders
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
        rows: Ints = np.zeros((blocks.MOST_BLOCKS + 1, blocks.CROWD + 1), np.int64)
        counts: Ints = np.zeros((blocks.MOST_BLOCKS + 1, max(1, len(kinds))), np.int64)
        n = blocks.build(kinds, self.left, self.inner, rows, counts, np.zeros(TABLE, np.int64), support > 0)
        self.made = rows[:n]  # in the order in which they were made of each other
        rows[:n, blocks.CROWD] = np.round(1000 * counts[:n].sum(1) ** small)
        self.order: Ints = np.argsort(-rows[:n, blocks.GOODS], kind="stable")
        self.counts = np.ascontiguousarray(counts[self.order])
        self.rows = np.ascontiguousarray(rows[self.order])
        self.grounded = int(support > 0)
        self.reach: Ints = np.zeros((3, int(max(self.inner[LENGTH], self.inner[WIDE], self.inner[HEIGHT])) + 1), np.int64)
        for axis in range(3):
            edges = {int(k[WAY + 3 * way + axis]) for k, some in zip(kinds, self.left, strict=True) if some for way in range(k[WAYS])}
            blocks.reach(np.array(sorted(edges), np.int64), self.reach[axis])
        self.most = min(int(self.left.sum()), 2000)
        self.width, self.states, self.best = 0, 0, 0
        self.found: Ints = np.zeros((0, 4), np.int64)
        self.ceiling = min(int(self.inner[VOLUME]), int((self.left * kinds[:, SHARE]).sum()))

    def step(self) -> int:
        """One level of the beam, a wider beam from the start after the last; how much work that was."""
        if self.states == 0:
            self.width = 1 if self.width == 0 else max(self.width + 1, int(self.width * math.sqrt(2)))
            self.yard = self._yard(self.width)
            self.states = 1
        self.yard.numbers[beam.WORK] = 0
        self.yard.numbers[beam.BEST] = self.best
        self.states = beam.level(self.yard, self.states, self.width)
        if self.yard.numbers[beam.BEST] > self.best:
            self.best = int(self.yard.numbers[beam.BEST])
            self.found = self.yard.best[: int(np.argmax(self.yard.best[:, 0] < 0))].copy()
        return SLOW * int(self.yard.numbers[beam.WORK])

    @property
    def over(self) -> bool:
        """Is there nothing to be found any more?"""
        return len(self.rows) == 0 or self.best == self.ceiling or (self.states == 0 and self.width >= WIDEST)

    def _yard(self, width: int) -> beam.Yard:
        places = 2 * width + 2
        spaces: Ints = np.zeros((places, beam.MOST_SPACES, WIDTH), np.int64)
        spaces[0, 0, 3:6] = self.inner[LENGTH : HEIGHT + 1]
        left: Ints = np.zeros((places, len(self.left)), np.int64)
        left[0] = self.left
        heads: Ints = np.zeros((places, 4), np.int64)
        heads[0, beam.SPACES] = 1
        wanted = self.left > 0
        worth: Floats = np.zeros(width)
        best: Ints = np.full((self.most + 2, 4), -1, np.int64)
        numbers = np.array([0, self.best, self.kinds[wanted, SHORTEST].min(initial=1 << 40), self.grounded], np.int64)
        placed: Ints = np.zeros((places, self.most + 2, 4), np.int64)
        children: Ints = np.zeros((width * width, 3), np.int64)
        return beam.Yard(self.inner, self.rows, self.counts, self.reach, spaces, left, placed, heads, children, worth, np.zeros(width, np.int64), best, numbers)

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
        while not each.over and each.width < 2 and (each.width == 0 or each.states):
            done += each.step()
    live = [each for each in tries if not each.over]
    while live and not budget.late() and done < budget.work and (limit is None or steps < limit):
        each = min(live, key=lambda c: c.width + (0 if c.states else 1))
        done += each.step()
        steps += 1
        live = [each for each in live if not each.over]
    return max(tries, key=lambda c: c.best, default=None)
