"""Standard time is what the policy says, shifts are counted over working days only, and earlier cut-offs take their time first."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st

from packhorse.ground.warehouse.types import Address, WarehouseInfo
from packhorse.steps.picking import pace
from packhorse.steps.picking.types import Amount, CutOffRow, Policy

OTTAWA = ZoneInfo("America/Toronto")
PLACE = WarehouseInfo(1, "W", "W", "America/Toronto", "carts", Address(country="CA", region="ON"), (1, 2, 3, 4, 5))
MONDAY = dt.datetime(2026, 3, 2, 9, tzinfo=OTTAWA)


def at(day: int, hour: int, month: int = 3) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, tzinfo=OTTAWA)


def row(until: dt.datetime | None, service: str = "standard", **steps: int) -> CutOffRow:
    return CutOffRow(until, service, {name: Amount(n, n, n) for name, n in steps.items()})


def test_hands_and_feet_are_added() -> None:
    policy = Policy(order_s=30, line_s=10, unit_s=5, walk_m_per_min=50)
    assert pace.minutes(policy, Amount(2, 3, 6), 100) == (60 + 30 + 30) / 60 + 2


def test_a_set_number_takes_their_place() -> None:
    assert pace.minutes(Policy(lines_per_hour=120), Amount(2, 30, 600), 1000) == 15


def test_only_the_shift_of_working_days_counts() -> None:
    policy = Policy(shift_from=dt.time(8), shift_to=dt.time(18))
    assert pace.shift_minutes(policy, PLACE, MONDAY, at(2, 17)) == 480
    assert pace.shift_minutes(policy, PLACE, MONDAY, at(2, 22)) == 540
    assert pace.shift_minutes(policy, PLACE, MONDAY, at(3, 9)) == 600
    assert pace.shift_minutes(policy, PLACE, at(6, 17), at(9, 9)) == 120  # over a weekend, and into daylight saving time
    assert pace.shift_minutes(policy, PLACE, at(2, 17, 4), at(6, 9, 4)) == 120  # Good Friday, and the weekend after it
    assert pace.shift_minutes(policy, PLACE, MONDAY, at(1, 9)) == 0


def test_overdue_comes_first_and_the_quicker_service_before_the_slower() -> None:
    rows = [row(at(2, 18)), row(at(2, 18), "express"), row(at(2, 17)), row(None), row(at(2, 18), "same_day")]
    assert [(r.until, r.service) for r in pace.in_order(rows)] == [
        (None, "standard"),
        (at(2, 17), "standard"),
        (at(2, 18), "same_day"),
        (at(2, 18), "express"),
        (at(2, 18), "standard"),
    ]


def test_earlier_work_takes_its_time_first_and_what_is_left_over_misses() -> None:
    policy = Policy(pickers=1, order_s=3600, line_s=0, unit_s=0, pack_min=60)  # an hour an order, eight hours until five
    early, late = pace.outlook([row(at(2, 18), "express", waiting=3, workable=2), row(at(2, 18), workable=4, held=9, packed=9)], policy, PLACE, MONDAY, 0)
    assert (early.left, early.can, early.before, early.released, early.workable, early.room, early.misses) == (480, 480, 0, 180, 120, 300, 0)
    assert (late.before, late.needed, late.room, late.misses, late.more_pickers) == (300, 540, 180, 1, 1)


def test_what_is_overdue_is_late_whatever_the_floor_can_do() -> None:
    (seen,) = pace.outlook([row(None, workable=3, walking=1)], Policy(), PLACE, MONDAY, 0)
    assert (seen.deadline, seen.can, seen.misses, seen.more_pickers) == (None, 0, 4, None)


def test_no_number_of_pickers_helps_after_the_shift() -> None:
    (seen,) = pace.outlook([row(at(2, 18), workable=1)], Policy(), PLACE, at(2, 18), 0)
    assert (seen.left, seen.misses, seen.more_pickers) == (0, 1, None)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=5), st.integers(1, 9), st.integers(0, 7200))
def test_with_as_many_pickers_as_it_says_none_misses(orders: list[int], pickers: int, order_s: int) -> None:
    rows = [row(at(2 + n, 18), workable=many) for n, many in enumerate(orders)]
    for seen in pace.outlook(rows, Policy(pickers=pickers, order_s=order_s), PLACE, MONDAY, 5.0):
        assert 0 <= seen.misses <= max(orders)
        if seen.more_pickers is not None:
            again = pace.outlook(rows, Policy(pickers=pickers + seen.more_pickers, order_s=order_s), PLACE, MONDAY, 5.0)
            assert next(o for o in again if o.deadline == seen.deadline).misses == 0
