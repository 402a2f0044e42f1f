"""The answer to a pick problem."""

from __future__ import annotations

from dataclasses import dataclass

from packhorse.kernels.picking.problem import Place


@dataclass(frozen=True, slots=True)
class Tour:
    """Places in the order of the walk, from the depot and back to it. `exact`: proven shortest."""

    stops: tuple[Place, ...]
    distance: float
    exact: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """One walk: order ids in the order of the problem, stops in the order of the walk.

    s_shape: what the same stops would cost walked S-shape; None on a graph, which has no aisles; order_by_order: each order on its own walk.
    """

    orders: tuple[str, ...]
    stops: tuple[Place, ...]
    distance: float
    s_shape: float | None
    order_by_order: float
    exact: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How a search stands: the share of its time that is over, and the metres of the best plan so far."""

    share: float
    metres: float


@dataclass(frozen=True, slots=True)
class Result:
    """The plan and what it is compared with: `s_shape`, the same batches walked S-shape; `order_by_order`, each order on its own shortest walk.

    proven: no plan of this problem is shorter.
    """

    batches: tuple[Batch, ...]
    distance: float
    s_shape: float | None
    order_by_order: float
    iterations: int
    seconds: float
    proven: bool = False
