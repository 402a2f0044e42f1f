"""The wave board: what must leave when, how far it is, whether it fits; a wave released, and how the warehouse picks."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core import clock
from packhorse.core.actors import Actor
from packhorse.core.errors import NotFound
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, Undo, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb
from packhorse.core.words import in_words
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.ground.warehouse.types import WarehouseInfo
from packhorse.steps.picking import drawing, pace, selectors, services, words
from packhorse.steps.picking.pages.forms import PolicyForm, WaveForm
from packhorse.steps.picking.pages.release import released_words
from packhorse.steps.picking.types import Amount, Board, CutOffRow, Outlook, Policy

CRUMBS: Final = (Crumb(_("Picking"), "/picking/"),)


def service_word(service: str) -> str:
    """A service as it stands on a page; all of them where none is named."""
    return capfirst(in_words(service)) if service else gettext("All services")


def moment_word(moment: dt.datetime, zone: ZoneInfo, now: dt.datetime) -> str:
    """When a cut-off is, in the warehouse's time: today 18:00, tomorrow 18:00, Wed 4 Mar 18:00."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    time = f"{local:%H:%M}"
    if local.date() == today:
        return gettext("Today %(time)s") % {"time": time}
    if local.date() == today + dt.timedelta(days=1):
        return gettext("Tomorrow %(time)s") % {"time": time}
    return f"{formats.date_format(local, 'D j M')} {time}"


def _links(place: WarehouseInfo, row: CutOffRow, zone: ZoneInfo) -> dict[str, str]:
    """Where the rows behind each number are."""
    of = f"warehouse={place.id}&service={row.service}"
    due = f"&due={row.until.astimezone(zone).date().isoformat()}" if row.until else "&late=1"
    orders_url = reverse("orders:list")
    return {
        "held": f"{orders_url}?held=1&{of}",
        "backordered": f"{orders_url}?stage=backordered&{of}",
        "workable": f"{reverse('picking:releasable')}?{of}{due}",
        "waiting": f"{reverse('picking:waiting')}?{of}{due}",
        "planned": f"{reverse('picking:list')}?state=planned&warehouse={place.id}",
        "walking": f"{reverse('picking:list')}?state=picking&warehouse={place.id}",
        "picked": f"{orders_url}?stage=picked&{of}",
        "packed": f"{orders_url}?stage=packed&{of}",
        "gone": f"{orders_url}?stage=shipped&stage=delivered&{of}",
    }


def _fits(row: CutOffRow, seen: Outlook, zone: ZoneInfo, now: dt.datetime) -> tuple[str, str]:
    """Whether the open work of a cut-off fits, in words, and its tone."""
    open_orders = row.amount("workable", *pace.RELEASED).orders
    if not open_orders:
        return gettext("Nothing is left to pick."), "good"
    needed = ngettext("%(n)d min of picking", "%(n)d min of picking", seen.released + seen.workable) % {"n": seen.released + seen.workable}
    if seen.deadline is None:
        return gettext("%(needed)s, all of it late.") % {"needed": needed}, "bad"
    able = gettext("%(needed)s, %(before)d min before it; the floor can do %(can)d until %(time)s") % {
        "needed": needed,
        "before": seen.before,
        "can": seen.can,
        "time": moment_word(seen.deadline, zone, now),
    }
    if not seen.misses:
        return gettext("%(able)s: all fit.") % {"able": able}, "good"
    missed = ngettext("%(able)s: %(n)d order does not make it", "%(able)s: %(n)d orders do not make it", seen.misses) % {"able": able, "n": seen.misses}
    if seen.more_pickers:
        more = ngettext("with %(n)d more picker all do", "with %(n)d more pickers all do", seen.more_pickers) % {"n": seen.more_pickers}
        return f"{missed}; {more}.", "bad"
    return f"{missed}.", "bad"


def _until(row: CutOffRow, today: dt.datetime) -> dt.datetime:
    """What a wave for this row asks for: due by its cut-off; what is overdue: due before today."""
    return row.until or today - dt.timedelta(microseconds=1)


def _card(found: Board, n: int, zone: ZoneInfo, now: dt.datetime, today: dt.datetime, actor: Actor) -> dict[str, Any]:
    rows, place, row, seen = found.rows, found.place, found.rows[n], found.seen[n]
    links = _links(place, row, zone)
    all_ = row.amount(*words.STEPS)
    through = row.amount("picked", "packed", "gone")
    upto = sum((r.amount("workable") for r in rows[: n + 1] if r.service == row.service), Amount())
    title = gettext("Overdue") if row.until is None else moment_word(row.until, zone, now)
    said, tone = _fits(row, seen, zone, now)
    actions = []
    if actor.may("release"):
        first = {"max_orders": min(upto.orders, services.MOST) or None, "max_minutes": seen.room or None}
        hidden = {"until": _until(row, today).isoformat(), "service": row.service}
        blocked = "" if upto.orders else gettext("Nothing of it may go to the floor now.")
        label = ngettext("Release %(n)d order", "Release %(n)d orders", upto.orders) % {"n": upto.orders} if upto.orders else gettext("Release")
        form = WaveForm(initial=first, auto_id=f"wave-{n}-%s", earlier=upto.orders - row.amount("workable").orders)
        actions.append(Action(label, reverse("picking:release-wave", args=[place.id]), form=form, hidden=hidden, tone="primary", icon="right", blocked=blocked))
    return {
        "title": title,
        "service": service_word(row.service),
        "relative": row.until,
        "said": said,
        "tone": tone,
        "progress": cells.show_progress(through.orders, all_.orders),
        "bar": drawing.steps_svg(
            [(step, row.amount(step).orders) for step in words.STEPS],
            gettext("%(done)d of %(all)d orders are picked") % {"done": through.orders, "all": all_.orders},
        ),
        "steps": [(step, words.STEPS[step], row.amount(step), links[step]) for step in words.STEPS if row.amount(step).orders],
        "load": (min(seen.needed, seen.can), seen.can) if seen.can else None,
        "room": seen.room if seen.deadline else None,
        "actions": actions,
    }


