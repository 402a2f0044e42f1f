"""A pack problem: boxes, orders of items, and what counts. Lengths in millimetres, weights in grams, all integers; costs in any one unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from packhorse.kernels.errors import InvalidProblem

Size = tuple[int, int, int]
LARGEST_MM = 100_000  # nothing longer than 100 m is meant seriously
HEAVIEST_G = 10**12
MOST_PIECES = 100_000  # of an order


class Objective(StrEnum):
    """cost: boxes and shipping; boxes: fewest, then least inner volume; fill: one box, most volume in it, the rest stays out."""

    COST = "cost"
    BOXES = "boxes"
    FILL = "fill"


@dataclass(frozen=True, slots=True)
class Item:
    """So many pieces of one size. vertical[i]: may edge i stand upright; fragile: nothing above it; group: pieces of two groups never share a box."""

    id: str
    size_mm: Size
    weight_g: int = 0
    quantity: int = 1
    vertical: tuple[bool, bool, bool] = (True, True, True)
    fragile: bool = False
    group: str | None = None

    def __post_init__(self) -> None:
        _measured(f"item {self.id!r}", self.size_mm)
        if not _counted(self.weight_g, HEAVIEST_G) or not _counted(self.quantity, MOST_PIECES) or self.quantity < 1:
            raise InvalidProblem(
                f"item {self.id!r} weighs {self.weight_g} g and comes {self.quantity} times: whole numbers, to {HEAVIEST_G} g and from 1 to {MOST_PIECES} times"
            )
        if not any(self.vertical):
            raise InvalidProblem(f"item {self.id!r} may stand on none of its sides")


@dataclass(frozen=True, slots=True)
class Box:
    """A kind of box. max_load_g bounds what is put in (None: no bound); available: how many per order (None: any number)."""

    id: str
    inner_mm: Size
    outer_mm: Size | None = None
    tare_g: int = 0
    max_load_g: int | None = None
    cost: float = 0
    available: int | None = None

    def __post_init__(self) -> None:
        _measured(f"box {self.id!r}", self.inner_mm)
        if self.outer_mm is not None:
            _measured(f"box {self.id!r}, outside,", self.outer_mm)
        if not all(_counted(number or 0, HEAVIEST_G) for number in (self.tare_g, self.max_load_g, self.available)) or not _amount(self.cost):
            raise InvalidProblem(f"box {self.id!r} has a number that is negative, not whole or too large")

    @property
    def volume(self) -> int:
        """Inner, in mm³."""
        return volume(self.inner_mm)


@dataclass(frozen=True, slots=True)
class Shipping:
    """What a parcel costs to ship: base + per_kg × billed kg, billed = the greater of weight and outer volume ÷ divisor, rounded up to round_up_g."""

    divisor_cm3_per_kg: int
    base: float
    per_kg: float
    round_up_g: int = 1

    def __post_init__(self) -> None:
        if not all(_counted(number, 10**6) and number for number in (self.divisor_cm3_per_kg, self.round_up_g)):
            raise InvalidProblem("a shipping divisor and rounding are whole numbers from 1 to 1,000,000")
        if not _amount(self.base) or not _amount(self.per_kg):
            raise InvalidProblem("shipping has a price that is negative or no number")

    def billed_g(self, weight_g: int, outer_mm: Size) -> int:
        """Grams billed for a parcel of this weight and outer size (mm³ ÷ (cm³/kg) is grams)."""
        step = self.divisor_cm3_per_kg * self.round_up_g
        return -(-max(weight_g * self.divisor_cm3_per_kg, volume(outer_mm)) // step) * self.round_up_g


@dataclass(frozen=True, slots=True)
class Order:
    """What goes out together."""

    id: str
    items: tuple[Item, ...]

    def __post_init__(self) -> None:
        _unique(f"item of order {self.id!r}", (item.id for item in self.items))
        pieces = sum(item.quantity for item in self.items)
        if pieces > MOST_PIECES:
            raise InvalidProblem(f"order {self.id!r} has {pieces} pieces, {MOST_PIECES} are the most")


class Price(NamedTuple):
    """What a box costs towards the objective, in the order of comparison: cost, number of boxes, inner volume (those that do not count are 0)."""

    cost: float = 0
    boxes: int = 0
    volume: int = 0

    def plus(self, other: Price) -> Price:
        """The sum, part by part."""
        return Price(self.cost + other.cost, self.boxes + other.boxes, self.volume + other.volume)


@dataclass(frozen=True, slots=True)
class Problem:
    """Each order by itself into boxes. support: the share of every piece's base that must rest on the floor or on pieces."""

    boxes: tuple[Box, ...]
    orders: tuple[Order, ...]
    objective: Objective = Objective.COST
    support: float = 0.0
    shipping: Shipping | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.support <= 1:
            raise InvalidProblem(f"the support is a share between 0 and 1, not {self.support}")
        _unique("box", (box.id for box in self.boxes))
        _unique("order", (order.id for order in self.orders))

    def cost(self, box: Box, load_g: int) -> float:
        """Money for one parcel: the box, and shipping it with this load."""
        if self.shipping is None:
            return box.cost
        billed = self.shipping.billed_g(load_g + box.tare_g, box.outer_mm or box.inner_mm)
        return box.cost + self.shipping.base + self.shipping.per_kg * billed / 1000

    def price(self, box: Box, load_g: int) -> Price:
        """What one parcel counts in this problem's objective."""
        if self.objective is Objective.COST:
            return Price(cost=self.cost(box, load_g), volume=box.volume)
        return Price(boxes=1, volume=box.volume)


def volume(size: Size) -> int:
    """mm³."""
    return size[0] * size[1] * size[2]


def _measured(what: str, size: Size) -> None:
    if len(size) != 3 or any(isinstance(edge, bool) or not isinstance(edge, int) or not 0 < edge <= LARGEST_MM for edge in size):
        raise InvalidProblem(f"{what} measures {size}: each edge is a whole number of mm from 1 to {LARGEST_MM}")


def _counted(number: object, most: int) -> bool:
    """A whole number from 0 on?"""
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= most


def _amount(number: object) -> bool:
    """A price?"""
    return isinstance(number, int | float) and 0 <= number < 1e15


def _unique(what: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for each in ids:
        if each in seen:
            raise InvalidProblem(f"{what} {each!r} comes twice")
        seen.add(each)
