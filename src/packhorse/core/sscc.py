"""The serial shipping container codes of what leaves and of what is carried: parcels have extension digit 0, handling units 1, so that a code says which it is.

They begin with the organisation's GS1 company prefix (PACKHORSE_GS1_PREFIX); 952… is GS1's range for demonstrations (GS1 General Specifications 1.4.1). Labels printed before the
organisation had its own are still read.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings

from packhorse.core.documents.barcodes import sscc

DEMONSTRATION: Final = "9521234"
_PARCEL, _UNIT = 0, 1


def of_parcel(parcel_id: int) -> str:
    """A parcel's SSCC, 18 digits."""
    return sscc(settings.PACKHORSE_GS1_PREFIX, parcel_id, _PARCEL)


def of_unit(location_id: int) -> str:
    """A tote's, cart's or pallet's SSCC, 18 digits."""
    return sscc(settings.PACKHORSE_GS1_PREFIX, location_id, _UNIT)


def parcel_of(text: str) -> int | None:
    """The parcel whose SSCC this is; None where it is none of ours."""
    return _serial(text, _PARCEL)


def unit_of(text: str) -> int | None:
    """The handling unit whose SSCC this is; None where it is none of ours."""
    return _serial(text, _UNIT)


def _serial(text: str, extension: int) -> int | None:
    if len(text) != 18 or not (text.isascii() and text.isdigit()):
        return None
    for prefix in (settings.PACKHORSE_GS1_PREFIX, DEMONSTRATION):
        begins = f"{extension}{prefix}"
        if text.startswith(begins):
            serial = int(text[len(begins) : -1])
            if sscc(prefix, serial, extension) == text:
                return serial
    return None
