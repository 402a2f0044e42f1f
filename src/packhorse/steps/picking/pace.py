"""Standard time: how long picks take, and what a floor can do until its cut-offs. Pure: the same figures give the same answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

from packhorse.ground.places.calendar import holidays_of
from packhorse.ground.warehouse.types import WarehouseInfo
from packhorse.steps.picking.types import Amount, CutOffRow, Handling, Outlook, Policy, Times

_DAY: Final = dt.timedelta(days=1)
#: Which service comes first where cut-offs are at the same moment; any other after these.
_FIRST: Final = ("same_day", "express")
#: Steps whose orders are released and not picked.
RELEASED: Final = ("waiting", "planned", "walking")


def minutes(policy: Policy, amount: Amount, metres: float) -> float:
    """The standard time of picking so much, walking so far, before anybody knows at which places: turns, levels and weights do not count yet."""
    if policy.lines_per_hour is not None:
        return amount.lines * 60 / policy.lines_per_hour
    return walk_minutes(policy, Handling(amount.orders, amount.lines, amount.units), metres)


def walk_minutes(times: Times, hands: Handling, metres: float, turns: int = 0) -> float:
    """The standard time of one walk."""
    hands_s = (
        hands.orders * times.order_s + hands.picks * times.line_s + hands.units * times.unit_s + hands.levels * times.level_s + hands.heavy * times.heavy_s
    )
    return (hands_s + turns * times.turn_s) / 60 + metres / times.walk_m_per_min


def shift_minutes(policy: Policy, place: WarehouseInfo, now: dt.datetime, until: dt.datetime) -> int:
    """Minutes of shift from now until a moment, over the warehouse's working days."""
    zone = ZoneInfo(place.time_zone)
    found, day = dt.timedelta(), now.astimezone(zone).date()
    while day <= until.astimezone(zone).date():
        if day.isoweekday() in (place.workdays or (1, 2, 3, 4, 5)) and day not in holidays_of(place.address.country, place.address.region, day.year):
            begin = max(now, dt.datetime.combine(day, policy.shift_from, zone))
            end = min(until, dt.datetime.combine(day, policy.shift_to, zone))
            found += max(dt.timedelta(), end - begin)
        day += _DAY
    return int(found.total_seconds() // 60)


def in_order(rows: Sequence[CutOffRow]) -> list[CutOffRow]:
    """Cut-offs in the order in which the floor works for them: overdue first, the nearest next, the quicker service before the slower."""
    rank = {service: n for n, service in enumerate(_FIRST)}
    return sorted(
        rows,
        key=lambda r: (
            (r.until is not None, r.until, rank.get(r.service, len(rank)), r.service) if r.until else (False, rank.get(r.service, len(rank)), r.service)
        ),
    )


def outlook(rows: Sequence[CutOffRow], policy: Policy, place: WarehouseInfo, now: dt.datetime, metres_per_line: float) -> list[Outlook]:
    """What the floor can do for each cut-off (`rows` as `in_order` gives them): earlier ones take their time first."""
    found, before = [], 0.0
    hands = 1 if policy.lines_per_hour is not None else policy.pickers
    for row in rows:
        open_now, workable = row.amount(*RELEASED), row.amount("workable")
        released_min = minutes(policy, open_now, open_now.lines * metres_per_line)
        workable_min = minutes(policy, workable, workable.lines * metres_per_line)
        deadline = row.until - dt.timedelta(minutes=policy.pack_min) if row.until else None
        left = shift_minutes(policy, place, now, deadline) if deadline else 0
        own = released_min + workable_min
        short = min(own, max(0.0, before + own - left * hands)) if deadline else own
        orders = open_now.orders + workable.orders
        more = None if policy.lines_per_hour is not None or not left else max(0, ceil((before + own) / left) - hands)
        found.append(
            Outlook(
                deadline=deadline,
                left=left,
                can=left * hands,
                before=round(before),
                released=round(released_min),
                workable=round(workable_min),
                misses=min(orders, ceil(orders * short / own)) if short else 0,
                more_pickers=more if short and deadline else None,
            )
        )
        before += own
    return found
