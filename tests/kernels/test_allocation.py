"""Demand is served from what expires first, then from what came first."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from packhorse.kernels.allocation.bound import most_served
from packhorse.kernels.allocation.check import check
from packhorse.kernels.allocation.problem import Demand, Level, Problem
from packhorse.kernels.allocation.solve import Allocation, Reason, Shortfall, solve
from packhorse.kernels.errors import InvalidProblem

TODAY = date(2026, 3, 1)


def day(n: int) -> date:
    return TODAY + timedelta(days=n)


def taken(demands: list[Demand], levels: list[Level]) -> list[tuple[int, int, int]]:
    problem = Problem(tuple(demands), tuple(levels), TODAY)
    result = solve(problem)
    assert check(problem, result) == []
    return [(one.demand_id, one.level_id, one.quantity) for one in result.allocations]


def test_first_expired_first_out_then_first_in_first_out_then_by_preference() -> None:
    levels = [
        Level(1, 7, 1, None, day(-9)),
        Level(2, 7, 1, day(30), day(-1)),
        Level(3, 7, 1, day(20), day(-1)),
        Level(4, 7, 1, day(20), day(-2), 5),
        Level(5, 7, 1, day(20), day(-2), 1),
    ]
    assert taken([Demand(1, 7, 5)], levels) == [(1, 5, 1), (1, 4, 1), (1, 3, 1), (1, 2, 1), (1, 1, 1)]


def test_whole_from_one_bin_only_among_equals() -> None:
    equals = [Level(1, 7, 3), Level(2, 7, 9), Level(3, 7, 5)]
    assert taken([Demand(1, 7, 4)], equals) == [(1, 3, 4)]
    assert taken([Demand(1, 7, 12)], equals) == [(1, 2, 9), (1, 1, 3)]
    assert taken([Demand(1, 7, 4)], [Level(1, 7, 3, received_on=day(-5)), Level(2, 7, 9, received_on=day(-4))]) == [(1, 1, 3), (1, 2, 1)]


def test_the_more_urgent_first_and_equals_as_they_come() -> None:
    assert taken([Demand(1, 7, 2, priority=5), Demand(2, 7, 2, priority=1), Demand(3, 7, 2, priority=1)], [Level(1, 7, 5)]) == [(2, 1, 2), (3, 1, 2), (1, 1, 1)]


def test_short_with_the_reason() -> None:
    problem = Problem(
        (Demand(1, 7, 5), Demand(2, 8, 5), Demand(3, 9, 5, min_remaining_days=10), Demand(4, 9, 1, priority=1), Demand(5, 10, 1)),
        (Level(1, 7, 3), Level(2, 9, 4, day(9)), Level(3, 9, 2, day(10)), Level(4, 10, 2, day(-1)), Level(5, 10, 0)),
        TODAY,
    )
    result = solve(problem)
    assert check(problem, result) == []
    assert result.allocations == (Allocation(1, 1, 3), Allocation(3, 3, 2), Allocation(4, 2, 1))
    assert result.shortfalls == (
        Shortfall(1, 2, Reason.NOT_ENOUGH),
        Shortfall(2, 5, Reason.NO_STOCK),
        Shortfall(3, 3, Reason.SHELF_LIFE, 4),
        Shortfall(5, 1, Reason.SHELF_LIFE, 2),
    )


def test_goods_may_be_used_on_the_day_they_expire() -> None:
    assert taken([Demand(1, 7, 1)], [Level(1, 7, 1, TODAY)]) == [(1, 1, 1)]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 2), st.integers(0, 9), st.integers(0, 2), st.sampled_from([None, 0, 5, 20])), max_size=6),
    st.lists(st.tuples(st.integers(1, 2), st.integers(0, 9), st.sampled_from([None, -1, 0, 5, 12, 30])), max_size=6),
)
def test_no_other_way_would_serve_more(demands: list[tuple[int, int, int, int | None]], levels: list[tuple[int, int, int | None]]) -> None:
    problem = Problem(
        tuple(Demand(n, *demand) for n, demand in enumerate(demands)),
        tuple(Level(n, item, free, None if expires is None else day(expires)) for n, (item, free, expires) in enumerate(levels)),
        TODAY,
    )
    result = solve(problem)
    assert check(problem, result) == []
    items = {demand.id: demand.item for demand in problem.demands}
    for item, most in most_served(problem).items():
        assert sum(one.quantity for one in result.allocations if items[one.demand_id] == item) == most


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(InvalidProblem, match="twice"):
        Problem((), (Level(1, 7, 1), Level(1, 7, 1)), TODAY)
    with pytest.raises(InvalidProblem, match="free"):
        Level(1, 7, -1)
    with pytest.raises(InvalidProblem, match="demand 1"):
        Demand(1, 7, -1)
