"""Batches: recorded, started with a cart and totes, finished at packing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils.translation import gettext, gettext_noop

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import Invalid, WrongState
from packhorse.core.events import emit
from packhorse.core.states import check_transition
from packhorse.core.use_case import use_case
from packhorse.ground.warehouse.models import Location
from packhorse.steps.inventory import ledger as stock
from packhorse.steps.orders import ledger as orders
from packhorse.steps.picking import records, selectors
from packhorse.steps.picking.errors import BatchNotFinished, CartInUse, NotEnoughTotes, WrongCart
from packhorse.steps.picking.events import BatchFinished, BatchPlanned, BatchStarted, BatchTakenOver, BatchUndone, OrderPicked, OrdersGoOn
from packhorse.steps.picking.models import PickBatch, Release, TypedCart
from packhorse.steps.picking.selectors.walls import FILLED, ZONE
from packhorse.steps.picking.services.congestion import check_aisle
from packhorse.steps.picking.services.over import close_over
from packhorse.steps.picking.states import BATCH
from packhorse.steps.picking.types import PlannedBatch, batch_number


@use_case
def record_batches(*, key: UUID, actor: Actor, warehouse_id: int, batches: list[PlannedBatch], cart_type_id: int | None = None) -> list[int]:
    """Record planned walks, for a type of cart where given. An order that was batched, undone or changed since, or for which its put wall has no slot any more, is left out; a walk with nothing
    left is not made. Returns the batches' ids.

    Locks: cart type, releases, tasks, put walls.   Raises: NotFound (the type of cart).
    """
    authorize(actor, "release", warehouse_id=warehouse_id)
    return record(warehouse_id, batches, cart_type_id)


def record(warehouse_id: int, batches: Sequence[PlannedBatch], cart_type_id: int | None) -> list[int]:
    """As `record_batches`, for use cases that have authorised.   Raises: NotFound (the type of cart)."""
    records.keep_cart_type(warehouse_id, cart_type_id)
    wanted = sorted({i for b in batches for i in b.release_ids})
    releases = {r.pk: r for r in records.lock_releases(wanted) if r.warehouse_id == warehouse_id and r.batch_id is None and r.undone_at is None}
    fresh = records.lock_fresh(task for b in batches for stop in b.stops for task in stop.task_ids)
    slots = _slots(batches, releases.values())
    now = work.current().at
    made: list[int] = []
    for planned in batches:
        numbered = [(task, n) for n, stop in enumerate(planned.stops, 1) for task in stop.task_ids if fresh.get(task) in releases]
        able = slots[planned.wall_id] if planned.wall_id is not None else {pk for pk, r in releases.items() if r.wall_id is None}
        able = able & {fresh[task] for task, _n in numbered}
        own = [i for i in planned.release_ids if i in able]
        if not own:
            continue
        batch = PickBatch.objects.create(
            warehouse_id=warehouse_id,
            distance_m=planned.distance_m,
            s_shape_m=planned.s_shape_m,
            one_by_one_m=planned.one_by_one_m,
            minutes=planned.minutes,
            s_shape_min=planned.s_shape_min,
            one_by_one_min=planned.one_by_one_min,
            cart_type_id=cart_type_id,
            zone=planned.zone,
            wall_id=planned.wall_id,
            reasons=planned.reasons,
            planned_at=now,
        )
        if planned.wall_id is None:
            sql.run(
                """UPDATE picking_release r SET batch_id = %s, method = %s, compartment = t.n FROM unnest(%s::bigint[]) WITH ORDINALITY AS t(id, n) WHERE r.id = t.id""",
                [batch.pk, planned.method, own],
            )
        else:
            sql.run("UPDATE picking_release SET wall_id = %s, method = %s WHERE id = ANY(%s)", [planned.wall_id, planned.method, own])
        sql.run(
            """UPDATE picking_picktask p SET batch_id = %s, sequence = t.n FROM unnest(%s::bigint[], %s::int[]) AS t(id, n) WHERE p.id = t.id AND p.release_id = ANY(%s)""",
            [batch.pk, [t for t, _ in numbered], [n for _, n in numbered], own],
        )
        emit(
            BatchPlanned(
                warehouse_id=warehouse_id,
                batch_id=batch.pk,
                orders=len(own),
                stops=len(planned.stops),
                distance_m=round(planned.distance_m, 1),
                s_shape_m=round(planned.s_shape_m, 1),
            )
        )
        made.append(batch.pk)
    return made


def _slots(batches: Sequence[PlannedBatch], releases: Iterable[Release]) -> dict[int, set[int]]:
    """By put wall (locked) the releases that have a slot there or get one now, in the order in which the walks name them."""
    walls = {b.wall_id for b in batches if b.wall_id is not None}
    sql.rows("SELECT id FROM warehouse_location WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [sorted(walls)])
    found: dict[int, set[int]] = {}
    free_at = selectors.free_slots(EVERYTHING, None, walls)
    for wall_id in walls:
        at = {r.pk: r.wall_id for r in releases}
        named = dict.fromkeys(i for b in batches if b.wall_id == wall_id for i in b.release_ids if i in at)
        found[wall_id] = {i for i in named if at[i] == wall_id} | set([i for i in named if at[i] is None][: max(0, free_at.get(wall_id, 0))])
    return found


@use_case
def start_batch(*, key: UUID, actor: Actor, batch_id: int, cart_id: int | None, tote_ids: list[int]) -> int:
    """A picker takes a batch: the totes, in the order scanned, serve its orders by compartment (an order that was picked in part keeps its tote); of a walk for a put wall the first one takes all.
    Returns the number of picks.

    Locks: batch, releases, aisle limits, totes and cart.   Raises: WrongState, NotEnoughTotes, AisleFull, ToteInUse, ToteNotEmpty, CartInUse, WrongCart, Invalid.
    """
    batch = records.lock_batch(batch_id)
    authorize(actor, "pick", batch)
    check_transition(BATCH, "batch", batch.state, "picking", page="picking:batch", pk=batch.pk)
    releases = sorted(records.lock_releases(Release.objects.filter(batch=batch).values_list("pk", flat=True)), key=lambda r: r.compartment or 0)
    fresh = [r for r in releases if r.tote_id is None]
    needed = 1 if batch.wall_id is not None else len(fresh)
    if len(tote_ids) < needed or len(set(tote_ids)) < len(tote_ids):
        raise NotEnoughTotes(needed=needed, given=len(set(tote_ids)))
    check_aisle(batch)
    totes = lock_totes(batch.warehouse_id, tote_ids[:needed])
    if cart_id is not None:
        _lock_cart(batch.warehouse_id, cart_id)
    _check_cart_type(batch, cart_id)
    if fresh:
        sql.run(
            "UPDATE picking_release r SET tote_id = t.tote FROM unnest(%s::bigint[], %s::bigint[]) AS t(id, tote) WHERE r.id = t.id",
            [[r.pk for r in fresh], list(totes)[: len(fresh)]],
        )
    claimed = sql.run("UPDATE picking_picktask SET state = 'claimed' WHERE batch_id = %s AND state = 'ready'", [batch.pk])
    if cart_id is not None:
        for tote_id, parent_id in {**totes, **_standing([r.tote_id for r in releases if r.tote_id is not None])}.items():
            if parent_id != cart_id:
                stock.carry(tote_id, cart_id)
    batch.state = PickBatch.State.PICKING
    batch.cart_id, batch.picker_id, batch.started_at = cart_id, actor.user_id, work.current().at
    batch.tote_id = next(iter(totes)) if batch.wall_id is not None else None
    batch.save(update_fields=["state", "cart", "picker_id", "started_at", "tote"])
    emit(BatchStarted(warehouse_id=batch.warehouse_id, batch_id=batch.pk))
    return claimed


def _standing(tote_ids: list[int]) -> dict[int, int | None]:
    """Where totes stand, by tote."""
    return dict(Location.objects.filter(pk__in=tote_ids).values_list("pk", "parent_id"))


def lock_totes(warehouse_id: int, tote_ids: list[int]) -> dict[int, int | None]:
    """The totes, locked, in the order given, each with what it stands in: empty, and serving nobody.

    Raises: Invalid, ToteInUse, ToteNotEmpty.
    """
    rows = Location.objects.select_for_update().filter(pk__in=tote_ids, kind=Location.Kind.TOTE, warehouse_id=warehouse_id, archived_at=None).order_by("pk")
    found = {t.pk: t for t in rows}
    if missing := [i for i in tote_ids if i not in found]:
        raise Invalid(field="tote", reason="{scanned} is no tote of this warehouse", scanned=missing[0])
    selectors.check_totes_free(EVERYTHING, tote_ids)
    return {i: found[i].parent_id for i in tote_ids}


def _lock_cart(warehouse_id: int, cart_id: int) -> None:
    """The cart, locked: on no other walk.

    Raises: Invalid, CartInUse.
    """
    cart = Location.objects.select_for_update().filter(pk=cart_id, kind=Location.Kind.CART, warehouse_id=warehouse_id, archived_at=None).first()
    if cart is None:
        raise Invalid(field="cart", reason="{cart_id} is no cart of this warehouse", cart_id=cart_id)
    if (busy := PickBatch.objects.filter(cart=cart, state=PickBatch.State.PICKING).first()) is not None:
        raise CartInUse(cart=cart.code, batch=batch_number(busy.pk), batch_id=busy.pk)


def _check_cart_type(batch: PickBatch, cart_id: int | None) -> None:
    """The walk is for any cart, or for one of this type.

    Raises: WrongCart.
    """
    if batch.cart_type is None or (cart_id is not None and TypedCart.objects.filter(cart_id=cart_id, type_id=batch.cart_type_id).exists()):
        return
    cart = Location.objects.get(pk=cart_id).code if cart_id is not None else gettext("no cart")
    raise WrongCart(cart_type=batch.cart_type.name, cart=cart, batch_id=batch.pk)


@use_case
def take_over_batch(*, key: UUID, actor: Actor, batch_id: int) -> int:
    """Another picker goes on with a walk that was begun: the cart is handed over. Returns how many picks are open.

    Locks: batch.   Raises: WrongState.
    """
    batch = records.lock_batch(batch_id)
    authorize(actor, "pick", batch)
    if batch.state != PickBatch.State.PICKING:
        raise WrongState(kind="batch", state=batch.state, wanted="taken over", page="picking:batch", id=batch.pk)
    if batch.picker_id != actor.user_id:
        batch.picker_id = actor.user_id
        batch.save(update_fields=["picker_id"])
        emit(BatchTakenOver(warehouse_id=batch.warehouse_id, batch_id=batch.pk))
    return records.open_tasks(batch.pk)


@use_case
def undo_batch(*, key: UUID, actor: Actor, batch_id: int) -> int:
    """Take a planned walk back before anybody began it: its orders wait for the next plan. Returns how many orders.

    Locks: batch, releases, tasks.   Raises: WrongState.
    """
    batch = records.lock_batch(batch_id)
    authorize(actor, "release", batch)
    check_transition(BATCH, "batch", batch.state, "cancelled", page="picking:batch", pk=batch.pk)
    return len(take_back([batch]))


def take_back(batches: Sequence[PickBatch]) -> list[Release]:
    """Cancel (locked) planned walks: their orders, whose releases are locked here, wait for the next plan. Returns the releases."""
    ids = [b.pk for b in batches]
    releases = records.lock_releases(records.releases_on(ids))
    sql.run("UPDATE picking_picktask SET batch_id = NULL, sequence = 0 WHERE batch_id = ANY(%s) AND state = 'ready'", [ids])
    sql.run("UPDATE picking_release SET batch_id = NULL, compartment = NULL WHERE id = ANY(%s)", [[r.pk for r in releases]])
    sql.run(
        """UPDATE picking_release r SET wall_id = NULL WHERE id = ANY(%s) AND wall_id IS NOT NULL AND tote_id IS NULL
           AND NOT EXISTS (SELECT FROM picking_picktask t WHERE t.release_id = r.id AND t.batch_id IS NOT NULL)""",
        [[r.pk for r in releases]],
    )
    PickBatch.objects.filter(pk__in=ids).update(state=PickBatch.State.CANCELLED, finished_at=work.current().at)
    emit(*(BatchUndone(warehouse_id=b.warehouse_id, batch_id=b.pk) for b in batches))
    return releases


@use_case
def finish_batch(*, key: UUID, actor: Actor, batch_id: int, station_id: int | None = None) -> list[int]:
    """The walk is over: every pick is closed, the totes stand at packing (at `station_id`, where given); totes of orders that go on into another zone stand where that takes them over, shared ones at
    their put wall. Orders of which nothing was picked may be released again. Returns the fulfillment orders whose totes go to packing.

    Locks: batch, releases, orders.   Raises: WrongState, BatchNotFinished, Invalid.
    """
    batch, releases = to_unload(actor, batch_id)
    if batch.wall_id is not None:
        return to_wall(batch, releases)
    on = going_on(releases)
    for r in releases:
        if r.pk in on and r.tote_id is not None and (place := on[r.pk]) is not None:
            stock.carry(r.tote_id, place)
    filled = filled_of(releases) - set(on)
    if station_id is not None:
        if not Location.objects.filter(pk=station_id, kind=Location.Kind.STATION, warehouse_id=batch.warehouse_id).exists():
            raise Invalid(field="station", reason="{station_id} is no bench of this warehouse", station_id=station_id)
        for r in releases:
            if r.pk in filled and r.tote_id is not None:
                stock.carry(r.tote_id, station_id)
    return close(batch, releases, filled)


def to_wall(batch: PickBatch, releases: Sequence[Release]) -> list[int]:
    """The (locked) walk for a put wall is over: its totes stand there."""
    assert batch.wall_id is not None, "it goes to a wall"
    if batch.tote_id is not None:
        stock.carry(batch.tote_id, batch.wall_id)
    batch.state, batch.finished_at = PickBatch.State.DONE, work.current().at
    batch.save(update_fields=["state", "finished_at"])
    emit(BatchFinished(warehouse_id=batch.warehouse_id, batch_id=batch.pk))
    close_over([r.pk for r in releases], gettext_noop("its goods are not there"), walks=False)
    return []


def going_on(releases: Sequence[Release]) -> dict[int, int | None]:
    """Those of the (locked) releases of which something is on no walk yet, and where their totes are put down for the next zone (None: they stay where they are)."""
    rows = sql.rows(
        f"""SELECT DISTINCT ON (t.release_id) t.release_id, z.hand_over_id FROM picking_picktask t JOIN warehouse_location l ON l.id = t.location_id {ZONE}
            WHERE t.release_id = ANY(%s) AND t.state = 'ready' AND t.batch_id IS NULL ORDER BY t.release_id, z.position NULLS LAST, t.id""",
        [[r.pk for r in releases]],
    )
    return dict(rows)


def to_unload(actor: Actor, batch_id: int) -> tuple[PickBatch, list[Release]]:
    """A walk of which every pick is closed, and its releases, both locked.

    Raises: NotAllowed, WrongState, BatchNotFinished.
    """
    batch = records.lock_batch(batch_id)
    authorize(actor, "pick", batch)
    check_transition(BATCH, "batch", batch.state, "done", page="picking:batch", pk=batch.pk)
    if still := records.open_tasks(batch.pk):
        raise BatchNotFinished(open=still, batch_id=batch.pk)
    return batch, records.lock_releases(records.releases_on([batch.pk]))


def filled_of(releases: Sequence[Release]) -> set[int]:
    """Those of the releases that have goods in their totes."""
    return {r[0] for r in sql.rows(f"SELECT r.id FROM picking_release r WHERE r.id = ANY(%s) AND {FILLED}", [[r.pk for r in releases]])}


def close(batch: PickBatch, releases: Sequence[Release], filled: set[int]) -> list[int]:
    """The (locked) walk is over. Orders of which something is on no walk yet wait for the next one. Returns the fulfillment orders whose totes stand at packing."""
    now = work.current().at
    on = going_on(releases)
    filled = filled - set(on)
    empty = [r for r in releases if r.pk not in filled and r.pk not in on]
    sql.run("UPDATE picking_release SET emptied_at = %s WHERE id = ANY(%s)", [now, [r.pk for r in empty]])
    sql.run("UPDATE picking_release SET batch_id = NULL, compartment = NULL WHERE id = ANY(%s)", [list(on)])
    batch.state = PickBatch.State.DONE
    batch.finished_at = now
    batch.save(update_fields=["state", "finished_at"])
    orders.unreleased([r.fulfillment_order_id for r in empty])
    rows = sql.rows(
        """SELECT f.order_id, f.client_id, f.id, t.code FROM picking_release r JOIN orders_fulfillmentorder f ON f.id = r.fulfillment_order_id
           JOIN warehouse_location t ON t.id = r.tote_id WHERE r.id = ANY(%s) ORDER BY r.id""",
        [sorted(filled)],
    )
    emit(BatchFinished(warehouse_id=batch.warehouse_id, batch_id=batch.pk))
    if on:
        emit(OrdersGoOn(warehouse_id=batch.warehouse_id, batch_id=batch.pk, orders=len(on)))
    emit(*(OrderPicked(order_id=o, client_id=c, warehouse_id=batch.warehouse_id, fulfillment_order_id=f, tote=t) for o, c, f, t in rows))
    return [f for _, _, f, _ in rows]
