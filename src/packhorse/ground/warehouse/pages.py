"""The pages of warehouses: the list, one with its floor, its places."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from packhorse.core.actors import EVERYTHING, Actor, Scope
from packhorse.core.errors import PackhorseError
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, Undo, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Drawn, Fact, Piece, Section, Table, detail
from packhorse.core.web.forms import form_page
from packhorse.core.web.lists import BulkAction, Button, Choice, Column, Empty, Flag, ListPage
from packhorse.core.web.panels import documents_section
from packhorse.ground.warehouse import plan, selectors, services
from packhorse.ground.warehouse.designing import aisle_letters, by_kind, numbered, places, planned
from packhorse.ground.warehouse.errors import FloorTooSmall
from packhorse.ground.warehouse.forms import (
    DAYS,
    KINDS,
    LEVELS,
    CutOffForm,
    FloorForm,
    ImportForm,
    LocationForm,
    WallForm,
    WarehouseChangeForm,
    WarehouseForm,
    ZonesForm,
    zones_said,
)
from packhorse.ground.warehouse.types import STATIONS, Address, CutOffInfo, LocationInfo, NewFloor, NewLocation, WarehouseInfo

SETTINGS = Crumb(gettext_lazy("Settings"), reverse_lazy("settings"))
WAREHOUSES = Crumb(gettext_lazy("Warehouses"), reverse_lazy("warehouse:warehouses"))
PLACES = Crumb(gettext_lazy("Places"), reverse_lazy("warehouse:locations"))
SERVICES = {"standard": gettext_lazy("Standard"), "express": gettext_lazy("Express"), "same_day": gettext_lazy("Same day")}

warehouses = ListPage(
    name="warehouse.warehouses",
    title=gettext_lazy("Warehouses"),
    permission="see_stock",
    rows=selectors.warehouses,
    columns=(
        Column("code", gettext_lazy("Code"), cells.link("code", "warehouse:warehouse", "id"), sort="code"),
        Column("name", gettext_lazy("Name"), sort="name"),
        Column("address.city", gettext_lazy("City")),
        Column("address.country", gettext_lazy("Country"), narrow=False),
        Column("time_zone", gettext_lazy("Time zone"), narrow=False),
    ),
    filters=(Flag("archived", gettext_lazy("Archived")),),
    buttons=(Button(gettext_lazy("New warehouse"), "warehouse:new-warehouse", "manage_settings", icon="plus"),),
    empty=Empty(gettext_lazy("No warehouse"), gettext_lazy("Everything begins with a place that goods can lie in."), "warehouse"),
)


def _address(data: dict[str, Any]) -> Address:
    return Address(data["address_name"], data["line"], data["city"], data["region"], data["postal_code"], data["country"])


def _asked(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": data["name"],
        "address": _address(data),
        "time_zone": data["time_zone"],
        "level": data["level"],
        "workdays": tuple(int(day) for day in data["workdays"]),
    }


@form_page(WarehouseForm, title=gettext_lazy("New warehouse"), permission="manage_settings", submit=gettext_lazy("Create"), crumbs=(SETTINGS, WAREHOUSES))
def new_warehouse(p: Posted) -> Done:
    made = services.create_warehouse(key=p.key, actor=p.actor, code=p.data["code"], **_asked(p.data))
    return Done(_("The warehouse is there. Lay out its floor next."), to=reverse("warehouse:warehouse", args=[made.id]))


def _change_form(found: WarehouseInfo) -> WarehouseChangeForm:
    a = found.address
    address = {"address_name": a.name, "line": a.line, "city": a.city, "region": a.region, "postal_code": a.postal_code, "country": a.country}
    first = {"name": found.name, "level": found.level, "time_zone": found.time_zone, "workdays": [str(d) for d in found.workdays]}
    return WarehouseChangeForm(initial=first | address)


def _actions(found: WarehouseInfo, actor: Actor, cut_offs: list[CutOffInfo]) -> tuple[Action, ...]:
    if not actor.may("manage_settings"):
        return ()

    def to(name: str) -> str:
        return reverse(f"warehouse:{name}", args=[found.id])

    return (
        Action(_("Cut-offs"), to("cut-offs"), form=CutOffForm(initial={c.service: c.at for c in cut_offs}), icon="clock"),
        Action(_("Add a place"), to("add-location"), form=LocationForm(auto_id="place-%s"), icon="plus"),
        Action(_("Put wall"), to("set-wall"), form=WallForm(auto_id="wall-%s"), icon="plus"),
        Action(_("Change"), to("change"), form=_change_form(found), icon="edit"),
    )


@page("see_stock")
def warehouse(request: HttpRequest, warehouse_id: int) -> HttpResponse:
    actor = actor_of(request)
    found = selectors.warehouse(actor.scope, warehouse_id)
    floor, cut_offs = selectors.layout(actor.scope, warehouse_id), selectors.cut_offs(actor.scope, warehouse_id)
    sections: list[Section] = []
    can_design = actor.may("manage_settings")
    zones = selectors.zones(actor.scope, warehouse_id)
    if floor or can_design:
        drawn = plan.draw(floor, plan.standing(actor.scope, warehouse_id), zones=zones) if floor else ""
        sections.append(
            Piece(
                _("Floor"),
                "warehouse/_floor.html",
                {"drawn": drawn, "said": plan.said(floor) if floor else "", "warehouse_id": warehouse_id, "can_design": can_design},
            )
        )
    columns = (
        Column("service", gettext_lazy("Service"), lambda row: cells.show(SERVICES.get(row.service, row.service))),
        Column("at", gettext_lazy("Orders in before")),
    )
    if zones:
        sections.append(Table(_("Zones"), ZONES, zones))
    if walls := selectors.walls(actor.scope, warehouse_id):
        sections.append(Table(_("Put walls"), WALLS, walls))
    sections.append(Table(_("Cut-offs"), columns, cut_offs, empty=_("No cut-off: orders leave the next working day.")))
    a = found.address
    days = dict(DAYS)
    return detail(
        request,
        Detail(
            title=found.name,
            kind=_("Warehouse"),
            crumbs=(SETTINGS, WAREHOUSES),
            facts=(
                Fact(_("Code"), found.code),
                Fact(_("Places"), _("Show"), f"{reverse('warehouse:locations')}?warehouse={warehouse_id}"),
                Fact(_("Floor"), dict(LEVELS)[found.level]),
                Fact(_("Address"), ", ".join(filter(None, (a.name, a.line, a.city, a.region, a.postal_code, a.country)))),
                Fact(_("Time zone"), found.time_zone),
                Fact(_("Working days"), ", ".join(str(days[str(d)]) for d in found.workdays)),
            ),
            sections=tuple(sections),
            timeline=timeline(subject=Ref("warehouse.warehouse", warehouse_id), scope=actor.scope),
            actions=_actions(found, actor, cut_offs),
        ),
    )


@action("manage_settings", form=WarehouseChangeForm)
def change(p: Posted, warehouse_id: int) -> Done:
    services.change_warehouse(key=p.key, actor=p.actor, warehouse_id=warehouse_id, **_asked(p.data))
    return Done(_("Changed."))


OUTCOMES = {"made": gettext_lazy("Made"), "changed": gettext_lazy("Changed"), "same": gettext_lazy("The same"), "refused": gettext_lazy("Refused")}
ZONES = (
    Column("code", gettext_lazy("Zone")),
    Column("aisles", gettext_lazy("Aisles"), lambda z: cells.show(" ".join(map(aisle_letters, z.aisles)) or "–")),
    Column("places", gettext_lazy("Single places"), align="end"),
    Column("hand_over", gettext_lazy("Totes are handed over at"), lambda z: cells.show(z.hand_over or "–")),
)
WALLS = (
    Column("code", gettext_lazy("Put wall"), cells.link("code", "warehouse:location", "id")),
    Column("slots", gettext_lazy("Slots"), lambda w: cells.show(w.takes), align="end"),
)
LINES = (
    Column("line", gettext_lazy("Line"), align="end"),
    Column("code", gettext_lazy("Code")),
    Column("outcome", gettext_lazy("What became of it"), lambda a: cells.show(OUTCOMES[a.outcome])),
    Column("reason", gettext_lazy("Why")),
)


def _as_it_is(request: HttpRequest, warehouse_id: int) -> dict[str, Any]:
    """The designer's first values: the floor as it stands; of docks, carts and the like none beyond those that are there."""
    actor = actor_of(request)
    selectors.warehouse(actor.scope, warehouse_id)
    floor = selectors.layout(actor.scope, warehouse_id)
    if floor is None:
        return {}
    return {k: v for k, v in asdict(floor).items() if k in FloorForm.base_fields} | numbered(selectors.codes(actor.scope, warehouse_id))


