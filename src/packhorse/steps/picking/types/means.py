"""Who picks, and with what: standard times, and what a cart carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: Orders on a walk, and totes on a cart, at most.
MOST_ON_CART: Final = 200


@dataclass(frozen=True, slots=True)
class Times:
    """Standard times of somebody who picks: the walk at `walk_m_per_min`, `turn_s` for each turn of it; `order_s` for each order (its tote made ready and set down), `line_s` for each pick,
    `unit_s` for each piece, `heavy_s` more for one of `heavy_g` or more; `level_s` for each level above the lowest, at each stop. Only the lowest `reach_levels` are
    picked from (None: all are reached).
    """

    walk_m_per_min: int = 60
    turn_s: int = 2
    order_s: int = 20
    line_s: int = 15
    unit_s: int = 2
    level_s: int = 3
    heavy_g: int = 10_000
    heavy_s: int = 5
    reach_levels: int | None = None


@dataclass(frozen=True, slots=True)
class WorkerType:
    """Whoever picks with times of their own."""

    worker_type_id: int
    warehouse_id: int
    name: str
    times: Times


@dataclass(frozen=True, slots=True)
class Handling:
    """What a walk asks of hands: orders, picks and pieces; levels climbed, over all stops; pieces that are heavy."""

    orders: int = 0
    picks: int = 0
    units: int = 0
    levels: int = 0
    heavy: int = 0


@dataclass(frozen=True, slots=True)
class CartType:
    """What walks are picked with: `compartments` totes, at most `volume_ml` and `load_g` of goods (None: no limit). `worker`: whose times count (None: the warehouse's standard)."""

    cart_type_id: int
    warehouse_id: int
    name: str
    compartments: int
    volume_ml: int | None
    load_g: int | None
    worker_type_id: int | None
    worker: str | None
    carts: int = 0


@dataclass(frozen=True, slots=True)
class Means:
    """What walks are planned for: how many orders go together, at most how much of them, and in whose times. `orders` None: all that there are, on one walk."""

    orders: int | None
    times: Times = Times()
    volume_ml: int | None = None
    load_g: int | None = None
    cart_type_id: int | None = None
    cart_type: str = ""
    worker: str = ""

    def share(self, volume_mm3: int, weight_g: int) -> float:
        """How much of the cart such goods take, by whatever is scarcer: 1 is all of it."""
        return max(volume_mm3 / 1000 / self.volume_ml if self.volume_ml else 0.0, weight_g / self.load_g if self.load_g else 0.0)
