"""What equipment does when something is queued, and by the clock."""

from __future__ import annotations

from uuid import uuid4

from packhorse.core.actors import system
from packhorse.core.jobs import job
from packhorse.ground.equipment import selectors, services

_ACTOR = system("equipment")


@job(queue="default", attempts=3, lock="equipment.send")
def send() -> None:
    """Send what is queued, until nothing is or what is left did not go. Each is recorded as soon as its device has answered: whoever dies here sends one of them twice at most."""
    for _round in range(services.TRIES):
        waiting = selectors.queued()
        if not waiting:
            return
        silent: dict[int, str] = {}
        for sending_id in waiting:
            if answer := services.send(sending_id, silent):
                services.record_sent(key=uuid4(), actor=_ACTOR, answers=[answer])


@job(every="* * * * *", lock="equipment.send")
def send_waiting() -> None:
    """Every minute: what is still queued, because a job was lost or a device was off."""
    send()
