"""What buying and receiving tell."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event
from packhorse.core.refs import Ref


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
