"""The plain order CSV: one row a line, the order's own columns repeated (or left blank after its first row). docs/howto/import-orders.md is its contract.

Rows become drafts here; JSON lines orders pass through the same `draft_row`, so both formats mean the same by the same name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from packhorse.steps.orders.importing import fields
from packhorse.steps.orders.importing.adjustments import adjustment_reason
from packhorse.steps.orders.importing.draft import ZERO, Draft, Options, Pricings, Reading, Value, raw_text
from packhorse.steps.orders.importing.reasons import Bad
from packhorse.steps.orders.importing.tables import read_table
from packhorse.steps.orders.importing.types import Kind, ParsedAddress, ParsedCustomer
from packhorse.steps.orders.types import MOST_NOTE, MOST_URGENT

REQUIRED = ("external_id", "placed_at", "sku", "quantity", "unit_price")
LIMITS: dict[str, int] = {
    "external_id": 64, "line": 32, "kind": 16, "sku": 64, "description": 500, "customer_ref": 64, "name": 200, "email": 254, "phone": 40, "company": 200,
    "address1": 200, "address2": 200, "city": 100, "region": 100, "postal_code": 20, "country": 100, "service": 16, "note": 1000, "original_id": 64,
    "fee_kind": 32, "ship_complete": 8, "priority": 8, "gift_note": MOST_NOTE, "gift_wrap": 8,
}  # fmt: skip
COLUMNS = (*REQUIRED, "currency", *(name for name in LIMITS if name not in REQUIRED))
_ALIASES = {
    "order": "external_id", "order_id": "external_id", "order_number": "external_id", "order_no": "external_id", "id": "external_id", "date": "placed_at",
    "order_date": "placed_at", "created_at": "placed_at", "qty": "quantity", "price": "unit_price", "item": "sku", "item_code": "sku", "line_no": "line",
    "line_id": "line", "customer_id": "customer_ref", "customer": "customer_ref", "customer_name": "name", "address": "address1", "address_1": "address1",
    "address_2": "address2", "address_line_1": "address1", "address_line_2": "address2", "state": "region", "province": "region", "county": "region",
    "zip": "postal_code", "postcode": "postal_code", "postal": "postal_code", "country_code": "country", "type": "kind", "shipping_service": "service",
}  # fmt: skip
SERVICES = ("standard", "express", "same_day")
_YES_NO: dict[str, bool | None] = {"": None, "yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_KINDS: dict[str, Kind | None] = {"": None, "sale": Kind.SALE, "return": Kind.RETURN, "adjustment": Kind.ADJUSTMENT, "fee": Kind.FEE}


def is_heading(names: Iterable[str]) -> bool:
    """Whether these column names are the plain format's."""
    return {"external_id", "sku"} <= set(column_names(names))


def column_names(names: Iterable[str]) -> list[str]:
    """Headings as this format calls them: case, blanks and hyphens do not matter, a few usual other names are understood."""
    plain = ["_".join(str(name).strip().lower().replace("-", " ").replace("_", " ").split()) for name in names]
    return [_ALIASES.get(name, name) for name in plain]


@dataclass(slots=True)
class Cells:
    """The remembered readers and the choices that `draft_row` needs."""

    options: Options
    decimal_comma: bool = False
    month_comes_first: bool = True
    quantities: fields.Remembered = field(init=False)
    prices: fields.Remembered = field(init=False)
    moments: fields.Remembered = field(init=False)
    currencies: fields.Remembered = field(init=False)
    pricings: Pricings = field(default_factory=Pricings)

    def __post_init__(self) -> None:
        tz = fields.zone(self.options.timezone or "UTC")
        self.quantities = fields.Remembered(fields.quantity)
        self.prices = fields.Remembered(partial(fields.price, decimal_comma=self.decimal_comma))
        self.moments = fields.Remembered(partial(fields.moment, tz=tz, month_comes_first=self.month_comes_first))
        self.currencies = fields.Remembered(fields.currency)

    def number(self, row: Mapping[str, Any]) -> tuple[int, Decimal]:
        """Quantity and exact price. A fee may leave its quantity blank (1), an adjustment its price (0)."""
        kind = str(row.get("kind") or "").strip().lower()
        count, cost = row.get("quantity"), row.get("unit_price")
        quantity = 1 if kind == Kind.FEE and _blank(count) else self.quantities.read(count)
        exact = ZERO if kind == Kind.ADJUSTMENT and _blank(cost) else self.prices.read(cost)
        return quantity, exact

    def currency(self, row: Mapping[str, Any], first: Draft | None) -> str:
        cell = row.get("currency")
        if not _blank(cell):
            return str(self.currencies.read(cell))
        if first is not None:
            return first.currency
        if self.options.currency:
            return self.options.currency
        raise Bad("no_currency")

    def moment(self, row: Mapping[str, Any], first: Draft | None) -> datetime:
        cell = row.get("placed_at")
        if first is not None and _blank(cell):
            return first.at
        at: datetime = self.moments.read(cell)
        return at


