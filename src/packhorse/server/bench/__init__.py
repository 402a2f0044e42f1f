"""`packhorse bench NAME`: what this installation's machine can do, measured on databases of their own, which are dropped afterwards.

Benches stand in the server because they look over everything (use cases, the web server, the cluster) and nothing looks at them. Each is a module with `run(arguments) -> exit code`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

from packhorse.server.exits import MISUSED

#: Module and what it measures, by name.
BENCHES: Final[dict[str, tuple[str, str]]] = {
    "intake": ("packhorse.server.bench.intake", "orders per second: bare SQL, ours in bulk, ours over HTTP, an ORM's loop"),
    "queries": ("packhorse.server.bench.queries", "what is asked of a full house: release, availability, lists of orders, an order's page"),
    "reconciler": ("packhorse.server.bench.reconciler", "what it costs that the books are always looked at, and that what is touched is noted"),
    "scanners": ("packhorse.server.bench.scanners", "20 pickers with phones on real pages, with dead spots and repeats: every scan is done once, and how fast"),
    "packers": (
        "packhorse.server.bench.packers",
        "packers at their benches on real pages, with repeats: every piece is packed once, and how fast a scan is answered",
    ),
    "chaos": ("packhorse.server.bench.chaos", "32 clients on a few hot items while everything is killed: what was acknowledged is there once"),
}


def run(arguments: list[str]) -> int:
    """Run one bench; its exit code."""
    if arguments and arguments[0] in BENCHES:
        return int(import_module(BENCHES[arguments[0]][0]).run(arguments[1:]))
    asked = not arguments or arguments[0] in ("--help", "-h")
    out = sys.stdout if asked else sys.stderr
    out.write("usage: packhorse bench NAME [--help]\n\n" + "".join(f"  {name:<10} {what}\n" for name, (_, what) in BENCHES.items()))
    return 0 if asked else MISUSED
