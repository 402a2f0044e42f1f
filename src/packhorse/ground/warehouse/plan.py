"""The floor as a picture: aisles as strips, bins as cells, in SVG without a style of its own."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from packhorse.ground.warehouse.services import aisle_letters
from packhorse.ground.warehouse.types import FloorPlan

_MOST_CELLS = 4000


def draw(floor: FloorPlan, marked: Mapping[tuple[int, int], str] | None = None) -> SafeString:
    """The floor seen from above, front at the bottom; a metre is ten units. `marked` cells (aisle, cell) get their text as a title and stand out."""
    width, height = (floor.aisles + 0.5) * floor.aisle_pitch_m * 10, (floor.length_m + 3) * 10
    shelf, deep = floor.aisle_pitch_m * 3, floor.cell_pitch_m * 9
    parts = []
    for aisle in range(floor.aisles):
        x = (aisle + 0.75) * floor.aisle_pitch_m * 10
        parts.append(f'<text class="axis" x="{x:.1f}" y="{height - 4:.1f}" text-anchor="middle" font-size="12">{aisle_letters(aisle)}</text>')
        for cell in range(floor.cells) if floor.aisles * floor.cells <= _MOST_CELLS else ():
            y = height - 20 - (floor.first_cell_m + cell * floor.cell_pitch_m) * 10 - deep / 2
            kind = "cell marked" if marked and (aisle, cell) in marked else "cell"
            title = format_html("<title>{}</title>", (marked or {}).get((aisle, cell), f"{aisle_letters(aisle)}-{cell + 1:02d}"))
            parts.append(f'<g class="{kind}">{title}')
            parts += [f'<rect x="{x + side:.1f}" y="{y:.1f}" width="{shelf:.1f}" height="{deep:.1f}"/>' for side in (-shelf - 4, 4)]
            parts.append("</g>")
    label = _("Floor: %(aisles)d aisles of %(cells)d bins") % {"aisles": floor.aisles, "cells": floor.cells}
    body = mark_safe("".join(parts))  # noqa: S308 - made of numbers and escaped titles
    return format_html('<svg class="floor" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>', f"{width:.0f}", f"{height:.0f}", label, body)
