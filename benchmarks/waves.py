"""A wave planned in time: python -m benchmarks.waves [--orders 500] [--product] [--json]

500 orders in 5 s and 5,000 in 60 s. On made-up floors through the command line: one process a problem, its start included, with its highest memory; beside it the savings plan walked S-shape and by
the shortest walks. With `--product` in the product instead, on the demonstration's floor: orders accepted, paid and released, then walks planned with time (`ask_long_plan`, and what the worker does
with it, from the question to the last recorded walk).
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any, Final
from uuid import uuid4

from benchmarks.measured import Row, load, note, own_database, parser, report  # isort: split

from benchmarks import flow

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.kernels.picking import files
from packhorse.kernels.picking.solve import solve, warm_up
from packhorse.kernels.stop import Stop
from packhorse.steps.picking import jobs, selectors, services

#: Orders, and the seconds for their plan.
WAVES: Final = ((500, 5), (5_000, 60))
CAPACITY: Final = 45
#: Floors: aisles, cells of an aisle, blocks.
FLOORS: Final = {"one block, 20 aisles, 2,000 bins": (20, 50, 1), "three blocks, 20 aisles, 2,040 bins": (20, 17, 3)}


def problem(orders: int, floor: str, seed: int) -> dict[str, Any]:
    """A wave of orders of one to eight pieces, one place a piece; a fifth of the cells has four fifths of the picks."""
    aisles, cells, blocks = FLOORS[floor]
    rng = Random(seed)
    places = [{"aisle": a, "block": b, "cell": c} for a in range(aisles) for b in range(blocks) for c in range(cells)]
    rng.shuffle(places)
    quick = len(places) // 5

    def place() -> dict[str, int]:
        return places[rng.randrange(quick)] if rng.random() < 0.8 else places[rng.randrange(quick, len(places))]

    made = []
    for n in range(orders):
        size = rng.randint(1, 8)
        made.append({"id": f"o{n}", "size": size, "picks": [place() for _ in range(size)]})
    block = {"cells": cells, "cell_pitch": 1.0, "first_cell": 1.5, "length": cells + 2.0}
    layout = {"kind": "rectangular", "aisles": aisles, "aisle_pitch": 3.0, "blocks": [block] * blocks, "depot": {"aisle": 0, "cross_aisle": 0, "extra": 0.0}}
    return {"format": "packhorse-pick-problem/1", "name": f"{orders} orders", "layout": layout, "cart": {"capacity": CAPACITY}, "orders": made}


@contextmanager
def memory_of(pid: int) -> Iterator[list[float]]:
    """Megabytes that a process has in memory, looked at twenty times a second while this lasts."""
    seen, over = [0.0], threading.Event()

    def look() -> None:
        while not over.wait(0.05):
            with suppress(OSError):
                seen.append(int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 2**20)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        over.set()
        looking.join()


def by_command(orders: int, seconds: int, floor: str, seed: int, folder: Path) -> Row:
    """One plan by the command line, and what it is compared with."""
    source, target = folder / "problem.json", folder / "plan.json"
    source.write_text(json.dumps(problem(orders, floor, seed)), encoding="utf-8")
    note(f"{orders} orders in {seconds} s, {floor} …")
    began = time.perf_counter()
    command = [sys.executable, "-m", "packhorse", "plan", "pick", str(source), "-o", str(target), "--time-limit", str(seconds), "--seed", str(seed)]
    child = subprocess.Popen(command)
    with memory_of(child.pid) as memory:
        _pid, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, child.returncode
    metres = json.loads(target.read_text(encoding="utf-8"))["distance"]
    savings = solve(files.read(source), stop=Stop(iterations=0), seed=seed)
    assert savings.s_shape is not None
    return {
        "by": "command line",
        "floor": floor,
        "orders": orders,
        "limit_s": seconds,
        "wall_s": wall,
        "processor_s": used.ru_utime + used.ru_stime,
        "memory_mb": max(memory),
        "metres": metres,
        "of_savings_s_shape": metres / savings.s_shape,
        "of_savings": metres / savings.distance,
    }


def in_the_product(waves: list[tuple[int, int]], seed: int) -> list[Row]:
    """The same from within: what a person asks for on a page."""
    rows = []
    with own_database():
        house = flow.make_house(seed)
        for orders, seconds in waves:
            note(f"{orders} orders in {seconds} s, in the product: taken in and released …")
            _released(house, orders)
            note("planned …")
            rows.append(_planned(house, seconds, seed))
    return rows


def _released(house: flow.House, orders: int) -> None:
    fos: list[int] = []
    for _ in range(0, orders, 500):
        house.clock.advance(86400)  # lots are named by the day
        some = flow.some_orders(house, 500)
        flow.stock_up(house, some)
        fos += flow.accept(house, some)
        flow.settle()
    world, today = house.world, house.clock.now().date()
    for at in range(0, len(fos), 1000):
        services.release_orders(
            key=uuid4(), actor=world.worker("manager", 1), warehouse_id=world.warehouse_id, fulfillment_order_ids=fos[at : at + 1000], today=today
        )


def _planned(house: flow.House, seconds: int, seed: int) -> Row:
    world = house.world
    manager, place = world.worker("manager", 1), world.warehouse_id
    before = sql.rows("SELECT coalesce(max(id), 0) FROM picking_pickbatch")[0][0]
    with memory_of(os.getpid()) as memory:
        used, began = time.process_time(), time.perf_counter()
        plan_id = services.ask_long_plan(key=uuid4(), actor=manager, warehouse_id=place, seconds=seconds, orders_per_cart=12, seed=seed)
        jobs.plan_long(key=uuid4(), plan_id=plan_id)
        wall, used = time.perf_counter() - began, time.process_time() - used
    found = selectors.long_plan(EVERYTHING, plan_id)
    s_shape = sql.rows("SELECT sum(s_shape_m) FROM picking_pickbatch WHERE warehouse_id = %s AND id > %s", [place, before])[0][0]
    return {
        "by": "the product",
        "floor": "the demonstration's",
        "orders": found.orders,
        "limit_s": seconds,
        "wall_s": wall,
        "processor_s": used,
        "memory_mb": max(memory),
        "metres": found.metres,
        "walks": found.walks,
        "of_same_walks_s_shape": found.metres / s_shape,
    }


def main() -> int:
    options = parser(__doc__)
    options.add_argument("--product", action="store_true", help="in the product, on a database of its own")
    options.add_argument("--orders", type=int, choices=[n for n, _s in WAVES], help="only the wave of so many")
    asked = options.parse_args()
    waves = [w for w in WAVES if asked.orders in (None, w[0])]
    began = load()
    warm_up()
    if asked.product:
        rows = in_the_product(waves, asked.seed)
    else:
        with tempfile.TemporaryDirectory() as folder:
            rows = [by_command(orders, seconds, floor, asked.seed, Path(folder)) for orders, seconds in waves for floor in FLOORS]
    report(asked, began, {"waves": rows})
    return 0


if __name__ == "__main__":
    sys.exit(main())
