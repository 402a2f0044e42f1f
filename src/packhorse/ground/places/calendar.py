"""Business days, holidays and time zones of places. Holidays come from the `holidays` package, by country and, where it knows the code, by region."""

from __future__ import annotations

import datetime as dt
from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays

from packhorse.ground.places.geography import state_of_zip

_DAY: Final = dt.timedelta(days=1)
#: Countries whose weekend is not Saturday and Sunday (ISO weekday numbers).
_WEEKENDS: Final = {
    "AE": (6, 7),
    "BD": (5, 6),
    "BH": (5, 6),
    "DZ": (5, 6),
    "EG": (5, 6),
    "IL": (5, 6),
    "JO": (5, 6),
    "KW": (5, 6),
    "NP": (6,),
    "OM": (5, 6),
    "QA": (5, 6),
    "SA": (5, 6),
}
_DEFAULT_REGION: Final = {"GB": "ENG", "CA": "ON"}

_ZONES: Final = {
    "AE": "Asia/Dubai", "AR": "America/Argentina/Buenos_Aires", "AT": "Europe/Vienna", "AU": "Australia/Sydney", "BE": "Europe/Brussels", "BG": "Europe/Sofia",
    "BH": "Asia/Bahrain", "BR": "America/Sao_Paulo", "CA": "America/Toronto", "CH": "Europe/Zurich", "CL": "America/Santiago", "CN": "Asia/Shanghai",
    "CO": "America/Bogota", "CY": "Asia/Nicosia", "CZ": "Europe/Prague", "DE": "Europe/Berlin", "DK": "Europe/Copenhagen", "EE": "Europe/Tallinn",
    "EG": "Africa/Cairo", "ES": "Europe/Madrid", "FI": "Europe/Helsinki", "FR": "Europe/Paris", "GB": "Europe/London", "GG": "Europe/Guernsey",
    "GR": "Europe/Athens", "HK": "Asia/Hong_Kong", "HR": "Europe/Zagreb", "HU": "Europe/Budapest", "ID": "Asia/Jakarta", "IE": "Europe/Dublin",
    "IL": "Asia/Jerusalem", "IM": "Europe/Isle_of_Man", "IN": "Asia/Kolkata", "IS": "Atlantic/Reykjavik", "IT": "Europe/Rome", "JE": "Europe/Jersey",
    "JP": "Asia/Tokyo", "KE": "Africa/Nairobi", "KR": "Asia/Seoul", "KW": "Asia/Kuwait", "LB": "Asia/Beirut", "LT": "Europe/Vilnius", "LU": "Europe/Luxembourg",
    "LV": "Europe/Riga", "MA": "Africa/Casablanca", "MT": "Europe/Malta", "MX": "America/Mexico_City", "MY": "Asia/Kuala_Lumpur", "NG": "Africa/Lagos",
    "NL": "Europe/Amsterdam", "NO": "Europe/Oslo", "NZ": "Pacific/Auckland", "PH": "Asia/Manila", "PK": "Asia/Karachi", "PL": "Europe/Warsaw", "PR": "America/Puerto_Rico",
    "PT": "Europe/Lisbon", "QA": "Asia/Qatar", "RO": "Europe/Bucharest", "RS": "Europe/Belgrade", "RU": "Europe/Moscow", "SA": "Asia/Riyadh", "SE": "Europe/Stockholm",
    "SG": "Asia/Singapore", "SI": "Europe/Ljubljana", "SK": "Europe/Bratislava", "TH": "Asia/Bangkok", "TR": "Europe/Istanbul", "TW": "Asia/Taipei",
    "UA": "Europe/Kyiv", "US": "America/New_York", "VN": "Asia/Ho_Chi_Minh", "ZA": "Africa/Johannesburg",
}  # fmt: skip

_CENTRAL, _MOUNTAIN, _PACIFIC = "America/Chicago", "America/Denver", "America/Los_Angeles"
_US_STATES: Final = {
    **dict.fromkeys(["AL", "AR", "IA", "IL", "KS", "LA", "MN", "MO", "MS", "ND", "NE", "OK", "SD", "TN", "TX", "WI"], _CENTRAL),
    **dict.fromkeys(["CO", "ID", "MT", "NM", "UT", "WY"], _MOUNTAIN),
    **dict.fromkeys(["CA", "NV", "OR", "WA"], _PACIFIC),
    "AZ": "America/Phoenix", "AK": "America/Anchorage", "HI": "Pacific/Honolulu", "PR": "America/Puerto_Rico", "VI": "America/Puerto_Rico", "GU": "Pacific/Guam",
}  # fmt: skip
_CA_LETTERS: Final = {
    "A": "America/St_Johns", "B": "America/Halifax", "C": "America/Halifax", "E": "America/Moncton", "G": "America/Toronto", "H": "America/Toronto",
    "J": "America/Toronto", "K": "America/Toronto", "L": "America/Toronto", "M": "America/Toronto", "N": "America/Toronto", "P": "America/Toronto",
    "R": "America/Winnipeg", "S": "America/Regina", "T": "America/Edmonton", "V": "America/Vancouver", "X": "America/Yellowknife", "Y": "America/Whitehorse",
}  # fmt: skip


@lru_cache(maxsize=4096)
def time_zone(country: str, postal_code: str = "", region: str = "") -> ZoneInfo:
    """The time zone of a place: by state or ZIP (US), by the code's first letter (CA), else the country's main one; UTC where the country has no entry."""
    if country == "US":
        state = region if region in _US_STATES else (state_of_zip(postal_code) or region)
        return ZoneInfo(_US_STATES.get(state, "America/New_York"))
    if country == "CA" and postal_code:
        return ZoneInfo(_CA_LETTERS.get(postal_code[:1].upper(), "America/Toronto"))
    return ZoneInfo(_ZONES.get(country, "UTC"))


@cache
def holidays_of(country: str, region: str, year: int) -> frozenset[dt.date]:
    """Public holidays of a country (and region, where the package knows it) in a year; none for a country that the package does not know."""
    supported = holidays.list_supported_countries()
    if country not in supported:
        return frozenset()
    region = region if region in supported[country] else _DEFAULT_REGION.get(country, "")
    return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))


def is_business_day(day: dt.date, country: str, region: str = "") -> bool:
    """Neither weekend nor public holiday."""
    return day.isoweekday() not in _WEEKENDS.get(country, (6, 7)) and day not in holidays_of(country, region, day.year)


@lru_cache(maxsize=65536)
def business_days_after(day: dt.date, n: int, country: str, region: str = "") -> dt.date:
    """The n-th business day after `day`; with n = 0 `day` itself where it is one, else the next."""
    assert n >= 0, n
    if n == 0:
        while not is_business_day(day, country, region):
            day += _DAY
        return day
    while n:
        day += _DAY
        n -= is_business_day(day, country, region)
    return day


def business_days_between(start: dt.date, end: dt.date, country: str, region: str = "") -> int:
    """How many business days lie after `start` up to and including `end`; 0 where `end` is not later."""
    return sum(is_business_day(start + dt.timedelta(days=i), country, region) for i in range(1, max(0, (end - start).days) + 1))
