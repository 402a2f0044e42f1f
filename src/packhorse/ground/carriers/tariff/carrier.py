"""The tariff carrier behind the port: sells by the tariff, remembers what it sold, hands over, tracks.

It stands for a carrier's own system: it keeps its rows in its own transaction and no personal data, only country, region and postal prefix.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from pydantic_core import to_json

from packhorse.core import clock, sql
from packhorse.core.money import Money
from packhorse.ground.carriers.errors import CarrierUnavailable
from packhorse.ground.carriers.models import TariffManifest, TariffPurchase
from packhorse.ground.carriers.tariff import numbers, rating, tables
from packhorse.ground.carriers.tariff.failures import NONE, Failures
from packhorse.ground.carriers.tariff.timeline import DEFAULT, Journey, Odds, plan
from packhorse.ground.carriers.types import (
    UNAVAILABLE,
    ChargeLine,
    DimensionalRule,
    Manifest,
    ManifestRequest,
    Place,
    Purchase,
    PurchaseRequest,
    Quote,
    RateRequest,
    Refused,
    ServiceInfo,
    TrackingUpdate,
    Unknown,
    Voided,
)
from packhorse.ground.places import geography

_COLUMNS = [
    "id",
    "key",
    "request_sha256",
    "tracking_number",
    "service",
    "origin_country",
    "origin_region",
    "origin_prefix",
    "destination_country",
    "destination_region",
    "destination_prefix",
    "routing",
    "zone",
    "amount_minor",
    "currency",
    "lines",
    "billed_g",
    "transit_days",
    "deliver_by",
    "purchased_at",
]
_TYPES = [
    "bigint",
    "uuid",
    "bytea",
    "text",
    "text",
    "text",
    "text",
    "text",
    "text",
    "text",
    "text",
    "text",
    "text",
    "bigint",
    "text",
    "text",
    "int",
    "smallint",
    "timestamptz",
    "timestamptz",
]
_INSERT = f"""
INSERT INTO carriers_tariffpurchase ({", ".join(_COLUMNS)}, timeline)
SELECT {", ".join(f"p.{c}::jsonb" if c == "lines" else f"p.{c}" for c in _COLUMNS)}, '[]'::jsonb
FROM unnest({", ".join(f"%s::{t}[]" for t in _TYPES)}) AS p({", ".join(_COLUMNS)})
ON CONFLICT (key) DO NOTHING
"""
_HAND_OVER = """
UPDATE carriers_tariffpurchase p SET manifest_id = %s, timeline = t.timeline::jsonb
FROM unnest(%s::bigint[], %s::text[]) AS t(id, timeline) WHERE p.id = t.id
"""


def _digest(request: PurchaseRequest) -> bytes:
    return hashlib.sha256(to_json(replace(request, ready_at=request.ready_at.astimezone(dt.UTC)))).digest()


def _purchase(row: TariffPurchase) -> Purchase:
    return Purchase(
        key=row.key,
        carrier=rating.CARRIER,
        service=row.service,
        tracking_number=row.tracking_number,
        amount=Money(row.amount_minor, row.currency),
        lines=tuple(ChargeLine(code, amount) for code, amount in row.lines),
        billed_g=row.billed_g,
        zone=row.zone,
        transit_days=row.transit_days,
        deliver_by=row.deliver_by,
        purchased_at=row.purchased_at,
        routing=row.routing,
    )


class TariffCarrier:
    """The port filled from the tariff. `seed` and `odds` decide what happens to parcels handed over from now on; `failures` what goes wrong in talking."""

    code = rating.CARRIER
    name = "Tariff"

    def __init__(self, *, seed: int = 0, odds: Odds = DEFAULT, failures: Failures = NONE) -> None:
        self.seed, self.odds, self.failures = seed, odds, failures

    def services(self) -> list[ServiceInfo]:
        return [ServiceInfo(self.code, s.code, s.name, s.guaranteed) for s in tables.services().values()]

    def dimensional_rule(self, service: str, origin: Place, destination: Place) -> DimensionalRule:
        return rating.dimensional_rule(service, origin, destination)

    def rate(self, request: RateRequest) -> list[Quote]:
        now = clock.now()
        if self.failures.timeout and self.failures.times_out(repr(request), now):
            raise CarrierUnavailable(carrier=self.name)
        return rating.quotes(request, now)

    def _refusal(self, request: PurchaseRequest) -> Refused | None:
        if request.service not in tables.services():
            return Refused(str(request.key), "unknown_service", request.service)
        if self.failures.declined and self.failures.declines(str(request.key)):
            return Refused(str(request.key), "declined", "account")
        return None

    def _sell(self, serial: int, request: PurchaseRequest, now: dt.datetime) -> list[object] | Refused:
        """A row for _INSERT."""
        origin, to = Place.of(request.ship_from), Place.of(request.ship_to)
        asked = RateRequest(
            origin=origin, destination=to, parcels=(request.parcel,), ready_at=request.ready_at, residential=request.residential, signature=request.signature
        )
        quote = rating.quote(tables.services()[request.service], asked, now)
        if not quote.available:
            return Refused(str(request.key), quote.reasons[0], " ".join(str(UNAVAILABLE[reason]) for reason in quote.reasons))
        assert quote.deliver_by is not None
        return [
            serial,
            request.key,
            _digest(request),
            numbers.tracking_number(serial, origin.country),
            request.service,
            origin.country,
            origin.region,
            geography.prefix(origin.country, origin.postal_code),
            to.country,
            to.region,
            geography.prefix(to.country, to.postal_code),
            f"(403){to.country}{''.join(c for c in to.postal_code.upper() if c.isascii() and c.isalnum())}"[:35],
            quote.zone,
            quote.amount.amount_minor,
            quote.amount.currency,
            json.dumps([[line.code, line.amount_minor] for line in quote.lines]),
            quote.billed_g[0],
            quote.transit_days,
            quote.deliver_by,
            now,
        ]

    def buy(self, requests: Sequence[PurchaseRequest]) -> list[Purchase | Refused | Unknown]:
        now = clock.now()
        answers: dict[UUID, Purchase | Refused | Unknown] = {}
        wanted: dict[UUID, PurchaseRequest] = {}
        known = set(TariffPurchase.objects.filter(key__in=[r.key for r in requests]).values_list("key", flat=True))
        for request in requests:
            refused = None if request.key in known else self._refusal(request)
            if refused:
                answers[request.key] = refused
            elif self.failures.timeout and self.failures.times_out(str(request.key), now):
                answers[request.key] = Unknown(str(request.key), "timeout")
            else:
                wanted[request.key] = request
        fresh = sorted((r for r in wanted.values() if r.key not in known), key=lambda r: r.key)
        serials = sql.next_ids("carriers_tariffpurchase_id_seq", len(fresh))
        in_order = {r.key: serial for r, serial in zip([r for r in wanted.values() if r.key not in known], serials, strict=True)}
        rows: list[list[object]] = []
        for request in fresh:  # by key: two buyers of the same keys wait for each other in one order
            sold = self._sell(in_order[request.key], request, now)
            if isinstance(sold, Refused):
                answers[request.key] = sold
            else:
                rows.append(sold)
        with transaction.atomic():
            if rows:
                sql.run(_INSERT, [list(column) for column in zip(*rows, strict=True)])
            for row in TariffPurchase.objects.filter(key__in=[k for k in wanted if k not in answers]):
                request = wanted[row.key]
                if bytes(row.request_sha256) != _digest(request):
                    answers[row.key] = Refused(str(row.key), "key_reused", "")
                elif row.key not in known and self.failures.unknown and self.failures.loses_answer(str(row.key)):
                    answers[row.key] = Unknown(str(row.key), "no answer")
                else:
                    answers[row.key] = _purchase(row)
        return [answers[request.key] for request in requests]

    def find(self, keys: Sequence[UUID]) -> dict[UUID, Purchase]:
        return {row.key: _purchase(row) for row in TariffPurchase.objects.filter(key__in=keys)}

    def void(self, tracking_numbers: Sequence[str]) -> list[Voided | Refused | Unknown]:
        now = clock.now()
        answers: dict[str, Voided | Refused | Unknown] = {}
        with transaction.atomic():
            rows = list(TariffPurchase.objects.select_for_update().filter(tracking_number__in=tracking_numbers).order_by("pk"))
            for row in rows:
                late = row.manifest_id is not None
                refund = Money(row.amount_minor, row.currency)
                answers[row.tracking_number] = Refused(row.tracking_number, "handed_over", "") if late else Voided(row.tracking_number, refund)
            TariffPurchase.objects.filter(pk__in=[row.pk for row in rows], manifest=None, voided_at=None).update(voided_at=now)
        return [answers.get(number, Refused(number, "unknown_number", "")) for number in tracking_numbers]

    def track(self, tracking_numbers: Sequence[str], since: dt.datetime | None = None) -> list[TrackingUpdate]:
        now = clock.now()
        return [u for u in self.timeline(tracking_numbers) if u.occurred_at <= now and (since is None or u.occurred_at > since)]

    def timeline(self, tracking_numbers: Sequence[str]) -> list[TrackingUpdate]:
        """What has happened and will happen, by parcel in the order asked: for a simulation, which must know when to look next."""
        rows = TariffPurchase.objects.filter(tracking_number__in=tracking_numbers, voided_at=None)
        found = {
            number: (bought, origin, prefix, scans)
            for number, bought, origin, prefix, scans in rows.values_list("tracking_number", "purchased_at", "origin_country", "origin_prefix", "timeline")
        }
        updates: list[TrackingUpdate] = []
        for number in tracking_numbers:
            if number in found:
                bought, country, prefix, scans = found[number]
                updates.append(TrackingUpdate(number, 0, "announced", "", bought, geography.zone(country, prefix)))
                updates += [
                    TrackingUpdate(number, n, code, detail, dt.datetime.fromisoformat(at), place) for n, (code, detail, at, place) in enumerate(scans, start=1)
                ]
        return updates

    def _journey(self, row: TariffPurchase, handed_over_at: dt.datetime) -> Journey:
        return Journey(
            tracking_number=row.tracking_number,
            origin=Place(row.origin_country, row.origin_prefix, row.origin_region),
            destination=Place(row.destination_country, row.destination_prefix, row.destination_region),
            handed_over_at=handed_over_at,
            transit_days=row.transit_days,
            latest_hour=tables.services()[row.service].deliver_by_hour,
        )

    def manifest(self, request: ManifestRequest) -> Manifest:
        if self.failures.timeout and self.failures.times_out(str(request.key), clock.now()):
            raise CarrierUnavailable(carrier=self.name)
        with transaction.atomic():
            made, is_new = TariffManifest.objects.get_or_create(key=request.key, defaults={"handed_over_at": request.handed_over_at})
            if is_new:
                self._hand_over(made, request)
        accepted = TariffPurchase.objects.filter(manifest=made).order_by("pk").values_list("tracking_number", flat=True)
        refused = tuple(Refused(number, code, "") for number, code in made.refused)
        return Manifest(f"M{made.pk:08d}", self.code, made.handed_over_at, tuple(accepted), refused)

    def _hand_over(self, made: TariffManifest, request: ManifestRequest) -> None:
        asked = sorted(set(request.tracking_numbers))
        rows = {row.tracking_number: row for row in TariffPurchase.objects.select_for_update().filter(tracking_number__in=asked).order_by("pk")}
        taken: list[tuple[int, str]] = []
        for number in asked:
            row = rows.get(number)
            why = "unknown_number" if row is None else "voided" if row.voided_at else "handed_over" if row.manifest_id else ""
            if why or row is None:
                made.refused.append([number, why])
                continue
            scans = plan(self._journey(row, request.handed_over_at), seed=self.seed, odds=self.odds)
            taken.append((row.pk, json.dumps([[u.code, u.detail, u.occurred_at.isoformat(), u.place] for u in scans])))
        made.save(update_fields=["refused"])
        sql.run(_HAND_OVER, [made.pk, [pk for pk, _ in taken], [text for _, text in taken]])
