"""Those who got goods of a recalled lot are told what to do with them."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import Invalid
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.messages.queue import queue
from packhorse.ground.messages.types import NewMessage
from packhorse.ground.places import selectors as places
from packhorse.steps.inventory import selectors as inventory
from packhorse.steps.orders.events import RecallTold

#: So long may it be what they are told to do, in characters.
MOST_TEXT: Final = 2000

_GOT_IT = """
SELECT o.id, o.number, o.language, o.ship_to_id FROM orders_order o WHERE o.ship_to_id IS NOT NULL AND o.id IN (
  SELECT f.order_id FROM orders_fulfillmentline l JOIN orders_fulfillmentorder f ON f.id = l.fulfillment_order_id WHERE l.demand_id = ANY(%s))
ORDER BY o.id
"""
_NOTICES = """
INSERT INTO orders_recallnotice (recall_id, order_id, told_at) SELECT %s, t.o, %s FROM unnest(%s::bigint[]) AS t(o)
ON CONFLICT (recall_id, order_id) DO NOTHING RETURNING order_id, id
"""


@use_case
def tell_recalled(*, key: UUID, actor: Actor, recall_id: int, text: str) -> int:
    """Write to those who got goods of a recalled lot, each order once; asked again, only those are written to who got it since. Those without a mail address stand on the list with none.

    Answers how many messages are queued.   Raises: NotAllowed, NotFound, Invalid.
    """
    recall = inventory.recall(EVERYTHING, recall_id)
    authorize(actor, "edit_orders", client_id=recall.client_id)
    if not text.strip() or len(text) > MOST_TEXT:
        raise Invalid(field="text", reason=f"say what to do with the goods, in up to {MOST_TEXT} characters")
    if recall.ended_at is not None:
        raise Invalid(field="recall", reason="this recall is over")
    left = [demand for demand, use in inventory.lot_uses(actor.scope, recall.lot_id).items() if use.left]
    found = sql.rows(_GOT_IT, [left])
    people = {pk: a.data for pk, a in places.addresses({r[3] for r in found}, EVERYTHING).items()}
    reachable = {order: (number, language, people[to]) for order, number, language, to in found if to in people and people[to].email}
    notices = sql.rows(_NOTICES, [recall_id, work.current().at, list(reachable)])
    messages = []
    for order_id, notice_id in sorted(notices):
        number, language, to = reachable[order_id]
        messages.append(
            NewMessage(
                template="recall",
                subject=Ref("orders.recall_notice", notice_id),
                recipient=to.email,
                language=language,
                client_id=recall.client_id,
                order_id=order_id,
                values={"order_number": number, "name": to.name, "item": recall.item_name, "lot": recall.lot, "reason": recall.reason, "text": text.strip()},
            )
        )
    told = queue(messages)
    if told:
        emit(RecallTold(recall_id=recall_id, lot_id=recall.lot_id, client_id=recall.client_id, orders=told))
    return told
