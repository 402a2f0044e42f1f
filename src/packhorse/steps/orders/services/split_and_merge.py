"""A fulfillment order becomes two, or two become one: what is promised, waiting and cancelled in all stays what it was."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from packhorse.core.actors import Actor
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.steps.orders import parts
from packhorse.steps.orders.errors import NotAPair, NothingToChange, PartLeft
from packhorse.steps.orders.events import FulfillmentMerged, FulfillmentSplit
from packhorse.steps.orders.services.cancelling import note_change
from packhorse.steps.orders.services.fulfillment import authorized_parts, untouched
from packhorse.steps.orders.types import FulfillmentOrderInfo, Merged, SplitOff


@use_case
def split_fulfillment(*, key: UUID, actor: Actor, fulfillment_order_id: int, quantities: dict[int, int], reason: str) -> SplitOff:
    """Make so many units of lines, named by their demand, a fulfillment order of their own at the same warehouse; those that wait for goods go first. Until it is released.

    Locks: the order, fulfillment orders, lines, demands.   Raises: NotAllowed, NotFound, Invalid, TooLate, OnTheFloor, NothingToChange.
    """
    fo = untouched(authorized_parts(actor, [fulfillment_order_id])[0])
    lines = {line.demand_id: line for line in fo.lines}
    for demand_id, q in quantities.items():
        if demand_id not in lines:
            raise NotFound(kind="order line", ref=str(demand_id))
        most = lines[demand_id].live - lines[demand_id].shipped
        if not 0 <= q <= most:
            raise Invalid(field="quantity", reason=f"0 – {most}")
    chosen = {demand_id: q for demand_id, q in quantities.items() if q}
    if not chosen:
        raise NothingToChange(order_id=fo.order_id)
    if sum(chosen.values()) == fo.units:
        raise Invalid(field="quantities", reason=_("Nothing would be left of {number}."), number=fo.number)
    new, number = parts.take_apart(fo, chosen)
    units = sum(chosen.values())
    note_change(fo.order_id, "split", reason, {"from": fulfillment_order_id, "to": new, "quantities": {str(d): q for d, q in sorted(chosen.items())}})
    emit(
        FulfillmentSplit(
            order_id=fo.order_id,
            client_id=fo.client_id,
            warehouse_id=fo.warehouse_id,
            fulfillment_order_id=new,
            number=fo.number,
            new=number,
            units=units,
            reason=reason,
        )
    )
    return SplitOff(fo.order_id, new, number)


@use_case
def merge_fulfillments(*, key: UUID, actor: Actor, fulfillment_order_id: int, other_id: int, reason: str) -> Merged:
    """Make another fulfillment order of the same order and warehouse part of this one: as long as neither is released, and nothing of the other has left.

    Locks: the order, fulfillment orders, lines, demands.   Raises: NotAllowed, NotFound, NotAPair, TooLate, OnTheFloor, PartLeft.
    """
    into, other = authorized_parts(actor, [fulfillment_order_id, other_id])
    _pair(into, other)
    untouched(into)
    untouched(other)
    if any(line.shipped for line in other.lines):
        raise PartLeft(number=other.number, what=left(other), order_id=other.order_id)
    parts.put_together(into, other)
    note_change(into.order_id, "merge", reason, {"from": other_id, "to": fulfillment_order_id})
    emit(
        FulfillmentMerged(
            order_id=into.order_id,
            client_id=into.client_id,
            warehouse_id=into.warehouse_id,
            fulfillment_order_id=fulfillment_order_id,
            number=other.number,
            into=into.number,
            units=other.units,
            reason=reason,
        )
    )
    return Merged(into.order_id, fulfillment_order_id, into.number, other.units)


def left(fo: FulfillmentOrderInfo) -> str:
    """What of it has left, in words."""
    return ", ".join(f"{line.shipped} × {line.sku}" for line in fo.lines if line.shipped)


def _pair(into: FulfillmentOrderInfo, other: FulfillmentOrderInfo) -> None:
    what = (
        _("the same")
        if into.fulfillment_order_id == other.fulfillment_order_id
        else _("of another order")
        if into.order_id != other.order_id
        else _("at another warehouse")
        if into.warehouse_id != other.warehouse_id
        else ""
    )
    if what:
        raise NotAPair(number=other.number, what=what, order_id=into.order_id)
