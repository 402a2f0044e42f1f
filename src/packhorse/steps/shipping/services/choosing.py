"""Rate shopping: carriers are asked outside any transaction, the choice is recorded with all that was considered."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from contextlib import suppress
from dataclasses import asdict
from typing import Final
from uuid import UUID, uuid5

from packhorse.core import clock, sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import KeyReused
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.ground.carriers import registry, selectors as carrier_selectors
from packhorse.ground.carriers.errors import CarrierUnavailable
from packhorse.ground.carriers.types import ParcelSize, Place, Quote, RateRequest, TransitDays
from packhorse.ground.places.geography import zone
from packhorse.ground.warehouse.models import Warehouse
from packhorse.steps.orders import selectors as orders
from packhorse.steps.orders.types import FulfillmentOrderInfo
from packhorse.steps.packing import selectors as packing
from packhorse.steps.packing.types import ParcelInfo
from packhorse.steps.shipping import selectors
from packhorse.steps.shipping.events import ServiceChosen
from packhorse.steps.shipping.models import Unquoted
from packhorse.steps.shipping.states import LIVE
from packhorse.steps.shipping.types import ChosenService, ConsideredRate

POLICY: Final = "cheapest that keeps the promise/1"
#: A service keeps a promise when at least this share of its parcels on the lane arrived in time; with fewer than `ENOUGH` parcels known, the carrier's own date counts.
PROBABILITY: Final = 0.9
ENOUGH: Final = 30
#: Names the keys of labels: the same parcel asks with the same key, until its label was voided.
_NAMESPACE: Final = UUID("6d0f3b0e-0f0e-5a53-8a55-0f6b2b7f2f10")


Known = dict[tuple[str, str, str, str], TransitDays]


def choose_services(*, key: UUID, actor: Actor, warehouse_id: int, parcel_ids: list[int] | None = None, limit: int = 500) -> list[int]:
    """Choose a carrier service for sealed parcels without a label (all that wait, where none are named), per fulfillment order that is packed whole or may ship in part.

    The rule: of the services that keep the promised date at a probability of 0.9, the cheapest; where none does, the earliest.
    Orders that are held are left standing. Those without an address, and those that no carrier quotes for, are noted and tried again by themselves after 1, 2, 4 … minutes, at most an hour
    apart, so that they do not stand in the way of others. Returns the labels requested, and for named parcels those they had already.

    Asked again with its key, it is about the parcels that waited the first time. What was recorded then stands, whatever carriers quote now.
    """
    waiting = ask_for_services(key=key, actor=actor, warehouse_id=warehouse_id, parcel_ids=parcel_ids, limit=limit)
    groups: dict[int, list[ParcelInfo]] = defaultdict(list)
    for parcel in packing.parcels_by_id(actor.scope, waiting):
        if parcel.state == "sealed":
            groups[parcel.fulfillment_order_id].append(parcel)
    infos = orders.fulfillment_orders(actor.scope, list(groups))
    addresses = orders.ship_to(actor.scope, [fo.order_id for fo in infos])
    warehouse = Warehouse.objects.get(pk=warehouse_id)
    origin = Place(warehouse.country, warehouse.postal_code, warehouse.region)
    now = clock.now()
    known: Known = {}
    chosen = []
    unquoted: dict[int, str] = {}
    for fo in infos:
        address = addresses.get(fo.order_id)
        if address is None:
            unquoted[fo.fulfillment_order_id] = Unquoted.Reason.NO_ADDRESS.value
            continue
        place = Place.of(address.data)
        if one := choose(fo, groups[fo.fulfillment_order_id], origin, place, residential=not address.data.company, now=now, known=known):
            chosen.append(one)
        else:
            unquoted[fo.fulfillment_order_id] = Unquoted.Reason.NO_QUOTE.value
    if unquoted:
        with suppress(KeyReused):
            record_unquoted(key=uuid5(key, "unquoted"), actor=actor, warehouse_id=warehouse_id, reasons=unquoted)
    if chosen:
        with suppress(KeyReused):
            record_services(key=uuid5(key, "chosen"), actor=actor, warehouse_id=warehouse_id, chosen=chosen)
    named = waiting if parcel_ids is None else parcel_ids
    return sorted(i.label_id for i in selectors.labels_of(actor.scope, named) if i.state in LIVE)


@use_case
def ask_for_services(*, key: UUID, actor: Actor, warehouse_id: int, parcel_ids: list[int] | None, limit: int) -> list[int]:
    """Settle, before carriers are asked, which parcels a key stands for. Gives those that wait for a service.

    Locks: nothing.   Raises: NotAllowed.
    """
    authorize(actor, "ship", warehouse_id=warehouse_id)
    return selectors.parcels_without_label(actor.scope, warehouse_id, parcel_ids=parcel_ids, limit=limit)


def choose(
    fo: FulfillmentOrderInfo,
    parcels: list[ParcelInfo],
    origin: Place,
    destination: Place,
    *,
    residential: bool,
    now: dt.datetime,
    known: Known | None = None,
) -> ChosenService | None:
    """The service for one order's parcels, with every other one and why it lost (`types.OUTCOMES`); None where nobody quotes. `known` keeps what was asked about lanes."""
    request = RateRequest(
        origin=origin,
        destination=destination,
        parcels=tuple(ParcelSize(p.length_mm, p.width_mm, p.height_mm, p.weight_g) for p in parcels),
        ready_at=now,
        residential=residential,
    )
    quotes: list[Quote] = []
    silent: list[ConsideredRate] = []
    for carrier in registry.carriers():
        try:
            quotes += carrier.rate(request)
        except CarrierUnavailable:
            silent.append(ConsideredRate(carrier.code, "", carrier.name, None, None, "no_answer"))
    available = [q for q in quotes if q.available]
    if not available:
        return None
    lane = (zone(origin.country, origin.postal_code), zone(destination.country, destination.postal_code))
    missed = {id(q): _misses(q, fo.deliver_by, lane, {} if known is None else known) for q in available}
    in_time = [q for q in available if not missed[id(q)]]
    if in_time:
        winner = min(in_time, key=lambda q: (q.amount.amount_minor, q.deliver_by or now, q.carrier, q.service))
    else:
        winner = min(available, key=lambda q: (q.deliver_by or now, q.amount.amount_minor, q.carrier, q.service))
    considered = [
        ConsideredRate(q.carrier, q.service, q.name, q.amount.amount_minor if q.available else None, q.deliver_by, _outcome(q, winner, missed, bool(in_time)))
        for q in quotes
    ]
    return ChosenService(
        fulfillment_order_id=fo.fulfillment_order_id,
        parcel_ids=tuple(p.parcel_id for p in parcels),
        carrier=winner.carrier,
        service=winner.service,
        zone=winner.zone,
        quoted_minor=winner.amount.amount_minor,
        currency=winner.amount.currency,
        promised_by=fo.deliver_by,
        expected_by=winner.deliver_by,
        rule="cheapest" if in_time else "earliest",
        considered=(*considered, *silent),
    )


