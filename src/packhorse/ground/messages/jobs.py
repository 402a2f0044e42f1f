"""Work of the message room: send what is due, forget what is old."""

from __future__ import annotations

from uuid import UUID, uuid5

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING, system
from packhorse.core.jobs import job
from packhorse.ground.catalog.models import Client
from packhorse.ground.messages import selectors, senders, services

_BATCH = 500


@job(every="* * * * *", lock="messages")
def send_queued(*, key: UUID) -> None:
    """Every minute: hand over all messages that are due, five hundred at a time."""
    actor = system("messages")
    for round_ in range(1000):
        ids = services.claim_messages(key=uuid5(key, f"claim:{round_}:{clock.now().isoformat()}"), actor=actor, limit=_BATCH)
        if not ids:
            return
        found = selectors.messages_by_id(EVERYTHING, ids)
        names = {pk: (name, support) for pk, name, support in Client.objects.values_list("pk", "name", "support_email")}
        sendings = [
            *senders.send_mails([m for m in found if m.channel == "mail"], names),
            *senders.send_texts([m for m in found if m.channel == "sms"]),
        ]
        services.record_sendings(key=uuid5(key, f"sent:{ids[0]}:{clock.now().isoformat()}"), actor=actor, sendings=sendings)


@job(every="40 3 * * *", attempts=3)
def erase_old(*, key: UUID) -> None:
    """Every night: overwrite messages whose retention has passed."""
    for round_ in range(1000):
        if not services.erase_expired(key=uuid5(key, str(round_)), actor=system("retention")):
            return
