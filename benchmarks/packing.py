"""How fast orders are packed with every constraint on, whether the time limit holds, and how good beside others: python -m benchmarks.packing [--only speed|large|limit|peers] [--json]

speed – typical orders (one to ten pieces) with rotations, uprightness, fragile pieces, groups, support, weight, limited boxes and dimensional cost, on one core of a warm process, from the
to the text of its plan: orders a second, and the milliseconds of an order in each part. Made up (seed), and the shared ones with everything on; *alone*: one call an order, as the bench asks.
large – orders of 200 pieces of 200, 40 and 8 kinds under the same constraints: the first answer, one call an order.
limit – `packhorse plan pack --time-limit` on shared problems: how long the whole process takes, start included, and of a folder how long each plan takes in it.
peers – the shared problems, every N-th order, judged by the shared ruler: a box chosen by volume, py3dbp and packvium where they are installed, and the first answer.
"""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, Final

from benchmarks.measured import SHARED, Row, load, note, parser, report  # isort: split

from benchmarks.packers import Plan, by_packhorse, by_volume, goes_in, peers, total

from packhorse.kernels.packing.files import plan_of, problem_of
from packhorse.kernels.packing.problem import Box, Item, Objective, Order, Problem, Shipping, volume
from packhorse.kernels.packing.solve import solve, warm_up
from packhorse.kernels.stop import Stop

PROBLEMS: Final = SHARED / "data" / "instances" / "pack"
#: Inner edges of twelve boxes; walls of 3 mm, cost and weight by volume. Each of the middle ones is there twice for an order at most.
INNER: Final = (
    (160, 110, 60), (200, 150, 90), (230, 160, 110), (305, 215, 60), (255, 200, 150), (310, 230, 160), (350, 250, 120), (380, 280, 200), (430, 310, 220), (450, 350, 280), (600, 400, 200),
    (600, 400, 400),
)  # fmt: skip
SHIPPING: Final = Shipping(divisor_cm3_per_kg=5000, base=350, per_kg=95, round_up_g=500)
PEER_FAMILIES: Final = ("ecom_plain", "ecom_shipping", "ecom_all", "boxpacker_flat", "boxpacker_free", "containers")


def boxes(max_load_g: int = 8_000) -> tuple[Box, ...]:
    """Twelve sizes that bear so much; of the middle ones there are few."""
    made = []
    for n, (length, width, height) in enumerate(INNER):
        share = length * width * height / 10**6
        few = 2 if 4 <= n <= 8 else None
        made.append(Box(f"b{n}", (length, width, height), (length + 6, width + 6, height + 6), round(60 + 22 * share), max_load_g, round(15 + 3 * share), few))
    return tuple(made)


def product(rng: Random, n: int) -> Item:
    """An eighth is fragile, a fifth stands upright, a tenth may not go with another kind."""
    edges = (max(12, int(rng.lognormvariate(4.6, 0.5))), max(10, int(rng.lognormvariate(4.4, 0.5))), max(8, int(rng.lognormvariate(3.9, 0.6))))
    size = (min(edges[0], 590), min(edges[1], 390), min(edges[2], 390))
    weight = max(10, round(volume(size) / 1000 * rng.uniform(0.15, 0.9)))
    return Item(
        f"p{n}",
        size,
        min(weight, 7_500),
        vertical=(False, False, True) if rng.random() < 0.2 else (True, True, True),
        fragile=rng.random() < 0.125,
        group=rng.choice(("food", "chemicals")) if rng.random() < 0.1 else None,
    )


def typical(rng: Random, orders: int) -> Problem:
    """Orders of one to ten pieces, of six hundred products, with everything on."""
    products = [product(rng, n) for n in range(600)]
    made = []
    for n in range(orders):
        pieces: dict[str, Item] = {}
        for _ in range(min(10, 1 + int(rng.expovariate(1 / 3.4)))):
            one = products[int(600 * rng.random() ** 1.5)]
            pieces[one.id] = replace(one, quantity=pieces[one.id].quantity + 1 if one.id in pieces else 1)
        made.append(Order(f"o{n}", tuple(pieces.values())))
    return Problem(boxes(), tuple(made), support=0.75, shipping=SHIPPING, name="typical")


def of_many(rng: Random, kinds: int, pieces: int) -> Problem:
    """One order of so many pieces of so many kinds, with everything on."""
    counts = [1] * kinds
    for _ in range(pieces - kinds):
        counts[rng.randrange(kinds)] += 1
    items = tuple(replace(product(rng, n), quantity=count) for n, count in enumerate(counts))
    return Problem(boxes(25_000), (Order("large", items),), support=0.75, shipping=SHIPPING)


