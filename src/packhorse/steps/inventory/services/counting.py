"""Counting: blind, without freezing the bin. What is counted is compared with what the ledger says at that very moment."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid, NotFound, WrongState
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.states import check_transition
from packhorse.core.use_case import use_case
from packhorse.steps.inventory import events, ledger, records, states
from packhorse.steps.inventory.errors import CountTaken, LotMissing, NotInThisCount, SameCounter, SerialIsOne
from packhorse.steps.inventory.models import Condition, CountLine, CountTask
from packhorse.steps.inventory.requests import count_bin
from packhorse.steps.inventory.services.lots import find_or_make
from packhorse.steps.inventory.services.receiving import today_at
from packhorse.steps.inventory.types import Counted, CountedLevel, CountProgress, CountTarget

_REQUEST = """
INSERT INTO inventory_counttask (warehouse_id, location_id, client_id, item_id, state, reason, tolerance, cause_kind, cause_id, round, counter, first_counter, requested_at)
SELECT %(warehouse)s, t.place, i.client_id, t.item, 'requested', %(reason)s, %(tolerance)s, 'core.command', %(command)s, 1, '', '', %(at)s
FROM unnest(%(places)s::bigint[], %(items)s::bigint[]) WITH ORDINALITY AS t(place, item, n) LEFT JOIN catalog_item i ON i.id = t.item
WHERE NOT EXISTS (SELECT FROM inventory_counttask c WHERE c.location_id = t.place AND c.item_id IS NOT DISTINCT FROM t.item AND c.state = 'requested')
ORDER BY n RETURNING id, client_id, location_id, item_id
"""

_LINES = """
INSERT INTO inventory_countline (client_id, task_id, round, item_id, lot_id, condition, counted, expected, at, principal)
SELECT i.client_id, %(task)s, %(round)s, t.item, t.lot, t.condition, t.counted,
       coalesce((SELECT l.on_hand FROM inventory_level l WHERE l.item_id = t.item AND l.location_id = %(place)s AND l.lot_id IS NOT DISTINCT FROM t.lot AND l.condition = t.condition), 0),
       %(at)s, %(principal)s
