"""The one door: a file becomes orders, returns, adjustments, charges, quarantine and a report in which every line is found once."""

from __future__ import annotations

import decimal
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from packhorse.core.money import exponent
from packhorse.steps.orders.importing import json_lines, online_retail, plain
from packhorse.steps.orders.importing.detect import detect, is_parquet
from packhorse.steps.orders.importing.draft import ZERO, Draft, Options, Reading
from packhorse.steps.orders.importing.errors import FileNotReadable, UnknownFormat, UnknownOption
from packhorse.steps.orders.importing.matching import match_returns
from packhorse.steps.orders.importing.types import (
    CurrencyTotals,
    Format,
    Kind,
    Parsed,
    ParsedAdjustment,
    ParsedCharge,
    ParsedCustomer,
    ParsedFee,
    ParsedItem,
    ParsedLine,
    ParsedOrder,
    ParsedReturn,
    ParsedReturnLine,
    Progress,
    Report,
    ShipTo,
)

T = TypeVar("T", str, Decimal)
DIGITS = 120
"""Digits that exact sums are carried with: 10 of a quantity, 33 of a price, and any number of lines."""


def parse(
    path: str | Path,
    *,
    preset: str | Format | None = None,
    progress: Progress | None = None,
    ship_to: ShipTo | None = None,
    currency: str | None = None,
    timezone: str | None = None,
    encoding: str | None = None,
    keep_repeats: bool = False,
) -> Parsed:
    """Read an order file and account for every line of it.

    `preset` (a `Format`) overrides what `detect` sees. `currency` is that of lines that name none (Online Retail: GBP); `timezone` that of times without
    one (Online Retail: Europe/London, else UTC); `encoding` overrides what the bytes look like. `ship_to` fills in addresses the file lacks.
    `keep_repeats` takes lines that equal an earlier one in every cell as sales. Pure: the same file and options give the same result.

    Raises: FileNotReadable, UnknownFormat, ColumnsMissing, UnknownOption.
    """
    file = Path(path)
    options = Options(_currency(currency), timezone, _encoding(encoding), keep_repeats, ship_to, progress)
    try:
        form = _format(preset) or detect(file, options.encoding)
        with decimal.localcontext(prec=DIGITS):
            reading = _read(file, form, options)
            (online_retail if form == Format.ONLINE_RETAIL else plain).classify(reading, keep_repeats=keep_repeats)
            return _assemble(file, form, reading, options)
    except OSError as error:
        raise FileNotReadable(file=file.name, reason=error.strerror or str(error)) from error


def _read(file: Path, form: Format, options: Options) -> Reading:
    if is_parquet(file):
        if form != Format.ONLINE_RETAIL:
            raise UnknownFormat(file=file.name)
        return online_retail.read_parquet(file, options)
    if form == Format.ONLINE_RETAIL:
        return online_retail.read_csv(file, options)
    return plain.read_csv(file, options) if form == Format.PLAIN_CSV else json_lines.read(file, options)


def _format(preset: str | Format | None) -> Format | None:
    if preset is None:
        return None
    try:
        return Format(preset)
    except ValueError:
        raise UnknownOption(option="preset", value=preset) from None


def _currency(code: str | None) -> str | None:
    if code is not None and not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise UnknownOption(option="currency", value=code)
    return code.upper() if code else None


def _encoding(name: str | None) -> str | None:
    if name is not None:
        try:
            "".encode(name)
        except LookupError:
            raise UnknownOption(option="encoding", value=name) from None
    return name


def _assemble(file: Path, form: Format, reading: Reading, options: Options) -> Parsed:
    orders: list[ParsedOrder] = []
    returns: list[ParsedReturn] = []
    adjustments: list[ParsedAdjustment] = []
    charges: list[ParsedCharge] = []
    people: dict[ParsedCustomer, ParsedCustomer] = {}
    done, total = 0, reading.lines_read
    for external_id, drafts in reading.orders.items():
        by_kind: dict[Kind, list[Draft]] = defaultdict(list)
        for draft in drafts:
            by_kind[draft.kind].append(draft)
        if by_kind[Kind.ADJUSTMENT]:
            adjustments.extend(_adjustment(draft) for draft in by_kind[Kind.ADJUSTMENT])
        sold, back, fees = by_kind[Kind.SALE], by_kind[Kind.RETURN], by_kind[Kind.FEE]
        if sold or back or fees:
            head = (sold or back or fees)[0]
            customer = people.get(head.customer)
            if customer is None:
                customer = people[head.customer] = options.ship_to(head.customer) if options.ship_to else head.customer
            source = f"{file.name}:{drafts[0].line_no}-{drafts[-1].line_no}"
            incomplete = external_id in reading.broken_orders
            if sold:
                orders.append(_order(sold, fees, customer, source, incomplete=incomplete))
            if back:
                returns.append(_return(back, () if sold else fees, customer, source, incomplete=incomplete))
            if not sold and not back:
                charges.append(ParsedCharge(external_id, head.at, head.currency, customer, _fees(fees), source))
        before, done = done, done + len(drafts)
        if options.progress and before // 20_000 != done // 20_000:
            options.progress("classify", done, total)
    orders.sort(key=lambda order: order.placed_at)
    matched = match_returns(orders, returns)
    items = _items(draft for drafts in reading.orders.values() for draft in drafts if draft.kind in {Kind.SALE, Kind.RETURN, Kind.ADJUSTMENT})
    report = _report(file, form, reading)
    report = replace(
        report, orders=len(orders), returns=len(matched), returns_blind=sum(back.original is None for back in matched), charges=len(charges),
        items=len(items), aliases=sum(len(item.aliases) for item in items.values()),
    )  # fmt: skip
    if options.progress:
        options.progress("classify", total, total)
    quarantined = sorted((entry for entry, _, _ in reading.quarantined), key=lambda entry: entry.line_no)
    adjustments.sort(key=lambda adjustment: adjustment.at)
    return Parsed(file, tuple(orders), tuple(matched), tuple(adjustments), tuple(charges), tuple(quarantined), items, report)


