"""At a put wall: a piece out of a shared tote gets its order's slot, is put there, is missing; an order that is together is taken out."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import Invalid
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.ground.warehouse.models import Location
from packhorse.steps.inventory import ledger as stock
from packhorse.steps.inventory.types import CountedLevel, Take
from packhorse.steps.orders import ledger as orders, requests as order_requests
from packhorse.steps.orders.types import Missing
from packhorse.steps.picking import records, selectors
from packhorse.steps.picking.errors import NobodyWants, NotThatMany, SlotNotComplete, WallFull, WrongSlot
from packhorse.steps.picking.events import OrderPicked, OrdersGoOn, PiecesMissing, PiecesPut, SlotEmptied, SlotGiven
from packhorse.steps.picking.models import Release
from packhorse.steps.picking.selectors.walls import SEEN, seen
from packhorse.steps.picking.services.batches import lock_totes
from packhorse.steps.picking.services.floor import code_of
from packhorse.steps.picking.services.releasing import insert_tasks
from packhorse.steps.picking.types import MissingPieces, PutPieces, SlotFor

#: Whose pieces of an item lie in a tote for a wall: those that have a slot first, then the most urgent.
_WANTING: Final = f"""
SELECT r.id, sum(a.quantity)::bigint
FROM inventory_allocation a JOIN orders_fulfillmentline l ON l.demand_id = a.demand_id JOIN orders_fulfillmentorder f ON f.id = l.fulfillment_order_id
JOIN picking_release r ON r.fulfillment_order_id = f.id AND r.undone_at IS NULL AND r.emptied_at IS NULL
WHERE a.location_id = %(tote)s AND a.closed_at IS NULL AND a.item_id = %(item)s AND a.lot_id IS NOT DISTINCT FROM %(lot)s AND r.wall_id = %(wall)s AND {SEEN}
  AND (%(release)s::bigint IS NULL OR r.id = %(release)s)
GROUP BY r.id, f.priority, f.ship_by ORDER BY r.tote_id IS NULL, f.priority DESC, f.ship_by, r.id
"""
_FREE: Final = """
SELECT s.slot_id FROM warehouse_wallslot s WHERE s.wall_id = %s AND s.closed_at IS NULL
  AND NOT EXISTS (SELECT FROM picking_release r WHERE r.tote_id = s.slot_id AND r.undone_at IS NULL AND r.emptied_at IS NULL)
  AND NOT EXISTS (SELECT FROM inventory_level v WHERE v.location_id = s.slot_id AND v.on_hand > 0)
