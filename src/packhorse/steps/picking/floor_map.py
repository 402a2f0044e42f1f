"""The floor as it lives, in two layers of one size: the racks by heat, and on them what is to be done and who walks where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from packhorse.ground.warehouse.designing import aisle_letters
from packhorse.ground.warehouse.plan import Mark, Picture
from packhorse.steps.inventory.types import CellStock, CellWork
from packhorse.steps.picking.types import CellPicks, Walker

HEATS: Final = ("stock", "picks")
STEPS: Final = 5
#: Of picks done, those of so many days are shown.
DAYS: Final = 7


@dataclass
class At:
    """All that is known of one cell."""

    aisle: int
    cell: int
    bins: int = 0
    filled: int = 0
    units: int = 0
    litres: int = 0
    picked: int = 0
    picks: int = 0
    put_aways: int = 0
    counts: int = 0

    @property
    def code(self) -> str:
        return f"{aisle_letters(self.aisle)}-{self.cell + 1:02d}"

    @property
    def tasks(self) -> int:
        return self.picks + self.put_aways + self.counts

    @property
    def in_words(self) -> str:
        parts = [gettext("%(code)s: %(filled)d of %(bins)d bins filled, %(units)d units, %(litres)d L") % {**vars(self), "code": self.code}]
        if self.picked:
            parts.append(ngettext("%(n)d pick in a week", "%(n)d picks in a week", self.picked) % {"n": self.picked})
        if self.tasks:
            parts.append(tasks_in_words(self.picks, self.put_aways, self.counts))
        return "; ".join(parts)


def tasks_in_words(picks: int, put_aways: int, counts: int) -> str:
    """How many of each are to be done."""
    kinds = (
        (picks, ngettext("%(n)d pick to do", "%(n)d picks to do", picks)),
        (put_aways, ngettext("%(n)d put-away to do", "%(n)d put-aways to do", put_aways)),
        (counts, ngettext("%(n)d count to do", "%(n)d counts to do", counts)),
    )
    return ", ".join(words % {"n": n} for n, words in kinds if n)


@dataclass
class Aisle:
    """One aisle in figures: the map's row for those who do not see it."""

    aisle: int
    cells: list[At] = field(default_factory=list)

    @property
    def name(self) -> str:
        return aisle_letters(self.aisle)

    def __getattr__(self, name: str) -> int:
        """The sum of a figure over the aisle's cells."""
        if name.startswith("_"):
            raise AttributeError(name)
        return sum(getattr(cell, name) for cell in self.cells)


def gathered(stock: Iterable[CellStock], work: Iterable[CellWork], picks: Iterable[CellPicks]) -> dict[tuple[int, int], At]:
    """What is known of each cell."""
    found: dict[tuple[int, int], At] = {}

    def at(aisle: int, cell: int) -> At:
        return found.setdefault((aisle, cell), At(aisle, cell))

    for s in stock:
        here = at(s.aisle, s.cell)
        here.bins, here.filled, here.units, here.litres = s.bins, s.filled, s.units, s.litres
    for w in work:
        at(w.aisle, w.cell).put_aways, at(w.aisle, w.cell).counts = w.put_aways, w.counts
    for p in picks:
        at(p.aisle, p.cell).picks, at(p.aisle, p.cell).picked = p.open, p.done
    return found


def heat(cells: Mapping[tuple[int, int], At], by: str) -> dict[tuple[int, int], int]:
    """A step from 0 (nothing) to `STEPS` for each cell: by litres (units, where no size is known) or by picks, against the twentieth-fullest of a hundred, so that one giant pales nobody."""
    by_size = any(c.litres for c in cells.values())
    values = {at: c.picked if by == "picks" else (c.litres or min(c.units, 1)) if by_size else c.units for at, c in cells.items()}
    some = sorted(v for v in values.values() if v)
    if not some:
        return dict.fromkeys(cells, 0)
    full = some[min(len(some) - 1, ceil(len(some) * 0.95) - 1)]
    return {at: ceil(STEPS * min(1.0, v / full)) for at, v in values.items()}