def read_csv(path: Path, options: Options) -> Reading:
    """Read a plain order CSV (comma, semicolon or tab). Raises ColumnsMissing."""
    table = read_table(path, options, column_names, REQUIRED, owner="external_id")
    reading, when = table.reading, table.names.index("placed_at")
    cells = Cells(options, decimal_comma=table.delimiter == ";", month_comes_first=fields.month_first({row[when] for _, row in table.rows}))
    first_of: dict[str, Draft] = {}
    for line_no, row in table.rows:
        add_row(reading, cells, dict(zip(table.names, row, strict=True)), line_no=line_no, raw=row, first_of=first_of)
    return reading


def add_row(
    reading: Reading,
    cells: Cells,
    row: Mapping[str, Any],
    *,
    line_no: int,
    raw: tuple[Any, ...],
    first_of: dict[str, Draft],
    refused: Bad | None = None,
) -> Draft | None:
    """Count the row as read, then draft it or quarantine it (at once if `refused`).

    `first_of` holds each order's first good line, from which the later ones take what they leave blank.
    """
    value: Value | None = None
    external_id = _readable(row, "external_id")
    first = first_of.get(external_id)
    try:
        currency = cells.currency(row, first)
        quantity, exact = cells.number(row)
        reading.saw(currency, quantity, exact)
        value = cells.pricings[currency].value(quantity, exact)
        if refused is not None:
            raise refused
        if first is not None and first.currency != currency:
            raise Bad("other_currency", first=first.currency, value=currency)
        draft = _draft(cells, row, line_no=line_no, raw=raw, first=first, quantity=quantity, exact=exact, value=value)
    except Bad as bad:
        reading.quarantine(line_no, raw_text(raw), bad, external_id=external_id, value=value)
        return None
    first_of.setdefault(external_id, draft)
    reading.orders[external_id].append(draft)
    return draft


def _draft(
    cells: Cells, row: Mapping[str, Any], *, line_no: int, raw: tuple[Any, ...], first: Draft | None, quantity: int, exact: Decimal, value: Value
) -> Draft:
    external_id = _text(row, "external_id", needed=True)
    named = _text(row, "kind").lower()
    if named not in _KINDS:
        raise Bad("bad_kind", value=named)
    kind = _KINDS[named] or (Kind.SALE if quantity >= 0 else Kind.RETURN)
    spelled, description = _text(row, "sku", needed=kind != Kind.FEE), _text(row, "description")
    service = _text(row, "service").lower().replace("-", "_").replace(" ", "_")
    if service and service not in SERVICES:
        raise Bad("bad_service", value=service)
    draft = Draft(
        line_no, external_id, cells.moment(row, first), spelled.upper(), spelled, description, quantity, cells.pricings[value.currency].unit_price(exact),
        value.amount_minor, value.residue, value.currency, first.customer if first else _customer(row, external_id), raw, kind,
    )  # fmt: skip
    draft.fee = (_text(row, "fee_kind") or spelled.lower() or "other") if kind == Kind.FEE else ""
    draft.reason = adjustment_reason(description, quantity) if kind == Kind.ADJUSTMENT else ""
    draft.original, draft.line_key = _text(row, "original_id"), _text(row, "line")
    complete, priority = _text(row, "ship_complete").lower(), _text(row, "priority")
    if complete not in _YES_NO:
        raise Bad("bad_ship_complete", value=complete)
    if priority and not (priority.isdecimal() and priority.isascii() and int(priority) <= MOST_URGENT):
        raise Bad("bad_priority", value=priority, limit=MOST_URGENT)
    draft.ship_complete = _YES_NO[complete] if complete or first is None else first.ship_complete
    draft.priority = int(priority) if priority else first.priority if first else 0
    wrap = _text(row, "gift_wrap").lower()
    if wrap not in _YES_NO:
        raise Bad("bad_gift_wrap", value=wrap)
    draft.gift_note = _text(row, "gift_note") or (first.gift_note if first else "")
    draft.gift_wrap = _YES_NO[wrap] if wrap or first is None else first.gift_wrap
    draft.service, draft.note = service or (first.service if first else ""), _text(row, "note") or (first.note if first else "")
    return draft


