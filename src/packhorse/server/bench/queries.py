"""`packhorse bench queries`: what is asked of a full house. `--history N` fills it first.

release        release and allocate 1,000 orders of three lines, of items with lots in several bins: one call
availability   what can be promised of 1,000 items: one statement
lists          the list of orders, searched, filtered and sorted, as the page asks for it (with its count)
order_page     an order's page as the owner sees it; list_page and desk_search likewise
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

from packhorse.server.bench.measured import NotDurable, commit, database_cpu, load, machine, note, own_database
from packhorse.server.exits import FAILED

RELEASED: Final = 1000
LINES: Final = 3
ASKED: Final = 1000
TIMES: Final = 7


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="packhorse bench queries", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same orders (default: %(default)s)")
    parser.add_argument("--items", type=int, default=10_000, help="items of the client (default: %(default)s)")
    parser.add_argument("--history", type=int, default=20_000, help="delivered orders behind us (default: %(default)s)")
    parser.add_argument("--database", default="", help="a database of that name, filled where it is not there and left standing; else one that is dropped")
    return parser


def timed(ask: Callable[[], object], times: int = TIMES) -> dict[str, float]:
    """Median and slowest of so many runs in milliseconds, after one to warm up, and the statements of one."""
    from django.db import connection

    asked = [0]

    def count(execute: Any, *said: Any) -> Any:
        asked[0] += 1
        return execute(*said)

    with connection.execute_wrapper(count):
        ask()
    took = []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        took.append(1000 * (time.perf_counter() - began))
    return {"ms": round(sorted(took)[times // 2], 1), "slowest_ms": round(max(took), 1), "statements": asked[0]}


def _with_lots(shop: Any, items: int, prefix: str) -> list[str]:
    """Items with two lots each, each lot in two bins."""
    from packhorse.core import clock, sql
    from packhorse.ground.catalog import services as catalog
    from packhorse.ground.catalog.types import NewItem
    from packhorse.server.bench.goods import HOUSE
    from packhorse.steps.inventory import services as inventory
    from packhorse.steps.inventory.types import StockChange

    new = [
        NewItem(sku=f"LOT-{prefix}{n:04d}", name=f"Lot {n}", tracking="lot", length_mm=100, width_mm=100, height_mm=50, weight_g=200, size_source="supplier")
        for n in range(items)
    ]
    ids = [saved.item_id for saved in catalog.upsert_items(key=uuid4(), actor=HOUSE, client_id=shop.client_id, items=new)]  # type: ignore[union-attr]
    today = clock.now().date()
    lots = sql.rows(
        """INSERT INTO inventory_lot (client_id, item_id, code, expires_on, received_on, blocked_reason)
           SELECT %s, item, 'L' || k, %s::date + 100 * k, %s, '' FROM unnest(%s::bigint[]) AS t(item), generate_series(1, 2) AS k RETURNING id, item_id""",
        [shop.client_id, today, today, ids],
    )
    bins = [r[0] for r in sql.rows("SELECT id FROM warehouse_location WHERE warehouse_id = %s AND aisle IS NOT NULL ORDER BY id", [shop.warehouse_id])]
    changes = [StockChange(item_id=item, location_id=bins[(lot * 2 + k) % len(bins)], quantity=6, lot_id=lot) for lot, item in lots for k in range(2)]
    inventory.adjust_stock(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, changes=changes, reason="found")
    return [item.sku for item in new]


def _release(shop: Any, made: Any) -> dict[str, Any]:
    """Orders of items with lots, paid elsewhere, released in one call. What is not ours in the time is the database's."""
    from packhorse.core import clock, sql
    from packhorse.server.bench.goods import HOUSE
    from packhorse.steps.orders.services import accept_orders
    from packhorse.steps.orders.types import NewLine
    from packhorse.steps.picking.services import release_orders
    from packhorse.steps.picking.types import Released

    skus = _with_lots(shop, 600, f"{uuid4().hex[:6].upper()}-")
    orders = made.take(RELEASED)
    plain = [_replaced(o, [NewLine(skus[(n * LINES + k) % len(skus)], 1 + (n + k) % 3, Decimal(5)) for k in range(LINES)]) for n, o in enumerate(orders)]
    accept_orders(key=uuid4(), actor=HOUSE, client_id=shop.client_id, warehouse_id=shop.warehouse_id, orders=plain)
    sql.run("ANALYZE")
    ids = [
        r[0]
        for r in sql.rows(
            "SELECT f.id FROM orders_fulfillmentorder f JOIN orders_order o ON o.id = f.order_id WHERE o.external_id = ANY(%s) ORDER BY 1",
            [[o.external_id for o in plain]],
        )
    ]
    before, used, began = database_cpu(), time.process_time(), time.perf_counter()
    answers = release_orders(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, fulfillment_order_ids=ids, today=clock.now().date())
    elapsed, used, after = time.perf_counter() - began, time.process_time() - used, database_cpu()
    released = [a for a in answers if isinstance(a, Released)]
    assert len(released) == RELEASED, f"all are released, not {len(released)}: {next((a for a in answers if not isinstance(a, Released)), None)}"
    return {
        "orders": RELEASED, "lines": RELEASED * LINES, "tasks": sum(a.tasks for a in released), "elapsed_ms": round(1000 * elapsed, 1),
        "database_ms": round(1000 * (elapsed - used), 1), "database_cpu_ms": None if before is None or after is None else round(1000 * (after - before)),
    }  # fmt: skip


