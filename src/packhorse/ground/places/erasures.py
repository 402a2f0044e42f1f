"""The list of erasures that people asked for, kept beside the database: a restored backup is older than some of them and carries them out again.

A file of JSON lines, appended to and never rewritten: when, and which address ids. Nothing personal is in it. A line that stands twice does no harm.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from packhorse.core import clock


def place() -> Path:
    """Where the list of this installation is."""
    return Path(settings.PACKHORSE_ERASURES)


def note(address_ids: Iterable[int]) -> None:
    """Add erased addresses to the list; on disk when it returns."""
    line = json.dumps({"at": clock.now().isoformat(), "addresses": sorted(address_ids)}) + "\n"
    path = place()
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w", encoding="ascii") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def read(path: Path) -> list[int]:
    """The addresses of a list, ascending, each once.

    Raises: ValueError for a file that is no such list.
    """
    found: set[int] = set()
    for number, line in enumerate(path.read_text(encoding="ascii").splitlines(), 1):
        try:
            found.update(int(pk) for pk in json.loads(line)["addresses"])
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"line {number} of {path} is no erasure") from error
    return sorted(found)
