"""`packhorse bench scanners`: so many pickers with phones, on real pages, with everything that goes wrong on a floor; and whether every scan was done once.

A durable database of its own; the web server and the dispatcher as `packhorse up` starts them. Each picker signs in, opens *Pick* and walks walk after walk: reads the screen that came back,
thinks, scans. The phone keeps its scans in order, each with its key, as the scanner's page does. Of its scans some are hung up on and sent again, some are sent twice, some twice at the same
time, some are wrong; and again and again the network is gone: the picker goes on by the stops that came with the screen, and all is sent when it is back. Afterwards every scan is looked for:

scans    scans and taps that were answered with yes
lost     of these, not there: the run did not move on by as many screens as scans it acknowledged, or a pick that was acknowledged has no moves
doubled  there more than once: a run with more screens than scans, more moved than a pick asked for, or something moved for a scan that was refused
p50_ms   half of the scans were answered within this, p99_ms all but a hundredth, as the phone saw it; those that were hung up on are not counted

`--stock-rows 1000000` fills the house first.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from packhorse.server.bench.measured import NotDurable, checkpoint, commit, database_cpu, load, machine, note, own_database, p99, tree_cpu
from packhorse.server.exits import FAILED

if TYPE_CHECKING:
    from packhorse.server.bench.scanners.floor import Floor
    from packhorse.server.bench.scanners.picker import Picker

#: The keys that are 0 in a house that holds.
ZERO: Final = ("lost", "doubled", "unanswered", "faults")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="packhorse bench scanners", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--seed", type=int, default=1, help="what pickers draw from (default: %(default)s); how they meet is up to the machine")
    parser.add_argument("--scanners", type=int, default=20, help="pickers at the same time (default: %(default)s)")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long they pick (default: %(default)s)")
    parser.add_argument("--pause", type=float, default=2.0, help="seconds between two scans of a picker, on average (default: %(default)s)")
    parser.add_argument("--stock-rows", type=int, default=10_000, help="levels of stock in the house (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="web server processes (default: %(default)s)")
    parser.add_argument("--database", default="", help="a database of that name, filled where it is not there and left standing; else one that is dropped")
    return parser


def _walk(pickers: list[Picker], seconds: float) -> float:
    began = time.monotonic()
    threads = [threading.Thread(target=p.work, args=(began + seconds,), daemon=True) for p in pickers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - began


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    from packhorse.server.bench.http import dispatching, server
    from packhorse.server.bench.scanners import checking, floor
    from packhorse.server.bench.scanners.picker import Picker

    standing: Floor = floor.build(options.stock_rows, options.scanners)
    floor.plan_walks(standing, floor.walks_for(options.scanners, options.minutes, options.pause), options.seed)
    people = floor.people(standing, options.scanners)
    checkpoint()
    with server(options.workers) as (port, root), dispatching() as dispatcher:
        pickers = [Picker(n, port, who, standing, options.seed, options.pause) for n, who in enumerate(people)]
        for picker in pickers:
            picker.sign_in()
        note(f"{len(pickers)} pickers for {options.minutes:g} minutes")
        before, used = database_cpu(), tree_cpu(root) + tree_cpu(dispatcher)
        seconds = _walk(pickers, 60 * options.minutes)
        used, after = tree_cpu(root) + tree_cpu(dispatcher) - used, database_cpu()
    heard = [scan for p in pickers for scan in p.heard]
    found = checking.check(standing, pickers)
    took = [s.seconds for s in heard if s.status == 200 and s.seconds is not None]
    posts = [s.seconds for s in heard if s.status == 200 and s.seconds is not None and s.posted]
    ok = sum(s.status == 200 for s in heard)
    return {
        "scans": ok,
        "lost": len(found.lost),
        "doubled": len(found.doubled),
        "p50_ms": p99(took, 0.5),
        "p99_ms": p99(took),
        "over_100_ms": sum(t > 0.1 for t in took),
        "stops_p50_ms": p99(posts, 0.5) if posts else None,
        "stops_p99_ms": p99(posts) if posts else None,
        "unanswered": sum(p.unanswered for p in pickers),
        "faults": sum(len(p.faults) for p in pickers),
        "refused": dict(Counter(s.said for s in heard if s.status != 200).most_common(20)),
        "what_went_wrong": dict(sum((p.happened for p in pickers), Counter())),
        "walks_done": sum(p.walks for p in pickers),
        "picks_done": found.picks,
        "stock_rows": floor.stock_rows(),
        "scans_per_s": round(ok / seconds, 1),
        "seconds": round(seconds, 1),
        "server_cpu_ms_per_scan": round(1000 * used / max(1, ok), 1),
        "database_cpu_ms_per_scan": None if before is None or after is None else round(1000 * (after - before) / max(1, ok), 1),
        "drift": found.drift,
        "told": {
            name: lines[:20] for name, lines in (("lost", found.lost), ("doubled", found.doubled), ("faults", [f for p in pickers for f in p.faults])) if lines
        },
    }


def run(arguments: list[str]) -> int:
    """Measure, print; 0 when every scan was done once, else 1."""
    options = _parser().parse_args(arguments)
    about = {
        "machine": machine(), "commit": commit(), "seed": options.seed, "load": load(), "scanners": options.scanners, "minutes": options.minutes,
        "pause_s": options.pause, "workers": options.workers,
    }  # fmt: skip
    try:
        with own_database(options.database):
            found = _measure(options)
    except NotDurable as error:
        sys.stderr.write(f"The server does not keep what it commits: {error} is off. Name another server, or another data folder (PACKHORSE_HOME).\n")
        return FAILED
    answer = {**found, **about, "load_after": load()}
    if options.json:
        sys.stdout.write(json.dumps(answer, indent=1) + "\n")
    else:
        for key, value in answer.items():
            sys.stdout.write(f"{key:<26}{json.dumps(value) if isinstance(value, dict) else value}\n")
    return FAILED if any(answer[key] for key in ZERO) or answer["drift"] else 0
