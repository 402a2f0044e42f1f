"""What returns do when others tell."""

from __future__ import annotations

from uuid import UUID

from packhorse.core.actors import system
from packhorse.core.events import Told, on
from packhorse.steps.delivery.events import ParcelArrived
from packhorse.steps.orders.events import PaymentRefunded
from packhorse.steps.returns import services
from packhorse.steps.shipping.events import LabelBought


@on(LabelBought)
def labels_bought(told: list[Told], key: UUID) -> None:
    labels = [t.event.label_id for t in told if t.event.is_return]
    if labels:
        services.labels_bought(key=key, actor=system("returns"), label_ids=labels)


@on(ParcelArrived)
def parcels_arrived(told: list[Told], key: UUID) -> None:
    deliveries = [t.event.delivery_id for t in told if t.event.is_return]
    if deliveries:
        services.parcels_arrived(key=key, actor=system("returns"), delivery_ids=deliveries)


@on(PaymentRefunded)
def refunds_paid(told: list[Told], key: UUID) -> None:
    refunds = sorted({t.event.cause_id for t in told if t.event.cause_kind == "returns.refund"})
    if refunds:
        services.refunds_paid(key=key, actor=system("returns"), refund_ids=refunds)