@form_page(
    FloorForm,
    title=gettext_lazy("Design the floor"),
    permission="manage_settings",
    submit=gettext_lazy("Lay it out"),
    initial=_as_it_is,
    crumbs=(SETTINGS, WAREHOUSES),
    template="warehouse/design.html",
)
def design(p: Posted, warehouse_id: int) -> Done:
    made = services.lay_out(key=p.key, actor=p.actor, warehouse_id=warehouse_id, floor=NewFloor(**p.data)).made
    words = ", ".join(f"{count} × {KINDS[kind]}" for kind, count in made.items())
    said = _("Laid out: %(places)s") % {"places": words} if made else _("The floor is changed; no new places.")
    return Done(said, to=reverse("warehouse:warehouse", args=[warehouse_id]))


def _zones_now(request: HttpRequest, warehouse_id: int) -> dict[str, Any]:
    return {"zones": zones_said(selectors.zones(actor_of(request).scope, warehouse_id))}


@form_page(
    ZonesForm,
    title=gettext_lazy("Zones of the floor"),
    permission="manage_settings",
    submit=gettext_lazy("Set"),
    intro=gettext_lazy("Somebody picks in each. A place that is in another zone than its aisle is named in a file of places, in the column zone."),
    initial=_zones_now,
    crumbs=(SETTINGS, WAREHOUSES),
)
def set_zones(p: Posted, warehouse_id: int) -> Done:
    n = len(services.set_zones(key=p.key, actor=p.actor, warehouse_id=warehouse_id, zones=p.data["zones"]))
    return Done(
        ngettext("%d zone is set.", "%d zones are set.", n) % n if n else _("The floor has no zones."), to=reverse("warehouse:warehouse", args=[warehouse_id])
    )


