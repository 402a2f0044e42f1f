"""The best there is, by trying everything: for tiny problems, as the oracle of the tests."""

from __future__ import annotations

from itertools import permutations

from packhorse.kernels.slotting.check import seconds_of
from packhorse.kernels.slotting.problem import Problem


def _allowed(problem: Problem, homes: tuple[int, ...]) -> bool:
    return all(not g.heavy or problem.slots[s].heavy or s == g.slot for g, s in zip(problem.goods, homes, strict=True))


def best_of_all(problem: Problem) -> float:
    """The least seconds a day over every way to put the goods into the slots."""
    return min(seconds_of(problem, homes) for homes in permutations(range(len(problem.slots)), len(problem.goods)) if _allowed(problem, homes))


def best_exchange(problem: Problem) -> float:
    """The most seconds a day that one exchange saves; 0 where none does."""
    today = [g.slot for g in problem.goods]
    best, was = 0.0, seconds_of(problem, today)
    for good in range(len(today)):
        for slot in range(len(problem.slots)):
            homes = list(today)
            if slot in today:
                homes[today.index(slot)] = today[good]
            homes[good] = slot
            if _allowed(problem, tuple(homes)):
                best = max(best, was - seconds_of(problem, homes))
    return best