ORDER BY s.number LIMIT 1
"""
#: What of orders lies in a tote, by allocation.
_LYING: Final = """
SELECT a.id, a.demand_id, a.item_id, a.lot_id, a.quantity, l.fulfillment_order_id FROM inventory_allocation a JOIN orders_fulfillmentline l ON l.demand_id = a.demand_id
WHERE l.fulfillment_order_id = ANY(%s) AND a.location_id = %s AND a.closed_at IS NULL ORDER BY a.id
"""


def _wall(actor: Actor, wall_id: int) -> Any:
    """The put wall.   Raises: NotFound, NotAllowed."""
    found = warehouses.wall(EVERYTHING, wall_id)
    authorize(actor, "pick", warehouse_id=found.warehouse_id)
    return found


@use_case
def give_slot(*, key: UUID, actor: Actor, wall_id: int, tote_id: int, item_id: int, lot_id: int | None = None) -> SlotFor:
    """A piece out of a tote is in the sorter's hand: it is for this order, whose slot is that one, and so many of them lie in the tote. An order that has no slot gets the first that is free.

    Locks: release, put wall.   Raises: NotFound, NotAllowed, Invalid, NobodyWants, NotThatMany, WallFull.
    """
    wall = _wall(actor, wall_id)
    _check_sortable(wall.warehouse_id, tote_id)
    which = seen(actor.scope, tote=tote_id, item=item_id, lot=lot_id, wall=wall_id, release=None)
    wanting = sql.rows(_WANTING, which)
    if not wanting:
        raise NobodyWants(tote=code_of(tote_id), location_id=tote_id)
    (release,) = records.lock_releases([wanting[0][0]])
    authorize(actor, "pick", release)
    still = sql.rows(_WANTING, {**which, "release": release.pk})
    if not still:  # it was put, or cancelled, before the lock was ours
        raise NotThatMany(given=1, left=0, tote=code_of(tote_id), order_id=release.fulfillment_order.order_id)
    if release.tote_id is None:
        records.lock_wall(wall_id)
        free = sql.rows(_FREE, [wall_id])
        if not free:
            raise WallFull(wall=wall.code, location_id=wall_id)
        release.tote_id, release.slotted_at = free[0][0], work.current().at
        release.save(update_fields=["tote", "slotted_at"])
        fo = release.fulfillment_order
        emit(
            SlotGiven(
                order_id=fo.order_id, client_id=release.client_id, warehouse_id=release.warehouse_id, fulfillment_order_id=fo.pk, slot=code_of(free[0][0])
            )
        )
    assert release.tote_id is not None, "it has one now"
    return SlotFor(release_id=release.pk, slot_id=release.tote_id, slot=code_of(release.tote_id), units=int(still[0][1]))


@use_case
def put_in_slot(*, key: UUID, actor: Actor, release_id: int, tote_id: int, item_id: int, slot_id: int, quantity: int, lot_id: int | None = None) -> PutPieces:
    """So many pieces of an item go out of a tote into the slot of their order.

    Locks: release, orders, allocations, levels.   Raises: NotFound, NotAllowed, Invalid, WrongSlot, NotThatMany.
    """
    release = _live(release_id)
    authorize(actor, "pick", client_id=release.client_id, warehouse_id=release.warehouse_id)
    if release.tote_id != slot_id or release.wall_id is None:
        raise WrongSlot(scanned=code_of(slot_id), expected=code_of(release.tote_id) if release.tote_id else "–")
    if quantity < 1:
        raise Invalid(field="quantity", reason="at least one")
    _check_sortable(release.warehouse_id, tote_id)
    fo = release.fulfillment_order
    orders.lock_orders([fo.pk])
    takes, left = [], quantity
    for pk, _demand, item, lot, there, _fo in sql.rows(_LYING, [[fo.pk], tote_id]):
        if item == item_id and lot == lot_id and left:
            takes.append(Take(pk, min(left, there), slot_id))
            left -= min(left, there)
    if left:
        raise NotThatMany(given=quantity, left=quantity - left, tote=code_of(tote_id), order_id=fo.order_id)
    stock.move(takes, cause_kind="picking.release", cause_ids=[release.pk] * len(takes))
    slot = code_of(slot_id)
    emit(
        PiecesPut(
            order_id=fo.order_id, client_id=release.client_id, warehouse_id=release.warehouse_id, fulfillment_order_id=fo.pk, tote=code_of(tote_id), slot=slot,
            units=quantity,
        )
    )  # fmt: skip
    left = selectors.pieces_in_tote(EVERYTHING, tote_id)
    if not left:
        _stand_alone(tote_id, release.wall_id)
    return PutPieces(units=quantity, slot=slot, complete=_tell_if_together(release, slot), left_in_tote=left)


def _check_sortable(warehouse_id: int, tote_id: int) -> None:
    """Pieces are sorted out of totes of this warehouse.

    Raises: Invalid, where it is none, or a slot.
    """
    if not Location.objects.filter(pk=tote_id, kind=Location.Kind.TOTE, warehouse_id=warehouse_id, in_wall__isnull=True).exists():
        raise Invalid(field="tote", reason="{scanned} is no tote that came from the zones", scanned=code_of(tote_id))


#: A tote and the full ones in it, less one that a walk under way fills.
_SORTED_OUT: Final = """
SELECT u.id FROM warehouse_location u WHERE (u.id = %(tote)s OR u.parent_id = %(tote)s) AND u.kind = 'tote'
  AND NOT EXISTS (SELECT FROM picking_pickbatch b WHERE b.tote_id = u.id AND b.state = 'picking') ORDER BY u.id