@action("manage_settings", form=WallForm)
def set_wall(p: Posted, warehouse_id: int) -> Done:
    made = services.set_wall(key=p.key, actor=p.actor, warehouse_id=warehouse_id, code=p.data["code"], slots=p.data["slots"])
    return Done(ngettext("%(code)s has %(n)d slot.", "%(code)s has %(n)d slots.", made.takes) % {"code": made.code, "n": made.takes})


@form_page(
    ImportForm,
    title=gettext_lazy("Places from a file"),
    permission="manage_settings",
    submit=gettext_lazy("Read it"),
    intro=gettext_lazy(
        "Every line makes a place, changes one, or is refused with its reason; nothing is taken away. Read again, a file changes nothing twice."
    ),
    crumbs=(SETTINGS, WAREHOUSES),
)
def import_places(p: Posted, warehouse_id: int) -> HttpResponse:
    found = selectors.warehouse(p.actor.scope, warehouse_id)
    told = services.import_file(key=p.key, actor=p.actor, warehouse_id=warehouse_id, content=p.data["file"].read(), check_only=p.data["check_only"])
    shown = [a for a in told if a.outcome == "refused"] + [a for a in told if a.outcome in ("made", "changed")]
    context = {
        "title": _("Places from a file"),
        "crumbs": (SETTINGS, WAREHOUSES, Crumb(found.name, reverse("warehouse:warehouse", args=[warehouse_id]))),
        "checked": p.data["check_only"],
        "counts": [(word, sum(a.outcome == name for a in told)) for name, word in OUTCOMES.items()],
        "lines": len(told),
        "section": Table(_("Lines"), LINES, shown[:1000]),
        "more": max(0, len(shown) - 1000),
    }
    return render(p.request, "warehouse/imported.html", context)


