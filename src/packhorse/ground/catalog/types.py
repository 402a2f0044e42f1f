"""What the catalogue answers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """A client. `minimum_shelf_days`: goods with less shelf life left are not shipped."""

    id: int
    code: str
    name: str
    currency: str
    language: str
    brand_colour: str
    support_email: str
    minimum_shelf_days: int
    archived: bool = False


@dataclass(frozen=True, slots=True)
class NewBarcode:
    """A code that means `quantity` base units of the item with that SKU. `level`: each, inner, case, pallet."""

    sku: str
    code: str
    quantity: int = 1
    level: str = "each"


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item to create or change, by SKU. None leaves a field as it is (a new item gets its default). Millimetres and grams of one base unit; price and cost per base unit, six places.

    Sizes replace others only from a source that is as good or better: none < learned < supplier < typed < measured.
    """

    sku: str
    name: str | None = None
    tracking: str | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    weight_g: int | None = None
    size_source: str = "typed"
    fragile: bool | None = None
    upright: bool | None = None
    price: Decimal | None = None
    cost: Decimal | None = None
    hs_code: str | None = None
    origin_country: str | None = None
    abc: str | None = None
    barcodes: tuple[tuple[str, int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ItemSaved:
    """The item of that SKU now is as was asked."""

    sku: str
    item_id: int
    created: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """One of a list that was not done, with the refusal's code and sentence. `link`: the page of what blocks it, where there is one."""

    sku: str
    code: str
    reason: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class BarcodeInfo:
    """A code and what it means."""

    id: int
    item_id: int
    code: str
    quantity: int
    level: str


@dataclass(frozen=True, slots=True)
class ComponentInfo:
    """So many of an item in one kit. `price` is that of one unit sold by itself."""

    kit_id: int
    item_id: int
    sku: str
    name: str
    quantity: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class ItemInfo:
    """An item. Zero sizes are not known; `size_source` says where they come from."""

    id: int
    client_id: int
    client_code: str
    currency: str
    sku: str
    name: str
    tracking: str
    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int
    size_source: str
    fragile: bool
    upright: bool
    price: Decimal
    cost: Decimal
    hs_code: str
    origin_country: str
    abc: str
    archived: bool

    @property
    def has_size(self) -> bool:
        return bool(self.length_mm and self.width_mm and self.height_mm)


@dataclass(frozen=True, slots=True)
class NewBox:
    """A box or mailer to create or change, by code. Millimetres, grams, minor units of `currency`."""

    code: str
    name: str
    inner_length_mm: int
    inner_width_mm: int
    inner_height_mm: int
    outer_length_mm: int
    outer_width_mm: int
    outer_height_mm: int
    tare_g: int
    max_load_g: int
    cost_minor: int
    currency: str
    kind: str = "box"


@dataclass(frozen=True, slots=True)
class BoxInfo:
    """A box or mailer. Millimetres, grams, minor units of `currency`."""

    id: int
    code: str
    name: str
    kind: str
    inner_length_mm: int
    inner_width_mm: int
    inner_height_mm: int
    outer_length_mm: int
    outer_width_mm: int
    outer_height_mm: int
    tare_g: int
    max_load_g: int
    cost_minor: int
    currency: str
    archived: bool = False

    @property
    def inner_mm(self) -> tuple[int, int, int]:
        return self.inner_length_mm, self.inner_width_mm, self.inner_height_mm

    @property
    def outer_mm(self) -> tuple[int, int, int]:
        return self.outer_length_mm, self.outer_width_mm, self.outer_height_mm

    @property
    def inner(self) -> str:
        return " × ".join(map(str, self.inner_mm))
