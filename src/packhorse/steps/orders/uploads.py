"""A file uploaded in the browser, taken in by a job."""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile

from packhorse.core.actors import EVERYTHING, Actor
from packhorse.core.jobs import job
from packhorse.ground.files import selectors as files
from packhorse.steps.orders import file_intake
from packhorse.steps.orders.types import NewPayment


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
