"""What the benchmarks stand on besides `packhorse.server.bench.measured`: Django made ready, and the report as a table or as JSON. Imported before anything of Packhorse."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import django
from django.db import connections

from packhorse.server import cluster
from packhorse.server.bench.measured import DATABASE, commit, load, machine, note, own_database

__all__ = [
    "SHARED",
    "Row",
    "Watch",
    "load",
    "milliseconds",
    "note",
    "online_retail",
    "own_database",
    "parser",
    "percentiles",
    "report",
    "standing_database",
    "table",
]

os.environ["PACKHORSE_DATABASE"] = DATABASE
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "packhorse.server.settings")
django.setup()

SHARED: Final = Path(os.environ.get("PACKHORSE_SHARED", Path(__file__).resolve().parents[2] / "shared"))
Row = dict[str, Any]


def parser(says: str | None, *, seed: int = 1) -> argparse.ArgumentParser:
    """The options that every benchmark has."""
    made = argparse.ArgumentParser(description=(says or "").splitlines()[0])
    made.add_argument("--json", action="store_true", help="one JSON object: machine, commit, seed, load, results")
    made.add_argument("--seed", type=int, default=seed, help="default: %(default)s")
    return made


def online_retail() -> Path | None:
    """The file of UCI Online Retail, where it is at hand; else it is said that nothing can be measured of it."""
    folder = SHARED / "data" / "online_retail"
    path = next(iter(sorted(folder.glob("*.parquet"))), None) if folder.is_dir() else None
    if path is None:
        note("Online Retail is not at hand (set PACKHORSE_SHARED to the folder that has data/online_retail)")
    return path


@contextmanager
def standing_database(name: str) -> Iterator[None]:
    """A database that is there, left as it is (what is written is: sessions)."""
    cluster.ensure()
    connections["default"].settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()


class Watch:
    """Seconds by phase."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began


def milliseconds(work: Callable[[], object], times: int) -> list[float]:
    """How long so many runs took each, after one to warm up."""
    work()
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1000)
    return found


def percentiles(values: Sequence[float]) -> tuple[float, float]:
    """p50 and p95 (the largest, where there are few)."""
    ordered = sorted(values)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.3f}" if abs(value) < 1 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def table(title: str, rows: Sequence[Row]) -> None:
    """Rows under their headings, numbers to the right."""
    heads = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[_cell(row[name]) if name in row else "" for name in heads] for row in rows]
    widths = [max(len(head), *(len(line[n]) for line in cells)) for n, head in enumerate(heads)]
    print(f"\n{title}")
    for line in (heads, *cells):
        print("  " + "  ".join(text.ljust(w) if n == 0 else text.rjust(w) for n, (text, w) in enumerate(zip(line, widths, strict=True))))


def report(options: argparse.Namespace, load: float, results: dict[str, Any]) -> None:
    """Print what was found: {machine, commit, seed, load, results}, as JSON or as tables (a list of rows each)."""
    found = {"machine": machine(), "commit": commit(), "seed": options.seed, "load": round(load, 1), "results": results}
    if options.json:
        print(json.dumps(found, indent=1))
        return
    print(f"{found['machine']}, commit {found['commit']}, seed {options.seed}, load at the start {load:.1f}")
    for title, rows in results.items():
        if isinstance(rows, list):
            table(title.replace("_", " "), rows)
        else:
            print(f"\n{title.replace('_', ' ')}: {rows}")
