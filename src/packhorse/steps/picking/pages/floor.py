"""The floor map: stock by heat, what is to be done, and the pickers where they scanned last, asked for anew every few seconds."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core import clock
from packhorse.core.actors import Actor
from packhorse.core.errors import NotFound
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, names_of
from packhorse.core.web.lists import Column
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.ground.warehouse.plan import Picture, standing
from packhorse.ground.warehouse.types import FloorPlan
from packhorse.steps.inventory import selectors as inventory
from packhorse.steps.picking import floor_map, selectors
from packhorse.steps.picking.types import Walker


@page("see_stock")
def floors(request: HttpRequest) -> HttpResponse:
    """To the map of the first warehouse that has a floor."""
    actor = actor_of(request)
    places = warehouses.all_warehouses(actor.scope)
    if not places:
        raise NotFound(kind="warehouse", ref="")
    first = next((w for w in places if warehouses.layout(actor.scope, w.id) is not None), places[0])
    return redirect("picking:floor", first.id)


def _cells(actor: Actor, warehouse_id: int, level: int | None) -> dict[tuple[int, int], floor_map.At]:
    since = clock.now() - dt.timedelta(days=floor_map.DAYS)
    return floor_map.gathered(
        inventory.stock_by_cell(actor.scope, warehouse_id, level),
        inventory.work_by_cell(actor.scope, warehouse_id),
        selectors.picks_by_cell(actor.scope, warehouse_id, since=since),
    )


def _walkers(actor: Actor, warehouse_id: int) -> list[tuple[Walker, str]]:
    found = selectors.walkers(actor.scope, warehouse_id)
    names = names_of({f"user:{w.picker_id}" for w in found if w.picker_id}, actor.scope)
    return [(w, names.get(f"user:{w.picker_id}", "") or gettext("Somebody")) for w in found]


def _live(actor: Actor, warehouse_id: int, picture: Picture, cells: dict[tuple[int, int], floor_map.At]) -> dict[str, Any]:
    """What moves: the upper layer, and the table of those who walk."""
    walkers = _walkers(actor, warehouse_id)
    layer = floor_map.live_layer(picture, cells, walkers)
    called = selectors.lead_calls(actor.scope, warehouse_id)
    who = {f"user:{w.picker_id}": name for w, name in walkers}
    calls = [(c, who.get(f"user:{c.picker_id}", gettext("Somebody"))) for c in called]
    sentence = floor_map.said(cells, len(walkers))
    return {"layer": picture.svg((layer,), said=sentence), "walkers": walkers, "calls": calls, "sentence": sentence, "warehouse_id": warehouse_id}


def _links(request: HttpRequest, warehouse_id: int, floor: FloorPlan, heat: str, level: int | None) -> dict[str, Any]:
    """The ways to look: by what, on which level, at which warehouse: (label, address, whether this is it)."""
    here = reverse("picking:floor", args=[warehouse_id])
    names = {"stock": _("How full"), "picks": _("Picks of a week")}
    own = "" if level is None else f"&level={level + 1}"
    places = warehouses.all_warehouses(actor_of(request).scope)
    return {
        "tabs": [(names[by], f"{here}?heat={by}{own}", by == heat) for by in floor_map.HEATS],
        "levels": [(_("All levels"), f"{here}?heat={heat}", level is None)]
        + [(str(n + 1), f"{here}?heat={heat}&level={n + 1}", level == n) for n in range(min(floor.levels, 12))],
        "warehouses": [(w.name, reverse("picking:floor", args=[w.id]), w.id == warehouse_id) for w in places] if len(places) > 1 else [],
    }


def _asked(request: HttpRequest, floor: FloorPlan) -> tuple[str, int | None]:
    heat, level = request.GET.get("heat", ""), request.GET.get("level", "")
    on = int(level) - 1 if level.isascii() and level.isdigit() and len(level) < 4 else None
    return heat if heat in floor_map.HEATS else floor_map.HEATS[0], on if on is not None and 0 <= on < floor.levels else None


def _aisles(warehouse_id: int) -> tuple[Column, ...]:
    places = reverse("warehouse:locations")
    return (
        Column("name", _("Aisle"), lambda a: format_html('<a href="{}?warehouse={}&amp;q={}-">{}</a>', places, warehouse_id, a.name, a.name)),
        Column("bins", _("Bins"), align="end"),
        Column("filled", _("Filled"), align="end"),
        Column("units", _("Units"), align="end"),
        Column("litres", _("Litres"), align="end", narrow=False),
        Column("picked", _("Picks of a week"), align="end"),
        Column("picks", _("To pick"), align="end"),
        Column("put_aways", _("To put away"), align="end", narrow=False),
        Column("counts", _("To count"), align="end", narrow=False),
    )


@page("see_stock")
def floor(request: HttpRequest, warehouse_id: int) -> HttpResponse:
    """The map of one warehouse."""
    actor = actor_of(request)
    place = warehouses.warehouse(actor.scope, warehouse_id)
    plan = warehouses.layout(actor.scope, warehouse_id)
    context: dict[str, Any] = {
        "title": gettext("Floor of %(warehouse)s") % {"warehouse": place.name},
        "crumbs": (Crumb(_("Picking"), reverse("picking:list")),),
    }
    if plan is None:
        design = reverse("warehouse:design", args=[warehouse_id]) if actor.may("manage_settings") else ""
        return render(request, "picking/no_floor.html", context | {"design": design})
    heat, level = _asked(request, plan)
    cells = _cells(actor, warehouse_id, level)
    picture = Picture(plan, standing(actor.scope, warehouse_id), warehouses.zones(actor.scope, warehouse_id))
    aisles = {a: floor_map.Aisle(a) for a in range(plan.aisles)}
    for (aisle, _cell), at in sorted(cells.items()):
        if aisle in aisles:
            aisles[aisle].cells.append(at)
    drawn = picture.svg((picture.zoned(), floor_map.heat_layer(picture, cells, heat), picture.standing()), said=floor_map.said(cells, 0))
    table = {"title": _("The floor in figures"), "columns": _aisles(warehouse_id), "rows": list(aisles.values())}
    return render(
        request,
        "picking/floor.html",
        context
        | _links(request, warehouse_id, plan, heat, level)
        | _live(actor, warehouse_id, picture, cells)
        | {"drawn": drawn, "section": table, "heat": heat, "steps": range(floor_map.STEPS + 1), "live_url": reverse("picking:floor-live", args=[warehouse_id])},
    )


@page("see_stock")
def live(request: HttpRequest, warehouse_id: int) -> HttpResponse:
    """What moves on the map, as it is now."""
    actor = actor_of(request)
    plan = warehouses.layout(actor.scope, warehouse_id)
    if plan is None:
        raise NotFound(kind="floor", ref=str(warehouse_id))
    picture = Picture(plan, standing(actor.scope, warehouse_id), warehouses.zones(actor.scope, warehouse_id))
    since = clock.now() - dt.timedelta(days=floor_map.DAYS)
    work = inventory.work_by_cell(actor.scope, warehouse_id)
    cells = floor_map.gathered([], work, selectors.picks_by_cell(actor.scope, warehouse_id, since=since))
    return render(request, "picking/_live.html", _live(actor, warehouse_id, picture, cells) | {"again": True})
