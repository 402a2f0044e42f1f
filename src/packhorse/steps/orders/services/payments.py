"""Money: what was asked is claimed, recorded once, and what follows from it is asked in turn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.messages.queue import close_alerts, raise_alerts
from packhorse.ground.messages.types import NewAlert
from packhorse.ground.payments import registry
from packhorse.steps.orders import records
from packhorse.steps.orders.errors import PaymentNotWanted
from packhorse.steps.orders.events import PaymentAuthorised, PaymentCaptured, PaymentDeclined, PaymentExpired, PaymentRefunded, PaymentVoided
from packhorse.steps.orders.services import money
from packhorse.steps.orders.services.holding import open_holds, release_holds
from packhorse.steps.orders.types import PaymentAnswer, ShippedOrder

#: The alert rule for money that could not be taken or given.
ALERT: Final = "payment_failed"


@use_case
def claim_payments(*, key: UUID, actor: Actor, limit: int = 1000) -> list[int]:
    """Take payment requests that wait, to ask their providers. Until they are answered they come again after 1, 2, 4 … minutes, at most a day apart.

    Locks: payment requests.   Raises: NotAllowed.
    """
    authorize(actor, "take_payment")
    found = sql.rows(
        """UPDATE orders_paymentrequest r SET attempts = r.attempts + 1, next_attempt_at = %(now)s + least(interval '1 day', interval '1 minute' * 2 ^ least(r.attempts, 20))
           FROM (SELECT id FROM orders_paymentrequest WHERE answered_at IS NULL AND next_attempt_at <= %(now)s ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED) t
           WHERE r.id = t.id RETURNING r.id""",
        {"now": work.current().at, "limit": limit},
    )
    return sorted(r[0] for r in found)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A payment request that was answered now, with its order's particulars."""

    id: int
    order_id: int
    kind: str
    amount: int
    key: UUID
    provider: str
    authorisation: str
    cause: Ref | None
    answer: PaymentAnswer
    client_id: int
    currency: str

    @property
    def done(self) -> bool:
        return self.answer.outcome == "done"

    @property
    def about(self) -> dict[str, Any]:
        return {"order_id": self.order_id, "client_id": self.client_id, "currency": self.currency}


@use_case
def record_payments(*, key: UUID, actor: Actor, answers: list[PaymentAnswer]) -> int:
    """Write down what providers answered, each request once; unknown outcomes stay open. Gives how many were recorded.

    Authorised: payment holds fall, and what is due is captured. Declined: the hold says why, and the bank is asked again a day later. Expired: authorised anew. All by the amounts of the
    order's own lines and entries.

    Locks: orders, their fulfillment orders and lines, payment requests.   Raises: NotAllowed.
    """
    authorize(actor, "take_payment")
    asked = _lock_asked([a for a in answers if a.outcome != "unknown"])
    for client_id in sorted({a.client_id for a in asked}):
        authorize(actor, "take_payment", client_id=client_id)
    if not asked:
        return 0
    sql.run(
        "UPDATE orders_paymentrequest r SET answered_at = %s, error = t.error FROM unnest(%s::bigint[], %s::text[]) AS t(id, error) WHERE r.id = t.id",
        [work.current().at, [a.id for a in asked], ["" if a.done else a.answer.reason or a.answer.outcome for a in asked]],
    )
    money.enter([_entry(a) for a in asked if a.done or a.answer.outcome != "expired" or a.kind != "capture"])
    _tell(asked)
    _after_authorising([a for a in asked if a.kind == "authorise"])
    _after_capturing([a for a in asked if a.kind == "capture"])
    failed = [a for a in asked if a.kind in ("refund", "void") and not a.done]
    _alert(failed)
    return len(asked)


def _lock_asked(answers: Sequence[PaymentAnswer]) -> list[_Asked]:
    by_id = {a.request_id: a for a in answers}
    orders = {r[0] for r in sql.rows("SELECT DISTINCT order_id FROM orders_paymentrequest WHERE id = ANY(%s) AND answered_at IS NULL", [list(by_id)])}
    locked = records.lock_orders(orders)
    rows = sql.rows(
        """SELECT id, order_id, kind, amount_minor, key, provider, authorisation, cause_kind, cause_id FROM orders_paymentrequest
           WHERE id = ANY(%s) AND order_id = ANY(%s) AND answered_at IS NULL ORDER BY id FOR UPDATE""",
        [list(by_id), list(orders)],
    )
    return [
        _Asked(*(*r[:7], Ref(r[7], r[8]) if r[8] is not None else None, by_id[r[0]], locked[r[1]].client_id, locked[r[1]].currency))
        for r in rows
    ]  # fmt: skip


_KIND: Final = {"authorise": "authorised", "capture": "captured", "refund": "refunded", "void": "voided"}


