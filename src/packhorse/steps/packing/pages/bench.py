"""The bench: orders that stand ready, and one order with the boxes proposed for it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.actors import Actor, Scope
from packhorse.core.errors import Invalid
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Fact, Piece, Table, detail
from packhorse.core.web.lists import Button, Choice, Column, Empty, ListPage
from packhorse.core.words import in_words
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.orders import selectors as orders
from packhorse.steps.packing import selectors, services, words
from packhorse.steps.packing.drawing import load_svg
from packhorse.steps.packing.pages.forms import BoxForm
from packhorse.steps.packing.types import BenchOrder, ProposedParcel, Sealed
from packhorse.steps.packing.words import WHY_ANOTHER_BOX


def warehouse_filter(scope: Scope) -> list[tuple[str, Any]]:
    return [(str(pk), name) for pk, name in warehouses.warehouse_choices(scope)]


bench = ListPage(
    name="packing.bench",
    title=_("Packing"),
    permission="see_orders",
    rows=selectors.bench_page,
    columns=(
        Column("number", _("Order"), cells.link("number", "packing:order")),
        Column("tote", _("Tote"), lambda o: cells.show(o.tote or _("opened again"))),
        Column("ship_by", _("Ship by")),
        Column("units", _("Units"), align="end"),
        Column("lines", _("Items"), lambda o: cells.show(len({line.item_id for line in o.lines})), align="end", narrow=False, plain=lambda o: len(o.lines)),
    ),
    filters=(Choice("warehouse", _("Warehouse"), warehouse_filter),),
    buttons=(Button(_("On the scanner"), "packing:scan", "pack", "primary", "scan"), Button(_("Parcels"), "packing:parcels", "see_orders", "normal", "box")),
    search=_("Order or tote"),
    empty=Empty(_("The bench is empty"), _("Totes come here when their walk is over."), "check"),
)

_LINES = (
    Column("sku", _("Item"), lambda line: format_html('<span class="code">{}</span> {}', line.sku, line.name)),
    Column("quantity", _("Units"), align="end"),
    Column("lot", _("Lot"), narrow=False),
    Column("weight_g", _("Each"), cells.weight("weight_g"), align="end", narrow=False),
    Column("size_mm", _("Size (mm)"), lambda line: cells.show(" × ".join(map(str, line.size_mm)) if all(line.size_mm) else gettext("not known")), narrow=False),
    Column("fragile", _("Fragile"), lambda line: cells.show(_("fragile")) if line.fragile else cells.NOTHING, narrow=False),
)


@page("see_orders")
def order(request: HttpRequest, fulfillment_order_id: int) -> HttpResponse:
    """One order at the bench."""
    actor = actor_of(request)
    fo = orders.fulfillment_order(actor.scope, fulfillment_order_id)
    found = selectors.bench_order(actor.scope, fulfillment_order_id)
    proposed = services.propose(found)
    loads = [(p, load_svg(p), _share(found, p)) for p in proposed]
    return detail(
        request,
        Detail(
            title=found.number,
            kind=_("At the bench"),
            sentence=_sentence(found, proposed),
            crumbs=(Crumb(_("Packing"), reverse("packing:list")),),
            facts=(
                Fact(_("Order"), fo.order_number, orders.order_url(fo.order_id)),
                Fact(_("Tote"), found.tote),
                Fact(_("Ship by"), found.ship_by),
                Fact(_("Service"), capfirst(in_words(fo.service))),
                Fact(_("Units"), found.units),
                *((Fact(_("On the scanner"), _("Pack it"), f"{reverse('scan-start', args=['packing.pack'])}?order={found.id}"),) if actor.may("pack") else ()),
            ),
            sections=(
                Piece(_("Proposed"), "packing/_loads.html", {"loads": loads}),
                Table(_("What lies there"), _LINES, found.lines),
                *(considered_table(proposed[0]) if proposed else ()),
            ),
            timeline=timeline(order_id=found.order_id, scope=actor.scope),
            actions=possible(found, actor),
            template="packing/detail.html",
        ),
    )


def _sentence(found: BenchOrder, proposed: list[ProposedParcel]) -> str:
    boxes = ", ".join(p.box for p in proposed)
    pieces = ngettext("%(n)d piece", "%(n)d pieces", found.units) % {"n": found.units}
    return gettext("%(pieces)s into %(boxes)s.") % {"pieces": pieces, "boxes": boxes}


def _share(found: BenchOrder, parcel: ProposedParcel) -> list[tuple[str, int]]:
    """(SKU, units) of what goes into a proposed parcel."""
    skus = {line.allocation_id: line.sku for line in found.lines}
    share: dict[str, int] = {}
    for c in parcel.contents:
        share[skus[c.allocation_id]] = share.get(skus[c.allocation_id], 0) + c.quantity
    return sorted(share.items())


_CONSIDERED = (
    Column("box", _("Box")),
    Column("cost_minor", _("Box and expected postage"), lambda c: cells.show(f"{c.cost_minor / 100:.2f}" if c.cost_minor else ""), align="end"),
    Column("verdict", _("What became of it"), lambda c: cells.show(words.VERDICTS.get(c.verdict, c.verdict))),
)


def considered_table(parcel: Any) -> tuple[Table, ...]:
    """The boxes looked at, where there was more than one."""
    return (Table(_("Boxes considered"), _CONSIDERED, parcel.considered),) if parcel.considered else ()


def possible(found: BenchOrder, actor: Actor) -> tuple[Action, ...]:
    """What can be done with an order at the bench."""
    if not actor.may("pack"):
        return ()
    boxes = [(b.id, f"{b.code} · {b.name}") for b in catalog.boxes(actor.scope, found.client_id)]
    url = reverse("packing:pack-in", args=[found.fulfillment_order_id])
    return (
        Action(_("Pack as is"), reverse("packing:pack-as-is", args=[found.fulfillment_order_id]), tone="primary", icon="packing"),
        Action(_("Another box"), url, form=BoxForm(boxes=boxes), icon="box"),
    )


@action("pack")
def pack_as_is(p: Posted, fulfillment_order_id: int) -> Done:
    """Everything that stands there goes into the boxes proposed, as expected by weight."""
    if before := selectors.packed_before(p.actor, p.key, fulfillment_order_id):
        return _packed(before)
    found = selectors.bench_order(p.actor.scope, fulfillment_order_id)
    parcels = [services.new_parcel(proposal, packed_as_is=1) for proposal in services.propose(found)]
    return _pack(p, found, parcels)


@action("pack", form=BoxForm)
def pack_in(p: Posted, fulfillment_order_id: int) -> Done:
    """Everything that stands there goes into a box chosen by hand."""
    if before := selectors.packed_before(p.actor, p.key, fulfillment_order_id):
        return _packed(before)
    found = selectors.bench_order(p.actor.scope, fulfillment_order_id)
    box = next((b for b in catalog.boxes(p.actor.scope, found.client_id) if b.id == p.data["box"]), None)
    if box is None:
        raise Invalid(field="box", reason=gettext("no such box"))
    proposed = services.propose(found)[0]
    why = str(dict(WHY_ANOTHER_BOX)[p.data["why"]])
    return _pack(p, found, [services.new_parcel(services.in_box(found, box), another_box=f"{why}: {proposed.box} → {box.code}")])


def _pack(p: Posted, found: BenchOrder, parcels: list[Any]) -> Done:
    sealed = services.pack_as_is(key=p.key, actor=p.actor, fulfillment_order_id=found.fulfillment_order_id, parcels=parcels, station_id=found.station_id)
    return _packed(sealed)


def _packed(sealed: list[Sealed]) -> Done:
    said = ngettext("%(n)d parcel: %(numbers)s", "%(n)d parcels: %(numbers)s", len(sealed)) % {"n": len(sealed), "numbers": ", ".join(s.number for s in sealed)}
    return Done(said, to=reverse("packing:parcel", args=[sealed[0].parcel_id]))


@page("see_orders")
def load(request: HttpRequest, fulfillment_order_id: int) -> HttpResponse:
    """How the next parcel of an order lies in its box (`?box=` another one), as an image."""
    actor = actor_of(request)
    found = selectors.bench_order(actor.scope, fulfillment_order_id)
    wanted = request.GET.get("box", "")
    box = next((b for b in catalog.boxes(actor.scope, found.client_id) if str(b.id) == wanted), None)
    proposed = services.in_box(found, box) if box else next(iter(services.propose(found)), None)
    if proposed is None:
        raise Http404
    return HttpResponse(load_svg(proposed), content_type="image/svg+xml")


@page("pack")
def scan(request: HttpRequest) -> HttpResponse:
    """To the scanner."""
    return redirect("scan-start", "packing.pack")