def _outcome(quote: Quote, winner: Quote, missed: dict[int, str], in_time: bool) -> str:
    """A word of `types.OUTCOMES`, or the carrier's reasons."""
    if quote is winner:
        return "chosen"
    if quote.reasons:
        return ", ".join(quote.reasons)
    if in_time:
        return missed[id(quote)] or "dearer"
    return "dearer" if quote.deliver_by == winner.deliver_by else "later"


def _misses(quote: Quote, promised: dt.datetime, lane: tuple[str, str], known: Known) -> str:
    """Why a service does not keep the promise: `too_late` by its own date, `unreliable` by our history; empty where it does."""
    if quote.deliver_by is None or quote.deliver_by > promised:
        return "too_late"
    asked = (quote.carrier, quote.service, *lane)
    if asked not in known:
        known[asked] = carrier_selectors.transit_days(carrier=quote.carrier, service=quote.service, origin=lane[0], destination=lane[1], least=ENOUGH)
    days = known[asked]
    if days.lane != "lane" or days.parcels < ENOUGH:
        return ""
    spare = max(0, (promised.date() - quote.deliver_by.date()).days)
    return "" if days.within(quote.transit_days + spare) >= PROBABILITY else "unreliable"


_LABELS = """
INSERT INTO shipping_label (client_id, warehouse_id, shipment_id, parcel_id, for_kind, order_id, state, key, carrier, service, weight_g, length_mm, width_mm, height_mm,
  currency, charges, requested_at, attempts, next_attempt_at, error)
SELECT p.client_id, p.warehouse_id, t.shipment, p.id, '', f.order_id, 'requested', t.key, t.carrier, t.service, p.weight_g, p.length_mm, p.width_mm, p.height_mm,
  '', '[]'::jsonb, %s, 0, %s, ''
FROM unnest(%s::bigint[], %s::bigint[], %s::uuid[], %s::text[], %s::text[]) AS t(parcel, shipment, key, carrier, service)
JOIN packing_parcel p ON p.id = t.parcel AND p.state = 'sealed' JOIN orders_fulfillmentorder f ON f.id = p.fulfillment_order_id
WHERE NOT f.held
ORDER BY p.id ON CONFLICT DO NOTHING RETURNING id, shipment_id
"""


