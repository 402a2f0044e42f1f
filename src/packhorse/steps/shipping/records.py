"""Rows of this step, and every lock on them. Lock order: manifests, labels; each ascending."""

from __future__ import annotations

from collections.abc import Iterable

from packhorse.core.errors import NotFound
from packhorse.steps.shipping.models import Label, Manifest


def lock_labels(ids: Iterable[int]) -> list[Label]:
    """The labels, locked, in ascending order.

    Raises: NotFound.
    """
    wanted = sorted(set(ids))
    found = list(Label.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk"))
    if len(found) < len(wanted):
        raise NotFound(kind="label", ref=", ".join(str(i) for i in sorted(set(wanted) - {p.pk for p in found})))
    return found


def lock_manifest(manifest_id: int) -> Manifest:
    """The manifest, locked.

    Raises: NotFound.
    """
    found = Manifest.objects.select_for_update(of=("self",)).filter(pk=manifest_id).first()
    if found is None:
        raise NotFound(kind="manifest", ref=manifest_id)
    return found
