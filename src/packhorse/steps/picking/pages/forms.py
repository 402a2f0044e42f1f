"""What picking asks of a person on pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _, ngettext_lazy

from packhorse.steps.picking import words
from packhorse.steps.picking.services import MOST, SHORT_REASONS

MAX_UNITS = 10**9


class PlanForm(forms.Form):
    """Walks for what was released; `wave`: of one wave only."""

    warehouse = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)
    wave = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62, required=False)
    orders_per_cart = forms.IntegerField(label=_("Orders per cart"), min_value=1, max_value=60, initial=12)


class WaveForm(forms.Form):
    """The limits of a wave; `earlier`: how many of its orders are due before its cut-off."""

    max_orders = forms.IntegerField(label=_("Orders, at most"), min_value=1, max_value=MOST)
    max_minutes = forms.IntegerField(
        label=_("Minutes of picking, at most"), min_value=1, max_value=100_000, required=False, help_text=_("Empty: as many as it takes.")
    )

    def __init__(self, *args: Any, earlier: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if earlier:
            said = ngettext_lazy("%(n)d of them is due earlier and goes first.", "%(n)d of them are due earlier and go first.", "n")
            self.fields["max_orders"].help_text = said % {"n": earlier}


class UndoWaveForm(forms.Form):
    note = forms.CharField(label=_("Why"), max_length=200, required=False)


class PolicyForm(forms.Form):
    """How a warehouse picks."""

    pickers = forms.IntegerField(label=_("Pickers"), min_value=1, max_value=1000)
    lines_per_hour = forms.IntegerField(
        label=_("Lines an hour, the whole floor"),
        min_value=1,
        max_value=1_000_000,
        required=False,
        help_text=_("Set, it takes the place of pickers and standard times."),
    )
    order_s = forms.IntegerField(label=_("Seconds an order"), min_value=0, max_value=3600)
    line_s = forms.IntegerField(label=_("Seconds a pick"), min_value=0, max_value=3600)
    unit_s = forms.IntegerField(label=_("Seconds a piece"), min_value=0, max_value=3600)
    walk_m_per_min = forms.IntegerField(label=_("Metres walked a minute"), min_value=1, max_value=1000)
    shift_from = forms.TimeField(label=_("The shift begins"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    shift_to = forms.TimeField(label=_("The shift ends"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    pack_min = forms.IntegerField(label=_("Minutes for packing before a cut-off"), min_value=0, max_value=1440)
    keep_workable = forms.IntegerField(
        label=_("Keep workable, of each cut-off"),
        min_value=0,
        max_value=MOST,
        help_text=_("Orders that the house releases by itself and keeps ready; 0: only what you release."),
    )
    orders_per_walk = forms.IntegerField(label=_("Orders a walk"), min_value=1, max_value=60)
    urgent_min = forms.IntegerField(
        label=_("Urgent: leaves within, minutes"),
        min_value=0,
        max_value=1440,
        help_text=_("Urgent orders, and those with a priority, break into the next planned walk."),
    )


class StartForm(forms.Form):
    """A cart, or none; the empty totes on it (else the first that are free) serve the orders."""

    cart = forms.TypedChoiceField(label=_("Cart"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, carts: Sequence[tuple[int, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.data.get("cart", "") if self.is_bound else ""
        shown = [(str(i), code) for i, code in carts or ()]
        if carts is None and given.isascii() and given.isdigit() and len(given) < 19:
            shown = [(given, given)]
        self.fields["cart"].choices = [("", _("no cart")), *shown]  # type: ignore[attr-defined]


class ShortForm(forms.Form):
    task = forms.IntegerField(label=_("Pick"), min_value=1, max_value=2**62)
    taken = forms.IntegerField(label=_("Good and taken"), min_value=0, max_value=MAX_UNITS, initial=0)
    reason = forms.ChoiceField(label=_("Why"), choices=[(r, words.SHORT[r]) for r in SHORT_REASONS])

    def __init__(self, *args: Any, tasks: Sequence[tuple[int, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if tasks is not None:
            self.fields["task"].widget = forms.Select(choices=tasks)


class SwapForm(forms.Form):
    """Which pick takes which lot: `task:lot`."""

    take = forms.CharField(label=_("Lot"), max_length=50)

    def __init__(self, *args: Any, lots: Sequence[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if lots is not None:
            self.fields["take"].widget = forms.Select(choices=lots)

    def clean_take(self) -> tuple[int, int]:
        task, _colon, lot = self.cleaned_data["take"].partition(":")
        if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (task, lot)):
            raise forms.ValidationError(_("Choose a lot."))
        return int(task), int(lot)


class FinishForm(forms.Form):
    station = forms.IntegerField(label=_("Bench"), min_value=1, max_value=2**62)

    def __init__(self, *args: Any, stations: Sequence[tuple[int, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if stations is not None:
            self.fields["station"].widget = forms.Select(choices=stations)
