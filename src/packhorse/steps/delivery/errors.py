"""Why delivery refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from packhorse.core.errors import PackhorseError


class UnknownTrackingNumber(PackhorseError):
    """No parcel of ours has the tracking number {tracking_number}."""

    status = 404
    advice = _("Check the number on the label.")
