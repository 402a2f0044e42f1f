"""Files of orders."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class ImportedReturnLine:
    """Goods that a file says came back: `original_line_no` is the sale's row in its file once matched."""

    sku: str
    description: str
    quantity: int
    unit_price: Decimal
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ImportedReturn:
    """A return that a file told of. `original` is the sale's external id in the same channel; empty: a blind return. `amount_minor` of lines and `fees_minor` are signed as in the file."""

    id: int
    client_id: int
    warehouse_id: int
    channel: str
    reference: str
    original: str
    original_order_id: int | None
    returned_at: dt.datetime
    currency: str
    customer_ref: str
    reason: str
    fees_minor: int
    lines: tuple[ImportedReturnLine, ...]


@dataclass(frozen=True, slots=True)
class ImportRunRow:
    """One imported file, as lists show it."""

    id: int
    client: str
    warehouse: str
    file_name: str
    format: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    lines_read: int
    accepted: int
    already: int
    quarantined: int
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class ImportBegun:
    """The run of a file; `ended`: it was read to its end before."""

    run_id: int
    ended: bool


@dataclass(frozen=True, slots=True)
class ImportedRecord:
    """A return, adjustment or charge as a file tells it; `detail` is JSON."""

    kind: str
    reference: str
    original: str
    at: dt.datetime
    currency: str
    amount_minor: int
    customer_ref: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FileLine:
    """A line of a file that could not be read."""

    line_no: int
    raw: str
    external_id: str
    code: str
    reason: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class FileTaken:
    """A file of orders, taken in. `report` accounts for every line (see importing.types.Report.as_dict; orders that the intake refused count as quarantined), `taken` is what the intake
    answered: accepted, already, held, backordered, quarantined orders, and new returns, adjustments, charges and items. `again`: the same file was read to its end before."""

    run_id: int | None
    again: bool
    report: dict[str, Any]
    taken: dict[str, int]


@dataclass(frozen=True, slots=True)
class ImportRunInfo:
    """An imported file with its report and what the intake answered; `ended_at` is empty while it is read."""

    row: ImportRunRow
    report: dict[str, Any]
    taken: dict[str, int]
    ended_at: dt.datetime | None
