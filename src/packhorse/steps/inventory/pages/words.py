"""How codes of this step are said to people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core.actors import Scope
from packhorse.core.refs import Ref
from packhorse.core.web.cells import Badge, Text
from packhorse.core.web.detail import names_of
from packhorse.core.web.links import linked
from packhorse.steps.inventory.types import MoveLine

#: Why units are, or are not, available.
WHY: Final[Mapping[str, Badge]] = {
    "free": Badge(_("Free"), "good"),
    "promised": Badge(_("Promised, in no bin of its own yet"), "busy"),
    "allocated": Badge(_("Allocated"), "busy"),
    "not_put_away": Badge(_("On the dock or in reserve"), "calm"),
    "too_old": Badge(_("Too little shelf life left"), "warn"),
    "lot_blocked": Badge(_("Lot held"), "warn"),
    "expired": Badge(_("Expired"), "warn"),
    "held": Badge(_("Held"), "warn"),
    "damaged": Badge(_("Damaged"), "bad"),
    "quarantine": Badge(_("In quarantine"), "warn"),
    "transit": Badge(_("On its way"), "busy"),
    "on_hand": Badge(_("On hand")),
}

PURCHASE_ORDER: Final[Mapping[str, Badge]] = {
    "draft": Badge(_("Draft")),
    "sent": Badge(_("Sent"), "busy"),
    "confirmed": Badge(_("Confirmed"), "busy"),
    "in_transit": Badge(_("On its way"), "busy"),
    "arrived": Badge(_("Arrived"), "warn"),
    "receiving": Badge(_("Receiving"), "busy"),
    "closed": Badge(_("Closed"), "good"),
    "closed_short": Badge(_("Closed short"), "warn"),
}

RESERVATION: Final[Mapping[str, Badge]] = {
    "open": Badge(_("Open"), "busy"),
    "accepted": Badge(_("Became an order"), "good"),
    "released": Badge(_("Given up"), "off"),
    "expired": Badge(_("Expired"), "off"),
}

TRANSFER: Final[Mapping[str, Badge]] = {
    "in_transit": Badge(_("On its way"), "busy"),
    "receiving": Badge(_("Receiving"), "busy"),
    "received": Badge(_("Received"), "good"),
    "closed_short": Badge(_("Closed short"), "warn"),
}

TASK: Final[Mapping[str, Badge]] = {
    "ready": Badge(_("Ready")),
    "claimed": Badge(_("Claimed"), "busy"),
    "done": Badge(_("Done"), "good"),
    "short": Badge(_("Short"), "warn"),
    "cancelled": Badge(_("Cancelled"), "off"),
}

COUNT: Final[Mapping[str, Badge]] = {
    "requested": Badge(_("Requested")),
    "counting": Badge(_("Counting"), "busy"),
    "recount": Badge(_("To be counted again"), "warn"),
    "review": Badge(_("To be decided"), "warn"),
    "posted": Badge(_("Posted"), "good"),
}

CONDITION: Final[Mapping[str, Badge]] = {"sellable": Badge(_("Sellable"), "good"), "held": Badge(_("Held"), "warn"), "damaged": Badge(_("Damaged"), "bad")}

RULE: Final[Mapping[str, Text]] = {
    "fixed_bin": _("its own bin"),
    "same_item": _("same item lies there"),
    "empty_bin": _("nearest empty bin"),
    "least_mixed": _("no empty bin: least mixed"),
    "quarantine": _("not sellable"),
    "none": _("no bin found"),
}

#: Why goods go to another place.
RELOCATED: Final[Mapping[str, Text]] = {
    "minimum": _("minimum reached"),
    "orders": _("orders wait for it"),
    "slotting": _("a better home"),
}

DISCREPANCY: Final[Mapping[str, Badge]] = {
    "over": Badge(_("Over"), "warn"),
    "short": Badge(_("Short"), "warn"),
    "damaged": Badge(_("Damaged"), "bad"),
    "unexpected": Badge(_("Not ordered"), "warn"),
}

_CAUSES: Final[Mapping[str, Text]] = {
    "inventory.receipt": _("Receipt"),
    "inventory.transfer": _("Transfer"),
    "inventory.reservation": _("Reservation"),
    "inventory.put_away": _("Put-away"),
    "inventory.relocation": _("Relocation"),
    "inventory.count": _("Count"),
    "picking.slotting": _("Slotting advice"),
    "inventory.adjustment": _("By hand"),
    "picking.task": _("Pick"),
    "picking.batch": _("Pick batch"),
    "packing.parcel": _("Parcel"),
    "shipping.shipment": _("Shipment"),
    "shipping.manifest": _("Manifest"),
    "returns.receipt": _("Return"),
    "orders.line": _("Order line"),
    "orders.fulfillment_line": _("Order line"),
}

#: The lists of this step, as tabs at the head of each.
LISTS: Final = (
    (_("Stock"), "inventory:list"),
    (_("Purchase orders"), "inventory:purchase-orders"),
    (_("Put-away"), "inventory:put-away"),
    (_("Replenishment"), "inventory:relocations"),
    (_("Transfers"), "inventory:transfers"),
    (_("Counts"), "inventory:counts"),
    (_("Lots"), "inventory:lots"),
    (_("Shortfalls"), "inventory:shortfalls"),
    (_("Closed months"), "inventory:months"),
    (_("Reservations"), "inventory:reservations"),
    (_("What to buy"), "inventory:reorder"),
    (_("Suppliers"), "inventory:suppliers"),
)
TEMPLATE: Final = "inventory/list.html"


def lists(request: HttpRequest) -> dict[str, Any]:
    """The step's lists for the template: (label, URL, whether it is this one)."""
    return {"lists": [(label, reverse(url), reverse(url) == request.path) for label, url in LISTS]}


def cause(ref: Ref | None) -> str:
    """A cause in words, linked to its page: Receipt 12."""
    if ref is None:
        return ""
    if ref.kind == "core.command":
        return gettext("By the system")
    return linked(ref, f"{_CAUSES.get(ref.kind, ref.kind.split('.')[-1].replace('_', ' ').capitalize())} {ref.id}")


def with_names(moves: Iterable[MoveLine], scope: Scope) -> list[MoveLine]:
    """Moves with the names of who made them."""
    found = list(moves)
    names = names_of({m.principal for m in found if m.principal}, scope)
    return [replace(m, principal=names.get(m.principal, "")) for m in found]
