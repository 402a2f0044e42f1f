"""Pick problems and plans as files: packhorse-pick-problem/1 and packhorse-pick-plan/1 (JSON)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from packhorse.kernels.errors import InvalidProblem
from packhorse.kernels.picking.problem import Block, Cell, Depot, GraphLayout, Layout, Node, Order, Place, Problem, RectangularLayout
from packhorse.kernels.picking.result import Result

PROBLEM_FORMAT = "packhorse-pick-problem/1"
PLAN_FORMAT = "packhorse-pick-plan/1"


def read(path: str | Path) -> Problem:
    """Raises: OSError, InvalidProblem (not JSON, another format, a missing field, something that makes no sense)."""
    try:
        return problem_of(json.loads(Path(path).read_text(encoding="utf-8")))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InvalidProblem(f"{path} is not JSON: {error}") from error


def problem_of(data: Any) -> Problem:
    """The problem a decoded JSON document states. Raises: InvalidProblem."""
    if not isinstance(data, dict) or data.get("format") != PROBLEM_FORMAT:
        raise InvalidProblem(f"not a {PROBLEM_FORMAT}")
    try:
        orders = tuple(
            Order(str(order["id"]), tuple(tuple(_place(p) for p in pick.get("choices") or [pick]) for pick in order["picks"]), order.get("size", 0))
            for order in data["orders"]
        )
        cart = data.get("cart")
        capacity, compartments = (None, None) if cart is None else (cart["capacity"], cart.get("compartments"))
        return Problem(_layout(data["layout"]), orders, capacity, str(data.get("name", "")), compartments)
    except InvalidProblem:
        raise
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise InvalidProblem(f"malformed problem: {error!r}") from error


def plan_of(result: Result) -> dict[str, Any]:
    """The plan as a JSON document."""
    return {
        "format": PLAN_FORMAT,
        "distance": result.distance,
        "seconds": round(result.seconds, 3),
        "s_shape": result.s_shape,
        "order_by_order": result.order_by_order,
        "proven": result.proven,
        "batches": [
            {"orders": list(batch.orders), "stops": [stop._asdict() for stop in batch.stops], "distance": batch.distance, "s_shape": batch.s_shape}
            for batch in result.batches
        ],
    }


def write(plan: Result, path: str | Path) -> None:
    """Raises: OSError."""
    Path(path).write_text(json.dumps(plan_of(plan)) + "\n", encoding="utf-8")


def _layout(data: dict[str, Any]) -> Layout:
    if data["kind"] == "graph":
        edges, one_way = (tuple((int(u), int(v), float(d)) for u, v, d in data.get(key, ())) for key in ("edges", "one_way"))
        return GraphLayout(data["nodes"], edges, one_way, data["depot"])
    if data["kind"] != "rectangular":
        raise InvalidProblem(f"no such kind of layout: {data['kind']!r}")
    blocks = tuple(Block(b["cells"], b["cell_pitch"], b["first_cell"], b["length"]) for b in data["blocks"])
    depot = data["depot"]
    return RectangularLayout(data["aisles"], data["aisle_pitch"], blocks, Depot(depot["aisle"], depot["cross_aisle"], depot.get("extra", 0.0)))


def _place(data: dict[str, Any]) -> Place:
    return Node(data["node"]) if "node" in data else Cell(data["aisle"], data["block"], data["cell"])
