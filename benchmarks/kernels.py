"""How fast the kernels are and how good: python benchmarks/kernels.py [--json] [--every N] [--seconds S] [--timings]

Timings are of made-up problems (seed 1). Scores are of the shared problems with best-known values, every N-th file of a family, S seconds each, measured by
the shared rulers; they are left out, and said to be, where the folder is absent (PACKHORSE_SHARED, or `shared` beside the repository).
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

from packhorse.kernels.allocation import problem as allocation, solve as allocating
from packhorse.kernels.forecasting import files as forecast_files, problem as forecasting, solve as forecaster
from packhorse.kernels.packing import files as pack_files, problem as packing, solve as packer
from packhorse.kernels.picking import comparison, files as pick_files, problem as picking, solve as picker
from packhorse.kernels.picking.search import DEFAULT
from packhorse.kernels.stop import Stop

SHARED = Path(os.environ.get("PACKHORSE_SHARED", Path(__file__).resolve().parents[2] / "shared"))
PICK_FAMILIES = ("sprp_one_block", "own_multi_block", "sprp_scattered", "own_graph", "bahceci_oncan", "muter_oncan", "henn_waescher", "own_waves")
PACK_FAMILIES = (
    "ecom_plain",
    "ecom_shipping",
    "ecom_support",
    "ecom_fragile",
    "ecom_groups",
    "ecom_all",
    "boxpacker_flat",
    "boxpacker_free",
    "containers",
)
HISTORIES = (("carparts", 6), ("hospital", 12))


def median_ms(work: Callable[[], object], times: int) -> float:
    """Median of so many runs, after one to warm up."""
    work()
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds) * 1000


def picking_timings(rng: Random) -> list[dict[str, Any]]:
    """One tour on one, two and three blocks; 300 orders on carts of 12."""
    rows = []
    for blocks in (1, 2, 3):
        layout = picking.RectangularLayout(20, 2.4, (picking.Block(45 // blocks, 1.0, 1.5, 45 // blocks + 2.0),) * blocks)
        stops = [picking.Cell(rng.randrange(20), rng.randrange(blocks), rng.randrange(45 // blocks)) for _ in range(60)]
        rows.append({"what": f"shortest tour, 20 aisles, {blocks} block(s), 60 stops", "ms": median_ms(lambda a=layout, b=stops: picker.route(a, b), 20)})  # type: ignore[misc]
    layout = picking.RectangularLayout(20, 2.4, (picking.Block(50, 1.0, 1.5, 52.0),))
    orders = tuple(
        picking.Order.at(f"o{n}", [picking.Cell(int(20 * rng.random() ** 2), 0, rng.randrange(50)) for _ in range(rng.randint(5, 35))]) for n in range(300)
    )
    for stop, name in ((Stop(iterations=0), "savings"), (Stop(iterations=5000), "savings and 5,000 moves")):
        problem = picking.Problem(layout, orders, 12)
        begun = time.perf_counter()
        result = picker.solve(problem, stop=stop)
        seconds = time.perf_counter() - begun
        rows.append({"what": f"300 orders of about 20 lines on carts of 12, {name}", "ms": seconds * 1000, "metres": round(result.distance)})
    return rows


def packing_timings(rng: Random) -> list[dict[str, Any]]:
    """Orders of several sizes into eight boxes, with support 0.7 and fragile pieces."""
    inner = [(160, 110, 60), (230, 160, 110), (305, 215, 60), (310, 230, 160), (380, 280, 200), (450, 350, 280), (600, 400, 200), (600, 400, 400)]
    boxes = tuple(packing.Box(f"b{n}", size, None, 100, 25_000, packing.volume(size) // 40_000 + 300) for n, size in enumerate(inner))

    def order(name: str, lines: int, pieces: int) -> packing.Order:
        def edge() -> int:
            return max(8, int(rng.lognormvariate(4.0, 0.5)))

        return packing.Order(
            name,
            tuple(
                packing.Item(
                    f"i{n}",
                    (edge(), edge(), edge()),
                    rng.randint(20, 400),
                    max(1, round(pieces / lines * rng.lognormvariate(0, 0.6))),
                    fragile=rng.random() < 0.1,
                )
                for n in range(lines)
            ),
        )

    packer.warm_up()
    rows = []
    for lines, pieces, times in ((1, 3, 100), (5, 15, 50), (15, 65, 30), (60, 300, 5), (150, 1000, 3)):
        for improved in (0, 40):
            seconds = []
            for n in range(times):
                problem = packing.Problem(boxes, (order(str(n), lines, pieces),), support=0.7)
                begun = time.perf_counter()
                packer.solve(problem, stop=Stop(iterations=improved))
                seconds.append(time.perf_counter() - begun)
            rows.append({"what": f"pack {lines} lines, about {pieces} pieces, {improved} attempts", "ms": statistics.median(seconds) * 1000})
    return rows


def other_timings(rng: Random) -> list[dict[str, Any]]:
    """Allocation and forecasting."""
    today = date(2026, 1, 1)
    levels = tuple(allocation.Level(n, n % 500, rng.randint(1, 40), today + timedelta(days=rng.randint(0, 300))) for n in range(2000))
    problem = allocation.Problem(tuple(allocation.Demand(n, rng.randrange(500), rng.randint(1, 12)) for n in range(3000)), levels, today)
    history = forecasting.Problem(tuple(forecasting.Series(str(n), tuple(float(rng.randint(0, 9)) for _ in range(52))) for n in range(500)), 8)
    return [
        {"what": "allocate 3,000 demands to 2,000 levels", "ms": median_ms(lambda: allocating.solve(problem), 5)},
        {"what": "forecast 500 series of 52 periods", "ms": median_ms(lambda: forecaster.solve(history), 3)},
    ]


def ruler(name: str) -> ModuleType:
    """A shared scoring tool."""
    spec = importlib.util.spec_from_file_location(name, SHARED / "tools" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def plan_pick(source: Path, target: Path, stop: Stop) -> None:
    """File to file."""
    pick_files.write(picker.solve(pick_files.read(source), stop=stop), target)


def plan_pack(source: Path, target: Path, stop: Stop) -> None:
    """File to file."""
    pack_files.write(packer.solve(pack_files.read(source), stop=stop), target)


def scores(every: int, seconds: float) -> list[dict[str, Any]]:
    """Mean and worst ratio to the best known per family (fill: more is better, else less)."""
    rows = []
    for kind, families, plan in (("pick", PICK_FAMILIES, plan_pick), ("pack", PACK_FAMILIES, plan_pack)):
        judge = ruler(f"score_{kind}")
        for family in families:
            found = []
            with tempfile.TemporaryDirectory() as folder:
                for path in sorted((SHARED / "data" / "instances" / kind / family).glob("*.json"))[::every]:
                    target = Path(folder) / path.name
                    begun = time.perf_counter()
                    plan(path, target, Stop(seconds=seconds))
                    found.append({**judge.score(path, target), "took": time.perf_counter() - begun})
            ratios = [row["ratio"] for row in found if row.get("ratio") is not None]
            rows.append(
                {
                    "family": f"{kind}/{family}",
                    "files": len(found),
                    "infeasible": sum(not row["feasible"] for row in found),
                    "mean_ratio": sum(ratios) / len(ratios) if ratios else None,
                    "worst_ratio": (min if family == "containers" else max)(ratios, default=None),
                    "value": sum(row["value"] for row in found) if kind == "pack" else sum(row["distance"] for row in found),
                    "seconds_per_file": sum(row["took"] for row in found) / len(found) if found else None,
                }
            )
    return rows


def forecast_scores() -> list[dict[str, Any]]:
    """Own error and bias over the histories (the ruler with its baselines needs numpy and is run by hand)."""
    rows = []
    for name, horizon in HISTORIES:
        problem = forecast_files.read(SHARED / "data" / "instances" / "forecast" / name / f"{name}.history.csv", horizon)
        begun = time.perf_counter()
        result = forecaster.solve(problem)
        seconds = time.perf_counter() - begun
        errors = [one.error for one in result.forecasts if one.error is not None]
        rows.append({"history": name, "series": len(problem.series), "seconds": seconds, "median_error": statistics.median(errors)})
    return rows


def pick_comparison(every: int, seconds: float) -> list[dict[str, Any]]:
    """Mean ratios to the best known: the savings plan walked S-shape, by largest gap and shortest, and the plan after the time limit."""
    rows = []
    for family in ("bahceci_oncan", "muter_oncan", "henn_waescher"):
        sums: dict[str, list[float]] = {name: [] for name in ("savings, S-shape", "savings, largest gap", "savings, shortest", "plan")}
        for path in sorted((SHARED / "data" / "instances" / "pick" / family).glob("*.json"))[::every]:
            problem, best = pick_files.read(path), json.loads(path.read_text(encoding="utf-8"))["best_known"]["distance"]
            assert isinstance(problem.layout, picking.RectangularLayout)
            savings = picker.solve(problem, stop=Stop(iterations=0), params=replace(DEFAULT, subsets=0))
            gaps = [comparison.largest_gap(problem.layout, (s for s in b.stops if isinstance(s, picking.Cell))) for b in savings.batches]
            found = (savings.s_shape or 0.0, sum(gaps), savings.distance, picker.solve(problem, stop=Stop(seconds=seconds)).distance)
            for name, metres in zip(sums, found, strict=True):
                sums[name].append(metres / best)
        rows.append({"family": family, **{name: statistics.mean(ratios) for name, ratios in sums.items()}})
    return rows


def commit() -> str:
    """The commit measured, with a mark if the tree differs from it."""
    asked = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, cwd=Path(__file__).parent, check=False)
    return asked.stdout.strip() or "unknown"


def show(title: str, rows: list[dict[str, Any]]) -> None:
    """A table on the terminal."""
    print(f"\n{title}")
    for row in rows:
        cells = [
            f"{value:.4f}" if isinstance(value, float) and value < 10 else f"{value:,.1f}" if isinstance(value, float) else str(value) for value in row.values()
        ]
        print("  " + cells[0].ljust(66) + "  ".join(f"{name} {cell}" for name, cell in zip(list(row)[1:], cells[1:], strict=True)))


def main() -> int:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--every", type=int, default=5, help="score every N-th file of a family")
    parser.add_argument("--seconds", type=float, default=1.0, help="time limit per problem")
    parser.add_argument("--timings", action="store_true", help="no scores")
    args = parser.parse_args()
    rng = Random(1)
    report: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "commit": commit(),
        "seed": 1,
        "timings": picking_timings(rng) + packing_timings(rng) + other_timings(rng),
    }
    if args.timings:
        pass
    elif (SHARED / "data" / "instances").is_dir():
        picker.warm_up()
        report |= {
            "time_limit_s": args.seconds,
            "walks": pick_comparison(args.every, args.seconds),
            "scores": scores(args.every, args.seconds),
            "forecasts": forecast_scores(),
        }
    else:
        print("the shared problems are absent: no scores (set PACKHORSE_SHARED to their folder)", file=sys.stderr)
    if args.json:
        print(json.dumps(report, indent=1))
        return 0
    print(f"{report['machine']}, commit {report['commit']}, seed {report['seed']}")
    for part in ("timings", "walks", "scores", "forecasts"):
        if part in report:
            show(part, report[part])
    return 0


if __name__ == "__main__":
    sys.exit(main())
