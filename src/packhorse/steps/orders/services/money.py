"""What follows from an order's money: what is to be captured, let go or authorised anew. Plain functions below the use cases; all in sets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

from packhorse.core import sql, work
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.steps.orders import records
from packhorse.steps.orders.events import PaymentAsked

#: So often a payment is asked for anew by itself (after it expired or was declined) before a person must see to it.
MOST_AUTHORISATIONS: Final = 3
#: After a decline the bank is asked again so much later.
ASK_AGAIN_AFTER: Final = dt.timedelta(hours=24)

_NAMESPACE = UUID("0e2f8b1c-52ab-53a5-9f6f-0d3a6a6c1a55")

Request = tuple[int, str, int, str, str, str, Ref | None]  # order, kind, amount, provider, token, authorisation, cause

_ASK: Final = """
INSERT INTO orders_paymentrequest (order_id, kind, amount_minor, key, provider, token, authorisation, cause_kind, cause_id, asked_at, attempts, next_attempt_at, error)
SELECT t.o, t.kind, t.amount, t.key, t.provider, t.token, t.authorisation, t.cause_kind, t.cause_id, %(at)s, 0, %(at)s, ''
FROM unnest(%(o)s::bigint[], %(kind)s::text[], %(amount)s::bigint[], %(key)s::uuid[], %(provider)s::text[], %(token)s::text[], %(authorisation)s::text[], %(cause_kind)s::text[],
            %(cause_id)s::bigint[]) AS t(o, kind, amount, key, provider, token, authorisation, cause_kind, cause_id)
ON CONFLICT DO NOTHING
"""

#: Capturing asks for all that is due, so that it takes the place of what was refused before.
_REFUSED: Final = """
SELECT id FROM orders_paymentrequest WHERE order_id = ANY(%s) AND kind = 'capture' AND error <> '' AND replaced_at IS NULL ORDER BY id FOR UPDATE
"""


def ask(requests: Sequence[Request]) -> None:
    """Write payment requests; the job asks the providers once the transaction is over. One per cause and authorisation. Tells PaymentAsked."""
    if requests:
        emit(PaymentAsked(requests=len(requests)))
        sql.run(
            _ASK,
            {
                "at": work.current().at,
                "o": [r[0] for r in requests],
                "kind": [r[1] for r in requests],
                "amount": [r[2] for r in requests],
                "key": [uuid4() for _ in requests],
                "provider": [r[3] for r in requests],
                "token": [r[4] for r in requests],
                "authorisation": [r[5] for r in requests],
                "cause_kind": [r[6].kind if r[6] else "" for r in requests],
                "cause_id": [r[6].id if r[6] else None for r in requests],
            },
        )


def capture_due(causes: Mapping[int, Ref]) -> None:
    """Ask for what was shipped and not captured of orders (locked by the caller): from the oldest authorisation on; what none covers is authorised anew.

    The amount is what is due in all less what was asked for before, so that captures add up to the shipped value and charges whatever the order of events.
    """
    requests: list[Request] = []
    for order_id, s in records.standings(list(causes)).items():
        left = s.due - s.captures
        if not s.wanted or left <= 0:
            continue
        for live in s.live:
            part = min(left, live.remaining_minor)
            requests.append((order_id, "capture", part, live.provider, "", live.ref, causes[order_id]))
            left -= part
            if not left:
                break
        if left > s.authorising and s.authorisations < MOST_AUTHORISATIONS:
            requests.append((order_id, "authorise", left - s.authorising, s.provider, s.token, "", None))
    again = sorted({r[0] for r in requests if r[1] == "capture"})
    if again and (refused := [r[0] for r in sql.rows(_REFUSED, [again])]):
        sql.run("UPDATE orders_paymentrequest SET replaced_at = %s WHERE id = ANY(%s)", [work.current().at, refused])
    ask(requests)


def let_go(order_ids: Iterable[int]) -> None:
    """Let go of what is authorised for orders (locked by the caller) of which nothing is left to ship and nothing is due."""
    requests: list[Request] = []
    for order_id, s in records.standings(list(order_ids)).items():
        if s.open_units == 0 and s.due <= s.captures:
            requests += [(order_id, "void", live.remaining_minor, live.provider, "", live.ref, None) for live in s.live]
    ask(requests)


def authorise_rest(order_ids: Iterable[int], *, by_hand: bool = False, provider: str = "", token: str = "") -> list[int]:
    """Ask to authorise what orders (locked by the caller) are worth and nothing covers; by itself only so often. Gives the orders that were asked for."""
    requests: list[Request] = []
    for order_id, s in records.standings(list(order_ids)).items():
        left = max(s.worth, s.due) - s.covered
        if s.wanted and left > 0 and (by_hand or s.authorisations + s.declines < MOST_AUTHORISATIONS):
            requests.append((order_id, "authorise", left, provider or s.provider, token or ("" if provider else s.token), "", None))
    ask(requests)
    return [r[0] for r in requests]


_ENTRIES: Final = """
INSERT INTO orders_paymententry (order_id, kind, amount_minor, provider, provider_ref, authorisation, expires_at, key, cause_kind, cause_id, note, at)
SELECT t.o, t.kind, t.amount, t.provider, t.ref, t.authorisation, t.expires, t.key, t.cause_kind, t.cause_id, t.note, %(at)s
FROM unnest(%(o)s::bigint[], %(kind)s::text[], %(amount)s::bigint[], %(provider)s::text[], %(ref)s::text[], %(authorisation)s::text[], %(expires)s::timestamptz[], %(key)s::uuid[],
            %(cause_kind)s::text[], %(cause_id)s::bigint[], %(note)s::text[]) AS t(o, kind, amount, provider, ref, authorisation, expires, key, cause_kind, cause_id, note)
