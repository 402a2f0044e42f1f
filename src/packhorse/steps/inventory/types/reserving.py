"""What reservations are asked with and answered in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReservedLine:
    """So many of an item."""

    item_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class NewReservation:
    """Goods to keep for a checkout. (`channel`, `reference`) names it there, and an order hands it in by that name."""

    reference: str
    lines: tuple[ReservedLine, ...]
    channel: str = "api"
    minutes: int = 15


@dataclass(frozen=True, slots=True)
class Reserved:
    """The goods are kept until then, whole."""

    channel: str
    reference: str
    reservation_id: int
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Missing:
    """Of an item so much can be had, not what was asked for."""

    item_id: int
    sku: str
    asked: int
    available: int


@dataclass(frozen=True, slots=True)
class ReservationRefused:
    """Nothing of it is kept, and why: `bad_lines`, `unknown_item`, `taken`, `out_of_stock` (with what is missing).

    `link`: the page of the first item that is missing; what was sent wrong has none.
    """

    channel: str
    reference: str
    code: str
    reason: str
    missing: tuple[Missing, ...] = ()
    link: str = ""


@dataclass(frozen=True, slots=True)
class ReservationRow:
    """A reservation. `outcome`: empty while it is open, then accepted, released or expired."""

    id: int
    client_id: int
    warehouse_id: int
    warehouse: str
    channel: str
    reference: str
    units: int
    at: dt.datetime
    expires_at: dt.datetime
    ended_at: dt.datetime | None
    outcome: str

    @property
    def state(self) -> str:
        return self.outcome or "open"
