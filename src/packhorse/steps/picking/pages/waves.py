"""Waves: the list, one with its orders and what stayed; a wave taken back."""

from __future__ import annotations

from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core import clock
from packhorse.core.actors import Actor
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Fact, Facts, Piece, Section, Table, detail
from packhorse.core.web.lists import Button, Choice, Column, Empty, ListPage
from packhorse.core.web.panels import documents_section, printing_of
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.orders import selectors as orders
from packhorse.steps.picking import selectors, services, words
from packhorse.steps.picking.pages.board import CRUMBS, moment_word, service_word
from packhorse.steps.picking.pages.forms import UndoWaveForm
from packhorse.steps.picking.pages.release import warehouse_filter
from packhorse.steps.picking.pages.walks import compared, plan_form
from packhorse.steps.picking.types import WaveInfo, WaveOrder, batch_number, why_not

waves = ListPage(
    name="picking.waves",
    title=_("Waves"),
    permission="release",
    rows=selectors.waves,
    columns=(
        Column("number", _("Wave"), cells.link("number", "picking:wave")),
        Column("state", _("State"), cells.state("state", words.WAVE)),
        Column("until", _("Due by")),
        Column("service", _("Service"), lambda w: cells.show(service_word(w.service))),
        Column("orders", _("Orders"), align="end"),
        Column("picked", _("Picked"), cells.progress("picked", "orders"), plain=lambda w: f"{w.picked}/{w.orders}"),
        Column("minutes", _("Minutes"), align="end", narrow=False),
        Column("taken_back", _("Taken back"), align="end", narrow=False),
        Column("at", _("Released"), narrow=False),
    ),
    filters=(Choice("warehouse", _("Warehouse"), warehouse_filter),),
    buttons=(Button(_("Wave board"), "picking:boards", "release", "primary", "clock"),),
    search=_("Wave"),
    empty=Empty(_("No waves"), _("Release the orders of a cut-off on the wave board."), "picking"),
)

_WALKS: Final = (
    Column("number", _("Walk"), cells.link("number", "picking:batch")),
    Column("state", _("State"), cells.state("state", words.BATCH)),
    Column("orders", _("Orders"), align="end"),
    Column("done_tasks", _("Picked"), cells.progress("done_tasks", "tasks")),
    Column("distance_m", _("Metres"), lambda b: cells.show(round(b.distance_m)), align="end"),
    Column("minutes", _("Minutes"), lambda b: cells.show(round(b.minutes) or None), align="end"),
)


def _on_walk(row: WaveOrder) -> Any:
    if row.batch_id is None:
        return cells.NOTHING
    return format_html('<a class="code" href="{}">{}</a>', reverse("picking:batch", args=[row.batch_id]), batch_number(row.batch_id))


_ORDERS: Final = (
    Column("fulfillment_order", _("Order"), lambda r: format_html('<a class="code" href="{}">{}</a>', orders.order_url(r.order_id), r.fulfillment_order)),
    Column("state", _("State"), cells.state("state", words.IN_WAVE)),
    Column("client", _("Client"), narrow=False),
    Column("service", _("Service"), lambda r: cells.show(service_word(r.service)), narrow=False),
    Column("ship_by", _("Ship by")),
    Column("picks", _("Picks"), align="end"),
    Column("units", _("Pieces"), align="end"),
    Column("walk", _("Walk"), _on_walk),
    Column("tote", _("Tote"), narrow=False),
)
_REFUSED: Final = (
    Column("number", _("Order"), lambda r: format_html('<a class="code" href="{}">{}</a>', orders.order_url(r["order_id"]), r["number"])),
    Column("reason", _("Why")),
)
#: A wave's page shows so many that stayed.
_STAYED: Final = 100


@page("release")
def wave(request: HttpRequest, wave_id: int) -> HttpResponse:
    """One wave: its orders, its walks, what was considered."""
    actor = actor_of(request)
    found = selectors.wave(actor.scope, wave_id)
    zone = ZoneInfo(warehouses.warehouse(actor.scope, found.warehouse_id).time_zone)
    sections: list[Section] = [_reasons(found)]
    if walks := selectors.walks_of_wave(actor.scope, wave_id):
        sections.append(Table(_("Walks"), _WALKS, walks))
        if lengths := compared([w for w in walks if w.state != "cancelled" and w.distance_m]):
            sections.append(Piece(_("How far"), "picking/_walk.html", {"drawn": "", "lengths": lengths}))
    sections.append(Table(_("Orders"), _ORDERS, selectors.wave_orders(actor.scope, wave_id)))
    sections += documents_section(actor.scope, Ref("picking.wave", wave_id))
    if stayed := _stayed(actor, found):
        sections.append(Table(_("Stayed: not in a pickable bin"), _REFUSED, stayed))
    return detail(
        request,
        Detail(
            title=found.number,
            kind=_("Wave"),
            badge=cells.badge(found.state, words.WAVE),
            sentence=_sentence(found),
            crumbs=(*CRUMBS, Crumb(_("Wave board"), reverse("picking:board", args=[found.warehouse_id])), Crumb(_("Waves"), reverse("picking:waves"))),
            facts=(
                Fact(_("Due by"), moment_word(found.until, zone, clock.now())),
                Fact(_("Service"), service_word(found.service)),
                Fact(_("Orders"), found.orders),
                Fact(_("Picks"), found.picks),
                Fact(_("Pieces"), found.units),
                Fact(_("Standard time"), gettext("%(n)d min") % {"n": found.minutes}),
                *((Fact(_("Picked"), words.METHODS[found.method]),) if found.method != "whole" else ()),
                Fact(_("Released"), found.at),
                *((Fact(_("Taken back"), found.undone_at), Fact(_("Why it was taken back"), found.note)) if found.undone_at else ()),
            ),
            sections=tuple(sections),
            timeline=timeline(subject=Ref("picking.wave", wave_id), scope=actor.scope),
            actions=(*_possible(found, actor), *printing_of(actor, Ref("picking.wave", wave_id))),
            template="picking/batch.html",
        ),
    )


