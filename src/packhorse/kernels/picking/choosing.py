"""Scattered storage: which of several places each pick is taken from, compiled.

Branch and bound over the picks (a tour over fewer stops is never longer where tours are proven shortest); where its steps do not suffice, the best of a greedy choice
that is changed place by place while that shortens the tour, again and again from a few picks chosen anew at random. The problem is NP-hard even on one block, but
few picks are left open once the others are fixed: Heßler and Irnich, INFORMS Journal on Computing 36 (2024), solve it exactly by other means.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from packhorse.kernels.compiled import compiled
from packhorse.kernels.picking.matrix_walks import below
from packhorse.kernels.picking.problem import Order, Place
from packhorse.kernels.picking.terrain import MATRIX, Ints, Survey, Terrain, Words
from packhorse.kernels.picking.walks import walk

_LEAST = 1e-9


def choose(survey: Survey, orders: Sequence[Order], seed: int, steps: int, now: Sequence[Sequence[Place]] | None = None) -> tuple[list[list[Place]], bool]:
    """The places of each order when these walk together, and whether no other choice is shorter. `steps`: of search, beside the first answer.

    now: what is chosen at present; it is kept unless something shorter is found.
    """
    fixed = [[choices[0] for choices in order.picks if len(choices) == 1] for order in orders]
    taken = {place for places in fixed for place in places}
    chosen = [[*places] for places in fixed]
    free: list[tuple[int, tuple[Place, ...]]] = []
    for n, order in enumerate(orders):
        for choices in order.picks:
            if len(choices) > 1:
                there = next((place for place in choices if place in taken), None)  # passed anyway
                if there is None:
                    free.append((n, choices))
                else:
                    chosen[n].append(there)
    if not free:
        return chosen, survey.terrain.kind != MATRIX
    free.sort(key=lambda pick: len(set(pick[1])))
    options = [sorted({survey.bit(place) for place in choices}) for _, choices in free]
    row = survey.rows([list(taken)])[0]
    starts = np.cumsum([0, *map(len, options)]).astype(np.int32)
    bits = np.array([bit for some in options for bit in some], np.int32)
    ops, rng = np.zeros(1, np.uint64), np.array([seed * 2 + 1], np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    picked, proven = search(survey.terrain, ops, rng, row, starts, bits, steps)
    if now is not None:
        before = survey.rows([[place for own in now for place in own]])[0]
        _with_all(row, picked, -1, row)
        if walk(survey.terrain, ops, before) < walk(survey.terrain, ops, row) + _LEAST:
            return [list(own) for own in now], bool(proven)
    for (n, _), bit in zip(free, picked, strict=True):
        chosen[n].append(survey.place(int(bit)))
    return chosen, bool(proven)


@compiled
def _set(row: Words, bit: int) -> None:
    row[bit >> 6] |= np.uint64(1) << np.uint64(bit & 63)


@compiled
def _with_all(row: Words, picked: Ints, but: int, union: Words) -> None:
    """The fixed stops of `row` and those picked, without pick `but`, into `union`."""
    union[:] = row
    for i in range(len(picked)):
        if i != but and picked[i] >= 0:
            _set(union, picked[i])


@compiled
def _descend(t: Terrain, ops: Words, row: Words, starts: Ints, bits: Ints, picked: Ints) -> float:
    """Choose for each pick in turn the place that makes the tour shortest, until none changes; those at -1 are not counted before their turn."""
    union, other = np.empty_like(row), np.empty_like(row)
    least, improved = np.inf, True
    while improved:
        improved = False
        for i in range(len(picked)):
            _with_all(row, picked, i, union)
            now = np.inf
            if picked[i] >= 0:
                other[:] = union
                _set(other, picked[i])
                now = walk(t, ops, other)
            for k in range(starts[i], starts[i + 1]):
                if bits[k] != picked[i]:
                    other[:] = union
                    _set(other, bits[k])
                    metres = walk(t, ops, other)
                    if metres < now - _LEAST:
                        picked[i], now, improved = bits[k], metres, True
            least = now
    return least


@compiled
def search(t: Terrain, ops: Words, rng: Words, row: Words, starts: Ints, bits: Ints, steps: int) -> tuple[Ints, bool]:
    """The bit chosen for each pick, and whether that is proven best."""
    n, until = len(starts) - 1, ops[0] + np.uint64(steps)
    best = np.full(n, -1, np.int32)
    least = _descend(t, ops, row, starts, bits, best)
    if t.kind != MATRIX:
        proven, found = _branch(t, ops, row, starts, bits, best, least, ops[0] + np.uint64(steps // 2))
        if proven:
            return best, True
        least = found
    while ops[0] < until:
        picked = best.copy()
        for _ in range(1 + below(rng, 3)):
            i = below(rng, n)
            picked[i] = bits[starts[i] + below(rng, starts[i + 1] - starts[i])]
        metres = _descend(t, ops, row, starts, bits, picked)
        if metres <= least + _LEAST:
            best[:] = picked
            least = min(least, metres)
    return best, False


@compiled
def _branch(t: Terrain, ops: Words, row: Words, starts: Ints, bits: Ints, best: Ints, least: float, until: np.uint64) -> tuple[bool, float]:
    """Depth first, cheapest place first; -> (finished before `until` steps, metres of `best`)."""
    n = len(best)
    unions = np.zeros((n + 1, len(row)), np.uint64)
    unions[0] = row
    widest = 0
    for i in range(n):
        widest = max(widest, starts[i + 1] - starts[i])
    metres, order, at = np.empty((n, widest)), np.empty((n, widest), np.int32), np.full(n, -1, np.int32)
    depth = 0
    while depth >= 0:
        if ops[0] >= until:
            return False, least
        width = starts[depth + 1] - starts[depth]
        if at[depth] < 0:
            for k in range(width):
                unions[depth + 1] = unions[depth]
                _set(unions[depth + 1], bits[starts[depth] + k])
                metres[depth, k] = walk(t, ops, unions[depth + 1])
            order[depth, :width] = np.argsort(metres[depth, :width])
            at[depth] = 0
        k = at[depth]
        if k == width or metres[depth, order[depth, k]] >= least - _LEAST:
            at[depth] = -1
            depth -= 1
            continue
        at[depth] += 1
        unions[depth + 1] = unions[depth]
        _set(unions[depth + 1], bits[starts[depth] + order[depth, k]])
        if depth == n - 1:
            least = metres[depth, order[depth, k]]
            for i in range(n):
                best[i] = bits[starts[i] + order[i, at[i] - 1]]
        else:
            depth += 1
    return True, least
