"""What a customer is promised: when the order leaves and when it arrives, and what that rests on. Pure: the same input gives the same promise.

Days of delivery by service: DOMAIN's standard (3 to 7 business days), express (1 to 3), same-day.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from packhorse.ground.places.calendar import business_days_after, holidays_of, time_zone

#: Business days from leaving to arriving, from and to.
TRANSIT: Final[Mapping[str, tuple[int, int]]] = {"standard": (3, 7), "express": (1, 3), "same_day": (0, 0)}
#: Where a warehouse has no cut-off for a service.
DEFAULT_CUT_OFF: Final = dt.time(14, 0)
#: The end of the day on which an order leaves, and on which it arrives (local times).
LEAVES_BY: Final = dt.time(18, 0)
ARRIVES_BY: Final = dt.time(20, 0)
_DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Dock:
    """When a warehouse ships: its zone, its ISO weekdays (none: Monday to Friday), its country's holidays, its cut-offs by service (local times)."""

    time_zone: str
    country: str
    region: str
    workdays: tuple[int, ...]
    cut_offs: tuple[tuple[str, dt.time], ...]

    def cut_off(self, service: str) -> dt.time:
        return next((at for name, at in self.cut_offs if name == service), DEFAULT_CUT_OFF)

    def works_on(self, day: dt.date) -> bool:
        return day.isoweekday() in (self.workdays or (1, 2, 3, 4, 5)) and day not in holidays_of(self.country, self.region, day.year)


@dataclass(frozen=True, slots=True)
class Promise:
    """Both moments in UTC, and their basis as JSON."""

    ship_by: dt.datetime
    deliver_by: dt.datetime
    basis: str


@lru_cache(maxsize=4096)
def ship_day(dock: Dock, today: dt.date, late: bool) -> dt.date:
    """The working day on which an order leaves that came in today, before the cut-off or (`late`) after it."""
    day = today + _DAY if late else today
    while not dock.works_on(day):
        day += _DAY
    return day


@lru_cache(maxsize=65536)
def _moments(dock: Dock, service: str, day: dt.date, country: str, region: str, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    leaves = dt.datetime.combine(day, max(LEAVES_BY, dock.cut_off(service)), ZoneInfo(dock.time_zone))
    days = TRANSIT[service][1]
    arrival = business_days_after(day, days, country, region) if days else day
    arrives = dt.datetime.combine(arrival, ARRIVES_BY, zone)
    return leaves.astimezone(dt.UTC), max(arrives, leaves).astimezone(dt.UTC)


def promise(at: dt.datetime, *, service: str, dock: Dock, country: str = "", region: str = "", postal_code: str = "") -> Promise:
    """Promise an order that came in at a moment: it leaves on the same working day before the cut-off, else on the next, and arrives within the service's business days there.

    An order without a country is promised as if it stayed in the warehouse's.
    """
    local = at.astimezone(ZoneInfo(dock.time_zone))
    cut_off = dock.cut_off(service)
    late = local.time() >= cut_off
    day = ship_day(dock, local.date(), late)
    to = country or dock.country
    leaves, arrives = _moments(dock, service, day, to, region, time_zone(to, postal_code, region))
    return Promise(leaves, arrives, _basis(service, cut_off, late, dock.time_zone, day, to))


@lru_cache(maxsize=4096)
def _basis(service: str, cut_off: dt.time, late: bool, zone: str, day: dt.date, country: str) -> str:
    return json.dumps(
        {
            "service": service,
            "cut_off": f"{cut_off:%H:%M}",
            "after_cut_off": late,
            "time_zone": zone,
            "ship_day": day.isoformat(),
            "transit_days": list(TRANSIT[service]),
            "country": country,
        }
    )
