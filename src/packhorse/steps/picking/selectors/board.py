"""Questions about cut-offs and waves: what must leave when, what can be done for it, what was released together."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.core.errors import NotAllowed, NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.orders.types import GONE
from packhorse.steps.picking import pace, records
from packhorse.steps.picking.models import PickingPolicy, Wave
from packhorse.steps.picking.selectors.walls import SEEN, WALK, seen
from packhorse.steps.picking.types import Amount, Board, CutOffRow, Policy, Urgency, WaveInfo, WaveOrder, wave_id_of

#: How many days from today the board looks ahead.
DAYS_AHEAD: Final = 4
#: Walks that say how far one walks for a pick.
_RECENT: Final = 50

#: The step of each order of a warehouse; what is to be picked is counted by what is promised and not picked, the rest by what was ordered.
_BOARD: Final = f"""
SELECT CASE WHEN f.ship_by >= %(today)s THEN f.ship_by END, f.service, s.step, count(*),
       sum(CASE WHEN s.step IN ('workable', 'waiting', 'planned', 'walking') THEN l.lines ELSE l.all_lines END)::bigint,
       sum(CASE WHEN s.step IN ('workable', 'waiting', 'planned', 'walking') THEN l.units ELSE l.all_units END)::bigint
FROM orders_fulfillmentorder f
LEFT JOIN picking_release r ON r.fulfillment_order_id = f.id AND r.undone_at IS NULL AND r.emptied_at IS NULL
{WALK}
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE n.promised > n.picked) AS lines, coalesce(sum(n.promised - n.picked), 0) AS units,
         count(*) FILTER (WHERE n.quantity > n.cancelled) AS all_lines, coalesce(sum(n.quantity - n.cancelled), 0) AS all_units
  FROM orders_fulfillmentline n WHERE n.fulfillment_order_id = f.id) l
CROSS JOIN LATERAL (
  SELECT CASE WHEN f.stage IN ('shipped', 'delivered') THEN 'gone' WHEN f.stage IN ('packed', 'picked') THEN f.stage
              WHEN f.stage = 'picking' OR r.id IS NOT NULL THEN CASE WHEN b.id IS NULL THEN 'waiting' WHEN b.state = 'planned' THEN 'planned' ELSE 'walking' END
              WHEN f.held THEN 'held' WHEN f.stage = 'open' OR NOT f.ship_complete AND l.units > 0 THEN 'workable' ELSE 'backordered' END AS step) s
WHERE f.warehouse_id = %(warehouse)s AND f.ship_by < %(horizon)s AND (f.stage <> ALL(%(gone)s) OR f.stage IN ('shipped', 'delivered') AND f.ship_by >= %(today)s)
  AND (%(clients)s::bigint[] IS NULL OR f.client_id = ANY(%(clients)s)) AND (%(warehouses)s::bigint[] IS NULL OR f.warehouse_id = ANY(%(warehouses)s))
GROUP BY 1, 2, 3
"""

_WAVE: Final = f"""
SELECT w.id, w.warehouse_id, w.until, w.service, w.max_orders, w.max_minutes, w.minutes, w.reasons::text, w.at, w.undone_at, w.note, count(*),
       count(*) FILTER (WHERE r.undone_at IS NULL AND r.emptied_at IS NULL AND b.id IS NULL),
       count(*) FILTER (WHERE r.undone_at IS NULL AND b.state = 'planned'),
       count(*) FILTER (WHERE r.undone_at IS NULL AND r.emptied_at IS NULL AND b.state = 'picking'),
       count(*) FILTER (WHERE r.undone_at IS NULL AND (r.emptied_at IS NOT NULL OR b.state = 'done')),
       count(*) FILTER (WHERE r.undone_at IS NOT NULL),
       coalesce(sum(t.picks), 0)::bigint, coalesce(sum(t.units), 0)::bigint, w.method
FROM picking_wave w JOIN picking_release r ON r.wave_id = w.id {WALK}
CROSS JOIN LATERAL (SELECT count(*) AS picks, sum(t.quantity) AS units FROM picking_picktask t WHERE t.release_id = r.id) t
WHERE w.id = ANY(%s) GROUP BY w.id
"""

_ORDERS: Final = f"""
SELECT f.id, f.number, f.order_id, c.code, f.service, f.ship_by, t.picks, t.units,
       CASE WHEN r.undone_at IS NOT NULL THEN 'taken_back' WHEN r.emptied_at IS NOT NULL OR b.state = 'done' THEN 'picked' WHEN b.state = 'picking' THEN 'walking'
            WHEN b.state = 'planned' THEN 'planned' ELSE 'waiting' END, b.id, u.code
