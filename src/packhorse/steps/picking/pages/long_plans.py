"""A plan that takes long: how far it is, asked for anew every second, and stopped."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.actors import Actor
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Fact, Piece, detail
from packhorse.core.web.errors import is_fragment
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.picking import selectors, services, words
from packhorse.steps.picking.types import LongPlan


@page("release")
def long_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """One long plan."""
    actor = actor_of(request)
    found = selectors.long_plan(actor.scope, plan_id)
    if is_fragment(request):
        answer = render(request, "picking/_long_plan.html", {"section": _how_far(found)})
        if found.ended_at is not None:
            answer["HX-Refresh"] = "true"
        return answer
    return detail(
        request,
        Detail(
            title=gettext("Plan %(n)d") % {"n": plan_id},
            kind=_("Walks being planned"),
            badge=cells.badge(found.state, words.LONG_PLAN),
            sentence="",
            crumbs=(Crumb(_("Picking"), reverse("picking:list")),),
            facts=(
                Fact(_("Warehouse"), warehouses.warehouse(actor.scope, found.warehouse_id).name),
                Fact(_("Orders"), found.orders or None),
                Fact(_("Time for the search"), gettext("%(n)d s") % {"n": found.seconds}),
                Fact(_("Asked"), found.at),
                *((Fact(_("Stopped"), found.stopped_at),) if found.stopped_at else ()),
                Fact(_("Ended"), found.ended_at),
                *((Fact(_("Walks"), found.walks, reverse("picking:list") + f"?state=planned&warehouse={found.warehouse_id}"),) if found.walks else ()),
            ),
            sections=(_how_far(found),),
            timeline=timeline(subject=Ref("picking.long_plan", plan_id), scope=actor.scope),
            actions=_possible(found, actor),
        ),
    )


def _how_far(found: LongPlan) -> Piece:
    return Piece(_("How far it is"), "picking/_long_plan.html", {"plan": found, "sentence": _said(found), "percent": round(100 * found.share)})


def _said(found: LongPlan) -> str:
    metres = number_format(round(found.metres), force_grouping=True)
    if found.state == "dropped" or (found.state == "ended" and found.stopped_at is not None and not found.walks):
        return gettext("It was stopped: nothing was planned.")
    if found.state == "ended":
        walks = ngettext("%(n)d walk", "%(n)d walks", found.walks) % {"n": found.walks}
        return gettext("%(walks)s, %(metres)s m in all.") % {"walks": walks, "metres": metres} if found.walks else gettext("No order waited for a walk.")
    if found.state == "stopping":
        return gettext("It is being stopped.")
    if found.state == "waiting":
        return gettext("It begins when the worker is free.")
    if not found.metres:
        return ngettext("%(n)d order is looked at.", "%(n)d orders are looked at.", found.orders) % {"n": found.orders}
    return gettext("%(percent)d %% of the time is over; the best plan so far: %(metres)s m.") % {"percent": round(100 * found.share), "metres": metres}


def _possible(found: LongPlan, actor: Actor) -> tuple[Action, ...]:
    if found.state not in ("waiting", "searching") or not actor.may("release"):
        return ()
    url = reverse("picking:stop-plan", args=[found.plan_id])
    return (
        Action(_("Stop, take the best so far"), url, hidden={"keep": "1"}, tone="primary", icon="check"),
        Action(_("Stop, plan nothing"), url, tone="danger", icon="stop"),
    )


@action("release")
def stop(p: Posted, plan_id: int) -> Done:
    """Wait no longer."""
    services.stop_long_plan(key=p.key, actor=p.actor, plan_id=plan_id, keep=p.request.POST.get("keep") == "1")
    return Done(_("Stopped."), to=reverse("picking:long-plan", args=[plan_id]))
