"""An allocation problem: what is wanted, in which order, and what lies where. Quantities are integers of the item's base unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from packhorse.kernels.errors import InvalidProblem


@dataclass(frozen=True, slots=True)
class Demand:
    """Units of one item that somebody waits for.

    priority: the lower, the sooner served (equal ones by their order in the problem); min_remaining_days: shelf life the goods must still have today,
    None: anything not yet expired.
    """

    id: int
    item: int
    quantity: int
    priority: int = 0
    min_remaining_days: int | None = None

    def __post_init__(self) -> None:
        if self.quantity < 0 or (self.min_remaining_days is not None and self.min_remaining_days < 0):
            raise InvalidProblem(f"demand {self.id} has a negative number: {self}")


@dataclass(frozen=True, slots=True)
class Level:
    """Free units of one item in one bin and lot.

    expires_on: the last day it may be used, None: never; received_on: for first in first out; preference: the lower, the rather picked from.
    """

    id: int
    item: int
    free: int
    expires_on: date | None = None
    received_on: date = date.min
    preference: int = 0

    def __post_init__(self) -> None:
        if self.free < 0:
            raise InvalidProblem(f"level {self.id} has {self.free} free units")


@dataclass(frozen=True, slots=True)
class Problem:
    """Demands against levels on the day `today` (of the warehouse)."""

    demands: tuple[Demand, ...]
    levels: tuple[Level, ...]
    today: date

    def __post_init__(self) -> None:
        _unique("demand", (demand.id for demand in self.demands))
        _unique("level", (level.id for level in self.levels))


def _unique(what: str, ids: Iterable[int]) -> None:
    seen: set[int] = set()
    for each in ids:
        if each in seen:
            raise InvalidProblem(f"{what} {each} comes twice")
        seen.add(each)
