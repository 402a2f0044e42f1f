"""What orders show on the menu, on home, on the order page and in the search box."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from packhorse.core.actors import Scope
from packhorse.core.web.panels import Hit, Tile
from packhorse.steps.orders import selectors
from packhorse.steps.orders.forms import HOLD_WORDS
from packhorse.steps.orders.order_head import order_head

__all__ = ["count", "order_head", "search", "tiles"]


def count(scope: Scope) -> int:
    """What waits for a person in this step: holds, cancellations that were asked for, and bad orders. Payments that the bank is being asked for wait for nobody."""
    found = selectors.waiting(scope)
    return sum(n for kind, n in found.holds.items() if kind != "payment") + found.cancellations + found.quarantined


def tiles(scope: Scope) -> list[Tile]:
    """Home: what needs a person now."""
    found = selectors.waiting(scope)
    orders = reverse("orders:list")
    held = [
        Tile(_("Held: %s") % HOLD_WORDS[kind], n, f"{orders}?hold={kind}", "warn", _("orders that wait for somebody"), "pause")
        for kind, n in sorted(found.holds.items())
    ]
    return [
        Tile(_("To be cancelled"), found.cancellations, f"{orders}?request=cancellation_requested", "warn", _("cancellations that clients asked for"), "alert"),
        *held,
        Tile(_("Quarantine"), found.quarantined, reverse("orders:quarantine") + "?state=open", "warn", _("orders that could not be taken"), "alert"),
        *(
            Tile(_("Not captured"), n, f"{orders}?refused=1", "bad", _("shipped, and the bank refused %s") % money, "alert")
            for n, money in found.refused.values()
        ),
        Tile(_("Backordered"), found.backordered, f"{orders}?stage=backordered", "calm", _("orders that wait for goods"), "clock"),
        Tile(_("At risk"), found.at_risk, f"{orders}?at_risk=1", "warn", _("leave within two hours, not packed yet"), "clock"),
        Tile(_("Late"), found.late, f"{orders}?late=1", "bad", _("past their day of leaving"), "flag"),
    ]


def search(scope: Scope, text: str) -> list[Hit]:
    """Orders that a text or a scan may mean."""
    hits = []
    for ref in selectors.by_number(scope, text):
        exact = text.strip().upper() in (ref.number, ref.fulfillment_number, ref.external_id.upper())
        hits.append(Hit(ref.number, _("Order"), selectors.order_url(ref.order_id), f"{ref.external_id} · {ref.stage}", exact=exact))
    return list({h.url: h for h in reversed(hits)}.values())[::-1]
