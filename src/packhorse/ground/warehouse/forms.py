"""The forms of the warehouse pages."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from packhorse.ground.warehouse.designing import aisle_letters, aisle_of
from packhorse.ground.warehouse.types import FloorZone

LEVELS: Final = (
    ("shelf", _("Shelf: one place, no totes")),
    ("bins", _("Bins: places with codes")),
    ("carts", _("Carts: several orders a walk")),
    ("zones", _("Zones: walks that meet")),
)
KINDS: Final = {
    "bin": _("Bin"),
    "dock": _("Dock"),
    "staging": _("Staging"),
    "cart": _("Cart"),
    "tote": _("Tote"),
    "pallet": _("Pallet"),
    "station": _("Bench"),
    "returns": _("Returns"),
    "quarantine": _("Quarantine"),
    "transit": _("In transit"),
}
DAYS: Final = (
    ("1", _("Monday")),
    ("2", _("Tuesday")),
    ("3", _("Wednesday")),
    ("4", _("Thursday")),
    ("5", _("Friday")),
    ("6", _("Saturday")),
    ("7", _("Sunday")),
)


class WarehouseChangeForm(forms.Form):
    """What can be changed of a warehouse."""

    name = forms.CharField(label=_("Name"), max_length=100)
    level = forms.ChoiceField(label=_("How much of the floor is modelled"), choices=LEVELS, initial="carts")
    time_zone = forms.ChoiceField(label=_("Time zone"), initial="America/Toronto")
    workdays = forms.MultipleChoiceField(label=_("Working days"), choices=DAYS, widget=forms.CheckboxSelectMultiple, initial=["1", "2", "3", "4", "5"])
    address_name = forms.CharField(label=_("Sender’s name"), max_length=100, required=False)
    line = forms.CharField(label=_("Street and number"), max_length=200, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    region = forms.CharField(label=_("Region"), max_length=50, required=False, help_text=_("Province or state, as in QC."))
    postal_code = forms.CharField(label=_("Postal code"), max_length=20, required=False)
    country = forms.RegexField(r"^[A-Z]{2}$", label=_("Country"), initial="CA", help_text=_("Two letters, as in CA."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = [(z, z) for z in sorted(zoneinfo.available_timezones())]  # type: ignore[attr-defined]


class WarehouseForm(WarehouseChangeForm):
    """A new warehouse."""

    code = forms.RegexField(r"^[A-Z0-9][A-Z0-9._-]{0,31}$", label=_("Code"), help_text=_("Capital letters and digits, for good: YUL."))
    field_order = ("code", "name")


class AislesField(forms.CharField):
    """Aisles by their letters: “A, C”. Cleaned: their numbers from 0."""

    def to_python(self, value: Any) -> tuple[int, ...]:  # type: ignore[override]
        found = []
        for name in str(value or "").replace(",", " ").split():
            aisle = aisle_of(name)
            if aisle is None:
                raise forms.ValidationError(_("“%(name)s” is no aisle: write letters, as in A, C."), params={"name": name})
            found.append(aisle)
        return tuple(sorted(set(found)))

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(aisle_letters(n) for n in value) if isinstance(value, tuple) else value

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """Nothing beyond what is read."""


class OneAisleField(AislesField):
    """One aisle by its letters. Cleaned: its number from 0."""

    def clean(self, value: Any) -> int:
        found = super().clean(value)
        if len(found) != 1:
            raise forms.ValidationError(_("One aisle, as in A."))
        return int(found[0])

    def prepare_value(self, value: Any) -> Any:
        return aisle_letters(value) if isinstance(value, int) else value


class CountsField(forms.CharField):
    """Ascending whole numbers: “10, 20”."""

    def to_python(self, value: Any) -> tuple[int, ...]:  # type: ignore[override]
        words = str(value or "").replace(",", " ").split()
        if not all(word.isascii() and word.isdigit() and len(word) < 5 for word in words):
            raise forms.ValidationError(_("Whole numbers, as in 10, 20."))
        return tuple(sorted({int(word) for word in words}))

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, tuple) else value

    def run_validators(self, value: Any) -> None:
        """Nothing beyond what is read."""


class FloorForm(forms.Form):
    """A floor to lay out."""

    aisles = forms.IntegerField(label=_("Aisles"), min_value=1, max_value=1000, initial=4)
    cells = forms.IntegerField(label=_("Bins along an aisle"), min_value=1, max_value=1000, initial=20)
    levels = forms.IntegerField(label=_("Levels"), min_value=1, max_value=50, initial=2)
    cross_after = CountsField(
        label=_("Cross aisles after bin"), required=False, help_text=_("Between blocks: 10 makes two of 20 bins. Front and back have one anyway.")
    )
    one_way_back = AislesField(label=_("One-way, front to back"), required=False, help_text=_("Aisles, as in A, C. The others go both ways."))
    one_way_front = AislesField(label=_("One-way, back to front"), required=False)
    depot_aisle = OneAisleField(label=_("Walks begin at aisle"), initial=0)
    aisle_pitch_m = forms.FloatField(label=_("From aisle to aisle (m)"), min_value=0.1, max_value=100, initial=3.2)
    cell_pitch_m = forms.FloatField(label=_("From bin to bin (m)"), min_value=0.1, max_value=100, initial=1.3)
    first_cell_m = forms.FloatField(label=_("From a cross aisle to the next bin (m)"), min_value=0, max_value=100, initial=1.5)
    docks = forms.IntegerField(label=_("Docks"), min_value=0, max_value=100, initial=1)
    staging = forms.IntegerField(label=_("Staging places"), min_value=0, max_value=100, initial=1)
    stations = forms.IntegerField(label=_("Benches"), min_value=0, max_value=500, initial=2)
    carts = forms.IntegerField(label=_("Carts"), min_value=0, max_value=1000, initial=4)
    totes = forms.IntegerField(label=_("Totes"), min_value=0, max_value=10_000, initial=40)

    #: The form's parts on its page.
    PARTS = (
        (_("Racks"), ("aisles", "cells", "levels")),
        (_("Ways"), ("cross_after", "one_way_back", "one_way_front", "depot_aisle")),
        (_("Measures"), ("aisle_pitch_m", "cell_pitch_m", "first_cell_m")),
        (_("What stands and rolls"), ("docks", "staging", "stations", "carts", "totes")),
    )

    @property
    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.PARTS]


class ImportForm(forms.Form):
    """Places from a file."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV; the first line names its columns: code (needed), kind, pickable, aisle (letters), cell and level (from 1), x_m and y_m (metres, for what stands beside the racks), zone."
        ),
    )
    check_only = forms.BooleanField(label=_("Only check it: change nothing"), required=False)


