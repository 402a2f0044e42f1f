"""Goods go from the dock (or a tote, or a bench) to their bins."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.states import check_transition
from packhorse.core.use_case import use_case
from packhorse.steps.inventory import events, ledger, records, states
from packhorse.steps.inventory.errors import NothingLeft, WrongPlace
from packhorse.steps.inventory.models import PutAwayTask
from packhorse.steps.inventory.types import Posting, Putting

#: Where goods may be put for good.
_STORES = ("bin", "pallet", "quarantine", "returns")

_DONE = """
UPDATE inventory_putawaytask t SET put = d.put, state = CASE WHEN d.put = t.quantity THEN 'done' ELSE 'ready' END,
  done_at = CASE WHEN d.put = t.quantity THEN %s::timestamptz END
FROM unnest(%s::bigint[], %s::bigint[]) AS d(id, put) WHERE t.id = d.id
"""


def _check_places(putting: list[Putting], tasks: Mapping[int, PutAwayTask]) -> None:
    """Raises: WrongPlace, NothingLeft, Invalid."""
    rows = sql.rows(
        "SELECT id, code, warehouse_id, kind, archived_at IS NOT NULL FROM warehouse_location WHERE id = ANY(%s)", [[p.location_id for p in putting]]
    )
    places = {r[0]: r[1:] for r in rows}
    for p in putting:
        task = tasks[p.task_id]
        code, warehouse_id, kind, archived = places.get(p.location_id, (str(p.location_id), None, "", True))
        if warehouse_id != task.warehouse_id or archived:
            raise WrongPlace(place=code, location_id=p.location_id, reason="not in this warehouse")
        if kind not in _STORES or p.location_id == task.source_id:
            raise WrongPlace(place=code, location_id=p.location_id, reason="not a place to store")
        asked = p.quantity if p.quantity is not None else task.quantity - task.put
        if not 0 < asked <= task.quantity - task.put:
            raise NothingLeft(open=task.quantity - task.put, asked=asked, task_id=task.pk)


@use_case
def put_away(*, key: UUID, actor: Actor, putting: list[Putting]) -> int:
    """Goods of these tasks lie in the bins that were scanned, which need not be those the rule chose. All or none; answers how many units.

    Locks: tasks, stock, levels.   Raises: NotFound, NotAllowed, WrongState, WrongPlace, NothingLeft, OutOfStock, Invalid.
    """
    if len({p.task_id for p in putting}) < len(putting) or not putting:
        raise Invalid(field="putting", reason="each task once")
    tasks = records.lock_put_aways([p.task_id for p in putting])
    for task in tasks.values():
        authorize(actor, "put_away", task)
        check_transition(states.TASK, "put-away task", task.state, "done", page="inventory:put-away-task", pk=task.pk)
    _check_places(putting, tasks)
    quantities = {p.task_id: p.quantity if p.quantity is not None else tasks[p.task_id].quantity - tasks[p.task_id].put for p in putting}
    sql.run(_DONE, [work.current().at, list(quantities), [tasks[i].put + q for i, q in quantities.items()]])
    postings = [
        Posting(
            item_id=tasks[p.task_id].item_id,
            quantity=quantities[p.task_id],
            source_id=tasks[p.task_id].source_id,
            target_id=p.location_id,
            lot_id=tasks[p.task_id].lot_id,
            source_condition=tasks[p.task_id].condition,
            target_condition=tasks[p.task_id].condition,
        )
        for p in putting
    ]
    ledger.post(postings, cause=Ref("inventory.put_away", putting[0].task_id), cause_ids=[p.task_id for p in putting])
    by_warehouse: dict[int, list[int]] = {}
    for task in tasks.values():
        by_warehouse.setdefault(task.warehouse_id, []).append(task.pk)
    for warehouse_id, ids in by_warehouse.items():
        clients = {tasks[i].client_id for i in ids}
        emit(
            events.GoodsPutAway(
                warehouse_id=warehouse_id, client_id=clients.pop() if len(clients) == 1 else None, task_ids=ids, units=sum(quantities[i] for i in ids)
            )
        )
    return sum(quantities.values())


@use_case
def cancel_put_away(*, key: UUID, actor: Actor, task_id: int, reason: str) -> int:
    """The goods need not be put away (they are gone, or stay). Answers the task's id.   Raises: NotFound, NotAllowed, WrongState, Invalid."""
    task = records.lock_put_aways([task_id])[task_id]
    authorize(actor, "adjust_stock", task)
    check_transition(states.TASK, "put-away task", task.state, "cancelled", page="inventory:put-away-task", pk=task.pk)
    if not reason.strip():
        raise Invalid(field="reason", reason="missing")
    PutAwayTask.objects.filter(pk=task_id).update(state="cancelled", done_at=work.current().at)
    emit(events.PutAwayCancelled(task_id=task_id, client_id=task.client_id, warehouse_id=task.warehouse_id, reason=reason.strip()))
    return task_id


@use_case
def set_fixed_bins(*, key: UUID, actor: Actor, warehouse_id: int, bins: dict[int, int | None]) -> int:
    """Items (by id) live in these bins of a warehouse; None: in none any more. Answers how many were set or taken away.   Raises: NotAllowed, NotFound, WrongPlace."""
    authorize(actor, "manage_settings", warehouse_id=warehouse_id)
    clients = dict(sql.rows("SELECT id, client_id FROM catalog_item WHERE id = ANY(%s)", [list(bins)]))
    for item_id in bins:
        if item_id not in clients:
            raise NotFound(kind="item", ref=str(item_id))
        authorize(actor, "manage_settings", client_id=clients[item_id])
    wanted = {item: place for item, place in bins.items() if place is not None}
    good = {
        r[0]
        for r in sql.rows(
            "SELECT id FROM warehouse_location WHERE id = ANY(%s) AND warehouse_id = %s AND pickable AND archived_at IS NULL",
            [list(wanted.values()), warehouse_id],
        )
    }
    if bad := sorted(set(wanted.values()) - good):
        raise WrongPlace(place=str(bad[0]), location_id=bad[0], reason="not a pickable bin of this warehouse")
    n = sql.run(
        "DELETE FROM inventory_fixedbin WHERE warehouse_id = %s AND item_id = ANY(%s)", [warehouse_id, [i for i, place in bins.items() if place is None]]
    )
    n += sql.run(
        """INSERT INTO inventory_fixedbin (client_id, warehouse_id, item_id, location_id)
           SELECT i.client_id, %s, i.id, t.place FROM unnest(%s::bigint[], %s::bigint[]) AS t(item, place) JOIN catalog_item i ON i.id = t.item ORDER BY i.id
           ON CONFLICT (warehouse_id, item_id) DO UPDATE SET location_id = excluded.location_id""",
        [warehouse_id, list(wanted), list(wanted.values())],
    )
    emit(events.FixedBinsSet(warehouse_id=warehouse_id, n=n))
    return n
