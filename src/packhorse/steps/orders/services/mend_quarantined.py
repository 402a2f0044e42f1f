"""Quarantine: mend an order and take it in after all, or discard it."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from packhorse.core import sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.steps.orders import checking
from packhorse.steps.orders.errors import AlreadyResolved
from packhorse.steps.orders.events import QuarantineResolved
from packhorse.steps.orders.services.accept_orders import take_in
from packhorse.steps.orders.types import Accepted, Discarded, Refused


def _lock(quarantined_id: int) -> int:
    """The client of an entry that is open.

    Raises: NotFound, AlreadyResolved.
    """
    found = sql.rows("SELECT client_id, resolved_at, resolution FROM orders_quarantined WHERE id = %s FOR UPDATE", [quarantined_id])
    if not found:
        raise NotFound(kind="quarantined order", ref=str(quarantined_id))
    client_id, resolved_at, resolution = found[0]
    if resolved_at is not None:
        raise AlreadyResolved(resolution=resolution, quarantined_id=quarantined_id)
    return int(client_id)


@use_case
def mend_quarantined(*, key: UUID, actor: Actor, quarantined_id: int, warehouse_id: int, payload: dict[str, Any]) -> Accepted | Refused:
    """Take a mended order in. If it still cannot be, the entry stands with the new payload and reason.

    Locks: the quarantined row, stock rows.   Raises: NotAllowed, NotFound, AlreadyResolved, Invalid (no order at all).
    """
    client_id = _lock(quarantined_id)
    authorize(actor, "take_orders", client_id=client_id, warehouse_id=warehouse_id)
    if "\\u0000" in json.dumps(payload):
        raise Invalid(field="payload", reason="NUL")
    try:
        order = checking.restore(payload)
    except ValidationError as error:
        first = error.errors()[0]
        raise Invalid(field=".".join(str(x) for x in first["loc"]) or "payload", reason=first["msg"]) from None
    answer = take_in(client_id, warehouse_id, [order])[0]
    at = work.current().at
    if isinstance(answer, Accepted):
        done = sql.run(
            "UPDATE orders_quarantined SET resolved_at = %s, resolution = %s WHERE id = %s AND resolved_at IS NULL", [at, answer.number, quarantined_id]
        )
        if done:
            emit(QuarantineResolved(client_id=client_id, quarantined_id=quarantined_id, resolution=answer.number))
    elif answer.quarantined_id != quarantined_id:
        sql.run("UPDATE orders_quarantined SET resolved_at = %s, resolution = %s WHERE id = %s", [at, f"mended as {answer.quarantined_id}", quarantined_id])
        emit(QuarantineResolved(client_id=client_id, quarantined_id=quarantined_id, resolution=f"mended as {answer.quarantined_id}"))
    return answer


@use_case
def discard_quarantined(*, key: UUID, actor: Actor, quarantined_id: int, reason: str) -> Discarded:
    """Set an entry aside for good: nobody wants this order.

    Locks: the quarantined row.   Raises: NotAllowed, NotFound, AlreadyResolved.
    """
    client_id = _lock(quarantined_id)
    authorize(actor, "take_orders", client_id=client_id)
    resolution = f"discarded: {reason}"
    sql.run("UPDATE orders_quarantined SET resolved_at = %s, resolution = %s WHERE id = %s", [work.current().at, resolution, quarantined_id])
    emit(QuarantineResolved(client_id=client_id, quarantined_id=quarantined_id, resolution="discarded"))
    return Discarded(quarantined_id)
