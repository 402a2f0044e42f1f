"""First expired first out, then first in first out.

For each demand in the order of priority, levels are taken in the order of expiry (none last), day of receipt and preference. Only among levels equal in all
three, one that covers what is still wanted is taken before several that do not (of those that cover, the smallest; else the largest), so that a line is picked
from few bins. A demand that no level covers is split over lots and bins.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from packhorse.kernels.allocation.problem import Demand, Level, Problem


class Reason(StrEnum):
    """Why a demand is short."""

    NO_STOCK = "no_stock"  # nothing of the item is free
    NOT_ENOUGH = "not_enough"  # all that is usable is taken, by this demand and those before it
    SHELF_LIFE = "shelf_life"  # there would be more, but it is expired or expires too soon for this demand


@dataclass(frozen=True, slots=True)
class Allocation:
    """So many units of this level for this demand."""

    demand_id: int
    level_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What a demand did not get; `unusable`: free units of the item that its shelf life kept from it."""

    demand_id: int
    quantity: int
    reason: Reason
    unusable: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """Allocations in the order they were made: by priority, then as they are to be picked up."""

    allocations: tuple[Allocation, ...]
    shortfalls: tuple[Shortfall, ...]


def solve(problem: Problem) -> Result:
    """Every demand gets what is left for it; deterministic, and there is nothing to search, so no stop and no seed."""
    free: dict[int, int] = {level.id: level.free for level in problem.levels}
    levels: dict[int, list[Level]] = defaultdict(list)
    for level in problem.levels:
        levels[level.item].append(level)
    allocations: list[Allocation] = []
    shortfalls: list[Shortfall] = []
    for demand in sorted(problem.demands, key=lambda d: d.priority):
        here = levels[demand.item]
        usable = [level for level in here if _usable(level, demand, problem.today)]
        wanted = demand.quantity
        while wanted:
            there = [level for level in usable if free[level.id]]
            if not there:
                break
            level = min((_rank(level, free[level.id], wanted), level.id, level) for level in there)[2]
            taken = min(wanted, free[level.id])
            allocations.append(Allocation(demand.id, level.id, taken))
            free[level.id] -= taken
            wanted -= taken
        if wanted:
            shortfalls.append(_shortfall(demand, wanted, here, sum(free[level.id] for level in here)))
    return Result(tuple(allocations), tuple(shortfalls))


def _usable(level: Level, demand: Demand, today: date) -> bool:
    return level.expires_on is None or (level.expires_on - today).days >= (demand.min_remaining_days or 0)


def _rank(level: Level, free: int, wanted: int) -> tuple[date, date, int, bool, int]:
    covers = free >= wanted
    return (level.expires_on or date.max, level.received_on, level.preference, not covers, free if covers else -free)


def _shortfall(demand: Demand, missing: int, levels: list[Level], left: int) -> Shortfall:
    """What is left of the item now can only be there because this demand may not use it."""
    if not any(level.free for level in levels):
        return Shortfall(demand.id, missing, Reason.NO_STOCK)
    return Shortfall(demand.id, missing, Reason.SHELF_LIFE if left else Reason.NOT_ENOUGH, left)
