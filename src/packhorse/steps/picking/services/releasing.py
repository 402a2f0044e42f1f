"""Release: allocate, and make workable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_noop

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING, Actor, Scope, authorize
from packhorse.core.errors import NotFound, WrongState
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.steps.inventory import ledger as stock
from packhorse.steps.inventory.types import Allocated
from packhorse.steps.orders import ledger as orders, selectors as order_selectors
from packhorse.steps.orders.types import FulfillmentOrderInfo
from packhorse.steps.picking import records, selectors
from packhorse.steps.picking.events import OrderReleased, OrdersGoOn, ReleaseUndone
from packhorse.steps.picking.models import PickBatch, PickTask, Release
from packhorse.steps.picking.selectors.walls import ZONE
from packhorse.steps.picking.types import NotReleased, Released


def _blocked(fo: FulfillmentOrderInfo) -> NotReleased | None:
    if fo.held:
        return NotReleased.since(fo.fulfillment_order_id, "held", number=fo.number)
    if fo.released_at is not None:
        return NotReleased.since(fo.fulfillment_order_id, "released_before")
    if fo.stage == "backordered" and (fo.ship_complete or all(line.promised <= line.picked for line in fo.lines)):
        return NotReleased.since(fo.fulfillment_order_id, "backordered")
    if fo.stage not in ("open", "backordered"):
        return NotReleased.since(fo.fulfillment_order_id, "wrong_stage", stage=fo.stage)
    return None


@use_case
def release_orders(*, key: UUID, actor: Actor, warehouse_id: int, fulfillment_order_ids: list[int], today: dt.date) -> list[Released | NotReleased]:
    """Allocate the fulfillment orders in the order given and make them workable: one pick task per allocation.

    An order whose promised goods cannot all be taken from pickable bins now (they stand on the dock, or their lots are too old) is not released; its goods stay free for the next. `today` is the
    warehouse's date. One answer per order, in order.

    Locks: orders and their lines, demands, levels.
    """
    authorize(actor, "release", warehouse_id=warehouse_id)
    answers = release(fulfillment_order_ids, warehouse_id=warehouse_id, scope=actor.scope, today=today)
    return [answers[fo_id] for fo_id in fulfillment_order_ids]


def release(
    fulfillment_order_ids: Sequence[int], *, warehouse_id: int, scope: Scope, today: dt.date, wave_id: int | None = None, method: str = ""
) -> dict[int, Released | NotReleased]:
    """Lock the orders, allocate those that may go to the floor, in the order given, and make their tasks; those of a wave remember it. They are picked by `method`, else as the
    warehouse has set. One answer per order."""
    wanted = list(dict.fromkeys(fulfillment_order_ids))
    orders.lock_orders(wanted)
    infos = {fo.fulfillment_order_id: fo for fo in order_selectors.fulfillment_orders(EVERYTHING, wanted)}
    answers: dict[int, Released | NotReleased] = {}
    able: list[FulfillmentOrderInfo] = []
    for fo_id in wanted:
        fo = infos.get(fo_id)
        if fo is None or fo.warehouse_id != warehouse_id or not scope.sees_client(fo.client_id):
            answers[fo_id] = NotReleased.since(fo_id, "not_found")
        elif blocked := _blocked(fo):
            answers[fo_id] = blocked
        else:
            able.append(fo)
    allocated = stock.allocate([line.demand_id for fo in able for line in fo.lines if line.promised > line.picked], today=today)
    by_demand: dict[int, list[Allocated]] = {}
    for a in allocated:
        by_demand.setdefault(a.demand_id, []).append(a)
    whole: list[FulfillmentOrderInfo] = []
    undo: list[int] = []
    for fo in able:
        own = [a for line in fo.lines for a in by_demand.get(line.demand_id, ())]
        if refused := _not_at_pick_face(fo, own):
            undo.extend(a.allocation_id for a in own)
            answers[fo.fulfillment_order_id] = refused
        else:
            whole.append(fo)
    if undo:
        stock.release(undo)
    _make_tasks(warehouse_id, whole, by_demand, wave_id, method or selectors.policy(EVERYTHING, warehouse_id).method)
    orders.released([fo.fulfillment_order_id for fo in whole])
    tasks = {fo.fulfillment_order_id: sum(len(by_demand.get(line.demand_id, ())) for line in fo.lines) for fo in whole}
    emit(
        *(
            OrderReleased(
                order_id=fo.order_id,
                client_id=fo.client_id,
                warehouse_id=warehouse_id,
                fulfillment_order_id=fo.fulfillment_order_id,
                tasks=tasks[fo.fulfillment_order_id],
            )
            for fo in whole
        )
    )
    return answers | {fo_id: Released(fo_id, n) for fo_id, n in tasks.items()}


def _not_at_pick_face(fo: FulfillmentOrderInfo, allocated: Sequence[Allocated]) -> NotReleased | None:
    """The first line of which not all that is promised could be allocated, if any."""
    for line in fo.lines:
        missing = line.promised - line.picked - sum(a.quantity for a in allocated if a.demand_id == line.demand_id)
        if missing > 0:
            return NotReleased.since(fo.fulfillment_order_id, "not_at_pick_face", n=missing, sku=line.sku)
    return None


def _make_tasks(warehouse_id: int, fos: list[FulfillmentOrderInfo], by_demand: dict[int, list[Allocated]], wave_id: int | None, method: str) -> None:
    now = work.current().at
    releases = Release.objects.bulk_create(
        [
            Release(fulfillment_order_id=fo.fulfillment_order_id, client_id=fo.client_id, warehouse_id=warehouse_id, wave_id=wave_id, method=method, at=now)
            for fo in fos
        ]
    )
    tasks = [
        (fo.client_id, release.pk, a.demand_id, a.allocation_id, a.item_id, a.lot_id, a.location_id, a.quantity)
        for fo, release in zip(fos, releases, strict=True)
        for line in fo.lines
        for a in by_demand.get(line.demand_id, ())
    ]
    insert_tasks(tasks)


def insert_tasks(
    rows: list[tuple[int, int, int, int, int, int | None, int, int]], *, batch_id: int | None = None, sequence: int = 0, state: str = "ready"
) -> None:
    """Insert tasks given as (client, release, demand, allocation, item, lot, location, quantity)."""
    if not rows:
        return
    columns = [list(c) for c in zip(*rows, strict=True)]
    sql.run(
        """INSERT INTO picking_picktask (client_id, release_id, demand_id, allocation_id, item_id, lot_id, location_id, quantity, batch_id, sequence, picked, state, reason)
           SELECT t.*, %s, %s, 0, %s, ''
           FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS t""",
        [batch_id, sequence, state, *columns],
    )


def append_tasks(rows: list[tuple[int, int, int, int, int, int | None, int, int]], batch: PickBatch | None, *, state: str) -> None:
    """Insert tasks at the end of a walk. What lies outside of the zone in which it stays is on no walk yet: a walk of that zone is planned for it."""
    if batch is None:
        insert_tasks(rows)
        return
    inside = {place for (place,) in sql.rows(_INSIDE, [[r[6] for r in rows], batch.zone])} if batch.zone else {r[6] for r in rows}
    last = sql.rows("SELECT coalesce(max(sequence), 0) FROM picking_picktask WHERE batch_id = %s", [batch.pk])[0][0]
    insert_tasks([r for r in rows if r[6] in inside], batch_id=batch.pk, sequence=last + 1, state=state)
    if outside := [r for r in rows if r[6] not in inside]:
        insert_tasks(outside)
        emit(OrdersGoOn(warehouse_id=batch.warehouse_id, batch_id=batch.pk, orders=len({r[1] for r in outside})))


#: Those of some places that are in a zone.
_INSIDE: Final = f"SELECT l.id FROM warehouse_location l {ZONE} WHERE l.id = ANY(%s) AND z.code = %s"


@use_case
def release_rest(*, key: UUID, actor: Actor, fulfillment_order_id: int, today: dt.date) -> Released | NotReleased:
    """The rest of an order that was picked in part (a pick came up short) can be had now: it is allocated and waits for a walk of its own, into the order's tote.

    Locks: release, tasks, order, demands, levels.   Raises: NotFound.
    """
    releases = records.lock_releases(
        Release.objects.filter(fulfillment_order_id=fulfillment_order_id, undone_at=None, emptied_at=None).values_list("pk", flat=True)
    )
    orders.lock_orders([fulfillment_order_id])
    fo = next(iter(order_selectors.fulfillment_orders(EVERYTHING, [fulfillment_order_id])), None)
    if fo is None:
        raise NotFound(kind="fulfillment order", ref=fulfillment_order_id)
    authorize(actor, "release", fo)
    if fo.held:
        return NotReleased.since(fo.fulfillment_order_id, "held", number=fo.number)
    open_tasks = PickTask.objects.filter(release__in=releases, state__in=records.OPEN).exists()
    if not releases or open_tasks or all(line.promised <= line.picked for line in fo.lines):
        return NotReleased.since(fo.fulfillment_order_id, "nothing_left")
    release = releases[0]
    allocated = stock.allocate([line.demand_id for line in fo.lines if line.promised > line.picked], today=today)
    if refused := _not_at_pick_face(fo, allocated):
        stock.release([a.allocation_id for a in allocated])
        return refused
    insert_tasks([(fo.client_id, release.pk, a.demand_id, a.allocation_id, a.item_id, a.lot_id, a.location_id, a.quantity) for a in allocated])
    release.batch, release.compartment = None, None
    release.save(update_fields=["batch", "compartment"])
    emit(
        OrderReleased(
            order_id=fo.order_id,
            client_id=fo.client_id,
            warehouse_id=fo.warehouse_id,
            fulfillment_order_id=fo.fulfillment_order_id,
            tasks=len(allocated),
        )
    )
    return Released(fo.fulfillment_order_id, len(allocated))


@use_case
def undo_release(*, key: UUID, actor: Actor, release_id: int) -> int:
    """Take a release back before anything was picked: its allocations close, its tasks are cancelled. Returns how many tasks.

    Locks: release, tasks, order, allocations.   Raises: NotFound, WrongState.
    """
    releases = records.lock_releases([release_id])
    if not releases:
        raise NotFound(kind="release", ref=release_id)
    release = releases[0]
    authorize(actor, "release", release)
    if release.undone_at is not None or release.emptied_at is not None:
        raise WrongState(kind="release", state="closed", wanted="undone", page="orders:order", id=release.fulfillment_order.order_id)
    tasks = records.lock_tasks_of([release_id])
    if on := next((t.batch_id for t in tasks if t.batch_id is not None), release.batch_id):
        raise WrongState(kind="release", state="in a batch", wanted="undone", page="picking:batch", id=on)
    if any(t.picked for t in tasks):
        raise WrongState(kind="release", state="in a batch", wanted="undone", page="orders:order", id=release.fulfillment_order.order_id)
    return undo([release], tasks, gettext_noop("by hand"))


def undo(releases: Sequence[Release], tasks: Sequence[PickTask], reason: str) -> int:
    """Take back (locked) releases of which nothing was picked, with their (locked) tasks: allocations close, the orders may be released again. `reason` is told as the catalogue has it.

    Returns how many tasks were open.
    """
    ids = [r.fulfillment_order_id for r in releases]
    orders.lock_orders(ids)
    open_tasks = [t for t in tasks if t.state == PickTask.State.READY]
    stock.release([t.allocation_id for t in open_tasks])
    now = work.current().at
    PickTask.objects.filter(pk__in=[t.pk for t in open_tasks]).update(state=PickTask.State.CANCELLED, reason="release undone", closed_at=now)
    Release.objects.filter(pk__in=[r.pk for r in releases]).update(undone_at=now)
    orders.unreleased(ids)
    emit(
        *(
            ReleaseUndone(
                order_id=fo.order_id, client_id=fo.client_id, warehouse_id=fo.warehouse_id, fulfillment_order_id=fo.fulfillment_order_id, reason=reason
            )
            for fo in order_selectors.fulfillment_orders(EVERYTHING, ids)
        )
    )
    return len(open_tasks)
