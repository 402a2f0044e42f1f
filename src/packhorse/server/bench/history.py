"""History by the hundred thousand: rows that the real use cases left behind, copied in sets of SQL.

A `Mark` notes where each table ends. What lies between two marks is one piece of history; `copy` repeats it n times with ids, references, keys and numbers of its own, further and further back in
time. Ids inside JSON (a journal entry's data, a parcel's reasons) stay those of the original. Stock on hand is not touched, so a piece must leave it as it found it: goods received = goods shipped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from packhorse.core import partitions, sql

#: What an order leaves behind on its way, from the purchase to the return.
TABLES: Final = (
    "places_address", "core_command", "core_journal", "inventory_purchaseorder", "inventory_purchaseorderline", "inventory_receipt", "inventory_discrepancy",
    "inventory_putawaytask", "inventory_demand", "inventory_allocation", "inventory_move", "orders_order", "orders_orderline", "orders_fulfillmentorder",
    "orders_fulfillmentline", "orders_hold", "orders_change", "orders_paymentrequest", "orders_paymententry", "payments_testcharge",
    "picking_pickbatch", "picking_release", "picking_picktask", "packing_parcel", "packing_parcelline", "shipping_shipment", "shipping_manifest", "shipping_label",
    "carriers_tariffmanifest", "carriers_tariffpurchase", "delivery_delivery", "delivery_trackingevent", "delivery_deliveryexception", "messaging_message",
    "returns_rma", "returns_rmaline", "returns_received", "returns_inspection", "returns_refund", "returns_ticket", "returns_ticketmessage",
)  # fmt: skip
#: Columns that name a row without a foreign key.
NAMES: Final = {"order_id": "orders_order", "command_id": "core_command", "demand_id": "inventory_demand", "fulfillment_order_id": "orders_fulfillmentorder"}
#: What the kinds of a Ref are rows of; the others stay as they are.
KINDS: Final = {
    "orders.order": "orders_order", "orders.fulfillment_order": "orders_fulfillmentorder", "orders.fulfillment_line": "orders_fulfillmentline",
    "orders.payment_request": "orders_paymentrequest", "orders.change": "orders_change", "orders.lines_shipped": "core_journal", "core.journal": "core_journal",
    "core.command": "core_command", "picking.task": "picking_picktask", "picking.batch": "picking_pickbatch", "packing.parcel": "packing_parcel",
    "shipping.label": "shipping_label", "shipping.manifest": "shipping_manifest", "shipping.shipment": "shipping_shipment", "delivery.delivery": "delivery_delivery",
    "delivery.exception": "delivery_deliveryexception", "messaging.message": "messaging_message", "places.address": "places_address",
    "inventory.purchase_order": "inventory_purchaseorder", "inventory.put_away": "inventory_putawaytask", "inventory.receipt": "inventory_receipt",
    "returns.rma": "returns_rma", "returns.refund": "returns_refund", "returns.ticket": "returns_ticket", "returns.ticket_message": "returns_ticketmessage",
}  # fmt: skip

_COLUMNS = """
SELECT a.attname, t.typname,
       (SELECT f.relname FROM pg_constraint c JOIN pg_class f ON f.oid = c.confrelid WHERE c.contype = 'f' AND c.conrelid = a.attrelid AND c.conkey = ARRAY[a.attnum] LIMIT 1),
       EXISTS (SELECT FROM pg_index x WHERE x.indrelid = a.attrelid AND x.indisunique AND a.attnum = ANY(x.indkey))
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum
"""


@dataclass(frozen=True)
class Mark:
    """The highest id of each table at a moment."""

    ids: dict[str, int]

    @classmethod
    def now(cls, tables: Sequence[str] = TABLES) -> Mark:
        return cls({t: int(sql.rows(f"SELECT coalesce(max(id), 0)::bigint FROM {t}")[0][0]) for t in tables})


class _Copier:
    def __init__(self, since: Mark, until: Mark, spread: dt.timedelta) -> None:
        self.since, self.until, self.end, self.spread = since, until, Mark.now(tuple(until.ids)), spread

    def _moved(self, table: str, column: str) -> str:
        """A reference to a row of `table`: to its copy where the row is copied, else as it is."""
        lo, hi = self.since.ids[table], self.until.ids[table]
        return f"CASE WHEN {column} > {lo} AND {column} <= {hi} THEN {column} + {self.end.ids[table] - lo} + (k - 1) * {hi - lo} ELSE {column} END"

    def _expression(self, table: str, column: str, kind: str, target: str | None, unique: bool, columns: set[str]) -> str:
        named = f'o."{column}"'
        pair = f"{column.removesuffix('_id')}_kind" if column.endswith("_id") else ""
        if column == "id":
            return self._moved(table, named)
        if pair in columns:
            cases = " ".join(f"WHEN '{k}' THEN {self._moved(t, named)}" for k, t in KINDS.items() if t in self.until.ids)
            return f'CASE o."{pair}" {cases} ELSE {named} END'
        if (refers := target or NAMES.get(column)) in self.until.ids:
            assert refers is not None, "a table of the list"
            return self._moved(refers, named)
        if kind == "uuid":
            return "gen_random_uuid()"
        if kind == "timestamptz":
            return f"{named} - k * interval '{self.spread.total_seconds()} seconds'"
        if kind in ("text", "varchar") and unique and (column in ("number", "external_id", "tracking_number", "reference", "code")):
            return f"CASE WHEN {named} = '' THEN '' ELSE {named} || '.' || ({self.end.ids[table]} + k) END"
        return named

    def statement(self, table: str) -> str:
        found = sql.rows(_COLUMNS, [table])
        columns = {row[0] for row in found}
        values = ", ".join(self._expression(table, *(*row, columns)) for row in found)
        names = ", ".join(f'"{row[0]}"' for row in found)
        return (
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} o, generate_series(1, %s) k"
            f" WHERE o.id > {self.since.ids[table]} AND o.id <= {self.until.ids[table]}"
        )


def _sequences(tables: Iterable[str]) -> None:
    for table in tables:
        sql.rows(f"SELECT setval(coalesce(pg_get_serial_sequence('{table}', 'id'), '{table}_id_seq'), greatest(max(id), 1)) FROM {table}")


def copy(since: Mark, until: Mark, times: int, *, spread: dt.timedelta = dt.timedelta(0), keep: bool = True, unchecked: bool = False) -> int:
    """Repeat what lies between two marks; each copy `spread` further back. Returns how many rows were written.

    Without `keep` it is rolled back: how long the same rows take at best (one INSERT … SELECT a table, constraints and indexes included) is the floor for whatever wrote them.
    `unchecked`: what the rows refer to is not looked up (it was, for the originals); for large histories, as a superuser.
    """
    copier = _Copier(since, until, spread)
    tables = tuple(until.ids)
    statements = [copier.statement(table) for table in tables]
    if keep and spread:
        today = sql.rows("SELECT min(at) FROM core_journal")[0][0].date()
        partitions.ensure(today - times * spread, today)
    rows = 0
    with transaction.atomic(), connection.cursor() as cursor:
        if unchecked:
            cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement, [times])
            rows += cursor.rowcount
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if not keep:
            transaction.set_rollback(True)
    if keep:
        _sequences(tables)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")  # else the first who reads the new rows pays for them
    return rows


#: What an order leaves behind where it was taken in, paid and delivered, and nothing is known of its walk.
SHORT: Final = (
    "places_address", "core_command", "core_journal", "inventory_demand", "orders_order", "orders_orderline", "orders_fulfillmentorder", "orders_fulfillmentline", "orders_hold",
    "orders_paymentrequest", "orders_paymententry",
)  # fmt: skip
#: One piece of history, and how far back all of it goes.
PIECE: Final = 500
SPREAD: Final = dt.timedelta(days=300)

#: The orders of a piece, delivered and paid: written straight, as a bench may.
_GONE: Final = (
    "UPDATE orders_hold SET released_at = opened_at, released_by = 'system:bench' WHERE id > {orders_hold}",
    """INSERT INTO orders_paymententry (order_id, kind, amount_minor, provider, provider_ref, authorisation, key, cause_kind, note, at)
       SELECT order_id, k.kind, amount_minor, provider, 'bench-' || id, 'bench-' || id, gen_random_uuid(), '', '', asked_at
       FROM orders_paymentrequest, (VALUES ('authorised'), ('captured')) AS k(kind) WHERE id > {orders_paymentrequest}""",
    "UPDATE orders_paymentrequest SET answered_at = asked_at WHERE id > {orders_paymentrequest}",
    "UPDATE orders_order SET authorised_minor = goods_minor + charges_minor, captured_minor = goods_minor + charges_minor WHERE id > {orders_order}",
    """UPDATE inventory_stock s SET promised = s.promised - d.promised
       FROM (SELECT warehouse_id, item_id, sum(promised)::bigint AS promised FROM inventory_demand WHERE id > {inventory_demand} GROUP BY 1, 2) d
       WHERE s.warehouse_id = d.warehouse_id AND s.item_id = d.item_id""",
    "UPDATE inventory_demand SET wanted = 0, promised = 0 WHERE id > {inventory_demand}",
    "UPDATE orders_fulfillmentline SET promised = quantity, picked = quantity, packed = quantity, shipped = quantity, delivered = quantity WHERE id > {orders_fulfillmentline}",
    "UPDATE orders_fulfillmentorder SET stage = 'delivered', held = false, released_at = ship_by WHERE id > {orders_fulfillmentorder}",
    "DELETE FROM core_outbox WHERE at >= (SELECT min(at) FROM core_journal WHERE id > {core_journal})",
)


def fill(orders: int, take_in: Callable[[int], object], *, piece: int = PIECE) -> int:
    """So many delivered orders behind us, to the next whole piece: `take_in` takes in a piece of new ones, which goes out and is repeated. Returns how many rows were copied."""
    since = Mark.now(SHORT)
    take_in(piece)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in _GONE:
            cursor.execute(statement.format(**since.ids))
    times = -(-orders // piece) - 1
    return copy(since, Mark.now(SHORT), times, spread=SPREAD / times, unchecked=True) if times > 0 else 0
