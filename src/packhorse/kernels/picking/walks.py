"""Metres of the tour over a set of stops, compiled. `exact` is the same program in Python with its trace, and the oracle of the tests.

Sources as in `states`; for one block the program is written out for its five open states. Each function adds the steps it takes to `ops[0]`, about a nanosecond each:
searches that count steps rather than seconds give the same answer on every machine.
"""

from __future__ import annotations

import numpy as np

from packhorse.kernels.compiled import compiled
from packhorse.kernels.picking.matrix_walks import short_walk
from packhorse.kernels.picking.states import BACK, FRONT, GAP, ONCE, TWICE
from packhorse.kernels.picking.terrain import BLOCKS, ONE_BLOCK, Ints, Terrain, Words

_DEBRUIJN = np.uint64(0x03F79D71B4CB0A89)
_ONE = np.uint64(1)
_INF = np.inf
# the position of a single bit, by the top six bits of its product with the sequence
_POSITIONS = np.zeros(64, np.int64)
for _n in range(64):
    _POSITIONS[((0x03F79D71B4CB0A89 << _n) & 0xFFFFFFFFFFFFFFFF) >> 58] = _n


@compiled
def lowest(bits: np.uint64) -> int:
    """The position of the lowest bit that is set (Leiserson, Prokop and Randall 1998)."""
    return int(_POSITIONS[((bits & (~bits + _ONE)) * _DEBRUIJN) >> np.uint64(58)])


@compiled
def part(t: Terrain, union: Words, segment: int, block: int) -> tuple[bool, float, float, float]:
    """Whether the aisle's part in the block has stops; metres when it is done from the front, from the back, from both ends leaving the largest gap."""
    low, high, gap = -1.0, 0.0, 0.0
    for w in range(t.per):
        bits = union[segment * t.per + w]
        while bits:
            height = t.heights[(block * t.per + w) * 64 + lowest(bits)]
            if low < 0.0:
                low = height
            else:
                gap = max(gap, height - high)
            high = height
            bits &= bits - _ONE
    length = t.lengths[block]
    return low >= 0.0, 2.0 * high, 2.0 * (length - low), 2.0 * (length - gap)


