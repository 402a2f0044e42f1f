"""How long parcels took is counted per lane, and asked for with less and less of the lane until enough are known."""

from __future__ import annotations

import pytest

from packhorse.ground.carriers import selectors
from packhorse.ground.carriers.services import record_transits
from packhorse.ground.carriers.types import TransitDays, TransitFact

pytestmark = pytest.mark.django_db


def _fact(days: int, to: str = "GB-SW") -> TransitFact:
    return TransitFact("tariff", "standard", "GB-LE", to, days)


def _ask(to: str = "GB-SW") -> TransitDays:
    return selectors.transit_days(carrier="tariff", service="standard", origin="GB-LE", destination=to, least=10)


def test_counts_add_up_over_calls() -> None:
    record_transits([_fact(2)] * 7 + [_fact(3)] * 2)
    record_transits([_fact(3), _fact(5)])
    found = _ask()
    assert (found.lane, found.counts, found.parcels) == ("lane", {2: 7, 3: 3, 5: 1}, 11)
    assert found.within(3) == 10 / 11
    assert (found.quantile(0.5), found.quantile(0.95)) == (2, 5)


def test_a_lane_with_little_history_takes_the_countries_then_the_service() -> None:
    record_transits([_fact(2)] * 9 + [_fact(4, "GB-EH")] + [_fact(6, "DE-1")] * 3)
    assert (_ask().lane, _ask().parcels) == ("countries", 10)
    assert (_ask("DE-2").lane, _ask("DE-2").parcels) == ("service", 13)


def test_where_nothing_is_known_it_says_so() -> None:
    found = _ask()
    assert (found.lane, found.parcels, found.quantile(0.9), found.within(3)) == ("", 0, None, 0.0)
    record_transits([])
    assert _ask() == found
