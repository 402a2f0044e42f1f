"""Work by the clock: expiry, empty levels, closed months. The reconcilers run always, in roof/desk."""

from __future__ import annotations

from uuid import UUID

from packhorse.core.actors import system
from packhorse.core.jobs import job
from packhorse.steps.inventory import services


@job(every="7 * * * *")
def expire_lots(*, key: UUID) -> None:
    """Every hour: lots whose last day has passed are blocked."""
    services.expire_lots(key=key, actor=system("inventory"))


@job(every="41 3 * * *")
def sweep_levels(*, key: UUID) -> None:
    """Every night: empty levels are taken away."""
    services.sweep_levels(key=key, actor=system("inventory"))


@job(every="19 4 * * *")
def close_months(*, key: UUID) -> None:
    """Every night: months that are over are closed."""
    services.close_months(key=key, actor=system("inventory"))


@job(every="* * * * *")
def expire_reservations(*, key: UUID) -> None:
    """Every minute: reservations whose time is over."""
    services.expire_reservations(key=key, actor=system("inventory"))
