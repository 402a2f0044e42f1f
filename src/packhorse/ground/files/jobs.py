"""Files past their retention are dropped."""

from __future__ import annotations

from uuid import UUID, uuid5

from packhorse.core import clock
from packhorse.core.actors import system
from packhorse.core.jobs import job
from packhorse.ground.files import services


@job(every="10 3 * * *", attempts=3)
def drop_old(*, key: UUID) -> None:
    """Every night: forget files whose retention has passed, then take what nobody names off the disk."""
    for round_ in range(1000):
        dropped = services.drop_expired(key=uuid5(key, str(round_)), actor=system("retention"), today=clock.now().date())
        if not dropped.files:
            return
        services.remove_unreferenced(dropped.unnamed)
