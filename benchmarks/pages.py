"""How long pages take and how much they ask of the database: python -m benchmarks.pages [--days N] [--orders N] [--history N] [--database NAME] [--json]

Without `--database` a few days are simulated (as `packhorse demo` does) and their history repeated up to `--history` orders. With it (`--database packhorse_demo`) the pages are those of a standing
database. Times are of the whole request through Django's test client, middleware and rendering included, without network; statements are counted in a run of their own.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

from benchmarks.measured import Row, load, milliseconds, note, own_database, parser, percentiles, report, standing_database  # isort: split

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from packhorse.core import clock, sql
from packhorse.core.clock import VirtualClock, using
from packhorse.ground.people.models import User
from packhorse.roof.simulation import story
from packhorse.roof.simulation.days import Days
from packhorse.roof.simulation.models import Run
from packhorse.roof.simulation.world import build, people_of
from packhorse.server.bench.history import Mark, copy

#: History goes back so far.
SPREAD: Final = dt.timedelta(days=300)
PASSWORD: Final = "a bench, not a bank"  # noqa: S105 - of a database that is dropped

_ORDER: Final = "SELECT id FROM orders_order ORDER BY id DESC LIMIT 1"
_ITEM: Final = "SELECT item_id FROM inventory_stock ORDER BY sellable DESC, item_id LIMIT 1"
_RMA: Final = "SELECT id FROM returns_rma ORDER BY id DESC LIMIT 1"
_BATCH: Final = "SELECT id FROM picking_pickbatch ORDER BY id DESC LIMIT 1"

#: Page: its address by name, a question for its argument, what follows the question mark.
PAGES: Final = {
    "home": ("desk:home", "", ""),
    "orders": ("orders:list", "", ""),
    "orders, searched": ("orders:list", "", "q=PH-1"),
    "order": ("orders:order", _ORDER, ""),
    "stock": ("inventory:list", "", ""),
    "item": ("inventory:item", _ITEM, ""),
    "put-away": ("inventory:put-away", "", ""),
    "purchase orders": ("inventory:purchase-orders", "", ""),
    "walks": ("picking:list", "", ""),
    "walk": ("picking:batch", _BATCH, ""),
    "to be released": ("picking:releasable", "", ""),
    "packing": ("packing:list", "", ""),
    "shipping": ("shipping:list", "", ""),
    "delivery": ("delivery:list", "", ""),
    "returns": ("returns:list", "", ""),
    "return": ("returns:return", _RMA, ""),
}


def fill(days: int, orders_per_day: float, history: int, seed: int) -> None:
    """Simulated days, and their history repeated; the clock stays where they ended."""
    tale = story.made_up(days, seed, orders_per_day=orders_per_day)
    run = Run.objects.create(parameters={}, clock=dt.datetime.combine(tale.first, dt.time(5), dt.UTC))
    with using(VirtualClock(run.clock)):
        world = build(tale)
        people_of(world, PASSWORD)
    began = Mark.now()
    Days(run, world, tale, seed).play(lambda what, day, of: note(f"day {day} of {of}") if what == "evening" else None)
    times = round(history / max(1, len(tale.orders))) - 1
    if times > 0:
        note(f"{times} times the history")
        copy(began, Mark.now(), times, spread=SPREAD / times)


def somebody() -> User:
    """The owner, who sees everything: the heaviest pages."""
    return User.objects.filter(username="owner").first() or User.objects.order_by("pk")[0]


def addresses() -> dict[str, str]:
    """Where the pages are; those whose room has none, or that have nothing to show, are left out and said to be."""
    found: dict[str, str] = {}
    for page, (name, question, query) in PAGES.items():
        try:
            rows = sql.rows(question) if question else [()]
            if not rows:
                note(f"{page}: nothing to show")
                continue
            found[page] = f"{reverse(name, args=list(rows[0]))}{'?' + query if query else ''}"
        except NoReverseMatch:
            note(f"{page}: no page called {name}")
    return found


def page(client: Client, address: str, times: int) -> Row:
    """p50 and p95 in milliseconds, statements and their share of the time, size."""

    def get() -> Any:
        answer = client.get(address)
        assert answer.status_code == 200, f"{address} answers {answer.status_code}"
        return answer

    size = len(get().content)
    with CaptureQueriesContext(connection) as asked:
        get()
    statements, seconds = len(asked), sum(float(q["time"]) for q in asked)  # now: the next request empties the log
    p50, p95 = percentiles(milliseconds(get, times))
    return {"p50 ms": p50, "p95 ms": p95, "statements": statements, "in the database ms": 1000 * seconds, "bytes": size}


def measure(times: int) -> dict[str, list[Row]]:
    """All pages, and what stands in the database that they are of."""
    ended = Run.objects.first()
    client = Client(SERVER_NAME="localhost")
    client.force_login(somebody(), backend="django.contrib.auth.backends.ModelBackend")
    rows: list[Row] = []
    with using(VirtualClock(ended.clock if ended else clock.now())):
        for name, address in addresses().items():
            try:
                rows.append({"page": name, **page(client, address, times)})
            except Exception as error:
                rows.append({"page": name, "failed": f"{type(error).__name__}: {error}"[:120]})
    counts = sql.rows("SELECT (SELECT count(*) FROM orders_order), (SELECT count(*) FROM orders_orderline), (SELECT count(*) FROM core_journal)")[0]
    return {"pages": rows, "database": [dict(zip(("orders", "order lines", "journal entries"), counts, strict=True))]}


def main() -> int:
    """Measure, print; 1 if a page failed."""
    asked = parser(__doc__)
    asked.add_argument("--days", type=int, default=3, help="days simulated (default: %(default)s)")
    asked.add_argument("--orders", type=float, default=30, help="orders a day (default: %(default)s)")
    asked.add_argument("--history", type=int, default=10_000, help="orders after the history was repeated (default: %(default)s)")
    asked.add_argument("--database", help="a standing database instead, for instance packhorse_demo")
    asked.add_argument("--times", type=int, default=40, help="requests per page (default: %(default)s)")
    options = asked.parse_args()
    busy = load()
    where: Callable[[], AbstractContextManager[None]] = own_database if options.database is None else lambda: standing_database(options.database)
    with where():
        if options.database is None:
            fill(options.days, options.orders, options.history, options.seed)
        found = measure(options.times)
    report(options, busy, found)
    return 1 if any("failed" in row for row in found["pages"]) else 0


if __name__ == "__main__":
    sys.exit(main())