@use_case
def record_services(*, key: UUID, actor: Actor, warehouse_id: int, chosen: list[ChosenService]) -> list[int]:
    """Record chosen services as shipments and request their labels. Parcels that have a live label, are held or no longer sealed are passed over. Returns the labels requested.

    Locks: nothing (inserts only, labels before shipments; one live label per parcel is a constraint).
    """
    authorize(actor, "ship", warehouse_id=warehouse_id)
    now = work.current().at
    infos = {fo.fulfillment_order_id: fo for fo in orders.fulfillment_orders(EVERYTHING, [c.fulfillment_order_id for c in chosen])}
    for fo in infos.values():
        authorize(actor, "ship", fo)
    ids = sql.next_ids("shipping_shipment_id_seq", len(chosen))
    per_parcel = [(parcel, shipment, c) for shipment, c in zip(ids, chosen, strict=True) for parcel in c.parcel_ids]
    before = dict(sql.rows("SELECT parcel_id, count(*) FROM shipping_label WHERE parcel_id = ANY(%s) GROUP BY 1", [[p for p, _, _ in per_parcel]]))
    made = sql.rows(
        _LABELS,
        [
            now,
            now,
            [p for p, _, _ in per_parcel],
            [s for _, s, _ in per_parcel],
            [uuid5(_NAMESPACE, f"{p}:{before.get(p, 0)}") for p, _, _ in per_parcel],
            [c.carrier for _, _, c in per_parcel],
            [c.service for _, _, c in per_parcel],
        ],
    )
    with_labels = {shipment for _, shipment in made}
    wanted = [(shipment, c) for shipment, c in zip(ids, chosen, strict=True) if shipment in with_labels]
    fos = [infos[c.fulfillment_order_id] for _, c in wanted]
    sql.run(
        """INSERT INTO shipping_shipment (id, number, client_id, warehouse_id, fulfillment_order_id, carrier, service, zone, quoted_minor, currency, promised_by, expected_by,
             rule, considered, chosen_at)
           SELECT t.id, 'S' || lpad(t.id::text, 9, '0'), c, %s, fo, carrier, service, zone, quoted, currency, promised, expected, rule, considered::jsonb, %s
           FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::text[],
             %s::text[]) AS t(id, c, fo, carrier, service, zone, quoted, currency, promised, expected, rule, considered)""",
        [warehouse_id, now, [s for s, _ in wanted], [fo.client_id for fo in fos], [fo.fulfillment_order_id for fo in fos], [c.carrier for _, c in wanted],
         [c.service for _, c in wanted], [c.zone for _, c in wanted], [c.quoted_minor for _, c in wanted], [c.currency for _, c in wanted],
         [c.promised_by for _, c in wanted], [c.expected_by for _, c in wanted], [c.rule for _, c in wanted], [_json(c.considered) for _, c in wanted]],
    )  # fmt: skip
    emit(
        *(
            ServiceChosen(
                order_id=fo.order_id,
                client_id=fo.client_id,
                warehouse_id=warehouse_id,
                fulfillment_order_id=fo.fulfillment_order_id,
                shipment_id=shipment,
                carrier=c.carrier,
                service=c.service,
                parcels=len(c.parcel_ids),
                rule=c.rule,
            )
            for (shipment, c), fo in zip(wanted, fos, strict=True)
        )
    )
    sql.run("DELETE FROM shipping_unquoted WHERE fulfillment_order_id = ANY(%s)", [[fo.fulfillment_order_id for fo in fos]])
    return [r[0] for r in made]


@use_case
def record_unquoted(*, key: UUID, actor: Actor, warehouse_id: int, reasons: dict[int, str]) -> int:
    """Note orders that no carrier could be asked for (fulfillment order → why), and when they are tried again. Gives how many.

    Locks: nothing (a row per order, in ascending order).   Raises: NotAllowed.
    """
    authorize(actor, "ship", warehouse_id=warehouse_id)
    infos = orders.fulfillment_orders(EVERYTHING, list(reasons))
    for fo in infos:
        authorize(actor, "ship", fo)
    return sql.run(
        """INSERT INTO shipping_unquoted AS u (client_id, warehouse_id, fulfillment_order_id, reason, attempts, asked_at, next_attempt_at)
           SELECT f.client_id, f.warehouse_id, f.id, t.reason, 1, %(now)s, %(now)s + interval '1 minute'
           FROM unnest(%(ids)s::bigint[], %(reasons)s::text[]) AS t(id, reason) JOIN orders_fulfillmentorder f ON f.id = t.id ORDER BY f.id
           ON CONFLICT (fulfillment_order_id) DO UPDATE SET reason = excluded.reason, attempts = u.attempts + 1, asked_at = excluded.asked_at,
             next_attempt_at = %(now)s + least(interval '1 hour', interval '1 minute' * 2 ^ least(u.attempts, 20))""",
        {"now": work.current().at, "ids": [fo.fulfillment_order_id for fo in infos], "reasons": [reasons[fo.fulfillment_order_id] for fo in infos]},
    )


def _json(considered: tuple[ConsideredRate, ...]) -> str:
    return json.dumps([{**asdict(c), "deliver_by": c.deliver_by.isoformat() if c.deliver_by else None} for c in considered])
