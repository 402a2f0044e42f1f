"""What shipping's states and services are called, for pages, panel and scanner."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from packhorse.core.web import cells
from packhorse.core.web.cells import Badge, Text
from packhorse.ground.carriers import registry
from packhorse.ground.carriers.errors import UnknownCarrier
from packhorse.ground.carriers.types import UNAVAILABLE
from packhorse.steps.orders import selectors as orders
from packhorse.steps.shipping.types import OUTCOMES, RULES, ConsideredRate

LABEL: Final[dict[str, Badge]] = {
    "requested": Badge(_("Requested"), "calm"),
    "buying": Badge(_("Being bought"), "busy"),
    "bought": Badge(_("Bought"), "good"),
    "unknown": Badge(_("No answer yet"), "warn"),
    "failed": Badge(_("Refused"), "bad"),
    "void_asked": Badge(_("Being given back"), "busy"),
    "voided": Badge(_("Given back"), "off"),
    "refund_asked": Badge(_("Refund asked"), "busy"),
    "refunded": Badge(_("Refunded"), "off"),
}

#: A parcel with its label, in one word (`ParcelRow.state`).
PARCEL: Final[dict[str, Badge]] = {
    **LABEL,
    "held": Badge(_("On hold"), "warn", "pause"),
    "waiting": Badge(_("Waits for a label"), "calm"),
    "labelled": Badge(_("Labelled"), "good"),
    "loaded": Badge(_("On the truck"), "good"),
}

MANIFEST: Final[dict[str, Badge]] = {"closing": Badge(_("Being closed"), "busy"), "handed_over": Badge(_("Handed over"), "good")}

CHARGES: Final[dict[str, Text]] = {
    "base": _("Base price"),
    "fuel": _("Fuel"),
    "residential": _("Residential"),
    "remote": _("Remote area"),
    "oversize": _("Oversize"),
    "signature": _("Signature"),
    "tax": _("Tax"),
}


_RULES: Final[dict[str, Text]] = {**RULES}

#: Codes of carriers' refusals and silences.
REFUSALS: Final[dict[str, Text]] = {
    "declined": _("The carrier declined the purchase."),
    "unknown_service": _("The carrier has no such service any more."),
    "key_reused": _("The carrier knows this key with another parcel."),
    "handed_over": _("The carrier has the parcel already."),
    "timeout": _("The carrier did not answer in time."),
    "no answer": _("The carrier's answer was lost."),
    "no_address": _("The order has no address to send to."),
    "no_quote": _("No carrier takes it there; it is asked again by itself."),
}


@cache
def _services(carrier: str) -> dict[str, str]:
    try:
        return {s.service: s.name for s in registry.carrier(carrier).services()}
    except UnknownCarrier:
        return {}


def service_name(carrier: str | None, service: str | None) -> str:
    """A service as its carrier calls it: Tariff Standard."""
    return _services(carrier).get(service or "", f"{carrier} {service}") if carrier else ""


def carrier_name(carrier: str) -> str:
    """A carrier as it calls itself."""
    try:
        return registry.carrier(carrier).name
    except UnknownCarrier:
        return carrier


def service(row: Any) -> SafeString:
    """A cell: the row's carrier service."""
    return cells.show(service_name(row.carrier, row.service))


def order(row: Any) -> SafeString:
    """A cell: the row's order, leading to its page."""
    return format_html('<a class="code" href="{}">{}</a>', orders.order_url(row.order_id), row.order_number)


def reason(text: str) -> Text:
    """Why a carrier refused, or did not answer, in the reader's words where it is a known code."""
    return REFUSALS.get(text, text)


def carriers() -> list[tuple[str, Text]]:
    """All carriers as choices."""
    return [(c.code, c.name) for c in registry.carriers()]


def rule(name: str) -> Text:
    """What decided over a service."""
    return _RULES.get(name, name)


def outcome(rate: ConsideredRate) -> SafeString:
    """A cell: what became of a service that was considered."""
    if rate.outcome == "chosen":
        return cells.show(Badge(OUTCOMES["chosen"], "good"))
    return cells.show(" ".join(str({**OUTCOMES, **UNAVAILABLE}.get(code) or code) for code in rate.outcome.split(", ")))
