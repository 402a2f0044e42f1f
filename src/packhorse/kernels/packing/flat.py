"""A pack problem as arrays, for compiled functions. Numbers of orders, boxes and kinds are their places in the problem; kinds of all orders follow each other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from packhorse.kernels.packing.problem import Item, Objective, Problem, volume
from packhorse.kernels.packing.spaces import MOST, WIDTH, Floats, Ints

UNBOUNDED = 1 << 60
LENGTH, WIDE, HEIGHT, MAX_LOAD, VOLUME, OUTER, TARE, STOCK = range(8)  # columns of a box
WEIGHT, SHARE, SHORTEST, LONGEST, FRAGILE, GROUP, QUANTITY, WAYS, WAY = range(
    9
)  # columns of a kind: SHARE is its volume, WAYS how many, from WAY on three edges each
SLOT, BOX, KIND, X, Y, Z, DX, DY, DZ, NX, NY, NZ = range(12)  # columns of a block: NX x NY x NZ pieces of one kind in the order's box number SLOT, of kind BOX
FIRST, ROOM, BLOCKS, SLOTS, DONE, ATTEMPTS, TRIED_ALL, SEED = range(8)  # columns of an order
OBJECTIVE, SHIPS, DIVISOR, ROUNDING, BASE, PER_KG, SUPPORT, COSTS = range(8)  # of money; from COSTS on the cost of each box
WANTED, LEFT, REST, PART, OTHER, SPARE, SEQUENCE, KEPT, PIECES, USED, SINGLES, SPLIT, ON_HAND, COUNTS, NEXT, MANY, PLACED, WORK, CHANCE = range(
    19
)  # rows of tallies
MEASURE, RATIO, ALONE, BEST = 0, 1, 2, 4  # rows of values; ALONE and BEST have two
BY_COST, BY_COUNT = 0, 1
DEEPEST = 10  # pieces of which a packing is searched for
PARTED = 7  # so many pieces at most are parted in every way


class Flat(NamedTuple):
    """The problem, and in it what was found: of each order its `blocks` from ROOM on, so many BLOCKS in so many SLOTS, and `prices`: cost or boxes, then volume,
    then the volume left out. The kinds of an order begin at FIRST; rows of `orders` end with one beyond the last.
    """

    boxes: Ints
    money: Floats
    kinds: Ints
    orders: Ints
    prices: Floats
    blocks: Ints


class Desk(NamedTuple):
    """Scratch for one order after the other. spaces, options: at each depth of a search; tallies: rows of numbers, by kind, box, piece or depth; values: the same
    with a point; trial: blocks being tried.
    """

    spaces: Ints
    options: Ints
    tallies: Ints
    values: Floats
    trial: Ints


def ways(item: Item) -> list[tuple[int, int, int]]:
    """The distinct ways in which a piece may lie, flattest first."""
    edges, found = item.size_mm, set[tuple[int, int, int]]()
    for i in range(3):
        if item.vertical[i]:
            a, b = edges[:i] + edges[i + 1 :]
            found |= {(a, b, edges[i]), (b, a, edges[i])}
    return sorted(found, key=lambda way: (way[2], -way[0]))


def flatten(problem: Problem, seed: int) -> Flat:
    """The problem, with nothing found yet."""
    ship = problem.shipping
    boxes = [
        (
            *b.inner_mm,
            UNBOUNDED if b.max_load_g is None else b.max_load_g,
            b.volume,
            volume(b.outer_mm or b.inner_mm),
            b.tare_g,
            -1 if b.available is None else b.available,
        )
        for b in problem.boxes
    ]
    rates = (True, ship.divisor_cm3_per_kg, ship.round_up_g, ship.base, ship.per_kg) if ship else (False, 1, 1, 0, 0)
    groups: dict[str | None, int] = {None: -1}
    kinds, orders = list[list[int]](), list[tuple[int, int]]()
    room = 0
    for order in problem.orders:
        orders.append((len(kinds), room))
        for item in order.items:
            lying, group = ways(item), groups.setdefault(item.group, len(groups) - 1)
            row = [item.weight_g, volume(item.size_mm), min(item.size_mm), max(item.size_mm), int(item.fragile), group, item.quantity, len(lying)]
            kinds.append(row + [edge for way in lying for edge in way] + [0] * (18 - 3 * len(lying)))
            room += item.quantity
    orders.append((len(kinds), room))
    found = np.zeros((len(orders), SEED + 1), np.int64)
    found[:, :2] = orders
    found[:, SEED] = np.random.default_rng([seed, 4]).integers(1, 2**62, len(orders))
    return Flat(
        np.array(boxes, np.int64).reshape(-1, STOCK + 1),
        np.array([BY_COUNT if problem.objective is Objective.BOXES else BY_COST, *rates, problem.support, *(b.cost for b in problem.boxes)], np.float64),
        np.array(kinds, np.int64).reshape(-1, WAY + 18),
        found,
        np.zeros((len(orders), 3)),
        np.zeros((room, NZ + 1), np.int64),
    )


def desk_for(f: Flat) -> Desk:
    """Room to work on any of its orders."""
    kinds, pieces = (int((f.orders[1:, column] - f.orders[:-1, column]).max(initial=1)) for column in (FIRST, ROOM))
    width = max(kinds, len(f.boxes), 1 << PARTED)
    return Desk(
        np.zeros((DEEPEST + 2, MOST, WIDTH), np.int64),
        np.zeros((DEEPEST + 1, 1024, 7), np.int64),
        np.zeros((CHANCE + 1, width), np.int64),
        np.zeros((BEST + 2, width)),
        np.zeros((2 * pieces + DEEPEST, NZ + 1), np.int64),
    )
