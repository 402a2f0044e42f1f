"""A stop ends a search."""

from __future__ import annotations

import pytest

from packhorse.kernels.errors import InvalidProblem
from packhorse.kernels.stop import Stop


def test_after_so_many_iterations() -> None:
    watch = Stop(iterations=3).start()
    assert [watch.over() for _ in range(5)] == [False, False, False, True, True]
    assert watch.iterations == 3
    assert watch.progress() == 1.0


def test_at_once_without_seconds() -> None:
    watch = Stop(seconds=0).start()
    assert watch.over()
    assert watch.progress() == 1.0


def test_only_if_it_says_when() -> None:
    with pytest.raises(InvalidProblem):
        Stop()
    with pytest.raises(InvalidProblem):
        Stop(iterations=-1)
