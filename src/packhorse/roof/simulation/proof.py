"""The proof: the books agree with each other, to the unit and the penny."""

from __future__ import annotations

from typing import Any

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.steps.inventory import selectors as inventory
from packhorse.steps.orders import selectors as orders
from packhorse.steps.returns import selectors as returns

#: What must be zero, and how it is counted.
CHECKS: dict[str, str] = {
    "lines_whose_promise_differs_from_their_demand": """
        SELECT count(*) FROM orders_fulfillmentline l JOIN inventory_demand d ON d.id = l.demand_id
        WHERE d.promised <> l.promised - l.shipped OR d.wanted <> l.quantity - l.cancelled - l.shipped""",
    "lines_whose_goods_in_totes_and_parcels_differ_from_their_counters": """
        SELECT count(*) FROM (
          SELECT l.id FROM orders_fulfillmentline l
          LEFT JOIN inventory_allocation a ON a.demand_id = l.demand_id AND a.closed_at IS NULL
          LEFT JOIN warehouse_location w ON w.id = a.location_id
          GROUP BY l.id HAVING coalesce(sum(a.quantity) FILTER (WHERE w.kind <> 'bin'), 0) <> l.picked - l.shipped) x""",
    "lines_whose_parcels_differ_from_their_counters": """
        SELECT count(*) FROM (
          SELECT l.id FROM orders_fulfillmentline l
          LEFT JOIN packing_parcelline c ON c.demand_id = l.demand_id LEFT JOIN packing_parcel p ON p.id = c.parcel_id
          GROUP BY l.id HAVING coalesce(sum(c.quantity) FILTER (WHERE p.state <> 'voided'), 0) <> l.packed) x""",
    "shipped_units_that_did_not_leave_stock": """
        SELECT abs((SELECT coalesce(sum(shipped), 0) FROM orders_fulfillmentline)
          - (SELECT coalesce(sum(m.quantity), 0) FROM inventory_move m JOIN warehouse_location t ON t.id = m.target_id WHERE t.kind = 'customer'))""",
    "orders_whose_sums_differ_from_their_entries": """
        SELECT count(*) FROM orders_order o LEFT JOIN (
          SELECT order_id, coalesce(sum(amount_minor) FILTER (WHERE kind = 'captured'), 0) AS captured, coalesce(sum(amount_minor) FILTER (WHERE kind = 'refunded'), 0) AS refunded
          FROM orders_paymententry GROUP BY 1) e ON e.order_id = o.id
        WHERE o.captured_minor <> coalesce(e.captured, 0) OR o.refunded_minor <> coalesce(e.refunded, 0)""",
    "events_that_wait_or_failed": "SELECT count(*) FROM core_outbox",
}


def prove() -> dict[str, Any]:
    """Every check with its count (all zero where the books agree), the money, and `reconciled`."""
    counts = {name: int(sql.rows(statement)[0][0]) for name, statement in CHECKS.items()}
    counts["stock_drift"] = len(inventory.drift(EVERYTHING))
    money = orders.money_proof(EVERYTHING)
    refunds = _refunds()
    return {
        "checks": counts,
        "money": [
            {
                "currency": m.currency,
                "captured_minor": m.captured_minor,
                "shipped_value_minor": m.shipped_value_minor,
                "charges_minor": m.charges_minor,
                "waiting_captures_minor": m.waiting_captures_minor,
                "failed_captures_minor": m.failed_captures_minor,
                "uncovered_minor": m.uncovered_minor,
                "refunded_minor": m.refunded_minor,
                "reconciled": m.reconciled,
            }
            for m in money
        ],
        "refunds": refunds,
        "reconciled": not any(counts.values())
        and all(m.reconciled for m in money)
        and not refunds["wrong"]
        and refunds["refunded_minor"] == refunds["returns_minor"] + refunds["adjustments_minor"] - refunds["waiting_minor"],
    }


def _refunds() -> dict[str, int]:
    """Refunded = what returns and adjustments say was to be given back, less what still waits at the bank. Adjustments are also what orders gave back on their own account."""
    owed = returns.refund_proof(EVERYTHING)
    paid = sql.rows("SELECT coalesce(sum(refunded_minor), 0)::bigint FROM orders_order")[0][0]
    own = sql.rows("SELECT coalesce(sum(amount_minor), 0)::bigint FROM orders_paymententry WHERE kind = 'refunded' AND cause_kind <> 'returns.refund'")[0][0]
    asked = sum(p.returns_minor + p.adjustments_minor for p in owed)
    return {
        "refunded_minor": int(paid),
        "returns_minor": sum(p.returns_minor for p in owed),
        "adjustments_minor": sum(p.adjustments_minor for p in owed) + int(own),
        "waiting_minor": asked - sum(p.paid_minor for p in owed),
        "wrong": sum(not p.reconciled for p in owed),
    }
