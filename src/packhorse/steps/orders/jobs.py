"""What orders do by the clock, and what they do later."""

from __future__ import annotations

from uuid import UUID, uuid5

from packhorse.core import clock
from packhorse.core.actors import system
from packhorse.core.jobs import job
from packhorse.steps.orders import services
from packhorse.steps.orders.banking import ask_payments
from packhorse.steps.orders.uploads import import_upload

__all__ = ["ask_payments", "erase_old_gift_notes", "expire_authorisations", "import_upload", "retry_holds"]

_ACTOR = system("orders")


@job(every="*/15 * * * *")
def expire_authorisations(*, key: UUID) -> None:
    """Enter authorisations that have lapsed, and hold what they were for."""
    n = 0
    while services.expire_authorisations(key=uuid5(key, str(n)), actor=_ACTOR):
        n += 1


@job(every="20 3 * * *")
def erase_old_gift_notes(*, key: UUID) -> None:
    """Every night: notes of gifts whose retention has ended."""
    services.erase_old_gift_notes(key=key, actor=_ACTOR, today=clock.now().date())


@job(every="*/10 * * * *")
def retry_holds(*, key: UUID) -> None:
    """Try held payments again whose time has come."""
    services.retry_holds(key=key, actor=_ACTOR)
