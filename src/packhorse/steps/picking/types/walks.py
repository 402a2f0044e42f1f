"""Releases, walks and their stops, and the shelf for packing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from packhorse.core.scan import Match, Scan
from packhorse.core.words import in_words

#: Why an order is not released, by code, as a sentence that its data fill.
NOT_RELEASED: Final = {
    "held": _("On hold: %(number)s"),
    "released_before": _("Released before"),
    "backordered": _("Waits for stock"),
    "wrong_stage": _("Is %(stage)s"),
    "not_found": _("No such order in this warehouse"),
    "not_at_pick_face": _("%(n)d of %(sku)s are not in a pickable bin yet"),
    "nothing_left": _("Nothing of it is left to be picked"),
}


def why_not(code: str, data: Mapping[str, Any]) -> str:
    """Why an order is not released, in the reader's language."""
    return str(NOT_RELEASED[code]) % {name: in_words(value) if name == "stage" else value for name, value in data.items()}


@dataclass(frozen=True, slots=True)
class Released:
    """This fulfillment order is workable now: so many picks."""

    fulfillment_order_id: int
    tasks: int


@dataclass(frozen=True, slots=True)
class NotReleased:
    """This one is not, and why: a code of `NOT_RELEASED` with its data, which `reason` says in the reader's language."""

    fulfillment_order_id: int
    code: str
    data: dict[str, str | int] = field(default_factory=dict)

    @classmethod
    def since(cls, fulfillment_order_id: int, code: str, **data: str | int) -> NotReleased:
        return cls(fulfillment_order_id, code, data)

    @property
    def reason(self) -> str:
        return why_not(self.code, self.data)


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """One place of a walk and the tasks there."""

    location_id: int
    task_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PlannedBatch:
    """A walk as planned: releases by compartment, stops in walking order; metres, and minutes of standard time. `zone`: it stays in that one (empty: it goes anywhere); `wall_id`: what is picked on
    it is sorted at that put wall."""

    release_ids: tuple[int, ...]
    stops: tuple[PlannedStop, ...]
    distance_m: float
    s_shape_m: float
    one_by_one_m: float
    reasons: dict[str, str | int | float]
    minutes: float = 0
    s_shape_min: float = 0
    one_by_one_min: float = 0
    method: str = "whole"
    zone: str = ""
    wall_id: int | None = None


@dataclass(frozen=True, slots=True)
class PickLine:
    """What the picker did with one task: all of it went into that tote."""

    task_id: int
    tote_id: int


@dataclass(frozen=True, slots=True)
class PickedStop:
    """The answer to a confirmed stop. `emptied`: by the books nothing is left in the place."""

    batch_id: int
    units: int
    open_tasks: int
    emptied: bool = False


@dataclass(frozen=True, slots=True)
class ChangedTote:
    """The answer to a full tote: how many units it got before it was closed, and the tote that goes on."""

    taken: int
    tote_id: int
    tote: str


@dataclass(frozen=True, slots=True)
class Unloaded:
    """The answer to an unloaded tote: how many totes of the walk are left to be unloaded; the walk is over when none is."""

    left: int


@dataclass(frozen=True, slots=True)
class ShortPick:
    """The answer to a short pick: what was taken after all, what was found elsewhere and appended to the walk, and what is missing for good."""

    task_id: int
    taken: int
    found_elsewhere: int
    missing: int


@dataclass(frozen=True, slots=True)
class SwappedLot:
    """The lot that a pick takes now."""

    task_id: int
    lot_id: int
    lot: str
    units: int


@dataclass(frozen=True, slots=True)
class OtherLot:
    """A lot that an open pick could take instead of its own: it lies free at the place."""

    task_id: int
    lot_id: int
    lot: str
    expires_on: dt.date | None
    free: int


def batch_number(batch_id: int) -> str:
    """What is written on a batch's pick list, and scanned: B000012."""
    return f"B{batch_id:06d}"


def batch_id_of(text: str) -> int | None:
    """The id of the batch whose number this is (B000012, or its digits); None for anything else."""
    return id_of(text, "B")


def id_of(text: str, letter: str) -> int | None:
    """The id behind a number that begins with a letter, or its digits; None for anything else."""
    digits = text.strip().upper().removeprefix(letter)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None


@dataclass(frozen=True, slots=True)
class BatchInfo:
    """A batch as lists and pages show it. Metres, and minutes of standard time (0: not known). `zone`: it stays in that one (empty: it goes anywhere); `wall`: the put wall that it picks for."""

    batch_id: int
    warehouse_id: int
    state: str
    picker_id: int | None
    cart: str | None
    cart_type_id: int | None
    cart_type: str | None
    orders: int
    tasks: int
    open_tasks: int
    units: int
    distance_m: float
    s_shape_m: float
    one_by_one_m: float
    minutes: float
    s_shape_min: float
    one_by_one_min: float
    reasons: dict[str, str | int | float]
    planned_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    zone: str = ""
    wall_id: int | None = None
    wall: str | None = None

    @property
    def id(self) -> int:
        return self.batch_id

    @property
    def number(self) -> str:
        """What is written (and scanned) for the batch: B000012."""
        return batch_number(self.batch_id)

    @property
    def done_tasks(self) -> int:
        return self.tasks - self.open_tasks

    @property
    def saved_m(self) -> float:
        """Metres less than S-shape."""
        return max(0.0, self.s_shape_m - self.distance_m)