def heat_layer(picture: Picture, cells: Mapping[tuple[int, int], At], by: str) -> SafeString:
    """The racks, darker where more lies or more is picked."""
    steps = heat(cells, by)
    floor = picture.floor
    return picture.racks({at: Mark(f"heat-{steps[at]}", c.in_words) for at, c in cells.items() if at[0] < floor.aisles and at[1] < floor.cells})


def live_layer(picture: Picture, cells: Mapping[tuple[int, int], At], walkers: Sequence[tuple[Walker, str]]) -> SafeString:
    """What is to be done, as dots in the aisles, and the walkers (with their names) where they scanned last, or where walks begin."""
    floor, dots = picture.floor, []
    size = max(2.4, min(picture.letter * 0.3, floor.cell_pitch_m * 4.2))
    for (aisle, cell), at in sorted(cells.items()):
        if not at.tasks or aisle >= floor.aisles or cell >= floor.cells:
            continue
        x, y = picture.at(*floor.at_m(floor.place(aisle, cell)))
        shapes = (
            (at.picks, "pick", -1, '<circle cx="{0}" cy="{1}" r="{2}"/>'),
            (at.put_aways, "put-away", 0, '<path d="M{0} {3}l{2} {4}h-{4}z"/>'),
            (at.counts, "count", 1, '<rect x="{5}" y="{6}" width="{4}" height="{4}"/>'),
        )
        for n, kind, place, shape in shapes:
            if n:
                px = x + place * size * 2.1
                drawn = format_html(shape, *(round(v, 1) for v in (px, y, size, y - size, 2 * size, px - size, y - size)))
                dots.append((kind, at.in_words, drawn))
    return format_html("{}{}", format_html_join("", '<g class="task {}"><title>{}</title>{}</g>', dots), _people(picture, walkers))


def _people(picture: Picture, walkers: Sequence[tuple[Walker, str]]) -> SafeString:
    size, drawn = picture.letter * 0.85, []
    for n, (walker, name) in enumerate(walkers):
        x, y = _where(picture, walker, n)
        drawn.append(
            (
                gettext("%(who)s, walk %(walk)s") % {"who": name, "walk": walker.number},
                x,
                y,
                round(size, 1),
                x,
                round(y + size * 0.32, 1),
                round(size * 0.95, 1),
                initials(name),
            )
        )
    return format_html_join("", '<g class="walker"><title>{}</title><circle cx="{}" cy="{}" r="{}"/><text x="{}" y="{}" font-size="{}">{}</text></g>', drawn)


def _where(picture: Picture, walker: Walker, n: int) -> tuple[float, float]:
    """Where the walker scanned last; those who have not yet stand beside each other where walks begin."""
    floor = picture.floor
    if walker.aisle is not None and walker.cell is not None:
        return picture.at(*floor.at_m(floor.place(walker.aisle, walker.cell)))
    if walker.x_m is not None and walker.y_m is not None:
        return picture.at(walker.x_m, walker.y_m)
    x, y = picture.at(floor.depot_aisle * floor.aisle_pitch_m, 0)
    return round(x + n * picture.letter * 0.6, 1), y


def initials(name: str) -> str:
    """Up to two letters that stand for a name."""
    words = [w for w in name.replace("-", " ").split() if w[0].isalnum()]
    return "".join(w[0] for w in (words[:1] + words[-1:] if len(words) > 1 else words[:1])).upper() or "?"


def said(cells: Mapping[tuple[int, int], At], walkers: int) -> str:
    """The map in one sentence."""
    bins, filled = sum(c.bins for c in cells.values()), sum(c.filled for c in cells.values())
    parts = [gettext("%(filled)d of %(bins)d bins filled") % {"filled": filled, "bins": bins}]
    todo = tasks_in_words(sum(c.picks for c in cells.values()), sum(c.put_aways for c in cells.values()), sum(c.counts for c in cells.values()))
    parts.append(todo or gettext("nothing to do"))
    parts.append(ngettext("%(n)d picker walks", "%(n)d pickers walk", walkers) % {"n": walkers} if walkers else gettext("nobody walks"))
    return ", ".join(parts)
