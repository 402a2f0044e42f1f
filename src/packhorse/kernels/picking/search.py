"""The search for batches: savings, then annealing, within a stop.

A stop by seconds is turned into a number of steps that takes less than that on any machine of today: the clock itself ends a search only where the machine is very
slow or busy. So the same problem, seed and limit give the same plan.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from packhorse.kernels.picking import annealing, filling, merging, subsets
from packhorse.kernels.picking.carts import Carts, batches_of, load_plan, twin
from packhorse.kernels.picking.result import Progress
from packhorse.kernels.picking.terrain import BLOCKS, ONE_BLOCK, Terrain
from packhorse.kernels.stop import Watch

Report = Callable[[Progress], bool]


@dataclass(frozen=True, slots=True)
class Params:
    """warm, cold: temperatures at the start and end as shares of the mean distance of a batch; hot: the warm of a start that minds no metres; slack: by how much an
    exchange may look bad and yet be measured, as a share of the same; near: orders that are tried first as partners of each; measured, partners: how many of the
    likeliest get their saving computed, per order and per cart; by_nearness: above so many orders carts are first merged with near ones only; subsets: up to so many
    orders all batches are tried; chunk: steps between two looks at the clock.
    """

    warm: float = 0.02
    hot: float = 0.06
    cold: float = 0.006
    slack: float = 0.01
    near: int = 32
    measured: int = 48
    partners: int = 24
    by_nearness: int = 600
    subsets: int = 14
    chunk: int = 4_000_000


DEFAULT = Params()
STEPS_PER_SECOND = 280_000_000  # about half of what each of two quiet cores does
START_S, LEAST_SHARE = 0.85, 0.15  # a process starts up in less than that; of a limit that hardly covers it, this share is searched
FINISH_S = 0.0006  # per order, to draw and write the plan
FILLINGS, FILLING = 100, 2_000_000  # so often carts are filled to the brim, and so many steps at most
LATE = 0.1  # so far may the clock be ahead of the steps before it sets the pace


@dataclass(slots=True)
class Budget:
    """Steps or exchanges until a search ends, whatever the clock says before `deadline`."""

    watch: Watch
    steps: int | None
    exchanges: int | None
    deadline: float | None
    report: Report | None = None
    stopped: bool = False
    begun: float = 0.0

    @classmethod
    def of(cls, watch: Watch, orders: int, report: Report | None) -> Budget:
        """The budget for a search over so many orders."""
        limit = watch.stop.seconds
        if limit is None:
            return cls(watch, None, watch.stop.iterations, None, report)
        start, finish = START_S if watch.stop.spent > 0.02 else 0.05 * limit, FINISH_S * orders
        seconds = max(LEAST_SHARE * limit, limit - start - finish)
        return cls(watch, int(seconds * STEPS_PER_SECOND), watch.stop.iterations, max(0.5 * limit, 1.03 * limit - finish), report, begun=watch.seconds)

    def share(self, steps: int, exchanges: int) -> float:
        """0 at the start, 1 when the search is over."""
        if self.stopped:
            return 1.0
        done = 0.0
        if self.steps is not None:
            done = steps / self.steps if self.steps else 1.0
        if self.exchanges is not None:
            done = max(done, exchanges / self.exchanges if self.exchanges else 1.0)
        if self.deadline is not None:
            now = self.watch.seconds
            if now >= self.deadline:
                return 1.0
            done = max(done, (now - self.begun) / (self.deadline - self.begun) - LATE)
        return min(done, 1.0)

    def tell(self, share: float, metres: float) -> None:
        """Report, and stop if told to."""
        if self.report is not None and not self.report(Progress(share, metres)):
            self.stopped = True


def are_few(t: Terrain, c: Carts, params: Params) -> bool:
    """Whether all batches of these orders can be tried."""
    n = len(c.sizes)
    quick = n <= params.subsets if t.kind == ONE_BLOCK else t.kind == BLOCKS and n <= params.subsets - 2 * t.blocks
    return quick and t.words << n <= 1 << 23


def few(t: Terrain, c: Carts) -> list[list[int]]:
    """The shortest plan of few orders, proven."""
    return batches_of(subsets.best_of_all(c, subsets.every_batch(t, c)))


def first(t: Terrain, c: Carts, params: Params) -> tuple[Carts, int]:
    """The savings plan, loaded; the orders near each; how many carts it uses."""
    quick = t.kind == ONE_BLOCK
    near = merging.neighbours(t, c, params.near, params.measured if quick else 0)
    partners = params.partners if quick else params.partners // 2
    many = len(c.sizes) > params.by_nearness
    if many:
        c = c._replace(near=near)
    merging.merge(t, c, partners)
    home = np.zeros(len(c.sizes), np.int32)
    carts = merging.renumber(c, home)
    c = c._replace(near=near)
    load_plan(t, c, home)
    return c, carts


def anneal(
    t: Terrain, c: Carts, carts: int, budget: Budget, params: Params, until: float, before: int = 0, *, warm: float | None = None, spare: int = 1
) -> int:
    """Anneal until this share of the budget is used up, of which `before` exchanges were; -> exchanges tried. The best plan met is `c.best`. `spare`: carts beside those of the plan."""
    annealing.anneal(t, c, carts, 0.0, 0.0, 0, 0)  # loads it, which takes longer than the clock may be ahead
    budget.begun = budget.watch.seconds if not before else budget.begun
    mean, warmest = float(c.total[1]) / carts, warm or params.warm
    cooler = 1.0 if t.kind == ONE_BLOCK else 0.5  # few exchanges are tried where tours are slow to measure
    tried = 0
    begin = share = budget.share(int(c.ops[0]), before)
    while share < until and carts > 1 and not budget.stopped:
        through = (share - begin) / (until - begin)
        left = (1 << 62) if budget.exchanges is None else min(budget.exchanges - before - tried, max(1, budget.exchanges // 100))
        chunk = params.chunk if budget.steps is None else min(params.chunk, max(10_000, budget.steps // 100))
        temperature = cooler * mean * warmest * (params.cold / warmest) ** through
        tried += annealing.anneal(t, c, carts + spare, temperature, params.slack * mean, chunk, left)
        share = budget.share(int(c.ops[0]), before + tried)
        budget.tell(share, float(c.total[1]))
    return tried


def anneal_twice(t: Terrain, c: Carts, carts: int, budget: Budget, params: Params) -> int:
    """Anneal to the end of the budget from two starts: the plan loaded, and one with fewer carts where there can be one, else the same with other chances. Where the budget is one of seconds, in two
    threads. -> exchanges tried. The shorter plan is `c.best`.
    """
    other = twin(c)
    fewer = _fewest(t, other, carts)
    second = {"carts": fewer, "warm": params.hot, "spare": 0} if fewer else {"carts": carts}
    if budget.steps is not None and (os.cpu_count() or 1) > 1:
        quiet = replace(budget, report=lambda _: not budget.stopped)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(anneal, t, other, budget=quiet, params=params, until=1.0, **second)
            try:
                tried = anneal(t, c, carts, budget, params, 1.0)
            except BaseException:
                budget.stopped = True
                raise
            tried += waiting.result()
    elif fewer:
        tried = anneal(t, other, budget=budget, params=params, until=0.5, **second)
        c.ops[0] += other.ops[0]
        tried += anneal(t, c, carts, budget, params, 1.0, tried)
    else:
        return anneal(t, c, carts, budget, params, 1.0)
    if other.total[1] < c.total[1] - 1e-9:
        c.best[:], c.total[1] = other.best, other.total[1]
    return tried


def _fewest(t: Terrain, c: Carts, carts: int) -> int:
    """Load a plan that is filled to the brim, if it uses fewer carts than these; -> how many, 0 where it does not. Filled in the order of size, then in orders that chance has changed a little."""
    least, chance, until = int(np.ceil(c.sizes.sum() / c.capacity)), np.random.default_rng(int(c.rng[0])), int(c.ops[0]) + FILLING
    home, best, fewest = np.zeros(len(c.sizes), np.int32), np.zeros(len(c.sizes), np.int32), carts
    for n in range(FILLINGS):
        size = c.sizes * (1 + 0.3 * chance.random(len(c.sizes))) if n else c.sizes
        found = int(filling.fill(c.sizes, np.argsort(-size, kind="stable").astype(np.int32), c.capacity, c.compartments, c.ops, home))
        if found < fewest:
            fewest, best[:] = found, home
        if fewest <= least or int(c.ops[0]) >= until:
            break
    if fewest == carts:
        return 0
    c.total[1] = 0.0
    load_plan(t, c, best)
    return fewest
