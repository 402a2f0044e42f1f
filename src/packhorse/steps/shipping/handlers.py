"""What shipping does when others tell."""

from __future__ import annotations

from uuid import UUID

from packhorse.core.actors import system
from packhorse.core.events import Told, on
from packhorse.core.jobs import defer
from packhorse.steps.packing.events import ParcelVoided
from packhorse.steps.shipping import services
from packhorse.steps.shipping.events import LabelBought


@on(ParcelVoided)
def void_of_parcels(told: list[Told], key: UUID) -> None:
    services.void_of_parcels(key=key, actor=system("shipping"), parcel_ids=[t.event.parcel_id for t in told])


@on(LabelBought)
def print_labels(told: list[Told], key: UUID) -> None:
    if services.print_labels(key=key, actor=system("shipping"), label_ids=[t.event.label_id for t in told]):
        defer("equipment.send")
