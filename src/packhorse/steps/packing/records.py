"""Rows of this step, and every lock on them."""

from __future__ import annotations

from collections.abc import Iterable

from packhorse.core.errors import NotFound
from packhorse.steps.packing.models import Material, MaterialStock, Parcel


def lock_parcels(ids: Iterable[int]) -> list[Parcel]:
    """The parcels, locked, in ascending order.

    Raises: NotFound.
    """
    wanted = sorted(set(ids))
    found = list(Parcel.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk"))
    if len(found) < len(wanted):
        raise NotFound(kind="parcel", ref=", ".join(str(i) for i in sorted(set(wanted) - {p.pk for p in found})))
    return found


def lock_material(material_id: int) -> Material:
    """Raises: NotFound."""
    found = Material.objects.select_for_update(of=("self",)).filter(pk=material_id).first()
    if found is None:
        raise NotFound(kind="material", ref=str(material_id))
    return found


def lock_material_stock(which: Iterable[tuple[int, int]]) -> list[MaterialStock]:
    """The stocks of these (warehouse, material), locked, in ascending order; those that there are."""
    pairs = set(which)
    rows = MaterialStock.objects.select_for_update(of=("self",)).filter(warehouse_id__in={w for w, _ in pairs}, material_id__in={m for _, m in pairs})
    return [row for row in rows.order_by("pk") if (row.warehouse_id, row.material_id) in pairs]
