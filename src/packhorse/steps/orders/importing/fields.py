"""One cell of an order file becomes a number, a time or a text, or a `Bad` with the reason.

The readers are remembered per distinct cell (an order file has few distinct prices and times), so 300,000 lines cost a few thousand conversions.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from packhorse.core.money import PRICE_PLACES
from packhorse.ground.places import countries
from packhorse.steps.orders.importing.errors import UnknownOption
from packhorse.steps.orders.importing.reasons import Bad

MAX_QUANTITY = 1_000_000_000
MAX_PRICE = Decimal(1_000_000_000_000)
MAX_PLACES = 20
_WHOLE = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d{1,12})(\.0{1,12})?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d{1,20})?(\.\d{0,20})?([eE][+-]?\d{1,2})?", re.ASCII)
_SIGNS = re.compile(r"^([+-]?)\s*[£$€¥]\s*")
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp][Mm])?)?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


class Remembered(dict[Any, Any]):
    """A reader that works once per distinct cell. A refused cell is remembered as its `Bad`, which `read` raises again."""

    def __init__(self, reader: Callable[[Any], Any]) -> None:
        super().__init__()
        self._reader = reader

    def __missing__(self, cell: Any) -> Any:
        try:
            answer = self._reader(cell)
        except Bad as bad:
            answer = bad
        if len(self) < 200_000:
            self[cell] = answer
        return answer

    def read(self, cell: Any) -> Any:
        answer = self[cell]
        if isinstance(answer, Bad):
            raise answer.with_traceback(None)  # it may be raised many times
        return answer


def quantity(cell: Any) -> int:
    """A whole number, zero and negative included. Raises Bad(bad_quantity)."""
    if isinstance(cell, bool) or cell is None:
        raise Bad("bad_quantity", value="" if cell is None else cell)
    if isinstance(cell, str):
        text = cell.strip()
        if not _WHOLE.fullmatch(text):
            raise Bad("bad_quantity", value=cell)
        number = int(text.split(".")[0].replace(",", ""))
    elif isinstance(cell, int):
        number = cell
    elif isinstance(cell, (float, Decimal)):
        exact = Decimal(cell)
        if not exact.is_finite() or abs(exact) > MAX_QUANTITY or exact != int(exact):
            raise Bad("bad_quantity", value=cell)
        number = int(exact)
    else:
        raise Bad("bad_quantity", value=cell)
    if abs(number) > MAX_QUANTITY:
        raise Bad("bad_quantity", value=cell)
    return number


def price(cell: Any, *, decimal_comma: bool = False) -> Decimal:
    """An exact Decimal of the major unit, as written: 2.55, 1,234.50, £3, 0.001; with `decimal_comma` also 2,55 and 1.234,50. Raises Bad(bad_price)."""
    if isinstance(cell, bool) or cell is None:
        raise Bad("bad_price", value="" if cell is None else cell)
    if isinstance(cell, str):
        text = _SIGNS.sub(r"\1", cell.strip())
        if decimal_comma:
            text = text.replace(".", "").replace(",", ".") if "," in text else text
        if not _NUMBER.fullmatch(text) or not any(c.isdigit() for c in text):
            raise Bad("bad_price", value=cell)
        text = text.replace(",", "")
    elif isinstance(cell, (int, float, Decimal)):
        text = repr(cell) if isinstance(cell, float) else str(cell)
    else:
        raise Bad("bad_price", value=cell)
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Bad("bad_price", value=cell) from None
    if not number.is_finite() or abs(number) > MAX_PRICE or places(number) > MAX_PLACES:
        raise Bad("bad_price", value=cell)
    return number


def places(number: Decimal) -> int:
    """How many decimals a finite Decimal has (0 for 1E+3)."""
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int), "finite"
    return max(0, -exponent)


def unit_price(exact: Decimal) -> Decimal:
    """The price at the six places that are kept; what that takes or gives stays in the line's residue."""
    return exact if places(exact) <= 6 else exact.quantize(PRICE_PLACES, rounding=ROUND_HALF_UP)


def currency(cell: Any) -> str:
    """An ISO 4217 code in capitals. Raises Bad(bad_currency)."""
    text = str(cell).strip().upper()
    if not _CURRENCY.fullmatch(text):
        raise Bad("bad_currency", value=cell)
    return text


def text_of(cell: Any, column: str, limit: int) -> str:
    """The cell as stored text, blanks at the ends taken off. Raises Bad(bad_text, too_long)."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).strip()
    if not text.isascii() or "\x00" in text:
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Bad("bad_text", column=column) from None
        if "\x00" in text:
            raise Bad("bad_text", column=column)
    if len(text) > limit:
        raise Bad("too_long", column=column, length=len(text), limit=limit)
    return text


def zone(name: str) -> ZoneInfo:
    """The IANA time zone. Raises UnknownOption."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownOption(option="timezone", value=name) from None


def month_first(cells: Iterable[Any]) -> bool:
    """Whether 3/4/2011 means 4 March. A number above 12 decides, most win; with none it is month first, as in the published Online Retail CSV."""
    votes: Counter[bool] = Counter()
    for cell in cells:
        match = _SLASHED.match(cell.strip()) if isinstance(cell, str) else None
        if match:
            first, second = int(match[1]), int(match[2])
            if (first > 12) != (second > 12):
                votes[second > 12] += 1
    return votes[True] >= votes[False]


def moment(cell: Any, *, tz: ZoneInfo, month_comes_first: bool) -> datetime:
    """A time in UTC; a time without a zone is local to `tz`. Years 1990 to 2100. Raises Bad(bad_date)."""
    if isinstance(cell, str):
        at = _from_text(cell.strip(), month_comes_first)
    elif isinstance(cell, datetime):
        at = cell
    elif isinstance(cell, date):
        at = datetime(cell.year, cell.month, cell.day, tzinfo=tz)
    else:
        at = None
    if at is None or not 1990 <= at.year <= 2100:
        raise Bad("bad_date", value="" if cell is None else cell)
    if at.tzinfo is None:
        at = at.replace(tzinfo=tz)
    return at.astimezone(UTC)


def _from_text(text: str, month_comes_first: bool) -> datetime | None:
    match = _SLASHED.fullmatch(text)
    try:
        if match is None:
            return datetime.fromisoformat(text) if len(text) >= 10 else None
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        month, day = (first, second) if month_comes_first else (second, first)
        hour = int(match[4] or 0)
        if match[7]:
            if not 1 <= hour <= 12:
                return None
            hour = hour % 12 + (12 if match[7].lower() == "pm" else 0)
        return datetime(year + 2000 if year < 100 else year, month, day, hour, int(match[5] or 0), int(match[6] or 0))  # noqa: DTZ001 - the caller gives the zone
    except ValueError:
        return None


def country_of(name: str) -> str:
    """Alpha-2 of a country's name or code, "" when it names no one country ("Unspecified"). Two letters that are none stay, for whoever takes the order to refuse."""
    text = name.strip()
    return countries.country_code(text) or (text.upper() if len(text) == 2 and text.isascii() and text.isalpha() else "")