FROM unnest(%(items)s::bigint[], %(lots)s::bigint[], %(conditions)s::text[], %(counted)s::bigint[]) AS t(item, lot, condition, counted) JOIN catalog_item i ON i.id = t.item
ON CONFLICT (task_id, round, item_id, lot_id, condition) DO UPDATE SET counted = excluded.counted, expected = excluded.expected, at = excluded.at
"""

#: What the ledger has at the place and nobody counted is counted as nothing.
_THE_REST = """
INSERT INTO inventory_countline (client_id, task_id, round, item_id, lot_id, condition, counted, expected, at, principal)
SELECT l.client_id, %(task)s, %(round)s, l.item_id, l.lot_id, l.condition, 0, l.on_hand, %(at)s, %(principal)s
FROM inventory_level l WHERE l.location_id = %(place)s AND l.on_hand > 0 AND (%(item)s::bigint IS NULL OR l.item_id = %(item)s)
ON CONFLICT (task_id, round, item_id, lot_id, condition) DO NOTHING
"""


@use_case
def request_counts(*, key: UUID, actor: Actor, warehouse_id: int, targets: list[CountTarget], reason: str, tolerance: int = 0) -> list[int]:
    """Ask that bins be counted, whole or for one item. A bin that is asked for already is not asked twice. `tolerance`: a line may be so many units off and be posted without a second count.

    Answers the ids of the new counts.   Raises: NotAllowed, NotFound, Invalid.
    """
    authorize(actor, "count", warehouse_id=warehouse_id)
    if not reason.strip() or tolerance < 0:
        raise Invalid(field="reason" if not reason.strip() else "tolerance", reason="missing" if not reason.strip() else "must not be negative")
    wanted = list(dict.fromkeys(targets))
    places = {t.location_id for t in wanted}
    known = {r[0] for r in sql.rows("SELECT id FROM warehouse_location WHERE id = ANY(%s) AND warehouse_id = %s", [list(places), warehouse_id])}
    if missing := sorted(places - known):
        raise NotFound(kind="location", ref=str(missing[0]))
    items = {t.item_id for t in wanted if t.item_id is not None}
    clients = dict(sql.rows("SELECT id, client_id FROM catalog_item WHERE id = ANY(%s)", [list(items)]))
    for item_id in sorted(items):
        if item_id not in clients:
            raise NotFound(kind="item", ref=str(item_id))
        authorize(actor, "count", client_id=clients[item_id])
    made = sql.rows(
        _REQUEST,
        {
            "warehouse": warehouse_id, "places": [t.location_id for t in wanted], "items": [t.item_id for t in wanted], "reason": reason.strip(),
            "tolerance": tolerance, "command": work.current().command_id, "at": work.current().at,
        },
    )  # fmt: skip
    emit(
        *(
            events.CountRequested(count_id=pk, warehouse_id=warehouse_id, client_id=client, location_id=place, item_id=item, reason=reason.strip())
            for pk, client, place, item in made
        )
    )
    return [r[0] for r in made]


def _named(task: CountTask) -> dict[str, int | None]:
    return {"count_id": task.pk, "client_id": task.client_id, "warehouse_id": task.warehouse_id}


def _progress(task: CountTask) -> CountProgress:
    return CountProgress(task.pk, task.state, task.round, CountLine.objects.filter(task=task, round=task.round).count())


def _begin(task: CountTask, actor: Actor) -> CountProgress:
    """Raises: WrongState, CountTaken, SameCounter."""
    if task.state in ("counting", "recount") and task.counter == actor.principal:
        return _progress(task)
    if task.counter:
        raise CountTaken(count_id=task.pk)
    if task.state == "recount":
        if task.first_counter == actor.principal:
            raise SameCounter(count_id=task.pk)
    else:
        check_transition(states.COUNT, "count", task.state, "counting", page="inventory:count", pk=task.pk)
        task.state = "counting"
    task.counter = actor.principal
    task.save(update_fields=["state", "counter"])
    emit(events.CountStarted(**_named(task), round=task.round))  # type: ignore[arg-type]
    return _progress(task)


@use_case
def start_count(*, key: UUID, actor: Actor, count_id: int) -> CountProgress:
    """Somebody stands before the bin and counts; from now on the count is theirs.   Raises: NotFound, NotAllowed, WrongState, CountTaken, SameCounter."""
    task = records.lock_count(count_id)
    authorize(actor, "count", task)
    return _begin(task, actor)


@use_case
def count_here(*, key: UUID, actor: Actor, location_id: int) -> CountProgress:
    """Somebody stands before a bin and counts it: the count that was asked for there, or a new one of the whole bin.

    Raises: NotFound, NotAllowed, CountTaken, SameCounter.
    """
    found = sql.rows("SELECT warehouse_id FROM warehouse_location WHERE id = %s AND warehouse_id IS NOT NULL AND archived_at IS NULL", [location_id])
    if not found:
        raise NotFound(kind="location", ref=str(location_id))
    authorize(actor, "count", warehouse_id=found[0][0])
    waiting = records.lock_counts_at(location_id)
    mine = [t for t in waiting if t.counter == actor.principal]
    free = [t for t in waiting if not t.counter and t.first_counter != actor.principal and actor.scope.sees_client(t.client_id)]
    if not (mine or free) and waiting:
        if all(t.first_counter == actor.principal for t in waiting):
            raise SameCounter(count_id=waiting[0].pk)
        raise CountTaken(count_id=waiting[0].pk)
    if not waiting:
        pk = count_bin(location_id=location_id, item_id=None, reason="by hand", cause=Ref("core.command", work.current().command_id))
        free = [records.lock_count(pk)]
    return _begin((mine or free)[0], actor)


def _write_lines(task: CountTask, lines: list[Counted], today: dt.date) -> None:
    """Raises: Invalid, NotFound, NotInThisCount, LotMissing, SerialIsOne."""
    items = {r[0]: r[1:] for r in sql.rows("SELECT id, sku, tracking, client_id FROM catalog_item WHERE id = ANY(%s)", [[n.item_id for n in lines]])}
    wanted: dict[int, dict[tuple[int, str], dt.date | None]] = {}
    for n in lines:
        if n.quantity < 0 or n.condition not in Condition.values:
            raise Invalid(field="quantity" if n.quantity < 0 else "condition", reason="must not be negative" if n.quantity < 0 else "sellable, held or damaged")
        if n.item_id not in items:
            raise NotFound(kind="item", ref=str(n.item_id))
        sku, tracking, client_id = items[n.item_id]
        if task.item_id is not None and n.item_id != task.item_id:
            raise NotInThisCount(sku=sku, count_id=task.pk)
        if tracking != "none" and not n.lot:
            raise LotMissing(sku=sku, tracking=tracking)
        if tracking == "serial" and n.quantity > 1:
            raise SerialIsOne(sku=sku, quantity=n.quantity)
        if tracking != "none":
            wanted.setdefault(client_id, {})[n.item_id, n.lot] = None
    lots: dict[tuple[int, str], int] = {}
    for client_id, codes in sorted(wanted.items()):
        lots |= find_or_make(codes, client_id=client_id, today=today)
    sums: dict[tuple[int, int | None, str], int] = {}
    for n in lines:
        level = (n.item_id, lots.get((n.item_id, n.lot)), n.condition)
        sums[level] = sums.get(level, 0) + n.quantity
    here = work.current()
    sql.run(
        _LINES,
        {
            "task": task.pk, "round": task.round, "place": task.location_id, "at": here.at, "principal": here.actor.principal,
            "items": [k[0] for k in sums], "lots": [k[1] for k in sums], "conditions": [k[2] for k in sums], "counted": list(sums.values()),
        },
    )  # fmt: skip


def _post(task: CountTask, round_: int) -> int:
    """Post the differences of a round; how many units were off.   Raises: KitNotStocked, SerialIsOne, SerialTwice."""
    lines = [n for n in CountLine.objects.filter(task=task, round=round_).order_by("pk") if n.counted != n.expected]
    if lines:
        ledger.no_kits(n.item_id for n in lines if n.counted > n.expected)
        more: Counter[int] = Counter()
        for n in lines:  # what is only in another condition than the ledger says nets to none
            if n.lot_id is not None:
                more[n.lot_id] += n.counted - n.expected
        ledger.one_each([(lot, q) for lot, q in more.items() if q > 0])
        found = [CountedLevel(n.item_id, task.location_id, n.lot_id, n.condition, n.counted, expected=n.expected) for n in lines]
        ledger.count(found, cause=Ref("inventory.count", task.pk))
    differences = sum(abs(n.counted - n.expected) for n in lines)
    check_transition(states.COUNT, "count", task.state, "posted", page="inventory:count", pk=task.pk)
    task.state, task.posted_at = "posted", work.current().at
    task.save(update_fields=["state", "posted_at"])
    emit(events.CountPosted(**_named(task), differences=differences))  # type: ignore[arg-type]
    return differences


def _finish(task: CountTask) -> None:
    """A round is over: post what agrees or is within tolerance; else another person counts, and after that a manager decides."""
    here = work.current()
    sql.run(
        _THE_REST, {"task": task.pk, "round": task.round, "place": task.location_id, "item": task.item_id, "at": here.at, "principal": here.actor.principal}
    )
    off = [abs(n.counted - n.expected) for n in CountLine.objects.filter(task=task, round=task.round)]
    if max(off, default=0) <= task.tolerance:
        _post(task, task.round)
        return
    state = "recount" if task.state == "counting" else "review"
    check_transition(states.COUNT, "count", task.state, state, page="inventory:count", pk=task.pk)
    if state == "recount":
        task.first_counter, task.counter, task.round = task.counter, "", task.round + 1
    task.state = state
    task.save(update_fields=["state", "first_counter", "counter", "round"])
    emit(events.CountDiffered(**_named(task), differences=sum(off), state=state))  # type: ignore[arg-type]


@use_case
def record_count(*, key: UUID, actor: Actor, count_id: int, lines: list[Counted], finished: bool = False) -> CountProgress:
    """What was counted in a bin that one has started to count: an item at a time or all at once. An item counted again replaces what was counted before.

    `finished`: there is nothing else in the bin. Then what was not counted counts as none; a round without differences (or within tolerance) is posted, any other is counted again.

    Locks: count, then what the ledger locks.   Raises: NotFound, NotAllowed, WrongState, CountTaken, NotInThisCount, LotMissing, KitNotStocked, SerialIsOne, SerialTwice, Invalid.
    """
    task = records.lock_count(count_id)
    authorize(actor, "count", task)
    if task.state not in ("counting", "recount"):
        check_transition(states.COUNT, "count", task.state, "recount" if task.state == "requested" else "counting", page="inventory:count", pk=task.pk)
    if task.counter != actor.principal:
        raise CountTaken(count_id=count_id)
    if lines:
        _write_lines(task, lines, today_at(task.warehouse_id))
    if finished:
        _finish(task)
    return _progress(task)


@use_case
def approve_count(*, key: UUID, actor: Actor, count_id: int) -> int:
    """A manager accepts what was counted last: the differences are posted. Answers how many units were off.

    Raises: NotFound, NotAllowed, WrongState, KitNotStocked, SerialIsOne, SerialTwice.
    """
    task = records.lock_count(count_id)
    authorize(actor, "adjust_stock", task)
    if task.state not in ("recount", "review"):
        raise WrongState(kind="count", state=task.state, wanted="posted", page="inventory:count", id=task.pk)
    return _post(task, task.round if task.state == "review" else task.round - 1)


@use_case
def count_again(*, key: UUID, actor: Actor, count_id: int) -> CountProgress:
    """A manager does not believe it: one more round, by another person than the last.   Raises: NotFound, NotAllowed, WrongState."""
    task = records.lock_count(count_id)
    authorize(actor, "adjust_stock", task)
    if task.state != "review":
        raise WrongState(kind="count", state=task.state, wanted="recount", page="inventory:count", id=task.pk)
    task.first_counter, task.counter, task.round, task.state = task.counter, "", task.round + 1, "recount"
    task.save(update_fields=["first_counter", "counter", "round", "state"])
    emit(events.CountDiffered(**_named(task), differences=0, state="recount"))  # type: ignore[arg-type]
    return _progress(task)
