"""The floor as a picture: racks, cross aisles, one-way aisles and stations from above, the front below, in SVG without a style of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import ceil
from typing import Final

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _, ngettext

from packhorse.core.actors import Scope
from packhorse.ground.warehouse import selectors
from packhorse.ground.warehouse.designing import aisle_letters
from packhorse.ground.warehouse.types import FloorPlan, FloorZone

#: Drawn units per metre.
SCALE: Final = 10.0
#: More cells than that are drawn without a title each.
_MOST_TITLES: Final = 3000
_MOST_STATIONS: Final = 60


@dataclass(frozen=True, slots=True)
class Standing:
    """Something that stands beside the racks: a dock, a bench. Without a place of its own (metres) it is drawn in front, in a row."""

    code: str
    kind: str
    x_m: float | None = None
    y_m: float | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """How a cell is drawn: a class beside `cell`, and what it says."""

    css: str
    title: str


@dataclass
class Picture:
    """Where everything of a floor is drawn, so that layers of one size lie on each other."""

    floor: FloorPlan
    stations: Sequence[Standing] = ()
    zones: Sequence[FloorZone] = ()
    letter: float = field(init=False)
    boxes: dict[str, tuple[float, float]] = field(init=False)

    def __post_init__(self) -> None:
        racks = self.floor.aisles * self.floor.aisle_pitch_m * SCALE
        self.letter = max(12.0, racks / 30, self.floor.length_m * SCALE / 45)
        self._left, self._right = -0.5 * self.floor.aisle_pitch_m * SCALE, racks - 0.5 * self.floor.aisle_pitch_m * SCALE
        self._wide, self._deep = max(2.2 * SCALE, 5.2 * self.letter), max(1.4 * SCALE, 1.5 * self.letter)
        self._right = max(self._right, self._left + 2.2 * self._wide)
        self.boxes = self._set_up()
        ys = [y for _, y in self.boxes.values()] + [0.0, self.floor.length_m * SCALE]
        xs = [x for x, _ in self.boxes.values()]
        self._left = min([self._left, *(x - self._wide / 2 for x in xs)]) - 4
        self._right = max([self._right, *(x + self._wide / 2 for x in xs)]) + 4
        self._top = max(ys) + (3.7 if any(z.aisles for z in self.zones) else 2.2) * self.letter
        self._bottom = min(ys) - max(self._deep, 1.2 * SCALE)

    def _set_up(self) -> dict[str, tuple[float, float]]:
        """The middle of each station in drawn units, y upwards: where it stands, or else in rows in front, each kind beginning a new one if it does not fit."""
        found, across = {}, self._wide * 1.08
        per_row = max(1, int((self._right - self._left) / across))
        row, n = 0, 0
        for _kind, own in groupby((s for s in self.stations[:_MOST_STATIONS]), key=lambda s: s.kind):
            several = list(own)
            if n and n + sum(s.x_m is None for s in several) > per_row:
                row, n = row + 1, 0
            for s in several:
                if s.x_m is not None and s.y_m is not None:
                    found[s.code] = (s.x_m * SCALE, s.y_m * SCALE)
                    continue
                if n == per_row:
                    row, n = row + 1, 0
                found[s.code] = (self._left + (n + 0.5) * across, -(1.5 * SCALE + self.letter * 1.6) - (row + 0.5) * self._deep * 1.25)
                n += 1
        return found

    @property
    def size(self) -> tuple[float, float]:
        return round(self._right - self._left, 1), round(self._top - self._bottom, 1)

    def at(self, x_m: float, y_m: float) -> tuple[float, float]:
        """A point of the floor (metres) in the picture."""
        return self._drawn(x_m * SCALE, y_m * SCALE)

    def _drawn(self, x: float, y: float) -> tuple[float, float]:
        return round(x - self._left, 1), round(self._top - y, 1)

    def station(self, code: str) -> tuple[float, float] | None:
        """The middle of a station in the picture."""
        found = self.boxes.get(code)
        return self._drawn(*found) if found else None

    def racks(self, marks: Mapping[tuple[int, int], Mark] | None = None) -> SafeString:
        """All cells, the names of the aisles, and which way the one-way ones lead."""
        marks, floor = marks or {}, self.floor
        titled = floor.aisles * floor.cells <= _MOST_TITLES
        shelf, deep = floor.aisle_pitch_m * SCALE * 0.3, floor.cell_pitch_m * SCALE * 0.92
        gap = floor.aisle_pitch_m * SCALE * 0.19
        plain: dict[str, list[str]] = {}
        parts: list[str] = []
        for aisle in range(floor.aisles):
            for cell in range(floor.cells):
                x, y = self.at(*floor.at_m(floor.place(aisle, cell)))
                rack = f"v{deep:.1f}h{shelf:.1f}v-{deep:.1f}z"
                path = f"M{x - gap - shelf:.1f} {y - deep / 2:.1f}{rack}M{x + gap:.1f} {y - deep / 2:.1f}{rack}"
                mark = marks.get((aisle, cell))
                if titled:
                    title = mark.title if mark else f"{aisle_letters(aisle)}-{cell + 1:02d}"
                    parts.append(f'<g class="cell{" " + mark.css if mark else ""}"><title>{escape(title)}</title><path d="{path}"/></g>')
                else:
                    plain.setdefault(mark.css if mark else "", []).append(path)
        parts += [f'<g class="cell {css}"><path d="{"".join(paths)}"/></g>' for css, paths in plain.items()]
        return mark_safe("".join(parts) + self._names() + self._arrows())  # noqa: S308 - made of numbers and escaped titles

    def zoned(self) -> SafeString:
        """The zones below the racks: a field for the aisles of each that lie beside each other, by its code (in one size for all; what does not fit is cut)."""
        fields = []
        for n, zone in enumerate(self.zones):
            aisles = sorted(a for a in zone.aisles if a < self.floor.aisles)
            for _gap, run in groupby(enumerate(aisles), key=lambda at: at[1] - at[0]):
                own = [aisle for _i, aisle in run]
                fields.append((n % 2, zone.code, own[0], len(own)))
        pitch, up = self.floor.aisle_pitch_m, 1.7 * self.letter
        size = min([self.letter, *(wide * pitch * SCALE / (0.78 * len(code)) for _n, code, _first, wide in fields)])
        size = max(size, 0.6 * self.letter)
        parts = []
        for n, code, first, wide in fields:
            left, top = self.at((first - 0.5) * pitch, self.floor.length_m)
            _left, bottom = self.at(0, 0)
            fits = max(2, int(wide * pitch * SCALE / (0.78 * size)))
            parts.append(
                (
                    n, _("Zone %(zone)s") % {"zone": code}, left, round(top - up, 1), round(wide * pitch * SCALE, 1), round(bottom - top + 2 * up, 1),
                    round(left + wide * pitch * SCALE / 2, 1), round(top - up - 0.35 * self.letter, 1), round(size, 1),
                    code if len(code) <= fits else code[: fits - 1] + "…",
                )
            )  # fmt: skip
        return format_html_join(
            "",
            '<g class="zone zone-{}"><title>{}</title><rect x="{}" y="{}" width="{}" height="{}"/><text x="{}" y="{}" font-size="{}">{}</text></g>',
            parts,
        )

    def _names(self) -> str:
        every = max(1, ceil(2.2 * self.letter / (self.floor.aisle_pitch_m * SCALE)))
        parts = []
        for aisle in range(0, self.floor.aisles, every):
            for y_m, down in ((0.0, 1.3 * self.letter), (self.floor.length_m, -0.6 * self.letter)):
                x, y = self.at(aisle * self.floor.aisle_pitch_m, y_m)
                parts.append(f'<text class="aisle" x="{x}" y="{y + down:.1f}" font-size="{self.letter:.1f}">{aisle_letters(aisle)}</text>')
        return "".join(parts)

    def _arrows(self) -> str:
        """Three arrow heads along each one-way aisle."""
        half = min(self.floor.aisle_pitch_m * SCALE * 0.15, self.letter)
        parts = []
        for aisles, up, css in ((self.floor.one_way_back, 1, "back"), (self.floor.one_way_front, -1, "front")):
            for aisle in aisles:
                for share in (0.1, 0.5, 0.9):
                    x, y = self.at(aisle * self.floor.aisle_pitch_m, self.floor.length_m * share)
                    parts.append(
                        f'<path class="one-way {css}" d="M{x - half:.1f} {y + up * half:.1f}L{x:.1f} {y - up * half:.1f}L{x + half:.1f} {y + up * half:.1f}"/>'
                    )
        return "".join(parts)

    def standing(self) -> SafeString:
        """The stations, by name, and where walks begin."""
        by_code = {s.code: s for s in self.stations}
        x, y = self.at(self.floor.depot_aisle * self.floor.aisle_pitch_m, 0)
        depot = format_html(
            '<g class="depot"><title>{}</title><circle cx="{}" cy="{}" r="{}"/></g>', _("Walks begin and end here"), x, y, round(self.letter * 0.45, 1)
        )
        boxes = []
        for code in self.boxes:
            x, y = self.station(code) or (0.0, 0.0)
            name = code if len(code) < 11 else code[:9] + "…"
            size = round(self.letter * (0.9 if len(name) < 8 else 0.72), 1)
            boxes.append(
                (
                    by_code[code].kind,
                    code,
                    round(x - self._wide / 2, 1),
                    round(y - self._deep / 2, 1),
                    round(self._wide, 1),
                    round(self._deep, 1),
                    x,
                    round(y + size * 0.36, 1),
                    size,
                    name,
                )
            )
        drawn = format_html_join(
            "",
            '<g class="station at-{}"><title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="2"/><text x="{}" y="{}" font-size="{}">{}</text></g>',
            boxes,
        )
        return depot + drawn

    def svg(self, layers: Iterable[SafeString], *, said: str) -> SafeString:
        """Layers on each other as one picture; `said` is what it shows, in words."""
        drawn = format_html_join("", "{}", ((layer,) for layer in layers))
        return format_html('<svg class="floor" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>', *self.size, said, drawn)


def standing(scope: Scope, warehouse_id: int) -> list[Standing]:
    """What stands on a warehouse's floor beside the racks, to be drawn."""
    return [Standing(p.code, p.kind, p.x_m, p.y_m) for p in selectors.stations(scope, warehouse_id)]


