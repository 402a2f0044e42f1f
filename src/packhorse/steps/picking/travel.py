"""How long walks take: metres, turns, and what hands do at each stop, in somebody's standard times. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from packhorse.ground.warehouse.graph import AisleGraph, Spot, kernel_places, turns
from packhorse.ground.warehouse.types import FloorPlan
from packhorse.kernels.picking.comparison import s_shape_walk
from packhorse.kernels.picking.problem import Cell
from packhorse.kernels.picking.solve import route
from packhorse.steps.picking import pace
from packhorse.steps.picking.types import Handling, TaskInfo, Times


def handling(tasks: Sequence[TaskInfo], heavy_g: int) -> Handling:
    """What one walk past these tasks' places asks of hands; each place is climbed to once. What goes into a tote that orders share is one pick for all of them."""
    levels = {t.location_id: t.level for t in tasks}
    heavy = sum(t.quantity for t in tasks if t.weight_g >= heavy_g)
    orders = {t.release_id if t.wall_id is None else None for t in tasks}
    picks = {t.task_id if t.wall_id is None else (t.location_id, t.item_id, t.lot) for t in tasks}
    return Handling(len(orders), len(picks), sum(t.quantity for t in tasks), sum(levels.values()), heavy)


class Travel:
    """Walks on a floor, in the times of whoever walks them."""

    def __init__(self, floor: FloorPlan, times: Times) -> None:
        self._floor, self._times = floor, times

    def minutes(self, tasks: Sequence[TaskInfo], metres: float, stops: Sequence[Cell | Spot]) -> float:
        """A walk past these stops in this order."""
        return self._minutes(tasks, metres, turns(AisleGraph(self._floor, stops).walk(stops)) if stops else 0)

    def s_shape_minutes(self, tasks: Sequence[TaskInfo], metres: float, stops: Sequence[Cell | Spot]) -> float:
        """The same stops, walked S-shape."""
        return self._minutes(tasks, metres, turns(s_shape_walk(self._floor.rectangular(), [s for s in stops if isinstance(s, Cell)])))

    def alone_minutes(self, tasks: Sequence[TaskInfo], places: Sequence[Cell | Spot]) -> float:
        """The shortest walk of one order alone."""
        layout, names = kernel_places(self._floor, places)
        spots = {name: spot for spot, name in names.items()}
        walk = route(layout, names.values())
        return self.minutes(tasks, walk.distance, [spots[s] for s in walk.stops])

    def _minutes(self, tasks: Sequence[TaskInfo], metres: float, many_turns: int) -> float:
        return pace.walk_minutes(self._times, handling(tasks, self._times.heavy_g), metres, many_turns)
