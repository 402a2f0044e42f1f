"""A slotting problem: a floor, slots, goods that live in them, and the walks that were made for these goods.

Distances are in metres, times in seconds. A slot holds one good or none. Goods and places that cannot move stand in the walks as places.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from packhorse.kernels.errors import InvalidProblem
from packhorse.kernels.picking.problem import Layout, Place


@dataclass(frozen=True, slots=True)
class Slot:
    """A place a good can live in. reach_s: what a pick there takes longer than one at the best height. heavy: whether heavy goods may stand there."""

    place: Place
    reach_s: float = 0.0
    heavy: bool = True


@dataclass(frozen=True, slots=True)
class Good:
    """What lives in a slot: how often it was picked, whether it is heavy, and what carrying all of it takes, without the walk."""

    slot: int
    picks: int
    move_s: float = 0.0
    heavy: bool = False


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk that was made: the goods that were picked on it (by number), and the other places it went to."""

    goods: tuple[int, ...]
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """days: how long the walks took place; metres_per_s: how quickly people walk."""

    layout: Layout
    slots: tuple[Slot, ...]
    goods: tuple[Good, ...]
    walks: tuple[Walk, ...]
    days: float
    metres_per_s: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.days) and self.days > 0 and math.isfinite(self.metres_per_s) and self.metres_per_s > 0):
            raise InvalidProblem("days and metres a second are more than 0")
        for slot in self.slots:
            self.layout.admit(slot.place)
            if not math.isfinite(slot.reach_s) or slot.reach_s < 0:
                raise InvalidProblem(f"not a slot: {slot}")
        if len({good.slot for good in self.goods}) < len(self.goods):
            raise InvalidProblem("two goods in one slot")
        for good in self.goods:
            if not 0 <= good.slot < len(self.slots) or good.picks < 0 or not math.isfinite(good.move_s) or good.move_s < 0:
                raise InvalidProblem(f"not a good in a slot: {good}")
        for walk in self.walks:
            for place in walk.places:
                self.layout.admit(place)
            if not all(0 <= n < len(self.goods) for n in walk.goods):
                raise InvalidProblem(f"a walk names a good that is not there: {walk}")
