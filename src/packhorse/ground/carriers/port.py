"""The port that every carrier's folder fills. It talks to the carrier and takes no decision; nothing here is called inside a use case's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from packhorse.ground.carriers.types import (
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


class Carrier(Protocol):
    """One carrier account. Lists come back in the order in which they were asked."""

    code: str
    name: str

    def services(self) -> list[ServiceInfo]: ...

    def dimensional_rule(self, service: str, origin: Place, destination: Place) -> DimensionalRule:
        """The rule by which this service bills volume; cartonization needs it before there is a parcel."""
        ...

    def rate(self, request: RateRequest) -> list[Quote]:
        """One quote for each service, available or not.

        Raises: CarrierUnavailable.
        """
        ...

    def buy(self, requests: Sequence[PurchaseRequest]) -> list[Purchase | Refused | Unknown]:
        """Buy labels; a key that has bought before gives the same purchase again."""
        ...

    def find(self, keys: Sequence[UUID]) -> dict[UUID, Purchase]:
        """What was bought under these keys; keys that bought nothing are missing.

        Raises: CarrierUnavailable.
        """
        ...

    def void(self, tracking_numbers: Sequence[str]) -> list[Voided | Refused | Unknown]:
        """Give labels back that were not handed over; asking again gives the same answer."""
        ...

    def track(self, tracking_numbers: Sequence[str], since: dt.datetime | None = None) -> list[TrackingUpdate]:
        """What is known of these parcels by now (only later than `since`), by parcel, then in the order of its scans.

        Raises: CarrierUnavailable.
        """
        ...

    def manifest(self, request: ManifestRequest) -> Manifest:
        """Hand parcels over at the end of the day.

        Raises: CarrierUnavailable.
        """
        ...
