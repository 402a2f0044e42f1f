"""What stands in the picker's way: no code to scan, and the lead is called."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.web.cells import Text
from packhorse.core.web.scanner import Button, Screen
from packhorse.steps.picking import services
from packhorse.steps.picking.errors import NoCodeNoPlace
from packhorse.steps.picking.scanner.showing import show
from packhorse.steps.picking.scanner.walk import Walk
from packhorse.steps.picking.stops import At, Stop, asked, picks


def ask_look(walk: Walk, stop: Stop, at: At) -> Screen:
    """Is what lies there what is asked for? Only where the place was scanned: something must be.

    Raises: NoCodeNoPlace.
    """
    task = stop.now[0]
    if asked(stop, at) not in ("go", "item", "lot"):
        return show(walk, at, say=gettext("The item is known: go on"))
    if not at.here and at.item_id is None:
        raise NoCodeNoPlace(sku=task.sku, location=stop.location)
    lines: list[tuple[Text, object]] = [(_("Item"), task.item_name), (_("SKU"), task.sku)]
    if task.lot:
        lines.append((_("Lot"), task.lot))
    if task.weight_g:
        lines.append((_("Weighs"), f"{number_format(task.weight_g, force_grouping=True)} g"))
    return Screen(
        title=_("No barcode"),
        instruction=_("Compare name, lot and look: is it this? Then say why it cannot be scanned"),
        big=task.sku,
        lines=tuple(lines),
        buttons=(
            Button("no_label", _("It has no label"), "primary"),
            Button("unreadable", _("Its code cannot be read"), "primary"),
            Button("back", _("Back")),
        ),
        state={"step": "no_code", "batch": walk.batch.batch_id, **at.plain()},
    )


def by_look(walk: Walk, key: UUID, stop: Stop, at: At, reason: str) -> Screen:
    """The picker says that it is: one piece counts as scanned, and the place wants a label."""
    task = stop.now[0]
    services.confirm_by_look(key=key, actor=walk.actor, task_id=task.task_id, reason=reason)
    known = replace(at, here=True, item_id=task.item_id, lot=task.lot or "" if task.scan_lot else at.lot, count=max(1, at.count))
    return show(walk, known, say=gettext("%(sku)s: it is on the list for labels") % {"sku": task.sku})


def ask_reach(walk: Walk, stop: Stop, at: At) -> Screen:
    """Does the rest of this stop wait for somebody with the equipment?"""
    return Screen(
        title=_("Can't reach"),
        instruction=_("Is equipment needed? What is open here goes to somebody who has it, and you walk on"),
        big=stop.location,
        lines=tuple((f"{t.compartment or ''} · {t.tote}", f"{t.quantity} × {t.sku}") for t in stop.left),
        buttons=(Button("equipment", _("Leave it to them"), "danger"), Button("back", _("Back"))),
        state={"step": "reach", "batch": walk.batch.batch_id, **at.plain()},
    )


def out_of_reach(walk: Walk, key: UUID, stop: Stop, at: At) -> Screen:
    """What is in totes is posted, the rest of the stop leaves the walk."""
    n = services.leave_out_of_reach(key=key, actor=walk.actor, batch_id=walk.batch.batch_id, location_id=stop.location_id, picks=picks(at))
    said = ngettext("%(n)d pick goes to somebody with the equipment", "%(n)d picks go to somebody with the equipment", n) % {"n": n}
    return show(walk.anew(), At(skipped=at.skipped), say=said)


def call(walk: Walk, key: UUID, stop: Stop, at: At) -> Screen:
    """The lead hears where the picker stands; the stop stays."""
    services.call_lead(key=key, actor=walk.actor, batch_id=walk.batch.batch_id, location_id=stop.location_id)
    return show(walk, at, say=gettext("The lead is called to %(place)s") % {"place": stop.location})
