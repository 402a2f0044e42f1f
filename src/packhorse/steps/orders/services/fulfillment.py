"""Change one fulfillment order that is not with the floor: its terms."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.steps.orders import records, selectors
from packhorse.steps.orders.errors import NothingToChange, OnTheFloor, TooLate
from packhorse.steps.orders.events import TermsChanged
from packhorse.steps.orders.services.cancelling import note_change
from packhorse.steps.orders.types import MOST_URGENT, Edited, FulfillmentOrderInfo


def authorized_parts(actor: Actor, fulfillment_order_ids: list[int]) -> list[FulfillmentOrderInfo]:
    """These fulfillment orders of one order, in the order given, whose order is locked whole, for somebody who may edit them.

    Raises: NotFound, NotAllowed.
    """
    order_ids = {r[0] for r in sql.rows("SELECT order_id FROM orders_fulfillmentorder WHERE id = ANY(%s)", [fulfillment_order_ids])}
    if order_ids:
        records.lock_orders(order_ids)
    found = {fo.fulfillment_order_id: fo for fo in selectors.fulfillment_orders(EVERYTHING, fulfillment_order_ids)}
    for fo_id in fulfillment_order_ids:
        if fo_id not in found:
            raise NotFound(kind="fulfillment order", ref=str(fo_id))
        authorize(actor, "edit_orders", found[fo_id])
    return [found[i] for i in fulfillment_order_ids]


def untouched(fo: FulfillmentOrderInfo) -> FulfillmentOrderInfo:
    """The fulfillment order, of which nothing is released, or picked and still here.

    Raises: TooLate, OnTheFloor.
    """
    if fo.gone:
        raise TooLate(what=fo.number, order_id=fo.order_id)
    here = sum(line.picked - line.shipped for line in fo.lines)
    if fo.released_at is not None or here:
        what = _("%(n)d units are picked") % {"n": here} if here else _("it is released")
        raise OnTheFloor(number=fo.number, what=what, order_id=fo.order_id)
    return fo


@use_case
def change_terms(*, key: UUID, actor: Actor, fulfillment_order_id: int, ship_complete: bool, priority: int, reason: str) -> Edited:
    """Let a fulfillment order leave in part or only whole, and say what goes before what. Until it is released.

    Locks: the order, fulfillment orders, lines.   Raises: NotAllowed, NotFound, Invalid, TooLate, OnTheFloor, NothingToChange.
    """
    fo = untouched(authorized_parts(actor, [fulfillment_order_id])[0])
    if not 0 <= priority <= MOST_URGENT:
        raise Invalid(field="priority", reason=f"0 – {MOST_URGENT}")
    before = {"ship_complete": fo.ship_complete, "priority": fo.priority}
    after = {"ship_complete": ship_complete, "priority": priority}
    changed = tuple(name for name in after if after[name] != before[name])
    if not changed:
        raise NothingToChange(order_id=fo.order_id)
    sql.run("UPDATE orders_fulfillmentorder SET ship_complete = %s, priority = %s WHERE id = %s", [ship_complete, priority, fulfillment_order_id])
    note_change(fo.order_id, "edit", reason, {"fulfillment_order": fulfillment_order_id, **{name: [before[name], after[name]] for name in changed}})
    emit(
        TermsChanged(
            order_id=fo.order_id,
            client_id=fo.client_id,
            warehouse_id=fo.warehouse_id,
            fulfillment_order_id=fulfillment_order_id,
            number=fo.number,
            leaves="whole" if ship_complete else "part",
            priority=priority,
            reason=reason,
        )
    )
    return Edited(fo.order_id, changed)
