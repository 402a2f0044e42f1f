"""A walk on the floor, as SVG: aisles and bins, the path, the stops by number. Classes only; colours come from the room's stylesheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from packhorse.ground.warehouse.types import FloorPlan
from packhorse.steps.picking.types import TaskInfo

#: Drawn units per metre, and the margin around the floor.
_SCALE: Final = 24.0
_MARGIN: Final = 34.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A stop on the floor: its number on the walk, its place, whether all of it is picked."""

    number: int
    aisle: int
    cell: int
    location: str
    done: bool


def spots(tasks: Sequence[TaskInfo]) -> list[Spot]:
    """The stops of a walk that are on the floor, in walking order; several levels of one cell are one."""
    found: dict[tuple[int, int], list[TaskInfo]] = {}
    for task in sorted((t for t in tasks if t.aisle is not None and t.cell is not None and t.state != "cancelled"), key=lambda t: (t.sequence, t.location)):
        found.setdefault((task.aisle or 0, task.cell or 0), []).append(task)
    return [
        Spot(n, aisle, cell, ", ".join(dict.fromkeys(t.location for t in own)), all(t.state in ("done", "short") for t in own))
        for n, ((aisle, cell), own) in enumerate(found.items(), 1)
    ]


def path(floor: FloorPlan, stops: Sequence[Spot]) -> list[tuple[float, float]]:
    """The corners of the walk in metres (across the aisles, into the aisle), from the depot and back: between two aisles by the nearer cross aisle."""
    front, back = 0.0, floor.length_m
    corners = [(floor.depot_aisle * floor.aisle_pitch_m, front)]
    for x, y in [*(_place(floor, s.aisle, s.cell) for s in stops), corners[0]]:
        here_x, here_y = corners[-1]
        if here_x != x:
            cross = min((front, back), key=lambda c: (abs(here_y - c) + abs(y - c), c))
            corners += [(here_x, cross), (x, cross)]
        corners.append((x, y))
    return corners


def _place(floor: FloorPlan, aisle: int, cell: int) -> tuple[float, float]:
    return aisle * floor.aisle_pitch_m, floor.first_cell_m + cell * floor.cell_pitch_m


def floor_svg(floor: FloorPlan, stops: Sequence[Spot], distance_m: float) -> SafeString:
    """The floor from above, the front below: racks, the way, the stops."""

    def at(point: tuple[float, float]) -> tuple[float, float]:
        return round(_MARGIN + point[0] * _SCALE, 1), round(_MARGIN + (floor.length_m - point[1]) * _SCALE, 1)

    width = (floor.aisles - 1) * floor.aisle_pitch_m * _SCALE + 2 * _MARGIN
    height = floor.length_m * _SCALE + 2 * _MARGIN
    deep = floor.aisle_pitch_m * _SCALE * 0.26
    cell = floor.cell_pitch_m * _SCALE
    wanted = {(s.aisle, s.cell) for s in stops}
    racks = []
    for aisle in range(floor.aisles):
        for n in range(floor.cells):
            x, y = at(_place(floor, aisle, n))
            kind = "bin wanted" if (aisle, n) in wanted else "bin"
            for side in (-1, 1):
                left = x - deep * 1.55 if side < 0 else x + deep * 0.55
                racks.append((kind, round(left, 1), round(y - cell / 2 + 0.5, 1), round(deep, 1), round(cell - 1, 1)))
    way = " ".join(f"{x},{y}" for x, y in map(at, path(floor, stops)))
    marks = format_html_join(
        "",
        '<g class="stop{}"><circle cx="{}" cy="{}" r="11"/><text x="{}" y="{}">{}</text><title>{}</title></g>',
        ((" done" if s.done else "", *at(_place(floor, s.aisle, s.cell)), *_down(at(_place(floor, s.aisle, s.cell))), s.number, s.location) for s in stops),
    )
    depot_x, depot_y = at((floor.depot_aisle * floor.aisle_pitch_m, 0.0))
    names = format_html_join(
        "",
        '<text class="aisle" x="{}" y="{}">{}</text>',
        ((at((a * floor.aisle_pitch_m, 0))[0], 18, chr(65 + a) if a < 26 else a + 1) for a in range(floor.aisles)),
    )
    said = ngettext("A walk of %(m)d m past %(n)d stop", "A walk of %(m)d m past %(n)d stops", len(stops)) % {"m": round(distance_m), "n": len(stops)}
    return format_html(
        '<svg class="floor" role="img" aria-label="{}" viewBox="0 0 {} {}">{}{}<polyline class="way" points="{}"/>'
        '<g class="depot"><rect x="{}" y="{}" width="26" height="12" rx="2"/><title>{}</title></g>{}</svg>',
        said, round(width, 1), round(height, 1), format_html_join("", '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>', racks), names, way,
        depot_x - 13, depot_y + 8, gettext("Depot"), marks,
    )  # fmt: skip


def _down(point: tuple[float, float]) -> tuple[float, float]:
    """Where a number stands inside its circle."""
    return point[0], round(point[1] + 4, 1)
