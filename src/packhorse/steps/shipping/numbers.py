"""The serial shipping container codes that parcels carry."""

from __future__ import annotations

from typing import Final

from packhorse.core.documents import sscc

#: GS1 company prefixes that begin with 952 are for demonstrations (GS1 General Specifications 1.4.1); an organisation sets its own.
COMPANY_PREFIX: Final = "9521234"


def sscc_of(parcel_id: int) -> str:
    """A parcel's SSCC, 18 digits."""
    return sscc(COMPANY_PREFIX, parcel_id)


def parcel_of_sscc(text: str) -> int | None:
    """The parcel whose SSCC this is; None where it is none of ours."""
    begins = f"0{COMPANY_PREFIX}"
    if len(text) != 18 or not (text.isascii() and text.isdigit()) or not text.startswith(begins):
        return None
    parcel_id = int(text[len(begins) : -1])
    return parcel_id if sscc_of(parcel_id) == text else None
