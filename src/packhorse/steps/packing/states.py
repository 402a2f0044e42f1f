"""The stored states of this step: first value and transitions, as data."""

from __future__ import annotations

from typing import Final

#: A sealed parcel may be voided (reopened) until it is handed over; what was in it is then packed anew.
PARCEL: Final[dict[str, frozenset[str]]] = {
    "open": frozenset({"sealed", "voided"}),
    "sealed": frozenset({"labelled", "voided"}),
    "labelled": frozenset({"sealed", "loaded", "handed_over", "voided"}),
    "loaded": frozenset({"labelled", "handed_over", "voided"}),
    "handed_over": frozenset(),
    "voided": frozenset(),
}
