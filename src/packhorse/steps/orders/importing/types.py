"""What an order file becomes: plain values, nothing of the database.

Units: quantities are integers of the item's base unit; unit prices Decimals of the major unit with up to six places; amounts integers of the minor unit,
signed as in the file (a sale is positive, a return negative). Times are UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any


class Format(StrEnum):
    """The three shapes of file that `parse` reads."""

    ONLINE_RETAIL = "online-retail"
    PLAIN_CSV = "plain-csv"
    JSON_LINES = "json-lines"


class Kind(StrEnum):
    """Every input line is exactly one of these."""

    SALE = "sale"
    RETURN = "return"
    ADJUSTMENT = "adjustment"
    FEE = "fee"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"


KINDS: tuple[Kind, ...] = tuple(Kind)
Progress = Callable[[str, int, int], None]
"""`progress(stage, done, total)`: stage is "read" (rows, or bytes of a text file), "classify" (lines)."""


@dataclass(frozen=True, slots=True)
class ParsedAddress:
    """Where goods go. `country` is ISO 3166-1 alpha-2; everything else is as written in the file."""

    lines: tuple[str, ...]
    city: str
    region: str
    postal_code: str
    country: str
    company: str = ""


@dataclass(frozen=True, slots=True)
class ParsedCustomer:
    """Who ordered. Without a customer number in the file `ref` is made from the order and `anonymous` is true.

    `country` (alpha-2, or "" when the file names none) is known even where `address` is not; an order without an address is held by the intake.
    """

    ref: str
    country: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    address: ParsedAddress | None = None
    anonymous: bool = False


ShipTo = Callable[[ParsedCustomer], ParsedCustomer]
"""Fills in what the file lacks: takes the customer as read, gives it back with an address (or unchanged)."""


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """One sold line. `line_no` is its row in the file; `sku` is upper case."""

    line_no: int
    sku: str
    description: str
    quantity: int
    unit_price: Decimal
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ParsedFee:
    """A line that is no goods: postage, discount, manual entry, bank charge …; `amount_minor` is signed."""

    kind: str
    amount_minor: int
    description: str
    line_no: int = 0


@dataclass(frozen=True, slots=True)
class ParsedOrder:
    """One order. `incomplete` says that at least one of its lines was quarantined; `source` names the file and its first and last row. `ship_complete`, `gift_wrap` None: the file does not say."""

    external_id: str
    placed_at: datetime
    currency: str
    customer: ParsedCustomer
    lines: tuple[ParsedLine, ...]
    fees: tuple[ParsedFee, ...] = ()
    service: str = ""
    note: str = ""
    source: str = ""
    incomplete: bool = False
    ship_complete: bool | None = None
    priority: int = 0
    gift_note: str = ""
    gift_wrap: bool | None = None

    @property
    def goods_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines)

    @property
    def fees_minor(self) -> int:
        return sum(fee.amount_minor for fee in self.fees)


@dataclass(frozen=True, slots=True)
class ParsedReturnLine:
    """Goods that came back: `quantity` is positive, `amount_minor` negative. `original_line_no` is the row of the sale once matched."""

    line_no: int
    sku: str
    description: str
    quantity: int
    unit_price: Decimal
    amount_minor: int
    original_line_no: int | None = None


@dataclass(frozen=True, slots=True)
class ParsedReturn:
    """One credit note, or the part of it that goes back to one order. `original` is that order's external id; None is a blind return.

    (`external_id`, `part`) is unique; `reference` is both in one string. `match_returns` makes the parts.
    """

    external_id: str
    returned_at: datetime
    currency: str
    customer: ParsedCustomer
    lines: tuple[ParsedReturnLine, ...]
    fees: tuple[ParsedFee, ...] = ()
    original: str | None = None
    part: int = 1
    reason: str = ""
    source: str = ""
    incomplete: bool = False

    @property
    def reference(self) -> str:
        return self.external_id if self.part == 1 else f"{self.external_id}/{self.part}"


@dataclass(frozen=True, slots=True)
class ParsedAdjustment:
    """Stock that was written off or found: `quantity` is signed, `reason` is one of `ADJUSTMENT_REASONS`, `note` the file's own words."""

    external_id: str
    line_no: int
    at: datetime
    sku: str
    quantity: int
    reason: str
    note: str


