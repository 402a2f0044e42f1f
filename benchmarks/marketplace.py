"""Boxes for real orders, against a choice by volume, and the sizes that would cost least: python -m benchmarks.marketplace [--baskets N] [--sizes N] [--json]

8,794 orders of a Brazilian marketplace (Olist, CC BY-NC-SA: measured, never shipped) with the real sizes and weights of what was in them, from PACKHORSE_SHARED or `shared` beside the repository;
without it nothing is measured. Nearly all of them are one piece, so baskets of two to twelve pieces of the same products are packed too (seed): perfume, cosmetics and drinks upright, housewares
and decoration fragile. Fifteen typical boxes; cost is the box and the expected postage, billed by volume where that is more.

By volume: the cheapest box that the goods fill to 70 or 85 % at most and into which each goes by itself; more goods than one box takes are shared out, largest first. Where they do not go in at the
bench (the kernel, given time, says so), the packer takes the next larger box that holds them, else as many as it takes. What goes into no box ships in its own carton, the same each way.
"""

from __future__ import annotations

import math
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any, Final

from benchmarks.measured import SHARED, Row, load, note, parser, report  # isort: split

import pyarrow.parquet as pq
from benchmarks.packers import by_volume, goes_in, total
from benchmarks.packing import INNER, SHIPPING

from packhorse.kernels.packing.problem import Box, Item, Order, Problem, volume
from packhorse.kernels.packing.result import PackedOrder
from packhorse.kernels.packing.solve import solve, warm_up
from packhorse.kernels.stop import Stop
from packhorse.steps.packing.services import advise
from packhorse.steps.packing.services.advising import area_m2
from packhorse.steps.packing.types import Advice, PastLoad, PastPiece

OLIST: Final = SHARED / "data" / "olist"
UPRIGHT: Final = {"perfumaria", "beleza_saude", "bebidas", "alimentos_bebidas"}
FRAGILE: Final = {"utilidades_domesticas", "moveis_decoracao"}
SHARES: Final = (0.7, 0.85)
#: As parcel services bill them: 30 kg are the most.
MOST_G: Final = 30_000


def boxes() -> tuple[Box, ...]:
    """The twelve of `packing`, and three for large goods; what they cost and weigh goes by their cardboard."""
    made = []
    for n, (length, width, height) in enumerate((*INNER, (700, 500, 300), (800, 600, 400), (1050, 600, 500))):
        outer = (length + 6, width + 6, height + 6)
        made.append(Box(f"b{n}", (length, width, height), outer, round(520 * area_m2(outer)), MOST_G, round(12 + 70 * area_m2(outer))))
    return tuple(made)


def products(folder: Path) -> dict[str, Item]:
    """One piece of each product whose size is known."""
    found = {}
    for row in pq.read_table(folder / "products_FULL.parquet").to_pylist():
        edges = [row[f"product_{edge}_cm"] for edge in ("length", "width", "height")]
        if all(edge and not math.isnan(edge) for edge in edges) and row["product_weight_g"] is not None:
            kind, size = row["product_category_name"], [round(10 * edge) for edge in edges]
            found[row["product_id"]] = Item(
                row["product_id"], (size[0], size[1], size[2]), max(1, round(row["product_weight_g"])),
                vertical=(False, False, True) if kind in UPRIGHT else (True, True, True), fragile=kind in FRAGILE,
            )  # fmt: skip
    return found


def sold(folder: Path) -> dict[str, Counter[str]]:
    """Pieces of each order by product."""
    lines: dict[str, Counter[str]] = defaultdict(Counter)
    for row in pq.read_table(folder / "dev" / "order_items.parquet", columns=["order_id", "product_id"]).to_pylist():
        lines[row["order_id"]][row["product_id"]] += 1
    return lines