def _entry(a: _Asked) -> dict[str, Any]:
    authorisation = a.answer.provider_ref if a.kind == "authorise" else a.authorisation
    amount = a.answer.amount_minor if a.done and a.kind == "authorise" else a.amount
    return {
        "order_id": a.order_id,
        "kind": _KIND[a.kind] if a.done else "declined",
        "amount_minor": amount,
        "provider": a.provider,
        "ref": a.answer.provider_ref,
        "authorisation": authorisation,
        "expires_at": a.answer.expires_at if a.done and a.kind == "authorise" else None,
        "key": a.key,
        "cause": a.cause,
        "note": "" if a.done else f"{a.kind}: {a.answer.reason or a.answer.outcome}",
    }


def _tell(asked: Sequence[_Asked]) -> None:
    for a in asked:
        if not a.done:
            if a.kind != "capture" or a.answer.outcome != "expired":
                emit(PaymentDeclined(**a.about, amount_minor=a.amount, kind=a.kind, reason=a.answer.reason or a.answer.outcome))
        elif a.kind == "authorise":
            emit(PaymentAuthorised(**a.about, amount_minor=a.answer.amount_minor))
        elif a.kind == "capture":
            emit(PaymentCaptured(**a.about, amount_minor=a.amount))
        elif a.kind == "refund":
            emit(PaymentRefunded(**a.about, amount_minor=a.amount, cause_kind=a.cause.kind if a.cause else "", cause_id=a.cause.id if a.cause else None))
        else:
            emit(PaymentVoided(**a.about, amount_minor=a.amount))


def _after_authorising(asked: Sequence[_Asked]) -> None:
    done = {a.order_id: a for a in asked if a.done}
    if done:
        standing = records.standings(list(done))
        money.capture_due({o: Ref("orders.payment_request", done[o].id) for o, s in standing.items() if s.due > s.captures})
        money.let_go([o for o, s in standing.items() if s.open_units == 0])
        covered = [o for o, s in standing.items() if s.captures + sum(x.remaining_minor for x in s.live) >= s.worth]
        release_holds(_parts(covered), ["payment"], quiet=True)
        close_alerts(ALERT, "orders.order", covered)
    declined = {a.order_id: a for a in asked if not a.done}
    if declined:
        again = records.standings(list(declined))
        later = work.current().at + money.ASK_AGAIN_AFTER
        for retry in (True, False):
            some = [o for o, s in again.items() if (s.declines + s.authorisations < money.MOST_AUTHORISATIONS) is retry]
            open_holds(some, "payment", [declined[o].answer.reason for o in some], retry_at=later if retry else None, quiet=True)
        _alert([a for o, a in declined.items() if again[o].due > again[o].captures])


def _after_capturing(asked: Sequence[_Asked]) -> None:
    done = [a.order_id for a in asked if a.done]
    if done:
        money.let_go(done)
        close_alerts(ALERT, "orders.order", done)
    expired = [a for a in asked if not a.done and a.answer.outcome == "expired"]
    _expire({a.order_id: [a.authorisation] for a in expired})
    _alert([a for a in asked if not a.done])


def _alert(failed: Sequence[_Asked]) -> None:
    raise_alerts(
        [
            NewAlert(
                rule=ALERT,
                subject=Ref("orders.order", a.order_id),
                owner_role="service",
                client_id=a.client_id,
                order_id=a.order_id,
                detail={"kind": a.kind, "reason": a.answer.reason or a.answer.outcome},
            )
            for a in failed
        ]
    )


def _parts(order_ids: Sequence[int]) -> list[int]:
    return [r[0] for r in sql.rows("SELECT id FROM orders_fulfillmentorder WHERE order_id = ANY(%s) ORDER BY id", [list(order_ids)])]


def _expire(authorisations: Mapping[int, Sequence[str]]) -> None:
    """Enter that authorisations of locked orders have lapsed; hold what has not left, and ask anew for what is still worth it."""
    before = records.standings(list(authorisations))
    gone = [(s, live) for o, s in before.items() for live in s.live if live.ref in authorisations[o]]
    money.enter(
        [
            {
                "order_id": s.order_id,
                "kind": "expired",
                "amount_minor": live.remaining_minor,
                "provider": live.provider,
                "authorisation": live.ref,
                "key": money.expiry_key(live.ref, live.provider),
            }
            for s, live in gone
        ]
    )
    emit(*(PaymentExpired(order_id=s.order_id, client_id=s.client_id, currency=s.currency, amount_minor=live.remaining_minor) for s, live in gone))
    bare = [o for o, s in records.standings([s.order_id for s, _ in gone]).items() if s.covered < max(s.worth, s.due)]
    open_holds(bare, "payment", ["authorisation_expired"] * len(bare))
    money.authorise_rest(bare)


