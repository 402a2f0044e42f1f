"""Questions about money: what waits to be asked, and the proof of the books."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.steps.orders.selectors.walking import within_scope
from packhorse.steps.orders.types import MoneyProof, WaitingPayment


def payments_to_ask(scope: Scope, request_ids: Sequence[int]) -> list[WaitingPayment]:
    """Payment requests that are not answered, as a provider is asked, by id."""
    within, params = within_scope(scope, "o.client_id", "NULL::bigint") if scope.warehouse_ids is None else ("false", {})
    found = sql.rows(
        f"""SELECT r.id, r.kind, r.amount_minor, o.currency, r.key, r.provider, r.token, r.authorisation, o.number, r.attempts
            FROM orders_paymentrequest r JOIN orders_order o ON o.id = r.order_id WHERE r.id = ANY(%(ids)s) AND r.answered_at IS NULL AND {within} ORDER BY r.id""",
        {**params, "ids": list(request_ids)},
    )
    return [WaitingPayment(*row) for row in found]


_PROOF: Final = """
WITH wanted AS (
  SELECT o.id, o.currency, o.charges_minor, o.authorised_minor, o.captured_minor, o.refunded_minor FROM orders_order o
  WHERE {within} AND EXISTS (SELECT FROM orders_paymentrequest r WHERE r.order_id = o.id)
), shipped AS (
  SELECT x.order_id, sum(round(x.amount_minor::numeric * x.shipped / x.quantity)) AS value
  FROM (SELECT b.order_id, b.id, b.amount_minor, b.quantity, sum(l.shipped) AS shipped FROM orders_orderline b JOIN orders_fulfillmentline l ON l.order_line_id = b.id
        WHERE b.order_id IN (SELECT id FROM wanted) GROUP BY b.id HAVING sum(l.shipped) > 0) x GROUP BY 1
), asked AS (
  SELECT order_id, coalesce(sum(amount_minor) FILTER (WHERE kind = 'capture' AND answered_at IS NULL), 0) AS waiting,
         coalesce(sum(amount_minor) FILTER (WHERE kind = 'capture' AND error <> '' AND replaced_at IS NULL), 0) AS refused,
         coalesce(sum(amount_minor) FILTER (WHERE kind = 'authorise' AND (answered_at IS NULL OR error <> '' AND NOT replaced)), 0) AS uncovered
  FROM (SELECT *, EXISTS (SELECT FROM orders_paymentrequest x WHERE x.order_id = r.order_id AND x.kind = 'authorise' AND x.id > r.id) AS replaced
        FROM orders_paymentrequest r WHERE order_id IN (SELECT id FROM wanted)) r GROUP BY 1
), entered AS (
  SELECT order_id, coalesce(sum(amount_minor) FILTER (WHERE kind = 'captured'), 0) AS captured, coalesce(sum(amount_minor) FILTER (WHERE kind = 'refunded'), 0) AS refunded
  FROM orders_paymententry WHERE order_id IN (SELECT id FROM wanted) GROUP BY 1
)
SELECT w.currency, coalesce(sum(s.value), 0)::bigint, coalesce(sum(w.charges_minor) FILTER (WHERE s.order_id IS NOT NULL), 0)::bigint,
  coalesce(sum(w.captured_minor), 0)::bigint, coalesce(sum(w.refunded_minor), 0)::bigint, coalesce(sum(w.authorised_minor), 0)::bigint, coalesce(sum(a.waiting), 0)::bigint,
  coalesce(sum(a.refused), 0)::bigint,
  coalesce(sum(greatest(0, least(a.uncovered, s.value + w.charges_minor - w.captured_minor - a.waiting - a.refused))) FILTER (WHERE s.order_id IS NOT NULL), 0)::bigint,
  coalesce(sum(e.captured), 0)::bigint, coalesce(sum(e.refunded), 0)::bigint
FROM wanted w LEFT JOIN shipped s ON s.order_id = w.id LEFT JOIN asked a ON a.order_id = w.id LEFT JOIN entered e ON e.order_id = w.id
GROUP BY w.currency ORDER BY w.currency
"""


def money_proof(scope: Scope) -> list[MoneyProof]:
    """The books by currency: what was shipped and charged, what was captured for it, and what could not be. A large question: for the proof, not for pages."""
    within, params = within_scope(scope, "o.client_id", "NULL::bigint") if scope.warehouse_ids is None else ("false", {})
    return [MoneyProof(*row) for row in sql.rows(_PROOF.format(within=within), params)]
