"""The least that taking orders could cost: bare SQL on the smallest schema that never promises twice (`batch`, `single`), and bare SQL that writes the very rows that ours wrote (`same`)."""

from __future__ import annotations

import itertools
import multiprocessing
import time
from collections.abc import Sequence
from typing import Any, Final

import psycopg
from psycopg.conninfo import make_conninfo

from packhorse.server.bench.measured import database_cpu, result
from packhorse.server.database import connect, conninfo
from packhorse.steps.orders.types import NewOrder

_SCHEMA: Final = """
DROP SCHEMA IF EXISTS floor CASCADE;
CREATE SCHEMA floor;
CREATE TABLE floor.item (id int PRIMARY KEY, sku text NOT NULL UNIQUE);
CREATE TABLE floor.stock (
  place int NOT NULL, item int NOT NULL REFERENCES floor.item, on_hand int NOT NULL, reserved int NOT NULL DEFAULT 0,
  PRIMARY KEY (item, place), CHECK (on_hand >= 0), CHECK (reserved BETWEEN 0 AND on_hand)) WITH (fillfactor = 50);
CREATE TABLE floor.orders (id bigint PRIMARY KEY, external text NOT NULL UNIQUE, state text NOT NULL, at timestamptz NOT NULL DEFAULT now());
CREATE SEQUENCE floor.order_id; CREATE SEQUENCE floor.line_id;
CREATE TABLE floor.line (
  id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES floor.orders, line_no int NOT NULL, item int NOT NULL REFERENCES floor.item,
  quantity int NOT NULL CHECK (quantity > 0), reserved int NOT NULL DEFAULT 0, UNIQUE (order_id, line_no));
CREATE TABLE floor.reservation (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, line_id bigint NOT NULL REFERENCES floor.line, place int NOT NULL, item int NOT NULL,
  quantity int NOT NULL CHECK (quantity > 0), at timestamptz NOT NULL DEFAULT now());
CREATE INDEX ON floor.reservation (line_id);
CREATE TABLE floor.movement (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, place int NOT NULL, item int NOT NULL, reserved int NOT NULL, line_id bigint NOT NULL, at timestamptz NOT NULL DEFAULT now());
CREATE INDEX ON floor.movement USING brin (at);
CREATE INDEX ON floor.movement (item, place);
"""
_LOCK: Final = "SELECT 1 FROM floor.stock WHERE item = ANY(%(wanted)s::int[]) ORDER BY item, place FOR UPDATE"
#: First come first served by overlapping intervals: what each line wants of an item, and what each place has of it.
_TAKE: Final = """
WITH input AS (SELECT * FROM unnest(%(n)s::int[], %(no)s::int[], %(item)s::int[], %(quantity)s::int[]) AS t(n, no, item, quantity)),
wants AS (SELECT *, sum(quantity) OVER (PARTITION BY item ORDER BY n, no) AS upto FROM input),
has AS (SELECT place, item, on_hand - reserved AS free, sum(on_hand - reserved) OVER (PARTITION BY item ORDER BY place) AS upto
        FROM floor.stock WHERE item = ANY(%(wanted)s::int[])),
taken AS MATERIALIZED (
  SELECT w.n, w.no, w.item, h.place, (least(w.upto, h.upto) - greatest(w.upto - w.quantity, h.upto - h.free))::int AS quantity
  FROM wants w JOIN has h USING (item) WHERE least(w.upto, h.upto) > greatest(w.upto - w.quantity, h.upto - h.free)),
got AS (SELECT n, no, sum(quantity)::int AS quantity FROM taken GROUP BY 1, 2),
ids AS MATERIALIZED (SELECT n, external, nextval('floor.order_id') AS id FROM unnest(%(external)s::text[]) WITH ORDINALITY AS e(external, n)),
lines AS MATERIALIZED (SELECT i.*, coalesce(g.quantity, 0) AS got, nextval('floor.line_id') AS id FROM input i LEFT JOIN got g USING (n, no)),
o AS (INSERT INTO floor.orders (id, external, state)
      SELECT ids.id, ids.external, CASE WHEN s.got = s.quantity THEN 'allocated' WHEN s.got > 0 THEN 'partial' ELSE 'backorder' END
      FROM ids JOIN (SELECT n, sum(got) AS got, sum(quantity) AS quantity FROM lines GROUP BY 1) s USING (n)),
l AS (INSERT INTO floor.line (id, order_id, line_no, item, quantity, reserved) SELECT lines.id, ids.id, no, item, quantity, got FROM lines JOIN ids USING (n)),
r AS (INSERT INTO floor.reservation (line_id, place, item, quantity) SELECT lines.id, t.place, t.item, t.quantity FROM taken t JOIN lines USING (n, no)),
m AS (INSERT INTO floor.movement (place, item, reserved, line_id) SELECT t.place, t.item, t.quantity, lines.id FROM taken t JOIN lines USING (n, no))
UPDATE floor.stock s SET reserved = s.reserved + t.quantity
FROM (SELECT place, item, sum(quantity)::int AS quantity FROM taken GROUP BY 1, 2) t WHERE s.place = t.place AND s.item = t.item
"""
_WRONG: Final = """
SELECT (SELECT count(*) FROM floor.stock s LEFT JOIN (SELECT place, item, sum(quantity) q FROM floor.reservation GROUP BY 1, 2) r USING (place, item) WHERE s.reserved <> coalesce(r.q, 0)),
       (SELECT count(*) FROM floor.line l LEFT JOIN (SELECT line_id, sum(quantity) q FROM floor.reservation GROUP BY 1) r ON r.line_id = l.id WHERE l.reserved <> coalesce(r.q, 0))
"""

