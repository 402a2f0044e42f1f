"""From problem to plan; `solve` is its door."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from packhorse.kernels.packing.containers import fullest
from packhorse.kernels.packing.flat import DONE, WORK, Desk, Flat, desk_for, flatten
from packhorse.kernels.packing.orders import work
from packhorse.kernels.packing.problem import Box, Item, Objective, Order, Problem
from packhorse.kernels.packing.report import Reporter
from packhorse.kernels.packing.result import Result
from packhorse.kernels.stop import Stop, Watch

WORK_PER_SECOND: Final = 10_000_000  # about half of what a quiet core does
START_S, LEAST_SHARE = 0.85, 0.15  # a process starts up in less than that; of a limit that hardly covers it, this share is searched
FINISH_S: Final = 0.0003  # per order, to draw and write the plan
CHUNK: Final = 200_000  # work between two looks at the clock
AT_ONCE, QUOTA, LONGEST_QUOTA = 4_000, 20_000, 320_000  # work for an order with its first solution; in the first round, doubled each time; and at most
CROWD: Final = 40  # so many orders or more are shared between threads
NO_END: Final = 1 << 60


@dataclass(slots=True)
class Budget:
    """Work until a search ends, whatever the clock says before `deadline`."""

    watch: Watch
    work: int
    deadline: float | None

    @classmethod
    def of(cls, watch: Watch, orders: int, share: float = 1.0) -> Budget:
        """The budget for a search over so many orders, or for one that is to end after this share of the time."""
        limit = watch.stop.seconds
        if limit is None:
            return cls(watch, NO_END, None)
        start, finish = START_S if watch.stop.spent > 0.02 else 0.05 * limit, FINISH_S * orders
        seconds = max(LEAST_SHARE * limit, limit - start - finish)
        work = seconds * WORK_PER_SECOND / (orders if share < 1.0 else 1)
        return cls(watch, int(work), share * max(0.5 * limit, 0.97 * limit - finish))

    def late(self) -> bool:
        """Is the deadline over?"""
        return self.deadline is not None and self.watch.seconds >= self.deadline


def plan(problem: Problem, stop: Stop, seed: int) -> Result:
    """As `solve`."""
    watch = stop.start()
    flat = flatten(problem, seed)
    if problem.objective is Objective.FILL:
        reporter, many = Reporter(problem, flat), len(problem.orders)
        packed = tuple(reporter.order(n, fullest(flat, n, Budget.of(watch, many, (n + 1) / many))) for n in range(many))
        return Result(packed, watch.iterations, watch.seconds)
    budget = Budget.of(watch, len(problem.orders))
    shares = _shares(len(problem.orders))
    desks = [desk_for(flat) for _ in shares]
    if len(shares) == 1:
        attempts = _search(flat, desks[0], *shares[0], budget)
    else:
        with ThreadPoolExecutor(len(shares)) as pool:
            attempts = sum(pool.map(lambda at: _search(flat, desks[at], *shares[at], budget), range(len(shares))))
    return Result(Reporter(problem, flat).orders(), attempts, watch.seconds)


def _shares(orders: int) -> list[tuple[int, int]]:
    """Which orders each thread packs. What is found does not depend on it."""
    threads = max(1, min(os.cpu_count() or 1, 2, orders // CROWD))
    return [(orders * n // threads, orders * (n + 1) // threads) for n in range(threads)]


def _search(flat: Flat, desk: Desk, begin: int, end: int, budget: Budget) -> int:
    """First solutions for these orders, then rounds of attempts; how many attempts. What is done AT_ONCE does not count."""
    work(flat, desk, begin, end, True, 0, 0, NO_END)
    at = begin
    while at < end and not budget.late():
        at = work(flat, desk, at, end, False, AT_ONCE, NO_END, desk.tallies[WORK, 0] + CHUNK)
    desk.tallies[WORK, 0] = 0
    limit = budget.watch.stop.iterations
    tried, quota, at = 0, QUOTA, begin
    while not flat.orders[begin:end, DONE].all() and not budget.late() and desk.tallies[WORK, 0] < budget.work:
        if limit is None:
            at = work(flat, desk, at, end, False, quota, NO_END, min(budget.work, desk.tallies[WORK, 0] + CHUNK))
        elif tried >= limit:
            break
        else:
            at = work(flat, desk, at, at + 1, False, NO_END, 1, NO_END)
            tried += 1
        if at >= end:
            at, quota = begin, min(2 * quota, LONGEST_QUOTA)
    return tried


def warm_up() -> None:
    """As `solve.warm_up`."""
    box = (Box("b", (40, 30, 20), cost=1),)
    for objective in Objective:
        plan(Problem(box, (Order("o", (Item("i", (9, 8, 7), quantity=9),)),), objective), Stop(iterations=4), 0)
