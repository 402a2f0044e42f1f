"""What a scanner sent: a GS1 element string or digital link, a GTIN, an SSCC, or a plain code of ours."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from biip import ParseError, parse as biip_parse

from packhorse.core.actors import EVERYTHING, Scope
from packhorse.core.refs import Ref

_GS1_SYMBOLOGY = re.compile(r"^\](C1|d2|Q3|e0)")
_SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9A-Za-z]")


@dataclass(frozen=True, slots=True)
class Scan:
    """`text` is what was read, without symbology identifier. The rest is set where the code says so; `gtin` has 14 digits."""

    text: str
    gtin: str | None = None
    sscc: str | None = None
    lot: str | None = None
    expires_on: dt.date | None = None
    serial: str | None = None
    count: int | None = None

    @property
    def marks(self) -> tuple[str, ...]:
        """What the code says of the very units: serial number and lot, where it carries them."""
        return tuple(mark for mark in (self.serial, self.lot) if mark)

    def lot_of(self, tracking: str) -> str:
        """The lot of an item tracked like this: a serial number is the lot of one unit."""
        return (self.serial if tracking == "serial" else self.lot) or ""

    @property
    def is_plain(self) -> bool:
        return self.gtin is None and self.sscc is None


@dataclass(frozen=True, slots=True)
class Context:
    """Where a scan was made: who reads, and what the present task is about. What a room resolves is narrowed by it."""

    scope: Scope = EVERYTHING
    warehouse_id: int | None = None
    client_id: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """One thing that a scan may mean, as a room's `resolve(scan, context)` answers. `quantity` is how many base units the code stands for."""

    ref: Ref
    title: str
    detail: str = ""
    quantity: int = 1


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def check_digit(body: str) -> int:
    """The GS1 modulo-10 check digit of a string of digits (GS1 General Specifications 7.9.1)."""
    return -sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(body))) % 10


def valid_gtin(text: str) -> bool:
    return _digits(text) and len(text) in (8, 12, 13, 14) and int(text[-1]) == check_digit(text[:-1])


def parse(raw: str) -> Scan:
    """Read a scan. Never fails: what is no GS1 is plain text, trimmed."""
    text = raw.replace("\x00", "").strip().strip("\r\n")
    body = _SYMBOLOGY.sub("", text)
    if valid_gtin(body):
        return Scan(text=body, gtin=body.zfill(14))
    is_gs1 = bool(_GS1_SYMBOLOGY.match(text)) or "\x1d" in text or text.startswith(("(0", "(1", "(2")) or "://" in text
    if not is_gs1 and not (_digits(body) and len(body) in (18, 20)) and not re.match(r"^01\d{14}", body):
        return Scan(text=body)
    if _digits(body) and len(body) == 18 and int(body[-1]) == check_digit(body[:-1]):
        return Scan(text=body, sscc=body)
    try:
        result = biip_parse(body.replace("(", "").replace(")", "") if body.startswith("(") and "\x1d" not in body and body.count("(") == 1 else body)
    except ParseError:
        return Scan(text=body)
    found = result.gs1_message or result.gs1_digital_link_uri
    message = found.element_strings if found is not None else None
    if message is None:
        return Scan(text=body)

    def value(*ais: str) -> str | None:
        for ai in ais:
            for element in message:
                if element.ai.ai == ai:
                    return element.value
        return None

    expiry = next((e.date for e in message if e.ai.ai in ("17", "15") and e.date), None)
    gtin = value("01", "02")
    count = value("37", "30")
    sscc = value("00")
    if gtin is not None and not valid_gtin(gtin):
        return Scan(text=body)
    if sscc is not None and int(sscc[-1]) != check_digit(sscc[:-1]):
        return Scan(text=body)
    return Scan(
        text=body,
        gtin=gtin.zfill(14) if gtin else None,
        sscc=sscc,
        lot=value("10"),
        serial=value("21"),
        expires_on=expiry,
        count=int(count) if count else None,
    )