@use_case
def capture_shipped(*, key: UUID, actor: Actor, shipped: list[ShippedOrder]) -> int:
    """Goods left: ask for the value of what was shipped, and with the first shipment for the order's charges. Gives how many orders.

    Locks: orders, their fulfillment orders and lines.   Raises: NotAllowed, NotFound.
    """
    authorize(actor, "take_payment")
    causes = {s.order_id: Ref("orders.lines_shipped", s.journal_id) for s in shipped}
    for client_id in sorted({o.client_id for o in records.lock_orders(causes).values()}):
        authorize(actor, "take_payment", client_id=client_id)
    money.capture_due(causes)
    return len(causes)


_LAPSED: Final = """
SELECT e.order_id, e.authorisation FROM orders_paymententry e JOIN orders_order o ON o.id = e.order_id
WHERE e.expires_at BETWEEN %(since)s AND %(now)s AND e.kind = 'authorised' AND o.authorised_minor > o.captured_minor
  AND NOT EXISTS (SELECT FROM orders_paymententry x WHERE x.order_id = e.order_id AND x.authorisation = e.authorisation AND x.kind IN ('expired', 'voided'))
ORDER BY e.expires_at, e.id LIMIT %(limit)s
"""


@use_case
def expire_authorisations(*, key: UUID, actor: Actor, limit: int = 500) -> int:
    """Authorisations that have lapsed are entered as expired; orders that still wait to be shipped are held and their money asked for anew. Gives how many.

    Locks: orders, their fulfillment orders and lines.   Raises: NotAllowed.
    """
    authorize(actor, "take_payment")
    now = work.current().at
    params = {"since": now - dt.timedelta(days=60), "now": now, "limit": limit}
    records.lock_orders({r[0] for r in sql.rows(_LAPSED, params)})
    lapsed: dict[int, list[str]] = {}
    for order_id, authorisation in sql.rows(_LAPSED, params):
        lapsed.setdefault(order_id, []).append(authorisation)
    _expire(lapsed)
    return sum(map(len, lapsed.values()))


@use_case
def retry_payment(*, key: UUID, actor: Actor, order_id: int, provider: str = "", token: str = "") -> int:
    """Ask for an order's money again, by another means if one is given: authorise what nothing covers, else capture what is due. Gives how much is asked for in all, in minor units.

    Locks: the order, its fulfillment orders and lines.   Raises: NotAllowed, NotFound, UnknownProvider, PaymentNotWanted.
    """
    order = records.lock_order(order_id)
    authorize(actor, "take_payment", client_id=order.client_id)
    if provider:
        registry.provider(provider)
    if _waiting(order_id):
        raise PaymentNotWanted(why="it is being asked for already", order_id=order_id)
    if not money.authorise_rest([order_id], by_hand=True, provider=provider, token=token):
        money.capture_due({order_id: Ref("core.command", work.current().command_id)})
    asked = _waiting(order_id)
    if not asked:
        raise PaymentNotWanted(why="all that is wanted is covered", order_id=order_id)
    sql.run(
        """UPDATE orders_hold SET retry_at = NULL WHERE released_at IS NULL AND kind = 'payment'
           AND fulfillment_order_id IN (SELECT id FROM orders_fulfillmentorder WHERE order_id = %s)""",
        [order_id],
    )
    return asked


def _waiting(order_id: int) -> int:
    found = sql.rows(
        """SELECT coalesce(sum(amount_minor), 0)::bigint FROM orders_paymentrequest WHERE order_id = %s AND kind IN ('authorise', 'capture') AND answered_at IS NULL""",
        [order_id],
    )
    return int(found[0][0])


@use_case
def retry_holds(*, key: UUID, actor: Actor, limit: int = 500) -> int:
    """Payment holds whose time to try again has come: ask the bank anew. Gives how many orders.

    Locks: orders, their fulfillment orders and lines, holds.   Raises: NotAllowed.
    """
    authorize(actor, "take_payment")
    due = """SELECT DISTINCT f.order_id FROM orders_hold h JOIN orders_fulfillmentorder f ON f.id = h.fulfillment_order_id
             WHERE h.released_at IS NULL AND h.kind = 'payment' AND h.retry_at <= %s ORDER BY 1 LIMIT %s"""
    now = work.current().at
    orders = [r[0] for r in sql.rows(due, [now, limit])]
    records.lock_orders(orders)
    sql.run(
        """UPDATE orders_hold SET retry_at = NULL WHERE released_at IS NULL AND kind = 'payment'
           AND fulfillment_order_id IN (SELECT id FROM orders_fulfillmentorder WHERE order_id = ANY(%s))""",
        [orders],
    )
    return len(money.authorise_rest(orders))