def baskets(rng: Random, known: dict[str, Item], lines: dict[str, Counter[str]], many: int) -> list[Order]:
    """Orders of two to twelve pieces, drawn from what was sold as often as it was sold, as far as it goes into a box of 60 × 40 × 40 cm."""
    pool = [p for contents in lines.values() for p in contents.elements() if p in known and known[p].weight_g <= 8_000 and _small(known[p])]
    made = []
    for n in range(many):
        counts: Counter[str] = Counter()
        pieces = min(12, 2 + int(rng.expovariate(1 / 2.5)))
        while counts.total() < pieces:
            counts[rng.choice(pool)] += min(1 + int(rng.expovariate(1.6)), pieces - counts.total())
        made.append(Order(f"basket {n}", tuple(replace(known[p], quantity=q) for p, q in counts.items())))
    return made


def _small(item: Item) -> bool:
    return all(edge <= room for edge, room in zip(sorted(item.size_mm), (400, 400, 600), strict=True))


@dataclass
class Sum:
    """What a way of choosing costs for all orders."""

    cost: float = 0.0
    material: float = 0.0
    boxes: int = 0
    air_l: float = 0.0
    cardboard_m2: float = 0.0
    fills: list[float] = field(default_factory=list)
    packed_again: int = 0

    def add(self, problem: Problem, packed: PackedOrder) -> None:
        kinds = {box.id: box for box in problem.boxes}
        for one in packed.loads:
            box = kinds[one.box]
            self._add(one.cost, box, one.fill)

    def _add(self, cost: float, box: Box, fill: float) -> None:
        self.cost += cost
        self.material += box.cost
        self.boxes += 1
        self.fills.append(fill)
        self.air_l += box.volume * (1 - fill) / 1e6
        self.cardboard_m2 += area_m2(box.outer_mm or box.inner_mm)

    def add_box(self, problem: Problem, order: Order, box: Box) -> None:
        goods, weight = total(order)
        self._add(problem.cost(box, weight), box, goods / box.volume)

    def row(self, orders: int) -> Row:
        return {
            "cost_an_order": round(self.cost / orders, 1), "of_it_boxes": round(self.material / orders, 1), "boxes": self.boxes, "mean_fill": round(sum(self.fills) / len(self.fills), 3),
            "air_l_an_order": round(self.air_l / orders, 2), "cardboard_m2_an_order": round(self.cardboard_m2 / orders, 3), "packed_again_at_the_bench": self.packed_again,
        }  # fmt: skip


def chosen_by_volume(problem: Problem, orders: Sequence[Order], share: float) -> Sum:
    """Every order in boxes chosen by volume, put right at the bench where the goods do not go in."""
    found = Sum()
    for order in orders:
        for part in _shared_out(problem, order, share):
            box = by_volume(problem, part, share)
            larger = iter(sorted((b for b in problem.boxes if box is None or b.volume > box.volume), key=lambda b: b.volume))
            first = box is not None
            while box is not None and not goes_in(problem, part, box):
                first, box = False, next(larger, None)
            found.packed_again += not first
            if box is None:
                found.add(problem, solve(replace(problem, orders=(part,)), stop=Stop(iterations=0)).orders[0])
            else:
                found.add_box(problem, part, box)
    return found


def _shared_out(problem: Problem, order: Order, share: float) -> Iterable[Order]:
    """The order, or where no box has the volume for it its pieces largest first, as many to a part as the largest box has."""
    if by_volume(problem, order, share) is not None:
        return (order,)
    room, most = max(b.volume for b in problem.boxes) * share, max(b.max_load_g or MOST_G for b in problem.boxes)
    parts: list[Counter[Item]] = [Counter()]
    filled = weight = 0
    for item in sorted((replace(i, quantity=1) for i in order.items for _ in range(i.quantity)), key=lambda i: -volume(i.size_mm)):
        if parts[-1] and (filled + volume(item.size_mm) > room or weight + item.weight_g > most):
            parts.append(Counter())
            filled = weight = 0
        parts[-1][item] += 1
        filled, weight = filled + volume(item.size_mm), weight + item.weight_g
    return [Order(f"{order.id} {n}", tuple(replace(item, quantity=q) for item, q in part.items())) for n, part in enumerate(parts)]


