"""At a stop: what is scanned and tapped there, and everything that may go otherwise than planned."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.errors import Invalid, PackhorseError
from packhorse.core.scan import Context, Match, Scan
from packhorse.core.web.scanner import Button, Field, Screen, State
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.inventory.errors import AllocationClosed, LotBlocked, LotNotFree, OutOfStock
from packhorse.steps.orders.errors import NotThatMuch
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.errors import StopGone, TaskNotOpen, UnknownCode, WrongLot
from packhorse.steps.picking.events import NO_CODE
from packhorse.steps.picking.scanner import in_the_way
from packhorse.steps.picking.scanner.showing import drop, show
from packhorse.steps.picking.scanner.walk import Walk
from packhorse.steps.picking.stops import At, Stop, asked, counted, left_for_later, next_stop, picks, read, share, together
from packhorse.steps.picking.types import PickLine, TaskInfo

#: What may have changed under the picker's hands: the walk is shown anew.
CHANGED: Final = (TaskNotOpen, AllocationClosed, OutOfStock, NotThatMuch)


def scan(walk: Walk, key: UUID, state: State, scan: Scan) -> Screen:
    """A scan at a stop, whatever it is."""
    before = At.of(state)
    stop, at = next_stop(walk.tasks, before)
    still(walk, before, stop)
    if stop is None:
        return drop(walk)
    context = Context(walk.actor.scope, walk.batch.warehouse_id)
    if asked(stop, at) == "quantity" and (number := _number(scan)) is not None:
        return _have(walk, stop, at, number)
    places = _with_what_stands_there(walk, stop, warehouses.resolve(scan, context))
    placed = any(p.ref.kind == "warehouse.tote" or p.ref.id == stop.location_id for p in places)
    items = [] if placed else catalog.resolve(scan, context)
    stop, at = left_for_later(walk.tasks, stop, at, places=places, items=items) or (stop, at)
    try:
        after = read(stop, at, text=scan.text, marks=scan.marks, places=places, items=items)
    except WrongLot as refusal:
        return _ask_swap(walk, stop, at, refusal, items={i.ref.id for i in items} or {at.item_id}, said={scan.text, *scan.marks})
    if len(after.into) < len(stop.tasks):
        return show(walk, after, say=_said(stop, at, after))
    return _post(walk, key, stop, after)


def _number(scan: Scan) -> int | None:
    return int(scan.text) if scan.is_plain and scan.text.isascii() and scan.text.isdigit() and len(scan.text) < 6 else None


def _with_what_stands_there(walk: Walk, stop: Stop, places: list[Match]) -> list[Match]:
    """A pallet (its LPN) that stands in the stop's place stands for the place."""
    pallets = [p.ref.id for p in places if p.ref.kind == "warehouse.pallet" and p.ref.id != stop.location_id]
    if not pallets:
        return places
    standing = {pk for pk, unit in warehouses.locations_by_id(walk.actor.scope, pallets).items() if unit.parent_id == stop.location_id}
    return [replace(p, ref=replace(p.ref, id=stop.location_id)) if p.ref.id in standing else p for p in places]


