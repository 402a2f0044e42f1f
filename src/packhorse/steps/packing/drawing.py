"""The load of a box as an isometric drawing: SVG with presentation attributes only, so that it may stand in a page or be an image of its own under the strictest policy."""

from __future__ import annotations

from collections.abc import Sequence
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
_COS: Final = 0.8660254
#: Most pieces that are drawn; beyond that a picture says nothing.
MOST: Final = 250

Vec = tuple[float, float, float]


def _flat(p: Vec) -> tuple[float, float]:
    """x runs to the lower right, y to the lower left, z up."""
    x, y, z = p
    return round((x - y) * _COS, 1), round((x + y) / 2 - z, 1)


def _points(*corners: Vec) -> str:
    return " ".join(f"{a},{b}" for a, b in map(_flat, corners))


def _behind(a: PlacedPiece, b: PlacedPiece) -> bool:
    """Whether a lies wholly behind, left of or under b, seen from the front, right and above."""
    return any(a.at_mm[i] + a.size_mm[i] <= b.at_mm[i] for i in range(3))


def back_to_front(pieces: Sequence[PlacedPiece]) -> list[PlacedPiece]:
    """The pieces in an order in which each is drawn after all that it may hide."""
    left = sorted(pieces, key=lambda p: (sum(p.at_mm), p.at_mm))
    drawn: list[PlacedPiece] = []
    while left:
        free = next((p for p in left if all(o is p or not _behind(o, p) or _behind(p, o) for o in left)), left[0])
        drawn.append(free)
        left.remove(free)
    return drawn


def _piece(piece: PlacedPiece, colour: int) -> tuple[str, str, str, str, str, str]:
    (x, y, z), (dx, dy, dz) = piece.at_mm, piece.size_mm
    x1, y1, z1 = x + dx, y + dy, z + dz
    top, left, right = _FACES[colour % len(_FACES)]
    return (
        _points((x, y, z1), (x1, y, z1), (x1, y1, z1), (x, y1, z1)),
        top,
        _points((x, y1, z1), (x1, y1, z1), (x1, y1, z), (x, y1, z)),
        left,
        _points((x1, y, z1), (x1, y1, z1), (x1, y1, z), (x1, y, z)),
        right,
    )


def load_svg(parcel: ProposedParcel) -> SafeString:
    """The box (its edges) and the pieces in it. Without a computed load: the empty box."""
    length, width, height = parcel.inner_mm
    pieces = parcel.placements if len(parcel.placements) <= MOST else ()
    colours = {item: n for n, item in enumerate(dict.fromkeys(p.item_id for p in pieces))}
    faces = format_html_join(
        "",
        '<polygon points="{}" fill="{}"/><polygon points="{}" fill="{}"/><polygon points="{}" fill="{}"/>',
        (_piece(p, colours[p.item_id]) for p in back_to_front(pieces)),
    )
    inside = [((0, 0, 0), (length, 0, 0)), ((0, 0, 0), (0, width, 0)), ((0, 0, 0), (0, 0, height))]
    outside = [
        ((length, 0, 0), (length, width, 0)), ((0, width, 0), (length, width, 0)), ((length, 0, 0), (length, 0, height)), ((0, width, 0), (0, width, height)),
        ((length, width, 0), (length, width, height)), ((0, 0, height), (length, 0, height)), ((0, 0, height), (0, width, height)),
        ((length, 0, height), (length, width, height)), ((0, width, height), (length, width, height)),
    ]  # fmt: skip
    stroke = max(length, width, height) / 180
    line = '<polyline points="{}" fill="none" stroke="{}" stroke-width="{}"/>'
    back = format_html_join("", line, ((_points(a, b), _EDGE, round(stroke, 1)) for a, b in inside))
    front = format_html_join("", line, ((_points(a, b), _EDGE, round(stroke, 1)) for a, b in outside))
    low_x, high_x = -width * _COS - 2 * stroke, length * _COS + 2 * stroke
    low_y, high_y = -height - 2 * stroke, (length + width) / 2 + 2 * stroke
    count = sum(c.quantity for c in parcel.contents)
    said = ngettext("%(n)d piece in %(box)s", "%(n)d pieces in %(box)s", count) % {"n": count, "box": parcel.box}
    if not pieces:
        said = f"{said} ({gettext('load not drawn')})"
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{}" viewBox="{} {} {} {}" stroke-linejoin="round">{}'
        '<g stroke="#ffffff" stroke-opacity="0.55" stroke-width="{}">{}</g>{}</svg>',
        said, round(low_x, 1), round(low_y, 1), round(high_x - low_x, 1), round(high_y - low_y, 1), back, round(stroke / 2, 1), faces, front,
    )  # fmt: skip
