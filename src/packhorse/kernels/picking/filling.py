"""As few carts as possible: one after the other is filled to the brim (Gupta and Ho's minimum bin slack, Production Planning & Control 10, 1999), compiled.

The savings plan follows the metres; where capacity is tight it needs a cart more than there must be, and exchanges between full carts hardly ever get rid of one.
"""

from __future__ import annotations

import numpy as np

from packhorse.kernels.compiled import compiled
from packhorse.kernels.picking.terrain import Floats, Ints, Words

NODES = 20_000  # of the search for the fullest load of one cart
_LEAST = 1e-9


@compiled
def fill(sizes: Floats, order: Ints, capacity: float, compartments: int, ops: Words, home: Ints) -> int:
    """The cart of each order into `home`; -> how many carts. `order`: the orders from the largest down; the largest that is left goes onto each cart, with those that fill it best."""
    n, carts = len(order), 0
    home[:] = -1
    left, chosen, best = order.copy(), np.empty(n, np.int32), np.empty(n, np.int32)
    count = n
    while count > 0:
        # depth first over the orders left, larger ones first: positions in `left`
        load, most, many, depth, at, nodes = sizes[left[0]], -1.0, 0, 1, 1, 0
        chosen[0] = 0
        while True:
            nodes += 1
            if load > most + _LEAST:
                most, many = load, depth
                best[:depth] = chosen[:depth]
            if most > capacity - _LEAST or nodes > NODES:
                break
            while at < count and (depth >= compartments or load + sizes[left[at]] > capacity):
                at = count if depth >= compartments else at + 1
            if at < count:
                chosen[depth] = at
                load += sizes[left[at]]
                depth += 1
                at += 1
                continue
            if depth == 1:
                break
            depth -= 1
            load -= sizes[left[chosen[depth]]]
            at = chosen[depth] + 1
            while at < count and sizes[left[at]] == sizes[left[chosen[depth]]]:
                at += 1  # one of the same size is no other load
        ops[0] += np.uint64(4 * nodes)
        for i in range(many):
            home[left[best[i]]] = carts
        kept = 0
        for i in range(count):
            if home[left[i]] < 0:
                left[kept] = left[i]
                kept += 1
        count = kept
        carts += 1
    return carts
