"""Walks: the list, and one walk with its floor, its picks and what can be done now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.actors import Actor
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Fact, Facts, Piece, Section, Table, detail, names_of
from packhorse.core.web.lists import BulkAction, Button, Choice, Column, Empty, ListPage
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.ground.warehouse.plan import standing
from packhorse.steps.orders import selectors as orders
from packhorse.steps.picking import drawing, selectors, services, words
from packhorse.steps.picking.errors import NotEnoughTotes
from packhorse.steps.picking.pages.forms import BreakInForm, FinishForm, PlanForm, ShortForm, StartForm, SwapForm
from packhorse.steps.picking.pages.release import LISTS, order_link, wait_for_slots, warehouse_filter
from packhorse.steps.picking.stops import At, next_stop
from packhorse.steps.picking.types import BatchInfo, OtherLot, PickLine, TaskInfo

#: So many orders that wait are offered to come into a walk.
BREAK_IN_CHOICES: Final = 100


def plan_form(actor: Actor, warehouse_id: int) -> PlanForm:
    """How walks are planned: for a type of cart, or for so many orders a cart."""
    return PlanForm(initial={"warehouse": warehouse_id}, cart_types=selectors.cart_types(actor.scope, warehouse_id), auto_id=f"plan-{warehouse_id}-%s")


def _above(request: HttpRequest) -> dict[str, Any]:
    """What can be released and planned, for each warehouse."""
    actor = actor_of(request)
    walls = warehouses.walls(actor.scope)
    if not actor.may("release") or actor.scope.client_ids is not None:
        return {"ready": [], "walls": walls}
    ready = []
    for w in warehouses.all_warehouses(actor.scope)[:20]:
        to_release = len(orders.releasable(actor.scope, w.id, limit=1000))
        to_plan = selectors.unbatched_count(actor.scope, w.id)
        if to_release or to_plan:
            waits = wait_for_slots(selectors.waiting_for_slots(actor.scope, w.id)) if any(x.warehouse_id == w.id for x in walls) else ""
            ready.append({"warehouse": w, "to_release": to_release, "to_plan": to_plan, "form": plan_form(actor, w.id), "waits": waits})
    return {"ready": ready, "plans": selectors.long_plans_under_way(actor.scope), "walls": walls}


walks = ListPage(
    name="picking.walks",
    title=_("Picking"),
    permission="see_orders",
    rows=selectors.batch_page,
    columns=(
        Column("number", _("Walk"), cells.link("number", "picking:batch")),
        Column("state", _("State"), cells.state("state", words.BATCH)),
        Column("orders", _("Orders"), align="end"),
        Column("done_tasks", _("Picked"), cells.progress("done_tasks", "tasks"), plain=lambda b: f"{b.done_tasks}/{b.tasks}"),
        Column("units", _("Units"), align="end", narrow=False),
        Column("distance_m", _("Metres"), lambda b: cells.show(round(b.distance_m)), sort="distance", align="end"),
        Column("minutes", _("Minutes"), lambda b: cells.show(round(b.minutes) or None), align="end", narrow=False),
        Column("saved_m", _("Less than S-shape"), lambda b: cells.show(round(b.saved_m)), align="end", narrow=False),
        Column("cart", _("Cart"), narrow=False),
        Column("planned_at", _("Planned"), sort="planned", narrow=False),
    ),
    filters=(Choice("state", _("State"), tuple((k, b.word) for k, b in words.BATCH.items())), Choice("warehouse", _("Warehouse"), warehouse_filter)),
    tabs=(
        (_("All"), ""),
        (_("Open"), "state=planned&state=picking"),
        (_("Planned"), "state=planned"),
        (_("Under way"), "state=picking"),
        (_("Done"), "state=done"),
    ),
    buttons=(
        Button(_("On the scanner"), "picking:scan", "pick", "primary", "scan"),
        LISTS[3],
        LISTS[1],
        LISTS[2],
        Button(_("Slotting"), "picking:slotting", "release", "normal", "refresh"),
        Button(_("Floor"), "picking:floors", "see_stock", "normal", "warehouse"),
    ),
    actions=(
        BulkAction(_("Pick lists (PDF)"), "picking:pick-lists", icon="print"),
        BulkAction(_("Pick lists to the printer"), "picking:print-pick-lists", "pick", icon="file"),
    ),
    search=_("Walk or cart"),
    empty=Empty(_("No walks"), _("Release orders, then plan walks for them."), "picking"),
    template="picking/list.html",
    context=_above,
)

_TASKS = (
    Column("sequence", _("Stop"), align="end"),
    Column("location", _("Place"), lambda t: format_html('<span class="nowrap">{}</span>', t.location)),
    Column("sku", _("Item"), lambda t: format_html('<span class="code nowrap">{}</span> {}', t.sku, t.item_name)),
    Column("lot", _("Lot"), narrow=False),
    Column("picked", _("Picked"), cells.progress("picked", "quantity")),
    Column("tote", _("Into"), lambda t: format_html('<span class="nowrap">{}</span>', f"{t.compartment} · {t.tote}" if t.tote else t.compartment or "")),
    Column("fulfillment_order", _("Order"), order_link("fulfillment_order"), narrow=False),
    Column("state", _("State"), cells.state("state", words.TASK)),
    Column("reason", _("Why"), lambda t: cells.show(words.SHORT.get(t.reason, t.reason)), narrow=False),
)


@page("see_orders")
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One walk."""
    actor = actor_of(request)
    found = selectors.batch(actor.scope, batch_id)
    tasks = selectors.tasks(actor.scope, batch_id)
    picker = f"user:{found.picker_id}" if found.picker_id else ""
    who = names_of({picker}, actor.scope)[picker] if picker else None
    return detail(
        request,
        Detail(
            title=found.number,
            kind=_("Walk"),
            badge=cells.badge(found.state, words.BATCH),
            sentence=_sentence(found, tasks),
            crumbs=(Crumb(_("Picking"), reverse("picking:list")),),
            facts=(
                Fact(_("Orders"), found.orders),
                Fact(_("Picks"), cells.show_progress(found.done_tasks, found.tasks)),
                Fact(_("Units"), found.units),
                Fact(_("Picker"), who),
                Fact(_("Cart"), found.cart),
                *((Fact(_("For a"), found.cart_type),) if found.cart_type else ()),
                *((Fact(_("Zone"), found.zone),) if found.zone else ()),
                *((Fact(_("Put wall"), found.wall),) if found.wall else ()),
                *((Fact(_("Standard time"), gettext("%(n)d min") % {"n": round(found.minutes)}),) if found.minutes else ()),
                Fact(_("Planned"), found.planned_at),
                Fact(_("Begun"), found.started_at),
                Fact(_("Ended"), found.finished_at),
                Fact(_("On paper"), _("Pick list"), reverse("picking:pick-list", args=[batch_id])),
                *(
                    (Fact(_("On the scanner"), _("Pick it"), f"{reverse('scan-start', args=['picking.pick'])}?batch={batch_id}"),)
                    if _pickable(found, actor)
                    else ()
                ),
            ),
            sections=(*_floor(actor, found, tasks), Table(_("Picks"), _columns(tasks), tasks, _("Nothing is left of this walk.")), _reasons(found)),
            timeline=timeline(subject=Ref("picking.batch", batch_id), scope=actor.scope),
            actions=possible(found, tasks, actor),
            template="picking/batch.html",
        ),
    )


