"""Whether the database went away under an error: killed, starting again, or the connection cut. Nothing is known then of what was under way; asked again with its key, it is done once."""

from __future__ import annotations

from typing import Final

import django.db
import psycopg

#: The server ends this connection, or takes none just now.
_CLASSES: Final = ("08", "57P01", "57P02", "57P03", "53300")


def is_away(error: BaseException | None) -> bool:
    if isinstance(error, django.db.InterfaceError | psycopg.InterfaceError):
        return True
    cause = error if isinstance(error, psycopg.Error) else getattr(error, "__cause__", None)
    if not isinstance(cause, psycopg.OperationalError):
        return isinstance(cause, psycopg.InterfaceError)
    return cause.sqlstate is None or cause.sqlstate.startswith(_CLASSES)
