"""What equipment does when something is queued, and by the clock."""

from __future__ import annotations

from uuid import UUID, uuid5

from packhorse.core.actors import system
from packhorse.core.jobs import job
from packhorse.ground.equipment import selectors, services

_ACTOR = system("equipment")


@job(queue="default", attempts=3, lock="equipment.send")
def send(*, key: UUID) -> None:
    """Send what is queued, until nothing is or what is left did not go."""
    for round_ in range(services.TRIES):
        waiting = selectors.queued()
        if not waiting:
            return
        services.record_sent(key=uuid5(key, f"{round_}:{waiting[0]}:{waiting[-1]}"), actor=_ACTOR, answers=services.send(waiting))


@job(every="* * * * *", lock="equipment.send")
def send_waiting(*, key: UUID) -> None:
    """Every minute: what is still queued, because a job was lost or a device was off."""
    send(key=key)
