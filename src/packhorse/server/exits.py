"""The exit codes of every command."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
#: It failed, or was refused.
FAILED: Final = 1
#: It was wrongly called.
MISUSED: Final = 2
#: The database cannot be used.
NO_DATABASE: Final = 3
#: The user stopped it.
INTERRUPTED: Final = 130
