"""What orders do by the clock."""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID, uuid5

from packhorse.core.actors import EVERYTHING, Actor, system
from packhorse.core.jobs import job
from packhorse.ground.files import selectors as files
from packhorse.steps.orders import asking, file_intake, selectors, services
from packhorse.steps.orders.types import NewPayment

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


@job(every="*/15 * * * *")
def expire_authorisations(*, key: UUID) -> None:
    """Enter authorisations that have lapsed, and hold what they were for."""
    n = 0
    while services.expire_authorisations(key=uuid5(key, str(n)), actor=_ACTOR):
        n += 1


@job(every="*/10 * * * *")
def retry_holds(*, key: UUID) -> None:
    """Try held payments again whose time has come."""
    services.retry_holds(key=key, actor=_ACTOR)


@job(queue="bulk", attempts=3)
def import_upload(*, file_id: int, file_name: str, actor: Actor, client_id: int, warehouse_id: int, preset: str | None, payment: str) -> None:
    """Take in an uploaded file for whoever uploaded it. Run again, it goes on where it stood."""
    with NamedTemporaryFile(suffix=Path(file_name).suffix) as kept:
        kept.write(files.read(file_id, EVERYTHING))
        kept.flush()
        file_intake.import_file(
            Path(kept.name),
            actor=actor,
            client_id=client_id,
            warehouse_id=warehouse_id,
            preset=preset,
            payment=NewPayment(payment) if payment else None,
            file_name=file_name,
        )