def _sentence(found: Board, zone: ZoneInfo, now: dt.datetime) -> str:
    """The board in a sentence: what needs a person first."""
    late = sum(r.amount("workable", *pace.RELEASED).orders for r in found.rows if r.until is None)
    missing = [(r, o.misses) for r, o in zip(found.rows, found.seen, strict=True) if r.until is not None and o.misses]
    said = []
    if late:
        said.append(ngettext("%(n)d order is late already", "%(n)d orders are late already", late) % {"n": late})
    if missing:
        row, n = missing[0]
        assert row.until is not None, "those that are due"
        when = moment_word(row.until, zone, now)
        said.append(ngettext("%(n)d order does not make %(when)s", "%(n)d orders do not make %(when)s", n) % {"n": n, "when": when})
    elif any(r.amount("workable", *pace.RELEASED).orders for r in found.rows if r.until):
        said.append(gettext("everything due fits"))
    else:
        said.append(gettext("nothing is left to pick"))
    return f"{capfirst('; '.join(said))}."


@page("release")
def boards(request: HttpRequest) -> HttpResponse:
    """The board of the first warehouse that the reader sees."""
    found = warehouses.all_warehouses(actor_of(request).scope)
    if not found:
        raise NotFound(kind="warehouse", ref=gettext("none yet"))
    return redirect("picking:board", found[0].id)


@page("release")
def board(request: HttpRequest, warehouse_id: int) -> HttpResponse:
    """The cut-offs of a warehouse."""
    actor = actor_of(request)
    now = clock.now()
    found = selectors.board(actor.scope, warehouse_id, now)
    zone = ZoneInfo(found.place.time_zone)
    today = selectors.day_begins(actor.scope, warehouse_id, now)
    others = warehouses.all_warehouses(actor.scope)
    setting = Action(_("How it picks"), reverse("picking:set-policy", args=[warehouse_id]), form=PolicyForm(initial=asdict(found.policy)), icon="gear")
    context = {
        "title": gettext("Wave board"),
        "crumbs": CRUMBS,
        "sentence": _sentence(found, zone, now),
        "basis": _basis(found.policy, found.metres),
        "cards": [_card(found, n, zone, now, today, actor) for n in range(len(found.rows))],
        "means": reverse("picking:means", args=[warehouse_id]),
        "actions": [setting] if actor.may("manage_settings") else [],
        "warehouse": found.place,
        "warehouses": others if len(others) > 1 else [],
    }
    return render(request, "picking/board.html", context)


def _basis(policy: Policy, metres: float | None) -> str:
    """What the minutes are made of."""
    if policy.lines_per_hour is not None:
        return gettext("Counted with %(n)d lines an hour for the whole floor.") % {"n": policy.lines_per_hour}
    walked = (
        gettext("%(m)s m of walking a pick, as on the last walks") % {"m": formats.number_format(metres, 1)}
        if metres
        else gettext("no walking yet: it is added once walks were planned")
    )
    people = ngettext("%(n)d picker", "%(n)d pickers", policy.pickers) % {"n": policy.pickers}
    return gettext("Counted with %(people)s, %(order)d s an order, %(line)d s a pick, %(unit)d s a piece, %(walked)s.") % {
        "people": people,
        "order": policy.order_s,
        "line": policy.line_s,
        "unit": policy.unit_s,
        "walked": walked,
    }


@action("release", form=WaveForm)
def release_wave(p: Posted, warehouse_id: int) -> Done:
    """Release a cut-off's orders within limits."""
    until = _parsed(p.request.POST.get("until", ""))
    made = services.release_wave(
        key=p.key,
        actor=p.actor,
        warehouse_id=warehouse_id,
        until=until,
        service=p.request.POST.get("service", ""),
        max_orders=p.data["max_orders"],
        max_minutes=p.data["max_minutes"],
        method=p.data["method"] or None,
        today=warehouses.today(p.actor.scope, warehouse_id),
    )
    said = released_words(made.orders, made.refused)
    return Done(said, to=reverse("picking:wave", args=[made.wave_id]), undo=Undo(reverse("picking:undo-wave", args=[made.wave_id])))


def _parsed(text: str) -> dt.datetime:
    """A moment in ISO 8601.

    Raises: NotFound.
    """
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        raise NotFound(kind="cut-off", ref=text) from None


@action("manage_settings", form=PolicyForm)
def set_policy(p: Posted, warehouse_id: int) -> Done:
    """How a warehouse picks."""
    services.set_picking_policy(key=p.key, actor=p.actor, warehouse_id=warehouse_id, policy=Policy(**p.data))
    return Done(_("Set."))
