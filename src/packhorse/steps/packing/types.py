"""What packing is asked with and answers in. Millimetres, grams, minor units."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from packhorse.ground.catalog.types import BoxInfo
from packhorse.kernels.packing import problem as kernel

#: Why a packer takes another box than the one proposed. The first three say something of the goods: the next parcel with the same contents is proposed in the box that was taken.
BOX_WHYS: Final = ("too_small", "too_large", "protection", "none_left", "other")
TEACHING_WHYS: Final = BOX_WHYS[:3]
#: What a parcel says on the outside of how it wants to be handled.
MARKS: Final[dict[str, Promise]] = {
    "fragile": _("FRAGILE"),
    "this_way_up": _("THIS WAY UP"),
    "heavy": _("HEAVY: LIFT BY TWO"),
    "keep_dry": _("KEEP DRY"),
    "keep_cold": _("KEEP COLD"),
    "limited_quantity": _("LIMITED QUANTITY"),
    "lithium_ion": _("LITHIUM ION BATTERIES UN3481"),
    "lithium_metal": _("LITHIUM METAL BATTERIES UN3091"),
    "flammable": _("FLAMMABLE"),
    "corrosive": _("CORROSIVE"),
}
#: Why a weight far off what is expected is right.
WEIGHT_WHYS: Final = ("item_weight", "packaging", "extra", "counted")


def contents_key(quantities: Mapping[int, int]) -> str:
    """The same for the same quantities (by item), whatever order holds them."""
    return hashlib.md5(",".join(f"{i}:{q}" for i, q in sorted(quantities.items())).encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class BenchLine:
    """Goods of one demand that stand ready to be packed: an allocation in a tote or at a station, with what the packer needs to see."""

    allocation_id: int
    demand_id: int
    item_id: int
    sku: str
    name: str
    lot_id: int | None
    quantity: int
    weight_g: int
    size_mm: tuple[int, int, int]
    fragile: bool
    upright: bool
    lot: str | None = None
    serial: bool = False


@dataclass(frozen=True, slots=True)
class BenchOrder:
    """One fulfillment order on the bench. `release_id` and tote are set while its goods still stand in a tote."""

    fulfillment_order_id: int
    number: str
    order_id: int
    client_id: int
    warehouse_id: int
    ship_by: dt.datetime
    release_id: int | None
    tote_id: int | None
    tote: str | None
    lines: tuple[BenchLine, ...]
    station_id: int | None = None

    @property
    def id(self) -> int:
        return self.fulfillment_order_id

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)


@dataclass(frozen=True, slots=True)
class Content:
    """So much of an allocation goes into the parcel."""

    allocation_id: int
    quantity: int


#: What a parcel keeps of how it came about: basis, boxes considered, pieces scanned, why its weight is right.
Reasons = dict[str, str | int | float | list[dict[str, str | int]]]


@dataclass(frozen=True, slots=True)
class NewParcel:
    """A parcel to seal: a box of the catalogue or (None) the goods' own carton of `size_mm`, what is in it, and what it weighs.

    `instead_of` is the box that was proposed, where the packer took another one, and `box_why` why. `weight_why` says why a weight far off what is expected is right.
    """

    box_id: int | None
    size_mm: tuple[int, int, int] | None
    contents: tuple[Content, ...]
    weight_g: int
    fill_permille: int | None
    reasons: Reasons
    instead_of: int | None = None
    box_why: str = ""
    weight_why: str = ""


@dataclass(frozen=True, slots=True)
class Used:
    """So much of a material went into a parcel, and cost so much."""

    material_id: int
    quantity: int
    cost_minor: int
    is_box: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMaterial:
    """A packaging material as it is kept: `cost` per unit; `client_id` where only that client's parcels use it."""

    code: str
    name: str
    kind: str
    unit: str
    cost: Decimal
    currency: str
    client_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMaterialRule:
    """So much of a material goes into parcels: `quantity` per parcel, per order, per litre of air, or strips around the box; in all parcels or some, of all clients or one."""

    material_id: int
    quantity: int
    per: str
    only: str = "always"
    client_id: int | None = None


@dataclass(frozen=True, slots=True)
class MaterialInfo:
    """A material at a warehouse (None: at none yet): how much is there, when more is ordered, and how long it lasts at the pace of the last four weeks."""

    material_id: int
    code: str
    name: str
    kind: str
    unit: str
    cost: Decimal
    currency: str
    client_id: int | None
    box_id: int | None
    archived: bool
    warehouse_id: int | None
    warehouse: str | None
    quantity: int
    reorder_at: int
    reorder_to: int
    used_in_28_days: int

    @property
    def id(self) -> int:
        return self.material_id

    @property
    def is_low(self) -> bool:
        return self.warehouse_id is not None and self.reorder_to > 0 and self.quantity <= self.reorder_at

    @property
    def days_left(self) -> int | None:
        return self.quantity * 28 // self.used_in_28_days if self.used_in_28_days else None


@dataclass(frozen=True, slots=True)
class MaterialRuleInfo:
    """A rule that holds."""

    id: int
    material_id: int
    client_id: int | None
    client: str | None
    per: str
    only: str
    quantity: int


