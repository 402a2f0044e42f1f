"""The bench: orders that stand ready, and one order with the boxes proposed for it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core import clock
from packhorse.core.actors import Actor, Scope
from packhorse.core.errors import Invalid
from packhorse.core.money import Money
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Fact, Piece, Table, detail
from packhorse.core.web.lists import Button, Choice, Column, Empty, ListPage
from packhorse.core.web.panels import documents_section
from packhorse.core.web.papers import pdf
from packhorse.core.words import in_words, said
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.orders import selectors as orders
from packhorse.steps.packing import paper, selectors, services, words
from packhorse.steps.packing.drawing import MOST, colours, load_svg, scanned
from packhorse.steps.packing.pages.forms import BoxForm
from packhorse.steps.packing.types import TEACHING_WHYS, BenchOrder, ConsideredBox, ProposedParcel, Sealed


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
    buttons=(
        Button(_("On the scanner"), "packing:scan", "pack", "primary", "scan"),
        Button(_("Parcels"), "packing:parcels", "see_orders", "normal", "box"),
        Button(_("Packaging material"), "packing:materials", "see_stock", "normal", "count"),
        Button(_("Codes for the bench"), "packing:commands", "pack", "normal", "print"),
    ),
    search=_("Order or tote"),
    empty=Empty(_("The bench is empty"), _("Totes come here when their walk is over."), "check"),
)

changed_boxes = ListPage(
    name="packing.changed-boxes",
    title=_("Boxes changed"),
    permission="see_orders",
    rows=selectors.changed_boxes,
    columns=(
        Column("proposed", _("Proposed")),
        Column("box", _("Taken instead"), lambda c: cells.show(c.box or _("own carton"))),
        Column("why", _("Why"), lambda c: cells.show(words.WHY_BOX.get(c.why, c.why))),
        Column("taught", _("Learned from"), lambda c: cells.show(c.why in TEACHING_WHYS), narrow=False),
        Column("times", _("Times"), align="end"),
        Column("last_at", _("Last"), narrow=False),
    ),
    filters=(Choice("why", _("Why"), words.WHY_ANOTHER_BOX), Choice("warehouse", _("Warehouse"), warehouse_filter)),
    buttons=(Button(_("Parcels"), "packing:parcels", "see_orders", "normal", "box"),),
    empty=Empty(_("Packers took the proposed boxes"), _("Where they take another one, it stands here with the reason."), "check"),
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
    proposal = services.proposal(found)
    proposed = proposal.parcels
    loads = [_load(found, p, n) for n, p in enumerate(proposed)]
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
                *((Fact(_("Planned at release"), proposal.told or ", ".join(proposal.planned)),) if proposal.planned else ()),
                *_gift(actor.scope, found.order_id),
                *((Fact(_("On the scanner"), _("Pack it"), f"{reverse('scan-start', args=['packing.pack'])}?order={found.id}"),) if actor.may("pack") else ()),
            ),
            sections=(
                Piece(_("Proposed"), "packing/_loads.html", {"loads": loads}),
                Table(_("What lies there"), _LINES, found.lines),
                *(considered_table(actor.scope, found.client_id, proposed[0].considered) if proposed else ()),
                *documents_section(actor.scope, Ref("orders.fulfillment_order", found.id)),
            ),
            timeline=timeline(order_id=found.order_id, scope=actor.scope),
            actions=possible(found, actor),
            template="packing/detail.html",
        ),
    )


def _gift(scope: Scope, order_id: int) -> tuple[Fact, ...]:
    gift = orders.gifts(scope, [order_id]).get(order_id)
    return (Fact(_("Gift"), _("wrapped") if gift.wrap else _("not wrapped")), Fact(_("Gift note"), gift.note)) if gift else ()


def _sentence(found: BenchOrder, proposed: list[ProposedParcel]) -> str:
    boxes = ", ".join(p.box for p in proposed)
    pieces = ngettext("%(n)d piece", "%(n)d pieces", found.units) % {"n": found.units}
    return gettext("%(pieces)s into %(boxes)s.") % {"pieces": pieces, "boxes": boxes}


@dataclass(frozen=True)
class Load:
    """A proposed parcel as the order's page shows it: its picture, how many pieces are drawn, and what goes in, in packing order, each item with its colour in the picture."""

    parcel: ProposedParcel
    picture: str
    steps: int
    rows: list[tuple[str, str, str, int]]

    @property
    def basis(self) -> str:
        return said(self.parcel.basis)


