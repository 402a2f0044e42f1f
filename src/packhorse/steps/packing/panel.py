"""What packing shows on the menu, on home, on the order page and in the search box."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core.actors import Actor, Scope
from packhorse.core.refs import Ref
from packhorse.core.scan import Context, parse
from packhorse.core.web import cells
from packhorse.core.web.actions import Action
from packhorse.core.web.cells import Text
from packhorse.core.web.detail import Section, Table
from packhorse.core.web.lists import Column
from packhorse.core.web.panels import Hit, Tile
from packhorse.steps.packing import selectors, words
from packhorse.steps.packing.paper import AT_ONCE
from packhorse.steps.picking import selectors as picking


def count(scope: Scope) -> int:
    """How many orders stand at the bench."""
    return selectors.bench_count(scope)


def tiles(scope: Scope) -> list[Tile]:
    """Home: what needs a person now."""
    return [
        Tile(_("To pack"), selectors.bench_count(scope), reverse("packing:list"), "calm", _("orders at the bench"), "packing"),
        Tile(_("Without label"), selectors.unlabelled_count(scope), reverse("packing:parcels") + "?state=sealed", "calm", _("sealed parcels"), "label"),
        Tile(_("Packaging to order"), selectors.low_count(scope), reverse("packing:materials") + "?low=1", "warn", _("materials run short"), "box"),
    ]


_COLUMNS = (
    Column("number", _("Parcel"), cells.link("number", "packing:parcel")),
    Column("state", _("State"), cells.state("state", words.PARCEL)),
    Column("box", _("Box"), lambda p: cells.show(p.box or _("own carton"))),
    Column("units", _("Units"), align="end"),
    Column("weight_g", _("Weight"), cells.weight("weight_g"), align="end"),
    Column("sealed_at", _("Sealed"), narrow=False),
)


def order_sections(scope: Scope, *, order_id: int, demand_ids: Sequence[int]) -> list[Section]:  # noqa: ARG001 - parcels know the order
    """The order page: its parcels."""
    found = selectors.parcels_of_order(scope, order_id)
    return [Table(_("Parcels"), _COLUMNS, found)] if found else []


def documents(scope: Scope, ref: Ref) -> list[tuple[Text, str]]:
    """What is printed about parcels, waves and what is carried."""
    if ref.kind == "packing.parcel":
        names = (
            ("parcel-slip", _("Packing slip")),
            ("parcel-contents", _("Contents list")),
            ("parcel-sscc", _("SSCC label")),
            ("parcel-label", _("Parcel number")),
        )
        return [(label, reverse(f"packing:{name}", args=[ref.id])) for name, label in names]
    if ref.kind == "orders.fulfillment_order":
        return [(_("Packing slip"), reverse("packing:order-slips", args=[ref.id]))]
    if ref.kind == "picking.wave":
        return _slips_of_wave(ref.id, picking.wave(scope, ref.id).orders)
    if ref.kind in ("warehouse.tote", "warehouse.cart", "warehouse.pallet"):
        return [(_("Contents list"), reverse("packing:unit-contents", args=[ref.id]))]
    return []


def _slips_of_wave(wave_id: int, orders: int) -> list[tuple[Text, str]]:
    """One document, or several where there are more orders than a browser waits for."""
    url = reverse("packing:wave-slips", args=[wave_id])
    if orders <= AT_ONCE:
        return [(_("Packing slips of the wave"), url)]
    return [
        (
            gettext("Packing slips of the wave, orders %(first)d to %(last)d") % {"first": n + 1, "last": min(n + AT_ONCE, orders)},
            f"{url}?part={n // AT_ONCE + 1}",
        )
        for n in range(0, orders, AT_ONCE)
    ]


def printing(actor: Actor, ref: Ref) -> list[Action]:
    """The slips of a wave, to the warehouse's printer."""
    if ref.kind != "picking.wave" or not actor.may("pack"):
        return []
    return [Action(_("Print the packing slips"), reverse("packing:print-wave-slips", args=[ref.id]), icon="print")]


def search(scope: Scope, text: str) -> list[Hit]:
    """Parcels by number."""
    return [
        Hit(m.title, _("Parcel"), reverse("packing:parcel", args=[m.ref.id]), words.PARCEL[m.detail].word, exact=True)
        for m in selectors.resolve(parse(text), Context(scope))
    ]
