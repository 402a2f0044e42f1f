"""The box-catalogue advisor: which sizes would have cost least, beside today's, in money and in cardboard and air."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core.errors import NotAllowed
from packhorse.core.jobs import defer
from packhorse.core.money import Money
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.cells import Text
from packhorse.core.web.detail import Crumb, Detail, Fact, Table, detail
from packhorse.core.web.lists import Column
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.packing import jobs, selectors
from packhorse.steps.packing.types import BoxSetFigures, KeptAdvice


class AdviceForm(forms.Form):
    """What is to be computed."""

    warehouse_id = forms.IntegerField(label=_("Warehouse"), min_value=1, max_value=2**62)
    sizes = forms.IntegerField(label=_("How many sizes"), min_value=1, max_value=30, initial=6)
    days = forms.IntegerField(label=_("From orders of so many days"), min_value=1, max_value=730, initial=90)

    def __init__(self, *args: Any, choices: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if choices is not None:
            self.fields["warehouse_id"].widget = forms.Select(choices=choices)


def _boxes(currency: str) -> tuple[Column, ...]:
    return (
        Column("name", _("Size inside (mm)"), lambda b: cells.show("\u202f×\u202f".join(map(str, b.inner_mm)))),
        Column("known", _("In the catalogue"), lambda b: cells.show(b.name) if b.known else cells.show(_("new"))),
        Column("parcels", _("Parcels"), align="end"),
        Column("cost_minor", _("Cost"), lambda b: cells.show(Money(round(b.cost_minor), currency)), align="end"),
    )


@page("manage_catalog")
def advice(request: HttpRequest) -> HttpResponse:
    """The newest advice of each warehouse."""
    actor = actor_of(request)
    if actor.scope.client_ids is not None:
        raise NotAllowed(permission="manage_catalog")
    boxes = catalog.boxes(actor.scope)
    currency = boxes[0].currency if boxes else "CAD"
    kept = selectors.last_advice(actor.scope)
    form = AdviceForm(initial={"sizes": max(1, min(30, len(boxes)))}, choices=warehouses.warehouse_choices(actor.scope))
    return detail(
        request,
        Detail(
            title=gettext("Which box sizes"),
            kind=_("Advice"),
            sentence=" ".join(_said(k, currency) for k in kept) or gettext("Nothing was computed yet."),
            crumbs=(Crumb(_("Packing"), reverse("packing:list")), Crumb(_("Packaging material"), reverse("packing:materials"))),
            facts=tuple(Fact(gettext("%(warehouse)s: computed") % {"warehouse": k.warehouse}, k.at) for k in kept),
            sections=tuple(section for k in kept for section in _sections(k, currency)),
            actions=(Action(_("Compute"), reverse("packing:compute-advice"), form=form, tone="primary", icon="play"),),
        ),
    )


def _said(kept: KeptAdvice, currency: str) -> str:
    a = kept.advice
    share = 100 * a.saving_minor / a.today.cost_minor if a.today.cost_minor else 0
    return gettext("%(warehouse)s: %(sizes)d sizes would have cost %(saving)s (%(share).1f %%) less for %(orders)d orders of %(days)d days.") % {
        "warehouse": kept.warehouse, "sizes": a.proposed.sizes, "saving": str(Money(a.saving_minor, currency)), "share": share, "orders": a.orders, "days": kept.days,
    }  # fmt: skip


def _figures(today: BoxSetFigures, proposed: BoxSetFigures, currency: str) -> list[tuple[Text, Any, Any]]:
    """What is compared: its name, today and with the best set found."""

    def row(name: Text, show: Callable[[BoxSetFigures], Any]) -> tuple[Text, Any, Any]:
        return name, show(today), show(proposed)

    return [
        row(_("Sizes"), lambda f: f.sizes),
        row(_("Parcels"), lambda f: f.parcels),
        row(_("Cost in all"), lambda f: Money(f.cost_minor, currency)),
        row(_("Boxes"), lambda f: Money(f.material_minor, currency)),
        row(_("Fill"), lambda f: Money(f.fill_minor, currency)),
        row(_("Expected postage"), lambda f: Money(f.shipping_minor, currency)),
        row(_("Cardboard"), lambda f: f"{f.cardboard_m2:,.1f} m²"),
        row(_("Air shipped"), lambda f: f"{f.air_l:,.0f} l"),
    ]


_COMPARED: Final = (
    Column("what", _("What"), lambda r: cells.show(r[0])),
    Column("today", _("Today’s sizes"), lambda r: cells.show(r[1]), align="end"),
    Column("proposed", _("The best found"), lambda r: cells.show(r[2]), align="end"),
)


def _sections(kept: KeptAdvice, currency: str) -> tuple[Table, ...]:
    a, at = kept.advice, {"warehouse": kept.warehouse}
    return (
        Table(gettext("%(warehouse)s: today and the best found") % at, _COMPARED, _figures(a.today, a.proposed, currency)),
        Table(gettext("%(warehouse)s: the sizes proposed") % at, _boxes(currency), a.boxes),
        Table(gettext("%(warehouse)s: today’s sizes") % at, _boxes(currency), a.today_boxes),
    )


@action("manage_catalog", form=AdviceForm)
def compute(p: Posted) -> Done:
    """It is computed beside."""
    if p.actor.scope.client_ids is not None:
        raise NotAllowed(permission="manage_catalog")
    warehouses.warehouse(p.actor.scope, p.data["warehouse_id"])
    defer(jobs.advise, key=p.key, **p.data)
    return Done(_("It is computed; look again in a minute."), to=reverse("packing:advice"))
