"""What warehouses and their places are to the rest of the house."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from packhorse.kernels.picking.problem import Block, Cell, Depot, RectangularLayout


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
class NewLocation:
    """A place to make. `aisle` and `cell` count from 0, as on the floor; only bins may be pickable."""

    code: str
    kind: str
    pickable: bool = False
    aisle: int | None = None
    cell: int | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class LocationInfo:
    """A place. `warehouse_id` is None for virtual ones; `parent_id` is what a handling unit stands in."""

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

    @property
    def place(self) -> Cell | None:
        """Where it is on the floor, for the picking kernel."""
        return Cell(self.aisle, 0, self.cell) if self.aisle is not None and self.cell is not None else None


@dataclass(frozen=True, slots=True)
class FloorPlan:
    """A one-block floor. Lengths in metres: between aisles, between cells, from the front cross aisle to the middle of cell 0, and from cross aisle to cross aisle."""

    warehouse_id: int
    aisles: int
    aisle_pitch_m: float
    cells: int
    cell_pitch_m: float
    first_cell_m: float
    length_m: float
    depot_aisle: int = 0

    def rectangular(self) -> RectangularLayout:
        """The floor as the picking kernel takes it."""
        block = Block(cells=self.cells, cell_pitch=self.cell_pitch_m, first_cell=self.first_cell_m, length=self.length_m)
        return RectangularLayout(aisles=self.aisles, aisle_pitch=self.aisle_pitch_m, blocks=(block,), depot=Depot(aisle=self.depot_aisle))


@dataclass(frozen=True, slots=True)
class NewFloor:
    """A floor to lay out: bins in `aisles` × `cells` × `levels`, coded A-01-01 (aisle, cell, level), and what else a floor needs, numbered: DOCK-1, STAGE-1, BENCH-1, CART-01, T-001.

    Metres as in `FloorPlan`; without `length_m` the aisle ends as far behind the last cell as it begins before the first.
    """

    aisles: int
    cells: int
    levels: int = 1
    aisle_pitch_m: float = 3.2
    cell_pitch_m: float = 1.3
    first_cell_m: float = 1.5
    length_m: float | None = None
    depot_aisle: int = 0
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
