"""The load of a box as a drawing that can be turned and built up piece by piece: SVG with presentation attributes only.

So it may stand in a page, or be an image of its own, under the strictest policy.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians, sin, sqrt
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from packhorse.steps.packing.types import PlacedPiece, ProposedParcel

#: Colours by item: top, left and right face. Mid tones that stand on light and on dark paper.
_FACES: Final = (
    ("#8cc9a9", "#4f9c76", "#38795a"),
    ("#9cbfe6", "#5c8fc6", "#416f9f"),
    ("#e8c383", "#c4913c", "#996d25"),
    ("#cfa9dc", "#9a68ad", "#774b88"),
    ("#e5a49f", "#bf625b", "#964540"),
    ("#b4c3c9", "#7f939b", "#5f727a"),
)
_EDGE: Final = "#7d857f"
#: Around the piece that goes in now.
_NOW: Final = "#d2342a"
#: From where the box is looked at when nothing is turned: over its near corner.
_CORNER: Final = 45
#: Most pieces that are drawn; beyond that a picture says nothing. Most that are numbered.
MOST, MOST_NUMBERED = 250, 40

Vec = tuple[float, float, float]


@dataclass(frozen=True)
class _View:
    """The box turned by whole quarters, and the rest of the way by the eye: pieces stay parallel to the axes, and three faces of each are seen."""

    quarters: int
    inner_mm: tuple[int, int, int]
    right: tuple[float, float]
    down: tuple[float, float]

    @classmethod
    def of(cls, inner_mm: tuple[int, int, int], turn: int) -> _View:
        quarters, rest = divmod((turn + _CORNER) % 360, 90)
        c, s = cos(radians(rest)), sin(radians(rest))
        return cls(quarters, inner_mm, (c * sqrt(1.5), -s * sqrt(1.5)), (s / sqrt(2), c / sqrt(2)))

    @property
    def plan(self) -> tuple[int, int]:
        """Length along x and width along y, as they lie now."""
        length, width, _height = self.inner_mm
        return (width, length) if self.quarters % 2 else (length, width)

    def lay(self, piece: PlacedPiece) -> PlacedPiece:
        """The piece where it lies in the turned box."""
        (x, y, z), (dx, dy, dz) = piece.at_mm, piece.size_mm
        length, width, _height = self.inner_mm
        for _quarter in range(self.quarters):
            x, y, dx, dy = width - y - dy, x, dy, dx
            length, width = width, length
        return PlacedPiece(piece.item_id, (x, y, z), (dx, dy, dz))

    def flat(self, p: Vec) -> tuple[float, float]:
        """Where a point of the turned box is on the paper; the middle of the floor is its origin."""
        x, y = p[0] - self.plan[0] / 2, p[1] - self.plan[1] / 2
        return round(x * self.right[0] + y * self.right[1], 1), round(x * self.down[0] + y * self.down[1] - p[2], 1)

    def points(self, *corners: Vec) -> str:
        return " ".join(f"{a},{b}" for a, b in map(self.flat, corners))


def _behind(a: PlacedPiece, b: PlacedPiece) -> bool:
    """Whether a lies wholly behind, left of or under b, seen from the front, right and above."""
    return any(a.at_mm[i] + a.size_mm[i] <= b.at_mm[i] for i in range(3))


def back_to_front(pieces: Sequence[PlacedPiece]) -> list[int]:
    """The pieces' numbers in an order in which each is drawn after all that it may hide."""
    left = sorted(range(len(pieces)), key=lambda n: (sum(pieces[n].at_mm), pieces[n].at_mm))
    drawn: list[int] = []
    while left:
        free = next((n for n in left if all(o == n or not _behind(pieces[o], pieces[n]) or _behind(pieces[n], pieces[o]) for o in left)), left[0])
        drawn.append(free)
        left.remove(free)
    return drawn


def colours(pieces: Sequence[PlacedPiece]) -> dict[int, str]:
    """Item → the colour of its top face, as drawn and for the list beside the picture."""
    return {item: _FACES[n % len(_FACES)][0] for n, item in enumerate(dict.fromkeys(p.item_id for p in pieces))}


def scanned(parcel: ProposedParcel, got: Mapping[int, int], last: int | None) -> tuple[list[int], int | None]:
    """Which pieces (by their place in the packing order) are in when so many of each item were scanned, and which of them was the last."""
    left, inside, now = dict(got), [], None
    for n, piece in enumerate(parcel.placements):
        if left.get(piece.item_id, 0) > 0:
            left[piece.item_id] -= 1
            inside.append(n)
            now = n if piece.item_id == last else now
    return inside, now