def document(problem: Problem) -> dict[str, Any]:
    """The problem as a JSON document."""
    assert problem.shipping
    ship = problem.shipping
    return {
        "format": "packhorse-pack-problem/1", "name": problem.name, "objective": problem.objective.value, "support": problem.support,
        "shipping": {"divisor_cm3_per_kg": ship.divisor_cm3_per_kg, "base": ship.base, "per_kg": ship.per_kg, "round_up_g": ship.round_up_g},
        "boxes": [
            {"id": b.id, "inner_mm": b.inner_mm, "outer_mm": b.outer_mm, "tare_g": b.tare_g, "max_load_g": b.max_load_g, "cost": b.cost}
            | ({} if b.available is None else {"available": b.available})
            for b in problem.boxes
        ],
        "orders": [
            {"id": o.id, "items": [
                {"id": i.id, "size_mm": i.size_mm, "weight_g": i.weight_g, "quantity": i.quantity, "vertical": i.vertical, "fragile": i.fragile, "group": i.group} for i in o.items
            ]}
            for o in problem.orders
        ],
    }  # fmt: skip


@contextmanager
def one_core() -> Iterator[None]:
    """This process keeps to one core, as far as the system lets itself be told."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@dataclass
class Parts:
    """Milliseconds of an order by part, of the quickest of some runs."""

    read: float = 1e9
    pack: float = 1e9
    write: float = 1e9

    def better(self, read: float, pack: float, write: float) -> None:
        self.read, self.pack, self.write = min(self.read, read), min(self.pack, pack), min(self.write, write)


def speed(rng: Random, runs: int) -> Iterator[Row]:
    """Orders a second on one core, by wall and by processor."""
    texts = {"made up, 2,000 orders": json.dumps(document(typical(rng, 2_000)))}
    for path in sorted((PROBLEMS / "ecom_all").glob("*.json")):
        texts[f"shared, {path.stem}"] = path.read_text(encoding="utf-8")
    for name, text in texts.items():
        rates, parts = list[tuple[float, float]](), Parts()
        for _ in range(runs):
            begun, used = time.perf_counter(), time.process_time()
            problem = problem_of(json.loads(text))
            read = time.perf_counter()
            result = solve(problem, stop=Stop(iterations=0))
            packed = time.perf_counter()
            json.dumps(plan_of(result))
            end, n = time.perf_counter(), len(problem.orders)
            rates.append((n / (end - begun), n / (time.process_time() - used)))
            parts.better(1000 * (read - begun) / n, 1000 * (packed - read) / n, 1000 * (end - packed) / n)
        alone = []
        for order in problem.orders[:500]:
            one = replace(problem, orders=(order,))
            begun = time.perf_counter()
            solve(one, stop=Stop(iterations=0))
            alone.append(1000 * (time.perf_counter() - begun))
        alone.sort()
        yield {
            "orders": name,
            "per_s": round(statistics.median(rate for rate, _ in rates)),
            "per_s_slowest_run": round(min(rate for rate, _ in rates)),
            "per_s_of_processor": round(statistics.median(rate for _, rate in rates)),
            "ms_read": round(parts.read, 3),
            "ms_pack": round(parts.pack, 3),
            "ms_write": round(parts.write, 3),
            "alone_ms_p50": round(statistics.median(alone), 2),
            "alone_ms_p99": round(alone[int(0.99 * len(alone))], 2),
            "pieces": sum(i.quantity for o in problem.orders for i in o.items),
            "boxes": sum(len(o.loads) for o in result.orders),
        }


def large(rng: Random, times: int) -> Iterator[Row]:
    """Seconds to the first answer of orders of 200 pieces."""
    for kinds in (200, 40, 8):
        took = []
        for _ in range(times):
            problem = of_many(rng, kinds, 200)
            begun = time.perf_counter()
            solve(problem, stop=Stop(iterations=0))
            took.append(time.perf_counter() - begun)
        yield {
            "order": f"200 pieces of {kinds} kinds",
            "orders": times,
            "ms_p50": round(1000 * statistics.median(took), 1),
            "ms_worst": round(1000 * max(took), 1),
        }


def limits() -> Iterator[Row]:
    """How long `packhorse plan pack` takes, of what it was allowed."""
    families = [("ecom_all", 1), ("boxpacker_free", 1), ("containers", 1), ("ecom_all", 5), ("boxpacker_free", 5), ("containers", 5)]
    command = [sys.executable, "-m", "packhorse", "plan", "pack"]
    with tempfile.TemporaryDirectory() as folder:
        for family, seconds in families:
            paths = sorted((PROBLEMS / family).glob("*.json"))
            took = []
            for path in paths[:: max(1, len(paths) // 3)][:3]:
                begun = time.perf_counter()
                subprocess.run([*command, path, "-o", Path(folder) / "plan.json", "--time-limit", str(seconds)], check=True, capture_output=True)
                took.append(time.perf_counter() - begun)
            yield {
                "what": f"{family}, a process a file",
                "limit_s": seconds,
                "files": len(took),
                "s_median": round(statistics.median(took), 2),
                "s_worst": round(max(took), 2),
            }
        many = Path(folder) / "many"
        many.mkdir()
        for path in sorted((PROBLEMS / "containers").glob("*.json"))[::4]:
            (many / path.name).write_bytes(path.read_bytes())
        begun = time.perf_counter()
        subprocess.run([*command, many, "-o", Path(folder) / "plans", "--time-limit", "1"], check=True, capture_output=True)
        whole = time.perf_counter() - begun
        own = [json.loads(path.read_text(encoding="utf-8"))["seconds"] for path in sorted((Path(folder) / "plans").glob("*.json"))]
        yield {
            "what": "containers, a folder (its process: " + f"{whole:.1f} s)",
            "limit_s": 1,
            "files": len(own),
            "s_median": round(statistics.median(own), 2),
            "s_worst": round(max(own), 2),
        }


def ruler() -> ModuleType:
    """The shared scoring tool."""
    spec = importlib.util.spec_from_file_location("score_pack", SHARED / "tools" / "score_pack.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def compared(every: int) -> Iterator[Row]:
    """By family and way: what the ruler says of every N-th order, and processor time."""
    judge = ruler()
    for family in PEER_FAMILIES:
        documents = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((PROBLEMS / family).glob("*.json"))]
        fill = family == "containers"
        documents = documents[::every] if fill else documents
        problems = [problem_of(d) for d in documents]
        step = 1 if fill else every
        ways: dict[str, list[float | None]] = {}
        seconds: dict[str, float] = {}
        if problems[0].objective is Objective.COST:
            ways["volume, one box to 70 %"] = [_by_volume(p, o) for p in problems for o in p.orders[::step]]
        for name, peer in peers().items():
            if fill and name == "py3dbp":
                continue
            begun = time.process_time()
            plans = [[peer(p, o) for o in p.orders[::step]] for p in problems]
            seconds[name] = time.process_time() - begun
            ways[name] = list(_judged(judge, documents, plans, step))
        begun = time.process_time()
        plans = [by_packhorse(p, p.orders[::step]) for p in problems]
        seconds["packhorse, first answer"] = time.process_time() - begun
        ways["packhorse, first answer"] = list(_judged(judge, documents, plans, step))
        everybody = [all(value is not None for value in values) for values in zip(*ways.values(), strict=True)]
        for name, values in ways.items():
            own = [value for value in values if value is not None]
            same = [value for value, all_do in zip(values, everybody, strict=True) if all_do and value is not None]
            row: Row = {
                "family": family,
                "counts": "share filled" if fill else problems[0].objective.value,
                "by": name,
                "orders": len(values),
                "not_packed_by_the_rules": len(values) - len(own),
            }
            row |= {
                "mean": round(statistics.mean(own), 4) if own else "",
                "mean_of_those_all_pack": round(statistics.mean(same), 4) if same else "",
                "of": len(same),
            }
            yield row | ({"ms_an_order": round(1000 * seconds[name] / len(values), 3)} if name in seconds else {})


def _judged(judge: ModuleType, documents: list[dict[str, Any]], plans: list[list[Plan]], step: int) -> Iterator[float | None]:
    """Of each order what counts in its problem, by the ruler; None where its plan breaks a rule."""
    for data, planned in zip(documents, plans, strict=True):
        kinds = {box["id"]: box for box in data["boxes"]}
        for order, plan in zip(data["orders"][::step], planned, strict=True):
            try:
                found = judge.check_order(data, kinds, order, plan)
            except judge.Bad:
                yield None
            else:
                yield found["volume"] / found["box_volume"] if data["objective"] == "fill" else found[data["objective"]]


def _by_volume(problem: Problem, order: Order) -> float | None:
    """The cost of a box that is at most 70 % full, by volume alone; None where the goods turn out not to go into it."""
    box = by_volume(problem, order, 0.7)
    return problem.cost(box, total(order)[1]) if box and goes_in(problem, order, box) else None


def main() -> int:
    """Measure, print."""
    options = parser(__doc__)
    options.add_argument("--only", choices=("speed", "large", "limit", "peers"), action="append", help="measure this alone (may be repeated)")
    options.add_argument("--every", type=int, default=5, help="peers: every N-th order (default: %(default)s)")
    options.add_argument("--runs", type=int, default=5, help="speed: so often (default: %(default)s)")
    args = options.parse_args()
    rng, before, shared = Random(args.seed), load(), PROBLEMS.is_dir()
    if not shared:
        note("the shared problems are absent: only made-up orders are packed (set PACKHORSE_SHARED to their folder)")
    parts: dict[str, Callable[[], Iterator[Row]]] = {
        "speed": lambda: speed(rng, args.runs), "large": lambda: large(rng, 20), "limit": limits, "peers": lambda: compared(args.every),
    }  # fmt: skip
    warm_up()
    results: dict[str, Any] = {}
    for name, part in parts.items():
        if (args.only and name not in args.only) or (not shared and name in ("limit", "peers")):
            continue
        note(name)
        with one_core() if name != "limit" else nullcontext():
            results[name] = list(part())
    report(args, before, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