def _load(found: BenchOrder, parcel: ProposedParcel, number: int) -> Load:
    """Rows are (which pieces in packing order, colour, SKU, units); without a computed load by SKU."""
    skus = {line.item_id: line.sku for line in found.lines}
    items = {line.allocation_id: line.item_id for line in found.lines}
    colour = colours(parcel.placements)
    rows: list[tuple[str, str, str, int]] = []
    if drawn := 0 < len(parcel.placements) <= MOST:
        for item, run in itertools.groupby(enumerate(parcel.placements, 1), key=lambda p: p[1].item_id):
            own = [n for n, _piece in run]
            rows.append((f"{own[0]}–{own[-1]}" if len(own) > 1 else str(own[0]), colour[item], skus[item], len(own)))
    else:
        share: dict[str, int] = {}
        for c in parcel.contents:
            share[skus[items[c.allocation_id]]] = share.get(skus[items[c.allocation_id]], 0) + c.quantity
        rows = [("", "", sku, units) for sku, units in sorted(share.items())]
    picture = f"{reverse('packing:load', args=[found.fulfillment_order_id])}?{urlencode({'n': number})}"
    return Load(parcel, picture, len(parcel.placements) if drawn else 0, rows)


def considered_table(scope: Scope, client_id: int, considered: Sequence[ConsideredBox]) -> tuple[Table, ...]:
    """The boxes looked at, where there was more than one; they cost what the catalogue's do, in its currency."""
    if not considered:
        return ()
    currencies = {b.code: b.currency for b in catalog.boxes(scope, client_id)}
    other = next(iter(currencies.values()), "CAD")
    columns = (
        Column("box", _("Box")),
        Column("cost_minor", _("Box and expected postage"),
               lambda c: cells.show(Money(c.cost_minor, currencies.get(c.box, other))) if c.cost_minor else cells.NOTHING, align="end"),
        Column("verdict", _("What became of it"), lambda c: cells.show(words.VERDICTS.get(c.verdict, c.verdict))),
    )  # fmt: skip
    return (Table(_("Boxes considered"), columns, considered),)


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
    parcels = [services.new_parcel(proposal, packed_as_is=1) for proposal in services.proposal(found).parcels]
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
    taken = services.in_box(found, box)
    if proposed.box_id not in (None, box.id):
        taken = replace(taken, instead_of=proposed.box_id, box_why=p.data["why"])
    return _pack(p, found, [services.new_parcel(taken)])


def _pack(p: Posted, found: BenchOrder, parcels: list[Any]) -> Done:
    sealed = services.pack_as_is(key=p.key, actor=p.actor, fulfillment_order_id=found.fulfillment_order_id, parcels=parcels, station_id=found.station_id)
    return _packed(sealed)


def _packed(sealed: list[Sealed]) -> Done:
    said = ngettext("%(n)d parcel: %(numbers)s", "%(n)d parcels: %(numbers)s", len(sealed)) % {"n": len(sealed), "numbers": ", ".join(s.number for s in sealed)}
    return Done(said, to=reverse("packing:parcel", args=[sealed[0].parcel_id]))


@page("see_orders")
def load(request: HttpRequest, fulfillment_order_id: int) -> HttpResponse:
    """How parcel `n` of an order lies in its box (`box`: all of it in another one; `cut`: in one cut to size), as an image: seen after a `turn` of so many degrees, with the first pieces up to `step`,
    or with so many of each item in as were scanned (`in`), the `last` one marked."""
    actor = actor_of(request)
    found = selectors.bench_order(actor.scope, fulfillment_order_id)
    asked = request.GET
    box = next((b for b in catalog.boxes(actor.scope, found.client_id) if str(b.id) == asked.get("box")), None)
    proposed = [services.in_box(found, box)] if box else services.propose(found)
    number = _number(asked.get("n"), 0)
    if number >= len(proposed):
        raise Http404
    parcel = services.cut_to_size(found, proposed[number]) if asked.get("cut") else proposed[number]
    inside: list[int] | None = None
    now = None
    if "step" in asked:
        inside = list(range(_number(asked["step"], MOST)))
        now = len(inside) - 1
    elif "in" in asked:
        got = {int(i): int(q) for i, _, q in (pair.partition(".") for pair in asked["in"].split(",")) if _is_whole(i) and _is_whole(q)}
        inside, now = scanned(parcel, got, _number(asked.get("last"), 0))
    return HttpResponse(load_svg(parcel, turn=_number(asked.get("turn"), 0), inside=inside, now=now, to_come="in" in asked), content_type="image/svg+xml")


def _is_whole(text: str | None) -> bool:
    return bool(text) and str(text).isascii() and str(text).isdigit() and len(str(text)) < 19


def _number(text: str | None, other: int) -> int:
    return int(str(text)) if _is_whole(text) else other


@page("pack")
def scan(request: HttpRequest) -> HttpResponse:
    """To the scanner."""
    return redirect("scan-start", "packing.pack")


@page("pack")
def commands(request: HttpRequest) -> HttpResponse:
    """The card with the codes of the bench's buttons."""
    return pdf(paper.command_card(clock.now().date()), "bench-codes")
