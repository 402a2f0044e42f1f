"""The benches run from the command line, measure on a database of their own, and say what they found as one object."""

from __future__ import annotations

import pytest

from packhorse.server.bench import BENCHES, run
from packhorse.server.bench.measured import p99, result


def test_without_a_name_says_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in BENCHES)


def test_an_unknown_name_is_wrongly_called(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["nothing"]) == 2
    assert "usage" in capsys.readouterr().err


def test_the_slowest_hundredth_is_told_in_milliseconds() -> None:
    assert p99([0.001] * 98 + [0.5, 0.7]) == 700.0
    assert p99([0.002]) == 2.0


def test_orders_a_second_and_processor_by_part() -> None:
    found = result(200, 2.0, [0.01], client=0.5, server=1.0, database=0.25)
    assert (found["orders_per_s"], found["cpu_ms_per_order"]) == (100.0, {"client": 2.5, "server": 5.0, "database": 1.25})
    assert found["bound_by"].startswith("server (50 %")
