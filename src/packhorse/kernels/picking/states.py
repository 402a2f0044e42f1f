"""The states of a partly drawn tour, and what each next piece of walk makes of them.

Sources: Ratliff and Rosenthal, "Order-picking in a rectangular warehouse: a solvable case of the traveling salesman problem", Operations Research 31 (1983)
507-521, for one block; Roodbergen and de Koster (EJOR 133, 2001) for two and Pansart, Catusse and Cambazard (Computers & Operations Research 100, 2018) for any
number. The tour is drawn aisle by aisle. What the rest of the tour must know of the part on the left is, for each crossing of the present aisle, whether an odd
or an even number of edges (or none) ends there, and which crossings hang together.

A state is a tuple with one entry per cross aisle: 0 untouched, else 2 * component + (1 if odd); components are numbered from 1 in the order of their first
crossing. The empty tuple is the finished tour to which nothing may be added.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

State = tuple[int, ...]
CLOSED: State = ()
# how an aisle's part in one block is walked: in and out at the front, at the back, at both leaving a gap, through, through twice
FRONT, BACK, GAP, ONCE, TWICE = range(5)


class Crossing(NamedTuple):
    """A way to walk on to the next aisle: `passes` per cross aisle (0, 1, 2), their sum and the state there."""

    edges: int
    passes: tuple[int, ...]
    state: int


class Machine(NamedTuple):
    """All states for a number of blocks, numbered; -1 where a piece may not be added.

    start: nothing drawn; touch[c][s]: the depot lies at cross aisle c; vertical[b][s]: five ways through block b;
    crossings[s]: ways to the next aisle; final[s]: is a whole tour.
    """

    start: int
    touch: tuple[tuple[int, ...], ...]
    vertical: tuple[tuple[tuple[int, ...], ...], ...]
    crossings: tuple[tuple[Crossing, ...], ...]
    final: tuple[bool, ...]


def _canonical(entries: list[int]) -> State:
    numbers: dict[int, int] = {}
    return tuple(e and 2 * numbers.setdefault(e >> 1, len(numbers) + 1) + (e & 1) for e in entries)


def _touch(state: State | None, at: int) -> State | None:
    """The crossing gets an even number of edges more: a walk out and back from it."""
    if not state:
        return None
    entries = list(state)
    if not entries[at]:
        entries[at] = 2 * (len(entries) + 1)
    return _canonical(entries)


def _through(state: State, block: int, passes: int) -> State | None:
    """The aisle is walked through in this block, once or twice, which joins what hangs at both ends."""
    joined = _touch(_touch(state, block), block + 1)
    if joined is None:
        return None
    keep, gone = joined[block] >> 1, joined[block + 1] >> 1
    entries = [2 * keep + (e & 1) if e >> 1 == gone else e for e in joined]
    if passes == 1:
        entries[block] ^= 1
        entries[block + 1] ^= 1
    return _canonical(entries)


def _crossings(state: State) -> list[tuple[tuple[int, ...], State]]:
    """Odd crossings must be left along the cross aisle once; even ones twice or not at all, if that cuts nothing off."""
    if not state:
        return [((), CLOSED)]
    ways: list[tuple[tuple[int, ...], list[int]]] = [((), [])]
    for entry in state:
        options = (1,) if entry & 1 else (0, 2) if entry else (0,)
        ways = [((*passes, n), [*left, entry if n else 0]) for passes, left in ways for n in options]
    before = {e >> 1 for e in state if e}
    result = []
    for passes, entries in ways:
        kept = {e >> 1 for e in entries if e}
        if kept == before:
            result.append((passes, _canonical(entries)))
        elif not kept and len(before) == 1:
            result.append((passes, CLOSED))
    return result


@cache
def machine(blocks: int) -> Machine:
    """The state machine of floors with so many blocks (7 states for one block; it grows about fivefold per block)."""
    start: State = (0,) * (blocks + 1)
    numbers: dict[State, int] = {start: 0}
    order = [start]

    def number(state: State | None) -> int:
        if state is None:
            return -1
        if state not in numbers:
            numbers[state] = len(order)
            order.append(state)
        return numbers[state]

    ways: list[Callable[[State, int], State | None]] = [
        _touch,
        lambda s, b: _touch(s, b + 1),
        lambda s, b: _touch(_touch(s, b), b + 1),
        lambda s, b: _through(s, b, 1),
        lambda s, b: _through(s, b, 2),
    ]
    touch: list[list[int]] = [[] for _ in range(blocks + 1)]
    vertical: list[list[tuple[int, ...]]] = [[] for _ in range(blocks)]
    crossings: list[tuple[Crossing, ...]] = []
    done = 0
    while done < len(order):
        state = order[done]
        for c in range(blocks + 1):
            touch[c].append(number(_touch(state, c)))
        for b in range(blocks):
            vertical[b].append(tuple(number(way(state, b)) for way in ways))
        crossings.append(tuple(Crossing(sum(passes), passes, number(after)) for passes, after in _crossings(state)))
        done += 1
    final = tuple(not s or (all(not e & 1 for e in s) and len({e >> 1 for e in s if e}) == 1) for s in order)
    return Machine(0, tuple(map(tuple, touch)), tuple(map(tuple, vertical)), tuple(crossings), final)
