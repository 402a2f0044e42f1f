"""What picking asks of a person on pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from packhorse.steps.picking import words
from packhorse.steps.picking.services import SHORT_REASONS

MAX_UNITS = 10**9


class PlanForm(forms.Form):
    warehouse = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)
    orders_per_cart = forms.IntegerField(label=_("Orders per cart"), min_value=1, max_value=60, initial=12)


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


class FinishForm(forms.Form):
    station = forms.IntegerField(label=_("Bench"), min_value=1, max_value=2**62)

    def __init__(self, *args: Any, stations: Sequence[tuple[int, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if stations is not None:
            self.fields["station"].widget = forms.Select(choices=stations)
