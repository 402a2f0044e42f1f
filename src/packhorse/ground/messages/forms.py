"""The forms of the message pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class RetryForm(forms.Form):
    """Send a failed message once more."""

    recipient = forms.CharField(label=_("To"), max_length=254, required=False)


class WordingForm(forms.Form):
    """A client's own words. Empty: the house's."""

    title = forms.CharField(label=_("Subject line"), max_length=200, required=False)
    body = forms.CharField(label=_("Text"), required=False, widget=forms.Textarea(attrs={"rows": 16}), strip=False)
