"""Slotting: which items should change places, measured by walking the past walks again; accepted moves become tasks on the floor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final
from uuid import UUID

from packhorse.core import clock, sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import Invalid, NotAllowed, NotFound
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.warehouse import selectors as warehouse
from packhorse.ground.warehouse.graph import kernel_places
from packhorse.ground.warehouse.types import FloorPlan
from packhorse.kernels.slotting.problem import Good, Problem, Slot, Walk
from packhorse.kernels.slotting.result import Exchange
from packhorse.kernels.slotting.solve import DEFAULT, Params, Told, solve
from packhorse.kernels.stop import Stop
from packhorse.steps.inventory import requests as inventory_requests
from packhorse.steps.inventory.types import Resettling
from packhorse.steps.picking import records, selectors
from packhorse.steps.picking.errors import SlottingAccepted, SlottingStale
from packhorse.steps.picking.events import SlottingMovesAccepted
from packhorse.steps.picking.models import SlottingAdvice, SlottingMove
from packhorse.steps.picking.places import spot_of
from packhorse.steps.picking.types import AdvisedMove, Living, PickHistory, Policy, SlottingAnswer

POLICY: Final = "exchange-and-walk-again/1"
#: What taking an item out of a bin, and into another, takes beside its units and the walk.
MOVE_S: Final = 90
#: What a pick takes longer than in the golden zone: from the lowest level, from above.
LOW_S, HIGH_S = 2.0, 4.0
#: The golden zone: levels between hip and shoulder, where a floor has so many (0 is the lowest).
GOLDEN: Final = (1, 2)


def reach_s(level: int, levels: int) -> float:
    """What a pick on a level takes longer than in the golden zone; where a floor has one level, all are alike."""
    if levels == 1 or GOLDEN[0] <= level <= GOLDEN[1]:
        return 0.0
    return LOW_S if level < GOLDEN[0] else HIGH_S


def advise_slots(
    history: PickHistory, floor: FloorPlan | None, policy: Policy, *, params: Params = DEFAULT, iterations: int = 3000, told: Told = lambda _share: None
) -> SlottingAnswer:
    """The best moves found for these past walks, each measured by walking all of them again.

    Raises: Invalid where there is nothing to learn from.
    """
    if floor is None:
        raise Invalid(field="warehouse_id", reason="the warehouse has no floor: lay it out first")
    spots = {pk: spot for pk, place in history.places.items() if (spot := spot_of(floor, place)) is not None}
    living = [x for x in history.living if x.location_id in spots]
    if not history.picks or not living:
        raise Invalid(field="days", reason="no walks ended in these days, or no item lives in a bin of its own: nothing to learn from")
    bins = [*(x.location_id for x in living), *(pk for pk in history.empty if pk in spots)]
    layout, names = kernel_places(floor, [spots[pk] for pk in {*bins, *(p.location_id for p in history.picks if p.location_id in spots)}])
    good_of = {x.item_id: n for n, x in enumerate(living)}
    walks: dict[int, tuple[set[int], set[int]]] = {}
    picks = [0] * len(living)
    for p in history.picks:
        goods, places = walks.setdefault(p.batch_id, (set(), set()))
        if p.item_id in good_of:
            goods.add(good_of[p.item_id])
            picks[good_of[p.item_id]] += p.picks
        elif p.location_id in spots:
            places.add(p.location_id)
    problem = Problem(
        layout,
        tuple(Slot(names[spots[pk]], reach_s(history.places[pk].level, floor.levels), history.places[pk].level <= GOLDEN[1]) for pk in bins),
        tuple(Good(n, picks[n], MOVE_S + policy.unit_s * x.units, (x.weight_g or 0) >= policy.heavy_g) for n, x in enumerate(living)),
        tuple(Walk(tuple(sorted(goods)), tuple(sorted({names[spots[pk]] for pk in places}))) for goods, places in walks.values()),
        days=history.days,
        metres_per_s=policy.walk_m_per_min / 60,
    )
    found = solve(problem, stop=Stop(iterations=iterations), params=params, told=told)
    return SlottingAnswer(
        days=history.days,
        walks=len(walks),
        metres_a_day=found.metres_before / history.days,
        metres_a_day_after=found.metres_after / history.days,
        moves=tuple(_advised(e, problem, history, living, bins) for e in found.exchanges),
        looked_at=found.looked_at,
        seconds=found.seconds,
    )


def advise_for(warehouse_id: int, days: int, *, params: Params = DEFAULT, iterations: int = 3000, told: Told = lambda _share: None) -> SlottingAnswer:
    """The best moves found for a warehouse's walks of the last days, by its own floor and times.

    Raises: NotFound, Invalid where there is nothing to learn from.
    """
    history, floor = selectors.pick_history(EVERYTHING, warehouse_id, days, clock.now()), warehouse.layout(EVERYTHING, warehouse_id)
    return advise_slots(history, floor, selectors.policy(EVERYTHING, warehouse_id), params=params, iterations=iterations, told=told)


def _advised(e: Exchange, problem: Problem, history: PickHistory, living: Sequence[Living], bins: Sequence[int]) -> AdvisedMove:
    good, partner = living[e.good], living[e.partner] if e.partner is not None else None
    source, target = history.places[bins[e.source]], history.places[bins[e.target]]
    return AdvisedMove(
        item_id=good.item_id,
        sku=good.sku,
        partner_id=partner.item_id if partner else None,
        partner=partner.sku if partner else "",
        source_id=source.id,
        source=source.code,
        target_id=target.id,
        target=target.code,
        metres_a_day=round(e.metres_a_day, 1),
        seconds_a_day=round(e.seconds_a_day, 1),
        cost_s=round(e.cost_s),
        days_to_pay=round(e.days_to_pay, 1),
        velocity=(
            round(problem.goods[e.good].picks / history.days, 2),
            round(problem.goods[e.partner].picks / history.days, 2) if e.partner is not None else 0.0,
        ),
        far_m=(round(e.far_before, 1), round(e.far_after, 1)),
        level=(source.level, target.level),
        reach_s_a_day=round(e.reach_s_a_day, 1),
        heavy=problem.goods[e.good].heavy,
        companions=tuple(living[other].sku for other, _times in e.companions),
    )


@use_case
def keep_slotting(*, key: UUID, actor: Actor, warehouse_id: int, days: int, answer: SlottingAnswer) -> int:
    """An advice is kept with its moves: it is the warehouse's newest. Answers its id.

    Raises: NotFound, NotAllowed.
    """
    warehouse.warehouse(EVERYTHING, warehouse_id)
    _may(actor, warehouse_id)
    advice = SlottingAdvice.objects.create(
        warehouse_id=warehouse_id,
        at=work.current().at,
        days=days,
        walks=answer.walks,
        metres_a_day=answer.metres_a_day,
        metres_a_day_after=answer.metres_a_day_after,
        reasons={"policy": POLICY, "looked_at": answer.looked_at, "move_s": MOVE_S, "golden": list(GOLDEN)},
    )
    SlottingMove.objects.bulk_create(
        [
            SlottingMove(advice=advice, position=n, item_id=m.item_id, partner_id=m.partner_id, source_id=m.source_id, target_id=m.target_id, figures=asdict(m))
            for n, m in enumerate(answer.moves, 1)
        ]
    )
    return advice.pk


def _may(actor: Actor, warehouse_id: int) -> None:
    """An advice mixes clients: who sees some only has no part in it.   Raises: NotAllowed."""
    authorize(actor, "release", warehouse_id=warehouse_id)
    if actor.scope.client_ids is not None:
        raise NotAllowed(permission="release")


@use_case
def accept_slotting(*, key: UUID, actor: Actor, move_ids: list[int]) -> list[int]:
    """These moves are made: their goods are to be brought to the new bins, which are their homes from now on. All or none; answers the relocations' ids.

    Locks: moves, pick faces, stock.   Raises: NotFound, NotAllowed, Invalid, SlottingAccepted, SlottingStale (somebody else lives there by now).
    """
    if not move_ids or len(set(move_ids)) < len(move_ids):
        raise Invalid(field="move_ids", reason="each move once")
    moves = records.lock_slotting_moves(move_ids)
    if missing := sorted(set(move_ids) - {m.pk for m in moves}):
        raise NotFound(kind="slotting move", ref=str(missing[0]))
    for m in moves:
        _may(actor, m.advice.warehouse_id)
        if m.accepted_at is not None:
            raise SlottingAccepted(sku=m.item.sku, item_id=m.item_id)
    if len({m.advice_id for m in moves}) > 1:
        raise Invalid(field="move_ids", reason="moves of one advice")
    warehouse_id = moves[0].advice.warehouse_id
    _still_true(moves)
    asked = [Resettling(m.item_id, m.source_id, m.target_id) for m in moves]
    asked += [Resettling(m.partner_id, m.target_id, m.source_id) for m in moves if m.partner_id is not None]
    made = inventory_requests.resettle(warehouse_id=warehouse_id, moves=asked, cause=Ref("picking.slotting", moves[0].advice_id))
    SlottingMove.objects.filter(pk__in=[m.pk for m in moves]).update(accepted_at=work.current().at, accepted_by=actor.principal)
    emit(SlottingMovesAccepted(warehouse_id=warehouse_id, advice_id=moves[0].advice_id, n=len(moves), tasks=len(made)))
    return made


def _still_true(moves: Sequence[SlottingMove]) -> None:
    """In each bin lies what the advice thought, and nothing else, and nothing is on its way to or from there.   Raises: SlottingStale."""
    bins = sorted({b for m in moves for b in (m.source_id, m.target_id)})
    lying: dict[int, set[int]] = {}
    for place, item in sql.rows("SELECT DISTINCT location_id, item_id FROM inventory_level WHERE location_id = ANY(%s) AND on_hand > 0", [bins]):
        lying.setdefault(place, set()).add(item)
    busy = {
        r[0]
        for r in sql.rows(
            "SELECT b FROM inventory_relocation r CROSS JOIN LATERAL (VALUES (r.source_id), (r.target_id)) AS e(b) WHERE r.done_at IS NULL AND b = ANY(%s)",
            [bins],
        )
    }
    for m in moves:
        thought = {m.source_id: {m.item_id}, m.target_id: {m.partner_id} if m.partner_id is not None else set()}
        for place, items in thought.items():
            if lying.get(place, set()) != items or place in busy:
                raise SlottingStale(sku=m.item.sku, place=m.source.code if place == m.source_id else m.target.code, location_id=place)
