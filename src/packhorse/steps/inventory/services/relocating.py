"""Pick faces are set and filled; goods go to another place of the warehouse, by task."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.states import check_transition
from packhorse.core.use_case import use_case
from packhorse.steps.inventory import events, ledger, records, replenishment, requests, states
from packhorse.steps.inventory.errors import NothingLeftToRelocate, NotToRelocate, RelocationTaken, WrongPlace
from packhorse.steps.inventory.models import Relocation
from packhorse.steps.inventory.types import IDLE, NewPickFace, Posting


@use_case
def set_pick_faces(*, key: UUID, actor: Actor, warehouse_id: int, faces: list[NewPickFace]) -> int:
    """Items are picked at these bins, filled up to a maximum when the minimum is reached; without a maximum they are pick faces no more. All or none; answers how many were set or taken away.

    Raises: NotAllowed, NotFound, WrongPlace, Invalid.
    """
    authorize(actor, "manage_settings", warehouse_id=warehouse_id)
    if not faces or len({(f.item_id, f.location_id) for f in faces}) < len(faces):
        raise Invalid(field="faces", reason="each item and bin once")
    clients = dict(sql.rows("SELECT id, client_id FROM catalog_item WHERE id = ANY(%s)", [sorted({f.item_id for f in faces})]))
    for f in faces:
        if f.item_id not in clients:
            raise NotFound(kind="item", ref=str(f.item_id))
        authorize(actor, "manage_settings", client_id=clients[f.item_id])
        if f.maximum is not None and not 0 <= f.minimum < f.maximum <= 10**12:
            raise Invalid(field="maximum", reason="more than the minimum")
    wanted = [f for f in faces if f.maximum is not None]
    good = {
        r[0]
        for r in sql.rows(
            "SELECT id FROM warehouse_location WHERE id = ANY(%s) AND warehouse_id = %s AND pickable AND archived_at IS NULL",
            [[f.location_id for f in wanted], warehouse_id],
        )
    }
    if bad := sorted({f.location_id for f in wanted} - good):
        raise WrongPlace(place=str(bad[0]), location_id=bad[0], reason="not a pickable bin of this warehouse")
    gone = [f for f in faces if f.maximum is None]
    n = sql.run(
        "DELETE FROM inventory_pickface WHERE warehouse_id = %s AND (item_id, location_id) IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[]))",
        [warehouse_id, [f.item_id for f in gone], [f.location_id for f in gone]],
    )
    n += sql.run(
        """INSERT INTO inventory_pickface (client_id, warehouse_id, item_id, location_id, minimum, maximum)
           SELECT i.client_id, %s, i.id, t.place, t.least, t.most
           FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS t(item, place, least, most) JOIN catalog_item i ON i.id = t.item ORDER BY t.place, i.id
           ON CONFLICT (location_id, item_id) DO UPDATE SET minimum = excluded.minimum, maximum = excluded.maximum""",
        [warehouse_id, [f.item_id for f in wanted], [f.location_id for f in wanted], [f.minimum for f in wanted], [f.maximum for f in wanted]],
    )
    emit(events.PickFacesSet(warehouse_id=warehouse_id, n=n))
    return n


@use_case
def replenish(*, key: UUID, actor: Actor, warehouse_id: int, today: dt.date) -> list[int]:
    """Raise a relocation from reserve for each pick face whose minimum is reached, up to its maximum less what lies there and is on its way. `today` is the warehouse's date. Answers their ids.

    Locks: stock.   Raises: NotAllowed.
    """
    authorize(actor, "put_away", warehouse_id=warehouse_id)
    clients = None if actor.scope.client_ids is None else sorted(actor.scope.client_ids)
    items = replenishment.candidates(warehouse_id, clients=clients, today=today)
    return replenishment.bring_forward(warehouse_id, {}, items, today=today, cause=Ref("core.command", work.current().command_id))


def _lock(actor: Actor, relocation_id: int, permission: str, towards: str) -> Relocation:
    """The relocation, locked, that this actor may bring to a state.   Raises: NotFound, NotAllowed, WrongState."""
    task = records.lock_relocation(relocation_id)
    authorize(actor, permission, task)
    if not task.state == towards == "claimed":  # from one hand to another
        check_transition(states.TASK, "relocation", task.state, towards, page="inventory:relocation", pk=task.pk)
    return task


def _in_hand(actor: Actor, task: Relocation) -> None:
    """Nobody else has the task in hand, unless it has lain idle.   Raises: RelocationTaken."""
    idle = task.claimed_at is not None and task.claimed_at <= work.current().at - IDLE
    if task.state == "claimed" and task.worker != actor.principal and not idle:
        raise RelocationTaken(relocation_id=task.pk)


@use_case
def claim_relocation(*, key: UUID, actor: Actor, relocation_id: int) -> int:
    """A worker takes a relocation in hand; one that lies idle may be taken from another. Answers its id.

    Locks: relocation.   Raises: NotFound, NotAllowed, WrongState, RelocationTaken.
    """
    task = _lock(actor, relocation_id, "put_away", "claimed")
    _in_hand(actor, task)
    task.state, task.worker, task.claimed_at = "claimed", actor.principal, work.current().at
    task.save(update_fields=["state", "worker", "claimed_at"])
    emit(events.RelocationClaimed(relocation_id=task.pk, client_id=task.client_id, warehouse_id=task.warehouse_id))
    return task.pk


@use_case
def relocate(*, key: UUID, actor: Actor, relocation_id: int, source_id: int, target_id: int, quantity: int) -> int:
    """So many units of the task's item and lot were taken from its source and lie in its target, as scanned. A part leaves the rest for the next round. Answers how many are left.

    Locks: relocation, stock, levels.   Raises: NotFound, NotAllowed, WrongState, RelocationTaken, NotToRelocate, NothingLeftToRelocate, OutOfStock.
    """
    task = _lock(actor, relocation_id, "put_away", "done")
    _in_hand(actor, task)
    _check_places(task, source_id, target_id)
    if not 0 < quantity <= task.quantity - task.moved:
        raise NothingLeftToRelocate(open=task.quantity - task.moved, asked=quantity, relocation_id=task.pk)
    _bring(task, quantity)
    left = task.quantity - task.moved
    task.state, task.worker = ("ready", "") if left else ("done", actor.principal)
    task.done_at = None if left else work.current().at
    task.save(update_fields=["state", "worker", "moved", "done_at"])
    return left


def _check_places(task: Relocation, source_id: int, target_id: int) -> None:
    """Raises: NotToRelocate."""
    for wanted, scanned in ((task.source, source_id), (task.target, target_id)):
        if wanted.pk != scanned:
            code = sql.rows("SELECT code FROM warehouse_location WHERE id = %s", [scanned])
            raise NotToRelocate(scanned=code[0][0] if code else str(scanned), wanted=wanted.code, relocation_id=task.pk)


def _bring(task: Relocation, quantity: int) -> None:
    ledger.post([Posting(task.item_id, quantity, task.source_id, task.target_id, task.lot_id)], cause=Ref("inventory.relocation", task.pk))
    task.moved += quantity
    emit(
        events.GoodsRelocated(
            relocation_id=task.pk,
            client_id=task.client_id,
            warehouse_id=task.warehouse_id,
            item_id=task.item_id,
            target=task.target.code,
            units=quantity,
            left=task.quantity - task.moved,
        )
    )


@use_case
def relocate_short(*, key: UUID, actor: Actor, relocation_id: int, found: int) -> int:
    """Less is at the source than was to be brought: what was found lies in the target, the task is over, and the source is counted. Answers how many units were missing.

    Locks: relocation, stock, levels.   Raises: NotFound, NotAllowed, WrongState, RelocationTaken, Invalid, OutOfStock.
    """
    task = _lock(actor, relocation_id, "put_away", "short")
    _in_hand(actor, task)
    missing = task.quantity - task.moved - found
    if found < 0 or missing <= 0:
        raise Invalid(field="found", reason="less than the {asked} asked for", asked=task.quantity - task.moved)
    if found:
        _bring(task, found)
    task.state, task.worker, task.done_at = "short", actor.principal, work.current().at
    task.save(update_fields=["state", "worker", "moved", "done_at"])
    requests.count_bin(location_id=task.source_id, item_id=task.item_id, reason="not found to relocate", cause=Ref("inventory.relocation", task.pk))
    emit(
        events.RelocationShort(
            relocation_id=task.pk, client_id=task.client_id, warehouse_id=task.warehouse_id, item_id=task.item_id, source=task.source.code, missing=missing
        )
    )
    return missing


@use_case
def cancel_relocation(*, key: UUID, actor: Actor, relocation_id: int, reason: str) -> int:
    """The goods need not go elsewhere any more. Answers the task's id.

    Locks: relocation.   Raises: NotFound, NotAllowed, WrongState, Invalid.
    """
    task = _lock(actor, relocation_id, "adjust_stock", "cancelled")
    if not reason.strip():
        raise Invalid(field="reason", reason="missing")
    Relocation.objects.filter(pk=relocation_id).update(state="cancelled", worker="", done_at=work.current().at)
    emit(events.RelocationCancelled(relocation_id=task.pk, client_id=task.client_id, warehouse_id=task.warehouse_id, reason=reason.strip()))
    return task.pk
