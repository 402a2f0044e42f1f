"""Labels of places and of handling units: from the list of places, as one PDF for the browser or to the warehouse's label printer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from django.http import HttpResponse
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core import clock, sscc
from packhorse.core.documents import SmallLabel, UnitLabel, small_label_zpl, small_labels_pdf, unit_label_zpl, unit_labels_pdf
from packhorse.core.jobs import defer
from packhorse.core.refs import Ref
from packhorse.core.web.actions import Done, Posted, action
from packhorse.core.web.lists import Flag, ListPage, chosen_ids
from packhorse.core.web.papers import pdf
from packhorse.ground.equipment import selectors, services
from packhorse.ground.equipment.types import NewSending
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.ground.warehouse.forms import KINDS
from packhorse.ground.warehouse.types import LocationInfo

#: So many labels go out at once; a roll of them is 1,000.
MOST: Final = 1_000
#: What is carried has an SSCC.
UNITS: Final = ("tote", "cart", "pallet")
#: The list of places as it is asked where all that match it are to be printed.
_PLACES: Final = ListPage(
    name="equipment.places",
    title=_("Places"),
    rows=warehouses.locations,
    columns=(),
    filters=tuple(Flag(name, name) for name in ("warehouse", "kind", "pickable")),
)


def place_label(place: LocationInfo, warehouse: str) -> SmallLabel:
    """3 × 1 inch: the code, what it is and where."""
    return SmallLabel(code=place.code, title=str(KINDS.get(place.kind, place.kind)), subtitle=warehouse)


def unit_label(place: LocationInfo, warehouse: str) -> UnitLabel:
    """4 × 6 inch: the unit's own code (LPN), and its SSCC."""
    kind = str(KINDS.get(place.kind, place.kind))
    facts = ((gettext("Kind"), kind), (gettext("Warehouse"), warehouse))
    return UnitLabel(code=place.code, title=kind, made_on=clock.now().date(), sscc=sscc.of_unit(place.id), facts=facts)


def _marked(p: Posted, *kinds: str) -> list[tuple[LocationInfo, str]]:
    """The marked places by code, each with its warehouse's name."""
    scope = p.actor.scope
    found = warehouses.locations_by_id(scope, chosen_ids(p.request, _PLACES, scope, most=MOST))
    places = [place for place in sorted(found.values(), key=lambda place: place.code) if place.warehouse_id and (not kinds or place.kind in kinds)]
    names = {pk: w.name for pk, w in warehouses.warehouses_by_id(scope, {place.warehouse_id or 0 for place in places}).items()}
    return [(place, names[place.warehouse_id or 0]) for place in places]


def _nothing(*kinds: str) -> Done:
    return Done(_("Mark totes, carts or pallets: other places carry no SSCC.") if kinds else _("Mark some places first."))


def _send(p: Posted, marked: Sequence[tuple[LocationInfo, str]], what: str, zpl: Callable[[LocationInfo, str], str]) -> Done:
    """One job for each warehouse's printer."""
    by_warehouse: dict[int, list[tuple[LocationInfo, str]]] = {}
    for place, name in marked:
        by_warehouse.setdefault(place.warehouse_id or 0, []).append((place, name))
    sheets = [
        NewSending(
            equipment_id=selectors.printer(p.actor.scope, "printer", warehouse_id).id,
            what=what,
            about=Ref("warehouse.warehouse", warehouse_id),
            payload="".join(zpl(place, name) for place, name in own),
        )
        for warehouse_id, own in sorted(by_warehouse.items())
    ]
    services.print_out(key=p.key, actor=p.actor, permission="put_away", sheets=sheets)
    defer("equipment.send")
    return Done(ngettext("%(n)d label is on its way to the printer.", "%(n)d labels are on their way to the printer.", len(marked)) % {"n": len(marked)})


@action("see_stock")
def places_pdf(p: Posted) -> HttpResponse | Done:
    """Labels of the marked places, one a page."""
    marked = _marked(p)
    return pdf(small_labels_pdf([place_label(*m) for m in marked], clock.now().date()), "places") if marked else _nothing()


@action("put_away")
def places_printed(p: Posted) -> Done:
    """Labels of the marked places, to the warehouse's label printer."""
    marked = _marked(p)
    return _send(p, marked, "place_labels", lambda place, name: small_label_zpl(place_label(place, name))) if marked else _nothing()


@action("see_stock")
def units_pdf(p: Posted) -> HttpResponse | Done:
    """SSCC labels of the marked totes, carts and pallets, one a page."""
    marked = _marked(p, *UNITS)
    return pdf(unit_labels_pdf([unit_label(*m) for m in marked]), "units") if marked else _nothing(*UNITS)


@action("put_away")
def units_printed(p: Posted) -> Done:
    """SSCC labels of the marked totes, carts and pallets, to the warehouse's label printer."""
    marked = _marked(p, *UNITS)
    return _send(p, marked, "unit_labels", lambda place, name: unit_label_zpl(unit_label(place, name))) if marked else _nothing(*UNITS)
