"""What insights answer in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from packhorse.kernels.labour.problem import Standard


@dataclass(frozen=True, slots=True)
class Judgement:
    """A delivered fulfillment order: whether it came in full, on time, whole and without trouble. All four make it perfect."""

    id: int
    order_id: int
    number: str
    client: str
    delivered_at: dt.datetime
    promised_by: dt.datetime | None
    in_full: bool
    on_time: bool
    whole: bool
    quiet: bool

    @property
    def perfect(self) -> bool:
        return self.in_full and self.on_time and self.whole and self.quiet


@dataclass(frozen=True, slots=True)
class Shares:
    """Delivered fulfillment orders since a moment, and how many of them came in full, on time, whole, without trouble, and all of that."""

    delivered: int
    in_full: int
    on_time: int
    whole: int
    quiet: int
    perfect: int


@dataclass(frozen=True, slots=True)
class Aged:
    """How many fulfillment orders stand at a stage, by how long ago they were placed: under a day, one to three days, three to seven, longer."""

    stage: str
    ages: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Walked:
    """Walks that ended since a moment: how many, metres walked, and what the same picks take in S-shape and one order at a time."""

    walks: int
    distance_m: float
    s_shape_m: float
    one_by_one_m: float

    @property
    def saved_m(self) -> float:
        """Metres less than one order at a time."""
        return max(0.0, self.one_by_one_m - self.distance_m)


@dataclass(frozen=True, slots=True)
class Filled:
    """Parcels sealed since a moment, and the mean share of their boxes that is goods, in per mille (None where no box was measured)."""

    parcels: int
    fill_permille: int | None


@dataclass(frozen=True, slots=True)
class WorkDone:
    """Work of a kind in a warehouse by so many people: acts, what they moved, how far one walked for them, how long they took; and the standard, where one is learned.

    Without any acts, too few people did it to be shown.
    """

    warehouse_id: int
    warehouse: str
    kind: str
    people: int
    acts: int
    lines: int
    units: int
    metres: float
    seconds: float
    standard: Standard | None

    @property
    def lines_per_hour(self) -> float | None:
        return self.lines * 3600 / self.seconds if self.seconds else None

    @property
    def units_per_hour(self) -> float | None:
        return self.units * 3600 / self.seconds if self.seconds else None

    @property
    def expected_s(self) -> float | None:
        """What it should have taken by the standard."""
        return self.standard.expected(self.acts, self.units, self.metres) if self.standard and self.acts else None

    @property
    def share(self) -> float | None:
        """Expected over actual: above 1, quicker than the standard."""
        return self.expected_s / self.seconds if self.expected_s is not None and self.seconds else None
