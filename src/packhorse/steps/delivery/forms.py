"""Forms of delivery's actions."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from packhorse.steps.delivery import words

SCORES: Final = ((5, _("5 – very good")), (4, _("4 – good")), (3, _("3 – fair")), (2, _("2 – poor")), (1, _("1 – bad")))


class CloseForm(forms.Form):
    """How an exception was dealt with."""

    resolution = forms.CharField(label=_("What was done"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ClaimForm(forms.Form):
    """Money asked back from a carrier."""

    kind = forms.ChoiceField(label=_("Reason"), choices=tuple(words.CLAIM_KIND.items()))
    amount = forms.DecimalField(label=_("Amount"), min_value=0, max_value=10_000_000, decimal_places=2)
    note = forms.CharField(label=_("Note"), max_length=1000, required=False)


class MoveForm(forms.Form):
    """A claim's next step."""

    state = forms.ChoiceField(label=_("Next step"), choices=tuple((s, b.word) for s, b in words.CLAIM.items() if s != "found"))
    paid = forms.DecimalField(label=_("Paid by the carrier"), min_value=0, max_value=10_000_000, decimal_places=2, required=False)
    note = forms.CharField(label=_("Note"), max_length=1000, required=False)

    def __init__(self, *args: Any, possible: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if possible:
            self.fields["state"].choices = [(s, words.CLAIM[s].word) for s in possible]  # type: ignore[attr-defined]
            if "paid" not in possible:
                del self.fields["paid"]


class FeedbackForm(forms.Form):
    """What the customer thought of it."""

    score = forms.TypedChoiceField(label=_("How was your delivery?"), choices=SCORES, coerce=int, widget=forms.RadioSelect)
    comment = forms.CharField(label=_("Anything you want to tell us?"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
