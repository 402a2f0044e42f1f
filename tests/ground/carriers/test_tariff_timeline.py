"""What happens to a parcel is laid down at hand-over."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import pairwise

from packhorse.ground.carriers.tariff.timeline import DEFAULT, Journey, Odds, plan
from packhorse.ground.carriers.types import TRACKING_CODES, Place
from packhorse.ground.places import calendar

GONE = dt.datetime(2010, 12, 7, 16, 30, tzinfo=dt.UTC)
SMOOTH = Odds(0, 0, 0, 0, 0, 0)


LONDON = Place("GB", "SW")


def _journey(number: str = "TF000000014GB", days: int = 2, to: Place = LONDON) -> Journey:
    return Journey(number, Place("GB", "LE"), to, GONE, days)


def _codes(odds: Odds, days: int = 2) -> list[tuple[str, str]]:
    return [(u.code, u.detail) for u in plan(_journey(days=days), odds=odds)]


def test_a_smooth_parcel_arrives_on_its_day() -> None:
    updates = plan(_journey(), odds=SMOOTH)
    assert [(u.code, u.detail) for u in updates] == [
        ("in_transit", "collected"),
        ("in_transit", "departed"),
        ("in_transit", "arrived"),
        ("out_for_delivery", ""),
        ("delivered", ""),
    ]
    assert updates[-1].occurred_at.date() == dt.date(2010, 12, 9)
    assert [u.place for u in updates] == ["GB-LE", "GB-LE", "GB-SW", "GB-SW", "GB-SW"]


def test_each_exception_ends_as_it_should() -> None:
    assert _codes(Odds(delayed=1))[-2:] == [("out_for_delivery", ""), ("delivered", "")]
    assert ("exception", "delayed") in _codes(Odds(delayed=1))
    assert _codes(Odds(0, attempted=1))[-3:] == [("attempted", "nobody_home"), ("out_for_delivery", ""), ("delivered", "")]
    assert _codes(Odds(0, 0, damaged=1))[-3:] == [("exception", "damaged"), ("returning", "damaged"), ("returned", "damaged")]
    assert _codes(Odds(0, 0, 0, refused=1))[-3:] == [("attempted", "refused"), ("returning", "refused"), ("returned", "refused")]
    assert _codes(Odds(0, 0, 0, 0, lost=1))[-1] == ("lost", "")


def test_same_day_is_delivered_the_same_day() -> None:
    updates = plan(Journey("TF000000014GB", Place("GB", "LE"), Place("GB", "LE"), GONE.replace(hour=11), 0, 21), odds=SMOOTH)
    assert [u.code for u in updates] == ["in_transit", "out_for_delivery", "delivered"]
    assert updates[-1].occurred_at.date() == GONE.date()


def test_abroad_it_passes_customs() -> None:
    assert ("in_transit", "customs") in [(u.code, u.detail) for u in plan(_journey(days=5, to=Place("DE", "1")), odds=SMOOTH)]


def test_the_same_seed_gives_the_same_story_and_time_never_runs_back() -> None:
    fates: Counter[str] = Counter()
    late = 0
    for n in range(3000):
        journey = _journey(f"TF{n:08d}0GB")
        updates = plan(journey, seed=7)
        assert updates == plan(journey, seed=7)
        assert all(a.occurred_at < b.occurred_at for a, b in pairwise(updates))
        assert all(u.code in TRACKING_CODES for u in updates)
        fates[updates[-1].code] += 1
        late += updates[-1].code == "delivered" and calendar.business_days_between(GONE.date(), updates[-1].occurred_at.date(), "GB") > 2
    assert 0.04 * 3000 < late < 0.07 * 3000  # delayed and attempted: 5.5 %
    assert 0 < fates["lost"] < 0.005 * 3000
    assert 0 < fates["returned"] < 0.02 * 3000
    assert DEFAULT.delayed + DEFAULT.attempted == 0.055
