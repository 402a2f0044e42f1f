"""Warehouses and places under lock."""

from __future__ import annotations

from packhorse.core.errors import NotFound
from packhorse.ground.warehouse.models import Location, Warehouse


def lock_warehouse(warehouse_id: int) -> Warehouse:
    """Raises: NotFound."""
    found = Warehouse.objects.select_for_update().filter(pk=warehouse_id).first()
    if found is None:
        raise NotFound(kind="warehouse", ref=str(warehouse_id))
    return found


def lock_location(location_id: int) -> Location:
    """Raises: NotFound."""
    found = Location.objects.select_for_update().filter(pk=location_id).first()
    if found is None:
        raise NotFound(kind="location", ref=str(location_id))
    return found