def compared(name: str, orders: Sequence[Order]) -> list[Row]:
    """The kernel's first answer and two choices by volume, for orders of which every piece goes into a box."""
    problem = Problem(boxes(), tuple(orders), support=0.7, shipping=SHIPPING)
    begun = time.process_time()
    packed = solve(problem, stop=Stop(iterations=0)).orders
    seconds = time.process_time() - begun
    left = {order.id for order in packed if order.left_out}
    held = [order for order in orders if order.id not in left]
    ours = Sum()
    for each in packed:
        if each.id not in left:
            ours.add(problem, each)
    shared = {"orders": name, "of": len(held), "with_own_cartons_left_aside": len(left)}
    rows = [{**shared, "by": "packhorse", **ours.row(len(held)), "orders_per_s": round(len(orders) / seconds)}]
    for share in SHARES:
        note(f"{name} by volume, to {share:.0%}")
        rows.append({**shared, "by": f"volume, to {share:.0%}", **chosen_by_volume(problem, held, share).row(len(held))})
    return rows


def advised(orders: Sequence[Order], sizes: int) -> list[Row]:
    """What the advisor says of these orders, where any box holds each of their pieces."""
    problem = Problem(boxes(), tuple(orders), support=0.7, shipping=SHIPPING)
    held = [order for order, packed in zip(orders, solve(problem, stop=Stop(iterations=0)).orders, strict=True) if not packed.left_out]
    loads: Counter[tuple[PastPiece, ...]] = Counter()
    for order in held:
        loads[tuple(PastPiece(i.size_mm, i.weight_g, i.quantity, i.fragile, not all(i.vertical)) for i in sorted(order.items, key=lambda i: i.id))] += 1
    past = [PastLoad(pieces, times) for pieces, times in loads.most_common()]
    rows = []
    for many in sorted({sizes, len(problem.boxes)}):
        begun = time.perf_counter()
        advice: Advice = advise(past, problem.boxes, many)
        for what, figures in (("typical", advice.today), ("advised", advice.proposed)):
            rows.append(
                {
                    "set": f"{what}, {figures.sizes} sizes", "orders": advice.orders, "different_contents": advice.loads, "parcels": figures.parcels,
                    "cost_an_order": round(figures.cost_minor / advice.orders, 1), "of_it_boxes": round(figures.material_minor / advice.orders, 1),
                    "saving": f"{1 - figures.cost_minor / advice.today.cost_minor:.1%}", "air_l_an_order": round(figures.air_l / advice.orders, 2),
                    "cardboard_m2_an_order": round(figures.cardboard_m2 / advice.orders, 3), "sizes_mm": "" if what == "typical" else " ".join(b.name for b in advice.boxes),
                    "seconds": "" if what == "typical" else round(time.perf_counter() - begun, 1),
                }
            )  # fmt: skip
    return rows


def main() -> int:
    """Measure, print."""
    options = parser(__doc__)
    options.add_argument("--baskets", type=int, default=2_000, help="mixed baskets to pack (default: %(default)s)")
    options.add_argument("--orders", type=int, help="so many of the real orders (default: all)")
    options.add_argument("--sizes", type=int, default=8, help="sizes that the advisor may choose, besides as many as there are (default: %(default)s)")
    args = options.parse_args()
    if not OLIST.is_dir():
        note(f"nothing is measured: {OLIST} is absent (set PACKHORSE_SHARED to the folder of the shared data)")
        return 0
    before = load()
    warm_up()
    known, lines = products(OLIST), sold(OLIST)
    placed = pq.read_table(OLIST / "dev" / "orders.parquet", columns=["order_id"]).num_rows
    real = [
        Order(name, tuple(replace(known[p], quantity=q) for p, q in contents.items())) for name, contents in lines.items() if contents.keys() <= known.keys()
    ]
    real = real[: args.orders]
    mixed = baskets(Random(args.seed), known, lines, args.baskets)
    results: dict[str, Any] = {
        "history": [{"orders": placed, "without_lines": placed - len(lines), "packed": len(real), "of_one_piece": sum(sum(i.quantity for i in o.items) == 1 for o in real)}],
        "boxes": compared("marketplace", real) + compared("mixed baskets", mixed),
        "advice": advised(real, args.sizes),
    }  # fmt: skip
    report(args, before, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