def _pickable(found: BatchInfo, actor: Actor) -> bool:
    return found.state in ("planned", "picking") and actor.may("pick")


def _columns(tasks: list[TaskInfo]) -> tuple[Column, ...]:
    """The columns of the picks: lots and reasons only where there are some."""
    empty = {name for name in ("lot", "reason") if not any(getattr(t, name) for t in tasks)}
    return tuple(c for c in _TASKS if c.key not in empty)


def _sentence(found: BatchInfo, tasks: list[TaskInfo]) -> str:
    if found.state == "planned":
        stops = len({(t.sequence, t.location_id) for t in tasks})
        return gettext("%(stops)d stops, %(m)d m; waits for a picker.") % {"stops": stops, "m": round(found.distance_m)}
    if found.state == "picking":
        stop, _at = next_stop([t for t in tasks if t.state == "claimed"], At())
        if stop is None:
            return gettext("All is picked; the cart goes to packing.")
        return gettext("Next stop: %(place)s.") % {"place": stop.location}
    if found.state == "done":
        return ngettext("%(n)d order went to packing.", "%(n)d orders went to packing.", found.orders) % {"n": found.orders}
    return gettext("Taken back before it began.")


def _floor(actor: Actor, found: BatchInfo, tasks: list[TaskInfo]) -> tuple[Section, ...]:
    floor = warehouses.layout(actor.scope, found.warehouse_id)
    if floor is None or not found.distance_m:
        return ()
    drawn = drawing.walk_svg(floor, drawing.numbered(floor, tasks), standing(actor.scope, found.warehouse_id), found.distance_m)
    return (
        Piece(
            _("The walk"),
            "picking/_walk.html",
            {"drawn": drawn, "lengths": compared((found,))},
        ),
    )


