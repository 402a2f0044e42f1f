"""What delivery shows on the menu, on home, on the order page and in the search box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, pgettext

from packhorse.core.actors import Scope
from packhorse.core.lists import ListQuery
from packhorse.core.scan import parse
from packhorse.core.web import cells
from packhorse.core.web.detail import Fact, Facts, Section, Table
from packhorse.core.web.lists import Column
from packhorse.core.web.panels import Hit, Tile
from packhorse.steps.delivery import selectors, words
from packhorse.steps.orders import selectors as orders


def count(scope: Scope) -> int:
    """Deliveries that need somebody."""
    return selectors.open_exceptions(scope)


def tiles(scope: Scope) -> list[Tile]:
    """Home: what needs a person now."""
    overdue = selectors.exceptions(scope, ListQuery(filters={"shelf": ("overdue",)}, limit=1)).count or 0
    page = reverse("delivery:exceptions")
    return [
        Tile(_("Delivery exceptions"), selectors.open_exceptions(scope), page, "warn", _("parcels that need somebody before the customer calls"), "alert"),
        Tile(_("Overdue exceptions"), overdue, f"{page}?shelf=overdue", "bad", _("past their deadline"), "clock"),
    ]


_PARCELS: Final = (
    Column("tracking_number", gettext_lazy("Tracking number"), cells.link("tracking_number", "delivery:delivery")),
    Column("parcel", gettext_lazy("Parcel")),
    Column("status", gettext_lazy("Status"), cells.state("status", words.STATUS)),
    Column("status_at", gettext_lazy("Last scan")),
    Column("promised_by", gettext_lazy("Promised by")),
    Column("delivered_at", gettext_lazy("Delivered")),
    Column("open_exceptions", gettext_lazy("Open exceptions"), align="end"),
)


def order_sections(scope: Scope, *, order_id: int, demand_ids: Sequence[int]) -> list[Section]:  # noqa: ARG001 - deliveries know the order
    """The order page: its parcels on their way, the customer's page, and what the customer said."""
    found = selectors.deliveries_of_orders(scope, [order_id])
    facts = [Fact(_("Customer's page"), pgettext("action", "Open"), orders.tracking_path(order_id))]
    if found and (said := selectors.feedback_of(scope, order_id)):  # nobody rates what was not sent
        facts.append(Fact(_("Feedback"), _("%(n)d of 5") % {"n": said.score} + (f": {said.comment}" if said.comment else "")))
    return [*([Table(_("On its way"), _PARCELS, found)] if found else []), Facts(_("Customer"), tuple(facts))]


def search(scope: Scope, text: str) -> list[Hit]:
    """Deliveries by tracking number."""
    scan = parse(text)
    found = selectors.by_number(scope, scan.text) if scan.is_plain else None
    if found is None:
        return []
    return [Hit(found.tracking_number, _("Delivery"), reverse("delivery:delivery", args=[found.delivery_id]), str(words.STATUS[found.status].word), exact=True)]