@dataclass(frozen=True, slots=True)
class TaskInfo:
    """A pick task as the scanner and the pages show it. `scan_lot`: its lot or serial number must be scanned (pieces with serial numbers, several lots in one place).

    `tote`: what it goes into: its order's, or the one that its walk shares among orders. `zone` is its place's."""

    task_id: int
    batch_id: int | None
    sequence: int
    state: str
    location_id: int
    location: str
    aisle: int | None
    cell: int | None
    item_id: int
    sku: str
    item_name: str
    lot: str | None
    expires_on: dt.date | None
    quantity: int
    picked: int
    reason: str
    compartment: int | None
    tote_id: int | None
    tote: str | None
    release_id: int
    fulfillment_order_id: int
    fulfillment_order: str
    order_id: int
    demand_id: int
    x_m: float | None = None
    y_m: float | None = None
    closed_at: dt.datetime | None = None
    scan_lot: bool = False
    level: int = 0
    weight_g: int = 0
    volume_mm3: int = 0
    zone: str = ""
    zone_position: int = 0
    method: str = "whole"
    wall_id: int | None = None


@dataclass(frozen=True, slots=True)
class Scanned:
    """A scan and what it may mean: places, items."""

    scan: Scan
    places: tuple[Match, ...]
    items: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class ReadyLine:
    """Goods of one demand in a tote: an allocation that packing moves on."""

    allocation_id: int
    demand_id: int
    item_id: int
    lot_id: int | None
    quantity: int


@dataclass(frozen=True, slots=True)
class ReadyTote:
    """A tote that stands ready to pack: one fulfillment order and what was picked for it."""

    release_id: int
    tote_id: int
    tote: str
    warehouse_id: int
    client_id: int
    fulfillment_order_id: int
    fulfillment_order: str
    order_id: int
    ship_by: dt.datetime
    lines: tuple[ReadyLine, ...]


@dataclass(frozen=True, slots=True)
class StandingTote:
    """A tote that serves a release (with a full one, the release has several). `at_bench`: its walk is over."""

    release_id: int
    tote_id: int
    at_bench: bool


@dataclass(frozen=True, slots=True)
class SlotFor:
    """Where a piece goes: the slot of the order that wants it, and how many of it lie in the tote for that order."""

    release_id: int
    slot_id: int
    slot: str
    units: int


@dataclass(frozen=True, slots=True)
class PutPieces:
    """The answer to pieces put: whether all of the order is together now, and how many pieces are left in the tote."""

    units: int
    slot: str
    complete: bool
    left_in_tote: int


@dataclass(frozen=True, slots=True)
class MissingPieces:
    """So many pieces of a tote were not in it; so many of them were found nowhere else."""

    missing: int
    not_found: int


@dataclass(frozen=True, slots=True)
class ToteLine:
    """An item (and lot) in a shared tote, for a put wall."""

    item_id: int
    sku: str
    name: str
    lot_id: int | None
    lot: str | None
    units: int


@dataclass(frozen=True, slots=True)
class Awaited:
    """What an order at a put wall waits for: picks in a zone (`zone`; on a walk or on none yet), or goods in a `tote` that are to be sorted."""

    units: int
    zone: str = ""
    batch_id: int | None = None
    state: str = ""
    tote: str = ""


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A slot of a put wall and its order; `slot_id` None: an order that has no slot yet. `units` lie in it since `since`, `complete`: it may be packed.
    `strange`: so many pieces lie in it that are of no order here (one that was cancelled); it is free when they are put back. `closed`: it is
    empty and takes no order."""

    slot_id: int | None
    slot: str
    release_id: int | None
    fulfillment_order_id: int | None
    fulfillment_order: str
    order_id: int | None
    ship_by: dt.datetime | None
    since: dt.datetime | None
    units: int
    held: bool
    complete: bool
    awaits: tuple[Awaited, ...] = ()
    strange: int = 0
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Destination:
    """Where totes of a walk go at its end: on into a zone (`zone`; its hand-over place, None: they stay on the cart), to a put wall, or to packing (`bench`: any bench)."""

    place_id: int | None
    place: str
    zone: str
    bench: bool
    totes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A fulfillment order that was released and waits for a walk."""

    id: int
    fulfillment_order_id: int
    fulfillment_order: str
    order_id: int
    client: str
    client_id: int
    warehouse_id: int
    ship_by: dt.datetime
    at: dt.datetime
    tasks: int
    units: int
    tote: str | None
    out_of_reach: int = 0


@dataclass(frozen=True, slots=True)
class ReleasableRow:
    """A fulfillment order that may go to the floor now."""

    id: int
    number: str
    order_id: int
    service: str
    ship_by: dt.datetime
    priority: int
    lines: int
    units: int


@dataclass(frozen=True, slots=True)
class Walker:
    """A walk under way on the floor: the place of its last scan (None: none yet), since when nothing was scanned, and where it goes next."""

    batch_id: int
    picker_id: int | None
    cart: str
    since: dt.datetime
    place: str | None
    aisle: int | None
    cell: int | None
    x_m: float | None
    y_m: float | None
    open_tasks: int
    tasks: int
    next_place: str | None

    @property
    def number(self) -> str:
        return batch_number(self.batch_id)


@dataclass(frozen=True, slots=True)
class CellPicks:
    """Picks at one cell of an aisle: open ones, and done ones."""

    aisle: int
    cell: int
    open: int
    done: int
