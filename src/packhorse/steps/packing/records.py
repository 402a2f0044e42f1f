"""Rows of this step, and every lock on them."""

from __future__ import annotations

from collections.abc import Iterable

from packhorse.core.errors import NotFound
from packhorse.steps.packing.models import Parcel


def lock_parcels(ids: Iterable[int]) -> list[Parcel]:
    """The parcels, locked, in ascending order.

    Raises: NotFound.
    """
    wanted = sorted(set(ids))
    found = list(Parcel.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk"))
    if len(found) < len(wanted):
        raise NotFound(kind="parcel", ref=", ".join(str(i) for i in sorted(set(wanted) - {p.pk for p in found})))
    return found
