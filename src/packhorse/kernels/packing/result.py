"""The answer to a pack problem."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from packhorse.kernels.packing.problem import Size


class Verdict(StrEnum):
    """What became of a box as the one box for the whole order."""

    CHOSEN = "chosen"
    DEARER = "dearer"  # it may hold the order, but what was chosen costs less
    TOO_SMALL = "too_small"  # a piece does not fit in, or all pieces together have more volume
    NO_ROOM = "no_room"  # enough volume, but no arrangement was found
    TOO_HEAVY = "too_heavy"
    GROUPS = "groups"  # the order holds pieces that may not share a box
    UNAVAILABLE = "unavailable"


class Why(StrEnum):
    """Why pieces stay out."""

    TOO_LARGE = "too_large"  # for every box, in every way it may lie
    TOO_HEAVY = "too_heavy"  # for every box it would fit in
    UNAVAILABLE = "unavailable"  # no box is left for it
    NO_ROOM = "no_room"  # the one box is full (objective fill)


@dataclass(frozen=True, slots=True)
class Placement:
    """One piece: its lower corner from the box's lower corner, and its edges along x, y, z as it lies."""

    item: str
    at_mm: Size
    size_mm: Size


@dataclass(frozen=True, slots=True)
class Load:
    """One packed box: placements in packing order (nothing rests on a later one), load without tare, cost with shipping, fill = packed ÷ inner volume."""

    box: str
    placements: tuple[Placement, ...]
    load_g: int
    cost: float
    fill: float


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Pieces of one item that are in no box."""

    item: str
    quantity: int
    why: Why


@dataclass(frozen=True, slots=True)
class Considered:
    """A box looked at for the whole order: what it would cost (with shipping) and why it is not the answer, if it is not."""

    box: str
    cost: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class PackedOrder:
    """One order's boxes. cost: sum over its loads."""

    id: str
    loads: tuple[Load, ...]
    left_out: tuple[LeftOut, ...]
    considered: tuple[Considered, ...]

    @property
    def cost(self) -> float:
        """Boxes and shipping, over all loads."""
        return sum(load.cost for load in self.loads)


@dataclass(frozen=True, slots=True)
class Result:
    """All orders, in the order of the problem."""

    orders: tuple[PackedOrder, ...]
    iterations: int
    seconds: float
