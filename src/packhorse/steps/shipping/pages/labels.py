"""Labels and shipments: what was bought, what it cost, and why this service."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.actors import Actor
from packhorse.core.money import Money
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Fact, Piece, Section, Table, detail
from packhorse.core.web.lists import Choice, Column, Empty, ListPage
from packhorse.steps.orders import selectors as orders
from packhorse.steps.shipping import selectors, services, words
from packhorse.steps.shipping.types import LabelInfo, ShipmentInfo

labels = ListPage(
    name="shipping.labels",
    title=_("Labels"),
    permission="see_orders",
    rows=selectors.labels,
    columns=(
        Column("tracking_number", _("Tracking number"), lambda r: cells.link("name", "shipping:label")({"id": r.id, "name": r.tracking_number or f"#{r.id}"})),
        Column("state", _("State"), cells.state("state", words.LABEL)),
        Column("order_number", _("Order"), words.order),
        Column("parcel", _("Parcel"), narrow=False),
        Column("service", _("Service"), words.service, narrow=False, plain=lambda r: words.service_name(r.carrier, r.service)),
        Column("amount", _("Price"), align="end"),
        Column("weight_g", _("Weight"), cells.weight("weight_g"), align="end", narrow=False),
        Column("requested_at", _("Asked"), sort="requested_at", narrow=False),
        Column("error", _("Why not"), lambda r: cells.show(words.reason(r.error)), narrow=False),
        Column("client", _("Client"), narrow=False),
    ),
    filters=(
        Choice("state", _("State"), tuple((s, b.word) for s, b in words.LABEL.items())),
        Choice("carrier", _("Carrier"), lambda _scope: words.carriers()),
        Choice("way", _("Way"), (("out", _("To customers")), ("back", _("Returns")))),
    ),
    tabs=((_("All"), ""), (_("Refused or unknown"), "state=failed&state=unknown"), (_("Returns"), "way=back"), (_("Given back"), "state=voided")),
    search=_("Tracking, parcel or order number"),
    empty=Empty(_("No labels"), _("Labels are bought for sealed parcels."), "label"),
)

shipments = ListPage(
    name="shipping.shipments",
    title=_("Shipments"),
    permission="see_orders",
    rows=selectors.shipments,
    columns=(
        Column("number", _("Shipment"), cells.link("number", "shipping:shipment", "shipment_id")),
        Column("fulfillment_order", _("Order")),
        Column("service", _("Service"), words.service, plain=lambda r: words.service_name(r.carrier, r.service)),
        Column("handed_over", _("Left"), cells.progress("handed_over", "parcels"), plain=lambda r: f"{r.handed_over}/{r.parcels}"),
        Column("quoted_minor", _("Quoted"), cells.money("quoted_minor"), align="end"),
        Column("promised_by", _("Promised by"), narrow=False),
        Column("expected_by", _("Expected by"), narrow=False),
        Column("chosen_at", _("Chosen"), sort="chosen_at", narrow=False),
    ),
    filters=(Choice("carrier", _("Carrier"), lambda _scope: words.carriers()),),
    search=_("Shipment or order number"),
    id="shipment_id",
    empty=Empty(_("No shipments"), _("A shipment is made when a service is chosen for an order's parcels."), "shipping"),
)

_CONSIDERED: Final = (
    Column("name", _("Service")),
    Column("amount", _("Price"), lambda r: cells.show(r[1]), align="end"),
    Column("deliver_by", _("Arrives by"), lambda r: cells.show(r[0].deliver_by)),
    Column("outcome", _("Outcome"), lambda r: words.outcome(r[0])),
)
_CHARGES: Final = (
    Column("what", _("Part"), lambda r: cells.show(words.CHARGES.get(r[0], r[0]))),
    Column("amount", _("Amount"), lambda r: cells.show(r[1]), align="end"),
)
_LABELS: Final = (
    Column(
        "number",
        _("Tracking number"),
        lambda r: cells.link("name", "shipping:label")({"id": r.label_id, "name": r.tracking_number or f"#{r.label_id}"}),
    ),
    Column("parcel", _("Parcel")),
    Column("state", _("State"), cells.state("state", words.LABEL)),
    Column("amount_minor", _("Price"), cells.money("amount_minor"), align="end"),
    Column("handed_over_at", _("Left"), narrow=False),
)


def considered(found: ShipmentInfo) -> Table:
    """The section that says which services were looked at, and why each lost."""
    rows = [(r, Money(r.amount_minor, found.currency) if r.amount_minor is not None else None) for r in found.considered]
    named = (Column("name", _("Service"), lambda r: cells.show(r[0].name or words.service_name(r[0].carrier, r[0].service))), *_CONSIDERED[1:])
    return Table(_("Services considered"), named, rows)


def papers(label: LabelInfo) -> Piece:
    """The section with a label's documents."""
    ids = ((_("Label (PDF)"), "print", label.pdf_id), (_("Label (ZPL)"), "label", label.zpl_id), (_("Packing slip"), "file", label.slip_id))
    return Piece(_("Documents"), "shipping/_papers.html", {"papers": [(n, i, reverse("files:content", args=[pk])) for n, i, pk in ids if pk]})


