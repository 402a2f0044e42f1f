"""From problem to plan; `solve` is its door.

Where picks may be taken from several places, these are first chosen for each order alone, then anew for each batch when batches have been found, and batches are
sought again with what was chosen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from packhorse.kernels.picking import search
from packhorse.kernels.picking.carts import Carts, batches_of, carts_of, load_plan
from packhorse.kernels.picking.choosing import choose
from packhorse.kernels.picking.comparison import s_shape
from packhorse.kernels.picking.problem import Block, Cell, Depot, GraphLayout, Node, Order, Place, Problem, RectangularLayout
from packhorse.kernels.picking.result import Batch, Result
from packhorse.kernels.picking.search import Budget, Params, Report
from packhorse.kernels.picking.terrain import Survey
from packhorse.kernels.picking.tours import tour_over
from packhorse.kernels.picking.walks import walk
from packhorse.kernels.stop import Stop

FIRST_STEPS = 20_000_000  # for choosing places and polishing tours, over all batches, however short the time
LATER_SHARE = 0.2  # of the time, for the same
ROUNDS = 3  # of batching and choosing


class Planner:
    """One problem on its way to a plan."""

    def __init__(self, problem: Problem, stop: Stop, seed: int, params: Params, report: Report | None) -> None:
        self.problem, self.seed, self.params = problem, seed, params
        self.watch = stop.start()
        self.budget = Budget.of(self.watch, len(problem.orders), report)
        self.survey = Survey(problem.layout, sorted({place for order in problem.orders for place in order.places()}))
        self.free = any(len(choices) > 1 for order in problem.orders for choices in order.picks)
        self.sure = [True] * len(problem.orders)
        self.chosen: list[list[Place]] = []
        for n in range(len(problem.orders)):
            (places,), self.sure[n] = choose(
                self.survey, [problem.orders[n]], seed, FIRST_STEPS // max(10, len(problem.orders)) if problem.capacity is not None else self._steps(1)
            )
            self.chosen.append(places)
        rows = self.survey.rows(self.chosen)
        ops = np.zeros(1, np.uint64)
        self.alone = [float(walk(self.survey.terrain, ops, row)) for row in rows]

    def plan(self) -> Result:
        """Batches, then their tours."""
        orders = self.problem.orders
        batches, proven, iterations = [list(range(len(orders)))] if orders else [], True, 0
        if self.problem.capacity is not None and len(orders) > 1:
            batches, proven, iterations = self._batches(self.problem.capacity)
        batches = sorted((sorted(batch) for batch in batches), key=min)
        made = [self._batch(batch, len(batches)) for batch in batches]
        walked = [batch.s_shape for batch in made if batch.s_shape is not None]
        return Result(
            tuple(made),
            sum(batch.distance for batch in made),
            sum(walked) if len(walked) == len(made) else None,
            sum(self.alone),
            iterations,
            self.watch.seconds,
            proven and all(batch.exact for batch in made),
        )

    def _steps(self, parts: int) -> int:
        """Steps of choosing or polishing for one of so many batches."""
        later = 0 if self.budget.steps is None else int(self.budget.steps * (LATER_SHARE if self.problem.capacity is not None else 1))
        return max(FIRST_STEPS, later) // max(1, parts)

    def _batches(self, capacity: float) -> tuple[list[list[int]], bool, int]:
        """-> (batches, whether no others are shorter, exchanges tried)."""
        t = self.survey.terrain
        c = carts_of(self.survey.rows(self.chosen), [order.size for order in self.problem.orders], capacity, self.problem.compartments, self.seed)
        if search.are_few(t, c, self.params):
            found = search.few(t, c)
            if self.free:
                self._choose_together(found)
                c.sets[:] = self.survey.rows(self.chosen)
                found = search.few(t, c)
            return found, not self.free, 0
        c, carts = search.first(t, c, self.params)
        if not self.free:
            tried = search.anneal_twice(t, c, carts, self.budget, self.params)
            return batches_of(c.best), carts == 1, tried
        tried = 0
        for n in range(ROUNDS):
            tried += search.anneal(t, c, carts, self.budget, self.params, (n + 1) / ROUNDS * (1 - 2 * LATER_SHARE), tried)
            self._choose_together(batches_of(c.best))
            self._renew(c)
        return batches_of(c.best), False, tried

    def _choose_together(self, batches: Sequence[Sequence[int]]) -> None:
        """Choose places anew for each batch, where that is shorter than what was chosen."""
        for batch in batches:
            if self.budget.share(0, 0) >= 1.0:
                return
            orders = [self.problem.orders[i] for i in batch]
            places, _ = choose(self.survey, orders, self.seed, self._steps(ROUNDS * len(batches)), [self.chosen[i] for i in batch])
            for i, own in zip(batch, places, strict=True):
                self.chosen[i] = own

    def _renew(self, c: Carts) -> None:
        """Search on with the places chosen now."""
        c.sets[:] = self.survey.rows(self.chosen)
        c.known_keys[:] = 0
        c.total[1] = 0.0
        load_plan(self.survey.terrain, c, c.best.copy())

    def _batch(self, batch: list[int], parts: int) -> Batch:
        orders = [self.problem.orders[i] for i in batch]
        exact = not self.free
        if self.free and (parts == 1 or self.budget.share(0, 0) < 1.0):
            places, exact = choose(self.survey, orders, self.seed, self._steps(parts), [self.chosen[i] for i in batch])
            for i, own in zip(batch, places, strict=True):
                self.chosen[i] = own
        stops = {place for i in batch for place in self.chosen[i]}
        tour = tour_over(self.survey, sorted(stops), seed=self.seed, steps=self._steps(parts), budget=self.budget)
        layout = self.problem.layout
        s_shaped = s_shape(layout, (p for p in stops if isinstance(p, Cell))) if isinstance(layout, RectangularLayout) else None
        return Batch(tuple(o.id for o in orders), tour.stops, tour.distance, s_shaped, sum(self.alone[i] for i in batch), tour.exact and exact)


def plan(problem: Problem, *, stop: Stop, seed: int, params: Params | None, report: Report | None) -> Result:
    """As `solve`."""
    return Planner(problem, stop, seed, params or search.DEFAULT, report).plan()


def warm_up() -> None:
    """As `solve.warm_up`."""
    for blocks in (1, 2):
        layout = RectangularLayout(3, 2.0, (Block(5, 1.0, 1.0, 6.0),) * blocks, Depot())
        for number in (3, 30):
            orders = tuple(Order(str(n), ((Cell(n % 3, 0, n % 5), Cell(n % 2, 0, 1)), (Cell(n % 3, 0, n % 4),))) for n in range(number))
            plan(Problem(layout, orders, 3), stop=Stop(iterations=10), seed=0, params=None, report=None)
    ring = GraphLayout(20, edges=tuple((n, (n + 1) % 20, 1.0) for n in range(20)))
    orders = tuple(Order.at(str(n), [Node(n)]) for n in range(20))
    for capacity in (None, 16):
        plan(Problem(ring, orders, capacity), stop=Stop(iterations=10), seed=0, params=None, report=None)
