"""Where postal prefixes are, offline: ZIP codes by three digits, Canadian codes by forward sortation area, British ones by postcode area, other countries as a whole.

Sources are written in `data/prefixes.json`. Good for zones, for choosing a warehouse and for plausibility; not for navigation.
"""

from __future__ import annotations

import json
import math
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from packhorse.ground.places.types import Point

_AREA: Final = re.compile(r"^[A-Z]{1,2}")
_EARTH_KM: Final = 6371.0088  # mean radius, IUGG

#: Codes of their own that use another country's postal scheme.
_SCHEME: Final = {"PR": "US", "VI": "US", "GU": "US", "AS": "US", "MP": "US", "GG": "GB", "JE": "GB", "IM": "GB"}

#: Canada Post's postal districts.
_CA_PROVINCES: Final = {
    "A": "NL", "B": "NS", "C": "PE", "E": "NB", "G": "QC", "H": "QC", "J": "QC", "K": "ON", "L": "ON", "M": "ON", "N": "ON", "P": "ON", "R": "MB", "S": "SK",
    "T": "AB", "V": "BC", "X": "NT", "Y": "YT",
}  # fmt: skip


@cache
def _tables() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "prefixes.json").read_text(encoding="utf-8"))
    return found


def scheme(country: str) -> str:
    """The country whose postal codes this one uses (Puerto Rico uses US ZIP codes)."""
    return _SCHEME.get(country, country)


@lru_cache(maxsize=65536)
def prefix(country: str, postal_code: str) -> str:
    """The part of a postal code that tells roughly where it is: `100` (US), `M5V` (CA), `SW` (GB), the first character elsewhere; empty where there is none."""
    code = postal_code.upper().replace(" ", "").replace("-", "")
    kind = scheme(country)
    if kind in ("US", "CA"):
        return code[:3] if len(code) >= 3 else ""
    if kind == "GB":
        found = _AREA.match(code)
        return found.group() if found else ""
    return code[:1]


def zone(country: str, postal_code: str) -> str:
    """A lane's end: country and prefix, for instance `US-100`, `GB-SW`, `DE-1`; the country alone where there is no postal code."""
    part = prefix(country, postal_code)
    return f"{country}-{part}" if part else country


def known_prefix(country: str, postal_code: str) -> bool | None:
    """Whether something is known to be under the postal code's prefix; None for countries without a table."""
    kind = scheme(country)
    if kind not in ("US", "CA", "GB"):
        return None
    return prefix(country, postal_code) in _tables()[kind]


def state_of_zip(postal_code: str) -> str | None:
    """The state most ZIP codes of this prefix are in."""
    found = _tables()["US"].get(prefix("US", postal_code))
    return found[2] if found else None


def province_of_postal_code(postal_code: str) -> str | None:
    """The Canadian province or territory a postal code's first letter stands for; X is shared by two, of which the larger in people is named."""
    return _CA_PROVINCES.get(postal_code[:1].upper())


@lru_cache(maxsize=65536)
def centroid(country: str, postal_code: str = "") -> Point | None:
    """Roughly where the postal code is; the country's largest market where the prefix says nothing; None for a country without a position."""
    kind = scheme(country)
    if kind in ("US", "CA", "GB"):
        found = _tables()[kind].get(prefix(country, postal_code))
        if found:
            return Point(found[0], found[1])
    found = _tables()["countries"].get(country)
    return Point(found[0], found[1]) if found else None


def distance_km(a: Point, b: Point) -> float:
    """Great-circle distance in kilometres (haversine)."""
    la, lb = math.radians(a.latitude), math.radians(b.latitude)
    h = math.sin((lb - la) / 2) ** 2 + math.cos(la) * math.cos(lb) * math.sin(math.radians(b.longitude - a.longitude) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


def distance_between(from_country: str, from_postal_code: str, to_country: str, to_postal_code: str) -> float | None:
    """Kilometres between two postal codes' prefixes as the crow flies; None where either has no position."""
    a, b = centroid(from_country, from_postal_code), centroid(to_country, to_postal_code)
    return distance_km(a, b) if a and b else None