def sentence(label: LabelInfo) -> str:
    """Where a label stands and what comes next, in words."""
    service = words.service_name(label.carrier, label.service)
    said = {
        "requested": gettext("%(service)s is to be asked for it."),
        "buying": gettext("%(service)s is being asked for it."),
        "unknown": gettext("%(service)s gave no answer yet; it is looked up by our key before anything is bought again."),
        "failed": gettext("%(service)s refused: %(error)s"),
        "void_asked": gettext("%(service)s is being asked to take it back."),
        "voided": gettext("Given back to %(service)s."),
    }.get(label.state, gettext("Bought from %(service)s; its parcel waits for the truck."))
    if label.handed_over_at:
        said = gettext("Left with %(service)s.")
    elif label.state == "bought" and label.parcel_id is None:
        said = gettext("Bought from %(service)s for a return.")
    return said % {"service": service, "error": words.reason(label.error)}


def possible(label: LabelInfo, actor: Actor) -> tuple[Action, ...]:
    """What can be done with a label now."""
    if not actor.may("ship"):
        return ()
    if label.state == "failed":
        return (Action(_("Try again"), reverse("shipping:retry", args=[label.label_id]), tone="primary", icon="refresh"),)
    if label.state != "bought":
        return ()
    blocked = _("The parcel has left.") if label.manifest_id is not None else ""
    again = Action(_("Print again"), reverse("shipping:reprint", args=[label.label_id]), icon="print")
    confirm = _("Give this label back? The carrier is asked to refund it; the parcel then needs another.")
    return (again, Action(_("Void"), reverse("shipping:void", args=[label.label_id]), tone="danger", icon="trash", confirm=confirm, blocked=blocked))