def _replaced(order: Any, lines: list[Any]) -> Any:
    from dataclasses import replace

    return replace(order, lines=tuple(lines), payment=None)


def _lists(shop: Any) -> dict[str, Any]:
    from packhorse.core import clock, sql
    from packhorse.core.actors import EVERYTHING, Scope
    from packhorse.core.lists import ListQuery
    from packhorse.steps.orders import selectors

    number, external, customer = sql.rows("SELECT number, external_id, customer_ref FROM orders_order ORDER BY id LIMIT 1 OFFSET 300")[0]
    now = clock.now()
    day = {n: str((now - dt.timedelta(days=n)).date()) for n in (0, 2, 200, 230)}
    mine = Scope(client_ids=frozenset({shop.client_id}))

    def page(search: str = "", sort: str = "", scope: Scope = EVERYTHING, **filters: str) -> Callable[[], object]:
        return lambda: selectors.orders(scope, ListQuery(search=search, sort=sort, filters={k: (v,) for k, v in filters.items()}))

    def deep() -> object:
        query = ListQuery()
        for _ in range(4):
            found = selectors.orders(EVERYTHING, query)
            query = ListQuery(cursor=found.next_cursor or "")
        return found

    asked = {
        "newest": page(), "newest, a client": page(scope=mine), "fourth page": deep, "search: number": page(number), "search: part of a number": page(number[3:8]),
        "search: the channel's id": page(external), "search: customer": page(customer), "search: nothing such": page("ZZ-NOTHING"),
        "open": page(stage="open"), "backordered": page(stage="backordered"), "delivered": page(stage="delivered"), "cancelled (none)": page(stage="cancelled"),
        "held": page(held="1"), "held for an address": page(hold="address"), "late": page(late="1"), "at risk": page(at_risk="1"), "refused": page(refused="1"),
        "express": page(service="express"), "since two days": page(since=day[2]), "a month long ago": page(since=day[230], until=day[200]),
        "a client's, delivered": page(client=str(shop.client_id), stage="delivered"), "by ship by": page(sort="ship_by"), "by ship by, latest": page(sort="-ship_by"),
        "by number": page(sort="number"), "open, by ship by": page(sort="ship_by", stage="open"), "open and late": page(late="1", stage="open"),
    }  # fmt: skip
    found = {name: timed(ask) for name, ask in asked.items()}
    for name, line in found.items():
        note(f"{name:<28}{line['ms']:>9,.1f} ms   slowest {line['slowest_ms']:,.1f} ms   {line['statements']} statements")
    return found


