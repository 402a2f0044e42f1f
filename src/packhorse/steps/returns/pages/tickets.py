"""The service inbox: tickets, what was said, what can be done."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _, gettext_lazy

from packhorse.core import clock
from packhorse.core.actors import Actor
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action, form_refused
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Fact, Piece, Section, Table, detail, names_of
from packhorse.core.web.forms import form_page
from packhorse.core.web.lists import Button, Choice, Column, Empty, Flag, ListPage
from packhorse.steps.orders import selectors as orders
from packhorse.steps.returns import selectors, services
from packhorse.steps.returns.forms import PRIORITY_WORDS, TICKET_KINDS, TICKET_WORDS, MessageForm, RefundForm, ReplyForm, TicketForm
from packhorse.steps.returns.pages.returns import LIST, REFUNDS, order_by_number
from packhorse.steps.returns.states import TICKET
from packhorse.steps.returns.types import TicketInfo

INBOX = Crumb(gettext_lazy("Tickets"), reverse_lazy("returns:tickets"))

tickets = ListPage(
    name="returns.tickets",
    title=gettext_lazy("Tickets"),
    permission="tickets",
    rows=selectors.tickets,
    columns=(
        Column("number", gettext_lazy("Ticket"), cells.link("number", "returns:ticket", "id"), sort="number"),
        Column("state", gettext_lazy("State"), cells.state("state", TICKET_WORDS)),
        Column("subject", gettext_lazy("Subject")),
        Column("kind", gettext_lazy("About"), lambda row: cells.show(str(TICKET_KINDS[row.kind])), narrow=False),
        Column("order_number", gettext_lazy("Order"), cells.link("order_number", "orders:order", "order_id")),
        Column("client", gettext_lazy("Client"), narrow=False),
        Column("priority", gettext_lazy("Priority"), lambda row: cells.show(str(PRIORITY_WORDS[row.priority]))),
        Column("opened_at", gettext_lazy("Opened"), sort="opened_at", narrow=False),
        Column("due_at", gettext_lazy("Answer by"), sort="due_at"),
    ),
    filters=(
        Choice("state", gettext_lazy("State"), tuple((s, TICKET_WORDS[s].word) for s in TICKET)),
        Choice("kind", gettext_lazy("About"), tuple(TICKET_KINDS.items())),
        Choice("priority", gettext_lazy("Priority"), tuple(PRIORITY_WORDS.items())),
        Flag("late", gettext_lazy("Late")),
    ),
    tabs=(
        (gettext_lazy("To answer"), "state=open"),
        (gettext_lazy("Waiting"), "state=waiting"),
        (gettext_lazy("Late"), "late=1"),
        (gettext_lazy("All"), ""),
    ),
    buttons=(Button(gettext_lazy("New ticket"), "returns:new-ticket", "tickets", icon="plus"),),
    empty=Empty(gettext_lazy("No tickets"), gettext_lazy("What customers write from their returns page lands here."), "ticket"),
    search=gettext_lazy("Ticket or order number"),
)


@page("tickets")
def one(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """One ticket: what was said, the order's story, what can be done."""
    actor = actor_of(request)
    found = selectors.ticket(actor.scope, ticket_id)
    names = names_of({m.by for m in found.messages} | {found.owner or "system:returns"}, actor.scope)
    said = [(m, _("The customer") if m.by.startswith("link:") else names.get(m.by, m.by)) for m in found.messages]
    sections: list[Section] = [Piece(_("What was said"), "returns/_said.html", {"said": said})]
    if found.refunds and actor.may("see_money"):
        sections.append(Table(_("Refunds"), REFUNDS, found.refunds))
    late = found.state == "open" and found.due_at < clock.now()
    story = timeline(order_id=found.order_id, scope=actor.scope) if found.order_id else timeline(subject=Ref("returns.ticket", ticket_id), scope=actor.scope)
    return detail(
        request,
        Detail(
            title=found.number,
            kind=_("Ticket"),
            badge=cells.Badge(_("Late"), "bad") if late else TICKET_WORDS[found.state],
            sentence=found.subject,
            crumbs=(LIST, INBOX),
            facts=(
                Fact(_("Order"), found.order_number, orders.order_url(found.order_id) if found.order_id else ""),
                Fact(_("Client"), found.client),
                Fact(_("About"), TICKET_KINDS[found.kind]),
                Fact(_("Priority"), PRIORITY_WORDS[found.priority]),
                Fact(_("Owner"), names.get(found.owner, found.owner) if found.owner else _("nobody yet")),
                Fact(_("Opened"), found.opened_at),
                Fact(_("Answer by"), found.due_at),
            ),
            sections=tuple(sections),
            timeline=story,
            actions=possible(found, actor),
        ),
    )


