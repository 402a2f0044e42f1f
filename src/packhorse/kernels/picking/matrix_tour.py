"""A short tour through a matrix of distances, for floors whose shape is unknown: insertion, then or-opt and 2-opt, then small kicks.

Distances need not be symmetric (one-way aisles). Row and column 0 are the depot.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise
from random import Random

Matrix = Sequence[Sequence[float]]
EXACT_UP_TO = 8  # stops


def tour_length(matrix: Matrix, tour: Sequence[int]) -> float:
    """Depot, the stops in order, depot."""
    walk = [0, *tour, 0]
    return sum(matrix[a][b] for a, b in pairwise(walk))


def held_karp(matrix: Matrix) -> list[int]:
    """The shortest tour, by the dynamic program over subsets of Held and Karp (1962): n² 2ⁿ steps, so for a dozen stops at most."""
    n = len(matrix)
    if n == 1:
        return []
    best: dict[tuple[int, int], tuple[float, int]] = {(1 << j, j): (matrix[0][j], 0) for j in range(1, n)}
    for size in range(2, n):
        for chosen in combinations(range(1, n), size):
            bits = sum(1 << j for j in chosen)
            for j in chosen:
                rest = bits & ~(1 << j)
                best[bits, j] = min((best[rest, k][0] + matrix[k][j], k) for k in chosen if k != j)
    bits = (1 << n) - 2
    last = min(range(1, n), key=lambda j: best[bits, j][0] + matrix[j][0])
    tour = []
    while last:
        tour.append(last)
        bits, last = bits & ~(1 << last), best[bits, last][1]
    return tour[::-1]


def insertion(matrix: Matrix) -> list[int]:
    """Insert the stop that is farthest from the tour where it costs least, until none is left."""
    left = set(range(1, len(matrix)))
    near = {j: matrix[0][j] + matrix[j][0] for j in left}
    tour: list[int] = []
    while left:
        stop = max(left, key=lambda j: (near[j], -j))
        left.remove(stop)
        walk = [0, *tour, 0]
        at = min(range(len(walk) - 1), key=lambda i: matrix[walk[i]][stop] + matrix[stop][walk[i + 1]] - matrix[walk[i]][walk[i + 1]])
        tour.insert(at, stop)
        for j in left:
            near[j] = min(near[j], matrix[stop][j] + matrix[j][stop])
    return tour


def _or_opt(matrix: Matrix, tour: list[int]) -> bool:
    """Move one segment of up to three stops elsewhere, either way round; true if that shortened the tour."""
    n = len(tour)
    for size in (1, 2, 3):
        for start in range(n - size + 1):
            segment = tour[start : start + size]
            rest = [0, *tour[:start], *tour[start + size :], 0]
            before, after = rest[start], rest[start + 1]
            inner = sum(matrix[a][b] for a, b in pairwise(segment))
            gain = matrix[before][segment[0]] + inner + matrix[segment[-1]][after] - matrix[before][after]
            ways = [(segment, inner)]
            if size > 1:
                ways.append((segment[::-1], sum(matrix[b][a] for a, b in pairwise(segment))))
            for way, length in ways:
                head, tail = way[0], matrix[way[-1]]
                allowed = gain - length - 1e-9
                for i in range(len(rest) - 1):
                    a, b = rest[i], rest[i + 1]
                    if matrix[a][head] + tail[b] - matrix[a][b] < allowed:
                        tour[:] = [*rest[1 : i + 1], *way, *rest[i + 1 : -1]]
                        return True
    return False


def _two_opt(matrix: Matrix, tour: list[int]) -> bool:
    """Reverse one stretch; true if that shortened the tour. Running sums of both directions make it right for one-way floors."""
    walk = [0, *tour, 0]
    forth, back = [0.0], [0.0]
    for a, b in pairwise(walk):
        forth.append(forth[-1] + matrix[a][b])
        back.append(back[-1] + matrix[b][a])
    last = len(walk) - 1
    for i in range(1, last - 1):
        before, first = walk[i - 1], walk[i]
        for j in range(i + 1, last):
            old = matrix[before][first] + forth[j] - forth[i] + matrix[walk[j]][walk[j + 1]]
            new = matrix[before][walk[j]] + back[j] - back[i] + matrix[first][walk[j + 1]]
            if new < old - 1e-9:
                walk[i : j + 1] = reversed(walk[i : j + 1])
                tour[:] = walk[1:-1]
                return True
    return False


def improve(matrix: Matrix, tour: list[int]) -> list[int]:
    """The tour after no or-opt and no 2-opt move shortens it any more."""
    tour = list(tour)
    while _or_opt(matrix, tour) or _two_opt(matrix, tour):
        pass
    return tour


def short_tour(matrix: Matrix, *, kicks: int, seed: int = 0) -> tuple[list[int], bool]:
    """-> (tour, whether it is proven shortest). `kicks`: how often a double bridge (Martin, Otto and Felten 1991) is tried on what was found."""
    if len(matrix) <= EXACT_UP_TO + 1 and kicks:
        return held_karp(matrix), True
    best = improve(matrix, insertion(matrix))
    if len(best) < 3:
        return best, False
    length, rng = tour_length(matrix, best), Random(seed)  # noqa: S311 - a search, no secret
    for _ in range(kicks):
        a, b, c = sorted(rng.sample(range(len(best) + 1), 3))
        other = improve(matrix, [*best[:a], *best[b:c], *best[a:b], *best[c:]])
        found = tour_length(matrix, other)
        if found < length - 1e-9:
            best, length = other, found
    return best, False
