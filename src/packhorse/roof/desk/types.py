"""What the desk answers in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


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
    """A figure that does not say what its rows say. `room`: whose it is; `subject`: what it is about, in words."""

    room: str
    kind: str
    subject: str
    stated: str
    actual: str


@dataclass(frozen=True, slots=True)
class BooksChecked:
    """A run of the reconcilers: when, how long it took, how many figures disagreed, and the first of them."""

    at: dt.datetime
    took_ms: int
    figures: int
    found: tuple[Disagreement, ...]
