"""A standard is learned from how long work took, whatever a few odd acts say."""

from __future__ import annotations

import random

import pytest

from packhorse.kernels.errors import InvalidProblem
from packhorse.kernels.labour.problem import Act
from packhorse.kernels.labour.solve import LEAST, solve


def acts(n: int, *, act_s: float = 12.0, unit_s: float = 3.0, metre_s: float = 0.9, noise: float = 0.0, odd: float = 0.0) -> list[Act]:
    """Acts of a known standard, some of them noisy, a share of them oddly long."""
    dice = random.Random(7)  # noqa: S311 - work to learn from, not a secret
    made = []
    for _ in range(n):
        units, metres = dice.randint(1, 8), dice.uniform(0, 40)
        seconds = act_s + unit_s * units + metre_s * metres + dice.gauss(0, noise)
        made.append(Act(max(0.0, seconds + (dice.uniform(120, 500) if dice.random() < odd else 0)), units, metres))
    return made


def test_what_was_put_in_comes_out() -> None:
    found = solve(acts(200))
    assert found is not None
    assert (found.act_s, found.unit_s, found.metre_s) == pytest.approx((12.0, 3.0, 0.9))
    assert found.off_s == pytest.approx(0, abs=1e-6)
    assert found.expected(10, 20, 100) == pytest.approx(120 + 60 + 90)


def test_a_tenth_of_odd_acts_changes_little() -> None:
    found = solve(acts(500, noise=4.0, odd=0.1))
    assert found is not None
    assert found.act_s == pytest.approx(12.0, abs=4)
    assert found.unit_s == pytest.approx(3.0, abs=0.5)
    assert found.metre_s == pytest.approx(0.9, abs=0.1)


def test_no_part_is_negative_and_what_never_varies_is_left_out() -> None:
    found = solve(acts(200, unit_s=-1.0))
    assert found is not None
    assert found.unit_s == 0.0
    assert min(found.act_s, found.metre_s) >= 0
    same = solve([Act(20.0, 1, 0)] * LEAST)
    assert same is not None
    assert (same.unit_s, same.metre_s, same.acts) == (0.0, 0.0, LEAST)
    assert [same.act_s, same.off_s] == pytest.approx([20.0, 0.0], abs=1e-9)


def test_too_few_acts_teach_nothing_and_nonsense_is_refused() -> None:
    assert solve(acts(LEAST - 1)) is None
    for wrong in ((-1.0, 1, 1), (1.0, -1, 1), (float("nan"), 1, 1), (1.0, 1, float("inf"))):
        with pytest.raises(InvalidProblem):
            Act(*wrong)
