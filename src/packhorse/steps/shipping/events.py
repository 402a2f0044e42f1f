"""What shipping tells."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ServiceChosen(Event):
    """A carrier service was chosen for the parcels of an order."""

    sentence = _("{carrier} {service} chosen for {parcels} parcels: {rule}")
    about = ("shipping.shipment", "shipment_id")
    order_id: int
    client_id: int
    warehouse_id: int
    fulfillment_order_id: int
    shipment_id: int
    carrier: str
    service: str
    parcels: int
    rule: str


@dataclass(frozen=True, kw_only=True)
class LabelEvent(Event):
    """Something that happened to a label."""

    about = ("shipping.label", "label_id")

    order_id: int
    client_id: int
    warehouse_id: int
    label_id: int


@dataclass(frozen=True, kw_only=True)
class LabelBought(LabelEvent):
    """A label was bought."""

    sentence = _("Label {tracking_number} bought from {carrier}")
    carrier: str
    tracking_number: str
    amount_minor: int
    currency: str
    is_return: bool
    for_id: int | None


@dataclass(frozen=True, kw_only=True)
class LabelFailed(LabelEvent):
    """The carrier refused a label, or does not answer."""

    sentence = _("No label from {carrier}: {reason}")
    carrier: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class LabelVoided(LabelEvent):
    """A label was given back."""

    sentence = _("Label {tracking_number} voided")
    tracking_number: str


@dataclass(frozen=True, kw_only=True)
class VoidRefused(LabelEvent):
    """The carrier would not take a label back."""

    sentence = _("Label {tracking_number} cannot be given back: {reason}")
    tracking_number: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ParcelLoaded(LabelEvent):
    """A parcel was scanned onto the truck."""

    sentence = _("{tracking_number} loaded onto the truck of {carrier}")
    carrier: str
    tracking_number: str


@dataclass(frozen=True, kw_only=True)
class ManifestHandedOver(Event):
    """A carrier took parcels over."""

    sentence = _("{carrier} took {parcels} parcels: manifest {number}")
    about = ("shipping.manifest", "manifest_id")
    warehouse_id: int
    manifest_id: int
    carrier: str
    number: str
    parcels: int
