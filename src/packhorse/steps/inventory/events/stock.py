"""What stock and its lots, promises, reservations and transfers tell."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event
from packhorse.core.refs import Ref
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
    client_id: int
    warehouse_id: int
    item_id: int
    quantity: int
    shortfall_id: int

    @property
    def subject(self) -> Ref:
        return Ref("catalog.item", self.item_id)


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
    adjustment_id: int
    client_id: int | None
    warehouse_id: int
    units: int
    reason: str

    @property
    def subject(self) -> Ref:
        return Ref("inventory.adjustment", self.adjustment_id)


@dataclass(frozen=True, kw_only=True)
class StockMoved(Event):
    """Goods were carried to another place, or changed in condition."""

    sentence = _("{units} units moved: {reason}")
    adjustment_id: int
    client_id: int | None
    warehouse_id: int
    units: int
    reason: str

    @property
    def subject(self) -> Ref:
        return Ref("inventory.adjustment", self.adjustment_id)


@dataclass(frozen=True, kw_only=True)
class LotHeld(Event):
    """A lot must not leave."""

    sentence = _("Lot {lot} held: {reason}")
    lot_id: int
    client_id: int
    item_id: int
    lot: str
    reason: str

    @property
    def subject(self) -> Ref:
        return Ref("inventory.lot", self.lot_id)


@dataclass(frozen=True, kw_only=True)
class LotFreed(Event):
    """A lot may leave again."""

    sentence = _("Lot {lot} free again")
    lot_id: int
    client_id: int
    item_id: int
    lot: str

    @property
    def subject(self) -> Ref:
        return Ref("inventory.lot", self.lot_id)


@dataclass(frozen=True, kw_only=True)
class DriftMended(Event):
    """The books were mended by hand: the projection now says what its rows say."""

    sentence = _("Mended {kind} of item {item_id}: {stated} → {actual}")
    client_id: int
    warehouse_id: int | None
    item_id: int
    kind: str
    stated: int
    actual: int

    @property
    def subject(self) -> Ref:
        return Ref("catalog.item", self.item_id)


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
    reservation_id: int
    client_id: int
    warehouse_id: int
    units: int
    expires_at: dt.datetime

    @property
    def subject(self) -> Ref:
        return Ref("inventory.reservation", self.reservation_id)


@dataclass(frozen=True, kw_only=True)
class ReservationEnded(Event):
    """What was kept for a checkout is kept no longer."""

    sentence = _("The reservation ended: {outcome}")
    reservation_id: int
    client_id: int
    warehouse_id: int
    outcome: str

    @property
    def subject(self) -> Ref:
        return Ref("inventory.reservation", self.reservation_id)


@dataclass(frozen=True, kw_only=True)
class TransferAdvanced(Event):
    """Goods left for another warehouse (in_transit), came from another one (receiving, received), or never came (closed_short, with its reason)."""

    sentence = _("{number}: {units} units, {state} {reason}")
    transfer_id: int
    client_id: int
    warehouse_id: int
    number: str
    units: int
    state: str
    reason: str = ""

    @property
    def subject(self) -> Ref:
        return Ref("inventory.transfer", self.transfer_id)


@dataclass(frozen=True, kw_only=True)
class TransferDiffered(Event):
    """Goods came from another warehouse otherwise than they were sent: over or damaged."""

    sentence = _("{quantity} units {kind}: {reason}")
    transfer_id: int
    client_id: int
    warehouse_id: int
    item_id: int
    kind: str
    quantity: int
    reason: str

    @property
    def subject(self) -> Ref:
        return Ref("inventory.transfer", self.transfer_id)


@dataclass(frozen=True, kw_only=True)
class LotRecalled(Event):
    """A lot must not leave, and what left of it must be asked for."""

    sentence = _("Lot {lot} recalled: {reason}")
    recall_id: int
    lot_id: int
    client_id: int
    item_id: int
    lot: str
    reason: str

    @property
    def subject(self) -> Ref:
        return Ref("inventory.lot", self.lot_id)
