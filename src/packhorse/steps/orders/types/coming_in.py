"""What comes in, and what the intake answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse

from packhorse.ground.places.types import AddressData

#: The services that a customer can be promised.
SERVICES: tuple[str, ...] = ("standard", "express", "same_day")
#: The highest priority: what goes before everything else.
MOST_URGENT = 100
#: The longest note of a gift: what fits on its slip.
MOST_NOTE = 500


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line as bought. `unit_price` is in major units, up to six places."""

    sku: str
    quantity: int
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class NewPayment:
    """How it is paid: a provider of `ground.payments` and the token that stands for the customer's means. `amount_minor` None: goods and charges."""

    provider: str
    token: str = ""
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Gift:
    """The order is a gift: its slip says no price but the `note` (personal data; up to MOST_NOTE letters), and it is wrapped where that is wished."""

    note: str = ""
    wrap: bool = False


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order as a channel sends it. (`channel`, `external_id`) is its name there. `payment` None: paid elsewhere, nothing is captured. `language` empty: the client's.

    `reservation` names goods that the channel had reserved for it: their promise is handed over. `ship_complete`: whether it waits until all of it is here (None: as its client ships);
    `priority` from 0 to MOST_URGENT, the highest going first.
    """

    external_id: str
    placed_at: dt.datetime
    currency: str
    lines: tuple[NewLine, ...]
    channel: str = "api"
    customer_ref: str = ""
    ship_to: AddressData | None = None
    service: str = "standard"
    payment: NewPayment | None = None
    charges_minor: int = 0
    language: str = ""
    reservation: str = ""
    ship_complete: bool | None = None
    priority: int = 0
    gift: Gift | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The order is in the house (`already`: it was before). `backordered` is how many units wait for goods, `holds` the kinds of its open holds."""

    channel: str
    external_id: str
    order_id: int
    number: str
    already: bool = False
    stage: str = ""
    backordered: int = 0
    holds: tuple[str, ...] = ()
    ship_by: dt.datetime | None = None
    deliver_by: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The order stands in quarantine. `code` is for programs, `reason` for people; `link` is its page there."""

    channel: str
    external_id: str
    code: str
    reason: str
    quarantined_id: int

    @property
    def link(self) -> str:
        return reverse("orders:quarantined", args=[self.quarantined_id])


@dataclass(frozen=True, slots=True)
class StockCameIn:
    """More can be promised of these items in a warehouse."""

    warehouse_id: int
    item_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Discarded:
    """A quarantined order was set aside for good."""

    quarantined_id: int


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A bad order (or line) of a feed. `payload` is personal data: shown to those who may mend it, never logged."""

    id: int
    client_id: int
    client: str
    channel: str
    external_id: str
    code: str
    reason: str
    at: dt.datetime
    resolved_at: dt.datetime | None
    resolution: str
    payload: Any = None

    @property
    def label(self) -> str:
        """What it is called: the channel's number, or its own."""
        return self.external_id or f"#{self.id}"
