"""The stored states of this step: first value and transitions, as data."""

from __future__ import annotations

from typing import Final

TASK: Final[dict[str, frozenset[str]]] = {
    "ready": frozenset({"claimed", "short", "cancelled"}),
    "claimed": frozenset({"ready", "done", "short", "cancelled"}),
    "done": frozenset(),
    "short": frozenset(),
    "cancelled": frozenset(),
}

BATCH: Final[dict[str, frozenset[str]]] = {
    "planned": frozenset({"picking", "cancelled"}),
    "picking": frozenset({"done"}),
    "done": frozenset(),
    "cancelled": frozenset(),
}
