"""Demand histories (CSV: series,period,quantity[,lead_time,price]) and forecasts (packhorse-forecast/1, JSON) as files."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from packhorse.kernels.errors import InvalidProblem
from packhorse.kernels.forecasting.problem import Problem, Series
from packhorse.kernels.forecasting.solve import Result

FORECAST_FORMAT = "packhorse-forecast/1"


def read(path: str | Path, horizon: int) -> Problem:
    """Raises: OSError, InvalidProblem (a column is missing, a number is none, periods of a series are not consecutive)."""
    rows: dict[str, list[tuple[int, float, int]]] = {}
    with Path(path).open(newline="", encoding="utf-8") as handle:
        for number, row in enumerate(csv.DictReader(handle), start=2):
            try:
                lead = int(float(row.get("lead_time") or 1))
                rows.setdefault(row["series"], []).append((int(row["period"]), float(row["quantity"]), lead))
            except (KeyError, TypeError, ValueError) as error:
                raise InvalidProblem(f"line {number}: {error!r}") from error
    series = []
    for name, values in rows.items():
        values.sort()
        if [period for period, _, _ in values] != list(range(values[0][0], values[0][0] + len(values))):
            raise InvalidProblem(f"the periods of series {name!r} are not consecutive")
        series.append(Series(name, tuple(quantity for _, quantity, _ in values), values[-1][2]))
    return Problem(tuple(series), horizon)


def write(result: Result, path: str | Path) -> None:
    """Raises: OSError."""
    forecasts = {
        one.series: {
            "method": one.method,
            "mean": list(one.mean),
            "lead_time_quantiles": {f"{level:g}": quantity for level, quantity in one.quantiles},
        }
        for one in result.forecasts
    }
    Path(path).write_text(json.dumps({"format": FORECAST_FORMAT, "series": forecasts}) + "\n", encoding="utf-8")
