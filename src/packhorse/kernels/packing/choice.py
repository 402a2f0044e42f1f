"""Choose boxes for one order, compiled: the cheapest box that takes all pieces, or the cheapest several.

Improving is ruin and recreate (Schrimpf et al. 2000): the contents of a few boxes are taken out and packed anew, into one box, or into two parts by chance, or box by box.
"""

from __future__ import annotations

import numpy as np

from packhorse.kernels.compiled import compiled, inlined
from packhorse.kernels.packing.filling import fill
from packhorse.kernels.packing.flat import (
    ALONE,
    BASE,
    BEST,
    BOX,
    BY_COUNT,
    CHANCE,
    COSTS,
    DEEPEST,
    DIVISOR,
    FIRST,
    FRAGILE,
    GROUP,
    HEIGHT,
    KEPT,
    KIND,
    LEFT,
    LENGTH,
    LONGEST,
    MAX_LOAD,
    MEASURE,
    NX,
    NY,
    NZ,
    OBJECTIVE,
    ON_HAND,
    OTHER,
    OUTER,
    PART,
    PER_KG,
    RATIO,
    REST,
    ROUNDING,
    SEQUENCE,
    SHARE,
    SHIPS,
    SHORTEST,
    SINGLES,
    SPARE,
    SPLIT,
    TARE,
    VOLUME,
    WANTED,
    WAY,
    WAYS,
    WEIGHT,
    WIDE,
    WORK,
    Desk,
    Flat,
)
from packhorse.kernels.packing.searching import search
from packhorse.kernels.packing.spaces import Ints, add, copy, nothing

INFINITE = 1e300
QUICK = 6  # tries of one box in a fixed way, before chance
Price = tuple[float, float]


@compiled
def less(a: Price, b: Price) -> bool:
    """Does a come before b, rounding of sums aside?"""
    return a[0] < b[0] - 1e-7 or (a[0] <= b[0] + 1e-7 and a[1] < b[1])


@compiled
def price(f: Flat, box: int, load: int) -> Price:
    """What one box counts: cost or 1, then its volume."""
    if f.money[OBJECTIVE] == BY_COUNT:
        return 1.0, float(f.boxes[box, VOLUME])
    return cost(f, box, load), float(f.boxes[box, VOLUME])


