"""Empty maximal spaces: the largest empty cuboids of a partly filled box, each given by its lower and upper corner.

Source: Lai and Chan, "Developing a simulated annealing algorithm for the cutting stock problem", Computers & Industrial Engineering 32 (1997) 115-127.
"""

from __future__ import annotations

Cuboid = tuple[int, int, int, int, int, int]  # x0, y0, z0, x1, y1, z1


def cut(spaces: list[Cuboid], block: Cuboid, least: int) -> list[Cuboid]:
    """The spaces that are left once the block is in; those with an edge shorter than `least` are of no use and dropped."""
    bx0, by0, bz0, bx1, by1, bz1 = block
    kept: list[Cuboid] = []
    fresh: list[Cuboid] = []
    for space in spaces:
        x0, y0, z0, x1, y1, z1 = space
        if bx0 >= x1 or bx1 <= x0 or by0 >= y1 or by1 <= y0 or bz0 >= z1 or bz1 <= z0:
            kept.append(space)
            continue
        if bx0 - x0 >= least:
            fresh.append((x0, y0, z0, bx0, y1, z1))
        if x1 - bx1 >= least:
            fresh.append((bx1, y0, z0, x1, y1, z1))
        if by0 - y0 >= least:
            fresh.append((x0, y0, z0, x1, by0, z1))
        if y1 - by1 >= least:
            fresh.append((x0, by1, z0, x1, y1, z1))
        if bz0 - z0 >= least:
            fresh.append((x0, y0, z0, x1, y1, bz0))
        if z1 - bz1 >= least:
            fresh.append((x0, y0, bz1, x1, y1, z1))
    if not fresh:
        return kept
    fresh = list(dict.fromkeys(fresh))
    for n, (x0, y0, z0, x1, y1, z1) in enumerate(fresh):
        for a0, b0, c0, a1, b1, c1 in kept:  # what was kept was maximal and is not inside anything new
            if a0 <= x0 and b0 <= y0 and c0 <= z0 and a1 >= x1 and b1 >= y1 and c1 >= z1:
                break
        else:
            for m, (a0, b0, c0, a1, b1, c1) in enumerate(fresh):
                if m != n and a0 <= x0 and b0 <= y0 and c0 <= z0 and a1 >= x1 and b1 >= y1 and c1 >= z1:
                    break
            else:
                kept.append(fresh[n])
    return kept


def rested(x0: int, y0: int, x1: int, y1: int, tops: list[tuple[int, int, int, int]]) -> int:
    """The area of the rectangle that lies on these tops, which do not overlap each other."""
    area = 0
    for a0, b0, a1, b1 in tops:
        across = (a1 if a1 < x1 else x1) - (a0 if a0 > x0 else x0)  # noqa: FURB136 - min() costs a third of the time
        along = (b1 if b1 < y1 else y1) - (b0 if b0 > y0 else y0)  # noqa: FURB136 - as above
        if across > 0 and along > 0:
            area += across * along
    return area
