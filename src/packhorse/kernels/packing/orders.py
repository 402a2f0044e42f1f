"""Pack many orders, compiled: each quickly first, then attempts at something cheaper, in rounds of growing length.

The order's solution lies in `Flat` (blocks, slots, found, price); attempts are made in `Desk`.
"""

from __future__ import annotations

from packhorse.kernels.compiled import compiled, inlined
from packhorse.kernels.packing.choice import (
    INFINITE,
    Price,
    arrange,
    by_chance,
    cheapest,
    draw,
    every_way,
    halved,
    less,
    lies,
    minus,
    plus,
    price,
    several,
    single,
    suits,
    totals,
)
from packhorse.kernels.packing.flat import (
    ATTEMPTS,
    BLOCKS,
    BOX,
    BY_COUNT,
    CHANCE,
    DONE,
    FIRST,
    KIND,
    MAX_LOAD,
    NX,
    NY,
    NZ,
    OBJECTIVE,
    ON_HAND,
    PARTED,
    QUANTITY,
    REST,
    ROOM,
    SEED,
    SLOT,
    SLOTS,
    STOCK,
    TRIED_ALL,
    VOLUME,
    WANTED,
    WEIGHT,
    WORK,
    Desk,
    Flat,
)
from packhorse.kernels.packing.spaces import Ints, add, copy, nothing

ONE, HALVES, SEVERAL, SEVERAL_RANKED, EVERY = range(5)  # ways of an attempt
LEFT_OUT = 2  # column of `prices`: the volume that is in no box
FEW = 4  # so many pieces are parted in every way at first
WIDE = 3  # first boxes of a split that are followed
WIDE_UP_TO = 40  # pieces of an order for which they are
FIRST_NODES, NODES = 200, 60  # of searches
MANY_PIECES = 200  # above, fewer tries
PARTINGS = 8  # by chance, of an order that must be parted
BEFORE_ALL = 30  # attempts before all ways of parting are tried
MOST_TAKEN = 3  # boxes packed anew at a time


@compiled
def _hopeless(f: Flat, kind: int) -> bool:
    """Does one piece go into no box?"""
    for box in range(len(f.boxes)):  # noqa: SIM110 - the compiler knows no generators
        if f.boxes[box, STOCK] != 0 and lies(f, kind, box):
            return False
    return True


@compiled
def _wish(f: Flat, d: Desk, order: int) -> None:
    """Everything that fits some box is WANTED, and all boxes are in stock."""
    lo, nk = f.orders[order, FIRST], f.orders[order + 1, FIRST] - f.orders[order, FIRST]
    nothing(d.tallies[WANTED])
    for k in range(nk):
        d.tallies[WANTED, k] = 0 if _hopeless(f, lo + k) else f.kinds[lo + k, QUANTITY]
    for box in range(len(f.boxes)):
        d.tallies[ON_HAND, box] = f.boxes[box, STOCK]


@compiled
def _offer(f: Flat, d: Desk, order: int, end: int, slots: int, p: Price) -> bool:
    """trial is the order's solution, if it leaves less out or costs less than the one there is."""
    if end < 0:
        return False
    _, volume, _, _ = totals(f, order, d.tallies[REST])
    left = f.prices[order, LEFT_OUT]
    if volume > left or (volume == left and not less(p, (f.prices[order, 0], f.prices[order, 1]))):
        return False
    room = f.orders[order, ROOM]
    for i in range(end):
        copy(f.blocks[room + i], d.trial[i])
    f.orders[order, BLOCKS], f.orders[order, SLOTS] = end, slots
    f.prices[order, 0], f.prices[order, 1], f.prices[order, LEFT_OUT] = p[0], p[1], volume
    return True