@page("manage_settings")
def preview(request: HttpRequest, warehouse_id: int) -> HttpResponse:
    """The floor that the designer's form describes: drawn, with what laying it out would make, or what is wrong with it. Nothing changes."""
    actor = actor_of(request)
    selectors.warehouse(actor.scope, warehouse_id)
    form = FloorForm(request.GET or _as_it_is(request, warehouse_id) or {name: field.initial for name, field in FloorForm.base_fields.items()})
    if not form.is_valid():
        wrong = [f"{form.fields[name].label}: {' '.join(map(str, why))}" for name, why in form.errors.items()]
        return render(request, "warehouse/_preview.html", {"wrong": wrong})
    wanted = NewFloor(**form.cleaned_data)
    try:
        floor = planned(warehouse_id, wanted)
        if lost := selectors.outside(actor.scope, warehouse_id, wanted):
            raise FloorTooSmall(place=lost.code, location_id=lost.id)
    except PackhorseError as refusal:
        return render(request, "warehouse/_preview.html", {"wrong": [refusal.message], "remedy": refusal.remedy, "link": refusal.link})
    all_of_it = places(wanted)
    there = selectors.codes(actor.scope, warehouse_id)
    new = by_kind([p.kind for p in all_of_it if p.code not in there])
    known = {s.code: s for s in plan.standing(actor.scope, warehouse_id)}
    standing = known | {p.code: plan.Standing(p.code, p.kind) for p in all_of_it if p.kind in STATIONS and p.code not in known}
    context = {
        "drawn": plan.draw(floor, sorted(standing.values(), key=lambda s: (STATIONS.index(s.kind), s.code))),
        "said": plan.said(floor),
        "makes": [(KINDS[kind], count) for kind, count in new.items()],
        "wide": round(floor.aisles * floor.aisle_pitch_m, 1),
        "deep": round(floor.length_m, 1),
        "bins": floor.aisles * floor.cells * floor.levels,
    }
    return render(request, "warehouse/_preview.html", context)


@action("manage_settings", form=LocationForm)
def add_location(p: Posted, warehouse_id: int) -> Done:
    place = NewLocation(p.data["code"], p.data["kind"], pickable=p.data["kind"] == "bin")
    (made,) = services.add_locations(key=p.key, actor=p.actor, warehouse_id=warehouse_id, locations=[place])
    return Done(_("%(code)s is there.") % {"code": made.code})


@action("manage_settings", form=CutOffForm)
def set_cut_offs(p: Posted, warehouse_id: int) -> Done:
    wanted = [CutOffInfo(service, at) for service, at in p.data.items() if at is not None]
    others = [c for c in selectors.cut_offs(p.actor.scope, warehouse_id) if c.service not in p.data]
    services.set_cut_offs(key=p.key, actor=p.actor, warehouse_id=warehouse_id, cut_offs=[*wanted, *others])
    return Done(_("The cut-offs are set."))


def _warehouse_filter(scope: Scope) -> list[tuple[str, Any]]:
    return [(str(pk), label) for pk, label in selectors.warehouse_choices(scope)]


