"""A forecasting problem: demand histories, and how far ahead."""

from __future__ import annotations

import math
from dataclasses import dataclass

from packhorse.kernels.errors import InvalidProblem


@dataclass(frozen=True, slots=True)
class Series:
    """Demand per period, oldest first, in units of any kind; lead_time: whole periods from ordering to arrival."""

    id: str
    quantities: tuple[float, ...]
    lead_time: int = 1

    def __post_init__(self) -> None:
        if any(not math.isfinite(quantity) or quantity < 0 for quantity in self.quantities):
            raise InvalidProblem(f"series {self.id!r} has a demand that is not a number of at least 0")
        if self.lead_time < 0:
            raise InvalidProblem(f"series {self.id!r} has the lead time {self.lead_time}")


@dataclass(frozen=True, slots=True)
class Problem:
    """Forecast the next `horizon` periods of each series, and the total over its lead time plus one review period."""

    series: tuple[Series, ...]
    horizon: int
    levels: tuple[float, ...] = (0.5, 0.8, 0.9, 0.95, 0.99)

    def __post_init__(self) -> None:
        if self.horizon < 1:
            raise InvalidProblem("the horizon is at least one period")
        if not all(0 < level < 1 for level in self.levels):
            raise InvalidProblem("quantile levels lie between 0 and 1")
        names = [series.id for series in self.series]
        if len(set(names)) < len(names):
            raise InvalidProblem("a series comes twice")
