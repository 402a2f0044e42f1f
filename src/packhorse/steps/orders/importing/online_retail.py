"""The UCI Online Retail format (Chen, Sain, Guo 2012): one row a line, CSV or parquet; also the column names of its second edition.

How each row gets its kind (in this order; the first that fits):

1. quarantined: a cell cannot be read; a cancellation with a positive quantity; goods at a negative price; quantity zero.
2. duplicate: every cell equals an earlier row's (so the same invoice, code, quantity, price, minute and customer). The quantity on a repeated row may have been
   meant: tills write one row a scan. On the published file, equal rows are half again as frequent as chance would make them, so neither reading is certain; the
   cautious one is not to send goods twice. `keep_repeats` takes them as sales instead. Rows that differ in any cell are never duplicates.
3. fee: the code is no product (`FEE_CODES`, any case, `gift_…` vouchers), or every description of the code says so ("Next Day Carriage").
4. return: the invoice begins with C (a cancellation), or the quantity is negative at a price.
5. adjustment: a negative quantity at price zero (a write-off; Description is the reason), or a positive one at price zero without a customer, on an
   invoice where nothing has a price (stock that was found).
6. sale: the rest, goods given away at price zero included.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from packhorse.steps.orders.importing import fields
from packhorse.steps.orders.importing.adjustments import adjustment_reason
from packhorse.steps.orders.importing.draft import Draft, Options, Pricing, Reading, Value, raw_text
from packhorse.steps.orders.importing.errors import ColumnsMissing
from packhorse.steps.orders.importing.reasons import Bad
from packhorse.steps.orders.importing.tables import read_table
from packhorse.steps.orders.importing.types import Kind, ParsedCustomer

COLUMNS = ("invoiceno", "stockcode", "description", "quantity", "invoicedate", "unitprice", "customerid", "country")
REQUIRED = ("invoiceno", "stockcode", "quantity", "invoicedate", "unitprice")
_ALIASES = {"invoice": "invoiceno", "price": "unitprice"}
CURRENCY = "GBP"
TIMEZONE = "Europe/London"

FEE_CODES: dict[str, str] = {
    "POST": "postage", "DOT": "postage", "C2": "carriage", "C3": "carriage", "D": "discount", "M": "manual", "S": "samples", "B": "bad_debt",
    "BANK CHARGES": "bank_charges", "AMAZONFEE": "marketplace_fee", "CRUK": "charity", "PADS": "accessory", "ADJUST": "account_adjustment",
    "ADJUST2": "account_adjustment", "TEST001": "test", "TEST002": "test", "GIFT": "gift_voucher",
}  # fmt: skip
_FEE_WORDS = ((re.compile(r"next day carriage", re.IGNORECASE), "carriage"), (re.compile(r"dotcomgiftshop gift voucher", re.IGNORECASE), "gift_voucher"))
_CANCELLATION = re.compile(r"[Cc]\d")


def is_heading(names: Iterable[str]) -> bool:
    """Whether these column names are this format's."""
    return {"invoiceno", "stockcode"} <= set(_normalised(names))


def read_csv(path: Path, options: Options) -> Reading:
    """Read a CSV (comma, semicolon or tab). Raises ColumnsMissing."""
    table = read_table(path, options, _normalised, REQUIRED, owner="invoiceno")
    where = _positions(table.names)
    columns = [[row[at] if at >= 0 else "" for _, row in table.rows] for at in where]
    _draft(table.reading, [line_no for line_no, _ in table.rows], columns, options, decimal_comma=table.delimiter == ";")
    return table.reading


def read_parquet(path: Path, options: Options) -> Reading:
    """Read a parquet file, as far as its row groups can be. Raises ColumnsMissing."""
    reading = Reading(encoding="parquet")
    from packhorse.steps.orders.importing import parquet  # its library takes a tenth of every start, and few files are of this kind

    names, columns, numbers, left = parquet.read_columns(path, options.progress)
    reading.left.extend(left)
    if not names:
        return reading
    found = _normalised(names)
    missing = [name for name in REQUIRED if name not in found]
    if missing:
        raise ColumnsMissing(file=path.name, columns=", ".join(missing))
    where = _positions(found)
    reading.lines_read = len(numbers)
    blank: list[Any] = [None] * len(numbers)
    if left and numbers:
        edges = {len(numbers) - 1, *(at for at, (one, two) in enumerate(pairwise(numbers)) if two - one > 1)}
        reading.broken_orders.update(str(columns[where[0]][edge]) for at in edges for edge in (at, at + 1) if edge < len(numbers))
    _draft(reading, numbers, [columns[at] if at >= 0 else blank for at in where], options, decimal_comma=False)
    return reading


def _normalised(names: Iterable[str]) -> list[str]:
    plain = [re.sub(r"[^a-z0-9]", "", str(name).lower()) for name in names]
    return [_ALIASES.get(name, name) for name in plain]


def _positions(names: Sequence[str]) -> list[int]:
    """Where each of COLUMNS stands; -1 where absent."""
    return [names.index(name) if name in names else -1 for name in COLUMNS]


