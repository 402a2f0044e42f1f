"""What buying and receiving tell."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event


@dataclass(frozen=True, kw_only=True)
class SupplierSaved(Event):
    """A supplier was made or changed."""

    sentence = _("Supplier {code} saved")
    about = ("inventory.supplier", "supplier_id")
    supplier_id: int
    client_id: int
    code: str


@dataclass(frozen=True, kw_only=True)
class PurchaseOrderCreated(Event):
    """Goods are to be bought."""

    sentence = _("Purchase order {number} made: {units} units")
    about = ("inventory.purchase_order", "purchase_order_id")
    purchase_order_id: int
    client_id: int
    warehouse_id: int
    number: str
    units: int


@dataclass(frozen=True, kw_only=True)
class PurchaseOrderSent(Event):
    """The supplier has the order."""

    sentence = _("Sent to the supplier")
    about = ("inventory.purchase_order", "purchase_order_id")
    purchase_order_id: int
    client_id: int
    warehouse_id: int


@dataclass(frozen=True, kw_only=True)
class PurchaseOrderConfirmed(Event):
    """The supplier accepted the order."""

    sentence = _("Confirmed by the supplier")
    about = ("inventory.purchase_order", "purchase_order_id")
    purchase_order_id: int
    client_id: int
    warehouse_id: int


@dataclass(frozen=True, kw_only=True)
class GoodsAnnounced(Event):
    """The supplier says what is on its way."""

    sentence = _("{loads} loads announced, {units} units")
    about = ("inventory.purchase_order", "purchase_order_id")
    purchase_order_id: int
    client_id: int
    warehouse_id: int
    loads: int
    units: int


@dataclass(frozen=True, kw_only=True)
class GoodsArrived(Event):
    """The truck is at the dock."""

    sentence = _("Arrived")
    about = ("inventory.purchase_order", "purchase_order_id")
    purchase_order_id: int
    client_id: int
    warehouse_id: int


@dataclass(frozen=True, kw_only=True)
class GoodsReceived(Event):
    """Goods came in."""

    sentence = _("{units} units received")
    about = ("inventory.purchase_order", "purchase_order_id")
    purchase_order_id: int
    client_id: int
    warehouse_id: int
    receipt_id: int
    units: int
    lines: int


@dataclass(frozen=True, kw_only=True)
class DiscrepancyFound(Event):
    """Something came otherwise than ordered."""

    sentence = _("{quantity} units {kind}: {reason}")
    about = ("inventory.purchase_order", "purchase_order_id")
    purchase_order_id: int
    client_id: int
    warehouse_id: int
    item_id: int
    kind: str
    quantity: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class PurchaseOrderClosed(Event):
    """Nothing more is expected of this order."""

    sentence = _("Closed ({state})")
    about = ("inventory.purchase_order", "purchase_order_id")
    purchase_order_id: int
    client_id: int
    warehouse_id: int
    state: str
