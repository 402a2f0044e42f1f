"""A walk on the floor, as SVG: the racks, the way, the stops by number. Classes only; colours come from the stylesheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from packhorse.ground.warehouse.graph import AisleGraph, Spot, corners
from packhorse.ground.warehouse.plan import Mark, Picture, Standing
from packhorse.ground.warehouse.types import FloorPlan
from packhorse.kernels.picking.problem import Cell
from packhorse.steps.picking.places import spot_of
from packhorse.steps.picking.types import TaskInfo


@dataclass(frozen=True, slots=True)
class Numbered:
    """A stop on the floor: its number on the walk, its place, whether all of it is picked."""

    number: int
    place: Cell | Spot
    location: str
    done: bool


def numbered(floor: FloorPlan, tasks: Sequence[TaskInfo]) -> list[Numbered]:
    """The stops of a walk that are on the floor, in walking order; several levels of one cell are one."""
    found: dict[Cell | Spot, list[TaskInfo]] = {}
    for task in sorted((t for t in tasks if t.state != "cancelled"), key=lambda t: (t.sequence, t.location)):
        place = spot_of(floor, task)
        if place is not None:
            found.setdefault(place, []).append(task)
    return [
        Numbered(n, place, ", ".join(dict.fromkeys(t.location for t in own)), all(t.state in ("done", "short") for t in own))
        for n, (place, own) in enumerate(found.items(), 1)
    ]


def walk_svg(floor: FloorPlan, stops: Sequence[Numbered], stations: Sequence[Standing], distance_m: float) -> SafeString:
    """The floor from above, the front below: racks, the way, the stops."""
    picture = Picture(floor, stations)
    marks = {(s.place.aisle, (0, *floor.cross_after)[s.place.block] + s.place.cell): Mark("wanted", s.location) for s in stops if isinstance(s.place, Cell)}
    places = [s.place for s in stops]
    graph = AisleGraph(floor, places)
    way = format_html('<polyline class="way" points="{}"/>', " ".join("{},{}".format(*picture.at(*point)) for point in corners(graph.walk(places))))
    size = round(picture.letter * 0.95, 1)
    drawn = []
    for s in stops:
        x, y = picture.at(*(floor.at_m(s.place) if isinstance(s.place, Cell) else s.place))
        drawn.append((" done" if s.done else "", x, y, size, x, round(y + size * 0.36, 1), size, s.number, s.location))
    marked = format_html_join("", '<g class="stop{}"><circle cx="{}" cy="{}" r="{}"/><text x="{}" y="{}" font-size="{}">{}</text><title>{}</title></g>', drawn)
    said = ngettext("A walk of %(m)d m past %(n)d stop", "A walk of %(m)d m past %(n)d stops", len(stops)) % {"m": round(distance_m), "n": len(stops)}
    return picture.svg((picture.racks(marks), picture.standing(), way, marked), said=said)


def steps_svg(parts: Sequence[tuple[str, int]], said: str) -> SafeString:
    """How far orders are as one bar: a stretch for each step, as wide as it has orders."""
    total = max(1, sum(n for _, n in parts))
    drawn, x = [], 0.0
    for step, n in parts:
        if n:
            width = 1000 * n / total
            drawn.append((step, round(x, 1), round(width, 1)))
            x += width
    rects = format_html_join("", '<rect class="{}" x="{}" y="0" width="{}" height="10"/>', drawn)
    return format_html('<svg class="steps-bar" role="img" aria-label="{}" viewBox="0 0 1000 10" preserveAspectRatio="none">{}</svg>', said, rects)
