"""Why orders refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from packhorse.core.errors import PackhorseError


class NotThatMuch(PackhorseError):
    """Order line {demand_id} cannot have {quantity} more {counter}: it was cancelled, or has come that far already."""

    blocked_by = ("orders:order", "order_id")
    advice = _("Put these units aside; ask for the next task.")


class OrderHeld(PackhorseError):
    """This order is on hold: {reasons}."""

    blocked_by = ("orders:order", "order_id")
    advice = _("Release the hold first.")


class TooLate(PackhorseError):
    """This order has already left the building: {what}."""

    blocked_by = ("orders:order", "order_id")
    advice = _("Open a return instead.")


class CancellationClosed(PackhorseError):
    """This cancellation was answered before: {state}."""

    blocked_by = ("orders:order", "order_id")


class OverRefund(PackhorseError):
    """{asked} cannot be given back: of what was captured, {left} is left."""

    blocked_by = ("orders:order", "order_id")
    advice = _("Refund at most what is left.")


class PackedAlready(PackhorseError):
    """Order {number} is packed: what is on its label can no longer change."""

    blocked_by = ("orders:order", "order_id")
    advice = _("Open the parcel first, or cancel and take the order anew.")


class WorkBegun(PackhorseError):
    """The floor has begun with order {number}: less of it is for the house to say."""

    blocked_by = ("orders:order", "order_id")
    advice = _("Ask for these units to be cancelled; the house answers.")


class OnTheFloor(PackhorseError):
    """Fulfillment order {number} is with the floor: {what}."""

    blocked_by = ("orders:order", "order_id")
    advice = _("Take its release back, or wait until what is picked has left.")


class PartLeft(PackhorseError):
    """Part of fulfillment order {number} has left: {what}."""

    blocked_by = ("orders:order", "order_id")
    advice = _("Split off what has not left, and go on with that.")


class NotAPair(PackhorseError):
    """Only two fulfillment orders of one order at one warehouse can be merged; {number} is {what}."""

    code = "not_a_pair"
    blocked_by = ("orders:order", "order_id")


class NothingToChange(PackhorseError):
    """Nothing of this order would change."""

    blocked_by = ("orders:order", "order_id")


class PaymentNotWanted(PackhorseError):
    """No payment is wanted for this order: {why}."""

    blocked_by = ("orders:order", "order_id")


class HoldNotOpen(PackhorseError):
    """This hold was released before."""

    blocked_by = ("orders:order", "order_id")


class AlreadyResolved(PackhorseError):
    """This entry of the quarantine was dealt with before: {resolution}."""

    blocked_by = ("orders:quarantined", "quarantined_id")


class NotTaken(PackhorseError):
    """{reason}"""

    status = 422
    blocked_by = ("orders:quarantined", "quarantined_id")


class NotDone(PackhorseError):
    """{reason}"""

    status = 422
    blocked_by = ("orders:order", "order_id")


class NoSuchLink(PackhorseError):
    """This link is not valid."""

    status = 404
    no_page = "whoever holds a wrong link is shown nothing"
    advice = _("Use the link from your latest mail.")
