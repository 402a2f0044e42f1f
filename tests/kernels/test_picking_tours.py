"""A walk over given stops is the shortest there is."""

from __future__ import annotations

import time
from itertools import pairwise, permutations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from packhorse.kernels.errors import InvalidProblem
from packhorse.kernels.picking.comparison import largest_gap, s_shape
from packhorse.kernels.picking.exact import shortest
from packhorse.kernels.picking.matrix_walks import improve, insert_all, kick, length_of, shortest_of_all
from packhorse.kernels.picking.problem import Block, Cell, Depot, GraphLayout, Node, RectangularLayout
from packhorse.kernels.picking.solve import route
from packhorse.kernels.picking.terrain import Survey
from packhorse.kernels.picking.walks import walk
from tests.kernels.matrix_tour import held_karp, tour_length


@st.composite
def walks(draw: st.DrawFn, most_blocks: int = 3, most_stops: int = 6) -> tuple[RectangularLayout, list[Cell]]:
    blocks = []
    for _ in range(draw(st.integers(1, most_blocks))):
        cells, first, behind = draw(st.integers(1, 5)), draw(st.sampled_from([0.0, 0.5, 1.0])), draw(st.sampled_from([0.0, 1.5]))
        blocks.append(Block(cells, 1.0, first, first + cells - 1 + behind))
    aisles = draw(st.integers(1, 4))
    depot = Depot(draw(st.integers(0, aisles - 1)), draw(st.integers(0, len(blocks))), draw(st.sampled_from([0.0, 2.0])))
    layout = RectangularLayout(aisles, draw(st.sampled_from([1.0, 3.0])), tuple(blocks), depot)
    places = [Cell(a, b, c) for a in range(aisles) for b, block in enumerate(blocks) for c in range(block.cells)]
    return layout, draw(st.lists(st.sampled_from(places), max_size=most_stops, unique=True))


def height(layout: RectangularLayout, block: int, cell: int | None = None) -> float:
    front = sum(spec.length for spec in layout.blocks[:block])
    return front if cell is None else front + layout.blocks[block].first_cell + cell * layout.blocks[block].cell_pitch


def between(layout: RectangularLayout, a: Cell | None, b: Cell | None) -> float:
    """The closed form of the shortest walk; None is the depot."""
    depot = layout.depot
    aisle_a, y_a = (a.aisle, height(layout, a.block, a.cell)) if a else (depot.aisle, height(layout, depot.cross_aisle))
    aisle_b, y_b = (b.aisle, height(layout, b.block, b.cell)) if b else (depot.aisle, height(layout, depot.cross_aisle))
    up = abs(y_a - y_b)
    if a and b and aisle_a != aisle_b and a.block == b.block:
        low, high = height(layout, a.block), height(layout, a.block + 1)
        up = min(y_a + y_b - 2 * low, 2 * high - y_a - y_b)
    return up + abs(aisle_a - aisle_b) * layout.aisle_pitch


def walked(layout: RectangularLayout, stops: list[Cell]) -> float:
    walk: list[Cell | None] = [None, *stops, None]
    return 2 * layout.depot.extra + sum(between(layout, a, b) for a, b in pairwise(walk))


@settings(max_examples=150, deadline=None)
@given(walks())
def test_on_up_to_three_blocks_against_every_order_of_the_stops(walk: tuple[RectangularLayout, list[Cell]]) -> None:
    layout, stops = walk
    distance, order = shortest(layout, stops)
    assert sorted(order) == sorted(stops)
    assert distance == pytest.approx(walked(layout, order))
    assert distance == pytest.approx(min(walked(layout, list(way)) for way in permutations(stops)))


@settings(max_examples=300, deadline=None)
@given(walks(most_blocks=4, most_stops=14))
def test_and_the_compiled_programs_agree_with_it(walk_of: tuple[RectangularLayout, list[Cell]]) -> None:
    layout, stops = walk_of
    survey, (shortest_walk, _) = Survey(layout, stops), shortest(layout, stops)
    (row,) = survey.rows([stops])
    assert survey.places(row) == sorted(stops)
    assert walk(survey.terrain, np.zeros(1, np.uint64), row) == pytest.approx(shortest_walk)
    tour = route(layout, stops)
    assert tour.exact
    assert tour.distance == pytest.approx(shortest_walk)
    assert sorted(tour.stops) == sorted(stops)
    assert tour.distance == pytest.approx(walked(layout, [stop for stop in tour.stops if isinstance(stop, Cell)]))


def test_also_on_five_blocks_and_in_aisles_of_more_cells_than_a_word_has_bits() -> None:
    rng = Random(3)  # noqa: S311 - test data
    for blocks in (1, 2, 5):
        layout = RectangularLayout(3, 3.0, (Block(150, 0.5, 1.0, 77.0),) * blocks, Depot(1, blocks, 1.0))
        stops = list({Cell(rng.randrange(3), rng.randrange(blocks), rng.randrange(150)) for _ in range(12)})
        tour = route(layout, stops)
        assert tour.distance == pytest.approx(shortest(layout, stops)[0])
        assert tour.distance == pytest.approx(walked(layout, [stop for stop in tour.stops if isinstance(stop, Cell)]))