def _draft(reading: Reading, numbers: Sequence[int], columns: list[list[Any]], options: Options, *, decimal_comma: bool) -> None:
    """Turn rows into drafts, grouped by invoice; what cannot be read is quarantined."""
    currency = options.currency or CURRENCY
    tz = fields.zone(options.timezone or TIMEZONE)
    quantities, prices = fields.Remembered(fields.quantity), fields.Remembered(partial(fields.price, decimal_comma=decimal_comma))
    moments = fields.Remembered(partial(fields.moment, tz=tz, month_comes_first=fields.month_first(set(columns[4]))))
    invoices, codes = fields.Remembered(partial(_needed, column="InvoiceNo")), fields.Remembered(partial(_needed, column="StockCode"))
    texts = fields.Remembered(lambda cell: fields.text_of(cell, "Description", 500))
    people = _People()
    pricing = Pricing(currency)
    _sum_read(reading, currency, columns[3], columns[5], quantities, prices)
    for line_no, row in zip(numbers, zip(*columns, strict=True), strict=True):
        number, code, words, count, when, cost, customer, country = row
        value, external_id = None, ""
        try:
            quantity, exact = quantities.read(count), prices.read(cost)
            value = pricing.value(quantity, exact)
            external_id, spelled = invoices.read(number), codes.read(code)
            draft = Draft(
                line_no, external_id, moments.read(when), spelled.upper(), spelled, texts.read(words), quantity, pricing.unit_price(exact),
                value.amount_minor, value.residue, currency, people.of(customer, country, external_id), row,
            )  # fmt: skip
        except Bad as bad:
            _give_up(reading, line_no, row, bad, external_id=external_id, invoices=invoices, value=value)
            continue
        reading.orders[external_id].append(draft)


def _give_up(reading: Reading, line_no: int, row: tuple[Any, ...], bad: Bad, *, external_id: str, invoices: fields.Remembered, value: Value | None) -> None:
    if not external_id:
        known = invoices[row[0]]
        external_id = known if isinstance(known, str) else ""
    reading.quarantine(line_no, raw_text(row), bad, external_id=external_id, value=value)


def _sum_read(reading: Reading, currency: str, counts: list[Any], costs: list[Any], quantities: fields.Remembered, prices: fields.Remembered) -> None:
    """The value of all rows as read: quantities summed per price, apart from what becomes of the rows."""
    sums: dict[Any, int] = defaultdict(int)
    for count, cost in zip(counts, costs, strict=True):
        quantity = quantities[count]
        if not isinstance(quantity, Bad):
            sums[cost] += quantity
    for cost, total in sums.items():
        exact = prices[cost]
        if not isinstance(exact, Bad):
            reading.saw(currency, total, exact)


def _needed(cell: Any, column: str) -> str:
    text = fields.text_of(cell, column, 64)
    if not text:
        raise Bad("missing", column=column)
    return text


class _People:
    """Customers by number; a row without one belongs to an anonymous customer of its invoice."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], ParsedCustomer] = {}
        self._refs = fields.Remembered(lambda cell: fields.text_of(cell, "CustomerID", 64))
        self._countries = fields.Remembered(lambda cell: fields.country_of(fields.text_of(cell, "Country", 100)))

    def of(self, cell: Any, country: Any, external_id: str) -> ParsedCustomer:
        ref, code = self._refs.read(cell), self._countries.read(country)
        anonymous = not ref
        key = (ref or f"anonymous-{external_id}", code)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = ParsedCustomer(ref=key[0], country=code, anonymous=anonymous)
        return known


def classify(reading: Reading, *, keep_repeats: bool) -> None:
    """Give every draft its kind (the rules are this module's docstring); those that no rule admits go to quarantine."""
    fees = _fee_codes(draft for drafts in reading.orders.values() for draft in drafts)
    for external_id, drafts in list(reading.orders.items()):
        cancelled = _CANCELLATION.match(external_id) is not None
        seen: set[tuple[Any, ...]] = set()
        priced = any(draft.unit_price != 0 for draft in drafts)
        kept = []
        for draft in drafts:
            if draft.cells in seen and not keep_repeats:
                draft.kind = Kind.DUPLICATE
            else:
                seen.add(draft.cells)
                refused = _kind(draft, cancelled=cancelled, priced=priced, fee=fees.get(draft.sku, ""))
                if refused:
                    reading.give_up(draft, refused)
                    continue
            kept.append(draft)
        reading.orders[external_id] = kept


def _kind(draft: Draft, *, cancelled: bool, priced: bool, fee: str) -> Bad | None:
    if draft.quantity == 0:
        return Bad("zero_quantity")
    if fee:
        draft.kind, draft.fee = Kind.FEE, fee
    elif draft.unit_price < 0:
        return Bad("negative_price", value=draft.unit_price)
    elif cancelled:
        if draft.quantity > 0:
            return Bad("positive_return", value=draft.quantity)
        draft.kind = Kind.RETURN
    elif draft.unit_price == 0 and (draft.quantity < 0 or (draft.customer.anonymous and not priced)):
        draft.kind, draft.reason = Kind.ADJUSTMENT, adjustment_reason(draft.description, draft.quantity)
    elif draft.quantity < 0:
        draft.kind = Kind.RETURN
    else:
        draft.kind = Kind.SALE
    return None


def _fee_codes(drafts: Iterable[Draft]) -> dict[str, str]:
    """SKU → kind of fee, for the codes of this file that are no products."""
    words: dict[str, set[str]] = defaultdict(set)
    for draft in drafts:
        words[draft.sku].add(draft.description)
    found = {}
    for sku, descriptions in words.items():
        kind = FEE_CODES.get(sku) or ("gift_voucher" if sku.startswith("GIFT_") else "")
        said = [text for text in descriptions if text]
        for pattern, named in _FEE_WORDS:
            if not kind and said and all(pattern.match(text) for text in said):
                kind = named
        if kind:
            found[sku] = kind
    return found
