"""Transfers between warehouses: what is on its way, what came, what never did."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Fact, Table, detail
from packhorse.core.web.lists import Choice, Column, Empty, ListPage
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.pages import words
from packhorse.steps.inventory.pages.forms import ReasonForm

transfers = ListPage(
    name="inventory.transfers",
    title=_("Transfers"),
    permission="see_stock",
    rows=selectors.transfers,
    columns=(
        Column("number", _("Transfer"), cells.link("number", "inventory:transfer")),
        Column("source", _("From")),
        Column("target", _("To")),
        Column("state", _("State"), cells.state("state", words.TRANSFER)),
        Column("open_units", _("On its way"), align="end"),
        Column("expected_on", _("Expected"), sort="expected_on", narrow=False),
        Column("sent_at", _("Sent"), narrow=False),
    ),
    filters=(Choice("state", _("State"), (("open", _("Open")), ("received", _("Received")), ("closed_short", _("Closed short")))),),
    tabs=((_("Open"), "state=open"), (_("All"), "")),
    search=_("Transfer"),
    empty=Empty(_("Nothing is on its way"), _("Goods that are sent to another warehouse stand here until it has received them."), "right"),
    template=words.TEMPLATE,
    context=words.lists,
)

_LINES: Final = (
    Column("sku", _("Item"), cells.link("sku", "inventory:item", "item_id")),
    Column("lot", _("Lot"), cells.link("lot", "inventory:lot", "lot_id"), narrow=False),
    Column("quantity", _("Sent"), align="end"),
    Column("received", _("Received"), align="end"),
    Column("damaged", _("Damaged"), align="end"),
    Column("open", _("On its way"), align="end"),
    Column("short", _("Short"), align="end"),
    Column("reason", _("Why"), narrow=False),
)


@page("see_stock")
def transfer(request: HttpRequest, transfer_id: int) -> HttpResponseBase:
    """A transfer: what was sent, what came, what is still on its way."""
    actor = actor_of(request)
    found = selectors.transfer(actor.scope, transfer_id)
    close = Action(
        _("Close short"),
        reverse("inventory:close-transfer", args=[found.id]),
        form=ReasonForm(),
        tone="danger",
        icon="stop",
        blocked="" if found.closed_at is None else gettext("It is closed."),
    )
    shown = Detail(
        title=found.number,
        kind=_("Transfer"),
        badge=words.TRANSFER[found.state],
        sentence=gettext("%(open)d of %(sent)d units are still on their way.") % {"open": found.open_units, "sent": sum(n.quantity for n in found.lines)},
        crumbs=(Crumb(_("Stock"), reverse("inventory:list")), Crumb(_("Transfers"), reverse("inventory:transfers"))),
        facts=(
            Fact(_("From"), found.source),
            Fact(_("To"), found.target),
            Fact(_("Sent"), found.sent_at),
            Fact(_("Expected"), found.expected_on),
            Fact(_("Note"), found.note),
            Fact(_("Closed short because"), found.short_reason),
        ),
        actions=(close,) if actor.may("adjust_stock") else (),
        sections=(Table(_("Lines"), _LINES, found.lines),),
        timeline=timeline(subject=Ref("inventory.transfer", transfer_id), scope=actor.scope),
    )
    return detail(request, shown)


@action("adjust_stock", form=ReasonForm)
def close(p: Posted, transfer_id: int) -> Done:
    """What is still on its way never comes."""
    services.close_transfer(key=p.key, actor=p.actor, transfer_id=transfer_id, reason=p.data["reason"])
    return Done(_("The transfer is closed."))
