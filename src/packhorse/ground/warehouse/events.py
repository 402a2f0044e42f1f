"""What happened to warehouses."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event


@dataclass(frozen=True, kw_only=True)
class AboutWarehouse(Event):
    """Of a warehouse, in any room."""

    warehouse_id: int
    about = ("warehouse.warehouse", "warehouse_id")


@dataclass(frozen=True, kw_only=True)
class WarehouseCreated(AboutWarehouse):
    code: str
    sentence = _("Warehouse {code} created")


@dataclass(frozen=True, kw_only=True)
class WarehouseChanged(AboutWarehouse):
    sentence = _("Warehouse changed")


@dataclass(frozen=True, kw_only=True)
class CutOffsSet(AboutWarehouse):
    sentence = _("Cut-off times set")


@dataclass(frozen=True, kw_only=True)
class ZonesSet(AboutWarehouse):
    zones: int
    sentence = _("Zones set: {zones}")


@dataclass(frozen=True, kw_only=True)
class WallSet(AboutWarehouse):
    wall: str
    slots: int
    sentence = _("Put wall {wall}: {slots} slots")


@dataclass(frozen=True, kw_only=True)
class LocationsMade(AboutWarehouse):
    count: int
    sentence = _("{count} places made")


@dataclass(frozen=True, kw_only=True)
class LocationsImported(AboutWarehouse):
    made: int
    changed: int
    refused: int
    sentence = _("Places read from a file: {made} made, {changed} changed, {refused} refused")


@dataclass(frozen=True, kw_only=True)
class LocationChanged(AboutWarehouse):
    location_id: int
    pickable: bool
    sentence = _("Place changed")
    about = ("warehouse.location", "location_id")