def said(floor: FloorPlan) -> str:
    """The floor in one sentence, for those who do not see it."""
    aisles = ngettext("%(n)d aisle", "%(n)d aisles", floor.aisles) % {"n": floor.aisles}
    cells = ngettext("%(n)d bin long", "%(n)d bins long", floor.cells) % {"n": floor.cells}
    levels = ngettext("%(n)d level", "%(n)d levels", floor.levels) % {"n": floor.levels}
    one_way = len(floor.one_way_back) + len(floor.one_way_front)
    parts = [f"{aisles}, {cells}, {levels}"]
    if floor.cross_after:
        parts.append(
            ngettext("%(n)d cross aisle between the bins", "%(n)d cross aisles between the bins", len(floor.cross_after)) % {"n": len(floor.cross_after)}
        )
    if one_way:
        parts.append(ngettext("%(n)d aisle is one-way", "%(n)d aisles are one-way", one_way) % {"n": one_way})
    return "; ".join(parts)


def draw(
    floor: FloorPlan, stations: Sequence[Standing] = (), marks: Mapping[tuple[int, int], Mark] | None = None, zones: Sequence[FloorZone] = ()
) -> SafeString:
    """The floor with its stations and zones; `marks` say which cells stand out, and what they are called."""
    picture = Picture(floor, stations, zones)
    return picture.svg((picture.zoned(), picture.racks(marks), picture.standing()), said=said(floor))
