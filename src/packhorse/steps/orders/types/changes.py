"""Changes, holds and news of orders."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class HoldInfo:
    """Why a fulfillment order waits (or waited). Principals as in the journal."""

    hold_id: int
    fulfillment_order_id: int
    kind: str
    note: str
    owner_role: str
    opened_at: dt.datetime
    opened_by: str
    retry_at: dt.datetime | None
    released_at: dt.datetime | None
    released_by: str


@dataclass(frozen=True, slots=True)
class HoldDone:
    """The hold is opened (or was), or released."""

    fulfillment_order_id: int
    hold_id: int


@dataclass(frozen=True, slots=True)
class HoldRefused:
    """One of a list that could not be held, and why."""

    fulfillment_order_id: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class ChangeInfo:
    """An edit or cancellation: what, by whom, why."""

    at: dt.datetime
    kind: str
    reason: str
    principal: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What a cancellation did: units that are not sent, units that go back to a bin, and (SKU, units) that had left already."""

    order_id: int
    units: int
    put_back_units: int
    left: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class NotCancelled:
    """One of a list that could not be cancelled, and why."""

    order_id: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Edited:
    """What of an order was changed: address, service, quantities."""

    order_id: int
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SplitOff:
    """The fulfillment order that a part of another became."""

    order_id: int
    fulfillment_order_id: int
    number: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The fulfillment order that another became part of, and how many units came."""

    order_id: int
    fulfillment_order_id: int
    number: str
    units: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A fulfillment order that another warehouse ships from now on; what is promised there, and what waits for goods."""

    order_id: int
    fulfillment_order_id: int
    warehouse_id: int
    promised: int
    backordered: int


@dataclass(frozen=True, slots=True)
class News:
    """Something that a customer should read, about a subject of which it is told once."""

    template: str
    order_id: int
    subject_kind: str
    subject_id: int
    reason: str = ""
    amount_minor: int | None = None
