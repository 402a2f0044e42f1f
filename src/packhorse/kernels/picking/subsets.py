"""The shortest plan for few orders, proven: the metres of every batch, then a dynamic program over subsets (as Held and Karp 1962 for tours), compiled."""

from __future__ import annotations

import numpy as np

from packhorse.kernels.compiled import compiled
from packhorse.kernels.picking.carts import Carts
from packhorse.kernels.picking.terrain import Floats, Ints, Terrain
from packhorse.kernels.picking.walks import lowest, walk


@compiled
def every_batch(t: Terrain, c: Carts) -> Floats:
    """The metres of each subset of the orders, infinite if it does not fit on a cart."""
    n = len(c.sizes)
    metres, loads, counts = np.full(1 << n, np.inf), np.zeros(1 << n), np.zeros(1 << n, np.int32)
    unions = np.zeros((1 << n, t.words), np.uint64)
    metres[0] = 0.0
    for batch in range(1, 1 << n):
        order = lowest(np.uint64(batch))
        rest = batch & (batch - 1)
        loads[batch], counts[batch] = loads[rest] + c.sizes[order], counts[rest] + 1
        unions[batch] = unions[rest] | c.sets[order]
        if loads[batch] <= c.capacity and counts[batch] <= c.compartments:
            metres[batch] = walk(t, c.ops, unions[batch])
    return metres


@compiled
def best_of_all(c: Carts, metres: Floats) -> Ints:
    """The cart of each order in the shortest plan: the batch of the first order left, then the rest."""
    n = len(c.sizes)
    total, chosen = np.full(1 << n, np.inf), np.zeros(1 << n, np.int64)
    total[0] = 0.0
    for orders in range(1, 1 << n):
        others = orders & (orders - 1)
        first = orders ^ others
        some = others
        while True:
            batch = some | first
            if metres[batch] + total[orders ^ batch] < total[orders]:
                total[orders], chosen[orders] = metres[batch] + total[orders ^ batch], batch
            if some == 0:
                break
            some = (some - 1) & others
    home, cart, left = np.zeros(n, np.int32), 0, (1 << n) - 1
    while left:
        for order in range(n):
            if chosen[left] >> order & 1:
                home[order] = cart
        left ^= chosen[left]
        cart += 1
    return home
