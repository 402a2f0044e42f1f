"""JSON lines: one order a line. docs/howto/import-orders.md is its contract; the names are those of the plain CSV, nested where an order has parts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from packhorse.steps.orders.importing.draft import Draft, Options, Reading
from packhorse.steps.orders.importing.plain import Cells, add_row
from packhorse.steps.orders.importing.reasons import Bad
from packhorse.steps.orders.importing.records import detect_encoding, lines_of
from packhorse.steps.orders.importing.types import Kind

_CUSTOMER = {"ref": "customer_ref", "name": "name", "email": "email", "phone": "phone"}
_ADDRESS = ("company", "address1", "address2", "city", "region", "postal_code", "country")
_ORDER = ("external_id", "placed_at", "currency", "service", "ship_complete", "priority", "gift_note", "gift_wrap", "note", "original_id", "kind")
_FEE = {"kind": "fee_kind", "amount": "unit_price", "description": "description"}
_LINE = ("line", "sku", "description", "quantity", "unit_price")


def read(path: Path, options: Options) -> Reading:
    """Read every order. Each of its lines and fees counts as one input line; a text line that holds none counts as one, quarantined."""
    encoding = options.encoding or detect_encoding(path)
    reading = Reading(encoding=encoding)
    cells = Cells(options)
    first_of: dict[str, Draft] = {}
    contents: dict[str, str] = {}
    size, done = path.stat().st_size, 0
    for line_no, text in enumerate(lines_of(path, encoding), start=1):
        done += len(text)
        if options.progress and not line_no % 5_000:
            options.progress("read", min(done, size), size)
        if not text.strip():
            continue
        try:
            order = _order(text, encoding)
        except Bad as bad:
            reading.lines_read += 1
            reading.quarantine(line_no, text.strip().encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"), bad)
            continue
        _add_order(reading, cells, order, line_no, first_of, contents)
    if options.progress:
        options.progress("read", size, size)
    return reading


def _order(text: str, encoding: str) -> dict[str, Any]:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Bad("bad_encoding", encoding=encoding) from None
    try:
        order = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise Bad("not_json", detail=str(error)) from None
    if not isinstance(order, dict):
        raise Bad("not_an_object", value=type(order).__name__)
    if not any(isinstance(order.get(part), list) and order[part] for part in ("lines", "fees")):
        raise Bad("no_lines")
    return order


def _add_order(reading: Reading, cells: Cells, order: dict[str, Any], line_no: int, first_of: dict[str, Draft], contents: dict[str, str]) -> None:
    content = _dumped(order)
    external_id = str(order.get("external_id") or "")
    earlier = contents.setdefault(external_id, content) if external_id else content
    again = bool(external_id) and earlier is not content
    refused = Bad("same_order_other_content", value=external_id) if again and earlier != content else None
    shared = _shared(order)
    for number, (part, row) in enumerate(_rows(order), start=1):
        reading.lines_read += 1
        raw = (_dumped({**{key: value for key, value in order.items() if key not in {"lines", "fees"}}, **part}),)
        if row is None:
            reading.quarantine(line_no, raw[0], Bad("not_an_object", value="line"), external_id=external_id[:64])
            continue
        draft = add_row(reading, cells, {**shared, **row}, line_no=line_no, raw=raw, first_of=first_of, refused=refused)
        if draft is None:
            continue
        if again:
            draft.kind = Kind.DUPLICATE
        elif not draft.line_key:
            draft.line_key = f"#{number}"


def _rows(order: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    """The order's lines and fees: (that part of the document alone, its row or None when it is no object)."""
    lines, fees = order.get("lines"), order.get("fees")
    for line in lines if isinstance(lines, list) else []:
        yield {"lines": [line]}, {name: _scalar(line.get(name)) for name in _LINE} if isinstance(line, dict) else None
    for fee in fees if isinstance(fees, list) else []:
        row = None
        if isinstance(fee, dict):
            row = {
                "kind": "fee",
                "fee_kind": _scalar(fee.get("kind")),
                "unit_price": _scalar(fee.get("amount")),
                "description": _scalar(fee.get("description")),
            }
        yield {"fees": [fee]}, row


def _shared(order: Mapping[str, Any]) -> dict[str, Any]:
    """The order's own columns."""
    row = {name: _scalar(order.get(name)) for name in _ORDER}
    customer, address = order.get("customer"), order.get("ship_to")
    if isinstance(customer, dict):
        row.update({column: _scalar(customer.get(name)) for name, column in _CUSTOMER.items()})
        row["country"] = _scalar(customer.get("country"))
    if isinstance(address, dict):
        row.update({name: _scalar(address.get(name)) for name in _ADDRESS})
        for name in ("name", "phone"):
            row[name] = row.get(name) or _scalar(address.get(name))
    return row


def _scalar(value: Any) -> Any:
    """A nested value where a plain one belongs is given on as its JSON, so that the reader of the cell refuses it by name."""
    return _dumped(value) if isinstance(value, (dict, list, bool)) else value


def _dumped(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
