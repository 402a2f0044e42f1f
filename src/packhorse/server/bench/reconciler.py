"""`packhorse bench reconciler`: what it costs that the books are always looked at, on a full house. `--history N` fills it first.

swept     at rest, when a round of the sweep is over: touched rows are asked for every two seconds
sweeping  at rest, while a round is under way: the same, and a slice of the sweep after each of its rests
round     a whole round of the sweep without its rests: its processor time, and how long it takes with them
noticed   seconds until a figure that somebody changed by hand stands on home
touch     orders taken in 500 a call, with the triggers that note what was touched and without them, by turns

Processor time is that of the reconcilers' thread and of its own process in the database, as a share of one core; the reconcilers run as they do in the dispatcher.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any, Final

from packhorse.server.bench.measured import NotDurable, commit, database_cpu, load, machine, note, own_database, process_cpu

FAILED: Final = 1
TURNS: Final = 5
KEYS: Final = ("round", "swept", "sweeping", "noticed_s", "touch")
BATCH: Final = 500


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="packhorse bench reconciler", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same orders (default: %(default)s)")
    parser.add_argument("--items", type=int, default=10_000, help="items of the client (default: %(default)s)")
    parser.add_argument("--history", type=int, default=20_000, help="delivered orders behind us (default: %(default)s)")
    parser.add_argument("--minutes", type=float, default=2.0, help="how long each kind of rest is measured (default: %(default)s)")
    parser.add_argument("--only", default=",".join(KEYS), help="which of them (default: all)")
    parser.add_argument("--database", default="", help="a database of that name, filled where it is not there and left standing; else one that is dropped")
    return parser


@contextlib.contextmanager
def _running() -> Iterator[list[int]]:
    """The reconcilers at work, as the dispatcher runs them; the pids of their processes in the database, once there are some."""
    from packhorse.roof.desk import books

    stopping = threading.Event()
    thread = threading.Thread(target=books.run, args=(stopping,))
    before = set(_backends())
    thread.start()
    time.sleep(3)
    try:
        yield sorted(set(_backends()) - before)
    finally:
        stopping.set()
        thread.join()


def _backends() -> list[int]:
    from packhorse.core import sql

    return [r[0] for r in sql.rows("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'")]


def _sweeping(minutes: float) -> dict[str, float]:
    _begin_round()
    return _rest(minutes)


def _rest(minutes: float) -> dict[str, float]:
    """The reconcilers for so long, with nobody else about."""
    with _running() as backends:
        database, used, began = [process_cpu(pid) for pid in backends], time.process_time(), time.monotonic()
        time.sleep(60 * minutes)
        seconds, used = time.monotonic() - began, time.process_time() - used
        database_s = sum(process_cpu(pid) for pid in backends) - sum(database)
    return {
        "seconds": round(seconds, 1),
        "python_cpu_s": round(used, 2),
        "database_cpu_s": round(database_s, 2),
        "core_percent": round(100 * (used + database_s) / seconds, 2),
    }


def _drained() -> None:
    """What was touched so far is looked at, so that rest is rest."""
    from packhorse.roof.desk import books

    while books.look():
        pass


def _round() -> dict[str, Any]:
    """A whole round of the sweep, one slice after the other."""
    from packhorse.roof.desk import books
    from packhorse.roof.desk.models import Finding, Sweep

    _begin_round()
    used, database, began, slices = time.process_time(), database_cpu(), time.perf_counter(), 0
    while books.sweep():
        slices += 1
    seconds, used, after = time.perf_counter() - began, time.process_time() - used, database_cpu()
    database_s = None if database is None or after is None else after - database
    return {
        "slices": slices,
        "seconds": round(seconds, 1),
        "python_cpu_s": round(used, 1),
        "database_cpu_s": None if database_s is None else round(database_s, 1),
        "hours_with_rests": round((books.SWEEP_REST + 1) * seconds / 3600, 1),
        "families_ms": dict(Sweep.objects.values_list("family", "last_took_ms")),
        "findings": Finding.objects.filter(closed_at=None).count(),
    }


def _begin_round() -> None:
    from packhorse.core import clock
    from packhorse.roof.desk.models import Sweep

    Sweep.objects.update(position=0, began_at=clock.now(), ended_at=None, took_ms=0)


def _noticed() -> float:
    """A hand changes a stock row; how long until that is known. It is put back."""
    from packhorse.core import sql
    from packhorse.roof.desk.models import Finding

    (pk,) = sql.rows("SELECT id FROM inventory_stock ORDER BY id LIMIT 1")[0]
    with _running():
        began = time.monotonic()
        sql.run("UPDATE inventory_stock SET sellable = sellable + 1 WHERE id = %s", [pk])
        try:
            while not Finding.objects.filter(closed_at=None, kind="stock_sellable").exists():
                assert time.monotonic() - began < 120, "nobody noticed"
                time.sleep(0.1)
            noticed = time.monotonic() - began
        finally:
            sql.run("UPDATE inventory_stock SET sellable = sellable - 1 WHERE id = %s", [pk])
        while Finding.objects.filter(closed_at=None, kind="stock_sellable").exists():
            time.sleep(0.1)
    return round(noticed, 1)


def _touching() -> list[tuple[str, str]]:
    from packhorse.core import sql

    return sql.rows(
        """SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
           WHERE p.proname = 'core_touch' AND NOT t.tgisinternal AND c.relkind IN ('r', 'p') AND t.tgparentid = 0 ORDER BY 1, 2"""
    )


def _on_cpu_s(pid: int) -> float:
    """Seconds of processor of one process, to the nanosecond."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def _in_triggers_s() -> float:
    """Seconds that triggers have spent noting what was touched, by the database's own count."""
    from packhorse.core import sql

    sql.rows("SELECT pg_stat_force_next_flush()")
    found = sql.rows("SELECT total_time FROM pg_stat_user_functions WHERE funcname = 'core_touch'")
    return float(found[0][0]) / 1000 if found else 0.0


