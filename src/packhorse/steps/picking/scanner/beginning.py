"""A walk is begun with a cart and totes, found again, or taken over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.actors import Actor
from packhorse.core.errors import WrongState
from packhorse.core.scan import Context, Scan
from packhorse.core.web.cells import Text
from packhorse.core.web.scanner import Button, Field, Screen, State
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.ground.warehouse.designing import aisle_letters
from packhorse.steps.inventory.errors import Ambiguous
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.errors import AisleFull, CartInUse, NotEnoughTotes, NothingToPick, ToteScanned, UnknownCode
from packhorse.steps.picking.scanner.showing import show
from packhorse.steps.picking.scanner.walk import Walk
from packhorse.steps.picking.stops import At
from packhorse.steps.picking.types import BatchInfo, FullAisle, batch_id_of, batch_number

#: So often the planned walks are looked at anew before it is said that there are none: many pickers may begin at the same moment.
TRIES: Final = 10


def start(actor: Actor, key: UUID, context: Mapping[str, str]) -> Screen:
    """The walk that was asked for, else the one that the picker is on, else the question for a cart."""
    if wanted := batch_id_of(context.get("batch", "")):
        batch = selectors.batch(actor.scope, wanted)
        if batch.state == "planned":
            return _ask_totes(actor, batch, None, [])
        if batch.state == "picking":
            return _take_over(actor, key, batch)
        raise WrongState(kind="batch", state=batch.state, wanted="picked", page="picking:batch", id=batch.batch_id)
    mine = selectors.open_batch_of(actor.scope, actor.user_id)
    return go_on(Walk.read(actor, mine.batch_id)) if mine is not None else ask_cart(actor, context.get("zone", ""))


def go_on(walk: Walk) -> Screen:
    """The picker's own walk, on whatever device."""
    return show(walk, At(), say=gettext("You are in the middle of this walk"))


def ask_cart(actor: Actor, zone: str = "", say: str = "") -> Screen:
    """The cart; where the floor has zones, the picker may say in which to work."""
    zones = warehouses.zone_codes(actor.scope)
    mine = zone if zone in zones else ""
    choices: tuple[tuple[str, Text], ...] = (("", _("any zone")), *((code, code) for code in zones))
    return Screen(
        title=_("Pick"),
        instruction=_("Scan the cart"),
        big=mine,
        lines=((_("Or"), _("a tote, or the code on a pick list")),),
        fields=(Field("zone", _("Zone"), "choice", mine, choices=choices),) if zones else (),
        buttons=(Button("zone", _("Work in this zone")),) if zones else (),
        tone="ok" if say else "ask",
        say=say,
        state={"step": "cart", "zone": mine},
    )


def scan_cart(actor: Actor, key: UUID, scan: Scan, zone: str = "") -> Screen:
    """A cart (with its totes), a tote by itself, or the number of a walk. A tote that waits for the walk of a zone begins that one."""
    wanted = _("Scan a cart, a tote or the code of a pick list.")
    places = warehouses.resolve(scan, Context(actor.scope))
    if not places:
        found = selectors.resolve(scan, Context(actor.scope))
        if not found:
            raise UnknownCode(scanned=scan.text, wanted=wanted)
        return start(actor, key, {"batch": found[0].title})
    if len(places) > 1:
        raise Ambiguous(code=scan.text)
    place = warehouses.location(actor.scope, places[0].ref.id)
    assert place.warehouse_id is not None, "places that resolve are in a warehouse"
    if place.kind not in ("cart", "tote"):
        raise UnknownCode(scanned=scan.text, wanted=wanted)
    if place.kind == "cart" and (under_way := selectors.batch_on_cart(actor.scope, place.id)):
        return _take_over(actor, key, under_way)
    if place.kind == "tote" and (waits := selectors.walk_of_tote(actor.scope, place.id)) and (walk := selectors.batch(actor.scope, waits)).state == "planned":
        return _take(actor, key, walk, None, [])
    cart_id = place.id if place.kind == "cart" else None
    totes = _standing(actor, cart_id) if cart_id else [place.id]
    return _take_next(actor, key, place.warehouse_id, cart_id, totes, zone)


def _take_next(actor: Actor, key: UUID, warehouse_id: int, cart_id: int | None, totes: list[int], zone: str = "") -> Screen:
    """The planned walk (of a zone, where given) that is the most urgent, or the next one where somebody was quicker or too many walk where it begins.

    Raises: NothingToPick, AisleFull.
    """
    full: FullAisle | None = None
    for _try in range(TRIES):
        beaten = False
        planned = selectors.next_planned(actor.scope, warehouse_id, limit=10, cart_id=cart_id, zone=zone)
        crowded = selectors.full_aisles(actor.scope, [b.batch_id for b in planned])
        for batch in planned:
            if (here := crowded.get(batch.batch_id)) is not None:
                full = full or here
                continue
            try:
                screen = _take(actor, key, batch, cart_id, totes)
            except WrongState:  # somebody was quicker: the next one
                beaten = True
                continue
            return replace(screen, say=_instead(full)) if full else screen
        if not beaten:
            break
    if full is not None:
        raise AisleFull(aisle=aisle_letters(full.aisle), walks=full.walks, batch=batch_number(full.batch_id), batch_id=full.batch_id, next="–")
    raise NothingToPick


