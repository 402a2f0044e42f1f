"""What slotting learns from real walks: python -m benchmarks.slots [--days N] [--after N] [--pay N …] [--json]

Days of UCI Online Retail (PACKHORSE_SHARED, or `shared` beside the repository; without it nothing is measured) are walked on a floor of 2,000 bins, carts of twelve, the items in bins by chance. From
the walks of the first days the advisor says which items should change places (`advise_slots`, as the page and `packhorse slots` do); then the days after, of which it has seen nothing, are planned
twice: as the items lay, and with all moves made. It needs no database.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from random import Random
from typing import Any, Final

from benchmarks.measured import Row, load, note, online_retail, parser, report  # isort: split

from benchmarks.methods import BINS, CART, FLOOR, TIMES, _task

from packhorse.ground.warehouse.types import LocationInfo
from packhorse.kernels.picking.solve import warm_up
from packhorse.kernels.slotting.solve import Params
from packhorse.kernels.stop import Stop
from packhorse.roof.simulation.generator import ship_to
from packhorse.steps.orders.importing import parse
from packhorse.steps.picking.services.planning import on_the_floor
from packhorse.steps.picking.services.slotting import advise_slots, reach_s
from packhorse.steps.picking.types import Living, Means, PastPick, PickHistory, PlannedBatch, Policy, SlottingAnswer, TaskInfo

#: Pieces that lie in a bin: what moving them takes counts.
UNITS: Final = 40
#: An order by the items in it and how many of each, as numbers of the items that sell most.
Wanted = dict[int, int]


def orders_by_day(path: Any, seed: int) -> dict[dt.date, list[Wanted]]:
    """Each day's orders of the items that sell most, one for each bin."""
    parsed = parse(path, ship_to=ship_to(seed))
    sold: Counter[str] = Counter()
    for order in parsed.orders:
        sold.update({line.sku for line in order.lines})
    number = {sku: n for n, (sku, _count) in enumerate(sold.most_common(BINS))}
    days: dict[dt.date, list[Wanted]] = defaultdict(list)
    for order in sorted(parsed.orders, key=lambda o: o.placed_at):
        units: Wanted = {}
        for line in order.lines:
            if line.sku in number:
                units[number[line.sku]] = units.get(number[line.sku], 0) + line.quantity
        if units:
            days[order.placed_at.date()].append(units)
    return dict(sorted(days.items()))


def walked(days: Iterable[list[Wanted]], home: Mapping[int, int], iterations: int, seed: int) -> list[tuple[PlannedBatch, list[TaskInfo]]]:
    """A day's orders planned together, day by day."""
    found = []
    for orders in days:
        tasks = [
            _task(task, n, home[item], quantity)
            for task, (n, item, quantity) in enumerate((n, item, quantity) for n, units in enumerate(orders, 1) for item, quantity in units.items())
        ]
        by_id = {t.task_id: t for t in tasks}
        made = on_the_floor(FLOOR, tasks, Means(CART, TIMES), Stop(iterations=iterations), seed)
        found += [(b, [by_id[i] for stop in b.stops for i in stop.task_ids]) for b in made]
    return found


def place(bin_: int) -> LocationInfo:
    level, spot = bin_ % FLOOR.levels, bin_ // FLOOR.levels
    aisle, cell = divmod(spot, FLOOR.cells)
    return LocationInfo(bin_ + 1, 1, f"{aisle:02d}-{cell + 1:02d}-{level + 1}", "bin", True, None, aisle, cell, level)


def history(walks: list[tuple[PlannedBatch, list[TaskInfo]]], home: Mapping[int, int], days: int) -> PickHistory:
    """What the advisor sees of these walks."""
    item_in = {bin_: item for item, bin_ in home.items()}
    picks = Counter((n, t.location_id) for n, (_b, tasks) in enumerate(walks) for t in tasks)
    return PickHistory(
        {bin_ + 1: place(bin_) for bin_ in range(BINS)},
        tuple(PastPick(n, item_in[bin_], bin_ + 1, count) for (n, bin_), count in sorted(picks.items())),
        tuple(Living(item, f"item {item + 1}", bin_ + 1, UNITS, None) for item, bin_ in sorted(home.items())),
        tuple(bin_ + 1 for bin_ in range(BINS) if bin_ not in item_in),
        float(days),
    )


