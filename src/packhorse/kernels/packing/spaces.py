"""Empty maximal spaces: the largest empty cuboids of a partly filled box, each a row x0, y0, z0, x1, y1, z1 and a key by which rows are sorted.

Source: Lai and Chan, "Developing a simulated annealing algorithm for the cutting stock problem", Computers & Industrial Engineering 32 (1997) 115-127.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from packhorse.kernels.compiled import compiled

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
BITS = 17  # of a coordinate: nothing is longer than 100,000 mm
WIDTH = 7
MOST = 2048  # spaces of one box; further ones are forgotten, which costs room but breaks nothing


@compiled
def begin(spaces: Ints, length: int, width: int, height: int) -> int:
    """An empty box is one space."""
    spaces[0, 0], spaces[0, 1], spaces[0, 2], spaces[0, 6] = 0, 0, 0, 0
    spaces[0, 3], spaces[0, 4], spaces[0, 5] = length, width, height
    return 1


@compiled
def copy(target: Ints, source: Ints) -> None:
    """One row over another; an assignment of slices takes much longer to compile."""
    for i in range(len(target)):
        target[i] = source[i]


@compiled
def nothing(target: Ints) -> None:
    """All 0."""
    for i in range(len(target)):
        target[i] = 0


@compiled
def add(target: Ints, source: Ints, times: int) -> None:
    """So many times the source onto the target."""
    for i in range(len(target)):
        target[i] += times * source[i]


@compiled
def _within(a: Ints, i: int, b: Ints, j: int) -> bool:
    """Is space a[i] inside space b[j]?"""
    return bool(b[j, 0] <= a[i, 0] and b[j, 1] <= a[i, 1] and b[j, 2] <= a[i, 2] and b[j, 3] >= a[i, 3] and b[j, 4] >= a[i, 4] and b[j, 5] >= a[i, 5])


@compiled
def cut(spaces: Ints, n: int, fresh: Ints, block: Ints, least: int, axis: int, grounded: int) -> int:
    """The spaces that are left once the block (a row of two corners) is in, sorted by `axis` (0 x, 1 y, 2 z) first; those with an edge shorter than `least`
    are of no use and dropped. Returns how many there are; `fresh` is scratch. grounded: spaces above the block are no larger than its top.
    """
    kept, m = 0, 0
    b0, b1, b2, b3, b4, b5 = block[0], block[1], block[2], block[3], block[4], block[5]
    for i in range(n):  # an index into both axes is quicker than a row of its own, which is counted
        if b0 >= spaces[i, 3] or b3 <= spaces[i, 0] or b1 >= spaces[i, 4] or b4 <= spaces[i, 1] or b2 >= spaces[i, 5] or b5 <= spaces[i, 2]:
            if kept != i:
                for c in range(WIDTH):
                    spaces[kept, c] = spaces[i, c]
            kept += 1
            continue
        for side in range(6):
            k = side % 3
            edge = block[k] - spaces[i, k] if side < 3 else spaces[i, k + 3] - block[k + 3]
            if edge >= least and m < len(fresh):
                for c in range(WIDTH):
                    fresh[m, c] = spaces[i, c]
                if side < 3:
                    fresh[m, k + 3] = block[k]
                else:
                    fresh[m, k] = block[k + 3]
                    if grounded and k == 2:
                        for flat in range(2):
                            fresh[m, flat] = max(fresh[m, flat], block[flat])
                            fresh[m, flat + 3] = min(fresh[m, flat + 3], block[flat + 3])
                m += 1
    total = kept
    for i in range(m):
        inside = False
        for j in range(total):  # what was kept was maximal and is not inside anything new
            if _within(fresh, i, spaces, j):
                inside = True
                break
        j = 0
        while j < m and not inside:
            inside = j != i and _within(fresh, i, fresh, j) and not _within(fresh, j, fresh, i)
            j += 1
        if inside or total == len(spaces):
            continue
        first, second, third = (2, 1, 0) if axis == 2 else ((0, 2, 1) if axis == 0 else (1, 2, 0))
        key = (fresh[i, first] << 2 * BITS) + (fresh[i, second] << BITS) + fresh[i, third]
        at = total
        while at > 0 and spaces[at - 1, 6] > key:
            for c in range(WIDTH):
                spaces[at, c] = spaces[at - 1, c]
            at -= 1
        for c in range(WIDTH):
            spaces[at, c] = fresh[i, c]
        spaces[at, 6] = key
        total += 1
    return total
