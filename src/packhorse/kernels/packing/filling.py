"""Fill one box, compiled: pieces in a given sequence, each kind in blocks as large as they go, each block into the first empty space that takes it.

Blocks of equal pieces keep an order of a thousand pieces quick: the work grows with kinds and layers, not with pieces.
"""

from __future__ import annotations

from packhorse.kernels.compiled import compiled
from packhorse.kernels.packing.flat import (
    BOX,
    COUNTS,
    DEEPEST,
    DX,
    DY,
    DZ,
    FIRST,
    FRAGILE,
    GROUP,
    HEIGHT,
    KIND,
    LENGTH,
    MAX_LOAD,
    NX,
    NY,
    NZ,
    SEQUENCE,
    SHORTEST,
    SLOT,
    SUPPORT,
    WAY,
    WAYS,
    WEIGHT,
    WIDE,
    WORK,
    Desk,
    Flat,
    X,
    Y,
    Z,
)
from packhorse.kernels.packing.spaces import MOST, Ints, begin, cut

TIGHT, FLAT, LONG = range(3)  # how pieces lie: with the least gap, flat, or their long side along x
NOWHERE = (0, 0, 0, 0, 0, 0)


@compiled
def shape(kinds: Ints, kind: int, want: int, across: int, along: int, up: int, lying: int) -> tuple[int, int, int, int, int, int]:
    """The best block for a space: most pieces, then as `lying` likes them; dx, dy, dz, nx, ny, nz, all 0 if not one goes in."""
    best = NOWHERE
    most, liked, spare = 0, 0, 0
    for way in range(kinds[kind, WAYS]):
        dx, dy, dz = kinds[kind, WAY + 3 * way], kinds[kind, WAY + 3 * way + 1], kinds[kind, WAY + 3 * way + 2]
        if dx > across or dy > along or dz > up:
            continue
        mx, my, mz, variants = 1, 1, 1, 1
        if want > 1:
            mx, my, mz = across // dx, along // dy, 1 if kinds[kind, FRAGILE] else up // dz
            if mx * my * mz > want:
                variants = 4
        for variant in range(variants):
            nx, ny, nz = mx, my, mz
            if variants == 4:  # as many as are wanted, one axis after the other
                if variant == 0:
                    nx = min(mx, want)
                    ny = min(my, want // nx)
                    nz = min(mz, want // (nx * ny))
                elif variant == 1:
                    ny = min(my, want)
                    nx = min(mx, want // ny)
                    nz = min(mz, want // (nx * ny))
                elif variant == 2:
                    nz = min(mz, want)
                    nx = min(mx, want // nz)
                    ny = min(my, want // (nx * nz))
                else:
                    nz = min(mz, want)
                    ny = min(my, want // nz)
                    nx = min(mx, want // (ny * nz))
            sx, sy, sz = across - nx * dx, along - ny * dy, up - nz * dz
            liking = -min(sx, sy, sz) if lying == TIGHT else (-dz if lying == FLAT else dx)
            sparing = -(sx + sy + sz) if lying == TIGHT else -min(sx, sy)
            n = nx * ny * nz
            if n > most or (n == most and (liking > liked or (liking == liked and sparing > spare))):
                most, liked, spare = n, liking, sparing
                best = (dx, dy, dz, nx, ny, nz)
    return best


@compiled
def rested(f: Flat, d: Desk, start: int, end: int, x: int, y: int, z: int, dx: int, dy: int) -> int:
    """The area of a base that lies on the tops of the blocks from start to end."""
    area, kinds, b = 0, f.kinds, d.trial
    for i in range(start, end):
        if b[i, Z] + b[i, NZ] * b[i, DZ] == z and not kinds[b[i, KIND], FRAGILE]:
            across = min(b[i, X] + b[i, NX] * b[i, DX], x + dx) - max(b[i, X], x)
            if across > 0:
                along = min(b[i, Y] + b[i, NY] * b[i, DY], y + dy) - max(b[i, Y], y)
                if along > 0:
                    area += across * along
    d.tallies[WORK, 0] += end - start
    return area


@compiled
def stands(f: Flat, d: Desk, start: int, end: int, x: int, y: int, z: int, block: tuple[int, int, int, int, int, int]) -> bool:
    """Does every piece of the block's lowest layer rest on enough?"""
    dx, dy, _, nx, ny, _ = block
    area = rested(f, d, start, end, x, y, z, nx * dx, ny * dy)
    if area == nx * ny * dx * dy:
        return True
    needed = f.money[SUPPORT] * dx * dy
    if area < needed * nx * ny or nx * ny == 1:
        return bool(area >= needed * nx * ny)
    for i in range(nx):
        for j in range(ny):
            if rested(f, d, start, end, x + i * dx, y + j * dy, z, dx, dy) < needed:
                return False
    return True


@compiled
def place(f: Flat, d: Desk, depth: int, box: int, at: int, least: int, axis: int) -> None:
    """Cut the block trial[at] out of the spaces of this depth; nothing comes above a fragile one."""
    b = d.trial[at]
    corner = d.spaces[DEEPEST + 1, MOST - 1]
    corner[0], corner[1], corner[2] = b[X], b[Y], b[Z]
    corner[3], corner[4], corner[5] = b[X] + b[NX] * b[DX], b[Y] + b[NY] * b[DY], b[Z] + b[NZ] * b[DZ]
    if f.kinds[b[KIND], FRAGILE]:
        corner[5] = f.boxes[box, HEIGHT]
    d.tallies[WORK, 0] += 4 + 2 * d.tallies[COUNTS, depth]
    d.tallies[COUNTS, depth] = cut(d.spaces[depth], d.tallies[COUNTS, depth], d.spaces[DEEPEST + 1, : MOST - 1], corner, least, axis, 0)


@compiled
def write(d: Desk, at: int, slot: int, box: int, kind: int, x: int, y: int, z: int, block: tuple[int, int, int, int, int, int]) -> None:
    """trial[at] is this block."""
    b = d.trial[at]
    b[SLOT], b[BOX], b[KIND], b[X], b[Y], b[Z] = slot, box, kind, x, y, z
    b[DX], b[DY], b[DZ], b[NX], b[NY], b[NZ] = block


@compiled
def put(f: Flat, d: Desk, box: int, slot: int, kind: int, want: int, start: int, end: int, least: int, axis: int, lying: int) -> int:
    """Place as many pieces as go in one block, at most `want`, in the first space that takes any; how many."""
    kinds, spaces, b = f.kinds, d.spaces, d.trial
    short, fragile, height, support = kinds[kind, SHORTEST], kinds[kind, FRAGILE], f.boxes[box, HEIGHT], f.money[SUPPORT]
    for i in range(d.tallies[COUNTS, 0]):
        s0, s1, z, s3, s4, s5 = spaces[0, i, 0], spaces[0, i, 1], spaces[0, i, 2], spaces[0, i, 3], spaces[0, i, 4], spaces[0, i, 5]
        up = s5 - z
        if s3 - s0 < short or s4 - s1 < short or up < short or (fragile and s5 < height):
            continue
        free = z == 0 or support == 0.0
        for corner in range(start - 1, start if free else end):  # the space's own corner, then those of the tops in it
            x, y = s0, s1
            if corner >= start:
                bx, by = b[corner, X], b[corner, Y]
                if b[corner, Z] + b[corner, NZ] * b[corner, DZ] != z or bx >= s3 or by >= s4:
                    continue
                if bx + b[corner, NX] * b[corner, DX] <= x or by + b[corner, NY] * b[corner, DY] <= y or (bx <= x and by <= y):
                    continue
                x, y = max(x, bx), max(y, by)
            for some in range(2):
                d.tallies[WORK, 0] += 3
                block = shape(kinds, kind, want if some == 0 else 1, s3 - x, s4 - y, up, lying)
                n = block[3] * block[4] * block[5]
                if n > 0 and (free or stands(f, d, start, end, x, y, z, block)):
                    write(d, end, slot, box, kind, x, y, z, block)
                    place(f, d, 0, box, end, least, axis)
                    return n
                if free or n <= 1:
                    break
    return 0


@compiled
def fill(f: Flat, d: Desk, order: int, box: int, slot: int, amounts: Ints, left: Ints, start: int, axis: int, lying: int, whole: bool) -> int:
    """Fill the box with `amounts` of the order's kinds in the desk's sequence, blocks from trial[start] on; where these end. `left`: what stays out.

    whole: -1 as soon as a piece stays out.
    """
    lo, nk = f.orders[order, FIRST], f.orders[order + 1, FIRST] - f.orders[order, FIRST]
    least = 1 << 40
    for k in range(nk):
        left[k] = amounts[k]
        if amounts[k]:
            least = min(least, f.kinds[lo + k, SHORTEST])
    d.tallies[COUNTS, 0] = begin(d.spaces[0], f.boxes[box, LENGTH], f.boxes[box, WIDE], f.boxes[box, HEIGHT])
    room, group, end = f.boxes[box, MAX_LOAD], -1, start
    for i in range(nk):
        k = d.tallies[SEQUENCE, i]
        own, weight = f.kinds[lo + k, GROUP], f.kinds[lo + k, WEIGHT]
        if left[k] == 0 or (own >= 0 and group >= 0 and own != group):
            if left[k] and whole:
                return -1
            continue
        want = min(left[k], room // weight) if weight else left[k]
        if whole and want < left[k]:
            return -1
        while want:
            n = put(f, d, box, slot, lo + k, want, start, end, least, axis, lying)
            if n == 0:
                break
            end += 1
            want -= n
            left[k] -= n
            room -= n * weight
            group = own if own >= 0 else group
        if whole and left[k]:
            return -1
    return end
