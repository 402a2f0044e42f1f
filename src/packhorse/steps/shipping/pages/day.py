"""The end of the day: what left, what still stands here, and the manifests that let it go."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core import clock
from packhorse.core.actors import Actor
from packhorse.core.errors import NotFound
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Fact, Section, Table, detail
from packhorse.core.web.lists import Choice, Column, Empty, ListPage
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.ground.warehouse.types import WarehouseInfo
from packhorse.steps.shipping import selectors, services, words
from packhorse.steps.shipping.types import BoardLine

manifests = ListPage(
    name="shipping.manifests",
    title=_("Manifests"),
    permission="manifest",
    rows=selectors.manifests,
    columns=(
        Column("number", _("Number"), lambda m: cells.link("name", "shipping:manifest")({"id": m.manifest_id, "name": m.number or f"#{m.manifest_id}"})),
        Column("state", _("State"), cells.state("state", words.MANIFEST)),
        Column("carrier", _("Carrier"), lambda m: cells.show(words.carrier_name(m.carrier))),
        Column("parcels", _("Parcels"), align="end", sort="parcels"),
        Column("opened_at", _("Opened"), sort="opened_at", narrow=False),
        Column("handed_over_at", _("Handed over")),
    ),
    filters=(
        Choice("state", _("State"), tuple((s, b.word) for s, b in words.MANIFEST.items())),
        Choice("carrier", _("Carrier"), lambda _scope: words.carriers()),
    ),
    search=_("Manifest number"),
    empty=Empty(_("No manifests"), _("A manifest is made when a carrier takes parcels over, at the end of the day."), "file"),
)

_ON_IT: Final = (
    Column("number", _("Tracking number"), lambda r: cells.link("name", "shipping:label")({"id": r.label_id, "name": r.tracking_number})),
    Column("parcel", _("Parcel")),
    Column("service", _("Service"), words.service),
    Column("weight_g", _("Weight"), cells.weight("weight_g"), align="end"),
)
_REFUSED: Final = (
    Column("number", _("Tracking number"), lambda r: cells.show(r[0])),
    Column("why", _("Why"), lambda r: cells.show(r[1])),
)
#: A manifest's page shows so many parcels; the labels list has all.
_SHOWN: Final = 500


def _warehouse(request: HttpRequest, actor: Actor) -> tuple[WarehouseInfo, list[WarehouseInfo]]:
    mine = warehouses.all_warehouses(actor.scope)
    wanted = request.GET.get("warehouse", "")
    found = next((w for w in mine if str(w.id) == wanted), mine[0] if mine and not wanted else None)
    if found is None:
        raise NotFound(kind="warehouse", ref=wanted or gettext("none yet"))
    return found, mine


def sentence(lines: list[BoardLine], not_packed: int) -> str:
    """The day in words: 60 of 60 left, nothing on the table."""
    gone, here = sum(x.gone for x in lines), sum(x.here for x in lines)
    said = ngettext("%(gone)d of %(all)d parcel left", "%(gone)d of %(all)d parcels left", gone + here) % {"gone": gone, "all": gone + here}
    rest = ngettext("%(n)d still stands here", "%(n)d still stand here", here) % {"n": here} if here else gettext("nothing on the table")
    late = ngettext("%(n)d order of today is not packed yet", "%(n)d orders of today are not packed yet", not_packed) % {"n": not_packed}
    return ", ".join([said, rest, *([late] if not_packed else [])]) + "."


def _card(line: BoardLine, warehouse: WarehouseInfo, actor: Actor) -> dict[str, Any]:
    ready = line.ready + line.loaded
    actions = []
    if line.carrier and line.here and actor.may("manifest"):
        name = words.carrier_name(line.carrier)
        hidden = {"warehouse": warehouse.id, "carrier": line.carrier}
        confirm = ngettext(
            "%(carrier)s takes %(n)d parcel over. The goods leave stock and the customers are told.",
            "%(carrier)s takes %(n)d parcels over. The goods leave stock and the customers are told.",
            ready,
        ) % {"carrier": name, "n": ready}
        blocked = "" if ready else _("Nothing stands ready.")
        actions.append(
            Action(_("Close the manifest"), reverse("shipping:close"), tone="primary", icon="check", confirm=confirm, hidden=hidden, blocked=blocked)
        )
        if line.loaded and line.ready:
            only = ngettext(
                "Only the %(n)d parcel that was scanned onto the truck leaves.", "Only the %(n)d parcels that were scanned onto the truck leave.", line.loaded
            )
            actions.append(
                Action(
                    _("Close with what is loaded"), reverse("shipping:close"), icon="shipping", confirm=only % {"n": line.loaded}, hidden=hidden | {"loaded": 1}
                )
            )
    return {
        "line": line,
        "name": words.carrier_name(line.carrier) if line.carrier else gettext("No service chosen yet"),
        "ready": ready,
        "progress": cells.show_progress(line.gone, line.gone + line.here),
        "actions": actions,
        "ready_url": f"{reverse('shipping:list')}?shelf=ready&carrier={line.carrier}",
        "buying_url": reverse("shipping:list"),
    }


@page("manifest")
def day(request: HttpRequest) -> HttpResponse:
    """One screen for the end of the day, by carrier, with the cut-offs."""
    actor = actor_of(request)
    warehouse, mine = _warehouse(request, actor)
    now, zone = clock.now(), ZoneInfo(warehouse.time_zone)
    midnight = dt.datetime.combine(now.astimezone(zone).date() + dt.timedelta(days=1), dt.time(), zone)
    lines = selectors.board(actor.scope, warehouse.id, warehouse.time_zone, now)
    not_packed = selectors.due_and_not_packed(actor.scope, warehouse.id, midnight)
    context = {
        "title": gettext("End of the day"),
        "crumbs": (Crumb(_("Shipping"), reverse("shipping:list")),),
        "sentence": sentence(lines, not_packed),
        "cards": [_card(line, warehouse, actor) for line in lines],
        "cut_offs": warehouses.cut_offs(actor.scope, warehouse.id),
        "warehouse": warehouse,
        "warehouses": mine if len(mine) > 1 else [],
        "may": actor.may("manifest"),
    }
    return render(request, "shipping/day.html", context)


@action("manifest")
def close(p: Posted) -> Done:
    """A carrier takes over what stands ready (or only what was scanned onto its truck)."""
    carrier, number = p.request.POST.get("carrier", ""), p.request.POST.get("warehouse", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise NotFound(kind="warehouse", ref=number)
    only = None
    if p.request.POST.get("loaded"):
        only = selectors.loaded_labels(p.actor.scope, int(number), carrier)
    done = services.close_manifest(key=p.key, actor=p.actor, warehouse_id=int(number), carrier=carrier, label_ids=only)
    said = ngettext("%(n)d parcel left: manifest %(number)s.", "%(n)d parcels left: manifest %(number)s.", done.parcels) % {
        "n": done.parcels,
        "number": done.number,
    }
    if done.refused:
        said += " " + ngettext("%(n)d was refused.", "%(n)d were refused.", len(done.refused)) % {"n": len(done.refused)}
    return Done(said, to=reverse("shipping:day") + f"?warehouse={number}")


@page("manifest")
def manifest(request: HttpRequest, manifest_id: int) -> HttpResponse:
    """One manifest: what the carrier took, and what it refused."""
    actor = actor_of(request)
    found = selectors.manifest(actor.scope, manifest_id)
    on_it = selectors.labels_on(actor.scope, manifest_id)
    sections: list[Section] = [Table(_("Parcels"), _ON_IT, on_it[:_SHOWN])]
    if found.refused:
        sections.insert(0, Table(_("Refused"), _REFUSED, found.refused))
    closing = found.state == "closing"
    return detail(
        request,
        Detail(
            title=found.number or f"#{found.manifest_id}",
            kind=_("Manifest"),
            badge=cells.badge(found.state, words.MANIFEST),
            sentence=gettext("The carrier has not answered yet; it is asked again by itself.") if closing else "",
            crumbs=(Crumb(_("Shipping"), reverse("shipping:list")), Crumb(_("Manifests"), reverse("shipping:manifests"))),
            facts=(
                Fact(_("Carrier"), words.carrier_name(found.carrier)),
                Fact(_("Parcels"), found.parcels, f"{reverse('shipping:labels')}?manifest={found.manifest_id}"),
                Fact(_("Opened"), found.opened_at),
                Fact(_("Handed over"), found.handed_over_at),
            ),
            sections=tuple(sections),
            timeline=timeline(subject=Ref("shipping.manifest", manifest_id), scope=actor.scope),
            actions=(Action(_("Ask again"), reverse("shipping:finish", args=[manifest_id]), tone="primary", icon="refresh"),) if closing else (),
        ),
    )


@action("manifest")
def finish(p: Posted, manifest_id: int) -> Done:
    """Ask the carrier again about a manifest that it did not answer for."""
    found = selectors.manifest(p.actor.scope, manifest_id)
    done = services.finish_manifest(actor=p.actor, manifest_id=found.manifest_id)
    return Done(gettext("Manifest %(number)s is handed over.") % {"number": done.number})
