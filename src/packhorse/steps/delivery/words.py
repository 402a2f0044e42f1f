"""What delivery's states and troubles are called: for the house, and for the customer."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from packhorse.core.web.cells import Badge, Text
from packhorse.core.words import in_words
from packhorse.ground.carriers import registry
from packhorse.ground.carriers.errors import UnknownCarrier
from packhorse.steps.orders import selectors as orders

STATUS: Final[dict[str, Badge]] = {
    "announced": Badge(_("Handed to the carrier"), "calm"),
    "in_transit": Badge(_("On its way"), "busy"),
    "out_for_delivery": Badge(_("Out for delivery"), "busy"),
    "attempted": Badge(_("Nobody was there"), "warn"),
    "at_point": Badge(_("Waits to be picked up"), "warn"),
    "delivered": Badge(_("Delivered"), "good"),
    "exception": Badge(_("Problem"), "bad"),
    "returning": Badge(_("On its way back"), "warn"),
    "returned": Badge(_("Came back"), "off"),
    "lost": Badge(_("Lost"), "bad"),
}

KIND: Final[dict[str, Text]] = {
    "no_scan": _("Never scanned"),
    "stuck": _("Stuck"),
    "late": _("Late"),
    "problem": _("Problem on the way"),
    "attempted": _("Nobody was there"),
    "returning": _("On its way back"),
    "lost": _("Lost"),
}

CLAIM: Final[dict[str, Badge]] = {
    "found": Badge(pgettext_lazy("claim", "To file"), "calm"),
    "evidence": Badge(_("Evidence gathered"), "busy"),
    "filed": Badge(_("Filed"), "busy"),
    "answered": Badge(_("Answered"), "warn"),
    "paid": Badge(_("Paid"), "good"),
    "denied": Badge(_("Denied"), "bad"),
    "appealed": Badge(_("Appealed"), "busy"),
}
CLAIM_KIND: Final[dict[str, Text]] = {"lost": _("Lost"), "damaged": _("Damaged"), "late": _("Late")}

#: What closed an exception by itself.
RESOLUTION: Final[dict[str, Text]] = {"delivered": _("it was delivered"), "returned": _("it came back"), "moving": _("it moved on")}

#: What the customer reads in the list of scans.
SCAN: Final[dict[str, Text]] = {
    "announced": _("Announced to the carrier"),
    "in_transit": _("On its way"),
    "out_for_delivery": _("Out for delivery"),
    "attempted": _("The carrier came, and nobody was there"),
    "at_point": _("Waits at a pick-up point"),
    "delivered": _("Delivered"),
    "exception": _("The carrier reports a problem"),
    "returning": _("On its way back to us"),
    "returned": _("Back with us"),
    "lost": _("The carrier cannot find it"),
}

#: Carriers' words that say more about a scan.
DETAIL: Final[dict[str, Text]] = {
    "delayed": _("delayed"),
    "damaged": _("damaged"),
    "refused": _("refused"),
    "customs": _("at customs"),
}


def order(row: Any) -> SafeString:
    """A cell: the row's order, leading to its page."""
    return format_html('<a class="code" href="{}">{}</a>', orders.order_url(row.order_id), row.order_number)


@cache
def _names(carrier: str) -> dict[str, str]:
    try:
        one = registry.carrier(carrier)
    except UnknownCarrier:
        return {}
    return {"": one.name, **{s.service: s.name for s in one.services()}}


def carrier(code: str) -> str:
    """A carrier as it calls itself."""
    return _names(code).get("", code)


def service(row: Any) -> str:
    """A row's service as its carrier calls it: Tariff Standard."""
    return _names(row.carrier).get(row.service, f"{row.carrier} {row.service}")


def detail(text: str) -> Text:
    """What a scan says more, in the reader's words where it is a known one."""
    return DETAIL.get(text, in_words(text))