def _customer(row: Mapping[str, Any], external_id: str) -> ParsedCustomer:
    """The order's customer. The number is `customer_ref`, else the e-mail address; with neither the customer is anonymous to this order."""
    country = fields.country_of(_text(row, "country"))
    email = _text(row, "email")
    ref = _text(row, "customer_ref") or email.lower()
    lines = tuple(text for text in (_text(row, "address1"), _text(row, "address2")) if text)
    city, postal_code = _text(row, "city"), _text(row, "postal_code")
    address = None
    if lines or city or postal_code:
        address = ParsedAddress(lines, city, _text(row, "region"), postal_code, country, _text(row, "company"))
    return ParsedCustomer(ref or f"anonymous-{external_id}", country, _text(row, "name"), email, _text(row, "phone"), address, anonymous=not ref)


def classify(reading: Reading, *, keep_repeats: bool) -> None:
    """Check every draft against its kind and find the repeats.

    Duplicate: a line whose number (`line`) came earlier in its order with the same content; without numbers, a row that equals an earlier one of its order in
    every cell (unless `keep_repeats`). The same number with other content is quarantined: the file contradicts itself.
    """
    for external_id, drafts in list(reading.orders.items()):
        numbered: dict[str, tuple[Any, ...]] = {}
        seen: set[tuple[Any, ...]] = set()
        kept = []
        for draft in drafts:
            refused = None
            if draft.kind == Kind.DUPLICATE:
                pass
            elif draft.line_key:
                earlier = numbered.setdefault(draft.line_key, draft.cells)
                if earlier is not draft.cells:
                    refused = None if earlier == draft.cells else Bad("same_line_other_content", value=draft.line_key)
                    draft.kind = Kind.DUPLICATE
            elif draft.cells in seen and not keep_repeats:
                draft.kind = Kind.DUPLICATE
            seen.add(draft.cells)
            refused = refused or _refused(draft)
            if refused:
                reading.give_up(draft, refused)
            else:
                kept.append(draft)
        reading.orders[external_id] = kept


def _refused(draft: Draft) -> Bad | None:
    if draft.kind == Kind.DUPLICATE:
        return None
    if draft.quantity == 0:
        return Bad("zero_quantity")
    if draft.kind != Kind.FEE and draft.unit_price < 0:
        return Bad("negative_price", value=draft.unit_price)
    if draft.kind == Kind.RETURN and draft.quantity > 0:
        return Bad("positive_return", value=draft.quantity)
    if draft.kind == Kind.SALE and draft.quantity < 0:
        return Bad("negative_sale", value=draft.quantity)
    return None


def _blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _text(row: Mapping[str, Any], name: str, *, needed: bool = False) -> str:
    text = fields.text_of(row.get(name), name, LIMITS[name])
    if needed and not text:
        raise Bad("missing", column=name)
    return text


def _readable(row: Mapping[str, Any], name: str) -> str:
    try:
        return _text(row, name)
    except Bad:
        return ""
