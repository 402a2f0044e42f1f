"""Simulated annealing over batches (Kirkpatrick, Gelatt and Vecchi 1983), compiled: up to two orders change places with up to two of another cart."""

from __future__ import annotations

import numpy as np

from packhorse.kernels.compiled import compiled
from packhorse.kernels.picking.carts import Carts, note, price, put, take
from packhorse.kernels.picking.matrix_walks import below
from packhorse.kernels.picking.terrain import BLOCKS, MATRIX, Ints, Terrain, Words
from packhorse.kernels.picking.walks import rough


@compiled
def _draw(c: Carts, cart: int, moved: Ints, some: int, always: int) -> int:
    """`some` random orders of the cart into `moved`, `always` (if not -1) the first; -> how many."""
    n = 0
    if always >= 0 and some > 0:
        moved[0], n = always, 1
    while n < min(some, c.held[cart]):
        order = c.first[cart]
        for _ in range(below(c.rng, c.held[cart])):
            order = c.after[order]
        if n == 0 or order != moved[0]:
            moved[n] = order
            n += 1
    return n


@compiled
def _exchange(t: Terrain, c: Carts, cart: int, out: Ints, gone: int, come: Ints, new: int, union: Words) -> float:
    """Metres of the cart without `gone` orders and with `new` ones; its stops are left in `union` if it had to be measured."""
    key = c.keys[cart]
    for i in range(gone):
        key ^= c.names[out[i]]
    for i in range(new):
        key ^= c.names[come[i]]
    if c.held[cart] - gone + new == 0:
        return 0.0
    slot = key & np.uint64(len(c.known_keys) - 1)
    if c.known_keys[slot] == key:
        return float(c.known_metres[slot])
    _stops(c, cart, out, gone, come, new, union)
    return price(t, c, key, union)


@compiled
def _stops(c: Carts, cart: int, out: Ints, gone: int, come: Ints, new: int, union: Words) -> None:
    if gone == 0:
        union[:] = c.unions[cart]
    else:
        c.ops[0] += np.uint64(c.held[cart] * len(union))
        union[:] = 0
        order = c.first[cart]
        while order >= 0:
            if order != out[0] and (gone < 2 or order != out[1]):
                for w in range(len(union)):
                    union[w] |= c.sets[order, w]
            order = c.after[order]
    for i in range(new):
        for w in range(len(union)):
            union[w] |= c.sets[come[i], w]


@compiled
def _at_least(t: Terrain, c: Carts, cart: int, gone: Ints, many: int, union: Words) -> float:
    """Less than the metres of the cart when these are gone and others have come: a tour over more stops is never shorter where tours are shortest."""
    if t.kind == MATRIX or many > 1:
        return 0.0
    return c.metres[cart] if many == 0 else _exchange(t, c, cart, gone, 1, gone, 0, union)


@compiled
def _apply(c: Carts, a: int, b: int, out: Ints, gone: int, come: Ints, new: int, union: Words) -> None:
    _stops(c, a, out, gone, come, new, union)
    c.unions[a, :] = union
    _stops(c, b, come, new, out, gone, union)
    c.unions[b, :] = union
    for i in range(gone):
        take(c, out[i])
    for i in range(new):
        take(c, come[i])
    for i in range(gone):
        put(c, out[i], b)
    for i in range(new):
        put(c, come[i], a)


@compiled
def anneal(t: Terrain, c: Carts, carts: int, temperature: float, slack: float, budget: int, tries: int) -> int:
    """At one temperature over the first `carts` carts, until so many steps are taken or exchanges tried; -> how many were tried."""
    n, tried, until = len(c.sizes), 0, c.ops[0] + np.uint64(budget)
    union, out, come = np.empty(t.words, np.uint64), np.empty(2, np.int32), np.empty(2, np.int32)
    many = c.near.shape[1]
    while c.ops[0] < until and tried < tries:
        c.ops[0] += np.uint64(60)
        tried += 1
        order, dice = below(c.rng, n), below(c.rng, 16)
        a = c.home[order]
        b = c.home[c.near[order, below(c.rng, many)]] if many and dice < 12 else below(c.rng, carts)
        if a == b:
            continue
        dice = below(c.rng, 16)
        gone = _draw(c, a, out, 2 if dice < 4 else 1, order)
        new = _draw(c, b, come, 0 if dice in (2, 3, 4, 5, 6, 7) else 2 if dice in (0, 1, 8) else 1, -1)
        change = 0.0
        for i in range(gone):
            change += c.sizes[out[i]]
        for i in range(new):
            change -= c.sizes[come[i]]
        if c.load[b] + change > c.capacity or c.load[a] - change > c.capacity:
            continue
        if c.held[b] + gone - new > c.compartments or c.held[a] - gone + new > c.compartments:
            continue
        if c.held[a] == gone and c.held[b] == new:
            continue
        dice = below(c.rng, 1 << 30)
        allowed = c.metres[a] + c.metres[b] - temperature * np.log((dice + 1) / (1 << 30))
        rough_a, rough_b = 0.0, 0.0
        if t.kind == BLOCKS:  # the tours are slow to measure: not for exchanges that look bad
            _stops(c, a, out, gone, come, new, union)
            rough_a = rough(t, c.ops, union)
            _stops(c, b, come, new, out, gone, union)
            rough_b = rough(t, c.ops, union)
            if c.metres[a] + c.metres[b] + rough_a + rough_b - c.rough[a] - c.rough[b] >= allowed + slack:
                continue
        c.ops[0] += np.uint64(100)
        metres_a = _exchange(t, c, a, out, gone, come, new, union)
        if metres_a + _at_least(t, c, b, come, new, union) >= allowed:
            continue
        metres_b = _exchange(t, c, b, come, new, out, gone, union)
        if metres_a + metres_b >= allowed:
            continue
        c.total[0] += metres_a + metres_b - c.metres[a] - c.metres[b]
        c.metres[a], c.metres[b] = metres_a, metres_b
        c.rough[a], c.rough[b] = rough_a, rough_b
        _apply(c, a, b, out, gone, come, new, union)
        note(c)
    return tried