def _instead(full: FullAisle) -> str:
    """Why the walk that would come first waits."""
    said = {"aisle": aisle_letters(full.aisle), "n": full.walks, "walk": batch_number(full.batch_id)}
    return (
        ngettext(
            "%(n)d picker is in aisle %(aisle)s: %(walk)s waits, this one begins elsewhere",
            "%(n)d pickers are in aisle %(aisle)s: %(walk)s waits, this one begins elsewhere",
            full.walks,
        )
        % said
    )


def _take_over(actor: Actor, key: UUID, batch: BatchInfo) -> Screen:
    services.take_over_batch(key=key, actor=actor, batch_id=batch.batch_id)
    return show(Walk.read(actor, batch.batch_id), At(), say=gettext("You go on with this walk"))


def _standing(actor: Actor, cart_id: int) -> list[int]:
    """The empty totes on a cart, by code."""
    cart = warehouses.location(actor.scope, cart_id)
    assert cart.warehouse_id is not None, "carts are in a warehouse"
    on_cart = [u.id for u in warehouses.units_in(actor.scope, cart_id) if u.kind == "tote"]
    free = {i for i, _code in selectors.free_units(actor.scope, cart.warehouse_id, "tote", limit=10_000)} if on_cart else set()
    return [i for i in on_cart if i in free]


def _take(actor: Actor, key: UUID, batch: BatchInfo, cart_id: int | None, totes: list[int]) -> Screen:
    if len(totes) < selectors.totes_needed(actor.scope, batch.batch_id):
        return _ask_totes(actor, batch, cart_id, totes)
    standing = selectors.waiting_totes(actor.scope, batch.batch_id) if batch.zone and batch.wall_id is None else []
    services.start_batch(key=key, actor=actor, batch_id=batch.batch_id, cart_id=cart_id, tote_ids=totes)
    said = ngettext("%(n)d order, %(m)d m", "%(n)d orders, %(m)d m", batch.orders) % {"n": batch.orders, "m": round(batch.distance_m)}
    if standing:
        places = ", ".join(sorted({place for _tote, place in standing if place})) or "–"
        said = gettext("Take %(totes)s from %(place)s. %(said)s") % {"totes": ", ".join(t for t, _place in standing), "place": places, "said": said}
    return show(Walk.read(actor, batch.batch_id), At(), say=said)


def _ask_totes(actor: Actor, batch: BatchInfo, cart_id: int | None, totes: list[int], say: str = "") -> Screen:
    needed = selectors.totes_needed(actor.scope, batch.batch_id)
    codes = {pk: place.code for pk, place in warehouses.locations_by_id(actor.scope, totes).items()}
    planned = selectors.cartons_of_walk(actor.scope, batch.batch_id).get(len(totes) + 1)
    carton = ((_("Goes into"), ", ".join(planned.boxes)),) if planned and planned.boxes else ()
    return Screen(
        title=batch.number,
        instruction=_("Scan an empty tote for compartment %(n)d") % {"n": len(totes) + 1},
        big=f"{len(totes) + 1}/{needed}",
        lines=(*carton, *((str(n), codes[t]) for n, t in enumerate(totes, 1))),
        progress=(len(totes), needed),
        buttons=(Button("back", _("Another cart")),),
        tone="ok" if say else "ask",
        say=say,
        state={"step": "totes", "batch": batch.batch_id, "cart": cart_id, "totes": totes},
    )


def scan_tote(actor: Actor, key: UUID, state: State, scan: Scan) -> Screen:
    """An empty tote for the next compartment, or the cart that all of them stand on."""
    batch = selectors.batch(actor.scope, state["batch"])
    cart_id: int | None = state["cart"]
    totes: list[int] = list(state["totes"])
    places = {m.ref.kind: m for m in warehouses.resolve(scan, Context(actor.scope, batch.warehouse_id))}
    if "warehouse.cart" in places:
        cart_id = places["warehouse.cart"].ref.id
        if busy := selectors.batch_on_cart(actor.scope, cart_id):
            raise CartInUse(cart=places["warehouse.cart"].title, batch=busy.number, batch_id=busy.batch_id)
        totes = list(dict.fromkeys([*totes, *_standing(actor, cart_id)]))
    elif "warehouse.tote" in places:
        tote = places["warehouse.tote"]
        if tote.ref.id in totes:
            raise ToteScanned(tote=tote.title)
        selectors.check_totes_free(actor.scope, [tote.ref.id])
        totes.append(tote.ref.id)
    else:
        raise UnknownCode(scanned=scan.text, wanted=_("Scan an empty tote."))
    if len(totes) < selectors.totes_needed(actor.scope, batch.batch_id):
        return _ask_totes(actor, batch, cart_id, totes, say=scan.text)
    try:
        return _take(actor, key, batch, cart_id, totes)
    except NotEnoughTotes:
        return _ask_totes(actor, batch, cart_id, totes)
    except WrongState:  # somebody began this one meanwhile
        return _take_next(actor, key, batch.warehouse_id, cart_id, totes)
