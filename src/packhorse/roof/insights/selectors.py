"""Figures over all steps, read by SQL that changes nothing. Each has the list of its rows: `judgements`, or a step's own list."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from packhorse.core import clock, sql
from packhorse.core.actors import Scope
from packhorse.core.lists import ListQuery, Page, decode_cursor, page_of
from packhorse.roof.insights.types import Aged, Filled, Judgement, Shares, Walked

#: What insights look back on.
DAYS: Final = 30
#: Why things come back that we answer for.
OUR_FAULT: Final = ["not_as_described", "damaged", "defective", "wrong_item"]


def since() -> dt.datetime:
    """The moment from which the figures count."""
    return clock.now() - dt.timedelta(days=DAYS)


def _seen(scope: Scope, **more: Any) -> dict[str, Any]:
    return {
        "clients": None if scope.client_ids is None else sorted(scope.client_ids),
        "warehouses": None if scope.warehouse_ids is None else sorted(scope.warehouse_ids),
        **more,
    }


def _wall(row: str, *, client: bool = True) -> str:
    clause = f"(%(warehouses)s::bigint[] IS NULL OR {row}.warehouse_id = ANY(%(warehouses)s::bigint[]))"
    return f"(%(clients)s::bigint[] IS NULL OR {row}.client_id = ANY(%(clients)s::bigint[])) AND {clause}" if client else clause


#: Delivered fulfillment orders, judged: in full (nothing of it cancelled), on time (its last parcel by the promise made when it left, else by the order's),
#: whole (nothing came back for a reason of ours), quiet (no exception on the way). SCOR's RL.1.1, perfect order fulfilment, without its papers.
_JUDGED: Final = f"""
SELECT f.id, f.order_id, f.number, c.name AS client, w.delivered_at, coalesce(w.promised_by, f.deliver_by) AS promised_by,
       NOT EXISTS (SELECT FROM orders_fulfillmentline l WHERE l.fulfillment_order_id = f.id AND l.cancelled > 0) AS in_full,
       w.delivered_at <= coalesce(w.promised_by, f.deliver_by) AS on_time,
       NOT EXISTS (SELECT FROM orders_fulfillmentline l JOIN returns_rmaline r ON r.demand_id = l.demand_id JOIN returns_rma m ON m.id = r.rma_id
                   WHERE l.fulfillment_order_id = f.id AND m.state <> 'refused' AND r.reason = ANY(%(faults)s)) AS whole,
       NOT EXISTS (SELECT FROM delivery_delivery d JOIN delivery_deliveryexception e ON e.delivery_id = d.id WHERE d.fulfillment_order_id = f.id) AS quiet
