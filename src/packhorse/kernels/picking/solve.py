"""Solve a pick problem: choose places where there is a choice, batch, route, compare.

The search is compiled code, which is imported when a problem is first solved and not before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from packhorse.kernels.picking.problem import Layout, Place, Problem
from packhorse.kernels.picking.result import Progress, Result, Tour
from packhorse.kernels.stop import Stop

if TYPE_CHECKING:
    from packhorse.kernels.picking.search import Params


def solve(problem: Problem, *, stop: Stop, seed: int = 0, params: Params | None = None, report: Callable[[Progress], bool] | None = None) -> Result:
    """Every order in one batch within the capacity, every batch on its shortest walk (proven for up to five blocks and one place per pick).

    The same seed gives the same plan; with a stop by seconds too, unless the machine is very slow or busy. `report` is told several times a second how the search
    stands; when it says False, the best plan so far is the answer. Without a capacity there is one batch, and on a floor of blocks `stop` has nothing to end.
    Raises: InvalidProblem if a place cannot be reached.
    """
    begun = time.perf_counter()
    from packhorse.kernels.picking.planner import plan

    stop = replace(stop, spent=stop.spent + time.perf_counter() - begun)
    return plan(problem, stop=stop, seed=seed, params=params, report=report)


def route(layout: Layout, places: Iterable[Place], *, seed: int = 0) -> Tour:
    """The walk over these places (equal ones once). Raises: InvalidProblem if one is not on the floor or cannot be reached."""
    from packhorse.kernels.picking.terrain import Survey
    from packhorse.kernels.picking.tours import tour_over

    stops = sorted(set(places))
    for place in stops:
        layout.admit(place)
    return tour_over(Survey(layout, stops), stops, seed=seed)


def warm_up() -> None:
    """Solve small problems of each kind, so that nothing is left to be compiled or loaded: for workers, when they start."""
    from packhorse.kernels.picking.planner import warm_up as warm

    warm()
