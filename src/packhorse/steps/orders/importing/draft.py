"""A line on its way: read and exact, not yet given its kind. All formats meet here."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from packhorse.core.money import exponent
from packhorse.steps.orders.importing import fields
from packhorse.steps.orders.importing.reasons import Bad, printable
from packhorse.steps.orders.importing.types import Kind, Left, ParsedCustomer, Progress, Quarantined, ShipTo

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller chose. `currency`, `timezone` and `encoding` None mean: what the format and the file say."""

    currency: str | None = None
    timezone: str | None = None
    encoding: str | None = None
    keep_repeats: bool = False
    ship_to: ShipTo | None = None
    progress: Progress | None = None


@dataclass(slots=True)
class Draft:
    """One readable line. `amount_minor` is rounded once; `residue` is what that took (exact − rounded, minor units).

    `cells` is the row as it stood: two lines of one order with equal cells repeat each other. `line_key` is the file's own number of the line, "" without.
    """

    line_no: int
    external_id: str
    at: datetime
    sku: str
    spelled: str
    description: str
    quantity: int
    unit_price: Decimal
    amount_minor: int
    residue: Decimal
    currency: str
    customer: ParsedCustomer
    cells: tuple[Any, ...]
    kind: Kind = Kind.SALE
    fee: str = ""
    reason: str = ""
    original: str = ""
    service: str = ""
    note: str = ""
    ship_complete: bool | None = None
    priority: int = 0
    gift_note: str = ""
    gift_wrap: bool | None = None
    line_key: str = ""


@dataclass(slots=True)
class Reading:
    """What a reader hands to the classification: drafts by order, and what it could not draft. `read` sums quantity × price of the cells themselves."""

    encoding: str = ""
    lines_read: int = 0
    orders: dict[str, list[Draft]] = field(default_factory=lambda: defaultdict(list))
    quarantined: list[tuple[Quarantined, str, Decimal]] = field(default_factory=list)
    read: dict[str, dict[Decimal, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    left: list[Left] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    broken_orders: set[str] = field(default_factory=set)

    def saw(self, currency: str, quantity: int, exact_price: Decimal) -> None:
        """Count one line's value as read, before anything is decided about it."""
        self.read[currency][exact_price] += quantity

    def quarantine(self, line_no: int, raw: str, bad: Bad, *, external_id: str = "", value: Value | None = None) -> None:
        """Give a line up, with its value where that could be read."""
        entry = Quarantined(line_no, printable(raw), bad.code, bad.reason, external_id, value.amount_minor if value else 0)
        self.quarantined.append((entry, value.currency if value else "", value.residue if value else ZERO))
        if external_id:
            self.broken_orders.add(external_id)

    def give_up(self, draft: Draft, bad: Bad) -> None:
        """Quarantine a line that had been drafted."""
        self.quarantine(
            draft.line_no, raw_text(draft.cells), bad, external_id=draft.external_id, value=Value(draft.currency, draft.amount_minor, draft.residue)
        )


@dataclass(frozen=True, slots=True)
class Value:
    """An amount in minor units of a currency, and the residue its rounding left."""

    currency: str
    amount_minor: int
    residue: Decimal


def raw_text(cells: tuple[Any, ...]) -> str:
    """The row as one line of CSV (a JSON order's only cell is its text)."""
    if len(cells) == 1:
        return str(cells[0])
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(["" if cell is None else cell for cell in cells])
    return out.getvalue()


class Pricing:
    """Amounts of one currency: quantity × price rounded once, half away from zero (as `core.money.extend`), remembered per price for speed."""

    def __init__(self, currency: str) -> None:
        self.currency = currency
        self._scale = 10 ** exponent(currency)
        self._whole: dict[Decimal, int | None] = {}
        self._kept: dict[Decimal, Decimal] = {}

    def unit_price(self, exact_price: Decimal) -> Decimal:
        """The price at the six places that are kept."""
        kept = self._kept.get(exact_price)
        if kept is None:
            kept = self._kept[exact_price] = fields.unit_price(exact_price)
        return kept

    def value(self, quantity: int, exact_price: Decimal) -> Value:
        if exact_price not in self._whole:
            minor = exact_price * self._scale
            self._whole[exact_price] = int(minor) if minor == minor.to_integral_value() else None
        whole = self._whole[exact_price]
        if whole is not None:
            return Value(self.currency, quantity * whole, ZERO)
        exact = quantity * exact_price * self._scale
        amount = int((quantity * self.unit_price(exact_price) * self._scale).quantize(Decimal(1), rounding=ROUND_HALF_UP))
        return Value(self.currency, amount, exact - amount)


class Pricings(dict[str, Pricing]):
    """One `Pricing` per currency."""

    def __missing__(self, currency: str) -> Pricing:
        pricing = self[currency] = Pricing(currency)
        return pricing
