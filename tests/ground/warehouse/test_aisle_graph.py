"""The aisle graph of a floor leads everywhere, the way its aisles go."""

from __future__ import annotations

import itertools
from itertools import pairwise

import pytest

from packhorse.ground.warehouse.designing import planned
from packhorse.ground.warehouse.errors import BadFloor
from packhorse.ground.warehouse.graph import AisleGraph, Spot, corners, kernel_places
from packhorse.ground.warehouse.types import FloorPlan, NewFloor
from packhorse.kernels.picking.problem import Cell, GraphLayout, Node, RectangularLayout
from packhorse.kernels.picking.solve import route


def floor(**more: object) -> FloorPlan:
    """Three aisles 4 m apart, cells 1 m apart, 2 m from a cross aisle."""
    asked = {"aisles": 3, "cells": 10, "aisle_pitch_m": 4.0, "cell_pitch_m": 1.0, "first_cell_m": 2.0, **more}
    return planned(1, NewFloor(**asked))  # type: ignore[arg-type]


def length(points: list[tuple[float, float]]) -> float:
    return sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(points))


def test_a_cross_aisle_parts_the_cells_into_blocks() -> None:
    plan = floor(cross_after=(4,))
    assert [(b.cells, b.length) for b in plan.blocks] == [(4, 7.0), (6, 9.0)]
    assert plan.cross_aisles_m == (0.0, 7.0, 16.0)
    assert (plan.place(1, 3), plan.place(1, 4), plan.place(2, 9)) == (Cell(1, 0, 3), Cell(1, 1, 0), Cell(2, 1, 5))
    assert (plan.at_m(Cell(1, 0, 3)), plan.at_m(Cell(1, 1, 0))) == ((4.0, 5.0), (4.0, 9.0))


@pytest.mark.parametrize(
    "bad",
    [
        {"cross_after": (0,)},
        {"cross_after": (10,)},
        {"cross_after": (5, 2)},
        {"one_way_back": (3,)},
        {"one_way_back": (1,), "one_way_front": (1,)},
        {"one_way_back": (0, 1, 2)},
        {"one_way_front": (0, 1, 2)},
        {"cross_after": (5,), "length_m": 13.9},
    ],
)
def test_a_floor_that_could_not_be_walked_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(BadFloor):
        floor(**bad)


def test_walked_both_ways_it_measures_as_the_rectangular_layout_does() -> None:
    plan = floor(cross_after=(3, 7), depot_aisle=1)
    cells = [plan.place(a, c) for a in range(3) for c in range(10)]
    for n in range(1, 8):
        some = [cells[(11 * n + 7 * i) % 30] for i in range(n)]
        graph = AisleGraph(plan, some)
        on_graph = route(graph.layout(), [Node(graph.number[c]) for c in some]).distance
        tour = route(plan.rectangular(), some)
        assert on_graph == pytest.approx(tour.distance)
        assert length(graph.walk([s for s in tour.stops if isinstance(s, Cell)])) == pytest.approx(tour.distance)


def test_a_one_way_aisle_is_only_walked_its_way() -> None:
    plan = floor(one_way_back=(0,), one_way_front=(1,))
    near, far = plan.place(0, 0), plan.place(0, 9)
    layout, names = kernel_places(plan, [near, far])
    assert isinstance(layout, GraphLayout)
    tour = route(layout, names.values())
    assert [p for stop in tour.stops for p, name in names.items() if name == stop] == [near, far]
    assert tour.distance == 13.0 + 4.0 + 13.0 + 4.0  # up through A, down through B
    points = AisleGraph(plan, [near, far]).walk([near, far])
    assert corners(points) == [(0.0, 0.0), (0.0, 13.0), (4.0, 13.0), (4.0, 0.0), (0.0, 0.0)]
    backwards = AisleGraph(plan, [near, far]).walk([far, near])
    assert length(backwards) == 2 * 34.0
    for (ax, ay), (bx, by) in pairwise(backwards):
        assert not (ax == bx == 0.0 and by < ay), "nobody walks down A"
        assert not (ax == bx == 4.0 and by > ay), "nobody walks up B"


def test_every_one_way_floor_that_is_allowed_has_a_way_to_every_cell_and_back() -> None:
    for ways in itertools.product((0, 1, 2), repeat=3):
        back, front = tuple(a for a, w in enumerate(ways) if w == 1), tuple(a for a, w in enumerate(ways) if w == 2)
        if 3 in (len(back), len(front)):
            continue
        plan = floor(cross_after=(5,), one_way_back=back, one_way_front=front)
        cells = [plan.place(a, c) for a in range(3) for c in (0, 4, 5, 9)]
        layout, names = kernel_places(plan, cells)
        assert isinstance(layout, RectangularLayout if not back and not front else GraphLayout)
        assert len(route(layout, names.values()).stops) == 12


def test_a_place_beside_the_racks_is_reached_from_the_nearest_crossing() -> None:
    plan, spot = floor(), Spot(9.0, -3.0)
    layout, names = kernel_places(plan, [spot])
    assert route(layout, names.values()).distance == 2 * (8.0 + 1.0 + 3.0)
    assert AisleGraph(plan, [spot]).walk([spot]) == [(0.0, 0.0), (4.0, 0.0), (8.0, 0.0), (9.0, -3.0), (8.0, 0.0), (4.0, 0.0), (0.0, 0.0)]


def test_only_corners_are_drawn() -> None:
    assert corners([(0, 0), (0, 1), (0, 1), (0, 3), (2, 3), (4, 3), (4, 1), (4, 2)]) == [(0, 0), (0, 3), (4, 3), (4, 1), (4, 2)]