@page("see_orders")
def label(request: HttpRequest, label_id: int) -> HttpResponse:
    """One label."""
    actor = actor_of(request)
    found = selectors.label(actor.scope, label_id)
    sections: list[Section] = [papers(found)]
    if parts := selectors.charges(actor.scope, label_id):
        sections.append(Table(_("Price"), _CHARGES, parts))
    facts = [
        Fact(_("Service"), words.service_name(found.carrier, found.service)),
        Fact(_("Order"), orders.fulfillment_orders_of(actor.scope, [found.order_id])[0].order_number, orders.order_url(found.order_id)),
        Fact(_("Parcel"), found.parcel),
        Fact(_("Price"), Money(found.amount_minor, found.currency) if found.amount_minor is not None else None),
        Fact(_("Weight"), cells.show_weight(found.weight_g)),
        Fact(_("Billed weight"), cells.show_weight(found.billed_g) if found.billed_g is not None else None),
        Fact(_("Size"), f"{found.length_mm} × {found.width_mm} × {found.height_mm} mm"),
        Fact(_("Promised by"), found.promised_by),
        Fact(_("Expected by"), found.expected_by),
        Fact(_("Printed"), found.printed_at),
    ]
    if found.shipment_id is not None:
        whole = selectors.shipment(actor.scope, found.shipment_id)
        facts.insert(2, Fact(_("Shipment"), whole.number, reverse("shipping:shipment", args=[whole.shipment_id])))
        sections.append(considered(whole))
    return detail(
        request,
        Detail(
            title=found.tracking_number or f"#{found.label_id}",
            kind=_("Label"),
            badge=cells.badge(found.state, words.LABEL),
            sentence=sentence(found),
            crumbs=(Crumb(_("Shipping"), reverse("shipping:list")), Crumb(_("Labels"), reverse("shipping:labels"))),
            facts=tuple(facts),
            sections=tuple(sections),
            timeline=timeline(subject=Ref("shipping.label", label_id), scope=actor.scope),
            actions=possible(found, actor),
        ),
    )


@page("see_orders")
def shipment(request: HttpRequest, shipment_id: int) -> HttpResponse:
    """One shipment: its parcels, and why they go this way."""
    actor = actor_of(request)
    found = selectors.shipment(actor.scope, shipment_id)
    mine = [i for i in selectors.labels_of_orders(actor.scope, [found.order_id]) if i.shipment_id == shipment_id]
    said = ngettext("%(left)d of %(n)d parcel has left with %(service)s", "%(left)d of %(n)d parcels have left with %(service)s", found.parcels) % {
        "left": found.handed_over,
        "n": found.parcels,
        "service": words.service_name(found.carrier, found.service),
    }
    return detail(
        request,
        Detail(
            title=found.number,
            kind=_("Shipment"),
            sentence=f"{said}: {words.rule(found.rule)}.",
            crumbs=(Crumb(_("Shipping"), reverse("shipping:list")), Crumb(_("Shipments"), reverse("shipping:shipments"))),
            facts=(
                Fact(_("Order"), found.fulfillment_order, orders.order_url(found.order_id)),
                Fact(_("Quoted"), Money(found.quoted_minor, found.currency)),
                Fact(_("Zone"), found.zone),
                Fact(_("Promised by"), found.promised_by),
                Fact(_("Expected by"), found.expected_by),
                Fact(_("Chosen"), found.chosen_at),
            ),
            sections=(Table(_("Parcels"), _LABELS, mine), considered(found)),
            timeline=timeline(subject=Ref("shipping.shipment", shipment_id), scope=actor.scope),
        ),
    )


@action("ship")
def void(p: Posted, label_id: int) -> Done:
    """Give a label back: the carrier is asked at once, and again later if it does not answer."""
    services.ask_void(key=p.key, actor=p.actor, label_id=label_id)
    done = services.void_labels(actor=p.actor, label_ids=[label_id])
    return Done(gettext("The label is given back.") if done else gettext("The carrier is asked to take it back."))


@action("ship")
def retry(p: Posted, label_id: int) -> Done:
    """Ask the carrier again for a refused label."""
    services.retry_label(key=p.key, actor=p.actor, label_id=label_id)
    bought = services.buy_labels(actor=p.actor, label_ids=[label_id])
    return Done(gettext("The label is bought.") if bought else gettext("The carrier was asked again; see what it says below."))


@action("ship")
def reprint(p: Posted, label_id: int) -> Done:
    """Print a label once more."""
    services.note_printed(key=p.key, actor=p.actor, label_ids=[label_id])
    found = selectors.label(p.actor.scope, label_id)
    assert found.pdf_id is not None, "only bought labels are printed"
    return Done(to=reverse("files:content", args=[found.pdf_id]))
