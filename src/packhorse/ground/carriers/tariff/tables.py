"""The tariff's figures, read once from `data/tariff.json`, which says what each is and where it comes from."""

from __future__ import annotations

import bisect
import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from packhorse.core.money import exponent
from packhorse.ground.places import countries, geography

_REFERENCE_PLACES: Final = 2  # the tables' prices are pence


@dataclass(frozen=True, slots=True)
class Service:
    """One service of the tariff; prices in reference minor units by zone, one for each weight break."""

    code: str
    name: str
    guaranteed: bool
    deliver_by_hour: int
    collected_until_hour: int
    max_weight_g: int
    max_longest_mm: int
    max_girth_mm: int
    domestic_divisor: int
    international_divisor: int
    transit_days: dict[str, int]
    prices: dict[str, list[int]]
    fuel: tuple[tuple[dt.date, Decimal], ...]


@cache
def _raw() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "tariff.json").read_text(encoding="utf-8"))
    return found


@cache
def services() -> dict[str, Service]:
    """The services by code, in the order of the file."""
    raw = _raw()
    return {
        code: Service(
            code=code,
            collected_until_hour=raw["collection"][code],
            fuel=tuple((dt.date.fromisoformat(since), Decimal(share)) for since, share in raw["fuel"][code]),
            **row,
        )
        for code, row in raw["services"].items()
    }


@cache
def weight_breaks() -> list[int]:
    return list(_raw()["weight_breaks_g"])


def price(service: Service, zone: str, billed_g: int) -> int:
    """Reference minor units for a weight; above the last break each further kilogram, or part of one, costs a twentieth of the last price."""
    breaks, row = weight_breaks(), service.prices[zone]
    at = bisect.bisect_left(breaks, billed_g)
    return row[at] if at < len(breaks) else row[-1] + -(-(billed_g - breaks[-1]) // 1000) * (row[-1] // 20)


def fuel(service: Service, day: dt.date) -> Decimal:
    """The fuel surcharge's share on a day."""
    return next((share for since, share in reversed(service.fuel) if since <= day), Decimal(0))


@cache
def currency(country: str) -> tuple[str, Decimal]:
    """The currency the tariff bills in at an origin, and how many of its minor units one reference minor unit is."""
    raw = _raw()
    code = raw["currency_of"].get(country, "EUR")
    return code, Decimal(raw["currencies"][code]).scaleb(exponent(code) - _REFERENCE_PLACES)


def surcharge(name: str) -> int:
    """Reference minor units per parcel."""
    amount: int = _raw()["surcharges"][name]
    return amount


@cache
def is_served(country: str) -> bool:
    return countries.is_country(country) and country not in _raw()["not_served"]


@cache
def is_remote(country: str, prefix: str) -> bool:
    kind = geography.scheme(country)
    listed = _raw()["remote"].get(kind, ())
    if kind == "CA":
        return prefix[1:2] == "0" or prefix[:1] in listed
    return prefix in listed


def is_oversize(longest_mm: int, girth_mm: int) -> bool:
    limit = _raw()["oversize"]
    return bool(longest_mm > limit["longest_mm"] or girth_mm > limit["girth_mm"])


def is_domestic(origin: str, destination: str) -> bool:
    """Whether two countries share postal codes, and with them the domestic zones (Jersey and Britain do)."""
    return geography.scheme(origin) == geography.scheme(destination)


@cache
def zone(origin: str, origin_prefix: str, destination: str, destination_prefix: str) -> str:
    """The zone of a lane, from postal prefixes: 1 to 9 by distance at home, A to G by distance between countries abroad.

    At home without positions (countries whose prefixes we do not know): 2 where the prefixes agree, else 4.
    """
    raw = _raw()
    if is_domestic(origin, destination):
        if geography.scheme(origin) not in ("US", "CA", "GB"):
            return "2" if origin_prefix == destination_prefix else "4"
        far = geography.distance_between(origin, origin_prefix, destination, destination_prefix)
        bands, beyond = raw["distance_zones_km"], "9"
    else:
        far = geography.distance_between(origin, "", destination, "")
        bands, beyond = raw["country_zones_km"], "G"
    if far is None:
        return beyond
    return next((name for name, limit in bands.items() if name != "about" and far <= limit), beyond)


@cache
def tax(origin: str, destination: str, region: str, postal_code: str) -> Decimal:
    """The sales tax's share of the whole charge; 0 for exports."""
    taxes = _raw()["taxes"]
    if origin in ("GB", "IM"):
        return Decimal(taxes[origin]) if destination in ("GB", "IM") else Decimal(0)
    if origin in taxes["EU"]:
        return Decimal(taxes["EU"][origin]) if destination in taxes["EU"] else Decimal(0)
    if origin == destination == "CA":
        return Decimal(taxes["CA"].get(region or geography.province_of_postal_code(postal_code) or "", "0.05"))
    return Decimal(0)
