"""What equipment asks of a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from packhorse.ground.equipment.words import KINDS, PROTOCOLS

_NONE: Final = ("", "–")
Choices = Sequence[tuple[int, str]]


class EquipmentForm(forms.Form):
    """A device: what it is, where it stands and how it is spoken to."""

    kind = forms.ChoiceField(label=_("Kind"), choices=tuple(KINDS.items()))
    name = forms.CharField(label=_("Name"), max_length=60)
    warehouse_id = forms.TypedChoiceField(label=_("Warehouse"), coerce=int)
    station_id = forms.TypedChoiceField(label=_("Bench"), coerce=int, empty_value=None, required=False, help_text=_("None: it serves every bench without one."))
    protocol = forms.ChoiceField(label=_("Protocol"), choices=tuple(PROTOCOLS.items()))
    address = forms.CharField(
        label=_("Address"),
        max_length=200,
        help_text=_("host:port, “browser” for a scale plugged into the bench's computer, or “folder” for a box machine that reads files"),
    )
    neighbour_id = forms.TypedChoiceField(
        label=_("Neighbour"), coerce=int, empty_value=None, required=False, help_text=_("Takes over when it does not answer.")
    )

    def __init__(self, *args: Any, warehouses: Choices = (), stations: Choices = (), neighbours: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("warehouse_id", warehouses), ("station_id", [_NONE, *stations]), ("neighbour_id", [_NONE, *neighbours])):
            if warehouses:
                self.fields[name].choices = list(choices)  # type: ignore[attr-defined]
