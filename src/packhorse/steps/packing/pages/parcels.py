"""Parcels: the list, and one parcel with what is in it, why this box, and what can be done now."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core.actors import Actor
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Fact, Facts, Table, detail, names_of
from packhorse.core.web.lists import BulkAction, Button, Choice, Column, Empty, ListPage
from packhorse.core.web.panels import documents_section
from packhorse.core.web.papers import pdf
from packhorse.core.words import said
from packhorse.steps.orders import selectors as orders
from packhorse.steps.packing import paper, selectors, services, states, words
from packhorse.steps.packing.pages.bench import considered_table, warehouse_filter
from packhorse.steps.packing.pages.forms import ReasonForm, WeightForm
from packhorse.steps.packing.pages.materials import USED
from packhorse.steps.packing.types import MARKS, ParcelInfo

parcels = ListPage(
    name="packing.parcels",
    title=_("Parcels"),
    permission="see_orders",
    rows=selectors.parcel_page,
    columns=(
        Column("number", _("Parcel"), cells.link("number", "packing:parcel"), sort="number"),
        Column("fulfillment_order", _("Order"), lambda p: format_html('<a class="code" href="{}">{}</a>', orders.order_url(p.order_id), p.fulfillment_order)),
        Column("state", _("State"), cells.state("state", words.PARCEL)),
        Column("box", _("Box"), lambda p: cells.show(p.box or _("own carton"))),
        Column("units", _("Units"), align="end"),
        Column("weight_g", _("Weight"), cells.weight("weight_g"), sort="weight", align="end"),
        Column("fill", _("Full"), lambda p: cells.NOTHING if p.fill_permille is None else cells.show(f"{p.fill_permille / 10:.0f} %"), align="end", narrow=False,
               plain=lambda p: p.fill_permille),
        Column("sealed_at", _("Sealed"), sort="sealed", narrow=False),
    ),
    filters=(Choice("state", _("State"), tuple((k, b.word) for k, b in words.PARCEL.items())), Choice("warehouse", _("Warehouse"), warehouse_filter)),
    tabs=((_("All"), ""), (_("Without label"), "state=sealed"), (_("In the house"), "state=sealed&state=labelled&state=loaded"), (_("Handed over"), "state=handed_over")),
    buttons=(Button(_("Bench"), "packing:list", "see_orders", "normal", "packing"), Button(_("Boxes changed"), "packing:changed-boxes", "see_orders", "normal", "chart")),
    actions=(
        BulkAction(_("Slips (PDF)"), "packing:slips", icon="print"),
        BulkAction(_("Slips to the printer"), "packing:print-slips", "pack", icon="file"),
        BulkAction(_("Contents lists (PDF)"), "packing:contents", icon="print"),
        BulkAction(_("Contents lists to the printer"), "packing:print-contents", "pack", icon="file"),
        BulkAction(_("SSCC labels (PDF)"), "packing:sscc-labels", icon="print"),
        BulkAction(_("SSCC labels to the printer"), "packing:print-sscc-labels", "pack", icon="label"),
    ),
    search=_("Parcel or order number"),
    empty=Empty(_("No parcels"), _("They are made at the bench."), "box"),
)  # fmt: skip

_CONTENTS = (
    Column("sku", _("Item"), lambda c: format_html('<span class="code">{}</span> {}', c.sku, c.name)),
    Column("quantity", _("Units"), align="end"),
    Column("lot", _("Lot"), narrow=False),
)


@page("see_orders")
def parcel(request: HttpRequest, parcel_id: int) -> HttpResponse:
    """One parcel."""
    actor = actor_of(request)
    found = selectors.parcel(actor.scope, parcel_id)
    why = selectors.reasons(actor.scope, parcel_id)
    used = selectors.used_materials(actor.scope, parcel_id)
    marks = selectors.marks_of(actor.scope, [parcel_id]).get(parcel_id, ())
    notes = (
        Fact(_("Chosen by"), said(why.basis)),
        *(
            (Fact(_("Another box"), f"{why.instead_of} → {found.box or gettext('own carton')}: {words.WHY_BOX.get(why.box_why, why.box_why)}"),)
            if why.box_why
            else ()
        ),
        *(Fact(words.NOTES.get(name, name.replace("_", " ")), _note(name, value)) for name, value in why.notes),
    )
    return detail(
        request,
        Detail(
            title=found.number,
            kind=_("Parcel"),
            badge=cells.badge(found.state, words.PARCEL),
            sentence=_sentence(found),
            crumbs=(Crumb(_("Packing"), reverse("packing:list")), Crumb(_("Parcels"), reverse("packing:parcels"))),
            facts=(
                Fact(_("Order"), found.fulfillment_order, orders.order_url(found.order_id)),
                Fact(_("Box"), found.box or _("own carton")),
                Fact(_("Outer size"), f"{found.length_mm} × {found.width_mm} × {found.height_mm} mm"),
                Fact(_("Weight"), cells.show_weight(found.weight_g)),
                Fact(_("Expected"), cells.show_weight(found.expected_g)),
                Fact(_("Full"), None if found.fill_permille is None else f"{found.fill_permille / 10:.0f} %"),
                *((Fact(_("Marks"), ", ".join(str(MARKS[m]) for m in marks)),) if marks else ()),
                Fact(_("Packed by"), names_of({found.packed_by}, actor.scope)[found.packed_by]),
                Fact(_("Sealed"), found.sealed_at),
            ),
            sections=(
                Table(_("Contents"), _CONTENTS, selectors.contents(actor.scope, [parcel_id])),
                *documents_section(actor.scope, Ref("packing.parcel", parcel_id)),
                *((Table(_("Packaging"), USED, used),) if used else ()),
                Facts(_("Why this box"), notes),
                *considered_table(actor.scope, found.client_id, why.considered),
            ),
            timeline=timeline(subject=Ref("packing.parcel", parcel_id), scope=actor.scope),
            actions=possible(found, actor),
            template="packing/detail.html",
        ),
    )


def _note(name: str, value: str) -> Any:
    if name == "packed_as_is":
        return value == "1"
    return dict(words.WHY_WEIGHT).get(value, value) if name == "weight_why" else value


def _sentence(found: ParcelInfo) -> str:
    said = {
        "sealed": gettext("Stands at staging; has no label yet."),
        "labelled": gettext("Labelled; waits for the carrier."),
        "loaded": gettext("Loaded."),
        "handed_over": gettext("The carrier has it."),
        "voided": gettext("Was opened again; what was in it is packed anew."),
    }
    return said.get(found.state, "")


def possible(found: ParcelInfo, actor: Actor) -> tuple[Action, ...]:
    """What can be done with a parcel now."""
    if not actor.may("pack"):
        return ()
    weigh = Action(_("Weigh"), reverse("packing:weigh", args=[found.parcel_id]), form=WeightForm(initial={"weight_g": found.weight_g}), icon="weight")
    again = Action(_("Open again"), reverse("packing:void", args=[found.parcel_id]), form=ReasonForm(), tone="danger", icon="undo")
    if "voided" not in states.PARCEL[found.state]:
        why = _("It was opened before.") if found.state == "voided" else _("The carrier has it.")
        return (Action(_("Open again"), "", blocked=why),)
    return (weigh, again) if found.state == "sealed" else (again,)


@action("pack", form=ReasonForm)
def void(p: Posted, parcel_id: int) -> Done:
    """Open it again."""
    units = services.void_parcel(key=p.key, actor=p.actor, parcel_id=parcel_id, reason=p.data["reason"])
    return Done(gettext("Opened again: %(n)d units stand at the bench.") % {"n": units})


@action("pack", form=WeightForm)
def weigh(p: Posted, parcel_id: int) -> Done:
    """What the scale says."""
    services.weigh_parcel(key=p.key, actor=p.actor, parcel_id=parcel_id, weight_g=p.data["weight_g"], why=p.data["why"])
    return Done(_("The weight is kept."))


@page("see_orders")
def label(request: HttpRequest, parcel_id: int) -> HttpResponse:
    """The label with the parcel's own number."""
    found = selectors.parcel(actor_of(request).scope, parcel_id)
    return pdf(paper.number_label(found), found.number)
