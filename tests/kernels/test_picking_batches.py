"""Orders are batched onto carts so that little is walked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from packhorse.kernels.errors import InvalidProblem
from packhorse.kernels.picking.bound import lower
from packhorse.kernels.picking.check import check
from packhorse.kernels.picking.exact import shortest
from packhorse.kernels.picking.filling import fill
from packhorse.kernels.picking.problem import Block, Cell, Depot, GraphLayout, Node, Order, Problem, RectangularLayout
from packhorse.kernels.picking.result import Progress
from packhorse.kernels.picking.search import DEFAULT
from packhorse.kernels.picking.solve import solve
from packhorse.kernels.stop import Stop

FLOOR = RectangularLayout(6, 3.0, (Block(12, 1.0, 1.0, 13.0),), Depot(1, 0, 2.0))


def wave(orders: int, seed: int, *, lines: int = 4, capacity: float = 12, layout: RectangularLayout = FLOOR) -> Problem:
    rng = Random(seed)  # noqa: S311 - test data
    made = []
    for n in range(orders):
        places = [Cell(rng.randrange(layout.aisles), b := rng.randrange(len(layout.blocks)), rng.randrange(layout.blocks[b].cells)) for _ in range(lines)]
        made.append(Order.at(f"o{n}", places, rng.randint(1, 4)))
    return Problem(layout, tuple(made), capacity)


def partitions(orders: list[int]) -> Iterator[list[list[int]]]:
    if not orders:
        yield []
        return
    for rest in partitions(orders[1:]):
        yield [[orders[0]], *rest]
        for n, batch in enumerate(rest):
            yield [*rest[:n], [orders[0], *batch], *rest[n + 1 :]]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 14), st.integers(0, 10_000))
def test_feasibly_and_never_walking_more_than_order_by_order_or_s_shape(orders: int, seed: int) -> None:
    problem = wave(orders, seed)
    result = solve(problem, stop=Stop(iterations=100))
    assert check(problem, result) == []
    assert result.distance <= result.order_by_order + 1e-9
    assert result.s_shape is not None
    assert result.distance <= result.s_shape + 1e-9
    assert all(batch.exact for batch in result.batches)


@pytest.mark.parametrize("seed", range(4))
def test_as_well_as_the_best_of_all_partitions_of_six_orders(seed: int) -> None:
    problem = wave(6, seed, capacity=8)
    result = solve(problem, stop=Stop(iterations=3000))
    costs = []
    for partition in partitions(list(range(6))):
        batches = [[problem.orders[i] for i in batch] for batch in partition]
        if all(sum(order.size for order in batch) <= 8 for batch in batches):
            stops = [[place for order in batch for place in order.places() if isinstance(place, Cell)] for batch in batches]
            costs.append(sum(shortest(FLOOR, cells)[0] for cells in stops))
    assert result.distance == pytest.approx(min(costs))
    assert result.proven
    assert lower(problem) <= min(costs) + 1e-9


def test_the_same_for_the_same_seed() -> None:
    problem = wave(30, 5)
    first, second = (solve(problem, stop=Stop(iterations=500), seed=3) for _ in range(2))
    assert replace(first, seconds=0) == replace(second, seconds=0)


def test_better_with_more_iterations() -> None:
    problem = wave(60, 6)
    assert solve(problem, stop=Stop(iterations=8000)).distance < solve(problem, stop=Stop(iterations=0)).distance


def tight(carts: int, seed: int) -> Problem:
    """Orders that fill so many carts but for two pieces each, if the right ones are put together."""
    rng = Random(seed)  # noqa: S311 - test data
    sizes: list[int] = []
    for _ in range(carts):
        cuts = sorted(rng.sample(range(3, 26), rng.randint(1, 2)))
        sizes += [b - a for a, b in zip([0, *cuts], [*cuts, 28], strict=True)]
    rng.shuffle(sizes)
    places = [[Cell(rng.randrange(6), 0, rng.randrange(12)) for _ in range(5)] for _ in sizes]
    return Problem(FLOOR, tuple(Order.at(f"o{n}", own, size) for n, (own, size) in enumerate(zip(places, sizes, strict=True))), 30)


@pytest.mark.parametrize("seed", range(3))
def test_on_no_more_carts_than_there_must_be_where_that_is_shorter(seed: int) -> None:
    problem = tight(12, seed)
    savings = solve(problem, stop=Stop(iterations=0))
    result = solve(problem, stop=Stop(iterations=20_000))
    assert check(problem, result) == []
    assert (len(result.batches), len(savings.batches) > 12) == (12, True)
    assert result.distance < savings.distance


def test_carts_are_filled_to_the_brim_within_capacity_and_compartments() -> None:
    rng = Random(2)  # noqa: S311 - test data
    for _ in range(50):
        sizes = np.array([rng.choice((rng.randint(1, 9), rng.random())) for _ in range(rng.randint(1, 40))], np.float64)
        compartments = rng.choice((3, 99))
        home = np.zeros(len(sizes), np.int32)
        carts = fill(sizes, np.argsort(-sizes, kind="stable").astype(np.int32), 10.0, compartments, np.zeros(1, np.uint64), home)
        assert sorted(set(home.tolist())) == list(range(carts))
        assert all(sizes[home == n].sum() <= 10 + 1e-9 and (home == n).sum() <= compartments for n in range(carts))


def test_also_in_a_large_wave() -> None:
    problem = wave(1300, 7, lines=2)
    result = solve(problem, stop=Stop(iterations=0))
    assert check(problem, result) == []
    assert result.distance < 0.4 * result.order_by_order


def test_also_on_several_blocks_and_on_a_graph() -> None:
    several = wave(12, 8, layout=RectangularLayout(4, 3.0, (Block(5, 1.0, 1.0, 6.0), Block(7, 1.0, 1.0, 8.0)), Depot(0, 1)))
    assert check(several, solve(several, stop=Stop(iterations=30))) == []
    ring = GraphLayout(12, edges=tuple((n, (n + 1) % 12, 1.0) for n in range(12)))
    orders = tuple(Order.at(f"o{n}", [Node(n), Node((n * 5) % 12)]) for n in range(1, 12))
    problem = Problem(ring, orders, 4)
    result = solve(problem, stop=Stop(iterations=50))
    assert check(problem, result) == []
    assert result.s_shape is None


def test_taking_the_nearest_of_several_places() -> None:
    problem = Problem(FLOOR, (Order("o", ((Cell(1, 0, 3),), (Cell(5, 0, 11), Cell(1, 0, 2)))),))
    result = solve(problem, stop=Stop(iterations=0))
    assert check(problem, result) == []
    assert result.batches[0].stops == (Cell(1, 0, 2), Cell(1, 0, 3))
    assert result.distance == 4 + 2 * 4
    assert result.batches[0].exact


def test_and_what_makes_no_sense_is_refused_by_name() -> None:
    order = Order.at("big", [Cell(0, 0, 0)], 13)
    with pytest.raises(InvalidProblem, match="big"):
        Problem(FLOOR, (order,), 12)
    with pytest.raises(InvalidProblem, match="twice"):
        Problem(FLOOR, (order, order))
    with pytest.raises(InvalidProblem, match="not a cell"):
        Problem(FLOOR, (Order.at("off", [Cell(6, 0, 0)]),))
    with pytest.raises(InvalidProblem, match="without a place"):
        Order("none", ((),))


def test_and_a_wrong_plan_is_found_out() -> None:
    problem = wave(5, 9)
    result = solve(problem, stop=Stop(iterations=10))
    batch = result.batches[0]
    wrong = replace(result, batches=(replace(batch, stops=batch.stops[1:], distance=batch.distance - 1), *result.batches[1:]))
    faults = check(problem, wrong)
    assert any("no stop" in fault for fault in faults)
    assert any("states" in fault for fault in faults)
    assert check(problem, replace(result, batches=result.batches[1:], distance=result.distance - batch.distance)) == [
        f"order {order!r} is in 0 batches" for order in batch.orders
    ]


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 30), st.integers(0, 10_000))
def test_never_below_the_bound(orders: int, seed: int) -> None:
    problem = replace(wave(orders, seed), compartments=3)
    result = solve(problem, stop=Stop(iterations=100))
    assert check(problem, result) == []
    assert all(len(batch.orders) <= 3 for batch in result.batches)
    assert lower(problem) <= result.distance + 1e-9


def test_by_annealing_as_short_as_by_trying_all_batches() -> None:
    for seed in range(3):
        problem = wave(12, seed)
        every = solve(problem, stop=Stop(iterations=0))
        assert every.proven
        annealed = solve(problem, stop=Stop(iterations=200_000), params=replace(DEFAULT, subsets=0))
        assert not annealed.proven
        assert annealed.distance == pytest.approx(every.distance)


def test_with_places_chosen_as_if_every_choice_had_been_tried() -> None:
    for seed in range(4):
        rng = Random(seed)  # noqa: S311 - test data
        picks = tuple(tuple({Cell(rng.randrange(6), 0, rng.randrange(12)) for _ in range(rng.randint(1, 3))}) for _ in range(6))
        best = min(shortest(FLOOR, [c for c in choice if isinstance(c, Cell)])[0] for choice in product(*picks))
        result = solve(Problem(FLOOR, (Order("o", picks),)), stop=Stop(iterations=0))
        assert result.distance == pytest.approx(best)
        assert result.proven


def test_with_places_chosen_for_the_batch_not_for_the_order() -> None:
    rng = Random(4)  # noqa: S311 - test data
    orders = []
    for n in range(30):
        picks = [tuple({Cell(rng.randrange(6), 0, rng.randrange(12)) for _ in range(rng.randint(1, 3))}) for _ in range(4)]
        orders.append(Order(f"o{n}", tuple(picks), 1))
    problem = Problem(FLOOR, tuple(orders), 5)
    result = solve(problem, stop=Stop(iterations=20_000))
    assert check(problem, result) == []
    first_places = Problem(FLOOR, tuple(replace(o, picks=tuple(choices[:1] for choices in o.picks)) for o in orders), 5)
    assert result.distance < 0.9 * solve(first_places, stop=Stop(iterations=20_000)).distance


def test_until_the_caller_has_seen_enough() -> None:
    problem, seen = wave(60, 3), []

    def three_times(progress: Progress) -> bool:
        seen.append(progress)
        return len(seen) < 3

    result = solve(problem, stop=Stop(seconds=60), report=three_times)
    assert check(problem, result) == []
    assert len(seen) == 3
    assert result.seconds < 30
    assert seen[-1].metres == pytest.approx(result.distance)


def test_the_same_within_the_same_seconds() -> None:
    problem = wave(40, 8)
    first, second = (solve(problem, stop=Stop(seconds=0.6), seed=3) for _ in range(2))
    assert first.batches == second.batches
