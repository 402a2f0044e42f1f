"""Search for a packing of a few pieces in one box, compiled: every sequence, every way to lie, every corner of every empty maximal space, until the nodes are used up.

`exact` is the same in Python, without an end.
"""

from __future__ import annotations

from packhorse.kernels.compiled import compiled
from packhorse.kernels.packing.filling import place, stands, write
from packhorse.kernels.packing.flat import (
    COUNTS,
    DX,
    DY,
    DZ,
    FIRST,
    FRAGILE,
    HEIGHT,
    LENGTH,
    MANY,
    NEXT,
    PIECES,
    PLACED,
    SEQUENCE,
    SHORTEST,
    SUPPORT,
    USED,
    WAY,
    WAYS,
    WIDE,
    WORK,
    Desk,
    Flat,
    X,
    Y,
    Z,
)
from packhorse.kernels.packing.spaces import Ints, begin, copy


@compiled
def _options(f: Flat, d: Desk, depth: int, m: int, box: int, start: int) -> int:
    """Where which of the pieces that are not placed may go now; 0 if one of them cannot go anywhere any more."""
    n, end = 0, start + depth
    support, height, options = f.money[SUPPORT], f.boxes[box, HEIGHT], d.options[depth]
    kinds, spaces, b = f.kinds, d.spaces[depth], d.trial
    for p in range(m):
        kind = d.tallies[PIECES, p]
        if d.tallies[USED, p] or (p > 0 and d.tallies[PIECES, p - 1] == kind and not d.tallies[USED, p - 1]):
            continue
        hope = False
        for i in range(d.tallies[COUNTS, depth]):
            s0, s1, z, s3, s4, s5 = spaces[i, 0], spaces[i, 1], spaces[i, 2], spaces[i, 3], spaces[i, 4], spaces[i, 5]
            if kinds[kind, FRAGILE] and s5 < height:
                continue
            free = z == 0 or support == 0.0
            for way in range(kinds[kind, WAYS]):
                dx, dy, dz = kinds[kind, WAY + 3 * way], kinds[kind, WAY + 3 * way + 1], kinds[kind, WAY + 3 * way + 2]
                if dx > s3 - s0 or dy > s4 - s1 or dz > s5 - z:
                    continue
                hope = True
                for corner in range(start - 1, start if free else end):
                    x, y = s0, s1
                    if corner >= start:
                        bx, by = b[corner, X], b[corner, Y]
                        if b[corner, Z] + b[corner, DZ] != z or bx >= s3 or by >= s4 or bx + b[corner, DX] <= x or by + b[corner, DY] <= y:
                            continue
                        if bx <= x and by <= y:
                            continue
                        x, y = max(x, bx), max(y, by)
                    if x + dx > s3 or y + dy > s4 or n == len(options):
                        continue
                    if free or stands(f, d, start, end, x, y, z, (dx, dy, dz, 1, 1, 1)):
                        options[n, 0], options[n, 1], options[n, 2], options[n, 3] = p, x, y, z
                        options[n, 4], options[n, 5], options[n, 6] = dx, dy, dz
                        n += 1
            d.tallies[WORK, 0] += 4
        if not hope:
            return 0
    return n


@compiled
def search(f: Flat, d: Desk, order: int, box: int, slot: int, amounts: Ints, start: int, nodes: int) -> int:
    """All of `amounts`, at most DEEPEST pieces, in the box: blocks from trial[start] on, where they end; -1 if no packing is found. The desk's sequence is the order in
    which pieces are tried.
    """
    lo, nk, m = f.orders[order, FIRST], f.orders[order + 1, FIRST] - f.orders[order, FIRST], 0
    for i in range(nk):
        k = d.tallies[SEQUENCE, i]
        for _ in range(amounts[k]):
            d.tallies[PIECES, m], d.tallies[USED, m] = lo + k, 0
            m += 1
    d.tallies[COUNTS, 0] = begin(d.spaces[0], f.boxes[box, LENGTH], f.boxes[box, WIDE], f.boxes[box, HEIGHT])
    depth = 0
    d.tallies[NEXT, 0], d.tallies[MANY, 0] = 0, _options(f, d, 0, m, box, start)
    while True:
        if d.tallies[NEXT, depth] == d.tallies[MANY, depth]:
            depth -= 1
            if depth < 0 or nodes <= 0:
                return -1
            d.tallies[USED, d.tallies[PLACED, depth]] = 0
            continue
        o = d.options[depth, d.tallies[NEXT, depth]]
        d.tallies[NEXT, depth] += 1
        p = o[0]
        write(d, start + depth, slot, box, d.tallies[PIECES, p], o[1], o[2], o[3], (o[4], o[5], o[6], 1, 1, 1))
        if depth + 1 == m:
            return start + m
        nodes -= 1
        if nodes <= 0:
            return -1
        d.tallies[USED, p] = 1
        d.tallies[PLACED, depth] = p
        least = 1 << 40
        for q in range(m):
            if not d.tallies[USED, q]:
                least = min(least, f.kinds[d.tallies[PIECES, q], SHORTEST])
        for i in range(d.tallies[COUNTS, depth]):
            copy(d.spaces[depth + 1, i], d.spaces[depth, i])
        d.tallies[COUNTS, depth + 1] = d.tallies[COUNTS, depth]
        depth += 1
        place(f, d, depth, box, start + depth - 1, least, 2)
        d.tallies[NEXT, depth], d.tallies[MANY, depth] = 0, _options(f, d, depth, m, box, start)
