"""The shortest tour through a matrix of distances, for floors whose shape is unknown: the oracle of the tests for `matrix_walks`.

Distances need not be symmetric (one-way aisles). Row and column 0 are the depot.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

Matrix = Sequence[Sequence[float]]


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