def _pages() -> dict[str, dict[str, float]]:
    """The page of the last order with all its panels, and what the house finds under its number, by the door as the owner."""
    from django.test import Client as Browser
    from django.urls import reverse

    from packhorse.core import sql
    from packhorse.ground.people.models import User
    from packhorse.ground.people.services import create_user
    from packhorse.ground.people.types import Grant
    from packhorse.server.bench.goods import HOUSE

    owner = create_user(
        key=uuid4(), actor=HOUSE, username=f"bench-{uuid4().hex[:8]}", email="bench@bench.example", name="Bench", password=None, roles=(Grant("owner"),)
    )
    browser = Browser(SERVER_NAME="localhost")
    browser.force_login(User.objects.get(pk=owner.id), backend="django.contrib.auth.backends.ModelBackend")
    pk, number = sql.rows("SELECT id, number FROM orders_order ORDER BY id DESC LIMIT 1")[0]

    def ask(address: str) -> Callable[[], None]:
        def get() -> None:
            answer = browser.get(address)
            assert answer.status_code in (200, 302), f"{address}: {answer.status_code}"

        get()
        return get

    return {
        "order_page": timed(ask(reverse("orders:order", args=[pk]))),
        "list_page": timed(ask(reverse("orders:list"))),
        "desk_search": timed(ask(f"{reverse('desk:search')}?q={number}")),
    }


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    from packhorse.core import sql
    from packhorse.server.bench import goods
    from packhorse.server.bench.filled import filled

    shop = filled(items=options.items, history=options.history, seed=options.seed + 1)
    made = goods.Orders(shop, options.seed + 2 + sql.rows("SELECT count(*) FROM core_command")[0][0])
    return measure(shop, made) | {"counts": dict(zip(("orders", "order_lines", "journal"), sql.rows(
        "SELECT (SELECT count(*) FROM orders_order), (SELECT count(*) FROM orders_orderline), (SELECT count(*) FROM core_journal)")[0], strict=True))}  # fmt: skip


def measure(shop: Any, made: Any) -> dict[str, Any]:
    """All of it, on what is there."""
    from packhorse.core import sql
    from packhorse.core.actors import EVERYTHING
    from packhorse.steps.inventory import selectors as inventory

    found: dict[str, Any] = {"release": _release(shop, made)}
    items = [r[0] for r in sql.rows("SELECT id FROM catalog_item WHERE client_id = %s ORDER BY id LIMIT %s", [shop.client_id, ASKED])]
    found["availability"] = {"items": len(items), **timed(lambda: inventory.availability(EVERYTHING, shop.warehouse_id, items))}
    found["lists"] = _lists(shop)
    found |= _pages()
    for name in ("release", "availability", "order_page", "list_page", "desk_search"):
        note(f"{name:<14}{json.dumps(found[name])}")
    return found


def run(arguments: list[str]) -> int:
    """Measure, print; 0 when it is done."""
    options = _parser().parse_args(arguments)
    about = {"machine": machine(), "commit": commit(), "seed": options.seed, "items": options.items, "history": options.history, "load": load()}
    try:
        with own_database(options.database):
            found = _measure(options)
    except NotDurable as error:
        sys.stderr.write(f"The server does not keep what it commits: {error} is off. Name another server, or another data folder (PACKHORSE_HOME).\n")
        return FAILED
    slow = max(found["lists"], key=lambda name: found["lists"][name]["ms"])
    answer = {**found, "slowest_list": {"list": slow, **found["lists"][slow]}, **about}
    sys.stdout.write(json.dumps(answer, indent=1 if options.json else None) + "\n")
    return 0
