"""The pages of returns: list, one return, receiving and inspecting it by hand, parcels that nobody announced, the terms."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from packhorse.core.actors import Actor, Scope
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Fact, Piece, Section, Table, detail
from packhorse.core.web.forms import form_page
from packhorse.core.web.lists import Button, Choice, Column, Empty, Flag, ListPage
from packhorse.ground.catalog import selectors as catalog
from packhorse.steps.orders import selectors as orders
from packhorse.steps.returns import selectors, services
from packhorse.steps.returns.forms import (
    DISPOSITION_WORDS,
    KIND_WORDS,
    REFUND_WORDS,
    SETTLEMENT_WORDS,
    STATE_WORDS,
    WANTS_WORDS,
    AskForm,
    BlindForm,
    InspectForm,
    NoteForm,
    OptionalNoteForm,
    OrderNumberForm,
    PolicyForm,
    ReceiveForm,
    SettleForm,
)
from packhorse.steps.returns.policy import REASONS
from packhorse.steps.returns.selectors.kits import whole
from packhorse.steps.returns.states import RMA
from packhorse.steps.returns.types import RmaInfo, RmaLineInfo
from packhorse.steps.shipping import selectors as shipping

LIST = Crumb(gettext_lazy("Returns"), reverse_lazy("returns:list"))


def _clients(scope: Scope) -> list[tuple[str, Any]]:
    return [(str(pk), name) for pk, name in catalog.client_choices(scope)]


returns = ListPage(
    name="returns.returns",
    title=gettext_lazy("Returns"),
    permission="see_orders",
    rows=selectors.returns,
    columns=(
        Column("number", gettext_lazy("Return"), cells.link("number", "returns:return", "id"), sort="number"),
        Column("state", gettext_lazy("State"), cells.state("state", STATE_WORDS)),
        Column("order_number", gettext_lazy("Order"), cells.link("order_number", "orders:order", "order_id")),
        Column("client", gettext_lazy("Client"), narrow=False),
        Column("reasons", gettext_lazy("Reason")),
        Column("units", gettext_lazy("Units"), align="end"),
        Column("refund", gettext_lazy("Refund"), align="end", narrow=False),
        Column("requested_at", gettext_lazy("Asked"), sort="requested_at"),
        Column("arrived_at", gettext_lazy("Arrived"), narrow=False),
    ),
    filters=(
        Choice("state", gettext_lazy("State"), tuple((s, STATE_WORDS[s].word) for s in RMA)),
        Choice("waiting", gettext_lazy("Waits"), (("decide", gettext_lazy("to be decided")), ("receive", gettext_lazy("at the door")), ("inspect", gettext_lazy("to be inspected")))),
        Choice("client", gettext_lazy("Client"), _clients),
        Flag("blind", gettext_lazy("Without an order")),
    ),
    tabs=(
        (gettext_lazy("All"), ""),
        (gettext_lazy("To decide"), "waiting=decide"),
        (gettext_lazy("At the door"), "waiting=receive"),
        (gettext_lazy("To inspect"), "waiting=inspect"),
    ),
    buttons=(
        Button(gettext_lazy("New return"), "returns:new", "approve_returns", icon="plus"),
        Button(gettext_lazy("Unknown parcel"), "returns:blind", "receive_return", tone="normal", icon="box"),
        Button(gettext_lazy("Tickets"), "returns:tickets", "tickets", tone="normal", icon="ticket"),
        Button(gettext_lazy("Terms"), "returns:policies", "see_orders", tone="normal", icon="file"),
    ),
    empty=Empty(gettext_lazy("No returns"), gettext_lazy("Customers ask for them by the link in their mails; you can take one by hand."), "returns"),
    search=gettext_lazy("Return, order or tracking number"),
)  # fmt: skip


def _reason(line: RmaLineInfo) -> SafeString:
    return cells.show(str(REASONS.get(line.reason, line.reason)))


def _photo(line: RmaLineInfo) -> SafeString:
    return cells.link("photo", "files:content", "photo_id")({"photo": _("Photo"), "photo_id": line.photo_id}) if line.photo_id else cells.NOTHING


_KITS = (
    Column("sku", gettext_lazy("Item")),
    Column("name", gettext_lazy("Name")),
    Column("quantity", gettext_lazy("Whole kits"), align="end"),
    Column("received", gettext_lazy("Received"), align="end"),
)
_LINES = (
    Column("sku", gettext_lazy("Item")),
    Column("name", gettext_lazy("Name"), narrow=False),
    Column("reason", gettext_lazy("Reason"), _reason),
    Column("photo", gettext_lazy("Photo"), _photo, narrow=False),
    Column("quantity", gettext_lazy("Asked"), align="end"),
    Column("received", gettext_lazy("Received"), align="end"),
    Column("accepted", gettext_lazy("Accepted"), align="end"),
    Column("rejected", gettext_lazy("Not accepted"), align="end", narrow=False),
)
_RECEIVED = (
    Column("sku", gettext_lazy("Item")),
    Column("kind", gettext_lazy("What"), cells.state("kind", KIND_WORDS)),
    Column("lot", gettext_lazy("Lot"), narrow=False),
    Column("quantity", gettext_lazy("Units"), align="end"),
    Column("open", gettext_lazy("To inspect"), align="end"),
    Column("note", gettext_lazy("Note"), narrow=False),
    Column("at", gettext_lazy("When"), narrow=False),
)
_INSPECTIONS = (
    Column("sku", gettext_lazy("Item")),
    Column("quantity", gettext_lazy("Units"), align="end"),
    Column("grade", gettext_lazy("Grade")),
    Column("disposition", gettext_lazy("Where it goes"), lambda row: cells.show(str(DISPOSITION_WORDS[row.disposition]))),
    Column("accepted", gettext_lazy("Refunded"), lambda row: cells.show(_("yes") if row.accepted else _("no"))),
    Column("note", gettext_lazy("Note"), narrow=False),
    Column("at", gettext_lazy("When"), narrow=False),
)
REFUNDS = (
    Column("reason", gettext_lazy("For")),
    Column("state", gettext_lazy("State"), cells.state("state", REFUND_WORDS)),
    Column("goods_minor", gettext_lazy("Goods"), cells.money("goods_minor"), align="end", narrow=False),
    Column("fee_minor", gettext_lazy("Fee kept"), cells.money("fee_minor"), align="end", narrow=False),
    Column("charges_minor", gettext_lazy("Delivery"), cells.money("charges_minor"), align="end", narrow=False),
    Column("due", gettext_lazy("Given back"), align="end"),
)


@page("see_orders")
def one(request: HttpRequest, rma_id: int) -> HttpResponse:
    """One return: where it stands, by which rule, what came, what was found, what was given back, what can be done now."""
    actor = actor_of(request)
    found = selectors.rma(actor.scope, rma_id)
    label = next(iter(shipping.labels_for(actor.scope, "returns.rma", [rma_id])), None)
    facts = [
        Fact(_("Order"), found.order_number or _("not known"), orders.order_url(found.order_id) if found.order_id else ""),
        Fact(_("Client"), found.client),
        Fact(_("Wants"), WANTS_WORDS[found.wants]),
        Fact(_("Goes to"), found.warehouse),
        Fact(_("Asked"), found.requested_at),
        Fact(_("To be sent by"), found.send_by),
    ]
    if label is not None:
        paper = reverse("files:content", args=[label.pdf_id]) if label.pdf_id else ""
        facts.append(Fact(_("Label"), label.tracking_number or label.error or _("being bought"), paper))
    if found.external_id:
        facts.append(Fact(_("Their number"), found.external_id))
    if actor.may("see_money"):
        facts += [Fact(_("Given back"), found.refund), Fact(_("Fee"), found.fee)]
    if found.note:
        facts.append(Fact(_("Note"), found.note))
    return detail(
        request,
        Detail(
            title=found.number,
            kind=_("Return"),
            badge=STATE_WORDS[found.state],
            sentence=sentence(found),
            crumbs=(LIST,),
            facts=tuple(facts),
            sections=_sections(found, actor),
            timeline=timeline(subject=Ref("returns.rma", rma_id), scope=actor.scope),
            actions=possible(found, actor),
        ),
    )


def sentence(found: RmaInfo) -> str:
    """Where a return stands and by which rule, in words."""
    match found.state:
        case "settled":
            return " ".join([str(SETTLEMENT_WORDS.get(found.settlement, found.settlement)) + ".", found.decision])
        case "received":
            return ngettext("%d unit waits for somebody to look at it.", "%d units wait for somebody to look at them.", found.to_inspect) % found.to_inspect
        case "inspected" if found.wants == "exchange" and not found.refunds:
            return _("The customer wants an exchange: make the new order by hand, then settle this return with its number.")
        case "inspected":
            return _("The refund is on its way.")
        case "in_transit" if found.arrived_at:
            return _("It stands at the door, to be received.")
    return found.decision


def _sections(found: RmaInfo, actor: Actor) -> tuple[Section, ...]:
    sections: list[Section] = []
    links = []
    if found.state == "received" and actor.may("inspect"):
        links.append((reverse("returns:inspect", args=[found.rma_id]), _("Inspect it"), "search"))
        links.append((reverse("scan-start", args=["returns.inspect"]) + f"?rma={found.number}", _("Inspect with the scanner"), "scan"))
    if "received" in RMA[found.state] and actor.may("receive_return"):
        words = _("Receive another parcel") if found.received else _("Receive it")
        links.append((reverse("returns:receive", args=[found.rma_id]), words, "down-arrow"))
    if links:
        sections.append(Piece(_("Work"), "returns/_links.html", {"links": links}))
    if found.kits:
        sections.append(Table(_("Kits"), _KITS, found.kits))
    sections.append(Table(_("What comes back"), _LINES, found.lines))
    if found.received:
        sections.append(Table(_("What came"), _RECEIVED, found.received))
    if found.inspections:
        sections.append(Table(_("Inspections"), _INSPECTIONS, found.inspections))
    if found.refunds and actor.may("see_money"):
        sections.append(Table(_("Refunds"), REFUNDS, found.refunds))
    return tuple(sections)


def possible(found: RmaInfo, actor: Actor) -> tuple[Action, ...]:
    """What can be done with a return now, by this actor."""
    actions: list[Action] = []
    if actor.may("approve_returns"):
        if "approved" in RMA[found.state]:
            actions.append(Action(_("Approve"), reverse("returns:approve", args=[found.rma_id]), form=OptionalNoteForm(), tone="primary", icon="check"))
        if "refused" in RMA[found.state]:
            actions.append(Action(_("Refuse"), reverse("returns:refuse", args=[found.rma_id]), form=NoteForm(), tone="danger", icon="cross"))
        if found.order_id is None and found.state == "received" and not found.inspections:
            actions.append(Action(_("Match to an order"), reverse("returns:match", args=[found.rma_id]), form=OrderNumberForm(), icon="orders"))
    if actor.may("refund") and found.state == "inspected":
        blocked = _("Its refund was asked for and is on its way.") if any(f.state == "asked" for f in found.refunds) else ""
        actions.append(Action(_("Settle"), reverse("returns:settle", args=[found.rma_id]), form=SettleForm(), icon="money", blocked=blocked))
    return tuple(actions)


@action("approve_returns", form=OptionalNoteForm)
def approve(p: Posted, rma_id: int) -> Done:
    services.approve_return(key=p.key, actor=p.actor, rma_id=rma_id, note=p.data["note"])
    return Done(_("Approved; the label is on its way."))


@action("approve_returns", form=NoteForm)
def refuse(p: Posted, rma_id: int) -> Done:
    services.refuse_return(key=p.key, actor=p.actor, rma_id=rma_id, note=p.data["note"])
    return Done(_("Refused; the customer reads why."))


@action("approve_returns", form=OrderNumberForm)
def match(p: Posted, rma_id: int) -> Done:
    services.match_return(key=p.key, actor=p.actor, rma_id=rma_id, order_id=order_by_number(p.actor.scope, p.data["order"]))
    return Done(_("Matched; what is accepted will be refunded."))


@action("refund", form=SettleForm)
def settle(p: Posted, rma_id: int) -> Done:
    services.settle_return(key=p.key, actor=p.actor, rma_id=rma_id, outcome=p.data["outcome"], note=p.data["note"])
    return Done(_("Done."))


def order_by_number(scope: Scope, text: str) -> int:
    """The order that a number names.

    Raises: Invalid.
    """
    found = {ref.order_id for ref in orders.by_number(scope, text)}
    if len(found) != 1:
        raise Invalid(field="order", reason=_("no order, or more than one, has this number"))
    return found.pop()


@form_page(OrderNumberForm, title=gettext_lazy("New return"), permission="approve_returns", submit=gettext_lazy("Find the order"), crumbs=(LIST,))
def new(p: Posted) -> Done:
    return Done(to=reverse("returns:ask", args=[order_by_number(p.actor.scope, p.data["order"])]))


def _order_lines(request: HttpRequest) -> dict[str, Any]:
    match_ = request.resolver_match
    assert match_ is not None, "the page has a URL"
    lines = selectors.returnable(actor_of(request).scope, [match_.kwargs["order_id"]])
    if not lines:
        raise NotFound(kind="order", ref=str(match_.kwargs["order_id"]))
    return {"lines": lines, "kits": whole(actor_of(request).scope, lines)}


@form_page(
    AskForm,
    title=gettext_lazy("New return"),
    intro=gettext_lazy("Only what was shipped and is not on its way back already can be chosen. The client’s terms decide."),
    permission="approve_returns",
    submit=gettext_lazy("Ask for it"),
    crumbs=(LIST,),
    form_kwargs=_order_lines,
)
def ask(p: Posted, order_id: int) -> Done:
    assert isinstance(p.form, AskForm), "this page's form"
    made = services.request_return(key=p.key, actor=p.actor, order_id=order_id, lines=p.form.asked(), kits=p.form.asked_kits(), wants=p.data["wants"])
    return Done(made.decision, to=reverse("returns:return", args=[made.rma_id]))


def _rma(request: HttpRequest) -> RmaInfo:
    match_ = request.resolver_match
    assert match_ is not None, "the page has a URL"
    return selectors.rma(actor_of(request).scope, match_.kwargs["rma_id"])


@form_page(
    ReceiveForm,
    title=gettext_lazy("Receive a return"),
    permission="receive_return",
    submit=gettext_lazy("Received"),
    crumbs=(LIST,),
    form_kwargs=lambda request: {"rma": _rma(request), "scope": actor_of(request).scope},
)
def receive(p: Posted, rma_id: int) -> Done:
    assert isinstance(p.form, ReceiveForm), "this page's form"
    services.receive_return(key=p.key, actor=p.actor, rma_id=rma_id, received=p.form.pieces())
    return Done(_("Received; the goods are held until they are inspected."), to=reverse("returns:return", args=[rma_id]))


@form_page(
    InspectForm,
    title=gettext_lazy("Inspect a return"),
    permission="inspect",
    submit=gettext_lazy("Inspected"),
    crumbs=(LIST,),
    form_kwargs=lambda request: {"rows": _rma(request).received},
)
def inspect(p: Posted, rma_id: int) -> Done:
    assert isinstance(p.form, InspectForm), "this page's form"
    done = services.inspect_return(key=p.key, actor=p.actor, rma_id=rma_id, inspections=p.form.judged())
    left = _("%d units are left to inspect.") % done.to_inspect if done.to_inspect else sentence(done)
    return Done(left, to=reverse("returns:return", args=[rma_id]))


@form_page(
    BlindForm,
    title=gettext_lazy("Unknown parcel"),
    intro=gettext_lazy("For what came back without a return: it is held like any other, and can be matched to its order later."),
    permission="receive_return",
    submit=gettext_lazy("Received"),
    crumbs=(LIST,),
    form_kwargs=lambda request: {"scope": actor_of(request).scope},
)
def blind(p: Posted) -> Done:
    d = p.data
    made = services.receive_blind(
        key=p.key, actor=p.actor, client_id=d["client"], warehouse_id=d["warehouse"], lines=d["pieces"], external_id=d["external_id"], note=d["note"]
    )
    return Done(_("Received; the goods are held until they are inspected."), to=reverse("returns:return", args=[made.rma_id]))


@page("see_orders")
def policies(request: HttpRequest) -> HttpResponse:
    """The terms of each client, in plain language."""
    actor = actor_of(request)
    shown = [(client, selectors.policy_words(actor.scope, client.id)) for client in catalog.all_clients(actor.scope)]
    return render(
        request, "returns/policies.html", {"title": _("Terms of return"), "crumbs": (LIST,), "policies": shown, "may_set": actor.may("manage_settings")}
    )


@form_page(
    PolicyForm,
    title=gettext_lazy("Set terms of return"),
    intro=gettext_lazy("They count from now on; returns that were asked for keep the terms of their day."),
    permission="manage_settings",
    submit=gettext_lazy("Set them"),
    crumbs=(LIST, Crumb(gettext_lazy("Terms"), reverse_lazy("returns:policies"))),
    form_kwargs=lambda request: {"scope": actor_of(request).scope},
)
def set_policy(p: Posted) -> Done:
    assert isinstance(p.form, PolicyForm), "this page's form"
    services.set_policy(key=p.key, actor=p.actor, client_id=p.data["client"], country=p.data["country"], terms=p.form.terms())
    return Done(_("These terms count from now on."), to=reverse("returns:policies"))
