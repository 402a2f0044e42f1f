"""What zones and put walls tell."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event


@dataclass(frozen=True, kw_only=True)
class SlotGiven(Event):
    """An order got a slot of a put wall."""

    sentence = _("Is sorted into slot {slot}")
    about = ("orders.fulfillment_order", "fulfillment_order_id")
    order_id: int
    client_id: int
    warehouse_id: int
    fulfillment_order_id: int
    slot: str


@dataclass(frozen=True, kw_only=True)
class PiecesPut(Event):
    """Pieces went out of a shared tote into the slot of their order."""

    sentence = _("{units} from {tote} put into slot {slot}")
    about = ("orders.fulfillment_order", "fulfillment_order_id")
    order_id: int
    client_id: int
    warehouse_id: int
    fulfillment_order_id: int
    tote: str
    slot: str
    units: int


@dataclass(frozen=True, kw_only=True)
class PiecesMissing(Event):
    """Pieces that were picked into a shared tote were not in it at the put wall."""

    sentence = _("{missing} were not in {tote} at the put wall; {found_elsewhere} found elsewhere")
    about = ("orders.fulfillment_order", "fulfillment_order_id")
    order_id: int
    client_id: int
    warehouse_id: int
    fulfillment_order_id: int
    tote: str
    missing: int
    found_elsewhere: int


@dataclass(frozen=True, kw_only=True)
class SlotEmptied(Event):
    """An order that is together was taken out of its slot."""

    sentence = _("Taken out of slot {slot} into tote {tote}")
    about = ("orders.fulfillment_order", "fulfillment_order_id")
    order_id: int
    client_id: int
    warehouse_id: int
    fulfillment_order_id: int
    slot: str
    tote: str


@dataclass(frozen=True, kw_only=True)
class OrdersGoOn(Event):
    """Orders that were picked in a zone need others too: walks are planned for them."""

    sentence = _("{orders} orders go on into other zones")
    about = ("warehouse.warehouse", "warehouse_id")
    warehouse_id: int
    batch_id: int | None
    orders: int