def _order(sold: list[Draft], fees: list[Draft], customer: ParsedCustomer, source: str, *, incomplete: bool) -> ParsedOrder:
    head = sold[0]
    lines = tuple(ParsedLine(d.line_no, d.sku, d.description, d.quantity, d.unit_price, d.amount_minor) for d in sold)
    at = min(draft.at for draft in sold)
    return ParsedOrder(
        head.external_id,
        at,
        head.currency,
        customer,
        lines,
        _fees(fees),
        head.service,
        head.note,
        source,
        incomplete,
        head.ship_complete,
        head.priority,
        head.gift_note,
        head.gift_wrap,
    )


def _return(back: list[Draft], fees: Iterable[Draft], customer: ParsedCustomer, source: str, *, incomplete: bool) -> ParsedReturn:
    head = back[0]
    lines = tuple(ParsedReturnLine(d.line_no, d.sku, d.description, -d.quantity, d.unit_price, d.amount_minor) for d in back)
    at = min(draft.at for draft in back)
    return ParsedReturn(
        head.external_id, at, head.currency, customer, lines, _fees(fees), head.original or None, reason=head.note, source=source, incomplete=incomplete
    )


def _fees(fees: Iterable[Draft]) -> tuple[ParsedFee, ...]:
    return tuple(ParsedFee(draft.fee, draft.amount_minor, draft.description, draft.line_no) for draft in fees)


def _adjustment(draft: Draft) -> ParsedAdjustment:
    return ParsedAdjustment(draft.external_id, draft.line_no, draft.at, draft.sku, draft.quantity, draft.reason, draft.description)


def _items(drafts: Iterable[Draft]) -> dict[str, ParsedItem]:
    """One item per SKU. Its description is the most frequent on sales at a price (nobody sells "damaged"), then on any sale or return, then the SKU itself."""
    words: dict[str, Counter[str]] = defaultdict(Counter)
    priced: dict[str, Counter[Decimal]] = defaultdict(Counter)
    spelled: dict[str, set[str]] = defaultdict(set)
    for draft in drafts:
        spelled[draft.sku].add(draft.spelled)
        if draft.kind != Kind.ADJUSTMENT and draft.description:
            words[draft.sku][draft.description] += 1_000 if draft.kind == Kind.SALE and draft.unit_price else 1
        if draft.kind == Kind.SALE and draft.unit_price:
            priced[draft.sku][draft.unit_price] += 1
    return {
        sku: ParsedItem(sku, _commonest(words[sku], sku), _commonest(priced[sku], ZERO), tuple(sorted(spelled[sku] - {sku})))
        for sku in sorted(spelled)
    }  # fmt: skip


def _commonest(counts: Counter[T], default: T) -> T:
    """The most frequent value, the smallest of equals."""
    return min(counts, key=lambda value: (-counts[value], value)) if counts else default


def _report(file: Path, form: Format, reading: Reading) -> Report:
    lines: Counter[Kind] = Counter({Kind.QUARANTINED: len(reading.quarantined)})
    values: dict[str, Counter[Kind]] = defaultdict(Counter)
    residues: dict[str, Decimal] = defaultdict(Decimal)
    uses: Counter[str] = Counter()
    fees: dict[str, tuple[int, int]] = {}
    for drafts in reading.orders.values():
        for draft in drafts:
            lines[draft.kind] += 1
            uses[draft.currency] += 1
            values[draft.currency][draft.kind] += draft.amount_minor
            if draft.residue:
                residues[draft.currency] += draft.residue
            if draft.kind == Kind.FEE:
                count, minor = fees.get(draft.fee, (0, 0))
                fees[draft.fee] = (count + 1, minor + draft.amount_minor)
    for entry, currency, residue in reading.quarantined:
        if currency:
            values[currency][Kind.QUARANTINED] += entry.amount_minor
            residues[currency] += residue
    read = {currency: _sum(sums, currency) for currency, sums in reading.read.items()}
    money = {
        currency: CurrencyTotals({kind: values[currency][kind] for kind in Kind}, residues[currency], read.get(currency, ZERO))
        for currency in sorted({*read, *values})
    }
    codes = Counter(entry.code for entry, _, _ in reading.quarantined)
    main = min(uses, key=lambda code: (-uses[code], code)) if uses else next(iter(money), "")
    return Report(
        file.name, form, reading.encoding, reading.lines_read, {kind: lines[kind] for kind in Kind}, main, money, dict(sorted(fees.items())),
        dict(sorted(codes.items())), 0, 0, 0, 0, 0, 0, tuple(reading.left), tuple(reading.warnings),
    )  # fmt: skip


def _sum(sums: Mapping[Decimal, int], currency: str) -> Decimal:
    """Σ price × quantity in minor units, exactly."""
    total = ZERO
    for price, quantity in sums.items():
        total += price * quantity
    return total * Decimal(10) ** exponent(currency)
