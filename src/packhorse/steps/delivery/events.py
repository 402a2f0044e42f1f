"""What delivery tells."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event


@dataclass(frozen=True, kw_only=True)
class DeliveryEvent(Event):
    """Something that happened to a parcel on its way."""

    about = ("delivery.delivery", "delivery_id")

    order_id: int
    client_id: int
    warehouse_id: int
    delivery_id: int
    tracking_number: str


@dataclass(frozen=True, kw_only=True)
class ParcelTracked(DeliveryEvent):
    """The carrier said where a parcel is."""

    sentence = _("{tracking_number}: {what} {detail} {place}")
    code: str
    what: str
    detail: str
    place: str


@dataclass(frozen=True, kw_only=True)
class ExpectedAnew(DeliveryEvent):
    """A scan says that a parcel comes on another day than was expected. `because` is the scan's code, the days are those of its destination."""

    sentence = _("{tracking_number} is expected on {day} instead of {before}")
    day: dt.date
    before: dt.date
    because: str


@dataclass(frozen=True, kw_only=True)
class ParcelArrived(DeliveryEvent):
    """A parcel arrived: at the customer, or back at the warehouse."""

    sentence = _("{tracking_number} arrived")
    is_return: bool


@dataclass(frozen=True, kw_only=True)
class ExceptionOpened(DeliveryEvent):
    """A delivery needs somebody."""

    sentence = _("{tracking_number} needs attention: {kind}")
    kind: str
    exception_id: int


@dataclass(frozen=True, kw_only=True)
class ExceptionClosed(DeliveryEvent):
    """An exception was dealt with."""

    sentence = _("{tracking_number}: {kind} resolved: {resolution}")
    kind: str
    resolution: str


@dataclass(frozen=True, kw_only=True)
class ClaimMoved(DeliveryEvent):
    """A claim against a carrier came a step further."""

    sentence = _("Claim for {tracking_number}: {state}")
    claim_id: int
    state: str