def _touch(shop: Any, seed: int) -> dict[str, Any]:
    """Intake with the triggers and without them, by turns (ABBA): the least processor time of one order, ours and that of our process in the database; and what part of intake the triggers take."""
    from packhorse.core import sql
    from packhorse.server.bench import goods
    from packhorse.server.bench.filled import take_in

    made, triggers, backend = goods.Orders(shop, seed), _touching(), sql.rows("SELECT pg_backend_pid()")[0][0]
    assert triggers, "there are some"
    sql.run("SET track_functions = 'pl'")
    spent: dict[str, list[float]] = {"with": [], "without": []}
    elapsed = noted = 0.0
    try:
        for turn in range(-4, 4 * TURNS):
            kind = ("with", "without", "without", "with")[turn % 4]
            for table, trigger in triggers:
                sql.run(f'ALTER TABLE "{table}" {"ENABLE" if kind == "with" else "DISABLE"} TRIGGER "{trigger}"')
            take_in(shop, made, 1)  # plans and caches are made anew after that
            in_triggers, database, used, began = _in_triggers_s(), _on_cpu_s(backend), time.process_time(), time.perf_counter()
            take_in(shop, made, BATCH)
            seconds, cpu_s = time.perf_counter() - began, time.process_time() - used + _on_cpu_s(backend) - database
            if turn < 0:  # the first of each kind warm up
                continue
            spent[kind].append(1000 * cpu_s / BATCH)
            if kind == "with":
                elapsed, noted = elapsed + seconds, noted + _in_triggers_s() - in_triggers
    finally:
        for table, trigger in triggers:
            sql.run(f'ALTER TABLE "{table}" ENABLE TRIGGER "{trigger}"')
    _drained()
    return {
        "triggers": len(triggers),
        "orders_each": 2 * TURNS * BATCH,
        **{f"{kind}_least_cpu_ms_per_order": round(min(runs), 3) for kind, runs in spent.items()},
        **{f"{kind}_median_cpu_ms_per_order": round(median(runs), 3) for kind, runs in spent.items()},
        "in_triggers_ms_per_order": round(1000 * noted / (2 * TURNS * BATCH), 4),
        "in_triggers_share_of_time": round(noted / elapsed, 4),
    }


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    from packhorse.core import sql
    from packhorse.server.bench.filled import filled

    shop = filled(items=options.items, history=options.history, seed=options.seed + 1)
    sql.run("ANALYZE")
    found: dict[str, Any] = dict(
        zip(("orders", "demands", "items"), sql.rows("SELECT (SELECT count(*) FROM orders_order), (SELECT count(*) FROM inventory_demand), (SELECT count(*) FROM catalog_item)")[0], strict=True)
    )  # fmt: skip
    _drained()
    parts: dict[str, Callable[[], Any]] = {
        "round": _round,
        "swept": lambda: _rest(options.minutes),
        "sweeping": lambda: _sweeping(options.minutes),
        "noticed_s": _noticed,
        "touch": lambda: _touch(shop, options.seed + 1000 + found["orders"]),
    }
    for name, measure in ((name, parts[name]) for name in options.only.split(",")):
        found[name] = measure()
        note(f"{name:<10} {json.dumps(found[name])}")
    return found


def run(arguments: list[str]) -> int:
    """Measure, print; 0 when it is done."""
    options = _parser().parse_args(arguments)
    about = {"machine": machine(), "commit": commit(), "seed": options.seed, "load": load()}
    try:
        with own_database(options.database):
            found = _measure(options)
    except NotDurable as error:
        sys.stderr.write(f"The server does not keep what it commits: {error} is off. Name another server, or another data folder (PACKHORSE_HOME).\n")
        return FAILED
    sys.stdout.write(json.dumps({**found, **about}, indent=1 if options.json else None) + "\n")
    return 0
