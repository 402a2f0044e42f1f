"""What the ledger and the questions about stock are asked with and answer in. Quantities are integers of the item's base unit."""

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
class DividedDemand:
    """So many units of a demand, of which so many are promised, that become a demand of their own for something else."""

    demand_id: int
    quantity: int
    promised: int
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
    """The truth about one level: so much is there.

    `expected`: what the ledger said when it was counted. Where given, the difference to it is applied to what the ledger says now: moves between count and posting stand.
    """

    item_id: int
    location_id: int
    lot_id: int | None
    condition: str
    on_hand: int
    expected: int | None = None


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


@dataclass(frozen=True, slots=True)
class UnitsAt:
    """Some units of an item: where they are, and why they are not available.

    `why`: free (can be allocated), allocated, not_put_away (promised from, but in no pickable bin yet), too_old (less than the client's minimum shelf life
    left), lot_blocked, expired, held, damaged, quarantine, transit.
    """

    item_id: int
    warehouse_id: int
    warehouse: str
    location_id: int
    location: str
    location_kind: str
    lot_id: int | None
    lot: str
    expires_on: dt.date | None
    condition: str
    quantity: int
    why: str
    demand_id: int | None = None
    purpose: Ref | None = None


@dataclass(frozen=True, slots=True)
class ItemStock:
    """An item and its stock, over the warehouses that the reader sees. `on_hand` counts every condition. `kit`: it is sold by its components, `sellable` says how many they make."""

    id: int
    client_id: int
    client: str
    sku: str
    name: str
    abc: str
    on_hand: int
    sellable: int
    promised: int
    short: int
    kit: bool = False

    @property
    def available(self) -> int:
        return max(0, self.sellable - self.promised)


@dataclass(frozen=True, slots=True)
class DemandInfo:
    """An open demand: what is wanted, promised and allocated of an item, and for what."""

    id: int
    item_id: int
    sku: str
    warehouse_id: int
    wanted: int
    promised: int
    allocated: int
    purpose: Ref
    at: dt.datetime

    @property
    def backordered(self) -> int:
        return self.wanted - self.promised


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One move, with the places by name."""

    id: int
    at: dt.datetime
    item_id: int
    sku: str
    lot_id: int | None
    lot: str
    quantity: int
    source: str
    source_condition: str
    target: str
    target_condition: str
    cause: Ref
    demand_id: int | None
    purpose: Ref | None
    principal: str


@dataclass(frozen=True, slots=True)
class FreeLot:
    """So much of a lot that could be allocated lies at a place."""

    item_id: int
    location_id: int
    lot_id: int
    lot: str
    expires_on: dt.date | None
    free: int


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot and how much of it is here."""

    id: int
    client_id: int
    item_id: int
    sku: str
    item_name: str
    code: str
    expires_on: dt.date | None
    received_on: dt.date
    blocked_at: dt.datetime | None
    blocked_reason: str
    on_hand: int


@dataclass(frozen=True, slots=True)
class ShortfallInfo:
    """Promised but not there: `quantity` is still open."""

    id: int
    client_id: int
    warehouse_id: int
    warehouse: str
    item_id: int
    sku: str
    item_name: str
    quantity: int
    opened_quantity: int
    cause: Ref
    owner_role: str
    opened_at: dt.datetime
    deadline: dt.datetime
    closed_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Drift:
    """A projection that does not agree with what it is a projection of.

    `kind`: level_on_hand, level_allocated, demand_allocated, stock_sellable, stock_promised, stock_short. Fields that do not apply to the kind are None.
    """

    kind: str
    stated: int
    actual: int
    client_id: int
    item_id: int
    warehouse_id: int | None = None
    location_id: int | None = None
    lot_id: int | None = None
    condition: str | None = None
    demand_id: int | None = None


@dataclass(frozen=True, slots=True)
class StockChange:
    """More (positive) or less of an item at a place, by hand."""

    item_id: int
    location_id: int
    quantity: int
    lot_id: int | None = None
    condition: str = "sellable"


@dataclass(frozen=True, slots=True)
class Transfer:
    """Free goods carried from one place to another in the same warehouse, or changed in condition where they lie."""

    item_id: int
    quantity: int
    source_id: int
    target_id: int
    lot_id: int | None = None
    source_condition: str = "sellable"
    target_condition: str = "sellable"


@dataclass(frozen=True, slots=True)
class ClosedMonthInfo:
    """A closed month: how many moves it has, and how many balances state what lay where at its end."""

    month: dt.date
    moves: int
    balances: int
    closed_at: dt.datetime
    principal: str


@dataclass(frozen=True, slots=True)
class RecallInfo:
    """A recall of a lot; over when it has an `ended_at`."""

    id: int
    client_id: int
    lot_id: int
    lot: str
    item_id: int
    sku: str
    item_name: str
    reason: str
    at: dt.datetime
    ended_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class LotUse:
    """What a demand got of a lot: `left` units to the customer, the last of them `left_at`; `picked` units are off the shelf for it, and still here."""

    left: int
    left_at: dt.datetime | None
    picked: int


@dataclass(frozen=True, slots=True)
class Promisable:
    """What can be promised of an item in a warehouse for goods that leave on `day` or later: what is available now and what is expected by then, less what is backordered already.

    `incoming`: what is expected on that very day; of a kit none, its components are what comes.
    """

    warehouse_id: int
    warehouse: str
    day: dt.date
    incoming: int
    available: int


@dataclass(frozen=True, slots=True)
class CellStock:
    """What lies in one cell of an aisle: of so many bins so many are not empty, with so many units; `litres` by the items' known sizes."""

    aisle: int
    cell: int
    bins: int
    filled: int
    units: int
    litres: int


@dataclass(frozen=True, slots=True)
class CellWork:
    """What is to be done at one cell of an aisle: so many put-aways to it, so many counts."""

    aisle: int
    cell: int
    put_aways: int
    counts: int
