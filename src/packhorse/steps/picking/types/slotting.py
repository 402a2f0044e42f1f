"""What slotting advises, and out of what."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from packhorse.ground.warehouse.types import LocationInfo


@dataclass(frozen=True, slots=True)
class Living:
    """An item that lives in one bin by itself, with what lies there."""

    item_id: int
    sku: str
    location_id: int
    units: int
    weight_g: int | None


@dataclass(frozen=True, slots=True)
class PastPick:
    """Picks of an item at a place, on one walk."""

    batch_id: int
    item_id: int
    location_id: int
    picks: int


@dataclass(frozen=True, slots=True)
class PickHistory:
    """What slotting learns from: the places of a warehouse by id, the picks of its past walks, who lives alone where, and which bins are empty and wait for nothing. `days` that the walks span."""

    places: dict[int, LocationInfo]
    picks: tuple[PastPick, ...]
    living: tuple[Living, ...]
    empty: tuple[int, ...]
    days: float


@dataclass(frozen=True, slots=True)
class AdvisedMove:
    """An item goes to another bin; where `partner_id` lives there, it comes back in its place. What it saves a day, what it costs once, and why.

    velocity: picks a day of the item and of the partner. far_m: to the old and the new bin and back. level: of both bins. companions: SKUs often picked on the same walks, near the new bin.
    """

    item_id: int
    sku: str
    partner_id: int | None
    partner: str
    source_id: int
    source: str
    target_id: int
    target: str
    metres_a_day: float
    seconds_a_day: float
    cost_s: float
    days_to_pay: float
    velocity: tuple[float, float]
    far_m: tuple[float, float]
    level: tuple[int, int]
    reach_s_a_day: float
    heavy: bool
    companions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SlottingAnswer:
    """All that is advised: moves, the best first; none has an item or a bin in common with another. Metres a day of the past walks, today and with all moves made."""

    days: float
    walks: int
    metres_a_day: float
    metres_a_day_after: float
    moves: tuple[AdvisedMove, ...]
    looked_at: int
    seconds: float


@dataclass(frozen=True, slots=True)
class SlottingMoveInfo:
    """A move of the newest advice of a warehouse."""

    id: int
    advice_id: int
    warehouse_id: int
    position: int
    move: AdvisedMove
    at: dt.datetime
    accepted_at: dt.datetime | None
    accepted_by: str

    @property
    def state(self) -> str:
        return "accepted" if self.accepted_at else "proposed"


@dataclass(frozen=True, slots=True)
class SlottingSummary:
    """The newest advice of a warehouse in figures."""

    advice_id: int
    warehouse_id: int
    warehouse: str
    at: dt.datetime
    days: int
    walks: int
    metres_a_day: float
    metres_a_day_after: float
    moves: int
    accepted: int
