"""Claims: money asked back from a carrier."""

from __future__ import annotations

import datetime as dt
from typing import Final
from uuid import UUID

from packhorse.core import work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.events import emit
from packhorse.core.states import check_transition
from packhorse.core.use_case import use_case
from packhorse.steps.delivery import records
from packhorse.steps.delivery.events import ClaimMoved
from packhorse.steps.delivery.models import Claim
from packhorse.steps.delivery.states import CLAIM

#: Most carriers want a claim within 30 days of hand-over.
FILE_WITHIN: Final = dt.timedelta(days=30)
KINDS: Final = ("lost", "damaged", "late")


def _tell(claim: Claim) -> None:
    d = claim.delivery
    emit(
        ClaimMoved(
            order_id=d.order_id,
            client_id=d.client_id,
            warehouse_id=d.warehouse_id,
            delivery_id=d.pk,
            tracking_number=d.tracking_number,
            claim_id=claim.pk,
            state=claim.state,
        )
    )


@use_case
def open_claim(*, key: UUID, actor: Actor, delivery_id: int, kind: str, asked_minor: int, currency: str, note: str = "") -> int:
    """Ask a carrier for money: once per delivery and kind. Returns the claim's id, the standing one's where there is one.

    Locks: delivery.   Raises: NotFound, Invalid.
    """
    found = records.lock_deliveries([delivery_id])
    if not found:
        raise NotFound(kind="delivery", ref=delivery_id)
    d = found[0]
    authorize(actor, "track", d)
    if kind not in KINDS or asked_minor <= 0:
        raise Invalid(field="claim", reason="a claim is {kinds}, for an amount above zero", kinds=", ".join(KINDS))
    now = work.current().at
    claim, made = Claim.objects.get_or_create(
        delivery=d,
        kind=kind,
        defaults={
            "client_id": d.client_id,
            "asked_minor": asked_minor,
            "currency": currency,
            "note": note,
            "found_at": now,
            "deadline": d.sent_at + FILE_WITHIN,
        },
    )
    if made:
        _tell(claim)
    return claim.pk


@use_case
def move_claim(*, key: UUID, actor: Actor, claim_id: int, state: str, paid_minor: int | None = None, note: str = "") -> str:
    """A claim comes a step further. Returns its state.

    Locks: claim.   Raises: WrongState, Invalid.
    """
    claim = records.lock_claim(claim_id)
    authorize(actor, "track", client_id=claim.client_id)
    check_transition(CLAIM, "claim", claim.state, state, page="delivery:claim", pk=claim.pk)
    if (state == "paid") != bool(paid_minor):
        raise Invalid(field="paid_minor", reason="is given when, and only when, the carrier paid")
    claim.state, claim.note = state, note or claim.note
    if state == "paid":
        claim.paid_minor, claim.settled_at = paid_minor or 0, work.current().at
    claim.save(update_fields=["state", "note", "paid_minor", "settled_at"])
    _tell(claim)
    return claim.state