@dataclass(frozen=True, slots=True)
class MaterialMoveInfo:
    """A line of a material's history."""

    at: dt.datetime
    warehouse: str
    quantity: int
    why: str
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class UsedMaterial:
    """What a parcel used up."""

    code: str
    name: str
    unit: str
    quantity: int
    cost_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class ProcedureInfo:
    """How an item is packed."""

    item_id: int
    client_id: int
    sku: str
    name: str
    steps: str
    marks: tuple[str, ...]
    photo_id: int | None
    changed_at: dt.datetime

    @property
    def id(self) -> int:
        return self.item_id


@dataclass(frozen=True, slots=True)
class PastPiece:
    """So many of an item in a past order."""

    size_mm: tuple[int, int, int]
    weight_g: int
    quantity: int
    fragile: bool = False
    upright: bool = False


def kernel_box(box: BoxInfo) -> kernel.Box:
    """A box of the catalogue as the kernel takes it."""
    return kernel.Box(box.code, box.inner_mm, box.outer_mm, box.tare_g, box.max_load_g, box.cost_minor)


def kernel_item(name: str, piece: BenchLine | PastPiece, quantity: int) -> kernel.Item:
    """So many pieces as the kernel takes them: any way up, or upright."""
    vertical = (False, False, True) if piece.upright else (True, True, True)
    return kernel.Item(name, piece.size_mm, piece.weight_g, quantity, vertical, piece.fragile)


@dataclass(frozen=True, slots=True)
class PaperBatch:
    """Papers for one printer about things of one client, in this order; `of`: what kind of thing."""

    equipment_id: int
    client_id: int
    of: str
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PastLoad:
    """What was packed together, and how many orders were just that."""

    pieces: tuple[PastPiece, ...]
    times: int


@dataclass(frozen=True, slots=True)
class AdvisedBox:
    """A size of a set: its cost in minor units, in how many parcels it is used, and whether it is in the catalogue today."""

    name: str
    inner_mm: tuple[int, int, int]
    cost_minor: float
    parcels: int
    known: bool


@dataclass(frozen=True, slots=True)
class BoxSetFigures:
    """What a set of sizes costs for the same orders: minor units, litres of air shipped, square metres of cardboard."""

    sizes: int
    parcels: int
    cost_minor: int
    material_minor: int
    fill_minor: int
    shipping_minor: int
    air_l: float
    cardboard_m2: float


@dataclass(frozen=True, slots=True)
class Advice:
    """Today's box sizes beside the best found, both by packing the same past orders."""

    orders: int
    loads: int
    today: BoxSetFigures
    proposed: BoxSetFigures
    boxes: tuple[AdvisedBox, ...]
    today_boxes: tuple[AdvisedBox, ...]

    @property
    def saving_minor(self) -> int:
        return self.today.cost_minor - self.proposed.cost_minor


@dataclass(frozen=True, slots=True)
class KeptAdvice:
    """An advice with its warehouse and when it was computed."""

    warehouse_id: int
    warehouse: str
    at: dt.datetime
    days: int
    advice: Advice


@dataclass(frozen=True, slots=True)
class PlacedPiece:
    """One piece in the proposed load: lower corner and edges as it lies, in packing order."""

    item_id: int
    at_mm: tuple[int, int, int]
    size_mm: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class ConsideredBox:
    """A box looked at: cost with expected shipping in minor units, and what became of it."""

    box: str
    cost_minor: int
    verdict: str


@dataclass(frozen=True, slots=True)
class ProposedParcel:
    """A box and what should go into it. Without box (nothing fits): the goods ship in their own carton of that size."""

    box_id: int | None
    box: str
    outer_mm: tuple[int, int, int]
    inner_mm: tuple[int, int, int]
    contents: tuple[Content, ...]
    placements: tuple[PlacedPiece, ...]
    expected_g: int
    fill_permille: int | None
    material_minor: int
    considered: tuple[ConsideredBox, ...]
    basis: str
    instead_of: int | None = None
    box_why: str = ""


@dataclass(frozen=True, slots=True)
class ParcelInfo:
    """A parcel as lists, pages and later steps see it."""

    parcel_id: int
    number: str
    client_id: int
    warehouse_id: int
    fulfillment_order_id: int
    fulfillment_order: str
    order_id: int
    state: str
    box: str | None
    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int
    expected_g: int
    fill_permille: int | None
    material_minor: int
    packed_by: str
    sealed_at: dt.datetime
    units: int
    station_id: int | None = None

    @property
    def id(self) -> int:
        return self.parcel_id


@dataclass(frozen=True, slots=True)
class ParcelContent:
    """A line of a parcel."""

    parcel_id: int
    allocation_id: int
    demand_id: int
    item_id: int
    sku: str
    name: str
    lot_id: int | None
    lot: str | None
    quantity: int


@dataclass(frozen=True, slots=True)
class Sealed:
    """The answer to a sealed parcel. `complete`: nothing of the order is left on the bench."""

    parcel_id: int
    number: str
    complete: bool


@dataclass(frozen=True, slots=True)
class ParcelReasons:
    """Why a parcel looks as it does: on which basis its box was chosen, what else was considered, what the packer noted."""

    basis: str
    considered: tuple[ConsideredBox, ...]
    notes: tuple[tuple[str, str], ...]
    instead_of: str | None = None
    box_why: str = ""


@dataclass(frozen=True, slots=True)
class ChangedBox:
    """How often packers took a box instead of the one proposed, for one reason. `box` None: the goods' own carton."""

    proposed: str
    box: str | None
    why: str
    times: int
    last_at: dt.datetime
