"""Counts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CountRow:
    """A count as lists show it. `differences`: units off in the round that was counted last, without sign."""

    id: int
    warehouse_id: int
    warehouse: str
    location_id: int
    location: str
    item_id: int | None
    sku: str
    state: str
    reason: str
    round: int
    counter: str
    first_counter: str
    tolerance: int
    requested_at: dt.datetime
    posted_at: dt.datetime | None
    lines: int
    differences: int


@dataclass(frozen=True, slots=True)
class CountLineInfo:
    round: int
    item_id: int
    sku: str
    item_name: str
    lot_id: int | None
    lot: str
    condition: str
    counted: int
    expected: int
    at: dt.datetime
    principal: str

    @property
    def difference(self) -> int:
        return self.counted - self.expected


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of an item in a bin. A lot that is not known yet is made."""

    item_id: int
    quantity: int
    lot: str = ""
    condition: str = "sellable"


@dataclass(frozen=True, slots=True)
class CountTarget:
    """A bin to be counted, for one item or (None) whole."""

    location_id: int
    item_id: int | None = None


@dataclass(frozen=True, slots=True)
class CountProgress:
    """How a count stands, told blindly: never how much was expected."""

    count_id: int
    state: str
    round: int
    lines: int
