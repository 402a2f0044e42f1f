"""A floor before it is laid out: whether it could stand, which places it would have, what they are called. Pure."""

from __future__ import annotations

from collections.abc import Container, Sequence
from itertools import count
from typing import Final

from django.utils.translation import gettext as _

from packhorse.ground.warehouse.errors import BadFloor
from packhorse.ground.warehouse.types import FloorPlan, NewFloor, NewLocation

MOST_BINS: Final = 200_000
#: What is numbered from 1: its code and kind, by the name of its count.
NUMBERED: Final = {
    "docks": ("DOCK-{}", "dock"),
    "staging": ("STAGE-{}", "staging"),
    "stations": ("BENCH-{}", "station"),
    "carts": ("CART-{:02d}", "cart"),
    "totes": ("T-{:03d}", "tote"),
}


def aisle_letters(n: int) -> str:
    """The name of an aisle counted from 0: A … Z, AA, AB, … (as spreadsheet columns)."""
    name = ""
    n += 1
    while n:
        n, rest = divmod(n - 1, 26)
        name = chr(65 + rest) + name
    return name


def aisle_of(letters: str) -> int | None:
    """The number, from 0, of the aisle of this name; None where that is no name of an aisle."""
    name = letters.strip().upper()
    if not (name.isascii() and name.isalpha() and len(name) <= 3):
        return None
    n = 0
    for letter in name:
        n = n * 26 + ord(letter) - 64
    return n - 1


def bin_code(aisle: int, cell: int, level: int) -> str:
    """A bin's code from its place, all counted from 0: A-01-01."""
    return f"{aisle_letters(aisle)}-{cell + 1:02d}-{level + 1:02d}"


def planned(warehouse_id: int, floor: NewFloor) -> FloorPlan:
    """The floor as it would be.   Raises: BadFloor."""
    counts = (floor.docks, floor.staging, floor.stations, floor.carts, floor.totes)
    if min(floor.aisles, floor.cells, floor.levels) < 1 or floor.aisles * floor.cells * floor.levels > MOST_BINS:
        raise BadFloor(reason=_("it has 1 to %(most)d bins.") % {"most": MOST_BINS})
    if min(counts) < 0 or max(counts) > 10_000:
        raise BadFloor(reason=_("at most 10,000 docks, benches, carts or totes at once."))
    if not 0 <= floor.depot_aisle < floor.aisles:
        raise BadFloor(reason=_("walks begin at one of its aisles."))
    if list(floor.cross_after) != sorted({n for n in floor.cross_after if 0 < n < floor.cells}):
        raise BadFloor(reason=_("cross aisles run between the bins of an aisle, from the front to the back: 1 to %(last)d.") % {"last": floor.cells - 1})
    _check_one_way(floor)
    if not (0 < floor.aisle_pitch_m < 1000 and 0 < floor.cell_pitch_m < 1000 and 0 <= floor.first_cell_m < 1000):
        raise BadFloor(reason=_("its lengths are more than 0 and less than 1,000 m."))
    inner = (2 * len(floor.cross_after) + 1) * floor.first_cell_m + (floor.cells - 1 - len(floor.cross_after)) * floor.cell_pitch_m
    length = inner + floor.first_cell_m if floor.length_m is None else floor.length_m
    if not inner <= length < 100_000:
        raise BadFloor(reason=_("an aisle with these bins is at least %(m).1f m long.") % {"m": inner})
    return FloorPlan(
        warehouse_id=warehouse_id,
        aisles=floor.aisles,
        aisle_pitch_m=floor.aisle_pitch_m,
        cells=floor.cells,
        cell_pitch_m=floor.cell_pitch_m,
        first_cell_m=floor.first_cell_m,
        length_m=length,
        depot_aisle=floor.depot_aisle,
        levels=floor.levels,
        cross_after=tuple(floor.cross_after),
        one_way_back=tuple(sorted(floor.one_way_back)),
        one_way_front=tuple(sorted(floor.one_way_front)),
    )


def _check_one_way(floor: NewFloor) -> None:
    """Every place is reached, and there is a way back from it: cross aisles go both ways, so one aisle must lead to the back and one to the front."""
    back, front = set(floor.one_way_back), set(floor.one_way_front)
    if any(not 0 <= aisle < floor.aisles for aisle in back | front):
        raise BadFloor(reason=_("an aisle that it does not have cannot be one-way."))
    if both := back & front:
        raise BadFloor(reason=_("aisle %(aisle)s is one-way in one direction only.") % {"aisle": aisle_letters(min(both))})
    if floor.aisles in (len(back), len(front)):
        raise BadFloor(reason=_("if all aisles lead the same way there is no way back: leave one open both ways, or let it lead the other way."))


def places(floor: NewFloor) -> list[NewLocation]:
    """All that the floor has: bins, docks, staging, benches, carts, totes, a place for returns and one for quarantine."""
    bins = [
        NewLocation(bin_code(aisle, cell, level), "bin", True, aisle, cell, level)
        for aisle in range(floor.aisles)
        for cell in range(floor.cells)
        for level in range(floor.levels)
    ]
    others = [NewLocation(code.format(n + 1), kind) for name, (code, kind) in NUMBERED.items() for n in range(getattr(floor, name))]
    return [*bins, *others, NewLocation("RETURNS", "returns"), NewLocation("QUARANTINE", "quarantine")]


def numbered(codes: Container[str]) -> dict[str, int]:
    """Up to which number each of `NUMBERED` is there, without a gap."""
    return {name: next(n for n in count() if code.format(n + 1) not in codes) for name, (code, _kind) in NUMBERED.items()}


def by_kind(kinds: Sequence[str]) -> dict[str, int]:
    """How many of each kind."""
    return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}
