"""Transfers between warehouses: what is on its way, what came, what never did."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.actors import Actor
from packhorse.core.errors import Invalid
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Fact, Table, detail
from packhorse.core.web.forms import form_page
from packhorse.core.web.lists import Button, Choice, Column, Empty, ListPage
from packhorse.ground.catalog import selectors as catalog
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.pages import words
from packhorse.steps.inventory.pages.forms import ReasonForm, ReceiveTransferForm, SendTransferForm
from packhorse.steps.inventory.types import SentLine, TransferInfo

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
    filters=(Choice("state", _("State"), (("open", _("Open")), ("late", _("Late")), ("received", _("Received")), ("closed_short", _("Closed short")))),),
    tabs=((_("Open"), "state=open"), (_("All"), "")),
    buttons=(Button(_("Send goods"), "inventory:send-transfer", "adjust_stock", icon="plus"),),
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
    Column("over", _("Over"), align="end", narrow=False),
    Column("reason", _("Why"), narrow=False),
)


#: Transfers of so many lines are received beside the transfer itself; longer ones on a page of their own.
_INLINE: Final = 12


def _possible(found: TransferInfo, actor: Actor) -> tuple[Action, ...]:
    """What can be done with a transfer now."""
    made = []
    if found.closed_at is None and actor.may("receive") and actor.scope.sees_warehouse(found.warehouse_id) and len(found.lines) <= _INLINE:
        form = ReceiveTransferForm(transfer=found, scope=actor.scope)
        made.append(Action(_("Receive"), reverse("inventory:receive-transfer", args=[found.id]), form=form, tone="primary", icon="down-arrow"))
    if actor.may("adjust_stock"):
        blocked = "" if found.closed_at is None else gettext("It is closed.")
        close_it = reverse("inventory:close-transfer", args=[found.id])
        made.append(Action(_("Close short"), close_it, form=ReasonForm(), tone="danger", icon="stop", blocked=blocked))
    return tuple(made)


@page("see_stock")
def transfer(request: HttpRequest, transfer_id: int) -> HttpResponseBase:
    """A transfer: what was sent, what came, what is still on its way."""
    actor = actor_of(request)
    found = selectors.transfer(actor.scope, transfer_id)
    receivable = found.closed_at is None and actor.may("receive") and actor.scope.sees_warehouse(found.warehouse_id)
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
            *((Fact(_("Receive"), _("Receive it here"), reverse("inventory:receive-transfer", args=[found.id])),) if receivable else ()),
        ),
        actions=_possible(found, actor),
        sections=(Table(_("Lines"), _LINES, found.lines),),
        timeline=timeline(subject=Ref("inventory.transfer", transfer_id), scope=actor.scope),
    )
    return detail(request, shown)


_CRUMBS: Final = (Crumb(_("Transfers"), "/inventory/transfers/"),)


@form_page(
    SendTransferForm,
    title=_("Send goods to another warehouse"),
    permission="adjust_stock",
    submit=_("Send"),
    intro=_("They leave the bins now, first expired first out, and can be promised again when the other warehouse has received them."),
    crumbs=_CRUMBS,
    form_kwargs=lambda request: {"scope": actor_of(request).scope},
)
def send(p: Posted) -> Done:
    """Goods go to another warehouse."""
    d = p.data
    known = catalog.items_by_sku(p.actor.scope, d["client"], [sku for sku, _q in d["lines"]])
    for sku, quantity in d["lines"]:
        if sku not in known:
            raise Invalid(field="lines", reason=gettext("%s is not an item of this client") % sku)
        if quantity <= 0:
            raise Invalid(field="lines", reason=gettext("%s: a quantity above zero is needed") % sku)
    made = services.send_transfer(
        key=p.key, actor=p.actor, client_id=d["client"], source_warehouse_id=d["source"], target_warehouse_id=d["target"],
        lines=[SentLine(known[sku].id, quantity) for sku, quantity in d["lines"]], expected_on=d["expected_on"], note=d["note"],
    )  # fmt: skip
    return Done(_("Sent."), to=reverse("inventory:transfer", args=[made]))


def _transfer_of(request: HttpRequest) -> dict[str, Any]:
    """The form of the transfer that the URL names."""
    scope = actor_of(request).scope
    assert request.resolver_match is not None
    return {"transfer": selectors.transfer(scope, request.resolver_match.kwargs["transfer_id"]), "scope": scope}


@form_page(
    ReceiveTransferForm,
    title=_("Receive"),
    permission="receive",
    submit=_("Receive"),
    intro=_("Enter what is really there. What comes otherwise than sent is recorded."),
    crumbs=_CRUMBS,
    form_kwargs=_transfer_of,
)
def receive(p: Posted, transfer_id: int) -> Done:
    """Goods of a transfer came in."""
    assert isinstance(p.form, ReceiveTransferForm)
    came = p.form.arrived()
    if not came:
        raise Invalid(field="location", reason=gettext("Enter a quantity for at least one line."))
    services.receive_transfer(key=p.key, actor=p.actor, transfer_id=transfer_id, location_id=p.data["location"], lines=came)
    units = sum(n.quantity for n in came)
    return Done(ngettext("%d unit received.", "%d units received.", units) % units, to=reverse("inventory:transfer", args=[transfer_id]))


@action("adjust_stock", form=ReasonForm)
def close(p: Posted, transfer_id: int) -> Done:
    """What is still on its way never comes."""
    services.close_transfer(key=p.key, actor=p.actor, transfer_id=transfer_id, reason=p.data["reason"])
    return Done(_("The transfer is closed."))
