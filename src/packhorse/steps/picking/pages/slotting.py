"""Slotting: what should live where, with the metres it saves and the days until it has paid for itself; accepted, it is done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core.actors import Actor, Scope
from packhorse.core.errors import NotAllowed
from packhorse.core.jobs import defer
from packhorse.core.web import cells
from packhorse.core.web.actions import Done, Posted
from packhorse.core.web.auth import actor_of
from packhorse.core.web.bulk import Refusal, bulk_action
from packhorse.core.web.cells import Badge
from packhorse.core.web.detail import Crumb
from packhorse.core.web.forms import form_page
from packhorse.core.web.lists import BulkAction, Button, Choice, Column, Empty, ListPage
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.picking import jobs, selectors, services
from packhorse.steps.picking.pages.release import warehouse_filter
from packhorse.steps.picking.types import AdvisedMove

_STATE = {"proposed": Badge(_("Proposed")), "accepted": Badge(_("Accepted"), "good")}


def _figure(value: float, digits: int | None = None) -> str:
    """A figure as the reader writes it; with as many digits as it has where none are named."""
    shown = round(value, digits) if digits is not None else int(value) if value == int(value) else value
    return formats.number_format(shown, decimal_pos=digits, use_l10n=True, force_grouping=True)


def why(m: AdvisedMove) -> str:
    """Why a move is advised, in words."""
    said = [
        gettext("picked %(a)s× a day, there %(b)s×") % {"a": _figure(m.velocity[0]), "b": _figure(m.velocity[1])}
        if m.partner
        else gettext("picked %(a)s× a day") % {"a": _figure(m.velocity[0])}
    ]
    if m.far_m[0] != m.far_m[1]:
        said.append(gettext("%(before)s m there and back, now %(after)s m") % {"before": _figure(m.far_m[0]), "after": _figure(m.far_m[1])})
    if m.reach_s_a_day > 0:
        who, (before, after) = (m.sku, m.level) if m.velocity[0] > m.velocity[1] else (m.partner, m.level[::-1])
        said.append(gettext("%(sku)s easier to reach: level %(after)d in place of %(before)d") % {"sku": who, "before": before + 1, "after": after + 1})
    if m.companions:
        said.append(gettext("beside %(skus)s, picked on the same walks") % {"skus": ", ".join(m.companions)})
    if m.heavy:
        said.append(gettext("heavy: stays below the shoulder"))
    return "; ".join(said)


def _whole(code: str) -> SafeString:
    """A code on one line."""
    return format_html('<span class="nowrap">{}</span>', code)


def _less(saved: float) -> SafeString:
    """What is saved, as a change."""
    less = -round(saved, 1) or 0.0
    return cells.show(("−" if less < 0 else "+" if less > 0 else "") + _figure(abs(less), 1))


def _summaries(request: HttpRequest) -> dict[str, Any]:
    return {"summaries": selectors.slotting_summaries(actor_of(request).scope)}


slotting = ListPage(
    name="picking.slotting",
    title=_("What should live where"),
    permission="release",
    rows=selectors.slotting_moves,
    columns=(
        Column("sku", _("Item"), lambda r: _whole(r.move.sku)),
        Column("state", _("State"), cells.state("state", _STATE)),
        Column("source", _("From"), lambda r: _whole(r.move.source)),
        Column("target", _("To"), lambda r: _whole(r.move.target)),
        Column("partner", _("In exchange with"), lambda r: _whole(r.move.partner) if r.move.partner else cells.NOTHING),
        Column(
            "metres",
            _("Metres a day"),
            lambda r: _less(r.move.metres_a_day),
            align="end",
        ),
        Column("minutes", _("Minutes a day"), lambda r: _less(r.move.seconds_a_day / 60), align="end"),
        Column("cost", _("Takes once, min"), lambda r: cells.show(_figure(r.move.cost_s / 60, 0)), align="end"),
        Column("days_to_pay", _("Paid back in days"), lambda r: cells.show(_figure(r.move.days_to_pay, 1)), align="end"),
        Column("why", _("Why"), lambda r: cells.sentence(why(r.move))),
    ),
    filters=(Choice("state", _("State"), tuple((name, badge.word) for name, badge in _STATE.items())), Choice("warehouse", _("Warehouse"), warehouse_filter)),
    actions=(BulkAction(_("Accept"), "picking:accept-slotting", "release", icon="check"),),
    buttons=(Button(_("Compute"), "picking:compute-slotting", "release", icon="play"),),
    search=_("SKU"),
    empty=Empty(
        _("No move is advised"),
        _("Moves are computed from the walks of the last weeks. Where none stands here, no exchange of places pays for itself soon enough."),
    ),
    template="picking/slotting.html",
    context=_summaries,
)


@bulk_action("picking.accept_slotting", title=_("Accept moves"), permission="release", rows=slotting)
def accept(*, key: UUID, actor: Actor, ids: list[int], data: dict[str, str]) -> list[Refusal]:
    """The marked moves become tasks on the floor."""
    services.accept_slotting(key=key, actor=actor, move_ids=ids)
    return []


class ComputeForm(forms.Form):
    """What is to be computed."""

    warehouse_id = forms.TypedChoiceField(label=_("Warehouse"), coerce=int)
    days = forms.IntegerField(label=_("From walks of so many days"), min_value=1, max_value=365, initial=30)
    most = forms.IntegerField(label=_("So many moves at most"), min_value=1, max_value=200, initial=20)
    days_to_pay = forms.IntegerField(label=_("Paid back after so many days at most"), min_value=1, max_value=3650, initial=60)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warehouse_id"].choices = warehouses.warehouse_choices(scope)  # type: ignore[attr-defined]


@form_page(
    ComputeForm,
    title=_("Compute what should live where"),
    permission="release",
    submit=_("Compute"),
    intro=_("Past walks are walked again, by the shortest way, with items exchanged. What pays for itself soon enough is proposed."),
    crumbs=(Crumb(_("Picking"), "/picking/"), Crumb(_("What should live where"), "/picking/slotting/")),
    form_kwargs=lambda request: {"scope": actor_of(request).scope},
)
def compute(p: Posted) -> Done:
    """It is computed beside."""
    if p.actor.scope.client_ids is not None:
        raise NotAllowed(permission="release")
    defer(jobs.advise_slots, key=p.key, **p.data)
    return Done(_("It is computed; look again in a minute."), to=reverse("picking:slotting"))
