"""The house answers what clients want cancelled that the floor has begun with; where the goods leave first, the truck has answered."""

from __future__ import annotations

from uuid import UUID

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import NotAllowed, NotFound
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.steps.orders import records, selectors
from packhorse.steps.orders.errors import CancellationClosed, TooLate
from packhorse.steps.orders.events import CancellationAnswered
from packhorse.steps.orders.services.asking_to_cancel import asks, close_where_nothing_is_left
from packhorse.steps.orders.services.cancel_orders import cancel
from packhorse.steps.orders.types import Answered


@use_case
def answer_cancellation(*, key: UUID, actor: Actor, cancellation_id: int, accept: bool, note: str = "") -> Answered:
    """Cancel what a client asked for, as far as it has not left; or say no, with a note that the client reads.

    Locks: the order, fulfillment orders, lines, payment requests, holds, the cancellation, allocations, demands, stock.   Raises: NotAllowed, NotFound, CancellationClosed, TooLate.
    """
    found = sql.rows("SELECT order_id FROM orders_cancellation WHERE id = %s", [cancellation_id])
    if not found:
        raise NotFound(kind="cancellation", ref=str(cancellation_id))
    order = records.lock_order(found[0][0])
    for warehouse_id in order.warehouse_ids:
        authorize(actor, "cancel_orders", client_id=order.client_id, warehouse_id=warehouse_id)
    if asks(actor):
        raise NotAllowed(permission="cancel_orders")
    asked = records.lock_cancellation(cancellation_id)
    if asked.state != "asked":
        raise CancellationClosed(state=asked.state, order_id=order.id)
    answered = Answered(cancellation_id, order.id, "rejected")
    if accept:
        lines = [line for fo in selectors.fulfillment_orders_of(EVERYTHING, [order.id]) for line in fo.lines]
        here = {line.demand_id: (line, line.live - line.shipped) for line in lines if line.live > line.shipped}
        wanted = [
            (line, min(left, asked.quantities.get(demand, left))) for demand, (line, left) in here.items() if not asked.quantities or demand in asked.quantities
        ]
        if not wanted:
            raise TooLate(what=", ".join(f"{line.shipped} × {line.sku}" for line in lines if line.shipped), order_id=order.id)
        records.close_cancellation(cancellation_id, "accepted", note)
        done = cancel([(order, lines, wanted)], asked.reason)[order.id]
        answered = Answered(cancellation_id, order.id, "accepted", done.units, done.put_back_units, done.left)
    else:
        records.close_cancellation(cancellation_id, "rejected", note)
    emit(CancellationAnswered(order_id=order.id, client_id=order.client_id, cancellation_id=cancellation_id, state=answered.state, basis="person"))
    return answered


@use_case
def close_cancellations(*, key: UUID, actor: Actor, order_ids: list[int]) -> list[int]:
    """Say no to what was asked for of orders that have left. Gives the orders.

    Locks: orders, fulfillment orders, lines, payment requests, cancellations, holds.   Raises: NotAllowed.
    """
    authorize(actor, "cancel_orders")
    locked = records.lock_orders(order_ids)
    records.lock_open(order_ids, [fo for order in locked.values() for fo in order.fulfillment_order_ids])
    close_where_nothing_is_left(order_ids, state="rejected", basis="left")
    return sorted(order_ids)
