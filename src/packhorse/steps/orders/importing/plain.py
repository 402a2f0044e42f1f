"""The plain order CSV: one row a line, the order's own columns repeated (or left blank after its first row). docs/howto/import-orders.md is its contract.

Rows become drafts here; JSON lines orders pass through the same `draft_row`, so both formats mean the same by the same name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from packhorse.steps.orders.importing import fields
from packhorse.steps.orders.importing.countries import country_code
from packhorse.steps.orders.importing.draft import ZERO, Draft, Options, Pricings, Reading, Value
from packhorse.steps.orders.importing.errors import ColumnsMissing
from packhorse.steps.orders.importing.online_retail import adjustment_reason
from packhorse.steps.orders.importing.reasons import Bad
from packhorse.steps.orders.importing.records import delimiter_of, detect_encoding, first_line, records
from packhorse.steps.orders.importing.types import Kind, ParsedAddress, ParsedCustomer

REQUIRED = ("external_id", "placed_at", "sku", "quantity", "unit_price")
LIMITS: dict[str, int] = {
    "external_id": 64, "line": 32, "kind": 16, "sku": 64, "description": 500, "customer_ref": 64, "name": 200, "email": 254, "phone": 40, "company": 200,
    "address1": 200, "address2": 200, "city": 100, "region": 100, "postal_code": 20, "country": 100, "service": 16, "note": 1000, "original_id": 64, "fee_kind": 32,
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
_SALES = {"": None, "sale": Kind.SALE, "return": Kind.RETURN, "adjustment": Kind.ADJUSTMENT, "fee": Kind.FEE}


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
        """Quantity and exact price. A fee or an adjustment may leave its quantity (1) or price (0) blank."""
        kind = str(row.get("kind") or "").strip().lower()
        count, cost = row.get("quantity"), row.get("unit_price")
        quantity = 1 if kind == "fee" and _blank(count) else self.quantities.read(count)
        exact = ZERO if kind == "adjustment" and _blank(cost) else self.prices.read(cost)
        return quantity, exact

    def currency(self, row: Mapping[str, Any]) -> str:
        cell = row.get("currency")
        if not _blank(cell):
            return str(self.currencies.read(cell))
        if self.options.currency:
            return self.options.currency
        raise Bad("no_currency")


def _blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def read_csv(path: Path, options: Options) -> Reading:
    """Read a plain order CSV (comma, semicolon or tab). Raises ColumnsMissing."""
    encoding = options.encoding or detect_encoding(path)
    reading = Reading(encoding=encoding)
    delimiter = delimiter_of(first_line(path, encoding))
    source = records(path, encoding, delimiter)
    heading = next(source, None)
    names = column_names(heading.cells) if heading else []
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise ColumnsMissing(file=path.name, columns=", ".join(missing))
    rows: list[tuple[int, tuple[str, ...]]] = []
    size, width, owner_at = path.stat().st_size, len(names), names.index("external_id")
    for record in source:
        reading.lines_read += 1
        problem = record.problem or ("" if len(record.cells) == width else "too_few_columns" if len(record.cells) < width else "too_many_columns")
        if problem:
            owner = record.cells[owner_at].strip()[:64] if len(record.cells) > owner_at else ""
            reading.quarantine(record.line_no, record.raw, Bad(problem, found=len(record.cells), wanted=width, encoding=encoding), external_id=owner)
            continue
        rows.append((record.line_no, tuple(record.cells)))
        if options.progress and not len(rows) % 20_000:
            options.progress("read", min(size, size * len(rows) // (len(rows) + 20_000)), size)
    when = names.index("placed_at")
    cells = Cells(options, decimal_comma=delimiter == ";", month_comes_first=fields.month_first({row[when] for _, row in rows}))
    first_of: dict[str, Draft] = {}
    for line_no, row in rows:
        add_row(reading, cells, dict(zip(names, row, strict=True)), line_no=line_no, raw=row, first_of=first_of)
    if options.progress:
        options.progress("read", size, size)
    return reading


def add_row(
    reading: Reading, cells: Cells, row: Mapping[str, Any], *, line_no: int, raw: tuple[Any, ...], first_of: dict[str, Draft], read_only_once: bool = True
) -> None:
    """Count the row as read, then draft it or quarantine it. `first_of` holds each order's first good line, whose order columns the later ones take over."""
    value: Value | None = None
    external_id = ""
    try:
        refused: Bad | None = None
        try:
            currency = cells.currency(row)
        except Bad as bad:
            refused, currency = bad, cells.options.currency or "XXX"
        quantity, exact = cells.number(row)
        if read_only_once:
            reading.saw(currency, quantity, exact)
        value = cells.pricings[currency].value(quantity, exact)
        external_id = _needed(row, "external_id")
        if refused:
            raise refused
        first = first_of.get(external_id)
        if first is not None and first.currency != currency:
            raise Bad("other_currency", first=first.currency, value=currency)
        draft = draft_row(cells, row, line_no=line_no, raw=raw, first=first, external_id=external_id, quantity=quantity, exact=exact, value=value)
    except Bad as bad:
        if not external_id:
            external_id = _readable(row, "external_id")
        reading.quarantine(line_no, raw if isinstance(raw, str) else _raw(raw), bad, external_id=external_id, value=value)
        return
    first_of.setdefault(external_id, draft)
    reading.orders[external_id].append(draft)
