"""What transfers between warehouses are asked with and answered in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SentLine:
    """So many of an item go to the other warehouse; their lots are those that expire first."""

    item_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class ArrivedLine:
    """So many of a line of a transfer arrived. What is not sellable, or more than was sent, says why (`reason`)."""

    line_id: int
    quantity: int
    condition: str = "sellable"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TransferLineInfo:
    """A line of a transfer: what was sent of a lot, what came of it, what never did, and what came besides."""

    id: int
    item_id: int
    sku: str
    lot_id: int | None
    lot: str
    quantity: int
    received: int
    damaged: int
    short: int
    over: int
    reason: str

    @property
    def open(self) -> int:
        return self.quantity - self.received - self.short


@dataclass(frozen=True, slots=True)
class TransferInfo:
    """A transfer. `state`: in_transit, receiving, received, closed_short."""

    id: int
    client_id: int
    source: str
    target: str
    warehouse_id: int
    source_warehouse_id: int
    number: str
    state: str
    expected_on: dt.date | None
    note: str
    sent_at: dt.datetime
    closed_at: dt.datetime | None
    short_reason: str
    lines: tuple[TransferLineInfo, ...] = ()

    @property
    def open_units(self) -> int:
        return sum(n.open for n in self.lines)
