"""Pack problems and plans as files: packhorse-pack-problem/1 and packhorse-pack-plan/1 (JSON)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from packhorse.kernels.errors import InvalidProblem
from packhorse.kernels.packing.problem import Box, Item, Objective, Order, Problem, Shipping, Size
from packhorse.kernels.packing.result import Result

PROBLEM_FORMAT = "packhorse-pack-problem/1"
PLAN_FORMAT = "packhorse-pack-plan/1"


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
        shipping = data.get("shipping")
        return Problem(
            boxes=tuple(_box(box) for box in data["boxes"]),
            orders=tuple(Order(str(order["id"]), tuple(_item(item) for item in order["items"])) for order in data["orders"]),
            objective=Objective(data["objective"]),
            support=data.get("support", 0.0),
            shipping=shipping and Shipping(shipping["divisor_cm3_per_kg"], shipping["base"], shipping["per_kg"], shipping.get("round_up_g", 1)),
            name=str(data.get("name", "")),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise InvalidProblem(f"malformed problem: {error!r}") from error
    except InvalidProblem:
        raise
    except ValueError as error:
        raise InvalidProblem(str(error)) from error


def plan_of(result: Result) -> dict[str, Any]:
    """The plan as a JSON document."""
    return {
        "format": PLAN_FORMAT,
        "seconds": round(result.seconds, 3),
        "orders": [
            {
                "id": order.id,
                "boxes": [
                    {"box": load.box, "load": [{"item": p.item, "at_mm": list(p.at_mm), "size_mm": list(p.size_mm)} for p in load.placements]}
                    for load in order.loads
                ],
                "left_out": [left.item for left in order.left_out for _ in range(left.quantity)],
                "considered": [{"box": c.box, "cost": c.cost, "verdict": c.verdict.value} for c in order.considered],
            }
            for order in result.orders
        ],
    }


def write(plan: Result, path: str | Path) -> None:
    """Raises: OSError."""
    Path(path).write_text(json.dumps(plan_of(plan)) + "\n", encoding="utf-8")


def _size(data: Any) -> Size:
    length, width, height = data
    return length, width, height


def _box(data: dict[str, Any]) -> Box:
    return Box(
        id=str(data["id"]),
        inner_mm=_size(data["inner_mm"]),
        outer_mm=_size(data["outer_mm"]) if data.get("outer_mm") else None,
        tare_g=data.get("tare_g", 0),
        max_load_g=data.get("max_load_g"),
        cost=data.get("cost", 0),
        available=data.get("available"),
    )


def _item(data: dict[str, Any]) -> Item:
    first, second, third = data.get("vertical") or (True, True, True)
    return Item(
        id=str(data["id"]),
        size_mm=_size(data["size_mm"]),
        weight_g=data.get("weight_g", 0),
        quantity=data.get("quantity", 1),
        vertical=(first, second, third),
        fragile=data.get("fragile", False),
        group=data.get("group"),
    )
