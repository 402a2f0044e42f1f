"""Solve a pack problem: every order quickly first, then attempts at something cheaper, in rounds, until the stop."""

from __future__ import annotations

from packhorse.kernels.packing.problem import Problem
from packhorse.kernels.packing.result import Result
from packhorse.kernels.stop import Stop


def solve(problem: Problem, *, stop: Stop, seed: int = 0) -> Result:
    """Every piece in a box, or left out with the reason. The first answer waits for no stop. Deterministic when `stop` counts iterations (attempts, over all orders);
    by seconds the same on any machine that is not very slow or busy.
    """
    from packhorse.kernels.packing.planner import plan

    return plan(problem, stop, seed)


def warm_up() -> None:
    """Compile what is not compiled yet, or load it."""
    from packhorse.kernels.packing.planner import warm_up as warm

    warm()