FROM (
  SELECT d.fulfillment_order_id, max(d.delivered_at) AS delivered_at, max(d.promised_by) AS promised_by
  FROM delivery_delivery d WHERE d.delivered_at >= %(since)s AND d.fulfillment_order_id IS NOT NULL AND {_wall("d")} GROUP BY 1
) w JOIN orders_fulfillmentorder f ON f.id = w.fulfillment_order_id AND f.stage = 'delivered' JOIN catalog_client c ON c.id = f.client_id
"""


def shares(scope: Scope, start: dt.datetime) -> Shares:
    """How many of the orders delivered since a moment were perfect, and what was wrong with the others."""
    found = sql.rows(
        f"""SELECT count(*), count(*) FILTER (WHERE in_full), count(*) FILTER (WHERE on_time), count(*) FILTER (WHERE whole), count(*) FILTER (WHERE quiet),
                   count(*) FILTER (WHERE in_full AND on_time AND whole AND quiet) FROM ({_JUDGED}) j""",
        _seen(scope, since=start, faults=OUR_FAULT),
    )
    return Shares(*found[0])


_LACKS: Final = {"in_full": "NOT in_full", "on_time": "NOT on_time", "whole": "NOT whole", "quiet": "NOT quiet"}


def judgements(scope: Scope, query: ListQuery) -> Page[Judgement]:
    """Orders delivered within the last thirty days, the latest first. Filters: `perfect` (yes, no), `lacks` (in_full, on_time, whole, quiet). Search: the number."""
    where = ["true"]
    params = _seen(scope, since=since(), faults=OUR_FAULT, limit=query.limit + 1)
    if (perfect := query.one("perfect")) in ("yes", "no"):
        where.append(f"{'' if perfect == 'yes' else 'NOT '}(in_full AND on_time AND whole AND quiet)")
    where += [_LACKS[name] for name in query.many("lacks") if name in _LACKS]
    if query.search:
        where.append("number LIKE %(search)s")
        params["search"] = query.search.upper().replace("%", "").replace("_", "") + "%"
    if query.cursor:
        _direction, value, pk = decode_cursor(query.cursor)
        where.append("(delivered_at, id) < (%(at)s::timestamptz, %(id)s::bigint)")
        params |= {"at": value, "id": pk}
    statement = f"SELECT * FROM ({_JUDGED}) j WHERE {' AND '.join(where)} ORDER BY delivered_at DESC, id DESC LIMIT %(limit)s"
    return page_of([Judgement(*row) for row in sql.rows(statement, params)], query, cursor=lambda j: (j.delivered_at, j.id))


_AGED: Final = f"""
SELECT f.stage, count(*) FILTER (WHERE o.placed_at > %(day)s), count(*) FILTER (WHERE o.placed_at <= %(day)s AND o.placed_at > %(three)s),
       count(*) FILTER (WHERE o.placed_at <= %(three)s AND o.placed_at > %(week)s), count(*) FILTER (WHERE o.placed_at <= %(week)s)
FROM orders_fulfillmentorder f JOIN orders_order o ON o.id = f.order_id
WHERE f.stage IN ('backordered', 'open', 'picking', 'picked', 'packed') AND {_wall("f")} GROUP BY 1
"""


def aged(scope: Scope) -> list[Aged]:
    """Orders under way by stage and age."""
    now = clock.now()
    params = _seen(scope, day=now - dt.timedelta(days=1), three=now - dt.timedelta(days=3), week=now - dt.timedelta(days=7))
    found = {row[0]: Aged(row[0], row[1:]) for row in sql.rows(_AGED, params)}
    return [found.get(stage, Aged(stage, (0, 0, 0, 0))) for stage in ("backordered", "open", "picking", "picked", "packed")]


def units_by_day(scope: Scope, start: dt.datetime, zone: str) -> dict[dt.date, int]:
    """Units that left the house, by the day on which they did in a zone."""
    found = sql.rows(
        f"""SELECT (b.handed_over_at AT TIME ZONE %(zone)s)::date, sum(l.quantity)::bigint
            FROM shipping_label b JOIN packing_parcelline l ON l.parcel_id = b.parcel_id
            WHERE b.handed_over_at >= %(since)s AND {_wall("b")} GROUP BY 1 ORDER BY 1""",
        _seen(scope, since=start, zone=zone),
    )
    return dict(found)


def walked(scope: Scope, start: dt.datetime) -> Walked:
    """What pickers walked since a moment. A walk mixes clients, so it is nobody's who sees only some."""
    if scope.client_ids is not None:
        return Walked(0, 0, 0, 0)
    found = sql.rows(
        f"""SELECT count(*), coalesce(sum(b.distance_m), 0), coalesce(sum(b.s_shape_m), 0), coalesce(sum(b.one_by_one_m), 0)
            FROM picking_pickbatch b WHERE b.state = 'done' AND b.finished_at >= %(since)s AND {_wall("b", client=False)}""",
        _seen(scope, since=start),
    )
    return Walked(*found[0])


def filled(scope: Scope, start: dt.datetime) -> Filled:
    """How full the boxes were that were sealed since a moment."""
    found = sql.rows(
        f"SELECT count(*), round(avg(p.fill_permille))::int FROM packing_parcel p WHERE p.sealed_at >= %(since)s AND p.state <> 'voided' AND {_wall('p')}",
        _seen(scope, since=start),
    )
    return Filled(*found[0])
