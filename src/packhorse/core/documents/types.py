"""What documents are made from. Addresses come as lines in the order in which they are printed; weights in grams; money with its currency."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from packhorse.core.money import Money

Symbology = Literal["code128", "gs1-128", "datamatrix", "gs1-datamatrix", "qr"]
Paper = Literal["letter", "a4"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """Whose name is on the paper; `colour` is `#rrggbb`."""

    name: str
    colour: str = "#1f5f4b"
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingLabel:
    """A 4 × 6 inch label. `routing` is a GS1 element string in brackets (`(420)90210`), `sscc` 18 digits; either may be empty. With `return_number` it is a return label."""

    ship_from: tuple[str, ...]
    ship_to: tuple[str, ...]
    carrier: str
    service: str
    tracking_number: str
    ships_on: dt.date
    weight_g: int
    routing: str = ""
    sscc: str = ""
    parcel: int = 1
    parcels: int = 1
    reference: str = ""
    marks: tuple[str, ...] = ()
    return_number: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipLine:
    """What is in the parcel; with `price` (of one) and `amount` (of all) only where prices are shown. `note` is a lot, a serial, or what is still to come."""

    sku: str
    name: str
    quantity: int
    note: str = ""
    price: str = ""
    amount: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackingSlip:
    """The paper in the parcel. `totals` are (what, amount) in the order in which they are printed; none on a slip without prices. `message` is a gift's note (`gift`: no prices, whatever the lines
    say) or a word from the brand."""

    brand: Brand
    order_number: str
    ordered_on: dt.date
    ship_to: tuple[str, ...]
    lines: tuple[SlipLine, ...]
    ship_from: tuple[str, ...] = ()
    reference: str = ""
    parcel: int = 1
    parcels: int = 1
    totals: tuple[tuple[str, Money], ...] = ()
    message: str = ""
    gift: bool = False
    paper: Paper = "a4"
    language: str = "en"

    @property
    def with_prices(self) -> bool:
        return not self.gift and any(line.amount is not None for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallLabel:
    """A 3 × 1 inch label for a location, a tote or an item: its code to scan and to read, and two lines of text."""

    code: str
    title: str = ""
    subtitle: str = ""
    symbology: Literal["code128", "datamatrix"] = "code128"


@dataclass(frozen=True, slots=True, kw_only=True)
class PickListLine:
    """One stop: where, what, how many, into which tote (or for which order)."""

    location: str
    sku: str
    name: str
    quantity: int
    lot: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PickList:
    """A walk on paper, its stops in walking order."""

    number: str
    warehouse: str
    made_at: dt.datetime
    lines: tuple[PickListLine, ...]
    paper: Paper = "a4"
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentsLine:
    """So much of an item in a parcel or on a handling unit; `within` says in which unit on it."""

    sku: str
    name: str
    quantity: int
    lot: str = ""
    within: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentsList:
    """What is in a parcel, a tote or on a pallet; `said` stands below its number (order, weight, place)."""

    number: str
    made_on: dt.date
    lines: tuple[ContentsLine, ...]
    said: tuple[str, ...] = ()
    paper: Paper = "a4"
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLabel:
    """A 4 × 6 inch label of a parcel or a handling unit: its own number (LPN) as Code 128, and its SSCC (18 digits; empty: none) as GS1-128."""

    code: str
    made_on: dt.date
    sscc: str = ""
    title: str = ""
    facts: tuple[tuple[str, str], ...] = ()
