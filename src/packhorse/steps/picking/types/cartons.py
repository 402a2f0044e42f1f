"""What packing plans for a release, as picking keeps it and shows it to pickers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToPlan:
    """A release for which no cartons are planned yet: what is to be picked, by item."""

    release_id: int
    client_id: int
    pieces: dict[int, int]


@dataclass(frozen=True, slots=True)
class Cartons:
    """The boxes planned for a release, by code, and the pieces that they were planned for, by item. No boxes: a size is not known."""

    release_id: int
    boxes: tuple[str, ...]
    pieces: dict[int, int]
