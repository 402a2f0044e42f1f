"""Metres that no plan can do without.

The walks of all batches together are a walk over all stops, so they are no shorter than the shortest one. And each batch is no shorter than the walk of any order on
it alone, so than the mean of these by the share of the capacity that each order takes. On a floor without proven tours an order's walk is at least the way to its
farthest stop and back. Picks with several places are left out.
"""

from __future__ import annotations

from math import ceil

from packhorse.kernels.picking.problem import Problem


def lower(problem: Problem) -> float:
    """A bound from below on the metres of every plan. Raises: InvalidProblem if a place cannot be reached."""
    import numpy as np

    from packhorse.kernels.picking.terrain import MATRIX, Survey
    from packhorse.kernels.picking.walks import stops_of, walk

    fixed = [[choices[0] for choices in order.picks if len(choices) == 1] for order in problem.orders]
    survey = Survey(problem.layout, sorted({place for places in fixed for place in places}))
    t, ops = survey.terrain, np.zeros(1, np.uint64)

    def least(row: np.ndarray[tuple[int, ...], np.dtype[np.uint64]]) -> float:
        if t.kind != MATRIX:
            return float(walk(t, ops, row))
        return t.extra + max((float(t.matrix[0, i + 1] + t.matrix[i + 1, 0]) for i in stops_of(t, row)), default=0.0)

    if not problem.orders:
        return 0.0
    together = least(survey.rows([[place for places in fixed for place in places]])[0])
    if problem.capacity is None:
        return together
    alone = [least(row) for row in survey.rows(fixed)]
    capacity = problem.capacity or 1.0
    by_size = sum(order.size / capacity * metres for order, metres in zip(problem.orders, alone, strict=True))
    by_number = sum(alone) / problem.compartments if problem.compartments else 0.0
    carts = ceil(sum(order.size for order in problem.orders) / capacity - 1e-9)
    return max(together + t.extra * max(0, carts - 1), by_size, by_number)
