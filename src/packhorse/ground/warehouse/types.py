"""What warehouses and their places are to the rest of the house."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from packhorse.kernels.picking.problem import Block, Cell, Depot, RectangularLayout

#: What stands on the floor beside the racks.
STATIONS = ("dock", "staging", "station", "returns", "quarantine")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a warehouse stands, as carriers want it."""

    name: str = ""
    line: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class WarehouseInfo:
    """A warehouse. `workdays` are ISO weekdays (1 is Monday); `level`: shelf, bins, carts, zones."""

    id: int
    code: str
    name: str
    time_zone: str
    level: str
    address: Address
    workdays: tuple[int, ...]
    archived: bool = False


@dataclass(frozen=True, slots=True)
class CutOffInfo:
    """Orders of a service that are accepted before `at` (the warehouse's local time) leave the same working day."""

    service: str
    at: dt.time


@dataclass(frozen=True, slots=True)
class FloorZone:
    """A part of the floor that somebody picks in: its aisles (counted from 0), where totes that go on into it are put down (a place's code; empty: they stay on their cart), and the number of
    places that belong to it though their aisle does not."""

    code: str
    aisles: tuple[int, ...] = ()
    hand_over: str = ""
    places: int = 0


@dataclass(frozen=True, slots=True)
class WallInfo:
    """A put wall and its slots, by number: (id, code). `closed`: the ids of those that take no other order."""

    wall_id: int
    warehouse_id: int
    code: str
    slots: tuple[tuple[int, str], ...]
    closed: tuple[int, ...] = ()

    @property
    def id(self) -> int:
        return self.wall_id

    @property
    def takes(self) -> int:
        """How many orders it takes at once."""
        return len(self.slots) - len(self.closed)


@dataclass(frozen=True, slots=True)
class NewLocation:
    """A place to make. `aisle` and `cell` count from 0, as on the floor; only bins may be pickable. `x_m`, `y_m` as in `LocationInfo`."""

    code: str
    kind: str
    pickable: bool = False
    aisle: int | None = None
    cell: int | None = None
    level: int = 0
    x_m: float | None = None
    y_m: float | None = None


@dataclass(frozen=True, slots=True)
class LocationInfo:
    """A place. `warehouse_id` is None for virtual ones; `parent_id` is what a handling unit stands in. `zone`: its own, where it has another than its aisle.

    In the racks it has `aisle` and `cell`, elsewhere perhaps `x_m` (to the right of the first aisle's middle) and `y_m` (behind the front cross aisle; less than 0 in front of it).
    """

    id: int
    warehouse_id: int | None
    code: str
    kind: str
    pickable: bool
    parent_id: int | None
    aisle: int | None
    cell: int | None
    level: int
    archived: bool = False
    x_m: float | None = None
    y_m: float | None = None
    zone: str = ""


@dataclass(frozen=True, slots=True)
class FloorPlan:
    """A floor of parallel aisles. Lengths in metres: between aisles, between cells, from a cross aisle to the middle of the cell next to it, and from the front cross aisle to the back one.

    Cells count from the front through the whole aisle; `cross_after` says behind how many of them a cross aisle runs (front and back have one anyhow). Aisles in `one_way_back` may only
    be walked from the front to the back, those in `one_way_front` only from the back to the front.
    """

    warehouse_id: int
    aisles: int
    aisle_pitch_m: float
    cells: int
    cell_pitch_m: float
    first_cell_m: float
    length_m: float
    depot_aisle: int = 0
    levels: int = 1
    cross_after: tuple[int, ...] = ()
    one_way_back: tuple[int, ...] = ()
    one_way_front: tuple[int, ...] = ()

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The stretches between cross aisles, as the picking kernel takes them; the last one reaches to the back."""
        ends = (*self.cross_after, self.cells)
        counts = [end - begin for begin, end in zip((0, *self.cross_after), ends, strict=True)]
        inner = [2 * self.first_cell_m + (n - 1) * self.cell_pitch_m for n in counts[:-1]]
        lengths = (*inner, self.length_m - sum(inner))
        return tuple(Block(n, self.cell_pitch_m, self.first_cell_m, length) for n, length in zip(counts, lengths, strict=True))

    @property
    def cross_aisles_m(self) -> tuple[float, ...]:
        """How far behind the front each cross aisle runs, the front one (0) first."""
        return tuple(accumulate((block.length for block in self.blocks), initial=0.0))

    def place(self, aisle: int, cell: int) -> Cell:
        """A cell with its block, as the picking kernel takes it."""
        block = bisect_right(self.cross_after, cell)
        return Cell(aisle, block, cell - (0, *self.cross_after)[block])

    def at_m(self, place: Cell) -> tuple[float, float]:
        """Where a cell is, as `x_m`, `y_m` of a place."""
        return place.aisle * self.aisle_pitch_m, self.cross_aisles_m[place.block] + self.first_cell_m + place.cell * self.cell_pitch_m

    def rectangular(self) -> RectangularLayout:
        """The floor as the picking kernel takes it, every aisle walked both ways."""
        return RectangularLayout(aisles=self.aisles, aisle_pitch=self.aisle_pitch_m, blocks=self.blocks, depot=Depot(aisle=self.depot_aisle))


@dataclass(frozen=True, slots=True)
class NewFloor:
    """A floor to lay out: bins in `aisles` × `cells` × `levels`, coded A-01-01 (aisle, cell, level), and what else a floor needs, numbered: DOCK-1, STAGE-1, BENCH-1, CART-01, T-001.

    Metres, cross aisles and one-way aisles as in `FloorPlan`; without `length_m` the aisle ends as far behind the last cell as it begins before the first.
    """

    aisles: int
    cells: int
    levels: int = 1
    aisle_pitch_m: float = 3.2
    cell_pitch_m: float = 1.3
    first_cell_m: float = 1.5
    length_m: float | None = None
    depot_aisle: int = 0
    cross_after: tuple[int, ...] = ()
    one_way_back: tuple[int, ...] = ()
    one_way_front: tuple[int, ...] = ()
    docks: int = 1
    staging: int = 1
    stations: int = 2
    carts: int = 4
    totes: int = 40


@dataclass(frozen=True, slots=True)
class LaidOut:
    """How many places the floor has now got, by kind; those that stood there before are not counted."""

    warehouse_id: int
    made: dict[str, int]


@dataclass(frozen=True, slots=True)
class LocationLine:
    """A place as a line of a file gives it. Aisle, cell and level count from 0; None: the line says nothing about it."""

    line: int
    code: str
    kind: str = "bin"
    pickable: bool | None = None
    aisle: int | None = None
    cell: int | None = None
    level: int | None = None
    x_m: float | None = None
    y_m: float | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What became of a line: made, changed, same, or refused, and then why. `location_id`: the place that was there before."""

    line: int
    code: str
    outcome: str
    reason: str = ""
    location_id: int | None = None
