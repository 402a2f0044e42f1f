"""Cut-offs, waves, and how a warehouse picks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from packhorse.ground.warehouse.types import WarehouseInfo
from packhorse.steps.picking.types.means import Times
from packhorse.steps.picking.types.walks import NotReleased, id_of


@dataclass(frozen=True, slots=True)
class Policy(Times):
    """How a warehouse picks. Its times are those of its standard worker.

    `lines_per_hour`, where set, is what the whole floor does, and takes the place of pickers and standard times. The shift is in the warehouse's local time; picks must be over `pack_min` minutes
    before the cut-off.

    Waveless: of each cut-off the house keeps `keep_workable` orders released and not begun (0: it releases nothing by itself), and plans walks of `orders_per_walk`. What must leave within
    `urgent_min` minutes, or has a priority, breaks into the next walk that is planned and not begun.

    `method`: how orders are picked: `whole` on one walk, `pass` (one tote goes from zone to zone), `wall` (by zone into shared totes, sorted at a put wall).
    """

    pickers: int = 2
    lines_per_hour: int | None = None
    shift_from: dt.time = dt.time(8)
    shift_to: dt.time = dt.time(18)
    pack_min: int = 60
    keep_workable: int = 0
    orders_per_walk: int = 12
    urgent_min: int = 120
    method: str = "whole"


@dataclass(frozen=True, slots=True)
class Amount:
    """So many orders, their lines and pieces."""

    orders: int = 0
    lines: int = 0
    units: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.orders + other.orders, self.lines + other.lines, self.units + other.units)


@dataclass(frozen=True, slots=True)
class CutOffRow:
    """The orders of a service that are due at a cut-off, by how far they are. `until` None: overdue since before today.

    `steps`: held, backordered, workable, waiting (for a walk), planned, walking, picked, packed, gone.
    """

    until: dt.datetime | None
    service: str
    steps: dict[str, Amount]

    def amount(self, *names: str) -> Amount:
        return sum((self.steps.get(name, Amount()) for name in names), Amount())


@dataclass(frozen=True, slots=True)
class Board:
    """What must leave a warehouse when, in the order in which its floor works, with what it can do for each; counted by how it picks, and by `metres` of walking a pick (None: nobody walked yet)."""

    place: WarehouseInfo
    policy: Policy
    metres: float | None
    rows: tuple[CutOffRow, ...]
    seen: tuple[Outlook, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the floor can do for a cut-off, in minutes of standard time. `deadline`: when its picks must be over; `left`: minutes of shift until then.

    `can`: what all pickers can do until the deadline; `released` and `workable`: open work of this row; `before`: open work that comes before it. `misses`: how many of its orders do not fit;
    `more_pickers`: how many more pickers it takes that all do (None where no number helps).
    """

    deadline: dt.datetime | None
    left: int
    can: int
    before: int
    released: int
    workable: int
    misses: int
    more_pickers: int | None

    @property
    def needed(self) -> int:
        return self.before + self.released + self.workable

    @property
    def room(self) -> int:
        """Minutes for which more may be released: what is released already, here and before, comes off."""
        return max(0, self.can - self.before - self.released)


@dataclass(frozen=True, slots=True)
class ReleasedWave:
    """A wave that was released: so many orders with so many picks; what is not in a pickable bin, and how many orders the limits left for later. Minutes of standard time."""

    wave_id: int
    orders: int
    tasks: int
    minutes: int
    refused: tuple[NotReleased, ...]
    left: int


@dataclass(frozen=True, slots=True)
class Urgency:
    """How urgent a released order is: less comes first. `named`: somebody said that it comes before all others."""

    priority: int
    ship_by: dt.datetime
    named: bool = False

    @property
    def rank(self) -> tuple[bool, int, dt.datetime]:
        return not self.named, -self.priority, self.ship_by

    def presses(self, now: dt.datetime, urgent_min: int) -> bool:
        """Whether it breaks into a walk that is planned."""
        return self.priority > 0 or self.ship_by <= now + dt.timedelta(minutes=urgent_min)


@dataclass(frozen=True, slots=True)
class UndoneWave:
    """A wave that was taken back: so many orders may be released again; `kept` had begun and stay; `walks` that were planned are taken back, and `others` of other waves lost theirs with them."""

    wave_id: int
    orders: int
    kept: int
    walks: int
    others: int


@dataclass(frozen=True, slots=True)
class WaveInfo:
    """A wave as lists and pages show it: its orders by where they stand now."""

    wave_id: int
    warehouse_id: int
    until: dt.datetime
    service: str
    max_orders: int
    max_minutes: int | None
    minutes: int
    reasons: dict[str, Any]
    at: dt.datetime
    undone_at: dt.datetime | None
    note: str
    orders: int
    waiting: int
    planned: int
    walking: int
    picked: int
    taken_back: int
    picks: int
    units: int
    method: str = "whole"

    @property
    def id(self) -> int:
        return self.wave_id

    @property
    def number(self) -> str:
        """How a wave is called: W000012."""
        return wave_number(self.wave_id)

    @property
    def not_begun(self) -> int:
        return self.waiting + self.planned

    @property
    def state(self) -> str:
        """taken_back, released (nobody has begun), walking, or done."""
        if self.orders == self.taken_back:
            return "taken_back"
        if self.picked + self.taken_back == self.orders:
            return "done"
        return "walking" if self.walking or self.picked else "released"


def wave_number(wave_id: int) -> str:
    """How a wave is called: W000012."""
    return f"W{wave_id:06d}"


def wave_id_of(text: str) -> int | None:
    """The id of the wave whose number this is (W000012, or its digits); None for anything else."""
    return id_of(text, "W")


@dataclass(frozen=True, slots=True)
class WaveOrder:
    """An order of a wave, and where it stands: waiting, planned, walking, picked or taken_back."""

    fulfillment_order_id: int
    fulfillment_order: str
    order_id: int
    client: str
    service: str
    ship_by: dt.datetime
    picks: int
    units: int
    state: str
    batch_id: int | None
    tote: str | None
