"""Which way of picking suits a day: python -m benchmarks.methods [--day 2010-12-06] [--pickers N] [--json]

A day of UCI Online Retail (PACKHORSE_SHARED, or `shared` beside the repository; without it nothing is measured) on a floor of 2,000 bins, walked by the same people in five ways: single, batch,
zone with a put wall, wave, waveless. Orders come in when they came in; walks are the product's (`on_the_floor`), in the standard worker's times. Nothing is written: it needs no database.
"""

from __future__ import annotations

import datetime as dt
import heapq
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from benchmarks.measured import Row, load, note, online_retail, parser, report  # isort: split

from packhorse.ground.warehouse.designing import planned
from packhorse.ground.warehouse.types import NewFloor
from packhorse.kernels.picking.solve import warm_up
from packhorse.kernels.stop import Stop
from packhorse.roof.simulation.generator import ship_to
from packhorse.steps.orders.importing import parse
from packhorse.steps.picking.services.planning import of_loads, on_the_floor
from packhorse.steps.picking.services.zoning import by_zone, for_wall
from packhorse.steps.picking.types import Means, PlannedBatch, TaskInfo, Times

#: 20 aisles of 50 bins on two levels, cross aisles in front, in the middle and behind.
FLOOR: Final = planned(1, NewFloor(aisles=20, cells=50, levels=2, cross_after=(25,)))
BINS: Final = FLOOR.aisles * FLOOR.cells * FLOOR.levels
TIMES: Final = Times()
#: Orders on a cart; slots of a put wall, and walls; zones, of so many aisles each; seconds to put a line, and a piece, into its slot.
CART, SLOTS, WALLS, ZONES, PUT_LINE_S, PUT_UNIT_S = 12, 24, 2, 4, 6, 1
#: What came in before the first hour must be picked at the second (minutes since midnight); what came in later, next day at noon.
CUT_OFFS: Final = ((660, 840), (840, 1080))
NEXT_DAY: Final = 2160
SHIFT: Final = 480
#: Waves are released at these minutes.
WAVES: Final = (480, 600, 720, 840, 960, 1080, 1200)
#: A cart that is not full leaves when its most urgent order has so many minutes left.
MARGIN: Final = 120


@dataclass
class Order:
    """An order of the day: when it came and when it must be picked, in minutes since midnight."""

    n: int
    came: float
    due: float
    tasks: list[TaskInfo]
    parts: int = 0
    done: float = 0.0

    @property
    def rank(self) -> tuple[float, float, int]:
        return self.due, self.came, self.n


@dataclass
class Work:
    """What one picker does in one go, and what is done with it."""

    metres: float
    minutes: float
    orders: list[Order]


@dataclass
class Day:
    """What is there: orders in the order in which they came; those that came and nobody has taken wait."""

    orders: list[Order]
    seed: int
    iterations: int
    came: int = 0
    waiting: list[Order] = field(default_factory=list)

    def until(self, now: float) -> None:
        while self.came < len(self.orders) and self.orders[self.came].came <= now:
            self.waiting.append(self.orders[self.came])
            self.came += 1
        self.waiting.sort(key=lambda o: o.rank)

    @property
    def next_comes(self) -> float | None:
        return self.orders[self.came].came if self.came < len(self.orders) else None

    def walks(self, orders: Sequence[Order], per_cart: int | None) -> list[tuple[PlannedBatch, list[Order]]]:
        by_n = {o.n: o for o in orders}
        made = on_the_floor(FLOOR, [t for o in orders for t in o.tasks], Means(per_cart, TIMES), Stop(iterations=self.iterations), self.seed)
        return [(b, [by_n[i] for i in b.release_ids]) for b in made]

    def take(self, orders: Iterable[Order]) -> None:
        gone = {o.n for o in orders}
        self.waiting = [o for o in self.waiting if o.n not in gone]


#: A way to pick: what a picker who is free at a time does; None: nothing yet.
Way = Callable[[Day, float], "Work | None"]


def _work(walk: PlannedBatch, orders: list[Order]) -> Work:
    return Work(walk.distance_m, walk.minutes, orders)


def single() -> Way:
    """Each order on a walk of its own, the most urgent first."""

    def take(day: Day, _now: float) -> Work | None:
        if not day.waiting:
            return None
        ((walk, orders),) = day.walks(day.waiting[:1], 1)
        day.take(orders)
        return _work(walk, orders)

    return take


