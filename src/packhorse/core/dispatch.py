"""The dispatcher: hands outbox rows to their handlers, in order per handler, each effect exactly once; a failing one is parked alone."""

from __future__ import annotations

import datetime as dt
import traceback
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import structlog
from django.db import connection, transaction

from packhorse.core import clock, events
from packhorse.core.use_case import acknowledging

log = structlog.get_logger(__name__)

_NAMESPACE = UUID("b3a0dd1e-6c0f-5d0a-9a53-2f6f1c0f7a11")
_LEASE = dt.timedelta(minutes=2)
MAX_ATTEMPTS = 8

_TAKE = """
UPDATE core_outbox o SET leased_until = %(until)s, attempts = o.attempts + 1
FROM (
  SELECT at, id FROM core_outbox
  WHERE handler = %(handler)s AND parked_at IS NULL AND (leased_until IS NULL OR leased_until < %(now)s)
  ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
) t WHERE o.at = t.at AND o.id = t.id
RETURNING o.id, o.at, o.event, o.data, o.journal_id, o.attempts
"""


@dataclass(frozen=True)
class _Row:
    id: int
    at: dt.datetime
    event: str
    data: Any
    journal_id: int
    attempts: int


def _take(handler: events.Handler, limit: int) -> list[_Row]:
    # Leases run on the machine's own time: they outlive a dead process by minutes, whatever day a simulation has.
    now = clock.SystemClock().now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TAKE, {"handler": handler.name, "now": now, "until": now + _LEASE, "limit": limit})
        return sorted((_Row(*row) for row in cursor.fetchall()), key=lambda r: r.id)


def _run(handler: events.Handler, rows: list[_Row]) -> None:
    told = events.decode_many((r.event, r.data, r.at, r.journal_id) for r in rows)
    key = uuid5(_NAMESPACE, f"{handler.name}:{','.join(str(r.id) for r in rows)}")
    token = acknowledging.set([(r.at, r.id) for r in rows])
    try:
        handler.handle(told, key)
        left = acknowledging.get()
    finally:
        acknowledging.reset(token)
    if left:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM core_outbox WHERE id = ANY(%s) AND at = ANY(%s)", [[i for _, i in left], [at for at, _ in left]])


def _fail(row: _Row, error: BaseException) -> None:
    parked = row.attempts >= MAX_ATTEMPTS
    now = clock.SystemClock().now()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_outbox SET error = %s, leased_until = %s, parked_at = %s WHERE at = %s AND id = %s",
            ["".join(traceback.format_exception(error))[-4000:], now + dt.timedelta(seconds=2**row.attempts), now if parked else None, row.at, row.id],
        )
    log.error("handler_failed", told=row.event, outbox_id=row.id, attempts=row.attempts, parked=parked, error=repr(error))


def drain_handler(handler: events.Handler, *, rounds: int = 1_000_000) -> int:
    """Hand over what waits for one handler; the number of events handled."""
    done = 0
    for _ in range(rounds):
        rows = _take(handler, handler.batch)
        if not rows:
            return done
        try:
            _run(handler, rows)
            done += len(rows)
        except Exception as error:
            if len(rows) == 1:
                _fail(rows[0], error)
                continue
            for row in rows:  # one bad event does not hold up the rest
                try:
                    _run(handler, [row])
                    done += 1
                except Exception as single:
                    _fail(row, single)
    return done


def drain(*, until_quiet: bool = True) -> int:
    """Hand over everything that waits, and what that gives rise to, until the outbox is quiet. Failing events stay behind."""
    total = 0
    while True:
        waiting = _waiting()
        done = sum(drain_handler(handler) for name, handler in sorted(events.handlers().items()) if name in waiting)
        total += done
        if not done or not until_quiet:
            return total


def _waiting() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT handler FROM core_outbox WHERE parked_at IS NULL AND (leased_until IS NULL OR leased_until < %s)",
            [clock.SystemClock().now()],
        )
        return {row[0] for row in cursor.fetchall()}


def retry_parked(ids: list[int]) -> int:
    """Give parked events another round of attempts; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_outbox SET parked_at = NULL, leased_until = NULL, attempts = 0 WHERE id = ANY(%s) AND parked_at IS NOT NULL", [ids])
        return int(cursor.rowcount)
