"""Returns on their way: the label is there, the carrier has the parcel, it stands at the door – or nothing comes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.steps.returns import records, selectors
from packhorse.steps.returns.events import ReturnExpired, ReturnLabelSent, ReturnOnItsWay
from packhorse.steps.returns.models import Rma
from packhorse.steps.returns.services.asking import tell_customer
from packhorse.steps.shipping import selectors as shipping

#: So long after the day by which it was to be sent, a return that nobody has seen has expired.
GRACE: Final = dt.timedelta(days=14)


@use_case
def labels_bought(*, key: UUID, actor: Actor, label_ids: list[int]) -> int:
    """Labels were bought; those for returns go to their customers. Returns how many.

    Locks: returns.
    """
    authorize(actor, "run_system")
    labels = {i.for_id: i for i in shipping.labels_by_id(EVERYTHING, label_ids) if i.for_kind == "returns.rma" and i.for_id is not None}
    rmas = [r for r in records.lock_rmas(labels) if r.state == "approved"]
    Rma.objects.filter(pk__in=[r.pk for r in rmas]).update(state=Rma.State.LABEL_SENT)
    tell_customer("return_label", rmas)
    emit(
        *(
            ReturnLabelSent(
                order_id=r.order_id,
                client_id=r.client_id,
                warehouse_id=r.warehouse_id,
                rma_id=r.pk,
                number=r.number,
                tracking_number=labels[r.pk].tracking_number or "",
            )
            for r in rmas
        )
    )
    return len(rmas)


def _move(rmas: Sequence[Rma], arrived: set[int]) -> int:
    """Returns (locked) are on their way, some at the door. How many changed."""
    now = work.current().at
    moved = [r for r in rmas if r.state in ("approved", "label_sent", "expired") or (r.state == "in_transit" and r.pk in arrived and r.arrived_at is None)]
    if not moved:
        return 0
    sql.run(
        "UPDATE returns_rma SET state = 'in_transit', arrived_at = CASE WHEN id = ANY(%s) THEN coalesce(arrived_at, %s) ELSE arrived_at END WHERE id = ANY(%s)",
        [sorted(arrived), now, [r.pk for r in moved]],
    )
    emit(
        *(
            ReturnOnItsWay(order_id=r.order_id, client_id=r.client_id, warehouse_id=r.warehouse_id, rma_id=r.pk, number=r.number, arrived=r.pk in arrived)
            for r in moved
        )
    )
    return len(moved)


@use_case
def parcels_arrived(*, key: UUID, actor: Actor, delivery_ids: list[int]) -> int:
    """Parcels with return labels stand at the door, to be received. Returns how many.

    Locks: returns.
    """
    authorize(actor, "run_system")
    label_ids = [d[0] for d in sql.rows("SELECT label_id FROM delivery_delivery WHERE id = ANY(%s)", [delivery_ids])]
    ids = {i.for_id for i in shipping.labels_by_id(EVERYTHING, label_ids) if i.for_kind == "returns.rma" and i.for_id is not None}
    return _move(records.lock_rmas(ids), ids)


@use_case
def follow_returns(*, key: UUID, actor: Actor) -> int:
    """Look which returns the carrier has scanned since their labels were sent: they are on their way, or at the door. Returns how many changed.

    Locks: returns.
    """
    authorize(actor, "run_system")
    found = dict(selectors.on_their_way(EVERYTHING))
    return _move(records.lock_rmas(found), {pk for pk, arrived in found.items() if arrived})


@use_case
def expire_returns(*, key: UUID, actor: Actor) -> int:
    """Close approved returns of which nothing was seen long after they should have been sent. What they asked for can be asked for again. Returns how many.

    Locks: returns.
    """
    authorize(actor, "run_system")
    late = Rma.objects.filter(state__in=["approved", "label_sent"], send_by__lt=work.current().at - GRACE).values_list("pk", flat=True)[:1000]
    rmas = [r for r in records.lock_rmas(late) if r.state in ("approved", "label_sent")]
    Rma.objects.filter(pk__in=[r.pk for r in rmas]).update(state=Rma.State.EXPIRED)
    emit(*(ReturnExpired(order_id=r.order_id, client_id=r.client_id, warehouse_id=r.warehouse_id, rma_id=r.pk, number=r.number) for r in rmas))
    return len(rmas)
