"""The pages of the catalogue: items, clients, boxes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy, pgettext, pgettext_lazy

from packhorse.core.actors import Actor, Scope
from packhorse.core.money import Money
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, Undo, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Fact, Table, detail
from packhorse.core.web.forms import form_page
from packhorse.core.web.lists import Button, Choice, Column, Empty, Flag, ListPage
from packhorse.core.words import in_words
from packhorse.ground.catalog import selectors, services
from packhorse.ground.catalog.errors import NotSaved
from packhorse.ground.catalog.forms import SOURCES, TRACKING, BarcodeForm, BoxForm, ClientChangeForm, ClientForm, ComponentsForm, ItemChangeForm, ItemForm
from packhorse.ground.catalog.types import BoxInfo, ComponentInfo, ItemInfo, NewBarcode, NewBox, NewItem, Refused

SETTINGS = Crumb(gettext_lazy("Settings"), reverse_lazy("settings"))
ITEMS = Crumb(gettext_lazy("Items"), reverse_lazy("catalog:items"))
CLIENTS = Crumb(gettext_lazy("Clients"), reverse_lazy("catalog:clients"))
BOXES = Crumb(gettext_lazy("Boxes"), reverse_lazy("catalog:boxes"))
ARCHIVED = cells.Badge(gettext_lazy("Archived"), "off")
IN_USE = cells.Badge(gettext_lazy("In use"), "good")


def _first(answers: list[Any]) -> Any:
    """The one answer of a list of one.   Raises: NotSaved."""
    if isinstance(answers[0], Refused):
        raise NotSaved(reason=answers[0].reason)
    return answers[0]


def _size(row: ItemInfo) -> SafeString:
    return format_html("{} × {} × {} <abbr>mm</abbr>", row.length_mm, row.width_mm, row.height_mm) if row.has_size else cells.NOTHING


def _client_filter(scope: Scope) -> list[tuple[str, Any]]:
    return [(str(pk), label) for pk, label in selectors.client_choices(scope)]


items = ListPage(
    name="catalog.items",
    title=gettext_lazy("Items"),
    permission="see_stock",
    rows=selectors.items,
    columns=(
        Column("sku", gettext_lazy("SKU"), cells.link("sku", "catalog:item", "id"), sort="sku"),
        Column("name", gettext_lazy("Name"), sort="name"),
        Column("client_code", gettext_lazy("Client"), narrow=False),
        Column("size", gettext_lazy("Size"), _size, narrow=False, plain=lambda row: f"{row.length_mm}x{row.width_mm}x{row.height_mm}"),
        Column("weight_g", gettext_lazy("Weight"), lambda row: cells.show_weight(row.weight_g) if row.weight_g else cells.NOTHING, align="end"),
        Column("abc", gettext_lazy("ABC"), narrow=False),
    ),
    filters=(
        Choice("client", gettext_lazy("Client"), _client_filter),
        Choice("tracking", gettext_lazy("Followed by"), tuple(TRACKING.items())),
        Choice("abc", gettext_lazy("ABC"), (("A", "A"), ("B", "B"), ("C", "C"))),
        Choice("size", gettext_lazy("Size and weight"), (("unknown", gettext_lazy("Not known")),)),
        Flag("archived", gettext_lazy("Archived")),
    ),
    buttons=(Button(gettext_lazy("New item"), "catalog:new-item", "manage_catalog", icon="plus"),),
    empty=Empty(gettext_lazy("No items"), gettext_lazy("Import them, or take one in by hand."), "catalog"),
    search=gettext_lazy("SKU, name or barcode"),
)


def _new_item(data: dict[str, Any], sku: str, *codes: tuple[str, int, str]) -> NewItem:
    known = {k: data[k] for k in ("name", "tracking", "length_mm", "width_mm", "height_mm", "weight_g", "fragile", "upright", "price", "cost", "hs_code")}
    source = "measured" if data["measured"] else "typed"
    return NewItem(sku=sku, size_source=source, origin_country=data["origin_country"], barcodes=codes, **known)


@form_page(
    ItemForm,
    title=gettext_lazy("New item"),
    permission="manage_catalog",
    submit=gettext_lazy("Create"),
    crumbs=(ITEMS,),
    form_kwargs=lambda request: {"scope": actor_of(request).scope},
)
def new_item(p: Posted) -> Done:
    codes = ((p.data["barcode"], 1, "each"),) if p.data["barcode"] else ()
    wanted = _new_item(p.data, p.data["sku"], *codes)
    made = _first(services.upsert_items(key=p.key, actor=p.actor, client_id=p.data["client_id"], items=[wanted]))
    return Done(_("The item is saved."), to=reverse("catalog:item", args=[made.item_id]))


def _item_actions(found: ItemInfo, components: list[ComponentInfo], actor: Actor) -> tuple[Action, ...]:
    if not actor.may("manage_catalog"):
        return ()
    first = {f: getattr(found, f) for f in ItemChangeForm.base_fields if f != "measured"}
    form = ItemChangeForm(initial={**first, "measured": found.size_source == "measured"})
    archive = reverse("catalog:archive-item", args=[found.id])
    made_of = "\n".join(f"{c.sku}, {c.quantity}" for c in components)
    return (
        Action(_("Change"), reverse("catalog:change-item", args=[found.id]), form=form, tone="primary", icon="edit"),
        Action(_("Add a barcode"), reverse("catalog:add-barcode", args=[found.id]), form=BarcodeForm(), icon="scan"),
        Action(_("Make it a kit"), reverse("catalog:set-components", args=[found.id]), form=ComponentsForm(initial={"components": made_of}), icon="box"),
        Action(_("Use again") if found.archived else _("Archive"), archive, icon="box", hidden={"archived": "" if found.archived else "1"}),
    )


_COMPONENTS = (
    Column("sku", gettext_lazy("Item"), cells.link("sku", "catalog:item", "item_id")),
    Column("name", gettext_lazy("Name"), narrow=False),
    Column("quantity", gettext_lazy("Units"), align="end"),
)


@page("see_stock")
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    actor = actor_of(request)
    found = selectors.item(actor.scope, item_id)
    components = selectors.components_of(actor.scope, [item_id]).get(item_id, [])
    price = [Fact(_("Price"), f"{found.price.normalize():f} {found.currency}"), Fact(_("Cost"), f"{found.cost.normalize():f} {found.currency}")]
    flags = [str(word) for word, on in ((_("fragile"), found.fragile), (_("this side up"), found.upright)) if on]
    codes = Table(
        _("Barcodes"),
        (
            Column("code", gettext_lazy("Code")),
            Column("quantity", gettext_lazy("Stands for"), cells.quantity("quantity", gettext_lazy("units")), align="end"),
            Column("level", gettext_lazy("Level"), lambda b: cells.show(in_words(b.level))),
        ),
        selectors.barcodes_of(actor.scope, [item_id]).get(item_id, []),
        empty=_("No barcode: it is found by its SKU only."),
    )
    return detail(
        request,
        Detail(
            title=found.sku,
            kind=_("Item"),
            badge=ARCHIVED if found.archived else IN_USE,
            sentence=found.name,
            crumbs=(ITEMS,),
            facts=(
                Fact(_("Client"), found.client_code, reverse("catalog:client", args=[found.client_id])),
                Fact(_("Size"), _size(found)),
                Fact(_("Weight"), cells.show_weight(found.weight_g) if found.weight_g else None),
                Fact(_("Size and weight are"), SOURCES[found.size_source]),
                Fact(_("Followed by"), TRACKING[found.tracking]),
                Fact(_("Handle"), ", ".join(flags)),
                *(price if actor.may("see_money") else []),
                Fact(_("HS code"), found.hs_code),
                Fact(_("Country of origin"), found.origin_country),
                Fact(_("ABC"), found.abc),
            ),
            sections=(Table(_("One kit is made of"), _COMPONENTS, components), codes) if components else (codes,),
            timeline=timeline(subject=Ref("catalog.item", item_id), scope=actor.scope),
            actions=_item_actions(found, components, actor),
        ),
    )


@action("manage_catalog", form=ItemChangeForm)
def change_item(p: Posted, item_id: int) -> Done:
    found = selectors.item(p.actor.scope, item_id)
    _first(services.upsert_items(key=p.key, actor=p.actor, client_id=found.client_id, items=[_new_item(p.data, found.sku)]))
    return Done(_("Changed."))


@action("manage_catalog", form=BarcodeForm)
def add_barcode(p: Posted, item_id: int) -> Done:
    found = selectors.item(p.actor.scope, item_id)
    code = NewBarcode(found.sku, p.data["code"], p.data["quantity"], p.data["level"])
    _first(services.save_barcodes(key=p.key, actor=p.actor, client_id=found.client_id, barcodes=[code]))
    return Done(_("The barcode is saved."))


@action("manage_catalog", form=ComponentsForm)
def set_components(p: Posted, item_id: int) -> Done:
    found = selectors.item(p.actor.scope, item_id)
    known = selectors.items_by_sku(p.actor.scope, found.client_id, [sku for sku, _q in p.data["components"]])
    wanted: dict[int, int] = {}
    for sku, quantity in p.data["components"]:
        if sku not in known:
            raise NotSaved(reason=_("There is no item %s.") % sku)
        wanted[known[sku].id] = wanted.get(known[sku].id, 0) + quantity
    services.set_components(key=p.key, actor=p.actor, item_id=item_id, components=wanted)
    return Done(_("Changed."))


@action("manage_catalog")
def archive_item(p: Posted, item_id: int) -> Done:
    archived = p.request.POST.get("archived") == "1"
    services.archive_item(key=p.key, actor=p.actor, item_id=item_id, archived=archived)
    undo = Undo(reverse("catalog:archive-item", args=[item_id]), {"archived": "" if archived else "1"})
    return Done(_("The item is archived.") if archived else _("The item is in use again."), undo=undo)


clients = ListPage(
    name="catalog.clients",
    title=gettext_lazy("Clients"),
    permission="see_stock",
    rows=selectors.clients,
    columns=(
        Column("code", gettext_lazy("Code"), cells.link("code", "catalog:client", "id"), sort="code"),
        Column("name", gettext_lazy("Name"), sort="name"),
        Column("currency", gettext_lazy("Currency")),
        Column("support_email", gettext_lazy("E-mail for replies"), narrow=False),
    ),
    filters=(Flag("archived", gettext_lazy("Archived")),),
    buttons=(Button(gettext_lazy("New client"), "catalog:new-client", "manage_catalog", icon="plus"),),
    empty=Empty(gettext_lazy("No clients"), gettext_lazy("A client is whose goods they are: your own shop, or each merchant that you ship for."), "catalog"),
)


@form_page(ClientForm, title=gettext_lazy("New client"), permission="manage_catalog", submit=gettext_lazy("Create"), crumbs=(SETTINGS, CLIENTS))
def new_client(p: Posted) -> Done:
    made = services.create_client(key=p.key, actor=p.actor, **p.data)
    return Done(_("The client is there."), to=reverse("catalog:client", args=[made.id]))


@page("see_stock")
def client(request: HttpRequest, client_id: int) -> HttpResponse:
    actor = actor_of(request)
    found = selectors.client(actor.scope, client_id)
    actions: tuple[Action, ...] = ()
    if actor.may("manage_catalog"):
        form = ClientChangeForm(initial={f: getattr(found, f) for f in ClientChangeForm.base_fields})
        archive = reverse("catalog:archive-client", args=[client_id])
        actions = (
            Action(_("Change"), reverse("catalog:change-client", args=[client_id]), form=form, tone="primary", icon="edit"),
            Action(_("Use again") if found.archived else _("Archive"), archive, icon="box", hidden={"archived": "" if found.archived else "1"}),
        )
    return detail(
        request,
        Detail(
            title=found.name,
            kind=_("Client"),
            badge=ARCHIVED if found.archived else IN_USE,
            crumbs=(SETTINGS, CLIENTS),
            facts=(
                Fact(_("Code"), found.code),
                Fact(_("Items"), _("Show"), f"{reverse('catalog:items')}?client={client_id}"),
                Fact(_("Currency"), found.currency),
                Fact(_("Language"), {"en": _("English"), "fr": _("French")}.get(found.language, found.language)),
                Fact(_("E-mail for replies"), found.support_email),
                Fact(_("Shelf life kept (days)"), found.minimum_shelf_days),
                Fact(_("Brand colour"), found.brand_colour),
            ),
            timeline=timeline(subject=Ref("catalog.client", client_id), scope=actor.scope),
            actions=actions,
        ),
    )


@action("manage_catalog", form=ClientChangeForm)
def change_client(p: Posted, client_id: int) -> Done:
    services.change_client(key=p.key, actor=p.actor, client_id=client_id, **p.data)
    return Done(_("Changed."))


@action("manage_catalog")
def archive_client(p: Posted, client_id: int) -> Done:
    archived = p.request.POST.get("archived") == "1"
    services.archive_client(key=p.key, actor=p.actor, client_id=client_id, archived=archived)
    undo = Undo(reverse("catalog:archive-client", args=[client_id]), {"archived": "" if archived else "1"})
    return Done(_("The client is archived.") if archived else _("The client is in use again."), undo=undo)


boxes = ListPage(
    name="catalog.boxes",
    title=gettext_lazy("Boxes"),
    permission="see_stock",
    rows=selectors.box_page,
    columns=(
        Column("code", gettext_lazy("Code"), cells.link("code", "catalog:box", "id"), sort="code"),
        Column("name", gettext_lazy("Name"), sort="name"),
        Column("inner", gettext_lazy("Inside (mm)")),
        Column("max_load_g", pgettext_lazy("box", "Holds"), cells.weight("max_load_g"), align="end", narrow=False),
        Column("cost_minor", gettext_lazy("Cost"), cells.money("cost_minor"), align="end", plain=lambda row: Money(row.cost_minor, row.currency)),
    ),
    filters=(Flag("archived", gettext_lazy("Archived")),),
    buttons=(Button(gettext_lazy("New box"), "catalog:new-box", "manage_catalog", icon="plus"),),
    empty=Empty(gettext_lazy("No boxes"), gettext_lazy("Packing chooses from the boxes and mailers that stand here."), "box"),
)


@form_page(BoxForm, title=gettext_lazy("New box"), permission="manage_catalog", submit=gettext_lazy("Save"), crumbs=(SETTINGS, BOXES))
def new_box(p: Posted) -> Done:
    services.upsert_boxes(key=p.key, actor=p.actor, boxes=[NewBox(**p.data)])
    return Done(_("The box is saved."), to=reverse("catalog:boxes"))


def _box_actions(found: BoxInfo, actor: Actor) -> tuple[Action, ...]:
    if not actor.may("manage_catalog"):
        return ()
    archive = reverse("catalog:archive-box", args=[found.id])
    form = BoxForm(initial={f: getattr(found, f) for f in BoxForm.base_fields})
    return (
        Action(_("Change"), reverse("catalog:change-box", args=[found.id]), form=form, tone="primary", icon="edit"),
        Action(_("Use again") if found.archived else _("Archive"), archive, icon="box", hidden={"archived": "" if found.archived else "1"}),
    )


@page("see_stock")
def box(request: HttpRequest, box_id: int) -> HttpResponse:
    actor = actor_of(request)
    found = selectors.box(actor.scope, box_id)
    litres = Decimal(found.inner_length_mm * found.inner_width_mm * found.inner_height_mm) / 1_000_000
    outer = f"{found.outer_length_mm} × {found.outer_width_mm} × {found.outer_height_mm} mm"
    return detail(
        request,
        Detail(
            title=found.name,
            kind=_("Box") if found.kind == "box" else _("Mailer"),
            badge=ARCHIVED if found.archived else IN_USE,
            crumbs=(SETTINGS, BOXES),
            facts=(
                Fact(_("Code"), found.code),
                Fact(_("Inside"), f"{found.inner} mm"),
                Fact(_("Outside"), outer),
                Fact(_("Volume (litres)"), round(litres, 1)),
                Fact(_("Empty weight"), cells.show_weight(found.tare_g)),
                Fact(pgettext("box", "Holds"), cells.show_weight(found.max_load_g)),
                Fact(_("Cost"), Money(found.cost_minor, found.currency)),
            ),
            actions=_box_actions(found, actor),
        ),
    )


@action("manage_catalog", form=BoxForm)
def change_box(p: Posted, box_id: int) -> Done:
    selectors.box(p.actor.scope, box_id)
    (saved,) = services.upsert_boxes(key=p.key, actor=p.actor, boxes=[NewBox(**p.data)])
    return Done(_("The box is saved."), to=reverse("catalog:box", args=[saved.id]))


@action("manage_catalog")
def archive_box(p: Posted, box_id: int) -> Done:
    archived = p.request.POST.get("archived") == "1"
    services.archive_box(key=p.key, actor=p.actor, box_id=box_id, archived=archived)
    undo = Undo(reverse("catalog:archive-box", args=[box_id]), {"archived": "" if archived else "1"})
    return Done(_("The box is archived.") if archived else _("The box is in use again."), undo=undo)
