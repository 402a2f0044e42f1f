"""Why shipping refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from packhorse.core.errors import PackhorseError


class NotReadyToShip(PackhorseError):
    """Parcel {number} is {state}; it cannot get a label now."""

    advice = _("Seal it first; a parcel that has a label keeps it until that is voided.")


class NothingToManifest(PackhorseError):
    """No labelled parcel waits for {carrier}."""

    advice = _("Buy labels first, or choose another carrier.")


class AlreadyHandedOver(PackhorseError):
    """The parcel of label {tracking_number} has left; its label cannot be voided."""

    advice = _("Ask the carrier to intercept it, or wait for its return.")


class NoLabel(PackhorseError):
    """{scanned} has no label that could go with a truck."""

    advice = _("Do not load it. Buy its label first; if the order was cancelled, bring the parcel back to the bench.")


class WrongTruck(PackhorseError):
    """Parcel {parcel} goes with {carrier}, not with {truck}."""

    advice = _("Take it off this truck.")


class StaysHere(PackhorseError):
    """Parcel {parcel} must not leave: {reason}."""

    advice = _("Put it aside; its order is on hold, or something in it was recalled.")
