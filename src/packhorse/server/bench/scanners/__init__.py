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

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from packhorse.server.bench import people
from packhorse.server.bench.measured import checkpoint, database_cpu, note, p99, tree_cpu

if TYPE_CHECKING:
    from argparse import Namespace

    from packhorse.server.bench.scanners.floor import Floor

#: The keys that are 0 in a house that holds.
ZERO: Final = ("lost", "doubled", "unanswered", "faults", "drift")


def _measure(options: Namespace) -> dict[str, Any]:
    from packhorse.server.bench.http import dispatching, server
    from packhorse.server.bench.scanners import checking, floor
    from packhorse.server.bench.scanners.picker import Picker

    standing: Floor = floor.build(options.stock_rows, options.many)
    floor.plan_walks(standing, floor.walks_for(options.many, options.minutes, options.pause), options.seed)
    crowd = floor.people(standing, options.many)
    checkpoint()
    with server(options.workers) as (port, root), dispatching() as dispatcher:
        pickers = [Picker(n, port, who, standing, options.seed, options.pause) for n, who in enumerate(crowd)]
        for picker in pickers:
            picker.sign_in()
        note(f"{len(pickers)} pickers for {options.minutes:g} minutes")
        before, used = database_cpu(), tree_cpu(root) + tree_cpu(dispatcher)
        seconds = people.at_work([p.work for p in pickers], options.minutes)
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
        **people.quickness(took),
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
    options = people.parser("packhorse bench scanners", str(__doc__), "scanners", many=20, minutes=10.0).parse_args(arguments)
    return people.reported(options, "scanners", _measure, ZERO)