def possible(found: TicketInfo, actor: Actor) -> tuple[Action, ...]:
    """What can be done with a ticket now, by this actor."""

    def url(name: str) -> str:
        return reverse(f"returns:{name}", args=[found.ticket_id])

    actions: list[Action] = []
    if found.state != "solved":
        actions.append(Action(_("Answer"), url("reply-ticket"), form=ReplyForm(), tone="primary", icon="mail"))
    actions.append(Action(_("The customer wrote"), url("ticket-message"), form=MessageForm(), icon="edit"))
    if found.owner != actor.principal:
        actions.append(Action(_("Take it"), url("take-ticket"), icon="person"))
    if found.state == "solved":
        actions.append(Action(_("Open it again"), url("reopen-ticket"), icon="undo"))
    else:
        actions.append(Action(_("Solved"), url("solve-ticket"), icon="check"))
    if actor.may("refund") and found.order_id is not None:
        form = RefundForm(lines=selectors.returnable(actor.scope, [found.order_id]))
        actions.append(Action(_("Refund without return"), url("refund-ticket"), form=form, tone="danger", icon="money", confirm=_("The money leaves at once.")))
    if actor.may("approve_returns") and found.order_id is not None:
        actions.append(Action(_("Return"), reverse("returns:to-ask", args=[found.order_id]), icon="returns"))
    return tuple(actions)


@action("approve_returns")
def to_ask(p: Posted, order_id: int) -> Done:
    return Done(to=reverse("returns:ask", args=[order_id]))


@form_page(
    TicketForm,
    title=gettext_lazy("New ticket"),
    permission="tickets",
    submit=gettext_lazy("Open it"),
    crumbs=(LIST, INBOX),
    form_kwargs=lambda request: {"scope": actor_of(request).scope},
)
def new(p: Posted) -> Done:
    d = p.data
    made = services.open_ticket(
        key=p.key,
        actor=p.actor,
        client_id=d["client"],
        order_id=order_by_number(p.actor.scope, d["order"]) if d["order"] else None,
        kind=d["kind"],
        priority=d["priority"],
        subject=d["subject"],
        body=d["body"],
        contact=d["contact"],
    )
    return Done(_("Ticket %s is open.") % made.number, to=reverse("returns:ticket", args=[made.ticket_id]))


@action("tickets", form=ReplyForm)
def reply(p: Posted, ticket_id: int) -> Done:
    services.reply_ticket(key=p.key, actor=p.actor, ticket_id=ticket_id, body=p.data["body"], solve=p.data["solve"])
    return Done(_("Answered."))


@action("tickets", form=MessageForm)
def message(p: Posted, ticket_id: int) -> Done:
    services.record_message(key=p.key, actor=p.actor, ticket_id=ticket_id, body=p.data["body"])
    return Done(_("Written down."))


@action("tickets")
def take(p: Posted, ticket_id: int) -> Done:
    services.take_ticket(key=p.key, actor=p.actor, ticket_id=ticket_id)
    return Done(_("It is yours."))


@action("tickets")
def solve(p: Posted, ticket_id: int) -> Done:
    services.solve_ticket(key=p.key, actor=p.actor, ticket_id=ticket_id)
    return Done(_("Solved."))


@action("tickets")
def reopen(p: Posted, ticket_id: int) -> Done:
    services.reopen_ticket(key=p.key, actor=p.actor, ticket_id=ticket_id)
    return Done(_("Open again."))


def _bound(p: Posted, ticket_id: int) -> RefundForm:
    found = selectors.ticket(p.actor.scope, ticket_id)
    return RefundForm(p.request.POST, lines=selectors.returnable(p.actor.scope, [found.order_id] if found.order_id else []))


@action("refund")
def refund(p: Posted, ticket_id: int) -> Done | HttpResponse:
    form = _bound(p, ticket_id)
    if not form.is_valid():
        return form_refused(p.request, form)
    d = form.cleaned_data
    made = services.refund_without_return(
        key=p.key, actor=p.actor, ticket_id=ticket_id, reason=d["reason"], lines=form.lines(), amount_minor=0 if d["demand_id"] else d["amount_minor"] or 0
    )
    return Done(_("%s is on its way to the customer.") % made.due)
