"""The end of the day: the carrier takes parcels over, and with them the goods leave."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Final
from uuid import UUID, uuid5

import structlog

from packhorse.core import clock, sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import PackhorseError, WrongState
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.states import check_transition
from packhorse.core.use_case import use_case
from packhorse.ground.carriers import registry
from packhorse.ground.carriers.errors import CarrierUnavailable
from packhorse.ground.carriers.types import ManifestRequest
from packhorse.steps.inventory import ledger as stock
from packhorse.steps.orders import ledger as orders
from packhorse.steps.packing import requests as packing_requests, selectors as packing
from packhorse.steps.shipping import records, selectors
from packhorse.steps.shipping.errors import NothingToManifest, OnManifest
from packhorse.steps.shipping.events import ManifestHandedOver
from packhorse.steps.shipping.models import Label, Manifest
from packhorse.steps.shipping.states import MANIFEST
from packhorse.steps.shipping.types import HandedOver, ManifestInfo

log = structlog.get_logger(__name__)


#: A manifest that stands open for longer is finished by the job.
UNFINISHED: Final = dt.timedelta(minutes=2)


def close_manifest(*, key: UUID, actor: Actor, warehouse_id: int, carrier: str, label_ids: list[int] | None = None) -> HandedOver:
    """Hand all parcels that stand ready for a carrier (or those named) over: written down, the carrier told, the goods posted out. Safe to repeat with the same key.

    Raises: NothingToManifest, OnManifest, CarrierUnavailable (then repeat: nothing is told twice).
    """
    manifest_id = open_manifest(key=key, actor=actor, warehouse_id=warehouse_id, carrier=carrier, label_ids=label_ids)
    return _finish(actor, selectors.manifest(EVERYTHING, manifest_id))


def finish_manifests(*, actor: Actor, before: dt.datetime | None = None) -> int:
    """Finish manifests that were opened (before a moment: two minutes ago) and never handed over, because their worker died or the carrier did not answer. How many are done now.

    Raises: what the last of those says that cannot be posted, when all others are done.
    """
    done, odd = 0, None
    for manifest in selectors.closing(actor.scope, before or clock.now() - UNFINISHED):
        try:
            _finish(actor, manifest)
            done += 1
        except (CarrierUnavailable, WrongState) as error:  # the next round asks again; or somebody else was quicker
            log.warning("manifest_not_finished", manifest_id=manifest.manifest_id, reason=error.message)
        except PackhorseError as error:  # a person must see to it; the others leave
            log.error("manifest_cannot_be_finished", manifest_id=manifest.manifest_id, reason=error.message)
            odd = error
    if odd is not None:
        raise odd
    return done


def finish_manifest(*, actor: Actor, manifest_id: int) -> HandedOver:
    """Finish one manifest; the answer is the same however often it is asked.

    Raises: NotFound, NotAllowed, CarrierUnavailable.
    """
    return _finish(actor, selectors.manifest(actor.scope, manifest_id))


def _finish(actor: Actor, manifest: ManifestInfo) -> HandedOver:
    if manifest.state == "handed_over":
        return selectors.handed_over(EVERYTHING, manifest.manifest_id)
    on_it = selectors.labels_on(EVERYTHING, manifest.manifest_id)
    numbers = tuple(i.tracking_number for i in on_it if i.tracking_number)
    key = uuid5(manifest.key, "manifest")
    answer = registry.carrier(manifest.carrier).manifest(ManifestRequest(key=key, tracking_numbers=numbers, handed_over_at=clock.now()))
    # What the carrier has already, from a manifest that we could not post, it has.
    has = {r.subject for r in answer.refused if r.code == "handed_over"}
    return hand_over(
        key=uuid5(manifest.key, "hand over"),
        actor=actor,
        manifest_id=manifest.manifest_id,
        number=answer.number,
        accepted=sorted({*answer.accepted, *has}),
        refused=[(r.subject, r.message or r.code) for r in answer.refused if r.subject not in has],
    )


@use_case
def open_manifest(*, key: UUID, actor: Actor, warehouse_id: int, carrier: str, label_ids: list[int] | None) -> int:
    """Write down which labels go with the truck. Returns the manifest's id.

    Locks: labels.   Raises: NothingToManifest, OnManifest.
    """
    authorize(actor, "manifest", warehouse_id=warehouse_id)
    ready = selectors.ready_for_manifest(EVERYTHING, warehouse_id, carrier, label_ids=label_ids)
    wanted = [i.label_id for i in ready]
    labels = [b for b in records.lock_labels(wanted) if b.state == "bought" and b.manifest_id is None]
    if not labels:
        for named in selectors.labels_by_id(EVERYTHING, label_ids or []):
            if named.warehouse_id == warehouse_id and named.manifest_id is not None:
                taken = selectors.manifest(EVERYTHING, named.manifest_id)
                raise OnManifest(parcel=named.parcel or named.tracking_number, manifest=taken.number or f"#{taken.manifest_id}", manifest_id=taken.manifest_id)
        raise NothingToManifest(carrier=carrier)
    manifest = Manifest.objects.create(warehouse_id=warehouse_id, carrier=carrier, key=key, parcels=len(labels), opened_at=work.current().at)
    Label.objects.filter(pk__in=[b.pk for b in labels]).update(manifest=manifest)
    return manifest.pk


@use_case
def hand_over(*, key: UUID, actor: Actor, manifest_id: int, number: str, accepted: list[str], refused: list[tuple[str, str]]) -> HandedOver:
    """The carrier took these tracking numbers: their goods leave stock, their orders are shipped (LinesShipped). What it refused, and parcels held or opened again meanwhile, stay.

    Locks: manifest, labels, parcels, order lines, allocations, stock, levels.   Raises: WrongState, OrderHeld, LotBlocked.
    """
    manifest = records.lock_manifest(manifest_id)
    authorize(actor, "manifest", manifest)
    check_transition(MANIFEST, "manifest", manifest.state, "handed_over", page="shipping:manifest", pk=manifest.pk)
    labels = records.lock_labels(Label.objects.filter(manifest=manifest).values_list("pk", flat=True))
    free, yes = selectors.may_leave(EVERYTHING, [b.pk for b in labels]), set(accepted)
    taken = [b for b in labels if b.tracking_number in yes and b.pk in free]
    _stay(sorted({b.pk for b in labels} - {b.pk for b in taken}))
    Label.objects.filter(pk__in=[b.pk for b in taken]).update(handed_over_at=work.current().at)
    parcel_ids = [b.parcel_id for b in taken if b.parcel_id is not None]
    shipment_of = {b.parcel_id: b.shipment_id for b in taken}
    packing_requests.handed_over(parcel_ids)
    quantities: dict[int, int] = defaultdict(int)
    shipments: dict[int, int] = {}
    allocations: set[int] = set()
    for c in packing.contents(EVERYTHING, parcel_ids):
        quantities[c.demand_id] += c.quantity
        shipments[c.demand_id] = shipment_of[c.parcel_id] or 0
        allocations.add(c.allocation_id)
    orders.shipped(quantities, shipments=shipments)
    stock.ship(sorted(allocations), cause=Ref("shipping.manifest", manifest.pk))
    manifest.state, manifest.number, manifest.parcels = Manifest.State.HANDED_OVER, number, len(taken)
    manifest.handed_over_at, manifest.refused = work.current().at, [{"tracking_number": t, "reason": r} for t, r in refused]
    manifest.save(update_fields=["state", "number", "parcels", "handed_over_at", "refused"])
    emit(ManifestHandedOver(warehouse_id=manifest.warehouse_id, manifest_id=manifest.pk, carrier=manifest.carrier, number=number, parcels=len(taken)))
    return HandedOver(manifest_id=manifest.pk, number=number, parcels=len(taken), refused=tuple(refused))


def _stay(label_ids: list[int]) -> None:
    """Labels that did not go wait for the next manifest; those of parcels that were opened again are to be given back."""
    sql.run(
        """UPDATE shipping_label l SET manifest_id = NULL, state = CASE WHEN p.state = 'voided' THEN 'void_asked' ELSE l.state END, next_attempt_at = %s
           FROM packing_parcel p WHERE p.id = l.parcel_id AND l.id = ANY(%s)""",
        [work.current().at, label_ids],
    )
