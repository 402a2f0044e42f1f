"""Another warehouse ships a fulfillment order."""

from __future__ import annotations

from uuid import UUID

from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.places import selectors as places
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.orders import parts
from packhorse.steps.orders.errors import NothingToChange, PartLeft
from packhorse.steps.orders.events import FulfillmentMoved
from packhorse.steps.orders.services.cancelling import note_change
from packhorse.steps.orders.services.fulfillment import authorized_parts, untouched
from packhorse.steps.orders.services.promising import promise_anew
from packhorse.steps.orders.services.split_and_merge import left
from packhorse.steps.orders.types import Moved


@use_case
def move_fulfillment(*, key: UUID, actor: Actor, fulfillment_order_id: int, warehouse_id: int, reason: str) -> Moved:
    """Let another warehouse ship a fulfillment order: its promises are given up here and made there, as far as goods are there; both days are promised anew from now. Until it is released.

    Locks: the order, fulfillment orders, lines, demands, the stock rows of both warehouses.   Raises: NotAllowed, NotFound, TooLate, OnTheFloor, PartLeft, NothingToChange.
    """
    fo = untouched(authorized_parts(actor, [fulfillment_order_id])[0])
    authorize(actor, "edit_orders", client_id=fo.client_id, warehouse_id=warehouse_id)
    if warehouse_id == fo.warehouse_id:
        raise NothingToChange(order_id=fo.order_id)
    if any(line.shipped for line in fo.lines):
        raise PartLeft(number=fo.number, what=left(fo), order_id=fo.order_id)
    kept = places.addresses([fo.ship_to_id], EVERYTHING) if fo.ship_to_id else {}
    promise_anew(fo, next((a.data for a in kept.values()), None), service=fo.service, warehouse_id=warehouse_id)
    change = note_change(fo.order_id, "move", reason, {"fulfillment_order": fulfillment_order_id, "warehouse": [fo.warehouse_id, warehouse_id]})
    promised = parts.send_elsewhere(fo, warehouse_id, Ref("orders.change", change))
    emit(
        FulfillmentMoved(
            order_id=fo.order_id,
            client_id=fo.client_id,
            warehouse_id=warehouse_id,
            fulfillment_order_id=fulfillment_order_id,
            number=fo.number,
            source=warehouses.warehouse(EVERYTHING, fo.warehouse_id).code,
            target=warehouses.warehouse(EVERYTHING, warehouse_id).code,
            promised=promised,
            backordered=fo.units - promised,
            reason=reason,
        )
    )
    return Moved(fo.order_id, fulfillment_order_id, warehouse_id, promised, fo.units - promised)
