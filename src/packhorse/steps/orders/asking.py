"""Asks payment providers what waits. Outside of any use case; decides nothing and records nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import structlog

from packhorse.ground.payments import registry
from packhorse.ground.payments.port import Answer, Authorise, Capture, Outcome, Provider, Refund, Void
from packhorse.steps.orders.types import PaymentAnswer, WaitingPayment

log = structlog.get_logger(__name__)

#: Captures before voids: what is let go is what nobody takes any more.
_ORDER: Final = ("authorise", "capture", "refund", "void")

_ASKS: Final[dict[str, Callable[[WaitingPayment], Any]]] = {
    "authorise": lambda w: Authorise(w.key, w.amount_minor, w.currency, w.token, w.reference),
    "capture": lambda w: Capture(w.key, w.authorisation, w.amount_minor, w.currency),
    "refund": lambda w: Refund(w.key, w.authorisation, w.amount_minor, w.currency),
    "void": lambda w: Void(w.key, w.authorisation),
}


def ask_providers(waiting: Sequence[WaitingPayment]) -> list[PaymentAnswer]:
    """Ask; one answer per request, in order. What was asked before is looked up by its key first; what stays unknown is looked up once more, and else left for the next time."""
    answers: dict[int, Answer] = {}
    for name in sorted({w.provider for w in waiting}):
        mine = [w for w in waiting if w.provider == name]
        try:
            provider = registry.provider(name)
        except registry.UnknownProvider:
            answers |= {w.request_id: Answer(w.key, Outcome.REFUSED, reason="unknown_provider") for w in mine}
            continue
        answers |= _ask(provider, mine)
    return [_answer(w, answers[w.request_id]) for w in waiting]


def _ask(provider: Provider, waiting: Sequence[WaitingPayment]) -> dict[int, Answer]:
    found = _look_up(provider, [w for w in waiting if w.attempts > 1])
    for kind in _ORDER:
        asked = [w for w in waiting if w.kind == kind and w.request_id not in found]
        if not asked:
            continue
        try:
            said = getattr(provider, kind)([_ASKS[kind](w) for w in asked])
        except Exception as error:
            log.warning("payment_provider_failed", provider=provider.name, kind=kind, error=repr(error))
            said = [Answer(w.key, Outcome.UNKNOWN, reason="no_answer") for w in asked]
        found |= {w.request_id: a for w, a in zip(asked, said, strict=True)}
    unknown = [w for w in waiting if found[w.request_id].outcome is Outcome.UNKNOWN]
    return found | _look_up(provider, unknown)


def _look_up(provider: Provider, waiting: Sequence[WaitingPayment]) -> dict[int, Answer]:
    if not waiting:
        return {}
    try:
        known = provider.look_up([w.key for w in waiting])
    except Exception as error:
        log.warning("payment_provider_failed", provider=provider.name, kind="look_up", error=repr(error))
        return {w.request_id: Answer(w.key, Outcome.UNKNOWN, reason="no_answer") for w in waiting}
    return {w.request_id: known[w.key] for w in waiting if w.key in known}


def _answer(w: WaitingPayment, a: Answer) -> PaymentAnswer:
    return PaymentAnswer(w.request_id, a.outcome.value, a.provider_ref, a.amount_minor, a.reason, a.expires_at)
