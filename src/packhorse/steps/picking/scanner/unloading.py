"""The end of a walk: all totes at a bench with one scan, or each by itself, and totes of one order put together."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.scan import Context, Match, Scan
from packhorse.core.web.scanner import Button, Screen, State
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.errors import BatchNotFinished, NotOnThisWalk, UnknownCode, WrongHandOver
from packhorse.steps.picking.scanner.showing import drop, goes, show
from packhorse.steps.picking.scanner.walk import Walk
from packhorse.steps.picking.stops import At

_PUT_DOWN = ("warehouse.station", "warehouse.staging")


def _places(walk: Walk, scan: Scan) -> list[Match]:
    return warehouses.resolve(scan, Context(walk.actor.scope, walk.batch.warehouse_id))


def scan(walk: Walk, key: UUID, state: State, scan: Scan) -> Screen:
    """The bench: all totes stand there. A tote: it is put down by itself."""
    if walk.tasks:
        return show(walk, At(), say=gettext("One more stop was added"))
    found = _places(walk, scan)
    if walk.batch.zone or walk.batch.wall_id is not None:
        return _put(walk, key, state, scan, found)
    if tote := next((m for m in found if m.ref.kind == "warehouse.tote"), None):
        if selectors.walk_of_tote(walk.actor.scope, tote.ref.id) != walk.batch.batch_id:
            raise NotOnThisWalk(tote=tote.title, batch=walk.batch.number, batch_id=walk.batch.batch_id)
        return _ask_where(walk, tote)
    if own := next((m for m in found if m.ref.kind == "warehouse.cart" and m.title == walk.batch.cart), None):
        return drop(walk, say=own.title)
    bench = next((m for m in found if m.ref.kind == "warehouse.station"), None)
    if bench is None:
        raise UnknownCode(scanned=scan.text, wanted=_("Scan the code of the packing bench."))
    try:
        done = services.finish_batch(key=key, actor=walk.actor, batch_id=walk.batch.batch_id, station_id=bench.ref.id)
    except BatchNotFinished:
        return show(walk.anew(), At(), say=gettext("One more stop was added"))
    return _over(walk, len(done), bench.title)


def _put(walk: Walk, key: UUID, state: State, scan: Scan, found: list[Match]) -> Screen:
    """A place where totes of a walk in a zone go: with the last one the walk is over."""
    put: list[int] = list(state.get("put") or ())
    left = [d for d in selectors.where_totes_go(walk.actor.scope, walk.batch.batch_id) if (d.place_id or d.bench) and (d.place_id or 0) not in put]
    by_id = {m.ref.id: m for m in found}
    here = next((d for d in left if d.place_id in by_id or (d.bench and any(m.ref.kind == "warehouse.station" for m in found))), None)
    if here is None:
        if not found:
            raise UnknownCode(scanned=scan.text, wanted=_("Scan the place where the totes go."))
        raise WrongHandOver(scanned=scan.text, expected=left[0].place or gettext("the bench"), batch_id=walk.batch.batch_id)
    bench = next((m.ref.id for m in found if m.ref.kind == "warehouse.station"), None) if here.bench else state.get("bench")
    put.append(here.place_id or 0)
    said = gettext("%(place)s: %(totes)s") % {"place": scan.text, "totes": ", ".join(here.totes)}
    if len(left) > 1:
        following = goes(walk, put, say=said)
        return replace(following, state={**following.state, "bench": bench})
    return end(walk, key, bench, said)


def end(walk: Walk, key: UUID, bench: int | None, say: str = "") -> Screen:
    """A walk in a zone is over: all its totes are where they go."""
    try:
        done = services.finish_batch(key=key, actor=walk.actor, batch_id=walk.batch.batch_id, station_id=bench)
    except BatchNotFinished:
        return show(walk.anew(), At(), say=gettext("One more stop was added"))
    return _over(walk, len(done), say)


def _over(walk: Walk, orders: int, say: str) -> Screen:
    return Screen(
        title=walk.batch.number,
        instruction=_("Scan the next cart to go on"),
        big=_("Done"),
        lines=(*(((_("Orders at the bench"), orders),) if walk.batch.wall_id is None else ()), (_("Walked"), f"{round(walk.batch.distance_m)} m")),
        tone="done",
        say=say,
        state={"step": "done", **({"zone": walk.batch.zone} if walk.batch.zone else {})},
    )


def _ask_where(walk: Walk, tote: Match) -> Screen:
    return Screen(
        title=walk.batch.number,
        instruction=_("Scan the bench or place where it is put"),
        big=tote.title,
        lines=((_("Or"), _("another tote of its order, to put both together")),),
        buttons=(Button("back", _("Back")),),
        tone="ok",
        say=tote.title,
        state={"step": "unload", "batch": walk.batch.batch_id, "tote": tote.ref.id, "code": tote.title},
    )


def put_down(walk: Walk, key: UUID, state: State, scan: Scan) -> Screen:
    """Where the tote that was scanned goes: a bench, staging, or another tote of its order."""
    if walk.tasks:
        return show(walk, At(), say=gettext("One more stop was added"))
    found = _places(walk, scan)
    if into := next((m for m in found if m.ref.kind == "warehouse.tote"), None):
        if into.ref.id == state["tote"]:
            return _ask_where(walk, into)
        units = services.consolidate_totes(key=key, actor=walk.actor, tote_id=state["tote"], into_id=into.ref.id)
        said = ngettext("%(n)d piece from %(tote)s into %(into)s", "%(n)d pieces from %(tote)s into %(into)s", units)
        return drop(walk, say=said % {"n": units, "tote": state["code"], "into": into.title})
    place = next((m for m in found if m.ref.kind in _PUT_DOWN), None)
    if place is None:
        raise UnknownCode(scanned=scan.text, wanted=_("Scan the code of the bench, of staging, or of another tote of this order."))
    answer = services.unload_tote(key=key, actor=walk.actor, batch_id=walk.batch.batch_id, tote_id=state["tote"], place_id=place.ref.id)
    if not answer.left:
        return _over(walk, walk.batch.orders, place.title)
    left = ngettext("%(tote)s stands at %(place)s: %(n)d tote is left", "%(tote)s stands at %(place)s: %(n)d totes are left", answer.left)
    return drop(walk, say=left % {"n": answer.left, "tote": state["code"], "place": place.title})
