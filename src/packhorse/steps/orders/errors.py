"""Why orders refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from packhorse.core.errors import PackhorseError


class NotThatMuch(PackhorseError):
    """Order line {demand_id} cannot have {quantity} more {counter}: it was cancelled, or has come that far already."""

    advice = _("Put these units aside; ask for the next task.")


class OrderHeld(PackhorseError):
    """This order is on hold: {reasons}."""

    advice = _("Release the hold first.")


class TooLate(PackhorseError):
    """This order has already left the building: {what}."""

    advice = _("Open a return instead.")
