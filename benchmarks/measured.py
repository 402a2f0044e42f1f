"""What the benchmarks stand on: Django on a database of their own, the machine's name, and the report as a table or as JSON. Imported before anything of Packhorse."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import django
from django.db import connections

from packhorse.server import cluster
from packhorse.server.database import connect, make_database

DATABASE: Final = "packhorse_bench"
os.environ["PACKHORSE_DATABASE"] = DATABASE
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "packhorse.server.settings")
django.setup()

SHARED: Final = Path(os.environ.get("PACKHORSE_SHARED", Path(__file__).resolve().parents[2] / "shared"))
Row = dict[str, Any]


def commit() -> str:
    """The commit measured, with a mark if the tree differs from it."""
    asked = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, cwd=Path(__file__).parent, check=False)
    return asked.stdout.strip() or "unknown"


def machine() -> str:
    """Processor, cores, memory, Python: what a number depends on."""
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = next((line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name")), platform.machine())
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    return f"{model}, {os.cpu_count()} cores, {pages / 2**30:.0f} GiB, Python {platform.python_version()}"


def parser(says: str | None, *, seed: int = 1) -> argparse.ArgumentParser:
    """The options that every benchmark has."""
    made = argparse.ArgumentParser(description=(says or "").splitlines()[0])
    made.add_argument("--json", action="store_true", help="one JSON object: machine, commit, seed, load, results")
    made.add_argument("--seed", type=int, default=seed, help="default: %(default)s")
    return made


def _drop() -> None:
    with connect("postgres", autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')


@contextmanager
def own_database() -> Iterator[None]:
    """An empty database in the usual cluster, dropped afterwards."""
    from packhorse.server.prepare import migrate

    cluster.ensure()
    _drop()
    make_database()
    migrate()
    try:
        yield
    finally:
        connections.close_all()
        _drop()


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


def note(text: str) -> None:
    """Progress, beside the report."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


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


def load() -> float:
    """How many processes wanted a processor in the last minute: results of a busy machine are no results."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
