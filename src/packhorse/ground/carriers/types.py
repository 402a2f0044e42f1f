"""What carriers and the house tell each other. Frozen, plain values; lengths in millimetres, weights in grams, money in minor units with its currency, times in UTC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from packhorse.core.money import Money
from packhorse.ground.places.types import AddressData

#: What a tracking event can mean, in the words of delivery's states.
TRACKING_CODES: Final = ("announced", "in_transit", "out_for_delivery", "attempted", "at_point", "delivered", "exception", "returning", "returned", "lost")

#: Why a service cannot take a shipment, in the reader's words.
UNAVAILABLE: Final[dict[str, Promise]] = {
    "country_not_served": _("The carrier does not deliver to this country."),
    "too_heavy": _("A parcel is heavier than the service takes."),
    "too_large": _("A parcel is larger than the service takes."),
    "too_far": _("The destination is outside the area of this service."),
    "after_cut_off": _("It is too late for this service today."),
    "no_size": _("A parcel has no weight."),
    "no_answer": _("The carrier did not answer."),
}


@dataclass(frozen=True, slots=True)
class Place:
    """As much of an address as a price needs. `country` is ISO 3166-1 alpha-2."""

    country: str
    postal_code: str = ""
    region: str = ""

    @classmethod
    def of(cls, address: AddressData) -> Place:
        return cls(address.country, address.postal_code, address.region)


@dataclass(frozen=True, slots=True)
class ParcelSize:
    """Outer size and weight of one parcel."""

    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int


@dataclass(frozen=True, slots=True)
class DimensionalRule:
    """How a carrier turns volume into weight: each side is rounded up to whole centimetres, their product divided by the divisor (cm³ per kg), the result rounded up to whole grams.

    Where the volume in cm³ does not exceed `from_cm3`, only the scales count.
    """

    divisor_cm3_per_kg: int
    from_cm3: int = 0

    def weight_g(self, parcel: ParcelSize) -> int:
        """The dimensional weight; 0 where it does not count."""
        volume = -(-parcel.length_mm // 10) * -(-parcel.width_mm // 10) * -(-parcel.height_mm // 10)
        return 0 if volume <= self.from_cm3 else -(-volume * 1000 // self.divisor_cm3_per_kg)

    def billed_g(self, parcel: ParcelSize) -> int:
        """What is paid for: the greater of scales and volume."""
        return max(parcel.weight_g, self.weight_g(parcel))


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRequest:
    """What would it cost to send these parcels, ready at a moment, from here to there? `residential` and `signature` may cost extra."""

    origin: Place
    destination: Place
    parcels: tuple[ParcelSize, ...]
    ready_at: dt.datetime
    residential: bool = True
    signature: bool = False


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """One part of a price: base, fuel, residential, remote, oversize, signature, tax."""

    code: str
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One service's answer. Available where `reasons` is empty; then `amount` = sum of `lines`.

    `transit_days` are business days after `ships_on`; `deliver_by` is when the carrier says it arrives at the latest. `billed_g` is per parcel, in the request's order.
    """

    carrier: str
    service: str
    name: str
    amount: Money
    lines: tuple[ChargeLine, ...] = ()
    zone: str = ""
    billed_g: tuple[int, ...] = ()
    transit_days: int = 0
    ships_on: dt.date | None = None
    deliver_by: dt.datetime | None = None
    guaranteed: bool = False
    reasons: tuple[str, ...] = ()

    @property
    def available(self) -> bool:
        return not self.reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseRequest:
    """Buy one label for one parcel. `key` is ours: the same key never buys twice, and an unknown outcome is found by it. `reference` is printed and comes back on the invoice."""

    key: UUID
    service: str
    ship_from: AddressData
    ship_to: AddressData
    parcel: ParcelSize
    ready_at: dt.datetime
    residential: bool = True
    signature: bool = False
    reference: str = ""
    master_tracking_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """A label was bought. `routing` is a GS1 element string in brackets for the routing barcode, empty where the carrier has none.

    `label` is the carrier's own label in `label_media_type`; None where the house prints its own.
    """

    key: UUID
    carrier: str
    service: str
    tracking_number: str
    amount: Money
    lines: tuple[ChargeLine, ...]
    billed_g: int
    zone: str
    transit_days: int
    deliver_by: dt.datetime
    purchased_at: dt.datetime
    routing: str = ""
    label: bytes | None = None
    label_media_type: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The carrier said no: nothing was bought or changed. `subject` is our key or the tracking number."""

    subject: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer came: it may have happened or not. Ask `find` by the key before doing it again."""

    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class Voided:
    """The label is worth nothing any more; `refund` is what comes back."""

    tracking_number: str
    refund: Money


@dataclass(frozen=True, slots=True)
class TrackingUpdate:
    """One scan. `code` is of TRACKING_CODES; `detail` says more (delayed, damaged, refused, customs…); `place` is a country and postal prefix; `number` counts a parcel's scans from 0."""

    tracking_number: str
    number: int
    code: str
    detail: str
    occurred_at: dt.datetime
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRequest:
    """These parcels go with the truck now. `key` is ours: the same key gives the same manifest."""

    key: UUID
    tracking_numbers: tuple[str, ...]
    handed_over_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Manifest:
    """The carrier has taken over what is accepted; the rest is refused, each with its reason."""

    number: str
    carrier: str
    handed_over_at: dt.datetime
    accepted: tuple[str, ...]
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """A service as it is known before asking for a price."""

    carrier: str
    service: str
    name: str
    guaranteed: bool


@dataclass(frozen=True, slots=True)
class TransitFact:
    """One parcel arrived: business days from hand-over to delivery on a lane (ends as `places.geography.zone` gives them)."""

    carrier: str
    service: str
    origin: str
    destination: str
    days: int


@dataclass(frozen=True, slots=True)
class TransitDays:
    """How long parcels took: business days → how many parcels. `lane` says what was looked at: `lane` (these two ends), `countries`, `service`; empty where nothing is known."""

    lane: str
    counts: Mapping[int, int] = field(default_factory=dict)

    @property
    def parcels(self) -> int:
        return sum(self.counts.values())

    def within(self, days: int) -> float:
        """Share of parcels that took at most so many days; 0.0 where nothing is known."""
        return sum(n for d, n in self.counts.items() if d <= days) / self.parcels if self.counts else 0.0

    def quantile(self, share: float) -> int | None:
        """The least number of days within which at least this share arrived; None where nothing is known."""
        seen, wanted = 0, share * self.parcels
        for day in sorted(self.counts):
            seen += self.counts[day]
            if seen >= wanted:
                return day
        return None
