"""The stored states of this step: first value and transitions, as data."""

from __future__ import annotations

from typing import Final

LABEL: Final[dict[str, frozenset[str]]] = {
    "requested": frozenset({"buying", "failed"}),
    "buying": frozenset({"bought", "unknown", "failed"}),
    "unknown": frozenset({"bought", "requested", "failed"}),
    "failed": frozenset({"requested"}),
    "bought": frozenset({"void_asked"}),
    "void_asked": frozenset({"voided", "bought"}),
    "voided": frozenset({"refund_asked"}),
    "refund_asked": frozenset({"refunded"}),
    "refunded": frozenset(),
}

MANIFEST: Final[dict[str, frozenset[str]]] = {
    "closing": frozenset({"handed_over"}),
    "handed_over": frozenset(),
}
