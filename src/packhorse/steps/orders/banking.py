"""Asking the banks: the one job that talks to payment providers. Handlers queue it, `jobs` runs it by the clock."""

from __future__ import annotations

from uuid import UUID, uuid5

from packhorse.core.actors import EVERYTHING, system
from packhorse.core.jobs import job
from packhorse.steps.orders import asking, selectors, services

_ACTOR = system("orders")


@job(every="* * * * *", lock="orders.ask_payments")
def ask_payments(*, key: UUID, limit: int = 1000) -> None:
    """Ask the payment providers what waits, and write down what they say; round after round until nothing waits."""
    for n in range(100):
        ids = services.claim_payments(key=uuid5(key, f"claim:{n}"), actor=_ACTOR, limit=limit)
        waiting = selectors.payments_to_ask(EVERYTHING, ids)
        if not waiting:
            return
        services.record_payments(key=uuid5(key, f"record:{n}"), actor=_ACTOR, answers=asking.ask_providers(waiting))
