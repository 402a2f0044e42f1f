"""A set of stops to the tour that walks them, with its order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from packhorse.kernels.picking.drawing import in_order
from packhorse.kernels.picking.matrix_walks import among, improve, insert_all, kick, length_of, shortest_of_all
from packhorse.kernels.picking.problem import Cell, Place, RectangularLayout
from packhorse.kernels.picking.result import Tour
from packhorse.kernels.picking.search import Budget
from packhorse.kernels.picking.states import machine
from packhorse.kernels.picking.terrain import MATRIX, Floats, Ints, Survey
from packhorse.kernels.picking.walks import trace

EXACT_STOPS = 12  # the program over subsets takes n² 2ⁿ steps
KICKED_UP_TO = 100_000  # steps per n² after which a tour through a matrix hardly gets shorter
FIRST_STEPS = 2_000_000
DEEP_UP_TO = 300  # stops for which all pairs of neighbouring stretches are exchanged once
CHUNK = 4_000_000  # steps between two looks at the clock


def tour_over(survey: Survey, places: Sequence[Place], *, seed: int = 0, steps: int = FIRST_STEPS, budget: Budget | None = None) -> Tour:
    """The tour over these places, each once. `steps`: of search where it cannot be proven shortest; the budget's clock may end it."""
    stops = sorted(set(places))
    t = survey.terrain
    if not stops:
        return Tour((), t.extra, exact=True)
    if t.kind != MATRIX:
        assert isinstance(survey.layout, RectangularLayout)
        metres, steps_back = trace(t, survey.rows([stops])[0])
        passes = [way.passes for state in machine(t.blocks).crossings for way in state]
        drawn = [(aisle, block, way if block >= 0 else passes[way]) for aisle, block, way in steps_back]
        return Tour(tuple(in_order(survey.layout, drawn, [s for s in stops if isinstance(s, Cell)])), metres + t.extra, exact=True)
    d = among(t.matrix, np.array([survey.bit(place) for place in stops], np.int32))
    exact = len(stops) <= EXACT_STOPS
    order = shortest_of_all(d) if exact else _polished(d, seed, min(steps, KICKED_UP_TO * len(stops) ** 2), budget)
    return Tour(tuple(stops[i - 1] for i in order[1:]), length_of(d, order) + t.extra, exact)


def _polished(d: Floats, seed: int, steps: int, budget: Budget | None) -> Ints:
    """A short tour, depot first."""
    ops, rng = np.zeros(1, np.uint64), np.array([np.random.default_rng([seed, 3]).integers(1, 2**63)], np.uint64)
    best = insert_all(d)
    improve(d, best, ops, len(d) <= DEEP_UP_TO)
    while int(ops[0]) < steps and (budget is None or budget.share(0, 0) < 1.0):
        kick(d, best.copy(), best, ops, rng, min(CHUNK, steps - int(ops[0])))
        if budget is not None:
            budget.tell(min(1.0, int(ops[0]) / steps), length_of(d, best))
    return best
