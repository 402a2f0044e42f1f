"""Pick faces, and goods that go to another place of the same warehouse."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from packhorse.core.refs import Ref

#: A task that its worker has not touched for so long may be taken by another.
IDLE: Final = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class NewPickFace:
    """An item is picked at a bin: filled up to `maximum` from reserve when `minimum` or less lies free there. Without a maximum the bin is a pick face of the item no more."""

    item_id: int
    location_id: int
    minimum: int = 0
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class PickFaceInfo:
    """A pick face as it stands: what lies there, what of it is free, what is on its way to it, and what lies in reserve."""

    id: int
    client_id: int
    warehouse_id: int
    item_id: int
    sku: str
    item_name: str
    location_id: int
    location: str
    minimum: int
    maximum: int
    on_hand: int
    free: int
    coming: int
    reserve: int


@dataclass(frozen=True, slots=True)
class Want:
    """Orders will need so many units more of an item than its pickable bins hold, by a moment."""

    item_id: int
    quantity: int
    deadline: dt.datetime


@dataclass(frozen=True, slots=True)
class Resettling:
    """An item's goods go from one bin to another, and live there from now on."""

    item_id: int
    source_id: int
    target_id: int


@dataclass(frozen=True, slots=True)
class RelocationInfo:
    """A task: so much of an item and lot from one place to another, why, and by when. `worker` is the principal who has it in hand."""

    id: int
    client_id: int
    warehouse_id: int
    item_id: int
    sku: str
    item_name: str
    tracking: str
    lot_id: int | None
    lot: str
    quantity: int
    moved: int
    source_id: int
    source: str
    target_id: int
    target: str
    reason: str
    deadline: dt.datetime | None
    state: str
    worker: str
    claimed_at: dt.datetime | None
    cause: Ref
    created_at: dt.datetime
    done_at: dt.datetime | None

    @property
    def open(self) -> int:
        return self.quantity - self.moved