Statement = dict[str, Any]


def _reset(skus: Sequence[str]) -> dict[str, int]:
    numbers = {sku: n for n, sku in enumerate(sorted(skus), 1)}
    with connect(autocommit=True) as connection:
        connection.execute(_SCHEMA)
        with connection.cursor().copy("COPY floor.item FROM STDIN") as copy:
            for sku, n in numbers.items():
                copy.write_row((n, sku))
        connection.execute("INSERT INTO floor.stock SELECT p, id, CASE WHEN id % 40 = 0 THEN 10 ELSE 600000 END, 0 FROM floor.item, generate_series(1, 2) p")
        connection.execute("ANALYZE")
        connection.execute("CHECKPOINT")
    return numbers


def _statement(orders: Sequence[NewOrder], numbers: dict[str, int]) -> Statement:
    lines = [(n, no, numbers[line.sku], line.quantity) for n, o in enumerate(orders, 1) for no, line in enumerate(o.lines, 1)]
    columns = dict(zip(("n", "no", "item", "quantity"), (list(column) for column in zip(*lines, strict=True)), strict=True))
    return {**columns, "external": [o.external_id for o in orders], "wanted": sorted(set(columns["item"]))}


def _walk(info: str, statements: Sequence[Statement], barrier: Any, told: Any) -> None:
    """One connection: each statement a transaction of its own, prepared, in one round trip."""
    with psycopg.connect(info, autocommit=True, prepare_threshold=1) as connection:
        if len(statements[0]["external"]) == 1:
            connection.execute("SET plan_cache_mode = force_generic_plan")
        barrier.wait()
        latencies: list[float] = []
        used = time.process_time()
        for statement in statements:
            began = time.perf_counter()
            with connection.pipeline(), connection.transaction():
                connection.execute(_LOCK, statement)
                connection.execute(_TAKE, statement)
            latencies.append(time.perf_counter() - began)
        told.put((latencies, time.process_time() - used))


def bare(orders: Sequence[NewOrder], skus: Sequence[str], *, size: int, connections: int) -> dict[str, Any]:
    """The smallest schema: so many orders a transaction on so many connections."""
    numbers = _reset(skus)
    statements = [_statement(orders[n : n + size], numbers) for n in range(0, len(orders), size)]
    context = multiprocessing.get_context("fork")
    barrier, told = context.Barrier(connections + 1), context.Queue()
    info = make_conninfo(**conninfo())
    walkers = [context.Process(target=_walk, args=(info, statements[n::connections], barrier, told)) for n in range(connections)]
    for walker in walkers:
        walker.start()
    before = database_cpu()
    barrier.wait()
    began = time.perf_counter()
    found = [told.get() for _ in walkers]
    elapsed = time.perf_counter() - began
    for walker in walkers:
        walker.join()
    after = database_cpu()
    with connect() as connection:
        assert connection.execute(_WRONG).fetchone() == (0, 0), "the floor's own books"
        connection.execute("DROP SCHEMA floor CASCADE")
    used = None if before is None or after is None else after - before
    return result(len(orders), elapsed, [x for latencies, _ in found for x in latencies], client=sum(cpu for _, cpu in found), database=used)