@compiled
def _least(f: Flat, d: Desk, order: int, amounts: Ints, boxes: int) -> Price:
    """No packing of `amounts` in so many boxes or more counts less than this, by volume and load."""
    _, volume, weight, together = totals(f, order, amounts)
    bound: Price = (INFINITE, INFINITE)
    least = cheapest(f, d)
    ratio = INFINITE
    for one in range(len(f.boxes)):
        if d.tallies[ON_HAND, one] == 0:
            continue
        ratio = min(ratio, price(f, one, 0)[0] / f.boxes[one, VOLUME])
        if boxes <= 1 and together and suits(f, order, one, amounts, volume, weight) and less(price(f, one, weight), bound):
            bound = price(f, one, weight)
        for two in range(one, len(f.boxes)):
            enough = f.boxes[one, VOLUME] + f.boxes[two, VOLUME] >= volume and f.boxes[one, MAX_LOAD] + f.boxes[two, MAX_LOAD] >= weight
            if d.tallies[ON_HAND, two] != 0 and enough:
                both = plus(price(f, one, 0), price(f, two, 0))
                if less(both, bound):
                    bound = both
    more = max(3 * least[0], ratio * volume)
    three: Price = (-(-more // 1) if f.money[OBJECTIVE] == BY_COUNT else more, max(3 * least[1], float(volume)))
    return three if less(three, bound) else bound


@compiled
def _settle(f: Flat, d: Desk, order: int) -> None:
    """Note whether nothing can be cheaper."""
    _wish(f, d, order)
    best: Price = (f.prices[order, 0], f.prices[order, 1])
    f.orders[order, DONE] = f.orders[order, BLOCKS] == 0 or (f.prices[order, LEFT_OUT] == 0 and not less(_least(f, d, order, d.tallies[WANTED], 1), best))


@compiled
def _unlimited(f: Flat) -> bool:
    for box in range(len(f.boxes)):  # noqa: SIM110 - as above
        if f.boxes[box, STOCK] >= 0:
            return False
    return True


@inlined
def _take(f: Flat, d: Desk, order: int) -> tuple[int, int, Price]:
    """Take some boxes of the solution out: their contents, and what was left out, are WANTED, the others are in trial; how many blocks and boxes that is, and what
    was taken counts.
    """
    room, lo = f.orders[order, ROOM], f.orders[order, FIRST]
    slots = f.orders[order, SLOTS]
    copy(d.tallies[REST], d.tallies[WANTED])  # everything
    nothing(d.tallies[WANTED])
    some = min(slots, 1 + draw(d, MOST_TAKEN))
    kept, end, taken = 0, 0, (0.0, 0.0)
    for slot in range(slots):
        box, weight, out = -1, 0, draw(d, slots - slot) < some
        for i in range(f.orders[order, BLOCKS]):
            b = f.blocks[room + i]
            if b[SLOT] == slot:
                n, k = b[NX] * b[NY] * b[NZ], b[KIND] - lo
                box = b[BOX]
                d.tallies[REST, k] -= n
                weight += n * f.kinds[b[KIND], WEIGHT]
                if out:
                    d.tallies[WANTED, k] += n
                else:
                    copy(d.trial[end], b)
                    d.trial[end, SLOT] = kept
                    end += 1
        if out:
            some -= 1
            taken = plus(taken, price(f, box, weight))
        else:
            d.tallies[ON_HAND, box] -= 1
            kept += 1
    add(d.tallies[WANTED], d.tallies[REST], 1)
    return end, kept, taken


@inlined
def _begin(f: Flat, d: Desk, order: int) -> None:
    """Nothing is packed yet."""
    _wish(f, d, order)
    n, volume, _, _ = totals(f, order, d.tallies[WANTED])
    for column in range(BLOCKS, TRIED_ALL + 1):
        f.orders[order, column] = 0
    f.orders[order, DONE] = n == 0
    f.prices[order, 0], f.prices[order, 1], f.prices[order, LEFT_OUT] = 0.0, 0.0, volume


@compiled
def _next_way(f: Flat, d: Desk, order: int, step: int) -> tuple[int, int]:
    """What to try at first, as a way and the rank of the first box: one box; unless that must be cheapest, several, parted in every way if few, parted by chance if they may not
    share a box; -1 at the end."""
    if f.orders[order, DONE]:
        return -1, 0
    if step == 0:
        return ONE, 0
    n, _, _, together = totals(f, order, d.tallies[WANTED])
    best = (f.prices[order, 0], f.prices[order, 1])
    if f.orders[order, BLOCKS] and f.prices[order, LEFT_OUT] == 0 and not less(_least(f, d, order, d.tallies[WANTED], 2), best):
        return -1, 0
    ranks = WIDE if n <= WIDE_UP_TO else 1
    if step <= ranks:
        return SEVERAL, step - 1
    if step == ranks + 1 and n <= FEW and _unlimited(f):
        return EVERY, 0
    return (HALVES, 0) if not together and step <= ranks + PARTINGS else (-1, 0)


@inlined
def _attempt(
    f: Flat, d: Desk, order: int, limit: Price, start: int, slot: int, way: int, rank: int, tries: int, nodes: int, chance: bool
) -> tuple[int, int, Price]:
    """WANTED anew, in one of the ways: where blocks (-1: nothing found) and boxes end, and what they count."""
    end, slots, p = -1, slot, limit
    n, _, weight, _ = totals(f, order, d.tallies[WANTED])
    if way == ONE or n == 1:
        nothing(d.tallies[REST])
        end = single(f, d, order, d.tallies[WANTED], limit, start, slot, tries if n <= MANY_PIECES else 2, nodes, chance)
        if end >= 0:
            slots, p = slot + 1, price(f, d.trial[start, BOX], weight)
    elif way == EVERY:
        end, slots, p = every_way(f, d, order, limit, start, slot, nodes)
    elif way == HALVES:
        end, slots, p = halved(f, d, order, limit, start, slot, nodes)
    else:
        axis, lying = 2, 0
        if chance:
            axis, lying = by_chance(f, d, order)
        else:
            arrange(f, d, order, 0, 0.0, False)
        end, slots, p = several(f, d, order, limit, start, slot, axis, lying, rank, 0 if chance else nodes)
    return end, slots, p


@compiled
def work(f: Flat, d: Desk, at: int, end_at: int, starting: bool, quota: int, attempts: int, until: int) -> int:
    """Orders from `at` to before `end_at`, each for `quota` work and so many attempts, or `starting` as long as the first solution takes; ends with the order during which the work
    passes `until`; the next order.
    """
    while at < end_at and d.tallies[WORK, 0] < until:
        order, step, rank = at, 0, 0
        ops = d.tallies[WORK, 0] + quota
        d.tallies[CHANCE, 0] = f.orders[order, SEED]
        if starting:
            _begin(f, d, order)
        while True:
            _wish(f, d, order)
            start, kept, taken = 0, 0, (f.prices[order, 0], f.prices[order, 1])
            unpacked = f.prices[order, LEFT_OUT] > 0
            if starting:
                way, rank = _next_way(f, d, order, step)
                if way < 0:
                    break
            else:
                if step >= attempts or d.tallies[WORK, 0] >= ops or f.orders[order, DONE]:
                    break
                few = f.orders[order, ATTEMPTS] + step >= BEFORE_ALL and totals(f, order, d.tallies[WANTED])[0] <= PARTED
                if few and not f.orders[order, TRIED_ALL] and _unlimited(f):
                    f.orders[order, TRIED_ALL] = 1
                    way = EVERY
                else:
                    way = draw(d, 4)
                    rank = -1 if way == SEVERAL else 0
                    start, kept, taken = _take(f, d, order)
            step += 1
            total = minus((f.prices[order, 0], f.prices[order, 1]), taken)
            limit = (INFINITE, INFINITE) if unpacked else taken
            nodes = FIRST_NODES if starting else NODES
            end, slots, p = _attempt(f, d, order, limit, start, kept, way, rank, 6 if starting else 4, nodes, not starting)
            if _offer(f, d, order, end, slots, plus(total, p)) and not starting:
                _settle(f, d, order)
            d.tallies[WORK, 0] += 10
        if starting:
            _settle(f, d, order)
        f.orders[order, ATTEMPTS] += step
        f.orders[order, SEED] = d.tallies[CHANCE, 0]
        at += 1
    return at