ADJUSTMENT_REASONS: tuple[str, ...] = ("damaged", "found", "lost", "sample", "recount", "unexplained", "other")


@dataclass(frozen=True, slots=True)
class ParsedCharge:
    """An invoice of fees alone (a bank charge, a bad debt, a marketplace's fee): money, no goods, no order."""

    external_id: str
    at: datetime
    currency: str
    customer: ParsedCustomer
    fees: tuple[ParsedFee, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class ParsedItem:
    """One SKU of the file: the most frequent description that a customer was ever sold it under, its usual price, other spellings of its code."""

    sku: str
    description: str
    unit_price: Decimal
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One line that could not be taken, with the reason in plain words and the row as it stood (a line of a JSON order: that order with this line alone).

    `external_id` is "" when not even that could be read; `amount_minor` is 0 when quantity or price could not.
    """

    line_no: int
    raw: str
    code: str
    reason: str
    external_id: str = ""
    amount_minor: int = 0


@dataclass(frozen=True, slots=True)
class Left:
    """A part of the file that could not be read at all: how many rows (if the file says) and bytes it holds, and why."""

    reason: str
    lines: int | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class CurrencyTotals:
    """One currency's totals in minor units. `read_minor` is computed from the rows as read, apart from the classification."""

    value_minor: Mapping[Kind, int]
    residue_minor: Decimal
    read_minor: Decimal

    @property
    def reconciled(self) -> bool:
        return sum(self.value_minor.values()) + self.residue_minor == self.read_minor


@dataclass(frozen=True, slots=True)
class Report:
    """Every line that was read, once. `reconciled` holds lines and, per currency, value to what was read."""

    file: str
    format: Format
    encoding: str
    lines_read: int
    lines: Mapping[Kind, int]
    currency: str
    money: Mapping[str, CurrencyTotals]
    fees: Mapping[str, tuple[int, int]]
    quarantine_codes: Mapping[str, int]
    orders: int
    returns: int
    returns_blind: int
    charges: int
    items: int
    aliases: int
    left: tuple[Left, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def reconciled(self) -> bool:
        return sum(self.lines.values()) == self.lines_read and all(money.reconciled for money in self.money.values())

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready. `value_minor` is the file's main currency; `currencies` has each."""
        main = self.money.get(self.currency)
        values = dict.fromkeys((kind.value for kind in KINDS), 0) if main is None else {kind.value: main.value_minor[kind] for kind in KINDS}
        return {
            "file": self.file,
            "format": self.format.value,
            "encoding": self.encoding,
            "lines_read": self.lines_read,
            "lines": {kind.value: self.lines[kind] for kind in KINDS},
            "currency": self.currency,
            "value_minor": values,
            "value_read_minor": "0" if main is None else _plain(main.read_minor),
            "residue_minor": "0" if main is None else _plain(main.residue_minor),
            "currencies": {
                code: {
                    "value_minor": {kind.value: money.value_minor[kind] for kind in KINDS},
                    "value_read_minor": _plain(money.read_minor),
                    "residue_minor": _plain(money.residue_minor),
                }
                for code, money in self.money.items()
            },
            "fees": {kind: {"lines": lines, "value_minor": minor} for kind, (lines, minor) in self.fees.items()},
            "quarantine": dict(self.quarantine_codes),
            "orders": self.orders,
            "returns": self.returns,
            "returns_blind": self.returns_blind,
            "charges": self.charges,
            "items": self.items,
            "sku_aliases": self.aliases,
            "left": [{"reason": left.reason, "lines": left.lines, "bytes": left.size_bytes} for left in self.left],
            "warnings": list(self.warnings),
            "reconciled": self.reconciled,
        }


def _plain(value: Decimal) -> str:
    """A Decimal without exponent or trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, slots=True)
class Parsed:
    """A whole file. Orders, returns, adjustments and charges are in the order of time (then of the file); returns are matched to orders of the same file."""

    path: Path
    orders: tuple[ParsedOrder, ...]
    returns: tuple[ParsedReturn, ...]
    adjustments: tuple[ParsedAdjustment, ...]
    charges: tuple[ParsedCharge, ...]
    quarantined: tuple[Quarantined, ...]
    items: Mapping[str, ParsedItem]
    report: Report
