"""Why shipping refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from packhorse.core.errors import PackhorseError


class OnManifest(PackhorseError):
    """Parcel {parcel} is on manifest {manifest} already."""

    blocked_by = ("shipping:manifest", "manifest_id")
    advice = _("It leaves with that one; mark the others.")


class NothingToManifest(PackhorseError):
    """No labelled parcel waits for {carrier}."""

    no_page = "there is no work, nothing stands in its way"
    advice = _("Buy labels first, or choose another carrier.")


class AlreadyHandedOver(PackhorseError):
    """The parcel of label {tracking_number} has left; its label cannot be voided."""

    blocked_by = ("shipping:manifest", "manifest_id")
    advice = _("Ask the carrier to intercept it, or wait for its return.")


class NoLabel(PackhorseError):
    """{scanned} has no label that could go with a truck."""

    blocked_by = ("shipping:label", "label_id")
    advice = _("Do not load it. Buy its label first; if the order was cancelled, bring the parcel back to the bench.")


class WrongTruck(PackhorseError):
    """Parcel {parcel} goes with {carrier}, not with {truck}."""

    blocked_by = ("shipping:label", "label_id")
    advice = _("Take it off this truck.")


class StaysHere(PackhorseError):
    """Parcel {parcel} must not leave: {reason}."""

    blocked_by = ("orders:order", "order_id")
    advice = _("Put it aside.")
