"""Choose a method for each series by how well it would have foretold the demand over the lead time, and say how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packhorse.kernels.forecasting.methods import METHODS
from packhorse.kernels.forecasting.problem import Problem, Series
from packhorse.kernels.forecasting.quantiles import count_quantiles


@dataclass(frozen=True, slots=True)
class Params:
    """warm_up: so many first periods are not judged; shortest: below so many periods the plain mean is taken."""

    warm_up: int = 4
    shortest: int = 6


DEFAULT = Params()


@dataclass(frozen=True, slots=True)
class Forecast:
    """mean: units per period ahead; quantiles: (level, units in total over lead time + 1 periods); error, bias: of the chosen method over the history,
    as shares of its demand (sum of |expected − was| and of expected − was, one period ahead; None without demand to compare).
    """

    series: str
    method: str
    mean: tuple[float, ...]
    quantiles: tuple[tuple[float, float], ...]
    error: float | None
    bias: float | None


@dataclass(frozen=True, slots=True)
class Result:
    """One forecast per series, in the order of the problem."""

    forecasts: tuple[Forecast, ...]


def solve(problem: Problem, *, params: Params = DEFAULT) -> Result:
    """A forecast for every series, also for an empty one (0). Deterministic; there is nothing to search, so no stop and no seed."""
    return Result(tuple(_forecast(series, problem, params) for series in problem.series))


def _forecast(series: Series, problem: Problem, params: Params) -> Forecast:
    history, span = series.quantities, series.lead_time + 1
    if len(history) < params.shortest:
        name, expected = "mean", METHODS["mean of 26"](history)
        first = 1
    else:
        first = min(params.warm_up, len(history) - span) if len(history) > span else 1
        first = max(first, 1)
        name, expected = min(
            ((name, method(history)) for name, method in METHODS.items()), key=lambda choice: sum(e * e for e in _span_errors(history, choice[1], span, first))
        )
    mean = expected[-1]
    errors = _span_errors(history, expected, span, first)
    variance = sum(e * e for e in errors) / len(errors) if errors else span * mean
    levels = count_quantiles(span * mean, max(variance, span * mean), problem.levels)
    total = sum(history[first:])
    misses = [e - q for e, q in zip(expected[first:], history[first:], strict=False)]
    return Forecast(
        series.id,
        name,
        (mean,) * problem.horizon,
        tuple(zip(problem.levels, levels, strict=True)),
        sum(map(abs, misses)) / total if total else None,
        sum(misses) / total if total else None,
    )


def _span_errors(history: Sequence[float], expected: Sequence[float], span: int, first: int) -> list[float]:
    """Expected minus real demand over each stretch of `span` periods, foretold at its beginning."""
    return [span * expected[t] - sum(history[t : t + span]) for t in range(first, len(history) - span + 1)]