"""


def _stand_alone(tote_id: int, wall_id: int) -> None:
    """A tote that was sorted out stands at the wall by itself, and full ones that stood in it beside it: each is free for another walk when it is empty."""
    for (pk,) in sql.rows(_SORTED_OUT, {"tote": tote_id}):
        stock.carry(pk, wall_id)


def _live(release_id: int) -> Release:
    """The release, locked.   Raises: NotThatMany, where it is over."""
    found = next(iter(records.lock_releases([release_id])), None)
    if found is None or found.undone_at is not None or found.emptied_at is not None:
        raise NotThatMany(given=1, left=0, tote="–", order_id=found.fulfillment_order.order_id if found else None)
    return found


def _tell_if_together(release: Release, slot: str) -> bool:
    """Whether all of a (locked) order is together now, and may be packed; that is told."""
    if release.pk not in selectors.ready_releases(EVERYTHING, [release.pk]):
        return False
    fo = release.fulfillment_order
    emit(OrderPicked(order_id=fo.order_id, client_id=release.client_id, warehouse_id=release.warehouse_id, fulfillment_order_id=fo.pk, tote=slot))
    return True


@use_case
def report_tote_empty(*, key: UUID, actor: Actor, wall_id: int, tote_id: int, today: dt.date) -> MissingPieces:
    """A shared tote is empty, and by the books something lies in it still: that is written off and looked for elsewhere, for walks of its zones; what is found nowhere puts its orders on a stock hold.
    Returns how many pieces were missing, and how many of them are not found.

    Locks: releases, orders, allocations, levels.   Raises: NotFound, NotAllowed, Invalid.
    """
    wall = _wall(actor, wall_id)
    _check_sortable(wall.warehouse_id, tote_id)
    ids = selectors.releases_in_tote(actor.scope, wall_id, tote_id)
    releases = {r.fulfillment_order_id: r for r in records.lock_releases(ids) if r.undone_at is None and r.emptied_at is None}
    orders.lock_orders(sorted(releases))
    lying = [(releases[row[5]], row) for row in sql.rows(_LYING, [sorted(releases), tote_id])]
    levels = sorted({(row[2], row[3]) for _r, row in lying}, key=str)
    if not lying:
        return MissingPieces(missing=0, not_found=0)
    stock.lock_levels([(item, tote_id, lot) for item, lot in levels])
    stock.release([row[0] for _r, row in lying])
    lost: dict[int, int] = {}
    for _r, row in lying:
        lost[row[1]] = lost.get(row[1], 0) + row[4]
    orders.picked({demand: -n for demand, n in lost.items()})
    stock.count([CountedLevel(item, tote_id, lot, "sellable", 0) for item, lot in levels], cause=Ref("warehouse.tote", tote_id))
    found = stock.allocate(sorted(lost), today=today)
    of = {row[1]: r for r, row in lying}
    insert_tasks([(of[a.demand_id].client_id, of[a.demand_id].pk, a.demand_id, a.allocation_id, a.item_id, a.lot_id, a.location_id, a.quantity) for a in found])
    if found:
        emit(OrdersGoOn(warehouse_id=wall.warehouse_id, batch_id=None, orders=len({of[a.demand_id].pk for a in found})))
    for a in found:
        lost[a.demand_id] -= a.quantity
    if not selectors.pieces_in_tote(EVERYTHING, tote_id):
        _stand_alone(tote_id, wall_id)
    for release in releases.values():
        _tell_missing(release, [row for r, row in lying if r.pk == release.pk], lost, f"{code_of(tote_id)} ({wall.code})")
    return MissingPieces(missing=sum(row[4] for _r, row in lying), not_found=sum(lost.values()))


def _tell_missing(release: Release, lying: list[tuple[Any, ...]], not_found: dict[int, int], where: str) -> None:
    """What was missing of a (locked) order, whose lines are given by demand with what was found nowhere: that holds it."""
    if not lying:
        return
    fo, missing = release.fulfillment_order, sum(row[4] for row in lying)
    rest = {row[1]: (row[2], not_found[row[1]]) for row in lying if not_found[row[1]]}
    if rest:
        skus = {i: item.sku for i, item in catalog.items_by_id(EVERYTHING, {item for item, _n in rest.values()}).items()}
        order_requests.hold(fulfillment_order_id=fo.pk, kind="stock", missing=Missing(tuple((n, skus[item]) for item, n in rest.values()), where))
    emit(
        PiecesMissing(
            order_id=fo.order_id, client_id=release.client_id, warehouse_id=release.warehouse_id, fulfillment_order_id=fo.pk, tote=where,
            missing=missing, found_elsewhere=missing - sum(n for _item, n in rest.values()),
        )
    )  # fmt: skip


@use_case
def empty_slot(*, key: UUID, actor: Actor, slot_id: int, tote_id: int) -> int:
    """All of an order that is together goes out of its slot into an empty tote, and the slot is free. Returns the units.

    Locks: release, totes, orders, allocations, levels.   Raises: SlotNotComplete, Invalid, SlotStays, ToteShared, ToteInUse, ToteNotEmpty.
    """
    release = Release.objects.select_for_update(of=("self",)).filter(tote=slot_id, wall__isnull=False, undone_at=None, emptied_at=None).first()
    slot = code_of(slot_id)
    if release is None:
        raise SlotNotComplete(slot=slot, order_id=None)
    authorize(actor, "pick", release)
    fo = release.fulfillment_order
    if release.pk not in selectors.ready_releases(EVERYTHING, [release.pk]):
        raise SlotNotComplete(slot=slot, order_id=fo.order_id)
    lock_totes(release.warehouse_id, [tote_id])
    orders.lock_orders([fo.pk])
    lying = sql.rows(_LYING, [[fo.pk], slot_id])
    stock.move([Take(row[0], row[4], tote_id) for row in lying], cause_kind="picking.release", cause_ids=[release.pk] * len(lying))
    release.tote_id = tote_id
    release.save(update_fields=["tote"])
    at = Location.objects.values_list("parent_id", flat=True).get(pk=slot_id)
    if at is not None:
        stock.carry(tote_id, at)
    tote = code_of(tote_id)
    emit(SlotEmptied(order_id=fo.order_id, client_id=release.client_id, warehouse_id=release.warehouse_id, fulfillment_order_id=fo.pk, slot=slot, tote=tote))
    return sum(int(row[4]) for row in lying)
