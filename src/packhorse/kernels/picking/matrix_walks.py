"""Tours through a matrix of distances, compiled. Distances need not be symmetric; row and column 0 are the depot."""

from __future__ import annotations

import numpy as np

from packhorse.kernels.compiled import compiled
from packhorse.kernels.picking.terrain import Floats, Ints, Words

_LEAST = 1e-9  # metres that count as a gain


@compiled
def below(state: Words, limit: int) -> int:
    """A random number below the limit (xorshift64*: Vigna 2016)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return np.int64(((x * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(33)) % np.uint64(limit))  # type: ignore[return-value]


@compiled
def length_of(d: Floats, tour: Ints) -> float:
    """The tour starts with the depot and goes back to it."""
    total = d[tour[-1], tour[0]]
    for i in range(len(tour) - 1):
        total += d[tour[i], tour[i + 1]]
    return float(total)


@compiled
def insert_all(d: Floats) -> Ints:
    """Insert the stop that is farthest from the tour where it costs least, until none is left."""
    n = len(d)
    tour, near, left = np.zeros(n, np.int32), np.empty(n), np.ones(n, np.bool_)
    for j in range(n):
        near[j] = d[0, j] + d[j, 0]
    for size in range(1, n):
        stop = -1
        for j in range(1, n):
            if left[j] and (stop < 0 or near[j] > near[stop]):
                stop = j
        left[stop] = False
        at, least = 0, np.inf
        for i in range(size):
            a, b = tour[i], tour[i + 1] if i + 1 < size else 0
            more = d[a, stop] + d[stop, b] - d[a, b]
            if more < least:
                at, least = i + 1, more
        for i in range(size, at, -1):
            tour[i] = tour[i - 1]
        tour[at] = stop
        for j in range(1, n):
            near[j] = min(near[j], d[stop, j] + d[j, stop])
    return tour


@compiled
def _or_opt(d: Floats, tour: Ints, ops: Words) -> bool:
    """Move segments of up to three stops elsewhere, either way round, each where it gains most; true if anything was gained."""
    n, gained = len(tour), False
    for size in range(1, min(4, n - 1)):
        start = 1
        while start + size <= n:
            ops[0] += np.uint64(4 * n)
            end = start + size  # the first stop after the segment
            head, tail, before = tour[start], tour[end - 1], tour[start - 1]
            after = tour[end] if end < n else 0
            turned = 0.0
            for i in range(start, end - 1):
                turned += d[tour[i + 1], tour[i]] - d[tour[i], tour[i + 1]]
            gain = d[before, head] + d[tail, after] - d[before, after]
            at, reverse, most = -1, False, _LEAST
            for i in range(n):  # between i and i + 1
                if start - 1 <= i < end:
                    continue
                a, b = tour[i], tour[i + 1] if i + 1 < n else 0
                free = gain + d[a, b]
                if free - d[a, head] - d[tail, b] > most:
                    at, reverse, most = i, False, free - d[a, head] - d[tail, b]
                if size > 1 and free - d[a, tail] - d[head, b] - turned > most:
                    at, reverse, most = i, True, free - d[a, tail] - d[head, b] - turned
            if at >= 0:
                _move(tour, start, size, at, reverse)
                gained = True
            start += 1
    return gained


@compiled
def _move(tour: Ints, start: int, size: int, at: int, reverse: bool) -> None:
    """Take the segment out and put it behind position `at`."""
    segment = tour[start : start + size].copy()
    if at < start:
        for i in range(start - 1, at, -1):
            tour[i + size] = tour[i]
        begin = at + 1
    else:
        for i in range(start + size, at + 1):
            tour[i - size] = tour[i]
        begin = at + 1 - size
    for i in range(size):
        tour[begin + i] = segment[size - 1 - i] if reverse else segment[i]


@compiled
def _two_opt(d: Floats, tour: Ints, ops: Words) -> bool:
    """Reverse stretches; true if anything was gained. What a stretch costs the other way round is added up on the way: right for one-way floors."""
    n, gained = len(tour), False
    for i in range(1, n - 1):
        ops[0] += np.uint64(2 * (n - i))
        turned = 0.0
        for j in range(i + 1, n):
            turned += d[tour[j], tour[j - 1]] - d[tour[j - 1], tour[j]]
            after = tour[j + 1] if j + 1 < n else 0
            before = tour[i - 1]
            if d[before, tour[j]] + d[tour[i], after] + turned < d[before, tour[i]] + d[tour[j], after] - _LEAST:
                low, high = i, j
                while low < high:
                    tour[low], tour[high] = tour[high], tour[low]
                    low += 1
                    high -= 1
                gained = True
                turned = -turned
    return gained


@compiled
def _three_opt(d: Floats, tour: Ints, ops: Words) -> bool:
    """Exchange two neighbouring stretches without turning them (or-3opt), the best such pair per first cut; true if anything was gained."""
    n, gained = len(tour), False
    for i in range(n - 2):
        most, cut, end = _LEAST, -1, -1
        a, b = tour[i], tour[i + 1]
        for j in range(i + 1, n - 1):
            c, e = tour[j], tour[j + 1]
            first = d[a, b] + d[c, e] - d[a, e]
            ops[0] += np.uint64(2 * (n - j))
            for k in range(j + 1, n):
                f, g = tour[k], tour[k + 1] if k + 1 < n else 0
                gain = first + d[f, g] - d[f, b] - d[c, g]
                if gain > most:
                    most, cut, end = gain, j, k
        if cut >= 0:
            piece = tour[i + 1 : cut + 1].copy()
            width = end - cut
            for x in range(width):
                tour[i + 1 + x] = tour[cut + 1 + x]
            for x in range(len(piece)):
                tour[i + 1 + width + x] = piece[x]
            gained = True
    return gained


@compiled
def improve(d: Floats, tour: Ints, ops: Words, deep: bool) -> None:
    """Until none of the moves gains anything; `deep` with or-3opt."""
    while _or_opt(d, tour, ops) or _two_opt(d, tour, ops) or (deep and _three_opt(d, tour, ops)):
        pass


@compiled
def short_walk(matrix: Floats, ops: Words, stops: Ints) -> float:
    """Metres of a short tour over the stops (numbered from 0, the depot not counted)."""
    d = among(matrix, stops)
    tour = insert_all(d)
    ops[0] += np.uint64(3 * len(d) * len(d))
    if len(d) > 3:
        improve(d, tour, ops, False)
    return length_of(d, tour)


@compiled
def among(matrix: Floats, stops: Ints) -> Floats:
    """The part of the matrix for the depot and these stops (numbered from 0, the depot not counted)."""
    n = len(stops) + 1
    d = np.empty((n, n))
    for i in range(n):
        for j in range(n):
            d[i, j] = matrix[stops[i - 1] + 1 if i else 0, stops[j - 1] + 1 if j else 0]
    return d


@compiled
def kick(d: Floats, tour: Ints, best: Ints, ops: Words, rng: Words, budget: int) -> None:
    """Iterated local search for so many steps: a double bridge of short stretches (Martin, Otto and Felten 1991) on the best tour, improved; kept if no longer."""
    n, until = len(tour), ops[0] + np.uint64(budget)
    least = length_of(d, best)
    while ops[0] < until and n > 3:
        ops[0] += np.uint64(4 * n)
        reach = n
        if n > 20:  # one kick in four stays near
            reach = min(n, 50) if below(rng, 4) else 20
        start = below(rng, n - reach + 1)
        a, b, c = below(rng, reach), below(rng, reach), below(rng, reach)
        a, b, c = min(a, b, c), a + b + c - min(a, b, c) - max(a, b, c), max(a, b, c)
        if a == b or b == c:
            continue
        a, b, c = a + start, b + start, c + start  # a < b < c: exchange (a, b] with (b, c]
        for i in range(n):
            tour[i] = best[i]
        for i in range(c - b):
            tour[a + 1 + i] = best[b + 1 + i]
        for i in range(b - a):
            tour[a + 1 + c - b + i] = best[a + 1 + i]
        improve(d, tour, ops, False)
        found = length_of(d, tour)
        if found <= least + _LEAST:
            if found < least - _LEAST:
                least = found
            for i in range(n):
                best[i] = tour[i]


@compiled
def shortest_of_all(d: Floats) -> Ints:
    """The shortest tour, depot first, by the dynamic program over subsets of Held and Karp (1962)."""
    n = len(d) - 1
    best, last = np.full((1 << n, n), np.inf), np.zeros((1 << n, n), np.int32)
    for j in range(n):
        best[1 << j, j] = d[0, j + 1]
    for stops in range(1, 1 << n):
        for j in range(n):
            rest = stops & ~(1 << j)
            if rest == stops or rest == 0:
                continue
            for k in range(n):
                if rest >> k & 1 and best[rest, k] + d[k + 1, j + 1] < best[stops, j]:
                    best[stops, j], last[stops, j] = best[rest, k] + d[k + 1, j + 1], k
    stops, end = (1 << n) - 1, 0
    for j in range(n):
        if best[stops, j] + d[j + 1, 0] < best[stops, end] + d[end + 1, 0]:
            end = j
    tour = np.zeros(n + 1, np.int32)
    for i in range(n, 0, -1):
        tour[i] = end + 1
        stops, end = stops & ~(1 << end), last[stops, end]
    return tour
