"""Work by the clock: are the books right?"""

from __future__ import annotations

from uuid import UUID

import structlog

from packhorse.core.actors import system
from packhorse.core.jobs import job
from packhorse.roof.desk import services

log = structlog.get_logger(__name__)


@job(every="*/15 * * * *", attempts=2)
def check_books(*, key: UUID) -> None:
    """Every quarter of an hour: what disagrees is logged, and stands on home until it is mended."""
    checked = services.check_books(key=key, actor=system("desk"))
    if checked.figures:
        log.error("books_disagree", figures=checked.figures, kinds=sorted({d.kind for d in checked.found}))