"""

_SUMS: Final = """
UPDATE orders_order o SET authorised_minor = o.authorised_minor + t.authorised, captured_minor = o.captured_minor + t.captured, refunded_minor = o.refunded_minor + t.refunded
FROM (
  SELECT n.o, coalesce(sum(CASE WHEN n.kind = 'authorised' THEN n.amount WHEN n.kind IN ('expired', 'voided') THEN -n.amount END), 0)::bigint AS authorised,
         coalesce(sum(n.amount) FILTER (WHERE n.kind = 'captured'), 0)::bigint AS captured, coalesce(sum(n.amount) FILTER (WHERE n.kind = 'refunded'), 0)::bigint AS refunded
  FROM unnest(%(o)s::bigint[], %(kind)s::text[], %(amount)s::bigint[]) AS n(o, kind, amount) GROUP BY n.o
) t WHERE o.id = t.o AND (t.authorised <> 0 OR t.captured <> 0 OR t.refunded <> 0)
"""


def enter(entries: Sequence[Mapping[str, Any]]) -> None:
    """Append payment entries and move the orders' sums with them (orders locked by the caller). Keys: order_id, kind, amount_minor, provider, ref, authorisation, expires_at, key, cause, note."""
    if not entries:
        return
    params = {
        "at": work.current().at,
        "o": [e["order_id"] for e in entries],
        "kind": [e["kind"] for e in entries],
        "amount": [e["amount_minor"] for e in entries],
        "provider": [e["provider"] for e in entries],
        "ref": [e.get("ref", "") for e in entries],
        "authorisation": [e.get("authorisation", "") for e in entries],
        "expires": [e.get("expires_at") for e in entries],
        "key": [e["key"] for e in entries],
        "cause_kind": [e["cause"].kind if e.get("cause") else "" for e in entries],
        "cause_id": [e["cause"].id if e.get("cause") else None for e in entries],
        "note": [e.get("note", "") for e in entries],
    }
    sql.run(_ENTRIES, params)
    sql.run(_SUMS, params)


def expiry_key(authorisation: str, provider: str) -> UUID:
    """The key of the entry that says that an authorisation has expired: it can be said once."""
    return uuid5(_NAMESPACE, f"expired:{provider}:{authorisation}")
