"""Replenishment seen from the desk: what goes where, and the pick faces with their minimum and maximum."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.actors import Actor
from packhorse.core.errors import Invalid
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Fact, Table, detail, names_of
from packhorse.core.web.forms import form_page
from packhorse.core.web.lists import Button, Choice, Column, Empty, ListPage
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.inventory import selectors, services, states
from packhorse.steps.inventory.pages import words
from packhorse.steps.inventory.pages.forms import FoundForm, PickFacesForm, ReasonForm, RelocateForm, WarehouseForm
from packhorse.steps.inventory.pages.stock import MOVES
from packhorse.steps.inventory.types import NewPickFace, RelocationInfo

relocations = ListPage(
    name="inventory.relocations",
    title=_("Replenishment"),
    permission="see_stock",
    rows=selectors.relocations,
    columns=(
        Column("id", _("Task"), cells.link("id", "inventory:relocation")),
        Column("state", _("State"), cells.state("state", words.TASK)),
        Column("sku", _("Item"), cells.link("sku", "inventory:item", "item_id")),
        Column("lot", _("Lot"), narrow=False),
        Column("open", _("Units"), align="end"),
        Column("source", _("From")),
        Column("target", _("To")),
        Column("reason", _("Why"), lambda r: cells.show(words.RELOCATED[r.reason])),
        Column("deadline", _("By")),
        Column("created_at", _("Since"), narrow=False),
    ),
    filters=(
        Choice("state", _("State"), (("open", _("Open")), *((s, words.TASK[s].word) for s in states.TASK))),
        Choice("reason", _("Why"), tuple(words.RELOCATED.items())),
    ),
    tabs=((_("Open"), "state=open"), (_("All"), "")),
    buttons=(
        Button(_("On the scanner"), "inventory:scan-relocate", "put_away", "normal", "scan"),
        Button(_("Pick faces"), "inventory:pick-faces", "see_stock", "normal"),
        Button(_("Look now"), "inventory:replenish", "put_away", "normal", "refresh"),
    ),
    search=_("SKU or place"),
    empty=Empty(_("Nothing to bring forward"), _("Tasks are made when a pick face reaches its minimum, or orders wait for what lies in reserve."), "check"),
    template=words.TEMPLATE,
    context=words.lists,
)

pick_faces = ListPage(
    name="inventory.pick_faces",
    title=_("Pick faces"),
    permission="see_stock",
    rows=selectors.pick_faces,
    columns=(
        Column("location", _("Bin"), sort="place"),
        Column("sku", _("Item"), cells.link("sku", "inventory:item", "item_id"), sort="sku"),
        Column("item_name", _("Name"), narrow=False),
        Column("minimum", _("Minimum"), align="end"),
        Column("maximum", _("Maximum"), align="end"),
        Column("on_hand", _("There"), align="end"),
        Column("free", _("Free"), align="end"),
        Column("coming", _("On its way"), align="end"),
        Column("reserve", _("In reserve"), align="end"),
    ),
    buttons=(Button(_("Set pick faces"), "inventory:set-pick-faces", "manage_settings", icon="edit"),),
    search=_("SKU or place"),
    empty=Empty(_("No pick faces"), _("An item with a pick face is brought forward from reserve by itself when its minimum is reached.")),
    template=words.TEMPLATE,
    context=words.lists,
)


def _possible(t: RelocationInfo, actor: Actor) -> tuple[Action, ...]:
    made = []
    if t.done_at is None and actor.may("put_away"):
        mine = t.state == "claimed" and t.worker == actor.principal
        brought = RelocateForm(initial={"source": t.source, "target": t.target, "quantity": t.open})
        made.append(Action(_("Brought"), reverse("inventory:relocate", args=[t.id]), form=brought, tone="primary", icon="check"))
        if mine:
            made.append(Action(_("Not there"), reverse("inventory:relocate-short", args=[t.id]), form=FoundForm(), icon="alert"))
        else:
            made.append(Action(_("Take in hand"), reverse("inventory:claim-relocation", args=[t.id]), icon="play"))
    if t.done_at is None and actor.may("adjust_stock"):
        made.append(Action(_("Cancel"), reverse("inventory:cancel-relocation", args=[t.id]), form=ReasonForm(), tone="danger", icon="stop"))
    return tuple(made)


@page("see_stock")
def relocation(request: HttpRequest, relocation_id: int) -> HttpResponseBase:
    """A relocation: what goes where, why and by when."""
    actor = actor_of(request)
    t = selectors.relocation(actor.scope, relocation_id)
    shown = Detail(
        title=str(t.id),
        kind=_("Relocation"),
        badge=words.TASK[t.state],
        sentence=gettext("%(open)d × %(sku)s from %(source)s to %(target)s.") % {"open": t.open, "sku": t.sku, "source": t.source, "target": t.target},
        crumbs=(Crumb(_("Replenishment"), reverse("inventory:relocations")),),
        facts=(
            Fact(_("Item"), t.sku, reverse("inventory:item", args=[t.item_id])),
            Fact(_("Lot"), t.lot),
            Fact(_("Units"), t.quantity),
            Fact(_("Brought"), t.moved),
            Fact(_("From"), t.source),
            Fact(_("To"), t.target),
            Fact(_("Why"), words.RELOCATED[t.reason]),
            Fact(_("By"), t.deadline),
            Fact(_("In the hands of"), names_of({t.worker} - {""}, actor.scope).get(t.worker, "")),
            Fact(_("Because of"), words.cause(t.cause)),
        ),
        actions=_possible(t, actor),
        sections=(
            Table(
                _("Moves"),
                MOVES,
                words.with_names(selectors.moves(actor.scope, cause=Ref("inventory.relocation", t.id)), actor.scope),
                _("Nothing was brought yet."),
            ),
        ),
        timeline=timeline(subject=Ref("inventory.relocation", t.id), scope=actor.scope),
    )
    return detail(request, shown)


@action("put_away")
def claim(p: Posted, relocation_id: int) -> Done:
    """Take a relocation in hand."""
    services.claim_relocation(key=p.key, actor=p.actor, relocation_id=relocation_id)
    return Done(_("It is yours."))


@action("put_away", form=RelocateForm)
def relocate(p: Posted, relocation_id: int) -> Done:
    """The goods lie in their new place."""
    t = selectors.relocation(p.actor.scope, relocation_id)
    source, target = (warehouses.location_by_code(p.actor.scope, t.warehouse_id, p.data[name]) for name in ("source", "target"))
    left = services.relocate(key=p.key, actor=p.actor, relocation_id=relocation_id, source_id=source.id, target_id=target.id, quantity=p.data["quantity"])
    return Done(ngettext("Brought; %d unit is left.", "Brought; %d units are left.", left) % left if left else _("Brought."))


@action("put_away", form=FoundForm)
def short(p: Posted, relocation_id: int) -> Done:
    """Less was there."""
    services.relocate_short(key=p.key, actor=p.actor, relocation_id=relocation_id, found=p.data["found"])
    return Done(_("The place will be counted."))


@action("adjust_stock", form=ReasonForm)
def cancel(p: Posted, relocation_id: int) -> Done:
    """The goods stay."""
    services.cancel_relocation(key=p.key, actor=p.actor, relocation_id=relocation_id, reason=p.data["reason"])
    return Done(_("Cancelled."))


_CRUMBS: Final = (Crumb(_("Replenishment"), "/inventory/relocations/"),)


@form_page(
    WarehouseForm,
    title=_("Look at the pick faces now"),
    permission="put_away",
    submit=_("Look now"),
    intro=_("Those that reached their minimum are filled up from reserve. The house looks by itself every five minutes."),
    crumbs=_CRUMBS,
    form_kwargs=lambda request: {"scope": actor_of(request).scope},
)
def replenish(p: Posted) -> Done:
    """Raise what the pick faces of a warehouse need."""
    warehouse_id = p.data["warehouse"]
    made = services.replenish(key=p.key, actor=p.actor, warehouse_id=warehouse_id, today=warehouses.today(p.actor.scope, warehouse_id))
    said = ngettext("%d task was made.", "%d tasks were made.", len(made)) % len(made) if made else _("No pick face needs anything that lies in reserve.")
    return Done(said, to=reverse("inventory:relocations") + "?state=open")


@form_page(
    PickFacesForm,
    title=_("Set pick faces"),
    permission="manage_settings",
    submit=_("Set"),
    intro=_("At its minimum a pick face is filled up to its maximum from reserve: bins that are not picked from, and pallets."),
    crumbs=(*_CRUMBS, Crumb(_("Pick faces"), "/inventory/pick-faces/")),
    form_kwargs=lambda request: {"scope": actor_of(request).scope},
)
def set_pick_faces(p: Posted) -> Done:
    """Pick faces of a client's items are set, changed, taken away."""
    d = p.data
    items = catalog.items_by_sku(p.actor.scope, d["client"], [sku for sku, *_rest in d["lines"]])
    bins = warehouses.locations_by_code(p.actor.scope, d["warehouse"], {code for _sku, code, *_rest in d["lines"]})
    for sku, code, *_figures in d["lines"]:
        if sku not in items:
            raise Invalid(field="lines", reason=gettext("%s is not an item of this client") % sku)
        if code not in bins:
            raise Invalid(field="lines", reason=gettext("%s is no place of this warehouse") % code)
    faces = [NewPickFace(items[sku].id, bins[code].id, least, most) for sku, code, least, most in d["lines"]]
    n = services.set_pick_faces(key=p.key, actor=p.actor, warehouse_id=d["warehouse"], faces=faces)
    return Done(ngettext("%d pick face set.", "%d pick faces set.", n) % n, to=reverse("inventory:pick-faces"))


def scan(request: HttpRequest) -> HttpResponseBase:
    """To the scanner's flow."""
    return redirect("scan-start", "inventory.relocate")
