"""Packaging material: what there is, what is to be ordered, what goes into parcels by rule; how items and clients' parcels are packed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core.actors import Actor
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.money import Money
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.cells import Badge
from packhorse.core.web.detail import Crumb, Detail, Fact, Table, detail, names_of
from packhorse.core.web.forms import form_page
from packhorse.core.web.lists import Button, Choice, Column, Empty, Flag, ListPage
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.files.services import store
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.packing import selectors, services, words
from packhorse.steps.packing.pages.bench import warehouse_filter
from packhorse.steps.packing.pages.forms import CountedForm, MaterialForm, PolicyForm, ProcedureForm, ReceivedForm, ReorderForm, RuleForm
from packhorse.steps.packing.policy import PackPolicy
from packhorse.steps.packing.types import MARKS, MaterialInfo, NewMaterial, NewMaterialRule

PACKING = Crumb(_("Packing"), "/packing/")
MATERIALS = Crumb(_("Packaging material"), "/packing/materials/")
PROCEDURES = Crumb(_("How items are packed"), "/packing/procedures/")
LOW = Badge(_("Order it"), "warn")
_PHOTOS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
_MOST_BYTES = 5_000_000


def amount(m: Any) -> str:
    """A quantity of a material with its unit."""
    return f"{m.quantity:,} {words.UNITS[m.unit]}".replace(",", "\u202f")


materials = ListPage(
    name="packing.materials",
    title=_("Packaging material"),
    permission="see_stock",
    rows=selectors.material_page,
    columns=(
        Column("code", _("Material"), lambda m: format_html('<a class="code" href="{}">{}</a> {}', reverse("packing:material", args=[m.id]), m.code, m.name)),
        Column("kind", _("Kind"), lambda m: cells.show(words.MATERIALS[m.kind]), narrow=False),
        Column("warehouse", _("Warehouse"), lambda m: cells.show(m.warehouse)),
        Column("quantity", _("There"), lambda m: cells.show(amount(m)), align="end", plain=lambda m: m.quantity),
        Column("reorder_at", _("Order at"), lambda m: cells.show(m.reorder_at) if m.reorder_to else cells.NOTHING, align="end", narrow=False),
        Column("days_left", _("Lasts (days)"), lambda m: cells.show(m.days_left), align="end"),
        Column("is_low", _("State"), lambda m: cells.show(LOW) if m.is_low else cells.NOTHING),
    ),
    filters=(
        Flag("low", _("To be ordered")),
        Choice("kind", _("Kind"), tuple(words.MATERIALS.items())),
        Choice("warehouse", _("Warehouse"), warehouse_filter),
        Flag("archived", _("Archived")),
    ),
    buttons=(
        Button(_("New material"), "packing:new-material", "manage_catalog", "primary", "plus"),
        Button(_("Count boxes"), "packing:count-boxes", "manage_catalog", "normal", "box"),
        Button(_("Which box sizes"), "packing:advice", "manage_catalog", "normal", "chart"),
        Button(_("How items are packed"), "packing:procedures", "see_stock", "normal", "file"),
        Button(_("Per client"), "packing:policies", "see_settings", "normal", "people"),
    ),
    search=_("Code or name"),
    empty=Empty(_("No material is counted"), _("Start with the boxes of the catalogue; fill, tape and inserts follow."), "box"),
)


def _clients(request: HttpRequest) -> dict[str, Any]:
    return {"clients": catalog.client_choices(actor_of(request).scope)}


@form_page(MaterialForm, title=_("New material"), permission="manage_catalog", submit=_("Save"), crumbs=(PACKING, MATERIALS), form_kwargs=_clients)
def new_material(p: Posted) -> Done:
    """A material is kept under its code."""
    made = services.save_material(key=p.key, actor=p.actor, new=NewMaterial(**p.data))
    return Done(_("The material is saved. Say what came of it, and what goes into parcels."), to=reverse("packing:material", args=[made]))


@page("manage_catalog")
def count_boxes_page(request: HttpRequest) -> HttpResponse:
    """Asks first: from then on each sealed parcel takes a box off the stock."""
    there = Action(_("Count every box from now on"), reverse("packing:start-counting"), tone="primary", icon="box")
    sentence = _("Each box of the catalogue becomes a material: what came is written down, each sealed parcel takes one, and it says when to order.")
    return detail(request, Detail(title=gettext("Count boxes"), sentence=sentence, crumbs=(PACKING, MATERIALS), actions=(there,)))


@action("manage_catalog")
def start_counting(p: Posted) -> Done:
    """Boxes become materials."""
    made = services.count_boxes(key=p.key, actor=p.actor)
    return Done(gettext("%(n)d boxes are counted from now on.") % {"n": made}, to=reverse("packing:materials"))


_STOCKS = (
    Column("warehouse", _("Warehouse")),
    Column("quantity", _("There"), lambda m: cells.show(amount(m)), align="end"),
    Column("reorder_at", _("Order at"), align="end"),
    Column("reorder_to", _("Order up to"), align="end", narrow=False),
    Column("used_in_28_days", _("Used in 28 days"), align="end", narrow=False),
    Column("days_left", _("Lasts (days)"), lambda m: cells.show(m.days_left), align="end"),
    Column("is_low", _("State"), lambda m: cells.show(LOW) if m.is_low else cells.NOTHING),
)
_RULES = (
    Column("quantity", _("How much"), align="end"),
    Column("per", _("Per"), lambda r: cells.show(words.PER[r.per])),
    Column("only", _("In which parcels"), lambda r: cells.show(words.ONLY[r.only])),
    Column("client", _("Of whom"), lambda r: cells.show(r.client or _("every client"))),
)


@page("see_stock")
def material(request: HttpRequest, material_id: int) -> HttpResponse:
    """One material: how much there is, what it is used for, what came and went."""
    actor = actor_of(request)
    stocks = selectors.material(actor.scope, material_id)
    found, rules = stocks[0], selectors.rules(actor.scope, material_id)
    moves = selectors.material_moves(actor.scope, material_id)
    names = names_of({m.by for m in moves}, actor.scope)
    history = (
        Column("at", _("When")),
        Column("why", _("What"), lambda m: cells.show(words.MOVES[m.why])),
        Column("quantity", _("How much"), lambda m: cells.show(f"{m.quantity:+,}"), align="end"),
        Column("warehouse", _("Warehouse"), narrow=False),
        Column("by", _("By"), lambda m: cells.show(names[m.by]), narrow=False),
        Column("note", _("Note"), narrow=False),
    )
    return detail(
        request,
        Detail(
            title=found.name,
            kind=words.MATERIALS[found.kind],
            badge=Badge(_("Archived"), "off") if found.archived else (LOW if any(m.is_low for m in stocks) else Badge(_("In use"), "good")),
            crumbs=(PACKING, MATERIALS),
            facts=(
                Fact(_("Code"), found.code),
                Fact(_("Cost of one"), f"{found.cost.normalize():f} {found.currency}"),
                Fact(_("Counted in"), words.UNITS[found.unit]),
                Fact(_("Only for"), catalog.client(actor.scope, found.client_id).name if found.client_id else _("every client")),
            ),
            sections=(
                Table(_("What there is"), _STOCKS, [m for m in stocks if m.warehouse_id], empty=_("Nothing came yet.")),
                *(() if found.box_id else (Table(_("What goes into parcels"), _RULES, rules, empty=_("No rule: none of it is used by itself.")),)),
                Table(_("What came and went"), history, moves, empty=_("Nothing yet.")),
            ),
            timeline=timeline(subject=Ref("packing.material", material_id), scope=actor.scope),
            actions=_possible(found, [(r.id, r.per) for r in rules], actor),
        ),
    )


def _possible(found: MaterialInfo, rules: list[tuple[int, str]], actor: Actor) -> tuple[Action, ...]:
    choices = warehouses.warehouse_choices(actor.scope)

    def to(name: str) -> str:
        return reverse(f"packing:{name}", args=[found.id])

    possible: list[Action] = []
    if actor.may("pack") and not found.archived:
        possible += [
            Action(_("Some came"), to("received"), form=ReceivedForm(warehouses=choices), tone="primary", icon="plus"),
            Action(_("Count"), to("counted"), form=CountedForm(warehouses=choices), icon="count"),
        ]
    if actor.may("manage_catalog"):
        if not found.archived:
            first = {"warehouse_id": found.warehouse_id, "reorder_at": found.reorder_at, "reorder_to": found.reorder_to}
            possible.append(Action(_("When to order"), to("reorder"), form=ReorderForm(initial=first, warehouses=choices), icon="refresh"))
        if not found.archived and not found.box_id:
            possible.append(Action(_("Rule"), to("rule"), form=RuleForm(clients=catalog.client_choices(actor.scope)), icon="file"))
            possible += [
                Action(_("End the rule: %(per)s") % {"per": words.PER[per]}, reverse("packing:end-rule", args=[pk]), icon="cross") for pk, per in rules
            ]
        archived = "" if found.archived else "1"
        possible.append(Action(_("Use again") if found.archived else _("Archive"), to("archive-material"), icon="box", hidden={"archived": archived}))
    return tuple(possible)


@action("pack", form=ReceivedForm)
def received(p: Posted, material_id: int) -> Done:
    """Some came."""
    now = services.receive_material(key=p.key, actor=p.actor, material_id=material_id, **p.data)
    return Done(gettext("%(n)d there now.") % {"n": now})


@action("pack", form=CountedForm)
def counted(p: Posted, material_id: int) -> Done:
    """It was counted."""
    off = services.count_material(key=p.key, actor=p.actor, material_id=material_id, **p.data)
    return Done(gettext("The books were off by %(n)+d.") % {"n": off} if off else _("The books were right."))


@action("manage_catalog", form=ReorderForm)
def reorder(p: Posted, material_id: int) -> Done:
    """When to order."""
    services.set_reorder(key=p.key, actor=p.actor, material_id=material_id, **p.data)
    return Done(_("It says so when it is time."))


@action("manage_catalog", form=RuleForm)
def rule(p: Posted, material_id: int) -> Done:
    """What goes into parcels."""
    services.save_rule(key=p.key, actor=p.actor, new=NewMaterialRule(material_id=material_id, **p.data))
    return Done(_("It goes into parcels from now on."))


@action("manage_catalog")
def end_rule(p: Posted, rule_id: int) -> Done:
    """A rule no longer holds."""
    material_id = services.end_rule(key=p.key, actor=p.actor, rule_id=rule_id)
    return Done(_("The rule has ended."), to=reverse("packing:material", args=[material_id]))


@action("manage_catalog")
def archive_material(p: Posted, material_id: int) -> Done:
    """No longer used, or used again."""
    archived = p.request.POST.get("archived") == "1"
    services.archive_material(key=p.key, actor=p.actor, material_id=material_id, archived=archived)
    return Done(_("The material is archived.") if archived else _("The material is in use again."))


procedures = ListPage(
    name="packing.procedures",
    title=_("How items are packed"),
    permission="see_stock",
    rows=selectors.procedure_page,
    columns=(
        Column("sku", _("Item"), lambda i: format_html('<a class="code" href="{}?sku={}&amp;client_id={}">{}</a> {}', reverse("packing:procedure"), i.sku, i.client_id, i.sku, i.name),
               sort="sku"),
        Column("steps", _("Steps")),
        Column("marks", _("Marks"), lambda i: cells.show(", ".join(str(MARKS[m]) for m in i.marks))),
        Column("photo", _("Photo"), lambda i: format_html('<a href="{}">{}</a>', reverse("files:file", args=[i.photo_id]), _("Show")) if i.photo_id else cells.NOTHING, narrow=False),
        Column("changed_at", _("Changed"), narrow=False),
    ),
    filters=(Choice("mark", _("Mark"), tuple(MARKS.items())),),
    buttons=(Button(_("Say how an item is packed"), "packing:procedure", "manage_catalog", "primary", "plus"),),
    search=_("SKU"),
    empty=Empty(_("No item says how it is packed"), _("Steps, a photo and handling marks, shown at the bench and printed on the label."), "file"),
)  # fmt: skip


def _known(request: HttpRequest) -> dict[str, Any]:
    """What is kept of the item that the address names."""
    client, sku = request.GET.get("client_id", ""), request.GET.get("sku", "")
    if not (client.isascii() and client.isdigit() and len(client) < 19):
        return {}
    items = catalog.items_by_sku(actor_of(request).scope, int(client), [sku])
    found = selectors.procedures(actor_of(request).scope, [i.id for i in items.values()])
    return next(({"steps": p.steps, "marks": list(p.marks)} for p in found.values()), {})


@form_page(
    ProcedureForm, title=_("How an item is packed"), permission="manage_catalog", submit=_("Save"), crumbs=(PACKING, PROCEDURES), form_kwargs=_clients, initial=_known
)  # fmt: skip
def procedure(p: Posted) -> Done:
    """Steps, marks and a photo."""
    item = catalog.items_by_sku(p.actor.scope, p.data["client_id"], [p.data["sku"].strip()]).get(p.data["sku"].strip())
    if item is None:
        raise Invalid(field="sku", reason=gettext("this client has no such item"))
    photo_id = None
    if p.data["photo"]:
        data = p.data["photo"].read(_MOST_BYTES + 1)
        media_type = next((kind for magic, kind in _PHOTOS.items() if data.startswith(magic)), None)
        if media_type is None or len(data) > _MOST_BYTES:
            raise Invalid(field="photo", reason=gettext("a JPEG or PNG up to 5 MB"))
        photo_id = store(data, media_type, "procedure", client_id=item.client_id)
    services.save_procedure(key=p.key, actor=p.actor, item_id=item.id, steps=p.data["steps"], marks=p.data["marks"], photo_id=photo_id)
    return Done(_("It is shown at the bench from now on."), to=reverse("packing:procedures"))


policies = ListPage(
    name="packing.policies",
    title=_("How clients’ goods are packed"),
    permission="see_settings",
    rows=catalog.clients,
    columns=(
        Column("code", _("Client"), lambda c: format_html('<a href="{}">{}</a>', reverse("packing:policy", args=[c.id]), c.name)),
        Column("code_", _("Code"), lambda c: cells.show(c.code), narrow=False),
    ),
    search=_("Code or name"),
    empty=Empty(_("No clients"), "", "people"),
)


def _policy(request: HttpRequest, client_id: int) -> dict[str, Any]:
    found = selectors.pack_policy(actor_of(request).scope, client_id)
    return asdict(found)


@form_page(
    PolicyForm, title=_("How a client’s goods are packed"), permission="manage_settings", submit=_("Save"),
    crumbs=(PACKING, MATERIALS, Crumb(_("Per client"), "/packing/policies/")), initial=_policy,
)  # fmt: skip
def policy(p: Posted, client_id: int) -> Done:
    """Eco choice and tolerance of weight."""
    if not p.actor.scope.sees_client(client_id):
        raise NotFound(kind="client", ref=str(client_id))
    services.set_policy(key=p.key, actor=p.actor, client_id=client_id, policy=PackPolicy(**p.data))
    return Done(_("From the next parcel on."), to=reverse("packing:policies"))


USED = (
    Column("name", _("Material"), lambda u: format_html('<span class="code">{}</span> {}', u.code, u.name)),
    Column("quantity", _("Used"), lambda u: cells.show(amount(u)), align="end"),
    Column("cost_minor", _("Cost"), lambda u: cells.show(Money(u.cost_minor, u.currency)), align="end"),
)
