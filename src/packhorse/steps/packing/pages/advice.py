"""The box-catalogue advisor: which sizes would have cost least, beside today's, in money and in cardboard and air."""

from __future__ import annotations

from typing import Any

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
from packhorse.core.web.detail import Crumb, Detail, Fact, Facts, Table, detail
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
            sentence=_said(kept[0], currency) if kept else gettext("Nothing was computed yet."),
            crumbs=(Crumb(_("Packing"), reverse("packing:list")), Crumb(_("Packaging material"), reverse("packing:materials"))),
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


def _figures(f: BoxSetFigures, currency: str) -> tuple[Fact, ...]:
    return (
        Fact(_("Sizes"), f.sizes),
        Fact(_("Parcels"), f.parcels),
        Fact(_("Cost in all"), Money(f.cost_minor, currency)),
        Fact(_("Boxes"), Money(f.material_minor, currency)),
        Fact(_("Fill"), Money(f.fill_minor, currency)),
        Fact(_("Expected postage"), Money(f.shipping_minor, currency)),
        Fact(_("Cardboard"), f"{f.cardboard_m2:,.1f} m²"),
        Fact(_("Air shipped"), f"{f.air_l:,.0f} l"),
    )


def _sections(kept: KeptAdvice, currency: str) -> tuple[Facts | Table, ...]:
    a = kept.advice
    return (
        Facts(gettext("%(warehouse)s: today’s sizes") % {"warehouse": kept.warehouse}, _figures(a.today, currency)),
        Facts(gettext("%(warehouse)s: the best found") % {"warehouse": kept.warehouse}, (*_figures(a.proposed, currency), Fact(_("Computed"), kept.at))),
        Table(_("The sizes proposed"), _boxes(currency), a.boxes),
        Table(_("Today’s sizes"), _boxes(currency), a.today_boxes),
    )


@action("manage_catalog", form=AdviceForm)
def compute(p: Posted) -> Done:
    """It is computed beside."""
    if p.actor.scope.client_ids is not None:
        raise NotAllowed(permission="manage_catalog")
    warehouses.warehouse(p.actor.scope, p.data["warehouse_id"])
    defer(jobs.advise, key=p.key, **p.data)
    return Done(_("It is computed; look again in a minute."), to=reverse("packing:advice"))
