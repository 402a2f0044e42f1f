"""Templates, states and severities in words."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEMPLATE_NAMES: Final[dict[str, str | Promise]] = {
    "order_received": _("Order received"),
    "order_delayed": _("Order delayed"),
    "order_cancelled": _("Order cancelled"),
    "shipped": _("Shipped"),
    "out_for_delivery": _("Out for delivery"),
    "delivered": _("Delivered"),
    "delivery_problem": _("Problem with the delivery"),
    "refunded": _("Refunded"),
    "return_label": _("Return approved"),
    "return_received": _("Return received"),
    "recall": _("Recall"),
    "ticket_reply": _("Answer to a ticket"),
}
STATE_NAMES: Final[dict[str, str | Promise]] = {
    "queued": _("Queued"),
    "sending": _("Sending"),
    "sent": _("Sent"),
    "failed": _("Failed"),
    "cancelled": _("Cancelled"),
}
SEVERITY_NAMES: Final[dict[str, str | Promise]] = {"info": _("To know"), "warning": _("Warning"), "critical": _("Critical")}
