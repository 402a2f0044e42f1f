"""Why stock was written off or found, from the clerk's own words."""

from __future__ import annotations

import re

_REASON_WORDS: tuple[tuple[str, str], ...] = (
    ("found|came in|returned|given back", "found"),
    ("damag|broke|crack|crush|smash|wet|rust|mou?ld|faulty|thrown|throw away|unsale?able|printing smudge|dirty|dagamed", "damaged"),
    ("lost|missing|mia|mystery|not rcvd|stolen|can't find|cant find", "lost"),
    ("sample|showroom|display|show |given away|mailout", "sample"),
    ("count|check|adjust|wrong|barcode|sold as|sets?\\b|mix|amazon|ebay|dotcom|credit|code", "recount"),
)
_REASONS = tuple((re.compile(words, re.IGNORECASE), reason) for words, reason in _REASON_WORDS)


def adjustment_reason(note: str, quantity: int) -> str:
    """One of ADJUSTMENT_REASONS from the clerk's words; a positive adjustment in a product's own name was found."""
    if not note or set(note) <= {"?", " "}:
        return "unexplained"
    for pattern, reason in _REASONS:
        if pattern.search(note):
            return reason
    return "found" if quantity > 0 else "other"