FROM picking_release r JOIN orders_fulfillmentorder f ON f.id = r.fulfillment_order_id JOIN catalog_client c ON c.id = r.client_id
{WALK} LEFT JOIN warehouse_location u ON u.id = r.tote_id
CROSS JOIN LATERAL (SELECT count(*) AS picks, coalesce(sum(t.quantity), 0)::bigint AS units FROM picking_picktask t WHERE t.release_id = r.id) t
WHERE r.wave_id = %(wave)s AND {SEEN} ORDER BY f.priority DESC, f.ship_by, f.id LIMIT %(limit)s
"""


def policy(scope: Scope, warehouse_id: int) -> Policy:
    """How a warehouse picks; the house's standard where it has set nothing.

    Raises: NotFound.
    """
    warehouses.warehouse(scope, warehouse_id)
    found = PickingPolicy.objects.filter(warehouse_id=warehouse_id).first()
    return records.policy_of(found) if found else Policy()


def waveless(scope: Scope) -> list[tuple[int, Policy]]:
    """The warehouses that keep orders workable by themselves, and how they pick."""
    rows = PickingPolicy.objects.filter(keep_workable__gt=0, warehouse__archived_at=None, **replace(scope, client_ids=None).filters(warehouse="warehouse_id"))
    return [(row.warehouse_id, records.policy_of(row)) for row in rows.order_by("warehouse_id")]


def urgencies(scope: Scope, release_ids: Iterable[int]) -> dict[int, Urgency]:
    """How urgent released orders are, by release."""
    found = sql.rows(
        f"SELECT r.id, f.priority, f.ship_by FROM picking_release r JOIN orders_fulfillmentorder f ON f.id = r.fulfillment_order_id WHERE r.id = ANY(%(ids)s) AND {SEEN}",
        seen(scope, ids=list(release_ids)),
    )
    return {pk: Urgency(priority, ship_by) for pk, priority, ship_by in found}


def day_begins(scope: Scope, warehouse_id: int, now: dt.datetime) -> dt.datetime:
    """When today began in a warehouse.

    Raises: NotFound.
    """
    zone = ZoneInfo(warehouses.warehouse(scope, warehouse_id).time_zone)
    return dt.datetime.combine(now.astimezone(zone).date(), dt.time(), zone)


def cut_off_rows(scope: Scope, warehouse_id: int, now: dt.datetime) -> list[CutOffRow]:
    """The orders of a warehouse by when they must leave and by service, of the next days and what is overdue, in the order in which its floor works; what has left counts if it was due today or
    later.

    Raises: NotFound.
    """
    today = day_begins(scope, warehouse_id, now)
    found: dict[tuple[dt.datetime | None, str], dict[str, Amount]] = {}
    horizon = today + dt.timedelta(days=DAYS_AHEAD)
    for until, service, step, *amount in sql.rows(_BOARD, seen(scope, warehouse=warehouse_id, today=today, horizon=horizon, gone=list(GONE))):
        found.setdefault((until, service), {})[step] = Amount(*amount)
    return pace.in_order([CutOffRow(until, service, steps) for (until, service), steps in found.items()])


def board(scope: Scope, warehouse_id: int, now: dt.datetime) -> Board:
    """The wave board of a warehouse.

    Raises: NotFound, NotAllowed (who sees some clients only).
    """
    if scope.client_ids is not None:
        raise NotAllowed(permission="release")
    place, how = warehouses.warehouse(scope, warehouse_id), policy(scope, warehouse_id)
    rows, metres = cut_off_rows(scope, warehouse_id, now), metres_per_line(scope, warehouse_id)
    return Board(place, how, metres, tuple(rows), tuple(pace.outlook(rows, how, place, now, metres or 0.0)))


def metres_per_line(scope: Scope, warehouse_id: int) -> float | None:
    """How far one walked for a pick on the last walks of a warehouse; None where none was planned on a floor yet."""
    if not scope.sees_warehouse(warehouse_id):
        return None
    found = sql.rows(
        """SELECT sum(b.distance_m) / nullif(sum(t.n), 0)
           FROM (SELECT id, distance_m FROM picking_pickbatch WHERE warehouse_id = %s AND state <> 'cancelled' AND distance_m > 0 ORDER BY id DESC LIMIT %s) b
           CROSS JOIN LATERAL (SELECT count(*) AS n FROM picking_picktask WHERE batch_id = b.id) t""",
        [warehouse_id, _RECENT],
    )
    return None if found[0][0] is None else float(found[0][0])


def waves(scope: Scope, query: ListQuery) -> Page[WaveInfo]:
    """Waves, newest first. Filter: `warehouse`. A wave mixes clients, so readers limited to some clients see none."""
    if scope.client_ids is not None:
        return Page(rows=(), count=0)
    rows = Wave.objects.filter(**scope.filters(warehouse="warehouse_id"))
    if (warehouse_id := query.number("warehouse")) is not None:
        rows = rows.filter(warehouse_id=warehouse_id)
    if query.search:
        wanted = wave_id_of(query.search)
        rows = rows.filter(pk=wanted) if wanted is not None else rows.none()

    def many(found: list[Wave]) -> list[WaveInfo]:
        by_id = _waves([w.pk for w in found])
        return [by_id[w.pk] for w in found]

    return paginate(rows, query, make=lambda w: many([w])[0], many=many, default="-id")


def wave(scope: Scope, wave_id: int) -> WaveInfo:
    """One wave.

    Raises: NotFound.
    """
    found = None if scope.client_ids is not None else _waves([wave_id]).get(wave_id)
    if found is None or not scope.sees_warehouse(found.warehouse_id):
        raise NotFound(kind="wave", ref=wave_id)
    return found


def wave_by_number(scope: Scope, text: str) -> list[WaveInfo]:
    """The wave of this number (W000012), where the reader sees it."""
    wanted = wave_id_of(text) if text[:1] in "Ww" else None
    found = _waves([wanted]).get(wanted) if wanted is not None and scope.client_ids is None else None
    return [found] if found is not None and scope.sees_warehouse(found.warehouse_id) else []


def _waves(ids: list[int]) -> dict[int, WaveInfo]:
    return {row[0]: WaveInfo(*(*row[:7], json.loads(row[7]), *row[8:])) for row in sql.rows(_WAVE, [ids])}


def wave_orders(scope: Scope, wave_id: int, *, limit: int = 500) -> list[WaveOrder]:
    """The orders of a wave and where they stand, in the order in which they were released."""
    return [WaveOrder(*row) for row in sql.rows(_ORDERS, seen(scope, wave=wave_id, limit=limit))]
