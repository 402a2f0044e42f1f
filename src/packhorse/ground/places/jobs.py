"""Addresses past their retention are erased."""

from __future__ import annotations

from uuid import UUID, uuid5

from packhorse.core import clock
from packhorse.core.actors import system
from packhorse.core.jobs import job
from packhorse.ground.places import services


@job(every="20 3 * * *", attempts=3)
def erase_old(*, key: UUID) -> None:
    """Every night: overwrite addresses whose retention has passed, five thousand at a time."""
    for round_ in range(1000):
        if not services.erase_expired(key=uuid5(key, str(round_)), actor=system("retention"), today=clock.now().date()):
            return
