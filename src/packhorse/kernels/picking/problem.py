"""A pick problem: a floor, orders with the places they are picked from, and a cart.

Distances are in metres (any one unit will do). Sizes are whatever the cart's capacity is counted in: orders, totes, units.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from packhorse.kernels.errors import InvalidProblem


class Cell(NamedTuple):
    """A place in a rectangular layout; all three count from 0: aisles from the left, blocks and cells from the front."""

    aisle: int
    block: int
    cell: int


class Node(NamedTuple):
    """A place in a graph layout."""

    node: int


Place = Cell | Node


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of all aisles between two cross aisles.

    first_cell: from the middle of the cross aisle in front to the middle of cell 0; length: from cross aisle to cross aisle.
    """

    cells: int
    cell_pitch: float
    first_cell: float
    length: float

    def __post_init__(self) -> None:
        if self.cells < 1 or not _finite(self.cell_pitch, self.first_cell, self.length) or min(self.cell_pitch, self.first_cell) < 0:
            raise InvalidProblem(f"not a block: {self}")
        if self.first_cell + (self.cells - 1) * self.cell_pitch > self.length * (1 + 1e-9):
            raise InvalidProblem(f"the last cell lies behind the end of the block: {self}")


@dataclass(frozen=True, slots=True)
class Depot:
    """Where every tour starts and ends: a crossing of an aisle and a cross aisle, `extra` before it walked out and back."""

    aisle: int = 0
    cross_aisle: int = 0
    extra: float = 0.0


@dataclass(frozen=True, slots=True)
class RectangularLayout:
    """Parallel aisles through one or more blocks; cross aisle b lies in front of block b, the last one behind the last block."""

    aisles: int
    aisle_pitch: float
    blocks: tuple[Block, ...]
    depot: Depot = Depot()

    def __post_init__(self) -> None:
        if self.aisles < 1 or not self.blocks or not _finite(self.aisle_pitch, self.depot.extra) or min(self.aisle_pitch, self.depot.extra) < 0:
            raise InvalidProblem("a rectangular layout needs aisles, blocks and distances of at least 0")
        if not 0 <= self.depot.aisle < self.aisles or not 0 <= self.depot.cross_aisle <= len(self.blocks):
            raise InvalidProblem(f"the depot is not on the floor: {self.depot}")

    def admit(self, place: Place) -> None:
        """Raises: InvalidProblem if the place is not on this floor."""
        if not isinstance(place, Cell) or not (
            0 <= place.aisle < self.aisles and 0 <= place.block < len(self.blocks) and 0 <= place.cell < self.blocks[place.block].cells
        ):
            raise InvalidProblem(f"{place} is not a cell of this floor")


@dataclass(frozen=True, slots=True)
class GraphLayout:
    """Any floor: two-way `edges` and `one_way` ones as (from, to, distance)."""

    nodes: int
    edges: tuple[tuple[int, int, float], ...] = ()
    one_way: tuple[tuple[int, int, float], ...] = ()
    depot: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.depot < self.nodes:
            raise InvalidProblem(f"the depot {self.depot} is not one of {self.nodes} nodes")
        for u, v, distance in (*self.edges, *self.one_way):
            if not (0 <= u < self.nodes and 0 <= v < self.nodes and _finite(distance) and distance >= 0):
                raise InvalidProblem(f"not an edge of {self.nodes} nodes: {(u, v, distance)}")

    def admit(self, place: Place) -> None:
        """Raises: InvalidProblem if the place is not on this floor."""
        if not isinstance(place, Node) or not 0 <= place.node < self.nodes:
            raise InvalidProblem(f"{place} is not a node of this floor")


Layout = RectangularLayout | GraphLayout


@dataclass(frozen=True, slots=True)
class Order:
    """What is picked together: each pick is a tuple of places, any one of which will do (mostly there is one)."""

    id: str
    picks: tuple[tuple[Place, ...], ...]
    size: float = 1

    def __post_init__(self) -> None:
        if not _finite(self.size) or self.size < 0:
            raise InvalidProblem(f"order {self.id!r} has the size {self.size}")
        if not all(self.picks):
            raise InvalidProblem(f"order {self.id!r} has a pick without a place")

    @classmethod
    def at(cls, id: str, places: Iterable[Place], size: float = 1) -> Order:  # noqa: A002 - the field's own name
        """An order whose picks each have one place."""
        return cls(id, tuple((place,) for place in places), size)

    def places(self) -> Iterator[Place]:
        """Every place of every pick."""
        for choices in self.picks:
            yield from choices


@dataclass(frozen=True, slots=True)
class Problem:
    """Orders to be batched onto carts of `capacity` and routed; without a capacity all orders are one tour.

    compartments: at most so many orders on one cart, however small they are; None for no such limit.
    """

    layout: Layout
    orders: tuple[Order, ...]
    capacity: float | None = None
    name: str = ""
    compartments: int | None = None

    def __post_init__(self) -> None:
        if self.compartments is not None and (self.capacity is None or self.compartments < 1):
            raise InvalidProblem("a cart with compartments has a capacity and at least one compartment")
        seen: set[str] = set()
        for order in self.orders:
            if order.id in seen:
                raise InvalidProblem(f"order {order.id!r} comes twice")
            seen.add(order.id)
            if self.capacity is not None and order.size > self.capacity:
                raise InvalidProblem(f"order {order.id!r} of size {order.size} exceeds the cart's capacity {self.capacity}")
            for place in order.places():
                self.layout.admit(place)


def _finite(*values: float) -> bool:
    return all(math.isfinite(value) for value in values)
