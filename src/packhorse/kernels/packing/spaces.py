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
def _within(a: Ints, b: Ints) -> bool:
    """Is space a inside space b?"""
    return bool(b[0] <= a[0] and b[1] <= a[1] and b[2] <= a[2] and b[3] >= a[3] and b[4] >= a[4] and b[5] >= a[5])


@compiled
def cut(spaces: Ints, n: int, fresh: Ints, block: Ints, least: int, axis: int, grounded: int) -> int:
    """The spaces that are left once the block (a row of two corners) is in, sorted by `axis` (0 x, 1 y, 2 z) first; those with an edge shorter than `least`
    are of no use and dropped. Returns how many there are; `fresh` is scratch. grounded: spaces above the block are no larger than its top.
    """
    kept, m = 0, 0
    for i in range(n):
        s = spaces[i]
        if block[0] >= s[3] or block[3] <= s[0] or block[1] >= s[4] or block[4] <= s[1] or block[2] >= s[5] or block[5] <= s[2]:
            if kept != i:
                copy(spaces[kept], s)
            kept += 1
            continue
        for side in range(6):
            k = side % 3
            edge = block[k] - s[k] if side < 3 else s[k + 3] - block[k + 3]
            if edge >= least and m < len(fresh):
                copy(fresh[m], s)
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
            if _within(fresh[i], spaces[j]):
                inside = True
                break
        j = 0
        while j < m and not inside:
            inside = j != i and _within(fresh[i], fresh[j]) and not _within(fresh[j], fresh[i])
            j += 1
        if inside or total == len(spaces):
            continue
        first, second, third = (2, 1, 0) if axis == 2 else ((0, 2, 1) if axis == 0 else (1, 2, 0))
        key = (fresh[i, first] << 2 * BITS) + (fresh[i, second] << BITS) + fresh[i, third]
        at = total
        while at > 0 and spaces[at - 1, 6] > key:
            copy(spaces[at], spaces[at - 1])
            at -= 1
        copy(spaces[at], fresh[i])
        spaces[at, 6] = key
        total += 1
    return total
