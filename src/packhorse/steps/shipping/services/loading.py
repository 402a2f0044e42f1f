"""The check at the truck: what goes on is scanned, so that nothing is left on the dock and nothing wrong leaves."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from packhorse.core import work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import NotFound, PackhorseError
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.steps.inventory.errors import LotBlocked
from packhorse.steps.orders import selectors as orders
from packhorse.steps.packing import requests as packing_requests, selectors as packing
from packhorse.steps.packing.types import ParcelInfo
from packhorse.steps.shipping import records, selectors
from packhorse.steps.shipping.errors import AlreadyHandedOver, NoLabel, StaysHere, WrongTruck
from packhorse.steps.shipping.events import ParcelLoaded
from packhorse.steps.shipping.models import Label
from packhorse.steps.shipping.types import Loaded


@use_case
def load_parcel(*, key: UUID, actor: Actor, warehouse_id: int, carrier: str, scanned: str) -> Loaded:
    """A parcel was scanned (tracking number, parcel number or SSCC) onto a carrier's truck. Scanned again it is still there.

    Locks: label, parcel.   Raises: NoLabel, WrongTruck, StaysHere, LotBlocked, AlreadyHandedOver.
    """
    authorize(actor, "manifest", warehouse_id=warehouse_id)
    found = selectors.find(EVERYTHING, scanned, warehouse_id=warehouse_id)
    if found is None or found.parcel_id is None:
        raise NoLabel(scanned=scanned, label_id=None)
    label = records.lock_labels([found.label_id])[0]
    authorize(actor, "manifest", label)
    [parcel] = packing.parcels_by_id(EVERYTHING, [found.parcel_id])
    if parcel.state == "handed_over":
        raise AlreadyHandedOver(tracking_number=label.tracking_number, manifest_id=label.manifest_id)
    if label.state != "bought" or label.tracking_number is None:
        raise NoLabel(scanned=scanned, label_id=label.pk)
    if label.carrier != carrier:
        raise WrongTruck(parcel=parcel.number, carrier=label.carrier, truck=carrier, label_id=label.pk)
    already = parcel.state == "loaded"
    if label.pk not in selectors.may_leave(EVERYTHING, [label.pk]):
        raise _why_it_stays(parcel)
    if not already:
        packing_requests.loaded([parcel.parcel_id])
        emit(
            ParcelLoaded(
                order_id=label.order_id,
                client_id=label.client_id,
                warehouse_id=label.warehouse_id,
                label_id=label.pk,
                carrier=carrier,
                tracking_number=label.tracking_number,
            )
        )
    ready = selectors.ready_for_manifest(EVERYTHING, warehouse_id, carrier)
    on = {p.parcel_id for p in packing.parcels_by_id(EVERYTHING, [i.parcel_id for i in ready if i.parcel_id]) if p.state == "loaded"}
    return Loaded(label.pk, parcel.number, label.tracking_number, already, len(on), len(ready))


def _why_it_stays(parcel: ParcelInfo) -> PackhorseError:
    for lot_id, lot, reason in selectors.blocked_lots_in(EVERYTHING, parcel.parcel_id):
        return LotBlocked(lot=lot, reason=reason, lot_id=lot_id)
    [fo] = orders.fulfillment_orders(EVERYTHING, [parcel.fulfillment_order_id])
    if selectors.has_cancelled(EVERYTHING, parcel.parcel_id):
        reason = _("something in it was cancelled, of order %(number)s")
    else:
        reason = _("order %(number)s is on hold") if fo.held else _("it was opened again, for order %(number)s")
    return StaysHere(parcel=parcel.number, reason=reason % {"number": fo.number}, order_id=fo.order_id)


@use_case
def note_printed(*, key: UUID, actor: Actor, label_ids: list[int]) -> int:
    """Labels were printed (again, perhaps: the first time counts). Returns how many for the first time.

    Locks: labels.   Raises: NotFound.
    """
    labels = records.lock_labels(label_ids)
    for label in labels:
        authorize(actor, "ship", label)
    if any(label.pdf_id is None for label in labels):
        raise NotFound(kind="label", ref=_("not bought yet"))
    return Label.objects.filter(pk__in=[b.pk for b in labels], printed_at=None).update(printed_at=work.current().at)