@settings(max_examples=100, deadline=None)
@given(walks(most_stops=12))
def test_and_never_longer_than_s_shape(walk: tuple[RectangularLayout, list[Cell]]) -> None:
    layout, stops = walk
    assert shortest(layout, stops)[0] <= s_shape(layout, stops) + 1e-9


@settings(max_examples=100, deadline=None)
@given(walks(most_blocks=1, most_stops=12))
def test_nor_than_largest_gap(walk: tuple[RectangularLayout, list[Cell]]) -> None:
    layout, stops = walk
    assert shortest(layout, stops)[0] <= largest_gap(layout, stops) + 1e-9


def test_largest_gap_leaves_the_largest_part_of_an_aisle_out() -> None:
    layout = RectangularLayout(3, 5.0, (Block(10, 1.0, 1.0, 11.0),), Depot())
    assert largest_gap(layout, [Cell(0, 0, 0), Cell(1, 0, 1), Cell(1, 0, 8), Cell(2, 0, 3)]) == 20 + 22 + 2 * (2 + 2)
    assert largest_gap(layout, [Cell(1, 0, 9)]) == 10 + 2 * 10


def test_s_shape_walks_every_aisle_through_and_the_last_odd_one_in_and_out() -> None:
    layout = RectangularLayout(3, 5.0, (Block(10, 1.0, 1.0, 11.0),), Depot())
    assert s_shape(layout, [Cell(0, 0, 0), Cell(1, 0, 9), Cell(2, 0, 3)]) == 10 + 22 + 2 * 4 + 10
    assert s_shape(layout, [Cell(1, 0, 9)]) == 10 + 2 * 10
    assert s_shape(layout, []) == 0


def test_one_walk_of_twenty_aisles_and_sixty_stops_takes_about_a_millisecond() -> None:
    rng = Random(1)  # noqa: S311 - test data
    layout = RectangularLayout(20, 2.4, (Block(45, 1.0, 1.5, 47.0),))
    stops = [Cell(rng.randrange(20), 0, rng.randrange(45)) for _ in range(60)]
    shortest(layout, stops)
    best = min(_timed(layout, stops) for _ in range(5))
    assert best < 0.005  # 0.4 ms where it was written; room for a busy machine


def _timed(layout: RectangularLayout, stops: list[Cell]) -> float:
    begun = time.perf_counter()
    shortest(layout, stops)
    return time.perf_counter() - begun


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 7), st.randoms(use_true_random=False))
def test_through_a_one_way_matrix_against_every_order(n: int, rng: Random) -> None:
    matrix = [[0.0 if a == b else rng.randint(1, 30) for b in range(n)] for a in range(n)]
    best = min(tour_length(matrix, way) for way in permutations(range(1, n)))
    assert tour_length(matrix, held_karp(matrix)) == best
    d, ops = np.array(matrix, np.float64), np.zeros(1, np.uint64)
    assert length_of(d, shortest_of_all(d)) == best
    tour = insert_all(d)
    before = length_of(d, tour)
    improve(d, tour, ops, True)
    assert sorted(tour) == list(range(n))
    assert best <= length_of(d, tour) <= before
    kick(d, tour.copy(), tour, ops, np.ones(1, np.uint64), 100_000)
    assert sorted(tour) == list(range(n))
    assert length_of(d, tour) == best


def test_of_thirty_stops_on_a_one_way_floor_is_hardly_improved_by_ten_times_the_search() -> None:
    for seed in range(5):
        d = np.random.default_rng(seed).integers(1, 100, (31, 31)).astype(np.float64)
        for k in range(31):
            d = np.minimum(d, d[:, [k]] + d[[k], :])  # no way round is shorter
        found = []
        for steps in (20_000_000, 200_000_000):
            tour, ops = insert_all(d), np.zeros(1, np.uint64)
            improve(d, tour, ops, True)
            kick(d, tour.copy(), tour, ops, np.ones(1, np.uint64), steps)
            found.append(length_of(d, tour))
        assert found[1] <= found[0] <= 1.01 * found[1]


def test_on_a_graph_obeys_one_way_aisles() -> None:
    layout = GraphLayout(4, edges=((0, 1, 1.0),), one_way=((1, 2, 1.0), (2, 3, 1.0), (3, 0, 1.0)))
    tour = route(layout, [Node(3), Node(2), Node(1), Node(2)])
    assert tour.stops == (Node(1), Node(2), Node(3))
    assert tour.distance == 4.0


def test_of_more_blocks_than_the_program_takes_still_visits_all() -> None:
    rng = Random(2)  # noqa: S311 - test data
    layout = RectangularLayout(5, 3.0, (Block(6, 1.0, 1.0, 7.0),) * 6, Depot(2, 3, 1.0))
    stops = {Cell(rng.randrange(5), rng.randrange(6), rng.randrange(6)) for _ in range(15)}
    tour = route(layout, stops)
    assert set(tour.stops) == stops
    assert not tour.exact
    assert tour.distance == pytest.approx(walked(layout, [stop for stop in tour.stops if isinstance(stop, Cell)]))


def test_is_refused_where_there_is_no_way_or_no_place() -> None:
    with pytest.raises(InvalidProblem, match="no way"):
        route(GraphLayout(2, one_way=((0, 1, 1.0),)), [Node(1)])
    with pytest.raises(InvalidProblem, match="not a cell"):
        route(RectangularLayout(1, 1.0, (Block(1, 1.0, 0.0, 0.0),)), [Cell(0, 0, 1)])
