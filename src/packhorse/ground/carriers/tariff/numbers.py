"""The tariff carrier's tracking numbers: two letters, eight digits, a check digit and the origin's country, in the form and with the check digit of UPU standard S10 (`TF000000017GB`).

The letters T to V with a second letter from F on are ours by choice, not assigned by any postal union.
"""

from __future__ import annotations

import re
from typing import Final

_FORM: Final = re.compile(r"^[T-V][F-Z]\d{9}[A-Z]{2}$")
_WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)
_BLOCK: Final = 10**8
_SECOND: Final = "FGHIJKLMNOPQRSTUVWXYZ"


def check_digit(digits: str) -> int:
    """The S10 check digit of eight digits: weights 8 6 4 2 3 5 9 7, 11 − sum mod 11; 10 becomes 0 and 11 becomes 5 (UPU S10, section 7)."""
    found = 11 - sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11
    return {10: 0, 11: 5}.get(found, found)


def tracking_number(serial: int, country: str) -> str:
    """The number for a serial (0 to 6.3 thousand million), sent from a country."""
    block, rest = divmod(serial, _BLOCK)
    first, second = divmod(block, len(_SECOND))
    assert 0 <= first < 3, serial
    digits = f"{rest:08d}"
    return f"{'TUV'[first]}{_SECOND[second]}{digits}{check_digit(digits)}{country}"


def is_valid(number: str) -> bool:
    """Whether this is one of the tariff carrier's numbers with the right check digit."""
    return bool(_FORM.match(number)) and int(number[10]) == check_digit(number[2:10])
