"""Blocks for filling a container, compiled: cuboids of pieces that leave next to no gap, simple ones of equal pieces and general ones made of two blocks side by side.

Source: Fanslau and Bortfeldt, "A tree search algorithm for solving the container loading problem", INFORMS Journal on Computing 22 (2010) 222-235.
"""

from __future__ import annotations

import numpy as np

from packhorse.kernels.compiled import compiled
from packhorse.kernels.packing.flat import FRAGILE, HEIGHT, LENGTH, MAX_LOAD, SHARE, WAY, WAYS, WEIGHT, WIDE
from packhorse.kernels.packing.spaces import Ints

LONG, BROAD, TALL, GOODS, LOAD, UPRIGHT, ONE, TWO, AXIS, ACROSS, ALONG, UP = range(12)  # columns of a block: UPRIGHT is 1 if nothing may come above it;
# it is blocks ONE and TWO along AXIS, or (AXIS -1) pieces of the kind ONE, ACROSS x ALONG x UP each
MOST_BLOCKS = 6000
MOST_PAIRS = 3_000_000  # of blocks that are tried side by side
STEPS = 16  # of the number of pieces along an axis
FILLED = 0.98  # of a general block at least


@compiled
def _known(table: Ints, key: int) -> bool:
    """Was it there? It is now."""
    at = key % len(table)
    while table[at] != 0 and table[at] != key:
        at = (at + 1) % len(table)
    there = table[at] == key
    table[at] = key
    return bool(there)


@compiled
def _admit(blocks: Ints, counts: Ints, table: Ints, n: int) -> int:
    """Take row n in if there is no block of the same size and pieces; how many there are then."""
    key = (blocks[n, LONG] << 34) ^ (blocks[n, BROAD] << 17) ^ blocks[n, TALL]
    for k in range(counts.shape[1]):
        key = (key * 1_000_003) ^ (counts[n, k] + k)
    key = (key & 0x7FFFFFFFFFFFFFF) | 1
    return n if _known(table, key) else n + 1


@compiled
def build(kinds: Ints, left: Ints, box: Ints, blocks: Ints, counts: Ints, table: Ints, exact: bool) -> int:
    """Blocks of what is left, for the box; how many. exact: without any gap, so that what stands on one is carried everywhere."""
    n, most = 0, len(blocks) - 1
    to_come = 0
    for k in range(len(kinds)):
        to_come += kinds[k, WAYS]
    for k in range(len(kinds)):
        for way in range(kinds[k, WAYS]):
            dx, dy, dz = kinds[k, WAY + 3 * way], kinds[k, WAY + 3 * way + 1], kinds[k, WAY + 3 * way + 2]
            mx, my, mz = box[LENGTH] // dx, box[WIDE] // dy, 1 if kinds[k, FRAGILE] and dz <= box[HEIGHT] else box[HEIGHT] // dz
            until = n + (most * 2 // 3 - n) // to_come  # a share of the simple blocks, the larger ones first
            to_come -= 1
            mx = min(mx, left[k])
            for nx in range(mx, 0, -max(1, mx // STEPS)):
                ny_most = min(my, left[k] // nx)
                for ny in range(ny_most, 0, -max(1, ny_most // STEPS)):
                    nz_most = min(mz, left[k] // (nx * ny))
                    for nz in range(nz_most, 0, -max(1, nz_most // STEPS)):
                        if n >= until:
                            break
                        b, some = blocks[n], nx * ny * nz
                        b[LONG], b[BROAD], b[TALL], b[GOODS], b[LOAD] = nx * dx, ny * dy, nz * dz, some * kinds[k, SHARE], some * kinds[k, WEIGHT]
                        b[UPRIGHT], b[ONE], b[TWO], b[AXIS], b[ACROSS], b[ALONG], b[UP] = kinds[k, FRAGILE], k, some, -1, dx, dy, dz
                        for o in range(len(kinds)):
                            counts[n, o] = some if o == k else 0
                        if b[LOAD] <= box[MAX_LOAD]:
                            n = _admit(blocks, counts, table, n)
    pairs, one = 0, 0
    share = 1.0 if exact else FILLED
    while one < n and pairs < MOST_PAIRS and n < most:
        a = blocks[one]
        for two in range(one + 1):
            b = blocks[two]
            if a[UPRIGHT] or b[UPRIGHT]:
                continue
            for axis in range(3):
                p, q = (axis + 1) % 3, (axis + 2) % 3
                high, wide = max(a[p], b[p]), max(a[q], b[q])
                long = a[axis] + b[axis]
                if long > box[axis] or (a[GOODS] + b[GOODS]) < share * long * high * wide or n == most or a[LOAD] + b[LOAD] > box[MAX_LOAD]:
                    continue
                enough = True
                for k in range(len(kinds)):
                    counts[n, k] = counts[one, k] + counts[two, k]
                    enough = enough and counts[n, k] <= left[k]
                if enough:
                    c = blocks[n]
                    c[axis], c[p], c[q], c[GOODS], c[LOAD] = long, high, wide, a[GOODS] + b[GOODS], a[LOAD] + b[LOAD]
                    c[UPRIGHT], c[ONE], c[TWO], c[AXIS] = 0, one, two, axis
                    n = _admit(blocks, counts, table, n)
        pairs += one + 1
        one += 1
    return n


@compiled
def reach(edges: Ints, lengths: Ints) -> None:
    """lengths[i]: the greatest length up to i that edges make up."""
    good = np.zeros(len(lengths), np.bool_)
    good[0] = True
    last = 0
    for i in range(len(lengths)):
        for e in edges:
            if e <= i and good[i - e]:
                good[i] = True
                break
        if good[i]:
            last = i
        lengths[i] = last
