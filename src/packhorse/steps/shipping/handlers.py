"""What shipping does when others tell."""

from __future__ import annotations

from uuid import UUID

from packhorse.core.actors import system
from packhorse.core.events import Told, on
from packhorse.steps.packing.events import ParcelVoided
from packhorse.steps.shipping import services


@on(ParcelVoided)
def void_of_parcels(told: list[Told], key: UUID) -> None:
    services.void_of_parcels(key=key, actor=system("shipping"), parcel_ids=[t.event.parcel_id for t in told])
