"""What a client wants cancelled once the floor has begun: asked for, and answered by the house, a rule of the client, or the truck. Below the use cases."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from packhorse.core import sql, work
from packhorse.core.actors import Actor
from packhorse.core.events import emit
from packhorse.steps.orders.events import CancellationAnswered, CancellationRequested
from packhorse.steps.orders.types import GONE, CancellationAsked, FulfillmentOrderInfo

#: (order, quantities by demand; empty: all that is left of it)
Asked = tuple[int, Mapping[int, int]]

_ASK: Final = """
INSERT INTO orders_cancellation (order_id, state, quantities, reason, asked_at, asked_by, answered_by, basis, note)
SELECT t.o, 'asked', t.q::jsonb, %s, %s, %s, '', '', '' FROM unnest(%s::bigint[], %s::text[]) AS t(o, q) ORDER BY t.o
ON CONFLICT (order_id) WHERE state = 'asked' DO UPDATE SET quantities = excluded.quantities, reason = excluded.reason
RETURNING order_id, id
"""

#: Answered as soon as it is asked.
_ANSWER_AT_ONCE: Final = """
INSERT INTO orders_cancellation (order_id, state, quantities, reason, asked_at, asked_by, answered_at, answered_by, basis, note)
SELECT t.o, %s, t.q::jsonb, %s, %s, %s, %s, %s, t.basis, '' FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS t(o, q, basis) ORDER BY t.o
RETURNING order_id, id
"""

_CLOSE: Final = """
UPDATE orders_cancellation c SET state = %s, answered_at = %s, answered_by = %s, basis = %s
FROM orders_order o WHERE o.id = c.order_id AND c.state = 'asked' AND c.order_id = ANY(%s) AND {which}
RETURNING c.id, c.order_id, o.client_id
"""


def asks(actor: Actor) -> bool:
    """Whether the actor is a client, who asks for what the floor has begun with: it sees some clients only, and does not say what the floor waits for."""
    return actor.scope.client_ids is not None and not actor.may("hold_orders")


def in_hands(parts: Sequence[FulfillmentOrderInfo]) -> bool:
    """Whether the floor has something of an order in its hands."""
    return any(not fo.gone and (fo.released_at is not None or any(line.picked > line.shipped for line in fo.lines)) for fo in parts)


def ask(wanted: Sequence[Asked], clients: Mapping[int, int], reason: str) -> dict[int, CancellationAsked]:
    """Ask for cancellations of orders (`clients`: whose each is); the newest word counts where one is open."""
    here = work.current()
    made = sql.rows(_ASK, [reason, here.at, here.actor.principal, [o for o, _ in wanted], [json.dumps(q) for _, q in wanted]])
    emit(*(CancellationRequested(order_id=o, client_id=clients[o], cancellation_id=c, reason=reason) for o, c in sorted(made)))
    return {o: CancellationAsked(o, c, "asked") for o, c in made}


def answer_at_once(wanted: Sequence[Asked], clients: Mapping[int, int], reason: str, *, state: str, bases: Mapping[int, str]) -> dict[int, CancellationAsked]:
    """Write down cancellations that were asked for and need nobody to answer them (`bases`: why, by order)."""
    if not wanted:
        return {}
    here = work.current()
    ids = [o for o, _ in wanted]
    quantities, why = [json.dumps(q) for _, q in wanted], [bases[o] for o in ids]
    made = sql.rows(_ANSWER_AT_ONCE, [state, reason, here.at, here.actor.principal, here.at, here.actor.principal, ids, quantities, why])
    emit(*(CancellationAnswered(order_id=o, client_id=clients[o], cancellation_id=c, state=state, basis=bases[o]) for o, c in sorted(made)))
    return {o: CancellationAsked(o, c, state) for o, c in made}


def close_where_nothing_is_left(order_ids: Sequence[int], *, state: str, basis: str) -> None:
    """Answer what is open of orders that nothing is left of in the house."""
    here = work.current()
    nothing_left = f"NOT EXISTS (SELECT FROM orders_fulfillmentorder f WHERE f.order_id = c.order_id AND f.stage NOT IN {GONE})"
    done = sql.rows(_CLOSE.format(which=nothing_left), [state, here.at, here.actor.principal, basis, list(order_ids)])
    emit(*(CancellationAnswered(order_id=o, client_id=client, cancellation_id=c, state=state, basis=basis) for c, o, client in sorted(done)))
