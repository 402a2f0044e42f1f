"""Waves: the orders of a cut-off released together within limits, and taken back while they have not begun."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _, gettext_noop

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import Busy, Invalid, NotAllowed
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.people.history import sign
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.inventory import ledger as stock
from packhorse.steps.orders import selectors as orders
from packhorse.steps.orders.types import ReleasableOrder
from packhorse.steps.picking import pace, records, selectors
from packhorse.steps.picking.errors import NoPutWall, NothingReleased, NothingWorkable, WaveBegun, WaveTakenBack
from packhorse.steps.picking.events import PickingPolicySet, WaveReleased, WaveUndone
from packhorse.steps.picking.models import Method, PickBatch, PickTask, Release, Wave
from packhorse.steps.picking.services.batches import take_back
from packhorse.steps.picking.services.means import check_times
from packhorse.steps.picking.services.releasing import release, undo
from packhorse.steps.picking.types import MOST_ON_CART, Amount, NotReleased, Policy, Released, ReleasedWave, UndoneWave, wave_number

#: Orders that a wave looks at, and releases, at most.
MOST: Final = 1000
#: Why orders were released together: somebody chose a cut-off; or the house keeps so many of each workable.
BY_CUT_OFF: Final[dict[str, Any]] = {"policy": "cut-off/1"}
KEPT: Final = "keep-workable/1"


@use_case
def set_picking_policy(*, key: UUID, actor: Actor, warehouse_id: int, policy: Policy) -> Policy:
    """Set how a warehouse picks: its pickers or a set number, standard times, shift.

    Locks: policy.   Raises: NotFound, Invalid.
    """
    selectors.policy(EVERYTHING, warehouse_id)  # refuses a warehouse that is not there
    authorize(actor, "manage_settings", warehouse_id=warehouse_id)
    _check(policy)
    _check_method(policy.method, warehouse_id)
    sign()
    row = records.lock_policy(warehouse_id)
    for name, value in asdict(policy).items():
        setattr(row, name, value)
    row.save()
    emit(PickingPolicySet(warehouse_id=warehouse_id, pickers=policy.pickers))
    return policy


def _check_method(method: str, warehouse_id: int) -> None:
    """Raises: Invalid, NoPutWall."""
    if method not in Method.values:
        raise Invalid(field="method", reason="is one of {choices}", choices=", ".join(Method.values))
    if method == Method.WALL and not any(w.takes for w in warehouses.walls(EVERYTHING, warehouse_id)):
        raise NoPutWall(warehouse=warehouses.warehouse(EVERYTHING, warehouse_id).code, warehouse_id=warehouse_id)


def _check(policy: Policy) -> None:
    check_times(policy)
    for name, least, most in (
        ("pickers", 1, 1000),
        ("pack_min", 0, 1440),
        ("orders_per_walk", 1, MOST_ON_CART),
    ):
        if not least <= getattr(policy, name) <= most:
            raise Invalid(field=name, reason="{least} to {most}", least=least, most=most)
    if policy.lines_per_hour is not None and not 1 <= policy.lines_per_hour <= 1_000_000:
        raise Invalid(field="lines_per_hour", reason="{least} to {most}", least=1, most=1_000_000)
    if policy.shift_from >= policy.shift_to:
        raise Invalid(field="shift_to", reason="the shift ends after it begins")


@use_case
def release_wave(
    *, key: UUID, actor: Actor, warehouse_id: int, until: dt.datetime, today: dt.date, service: str = "", max_orders: int = MOST, max_minutes: int | None = None,
    method: str | None = None,
) -> ReleasedWave:  # fmt: skip
    """Release the orders that must leave by a moment (of one service, where given), urgent first, then by ship-by: at most so many, and at most so many minutes of standard time.

    Orders whose goods are not all in pickable bins are passed over and named; the first that does not fit the minutes ends the wave, so that none overtakes another. `today` is the warehouse's date.
    Its orders are picked by `method`, else as the warehouse has set.

    Locks: policy, orders and their lines, demands, levels.   Raises: NotFound, NotAllowed (who sees some clients only), Invalid, NothingWorkable, NothingReleased.
    """
    selectors.policy(EVERYTHING, warehouse_id)  # refuses a warehouse that is not there
    authorize(actor, "release", warehouse_id=warehouse_id)
    if actor.scope.client_ids is not None:
        raise NotAllowed(permission="release")
    if until.tzinfo is None:
        raise Invalid(field="until", reason="a time zone is needed, as in 2026-03-02T18:00:00Z")
    if not 1 <= max_orders <= MOST:
        raise Invalid(field="max_orders", reason="{least} to {most}", least=1, most=MOST)
    if max_minutes is not None and not 1 <= max_minutes <= 100_000:
        raise Invalid(field="max_minutes", reason="{least} to {most}", least=1, most=100_000)
    if method is not None:
        _check_method(method, warehouse_id)
    sign()
    policy = records.policy_of(records.lock_policy(warehouse_id))
    policy = replace(policy, method=method or policy.method)
    candidates = orders.releasable(EVERYTHING, warehouse_id, limit=MOST, until=until, service=service)
    if not candidates:
        raise NothingWorkable(warehouse_id=warehouse_id)
    made = _release_together(
        candidates, policy, warehouse_id=warehouse_id, until=until, service=service, max_orders=max_orders, max_minutes=max_minutes, today=today, why=BY_CUT_OFF
    )
    if not made.orders:
        reason = made.refused[0].reason if made.refused else _("the limits allow none")
        raise NothingReleased(considered=len(candidates), reason=reason, order_id=_first(made.refused, candidates))
    return made


@use_case
def keep_workable(*, key: UUID, actor: Actor, warehouse_id: int, today: dt.date) -> list[ReleasedWave]:
    """Waveless: release of each cut-off as many orders as are missing to those that the warehouse keeps workable (released and not begun). What was released for a cut-off is a wave.

    Locks: policy, orders and their lines, demands, levels.   Raises: NotFound.
    """
    authorize(actor, "run_system")
    selectors.policy(EVERYTHING, warehouse_id)  # refuses a warehouse that is not there
    sign()
    policy = records.policy_of(records.lock_policy(warehouse_id))
    now, made = work.current().at, []
    begins = selectors.day_begins(EVERYTHING, warehouse_id, now)
    for row in selectors.cut_off_rows(EVERYTHING, warehouse_id, now):
        there = row.amount("waiting", "planned").orders
        if there >= policy.keep_workable or not row.amount("workable").orders:
            continue
        until = row.until or begins - dt.timedelta(microseconds=1)
        due = orders.releasable(EVERYTHING, warehouse_id, limit=MOST, until=until, service=row.service)
        why = {"policy": KEPT, "keep_workable": policy.keep_workable, "workable_before": there}
        released = _release_together(
            [o for o in due if row.until is None or o.ship_by == row.until], policy, warehouse_id=warehouse_id, until=until, service=row.service,
            max_orders=policy.keep_workable - there, max_minutes=None, today=today, why=why,
        )  # fmt: skip
        if released.orders:
            made.append(released)
    return made


def _release_together(
    candidates: Sequence[ReleasableOrder], policy: Policy, *, warehouse_id: int, until: dt.datetime, service: str, max_orders: int, max_minutes: int | None,
    today: dt.date, why: dict[str, Any],
) -> ReleasedWave:  # fmt: skip
    """Release what of the candidates fits the limits and lies in pickable bins, as one wave; where nothing does, there is none (orders: 0)."""
    metres = selectors.metres_per_line(EVERYTHING, warehouse_id)
    pickable = stock.pickable(warehouse_id, _items(candidates), today=today)
    chosen, refused, left = _choose(candidates, pickable, policy, metres or 0.0, max_orders, max_minutes)
    (wave_id,) = sql.next_ids("picking_wave_id_seq", 1) if chosen else (0,)
    answers = (
        release([o.fulfillment_order_id for o in chosen], warehouse_id=warehouse_id, scope=EVERYTHING, today=today, wave_id=wave_id, method=policy.method)
        if chosen
        else {}
    )
    refused += [a for a in answers.values() if isinstance(a, NotReleased)]
    released = [o for o in chosen if isinstance(answers[o.fulfillment_order_id], Released)]
    tasks = sum(a.tasks for a in answers.values() if isinstance(a, Released))
    amount = sum((_amount(o) for o in released), Amount())
    minutes = round(pace.minutes(policy, amount, amount.lines * (metres or 0.0)))
    if released:
        Wave.objects.create(
            pk=wave_id,
            warehouse_id=warehouse_id,
            until=until,
            service=service,
            max_orders=max_orders,
            max_minutes=max_minutes,
            minutes=minutes,
            method=policy.method,
            reasons=why | _reasons(len(candidates), refused, left, metres),
            at=work.current().at,
        )
        emit(WaveReleased(warehouse_id=warehouse_id, wave_id=wave_id, orders=len(released), tasks=tasks, minutes=minutes, refused=len(refused), left=left))
    return ReleasedWave(wave_id=wave_id, orders=len(released), tasks=tasks, minutes=minutes, refused=tuple(refused), left=left)


def _items(candidates: Sequence[ReleasableOrder]) -> list[int]:
    return sorted({line.item_id for o in candidates for line in o.lines})


def _amount(order: ReleasableOrder) -> Amount:
    return Amount(1, len(order.lines), order.units)


def _first(refused: Sequence[NotReleased], candidates: Sequence[ReleasableOrder]) -> int:
    """The order that a refusal leads to."""
    wanted = refused[0].fulfillment_order_id if refused else candidates[0].fulfillment_order_id
    return next(o.order_id for o in candidates if o.fulfillment_order_id == wanted)


def _choose(
    candidates: Sequence[ReleasableOrder], pickable: dict[int, int], policy: Policy, metres_per_line: float, max_orders: int, max_minutes: int | None
) -> tuple[list[ReleasableOrder], list[NotReleased], int]:
    """Which orders fit the limits, which are passed over since their goods are not in pickable bins, and how many the limits leave."""
    chosen: list[ReleasableOrder] = []
    short: list[tuple[int, int, int]] = []
    rest, spent = dict(pickable), 0.0
    for n, order in enumerate(candidates):
        takes = _amount(order)
        spends = pace.minutes(policy, takes, takes.lines * metres_per_line)
        if len(chosen) == max_orders or (max_minutes is not None and spent + spends > max_minutes):
            return chosen, _named(short), len(candidates) - n
        wanted: dict[int, int] = {}
        for line in order.lines:
            wanted[line.item_id] = wanted.get(line.item_id, 0) + line.open_quantity
        missing = next(((item, q - rest.get(item, 0)) for item, q in wanted.items() if q > rest.get(item, 0)), None)
        if missing:
            short.append((order.fulfillment_order_id, *missing))
            continue
        for item, q in wanted.items():
            rest[item] -= q
        chosen.append(order)
        spent += spends
    return chosen, _named(short), 0


def _named(short: Sequence[tuple[int, int, int]]) -> list[NotReleased]:
    items = catalog.items_by_id(EVERYTHING, {item for _fo, item, _n in short}) if short else {}
    return [NotReleased.since(fo, "not_at_pick_face", n=n, sku=items[item].sku) for fo, item, n in short]


def _reasons(considered: int, refused: Sequence[NotReleased], left: int, metres: float | None) -> dict[str, Any]:
    return {
        "considered": considered,
        "left": left,
        "metres_per_line": None if metres is None else round(metres, 1),
        "refused": [{"fulfillment_order_id": a.fulfillment_order_id, "code": a.code, "data": a.data} for a in refused],
    }


@use_case
def undo_wave(*, key: UUID, actor: Actor, wave_id: int, note: str = "") -> UndoneWave:
    """Take back what of a wave has not begun: its allocations close, its orders may be released again, the planned walks that they are on are taken back. Orders on a walk or picked stay.

    Orders of other waves on such a walk wait for the next plan.

    Locks: wave, batches, releases, tasks, orders, allocations, levels.   Raises: NotFound, WaveTakenBack, WaveBegun, Busy (a walk is being planned for them just now).
    """
    wave = records.lock_wave(wave_id)
    authorize(actor, "release", wave)
    if wave.undone_at is not None:
        raise WaveTakenBack(wave=wave_number(wave_id), wave_id=wave_id)
    own = Release.objects.filter(wave=wave, undone_at=None, emptied_at=None, tote=None)
    on = PickTask.objects.filter(release__in=own.values("pk"), batch__isnull=False).values_list("batch_id", flat=True)
    planned = records.lock_planned(set(on))
    walks = {b.pk for b in planned}
    releases = records.lock_releases({*own.values_list("pk", flat=True), *records.releases_on(sorted(walks))})
    tasks = records.lock_tasks_of([r.pk for r in releases])
    mine = [r for r in releases if r.wave_id == wave_id and _not_begun(r, [t for t in tasks if t.release_id == r.pk], walks)]
    if not mine:
        raise WaveBegun(wave=wave_number(wave_id), wave_id=wave_id)
    taken = {r.pk for r in mine}
    tasks = [t for t in tasks if t.release_id in taken]
    others = len(take_back(planned)) - len({t.release_id for t in tasks if t.batch_id in walks}) if planned else 0
    undo(mine, tasks, gettext_noop("its wave was taken back"))
    kept = Release.objects.filter(wave=wave, undone_at=None).count()
    wave.undone_at, wave.note = work.current().at, note.strip()
    wave.save(update_fields=["undone_at", "note"])
    emit(WaveUndone(warehouse_id=wave.warehouse_id, wave_id=wave_id, orders=len(mine), walks=len(planned), kept=kept))
    return UndoneWave(wave_id=wave_id, orders=len(mine), kept=kept, walks=len(planned), others=others)


def _not_begun(release: Release, tasks: Sequence[PickTask], walks: set[int]) -> bool:
    """Whether a (locked) release with its (locked) tasks is on no walk, or on planned ones of these only.

    Raises: Busy for one that was put on a walk between looking and locking.
    """
    if release.undone_at is not None or release.emptied_at is not None or release.tote_id is not None:
        return False
    others = {t.batch_id for t in tasks if t.batch_id is not None} | ({release.batch_id} if release.batch_id is not None else set())
    if others <= walks:
        return True
    if PickBatch.objects.filter(pk__in=others - walks, state=PickBatch.State.PLANNED).exists():
        raise Busy
    return False
