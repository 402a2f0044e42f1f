"""Is this an allocation for this problem? Shares nothing with the solver but the dataclasses."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from packhorse.kernels.allocation.problem import Problem
from packhorse.kernels.allocation.solve import Result


def check(problem: Problem, result: Result) -> list[str]:
    """What is wrong with it, one sentence each; empty if nothing is."""
    faults = []
    demands, levels = {d.id: d for d in problem.demands}, {level.id: level for level in problem.levels}
    taken: Counter[int] = Counter()
    given: Counter[int] = Counter()
    for one in result.allocations:
        demand, level = demands[one.demand_id], levels[one.level_id]
        taken[level.id] += one.quantity
        given[demand.id] += one.quantity
        if one.quantity <= 0:
            faults.append(f"an allocation of {one.quantity} units")
        if demand.item != level.item:
            faults.append(f"demand {demand.id} of item {demand.item} takes item {level.item}")
        if level.expires_on is not None and level.expires_on < problem.today + timedelta(days=demand.min_remaining_days or 0):
            faults.append(f"demand {demand.id} takes level {level.id}, which expires on {level.expires_on}")
    faults += [f"level {key} gives {n} of {levels[key].free}" for key, n in taken.items() if n > levels[key].free]
    short = {one.demand_id: one.quantity for one in result.shortfalls}
    faults += [
        f"demand {key} wants {d.quantity}, gets {given[key]} and is short {short.get(key, 0)}"
        for key, d in demands.items()
        if given[key] + short.get(key, 0) != d.quantity
    ]
    return faults