class ZonesForm(forms.Form):
    """The zones of a floor, one a line: zone, aisles, and after @ the place where totes are handed over."""

    zones = forms.CharField(
        label=_("Zones, in the order in which a tote goes through them"),
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
        max_length=20_000,
        help_text=_("One a line: its code, its aisles, and after @ where totes for it are put down, as in NORTH A-D F @STAGE-1."),
    )

    def clean_zones(self) -> list[FloorZone]:
        found = []
        for line in self.cleaned_data["zones"].upper().splitlines():
            head, _at, place = line.partition("@")
            words = head.replace(",", " ").split()
            if not words and not place.strip():
                continue
            aisles: set[int] = set()
            for word in words[1:]:
                first, dash, last = word.partition("-")
                begin, end = aisle_of(first), aisle_of(last if dash else first)
                if begin is None or end is None or end < begin:
                    raise forms.ValidationError(_("“%(name)s” is no aisle: write letters, as in A, C."), params={"name": word})
                aisles |= set(range(begin, end + 1))
            found.append(FloorZone(words[0] if words else "", tuple(sorted(aisles)), place.strip()))
        return found


def zones_said(zones: Iterable[FloorZone]) -> str:
    """Zones as the form reads them."""
    return "\n".join(" ".join([z.code, *map(aisle_letters, z.aisles), *([f"@{z.hand_over}"] if z.hand_over else [])]) for z in zones)


class WallForm(forms.Form):
    """A put wall."""

    code = forms.RegexField(
        r"^[A-Z0-9][A-Z0-9._-]{0,27}$",
        label=_("Code"),
        help_text=_("As in W1; its slots are W1-01, W1-02, … A wall that is there grows, or closes its last slots."),
    )
    slots = forms.IntegerField(label=_("Slots"), min_value=0, max_value=500, initial=12, help_text=_("Each holds one order."))


class LocationForm(forms.Form):
    """A single place."""

    code = forms.RegexField(r"^[A-Z0-9][A-Z0-9._-]{0,31}$", label=_("Code"), help_text=_("Capital letters and digits, as in BENCH-3."))
    kind = forms.ChoiceField(label=_("Kind"), choices=tuple(KINDS.items()), initial="station")


class CutOffForm(forms.Form):
    """When orders of each service must be in; empty: no cut-off."""

    standard = forms.TimeField(label=_("Standard"), required=False)
    express = forms.TimeField(label=_("Express"), required=False)
    same_day = forms.TimeField(label=_("Same day"), required=False)
