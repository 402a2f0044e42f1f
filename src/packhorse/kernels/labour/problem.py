"""Acts of one kind of work, and the standard that is learned from them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from packhorse.kernels.errors import InvalidProblem


@dataclass(frozen=True, slots=True)
class Act:
    """One act: how long it took, how many units it moved, how far one walked for it."""

    seconds: float
    units: float
    metres: float

    def __post_init__(self) -> None:
        if not all(math.isfinite(x) and x >= 0 for x in (self.seconds, self.units, self.metres)):
            raise InvalidProblem(f"not an act: {self}")


@dataclass(frozen=True, slots=True)
class Standard:
    """Seconds of an act: act_s + unit_s × units + metre_s × metres. off_s: half of the acts are at most so far from it; acts: what it was learned from."""

    act_s: float
    unit_s: float
    metre_s: float
    off_s: float
    acts: int

    def expected(self, acts: float, units: float, metres: float) -> float:
        """Seconds that so many acts with so many units and metres in all should take."""
        return self.act_s * acts + self.unit_s * units + self.metre_s * metres