def _from(queue: list[Work]) -> Work | None:
    queue.sort(key=lambda w: min(o.rank for o in w.orders))
    return queue.pop(0) if queue else None


def batch() -> Way:
    """Carts of twelve, each order into its tote: planned when a cart is full, or when the most urgent cannot wait longer."""
    queue: list[Work] = []

    def take(day: Day, now: float) -> Work | None:
        pressing = bool(day.waiting) and day.waiting[0].due - now < MARGIN
        if not queue and day.waiting and (len(day.waiting) >= CART or pressing or day.next_comes is None):
            queue.extend(_work(*w) for w in day.walks(day.waiting, CART))
            day.take(day.waiting)
        return _from(queue)

    return take


def wave() -> Way:
    """All that has come, released together every two hours and planned as one, on carts of twelve."""
    queue: list[Work] = []
    released = [-1.0]

    def take(day: Day, now: float) -> Work | None:
        latest = max((w for w in WAVES if w <= now), default=-1)
        if latest > released[0]:
            released[0] = latest
            due = [o for o in day.waiting if o.came <= latest]
            if due:
                queue.extend(_work(*w) for w in day.walks(due, CART))
                day.take(due)
        return _from(queue)

    return take


def waveless() -> Way:
    """Whoever is free gets the walk of the most urgent order, planned anew among the next three carts' worth."""

    def take(day: Day, _now: float) -> Work | None:
        if not day.waiting:
            return None
        first = day.waiting[0]
        walk, orders = next(w for w in day.walks(day.waiting[: 3 * CART], CART) if first in w[1])
        day.take(orders)
        return _work(walk, orders)

    return take


def zones_and_wall() -> Way:
    """Zones at the same time, all of a round's pieces together, sorted into the orders' slots at a put wall; a round is as many orders as the wall has slots."""
    queue: list[Work] = []
    rounds: list[list[Order]] = []

    def take(day: Day, now: float) -> Work | None:
        rounds[:] = [r for r in rounds if any(o.parts for o in r) or any(o.done > now for o in r)]
        if not queue and day.waiting and len(rounds) < WALLS:
            chosen = day.waiting[:SLOTS]
            day.take(chosen)
            rounds.append(chosen)
            for zone, own in by_zone(t for o in chosen for t in o.tasks):
                ids = {t.release_id for t in own}
                orders = [o for o in chosen if o.n in ids]
                for o in orders:
                    o.parts += 1
                walks = of_loads([for_wall(own, FLOOR, zone, 1)], Means(None, TIMES), Stop(iterations=day.iterations), day.seed)
                put = (len(own) * PUT_LINE_S + sum(t.quantity for t in own) * PUT_UNIT_S) / 60
                queue.append(Work(sum(w.distance_m for w in walks), sum(w.minutes for w in walks) + put, orders))
        return queue.pop(0) if queue else None

    return take


METHODS: Final[dict[str, Callable[[], Way]]] = {
    "single": single,
    "batch": batch,
    "zones and put wall": zones_and_wall,
    "wave": wave,
    "waveless": waveless,
}


def _task(n: int, order: int, place: int, quantity: int) -> TaskInfo:
    """A pick at a bin: places count through levels, cells, aisles."""
    level, spot = place % FLOOR.levels, place // FLOOR.levels
    aisle, cell = divmod(spot, FLOOR.cells)
    return TaskInfo(
        n, None, 0, "ready", place, str(place), aisle, cell, place, str(place), "", None, None, quantity, 0, "", None, None, None, order, order, str(order), order, n,
        level=level, zone=f"Z{aisle * ZONES // FLOOR.aisles + 1}", zone_position=aisle * ZONES // FLOOR.aisles,
    )  # fmt: skip


