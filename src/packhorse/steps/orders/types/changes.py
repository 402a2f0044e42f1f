"""Changes, holds and news of orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from packhorse.core.words import in_words, said
from packhorse.ground.places.types import PROBLEMS

#: What an address hold notes where there is no address at all; else it notes the codes of what is wrong (`places.types.PROBLEMS`).
NO_ADDRESS: Final = "no_address"
_NO_ADDRESS_WORDS: Final = _("no address")


@dataclass(frozen=True, slots=True)
class Missing:
    """What a stock hold waits for: so many units of each of these SKUs were not found at a place, for a reason (a code; empty: counted)."""

    units: tuple[tuple[int, str], ...]
    place: str
    reason: str = ""

    @property
    def said(self) -> str:
        """In the reader's language."""
        text = _("%(what)s not found at %(place)s (%(why)s)") if self.reason else _("%(what)s not found at %(place)s")
        return str(text) % {"what": ", ".join(f"{n} × {sku}" for n, sku in self.units), "place": self.place, "why": in_words(self.reason)}

    @classmethod
    def kept(cls, data: Mapping[str, Any] | None) -> Missing | None:
        """As a hold keeps it."""
        return None if data is None else cls(tuple((n, sku) for n, sku in data["units"]), data["place"], data["reason"])


def hold_note(kind: str, note: str, missing: Missing | None = None) -> str:
    """The note of a hold in the reader's language: what is wrong with an address is kept as codes, what is missing with its figures; whatever somebody typed stays as it is."""
    if missing is not None:
        return missing.said
    if kind != "address":
        return said(note)
    if note == NO_ADDRESS:
        return str(_NO_ADDRESS_WORDS)
    return "; ".join(str(PROBLEMS.get(code, code)) for code in note.split("; "))


@dataclass(frozen=True, slots=True)
class HoldInfo:
    """Why a fulfillment order waits (or waited). Principals as in the journal. `note` as it is kept, and `missing` where picking did not find the goods: `hold_note` says it in words."""

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
    missing: Missing | None = None


@dataclass(frozen=True, slots=True)
class HoldDone:
    """The hold is opened (or was), or released."""

    fulfillment_order_id: int
    hold_id: int


@dataclass(frozen=True, slots=True)
class HoldRefused:
    """One of a list that could not be held, and why. `link`: the page of what blocks it, where there is one."""

    fulfillment_order_id: int
    code: str
    reason: str
    link: str = ""


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
    """One of a list that could not be cancelled, and why. `link`: the page of what blocks it, where there is one."""

    order_id: int
    code: str
    reason: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class CancellationAsked:
    """The floor has begun: what a client wants cancelled is asked for, and answered by the house (`state`: asked), or was by a rule of the client (rejected)."""

    order_id: int
    cancellation_id: int
    state: str


@dataclass(frozen=True, slots=True)
class CancellationInfo:
    """What a client asked to be cancelled of an order, and what it was answered. `quantities` by demand; empty: all that is left. `basis`: person, rule, untouched, left."""

    cancellation_id: int
    order_id: int
    number: str
    state: str
    quantities: dict[int, int]
    reason: str
    asked_at: dt.datetime
    asked_by: str
    answered_at: dt.datetime | None
    answered_by: str
    basis: str
    note: str

    @classmethod
    def of(cls, number: str, row: Mapping[str, Any]) -> CancellationInfo:
        """From the row of a cancellation and its order's number."""
        same = ("order_id", "state", "reason", "asked_at", "asked_by", "answered_at", "answered_by", "basis", "note")
        quantities = {int(demand): q for demand, q in row["quantities"].items()}
        return cls(cancellation_id=row["id"], number=number, quantities=quantities, **{name: row[name] for name in same})


@dataclass(frozen=True, slots=True)
class Answered:
    """A cancellation was accepted, with what that did, or rejected (nothing was done)."""

    cancellation_id: int
    order_id: int
    state: str
    units: int = 0
    put_back_units: int = 0
    left: tuple[tuple[str, int], ...] = ()


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
