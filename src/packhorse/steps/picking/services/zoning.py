"""What is planned together: orders that are picked whole; the picks of each zone, where orders are passed on or sorted at a put wall."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from packhorse.core.actors import Scope
from packhorse.ground.warehouse import selectors as warehouse
from packhorse.ground.warehouse.types import FloorPlan
from packhorse.steps.picking import selectors
from packhorse.steps.picking.errors import NoPutWall
from packhorse.steps.picking.models import Method
from packhorse.steps.picking.types import TaskInfo


def by_release(tasks: Iterable[TaskInfo]) -> dict[int, list[TaskInfo]]:
    """Tasks by release."""
    found: dict[int, list[TaskInfo]] = defaultdict(list)
    for task in tasks:
        found[task.release_id].append(task)
    return found


@dataclass(frozen=True, slots=True)
class Load:
    """Tasks that are planned together: of all orders that are picked whole; or of one zone."""

    method: str
    tasks: list[TaskInfo]
    floor: FloorPlan | None
    zone: str = ""
    wall_id: int | None = None

    @property
    def said(self) -> dict[str, str | int | float]:
        """The method and the zone, among a walk's reasons."""
        return {"method": self.method, "zone": self.zone} if self.method != Method.WHOLE else {}


def loads(scope: Scope, warehouse_id: int, tasks: Sequence[TaskInfo]) -> list[Load]:
    """What is planned together. An order that is passed on is planned for the first zone that it needs; one that is sorted at a put wall for all its zones at once.

    Raises: NoPutWall.
    """
    floor = warehouse.layout(scope, warehouse_id)
    found: list[Load] = []
    if whole := [t for t in tasks if t.method == Method.WHOLE]:
        found.append(Load(Method.WHOLE, whole, floor))
    passed = by_release(t for t in tasks if t.method == Method.PASS)
    first = {i: min((t.zone_position, t.zone) for t in own)[1] for i, own in passed.items()}
    for zone, own in by_zone(t for i, some in passed.items() for t in some if t.zone == first[i]):
        found.append(Load(Method.PASS, own, _from(floor, own), zone))
    for wall_id, some in _at_walls(scope, [t for t in tasks if t.method == Method.WALL], warehouse_id).items():
        for zone, own in by_zone(some):
            found.append(for_wall(own, floor, zone, wall_id))
    return found


def for_wall(tasks: Iterable[TaskInfo], floor: FloorPlan | None, zone: str, wall_id: int) -> Load:
    """Tasks of a zone that are sorted at a put wall, all of their orders in shared totes."""
    return Load(Method.WALL, [replace(t, wall_id=wall_id) for t in tasks], floor, zone, wall_id)


def by_zone(tasks: Iterable[TaskInfo]) -> list[tuple[str, list[TaskInfo]]]:
    """Tasks by zone, in the order of the zones."""
    found: dict[tuple[int, str], list[TaskInfo]] = defaultdict(list)
    for t in tasks:
        found[t.zone_position, t.zone].append(t)
    return [(zone, own) for (_position, zone), own in sorted(found.items())]


def _from(floor: FloorPlan | None, tasks: list[TaskInfo]) -> FloorPlan | None:
    """The floor as whoever picks in a zone walks it: from the aisle of these tasks that is the nearest to where walks begin."""
    aisles = {t.aisle for t in tasks if t.aisle is not None}
    return replace(floor, depot_aisle=min(aisles, key=lambda a: (abs(a - floor.depot_aisle), a))) if floor and aisles else floor


def _at_walls(scope: Scope, tasks: list[TaskInfo], warehouse_id: int) -> dict[int, list[TaskInfo]]:
    """Tasks by the put wall at which they are sorted: an order that has a wall keeps it, the others go, the most urgent first, to the wall with the most free slots while it has one. The rest waits.

    Raises: NoPutWall.
    """
    if not tasks:
        return {}
    free = selectors.free_slots(scope, warehouse_id)
    if not free and any(t.wall_id is None for t in tasks):
        raise NoPutWall(warehouse=warehouse.warehouse(scope, warehouse_id).code, warehouse_id=warehouse_id)
    found: dict[int, list[TaskInfo]] = defaultdict(list)
    for own in by_release(tasks).values():
        wall_id = own[0].wall_id
        if wall_id is None:
            wall_id = max(free, key=lambda w: (free[w], -w))
            if free[wall_id] <= 0:
                continue
            free[wall_id] -= 1
        found[wall_id] += own
    return found