def button(walk: Walk, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
    """A tap at a stop, on its questions, or at the end of the walk."""
    before = At.of(state)
    stop, at = next_stop(walk.tasks, before)
    if name in ("empty", "not_empty"):
        services.check_zero(key=key, actor=walk.actor, batch_id=walk.batch.batch_id, location_id=state["emptied"], empty=name == "empty")
        return show(walk, at, say=gettext("Empty, as the books say") if name == "empty" else gettext("It will be counted. Go on"))
    if name == "pause":
        return _pause(walk, key, stop, at)
    if name != "back":
        still(walk, before, stop)
    if stop is None or name == "back":
        return show(walk, at)
    if name == "skip":
        skipped = replace(At(), skipped=(*at.skipped, stop.location_id))
        return _post(walk, key, stop, at, after=skipped) if at.into else show(walk, skipped)
    if name == "have":
        return _have(walk, stop, at, _whole(fields.get("taken", "")))
    if name == "swap":
        return _swap(walk, key, at, task_id=state["task"], lot_id=state["lot_id"])
    if name in ("short", "damaged"):
        return _ask_short(walk, stop, at, damaged=name == "damaged")
    if name == "set":
        number = _whole(fields.get("taken", ""))
        return _ask_empty_tote(walk, stop, counted(stop, at, number), number)
    if name == "full":
        return _ask_empty_tote(walk, stop, at)
    if name == "no_code":
        return in_the_way.ask_look(walk, stop, at)
    if name in NO_CODE:
        return in_the_way.by_look(walk, key, stop, at, name)
    if name == "reach":
        return in_the_way.ask_reach(walk, stop, at)
    if name == "equipment":
        return in_the_way.out_of_reach(walk, key, stop, at)
    if name == "lead":
        return in_the_way.call(walk, key, stop, at)
    if name in ("missing", "wrong_item", "report_damaged"):
        return _short(walk, key, stop, at, "damaged" if name == "report_damaged" else name, _whole(fields.get("taken", "0")))
    raise Invalid(field="button", reason=name)


def _whole(keyed: str) -> int:
    if not (keyed.isascii() and keyed.isdigit() and len(keyed) < 10):
        raise Invalid(field="taken", reason=gettext("a whole number is needed"))
    return int(keyed)


def still(walk: Walk, at: At, stop: Stop | None) -> None:
    """The picker stands where the screen said.

    Raises: StopGone.
    """
    if at.location_id is None or (stop is not None and stop.location_id == at.location_id):
        return
    batch_id = walk.batch.batch_id
    gone = [t for t in selectors.tasks(walk.actor.scope, batch_id) if t.location_id == at.location_id]
    last = max((t for t in gone if t.closed_at), key=lambda t: (t.closed_at, t.task_id), default=None)
    if last is None or last.closed_at is None:
        raise StopGone(batch_id=batch_id, place=gone[0].location if gone else "", reason=gettext("the walk was planned anew"))
    why = {"cancelled": gettext("cancelled at %(time)s"), "short": gettext("reported short at %(time)s")}.get(last.state, gettext("picked at %(time)s"))
    raise StopGone(batch_id=batch_id, place=last.location, reason=why % {"time": f"{timezone.localtime(last.closed_at):%H:%M}"})


def _said(stop: Stop, before: At, after: At) -> str:
    fresh = [t for t in stop.tasks if t.task_id in after.into and t.task_id not in before.into]
    if fresh:
        return gettext("%(n)d into %(tote)s") % {"n": sum(t.quantity for t in fresh), "tote": fresh[0].tote}
    if after.item_id is not None:
        task = next(t for t in stop.left if t.item_id == after.item_id)
        total = sum(t.quantity for t in stop.left if t.item_id == task.item_id and t.tote_id == task.tote_id)
        return f"{task.sku} · {after.count}/{total}" if after.count > 1 else after.lot or task.sku
    return stop.location


def _post(walk: Walk, key: UUID, stop: Stop, at: At, after: At | None = None) -> Screen:
    units = sum(t.quantity for t in stop.tasks if t.task_id in at.into)
    try:
        answer = services.confirm_stop(key=key, actor=walk.actor, batch_id=walk.batch.batch_id, location_id=stop.location_id, picks=picks(at))
    except CHANGED as refusal:
        return _changed(walk, at, refusal)
    said = ngettext("%(n)d piece from %(place)s", "%(n)d pieces from %(place)s", units) % {"n": units, "place": stop.location}
    following = show(walk.anew(), after or At(skipped=at.skipped), say=said)
    return _ask_empty(stop, following) if answer.emptied and after is None else following


def _changed(walk: Walk, at: At, refusal: PackhorseError) -> Screen:
    shown = show(walk.anew(), At(skipped=at.skipped))
    remedy = gettext("Put the pieces of this stop back. Here is what is to be done now.")
    return replace(shown, tone="wrong", sound="wrong", say=refusal.message, remedy=remedy, blocker=refusal.link)


# By the books nothing is left there ---------------------------------------------------------------------------------------------------------------------------------


def _ask_empty(stop: Stop, following: Screen) -> Screen:
    """Is the place empty? Asked beside the next stop: whoever scans on has not looked."""
    return replace(
        following,
        instruction=gettext("Is %(place)s empty now? Tap, or go on") % {"place": stop.location},
        lines=((_("Next"), following.big), (_("Then"), following.instruction)),
        fields=(),
        buttons=(Button("empty", _("Empty"), "primary"), Button("not_empty", _("Something is there"), "danger")),
        state={**following.state, "step": "zero", "emptied": stop.location_id},
        big=stop.location,
    )


# Another lot --------------------------------------------------------------------------------------------------------------------------------------------------------


def _ask_swap(walk: Walk, stop: Stop, at: At, refusal: WrongLot, *, items: Collection[int | None], said: Collection[str]) -> Screen:
    """The lot in the picker's hand is not the one asked for; where the pick may take it, a tap does.

    Raises: WrongLot, where it may not.
    """
    mine = {t.task_id: t for t in stop.left if t.item_id in items}
    others = selectors.other_lots(walk.actor.scope, walk.batch.batch_id, today=warehouses.today(walk.actor.scope, walk.batch.warehouse_id))
    offered = next((o for o in others if o.task_id in mine and o.lot in said), None)
    if offered is None:
        raise refusal
    task = mine[offered.task_id]
    return Screen(
        title=_("Another lot"),
        instruction=_("Put it back, or take %(n)d of it for compartment %(c)s") % {"n": task.quantity, "c": task.compartment or task.tote},
        big=offered.lot,
        lines=((_("Item"), task.item_name), (_("Asked for"), task.lot or "–")),
        buttons=(Button("swap", _("Take it instead"), "primary"), Button("back", _("Back"))),
        tone="wrong",
        sound="wrong",
        say=refusal.message,
        remedy=refusal.remedy,
        state={"step": "swap", "batch": walk.batch.batch_id, "task": offered.task_id, "lot_id": offered.lot_id, **at.plain()},
    )


def _swap(walk: Walk, key: UUID, at: At, *, task_id: int, lot_id: int) -> Screen:
    try:
        done = services.swap_lot(key=key, actor=walk.actor, task_id=task_id, lot_id=lot_id, today=warehouses.today(walk.actor.scope, walk.batch.warehouse_id))
    except (*CHANGED, LotNotFree, LotBlocked) as refusal:
        return _changed(walk, at, refusal)
    item = next((t.item_id for t in walk.tasks if t.task_id == task_id), None)
    return show(walk.anew(), replace(at, item_id=item, lot=done.lot, count=max(1, at.count)), say=done.lot)


# How many -----------------------------------------------------------------------------------------------------------------------------------------------------------


def _have(walk: Walk, stop: Stop, at: At, number: int) -> Screen:
    after = counted(stop, at, number)
    if number < sum(t.quantity for t in together(stop)):
        return _ask_short(walk, stop, after, damaged=False)
    return show(walk, after, say=f"{number} ×")


def _ask_short(walk: Walk, stop: Stop, at: At, *, damaged: bool) -> Screen:
    task, total = stop.now[0], sum(t.quantity for t in together(stop))
    reasons = (
        (Button("report_damaged", _("The rest is damaged"), "danger"),)
        if damaged
        else (Button("missing", _("Not there"), "danger"), Button("wrong_item", _("Something else lies there"), "danger"))
    )
    return Screen(
        title=_("Short"),
        instruction=_("%(n)d × %(sku)s for compartment %(c)s") % {"n": total, "sku": task.sku, "c": task.compartment or task.tote},
        big=stop.location,
        fields=(Field("taken", _("How many are good and taken?"), "number", str(at.count if 1 < at.count < total else 0), _("pieces")),),
        buttons=(*reasons, Button("back", _("Back"))),
        state={"step": "short", "batch": walk.batch.batch_id, **at.plain()},
    )


def _short(walk: Walk, key: UUID, stop: Stop, at: At, reason: str, taken: int) -> Screen:
    today = warehouses.today(walk.actor.scope, walk.batch.warehouse_id)
    if taken >= (total := sum(t.quantity for t in together(stop))):
        raise Invalid(field="taken", reason="a short pick takes less than the {asked} asked for", asked=total)
    task, part, into = _shared(stop, at, taken)
    try:
        answer = services.report_short(key=key, actor=walk.actor, task_id=task.task_id, taken=part, reason=reason, today=today, picks=into)
    except CHANGED as refusal:
        return _changed(walk, at, refusal)
    found = gettext("%(n)d found elsewhere: added to your walk") % {"n": answer.found_elsewhere}
    said = gettext("%(n)d not found: the order waits. Go on") % {"n": answer.missing} if answer.missing else found
    return show(walk.anew(), At(skipped=at.skipped), say=said)


def _shared(stop: Stop, at: At, taken: int) -> tuple[TaskInfo, int, list[PickLine]]:
    """Of tasks that share a tote so many pieces are taken: which of them gets only a part (so many), and what is posted along with it."""
    some = together(stop)
    last = some[-1]
    whole, task, part = share(some, taken) if taken < sum(t.quantity for t in some) else (list(some[:-1]), last, last.quantity)
    return task, part, [*picks(at), *(PickLine(t.task_id, t.tote_id) for t in whole if t.tote_id is not None)]


# The tote is full ---------------------------------------------------------------------------------------------------------------------------------------------------


def _ask_empty_tote(walk: Walk, stop: Stop, at: At, taken: int = 0) -> Screen:
    task = stop.now[0]
    return Screen(
        title=_("Tote full"),
        instruction=_("Key in how many of the %(n)d still went into %(tote)s, then scan an empty tote")
        % {
            "n": sum(t.quantity for t in together(stop)),
            "tote": task.tote,
        },
        big=f"{task.compartment or ''} · {task.tote}",
        fields=(Field("taken", _("How many still went in?"), "number", str(taken), _("pieces")),),
        buttons=(Button("set", _("Go on"), "primary"), Button("back", _("Back"))),
        state={"step": "full", "batch": walk.batch.batch_id, "taken": taken, **at.plain()},
    )


def scan_empty_tote(walk: Walk, key: UUID, state: State, scan: Scan) -> Screen:
    """The tote that goes on for the order; or, keyed in, how many pieces still went into the full one."""
    before = At.of(state)
    stop, at = next_stop(walk.tasks, before)
    still(walk, before, stop)
    if stop is None:
        return drop(walk)
    task = stop.now[0]
    found = warehouses.resolve(scan, Context(walk.actor.scope, walk.batch.warehouse_id))
    tote = next((m for m in found if m.ref.kind == "warehouse.tote"), None)
    if tote is None:
        number = _number(scan)
        if found or number is None:
            raise UnknownCode(scanned=scan.text, wanted=_("Scan an empty tote."))
        return _ask_empty_tote(walk, stop, counted(stop, at, number), number)
    split, part, into = _shared(stop, at, int(state["taken"]))
    answer = services.change_tote(key=key, actor=walk.actor, task_id=split.task_id, taken=part, tote_id=tote.ref.id, picks=into)
    said = gettext("%(tote)s goes on for compartment %(c)s") % {"tote": answer.tote, "c": task.compartment or task.tote}
    return show(walk.anew(), replace(at, into={}, count=0), say=said)


# Leaving ------------------------------------------------------------------------------------------------------------------------------------------------------------


def _pause(walk: Walk, key: UUID, stop: Stop | None, at: At) -> Screen:
    into = picks(at) if stop is not None else []
    location_id = stop.location_id if stop is not None and into else None
    try:
        left = services.pause_batch(key=key, actor=walk.actor, batch_id=walk.batch.batch_id, location_id=location_id, picks=into)
    except CHANGED as refusal:
        return _changed(walk, at, refusal)
    return Screen(
        title=walk.batch.number,
        instruction=_("The walk waits. Go on here or on any other device"),
        big=_("Paused"),
        lines=((_("Picks that are open"), left), (_("Cart"), walk.batch.cart or "–")),
        buttons=(Button("go_on", _("Go on"), "primary"), Button("hand_over", _("Hand over to a colleague"))),
        tone="ok",
        state={"step": "paused", "batch": walk.batch.batch_id},
    )


def hand_over(walk: Walk, key: UUID) -> Screen:
    """The walk is nobody's until somebody scans its cart."""
    services.pause_batch(key=key, actor=walk.actor, batch_id=walk.batch.batch_id, hand_over=True)
    by = walk.batch.cart or walk.batch.number
    return Screen(
        title=_("Pick"),
        instruction=_("Scan the cart"),
        lines=((_("Or"), _("a tote, or the code on a pick list")),),
        tone="ok",
        say=gettext("Handed over: whoever scans %(cart)s goes on") % {"cart": by},
        state={"step": "cart"},
    )
