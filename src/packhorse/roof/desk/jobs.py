"""Work that is asked for: the whole books at once."""

from __future__ import annotations

from packhorse.core.jobs import job
from packhorse.roof.desk import books


@job(lock="desk.check_books", attempts=2)
def check_books() -> None:
    """Somebody wants to know now: all of both ledgers, without the rests that the reconcilers take otherwise."""
    books.check_all()
