"""What will happen to a parcel: pure, from its number, lane and seed. Laid down at hand-over; tracking shows what lies in the past.

How often things go wrong was chosen for Packhorse so that a demonstration meets every exception; it is no carrier's record.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import Final

from packhorse.ground.carriers.types import Place, TrackingUpdate
from packhorse.ground.places import calendar, geography

_HOUR: Final = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Odds:
    """Shares of parcels, each between 0 and 1, adding up to at most 1; `early` is the share of undisturbed parcels of a slow service that come a day early."""

    delayed: float = 0.03
    attempted: float = 0.025
    damaged: float = 0.004
    refused: float = 0.004
    lost: float = 0.002
    early: float = 0.12


DEFAULT: Final = Odds()


@dataclass(frozen=True, slots=True)
class Journey:
    """A parcel's way: the times it is planned from are UTC; `transit_days` are the destination's business days after hand-over."""

    tracking_number: str
    origin: Place
    destination: Place
    handed_over_at: dt.datetime
    transit_days: int
    latest_hour: int = 18


class _Log:
    """Scans in the order in which they happen: each is later than the one before."""

    def __init__(self, journey: Journey) -> None:
        self.journey = journey
        self.updates: list[TrackingUpdate] = []

    def add(self, code: str, detail: str, at: dt.datetime, place: Place) -> dt.datetime:
        at = at.astimezone(dt.UTC).replace(microsecond=0)
        if self.updates:
            at = max(at, self.updates[-1].occurred_at + dt.timedelta(minutes=10))
        where = geography.zone(place.country, place.postal_code)
        self.updates.append(TrackingUpdate(self.journey.tracking_number, len(self.updates), code, detail, at, where))
        return at


def _local(place: Place, day: dt.date, hour: float) -> dt.datetime:
    midnight = dt.datetime.combine(day, dt.time(), calendar.time_zone(place.country, place.postal_code, place.region))
    return midnight + hour * _HOUR


def _draw(dice: random.Random, odds: Odds) -> str:
    roll, found = dice.random(), "smooth"
    for name in ("delayed", "attempted", "damaged", "refused", "lost"):
        share: float = getattr(odds, name)
        if roll < share:
            return name
        roll -= share
    return found


def _under_way(log: _Log, dice: random.Random, arrival: dt.date, left: dt.date) -> None:
    """The scans before the day of delivery."""
    journey = log.journey
    a, b = journey.origin, journey.destination
    log.add("in_transit", "collected", journey.handed_over_at, a)
    if journey.transit_days == 0:
        return
    log.add("in_transit", "departed", _local(a, left, dice.uniform(19.5, 23.5)), a)
    between = (arrival - left).days
    if a.country != b.country and between > 1:
        log.add("in_transit", "customs", _local(b, left + dt.timedelta(days=max(1, between // 2)), dice.uniform(6, 20)), b)
    elif between > 3:
        log.add("in_transit", "sorted", _local(b, left + dt.timedelta(days=between // 2), dice.uniform(1, 22)), Place(b.country))


def plan(journey: Journey, *, seed: int = 0, odds: Odds = DEFAULT) -> list[TrackingUpdate]:
    """All scans of a parcel, from the first after hand-over to the last, in order of time.

    Ends delivered, returned or lost. Delayed: one to three business days later. Attempted: delivered the next business day. Damaged and refused: on the way back. Lost: said so ten
    business days after the last scan.
    """
    dice = random.Random(f"{seed}:{journey.tracking_number}")  # noqa: S311 - a plan, not a secret
    fate = _draw(dice, odds)
    a, b = journey.origin, journey.destination
    left = journey.handed_over_at.astimezone(calendar.time_zone(a.country, a.postal_code, a.region)).date()

    def after(day: dt.date, n: int, place: Place = b) -> dt.date:
        return calendar.business_days_after(day, n, place.country, place.region)

    early = fate == "smooth" and journey.transit_days > 1 and journey.latest_hour > 12 and dice.random() < odds.early
    arrival = after(left, journey.transit_days - early)
    log = _Log(journey)
    _under_way(log, dice, arrival, left)
    if fate == "lost":
        log.add("lost", "", _local(b, after(arrival, 10), 10), b)
        return log.updates
    if fate == "delayed":
        log.add("exception", "delayed", _local(b, arrival, dice.uniform(5, 9)), b)
        arrival = after(arrival, dice.randint(1, 3))
    if journey.transit_days:
        log.add("in_transit", "arrived", _local(b, arrival, dice.uniform(2, 5.5)), b)
    if fate == "damaged":
        log.add("exception", "damaged", _local(b, arrival, dice.uniform(5.5, 8)), b)
        _back(log, dice, arrival, "damaged")
        return log.updates
    start = log.updates[-1].occurred_at + _HOUR if journey.transit_days == 0 else _local(b, arrival, dice.uniform(6.5, 8.5))
    out = log.add("out_for_delivery", "", start, b)
    door = _local(b, arrival, dice.triangular(9, journey.latest_hour, min(13, journey.latest_hour - 1)))
    if fate == "smooth" or fate == "delayed":
        log.add("delivered", "", max(door, out + _HOUR / 2), b)
        return log.updates
    log.add("attempted", "nobody_home" if fate == "attempted" else "refused", door, b)
    if fate == "refused":
        _back(log, dice, arrival, "refused")
        return log.updates
    again = after(arrival, 1)
    log.add("out_for_delivery", "", _local(b, again, dice.uniform(6.5, 8.5)), b)
    log.add("delivered", "", _local(b, again, dice.uniform(9, 17)), b)
    return log.updates


def _back(log: _Log, dice: random.Random, day: dt.date, why: str) -> None:
    """The way back to the sender."""
    journey = log.journey
    a, b = journey.origin, journey.destination
    log.add("returning", why, _local(b, day, dice.uniform(18, 20)), b)
    home = calendar.business_days_after(day, max(2, journey.transit_days), a.country, a.region)
    log.add("returned", why, _local(a, home, dice.uniform(9, 15)), a)
