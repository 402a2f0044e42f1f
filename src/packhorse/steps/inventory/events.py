"""What stock tells."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event
from packhorse.core.refs import Ref


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
class CountRequested(Event):
    """Somebody wants to know what is really in a bin."""

    sentence = _("A count was asked for: {reason}")
    count_id: int
    warehouse_id: int
    client_id: int | None
    location_id: int
    item_id: int | None
    reason: str

    @property
    def subject(self) -> Ref:
        return Ref("inventory.count", self.count_id)


@dataclass(frozen=True, kw_only=True)
class PutBackRequested(Event):
    """Units must return to a bin."""

    sentence = _("{quantity} units are to be put back")
    task_id: int
    client_id: int
    warehouse_id: int
    item_id: int
    quantity: int

    @property
    def subject(self) -> Ref:
        return Ref("catalog.item", self.item_id)


@dataclass(frozen=True, kw_only=True)
class SupplierSaved(Event):
    """A supplier was made or changed."""

    sentence = _("Supplier {code} saved")
    supplier_id: int
    client_id: int
    code: str

    @property
    def subject(self) -> Ref:
        return Ref("inventory.supplier", self.supplier_id)


@dataclass(frozen=True, kw_only=True)
class PurchaseOrderCreated(Event):
    """Goods are to be bought."""

    sentence = _("Purchase order {number} made: {units} units")
    purchase_order_id: int
    client_id: int
    warehouse_id: int
    number: str
    units: int

    @property
    def subject(self) -> Ref:
        return Ref("inventory.purchase_order", self.purchase_order_id)


@dataclass(frozen=True, kw_only=True)
class PurchaseOrderSent(Event):
    """The supplier has the order."""

    sentence = _("Sent to the supplier")
    purchase_order_id: int
    client_id: int
    warehouse_id: int

    @property
    def subject(self) -> Ref:
        return Ref("inventory.purchase_order", self.purchase_order_id)


@dataclass(frozen=True, kw_only=True)
class PurchaseOrderConfirmed(Event):
    """The supplier accepted the order."""

    sentence = _("Confirmed by the supplier")
    purchase_order_id: int
    client_id: int
    warehouse_id: int

    @property
    def subject(self) -> Ref:
        return Ref("inventory.purchase_order", self.purchase_order_id)


@dataclass(frozen=True, kw_only=True)
class GoodsAnnounced(Event):
    """The supplier says what is on its way."""

    sentence = _("{loads} loads announced, {units} units")
    purchase_order_id: int
    client_id: int
    warehouse_id: int
    loads: int
    units: int

    @property
    def subject(self) -> Ref:
        return Ref("inventory.purchase_order", self.purchase_order_id)


@dataclass(frozen=True, kw_only=True)
class GoodsArrived(Event):
    """The truck is at the dock."""

    sentence = _("Arrived")
    purchase_order_id: int
    client_id: int
    warehouse_id: int

    @property
    def subject(self) -> Ref:
        return Ref("inventory.purchase_order", self.purchase_order_id)


@dataclass(frozen=True, kw_only=True)
class GoodsReceived(Event):
    """Goods came in."""

    sentence = _("{units} units received")
    purchase_order_id: int
    client_id: int
    warehouse_id: int
    receipt_id: int
    units: int
    lines: int

    @property
    def subject(self) -> Ref:
        return Ref("inventory.purchase_order", self.purchase_order_id)


@dataclass(frozen=True, kw_only=True)
class DiscrepancyFound(Event):
    """Something came otherwise than ordered."""

    sentence = _("{quantity} units {kind}: {reason}")
    purchase_order_id: int
    client_id: int
    warehouse_id: int
    item_id: int
    kind: str
    quantity: int
    reason: str

    @property
    def subject(self) -> Ref:
        return Ref("inventory.purchase_order", self.purchase_order_id)


@dataclass(frozen=True, kw_only=True)
class PurchaseOrderClosed(Event):
    """Nothing more is expected of this order."""

    sentence = _("Closed ({state})")
    purchase_order_id: int
    client_id: int
    warehouse_id: int
    state: str

    @property
    def subject(self) -> Ref:
        return Ref("inventory.purchase_order", self.purchase_order_id)


@dataclass(frozen=True, kw_only=True)
class GoodsPutAway(Event):
    """Goods went to their bins."""

    sentence = _("{units} units put away")
    warehouse_id: int
    client_id: int | None
    task_ids: list[int]
    units: int

    @property
    def subject(self) -> Ref | None:
        return Ref("inventory.put_away", self.task_ids[0]) if len(self.task_ids) == 1 else None


@dataclass(frozen=True, kw_only=True)
class PutAwayCancelled(Event):
    """Goods need not go to a bin any more."""

    sentence = _("Put-away cancelled: {reason}")
    task_id: int
    client_id: int
    warehouse_id: int
    reason: str

    @property
    def subject(self) -> Ref:
        return Ref("inventory.put_away", self.task_id)


@dataclass(frozen=True, kw_only=True)
class CountStarted(Event):
    """Somebody counts."""

    sentence = _("Count {round} started")
    count_id: int
    client_id: int | None
    warehouse_id: int
    round: int

    @property
    def subject(self) -> Ref:
        return Ref("inventory.count", self.count_id)


@dataclass(frozen=True, kw_only=True)
class CountDiffered(Event):
    """The count does not agree with the ledger; another person counts, or a manager looks."""

    sentence = _("Counted: {differences} units off; now {state}")
    count_id: int
    client_id: int | None
    warehouse_id: int
    differences: int
    state: str

    @property
    def subject(self) -> Ref:
        return Ref("inventory.count", self.count_id)


@dataclass(frozen=True, kw_only=True)
class CountPosted(Event):
    """The truth about a bin is in the ledger."""

    sentence = _("Posted: {differences} units corrected")
    count_id: int
    client_id: int | None
    warehouse_id: int
    differences: int

    @property
    def subject(self) -> Ref:
        return Ref("inventory.count", self.count_id)


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
class FixedBinsSet(Event):
    """Items have got a bin of their own."""

    sentence = _("{n} fixed bins set")
    warehouse_id: int
    n: int


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