locations = ListPage(
    name="warehouse.locations",
    title=gettext_lazy("Places"),
    permission="see_stock",
    rows=selectors.locations,
    columns=(
        Column("code", gettext_lazy("Code"), cells.link("code", "warehouse:location", "id"), sort="code"),
        Column("kind", gettext_lazy("Kind"), lambda row: cells.show(KINDS[row.kind])),
        Column("pickable", gettext_lazy("Picked from")),
    ),
    filters=(
        Choice("warehouse", gettext_lazy("Warehouse"), _warehouse_filter),
        Choice("kind", gettext_lazy("Kind"), tuple(KINDS.items())),
        Flag("pickable", gettext_lazy("Picked from")),
    ),
    actions=(
        BulkAction(gettext_lazy("Labels (PDF)"), "equipment:place-labels", icon="print"),
        BulkAction(gettext_lazy("Labels to the printer"), "equipment:print-place-labels", "put_away", icon="label"),
        BulkAction(gettext_lazy("SSCC labels (PDF)"), "equipment:unit-labels", icon="print"),
        BulkAction(gettext_lazy("SSCC labels to the printer"), "equipment:print-unit-labels", "put_away", icon="label"),
    ),
    empty=Empty(gettext_lazy("No places"), gettext_lazy("Lay out a warehouse's floor first."), "pin"),
    search=gettext_lazy("Code"),
)


@page("see_stock")
def location(request: HttpRequest, location_id: int) -> HttpResponse:
    actor = actor_of(request)
    found = selectors.location(actor.scope, location_id)
    parent = selectors.location(EVERYTHING, found.parent_id) if found.parent_id else None
    floor = selectors.layout(actor.scope, found.warehouse_id) if found.warehouse_id else None
    sections: list[Section] = []
    if floor and found.aisle is not None and found.cell is not None:
        sections.append(Drawn(_("Where it is"), (plan.draw(floor, marks={(found.aisle, found.cell): plan.Mark("marked", found.code)}),)))
    elif floor and found.x_m is not None:
        sections.append(Drawn(_("Where it is"), (plan.draw(floor, [plan.Standing(found.code, found.kind, found.x_m, found.y_m)]),)))
    if units := selectors.units_in(actor.scope, location_id):
        columns = (Column("code", gettext_lazy("Code"), cells.link("code", "warehouse:location", "id")), Column("kind", gettext_lazy("Kind")))
        sections.append(Table(_("Units that stand here"), columns, units))
    sections += documents_section(actor.scope, Ref(f"warehouse.{found.kind}", location_id))
    return detail(
        request,
        Detail(
            title=found.code,
            kind=KINDS.get(found.kind, found.kind),
            crumbs=(PLACES,),
            facts=(
                Fact(_("Warehouse"), _name(found), reverse("warehouse:warehouse", args=[found.warehouse_id]) if found.warehouse_id else ""),
                Fact(_("Picked from"), found.pickable),
                Fact(_("Stands in"), parent.code if parent else None, reverse("warehouse:location", args=[parent.id]) if parent else ""),
            ),
            sections=tuple(sections),
            timeline=timeline(subject=Ref("warehouse.location", location_id), scope=actor.scope),
            actions=_location_actions(found, actor),
        ),
    )


def _name(found: LocationInfo) -> str:
    return selectors.warehouse(EVERYTHING, found.warehouse_id).name if found.warehouse_id else _("None")


def _location_actions(found: LocationInfo, actor: Actor) -> tuple[Action, ...]:
    if found.kind != "bin" or not actor.may("manage_settings"):
        return ()
    label = _("Stop picking from here") if found.pickable else _("Pick from here")
    return (Action(label, reverse("warehouse:set-pickable", args=[found.id]), hidden={"pickable": "" if found.pickable else "1"}),)


@action("manage_settings")
def set_pickable(p: Posted, location_id: int) -> Done:
    pickable = p.request.POST.get("pickable") == "1"
    services.set_pickable(key=p.key, actor=p.actor, location_id=location_id, pickable=pickable)
    undo = Undo(reverse("warehouse:set-pickable", args=[location_id]), {"pickable": "" if pickable else "1"})
    return Done(_("Orders are picked from here.") if pickable else _("Nothing more is picked from here."), undo=undo)