#: What an order leaves behind when it is taken in, in the order of writing.
TABLES: Final = (
    "core_command", "places_address", "orders_order", "orders_orderline", "inventory_demand", "orders_fulfillmentorder", "orders_fulfillmentline", "orders_hold",
    "orders_paymentrequest", "core_journal", "core_outbox",
)  # fmt: skip


def marks() -> dict[str, int]:
    """The highest id of each table."""
    with connect() as connection:
        return {t: int((connection.execute(f"SELECT coalesce(max(id), 0) FROM {t}").fetchone() or (0,))[0]) for t in TABLES}


def stock() -> dict[int, int]:
    """What is promised of each stock row."""
    with connect() as connection:
        return dict(connection.execute("SELECT id, promised FROM inventory_stock").fetchall())


class Same:
    """The rows of a number of calls, kept as COPY wants them, taken out of the tables, and written again: one transaction for each call's rows."""

    def __init__(self, edges: Sequence[dict[str, int]], stocks: Sequence[dict[int, int]]) -> None:
        self._before = stocks[0]
        self._changes = [sorted((i, q) for i, q in now.items() if q != was[i]) for was, now in itertools.pairwise(stocks)]
        with connect() as connection:
            self._rows = [[self._taken(connection, t, low[t], high[t]) for t in TABLES] for low, high in itertools.pairwise(edges)]
        self._low, self._high = edges[0], edges[-1]

    @staticmethod
    def _taken(connection: psycopg.Connection[Any], table: str, low: int, high: int) -> bytes:
        with connection.cursor().copy(f"COPY (SELECT * FROM {table} WHERE id > {low} AND id <= {high} ORDER BY id) TO STDOUT (FORMAT binary)") as copy:
            return b"".join(bytes(part) for part in copy)

    def run(self, orders: int) -> dict[str, Any]:
        """Take them out, write them again, and see that all are there."""
        with connect(autocommit=True) as connection:
            self._take_out(connection)
            before, used, began, latencies = database_cpu(), time.process_time(), time.perf_counter(), []
            for rows, changes in zip(self._rows, self._changes, strict=True):
                at = time.perf_counter()
                self._write(connection, rows, changes)
                latencies.append(time.perf_counter() - at)
            elapsed, used, after = time.perf_counter() - began, time.process_time() - used, database_cpu()
        assert marks() == self._high, "the same rows"
        return result(orders, elapsed, latencies, client=used, database=None if before is None or after is None else after - before)

    def _take_out(self, connection: psycopg.Connection[Any]) -> None:
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")  # rows that are append-only, and foreign keys of what goes with them
            for table in TABLES:
                connection.execute(f"DELETE FROM {table} WHERE id > {self._low[table]}")
            connection.execute(
                "UPDATE inventory_stock s SET promised = t.q FROM unnest(%s::bigint[], %s::bigint[]) AS t(id, q) WHERE s.id = t.id AND s.promised <> t.q",
                [list(self._before), list(self._before.values())],
            )
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")

    @staticmethod
    def _write(connection: psycopg.Connection[Any], rows: Sequence[bytes], changes: Sequence[tuple[int, int]]) -> None:
        ids, promised = [i for i, _ in changes], [q for _, q in changes]
        with connection.transaction():
            connection.execute("SELECT id FROM inventory_stock WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [ids])
            connection.execute(
                "UPDATE inventory_stock s SET promised = t.q FROM unnest(%s::bigint[], %s::bigint[]) AS t(id, q) WHERE s.id = t.id", [ids, promised]
            )
            for table, data in zip(TABLES, rows, strict=True):
                with connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
                    copy.write(data)
