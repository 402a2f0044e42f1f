"""What delivery is asked with and answers in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from packhorse.core.money import Money


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer to tracking updates: how many were new, repeated, about parcels that are not ours, and how many parcels arrived by them."""

    new: int
    repeated: int
    unknown: int
    arrived: int


@dataclass(frozen=True, slots=True)
class DeliveryInfo:
    """A delivery as lists, pages and later steps see it."""

    delivery_id: int
    client_id: int
    warehouse_id: int
    order_id: int
    order_number: str
    fulfillment_order_id: int | None
    label_id: int
    parcel_id: int | None
    parcel: str | None
    carrier: str
    service: str
    tracking_number: str
    origin: str
    destination: str
    status: str
    status_at: dt.datetime
    sent_at: dt.datetime
    promised_by: dt.datetime | None
    expected_by: dt.datetime | None
    delivered_at: dt.datetime | None
    open_exceptions: int

    @property
    def id(self) -> int:
        return self.delivery_id

    @property
    def is_return(self) -> bool:
        return self.parcel_id is None

    @property
    def on_time(self) -> bool | None:
        """Whether it kept its promise; None while that is open."""
        if self.promised_by is None or (self.delivered_at is None and self.status != "lost"):
            return None
        return self.delivered_at is not None and self.delivered_at <= self.promised_by


@dataclass(frozen=True, slots=True)
class TrackingEventInfo:
    """One scan."""

    delivery_id: int
    code: str
    detail: str
    place: str
    occurred_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ExceptionInfo:
    """A delivery exception."""

    exception_id: int
    delivery_id: int
    order_id: int
    order_number: str
    client_id: int
    carrier: str
    tracking_number: str
    kind: str
    detail: str
    owner_role: str
    opened_at: dt.datetime
    deadline: dt.datetime
    closed_at: dt.datetime | None
    closed_by: str
    resolution: str

    @property
    def id(self) -> int:
        return self.exception_id


@dataclass(frozen=True, slots=True)
class ClaimInfo:
    """A claim."""

    claim_id: int
    delivery_id: int
    order_id: int
    order_number: str
    client_id: int
    carrier: str
    tracking_number: str
    kind: str
    state: str
    asked: Money
    paid: Money
    note: str
    found_at: dt.datetime
    deadline: dt.datetime
    settled_at: dt.datetime | None

    @property
    def id(self) -> int:
        return self.claim_id


@dataclass(frozen=True, slots=True)
class FeedbackInfo:
    """What a customer thought of a delivery, 1 to 5."""

    score: int
    comment: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class CarrierScore:
    """How a carrier's service did on outbound parcels whose outcome is known. Shares are None with fewer than 20 parcels: not enough data."""

    carrier: str
    service: str
    parcels: int
    on_time: float | None
    mean_days: float | None
    exceptions: float | None
    lost: int
    cost_minor: int
    currency: str
