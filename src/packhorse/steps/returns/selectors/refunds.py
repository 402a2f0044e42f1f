"""Money that goes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.steps.returns.types import RefundInfo, RefundProof


def seen(scope: Scope, row: str, *, warehouse: bool = True) -> tuple[str, dict[str, Any]]:
    """A condition for SQL and its parameters: the rows of the scope's clients (and warehouses)."""
    clause = f"(%(clients)s::bigint[] IS NULL OR {row}.client_id = ANY(%(clients)s))"
    if warehouse:
        clause += f" AND (%(warehouses)s::bigint[] IS NULL OR {row}.warehouse_id = ANY(%(warehouses)s))"
    return clause, {
        "clients": None if scope.client_ids is None else sorted(scope.client_ids),
        "warehouses": None if scope.warehouse_ids is None else sorted(scope.warehouse_ids),
    }


_REFUND = """
SELECT f.id, f.rma_id, f.ticket_id, f.order_id, f.currency, f.goods_minor, f.fee_minor, f.charges_minor, f.due_minor, f.reason,
       CASE WHEN f.dropped_at IS NOT NULL THEN 'dropped' WHEN f.paid_at IS NOT NULL THEN 'paid' WHEN f.asked_at IS NULL THEN 'waiting'
            WHEN EXISTS (SELECT FROM orders_paymentrequest r WHERE r.order_id = f.order_id AND r.kind = 'refund' AND r.cause_kind = 'returns.refund' AND r.cause_id = f.id
                         AND r.error = '') THEN 'asked' ELSE 'failed' END,
       f.opened_at, f.asked_at, f.paid_at
FROM returns_refund f
"""


def refunds_where(scope: Scope, where: str, params: dict[str, Any]) -> list[RefundInfo]:
    """Refunds by a condition of our own making, oldest first."""
    clause, limits = seen(scope, "f", warehouse=False)
    return [RefundInfo(*row) for row in sql.rows(f"{_REFUND} WHERE {where} AND {clause} ORDER BY f.id", {**params, **limits})]


def refund(scope: Scope, refund_id: int) -> RefundInfo:
    """One refund.

    Raises: NotFound.
    """
    found = refunds_where(scope, "f.id = %(id)s", {"id": refund_id})
    if not found:
        raise NotFound(kind="refund", ref=str(refund_id))
    return found[0]


def refunds_of_order(scope: Scope, order_id: int) -> list[RefundInfo]:
    """All refunds of an order, for returns and without, oldest first."""
    return refunds_where(scope, "f.order_id = %(order)s", {"order": order_id})


def waiting_refunds(scope: Scope, *, limit: int = 200) -> list[int]:
    """Refunds that wait for their order's money and could be asked for now, oldest first."""
    clause, limits = seen(scope, "f", warehouse=False)
    found = sql.rows(
        f"""SELECT f.id FROM returns_refund f JOIN orders_order o ON o.id = f.order_id
            WHERE f.asked_at IS NULL AND f.dropped_at IS NULL AND {clause} AND f.due_minor <= o.captured_minor
              - coalesce((SELECT sum(r.amount_minor) FROM orders_paymentrequest r WHERE r.order_id = o.id AND r.kind = 'refund' AND r.error = ''), 0)
            ORDER BY f.opened_at LIMIT %(limit)s""",
        {"limit": limit, **limits},
    )
    return [r[0] for r in found]


def refund_proof(scope: Scope, order_ids: Sequence[int] | None = None) -> list[RefundProof]:
    """What this step asked to be given back, by currency, against what the orders' books hold for it."""
    clause, limits = seen(scope, "f", warehouse=False)
    return [
        RefundProof(*row)
        for row in sql.rows(
            f"""SELECT f.currency, coalesce(sum(f.due_minor) FILTER (WHERE f.asked_at IS NOT NULL AND f.rma_id IS NOT NULL), 0)::bigint,
                       coalesce(sum(f.due_minor) FILTER (WHERE f.asked_at IS NOT NULL AND f.ticket_id IS NOT NULL), 0)::bigint,
                       coalesce(sum(f.due_minor) FILTER (WHERE f.asked_at IS NULL AND f.dropped_at IS NULL), 0)::bigint,
                       coalesce(sum(b.requested), 0)::bigint, coalesce(sum(b.paid), 0)::bigint
                FROM returns_refund f CROSS JOIN LATERAL (
                  SELECT (SELECT sum(r.amount_minor) FROM orders_paymentrequest r
                          WHERE r.order_id = f.order_id AND r.kind = 'refund' AND r.cause_kind = 'returns.refund' AND r.cause_id = f.id) AS requested,
                         (SELECT sum(e.amount_minor) FROM orders_paymententry e
                          WHERE e.order_id = f.order_id AND e.kind = 'refunded' AND e.cause_kind = 'returns.refund' AND e.cause_id = f.id) AS paid) b
                WHERE (%(orders)s::bigint[] IS NULL OR f.order_id = ANY(%(orders)s)) AND {clause} GROUP BY 1 ORDER BY 1""",
            {"orders": None if order_ids is None else list(order_ids), **limits},
        )
    ]
