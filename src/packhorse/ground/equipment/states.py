"""The stored states of what is sent to equipment: first value and transitions, as data."""

from __future__ import annotations

from typing import Final

SENDING: Final[dict[str, frozenset[str]]] = {"queued": frozenset({"sent", "failed"}), "failed": frozenset({"queued"}), "sent": frozenset()}
