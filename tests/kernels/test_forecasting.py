"""Demand is forecast per series by the method that would have foretold it best."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from statistics import NormalDist

import pytest
from hypothesis import given, settings, strategies as st

from packhorse.kernels.errors import InvalidProblem
from packhorse.kernels.forecasting.check import check
from packhorse.kernels.forecasting.files import read, write
from packhorse.kernels.forecasting.methods import croston_sba, exponential_smoothing, moving_average
from packhorse.kernels.forecasting.problem import Problem, Series
from packhorse.kernels.forecasting.quantiles import count_quantiles
from packhorse.kernels.forecasting.solve import solve


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.integers(0, 500), max_size=30), max_size=4), st.integers(0, 5), st.integers(1, 8))
def test_whatever_the_history(histories: list[list[int]], lead_time: int, horizon: int) -> None:
    problem = Problem(tuple(Series(str(n), tuple(map(float, history)), lead_time) for n, history in enumerate(histories)), horizon)
    assert check(problem, solve(problem)) == []


def test_steady_demand_is_foretold_as_it_is() -> None:
    forecast = solve(Problem((Series("a", (8.0,) * 20, 2),), 3)).forecasts[0]
    assert forecast.mean == pytest.approx((8.0, 8.0, 8.0))
    assert dict(forecast.quantiles)[0.5] == 24
    assert forecast.error == pytest.approx(0.0)


def test_nothing_is_foretold_from_nothing() -> None:
    forecast = solve(Problem((Series("a", ()), Series("b", (0.0,) * 12)), 2)).forecasts
    assert [one.mean for one in forecast] == [(0.0, 0.0), (0.0, 0.0)]
    assert all(quantity == 0 for one in forecast for _, quantity in one.quantiles)
    assert forecast[1].error is None


def test_the_methods_are_what_their_names_say() -> None:
    assert moving_average(2)([4, 6, 2]) == [0, 4, 5, 4]
    assert exponential_smoothing(0.5)([4, 8, 2]) == [0, 4, 6, 4]
    assert croston_sba(0.5)([0, 6, 0, 0, 3]) == pytest.approx([0, 0, 0.75 * 6 / 2, 0.75 * 6 / 2, 0.75 * 6 / 2, 0.75 * 4.5 / 2.5])


def test_a_rise_is_followed_by_the_quicker_methods() -> None:
    history = tuple(float(q) for q in [5] * 20 + [20] * 10)
    assert solve(Problem((Series("a", history),), 1)).forecasts[0].mean[0] > 18


def test_quantiles_are_those_of_the_counts() -> None:
    assert count_quantiles(2.0, 2.0, (0.5, 0.9, 0.99)) == [2, 4, 6]  # Poisson
    assert count_quantiles(1.0, 2.0, (0.4, 0.5, 0.6, 0.9)) == [0, 0, 1, 3]  # geometric: P(X ≤ k) = 1 − 2^−(k+1)
    assert count_quantiles(0.0, 1.0, (0.99,)) == [0]
    assert count_quantiles(5000.0, 10_000.0, (0.95,)) == [round(NormalDist(5000, 100).inv_cdf(0.95))]


def test_the_95_percent_quantile_covers_about_95_percent() -> None:
    rng = Random(3)  # noqa: S311 - test data
    covered = 0
    for n in range(300):
        demand = [float(sum(rng.random() < 0.3 for _ in range(20))) for _ in range(40)]
        forecast = solve(Problem((Series(str(n), tuple(demand[:38])),), 2)).forecasts[0]
        covered += sum(demand[38:]) <= dict(forecast.quantiles)[0.95]
    assert 0.9 < covered / 300 < 0.99


def test_files_are_read_and_written(tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text("series,period,quantity,lead_time\nA,2,3,2\nA,1,3,2\nB,7,0,\n", encoding="utf-8")
    problem = read(tmp_path / "h.csv", 2)
    assert problem.series == (Series("A", (3.0, 3.0), 2), Series("B", (0.0,), 1))
    write(solve(problem), tmp_path / "f.json")
    data = json.loads((tmp_path / "f.json").read_text(encoding="utf-8"))
    assert data["format"] == "packhorse-forecast/1"
    assert data["series"]["A"]["mean"] == [3.0, 3.0]
    assert set(data["series"]["B"]["lead_time_quantiles"]) == {"0.5", "0.8", "0.9", "0.95", "0.99"}


@pytest.mark.parametrize(
    "text", ["series,period,quantity\nA,1,1\nA,3,1\n", "series,period,quantity\nA,1,x\n", "a,b\n1,2\n", "series,period,quantity\nA,1,-2\n"]
)
def test_what_is_no_history_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidProblem):
        read(tmp_path / "h.csv", 1)
