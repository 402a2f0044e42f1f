"""What delivery does when others tell."""

from __future__ import annotations

from uuid import UUID

from packhorse.core.actors import system
from packhorse.core.events import Told, on
from packhorse.steps.delivery import services
from packhorse.steps.shipping.events import LabelBought, ManifestHandedOver


@on(ManifestHandedOver)
def begin_deliveries(told: list[Told], key: UUID) -> None:
    services.begin_deliveries(key=key, actor=system("delivery"), manifest_ids=[t.event.manifest_id for t in told])


@on(LabelBought)
def begin_return(told: list[Told], key: UUID) -> None:
    labels = [t.event.label_id for t in told if t.event.is_return]
    if labels:
        services.begin_return(key=key, actor=system("delivery"), label_ids=labels)
