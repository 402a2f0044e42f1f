"""The reconciler of orders: do counters, stages and sums say what the rows behind them say? One statement a kind; what disagrees is a row.

Which of the two is the truth: of what a line still wants the line (its demand follows); of what is promised the demand, behind which the stock stands (the line follows); of stage and held the
lines and the open holds; of the payment sums the payment entries.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from packhorse.core import books, sql
from packhorse.core.actors import Scope
from packhorse.steps.orders.states import STAGE
from packhorse.steps.orders.types import OrderDrift

#: Promised and not shipped is what the demand has; wanted and not shipped is what the demand wants.
_LINE: Final = """
SELECT f.order_id, f.id, f.client_id, l.demand_id, ({stated})::text, ({actual})::text
FROM orders_fulfillmentline l JOIN orders_fulfillmentorder f ON f.id = l.fulfillment_order_id JOIN inventory_demand d ON d.id = l.demand_id
WHERE {stated} <> {actual} AND {part:l.fulfillment_order_id} ORDER BY l.id
"""

_STAGES: Final = f"""
SELECT f.order_id, f.id, f.client_id, f.id, f.stage::text, {STAGE}
FROM orders_fulfillmentorder f LEFT JOIN (
  SELECT fulfillment_order_id AS id, sum(quantity - cancelled) AS live, sum(promised) AS promised, sum(picked) AS picked, sum(packed) AS packed, sum(shipped) AS shipped,
         sum(delivered) AS delivered
  FROM orders_fulfillmentline WHERE {{part:fulfillment_order_id}} GROUP BY 1
) s ON s.id = f.id
WHERE f.stage <> {STAGE} AND {{part:f.id}} ORDER BY f.id
"""

_HELD: Final = """
SELECT f.order_id, f.id, f.client_id, f.id, f.held::text, h.held::text
FROM orders_fulfillmentorder f CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM orders_hold h WHERE h.fulfillment_order_id = f.id AND h.released_at IS NULL) AS held) h
WHERE f.held <> h.held AND {part:f.id} ORDER BY f.id
"""

_SUM: Final = """
SELECT o.id, NULL::bigint, o.client_id, o.id, o.<column>::text, coalesce(e.actual, 0)::text
FROM orders_order o LEFT JOIN (
  SELECT order_id, sum(CASE WHEN kind IN (<plus>) THEN amount_minor WHEN kind IN (<minus>) THEN -amount_minor ELSE 0 END) AS actual
  FROM orders_paymententry WHERE {part:order_id} GROUP BY 1
) e ON e.order_id = o.id
WHERE o.<column> <> coalesce(e.actual, 0) AND {part:o.id} ORDER BY o.id
"""


def _line(stated: str, actual: str) -> str:
    return _LINE.replace("{stated}", stated).replace("{actual}", actual)


def _sum(column: str, plus: str, minus: str = "''") -> str:
    return _SUM.replace("<column>", column).replace("<plus>", plus).replace("<minus>", minus)


#: Every kind of drift, by what it is looked at by, and the statement that finds it.
KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "wanted": ("fulfillment_order", _line("d.wanted", "l.quantity - l.cancelled - l.shipped")),
    "promised": ("fulfillment_order", _line("l.promised", "l.shipped + d.promised")),
    "stage": ("fulfillment_order", _STAGES),
    "held": ("fulfillment_order", _HELD),
    "authorised_minor": ("order", _sum("authorised_minor", "'authorised'", "'expired', 'voided'")),
    "captured_minor": ("order", _sum("captured_minor", "'captured'")),
    "refunded_minor": ("order", _sum("refunded_minor", "'refunded'")),
}


def drift(scope: Scope, parts: Mapping[str, books.Part] | None = None) -> list[OrderDrift]:
    """What disagrees, of the clients that the reader sees, in one snapshot; of the parts asked about, or of everything (a large question)."""
    with books.snapshot():
        asked = books.whole(parts)
        found = [
            OrderDrift(kind, *row) for kind, (family, statement) in KINDS.items() if family in asked for row in sql.rows(books.fill(statement, asked[family]))
        ]
    return [d for d in found if scope.sees_client(d.client_id)]
