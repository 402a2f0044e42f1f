"""The day on which scenarios play: a Monday morning; parcels come to no harm."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from packhorse.core import clock
from packhorse.ground.carriers import registry
from packhorse.ground.carriers.tariff.carrier import TariffCarrier
from packhorse.ground.carriers.tariff.timeline import Odds
from tests.scenarios.walk import MONDAY, Time


@pytest.fixture(autouse=True)
def time() -> Iterator[Time]:
    moving = clock.VirtualClock(MONDAY)
    with clock.using(moving), registry.using(TariffCarrier(odds=Odds(0, 0, 0, 0, 0, 0))):
        yield Time(moving)
