"""Papers of parcels, orders, waves and handling units: one at a time, or many from the list, for the browser or for the printers of their benches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _, ngettext

from packhorse.core.actors import Scope
from packhorse.core.documents import contents_lists_pdf, packing_slips_pdf, unit_labels_pdf
from packhorse.core.errors import NotFound, PackhorseError
from packhorse.core.jobs import defer
from packhorse.core.web.actions import Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.lists import TooMany, chosen_ids
from packhorse.core.web.papers import pdf
from packhorse.ground.equipment import selectors as equipment
from packhorse.ground.equipment.types import EquipmentInfo
from packhorse.steps.orders import selectors as orders
from packhorse.steps.packing import jobs, paper, selectors
from packhorse.steps.packing.pages.parcels import parcels
from packhorse.steps.packing.types import PaperBatch, ParcelInfo
from packhorse.steps.picking import selectors as picking

#: So many parcels' papers go to printers at once.
MOST: Final = 1_000


class TooManyAtOnce(PackhorseError):
    """{marked} are marked, and the browser shows the papers of {most} at once."""

    status = 422
    no_page = "less is to be marked"
    advice = _("Mark fewer, or send them to the printer: that takes up to 1,000 at once.")


def _language(request: HttpRequest) -> str:
    return str(request.LANGUAGE_CODE)[:2]


@page("see_orders")
def parcel_slip(request: HttpRequest, parcel_id: int) -> HttpResponse:
    """The packing slip of a parcel."""
    scope = actor_of(request).scope
    found = selectors.parcel(scope, parcel_id)
    return pdf(packing_slips_pdf(selectors.slips(scope, [parcel_id])), f"{found.number}-slip")


@page("see_orders")
def parcel_contents(request: HttpRequest, parcel_id: int) -> HttpResponse:
    """The contents list of a parcel."""
    scope = actor_of(request).scope
    found = selectors.parcel(scope, parcel_id)
    return pdf(contents_lists_pdf(selectors.contents_of_parcels(scope, [parcel_id], _language(request))), f"{found.number}-contents")


@page("see_orders")
def parcel_sscc(request: HttpRequest, parcel_id: int) -> HttpResponse:
    """The SSCC label of a parcel."""
    found = selectors.parcel(actor_of(request).scope, parcel_id)
    return pdf(unit_labels_pdf([paper.sscc_label(found)]), f"{found.number}-sscc")


@page("see_orders")
def order_slips(request: HttpRequest, fulfillment_order_id: int) -> HttpResponse:
    """The packing slips of an order: of its parcels, or of all of it while it is not packed."""
    return _slips(actor_of(request).scope, [fulfillment_order_id], "order", fulfillment_order_id)


@page("see_orders")
def wave_slips(request: HttpRequest, wave_id: int) -> HttpResponse:
    """The packing slips of the orders of a wave, in the order in which they were released; of a large one a part at a time (`part`, from 1)."""
    scope = actor_of(request).scope
    wave, part = picking.wave(scope, wave_id), request.GET.get("part", "")
    first = paper.AT_ONCE * (max(1, int(part)) - 1) if part.isascii() and part.isdigit() and len(part) < 9 else 0
    own = [o.fulfillment_order_id for o in picking.wave_orders(scope, wave_id, limit=wave.orders)]
    return _slips(scope, own[first : first + paper.AT_ONCE], "wave", wave.number)


def _slips(scope: Scope, fulfillment_order_ids: Sequence[int], kind: str, name: str | int) -> HttpResponse:
    found = selectors.slips_of_orders(scope, fulfillment_order_ids)
    if not found:
        raise NotFound(kind=kind, ref=str(name))
    return pdf(packing_slips_pdf(found), f"{name}-slips")


@page("see_stock")
def unit_contents(request: HttpRequest, location_id: int) -> HttpResponse:
    """What lies in a tote, on a cart or on a pallet."""
    found = selectors.contents_of_unit(actor_of(request).scope, location_id, _language(request))
    return pdf(contents_lists_pdf([found]), f"{found.number}-contents")


# Many at once -----------------------------------------------------------------------------------------------------------------------------------------------------


def _marked(p: Posted, most: int) -> list[ParcelInfo]:
    """The marked parcels, by id."""
    return selectors.parcels_by_id(p.actor.scope, chosen_ids(p.request, parcels, p.actor.scope, most=most))


def _nothing() -> Done:
    return Done(_("Mark some parcels first."))


def _at_once(p: Posted, name: str, make: Callable[[list[ParcelInfo]], bytes]) -> HttpResponse | Done:
    try:
        marked = _marked(p, paper.AT_ONCE)
    except TooMany as no:
        raise TooManyAtOnce(marked=no.marked, most=no.most) from no
    return pdf(make(marked), name) if marked else _nothing()


def _to_printers(p: Posted, what: str, batches: Sequence[PaperBatch], papers: int) -> Done:
    """The papers are made and sent by a job."""
    defer(jobs.print_papers, key=p.key, actor=p.actor, what=what, batches=batches, language=_language(p.request))
    return Done(ngettext("%(n)d paper is on its way to the printer.", "%(n)d papers are on their way to the printer.", papers) % {"n": papers})


def _printed(p: Posted, what: str, kind: str) -> Done:
    """One batch for each client at each printer: the parcels of a bench go to its own."""
    marked = _marked(p, MOST)
    if not marked:
        return _nothing()
    devices: dict[tuple[int, int | None], EquipmentInfo] = {}
    for at in sorted({(m.warehouse_id, m.station_id) for m in marked}, key=str):
        devices[at] = equipment.printer(p.actor.scope, kind, *at)
    batches: dict[tuple[int, int], list[int]] = {}
    for m in marked:
        batches.setdefault((devices[m.warehouse_id, m.station_id].id, m.client_id), []).append(m.parcel_id)
    return _to_printers(p, what, [PaperBatch(*to, "packing.parcel", tuple(ids)) for to, ids in sorted(batches.items())], len(marked))


@action("pack")
def print_wave_slips(p: Posted, wave_id: int) -> Done:
    """The packing slips of all orders of a wave to the warehouse's paper printer, in the order in which they were released; each client's by themselves."""
    wave = picking.wave(p.actor.scope, wave_id)
    device = equipment.printer(p.actor.scope, "paper", wave.warehouse_id)
    ids = [o.fulfillment_order_id for o in picking.wave_orders(p.actor.scope, wave_id, limit=wave.orders)]
    clients = {fo.fulfillment_order_id: fo.client_id for fo in orders.fulfillment_orders(p.actor.scope, ids)}
    batches: dict[int, list[int]] = {}
    for i in ids:
        batches.setdefault(clients[i], []).append(i)
    parts = [(client, own[n : n + MOST]) for client, own in batches.items() for n in range(0, len(own), MOST)]
    return _to_printers(p, "slips", [PaperBatch(device.id, client, "orders.fulfillment_order", tuple(part)) for client, part in parts], len(ids))


@action("see_orders")
def slips(p: Posted) -> HttpResponse | Done:
    """Packing slips of the marked parcels as one document."""
    return _at_once(p, "slips", lambda own: packing_slips_pdf(selectors.slips(p.actor.scope, [m.parcel_id for m in own])))


@action("pack")
def print_slips(p: Posted) -> Done:
    """Packing slips of the marked parcels to the paper printers."""
    return _printed(p, "slips", "paper")


@action("see_orders")
def contents(p: Posted) -> HttpResponse | Done:
    """Contents lists of the marked parcels as one document."""
    scope, language = p.actor.scope, _language(p.request)
    return _at_once(p, "contents", lambda own: contents_lists_pdf(selectors.contents_of_parcels(scope, [m.parcel_id for m in own], language)))


@action("pack")
def print_contents(p: Posted) -> Done:
    """Contents lists of the marked parcels to the paper printers."""
    return _printed(p, "contents", "paper")


@action("see_orders")
def sscc_labels(p: Posted) -> HttpResponse | Done:
    """SSCC labels of the marked parcels as one document."""
    return _at_once(p, "sscc", lambda own: unit_labels_pdf([paper.sscc_label(m) for m in own]))


@action("pack")
def print_sscc_labels(p: Posted) -> Done:
    """SSCC labels of the marked parcels to the label printers."""
    return _printed(p, "unit_labels", "printer")
