"""Country names as shops write them, as ISO 3166-1 alpha-2 codes. A public fact; names of no one country ("Unspecified", "European Community") give ""."""

from __future__ import annotations

_NAMES = {
    "united kingdom": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB", "uk": "GB",
    "eire": "IE", "ireland": "IE", "germany": "DE", "deutschland": "DE", "france": "FR", "belgium": "BE", "spain": "ES", "netherlands": "NL",
    "the netherlands": "NL", "australia": "AU", "switzerland": "CH", "portugal": "PT", "italy": "IT", "sweden": "SE", "finland": "FI", "japan": "JP",
    "norway": "NO", "poland": "PL", "channel islands": "JE", "jersey": "JE", "guernsey": "GG", "isle of man": "IM", "austria": "AT", "cyprus": "CY",
    "denmark": "DK", "hong kong": "HK", "singapore": "SG", "israel": "IL", "canada": "CA", "malta": "MT", "iceland": "IS", "greece": "GR",
    "lithuania": "LT", "latvia": "LV", "estonia": "EE", "bahrain": "BH", "saudi arabia": "SA", "czech republic": "CZ", "czechia": "CZ", "lebanon": "LB",
    "united arab emirates": "AE", "brazil": "BR", "usa": "US", "united states": "US", "united states of america": "US", "rsa": "ZA",
    "south africa": "ZA", "korea": "KR", "south korea": "KR", "nigeria": "NG", "thailand": "TH", "bermuda": "BM", "west indies": "", "luxembourg": "LU",
    "hungary": "HU", "romania": "RO", "bulgaria": "BG", "croatia": "HR", "slovakia": "SK", "slovenia": "SI", "mexico": "MX", "new zealand": "NZ",
    "india": "IN", "china": "CN", "turkey": "TR", "ukraine": "UA",
}  # fmt: skip


def country_code(name: str) -> str:
    """Alpha-2 of a country's name or code, "" when it names no one country."""
    text = name.strip()
    known = _NAMES.get(text.lower())
    if known is not None:
        return known
    return text.upper() if len(text) == 2 and text.isascii() and text.isalpha() else ""
