"""The reconciler of orders: do counters, stages and sums say what the rows behind them say? One statement a kind; what disagrees is a row."""

from __future__ import annotations

from typing import Final

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.steps.orders.states import STAGE
from packhorse.steps.orders.types import OrderDrift

_WALL: Final = "(%(clients)s::bigint[] IS NULL OR {0}.client_id = ANY(%(clients)s::bigint[]))"

#: Promised and not shipped is what the demand has; wanted and not shipped is what the demand wants.
_LINE: Final = """
SELECT f.order_id, f.id, l.id, ({stated})::bigint, ({actual})::bigint
FROM orders_fulfillmentline l JOIN orders_fulfillmentorder f ON f.id = l.fulfillment_order_id JOIN inventory_demand d ON d.id = l.demand_id
WHERE {stated} <> {actual} AND {wall} ORDER BY l.id
"""

_STAGES: Final = f"""
SELECT f.order_id, f.id, f.id, f.stage::text, {STAGE}
FROM orders_fulfillmentorder f JOIN (
  SELECT fulfillment_order_id AS id, sum(quantity - cancelled) AS live, sum(promised) AS promised, sum(picked) AS picked, sum(packed) AS packed, sum(shipped) AS shipped,
         sum(delivered) AS delivered
  FROM orders_fulfillmentline GROUP BY 1
) s ON s.id = f.id
WHERE f.stage <> {STAGE} AND {_WALL.format("f")} ORDER BY f.id
"""

_HELD: Final = f"""
SELECT f.order_id, f.id, f.id, f.held::text, h.held::text
FROM orders_fulfillmentorder f CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM orders_hold h WHERE h.fulfillment_order_id = f.id AND h.released_at IS NULL) AS held) h
WHERE f.held <> h.held AND {_WALL.format("f")} ORDER BY f.id
"""

_SUM: Final = """
SELECT o.id, NULL::bigint, o.id, o.{column}, coalesce(e.actual, 0)::bigint
FROM orders_order o LEFT JOIN (
  SELECT order_id, sum(CASE WHEN kind = ANY(%(plus)s) THEN amount_minor WHEN kind = ANY(%(minus)s) THEN -amount_minor ELSE 0 END) AS actual FROM orders_paymententry GROUP BY 1
) e ON e.order_id = o.id
WHERE o.{column} <> coalesce(e.actual, 0) AND {wall} ORDER BY o.id
"""

_SUMS: Final = {
    "authorised_minor": (["authorised"], ["expired", "voided"]),
    "captured_minor": (["captured"], []),
    "refunded_minor": (["refunded"], []),
}


def drift(scope: Scope) -> list[OrderDrift]:
    """What disagrees, of the clients that the reader sees. A large question: for the proof and for a job, not for pages."""
    params = {"clients": None if scope.client_ids is None else sorted(scope.client_ids)}
    found: list[OrderDrift] = []
    for kind, stated, actual in (("promised", "l.promised - l.shipped", "d.promised"), ("wanted", "l.quantity - l.cancelled - l.shipped", "d.wanted")):
        rows = sql.rows(_LINE.format(stated=stated, actual=actual, wall=_WALL.format("f")), params)
        found += [OrderDrift(*(kind, *row[:3], str(row[3]), str(row[4]))) for row in rows]
    found += [OrderDrift("stage", *row) for row in sql.rows(_STAGES, params)]
    found += [OrderDrift("held", *row) for row in sql.rows(_HELD, params)]
    for column, (plus, minus) in _SUMS.items():
        rows = sql.rows(_SUM.format(column=column, wall=_WALL.format("o")), {**params, "plus": plus, "minus": minus})
        found += [OrderDrift(*(column, *row[:3], str(row[3]), str(row[4]))) for row in rows]
    return found
