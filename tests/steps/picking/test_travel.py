"""How long a walk takes: its metres, its turns, and what hands do at each stop."""

from __future__ import annotations

from dataclasses import replace

import pytest

from packhorse.ground.warehouse.types import FloorPlan
from packhorse.kernels.picking.comparison import s_shape, s_shape_walk
from packhorse.kernels.picking.problem import Cell
from packhorse.kernels.stop import Stop
from packhorse.steps.picking import pace
from packhorse.steps.picking.services.planning import on_the_floor
from packhorse.steps.picking.travel import Travel, handling
from packhorse.steps.picking.types import Handling, Means, TaskInfo, Times

#: Three aisles 3 m apart, ten bins of 1 m, 12 m long.
FLOOR = FloorPlan(1, 3, 3.0, 10, 1.0, 1.5, 12.0, levels=4)
STILL = Times(order_s=0, line_s=0, unit_s=0, level_s=0, heavy_s=0, turn_s=6)


def task(n: int, aisle: int, cell: int, *, release: int = 1, quantity: int = 1, level: int = 0, weight_g: int = 0) -> TaskInfo:
    return TaskInfo(
        n, None, 0, "ready", 100 * aisle + cell, f"{aisle}-{cell}", aisle, cell, n, "SKU", "Thing", None, None, quantity, 0, "", None, None, None, release, release,
        f"F{release}", release, n, level=level, weight_g=weight_g,
    )  # fmt: skip


def test_hands_climb_to_each_place_once_and_lift_each_heavy_piece() -> None:
    tasks = [task(1, 0, 0, level=2, quantity=3, weight_g=12_000), task(2, 0, 0, level=2, release=2, weight_g=9_999), task(3, 1, 4, level=1)]
    assert handling(tasks, 10_000) == Handling(orders=2, picks=3, units=5, levels=3, heavy=3)
    times = Times(walk_m_per_min=50, turn_s=3, order_s=10, line_s=4, unit_s=1, level_s=5, heavy_s=7)
    assert pace.walk_minutes(times, handling(tasks, 10_000), 100, 4) == pytest.approx((20 + 12 + 5 + 15 + 21 + 12) / 60 + 2)


def test_what_orders_share_a_tote_for_is_taken_once_for_all_of_them() -> None:
    tasks = [replace(task(1, 1, 2, quantity=2), task_id=n, release_id=n, wall_id=1) for n in (1, 2, 3)]
    assert handling(tasks, 10_000) == Handling(orders=1, picks=1, units=6, levels=0, heavy=0)


@pytest.mark.parametrize(
    ("stops", "turns"),
    [
        ([(0, 3)], 1),  # up the aisle where walks begin, round, and back
        ([(1, 3)], 3),  # across, into the aisle, round, out of it, back
        ([(1, 3), (2, 8)], 4),  # across, through one aisle, across, through the other, back
    ],
)
def test_turns_take_their_time(stops: list[tuple[int, int]], turns: int) -> None:
    places = [FLOOR.place(*s) for s in stops]
    found = Travel(FLOOR, STILL).minutes([task(1, 0, 0)], 0, places)
    assert found * 60 / 6 == turns


def test_s_shape_is_the_length_of_its_walk_and_turns_at_every_aisle() -> None:
    layout = FLOOR.rectangular()
    stops = [Cell(0, 0, 2), Cell(1, 0, 9), Cell(2, 0, 0)]
    assert s_shape_walk(layout, stops) == [(0, 0), (0, 0), (0, 0), (0, 12), (3, 12), (3, 0), (6, 0), (6, 1.5), (6, 0), (6, 0), (0, 0)]
    assert s_shape(layout, stops) == 12 + 3 + 12 + 3 + 1.5 + 1.5 + 6
    assert Travel(FLOOR, STILL).s_shape_minutes([task(1, 0, 0)], 0, stops) * 10 == 6
    assert s_shape(layout, []) == 0


def test_s_shape_through_two_blocks_does_the_far_one_first() -> None:
    layout = replace(FLOOR, cross_after=(5,), length_m=14.0).rectangular()
    assert s_shape(layout, [Cell(0, 1, 0), Cell(1, 0, 4)]) == 7 + 3 + 7 + 3 + 11 + 3


def test_a_plan_keeps_minutes_of_itself_and_of_what_it_is_compared_with() -> None:
    tasks = [task(1, 1, 3, release=1), task(2, 1, 5, release=2)]
    (walk,) = on_the_floor(FLOOR, tasks, Means(4, STILL), Stop(iterations=10), 0)
    there_and_back = [3 + 1.5 + 3, 3 + 1.5 + 5]
    assert (walk.distance_m, walk.one_by_one_m) == (2 * there_and_back[1], 2 * sum(there_and_back))
    assert walk.minutes == pytest.approx(walk.distance_m / 60 + 3 * 6 / 60)
    assert walk.one_by_one_min == pytest.approx(walk.one_by_one_m / 60 + 2 * 3 * 6 / 60)
    assert walk.s_shape_min == pytest.approx(walk.s_shape_m / 60 + 3 * 6 / 60)
