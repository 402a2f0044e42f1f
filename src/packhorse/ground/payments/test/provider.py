"""The test provider. It approves everything, except as the token says:

| token | what happens |
|---|---|
| `decline` | authorising is declined: insufficient funds |
| `expire` | approved, but the authorisation has expired at once: capturing answers *expired* |
| `unknown` | done, but every first answer gets lost: `look_up` knows the truth |
| `refuse-capture` | approved; every capture is refused |
| `refuse-refund` | approved and captured; every refund is refused |
| anything else | approved |

An authorisation lasts `LASTS` on the house's clock. Captures and refunds may be partial; beyond what is authorised (captured) they are refused.
An amount below zero is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from packhorse.core import clock, sql, work
from packhorse.ground.payments.port import Answer, Authorise, Capture, Outcome, Refund, Void

LASTS: Final = dt.timedelta(days=7)


class Play(StrEnum):
    """Tokens that play a part."""

    DECLINE = "decline"
    EXPIRE = "expire"
    UNKNOWN = "unknown"
    REFUSE_CAPTURE = "refuse-capture"
    REFUSE_REFUND = "refuse-refund"


@dataclass
class _Charge:
    id: int
    token: str
    currency: str
    amount: int
    captured: int
    refunded: int
    expires_at: dt.datetime
    voided: bool
    touched: bool = False

    @property
    def ref(self) -> str:
        return f"test-{self.id}"


_ANSWERS: Final = """
SELECT a.key, a.kind, a.outcome, a.charge_id, a.amount_minor, a.reason, c.expires_at, c.token
FROM payments_testanswer a LEFT JOIN payments_testcharge c ON c.id = a.charge_id WHERE a.key = ANY(%s)
"""
_CHARGES: Final = """
SELECT id, token, currency, amount_minor, captured_minor, refunded_minor, expires_at, voided_at IS NOT NULL
FROM payments_testcharge WHERE id = ANY(%s) ORDER BY id FOR UPDATE
"""
_NEW_CHARGES: Final = """
INSERT INTO payments_testcharge (id, key, token, reference, currency, amount_minor, captured_minor, refunded_minor, authorised_at, expires_at)
SELECT n.id, n.key, n.token, n.reference, n.currency, n.amount, 0, 0, %(now)s, n.expires_at
FROM unnest(
  %(id)s::bigint[], %(key)s::uuid[], %(token)s::text[], %(reference)s::text[], %(currency)s::text[], %(amount)s::bigint[], %(expires_at)s::timestamptz[]
) AS n(id, key, token, reference, currency, amount, expires_at)
"""
_CHANGED: Final = """
UPDATE payments_testcharge c
SET captured_minor = n.captured, refunded_minor = n.refunded, voided_at = CASE WHEN n.voided THEN coalesce(c.voided_at, %(now)s) END
FROM unnest(%(id)s::bigint[], %(captured)s::bigint[], %(refunded)s::bigint[], %(voided)s::boolean[]) AS n(id, captured, refunded, voided) WHERE c.id = n.id
"""
_NEW_ANSWERS: Final = """
INSERT INTO payments_testanswer (key, kind, charge_id, outcome, amount_minor, reason, at)
SELECT n.key, %(kind)s, n.charge, n.outcome, n.amount, n.reason, %(now)s
FROM unnest(%(key)s::uuid[], %(charge)s::bigint[], %(outcome)s::text[], %(amount)s::bigint[], %(reason)s::text[]) AS n(key, charge, outcome, amount, reason)
"""


def _heard(keys: list[UUID]) -> dict[UUID, Answer]:
    return {
        key: Answer(
            key=key,
            outcome=Outcome(outcome),
            provider_ref=f"test-{charge}" if charge else "",
            amount_minor=amount,
            reason=reason,
            expires_at=expires_at if kind == "authorise" else None,
        )
        for key, kind, outcome, charge, amount, reason, expires_at, _token in sql.rows(_ANSWERS, [keys])
    }


def _lock_key_space(keys: list[UUID]) -> None:
    """Two asks with the same key at the same moment: the second waits, and then hears what the first was told."""
    sql.rows("SELECT pg_advisory_xact_lock(k) FROM unnest(%s::bigint[]) AS t(k)", [sorted({k.int & 0x7FFF_FFFF_FFFF_FFFF for k in keys})])


class Test:
    """Keeps its own account book in the database, in its own transaction."""

    name = "test"
    __test__ = False  # not a test class

    def authorise(self, asks: Sequence[Authorise]) -> list[Answer]:
        with _apart():
            _lock_key_space([a.key for a in asks])
            known = _heard([a.key for a in asks])
            fresh = list({a.key: a for a in asks if a.key not in known}.values())
            now = clock.now()
            good = [a for a in fresh if a.token != Play.DECLINE and a.amount_minor >= 0]
            ids = dict(zip((a.key for a in good), sql.next_ids("payments_testcharge_id_seq", len(good)), strict=True))
            ends = {a.key: now if a.token == Play.EXPIRE else now + LASTS for a in good}
            sql.run(
                _NEW_CHARGES,
                {
                    "now": now,
                    "id": [ids[a.key] for a in good],
                    "key": [a.key for a in good],
                    "token": [a.token for a in good],
                    "reference": [a.reference for a in good],
                    "currency": [a.currency for a in good],
                    "amount": [a.amount_minor for a in good],
                    "expires_at": [ends[a.key] for a in good],
                },
            )
            new: dict[UUID, Answer] = {}
            for ask in fresh:
                if ask.key in ids:
                    new[ask.key] = Answer(ask.key, Outcome.DONE, f"test-{ids[ask.key]}", ask.amount_minor, "", ends[ask.key])
                elif ask.amount_minor < 0:
                    new[ask.key] = Answer(ask.key, Outcome.REFUSED, reason="amount")
                else:
                    new[ask.key] = Answer(ask.key, Outcome.DECLINED, reason="insufficient_funds")
            _remember("authorise", new, ids, now)
            lost = {a.key for a in fresh if a.token == Play.UNKNOWN}
            return [_lost(a.key) if a.key in lost else new.get(a.key) or known[a.key] for a in asks]

    def capture(self, asks: Sequence[Capture]) -> list[Answer]:
        def take(charge: _Charge, ask: Capture, now: dt.datetime) -> str:
            if charge.voided:
                return "voided"
            if charge.expires_at <= now:
                return "authorisation_expired"
            if charge.token == Play.REFUSE_CAPTURE:
                return "refused_by_bank"
            if ask.amount_minor < 0 or charge.captured + ask.amount_minor > charge.amount:
                return "over_capture"
            charge.captured += ask.amount_minor
            return ""

        return self._act("capture", asks, take)

    def refund(self, asks: Sequence[Refund]) -> list[Answer]:
        def give(charge: _Charge, ask: Refund, _now: dt.datetime) -> str:
            if charge.token == Play.REFUSE_REFUND:
                return "refused_by_bank"
            if ask.amount_minor < 0 or charge.refunded + ask.amount_minor > charge.captured:
                return "over_refund"
            charge.refunded += ask.amount_minor
            return ""

        return self._act("refund", asks, give)

    def void(self, asks: Sequence[Void]) -> list[Answer]:
        def let_go(charge: _Charge, _ask: Void, _now: dt.datetime) -> str:
            charge.voided = True
            return ""

        return self._act("void", asks, let_go)

    def look_up(self, keys: Iterable[UUID]) -> dict[UUID, Answer]:
        return _heard(list(keys))

    def _act(self, kind: str, asks: Sequence[Any], change: Callable[[_Charge, Any, dt.datetime], str]) -> list[Answer]:
        with _apart():
            _lock_key_space([a.key for a in asks])
            known = _heard([a.key for a in asks])
            fresh = list({a.key: a for a in asks if a.key not in known}.values())
            now = clock.now()
            charges = {row[0]: _Charge(*row) for row in sql.rows(_CHARGES, [sorted({_id_of(a.authorisation) for a in fresh})])}
            new: dict[UUID, Answer] = {}
            of: dict[UUID, int] = {}
            for ask in fresh:
                charge = charges.get(_id_of(ask.authorisation))
                if charge is None:
                    new[ask.key] = Answer(ask.key, Outcome.REFUSED, reason="no_such_authorisation")
                    continue
                of[ask.key] = charge.id
                reason = "currency" if getattr(ask, "currency", charge.currency) != charge.currency else change(charge, ask, now)
                if reason:
                    new[ask.key] = Answer(ask.key, Outcome.EXPIRED if reason == "authorisation_expired" else Outcome.REFUSED, charge.ref, reason=reason)
                else:
                    charge.touched = True
                    new[ask.key] = Answer(ask.key, Outcome.DONE, charge.ref, getattr(ask, "amount_minor", 0))
            changed = [c for c in charges.values() if c.touched]
            sql.run(
                _CHANGED,
                {
                    "now": now,
                    "id": [c.id for c in changed],
                    "captured": [c.captured for c in changed],
                    "refunded": [c.refunded for c in changed],
                    "voided": [c.voided for c in changed],
                },
            )
            _remember(kind, new, of, now)
            lost = {a.key for a in fresh if a.key in of and charges[of[a.key]].token == Play.UNKNOWN}
            return [_lost(a.key) if a.key in lost else new.get(a.key) or known[a.key] for a in asks]


def _apart() -> Any:
    assert not work.running(), "a provider is asked outside of any use case"
    return transaction.atomic()


def _id_of(ref: str) -> int:
    number = ref.removeprefix("test-")
    return int(number) if ref.startswith("test-") and number.isascii() and number.isdigit() and len(number) < 19 else 0


def _lost(key: UUID) -> Answer:
    return Answer(key, Outcome.UNKNOWN, reason="no_answer")


def _remember(kind: str, answers: dict[UUID, Answer], charges: dict[UUID, int], now: dt.datetime) -> None:
    sql.run(
        _NEW_ANSWERS,
        {
            "kind": kind,
            "now": now,
            "key": list(answers),
            "charge": [charges.get(k) for k in answers],
            "outcome": [a.outcome.value for a in answers.values()],
            "amount": [a.amount_minor for a in answers.values()],
            "reason": [a.reason for a in answers.values()],
        },
    )
