"""Put walls: their slots, the orders in them, and what these wait for."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.actors import Actor
from packhorse.core.errors import NotFound
from packhorse.core.web import cells
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.cells import Badge
from packhorse.core.web.detail import Detail, Fact, Section, Table, detail
from packhorse.core.web.lists import Column
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.ground.warehouse.types import WallInfo
from packhorse.steps.orders import selectors as orders
from packhorse.steps.picking import selectors
from packhorse.steps.picking.pages.board import CRUMBS
from packhorse.steps.picking.pages.release import wait_for_slots
from packhorse.steps.picking.types import Awaited, SlotRow, batch_number

_FREE: Final = Badge(_("Free"), "off")
_COMPLETE: Final = Badge(_("Complete"), "good")
_HELD: Final = Badge(_("On hold"), "bad")
_WAITS: Final = Badge(_("Comes together"), "busy")
_CLOSED: Final = Badge(_("Closed"), "off")
_STRANGE: Final = Badge(_("To put back"), "bad")


def _state(row: SlotRow) -> Badge:
    if row.release_id is None:
        return _STRANGE if row.strange else _CLOSED if row.closed else _FREE
    return _HELD if row.held else _COMPLETE if row.complete else _WAITS


def _order(row: SlotRow) -> SafeString:
    if row.order_id is None:
        return cells.NOTHING
    return format_html('<a class="code" href="{}">{}</a>', orders.order_url(row.order_id), row.fulfillment_order)


def _awaited(a: Awaited) -> tuple[SafeString | str | Promise]:
    """One thing that an order waits for, in words, with a link to the walk."""
    if a.tote:
        return (gettext("%(n)d to sort in %(tote)s") % {"n": a.units, "tote": a.tote},)
    where = gettext("zone %(zone)s") % {"zone": a.zone} if a.zone else gettext("no zone")
    said = gettext("%(n)d from %(where)s") % {"n": a.units, "where": where}
    if a.batch_id is None:
        return (gettext("%(said)s: no walk yet") % {"said": said},)
    state = gettext("under way") if a.state == "picking" else gettext("planned")
    return (format_html('{}: <a class="code" href="{}">{}</a> {}', said, reverse("picking:batch", args=[a.batch_id]), batch_number(a.batch_id), state),)


def _waits_for(row: SlotRow) -> SafeString:
    if row.awaits:
        return format_html_join(mark_safe("<br>"), "{}", (_awaited(a) for a in row.awaits))
    if row.strange:
        return format_html("{}", gettext("its goods, of no order any more, are to be put back"))
    if row.release_id is None or row.complete:
        return cells.NOTHING
    return format_html("{}", gettext("its hold") if row.held else gettext("what is short"))


_SLOTS: Final = (
    Column("slot", _("Slot"), lambda r: format_html('<span class="code nowrap">{}</span>', r.slot)),
    Column("state", _("State"), lambda r: cells.show(_state(r))),
    Column("order", _("Order"), _order),
    Column("units", _("Pieces"), lambda r: cells.show(r.units or r.strange or None), align="end"),
    Column("awaits", _("Waits for"), _waits_for),
    Column("since", _("Since"), lambda r: cells.show(r.since)),
    Column("ship_by", _("Ship by"), lambda r: cells.show(r.ship_by), narrow=False),
)
_NO_SLOT: Final = (_SLOTS[2], _SLOTS[4], _SLOTS[6])


@page("see_orders")
def walls(request: HttpRequest) -> HttpResponse:
    """To the first put wall that the reader sees."""
    found = warehouses.walls(actor_of(request).scope)
    if not found:
        raise NotFound(kind="put wall", ref=gettext("none yet"))
    return redirect("picking:wall", found[0].wall_id)


def _now(actor: Actor, found: WallInfo) -> dict[str, Any]:
    """What changes while people sort."""
    rows = selectors.slots(actor.scope, found.wall_id)
    slots, coming = [r for r in rows if r.slot_id is not None], [r for r in rows if r.slot_id is None]
    sections: list[Section] = [Table(_("Slots"), _SLOTS, slots)]
    if coming:
        sections.append(Table(_("No piece of them was sorted yet"), _NO_SLOT, coming))
    waits = wait_for_slots(selectors.waiting_for_slots(actor.scope, found.warehouse_id)) if actor.scope.client_ids is None else ""
    return {"sections": sections, "sentence": _sentence(slots, coming), "waits": waits}


@page("see_orders")
def wall(request: HttpRequest, wall_id: int) -> HttpResponse:
    """One put wall."""
    actor = actor_of(request)
    found = warehouses.wall(actor.scope, wall_id)
    return detail(
        request,
        Detail(
            title=found.code,
            kind=_("Put wall"),
            crumbs=CRUMBS,
            facts=(
                Fact(_("Warehouse"), warehouses.warehouse(actor.scope, found.warehouse_id).name),
                Fact(_("Slots"), found.takes),
                Fact(_("Labels"), _("Places"), f"{reverse('warehouse:locations')}?warehouse={found.warehouse_id}&q={found.code}"),
                *((Fact(_("On the scanner"), _("Sort"), f"{reverse('scan-start', args=['picking.sort'])}?wall={wall_id}"),) if actor.may("pick") else ()),
                *_others(actor, found),
            ),
            template="picking/wall.html",
        ),
        live_url=reverse("picking:wall-now", args=[wall_id]),
        **_now(actor, found),
    )


@page("see_orders")
def wall_now(request: HttpRequest, wall_id: int) -> HttpResponse:
    """What lies in the slots of a put wall now."""
    actor = actor_of(request)
    return render(request, "picking/_wall.html", _now(actor, warehouses.wall(actor.scope, wall_id)))


def _others(actor: Actor, found: WallInfo) -> tuple[Fact, ...]:
    """The other walls."""
    others = [w for w in warehouses.walls(actor.scope) if w.wall_id != found.wall_id]
    return tuple(Fact(_("Another wall"), w.code, reverse("picking:wall", args=[w.wall_id])) for w in others[:10])


def _sentence(slots: list[SlotRow], coming: list[SlotRow]) -> str:
    taken, complete = sum(r.release_id is not None or r.strange > 0 for r in slots), sum(r.complete for r in slots)
    said = [
        ngettext("%(n)d slot of %(all)d is taken", "%(n)d slots of %(all)d are taken", taken)
        % {"n": taken, "all": sum(not r.closed or r.strange > 0 for r in slots)}
    ]
    if complete:
        said.append(ngettext("%(n)d is complete and may be packed", "%(n)d are complete and may be packed", complete) % {"n": complete})
    if coming:
        said.append(ngettext("%(n)d order is on its way", "%(n)d orders are on their way", len(coming)) % {"n": len(coming)})
    return "; ".join(said) + "."
