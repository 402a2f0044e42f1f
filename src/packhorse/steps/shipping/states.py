"""The stored states of this step: first value and transitions, as data."""

from __future__ import annotations

from typing import Final

#: A parcel has at most one label in these states.
LIVE: Final = frozenset({"requested", "buying", "bought", "unknown", "failed", "void_asked"})

LABEL: Final[dict[str, frozenset[str]]] = {
    "requested": frozenset({"buying", "voided"}),
    "buying": frozenset({"bought", "unknown", "failed"}),
    "unknown": frozenset({"bought", "requested", "failed"}),
    "failed": frozenset({"requested", "voided"}),
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
