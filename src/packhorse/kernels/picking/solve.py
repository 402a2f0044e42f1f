"""Solve a pick problem: choose places where there is a choice, batch, route, compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from math import prod

from packhorse.kernels.picking.batching import DEFAULT, Annealing, Params, savings
from packhorse.kernels.picking.floors import Floor, floor_of
from packhorse.kernels.picking.problem import Layout, Order, Place, Problem
from packhorse.kernels.picking.result import Batch, Result, Tour
from packhorse.kernels.stop import Stop

ALL_CHOICES_UP_TO = 256  # combinations of places that are simply all tried


def solve(problem: Problem, *, stop: Stop, seed: int = 0, params: Params = DEFAULT) -> Result:
    """Every order in one batch within the capacity, every batch on its shortest walk (proven for up to four blocks and one place per pick).

    Deterministic when `stop` counts iterations. Without a capacity there is one batch, and `stop` has nothing to end.
    Raises: InvalidProblem if a place cannot be reached.
    """
    watch = stop.start()
    floor = floor_of(problem.layout)
    chosen = [_choose(floor, [order]) for order in problem.orders]
    alone = sum(floor.cost(stops) for stops in chosen)
    batches: list[list[int]] = [list(range(len(problem.orders)))] if problem.orders else []
    if problem.capacity is not None:
        sizes = [order.size for order in problem.orders]
        batches = savings(floor, chosen, sizes, problem.capacity, params)
        if len(batches) > 1:
            batches = Annealing(floor, chosen, sizes, problem.capacity, batches, seed, params).run(watch)
    planned = [_batch(floor, [problem.orders[i] for i in sorted(batch)], seed, params) for batch in sorted(batches, key=min)]
    walked = [batch.s_shape for batch in planned if batch.s_shape is not None]
    s_shape = sum(walked) if len(walked) == len(planned) else None
    return Result(tuple(planned), sum(batch.distance for batch in planned), s_shape, alone, watch.iterations, watch.seconds)


def route(layout: Layout, places: Iterable[Place], *, kicks: int = DEFAULT.kicks, seed: int = 0) -> Tour:
    """The walk over these places (equal ones once). Raises: InvalidProblem if one is not on the floor or cannot be reached."""
    floor, stops = floor_of(layout), 0
    for place in places:
        layout.admit(place)
        stops |= floor.bit(place)
    return floor.tour(stops, kicks=kicks, seed=seed)


def _batch(floor: Floor, orders: Sequence[Order], seed: int, params: Params) -> Batch:
    stops = _choose(floor, orders)
    tour = floor.tour(stops, kicks=params.kicks, seed=seed)
    free = all(len(choices) == 1 for order in orders for choices in order.picks)
    return Batch(tuple(order.id for order in orders), tour.stops, tour.distance, floor.s_shape(stops), tour.exact and free)


def _choose(floor: Floor, orders: Sequence[Order]) -> int:
    """One place for each pick: first where it adds least to the tour, then changed one by one while that shortens it."""
    fixed, open_picks = 0, []
    for order in orders:
        for choices in order.picks:
            if len(choices) == 1:
                fixed |= floor.bit(choices[0])
            else:
                open_picks.append([floor.bit(place) for place in choices])
    if not open_picks:
        return fixed
    picks = sorted(open_picks, key=len)
    if prod(map(len, picks)) <= ALL_CHOICES_UP_TO:
        return min((floor.cost(stops), stops) for stops in (_all(fixed, combination) for combination in product(*picks)))[1]
    taken: list[int] = []
    for bits in picks:
        so_far = _all(fixed, taken)
        taken.append(min((floor.cost(so_far | bit), bit) for bit in bits)[1])
    improved = True
    while improved:
        improved = False
        for n, bits in enumerate(picks):
            others = _all(fixed, taken[:n] + taken[n + 1 :])
            now = floor.cost(others | taken[n])
            for bit in bits:
                if floor.cost(others | bit) < now - 1e-9:
                    taken[n], now, improved = bit, floor.cost(others | bit), True
    return _all(fixed, taken)


def _all(fixed: int, taken: Sequence[int]) -> int:
    for bit in taken:
        fixed |= bit
    return fixed