def walk_day(day: Day, way: Way, pickers: int) -> Row:
    """The day from the shift's beginning until all is picked, overtime included."""
    began = time.perf_counter()
    free, walks, metres, minutes, left = [(float(SHIFT), n) for n in range(pickers)], 0, 0.0, 0.0, len(day.orders)
    while left:
        now, who = heapq.heappop(free)
        day.until(now)
        work = way(day, now)
        if work is None:
            later = [t for t in (day.next_comes, *(w for w in WAVES if w > now), *(t for t, _n in free if t > now)) if t is not None and t > now]
            heapq.heappush(free, (min([*later, now + 5]), who))
            continue
        end = now + work.minutes
        walks, metres, minutes = walks + 1, metres + work.metres, minutes + work.minutes
        for o in work.orders:
            o.parts = max(0, o.parts - 1)
            o.done = max(o.done, end)
            left -= o.parts == 0
        heapq.heappush(free, (end, who))
    late = [o for o in day.orders if o.done > o.due]
    end = max(o.done for o in day.orders)
    return {
        "walks": walks,
        "metres": round(metres),
        "minutes": round(minutes),
        "late orders": len(late),
        "late by, min": round(max((o.done - o.due for o in late), default=0)),
        "done at": f"{int(end) // 60:02d}:{int(end) % 60:02d}",
        "seconds to plan": round(time.perf_counter() - began, 1),
    }


def orders_of(path: Path, wanted: dt.date | None, seed: int) -> tuple[dt.date, list[Order], float]:
    """The orders of a day (the one with most, unless named) on the floor: the 2,000 items that sell most, each in a bin by chance; and the share of the day's lines that are of these."""
    parsed = parse(path, ship_to=ship_to(seed))
    days: dict[dt.date, list[Any]] = defaultdict(list)
    sold: Counter[str] = Counter()
    for order in parsed.orders:
        days[order.placed_at.date()].append(order)
        sold.update({line.sku for line in order.lines})
    chosen = wanted or max(days, key=lambda d: (len(days[d]), d))
    places = list(range(BINS))
    Random(seed).shuffle(places)
    home = {sku: places[n] for n, (sku, _count) in enumerate(sold.most_common(BINS))}
    found, task, lines = [], 0, 0
    for n, order in enumerate(sorted(days[chosen], key=lambda o: o.placed_at), 1):
        units: Counter[int] = Counter()
        for line in order.lines:
            lines += 1
            if line.sku in home:
                units[home[line.sku]] += line.quantity
        came = order.placed_at.hour * 60 + order.placed_at.minute
        due = next((due for until, due in CUT_OFFS if came < until), NEXT_DAY)
        if units:
            tasks = []
            for place, quantity in units.items():
                task += 1
                tasks.append(_task(task, n, place, quantity))
            found.append(Order(n, came, due, tasks))
    return chosen, found, task / lines if lines else 0.0


def main() -> int:
    """Measure, print."""
    asked = parser(__doc__)
    asked.add_argument("--day", type=dt.date.fromisoformat, help="default: the day with most orders")
    asked.add_argument("--pickers", type=int, default=4, help="default: %(default)s")
    asked.add_argument("--iterations", type=int, default=2000, help="of each plan; default: %(default)s")
    options = asked.parse_args()
    path = online_retail()
    if path is None:
        return 0
    busy = load()
    note("reading Online Retail")
    day, orders, share = orders_of(path, options.day, options.seed)
    if not orders:
        print(f"nothing was ordered on {day}", file=sys.stderr)
        return 1
    warm_up()
    rows: list[Row] = []
    for name, make in METHODS.items():
        note(name)
        fresh = [Order(o.n, o.came, o.due, o.tasks) for o in orders]
        rows.append({"method": name, **walk_day(Day(fresh, options.seed, options.iterations), make(), options.pickers)})
    about = {
        "day": day.isoformat(),
        "orders": len(orders),
        "picks": sum(len(o.tasks) for o in orders),
        "pieces": sum(t.quantity for o in orders for t in o.tasks),
        "share of the day's lines on the floor, other items left out and equal ones of an order together": round(share, 3),
        "must be picked by 14:00, by 18:00, next day": [sum(o.due == due for o in orders) for due in (*(d for _u, d in CUT_OFFS), NEXT_DAY)],
        "bins": BINS,
        "pickers": options.pickers,
        "orders on a cart": CART,
        "zones": ZONES,
        "walls and slots": [WALLS, SLOTS],
        "seconds to put a line, a piece": [PUT_LINE_S, PUT_UNIT_S],
        "iterations of a plan": options.iterations,
        "times": {name: getattr(TIMES, name) for name in Times.__dataclass_fields__},
    }
    report(options, busy, {"methods": rows, "about": about})
    return 0


if __name__ == "__main__":
    sys.exit(main())
