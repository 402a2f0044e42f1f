"""Where on the floor the place of a pick, or of an item, is. Pure."""

from __future__ import annotations

from packhorse.ground.warehouse.graph import Spot
from packhorse.ground.warehouse.types import FloorPlan, LocationInfo
from packhorse.kernels.picking.problem import Cell
from packhorse.steps.picking.types import TaskInfo


def spot_of(floor: FloorPlan, at: TaskInfo | LocationInfo) -> Cell | Spot | None:
    """Where on the floor a task's place, or a place, is; None where nobody said."""
    if at.aisle is not None and at.cell is not None:
        return floor.place(at.aisle, at.cell)
    return Spot(at.x_m, at.y_m) if at.x_m is not None and at.y_m is not None else None
