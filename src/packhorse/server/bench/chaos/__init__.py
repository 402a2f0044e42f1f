"""`packhorse bench chaos`: the whole house under fire, and whether it kept its word.

A durable cluster in a data folder of its own; `packhorse up` on it, as users run it; 32 clients, each with a connection to the web server and one to the database, who do everything
that can be done with a few hot items. Meanwhile web server, dispatcher, workers and PostgreSQL are killed with -9 and connections are cut. A client whose connection breaks repeats with
the same key until it is answered. When the house has come to rest, everything that was acknowledged is looked for:

acknowledged            commands that were answered with yes
lost                    of these, not there: no command, too few units moved, an order missing, another answer when asked once more with the same key
doubled                 there more than once: units moved twice, an order twice, a charge or label without its entry, rows written by a repeat; or done although refused
oversold                promised, allocated or shipped beyond what the moves say is there
deadlocks_seen_by_user  deadlocks, and faults while the server was there, that a client was told
drift                   figures that the reconcilers and the proof find wrong: at the end, and while work was going on

All but the first are 0 in a house that holds. Each process is ended by its own pid, and only those that this command started.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final

from packhorse.server.bench.measured import commit, load, machine, note, p99

if TYPE_CHECKING:
    from packhorse.server.bench.chaos.clients import Client, Heard
    from packhorse.server.bench.chaos.commands import Answered
    from packhorse.server.bench.chaos.house import House

FAULTY: Final = 1
CLIENTS: Final = 32
#: The keys that are 0 in a house that holds.
ZERO: Final = ("lost", "doubled", "oversold", "deadlocks_seen_by_user", "drift")
#: How long the house may take to come to rest: a dead dispatcher's leases end after two minutes, labels are given back every five.
SETTLE_S: Final = 660.0
#: So many faults of a kind are told in words.
TOLD: Final = 20


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="packhorse bench chaos", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--minutes", type=float, default=3.0, help="how long the clients work (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="what clients and killer draw from (default: %(default)s); how they meet is up to the machine")
    parser.add_argument("--clients", type=int, default=CLIENTS, help="clients at the same time (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="web server processes (default: %(default)s)")
    parser.add_argument("--peace", action="store_true", help="kill nothing: for what the house does undisturbed")
    parser.add_argument("--keep", action="store_true", help="leave the data folder standing")
    return parser


def _each(clients: Sequence[Client], work: Callable[[Client], None]) -> None:
    threads = [threading.Thread(target=work, args=(client,), daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _settle(house: House) -> dict[str, int]:
    """Wait until nothing waits any more; what still does."""
    from django.db import connection

    from packhorse.server.bench.chaos import checking

    connection.close()  # this thread's own did not outlive the database
    end, quiet, left = time.monotonic() + SETTLE_S, 0, {"the house": 1}
    while time.monotonic() < end and quiet < 3:
        time.sleep(2)
        if house.answers():
            left = checking.waiting()
            quiet = quiet + 1 if not left else 0
    if left:
        note(f"still waiting: {left}")
    return left


def _repeat(clients: Sequence[Client], answered: Sequence[Answered]) -> list[tuple[Answered, Answered]]:
    """Ask everything once more, on all connections; each answer beside the first one."""
    waiting: dict[str, SimpleQueue[Answered]] = {c.actor().principal: SimpleQueue() for c in clients}
    anybodys: SimpleQueue[Answered] = SimpleQueue()
    done: SimpleQueue[tuple[Answered, Answered]] = SimpleQueue()
    for a in answered:
        waiting.get(a.principal, anybodys).put(a)

    def work(client: Client) -> None:
        from django.db import connection

        for queue in (waiting[client.actor().principal], anybodys):
            with contextlib.suppress(Empty):
                while True:
                    a = queue.get_nowait()
                    done.put((a, client.say(a.act, a.command, a.key)))
        client.door.close()
        connection.close()

    _each(clients, work)
    return [done.get() for _ in range(done.qsize())]


def _trial(house: House, options: argparse.Namespace, made: dict[str, Any]) -> dict[str, Any]:
    from packhorse.server.bench.chaos import checking
    from packhorse.server.bench.chaos.clients import Client, Heard
    from packhorse.server.bench.chaos.killer import Killer

    heard = Heard()
    askers = made["people"]
    clients = [
        Client(n, seed=options.seed, world=made["world"], port=house.port, raw_key=askers[n % len(askers)][0], actor=askers[n % len(askers)][1], heard=heard)
        for n in range(options.clients)
    ]
    killer = Killer(house, options.seed)
    note(f"{len(clients)} clients for {options.minutes:g} minutes")
    if not options.peace:
        killer.start(60 * options.minutes)
    began = time.monotonic()
    _each(clients, lambda client: client.live(began + 60 * options.minutes))
    killer.stop()
    worked = time.monotonic() - began
    note("coming to rest")
    left = _settle(house)
    settled = time.monotonic() - began - worked
    note(f"checking {len(heard.answered):,} answers")
    found = checking.Found()
    for check in (checking.check_commands, checking.check_orders, checking.check_made):
        check(heard.answered, found)
    checking.check_outside(found)
    oversold, drift = checking.oversold(), checking.drift()
    note("asking everything once more")
    repeated = checking.check_repeats(heard.answered, lambda answered: _repeat(clients, answered), found)
    faults = heard.deadlocks + heard.faults + ([] if house.runs() else ["packhorse up ended"])
    words = {
        "lost": found.lost,
        "doubled": found.doubled,
        "oversold": oversold,
        "deadlocks_seen_by_user": faults,
        "drift": drift + [f"still waiting: {left}"] * bool(left),
    }
    return {
        "acknowledged": sum(a.acknowledged for a in heard.answered),
        **{key: len(words[key]) for key in ZERO},
        "refused": sum(not a.acknowledged for a in heard.answered),
        "unanswered": len(heard.unanswered),
        "repeated": repeated,
        "killed": dict(killer.done),
        "connections_broken": dict(heard.broken),
        **_figures(heard, worked, settled),
        "told": {key: lines[:TOLD] for key, lines in words.items() if lines},
    }


def _figures(heard: Heard, worked: float, settled: float) -> dict[str, Any]:
    by_act: dict[str, Counter[str]] = {}
    for a in heard.answered:
        line = by_act.setdefault(a.act, Counter(acknowledged=0, refused=0))
        line["acknowledged" if a.acknowledged else "refused"] += 1
    why = Counter(f"{a.act}: {a.answer.get('code', a.status) if isinstance(a.answer, dict) else a.status}" for a in heard.answered if not a.acknowledged)
    return {
        "answers_per_s": round(len(heard.answered) / worked, 1),
        "tries_at_most": max((a.tries for a in heard.answered), default=0),
        "p50_ms": p99([a.seconds for a in heard.answered], 0.5) if heard.answered else 0.0,
        "p99_ms": p99([a.seconds for a in heard.answered]) if heard.answered else 0.0,
        "seconds": {"worked": round(worked, 1), "came_to_rest": round(settled, 1)},
        "acts": {name: dict(line) for name, line in sorted(by_act.items())},
        "refusals": dict(why.most_common(60)),
    }


def run(arguments: list[str]) -> int:
    """Try the house, print; 0 if it held, 1 if not."""
    options = _parser().parse_args(arguments)
    about = {"machine": machine(), "commit": commit(), "seed": options.seed, "minutes": options.minutes, "clients": options.clients, "load": load()}
    from packhorse.server.bench.chaos.house import house

    made: dict[str, Any] = {}

    def prepare() -> None:
        import django

        django.setup()
        from packhorse.server.bench.chaos.world import build, people_who_ask
        from packhorse.server.prepare import migrate

        migrate()
        made.update(world=build(), people=people_who_ask())

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "packhorse.server.settings")
    with house(options.workers, prepare, keep=options.keep) as standing:
        if options.keep:
            note(f"data folder: {standing.folder}")
        found = _trial(standing, options, made)
    answer = {**found, **about}
    if options.json:
        sys.stdout.write(json.dumps(answer, indent=1) + "\n")
    else:
        for key, value in answer.items():
            sys.stdout.write(f"{key:<24}{json.dumps(value) if isinstance(value, dict) else value}\n")
    return FAULTY if any(answer[key] for key in ZERO) or answer["unanswered"] else 0