@compiled
def span(t: Terrain, union: Words) -> tuple[int, int]:
    """The first and the last aisle with a stop or the depot."""
    width = t.blocks * t.per
    first, last = t.depot_aisle, t.depot_aisle
    for w in range(t.words):
        if union[w]:
            first = min(first, w // width)
            break
    for w in range(t.words - 1, -1, -1):
        if union[w]:
            last = max(last, w // width)
            break
    return first, last


@compiled
def one_block(t: Terrain, ops: Words, union: Words) -> float:
    """States after each aisle: `odd` both ends odd; `front`, `back` one end even; `one`, `two` both even in one or in two components."""
    length, at_front = t.lengths[0], t.depot_cross == 0
    first, last = span(t, union)
    ops[0] += np.uint64(t.words + 30 * (last - first + 1))
    twice, step = 2.0 * length, 2.0 * t.pitch
    found, front, back, two = part(t, union, first, 0)
    if not found:
        front, back, two = (0.0, _INF, _INF) if at_front else (_INF, 0.0, _INF)
    odd, one = length, twice
    for aisle in range(first, last + 1):
        if aisle != first:
            odd += step  # walk on to this aisle
            front, back = min(front, one) + step, min(back, one) + step
            one += 2.0 * step
            two += 2.0 * step
            found, in_front, in_back, both = part(t, union, aisle, 0)
            if not found:
                in_front = in_back = both = 0.0
            least = min(in_front, in_back, both)
            even = min(front, back, two)
            old = odd
            odd = min(min(even, one) + length, old + least)
            one = min(one + least, old + length, even + twice)
            two = min(two + least, front + min(in_back, both), back + min(in_front, both))
            front += in_front
            back += in_back
        if aisle == t.depot_aisle:  # its crossing must be passed
            if at_front:
                two, back = min(two, back), _INF
            else:
                two, front = min(two, front), _INF
    return float(min(front, back, one))


@compiled
def sweep(t: Terrain, ops: Words, union: Words, came: Ints, how: Ints) -> tuple[float, int]:
    """The exact program for any number of blocks. -> (metres, last state)

    Where `came` has rows, it is kept for each step (a block of an aisle, the depot's crossing, the walk to the next aisle) from which state and how each state came.
    """
    states = len(t.final)
    best, after = np.full(states, _INF), np.empty(states)
    best[0] = 0.0
    costs = np.empty(5)
    first, last = span(t, union)
    keep, row = came.shape[0] > 0, 0
    ops[0] += np.uint64((last - first + 1) * (t.blocks * 6 + 4) * states)
    for aisle in range(first, last + 1):
        for block in range(t.blocks):
            found, costs[FRONT], costs[BACK], costs[GAP] = part(t, union, aisle * t.blocks + block, block)
            costs[ONCE], costs[TWICE] = t.lengths[block], 2.0 * t.lengths[block]
            for s in range(states):
                after[s] = _INF if found else best[s]
                if keep:
                    came[row, s], how[row, s] = s, -1
            for s in range(states):
                if best[s] == _INF:
                    continue
                for way in range(FRONT if found else ONCE, TWICE + 1):
                    then = t.vertical[block, s, way]
                    if then >= 0 and best[s] + costs[way] < after[then]:
                        after[then] = best[s] + costs[way]
                        if keep:
                            came[row, then], how[row, then] = s, way
            best, after = after, best
            row += 1
        if aisle == t.depot_aisle:
            after[:] = _INF
            for s in range(states):
                then = t.touch[t.depot_cross, s]
                if then >= 0 and best[s] < after[then]:
                    after[then] = best[s]
                    if keep:
                        came[row, then], how[row, then] = s, -1
            best, after = after, best
            row += 1
        if aisle < last:
            after[:] = _INF
            for s in range(states):
                if best[s] == _INF:
                    continue
                for way in range(t.starts[s], t.starts[s + 1]):
                    then, total = t.then[way], best[s] + t.edges[way] * t.pitch
                    if total < after[then]:
                        after[then] = total
                        if keep:
                            came[row, then], how[row, then] = s, way
            best, after = after, best
            row += 1
    end, metres = -1, _INF
    for s in range(states):
        if t.final[s] and best[s] < metres:
            end, metres = s, best[s]
    return metres, end


@compiled
def walk(t: Terrain, ops: Words, union: Words) -> float:
    """Metres of the tour over the set, what is walked beside it on every tour included; proven shortest but on a matrix."""
    if t.kind == ONE_BLOCK:
        return t.extra + one_block(t, ops, union)
    if t.kind == BLOCKS:
        nothing = np.empty((0, 0), np.int32)
        return t.extra + sweep(t, ops, union, nothing, nothing)[0]
    return t.extra + short_walk(t.matrix, ops, stops_of(t, union))


@compiled
def rough(t: Terrain, ops: Words, union: Words) -> float:
    """Less than the tour on a floor of blocks, a hundred times as quick: the least for each part of an aisle by itself, and along the cross aisles and back."""
    first, last = span(t, union)
    ops[0] += np.uint64(12 * (last - first + 1) * t.blocks)
    metres = 2.0 * t.pitch * (last - first)
    for aisle in range(first, last + 1):
        for block in range(t.blocks):
            found, front, back, both = part(t, union, aisle * t.blocks + block, block)
            if found:
                metres += min(front, back, both, t.lengths[block])
    return metres


@compiled
def stops_of(t: Terrain, union: Words) -> Ints:
    """The numbers of the set's bits, ascending."""
    count = 0
    for w in range(t.words):
        bits = union[w]
        while bits:
            bits &= bits - _ONE
            count += 1
    stops, n = np.empty(count, np.int32), 0
    for w in range(t.words):
        bits = union[w]
        while bits:
            stops[n] = w * 64 + lowest(bits)
            bits &= bits - _ONE
            n += 1
    return stops


@compiled
def likeness(t: Terrain, a: Words, b: Words) -> float:
    """About how many metres are saved by walking both sets in one tour; quick and rough.

    On a rectangular floor: stretches of aisle in common, and the way there that is walked once instead of twice. On a matrix: twice the way to the nearer of the
    sets' farthest places, less the way between these.
    """
    if t.kind != ONE_BLOCK and t.kind != BLOCKS:
        return _likeness_on_matrix(t, a, b)
    width = t.blocks * t.per
    common, segment, last = 0.0, -1, -1
    low_a, low_b, high_a, high_b = t.aisles, t.aisles, -1, -1
    for w in range(t.words):
        if a[w]:
            high_a = w // width
            low_a = min(low_a, high_a)
        if b[w]:
            high_b = w // width
            low_b = min(low_b, high_b)
        if w % t.per == 0:
            segment += 1
        if a[w] and b[w] and segment != last:
            common += t.lengths[segment % t.blocks]
            last = segment
    overlap = min(max(high_a, t.depot_aisle), max(high_b, t.depot_aisle)) - max(min(low_a, t.depot_aisle), min(low_b, t.depot_aisle))
    return common + 2.0 * t.pitch * overlap


@compiled
def _likeness_on_matrix(t: Terrain, a: Words, b: Words) -> float:
    far_a, far_b = 0, 0
    for i in stops_of(t, a):
        if t.matrix[0, i + 1] > t.matrix[0, far_a]:
            far_a = i + 1
    for i in stops_of(t, b):
        if t.matrix[0, i + 1] > t.matrix[0, far_b]:
            far_b = i + 1
    return float(2.0 * min(t.matrix[0, far_a], t.matrix[0, far_b]) - t.matrix[far_a, far_b] - t.matrix[far_b, far_a])


def trace(t: Terrain, union: Words) -> tuple[float, list[tuple[int, int, int]]]:
    """The exact program with its steps: (metres, [(aisle, block or -1 on to the next aisle, way)] from last to first), ways as in `states`, crossings numbered there."""
    first, last = span(t, union)
    rows = (last - first + 1) * (t.blocks + 1)
    came, how = np.zeros((rows, len(t.final)), np.int32), np.full((rows, len(t.final)), -1, np.int32)
    metres, state = sweep(t, np.zeros(1, np.uint64), union, came, how)
    where: list[tuple[int, int]] = []
    for aisle in range(first, last + 1):
        where += [(aisle, block) for block in range(t.blocks)]
        where += [(aisle, -2)] * (aisle == t.depot_aisle)
        where += [(aisle, -1)] * (aisle < last)
    steps = []
    for row in range(len(where) - 1, -1, -1):
        way, state = int(how[row, state]), int(came[row, state])
        if way >= 0:
            steps.append((*where[row], way))
    return metres, steps
