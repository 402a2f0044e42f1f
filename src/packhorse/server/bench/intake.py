"""`packhorse bench intake`: how many orders a second, from the least that the database could do to what the API does, in one run on one durable cluster.

floor_batch   bare SQL, the smallest schema that never promises twice, 500 orders a transaction, one connection
floor_single  the same, one order a transaction, 16 connections
floor_same    bare SQL (COPY) that writes the very rows of `bulk` into the real tables, with their constraints and indexes, 500 orders a transaction, one connection
bulk          accept_orders, 500 orders a call: customer, address, lines, promise, payment request, holds, journal, outbox, command
http_N        POST /api/v1/orders, one order a request, N connections, the web server as `packhorse up` runs it
orm           an ORM's loop that writes about the same rows, an object at a time
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

from packhorse.server.bench.measured import NotDurable, checkpoint, commit, database_cpu, load, machine, note, own_database, result
from packhorse.server.exits import FAILED

BATCH: Final = 500
KEYS: Final = ("floor_batch", "floor_single", "bulk", "floor_same", "http_1", "http_4", "http_16", "orm")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="packhorse bench intake", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same orders (default: %(default)s)")
    parser.add_argument("--orders", type=int, default=10_000, help="orders of each bulk measurement (default: %(default)s)")
    parser.add_argument("--items", type=int, default=10_000, help="items of the client (default: %(default)s)")
    parser.add_argument("--only", default=",".join(KEYS), help="which of them (default: all)")
    parser.add_argument("--workers", type=int, default=2, help="web server processes (default: %(default)s)")
    parser.add_argument(
        "--history", type=int, default=0, help="delivered orders behind us; bulk is measured before them as well (bulk_empty) and the growth told"
    )
    return parser


def _bulk(shop: Any, orders: Sequence[Any], *, keep: bool) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Our bulk intake; and, where asked, bare SQL that writes the same rows."""
    from packhorse.server.bench import floors
    from packhorse.server.bench.goods import HOUSE
    from packhorse.steps.orders.services import accept_orders

    edges, stocks = [floors.marks()], [floors.stock()]
    elapsed, used, database = 0.0, 0.0, 0.0
    latencies = []
    for n in range(0, len(orders), BATCH):
        part = list(orders[n : n + BATCH])
        before, at_cpu, at = database_cpu(), time.process_time(), time.perf_counter()
        answers = accept_orders(key=uuid4(), actor=HOUSE, client_id=shop.client_id, warehouse_id=shop.warehouse_id, orders=part)
        latencies.append(time.perf_counter() - at)
        elapsed += latencies[-1]
        used += time.process_time() - at_cpu
        database += (database_cpu() or 0.0) - (before or 0.0)
        assert all(getattr(a, "number", "") for a in answers), "every order is a good one"
        if keep:
            edges.append(floors.marks())
            stocks.append(floors.stock())
    ours = result(len(orders), elapsed, latencies, client=used, database=database)
    return ours, floors.Same(edges, stocks).run(len(orders)) if keep else None


def _measure(options: argparse.Namespace, wanted: set[str]) -> dict[str, Any]:
    from django.db import connections

    from packhorse.server.bench import floors, goods, history, http, orm

    note(f"{options.items:,} items")
    shop = goods.build(options.items)
    made = goods.Orders(shop, options.seed)
    found: dict[str, Any] = {}
    if options.history:
        _bulk(shop, made.take(2 * BATCH), keep=False)
        found["bulk_empty"], _ = _bulk(shop, made.take(options.orders), keep=False)
        note(f"{options.history:,} orders of history")
        history.fill(options.history, lambda n: _bulk(shop, made.take(n), keep=False))
    many = made.take(options.orders)
    if "floor_batch" in wanted:
        found["floor_batch"] = floors.bare(many, shop.skus, size=BATCH, connections=1)
    if "floor_single" in wanted:
        connections.close_all()
        found["floor_single"] = floors.bare(many[: max(64, options.orders // 2)], shop.skus, size=1, connections=16)
    if wanted & {"bulk", "floor_same"}:
        _bulk(shop, made.take(2 * BATCH), keep=False)
        checkpoint()
        ours, same = _bulk(shop, many, keep="floor_same" in wanted)
        found |= {"bulk": ours, **({"floor_same": same} if same else {})}
    if over := [int(k.removeprefix("http_")) for k in KEYS if k.startswith("http_") and k in wanted]:
        connections.close_all()
        with http.server(options.workers) as (port, root):
            http.single(shop, made.take(200), port=port, root=root, connections=16)
            checkpoint()
            for n in over:
                found[f"http_{n}"] = http.single(shop, made.take(max(64, options.orders // (20 if n == 1 else 5))), port=port, root=root, connections=n)
    if "orm" in wanted:
        orm.loop(shop, made.take(10))
        found["orm"] = orm.loop(shop, made.take(max(20, options.orders // 40)))
    for key, line in found.items():
        note(f"{key:<13}{line['orders_per_s']:>10,.1f} orders/s   p99 {line['p99_ms']:,.1f} ms   {line['cpu_ms_per_order']}")
    return found


def _ratios(found: dict[str, Any]) -> dict[str, float]:
    pairs = (("bulk", "floor_same"), ("bulk", "floor_batch"), ("http_16", "floor_single"), ("bulk", "orm"))
    ratios = {f"{a}/{b}": round(found[a]["orders_per_s"] / found[b]["orders_per_s"], 3) for a, b in pairs if a in found and b in found}
    if "http_16" in found and "floor_single" in found:
        ratios["p99 http_16/floor_single"] = round(found["http_16"]["p99_ms"] / found["floor_single"]["p99_ms"], 3)
    if "bulk_empty" in found and "bulk" in found:
        used = [sum(found[key]["cpu_ms_per_order"].values()) for key in ("bulk_empty", "bulk")]
        ratios["cpu per order, bulk/bulk_empty"] = round(used[1] / used[0], 3)
    return ratios


def run(arguments: list[str]) -> int:
    """Measure, print; 0 when it is done."""
    options = _parser().parse_args(arguments)
    about = {"machine": machine(), "commit": commit(), "seed": options.seed, "items": options.items, "history": options.history, "load": load()}
    try:
        with own_database():
            found = _measure(options, set(options.only.split(",")))
    except NotDurable as error:
        sys.stderr.write(f"The server does not keep what it commits: {error} is off. Name another server, or another data folder (PACKHORSE_HOME).\n")
        return FAILED
    answer = {**found, "ratios": _ratios(found), **about}
    if options.json:
        sys.stdout.write(json.dumps(answer, indent=1) + "\n")
        return 0
    for key, value in answer.items():
        sys.stdout.write(f"{key:<13} {json.dumps(value) if isinstance(value, dict) else value}\n")
    return 0
