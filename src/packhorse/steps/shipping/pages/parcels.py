"""The shelf: sealed parcels, their labels bought and printed many at a time."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid5

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core import clock
from packhorse.core.actors import Actor
from packhorse.core.lists import ListQuery
from packhorse.core.web import cells
from packhorse.core.web.actions import Done, Posted, action
from packhorse.core.web.auth import actor_of
from packhorse.core.web.bulk import Refusal, bulk_action
from packhorse.core.web.lists import BulkAction, Button, Choice, Column, Empty, ListPage, chosen_ids
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.shipping import selectors, services, words
from packhorse.steps.shipping.types import ParcelRow

#: Up to so many labels are bought before the answer; more are worked through by a job with a page that shows how far it is.
AT_ONCE: Final = 100


def _to_print(request: HttpRequest) -> dict[str, Any]:
    """What stands above the list of labels that were not printed yet: the button that prints all of them."""
    if request.GET.get("shelf") != "print" or not actor_of(request).may("ship"):
        return {}
    return {"print_url": reverse("shipping:print-all")}


parcels = ListPage(
    name="shipping.parcels",
    title=_("Parcels to ship"),
    permission="see_orders",
    rows=selectors.parcels,
    columns=(
        Column("number", _("Parcel"), cells.link("number", "shipping:label", "label_id"), sort="number"),
        Column("order_number", _("Order"), words.order),
        Column("state", _("State"), cells.state("state", words.PARCEL)),
        Column("ship_by", _("Leaves by")),
        Column("service", _("Service"), words.service, narrow=False, plain=lambda r: words.service_name(r.carrier, r.service)),
        Column("tracking_number", _("Tracking number"), narrow=False),
        Column("weight_g", _("Weight"), cells.weight("weight_g"), align="end", narrow=False),
        Column("error", _("Why not"), lambda r: cells.show(words.reason(r.error)), narrow=False),
        Column("client", _("Client"), narrow=False),
    ),
    filters=(
        Choice(
            "shelf",
            _("Shelf"),
            (("waiting", _("To label")), ("failed", _("Refused")), ("print", _("To print")), ("ready", _("Ready to go")), ("here", _("All here"))),
        ),
        Choice("carrier", _("Carrier"), lambda _scope: words.carriers()),
        Choice("service", _("Promised"), (("standard", _("Standard")), ("express", _("Express")), ("same_day", _("Same day")))),
        Choice("warehouse", _("Warehouse"), lambda scope: [(str(pk), name) for pk, name in warehouses.warehouse_choices(scope)]),
    ),
    tabs=(
        (_("To label"), ""),
        (_("Refused"), "shelf=failed"),
        (_("To print"), "shelf=print"),
        (_("Ready to go"), "shelf=ready"),
        (_("All here"), "shelf=here"),
    ),
    buttons=(
        Button(_("End of the day"), "shipping:day", "manifest", "primary", "shipping"),
        Button(_("Labels"), "shipping:labels", "see_orders", "normal", "label"),
        Button(_("Shipments"), "shipping:shipments", "see_orders", "normal"),
        Button(_("Manifests"), "shipping:manifests", "manifest", "normal", "file"),
    ),
    actions=(
        BulkAction(_("Buy labels"), "shipping:buy", "ship", "primary", "label"),
        BulkAction(_("Print labels and slips"), "shipping:print", "ship", icon="print"),
        BulkAction(_("Print slips"), "shipping:print-slips", "ship", icon="file"),
    ),
    search=_("Parcel, order or tracking number"),
    empty=Empty(_("Nothing waits here"), _("Sealed parcels come from packing; each gets the cheapest service that keeps its promise."), "shipping"),
    limit=100,
    template="shipping/parcels.html",
    context=_to_print,
)


def _refusal(row: ParcelRow, now_bought: bool) -> Refusal | None:
    if now_bought:
        return None
    if row.held:
        why = gettext("its order is on hold")
    elif row.label_id is None and not row.error:
        why = gettext("no carrier takes it, or its order is not packed whole")
    else:
        why = str(words.reason(row.error)) or gettext("no answer yet; it is asked again")
    return Refusal(row.id, row.number, why)


def _buy(key: UUID, actor: Actor, ids: list[int]) -> list[Refusal]:
    """Choose and buy for these parcels, trying again what was refused; those that have no label after it."""
    failed = [r.label_id for r in selectors.parcels_by_id(actor.scope, ids) if r.label_state == "failed" and r.label_id]
    if failed:
        services.retry_labels(key=uuid5(key, "retry"), actor=actor, label_ids=failed)
    labels: list[int] = []
    for warehouse_id, mine in selectors.warehouses_of(actor.scope, ids).items():
        labels += services.choose_services(key=uuid5(key, f"choose:{warehouse_id}"), actor=actor, warehouse_id=warehouse_id, parcel_ids=mine, limit=len(mine))
    services.buy_labels(actor=actor, label_ids=labels)
    return [r for row in selectors.parcels_by_id(actor.scope, ids) if (r := _refusal(row, row.label_state == "bought"))]


@bulk_action("shipping.buy", title=_("Buy labels"), permission="ship", rows=parcels, chunk=50)
def buy_many(*, key: UUID, actor: Actor, ids: list[int], data: dict[str, str]) -> list[Refusal]:
    """Buy labels for many parcels, with a page that shows how far it is."""
    return _buy(key, actor, ids)


@action("ship")
def buy(p: Posted) -> Done | HttpResponseBase:
    """Buy the labels of the marked parcels; it ends where they are printed."""
    ids = chosen_ids(p.request, parcels, p.actor.scope)
    to_print = reverse("shipping:list") + "?shelf=print"
    if len(ids) > AT_ONCE:
        posted = p.request.POST.copy()
        posted["next"] = to_print
        p.request.POST = posted  # type: ignore[assignment]
        return buy_many(p.request)
    if not ids:
        return Done(gettext("Mark some parcels first."))
    refused = _buy(p.key, p.actor, ids)
    bought = len(ids) - len(refused)
    said = ngettext("%(n)d label bought.", "%(n)d labels bought.", bought) % {"n": bought}
    if refused:
        said += " " + ngettext("%(n)d not: %(first)s", "%(n)d not, the first: %(first)s", len(refused)) % {
            "n": len(refused),
            "first": f"{refused[0].label} – {refused[0].reason}",
        }
    return Done(said, to=to_print if bought else reverse("shipping:list") + "?shelf=failed" if any(r for r in refused) else "")


def _printed(p: Posted, label_ids: list[int], what: services.What = "both") -> HttpResponseBase | Done:
    if not label_ids:
        return Done(gettext("None of these has a label yet."))
    document = services.papers(p.actor.scope, label_ids, what=what)
    services.note_printed(key=uuid5(p.key, repr(sorted(label_ids))), actor=p.actor, label_ids=label_ids)  # the page stays open: it prints what came since, too
    response = HttpResponse(document, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=f"{what}-{clock.now():%Y%m%d-%H%M}.pdf") or "inline"
    return response


def _marked(p: Posted) -> list[int]:
    rows = selectors.parcels_by_id(p.actor.scope, chosen_ids(p.request, parcels, p.actor.scope, most=1000))
    return [r.label_id for r in rows if r.label_id and r.label_state == "bought"]


@action("ship")
def print_marked(p: Posted) -> HttpResponseBase | Done:
    """Labels and slips of the marked parcels as one document, in shelf order."""
    return _printed(p, _marked(p))


@action("ship")
def print_slips(p: Posted) -> HttpResponseBase | Done:
    """Packing slips of the marked parcels as one document, in shelf order."""
    return _printed(p, _marked(p), "slips")


@action("ship")
def print_all(p: Posted) -> HttpResponseBase | Done:
    """All papers that were not printed yet, up to a thousand, in shelf order."""
    found = selectors.parcels(query=ListQuery(filters={"shelf": ("print",)}, limit=1000, count=False), scope=p.actor.scope)
    rows = selectors.parcels_by_id(p.actor.scope, [r.id for r in found.rows])
    return _printed(p, [r.label_id for r in rows if r.label_id])
