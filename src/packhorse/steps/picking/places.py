"""Where on the floor a pick task's place is. Pure."""

from __future__ import annotations

from packhorse.ground.warehouse.graph import Spot
from packhorse.ground.warehouse.types import FloorPlan
from packhorse.kernels.picking.problem import Cell
from packhorse.steps.picking.types import TaskInfo


def spot_of(floor: FloorPlan, task: TaskInfo) -> Cell | Spot | None:
    """Where on the floor a task's place is; None where nobody said."""
    if task.aisle is not None and task.cell is not None:
        return floor.place(task.aisle, task.cell)
    return Spot(task.x_m, task.y_m) if task.x_m is not None and task.y_m is not None else None
