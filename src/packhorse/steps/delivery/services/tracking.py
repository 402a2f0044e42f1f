"""Parcels on their way: begun when the carrier took them over, followed by what it says, ended when they arrive."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID, uuid4

from django.utils import translation
from django.utils.formats import date_format

from packhorse.core import work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import Invalid
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.carriers import registry
from packhorse.ground.carriers.services import record_transits
from packhorse.ground.carriers.types import TrackingUpdate, TransitFact
from packhorse.ground.messages.queue import queue
from packhorse.ground.messages.types import NewMessage
from packhorse.ground.places.calendar import business_days_between
from packhorse.ground.places.geography import zone
from packhorse.ground.warehouse.models import Warehouse
from packhorse.steps.delivery import records, selectors
from packhorse.steps.delivery.events import ExpectedAnew, ParcelArrived, ParcelTracked
from packhorse.steps.delivery.models import Delivery, TrackingEvent
from packhorse.steps.delivery.policy import expected_after, zone_of
from packhorse.steps.delivery.services.exceptions import Trouble, close_ended, open_troubles
from packhorse.steps.delivery.states import ARRIVED, FINAL, KINDS, QUIET, RANK
from packhorse.steps.delivery.types import Recorded
from packhorse.steps.orders import ledger as orders, selectors as order_selectors
from packhorse.steps.packing import selectors as packing
from packhorse.steps.shipping import selectors as shipping
from packhorse.steps.shipping.types import LabelInfo

#: Codes of which the customer is told by a message, and its template.
TOLD = {"out_for_delivery": "out_for_delivery", "delivered": "delivered"}
#: Codes that need somebody.
TROUBLES = {"exception", "attempted", "returning", "lost"}


@use_case
def begin_deliveries(*, key: UUID, actor: Actor, manifest_ids: list[int]) -> int:
    """Parcels were handed over: follow them, and tell the customers. Returns how many.

    Locks: nothing (inserts; one delivery per label).
    """
    authorize(actor, "run_system")
    labels = [label for manifest_id in manifest_ids for label in shipping.labels_on(EVERYTHING, manifest_id)]
    made = _begin(labels)
    parcels: dict[int, list[Delivery]] = defaultdict(list)
    for d in made:
        parcels[d.order_id].append(d)
    _tell("shipped", [ds[0] for ds in parcels.values()], {order_id: ", ".join(d.tracking_number for d in ds) for order_id, ds in parcels.items()})
    return len(made)


@use_case
def begin_return(*, key: UUID, actor: Actor, label_ids: list[int]) -> int:
    """Return labels were bought: follow their parcels from the customer's first scan. Returns how many.

    Locks: nothing (inserts; one delivery per label).
    """
    authorize(actor, "run_system")
    return len(_begin(shipping.labels_by_id(EVERYTHING, label_ids)))


def _begin(labels: Sequence[LabelInfo]) -> list[Delivery]:
    known = {d.label_id for d in selectors.deliveries_of_labels(EVERYTHING, [i.label_id for i in labels])}
    fresh = [i for i in labels if i.label_id not in known and i.tracking_number]
    addresses = order_selectors.ship_to(EVERYTHING, sorted({i.order_id for i in fresh}))
    houses = {w.pk: zone(w.country, w.postal_code) for w in Warehouse.objects.filter(pk__in={i.warehouse_id for i in fresh})}
    now = work.current().at
    rows = []
    for label in fresh:
        home = addresses.get(label.order_id)
        ends = (houses[label.warehouse_id], zone(home.data.country, home.data.postal_code) if home else "")
        origin, destination = ends if label.parcel_id is not None else ends[::-1]
        rows.append(
            Delivery(
                client_id=label.client_id,
                warehouse_id=label.warehouse_id,
                order_id=label.order_id,
                fulfillment_order_id=label.fulfillment_order_id,
                label_id=label.label_id,
                parcel_id=label.parcel_id,
                carrier=label.carrier,
                service=label.service,
                tracking_number=label.tracking_number or "",
                origin=origin,
                destination=destination,
                status_at=now,
                sent_at=label.handed_over_at or now,
                promised_by=label.promised_by,
                expected_by=label.expected_by,
            )
        )
    return Delivery.objects.bulk_create(rows)


def poll_tracking(*, actor: Actor, since: dt.datetime | None = None, limit: int = 5000) -> Recorded:
    """Ask every carrier about the parcels it has under way (only for scans later than `since`, where given), and record what is new. Carriers are asked outside any transaction."""
    total = Recorded(0, 0, 0, 0)
    for carrier in registry.carriers():
        waiting = selectors.under_way(actor.scope, carrier.code, limit=limit)
        updates = carrier.track([d.tracking_number for d in waiting], since) if waiting else []
        if updates:
            done = record_tracking(key=uuid4(), actor=actor, carrier=carrier.code, updates=updates)
            total = Recorded(total.new + done.new, total.repeated + done.repeated, total.unknown + done.unknown, total.arrived + done.arrived)
    return total


@use_case
def record_tracking(*, key: UUID, actor: Actor, carrier: str, updates: list[TrackingUpdate]) -> Recorded:
    """Record what a carrier said, from a poll or a webhook, in any order and as often as it likes: each scan counts once, a parcel's status never goes back.

    Parcels that arrived move their order lines to delivered and teach the transit times; troubles open exceptions, which close when their fact ends; customers are told.
    Numbers that are not ours, or of clients the actor does not see, are only counted.

    Locks: deliveries, exceptions, order lines.   Raises: Invalid.
    """
    authorize(actor, "track")
    if strange := {u.code for u in updates} - RANK.keys():
        raise Invalid(field="code", reason=", ".join(sorted(strange)))
    numbers = {u.tracking_number for u in updates}
    held = {
        n: d
        for n, d in records.lock_by_numbers(carrier, numbers).items()
        if actor.scope.sees_client(d.client_id) and actor.scope.sees_warehouse(d.warehouse_id)
    }
    seen = set(TrackingEvent.objects.filter(delivery__in=held.values()).values_list("delivery_id", "number"))
    fresh: list[tuple[Delivery, TrackingUpdate]] = []
    unknown = 0
    for u in sorted(updates, key=lambda u: (u.occurred_at, u.tracking_number, u.number)):
        d = held.get(u.tracking_number)
        if d is None:
            unknown += 1
        elif (d.pk, u.number) not in seen:
            seen.add((d.pk, u.number))
            fresh.append((d, u))
    now = work.current().at
    TrackingEvent.objects.bulk_create(
        [
            TrackingEvent(
                client_id=d.client_id, delivery=d, number=u.number, code=u.code, detail=u.detail, place=u.place, occurred_at=u.occurred_at, recorded_at=now
            )
            for d, u in fresh
        ]
    )
    moved, arrived = _advance(fresh)
    late = _expect(fresh)
    Delivery.objects.bulk_update(moved, ["status", "status_at", "delivered_at", "expected_by", "told_late_at"])
    emit(*(_tracked(d, u) for d, u in fresh))
    open_troubles([*(_trouble(d, u) for d, u in fresh if u.code in TROUBLES and d.status != "delivered"), *(Trouble(d, "late") for d in late)])
    close_ended(_ended(fresh))
    _arrive([d for d in arrived if d.status == "delivered"])
    emit(
        *(
            ParcelArrived(
                order_id=d.order_id,
                client_id=d.client_id,
                warehouse_id=d.warehouse_id,
                delivery_id=d.pk,
                tracking_number=d.tracking_number,
                is_return=d.parcel_id is None,
            )
            for d in arrived
        )
    )
    for code, template in TOLD.items():
        _tell(template, list({d.pk: d for d, u in fresh if u.code == code and d.parcel_id is not None}.values()), {})
    return Recorded(len(fresh), len(updates) - len(fresh) - unknown, unknown, len(arrived))


def _advance(fresh: Sequence[tuple[Delivery, TrackingUpdate]]) -> tuple[list[Delivery], list[Delivery]]:
    moved: dict[int, Delivery] = {}
    arrived: list[Delivery] = []
    for d, u in fresh:
        if d.status in ARRIVED or RANK[u.code] < RANK[d.status] or (RANK[u.code] == RANK[d.status] and u.occurred_at < d.status_at):
            continue
        d.status, d.status_at = u.code, u.occurred_at
        moved[d.pk] = d
        if u.code in ARRIVED:
            d.delivered_at = u.occurred_at if u.code == "delivered" else None
            arrived.append(d)
    return list(moved.values()), arrived


def _expect(fresh: Sequence[tuple[Delivery, TrackingUpdate]]) -> list[Delivery]:
    """Correct when parcels are expected. Returns those that will be later than promised, whose customers have not heard of it."""
    late: dict[int, Delivery] = {}
    for d, u in fresh:
        if d.parcel_id is None or d.expected_by is None or d.status in FINAL or d.status != u.code or d.status_at != u.occurred_at:
            continue
        before, d.expected_by = d.expected_by, expected_after(u.code, u.occurred_at, d.expected_by, d.destination)
        if d.expected_by == before:
            continue
        here = zone_of(d.destination)
        emit(
            ExpectedAnew(
                order_id=d.order_id, client_id=d.client_id, warehouse_id=d.warehouse_id, delivery_id=d.pk, tracking_number=d.tracking_number,
                day=d.expected_by.astimezone(here).date(), before=before.astimezone(here).date(), because=u.code,
            )
        )  # fmt: skip
        if d.promised_by is not None and d.expected_by > d.promised_by and d.told_late_at is None:
            d.told_late_at, late[d.pk] = work.current().at, d
    return list(late.values())


def _ended(fresh: Sequence[tuple[Delivery, TrackingUpdate]]) -> dict[int, frozenset[str]]:
    """The kinds of exception whose fact these scans end, by delivery. That a parcel came back leaves the question what to do with it."""
    ended: dict[int, frozenset[str]] = {}
    for d, u in fresh:
        kinds = frozenset() if u.code == "announced" else QUIET
        if u.code == "at_point":
            kinds |= {"attempted"}
        if d.status in ARRIVED:
            kinds |= KINDS if d.status == "delivered" else KINDS - {"returning"}
        ended[d.pk] = ended.get(d.pk, frozenset()) | kinds
    return ended


def _tracked(d: Delivery, u: TrackingUpdate) -> ParcelTracked:
    return ParcelTracked(
        order_id=d.order_id,
        client_id=d.client_id,
        warehouse_id=d.warehouse_id,
        delivery_id=d.pk,
        tracking_number=d.tracking_number,
        code=u.code,
        what=u.code.replace("_", " "),
        detail=u.detail,
        place=u.place,
    )


def _trouble(d: Delivery, u: TrackingUpdate) -> Trouble:
    return Trouble(d, "problem" if u.code == "exception" else u.code, u.detail)


def _arrive(deliveries: Sequence[Delivery]) -> None:
    outward = [d for d in deliveries if d.parcel_id is not None]
    quantities: dict[int, int] = defaultdict(int)
    for c in packing.contents(EVERYTHING, [d.parcel_id for d in outward if d.parcel_id is not None]):
        quantities[c.demand_id] += c.quantity
    orders.delivered(quantities)
    record_transits(
        TransitFact(
            d.carrier,
            d.service,
            d.origin,
            d.destination,
            business_days_between(d.sent_at.date(), d.delivered_at.date(), d.destination[:2]) if d.delivered_at else 0,
        )
        for d in outward
    )


def _tell(template: str, deliveries: Sequence[Delivery], numbers: dict[int, str]) -> None:
    if not deliveries:
        return
    order_ids = sorted({d.order_id for d in deliveries})
    addresses = order_selectors.ship_to(EVERYTHING, order_ids)
    infos = {fo.order_id: fo for fo in order_selectors.fulfillment_orders_of(EVERYTHING, order_ids)}
    messages = []
    for d in deliveries:
        if d.order_id not in addresses:  # erased
            continue
        fo = infos[d.order_id]
        to = addresses[d.order_id].data
        with translation.override(fo.language):
            expected = d.expected_by or d.promised_by
            promise = date_format(expected, "DATE_FORMAT") if expected else ""
        values = {
            "name": to.name,
            "order_number": fo.order_number,
            "carrier": registry.carrier(d.carrier).name,
            "tracking_number": numbers.get(d.order_id, d.tracking_number),
            "tracking_url": order_selectors.tracking_url(d.order_id),
            "return_url": order_selectors.return_url(d.order_id),
            "promise": promise,
            "parcels": str(len(numbers.get(d.order_id, d.tracking_number).split(", "))),
        }
        messages.append(
            NewMessage(
                template=template,
                subject=Ref("delivery.delivery", d.pk),
                recipient=to.email,
                language=fo.language,
                client_id=d.client_id,
                order_id=d.order_id,
                values=values,
            )
        )
    queue(messages)