def moved(home: Mapping[int, int], answer: SlottingAnswer) -> dict[int, int]:
    """Where the items live with all moves made."""
    after = dict(home)
    for m in answer.moves:
        after[m.item_id] = m.target_id - 1
        if m.partner_id is not None:
            after[m.partner_id] = m.source_id - 1
    return after


def of_days(walks: list[tuple[PlannedBatch, list[TaskInfo]]], days: int) -> tuple[float, float]:
    """Metres a day, and seconds of reaching low and high a day."""
    reach = sum(reach_s(t.level, FLOOR.levels) for _b, tasks in walks for t in tasks)
    return sum(b.distance_m for b, _tasks in walks) / days, reach / days


def main() -> int:
    """Measure, print."""
    asked = parser(__doc__)
    asked.add_argument("--days", type=int, default=20, help="trading days that are learned from; default: %(default)s")
    asked.add_argument("--after", type=int, default=5, help="trading days after these; default: %(default)s")
    asked.add_argument("--most", type=int, default=100, help="moves, at most; default: %(default)s")
    asked.add_argument("--pay", type=float, nargs="+", default=[60, 365], help="days within which a move pays for itself; default: 60 and 365")
    asked.add_argument("--iterations", type=int, default=2000, help="of each plan; default: %(default)s")
    options = asked.parse_args()
    path = online_retail()
    if path is None:
        return 0
    busy = load()
    note("reading Online Retail")
    days = list(orders_by_day(path, options.seed).values())[: options.days + options.after]
    learned, after = days[: options.days], days[options.days :]
    bins = list(range(BINS))
    Random(options.seed).shuffle(bins)
    home = dict(enumerate(bins))
    warm_up()
    note("walking")
    past = walked(learned, home, options.iterations, options.seed)
    before_m, before_reach = of_days(walked(after, home, options.iterations, options.seed), len(after))
    rows: list[Row] = []
    for pay in options.pay:
        note(f"what pays for itself within {pay:g} days")
        began = time.perf_counter()
        answer = advise_slots(history(past, home, len(learned)), FLOOR, Policy(), params=Params(most=options.most, days_to_pay=pay))
        seconds = time.perf_counter() - began
        after_m, after_reach = of_days(walked(after, moved(home, answer), options.iterations, options.seed), len(after))
        cost = sum(m.cost_s for m in answer.moves)
        saved = (before_m - after_m) / (TIMES.walk_m_per_min / 60) + before_reach - after_reach
        rows.append(
            {
                "paid back within, days": round(pay),
                "moves": len(answer.moves),
                "metres a day": round(answer.metres_a_day),
                "metres saved a day": round(answer.metres_a_day - answer.metres_a_day_after),
                "minutes it takes once": round(cost / 60),
                "paid back in days": round(cost / max(1e-9, sum(m.seconds_a_day for m in answer.moves)), 1),
                "metres a day, days after": round(before_m),
                "metres saved a day, days after": round(before_m - after_m),
                "minutes saved a day, days after": round(saved / 60, 1),
                "paid back in days, by the days after": round(cost / saved, 1) if saved > 0 else None,
                "exchanges measured": answer.looked_at,
                "seconds to advise": round(seconds, 1),
            }
        )
    about = {
        "days": [len(learned), len(after)],
        "orders": [sum(map(len, learned)), sum(map(len, after))],
        "picks": [sum(len(o) for day in some for o in day) for some in (learned, after)],
        "walks": len(past),
        "moves at most": options.most,
        "bins": BINS,
        "pieces in a bin": UNITS,
        "orders on a cart": CART,
    }
    report(options, busy, {"slots": rows, "about": about})
    return 0


if __name__ == "__main__":
    sys.exit(main())
