"""Where a content lies in storage."""

from __future__ import annotations


def path_of(sha256: str) -> str:
    """`ab/cd/abcd…`: two levels keep folders small."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
