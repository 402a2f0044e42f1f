"""Work by the clock."""

from __future__ import annotations

from uuid import UUID

from packhorse.core.actors import system
from packhorse.core.jobs import job
from packhorse.steps.returns import services


@job(every="*/15 * * * *")
def follow_returns(*, key: UUID) -> None:
    """Which returns has the carrier seen?"""
    services.follow_returns(key=key, actor=system("returns"))


@job(every="*/5 * * * *")
def ask_refunds(*, key: UUID) -> None:
    """Refunds that waited for their order's money."""
    services.ask_refunds(key=key, actor=system("returns"))


@job(every="20 3 * * *")
def expire_returns(*, key: UUID) -> None:
    """Returns of which nothing was seen in time."""
    services.expire_returns(key=key, actor=system("returns"))


@job(every="40 3 * * *")
def erase_old_messages(*, key: UUID) -> None:
    """What customers wrote, when its time is over."""
    services.erase_old_messages(key=key, actor=system("returns"))
