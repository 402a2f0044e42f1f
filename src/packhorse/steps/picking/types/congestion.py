"""How many walk in an aisle at a time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AisleWalks:
    """At most so many walks at a time in an aisle (counted from 0), or in any aisle without a limit of its own (None)."""

    aisle: int | None
    walks: int


@dataclass(frozen=True, slots=True)
class FullAisle:
    """The aisle in which a walk begins is full: so many walks are in it now, of at most so many."""

    batch_id: int
    aisle: int
    walks: int
    most: int
