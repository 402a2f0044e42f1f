"""Exceptions: found before the customer calls, each with an owner and a deadline; delays told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from packhorse.core import work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import WrongState
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.messages.queue import queue
from packhorse.ground.messages.types import NewMessage
from packhorse.steps.delivery import records
from packhorse.steps.delivery.events import ExceptionClosed, ExceptionOpened
from packhorse.steps.delivery.models import Delivery, DeliveryException
from packhorse.steps.delivery.states import ARRIVED, QUIET
from packhorse.steps.orders import selectors as orders

#: After so long without a first scan, or without any, a parcel needs somebody.
NO_SCAN: Final = dt.timedelta(days=2)
STUCK: Final = dt.timedelta(days=5)
#: How long its owner has.
DEADLINE: Final = dt.timedelta(days=1)
#: Kinds of which the customer is told, and the template.
TOLD: Final = {"late": "order_delayed", "lost": "delivery_problem", "problem": "delivery_problem", "returning": "delivery_problem"}


@dataclass(frozen=True)
class Trouble:
    """A delivery and what is wrong with it: problem, attempted, returning, lost, no_scan, stuck, late."""

    delivery: Delivery
    kind: str
    detail: str = ""


def open_troubles(troubles: Sequence[Trouble]) -> int:
    """Open an exception for each trouble that has none open of its kind, and tell the customer where it concerns them; how many are new. Inside a use case, deliveries locked."""
    unique = {(t.delivery.pk, t.kind): t for t in troubles}
    standing = set(DeliveryException.objects.filter(delivery_id__in=[pk for pk, _ in unique], closed_at__isnull=True).values_list("delivery_id", "kind"))
    fresh = [t for name, t in unique.items() if name not in standing]
    now = work.current().at
    made = DeliveryException.objects.bulk_create(
        [
            DeliveryException(
                client_id=t.delivery.client_id,
                warehouse_id=t.delivery.warehouse_id,
                delivery=t.delivery,
                kind=t.kind,
                detail=t.detail,
                opened_at=now,
                deadline=now + DEADLINE,
            )
            for t in fresh
        ]
    )
    emit(
        *(
            ExceptionOpened(
                order_id=t.delivery.order_id,
                client_id=t.delivery.client_id,
                warehouse_id=t.delivery.warehouse_id,
                delivery_id=t.delivery.pk,
                tracking_number=t.delivery.tracking_number,
                kind=t.kind,
                exception_id=e.pk,
            )
            for t, e in zip(fresh, made, strict=True)
        )
    )
    _tell([(t, e) for t, e in zip(fresh, made, strict=True) if t.kind in TOLD and t.delivery.parcel_id is not None])
    return len(fresh)


def _tell(troubles: Sequence[tuple[Trouble, DeliveryException]]) -> None:
    order_ids = sorted({t.delivery.order_id for t, _ in troubles})
    addresses = orders.ship_to(EVERYTHING, order_ids)
    infos = {fo.order_id: fo for fo in orders.fulfillment_orders_of(EVERYTHING, order_ids)}
    messages = []
    for t, e in troubles:
        if t.delivery.order_id not in addresses:  # erased
            continue
        d, fo, to = t.delivery, infos[t.delivery.order_id], addresses[t.delivery.order_id].data
        with translation.override(fo.language):
            reasons = {
                "late": _("It takes longer than the carrier said."),
                "lost": _("The carrier cannot find your parcel. We are taking care of it."),
                "problem": _("The carrier reports a problem with your parcel. We are taking care of it."),
                "returning": _("The carrier could not deliver your parcel; it is on its way back to us."),
            }
            values = {
                "name": to.name,
                "order_number": fo.order_number,
                "reason": reasons[t.kind],
                "tracking_url": orders.tracking_url(d.order_id),
                "promise": date_format(d.expected_by, "DATE_FORMAT") if d.expected_by else "",
            }
        messages.append(
            NewMessage(
                template=TOLD[t.kind],
                subject=Ref("delivery.exception", e.pk),
                recipient=to.email,
                language=fo.language,
                client_id=d.client_id,
                order_id=d.order_id,
                values=values,
            )
        )
    queue(messages)


def close_ended(ended: Mapping[int, frozenset[str]]) -> int:
    """Close the open exceptions of deliveries whose kind is among those that ended; how many. Inside a use case, deliveries locked."""
    standing = (
        DeliveryException.objects.select_for_update(of=("self",))
        .select_related("delivery")
        .filter(delivery_id__in=list(ended), closed_at__isnull=True)
        .order_by("pk")
    )
    over = [e for e in standing if e.kind in ended[e.delivery_id]]
    for e in over:
        e.closed_at, e.closed_by = work.current().at, work.current().actor.principal
        e.resolution = e.delivery.status if e.delivery.status in ARRIVED else "moving"
    DeliveryException.objects.bulk_update(over, ["closed_at", "closed_by", "resolution"])
    emit(*(_closed(e) for e in over))
    return len(over)


def _closed(e: DeliveryException) -> ExceptionClosed:
    d = e.delivery
    return ExceptionClosed(
        order_id=d.order_id,
        client_id=d.client_id,
        warehouse_id=d.warehouse_id,
        delivery_id=d.pk,
        tracking_number=d.tracking_number,
        kind=e.kind,
        resolution=e.resolution,
    )


@use_case
def open_exceptions(*, key: UUID, actor: Actor) -> int:
    """Look for parcels that nobody scanned for too long, or that are past the date their customers were promised, and open exceptions; how many.

    What somebody closed is not opened again before the parcel's next scan.

    Locks: deliveries.
    """
    authorize(actor, "run_system")
    now = work.current().at
    under_way = Delivery.objects.exclude(status__in=["delivered", "returned", "lost"]).filter(parcel_id__isnull=False)
    quiet = under_way.filter(status="announced", sent_at__lt=now - NO_SCAN) | under_way.filter(status_at__lt=now - STUCK)
    late = under_way.filter(promised_by__lt=now, told_late_at__isnull=True)
    held = records.lock_deliveries(sorted(set(quiet.values_list("pk", flat=True)) | set(late.values_list("pk", flat=True))))
    closed = DeliveryException.objects.filter(delivery__in=held, kind__in=QUIET, closed_at__isnull=False)
    dealt_with = {(e.delivery_id, e.kind) for e in closed.select_related("delivery") if e.closed_at and e.closed_at >= e.delivery.status_at}
    troubles = []
    for d in held:
        if d.status == "announced" and d.sent_at < now - NO_SCAN:
            troubles.append(Trouble(d, "no_scan"))
        elif d.status_at < now - STUCK:
            troubles.append(Trouble(d, "stuck"))
        if d.promised_by is not None and d.promised_by < now and d.told_late_at is None:
            troubles.append(Trouble(d, "late"))
    troubles = [t for t in troubles if (t.delivery.pk, t.kind) not in dealt_with]
    Delivery.objects.filter(pk__in=[t.delivery.pk for t in troubles if t.kind == "late"]).update(told_late_at=now)
    return open_troubles(troubles)


@use_case
def close_exception(*, key: UUID, actor: Actor, exception_id: int, resolution: str) -> int:
    """Somebody dealt with an exception. Returns its id.

    Locks: exception.   Raises: WrongState.
    """
    found = records.lock_exception(exception_id)
    authorize(actor, "track", found)
    if found.closed_at is not None:
        raise WrongState(kind="exception", state="closed", wanted="closed", page="delivery:exception", id=found.pk)
    found.closed_at, found.closed_by, found.resolution = work.current().at, actor.principal, resolution
    found.save(update_fields=["closed_at", "closed_by", "resolution"])
    emit(_closed(found))
    return found.pk
