"""Whatever is done with goods and orders, in whatever order: no unit appears or vanishes, the books agree, and money adds up.

`make test` runs a few examples. A long run: `PACKHORSE_MIXED=300 make test ARGS="-rP tests/scenarios/test_every_operation_mixed.py"` (so many examples, of other steps each time).
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.scenarios.machine.checks import Checks
from tests.scenarios.machine.way_out import WayOut
from tests.scenarios.machine.world import DONE, REFUSED, World, make_world

#: Examples of a long run; none: the short one, always the same.
LONG = int(os.environ.get("PACKHORSE_MIXED", "0"))


class Everything(Checks, WayOut):
    """All rules together."""


@pytest.fixture
def _one_world(db: None) -> Iterator[None]:
    World.SHOPS = make_world()
    yield
    World.SHOPS = []


@pytest.mark.usefixtures("_one_world")
def test_no_unit_and_no_cent_is_lost() -> None:
    run_state_machine_as_test(
        Everything,
        settings=settings(
            max_examples=LONG or 6,
            stateful_step_count=50 if LONG else 25,
            deadline=None,
            database=None,
            derandomize=not LONG,
            print_blob=bool(LONG),
            suppress_health_check=list(HealthCheck),
        ),
    )
    if LONG:
        print("done:", dict(DONE.most_common()))  # noqa: T201 - what a long run mixed
        print("refused:", dict(REFUSED.most_common()))  # noqa: T201
