"""Months are closed: their moves are complete, and the books go on from what lay where at their end."""

from __future__ import annotations

import datetime as dt
from typing import Final
from uuid import UUID

from packhorse.core import partitions, sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.steps.inventory import events
from packhorse.steps.inventory.errors import BooksDisagree, MonthNotOver
from packhorse.steps.inventory.types import ClosedMonthInfo

#: A month is closed so long after its end: whatever began in it has ended by then.
GRACE: Final = dt.timedelta(days=1)

#: What lay where at the end of a month: the balances of the last closed month and all moves since.
_BALANCES: Final = """
WITH last AS (SELECT id, until FROM inventory_closedmonth ORDER BY month DESC LIMIT 1), ends AS (
  SELECT client_id, item_id, target_id AS place, lot_id, target_condition AS condition, quantity FROM inventory_move
  WHERE at < %(until)s AND at >= coalesce((SELECT until FROM last), '-infinity')
  UNION ALL
  SELECT client_id, item_id, source_id, lot_id, source_condition, -quantity FROM inventory_move
  WHERE at < %(until)s AND at >= coalesce((SELECT until FROM last), '-infinity')
  UNION ALL
  SELECT client_id, item_id, location_id, lot_id, condition, on_hand FROM inventory_balance WHERE closed_month_id = (SELECT id FROM last)
)
SELECT e.client_id, e.item_id, e.place, e.lot_id, e.condition, sum(e.quantity)::bigint AS on_hand
FROM ends e JOIN warehouse_location p ON p.id = e.place AND p.warehouse_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5 HAVING sum(e.quantity) <> 0
"""


def _after(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=32)).replace(day=1)


def _due(before: dt.date) -> list[dt.date]:
    """The months before that one that are not closed: from the one after the last closed (else the one of the first move) on."""
    first = sql.rows(
        "SELECT coalesce((SELECT (max(until) AT TIME ZONE 'UTC')::date FROM inventory_closedmonth), (SELECT (min(at) AT TIME ZONE 'UTC')::date FROM inventory_move))"
    )[0][0]
    months = []
    while first is not None and (month := first.replace(day=1)) < before:
        months.append(month)
        first = _after(month)
    return months


def _close(month: dt.date) -> ClosedMonthInfo:
    """Raises: BooksDisagree."""
    here = work.current()
    until = dt.datetime.combine(_after(month), dt.time(), dt.UTC)
    partitions.ensure(month, month)
    partitions.seal("inventory_move", month)  # waits for whoever still writes to it
    bad = sql.rows(f"SELECT item_id, place, on_hand FROM ({_BALANCES}) b WHERE on_hand < 0 ORDER BY 1, 2 LIMIT 1", {"until": until})
    if bad:
        raise BooksDisagree(item_id=bad[0][0], location_id=bad[0][1], month=f"{month:%Y-%m}", on_hand=bad[0][2])
    moves = sql.rows("SELECT count(*) FROM inventory_move WHERE at >= %s AND at < %s", [dt.datetime.combine(month, dt.time(), dt.UTC), until])[0][0]
    balances = sql.run(
        f"""WITH balances AS ({_BALANCES}), closed AS (
              INSERT INTO inventory_closedmonth (month, until, moves, closed_at, principal) VALUES (%(month)s, %(until)s, %(moves)s, %(at)s, %(principal)s) RETURNING id)
            INSERT INTO inventory_balance (closed_month_id, client_id, item_id, location_id, lot_id, condition, on_hand)
            SELECT closed.id, b.client_id, b.item_id, b.place, b.lot_id, b.condition, b.on_hand FROM balances b, closed""",
        {"until": until, "month": month, "moves": moves, "at": here.at, "principal": here.actor.principal},
    )
    emit(events.MonthClosed(month=month, moves=moves, balances=balances))
    return ClosedMonthInfo(month, moves, balances, here.at, here.actor.principal)


@use_case
def close_months(*, key: UUID, actor: Actor, before: dt.date | None = None) -> list[ClosedMonthInfo]:
    """Close every month that is over (a day's grace), or those before the month of a day, oldest first. A closed month takes no more moves. Answers what was closed.

    Locks: the months' partitions, against writing.   Raises: NotAllowed, MonthNotOver, BooksDisagree.
    """
    authorize(actor, "run_system")
    over = (work.current().at - GRACE).date().replace(day=1)
    if before is not None and before.replace(day=1) > over:
        raise MonthNotOver(month=f"{before.replace(day=1) - dt.timedelta(days=1):%Y-%m}")
    sql.rows("SELECT pg_advisory_xact_lock(hashtext('inventory.close_months'))")
    return [_close(month) for month in _due(before.replace(day=1) if before else over)]
