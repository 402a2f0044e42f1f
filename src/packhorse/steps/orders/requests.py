"""What later steps may ask of orders. Joins the caller's transaction; orders act on it themselves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from uuid import uuid4

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING
from packhorse.core.books import Part
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.steps.inventory import ledger as stock
from packhorse.steps.orders import ledger, reconciler, records
from packhorse.steps.orders.errors import OverRefund
from packhorse.steps.orders.events import HoldOpened, OrderMended, PaymentAsked, RefundRequested
from packhorse.steps.orders.models import Hold
from packhorse.steps.orders.types import Missing


def hold(*, fulfillment_order_id: int, kind: str, note: str = "", missing: Missing | None = None, owner_role: str = "service") -> int:
    """Hold a fulfillment order: it is not released, packed or shipped until the hold is released. Gives the hold's id; one that is open already stays as it is.

    `note`: what somebody typed. `missing`: the goods that were not found.

    Locks: the fulfillment order.   Raises: NotFound, Invalid.
    """
    here = work.current()
    if kind not in Hold.Kind.values:
        raise Invalid(field="kind", reason=kind)
    found = sql.rows("SELECT order_id, client_id, warehouse_id FROM orders_fulfillmentorder WHERE id = %s FOR UPDATE", [fulfillment_order_id])
    if not found:
        raise NotFound(kind="fulfillment order", ref=str(fulfillment_order_id))
    opened = sql.rows(
        """INSERT INTO orders_hold (fulfillment_order_id, kind, note, missing, owner_role, opened_at, opened_by, released_by) VALUES (%s, %s, %s, %s::jsonb, %s, %s, %s, '')
           ON CONFLICT (fulfillment_order_id, kind) WHERE released_at IS NULL DO NOTHING RETURNING id""",
        [fulfillment_order_id, kind, note, json.dumps(asdict(missing)) if missing else None, owner_role, here.at, here.actor.principal],
    )
    if not opened:
        return int(
            sql.rows("SELECT id FROM orders_hold WHERE fulfillment_order_id = %s AND kind = %s AND released_at IS NULL", [fulfillment_order_id, kind])[0][0]
        )
    ledger.restage([fulfillment_order_id])
    order_id, client_id, warehouse_id = found[0]
    emit(
        HoldOpened(
            order_id=order_id, client_id=client_id, warehouse_id=warehouse_id, fulfillment_order_id=fulfillment_order_id, hold_id=opened[0][0], kind=kind
        )
    )
    return int(opened[0][0])


def refund(*, order_id: int, amount_minor: int, cause: Ref, note: str = "") -> int:
    """Ask for money to be given back to the customer; the provider is asked after the transaction. Gives the (first) payment request's id; the same cause asks once.

    What several authorisations were captured for is given back from the newest first.

    Locks: the order.   Raises: NotFound, Invalid, OverRefund.
    """
    here = work.current()
    if amount_minor <= 0:
        raise Invalid(field="amount_minor", reason=str(amount_minor))
    found = sql.rows("SELECT client_id, currency FROM orders_order WHERE id = %s FOR UPDATE", [order_id])
    if not found:
        raise NotFound(kind="order", ref=str(order_id))
    earlier = sql.rows(
        "SELECT id FROM orders_paymentrequest WHERE order_id = %s AND kind = 'refund' AND cause_kind = %s AND cause_id = %s ORDER BY id",
        [order_id, cause.kind, cause.id],
    )
    if earlier:
        return int(earlier[0][0])
    open_by = sql.rows(
        """SELECT e.authorisation, max(e.provider), (sum(e.amount_minor) FILTER (WHERE e.kind = 'captured')
                  - coalesce((SELECT sum(r.amount_minor) FROM orders_paymentrequest r WHERE r.order_id = %(order)s AND r.kind = 'refund' AND r.authorisation = e.authorisation
                              AND r.error = ''), 0))::bigint AS left
           FROM orders_paymententry e WHERE e.order_id = %(order)s AND e.kind = 'captured' GROUP BY e.authorisation ORDER BY max(e.id) DESC""",
        {"order": order_id},
    )
    left = sum(max(0, r[2]) for r in open_by)
    if amount_minor > left:
        raise OverRefund(asked=amount_minor, left=left, order_id=order_id)
    ids, rest = [], amount_minor
    for authorisation, provider, available in open_by:
        part = min(rest, available)
        if part <= 0:
            continue
        ids.append(
            sql.rows(
                """INSERT INTO orders_paymentrequest (order_id, kind, amount_minor, key, provider, token, authorisation, cause_kind, cause_id, asked_at, attempts, next_attempt_at, error)
                   VALUES (%s, 'refund', %s, %s, %s, %s, %s, %s, %s, %s, 0, %s, '') RETURNING id""",
                [order_id, part, uuid4(), provider, note, authorisation, cause.kind, cause.id, here.at, here.at],
            )[0][0]
        )
        rest -= part
    client_id = found[0][0]
    emit(PaymentAsked(requests=len(ids)))
    emit(RefundRequested(order_id=order_id, client_id=client_id, amount_minor=amount_minor, currency=found[0][1], cause_kind=cause.kind, cause_id=cause.id))
    return int(ids[0])


def mend(*, order_ids: Sequence[int]) -> int:
    """Make what is stated of orders what their rows say (the reconciler names the truth of each kind), and tell each change. How many figures were wrong.

    What would break a line's own order (less promised than is picked, more captured than was authorised) stays as it is and is found again: somebody must look.
    Locks: the orders, their demands and stock.
    """
    here = work.current()
    orders = records.lock_orders(order_ids)
    parts = {
        "order": Part(tuple(sorted(orders))),
        "fulfillment_order": Part(tuple(sorted(fo for o in orders.values() for fo in o.fulfillment_order_ids))),
    }
    wrong = reconciler.drift(EVERYTHING, parts)
    stock.rewant({d.row_id: int(d.actual) for d in wrong if d.kind == "wanted"}, cause=Ref("core.command", here.command_id))
    ledger.mend(parts["fulfillment_order"].ids or ())
    ledger.resum(sorted({d.order_id for d in wrong if d.fulfillment_order_id is None}))
    left = {(d.kind, d.row_id) for d in reconciler.drift(EVERYTHING, parts)}
    emit(
        *(
            OrderMended(order_id=d.order_id, client_id=d.client_id, kind=d.kind, stated=d.stated, actual=d.actual)
            for d in wrong
            if (d.kind, d.row_id) not in left
        )
    )
    return len(wrong)
