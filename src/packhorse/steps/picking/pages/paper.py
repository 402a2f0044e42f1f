"""Walks on paper: one, or many from the list, for the browser or the warehouse's paper printer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _, ngettext

from packhorse.core.actors import Scope
from packhorse.core.documents import PickList, PickListLine, paper_of, pick_lists_pdf
from packhorse.core.jobs import defer
from packhorse.core.refs import Ref
from packhorse.core.web.actions import Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.lists import chosen_ids
from packhorse.core.web.papers import pdf
from packhorse.ground.equipment import selectors as equipment, services as printing
from packhorse.ground.equipment.types import NewSending
from packhorse.ground.files.services import store
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.picking import selectors
from packhorse.steps.picking.pages.walks import walks
from packhorse.steps.picking.types import BatchInfo, TaskInfo

#: So many walks are printed at once.
MOST: Final = 200


def _lists(scope: Scope, batches: Sequence[BatchInfo], language: str) -> list[PickList]:
    """The walks as lists, in their order."""
    places = warehouses.warehouses_by_id(scope, {b.warehouse_id for b in batches})
    tasks: dict[int, list[TaskInfo]] = {}
    for t in selectors.tasks_of_batches(scope, [b.batch_id for b in batches]):
        if t.batch_id is not None and t.state in ("ready", "claimed", "done"):
            tasks.setdefault(t.batch_id, []).append(t)
    return [
        PickList(
            number=b.number,
            warehouse=places[b.warehouse_id].name,
            made_at=b.planned_at,
            lines=tuple(_line(t) for t in tasks.get(b.batch_id, ())),
            paper=paper_of(places[b.warehouse_id].address.country),
            language=language[:2],
        )
        for b in batches
    ]


def _line(t: TaskInfo) -> PickListLine:
    target = f"{t.compartment} · {t.tote}" if t.tote else str(t.compartment or "")
    return PickListLine(location=t.location, sku=t.sku, name=t.item_name, quantity=t.quantity, lot=t.lot or "", target=target)


@page("see_orders")
def pick_list(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The walk on paper."""
    scope = actor_of(request).scope
    found = selectors.batch(scope, batch_id)
    return pdf(pick_lists_pdf(_lists(scope, [found], request.LANGUAGE_CODE)), found.number)


def _marked(p: Posted) -> list[BatchInfo]:
    return selectors.batches_by_id(p.actor.scope, chosen_ids(p.request, walks, p.actor.scope, most=MOST))


@action("see_orders")
def pick_lists(p: Posted) -> HttpResponse | Done:
    """The marked walks as one document."""
    marked = _marked(p)
    language = p.request.LANGUAGE_CODE
    return pdf(pick_lists_pdf(_lists(p.actor.scope, marked, language)), "pick-lists") if marked else Done(_("Mark some walks first."))


@action("pick")
def print_pick_lists(p: Posted) -> Done:
    """The marked walks to their warehouses' paper printers, one job for each warehouse."""
    marked = _marked(p)
    if not marked:
        return Done(_("Mark some walks first."))
    language = p.request.LANGUAGE_CODE
    sheets = []
    for warehouse_id in sorted({b.warehouse_id for b in marked}):
        own = [b for b in marked if b.warehouse_id == warehouse_id]
        printer = equipment.printer(p.actor.scope, "paper", warehouse_id)
        data = pick_lists_pdf(_lists(p.actor.scope, own, language))
        file_id = store(data, "application/pdf", "pick_list")
        sheets.append(NewSending(equipment_id=printer.id, what="pick_lists", about=Ref("warehouse.warehouse", warehouse_id), file_id=file_id))
    printing.print_out(key=p.key, actor=p.actor, permission="pick", sheets=sheets)
    defer("equipment.send")
    return Done(
        ngettext("%(n)d pick list is on its way to the printer.", "%(n)d pick lists are on their way to the printer.", len(marked)) % {"n": len(marked)}
    )
