"""Hold an order, and let it go on."""

from __future__ import annotations

from uuid import UUID

from packhorse.core import sql
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid, NotFound, PackhorseError
from packhorse.core.use_case import use_case
from packhorse.steps.orders import ledger, requests
from packhorse.steps.orders.errors import HoldNotOpen, TooLate
from packhorse.steps.orders.models import Hold
from packhorse.steps.orders.services.holding import release_holds
from packhorse.steps.orders.types import GONE, HoldDone, HoldRefused


@use_case
def place_hold(
    *, key: UUID, actor: Actor, fulfillment_order_ids: list[int], kind: str = "manual", note: str, owner_role: str = "service"
) -> list[HoldDone | HoldRefused]:
    """Hold fulfillment orders: nothing of them is released, packed or shipped until the hold is released. One answer per fulfillment order, in order.

    Locks: fulfillment orders, lines.   Raises: NotAllowed, Invalid.
    """
    authorize(actor, "hold_orders")
    if kind not in Hold.Kind.values:
        raise Invalid(field="kind", reason=kind)
    ledger.lock_orders(fulfillment_order_ids)
    found = {
        r[0]: r
        for r in sql.rows("SELECT id, client_id, warehouse_id, stage, order_id FROM orders_fulfillmentorder WHERE id = ANY(%s)", [fulfillment_order_ids])
    }
    answers: list[HoldDone | HoldRefused] = []
    for fo_id in fulfillment_order_ids:
        try:
            if fo_id not in found:
                raise NotFound(kind="fulfillment order", ref=str(fo_id))
            _, client_id, warehouse_id, stage, order_id = found[fo_id]
            authorize(actor, "hold_orders", client_id=client_id, warehouse_id=warehouse_id)
            if stage in GONE:
                raise TooLate(what=stage, order_id=order_id)
            answers.append(HoldDone(fo_id, requests.hold(fulfillment_order_id=fo_id, kind=kind, note=note, owner_role=owner_role)))
        except PackhorseError as refusal:
            answers.append(HoldRefused(fo_id, refusal.code, refusal.message, refusal.link))
    return answers


@use_case
def release_hold(*, key: UUID, actor: Actor, hold_id: int) -> HoldDone:
    """The reason to wait is gone. A payment hold is released by hand only by those who may take payments: the goods leave unpaid.

    Locks: the fulfillment order, lines.   Raises: NotAllowed, NotFound, HoldNotOpen.
    """
    found = sql.rows(
        "SELECT h.fulfillment_order_id, f.client_id, f.warehouse_id, f.order_id FROM orders_hold h JOIN orders_fulfillmentorder f ON f.id = h.fulfillment_order_id WHERE h.id = %s",
        [hold_id],
    )
    if not found:
        raise NotFound(kind="hold", ref=str(hold_id))
    fo_id, client_id, warehouse_id, order_id = found[0]
    ledger.lock_orders([fo_id])
    authorize(actor, "hold_orders", client_id=client_id, warehouse_id=warehouse_id)
    kind, released_at = sql.rows("SELECT kind, released_at FROM orders_hold WHERE id = %s FOR UPDATE", [hold_id])[0]
    if kind == "payment":
        authorize(actor, "take_payment", client_id=client_id, warehouse_id=warehouse_id)
    if released_at is not None:
        raise HoldNotOpen(hold_id=hold_id, order_id=order_id)
    release_holds([fo_id], [kind])
    return HoldDone(fo_id, hold_id)
