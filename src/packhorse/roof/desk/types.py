"""What the desk answers in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """Where something of an order is in the house. `kind`: tote or parcel; `state` is the parcel's; `place` the code of where it stands (a bench, a cart)."""

    kind: str
    name: str
    place: str
    state: str


@dataclass(frozen=True, slots=True)
class Flow:
    """What was done since a moment, counted: orders taken in, units picked, parcels packed, parcels handed over, parcels delivered, returns arrived."""

    orders: int
    units_picked: int
    parcels_packed: int
    parcels_shipped: int
    parcels_delivered: int
    returns_arrived: int


@dataclass(frozen=True, slots=True)
class Outbox:
    """How the dispatcher stands: events that wait, the oldest of them, events that were parked after failing too often."""

    waiting: int
    oldest_at: dt.datetime | None
    parked: int


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    """An event that one handler could not take in. `error` is the end of its traceback."""

    id: int
    event: str
    handler: str
    at: dt.datetime
    attempts: int
    parked_at: dt.datetime
    error: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A figure that does not say what its rows say. `room`: whose it is; `family`, `family_id`: what it is looked at by; `subject` tells it from others of its kind; `about`: the drift's fields."""

    room: str
    kind: str
    family: str
    family_id: int
    subject: str
    about: dict[str, Any]
    stated: str
    actual: str


@dataclass(frozen=True, slots=True)
class Mended:
    """What a mending did: findings that agree now, and those that somebody must look at."""

    mended: int
    left: int


@dataclass(frozen=True, slots=True)
class Found:
    """A finding as it is shown. `of`: the item's SKU or the order's number."""

    id: int
    room: str
    kind: str
    of: str
    order_id: int | None
    stated: str
    actual: str
    found_at: dt.datetime
    closed_at: dt.datetime | None
    mended_by: str
    command_id: int | None


@dataclass(frozen=True, slots=True)
class Swept:
    """How the reconcilers stand: touched rows that wait for a look, when the whole books were last looked at from end to end, and what that took."""

    waiting: int
    whole_at: dt.datetime | None
    took_ms: int
