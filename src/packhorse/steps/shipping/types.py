"""What shipping is asked with and answers in. Amounts in minor units of `currency`, sizes in millimetres, weights in grams."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID


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


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The answer to a manifest: what the carrier took and what it refused (tracking number, reason)."""

    manifest_id: int
    number: str
    parcels: int
    refused: tuple[tuple[str, str], ...]
