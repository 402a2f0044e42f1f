"""Which box sizes would cost least: candidates out of the past orders' own loads, chosen by p-median on what the kernel says each load costs in each, and measured by packing the orders again."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from packhorse.core import work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid, NotAllowed
from packhorse.core.use_case import use_case
from packhorse.kernels.packing import problem as kernel
from packhorse.kernels.packing.result import Load, PackedOrder
from packhorse.kernels.packing.solve import solve
from packhorse.kernels.stop import Stop
from packhorse.steps.packing.models import BoxAdvice
from packhorse.steps.packing.services.proposing import EXPECTED_SHIPPING, SUPPORT
from packhorse.steps.packing.types import Advice, AdvisedBox, BoxSetFigures, PastLoad, kernel_item

#: Candidate sizes are rounded up to this, and so many of them are looked at.
ROUND_MM, CANDIDATES, MOST_SIZES = 10, 60, 30
#: Air left around a load on every side, so that it goes in by hand.
ROOM_MM: Final = 4
#: Times today's cost is what a load counts in a size into which a piece of it does not go: a set holds everything that today's holds, where so many sizes can.
NOT_HELD: Final = 1e6

Told = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class _Made:
    """What a box costs and weighs by its cardboard: a straight line through today's boxes, and how thick their walls are."""

    per_box: float
    per_m2: float
    g_per_m2: float
    wall_mm: int
    max_load_g: int

    @classmethod
    def of(cls, boxes: Sequence[kernel.Box]) -> _Made:
        areas = [area_m2(b.outer_mm or b.inner_mm) for b in boxes]
        mean_area, mean_cost = sum(areas) / len(areas), sum(b.cost for b in boxes) / len(boxes)
        spread = sum((a - mean_area) ** 2 for a in areas)
        slope = sum((a - mean_area) * (b.cost - mean_cost) for a, b in zip(areas, boxes, strict=True)) / spread if spread > 0 else mean_cost / mean_area
        slope = max(0.0, slope)
        walls = [((b.outer_mm or b.inner_mm)[0] - b.inner_mm[0] + 1) // 2 for b in boxes]
        return cls(max(0.0, mean_cost - slope * mean_area), slope, sum(b.tare_g for b in boxes) / sum(areas), max(walls), max(b.max_load_g or 0 for b in boxes))

    def box(self, inner: kernel.Size) -> kernel.Box:
        outer = (inner[0] + 2 * self.wall_mm, inner[1] + 2 * self.wall_mm, inner[2] + 2 * self.wall_mm)
        area = area_m2(outer)
        name = "×".join(str(edge) for edge in inner)
        return kernel.Box(name, inner, outer, round(self.g_per_m2 * area), self.max_load_g, round(self.per_box + self.per_m2 * area, 2))


def area_m2(outer: kernel.Size) -> float:
    """The cardboard of a folded box with double flaps above and below: its sides, and the bottom and the lid twice."""
    length, width, height = (edge / 1000 for edge in outer)
    return 2 * (length + width) * height + 4 * length * width


def advise(loads: Sequence[PastLoad], boxes: Sequence[kernel.Box], sizes: int, fill_minor_per_l: float = 0.0, told: Told = lambda _share: None) -> Advice:
    """The best set of so many sizes found for these loads, beside today's set, both by packing every load again.

    Raises: Invalid where there is nothing to learn from.
    """
    if not 1 <= sizes <= MOST_SIZES:
        raise Invalid(field="sizes", reason=_("from 1 to {most}").format(most=MOST_SIZES))
    if not boxes or not loads:
        raise Invalid(field="days", reason=_("no past orders with known sizes, or no boxes: nothing to learn from"))
    import numpy as np

    from packhorse.kernels.packing.medians import medians

    orders = [_order(n, load) for n, load in enumerate(loads)]
    today = _packed(orders, boxes)
    told(0.1)
    costs_today = [_figures_of(packed, boxes, fill_minor_per_l)[0] for packed in today]
    candidates = _candidates(loads, today, boxes)
    costs = np.empty((len(orders), len(candidates)))
    for n, box in enumerate(candidates):
        costs[:, n] = _costs_in(orders, box, costs_today, fill_minor_per_l)
        told(0.1 + 0.7 * (n + 1) / len(candidates))
    proposed = [candidates[c] for c in medians(costs, [load.times for load in loads], sizes)]
    again = _packed(orders, proposed)
    # What does not go into the new sizes at all keeps today's boxes, in both sets alike.
    again = [new if not new.left_out else old for new, old in zip(again, today, strict=True)]
    if len(boxes) <= sizes and _cost(loads, again, [*proposed, *boxes], fill_minor_per_l) > _cost(loads, today, boxes, fill_minor_per_l):
        proposed, again = list(boxes), list(today)
    told(1.0)
    every = [*proposed, *(b for b in boxes if b.id not in {p.id for p in proposed})]
    used = [sum(load.times for load, packed in zip(loads, again, strict=True) for p in packed.loads if p.box == box.id) for box in proposed]
    known = {b.id for b in boxes}
    return Advice(
        orders=sum(load.times for load in loads),
        loads=len(loads),
        today=_sum(loads, today, boxes, fill_minor_per_l, len(boxes)),
        proposed=_sum(loads, again, every, fill_minor_per_l, len(proposed)),
        boxes=tuple(AdvisedBox(b.id, b.inner_mm, round(b.cost, 2), n, b.id in known) for b, n in zip(proposed, used, strict=True)),
        today_boxes=tuple(AdvisedBox(b.id, b.inner_mm, b.cost, sum(load.times for load, p in zip(loads, today, strict=True) for x in p.loads if x.box == b.id), True) for b in boxes),
    )  # fmt: skip


def _order(n: int, load: PastLoad) -> kernel.Order:
    return kernel.Order(str(n), tuple(kernel_item(str(i), p, p.quantity) for i, p in enumerate(load.pieces)))


def _packed(orders: Sequence[kernel.Order], boxes: Sequence[kernel.Box]) -> Sequence[PackedOrder]:
    return solve(kernel.Problem(tuple(boxes), tuple(orders), support=SUPPORT, shipping=EXPECTED_SHIPPING), stop=Stop(iterations=0)).orders


def _envelope(load: Load) -> kernel.Size:
    """How much room the pieces take as they lie, rounded up, the longest edge first and the height last."""
    far = [max(p.at_mm[i] + p.size_mm[i] for p in load.placements) + ROOM_MM for i in range(3)]
    length, width = sorted((-(-edge // ROUND_MM) * ROUND_MM for edge in far[:2]), reverse=True)
    return length, width, -(-far[2] // ROUND_MM) * ROUND_MM


def _candidates(loads: Sequence[PastLoad], today: Sequence[PackedOrder], boxes: Sequence[kernel.Box]) -> list[kernel.Box]:
    """Today's boxes, and the room that the loads take: as they are packed today, and beside or above each other in a box without walls."""
    made = _Made.of(boxes)
    wanted: dict[kernel.Size, int] = {}
    for load, packed in zip(loads, today, strict=True):
        for one in packed.loads:
            size = _envelope(one)
            wanted[size] = wanted.get(size, 0) + load.times
    most = sorted(wanted, key=lambda size: (-wanted[size], size))[: CANDIDATES * 3]
    # A size that holds two frequent ones is a candidate too: that is what sharing a size means.
    joint = {(max(a[0], b[0]), max(a[1], b[1]), max(a[2], b[2])): wanted[a] + wanted[b] for a, b in itertools.combinations(most[:25], 2)}
    ranked = sorted({*most, *joint}, key=lambda size: (-max(wanted.get(size, 0), joint.get(size, 0) // 2), size))
    return [*boxes, *(made.box(size) for size in ranked[:CANDIDATES])]


def _costs_in(orders: Sequence[kernel.Order], box: kernel.Box, today: Sequence[float], fill_minor_per_l: float) -> list[float]:
    """What each order costs packed in boxes of this one size, far too much where a piece does not go in."""
    edges, costs = sorted(box.inner_mm), [NOT_HELD + NOT_HELD * cost for cost in today]
    may = [n for n, order in enumerate(orders) if all(edge <= room for item in order.items for edge, room in zip(sorted(item.size_mm), edges, strict=True))]
    for n, packed in zip(may, _packed([orders[n] for n in may], [box]), strict=True):
        if not packed.left_out:
            costs[n] = _figures_of(packed, [box], fill_minor_per_l)[0]
    return costs


def _figures_of(packed: PackedOrder, boxes: Sequence[kernel.Box], fill_minor_per_l: float) -> tuple[float, float, float, float, float]:
    """Cost in all, boxes, fill, litres of air, square metres of cardboard of one order."""
    by_id = {b.id: b for b in boxes}
    material = sum(by_id[load.box].cost for load in packed.loads)
    air = sum(by_id[load.box].volume * (1 - load.fill) for load in packed.loads) / 1_000_000
    area = sum(area_m2(by_id[load.box].outer_mm or by_id[load.box].inner_mm) for load in packed.loads)
    return packed.cost + air * fill_minor_per_l, material, air * fill_minor_per_l, air, area


def _cost(loads: Sequence[PastLoad], packed: Sequence[PackedOrder], boxes: Sequence[kernel.Box], fill_minor_per_l: float) -> float:
    return sum(load.times * _figures_of(p, boxes, fill_minor_per_l)[0] for load, p in zip(loads, packed, strict=True))


def _sum(loads: Sequence[PastLoad], packed: Sequence[PackedOrder], boxes: Sequence[kernel.Box], fill_minor_per_l: float, sizes: int) -> BoxSetFigures:
    rows = [(load.times, _figures_of(p, boxes, fill_minor_per_l), len(p.loads)) for load, p in zip(loads, packed, strict=True)]
    cost, material, fill, air, area = (sum(t * figures[i] for t, figures, _n in rows) for i in range(5))
    return BoxSetFigures(
        sizes, sum(t * n for t, _f, n in rows), round(cost), round(material), round(fill), round(cost - material - fill), round(air, 1), round(area, 2)
    )


@use_case
def keep_advice(*, key: UUID, actor: Actor, warehouse_id: int, days: int, advice: Advice) -> int:
    """An advice is kept for the page.

    Raises: NotAllowed.
    """
    authorize(actor, "manage_catalog", warehouse_id=warehouse_id)
    if actor.scope.client_ids is not None:
        raise NotAllowed(permission="manage_catalog")
    return BoxAdvice.objects.create(warehouse_id=warehouse_id, at=work.current().at, days=days, advice=asdict(advice)).pk
