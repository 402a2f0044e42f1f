"""What shipping may ask of packing: that a parcel's state follows what happened to it."""

from __future__ import annotations

from collections.abc import Sequence

from packhorse.core import work
from packhorse.core.states import check_transition
from packhorse.steps.packing import records
from packhorse.steps.packing.models import Parcel
from packhorse.steps.packing.states import PARCEL


def _become(parcel_ids: Sequence[int], state: str) -> None:
    work.current()
    for parcel in records.lock_parcels(parcel_ids):
        check_transition(PARCEL, "parcel", parcel.state, state, page="packing:parcel", pk=parcel.pk)
    Parcel.objects.filter(pk__in=list(parcel_ids)).update(state=state)


def labelled(parcel_ids: Sequence[int]) -> None:
    """Labels were bought for these sealed parcels.

    Raises: WrongState, NotFound.
    """
    _become(parcel_ids, Parcel.State.LABELLED)


def unlabelled(parcel_ids: Sequence[int]) -> None:
    """The labels of these parcels were voided; they wait for new ones.

    Raises: WrongState, NotFound.
    """
    _become(parcel_ids, Parcel.State.SEALED)


def loaded(parcel_ids: Sequence[int]) -> None:
    """These parcels were scanned onto the truck.

    Raises: WrongState, NotFound.
    """
    _become(parcel_ids, Parcel.State.LOADED)


def handed_over(parcel_ids: Sequence[int]) -> None:
    """The carrier took these parcels.

    Raises: WrongState, NotFound.
    """
    _become(parcel_ids, Parcel.State.HANDED_OVER)
