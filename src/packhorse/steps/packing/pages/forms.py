"""What packing asks of a person on pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from packhorse.steps.packing.words import WHY_ANOTHER_BOX, WHY_WEIGHT


class BoxForm(forms.Form):
    box = forms.IntegerField(label=_("Box"), min_value=1, max_value=2**62)
    why = forms.ChoiceField(label=_("Why"), choices=WHY_ANOTHER_BOX)

    def __init__(self, *args: Any, boxes: Sequence[tuple[int, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if boxes is not None:
            self.fields["box"].widget = forms.Select(choices=boxes)


class WeightForm(forms.Form):
    weight_g = forms.IntegerField(label=_("Weight (g)"), min_value=1, max_value=2**31 - 1)
    why = forms.ChoiceField(label=_("If it is far off: why it is right"), choices=(("", "–"), *WHY_WEIGHT), required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=200)
