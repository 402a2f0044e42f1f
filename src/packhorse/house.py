"""The one list of steps: menu, URLs, docs and the import contract follow it (a test holds them to it)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One of the seven steps of fulfilment: its number, its room (package and URL prefix) and its name on the menu."""

    number: int
    room: str
    name: str


STEPS: tuple[Step, ...] = (
    Step(1, "inventory", "Inventory"),
    Step(2, "orders", "Orders"),
    Step(3, "picking", "Picking"),
    Step(4, "packing", "Packing"),
    Step(5, "shipping", "Shipping"),
    Step(6, "delivery", "Delivery"),
    Step(7, "returns", "Returns"),
)
