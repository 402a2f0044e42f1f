"""What customers thought of it."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from packhorse.core import work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid
from packhorse.core.use_case import use_case
from packhorse.steps.delivery.models import Feedback
from packhorse.steps.orders import selectors as orders

RETENTION = dt.timedelta(days=365)


@use_case
def give_feedback(*, key: UUID, actor: Actor, order_id: int, score: int, comment: str = "") -> int:
    """A customer rates a delivery, 1 to 5; the last word counts. Returns the score.

    Raises: Invalid, NotAllowed.
    """
    infos = orders.fulfillment_orders_of(actor.scope, [order_id])
    authorize(actor, "track", infos[0] if infos else None)
    if not infos or not 1 <= score <= 5 or len(comment) > 2000:
        raise Invalid(field="score", reason="rate an order from 1 to 5, in at most 2,000 characters")
    now = work.current().at
    Feedback.objects.update_or_create(
        order_id=order_id, defaults={"client_id": infos[0].client_id, "score": score, "comment": comment, "at": now, "retain_until": now + RETENTION}
    )
    return score
