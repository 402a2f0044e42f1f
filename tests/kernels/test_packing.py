"""Orders are packed into boxes, feasibly and cheaply."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest
from hypothesis import assume, given, settings, strategies as st

from packhorse.kernels.errors import InvalidProblem
from packhorse.kernels.packing.check import check
from packhorse.kernels.packing.choice import arrange
from packhorse.kernels.packing.exact import find
from packhorse.kernels.packing.flat import WANTED, desk_for, flatten
from packhorse.kernels.packing.problem import Box, Item, Objective, Order, Problem, Shipping, Size, volume
from packhorse.kernels.packing.result import LeftOut, Verdict, Why
from packhorse.kernels.packing.searching import search
from packhorse.kernels.packing.solve import solve, warm_up
from packhorse.kernels.stop import Stop

BOXES = (
    Box("S", (200, 150, 100), (206, 156, 106), 90, 5_000, 40),
    Box("M", (300, 200, 150), (306, 206, 156), 150, 10_000, 60),
    Box("L", (400, 300, 250), (406, 306, 256), 260, 20_000, 110),
)
SHIPPING = Shipping(5000, 350, 95, 500)
ONCE = Stop(iterations=0)


def one(*items: Item, boxes: tuple[Box, ...] = BOXES, support: float = 0.0, objective: Objective = Objective.COST, shipping: Shipping | None = None) -> Problem:
    return Problem(boxes, (Order("o", items),), objective, support, shipping)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    boxes = tuple(
        Box(
            f"b{n}",
            draw(st.tuples(*[st.integers(3, 12)] * 3)),
            None,
            10,
            draw(st.sampled_from([None, 25, 60])),
            n + 1,
            draw(st.sampled_from([None, None, None, 2])),
        )
        for n in range(draw(st.integers(1, 3)))
    )
    verticals = st.sampled_from([(True, True, True), (False, False, True), (True, False, True)])
    orders = []
    for n in range(draw(st.integers(1, 2))):
        items = tuple(
            Item(
                f"i{m}",
                draw(st.tuples(*[st.integers(1, 6)] * 3)),
                draw(st.integers(0, 9)),
                draw(st.integers(1, 6)),
                draw(verticals),
                draw(st.booleans()) and draw(st.booleans()),
                draw(st.sampled_from([None, None, "food", "chemical"])),
            )
            for m in range(draw(st.integers(1, 4)))
        )
        orders.append(Order(f"o{n}", items))
    return Problem(boxes, tuple(orders), draw(st.sampled_from(Objective)), draw(st.sampled_from([0.0, 0.6, 1.0])), draw(st.sampled_from([None, SHIPPING])))


@settings(max_examples=250, deadline=None)
@given(problems(), st.integers(0, 9))
def test_inside_apart_supported_borne_and_conserved_whatever_is_asked(problem: Problem, seed: int) -> None:
    assert check(problem, solve(problem, stop=Stop(iterations=6), seed=seed)) == []


def partitions(pieces: list[Item]) -> Iterator[list[list[Item]]]:
    if not pieces:
        yield []
        return
    for rest in partitions(pieces[1:]):
        yield [[pieces[0]], *rest]
        for n, part in enumerate(rest):
            yield [*rest[:n], [pieces[0], *part], *rest[n + 1 :]]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.integers(1, 6)] * 3), min_size=1, max_size=3), st.lists(st.tuples(*[st.integers(3, 8)] * 3), min_size=1, max_size=2))
def test_up_to_three_pieces_cost_as_little_as_the_best_of_all_packings(sizes: list[tuple[int, int, int]], inners: list[tuple[int, int, int]]) -> None:
    boxes = tuple(Box(f"b{n}", inner, cost=inner[0] * inner[1] * inner[2] + 50) for n, inner in enumerate(inners))
    problem = one(*(Item(f"i{n}", size) for n, size in enumerate(sizes)), boxes=boxes)
    result = solve(problem, stop=Stop(iterations=60))
    assert check(problem, result) == []
    out = {left.item for left in result.orders[0].left_out}
    pieces = [item for item in problem.orders[0].items if item.id not in out]
    costs = []
    for partition in partitions(pieces):
        cheapest = []
        for part in partition:
            fitting = [box.cost for box in boxes if find(box, part, nodes=100_000)[0]]
            cheapest.append(min(fitting, default=float("inf")))
        costs.append(sum(cheapest))
    assert result.orders[0].cost == min(costs)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.tuples(*[st.integers(1, 6)] * 3), st.sampled_from([(True, True, True), (False, False, True)])), min_size=2, max_size=4),
    st.tuples(*[st.integers(3, 8)] * 3),
)
def test_the_compiled_search_finds_a_packing_where_the_readable_one_does(
    pieces: list[tuple[tuple[int, int, int], tuple[bool, bool, bool]]], inner: Size
) -> None:
    items = tuple(Item(f"i{n}", size, vertical=vertical) for n, (size, vertical) in enumerate(pieces))
    box = Box("b", inner, cost=1)
    assume(sum(volume(item.size_mm) for item in items) <= box.volume)
    flat = flatten(one(*items, boxes=(box,)), 0)
    desk = desk_for(flat)
    desk.tallies[WANTED, : len(items)] = 1
    arrange(flat, desk, 0, 0, 0.0, True)
    end = search(flat, desk, 0, 0, 0, desk.tallies[WANTED], 0, 1 << 40)
    assert (end == len(items)) == (find(box, list(items), nodes=1_000_000)[0] is not None)


def test_no_worse_with_more_attempts() -> None:
    rng = Random(5)  # noqa: S311 - test data
    items = [Item(f"i{n}", (rng.randint(40, 190), rng.randint(40, 140), rng.randint(20, 90)), 400, 2) for n in range(7)]
    costs = [solve(one(*items, shipping=SHIPPING), stop=Stop(iterations=n)).orders[0].cost for n in (0, 5, 50, 400)]
    assert costs == sorted(costs, reverse=True)


def test_the_same_however_many_orders_are_packed_with_it() -> None:
    orders = tuple(Order(f"o{n}", (Item("a", (90, 80, 70), 100, n % 5 + 1), Item("b", (120, 60, 30), 200, 3))) for n in range(100))
    together = solve(Problem(BOXES, orders, support=0.7), stop=ONCE)
    assert check(Problem(BOXES, orders, support=0.7), together) == []
    assert together.orders[:1] == solve(Problem(BOXES, orders[:1], support=0.7), stop=ONCE).orders


def test_the_same_for_the_same_seed() -> None:
    rng = Random(4)  # noqa: S311 - test data
    items = [Item(f"i{n}", (rng.randint(20, 120), rng.randint(20, 120), rng.randint(20, 120)), 50, rng.randint(1, 3)) for n in range(8)]
    first, second = (solve(one(*items), stop=Stop(iterations=40), seed=7) for _ in range(2))
    assert replace(first, seconds=0) == replace(second, seconds=0)


def test_the_cheapest_box_is_chosen_and_the_others_say_why_not() -> None:
    result = solve(one(Item("book", (250, 180, 40), 900, 2), shipping=SHIPPING), stop=ONCE).orders[0]
    assert [load.box for load in result.loads] == ["M"]
    assert result.loads[0].cost == 60 + 350 + 95 * 2
    assert result.loads[0].fill == pytest.approx(2 * 250 * 180 * 40 / (300 * 200 * 150))
    assert [(c.box, c.verdict, c.cost) for c in result.considered] == [
        ("S", Verdict.TOO_SMALL, 40 + 350 + 95 * 2),
        ("M", Verdict.CHOSEN, 600.0),
        ("L", Verdict.DEARER, 110 + 350 + 95 * 6.5),
    ]


def test_dimensional_weight_is_billed_where_it_is_greater() -> None:
    assert SHIPPING.billed_g(100, (500, 400, 300)) == 12_000
    assert SHIPPING.billed_g(12_001, (500, 400, 300)) == 12_500


def test_what_is_too_heavy_for_one_box_goes_into_two() -> None:
    result = solve(one(Item("iron", (100, 100, 50), 4_000, 2), boxes=BOXES[:1]), stop=ONCE).orders[0]
    assert [(load.box, load.load_g) for load in result.loads] == [("S", 4_000), ("S", 4_000)]
    assert result.considered[0].verdict is Verdict.TOO_HEAVY


def test_pieces_that_fit_no_box_are_left_out_with_the_reason() -> None:
    result = solve(one(Item("pole", (900, 20, 20), quantity=2), Item("anvil", (100, 100, 100), 30_000), Item("cup", (80, 80, 90))), stop=ONCE).orders[0]
    assert result.left_out == (LeftOut("pole", 2, Why.TOO_LARGE), LeftOut("anvil", 1, Why.TOO_HEAVY))
    assert [load.box for load in result.loads] == ["S"]


def test_two_small_boxes_are_chosen_where_one_large_box_costs_more() -> None:
    boxes = (Box("small", (100, 100, 50), cost=10), Box("large", (100, 100, 100), cost=25))
    result = solve(one(Item("half", (100, 100, 50), quantity=2), boxes=boxes), stop=ONCE).orders[0]
    assert [load.box for load in result.loads] == ["small", "small"]
    assert [(c.box, c.verdict) for c in result.considered] == [("small", Verdict.TOO_SMALL), ("large", Verdict.DEARER)]


def test_boxes_that_run_out_leave_the_rest_out() -> None:
    result = solve(one(Item("brick", (190, 140, 90), quantity=3), boxes=(replace(BOXES[0], available=2),)), stop=ONCE).orders[0]
    assert len(result.loads) == 2
    assert result.left_out == (LeftOut("brick", 1, Why.UNAVAILABLE),)


def test_an_upright_item_stays_upright() -> None:
    vase = Item("vase", (60, 60, 140), vertical=(False, False, True))
    result = solve(one(vase), stop=ONCE).orders[0]
    assert [load.box for load in result.loads] == ["M"]
    assert result.loads[0].placements[0].size_mm == (60, 60, 140)


def test_nothing_lies_above_a_fragile_piece() -> None:
    glass, plate = Item("glass", (200, 150, 40), fragile=True), Item("plate", (200, 150, 40))
    load = solve(one(glass, plate), stop=ONCE).orders[0].loads[0]
    assert load.box == "S"
    assert [p.item for p in load.placements] == ["plate", "glass"]
    assert len(solve(one(glass, replace(glass, id="other"), boxes=BOXES[:1]), stop=ONCE).orders[0].loads) == 2


def test_groups_do_not_share_a_box() -> None:
    result = solve(one(Item("tea", (50, 50, 50), group="food"), Item("bleach", (50, 50, 50), group="chemical"), Item("cup", (50, 50, 50))), stop=ONCE).orders[0]
    assert sorted(len(load.placements) for load in result.loads) == [1, 2]
    assert {c.verdict for c in result.considered} == {Verdict.GROUPS}


def test_support_is_kept_where_an_overhang_would_be_cheaper() -> None:
    small, wide = Item("small", (40, 100, 50), vertical=(False, False, True)), Item("wide", (100, 100, 50), vertical=(False, False, True))
    box = Box("b", (100, 100, 100), cost=1)
    assert len(solve(one(small, wide, boxes=(box,)), stop=ONCE).orders[0].loads) == 1
    problem = one(replace(small, fragile=False), replace(wide, id="w1"), replace(small, id="s2", quantity=1), boxes=(box,), support=1.0)
    assert check(problem, solve(problem, stop=ONCE)) == []


def test_fewest_boxes_then_least_volume() -> None:
    result = solve(one(Item("a", (150, 100, 100), quantity=4), objective=Objective.BOXES), stop=ONCE).orders[0]
    assert [load.box for load in result.loads] == ["M"]


def test_fill_takes_one_box_and_leaves_the_rest() -> None:
    problem = one(Item("cube", (50, 50, 50), quantity=100), boxes=(Box("c", (200, 150, 100)),), objective=Objective.FILL)
    result = solve(problem, stop=Stop(iterations=5))
    assert check(problem, result) == []
    assert result.orders[0].loads[0].fill == 1.0
    assert result.orders[0].left_out == (LeftOut("cube", 76, Why.NO_ROOM),)


def test_a_container_is_filled_in_blocks_that_keep_every_rule() -> None:
    rng = Random(6)  # noqa: S311 - test data
    sizes = [(rng.randint(25, 60), rng.randint(25, 60), rng.randint(20, 50)) for _ in range(8)]
    items = [Item(f"i{n}", size, 100, 12, (n % 2 == 0, True, True), n == 3, (None, None, "food", "paint")[n % 4]) for n, size in enumerate(sizes)]
    for support in (0.0, 1.0):
        problem = one(*items, boxes=(Box("c", (300, 120, 110), max_load_g=7_000),), objective=Objective.FILL, support=support)
        result = solve(problem, stop=Stop(iterations=60))
        assert check(problem, result) == []
        assert result.orders[0].loads[0].fill > 0.75


def container(kinds: int) -> Problem:
    """As containers are in the literature (Bischoff and Ratcliff 1995): so many kinds, as much as its volume."""
    rng = Random(kinds)  # noqa: S311 - test data
    sizes = [(rng.randint(30, 120), rng.randint(25, 100), rng.randint(20, 80)) for _ in range(kinds)]
    amounts = [0] * kinds
    room = 587 * 233 * 220
    while (room := room - volume(sizes[k := rng.randrange(kinds)])) >= 0:
        amounts[k] += 1
    items = [Item(f"i{k}", size, quantity=amounts[k]) for k, size in enumerate(sizes)]
    return one(*items, boxes=(Box("c", (587, 233, 220)),), objective=Objective.FILL)


@pytest.mark.parametrize("kinds", [3, 8, 20])
def test_a_container_is_filled_better_with_more_time_which_is_kept_and_the_same_in_the_same(kinds: int) -> None:
    problem = container(kinds)
    warm_up()
    first = solve(problem, stop=ONCE)
    begun = time.perf_counter()
    second = solve(problem, stop=Stop(seconds=1), seed=3)
    assert time.perf_counter() - begun < 1.2  # 0.3 s where it was written; the clock itself ends a search on a machine that is busy
    assert check(problem, second) == []
    assert 0.85 < first.orders[0].loads[0].fill < second.orders[0].loads[0].fill
    assert second.orders[0].loads[0].fill > 0.94  # 0.95 to 0.96 where it was written
    if second.seconds < 0.9:  # the machine was not so busy that the clock ended it
        again = solve(problem, stop=Stop(seconds=1), seed=3)
        assert again.seconds >= 0.9 or again.orders == second.orders


def test_a_thousand_pieces_take_less_than_a_second() -> None:
    rng = Random(8)  # noqa: S311 - test data
    items = [Item(f"i{n}", (rng.randint(30, 150), rng.randint(30, 120), rng.randint(10, 90)), 40, 20) for n in range(50)]
    problem = one(*items, support=0.7)
    warm_up()
    begun = time.perf_counter()
    result = solve(problem, stop=ONCE)
    assert time.perf_counter() - begun < 2  # 0.15 s where it was written; room for a busy machine
    assert sum(len(load.placements) for load in result.orders[0].loads) == 1000
    assert check(problem, result) == []


def test_what_makes_no_sense_is_refused_by_name() -> None:
    for wrong in ({"weight_g": 1.5}, {"weight_g": -1}, {"quantity": 0}, {"quantity": 10**6}, {"quantity": True}):
        with pytest.raises(InvalidProblem, match="odd"):
            Item("odd", (1, 1, 1), **wrong)
    for wrong in ({"tare_g": -1}, {"cost": float("nan")}, {"max_load_g": 0.5}, {"available": -1}):
        with pytest.raises(InvalidProblem, match="crate"):
            Box("crate", (1, 1, 1), **wrong)
    with pytest.raises(InvalidProblem, match="'o' has 200000 pieces"):
        one(Item("a", (1, 1, 1), quantity=100_000), Item("b", (1, 1, 1), quantity=100_000))
    with pytest.raises(InvalidProblem, match="flat"):
        Item("flat", (10, 10, 0))
    with pytest.raises(InvalidProblem, match="moon"):
        Item("moon", (10, 10, 10**9))
    with pytest.raises(InvalidProblem, match="hovering"):
        Item("hovering", (1, 1, 1), vertical=(False, False, False))
    with pytest.raises(InvalidProblem, match="twice"):
        one(Item("a", (1, 1, 1)), Item("a", (1, 1, 1)))
    with pytest.raises(InvalidProblem, match="share"):
        one(Item("a", (1, 1, 1)), support=1.5)


def test_a_wrong_plan_is_found_out() -> None:
    problem = one(Item("a", (50, 50, 50), 10, 2), support=1.0)
    result = solve(problem, stop=ONCE)
    order = result.orders[0]
    first, second = order.loads[0].placements
    for wrong, fault in (
        (replace(second, at_mm=first.at_mm), "overlap"),
        (replace(second, at_mm=(180, 0, 0)), "not inside"),
        (replace(second, at_mm=(100, 0, 20)), "rests on"),
        (replace(second, size_mm=(50, 50, 49)), "lies as"),
    ):
        load = replace(order.loads[0], placements=(first, wrong))
        faults = check(problem, replace(result, orders=(replace(order, loads=(load,)),)))
        assert any(fault in each for each in faults), (fault, faults)
