"""What returns show on the menu, on home, on the order page and in the search box."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from packhorse.core.actors import Scope
from packhorse.core.scan import Context, parse
from packhorse.core.web import cells
from packhorse.core.web.detail import Section, Table
from packhorse.core.web.lists import Column
from packhorse.core.web.panels import Hit, Tile
from packhorse.steps.returns import selectors
from packhorse.steps.returns.forms import STATE_WORDS, TICKET_WORDS


def count(scope: Scope) -> int:
    """What waits in this step: returns to decide, receive, inspect or exchange, and tickets to answer."""
    return sum(selectors.waiting_counts(scope).values()) + selectors.open_tickets(scope)[0]


def tiles(scope: Scope) -> list[Tile]:
    """Home: what needs a person now."""
    found = selectors.waiting_counts(scope)
    answer, late = selectors.open_tickets(scope)
    returns, tickets = reverse("returns:list"), reverse("returns:tickets")
    return [
        Tile(_("Returns to decide"), found["decide"], f"{returns}?waiting=decide", "warn", _("customers wait for a yes or no"), "returns"),
        Tile(_("Returns at the door"), found["receive"], f"{returns}?waiting=receive", "warn", _("parcels to be received"), "down-arrow"),
        Tile(_("Returns to inspect"), found["inspect"], f"{returns}?waiting=inspect", "warn", _("goods that are held"), "search"),
        Tile(_("Exchanges"), found["exchange"], f"{returns}?waiting=decide", "warn", _("new orders to be made by hand"), "refresh"),
        Tile(_("Tickets"), answer, f"{tickets}?state=open", "calm", _("customers to be answered"), "ticket"),
        Tile(_("Late tickets"), late, f"{tickets}?late=1", "bad", _("past the time by which we answer"), "flag"),
    ]


_RETURNS = (
    Column("number", gettext_lazy("Return"), cells.link("number", "returns:return", "id")),
    Column("state", gettext_lazy("State"), cells.state("state", STATE_WORDS)),
    Column("units", gettext_lazy("Units"), align="end"),
    Column("reasons", gettext_lazy("Why"), narrow=False),
    Column("refund", gettext_lazy("Given back"), align="end"),
    Column("requested_at", gettext_lazy("Asked")),
)
_TICKETS = (
    Column("number", gettext_lazy("Ticket"), cells.link("number", "returns:ticket", "id")),
    Column("subject", gettext_lazy("Subject")),
    Column("state", gettext_lazy("State"), cells.state("state", TICKET_WORDS)),
    Column("due_at", gettext_lazy("Answer by")),
    Column("refund", gettext_lazy("Given back"), align="end"),
)


def order_sections(scope: Scope, *, order_id: int, demand_ids: Sequence[int]) -> list[Section]:  # noqa: ARG001 - returns know their own demands
    """The order page: its returns, its tickets and what was given back for them."""
    sections: list[Section] = []
    if returns := selectors.returns_of_order(scope, order_id):
        sections.append(Table(_("Returns"), _RETURNS, returns))
    if tickets := selectors.tickets_of_order(scope, order_id):
        sections.append(Table(_("Tickets"), _TICKETS, tickets))
    return sections


def search(scope: Scope, text: str) -> list[Hit]:
    """Returns and tickets that a text or a scan may mean."""
    hits = []
    for match in selectors.resolve(parse(text), Context(scope)):
        ticket = match.ref.kind == "returns.ticket"
        url = reverse("returns:ticket" if ticket else "returns:return", args=[match.ref.id])
        hits.append(Hit(match.title, _("Ticket") if ticket else _("Return"), url, match.detail, exact=True))
    return hits
