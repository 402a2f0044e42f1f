"""What happened to warehouses."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event


@dataclass(frozen=True, kw_only=True)
class _AboutWarehouse(Event):
    warehouse_id: int

    about = ("warehouse.warehouse", "warehouse_id")


@dataclass(frozen=True, kw_only=True)
class WarehouseCreated(_AboutWarehouse):
    code: str
    sentence = _("Warehouse {code} created")


@dataclass(frozen=True, kw_only=True)
class WarehouseChanged(_AboutWarehouse):
    sentence = _("Warehouse changed")


@dataclass(frozen=True, kw_only=True)
class CutOffsSet(_AboutWarehouse):
    sentence = _("Cut-off times set")


@dataclass(frozen=True, kw_only=True)
class ZonesSet(_AboutWarehouse):
    zones: int
    sentence = _("Zones set: {zones}")


@dataclass(frozen=True, kw_only=True)
class WallSet(_AboutWarehouse):
    wall: str
    slots: int
    sentence = _("Put wall {wall}: {slots} slots")


@dataclass(frozen=True, kw_only=True)
class LocationsMade(_AboutWarehouse):
    count: int
    sentence = _("{count} places made")


@dataclass(frozen=True, kw_only=True)
class LocationsImported(_AboutWarehouse):
    made: int
    changed: int
    refused: int
    sentence = _("Places read from a file: {made} made, {changed} changed, {refused} refused")


@dataclass(frozen=True, kw_only=True)
class LocationChanged(_AboutWarehouse):
    location_id: int
    pickable: bool
    sentence = _("Place changed")
    about = ("warehouse.location", "location_id")