def _faces(view: _View, piece: PlacedPiece, colour: int, number: int | None, *, there: bool, now: bool, stroke: float) -> SafeString:
    """A piece; one that is not there yet is seen through, its number is not."""
    (x, y, z), (dx, dy, dz) = piece.at_mm, piece.size_mm
    x1, y1, z1 = x + dx, y + dy, z + dz
    top, left, right = _FACES[colour % len(_FACES)]
    sides = format_html_join(
        "",
        '<polygon points="{}" fill="{}"/>',
        (
            (view.points((x, y, z1), (x1, y, z1), (x1, y1, z1), (x, y1, z1)), top),
            (view.points((x, y1, z1), (x1, y1, z1), (x1, y1, z), (x, y1, z)), left),
            (view.points((x1, y, z1), (x1, y1, z1), (x1, y1, z), (x1, y, z)), right),
        ),
    )
    if not there:
        sides = format_html('<g opacity="0.16">{}</g>', sides)
    said = SafeString("")
    if number is not None:
        a, b = view.flat((x + dx / 2, y + dy / 2, z1))
        size = max(stroke * 4, min(stroke * 10, dx / 2, dy / 2))
        said = format_html(
            '<text x="{}" y="{}" font-size="{}" font-family="sans-serif" font-weight="bold" text-anchor="middle" fill="{}" stroke="none">{}</text>',
            a, round(b + size / 3, 1), round(size, 1), "#10201a" if there else _EDGE, number,
        )  # fmt: skip
    if now:
        return format_html('<g stroke="{}" stroke-opacity="1" stroke-width="{}">{}{}</g>', _NOW, round(stroke * 1.6, 1), sides, said)
    return format_html("{}{}", sides, said)


def load_svg(parcel: ProposedParcel, *, turn: int = 0, inside: Collection[int] | None = None, now: int | None = None, to_come: bool = False) -> SafeString:
    """The box (its edges) and the pieces in it, numbered in packing order, seen after a turn of so many degrees. `inside`: only these are in yet (None: all), `now` is the one that goes in;
    those `to_come` are seen through.

    Without a computed load: the empty box.
    """
    view = _View.of(parcel.inner_mm, turn)
    pieces = [view.lay(p) for p in parcel.placements] if len(parcel.placements) <= MOST else []
    shown = [n for n in back_to_front(pieces) if inside is None or n in inside or to_come]
    (length, width), height = view.plan, parcel.inner_mm[2]
    stroke = max(length, width, height) / 180
    colour = {item: n for n, item in enumerate(dict.fromkeys(p.item_id for p in pieces))}
    numbered = len(pieces) <= MOST_NUMBERED
    drawn = [
        (_faces(view, pieces[n], colour[pieces[n].item_id], n + 1 if numbered else None, there=inside is None or n in inside, now=n == now, stroke=stroke),)
        for n in shown
    ]
    faces = format_html_join("", "{}", drawn)
    behind = [((0, 0, 0), (length, 0, 0)), ((0, 0, 0), (0, width, 0)), ((0, 0, 0), (0, 0, height))]
    before = [
        ((length, 0, 0), (length, width, 0)), ((0, width, 0), (length, width, 0)), ((length, 0, 0), (length, 0, height)), ((0, width, 0), (0, width, height)),
        ((length, width, 0), (length, width, height)), ((0, 0, height), (length, 0, height)), ((0, 0, height), (0, width, height)),
        ((length, 0, height), (length, width, height)), ((0, width, height), (length, width, height)),
    ]  # fmt: skip
    line = '<polyline points="{}" fill="none" stroke="{}" stroke-width="{}"/>'
    back = format_html_join("", line, ((view.points(a, b), _EDGE, round(stroke, 1)) for a, b in behind))
    front = format_html_join("", line, ((view.points(a, b), _EDGE, round(stroke, 1)) for a, b in before))
    # The same frame from every side, so that the box stands still while it turns.
    across, down = hypot(length, width) * sqrt(1.5) + 4 * stroke, hypot(length, width) / sqrt(2)
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{}" viewBox="{} {} {} {}" stroke-linejoin="round">{}'
        '<g stroke="#ffffff" stroke-opacity="0.55" stroke-width="{}">{}</g>{}</svg>',
        _said(parcel, bool(pieces), None if inside is None else sum(n in inside for n in range(len(pieces)))),
        round(-across / 2, 1), round(-height - down / 2 - 2 * stroke, 1), round(across, 1), round(height + down + 4 * stroke, 1), back, round(stroke / 2, 1), faces, front,
    )  # fmt: skip


def _said(parcel: ProposedParcel, drawn: bool, inside: int | None) -> str:
    count = sum(c.quantity for c in parcel.contents)
    if not drawn:
        return f"{_pieces(count, parcel.box)} ({gettext('load not drawn')})"
    if inside is None:
        return _pieces(count, parcel.box)
    return gettext("%(n)d of %(all)d pieces in %(box)s") % {"n": inside, "all": count, "box": parcel.box}


def _pieces(count: int, box: str) -> str:
    return ngettext("%(n)d piece in %(box)s", "%(n)d pieces in %(box)s", count) % {"n": count, "box": box}