def compared(walks: Sequence[BatchInfo]) -> list[tuple[Any, int, int | None, int]]:
    """Walks beside other ways to walk the same: name, metres, minutes (None: not known), share of the longest."""
    ways = (
        (_("This walk") if len(walks) == 1 else _("These walks"), "distance_m", "minutes"),
        (_("S-shape"), "s_shape_m", "s_shape_min"),
        (_("Order by order"), "one_by_one_m", "one_by_one_min"),
    )
    summed = [(name, sum(getattr(w, m) for w in walks), sum(getattr(w, t) for w in walks), all(getattr(w, m) for w in walks)) for name, m, t in ways]
    most = max((metres for _name, metres, _minutes, known in summed if known), default=0) or 1
    return [(name, round(metres), round(minutes) or None, round(100 * metres / most)) for name, metres, minutes, known in summed if known]


def _reasons(found: BatchInfo) -> Facts:
    shown = []
    for name, value in found.reasons.items():
        said = {"policy": words.POLICIES, "method": words.METHODS}.get(name, {})
        seen: Any = said.get(str(value), value) if said else bool(value) if name == "walk_proven_shortest" else value
        shown.append(Fact(words.REASONS.get(name, name), seen))
    return Facts(_("Why these orders, this way"), tuple(shown))


def possible(found: BatchInfo, tasks: list[TaskInfo], actor: Actor) -> tuple[Action, ...]:
    """What can be done with a walk now."""

    def url(name: str) -> str:
        return reverse(f"picking:{name}", args=[found.batch_id])

    shown: list[Action] = []
    if found.state == "planned" and actor.may("pick"):
        carts = selectors.free_units(actor.scope, found.warehouse_id, "cart", limit=100)
        shown.append(Action(_("Begin"), url("start"), form=StartForm(carts=carts), tone="primary", icon="play"))
    if found.state == "planned" and actor.may("release"):
        shown.append(Action(_("Take back"), url("undo-batch"), icon="undo"))
        waiting = {t.release_id: t.fulfillment_order for t in selectors.unbatched(actor.scope, found.warehouse_id, limit=BREAK_IN_CHOICES)}
        if waiting:
            shown.append(Action(_("Take an order in"), url("break-in"), form=BreakInForm(releases=list(waiting.items()), auto_id="break-in-%s"), icon="plus"))
    if found.state == "picking" and actor.may("pick"):
        open_tasks = [t for t in tasks if t.state == "claimed"]
        stop, _at = next_stop(open_tasks, At())
        if stop is not None:
            units = sum(t.quantity for t in stop.tasks)
            label = gettext("Picked at %(place)s: %(n)d") % {"place": stop.location, "n": units}
            shown.append(Action(label, url("confirm"), hidden={"place": stop.location_id}, tone="primary", icon="check"))
            choices = [(t.task_id, f"{t.location} · {t.quantity} × {t.sku} → {t.tote}") for t in open_tasks[:200]]
            shown.append(Action(_("Short"), url("short"), form=ShortForm(tasks=choices), tone="danger", icon="alert"))
            lotted = any(t.lot for t in open_tasks)
            if lotted and (others := selectors.other_lots(actor.scope, found.batch_id, today=warehouses.today(actor.scope, found.warehouse_id))):
                shown.append(Action(_("Swap lot"), url("swap-lot"), form=SwapForm(lots=_lot_choices(open_tasks, others)), icon="undo"))
        else:
            benches = [(p.id, p.code) for p in warehouses.locations_of_kind(actor.scope, found.warehouse_id, "station")]
            shown.append(Action(_("Bring to packing"), url("finish"), form=FinishForm(stations=benches), tone="primary", icon="right"))
        if found.picker_id != actor.user_id:
            shown.append(Action(_("Take it over"), url("take-over"), icon="person"))
    return tuple(shown)


def _lot_choices(tasks: list[TaskInfo], others: Sequence[OtherLot]) -> list[tuple[str, str]]:
    named = {t.task_id: f"{t.location} · {t.quantity} × {t.sku} · {t.lot or '–'}" for t in tasks}
    return [
        (f"{o.task_id}:{o.lot_id}", f"{named[o.task_id]} → {o.lot}" + (f" ({o.expires_on:%Y-%m-%d})" if o.expires_on else ""))
        for o in others
        if o.task_id in named
    ]


