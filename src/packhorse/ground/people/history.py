"""Signs the history that triggers write (people, catalog, settings) with the command that made it."""

from __future__ import annotations

import json

from packhorse.core import sql, work


def sign() -> None:
    """Rows that the triggers write from here to the end of the transaction name this command and its actor."""
    current = work.current()
    sql.rows("SELECT set_config('pghistory.context_metadata', %s, true)", [json.dumps({"command": current.command_id, "principal": current.actor.principal})])
