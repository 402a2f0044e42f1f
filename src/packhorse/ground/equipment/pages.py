"""Pages of equipment, under the settings: what stands where, whether it answers, what was sent to it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core import clock
from packhorse.core.actors import Actor, Scope
from packhorse.core.documents import SmallLabel, small_labels_pdf
from packhorse.core.jobs import defer
from packhorse.core.lists import ListQuery
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, Undo, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.cells import Badge
from packhorse.core.web.detail import Crumb, Detail, Fact, Table, detail
from packhorse.core.web.forms import form_page
from packhorse.core.web.lists import Button, Choice, Column, Empty, Flag, ListPage
from packhorse.core.words import said
from packhorse.ground.equipment import boxes, selectors, services
from packhorse.ground.equipment.forms import EquipmentForm
from packhorse.ground.equipment.types import BROWSER, EquipmentInfo, NewEquipment
from packhorse.ground.equipment.words import KINDS, PROTOCOLS, SENDING, WHATS
from packhorse.ground.files.services import store
from packhorse.ground.warehouse import selectors as warehouses

SETTINGS = Crumb(_("Settings"), "/settings/")
EQUIPMENT = Crumb(_("Equipment"), "/settings/equipment/")
TEST = "^XA^CI28^FO40,40^A0N,40,40^FDPackhorse^FS^FO40,100^BY2^BCN,80,Y^FDTEST-0123456789^FS^XZ\n"

equipment_list = ListPage(
    name="equipment.equipment",
    title=_("Equipment"),
    permission="see_settings",
    rows=selectors.equipment_page,
    columns=(
        Column("name", _("Name"), cells.link("name", "equipment:device", "id"), sort="name"),
        Column("kind", _("Kind"), lambda e: cells.show(KINDS[e.kind])),
        Column("warehouse", _("Warehouse"), narrow=False),
        Column("station", _("Bench"), lambda e: cells.show(e.station or _("every bench"))),
        Column("protocol", _("Protocol"), lambda e: cells.show(PROTOCOLS[e.protocol]), narrow=False),
        Column("address", _("Address"), narrow=False),
    ),
    filters=(
        Choice("kind", _("Kind"), tuple(KINDS.items())),
        Choice("warehouse", _("Warehouse"), lambda scope: [(str(pk), name) for pk, name in warehouses.warehouse_choices(scope)]),
        Flag("archived", _("Archived")),
    ),
    buttons=(Button(_("New device"), "equipment:new", "manage_settings", icon="plus"),),
    search=_("Name or bench"),
    empty=Empty(_("No equipment"), _("Scales, printers and box machines of the benches stand here."), "print"),
)


def _choices(scope: Scope) -> dict[str, Any]:
    places = warehouses.locations(scope, ListQuery(filters={"kind": ("station",)}, limit=500)).rows
    codes = dict(warehouses.warehouse_choices(scope))
    devices = selectors.equipment_page(scope, ListQuery(limit=500)).rows
    return {
        "warehouses": list(codes.items()),
        "stations": [(p.id, f"{p.code} · {codes.get(p.warehouse_id or 0, '')}") for p in places],
        "neighbours": [(e.id, f"{e.name} · {e.warehouse}") for e in devices],
    }


def _of_request(request: HttpRequest) -> dict[str, Any]:
    return _choices(actor_of(request).scope)


@form_page(EquipmentForm, title=_("New device"), permission="manage_settings", submit=_("Save"), crumbs=(SETTINGS, EQUIPMENT), form_kwargs=_of_request)
def new(p: Posted) -> Done:
    """A device is set up."""
    made = services.save_equipment(key=p.key, actor=p.actor, new=NewEquipment(**p.data))
    return Done(_("The device is saved."), to=reverse("equipment:device", args=[made.id]))


def _first(request: HttpRequest, equipment_id: int) -> dict[str, Any]:
    found = selectors.equipment(actor_of(request).scope, equipment_id)
    return {name: getattr(found, name) for name in EquipmentForm.base_fields}


@form_page(
    EquipmentForm, title=_("Change the device"), permission="manage_settings", submit=_("Save"), crumbs=(SETTINGS, EQUIPMENT), form_kwargs=_of_request, initial=_first
)  # fmt: skip
def change(p: Posted, equipment_id: int) -> Done:
    """A device is changed."""
    services.save_equipment(key=p.key, actor=p.actor, new=NewEquipment(**p.data), equipment_id=equipment_id)
    return Done(_("The device is saved."), to=reverse("equipment:device", args=[equipment_id]))


_SENT = (
    Column("what", _("What"), lambda s: cells.show(WHATS.get(s.what, s.what))),
    Column("state", _("State"), cells.state("state", SENDING)),
    Column("queued_at", _("Asked for")),
    Column("sent_to", _("Taken by"), narrow=False),
    Column("error", _("What went wrong"), lambda s: cells.show(said(s.error)), narrow=False),
)


@page("see_settings")
def device(request: HttpRequest, equipment_id: int) -> HttpResponse:
    """One device."""
    actor = actor_of(request)
    found = selectors.equipment(actor.scope, equipment_id)
    sent = selectors.sendings(actor.scope, ListQuery(limit=20), equipment_id=equipment_id).rows
    return detail(
        request,
        Detail(
            title=found.name,
            kind=KINDS[found.kind],
            badge=Badge(_("Archived"), "off") if found.archived else Badge(_("In use"), "good"),
            crumbs=(SETTINGS, EQUIPMENT),
            facts=(
                Fact(_("Warehouse"), found.warehouse),
                Fact(_("Bench"), found.station or _("every bench")),
                Fact(_("Protocol"), PROTOCOLS[found.protocol]),
                Fact(_("Address"), found.address),
                Fact(_("Neighbour"), found.neighbour),
            ),
            sections=() if found.kind == "scale" else (Table(_("Sent"), _SENT, sent, empty=_("Nothing was sent to it yet.")),),
            timeline=timeline(subject=Ref("equipment.equipment", equipment_id), scope=actor.scope),
            actions=_possible(found, actor, failed=[s.id for s in sent if s.state == "failed"]),
        ),
    )


def _possible(found: EquipmentInfo, actor: Actor, failed: list[int]) -> tuple[Action, ...]:
    if not actor.may("manage_settings"):
        return ()
    archive = Action(
        _("Use again") if found.archived else _("Archive"),
        reverse("equipment:archive", args=[found.id]), icon="box", hidden={"archived": "" if found.archived else "1"},
    )  # fmt: skip
    test = Action(_("Try it"), reverse("equipment:try", args=[found.id]), tone="primary", icon="play")
    if found.address == BROWSER:
        test = Action(_("Try it"), "", blocked=_("It is plugged into the bench's computer: try it when weighing there."))
    form = EquipmentForm(initial={name: getattr(found, name) for name in EquipmentForm.base_fields}, **_choices(actor.scope))
    change_it = Action(_("Change"), reverse("equipment:change", args=[found.id]), form=form, icon="edit")
    again = tuple(Action(_("Send again"), reverse("equipment:again", args=[pk]), icon="refresh") for pk in failed[:1])
    return (test, *again, change_it, archive)


@action("manage_settings")
def archive(p: Posted, equipment_id: int) -> Done:
    """Out of use, or back."""
    archived = p.request.POST.get("archived") == "1"
    services.archive_equipment(key=p.key, actor=p.actor, equipment_id=equipment_id, archived=archived)
    undo = Undo(reverse("equipment:archive", args=[equipment_id]), {"archived": "" if archived else "1"})
    return Done(_("The device is archived.") if archived else _("The device is in use again."), undo=undo)


@action("manage_settings")
def try_it(p: Posted, equipment_id: int) -> Done:
    """A scale says its weight; a printer prints a test label; a box machine is asked for a small box."""
    found = selectors.equipment(p.actor.scope, equipment_id)
    if found.kind == "scale":
        return Done(gettext("It says %(weight)s g.") % {"weight": selectors.weigh(found).weight_g})
    services.send_test(key=p.key, actor=p.actor, equipment_id=equipment_id, **_test(found))
    defer("equipment.send")
    return Done(_("A test is on its way; see below whether it was taken."))


def _test(device: EquipmentInfo) -> dict[str, Any]:
    """What is sent to a device to see whether it answers: a label, a page, or a small box."""
    if device.kind == "boxes":
        wanted = boxes.BoxWanted(id="test", order="TEST", length_mm=200, width_mm=150, height_mm=100, weight_g=0)
        return {"payload": boxes.line(wanted, device.protocol)}
    if device.kind == "paper":
        page = small_labels_pdf([SmallLabel(code="TEST-0123456789", title="Packhorse")], clock.now().date())
        return {"file_id": store(page, "application/pdf", "test")}
    return {"payload": TEST}


@action("pack")
def again(p: Posted, sending_id: int) -> Done:
    """A sending that failed is tried anew."""
    services.send_again(key=p.key, actor=p.actor, sending_id=sending_id)
    defer("equipment.send")
    return Done(_("It is sent again."))


@page("pack")
def weight(request: HttpRequest, equipment_id: int) -> HttpResponse:
    """What a scale on the network says now, for the page that waits for it."""
    found = selectors.equipment(actor_of(request).scope, equipment_id)
    reading = selectors.weigh(found, seconds=1.0)
    return JsonResponse({"weight_g": reading.weight_g, "stable": reading.stable})