@action("pick", form=SwapForm)
def swap_lot(p: Posted, batch_id: int) -> Done:
    """Another lot that lies at the place is taken."""
    task_id, lot_id = p.data["take"]
    today = warehouses.today(p.actor.scope, selectors.batch(p.actor.scope, batch_id).warehouse_id)
    done = services.swap_lot(key=p.key, actor=p.actor, task_id=task_id, lot_id=lot_id, today=today)
    return Done(gettext("Lot %(lot)s is taken instead.") % {"lot": done.lot})


@action("pick", form=StartForm)
def start(p: Posted, batch_id: int) -> Done:
    """Begin a walk by hand: the cart's empty totes, then the first free ones, serve its orders."""
    found = selectors.batch(p.actor.scope, batch_id)
    needed = selectors.totes_needed(p.actor.scope, batch_id)
    cart = p.data["cart"]
    free = [i for i, _code in selectors.free_units(p.actor.scope, found.warehouse_id, "tote", limit=10_000)]
    standing = [u.id for u in warehouses.units_in(p.actor.scope, cart)] if cart else []
    totes = [*(i for i in standing if i in set(free)), *(i for i in free if i not in set(standing))][:needed]
    if len(totes) < needed:
        raise NotEnoughTotes(needed=needed, given=len(totes))
    services.start_batch(key=p.key, actor=p.actor, batch_id=batch_id, cart_id=cart, tote_ids=totes)
    return Done(_("The walk has begun."))


@action("pick")
def confirm(p: Posted, batch_id: int) -> Done:
    """Everything asked for at the place named is in its totes."""
    place = p.request.POST.get("place", "")
    tasks = [t for t in selectors.tasks(p.actor.scope, batch_id) if t.state == "claimed" and str(t.location_id) == place]
    picks = [PickLine(t.task_id, t.tote_id or 0) for t in tasks]
    location_id = tasks[0].location_id if tasks else 0
    done = services.confirm_stop(key=p.key, actor=p.actor, batch_id=batch_id, location_id=location_id, picks=picks)
    return Done(ngettext("%(n)d piece picked.", "%(n)d pieces picked.", done.units) % {"n": done.units})


@action("pick", form=ShortForm)
def short(p: Posted, batch_id: int) -> Done:
    """Less is there than asked for."""
    found = selectors.batch(p.actor.scope, batch_id)
    answer = services.report_short(
        key=p.key,
        actor=p.actor,
        task_id=p.data["task"],
        taken=p.data["taken"],
        reason=p.data["reason"],
        today=warehouses.today(p.actor.scope, found.warehouse_id),
    )
    if answer.missing:
        return Done(gettext("%(n)d not found anywhere: the order waits.") % {"n": answer.missing})
    return Done(gettext("%(n)d found elsewhere and added to the walk.") % {"n": answer.found_elsewhere})


@action("release", form=BreakInForm)
def break_in(p: Posted, batch_id: int) -> Done:
    """An urgent order comes into a walk that has not begun."""
    found = selectors.batch(p.actor.scope, batch_id)
    wanted = [p.data["release"]] if p.data["release"] else []
    came = services.break_in(key=p.key, actor=p.actor, warehouse_id=found.warehouse_id, batch_id=batch_id, release_ids=wanted)
    if not came:
        return Done(_("None came in: no order that waits is more urgent than those on the walk."))
    return Done(ngettext("%(n)d order came into the walk.", "%(n)d orders came into the walk.", came) % {"n": came})


@action("pick", form=FinishForm)
def finish(p: Posted, batch_id: int) -> Done:
    """The cart stands at packing."""
    done = services.finish_batch(key=p.key, actor=p.actor, batch_id=batch_id, station_id=p.data["station"])
    return Done(ngettext("%(n)d order stands at packing.", "%(n)d orders stand at packing.", len(done)) % {"n": len(done)})


@action("pick")
def take_over(p: Posted, batch_id: int) -> Done:
    """Go on with somebody else's walk."""
    services.take_over_batch(key=p.key, actor=p.actor, batch_id=batch_id)
    return Done(_("The walk is yours now."))


@action("release")
def undo(p: Posted, batch_id: int) -> Done:
    """A planned walk is taken back."""
    services.undo_batch(key=p.key, actor=p.actor, batch_id=batch_id)
    return Done(_("Taken back. Its orders wait for the next plan."), to=reverse("picking:list"))


@page("pick")
def scan(request: HttpRequest) -> HttpResponse:
    """To the scanner."""
    return redirect("scan-start", "picking.pick")
