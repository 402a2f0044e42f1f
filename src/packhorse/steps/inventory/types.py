"""What stock is asked with and answers in. Quantities are integers of the item's base unit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from packhorse.core.refs import Ref


@dataclass(frozen=True, slots=True)
class Posting:
    """A quantity to be moved, unallocated. Conditions: sellable, held, damaged."""

    item_id: int
    quantity: int
    source_id: int
    target_id: int
    lot_id: int | None = None
    source_condition: str = "sellable"
    target_condition: str = "sellable"


@dataclass(frozen=True, slots=True)
class NewDemand:
    """Wanted: so much of an item from a warehouse, for something of a later room."""

    client_id: int
    warehouse_id: int
    item_id: int
    quantity: int
    purpose: Ref


@dataclass(frozen=True, slots=True)
class PromisedDemand:
    """How much of a demand is promised; the rest is backordered."""

    demand_id: int
    quantity: int
    promised: int


@dataclass(frozen=True, slots=True)
class Allocated:
    """One allocation: this much of this lot at this place for that demand."""

    allocation_id: int
    demand_id: int
    item_id: int
    location_id: int
    lot_id: int | None
    quantity: int


@dataclass(frozen=True, slots=True)
class Take:
    """Move (part of) an allocation to another place inside the warehouse: bin → tote, tote → parcel station."""

    allocation_id: int
    quantity: int
    target_id: int


@dataclass(frozen=True, slots=True)
class Availability:
    """What can be promised of an item in a warehouse."""

    warehouse_id: int
    item_id: int
    sellable: int
    promised: int
    short: int

    @property
    def available(self) -> int:
        return max(0, self.sellable - self.promised)


@dataclass(frozen=True, slots=True)
class CountedLevel:
    """The truth about one level: so much is there."""

    item_id: int
    location_id: int
    lot_id: int | None
    condition: str
    on_hand: int


@dataclass(frozen=True, slots=True)
class LevelAt:
    """A level as pages and scanners show it."""

    level_id: int
    client_id: int
    item_id: int
    sku: str
    item_name: str
    warehouse_id: int
    location_id: int
    location: str
    location_kind: str
    lot_id: int | None
    lot: str
    expires_on: dt.date | None
    condition: str
    on_hand: int
    allocated: int
