"""The state of a search over batches, as arrays: who is on which cart, what each cart's tour walks, and what was met before.

The orders of a cart are a doubly linked list. A batch is known by the exclusive or of its orders' random keys (Zobrist 1970), under which its metres are remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from packhorse.kernels.compiled import compiled
from packhorse.kernels.picking.terrain import BLOCKS, Floats, Ints, Terrain, Words
from packhorse.kernels.picking.walks import rough, walk

REMEMBERED_BITS = 17  # 2 ** 17 batches are remembered: 2 MB


class Carts(NamedTuple):
    """sets: the stops of each order; capacity, compartments: of one cart; first, held, load, metres, rough (less than these), unions, keys: of each cart;
    after, before, home: of each order; near: orders that lie near each order; best: the carts of the shortest plan met; total: metres now, least.
    """

    sets: Words
    sizes: Floats
    capacity: float
    compartments: int
    first: Ints
    held: Ints
    load: Floats
    metres: Floats
    rough: Floats
    unions: Words
    keys: Words
    after: Ints
    before: Ints
    home: Ints
    names: Words
    near: Ints
    best: Ints
    total: Floats
    known_keys: Words
    known_metres: Floats
    ops: Words
    rng: Words


def carts_of(sets: Words, sizes: Sequence[float], capacity: float, compartments: int | None, seed: int) -> Carts:
    """Every order on a cart of its own, not yet measured; two carts are empty."""
    n, words = sets.shape
    names: Words = np.asarray(np.random.default_rng([seed, 1]).integers(1, 2**63, n, np.int64), np.uint64)
    carts = n + 2
    return Carts(
        sets,
        np.array(sizes, np.float64),
        float(capacity) * (1 + 1e-12),
        n if compartments is None else compartments,
        np.full(carts, -1, np.int32),
        np.zeros(carts, np.int32),
        np.zeros(carts),
        np.zeros(carts),
        np.zeros(carts),
        np.zeros((carts, words), np.uint64),
        np.zeros(carts, np.uint64),
        np.full(n, -1, np.int32),
        np.full(n, -1, np.int32),
        np.full(n, -1, np.int32),
        names,
        np.zeros((n, 0), np.int32),
        np.arange(n, dtype=np.int32),
        np.zeros(2),
        np.zeros(2**REMEMBERED_BITS, np.uint64),
        np.zeros(2**REMEMBERED_BITS),
        np.zeros(1, np.uint64),
        np.array([np.random.default_rng([seed, 2]).integers(1, 2**63)], np.uint64),
    )


def twin(c: Carts) -> Carts:
    """The same state once more, with chances of its own."""
    other = Carts._make(column.copy() if isinstance(column, np.ndarray) else column for column in c)
    other.rng[0] ^= np.uint64(0x9E3779B97F4A7C15)
    return other


def batches_of(home: npt.NDArray[np.int32]) -> list[list[int]]:
    """The orders of each cart that has any, in the order of their first ones."""
    found: dict[int, list[int]] = {}
    for order, cart in enumerate(home.tolist()):
        found.setdefault(cart, []).append(order)
    return list(found.values())


@compiled
def put(c: Carts, order: int, cart: int) -> None:
    """Put the order on the cart, without measuring."""
    head = c.first[cart]
    c.after[order], c.before[order] = head, -1
    if head >= 0:
        c.before[head] = order
    c.first[cart], c.home[order] = order, cart
    c.held[cart] += 1
    c.load[cart] += c.sizes[order]
    c.keys[cart] ^= c.names[order]


@compiled
def take(c: Carts, order: int) -> None:
    """Take the order off its cart, without measuring."""
    cart, before, after = c.home[order], c.before[order], c.after[order]
    if before >= 0:
        c.after[before] = after
    else:
        c.first[cart] = after
    if after >= 0:
        c.before[after] = before
    c.home[order] = -1
    c.held[cart] -= 1
    c.load[cart] = c.load[cart] - c.sizes[order] if c.held[cart] else 0.0
    c.keys[cart] ^= c.names[order]


@compiled
def gather(c: Carts, cart: int, union: Words) -> None:
    """All stops of the cart's orders."""
    union[:] = 0
    order = c.first[cart]
    while order >= 0:
        for w in range(len(union)):
            union[w] |= c.sets[order, w]
        order = c.after[order]


@compiled
def measure(t: Terrain, c: Carts, cart: int) -> None:
    """Make the cart's union and metres right."""
    gather(c, cart, c.unions[cart])
    c.metres[cart] = price(t, c, c.keys[cart], c.unions[cart]) if c.held[cart] else 0.0
    if t.kind == BLOCKS:
        c.rough[cart] = rough(t, c.ops, c.unions[cart])


@compiled
def price(t: Terrain, c: Carts, key: np.uint64, union: Words) -> float:
    """Metres of a batch, remembered."""
    slot = key & np.uint64(len(c.known_keys) - 1)
    if c.known_keys[slot] != key:
        c.known_keys[slot], c.known_metres[slot] = key, walk(t, c.ops, union)
    return float(c.known_metres[slot])


@compiled
def load_plan(t: Terrain, c: Carts, home: Ints) -> None:
    """Take this plan (the cart of each order), and make it the best met if it is."""
    c.first[:] = -1
    c.held[:] = 0
    c.load[:] = 0.0
    c.keys[:] = np.uint64(0)
    for order in range(len(home) - 1, -1, -1):
        put(c, order, home[order])
    c.total[0] = 0.0
    for cart in range(len(c.first)):
        measure(t, c, cart)
        c.total[0] += c.metres[cart]
    note(c)


@compiled
def note(c: Carts) -> None:
    """Keep the present plan if it is the shortest met."""
    if c.total[1] == 0.0 or c.total[0] < c.total[1] - 1e-9:
        c.total[1] = c.total[0]
        c.best[:] = c.home
