"""What the benches have in common that send people with scanners through the real pages: their options, a crowd at work, the report."""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from packhorse.server.bench.measured import NotDurable, commit, load, machine, own_database, p99
from packhorse.server.exits import FAILED


def parser(prog: str, about: str, people: str, *, many: int, minutes: float) -> argparse.ArgumentParser:
    """The options of such a bench; `people` is what its crowd is called."""
    made = argparse.ArgumentParser(prog=prog, description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--json", action="store_true", help="print one JSON object")
    made.add_argument("--seed", type=int, default=1, help="what they draw from (default: %(default)s); how they meet is up to the machine")
    made.add_argument(f"--{people}", dest="many", type=int, default=many, help="at the same time (default: %(default)s)")
    made.add_argument("--minutes", type=float, default=minutes, help="how long they work (default: %(default)s)")
    made.add_argument("--pause", type=float, default=2.0, help="seconds between two scans of one of them, on average (default: %(default)s)")
    made.add_argument("--stock-rows", type=int, default=10_000, help="levels of stock in the house (default: %(default)s)")
    made.add_argument("--workers", type=int, default=2, help="web server processes (default: %(default)s)")
    made.add_argument("--database", default="", help="a database of that name, filled where it is not there and left standing; else one that is dropped")
    return made


def at_work(crowd: Iterable[Callable[[float], None]], minutes: float) -> float:
    """All at once until the time is over and what each has in hand is done; how many seconds."""
    began = time.monotonic()
    threads = [threading.Thread(target=work, args=(began + 60 * minutes,), daemon=True) for work in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - began


def quickness(took: Sequence[float]) -> dict[str, Any]:
    """How fast scans were answered."""
    return {"p50_ms": p99(took, 0.5), "p99_ms": p99(took), "over_100_ms": sum(t > 0.1 for t in took)}


def reported(options: argparse.Namespace, people: str, measure: Callable[[argparse.Namespace], dict[str, Any]], zero: Sequence[str]) -> int:
    """Measure on a durable database, print; 0 where each of `zero` is 0, else 1."""
    about = {
        "machine": machine(), "commit": commit(), "seed": options.seed, "load": load(), people: options.many, "minutes": options.minutes,
        "pause_s": options.pause, "workers": options.workers,
    }  # fmt: skip
    try:
        with own_database(options.database):
            found = measure(options)
    except NotDurable as error:
        sys.stderr.write(f"The server does not keep what it commits: {error} is off. Name another server, or another data folder (PACKHORSE_HOME).\n")
        return FAILED
    answer = {**found, **about, "load_after": load()}
    if options.json:
        sys.stdout.write(json.dumps(answer, indent=1) + "\n")
    else:
        for key, value in answer.items():
            sys.stdout.write(f"{key:<26}{json.dumps(value) if isinstance(value, dict) else value}\n")
    return FAILED if any(answer[key] for key in zero) else 0
