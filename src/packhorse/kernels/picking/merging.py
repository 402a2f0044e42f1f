"""The first plan: savings (Clarke and Wright 1964), worked out anew after each merger (de Koster, van der Poort and Wolters 1999), compiled."""

from __future__ import annotations

import heapq

import numpy as np

from packhorse.kernels.compiled import compiled
from packhorse.kernels.picking.carts import Carts, measure, price, put, take
from packhorse.kernels.picking.terrain import Floats, Ints, Longs, Terrain
from packhorse.kernels.picking.walks import likeness


@compiled
def _highest(values: Floats, found: int, many: int) -> Ints:
    """The positions of the `many` highest among the first `found` values, from the highest down; of equal ones the earlier."""
    chosen, count = np.empty(min(many, found), np.int32), 0
    for i in range(found):
        if count == len(chosen) and (count == 0 or values[i] <= values[chosen[count - 1]]):
            continue
        at = count if count < len(chosen) else count - 1
        count = at + 1
        while at > 0 and values[chosen[at - 1]] < values[i]:
            chosen[at] = chosen[at - 1]
            at -= 1
        chosen[at] = i
    return chosen


@compiled
def neighbours(t: Terrain, c: Carts, many: int, measured: int) -> Ints:
    """For each order the `many` others with which it seems best to walk; for the `measured` likeliest the saving is measured."""
    n = len(c.sizes)
    many = min(many, n - 1)
    near = np.empty((n, many), np.int32)
    guess, union, saved, alone = np.empty(n), np.empty(t.words, np.uint64), np.empty(n), np.empty(n)
    for i in range(n):
        alone[i] = price(t, c, c.names[i], c.sets[i])
    for i in range(n):
        c.ops[0] += np.uint64(n * (2 * t.words + 20))
        for j in range(n):
            far = i == j or c.sizes[i] + c.sizes[j] > c.capacity
            guess[j] = (-2e9 if i == j else -1e9 if far else 0.0) + likeness(t, c.sets[i], c.sets[j])
        likely = _highest(guess, n, min(max(many, measured), n - 1))
        if measured > 0:
            for k in range(len(likely)):
                j = likely[k]
                union[:] = c.sets[i] | c.sets[j]
                saved[k] = (0.0 if guess[j] > -5e8 else -1e9) + alone[i] + alone[j] - price(t, c, c.names[i] ^ c.names[j], union)
            likely = likely[_highest(saved, len(likely), many)]
        near[i] = likely[:many]
    return near


@compiled
def _partners(c: Carts, a: int, all_carts: bool, partners: Ints, seen: Ints) -> int:
    """The carts that may be merged with `a`: all with room, or only those with an order near one of its own."""
    found = 0
    if all_carts:
        c.ops[0] += np.uint64(len(c.first) * 2)
        for b in range(len(c.first)):
            if b != a and c.held[b] and c.load[a] + c.load[b] <= c.capacity and c.held[a] + c.held[b] <= c.compartments:
                partners[found] = b
                found += 1
        return found
    order = c.first[a]
    while order >= 0:
        for other in c.near[order]:
            b = c.home[other]
            if b != a and seen[b] != a and c.load[a] + c.load[b] <= c.capacity and c.held[a] + c.held[b] <= c.compartments:
                seen[b] = a
                partners[found] = b
                found += 1
        order = c.after[order]
    for i in range(found):
        seen[partners[i]] = -1
    return found


@compiled
def _offer(t: Terrain, c: Carts, heap: list[tuple[float, int, int, int, int]], age: Longs, a: int, many: int, found: int, partners: Ints) -> None:
    """Put the savings of the likeliest partners of cart `a` into the heap."""
    guess, union = np.empty(found), np.empty(t.words, np.uint64)
    c.ops[0] += np.uint64(found * (2 * t.words + 20))
    for i in range(found):
        guess[i] = likeness(t, c.unions[a], c.unions[partners[i]])
    for i in _highest(guess, found, many):
        b = partners[i]
        union[:] = c.unions[a] | c.unions[b]
        saved = c.metres[a] + c.metres[b] - price(t, c, c.keys[a] ^ c.keys[b], union)
        low, high = min(a, b), max(a, b)
        heapq.heappush(heap, (-saved, int(low), int(high), int(age[low]), int(age[high])))


@compiled
def merge(t: Terrain, c: Carts, many: int) -> None:
    """A cart per order; merge the two whose merger saves most while one fits on a cart. `many`: partners whose saving is measured, per cart.

    First between carts with orders near each other, where there are such lists; then, with what is left, between all.
    """
    n = len(c.sizes)
    for i in range(n):
        put(c, i, i)
        measure(t, c, i)
    age, partners, seen = np.zeros(len(c.first), np.int64), np.empty(len(c.first), np.int32), np.full(len(c.first), -1, np.int32)
    heap = [(0.0, 0, 0, -1, -1)]  # older than any
    all_carts, merged = c.near.shape[1] == 0, True
    while merged or not all_carts:
        all_carts, merged = all_carts or not merged, False
        for a in range(n):
            if c.held[a]:
                _offer(t, c, heap, age, a, many, _partners(c, a, all_carts, partners, seen), partners)
        while heap:
            _, a, b, age_a, age_b = heapq.heappop(heap)
            if age_a != age[a] or age_b != age[b] or not c.held[a] or not c.held[b]:
                continue
            while c.first[b] >= 0:
                order = c.first[b]
                take(c, order)
                put(c, order, a)
            measure(t, c, a)
            measure(t, c, b)
            age[a] += 1
            age[b] += 1
            _offer(t, c, heap, age, a, many, _partners(c, a, all_carts, partners, seen), partners)
            merged = True


@compiled
def renumber(c: Carts, home: Ints) -> int:
    """The carts in use numbered from 0; -> how many."""
    numbers, used = np.full(len(c.first), -1, np.int32), 0
    for order in range(len(home)):
        cart = c.home[order]
        if numbers[cart] < 0:
            numbers[cart] = used
            used += 1
        home[order] = numbers[cart]
    return used
