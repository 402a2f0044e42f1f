"""Rows of this step, and every lock on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from packhorse.core.errors import NotFound
from packhorse.steps.delivery.models import Claim, Delivery, DeliveryException


def lock_by_numbers(carrier: str, tracking_numbers: Iterable[str]) -> dict[str, Delivery]:
    """The deliveries of these tracking numbers, locked in ascending order."""
    rows = Delivery.objects.select_for_update(of=("self",)).filter(carrier=carrier, tracking_number__in=list(tracking_numbers)).order_by("pk")
    return {d.tracking_number: d for d in rows}


def lock_deliveries(ids: Sequence[int]) -> list[Delivery]:
    return list(Delivery.objects.select_for_update(of=("self",)).filter(pk__in=list(ids)).order_by("pk"))


def lock_exception(exception_id: int) -> DeliveryException:
    found = DeliveryException.objects.select_for_update(of=("self",)).select_related("delivery").filter(pk=exception_id).first()
    if found is None:
        raise NotFound(kind="exception", ref=exception_id)
    return found


def lock_claim(claim_id: int) -> Claim:
    found = Claim.objects.select_for_update(of=("self",)).select_related("delivery").filter(pk=claim_id).first()
    if found is None:
        raise NotFound(kind="claim", ref=claim_id)
    return found