def _sentence(found: WaveInfo) -> str:
    if found.state == "taken_back":
        return gettext("All of it was taken back.")
    counted = (
        (found.waiting, ngettext("%(n)d waits for a walk", "%(n)d wait for a walk", found.waiting)),
        (found.planned, ngettext("%(n)d on a planned walk", "%(n)d on planned walks", found.planned)),
        (found.walking, ngettext("%(n)d under way", "%(n)d under way", found.walking)),
        (found.picked, ngettext("%(n)d picked", "%(n)d picked", found.picked)),
        (found.taken_back, ngettext("%(n)d taken back", "%(n)d taken back", found.taken_back)),
    )
    said = ", ".join(text % {"n": n} for n, text in counted if n)
    return ngettext("%(n)d order: %(said)s.", "%(n)d orders: %(said)s.", found.orders) % {"n": found.orders, "said": said}


def _reasons(found: WaveInfo) -> Facts:
    limits = ngettext("%(n)d order", "%(n)d orders", found.max_orders) % {"n": found.max_orders}
    if found.max_minutes is not None:
        limits += ", " + gettext("%(n)d min") % {"n": found.max_minutes}
    return Facts(
        _("Why these orders"),
        (
            *(
                (Fact(_("Released by itself, to keep workable"), found.reasons["keep_workable"]), Fact(_("Workable before"), found.reasons["workable_before"]))
                if "keep_workable" in found.reasons
                else ()
            ),
            Fact(_("Order of release"), _("priority, then the nearest ship-by; none overtakes another")),
            Fact(_("Orders considered"), found.reasons["considered"]),
            Fact(_("Limits"), limits),
            Fact(_("Left for later by the limits"), found.reasons["left"]),
            Fact(_("Not in a pickable bin"), len(found.reasons["refused"])),
            Fact(_("Metres a pick, expected"), found.reasons["metres_per_line"]),
        ),
    )


def _stayed(actor: Actor, found: WaveInfo) -> list[dict[str, Any]]:
    """What was passed over, with the reason of that moment; waves of the first days kept it as a sentence."""
    refused = found.reasons["refused"][:_STAYED]
    named = {fo.fulfillment_order_id: fo for fo in orders.fulfillment_orders(actor.scope, [r["fulfillment_order_id"] for r in refused])}
    return [
        {"order_id": fo.order_id, "number": fo.number, "reason": r.get("reason") or why_not(r["code"], r["data"])}
        for r in refused
        if (fo := named.get(r["fulfillment_order_id"])) is not None
    ]


def _possible(found: WaveInfo, actor: Actor) -> tuple[Action, ...]:
    """What can be done with a wave now."""
    shown: list[Action] = []
    if found.waiting:
        hidden = {"wave": found.wave_id}
        form = plan_form(actor, found.warehouse_id)
        shown.append(Action(_("Plan its walks"), reverse("picking:plan"), form=form, hidden=hidden, tone="primary", icon="picking"))
    begun = _("It was taken back before.") if found.undone_at else "" if found.not_begun else _("All its orders are on walks or picked.")
    shown.append(Action(_("Take back"), reverse("picking:undo-wave", args=[found.wave_id]), form=UndoWaveForm(), icon="undo", blocked=begun))
    return tuple(shown)


@action("release", form=UndoWaveForm)
def undo_wave(p: Posted, wave_id: int) -> Done:
    """What of a wave has not begun is taken back."""
    done = services.undo_wave(key=p.key, actor=p.actor, wave_id=wave_id, note=p.data["note"])
    said = ngettext("%(n)d order taken back.", "%(n)d orders taken back.", done.orders) % {"n": done.orders}
    if done.kept:
        said += " " + ngettext("%(n)d had begun and stays.", "%(n)d had begun and stay.", done.kept) % {"n": done.kept}
    if done.others:
        said += " " + ngettext("%(n)d of another release waits for the next plan.", "%(n)d of other releases wait for the next plan.", done.others) % {
            "n": done.others
        }
    return Done(said)
