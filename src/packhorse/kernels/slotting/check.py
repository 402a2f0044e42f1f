"""Whether an answer is one, and how long all walks are with goods where it puts them: shares no code with the search, and walks by the program in Python (`exact`) where the floor is one of blocks."""

from __future__ import annotations

from collections.abc import Sequence

from packhorse.kernels.picking.exact import shortest
from packhorse.kernels.picking.problem import Cell, RectangularLayout
from packhorse.kernels.picking.solve import route
from packhorse.kernels.slotting.problem import Problem
from packhorse.kernels.slotting.result import Result


def metres_of(problem: Problem, homes: Sequence[int]) -> float:
    """Metres of all walks with each good in this slot."""
    total = 0.0
    for walk in problem.walks:
        places = {problem.slots[homes[g]].place for g in walk.goods} | set(walk.places)
        if not places:
            continue
        if isinstance(problem.layout, RectangularLayout):
            total += shortest(problem.layout, [p for p in places if isinstance(p, Cell)])[0]
        else:
            total += route(problem.layout, places).distance
    return total


def seconds_of(problem: Problem, homes: Sequence[int]) -> float:
    """What the walks and the reach of all picks take in seconds a day with each good in this slot."""
    reach = sum(good.picks * problem.slots[slot].reach_s for good, slot in zip(problem.goods, homes, strict=True))
    return (metres_of(problem, homes) / problem.metres_per_s + reach) / problem.days


def faults(problem: Problem, result: Result) -> list[str]:
    """What is wrong with an answer; nothing where it is right."""
    found, homes = [], [g.slot for g in problem.goods]
    slots = [s for e in result.exchanges for s in (e.source, e.target)]
    if len(set(slots)) < len(slots):
        found.append("a slot is in two exchanges")
    before = metres_of(problem, homes)
    if abs(before - result.metres_before) > 1e-6 * max(1.0, before):
        found.append(f"{result.metres_before} metres before, not {before}")
    for e in result.exchanges:
        was = seconds_of(problem, homes)
        if homes[e.good] != e.source or (e.target in homes and e.partner != homes.index(e.target)) or (e.partner is not None and homes[e.partner] != e.target):
            found.append(f"{e} is no exchange")
            continue
        homes[e.good] = e.target
        if e.partner is not None:
            homes[e.partner] = e.source
        if abs(was - seconds_of(problem, homes) - e.seconds_a_day) > 1e-6 * max(1.0, was):
            found.append(f"{e} does not save {e.seconds_a_day} seconds a day")
        if e.days_to_pay * e.seconds_a_day < e.cost_s * (1 - 1e-9):
            found.append(f"{e} pays later than it says")
    if any(good.heavy and not problem.slots[slot].heavy and slot != good.slot for good, slot in zip(problem.goods, homes, strict=True)):
        found.append("something heavy went where it may not")
    after = metres_of(problem, homes)
    if abs(after - result.metres_after) > 1e-6 * max(1.0, after):
        found.append(f"{result.metres_after} metres after, not {after}")
    return found
