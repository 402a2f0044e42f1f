"""What packing tells."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ParcelEvent(Event):
    """Something that happened to a parcel."""

    about = ("packing.parcel", "parcel_id")

    order_id: int
    client_id: int
    warehouse_id: int
    fulfillment_order_id: int
    parcel_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class ParcelSealed(ParcelEvent):
    """A box was filled, weighed and closed."""

    sentence = _("Parcel {number} sealed in {box}: {units} units, {weight_g} g")
    box: str
    units: int
    weight_g: int


@dataclass(frozen=True, kw_only=True)
class ParcelVoided(ParcelEvent):
    """A closed parcel was opened again; its goods stand at the bench."""

    sentence = _("Parcel {number} opened again: {reason}")
    reason: str


@dataclass(frozen=True, kw_only=True)
class ParcelWeighed(ParcelEvent):
    """A sealed parcel stood on a scale."""

    sentence = _("Parcel {number} weighs {weight_g} g (before: {before_g} g)")
    weight_g: int
    before_g: int


@dataclass(frozen=True, kw_only=True)
class MaterialEvent(Event):
    """Something that happened to a packaging material of a warehouse."""

    about = ("packing.material", "material_id")

    material_id: int
    warehouse_id: int
    quantity: int


@dataclass(frozen=True, kw_only=True)
class MaterialChanged(MaterialEvent):
    """Some came, or was counted."""

    sentence = _("{quantity} there now")


@dataclass(frozen=True, kw_only=True)
class MaterialLow(MaterialEvent):
    """It is time to order more."""

    sentence = _("{quantity} left: order up to {reorder_to}")
    reorder_to: int


@dataclass(frozen=True, kw_only=True)
class ProcedureSaved(Event):
    """How an item is packed was written down."""

    about = ("catalog.item", "item_id")
    sentence = _("How it is packed was written down")

    client_id: int
    item_id: int
