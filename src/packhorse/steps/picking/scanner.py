"""Picking on a phone: one stop a screen. Scan the cart, then at each stop the item once and a compartment for each line; at the end the bench."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.actors import Actor
from packhorse.core.errors import Invalid, PackhorseError, WrongState
from packhorse.core.scan import Context, Scan
from packhorse.core.web.scanner import Button, Field, Flow, Screen, State, register_flow
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.inventory.errors import AllocationClosed, Ambiguous, OutOfStock
from packhorse.steps.orders.errors import NotThatMuch
from packhorse.steps.picking import days, selectors, services
from packhorse.steps.picking.errors import BatchNotFinished, CartInUse, NotEnoughTotes, NothingToPick, StopGone, TaskNotOpen, ToteScanned, UnknownCode
from packhorse.steps.picking.stops import At, Stop, next_stop, picks, read
from packhorse.steps.picking.types import BatchInfo, TaskInfo, batch_id_of

#: What may have changed under the picker's hands: the walk is shown anew.
CHANGED: Final = (TaskNotOpen, AllocationClosed, OutOfStock, NotThatMuch)


#: So many of the coming stops go with a screen, for where there is no network.
AHEAD: Final = 20


def _ahead(tasks: list[TaskInfo], stop: Stop, at: At) -> tuple[tuple[str, str], ...]:
    """The stops after this one, in walking order, those put off last: place, and what goes into which compartment."""
    coming: dict[int, list[TaskInfo]] = {}
    for task in sorted(
        (t for t in tasks if t.location_id != stop.location_id), key=lambda t: (t.location_id in at.skipped, t.sequence, t.compartment or 0, t.task_id)
    ):
        coming.setdefault(task.location_id, []).append(task)
    return tuple(
        (own[0].location, ", ".join(f"{t.quantity} × {t.sku} → {t.compartment or ''} · {t.tote}" for t in own)) for own in list(coming.values())[:AHEAD]
    )


@register_flow
class Pick(Flow):
    """Picks a batch. All that matters is posted stop by stop; what the run remembers is only the stop that is under way."""

    name, title, icon, permission = "picking.pick", _("Pick"), "picking", "pick"
    text = _("Walk a batch with cart and totes")

    def start(self, *, actor: Actor, key: UUID, context: Mapping[str, str]) -> Screen:
        if wanted := batch_id_of(context.get("batch", "")):
            batch = selectors.batch(actor.scope, wanted)
            if batch.state == "planned":
                return self._ask_totes(actor, batch, None, [])
            if batch.state == "picking":
                services.take_over_batch(key=key, actor=actor, batch_id=batch.batch_id)
                return self._next(actor, batch.batch_id, At())
            raise WrongState(kind="batch", state=batch.state, wanted="picked", page="picking:batch", id=batch.batch_id)
        mine = selectors.open_batch_of(actor.scope, actor.user_id)
        if mine is not None:
            return self._next(actor, mine.batch_id, At(), say=gettext("You are in the middle of this walk"))
        return self._begin()

    def scan(self, *, actor: Actor, key: UUID, state: State, scan: Scan) -> Screen:
        if state["step"] == "cart":
            return self._cart(actor, key, scan)
        if state["step"] == "totes":
            return self._tote(actor, key, state, scan)
        if state["step"] == "done":
            return self._cart(actor, key, scan)
        batch_id, before = state["batch"], At.of(state)
        stop, at = next_stop(self._open(actor, batch_id), before)
        self._still(actor, batch_id, before, stop)
        if stop is None:
            return self._drop(actor, key, batch_id, scan)
        warehouse_id = selectors.batch(actor.scope, batch_id).warehouse_id
        context = Context(actor.scope, warehouse_id)
        after = read(stop, at, text=scan.text, marks=scan.marks, places=warehouses.resolve(scan, context), items=catalog.resolve(scan, context))
        if len(after.into) < len(stop.tasks):
            return self._show(actor, batch_id, stop.location_id, after, say=self._said(stop, at, after))
        return self._post(actor, key, batch_id, stop, after)

    def button(self, *, actor: Actor, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
        if state["step"] in ("cart", "totes", "done"):
            return self._begin()
        batch_id, before = state["batch"], At.of(state)
        stop, at = next_stop(self._open(actor, batch_id), before)
        if name != "back":
            self._still(actor, batch_id, before, stop)
        if stop is None or name == "back":
            return self._next(actor, batch_id, at)
        if name == "skip":
            skipped = replace(At(), skipped=(*at.skipped, stop.location_id))
            if not at.into:
                return self._next(actor, batch_id, skipped)
            return self._post(actor, key, batch_id, stop, at, after=skipped)
        if name in ("short", "damaged"):
            return self._ask_short(batch_id, stop, at, damaged=name == "damaged")
        if name in ("missing", "wrong_item", "report_damaged"):
            return self._short(actor, key, batch_id, stop, at, "damaged" if name == "report_damaged" else name, fields.get("taken", "0"))
        raise Invalid(field="button", reason=name)

    def again(self, *, actor: Actor, state: State) -> Screen | None:
        """The stop as it is now: what was refused may have been meant for one that is gone."""
        if state["step"] not in ("stop", "short"):
            return None
        at = At.of(state)
        stop, _at = next_stop(self._open(actor, state["batch"]), at)
        if state["step"] == "short" and stop is not None and stop.location_id == at.location_id:
            return None
        return self._next(actor, state["batch"], at)

    def _still(self, actor: Actor, batch_id: int, at: At, stop: Stop | None) -> None:
        """The picker stands where the screen said.

        Raises: StopGone.
        """
        if at.location_id is None or (stop is not None and stop.location_id == at.location_id):
            return
        gone = [t for t in selectors.tasks(actor.scope, batch_id) if t.location_id == at.location_id]
        last = max((t for t in gone if t.closed_at), key=lambda t: (t.closed_at, t.task_id), default=None)
        if last is None or last.closed_at is None:
            raise StopGone(batch_id=batch_id, place=gone[0].location if gone else "", reason=gettext("the walk was planned anew"))
        why = {"cancelled": gettext("cancelled at %(time)s"), "short": gettext("reported short at %(time)s")}.get(last.state, gettext("picked at %(time)s"))
        raise StopGone(batch_id=batch_id, place=last.location, reason=why % {"time": f"{timezone.localtime(last.closed_at):%H:%M}"})

    # The cart ---------------------------------------------------------------------------------------------------------------------------------------------------

    def _begin(self) -> Screen:
        return Screen(title=_("Pick"), instruction=_("Scan the cart"), lines=((_("Or"), _("a tote, or the code on a pick list")),), state={"step": "cart"})

    def _cart(self, actor: Actor, key: UUID, scan: Scan) -> Screen:
        places = warehouses.resolve(scan, Context(actor.scope))
        if not places:
            found = selectors.resolve(scan, Context(actor.scope))
            if not found:
                raise UnknownCode(scanned=scan.text, wanted=_("Scan a cart, a tote or the code of a pick list."))
            return self.start(actor=actor, key=key, context={"batch": found[0].title})
        if len(places) > 1:
            raise Ambiguous(code=scan.text)
        place = warehouses.location(actor.scope, places[0].ref.id)
        assert place.warehouse_id is not None, "places that resolve are in a warehouse"
        if place.kind not in ("cart", "tote"):
            raise UnknownCode(scanned=scan.text, wanted=_("Scan a cart, a tote or the code of a pick list."))
        if place.kind == "cart" and (under_way := selectors.batch_on_cart(actor.scope, place.id)):
            services.take_over_batch(key=key, actor=actor, batch_id=under_way.batch_id)
            return self._next(actor, under_way.batch_id, At(), say=gettext("You go on with this walk"))
        cart_id = place.id if place.kind == "cart" else None
        totes = self._standing(actor, cart_id) if cart_id else [place.id]
        planned = selectors.next_planned(actor.scope, place.warehouse_id, limit=5)
        for batch in planned:
            try:
                return self._take(actor, key, batch, cart_id, totes)
            except WrongState:  # somebody was quicker: the next one
                continue
        raise NothingToPick

    def _standing(self, actor: Actor, cart_id: int) -> list[int]:
        """The empty totes on a cart, by code."""
        cart = warehouses.location(actor.scope, cart_id)
        assert cart.warehouse_id is not None, "carts are in a warehouse"
        on_cart = [u.id for u in warehouses.units_in(actor.scope, cart_id) if u.kind == "tote"]
        free = {i for i, _code in selectors.free_units(actor.scope, cart.warehouse_id, "tote", limit=10_000)} if on_cart else set()
        return [i for i in on_cart if i in free]

    def _take(self, actor: Actor, key: UUID, batch: BatchInfo, cart_id: int | None, totes: list[int]) -> Screen:
        if len(totes) < selectors.totes_needed(actor.scope, batch.batch_id):
            return self._ask_totes(actor, batch, cart_id, totes)
        services.start_batch(key=key, actor=actor, batch_id=batch.batch_id, cart_id=cart_id, tote_ids=totes)
        metres = ngettext("%(n)d order, %(m)d m", "%(n)d orders, %(m)d m", batch.orders) % {"n": batch.orders, "m": round(batch.distance_m)}
        return self._next(actor, batch.batch_id, At(), say=metres)

    def _ask_totes(self, actor: Actor, batch: BatchInfo, cart_id: int | None, totes: list[int], say: str = "") -> Screen:
        needed = selectors.totes_needed(actor.scope, batch.batch_id)
        codes = {pk: place.code for pk, place in warehouses.locations_by_id(actor.scope, totes).items()}
        return Screen(
            title=batch.number,
            instruction=_("Scan an empty tote for compartment %(n)d") % {"n": len(totes) + 1},
            big=f"{len(totes) + 1}/{needed}",
            lines=tuple((str(n), codes[t]) for n, t in enumerate(totes, 1)),
            progress=(len(totes), needed),
            buttons=(Button("back", _("Another cart")),),
            tone="ok" if say else "ask",
            say=say,
            state={"step": "totes", "batch": batch.batch_id, "cart": cart_id, "totes": totes},
        )

    def _tote(self, actor: Actor, key: UUID, state: State, scan: Scan) -> Screen:
        batch = selectors.batch(actor.scope, state["batch"])
        cart_id: int | None = state["cart"]
        totes: list[int] = list(state["totes"])
        places = {m.ref.kind: m for m in warehouses.resolve(scan, Context(actor.scope, batch.warehouse_id))}
        if "warehouse.cart" in places:
            cart_id = places["warehouse.cart"].ref.id
            if busy := selectors.batch_on_cart(actor.scope, cart_id):
                raise CartInUse(cart=places["warehouse.cart"].title, batch=busy.number, batch_id=busy.batch_id)
            totes = list(dict.fromkeys([*totes, *self._standing(actor, cart_id)]))
        elif "warehouse.tote" in places:
            tote = places["warehouse.tote"]
            if tote.ref.id in totes:
                raise ToteScanned(tote=tote.title)
            selectors.check_totes_free(actor.scope, [tote.ref.id])
            totes.append(tote.ref.id)
        else:
            raise UnknownCode(scanned=scan.text, wanted=_("Scan an empty tote."))
        if len(totes) < selectors.totes_needed(actor.scope, batch.batch_id):
            return self._ask_totes(actor, batch, cart_id, totes, say=scan.text)
        try:
            return self._take(actor, key, batch, cart_id, totes)
        except NotEnoughTotes:
            return self._ask_totes(actor, batch, cart_id, totes)

    # The walk ---------------------------------------------------------------------------------------------------------------------------------------------------

    def _open(self, actor: Actor, batch_id: int) -> list[TaskInfo]:
        return [t for t in selectors.tasks(actor.scope, batch_id) if t.state == "claimed"]

    def _post(self, actor: Actor, key: UUID, batch_id: int, stop: Stop, at: At, after: At | None = None) -> Screen:
        units = sum(t.quantity for t in stop.tasks if t.task_id in at.into)
        try:
            services.confirm_stop(key=key, actor=actor, batch_id=batch_id, location_id=stop.location_id, picks=picks(at))
        except CHANGED as refusal:
            return self._changed(actor, batch_id, at, refusal)
        said = ngettext("%(n)d piece from %(place)s", "%(n)d pieces from %(place)s", units) % {"n": units, "place": stop.location}
        return self._next(actor, batch_id, after or At(skipped=at.skipped), say=said)

    def _changed(self, actor: Actor, batch_id: int, at: At, refusal: PackhorseError) -> Screen:
        shown = self._next(actor, batch_id, At(skipped=at.skipped))
        remedy = gettext("Put the pieces of this stop back. Here is what is to be done now.")
        return replace(shown, tone="wrong", sound="wrong", say=refusal.message, remedy=remedy, blocker=refusal.link)

    def _said(self, stop: Stop, before: At, after: At) -> str:
        fresh = [t for t in stop.tasks if t.task_id in after.into and t.task_id not in before.into]
        if fresh:
            return gettext("%(n)d into %(tote)s") % {"n": fresh[0].quantity, "tote": fresh[0].tote}
        if after.item_id is not None:
            return next(t.sku for t in stop.left if t.item_id == after.item_id)
        return stop.location

    def _next(self, actor: Actor, batch_id: int, at: At, say: str = "") -> Screen:
        return self._show(actor, batch_id, at.location_id, at, say)

    def _show(self, actor: Actor, batch_id: int, location_id: int | None, at: At, say: str = "") -> Screen:
        batch = selectors.batch(actor.scope, batch_id)
        tasks = self._open(actor, batch_id)
        stop, at = next_stop(tasks, replace(at, location_id=location_id))
        if stop is None or not stop.now:
            return self._ask_drop(batch, say)
        task = stop.now[0]
        scanned = at.item_id is not None
        lines: list[tuple[object, object]] = [(_("Item"), task.item_name), (_("SKU"), task.sku)]
        if task.lot:
            lines.append((_("Lot"), task.lot if task.expires_on is None else f"{task.lot} · {task.expires_on:%Y-%m-%d}"))
        lines += [(f"{t.compartment or ''} · {t.tote}", f"{t.quantity} ×") for t in stop.now]
        total = sum(t.quantity for t in stop.now)
        ask = (
            _("Put %(n)d into compartment %(c)s and scan it") % {"n": stop.now[0].quantity, "c": stop.now[0].compartment or stop.now[0].tote}
            if scanned
            else ngettext("Take %(n)d and scan the item", "Take %(n)d and scan one", total) % {"n": total}
        )
        return Screen(
            title=batch.number,
            instruction=ask,
            big=stop.location,
            lines=tuple(lines),  # type: ignore[arg-type]
            progress=(batch.done_tasks + len(at.into), batch.tasks),
            ahead=_ahead(tasks, stop, at),
            buttons=(Button("short", _("Short"), "danger"), Button("damaged", _("Damaged"), "danger"), Button("skip", _("Skip"))),
            tone="ok" if say else "ask",
            say=say,
            state={"step": "stop", "batch": batch_id, **at.plain()},
        )

    # Short ------------------------------------------------------------------------------------------------------------------------------------------------------

    def _ask_short(self, batch_id: int, stop: Stop, at: At, *, damaged: bool) -> Screen:
        task = stop.now[0]
        reasons = (
            (Button("report_damaged", _("The rest is damaged"), "danger"),)
            if damaged
            else (Button("missing", _("Not there"), "danger"), Button("wrong_item", _("Something else lies there"), "danger"))
        )
        return Screen(
            title=_("Short"),
            instruction=_("%(n)d × %(sku)s for compartment %(c)s") % {"n": task.quantity, "sku": task.sku, "c": task.compartment or task.tote},
            big=stop.location,
            fields=(Field("taken", _("How many are good and taken?"), "number", "0", _("pieces")),),
            buttons=(*reasons, Button("back", _("Back"))),
            state={"step": "short", "batch": batch_id, **at.plain()},
        )

    def _short(self, actor: Actor, key: UUID, batch_id: int, stop: Stop, at: At, reason: str, keyed: str) -> Screen:
        if not (keyed.isascii() and keyed.isdigit() and len(keyed) < 10):
            raise Invalid(field="taken", reason=gettext("a whole number is needed"))
        task = stop.now[0]
        today = days.today(actor.scope, selectors.batch(actor.scope, batch_id).warehouse_id)
        try:
            answer = services.report_short(key=key, actor=actor, task_id=task.task_id, taken=int(keyed), reason=reason, today=today, picks=picks(at))
        except CHANGED as refusal:
            return self._changed(actor, batch_id, at, refusal)
        found = gettext("%(n)d found elsewhere: added to your walk") % {"n": answer.found_elsewhere}
        said = gettext("%(n)d not found: the order waits. Go on") % {"n": answer.missing} if answer.missing else found
        return self._next(actor, batch_id, At(skipped=at.skipped), say=said)

    # The bench --------------------------------------------------------------------------------------------------------------------------------------------------

    def _ask_drop(self, batch: BatchInfo, say: str = "") -> Screen:
        return Screen(
            title=batch.number,
            instruction=_("Bring the cart to packing and scan the bench"),
            big=_("All picked"),
            progress=(batch.tasks, batch.tasks),
            tone="ok" if say else "ask",
            say=say,
            state={"step": "drop", "batch": batch.batch_id},
        )

    def _drop(self, actor: Actor, key: UUID, batch_id: int, scan: Scan) -> Screen:
        batch = selectors.batch(actor.scope, batch_id)
        benches = [m for m in warehouses.resolve(scan, Context(actor.scope, batch.warehouse_id)) if m.ref.kind == "warehouse.station"]
        if not benches:
            raise UnknownCode(scanned=scan.text, wanted=_("Scan the code of the packing bench."))
        try:
            done = services.finish_batch(key=key, actor=actor, batch_id=batch_id, station_id=benches[0].ref.id)
        except BatchNotFinished:
            return self._next(actor, batch_id, At(), say=gettext("One more stop was added"))
        return Screen(
            title=batch.number,
            instruction=_("Scan the next cart to go on"),
            big=_("Done"),
            lines=((_("Orders at the bench"), len(done)), (_("Walked"), f"{round(batch.distance_m)} m")),
            tone="done",
            say=benches[0].title,
            state={"step": "done"},
        )