@compiled
def cost(f: Flat, box: int, load: int) -> float:
    """Money for one parcel, as `Problem.cost`."""
    if not f.money[SHIPS]:
        return float(f.money[COSTS + box])
    step = int(f.money[DIVISOR]) * int(f.money[ROUNDING])
    billed = -(-max((load + f.boxes[box, TARE]) * int(f.money[DIVISOR]), f.boxes[box, OUTER]) // step) * int(f.money[ROUNDING])
    return float(f.money[COSTS + box] + f.money[BASE] + f.money[PER_KG] * billed / 1000)


@compiled
def draw(d: Desk, below: int) -> int:
    """A number from 0 to below - 1 (xorshift, Marsaglia 2003)."""
    x = np.uint64(d.tallies[CHANCE, 0])
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    d.tallies[CHANCE, 0] = np.int64(x)
    return int((x >> np.uint64(33)) % np.uint64(below))


@compiled
def arrange(f: Flat, d: Desk, order: int, key: int, blur: float, early: bool) -> None:
    """The kinds largest first by one of four measures, or densest first, blurred by chance; fragile ones last unless `early`."""
    lo, nk = f.orders[order, FIRST], f.orders[order + 1, FIRST] - f.orders[order, FIRST]
    kinds = f.kinds
    for k in range(nk):
        share, short = kinds[lo + k, SHARE], kinds[lo + k, SHORTEST]
        value = float(share if key == 0 else (kinds[lo + k, LONGEST] if key == 1 else (share // short if key == 2 else short)))
        if key == 4:
            value = kinds[lo + k, WEIGHT] / share
        if blur > 0.0:
            value *= 1.0 + blur * (draw(d, 2001) - 1000) / 1000.0
        if kinds[lo + k, FRAGILE] and not early:
            value -= 1e17
        at = k
        while at > 0 and d.values[MEASURE, at - 1] < value:
            d.values[MEASURE, at] = d.values[MEASURE, at - 1]
            d.tallies[SEQUENCE, at] = d.tallies[SEQUENCE, at - 1]
            at -= 1
        d.values[MEASURE, at] = value
        d.tallies[SEQUENCE, at] = k
    d.tallies[WORK, 0] += 2 * nk


@compiled
def by_chance(f: Flat, d: Desk, order: int) -> tuple[int, int]:
    """Arrange by chance; -> axis and lying by chance, layers more often than walls."""
    blur = (0.1, 0.3, 0.8)[draw(d, 3)]
    arrange(f, d, order, draw(d, 5), blur, draw(d, 4) == 0)
    return (2, 2, 2, 0, 1)[draw(d, 5)], draw(d, 3)


@compiled
def lies(f: Flat, kind: int, box: int) -> bool:
    """Could one piece lie in the empty box, and be borne?"""
    kinds, length, wide, height = f.kinds, f.boxes[box, LENGTH], f.boxes[box, WIDE], f.boxes[box, HEIGHT]
    if kinds[kind, WEIGHT] > f.boxes[box, MAX_LOAD]:
        return False
    for way in range(kinds[kind, WAYS]):  # noqa: SIM110 - the compiler knows no generators
        if kinds[kind, WAY + 3 * way] <= length and kinds[kind, WAY + 3 * way + 1] <= wide and kinds[kind, WAY + 3 * way + 2] <= height:
            return True
    return False


@compiled
def suits(f: Flat, order: int, box: int, amounts: Ints, volume: int, weight: int) -> bool:
    """Might the box take all of it?"""
    if f.boxes[box, VOLUME] < volume or f.boxes[box, MAX_LOAD] < weight:
        return False
    lo = f.orders[order, FIRST]
    for k in range(f.orders[order + 1, FIRST] - lo):  # noqa: SIM110 - as above
        if amounts[k] and not lies(f, lo + k, box):
            return False
    return True


@compiled
def totals(f: Flat, order: int, amounts: Ints) -> tuple[int, int, int, bool]:
    """Pieces, volume, weight, and whether they may share a box."""
    lo, n, volume, weight, group, together = f.orders[order, FIRST], 0, 0, 0, -1, True
    kinds = f.kinds
    for k in range(f.orders[order + 1, FIRST] - lo):
        if amounts[k]:
            n += amounts[k]
            volume += amounts[k] * kinds[lo + k, SHARE]
            weight += amounts[k] * kinds[lo + k, WEIGHT]
            if kinds[lo + k, GROUP] >= 0:
                together = together and (group < 0 or group == kinds[lo + k, GROUP])
                group = kinds[lo + k, GROUP]
    return n, volume, weight, together


@compiled
def single(f: Flat, d: Desk, order: int, amounts: Ints, limit: Price, start: int, slot: int, tries: int, nodes: int, chance: bool) -> int:
    """The cheapest box below the limit that is found to take `amounts`: blocks from trial[start] on, where they end, the box in slots[slot]; else -1.

    tries: of each box, fixed ones first unless `chance`; nodes: of a search for few pieces after them.
    """
    n, volume, weight, together = totals(f, order, amounts)
    if not together or n == 0:
        return -1
    last: Price = (-1.0, -1.0)
    after = -1
    if n == 1:
        tries = min(tries, 1)
    while True:
        best: Price = limit
        chosen = -1
        for box in range(len(f.boxes)):  # the next one by price
            if d.tallies[ON_HAND, box] == 0:
                continue
            p = price(f, box, weight)
            if (p[0] > last[0] or (p[0] == last[0] and (p[1] > last[1] or (p[1] == last[1] and box > after)))) and less(p, best):
                best, chosen = p, box
        if chosen < 0:
            return -1
        last, after = best, chosen
        d.tallies[WORK, 0] += 4
        if not suits(f, order, chosen, amounts, volume, weight):
            continue
        for t in range(tries):
            axis, lying = 2, 0
            if chance or t >= QUICK:
                axis, lying = by_chance(f, d, order)
            else:
                key, axis, lying = ((0, 2, 0), (2, 2, 1), (1, 0, 0), (0, 0, 1), (1, 2, 2), (2, 1, 0))[t]
                arrange(f, d, order, key, 0.0, False)
            end = fill(f, d, order, chosen, slot, amounts, d.tallies[LEFT], start, axis, lying, True)
            if end >= 0:
                return end
        if 1 < n <= DEEPEST and nodes:
            arrange(f, d, order, 0, 0.0, True)
            end = search(f, d, order, chosen, slot, amounts, start, nodes * 10 if n <= 3 else nodes)
            if end >= 0:
                return end


@compiled
def loaded(f: Flat, d: Desk, start: int, end: int, order: int, amounts: Ints) -> tuple[int, int]:
    """Volume and weight of the blocks from start to end; their pieces into `amounts`."""
    nothing(amounts)
    volume, weight = 0, 0
    for i in range(start, end):
        b = d.trial[i]
        n = b[NX] * b[NY] * b[NZ]
        amounts[b[KIND] - f.orders[order, FIRST]] += n
        volume += n * f.kinds[b[KIND], SHARE]
        weight += n * f.kinds[b[KIND], WEIGHT]
    return volume, weight


@compiled
def cheapest(f: Flat, d: Desk) -> Price:
    """The least that any box counts."""
    least: Price = (INFINITE, INFINITE)
    for box in range(len(f.boxes)):
        if d.tallies[ON_HAND, box] != 0 and less(price(f, box, 0), least):
            least = price(f, box, 0)
    return least


@compiled
def plus(a: Price, b: Price) -> Price:
    """Part by part."""
    return a[0] + b[0], a[1] + b[1]


@compiled
def minus(a: Price, b: Price) -> Price:
    """Part by part."""
    return a[0] - b[0], a[1] - b[1]


@inlined
def first_box(f: Flat, d: Desk, order: int, limit: Price, start: int, slot: int, axis: int, lying: int, rank: int) -> int:
    """Which box to fill with REST first where several are needed: that which costs least for the volume it takes, or the rank-th such, or below 0 any; -1 if none."""
    least = cheapest(f, d)
    worth = 0
    for box in range(len(f.boxes)):
        d.values[RATIO, box] = INFINITE
        if d.tallies[ON_HAND, box] == 0 or not less(plus(price(f, box, 0), least), limit):
            continue
        if rank < 0:
            d.values[RATIO, box] = float(draw(d, 1000))
            continue
        end = fill(f, d, order, box, slot, d.tallies[REST], d.tallies[LEFT], start, axis, lying, False)
        volume, weight = loaded(f, d, start, end, order, d.tallies[SPARE])
        if volume:
            p = price(f, box, weight)
            d.values[RATIO, box] = (p[0] + 1e-12 * p[1]) / volume
            worth += 1
    chosen = -1
    for _ in range(max(0, min(rank, worth - 1)) + 1):
        if chosen >= 0:
            d.values[RATIO, chosen] = INFINITE
        chosen = -1
        for box in range(len(f.boxes)):
            if d.values[RATIO, box] < INFINITE and (chosen < 0 or d.values[RATIO, box] < d.values[RATIO, chosen]):
                chosen = box
    return chosen


@inlined
def several(f: Flat, d: Desk, order: int, limit: Price, start: int, slot: int, axis: int, lying: int, rank: int, nodes: int) -> tuple[int, int, Price]:
    """WANTED box by box in the desk's sequence, until one box takes the rest: where the blocks (-1: the limit is passed) and the slots end, and the price.

    rank: of the first box, as `first_box`. What no box is left for stays in REST, where there is no limit.
    """
    copy(d.tallies[REST], d.tallies[WANTED])
    copy(d.tallies[KEPT], d.tallies[SEQUENCE])
    spent, begun, going = (0.0, 0.0), slot, True
    while going:
        end = single(f, d, order, d.tallies[REST], minus(limit, spent), start, slot, 2, nodes, False)
        copy(d.tallies[SEQUENCE], d.tallies[KEPT])
        if end >= 0:
            going = False
        else:
            box = first_box(f, d, order, minus(limit, spent), start, slot, axis, lying, rank if slot == begun else 0)
            if box >= 0:
                end = fill(f, d, order, box, slot, d.tallies[REST], d.tallies[LEFT], start, axis, lying, False)
            if box < 0 or end == start:
                if box >= 0 or limit[0] < INFINITE:
                    start = -1
                break
        _, weight = loaded(f, d, start, end, order, d.tallies[PART])
        add(d.tallies[REST], d.tallies[PART], -1)
        spent = plus(spent, price(f, d.trial[start, BOX], weight))
        d.tallies[ON_HAND, d.trial[start, BOX]] -= 1
        slot += 1
        start = end
    return start, slot, spent


@inlined
def every_way(f: Flat, d: Desk, order: int, limit: Price, start: int, slot: int, nodes: int) -> tuple[int, int, Price]:
    """WANTED, a few pieces, parted in every way, each part in the cheapest box found: as `several`. A dynamic program over subsets; boxes are unlimited."""
    m = 0
    for k in range(f.orders[order + 1, FIRST] - f.orders[order, FIRST]):
        for _ in range(d.tallies[WANTED, k]):
            d.tallies[SINGLES, m] = k
            m += 1
    alone, best = d.values[ALONE : ALONE + 2], d.values[BEST : BEST + 2]
    best[0, 0], best[1, 0] = 0.0, 0.0
    for subset in range(1, 1 << m):
        alone[0, subset] = INFINITE
        best[0, subset] = INFINITE
        best[1, subset] = INFINITE
        end = _subset(f, d, order, subset, m, limit, start, slot, nodes)
        if end >= 0:
            _, weight = loaded(f, d, start, end, order, d.tallies[SPARE])
            alone[0, subset], alone[1, subset] = price(f, d.trial[start, BOX], weight)
        inner = subset
        while inner:  # the box of the first piece, and the best of the rest
            if inner & subset & -subset and alone[0, inner] < INFINITE and best[0, subset ^ inner] < INFINITE:
                both = plus((alone[0, inner], alone[1, inner]), (best[0, subset ^ inner], best[1, subset ^ inner]))
                if less(both, (best[0, subset], best[1, subset])):
                    best[0, subset], best[1, subset] = both
                    d.tallies[SPLIT, subset] = inner
            inner = (inner - 1) & subset
    rest = (1 << m) - 1
    spent = (best[0, rest], best[1, rest])
    if not less(spent, limit):
        start, rest = -1, 0
    while rest:
        start = _subset(f, d, order, d.tallies[SPLIT, rest], m, limit, start, slot, nodes)
        slot += 1
        rest ^= d.tallies[SPLIT, rest]
    nothing(d.tallies[REST])
    return start, slot, spent


@inlined
def _subset(f: Flat, d: Desk, order: int, subset: int, m: int, limit: Price, start: int, slot: int, nodes: int) -> int:
    """As `single`, for some of the pieces."""
    nothing(d.tallies[OTHER])
    for p in range(m):
        if subset >> p & 1:
            d.tallies[OTHER, d.tallies[SINGLES, p]] += 1
    return single(f, d, order, d.tallies[OTHER], limit, start, slot, 2, nodes, False)


@inlined
def halved(f: Flat, d: Desk, order: int, limit: Price, start: int, slot: int, nodes: int) -> tuple[int, int, Price]:
    """WANTED in two parts by chance, each in the cheapest box found: as `several`. Pieces of one group stay together."""
    lo = f.orders[order, FIRST]
    bits, share = draw(d, 1 << 20), draw(d, 5)
    for k in range(f.orders[order + 1, FIRST] - lo):
        wanted, group = d.tallies[WANTED, k], f.kinds[lo + k, GROUP]
        if group >= 0:
            part = wanted if bits >> (group % 20) & 1 else 0
        elif share == 4:
            part = draw(d, wanted + 1)
        else:
            part = wanted if draw(d, 4) <= share else 0
        d.tallies[OTHER, k], d.tallies[REST, k] = part, wanted - part
    spent = (0.0, 0.0)
    for half in range(2):
        room = minus(limit, spent)
        end = single(f, d, order, d.tallies[OTHER], room if half else minus(room, cheapest(f, d)), start, slot, 2, nodes, True)
        if end < 0:
            start = -1
            break
        _, weight = loaded(f, d, start, end, order, d.tallies[SPARE])
        box = d.trial[start, BOX]
        spent = plus(spent, price(f, box, weight))
        d.tallies[ON_HAND, box] -= 1
        copy(d.tallies[OTHER], d.tallies[REST])
        start = end
        slot += 1
    nothing(d.tallies[REST])
    return start, slot, spent
