"""What places tells the rest of the house: addresses, verdicts, coordinates. Frozen, plain values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DELIVERABLE: Final = "deliverable"
SUSPECT: Final = "suspect"
UNDELIVERABLE: Final = "undeliverable"

#: What can be wrong with an address, in the reader's words.
PROBLEMS: Final[dict[str, Promise]] = {
    "country_missing": _("The country is missing."),
    "country_unknown": _("There is no such country code."),
    "name_missing": _("Neither a person nor a company is named."),
    "line_missing": _("The street line is missing."),
    "city_missing": _("The city is missing."),
    "region_missing": _("The state, province or region is missing."),
    "region_unknown": _("The country has no such state, province or region."),
    "postal_code_missing": _("The postal code is missing."),
    "postal_code_format": _("The postal code does not have this country's form."),
    "postal_code_region": _("The postal code does not belong to this state, province or region."),
    "postal_code_unknown": _("No place is known under the first part of this postal code."),
    "number_missing": _("The street line has no number."),
    "placeholder": _("Part of the address looks like a placeholder, not an address."),
    "too_long": _("A line is too long for a label and would be cut."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressData:
    """A party at a place. `country` is ISO 3166-1 alpha-2 in capitals; everything else is as the customer wrote it, empty where there is nothing."""

    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    line3: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    phone: str = ""
    email: str = ""

    @property
    def lines(self) -> list[str]:
        return [line for line in (self.line1, self.line2, self.line3) if line]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: a code of PROBLEMS, the field it is about, and whether a carrier would refuse the address for it."""

    code: str
    field: str
    blocking: bool

    @property
    def message(self) -> str:
        return str(PROBLEMS[self.code])


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a carrier can be expected to find the address. `checked` says how it was found out: `offline` means by format and tables only, no carrier or postal service was asked."""

    level: str
    checked: str = "offline"
    problems: tuple[Problem, ...] = ()
    suggestion: AddressData | None = None
    po_box: bool = False
    military: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAddress:
    """An address to keep, for which client (none: the house's own), until when (none: until erased by hand), and what its verification found (none: not verified)."""

    data: AddressData
    client_id: int | None = None
    retain_until: dt.date | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class StoredAddress:
    """An address as kept. After its erasure all of `data` but the country is empty. `level` is empty where it was never verified."""

    id: int
    client_id: int | None
    data: AddressData
    level: str
    problems: tuple[str, ...]
    erased_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Point:
    """A position in decimal degrees (WGS 84)."""

    latitude: float
    longitude: float
