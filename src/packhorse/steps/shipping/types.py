"""What shipping is asked with and answers in. Amounts in minor units of `currency`, sizes in millimetres, weights in grams."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from packhorse.core.money import Money

#: What decided over a service, in the reader's words.
RULES: Final[dict[str, Promise]] = {"cheapest": _("cheapest that keeps the promise"), "earliest": _("none keeps the promise: the earliest")}

#: What became of a service that was considered, in the reader's words; a carrier's own reasons are in `ground.carriers.types.UNAVAILABLE`.
OUTCOMES: Final[dict[str, Promise]] = {
    "chosen": _("chosen"),
    "dearer": _("dearer"),
    "later": _("arrives later"),
    "too_late": _("too late for the promise"),
    "unreliable": _("too seldom in time on this lane"),
    "no_answer": _("did not answer"),
}


@dataclass(frozen=True, slots=True)
class ConsideredRate:
    """A service that was asked for, its price and date, and what became of it: chosen, or why not."""

    carrier: str
    service: str
    name: str
    amount_minor: int | None
    deliver_by: dt.datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class ChosenService:
    """A service chosen for the parcels of one fulfillment order, with all that was considered."""

    fulfillment_order_id: int
    parcel_ids: tuple[int, ...]
    carrier: str
    service: str
    zone: str
    quoted_minor: int
    currency: str
    promised_by: dt.datetime
    expected_by: dt.datetime | None
    rule: str
    considered: tuple[ConsideredRate, ...]


@dataclass(frozen=True, slots=True)
class Bought:
    """A label was bought: the carrier's answer and the documents kept for it (file ids)."""

    label_id: int
    tracking_number: str
    amount_minor: int
    currency: str
    charges: tuple[tuple[str, int], ...]
    billed_g: int
    expected_by: dt.datetime
    pdf_id: int
    zpl_id: int
    slip_id: int | None


@dataclass(frozen=True, slots=True)
class NotBought:
    """The carrier refused (`unknown` False) or gave no answer (`unknown` True: it is looked up before asking again)."""

    label_id: int
    unknown: bool
    reason: str


@dataclass(frozen=True, slots=True)
class LabelInfo:
    """A label as lists, pages and later steps see it."""

    label_id: int
    client_id: int
    warehouse_id: int
    order_id: int
    fulfillment_order_id: int | None
    shipment_id: int | None
    parcel_id: int | None
    parcel: str | None
    for_kind: str
    for_id: int | None
    state: str
    key: UUID
    carrier: str
    service: str
    tracking_number: str | None
    amount_minor: int | None
    currency: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    billed_g: int | None
    expected_by: dt.datetime | None
    promised_by: dt.datetime | None
    pdf_id: int | None
    zpl_id: int | None
    slip_id: int | None
    requested_at: dt.datetime
    bought_at: dt.datetime | None
    handed_over_at: dt.datetime | None
    manifest_id: int | None
    attempts: int
    error: str
    printed_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A line of the labels list."""

    id: int
    order_id: int
    order_number: str
    client: str
    parcel_id: int | None
    parcel: str
    shipment_id: int | None
    state: str
    carrier: str
    service: str
    tracking_number: str
    amount: Money | None
    weight_g: int
    requested_at: dt.datetime
    bought_at: dt.datetime | None
    printed_at: dt.datetime | None
    expected_by: dt.datetime | None
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class ParcelRow:
    """A parcel that has not left, with its live label where it has one. `promised_service` is what the customer was promised, `service` what was chosen for it."""

    id: int
    number: str
    client: str
    warehouse_id: int
    order_id: int
    order_number: str
    fulfillment_order: str
    ship_by: dt.datetime
    promised_service: str
    held: bool
    parcel_state: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    sealed_at: dt.datetime
    label_id: int | None
    label_state: str | None
    carrier: str | None
    service: str | None
    tracking_number: str | None
    amount: Money | None
    printed_at: dt.datetime | None
    error: str

    @property
    def state(self) -> str:
        """One word for the list: held, waiting, requested, buying, unknown, failed, labelled, loaded."""
        if self.held:
            return "held"
        if self.parcel_state != "sealed":
            return self.parcel_state
        return self.label_state or "waiting"


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A carrier's day at a warehouse, in parcels. `buying`: sealed, no label yet; `ready`: labelled; `loaded`: scanned onto the truck; `kept`: labelled, but the order is held; `gone`: handed over."""

    carrier: str
    buying: int
    ready: int
    loaded: int
    kept: int
    gone: int
    gone_at: dt.datetime | None

    @property
    def here(self) -> int:
        return self.buying + self.ready + self.loaded + self.kept


@dataclass(frozen=True, slots=True)
class Loaded:
    """A parcel is on the truck (`already`: it was before this scan). `loaded` of `ready` parcels of the carrier are."""

    label_id: int
    parcel: str
    tracking_number: str
    already: bool
    loaded: int
    ready: int


@dataclass(frozen=True, slots=True)
class ShipmentInfo:
    """A shipment with what was considered for it."""

    shipment_id: int
    number: str
    client_id: int
    warehouse_id: int
    fulfillment_order_id: int
    fulfillment_order: str
    order_id: int
    carrier: str
    service: str
    zone: str
    quoted_minor: int
    currency: str
    promised_by: dt.datetime
    expected_by: dt.datetime | None
    rule: str
    considered: tuple[ConsideredRate, ...]
    chosen_at: dt.datetime
    parcels: int
    labelled: int
    handed_over: int


@dataclass(frozen=True, slots=True)
class ManifestInfo:
    """A manifest as lists and pages show it."""

    manifest_id: int
    warehouse_id: int
    carrier: str
    state: str
    number: str
    parcels: int
    opened_at: dt.datetime
    handed_over_at: dt.datetime | None
    refused: tuple[tuple[str, str], ...]
    key: UUID

    @property
    def id(self) -> int:
        return self.manifest_id


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The answer to a manifest: what the carrier took and what it refused (tracking number, reason)."""

    manifest_id: int
    number: str
    parcels: int
    refused: tuple[tuple[str, str], ...]
