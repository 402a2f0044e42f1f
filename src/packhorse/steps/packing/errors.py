"""Why packing refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from packhorse.core.errors import PackhorseError


class NotOnTheBench(PackhorseError):
    """These goods do not stand ready to be packed for order {number}: {what}."""

    blocked_by = ("orders:order", "order_id")
    advice = _("Scan the tote again: its order may have been changed or packed by somebody else.")


class WrongItemScanned(PackhorseError):
    """{scanned} is not in this order."""

    no_page = "what was scanned is wrong"
    advice = _("Put it aside for the lead; do not pack it.")


class AnotherOrder(PackhorseError):
    """{scanned} is of another order: {number}."""

    blocked_by = ("orders:order", "order_id")
    advice = _("Finish this parcel first, or go back to the start with “Another order”.")


class OneTooMany(PackhorseError):
    """All {quantity} of {sku} are packed already; this is one too many."""

    no_page = "what was scanned is wrong"
    advice = _("Put the extra piece aside for the lead.")


class BadMaterial(PackhorseError):
    """The material {code} cannot be so: {reason}"""

    no_page = "what was keyed in is wrong"
    status = 422


class WeightOff(PackhorseError):
    """The scale says {weight_g} g; {expected_g} g are expected."""

    blocked_by = ("packing:parcel", "parcel_id")
    advice = _("Count what is in it; if it is right, say why the weight is off.")


class SizesNotKnown(PackhorseError):
    """The load of {number} is not computed: the size of a piece is not known."""

    blocked_by = ("orders:order", "order_id")
    advice = _("Take a box of the catalogue, and measure the pieces for the next time.")


class ParcelGone(PackhorseError):
    """Parcel {number} is {state}; it cannot be opened again."""

    blocked_by = ("packing:parcel", "parcel_id")
    advice = _("What has left comes back as a return.")


class NoBox(PackhorseError):
    """No box of the catalogue holds {what}."""

    blocked_by = ("catalog:boxes", "")
    advice = _("Pack it in its own carton (choose no box and key in its size), or add a larger box in the settings.")


class NotInThisParcel(PackhorseError):
    """{sku} goes into another parcel of this order."""

    no_page = "what was scanned is wrong"
    advice = _("Put it aside; it is asked for when this parcel is closed.")


class WrongLotScanned(PackhorseError):
    """You scanned lot {scanned}; what was picked is of lot {expected}."""

    no_page = "what was scanned is wrong"
    advice = _("Put it aside for the lead; do not pack it.")


class SerialNotScanned(PackhorseError):
    """{sku} leaves with its serial number: scan that."""

    no_page = "what was scanned is wrong"
    advice = _("Scan the code with the serial number, or type it; each piece by itself.")


class WrongLabel(PackhorseError):
    """{scanned} is not the label of parcel {expected}."""

    no_page = "what was scanned is wrong"
    advice = _("Take the label off and put the right one on.")


class NothingHere(PackhorseError):
    """{scanned}: nothing stands ready to be packed for that."""

    no_page = "what was scanned is wrong"
    advice = _("Scan a tote at the bench, an order number, or the piece of a single-piece order.")
