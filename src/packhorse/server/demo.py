"""`packhorse demo`: a warehouse's days on a database of their own, from orders to refunds; what happened, and proof that the books agree; then the web app on it."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import fcntl
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg

from packhorse.server import cluster
from packhorse.server.database import connect, make_database
from packhorse.server.exits import FAILED, MISUSED, NO_DATABASE
from packhorse.server.home import home, make_home, secret

if TYPE_CHECKING:
    from packhorse.roof.simulation.models import Run

DATABASE: Final = "packhorse_demo"
#: Without a file, so many days of about so many orders each.
DAYS, ORDERS_PER_DAY = 2, 45.2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="packhorse demo", description="Run a warehouse's days on a virtual clock, prove the books, and serve the web app on what happened."
    )
    parser.add_argument("--orders", type=Path, metavar="FILE", help="an order file (UCI Online Retail, our CSV, or JSON lines) instead of made-up orders")
    parser.add_argument("--days", type=int, help=f"how many days of orders (default: {DAYS}; with a file: all of it)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same figures (default: %(default)s)")
    parser.add_argument("--once", action="store_true", help="end after the proof, serve nothing")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--fresh", action="store_true", help="begin anew even if a run with the same arguments was interrupted")
    parser.add_argument("--port", type=int, default=8000, help="port of the web app (default: %(default)s)")
    return parser


def _standing() -> dict[str, Any] | None:
    """The run in the demo's database, as (parameters, finished); None where there is none."""
    try:
        with connect() as connection:
            row = connection.execute("SELECT parameters, finished FROM simulation_run").fetchone()
    except psycopg.Error:
        return None
    return {"parameters": row[0], "finished": row[1]} if row else None


def _password() -> str:
    """The password of the demonstration's logins: of this installation, short enough to type."""
    return secret("demo-password")[:12]


def _drop() -> None:
    with connect("postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')


@contextlib.contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other demonstration runs on this data folder, which a second one would pull the database from under."""
    with (make_home() / "demo.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _relax() -> None:
    """The demonstration's database does not wait for the disk at each commit: a power cut may cost its last second, never its consistency, and a run goes on from what stands there."""
    with connect("postgres", autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{DATABASE}" SET synchronous_commit = off')


def run(arguments: list[str]) -> int:
    """Run the demonstration; 0 if its books are reconciled, 1 if not or if another one runs, 2 if called wrongly, 3 if the database went away."""
    options = _parser().parse_args(arguments)
    if options.days is not None and not 1 <= options.days <= 400:
        sys.stderr.write("--days is from 1 to 400.\n")
        return MISUSED
    if options.orders is not None and not options.orders.is_file():
        sys.stderr.write(f"There is no file {options.orders}. Name an order file, or leave --orders out.\n")
        return MISUSED
    with _alone() as alone:
        if not alone:
            sys.stderr.write(f"A demonstration runs on {home()} already. Stop it first, or name another data folder in PACKHORSE_HOME.\n")
            return FAILED
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    os.environ["PACKHORSE_DATABASE"] = DATABASE
    os.environ["PACKHORSE_PORT"] = str(options.port)
    cluster.ensure()
    days = options.days or (None if options.orders else DAYS)
    parameters = {"orders": str(options.orders.resolve()) if options.orders else None, "days": days, "seed": options.seed}
    standing = _standing()
    resumed = bool(standing and not standing["finished"] and standing["parameters"] == parameters and not options.fresh)
    if not resumed:
        _drop()
    make_database()
    _relax()
    import django

    django.setup()
    from packhorse.server.prepare import migrate

    migrate()
    began = time.perf_counter()
    from django.db import InterfaceError, OperationalError

    from packhorse.roof.simulation.story import NothingOrdered

    try:
        found, proof = _play(parameters, options, resumed)
    except NothingOrdered as refusal:
        sys.stderr.write(f"{refusal.message}\n")
        return MISUSED
    except (OperationalError, InterfaceError) as error:
        sys.stderr.write(f"The database went away: {str(error).splitlines()[0]}. Nothing is lost: the same command goes on from here.\n")
        return NO_DATABASE
    answer = {"seed": options.seed, "parameters": parameters, **found, "proof": proof, "reconciled": proof["reconciled"]}
    if options.json:
        sys.stdout.write(json.dumps(answer, sort_keys=True, indent=2 if sys.stdout.isatty() else None) + "\n")
    else:
        from packhorse.roof.simulation.telling import tell

        tell(answer, time.perf_counter() - began)
    if not proof["reconciled"]:
        return FAILED
    return 0 if options.once else _serve(options)


def _play(parameters: dict[str, Any], options: argparse.Namespace, resumed: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    from packhorse.roof.simulation import proof, report, story
    from packhorse.roof.simulation.days import Days
    from packhorse.roof.simulation.models import Run
    from packhorse.roof.simulation.morning import open_morning
    from packhorse.roof.simulation.world import build, people_of

    with _Progress(options.json) as tell:
        tell("reading orders", 0, 1)
        days, seed = parameters["days"], options.seed
        tale = story.from_file(options.orders, days, seed) if options.orders else story.made_up(days, seed, ORDERS_PER_DAY)
        start = dt.datetime.combine(tale.first, dt.time(5), dt.UTC)
        run: Run = Run.objects.first() or Run.objects.create(parameters=parameters, clock=start)
        tell("taking up again" if resumed else "building the warehouse", 0, 1)
        from packhorse.core.clock import VirtualClock, using

        with using(VirtualClock(run.clock)):
            world = build(tale)
            people_of(world, _password())
        days = Days(run, world, tale, options.seed)
        days.play(tell)
        tell("proving the books", 1, 1)
        found, proved = report.figures(), proof.prove()
        if tale.report is not None:
            found["import"] = tale.report
        run.finished, run.figures = True, {**found, "proof": proved}
        run.save(update_fields=["finished", "figures"])
        if not options.once:
            tell("opening the next morning", 1, 1)
            open_morning(days)
    return found, proved


class _Progress:
    """A progress bar on a terminal, lines in a pipe, nothing with --json."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._bar: Any = None
        self._last = -1

    def __enter__(self) -> Callable[[str, int, int], None]:
        if not self._quiet and sys.stderr.isatty():
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            self._bar = Progress(
                TextColumn("{task.description:24}"), BarColumn(), TextColumn("day {task.completed:.0f} of {task.total:.0f}"), TimeElapsedColumn()
            )
            self._bar.start()
            self._task = self._bar.add_task("starting", total=1)
        return self._tell

    def _tell(self, what: str, day: int, days: int) -> None:
        if self._bar is not None:
            self._bar.update(self._task, description=what, completed=day, total=days)
        elif not self._quiet and day != self._last:
            self._last = day
            sys.stderr.write(f"day {day} of {days}: {what}\n")

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()


def _serve(options: argparse.Namespace) -> int:
    """The web app on the demonstration's database, its clock where the days ended."""
    from django.db import connections

    from packhorse.core.clock import SystemClock
    from packhorse.roof.simulation.models import Run
    from packhorse.roof.simulation.world import ROLES
    from packhorse.server import up

    ended: dt.datetime = Run.objects.get().clock
    connections.close_all()
    os.environ["PACKHORSE_CLOCK_SHIFT"] = str((ended - SystemClock().now()).total_seconds())
    sys.stdout.write(f"\nSign in as one of {', '.join(('owner', *ROLES))}; the password of all is {_password()}\n")
    sys.stdout.flush()
    return up.run(["--port", str(options.port)])
