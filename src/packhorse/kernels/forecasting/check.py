"""Is this a forecast for this problem? Shares nothing with the solver but the dataclasses."""

from __future__ import annotations

import math

from packhorse.kernels.forecasting.problem import Problem
from packhorse.kernels.forecasting.solve import Result


def check(problem: Problem, result: Result) -> list[str]:
    """What is wrong with it, one sentence each; empty if nothing is."""
    faults = []
    if [one.series for one in result.forecasts] != [series.id for series in problem.series]:
        faults.append("the forecasts are not of the problem's series")
    for one in result.forecasts:
        if len(one.mean) != problem.horizon or not all(math.isfinite(m) and m >= 0 for m in one.mean):
            faults.append(f"{one.series!r}: the mean is not {problem.horizon} numbers of at least 0")
        if tuple(level for level, _ in one.quantiles) != problem.levels:
            faults.append(f"{one.series!r}: other quantiles than asked for")
        by_level = [quantity for _, quantity in sorted(one.quantiles)]
        if by_level != sorted(by_level) or not all(math.isfinite(q) and q >= 0 for q in by_level):
            faults.append(f"{one.series!r}: quantiles fall, or are no numbers of at least 0")
    return faults
