"""What an import leaves besides orders: its run, quarantined lines, and returns, adjustments and charges for who acts on them. Each once, however often the file is read."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import NotFound
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.steps.orders.events import OrdersImported
from packhorse.steps.orders.policy import intake_policy
from packhorse.steps.orders.services.quarantining import quarantine_rows
from packhorse.steps.orders.types import FileLine, ImportBegun, ImportedRecord


@use_case
def begin_import(
    *, key: UUID, actor: Actor, client_id: int, warehouse_id: int, file_name: str, sha256: str, file_format: str, options: dict[str, Any]
) -> ImportBegun:
    """Begin to take in a file, or go on with one that was begun before.   Raises: NotAllowed."""
    authorize(actor, "import_data", client_id=client_id, warehouse_id=warehouse_id)
    sql.run(
        """INSERT INTO orders_importrun (client_id, warehouse_id, file_name, sha256, format, options, report, taken, principal, started_at)
           VALUES (%s, %s, %s, %s, %s, %s::jsonb, '{}', '{}', %s, %s) ON CONFLICT (client_id, warehouse_id, sha256, format) DO NOTHING""",
        [client_id, warehouse_id, file_name, sha256, file_format, json.dumps(options), actor.principal, work.current().at],
    )
    run, ended = sql.rows(
        "SELECT id, ended_at IS NOT NULL FROM orders_importrun WHERE client_id = %s AND warehouse_id = %s AND sha256 = %s AND format = %s",
        [client_id, warehouse_id, sha256, file_format],
    )[0]
    return ImportBegun(run, ended)


def authorized_run(run_id: int, actor: Actor) -> tuple[int, int]:
    """(client, warehouse) of a run, locked.

    Raises: NotFound, NotAllowed.
    """
    found = sql.rows("SELECT client_id, warehouse_id FROM orders_importrun WHERE id = %s FOR UPDATE", [run_id])
    if not found:
        raise NotFound(kind="import", ref=str(run_id))
    authorize(actor, "import_data", client_id=found[0][0], warehouse_id=found[0][1])
    return found[0][0], found[0][1]


@use_case
def keep_records(*, key: UUID, actor: Actor, run_id: int, channel: str, records: list[ImportedRecord]) -> int:
    """Keep returns, adjustments and charges of a file; those that are there already stay as they are. Gives how many are new.

    Locks: the run.   Raises: NotAllowed, NotFound.
    """
    client_id, _ = authorized_run(run_id, actor)
    return sql.run(
        """INSERT INTO orders_imported (run_id, client_id, channel, kind, reference, original, at, currency, amount_minor, customer_ref, detail, taken_as)
           SELECT %(run)s, %(client)s, %(channel)s, t.kind, t.reference, t.original, t.at, t.currency, t.amount, t.customer, t.detail::jsonb, ''
           FROM unnest(%(kind)s::text[], %(reference)s::text[], %(original)s::text[], %(at)s::timestamptz[], %(currency)s::text[], %(amount)s::bigint[], %(customer)s::text[],
                       %(detail)s::text[]) AS t(kind, reference, original, at, currency, amount, customer, detail)
           ON CONFLICT (client_id, channel, kind, reference) DO NOTHING""",
        {
            "run": run_id,
            "client": client_id,
            "channel": channel,
            "kind": [r.kind for r in records],
            "reference": [r.reference for r in records],
            "original": [r.original for r in records],
            "at": [r.at for r in records],
            "currency": [r.currency for r in records],
            "amount": [r.amount_minor for r in records],
            "customer": [r.customer_ref for r in records],
            "detail": [json.dumps(r.detail) for r in records],
        },
    )


@use_case
def quarantine_lines(*, key: UUID, actor: Actor, run_id: int, channel: str, lines: list[FileLine]) -> int:
    """Set lines aside that could not be read. Gives how many stand in quarantine.

    Locks: the run.   Raises: NotAllowed, NotFound.
    """
    client_id, warehouse_id = authorized_run(run_id, actor)
    at = work.current().at
    rows = [(channel, x.external_id, {"line_no": x.line_no, "raw": x.raw}, x.reason, x.code, x.fingerprint) for x in lines]
    return len(quarantine_rows(client_id, rows, at=at, until=intake_policy(client_id, warehouse_id).quarantine_until(at)))


@use_case
def end_import(*, key: UUID, actor: Actor, run_id: int, report: dict[str, Any], taken: dict[str, int]) -> int:
    """The file is read to its end: keep the report.

    Locks: the run.   Raises: NotAllowed, NotFound.
    """
    client_id, warehouse_id = authorized_run(run_id, actor)
    sql.run(
        "UPDATE orders_importrun SET report = %s::jsonb, taken = %s::jsonb, ended_at = coalesce(ended_at, %s) WHERE id = %s",
        [json.dumps(report), json.dumps(taken), work.current().at, run_id],
    )
    emit(
        OrdersImported(
            client_id=client_id, warehouse_id=warehouse_id, run_id=run_id, accepted=taken.get("accepted", 0), quarantined=taken.get("quarantined", 0)
        )
    )
    return run_id


@use_case
def take_imported(*, key: UUID, actor: Actor, imported: dict[int, str]) -> int:
    """Somebody acted on imported records: {record: what it became}, for instance `returns.rma:7`. Gives how many were still waiting.

    Locks: the records.   Raises: NotAllowed.
    """
    authorize(actor, "import_data")
    clients = sql.rows("SELECT id, client_id FROM orders_imported WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [list(imported)])
    for client_id in sorted({c for _, c in clients}):
        authorize(actor, "import_data", client_id=client_id)
    return sql.run(
        """UPDATE orders_imported r SET taken_at = %s, taken_as = t.what FROM unnest(%s::bigint[], %s::text[]) AS t(id, what) WHERE r.id = t.id AND r.taken_at IS NULL""",
        [work.current().at, list(imported), list(imported.values())],
    )
