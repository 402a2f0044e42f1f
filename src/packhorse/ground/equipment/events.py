"""What equipment tells."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event


@dataclass(frozen=True, kw_only=True)
class EquipmentSaved(Event):
    """A device was set up, changed, archived or put back."""

    about = ("equipment.equipment", "equipment_id")
    sentence = _("Equipment saved")

    warehouse_id: int
    equipment_id: int


@dataclass(frozen=True, kw_only=True)
class SendingFailed(Event):
    """A device did not take what was sent to it, nor did its neighbour."""

    about = ("equipment.equipment", "equipment_id")
    sentence = _("Not sent: {what}")

    equipment_id: int
    sending_id: int
    what: str
