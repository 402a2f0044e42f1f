"""The picker takes another lot that lies at the place of the pick."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from packhorse.core import sql
from packhorse.core.actors import Actor, authorize
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.steps.inventory import ledger as stock
from packhorse.steps.picking import records
from packhorse.steps.picking.errors import TaskNotOpen
from packhorse.steps.picking.events import LotSwapped
from packhorse.steps.picking.types import SwappedLot


@use_case
def swap_lot(*, key: UUID, actor: Actor, task_id: int, lot_id: int, today: dt.date) -> SwappedLot:
    """An open pick takes another lot that lies free at its place: the allocation moves to it, and what it had is free for others.

    Locks: the task, its allocation, levels.   Raises: NotFound, NotAllowed, TaskNotOpen, AllocationClosed, LotBlocked, LotNotFree.
    """
    [task] = records.lock_tasks([task_id])
    fo = task.release.fulfillment_order
    authorize(actor, "pick", client_id=task.client_id, warehouse_id=fo.warehouse_id)
    if task.state not in records.OPEN:
        raise TaskNotOpen(task_id=task.pk, state=task.state, batch_id=task.batch_id)
    before = task.lot_id
    had = stock.swap_lot(task.allocation_id, lot_id, today=today)
    codes = dict(sql.rows("SELECT id, code FROM inventory_lot WHERE id = ANY(%s)", [[i for i in (before, lot_id) if i is not None]]))
    if lot_id != before:
        task.lot_id = lot_id
        task.save(update_fields=["lot"])
        emit(
            LotSwapped(
                order_id=fo.order_id,
                client_id=task.client_id,
                warehouse_id=fo.warehouse_id,
                fulfillment_order_id=fo.pk,
                task_id=task.pk,
                location=task.location.code,
                sku=task.item.sku,
                units=had.quantity,
                lot=codes[lot_id],
                instead_of=codes.get(before, "–") if before is not None else "–",
            )
        )
    return SwappedLot(task_id=task.pk, lot_id=lot_id, lot=codes[lot_id], units=had.quantity)
