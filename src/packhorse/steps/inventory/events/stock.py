"""What stock and its lots, promises, reservations and transfers tell."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event
from packhorse.ground.messages.rules import declare

declare("lot_recalled", _("Lot {lot} of {sku} is recalled: {reason}"))


@dataclass(frozen=True, kw_only=True)
class StockIncreased(Event):
    """More can be promised than before, in one warehouse."""

    sentence = _("Stock came in for {n} items")
    warehouse_id: int
    item_ids: list[int]

    @property
    def n(self) -> int:
        return len(self.item_ids)


@dataclass(frozen=True, kw_only=True)
class ShortfallOpened(Event):
    """Truth showed less than is promised."""

    sentence = _("{quantity} promised units are missing")
    about = ("catalog.item", "item_id")
    client_id: int
    warehouse_id: int
    item_id: int
    quantity: int
    shortfall_id: int


@dataclass(frozen=True, kw_only=True)
class AllocationsBroken(Event):
    """Allocated units turned out not to be there; who works on them must be served anew."""

    sentence = _("Allocated stock was not there")
    warehouse_id: int
    allocation_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class StockAdjusted(Event):
    """Somebody changed stock by hand."""

    sentence = _("{units} units adjusted: {reason}")
    about = ("inventory.adjustment", "adjustment_id")
    adjustment_id: int
    client_id: int | None
    warehouse_id: int
    units: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class StockMoved(Event):
    """Goods were carried to another place, or changed in condition."""

    sentence = _("{units} units moved: {reason}")
    about = ("inventory.adjustment", "adjustment_id")
    adjustment_id: int
    client_id: int | None
    warehouse_id: int
    units: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class LotHeld(Event):
    """A lot must not leave."""

    sentence = _("Lot {lot} held: {reason}")
    about = ("inventory.lot", "lot_id")
    lot_id: int
    client_id: int
    item_id: int
    lot: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class LotFreed(Event):
    """A lot may leave again."""

    sentence = _("Lot {lot} free again")
    about = ("inventory.lot", "lot_id")
    lot_id: int
    client_id: int
    item_id: int
    lot: str


@dataclass(frozen=True, kw_only=True)
class DriftMended(Event):
    """The books were mended by hand: the projection now says what its rows say."""

    sentence = _("Mended {kind} of item {item_id}: {stated} → {actual}")
    about = ("catalog.item", "item_id")
    client_id: int
    warehouse_id: int | None
    item_id: int
    kind: str
    stated: int
    actual: int


@dataclass(frozen=True, kw_only=True)
class MonthClosed(Event):
    """A month's moves are complete; the books go on from its balances."""

    sentence = _("Month {month} was closed with {moves} moves")
    month: dt.date
    moves: int
    balances: int


@dataclass(frozen=True, kw_only=True)
class StockReserved(Event):
    """Goods are kept for a checkout."""

    sentence = _("{units} units were reserved")
    about = ("inventory.reservation", "reservation_id")
    reservation_id: int
    client_id: int
    warehouse_id: int
    units: int
    expires_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class ReservationEnded(Event):
    """What was kept for a checkout is kept no longer."""

    sentence = _("The reservation ended: {outcome}")
    about = ("inventory.reservation", "reservation_id")
    reservation_id: int
    client_id: int
    warehouse_id: int
    outcome: str


@dataclass(frozen=True, kw_only=True)
class TransferAdvanced(Event):
    """Goods left for another warehouse (in_transit), came from another one (receiving, received), or never came (closed_short, with its reason)."""

    sentence = _("{number}: {units} units, {state} {reason}")
    about = ("inventory.transfer", "transfer_id")
    transfer_id: int
    client_id: int
    warehouse_id: int
    number: str
    units: int
    state: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class TransferDiffered(Event):
    """Goods came from another warehouse otherwise than they were sent: over (more than was sent, in whatever condition) or damaged (of what was sent)."""

    sentence = _("{quantity} units {kind}: {reason}")
    about = ("inventory.transfer", "transfer_id")
    transfer_id: int
    client_id: int
    warehouse_id: int
    item_id: int
    kind: str
    quantity: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class LotRecalled(Event):
    """A lot must not leave, and what left of it must be asked for."""

    sentence = _("Lot {lot} recalled: {reason}")
    about = ("inventory.lot", "lot_id")
    recall_id: int
    lot_id: int
    client_id: int
    item_id: int
    lot: str
    reason: str
