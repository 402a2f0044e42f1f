"""Exchanges of places save what they say: measured by walking again, against everything tried on tiny floors."""

from __future__ import annotations

import random

import pytest

from packhorse.kernels.errors import InvalidProblem
from packhorse.kernels.picking.problem import Block, Cell, GraphLayout, Node, RectangularLayout
from packhorse.kernels.slotting.check import faults, metres_of, seconds_of
from packhorse.kernels.slotting.exact import best_exchange, best_of_all
from packhorse.kernels.slotting.problem import Good, Problem, Slot, Walk
from packhorse.kernels.slotting.solve import Params, solve
from packhorse.kernels.stop import Stop

FLOOR = RectangularLayout(3, 3.0, (Block(4, 1.0, 1.0, 5.0), Block(4, 1.0, 1.0, 5.0)))
ENOUGH = Stop(iterations=100_000)
FOREVER = 1e12


def tiny(seed: int, *, goods: int = 4, slots: int = 6, walks: int = 12) -> Problem:
    """A floor of two blocks with few slots, goods of which some are heavy, and walks past other places too."""
    dice = random.Random(seed)  # noqa: S311 - places to try, not a secret
    cells = dice.sample([Cell(a, b, c) for a in range(3) for b in range(2) for c in range(4)], slots)
    made = [Walk(tuple(dice.sample(range(goods), dice.randint(1, 3))), tuple(dice.sample(cells, dice.randint(0, 1)))) for _ in range(walks)]
    picks = [sum(g in w.goods for w in made) for g in range(goods)]
    return Problem(
        FLOOR,
        tuple(Slot(cell, dice.choice((0.0, 2.0, 4.0)), dice.random() < 0.8) for cell in cells),
        tuple(Good(slot, picks[g], dice.choice((5.0, 30.0)), dice.random() < 0.3) for g, slot in enumerate(dice.sample(range(slots), goods))),
        tuple(made),
        days=2.0,
        metres_per_s=1.2,
    )


def test_every_answer_is_one_and_never_better_than_everything_tried() -> None:
    shares = []
    for seed in range(40):
        problem = tiny(seed)
        found = solve(problem, stop=ENOUGH, params=Params(days_to_pay=FOREVER))
        assert faults(problem, found) == [], seed
        homes = [g.slot for g in problem.goods]
        was, best = seconds_of(problem, homes), best_of_all(problem)
        saved = sum(e.seconds_a_day for e in found.exchanges)
        assert saved <= was - best + 1e-9, seed
        shares.append(saved / (was - best) if was - best > 1e-9 else 1.0)
    assert sum(shares) / len(shares) > 0.8, "each good moves at most once: most of what rearranging everything would save, not all"


def test_the_first_exchange_is_the_best_there_is() -> None:
    for seed in range(40):
        problem = tiny(seed)
        found = solve(problem, stop=ENOUGH, params=Params(most=1, days_to_pay=FOREVER))
        assert sum(e.seconds_a_day for e in found.exchanges) == pytest.approx(best_exchange(problem)), seed


def test_a_fast_mover_far_away_changes_with_a_slow_one_nearby_and_says_why() -> None:
    near, far = Slot(Cell(0, 0, 0)), Slot(Cell(2, 1, 3), reach_s=4.0)
    walks = (Walk((0,)),) * 20 + (Walk((1,)),) * 2
    problem = Problem(FLOOR, (near, far), (Good(1, 20, 10.0), Good(0, 2, 10.0)), walks, days=10.0)
    (found,) = solve(problem, stop=ENOUGH).exchanges
    round_trips = {0: metres_of(problem, [0, 1]), 1: metres_of(problem, [1, 0])}
    assert (found.good, found.source, found.target, found.partner) == (0, 1, 0, 1)
    assert found.metres_a_day == pytest.approx((round_trips[1] - round_trips[0]) / 10)
    assert found.reach_s_a_day == pytest.approx(18 * 4.0 / 10)
    assert found.cost_s == pytest.approx(20 + 2 * found.far_before)
    assert found.days_to_pay == pytest.approx(found.cost_s / (found.metres_a_day + found.reach_s_a_day))


def test_goods_that_go_together_come_together() -> None:
    slots = (Slot(Cell(0, 1, 3)), Slot(Cell(2, 1, 3)), Slot(Cell(0, 1, 2)), Slot(Cell(1, 0, 0)))
    walks = (Walk((0, 1)),) * 10 + (Walk((2,)),) * 9
    problem = Problem(FLOOR, slots, (Good(0, 10), Good(1, 10), Good(3, 9)), walks, days=1.0)
    first = solve(problem, stop=ENOUGH, params=Params(most=1)).exchanges[0]
    assert (first.good, first.target, first.companions) == (1, 2, ((0, 10),))


def test_what_does_not_pay_and_what_is_heavy_stays() -> None:
    low, high = Slot(Cell(0, 0, 0), heavy=False), Slot(Cell(2, 1, 3))
    walks = (Walk((0,)),) * 10
    heavy = Problem(FLOOR, (low, high), (Good(1, 10, 1.0, heavy=True),), walks, days=10.0)
    assert solve(heavy, stop=ENOUGH).exchanges == ()
    dear = Problem(FLOOR, (low, high), (Good(1, 10, 5_000.0),), walks, days=10.0)
    assert solve(dear, stop=ENOUGH).exchanges == ()
    assert len(solve(dear, stop=ENOUGH, params=Params(days_to_pay=1_000)).exchanges) == 1


def test_a_graph_with_a_one_way_aisle_is_walked_as_it_is() -> None:
    ring = GraphLayout(6, one_way=tuple((n, (n + 1) % 6, 1.0) for n in range(6)), edges=((0, 5, 1.0),))
    slots = tuple(Slot(Node(n)) for n in (1, 3, 5))
    problem = Problem(ring, slots, (Good(1, 10),), (Walk((0,)),) * 10, days=1.0)
    (found,) = solve(problem, stop=ENOUGH).exchanges
    assert (found.target, found.metres_a_day) == (2, 40.0), "five is one step from the depot both ways; three is six round"
    assert faults(problem, solve(problem, stop=ENOUGH)) == []


def test_the_same_iterations_give_the_same_answer_and_fewer_end_it() -> None:
    problem = tiny(3, goods=5, slots=9, walks=30)
    few = Stop(iterations=5)
    assert solve(problem, stop=few).looked_at <= 10
    first, second = (solve(problem, stop=few).exchanges for _ in range(2))
    assert first == second


def test_no_sense_is_refused() -> None:
    slot, walk = Slot(Cell(0, 0, 0)), Walk((0,))
    for wrong in (
        {"days": 0.0},
        {"metres_per_s": 0.0},
        {"slots": (Slot(Cell(9, 0, 0)),)},
        {"slots": (Slot(Cell(0, 0, 0), reach_s=-1.0),)},
        {"goods": (Good(0, 1), Good(0, 1))},
        {"goods": (Good(1, 1),)},
        {"walks": (Walk((1,)),)},
        {"walks": (Walk((0,), (Cell(9, 0, 0),)),)},
    ):
        with pytest.raises(InvalidProblem):
            Problem(**{"layout": FLOOR, "slots": (slot,), "goods": (Good(0, 1),), "walks": (walk,), "days": 1.0, **wrong})  # type: ignore[arg-type]
