"""The API of picking, at /api/v1/picking/."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Body, Field, Query, Router, Schema

from packhorse.core import clock
from packhorse.core.actors import Scope
from packhorse.core.errors import NotAllowed
from packhorse.core.web.api import Asked, Id, IdempotencyKey, ListAsked, Rows, asker, rows_of, scope_of
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.orders import selectors as orders
from packhorse.steps.picking import days, pace, selectors, services
from packhorse.steps.picking.types import (
    AisleWalks,
    BatchInfo,
    CartType,
    CutOffRow,
    NotReleased,
    OtherLot,
    Outlook,
    PickedStop,
    PickLine,
    Policy,
    Released,
    ReleasedWave,
    ReleaseRow,
    ShortPick,
    SlottingMoveInfo,
    SwappedLot,
    TaskInfo,
    Times,
    UndoneWave,
    WaveInfo,
    WaveOrder,
    WorkerType,
)

router = Router()


class BatchesAsked(Asked):
    state: str | None = Field(None, max_length=20, description="planned, picking, done or cancelled.")
    warehouse: Id | None = None


class ReleaseBody(Schema):
    """Fulfillment orders of one warehouse, in the order in which they take the stock."""

    warehouse_id: Id
    fulfillment_order_ids: list[Id] = Field(max_length=1000)


class ReleaseAnswer(Schema):
    """One for each order asked for: `tasks` where it was released, `code` and `reason` where not, with the `link` to the order that waits."""

    fulfillment_order_id: int
    released: bool
    tasks: int = 0
    code: str = ""
    reason: str = ""
    link: str = ""


class PlanBody(Schema):
    """For a type of cart, else for so many orders a cart, else for as many as the warehouse has set. `wave_id`: only the orders of that wave."""

    warehouse_id: Id
    orders_per_cart: int | None = Field(None, ge=1, le=60)
    cart_type_id: Id | None = None
    wave_id: Id | None = None


class WavesAsked(Asked):
    warehouse: Id | None = None


class WaveBody(Schema):
    """Orders that must leave by `until` (of one service, where given), within limits. Minutes are standard time."""

    warehouse_id: Id
    until: dt.datetime
    service: str = Field("", max_length=50)
    max_orders: int = Field(services.MOST, ge=1, le=services.MOST)
    max_minutes: int | None = Field(None, ge=1, le=100_000)


class UndoWaveBody(Schema):
    note: str = Field("", max_length=200)


class BoardRow(Schema):
    """A cut-off of a service, its orders by step, and whether the open work fits. `until` null: overdue since before today."""

    cut_off: CutOffRow
    outlook: Outlook


class Planned(Schema):
    batch_ids: list[int]


class WorkerBody(Schema):
    warehouse_id: Id
    name: str = Field(max_length=60)
    times: Times


class CartTypeBody(Schema):
    """`volume_ml`, `load_g`: of goods, at most; null: no limit. `worker_type_id`: whose times count; null: the standard worker's."""

    warehouse_id: Id
    name: str = Field(max_length=60)
    compartments: int = Field(ge=1, le=200)
    volume_ml: int | None = Field(None, ge=1, le=10**10)
    load_g: int | None = Field(None, ge=1, le=10**10)
    worker_type_id: Id | None = None


class CartsBody(Schema):
    warehouse_id: Id
    cart_ids: list[Id] = Field(max_length=1000)
    cart_type_id: Id | None = None


class BreakInBody(Schema):
    """Releases that wait for a walk; empty: all that are urgent."""

    release_ids: list[Id] = Field([], max_length=60)


class StartBody(Schema):
    """Empty totes, in the order of the compartments; the cart may be left out."""

    cart_id: Id | None = None
    tote_ids: list[Id] = Field(max_length=200)


class StopBody(Schema):
    location_id: Id
    picks: list[PickLine] = Field(min_length=1, max_length=1000)


class ShortBody(Schema):
    """`taken`: how many were there after all. `reason`: missing, damaged or wrong_item."""

    task_id: Id
    taken: int = Field(0, ge=0, le=10**12)
    reason: str = Field("missing", max_length=20)


class FinishBody(Schema):
    station_id: Id | None = None


class SwapBody(Schema):
    task_id: Id
    lot_id: Id


class Count(Schema):
    count: int


class Finished(Schema):
    fulfillment_order_ids: list[int]


def _answers(scope: Scope, answers: Sequence[Released | NotReleased]) -> list[dict[str, Any]]:
    """Each with the page of its order, where that was not released; one that the reader does not see has none."""
    waiting = [a.fulfillment_order_id for a in answers if isinstance(a, NotReleased)]
    links = {fo.fulfillment_order_id: orders.order_url(fo.order_id) for fo in (orders.fulfillment_orders(scope, waiting) if waiting else ())}
    given = [{"tasks": a.tasks} if isinstance(a, Released) else {"code": a.code, "reason": a.reason} for a in answers]
    return [
        {**g, "fulfillment_order_id": (i := a.fulfillment_order_id), "released": "tasks" in g, "link": links.get(i, "")}
        for a, g in zip(answers, given, strict=True)
    ]


@router.post("/releases", response=list[ReleaseAnswer])
def release(request: HttpRequest, body: ReleaseBody, key: IdempotencyKey) -> Any:
    """Release orders to the floor: allocate them in pickable bins and make their picks. One answer for each."""
    actor = asker(request, "release")
    answers = services.release_orders(key=key, actor=actor, today=days.today(actor.scope, body.warehouse_id), **body.model_dump())
    return _answers(actor.scope, answers)


@router.get("/releases", response=Rows[ReleaseRow])
def releases(request: HttpRequest, asked: ListAsked) -> Any:
    """Released orders that wait for a walk, by ship-by."""
    return rows_of(selectors.waiting_releases(scope_of(request, "see_orders"), asked.query()))


@router.post("/releases/{release_id}/undo", response=Count)
def undo_release(request: HttpRequest, release_id: Id, key: IdempotencyKey) -> Any:
    """Take a release back before it is in a walk. The answer counts its picks."""
    return {"count": services.undo_release(key=key, actor=asker(request, "release"), release_id=release_id)}


@router.post("/orders/{fulfillment_order_id}/rest", response=ReleaseAnswer)
def release_rest(request: HttpRequest, fulfillment_order_id: Id, key: IdempotencyKey) -> Any:
    """Release the rest of an order that was picked in part."""
    actor = asker(request, "release")
    today = days.today(actor.scope, orders.fulfillment_order(actor.scope, fulfillment_order_id).warehouse_id)
    return _answers(actor.scope, [services.release_rest(key=key, actor=actor, fulfillment_order_id=fulfillment_order_id, today=today)])[0]


@router.post("/batches", response=Planned)
def plan(request: HttpRequest, body: PlanBody, key: IdempotencyKey) -> Any:
    """Plan walks for the released orders that have none."""
    actor = asker(request, "release")
    days.today(actor.scope, body.warehouse_id)  # refuses a warehouse that is not there
    made = services.plan_batches(key=key, actor=actor, **body.dict())
    return {"batch_ids": made}


@router.get("/board", response=list[BoardRow])
def board(request: HttpRequest, warehouse: Annotated[Id, Query(...)]) -> Any:
    """The cut-offs of a warehouse, in the order in which its floor works for them: how far their orders are, and whether the rest fits."""
    actor = asker(request, "release")
    if actor.scope.client_ids is not None:
        raise NotAllowed(permission="release")
    place, now = warehouses.warehouse(actor.scope, warehouse), clock.now()
    rows = pace.in_order(selectors.cut_off_rows(actor.scope, warehouse, now))
    metres = selectors.metres_per_line(actor.scope, warehouse) or 0.0
    seen = pace.outlook(rows, selectors.policy(actor.scope, warehouse), place, now, metres)
    return [{"cut_off": row, "outlook": o} for row, o in zip(rows, seen, strict=True)]


@router.get("/policies/{warehouse_id}", response=Policy)
def policy(request: HttpRequest, warehouse_id: Id) -> Any:
    """How a warehouse picks: pickers, standard times, shift."""
    return selectors.policy(scope_of(request, "see_orders"), warehouse_id)


@router.post("/policies/{warehouse_id}", response=Policy)
def set_policy(request: HttpRequest, warehouse_id: Id, body: Annotated[Policy, Body(...)], key: IdempotencyKey) -> Any:
    """Set how a warehouse picks, all of it."""
    return services.set_picking_policy(key=key, actor=asker(request, "manage_settings"), warehouse_id=warehouse_id, policy=body)


@router.get("/workers/{warehouse_id}", response=list[WorkerType])
def workers(request: HttpRequest, warehouse_id: Id) -> Any:
    """Whoever picks in a warehouse with times of their own; the standard worker's are in its policy."""
    return selectors.worker_types(scope_of(request, "see_orders"), warehouse_id)


@router.post("/workers", response=WorkerType)
def set_worker(request: HttpRequest, body: WorkerBody, key: IdempotencyKey) -> Any:
    """A type of worker, new or (by its name) changed."""
    actor = asker(request, "manage_settings")
    return services.set_worker_type(key=key, actor=actor, warehouse_id=body.warehouse_id, name=body.name, times=body.times)


@router.post("/workers/{worker_type_id}/drop", response={204: None})
def drop_worker(request: HttpRequest, worker_type_id: Id, key: IdempotencyKey) -> Any:
    """Nobody picks with these times any more."""
    services.drop_worker_type(key=key, actor=asker(request, "manage_settings"), worker_type_id=worker_type_id)
    return 204, None


@router.get("/cart-types/{warehouse_id}", response=list[CartType])
def cart_types(request: HttpRequest, warehouse_id: Id) -> Any:
    """What a warehouse walks with."""
    return selectors.cart_types(scope_of(request, "see_orders"), warehouse_id)


@router.post("/cart-types", response=CartType)
def set_cart_type(request: HttpRequest, body: CartTypeBody, key: IdempotencyKey) -> Any:
    """A type of cart, new or (by its name) changed."""
    return services.set_cart_type(key=key, actor=asker(request, "manage_settings"), **body.dict())


@router.post("/cart-types/{cart_type_id}/drop", response={204: None})
def drop_cart_type(request: HttpRequest, cart_type_id: Id, key: IdempotencyKey) -> Any:
    """There are no such carts any more."""
    services.drop_cart_type(key=key, actor=asker(request, "manage_settings"), cart_type_id=cart_type_id)
    return 204, None


@router.post("/carts", response=Count)
def set_carts(request: HttpRequest, body: CartsBody, key: IdempotencyKey) -> Any:
    """These carts are of a type, or of none. The answer counts them."""
    return {"count": services.set_carts(key=key, actor=asker(request, "manage_settings"), **body.dict())}


@router.post("/waves", response=ReleasedWave)
def release_wave(request: HttpRequest, body: WaveBody, key: IdempotencyKey) -> Any:
    """Release the orders of a cut-off together: urgent first, then by ship-by, until a limit is reached. What is not in a pickable bin is passed over and named."""
    actor = asker(request, "release")
    return services.release_wave(key=key, actor=actor, today=days.today(actor.scope, body.warehouse_id), **body.dict())


@router.get("/waves", response=Rows[WaveInfo])
def waves(request: HttpRequest, asked: Annotated[WavesAsked, Query(...)]) -> Any:
    """Waves, newest first. Readers who see some clients only see none."""
    return rows_of(selectors.waves(scope_of(request, "release"), asked.query()))


@router.get("/waves/{wave_id}", response=WaveInfo)
def wave(request: HttpRequest, wave_id: Id) -> Any:
    """One wave, with what was considered and what stayed."""
    return selectors.wave(scope_of(request, "release"), wave_id)


@router.get("/waves/{wave_id}/orders", response=list[WaveOrder])
def wave_orders(request: HttpRequest, wave_id: Id) -> Any:
    """The orders of a wave and where they stand (the first 1,000)."""
    scope = scope_of(request, "release")
    selectors.wave(scope, wave_id)
    return selectors.wave_orders(scope, wave_id, limit=1000)


@router.post("/waves/{wave_id}/undo", response=UndoneWave)
def undo_wave(request: HttpRequest, wave_id: Id, body: UndoWaveBody, key: IdempotencyKey) -> Any:
    """Take back what of a wave has not begun: allocations, orders and planned walks."""
    return services.undo_wave(key=key, actor=asker(request, "release"), wave_id=wave_id, note=body.note)


@router.get("/batches", response=Rows[BatchInfo])
def batches(request: HttpRequest, asked: Annotated[BatchesAsked, Query(...)]) -> Any:
    """Walks, newest first. Readers who see some clients only see none."""
    return rows_of(selectors.batch_page(scope_of(request, "see_orders"), asked.query()))


@router.get("/batches/{batch_id}", response=BatchInfo)
def batch(request: HttpRequest, batch_id: Id) -> Any:
    """One walk."""
    return selectors.batch(scope_of(request, "see_orders"), batch_id)


@router.get("/batches/{batch_id}/tasks", response=list[TaskInfo])
def tasks(request: HttpRequest, batch_id: Id) -> Any:
    """A walk's picks, in walking order."""
    scope = scope_of(request, "see_orders")
    selectors.batch(scope, batch_id)
    return selectors.tasks(scope, batch_id)


@router.post("/batches/{batch_id}/start", response=Count)
def start(request: HttpRequest, batch_id: Id, body: StartBody, key: IdempotencyKey) -> Any:
    """Begin a walk with a cart and empty totes. The answer counts its picks."""
    actor = asker(request, "pick")
    return {"count": services.start_batch(key=key, actor=actor, batch_id=batch_id, cart_id=body.cart_id, tote_ids=body.tote_ids)}


@router.post("/batches/{batch_id}/stops", response=PickedStop)
def stop(request: HttpRequest, batch_id: Id, body: StopBody, key: IdempotencyKey) -> Any:
    """Everything asked for by these picks at one place is in its totes."""
    actor = asker(request, "pick")
    return services.confirm_stop(key=key, actor=actor, batch_id=batch_id, location_id=body.location_id, picks=body.picks)


@router.post("/batches/{batch_id}/short", response=ShortPick)
def short(request: HttpRequest, batch_id: Id, body: ShortBody, key: IdempotencyKey) -> Any:
    """Less is there than a pick asks for."""
    actor = asker(request, "pick")
    today = days.today(actor.scope, selectors.batch(actor.scope, batch_id).warehouse_id)
    return services.report_short(key=key, actor=actor, task_id=body.task_id, taken=body.taken, reason=body.reason, today=today)


@router.get("/batches/{batch_id}/other-lots", response=list[OtherLot])
def other_lots(request: HttpRequest, batch_id: Id) -> Any:
    """What the open picks of a walk could take instead of their lots: other lots of the item that lie free at the place, enough for the whole pick."""
    return selectors.other_lots(scope := scope_of(request, "pick"), batch_id, today=days.today(scope, selectors.batch(scope, batch_id).warehouse_id))


@router.post("/batches/{batch_id}/swap-lot", response=SwappedLot)
def swap_lot(request: HttpRequest, batch_id: Id, body: SwapBody, key: IdempotencyKey) -> Any:
    """An open pick takes another lot that lies free at its place."""
    today = days.today((actor := asker(request, "pick")).scope, selectors.batch(actor.scope, batch_id).warehouse_id)
    return services.swap_lot(key=key, actor=actor, today=today, **body.model_dump())


@router.post("/batches/{batch_id}/finish", response=Finished)
def finish(request: HttpRequest, batch_id: Id, body: FinishBody, key: IdempotencyKey) -> Any:
    """The cart stands at packing. The answer names the orders whose totes are there."""
    actor = asker(request, "pick")
    return {"fulfillment_order_ids": services.finish_batch(key=key, actor=actor, batch_id=batch_id, station_id=body.station_id)}


@router.post("/batches/{batch_id}/take-over", response=Count)
def take_over(request: HttpRequest, batch_id: Id, key: IdempotencyKey) -> Any:
    """Go on with somebody else's walk. The answer counts the open picks."""
    return {"count": services.take_over_batch(key=key, actor=asker(request, "pick"), batch_id=batch_id)}


@router.post("/batches/{batch_id}/break-in", response=Count)
def break_in(request: HttpRequest, batch_id: Id, body: BreakInBody, key: IdempotencyKey) -> Any:
    """Take urgent orders into a walk that is planned and not begun; less urgent ones make room where it is full. The answer counts those that came in."""
    actor = asker(request, "release")
    place = selectors.batch(actor.scope, batch_id).warehouse_id
    return {"count": services.break_in(key=key, actor=actor, warehouse_id=place, batch_id=batch_id, release_ids=body.release_ids)}


@router.post("/batches/{batch_id}/undo", response=Count)
def undo_batch(request: HttpRequest, batch_id: Id, key: IdempotencyKey) -> Any:
    """Take a planned walk back. The answer counts its orders."""
    return {"count": services.undo_batch(key=key, actor=asker(request, "release"), batch_id=batch_id)}


class SlottingAsked(Asked):
    state: str | None = Field(None, max_length=20, description="proposed or accepted.")
    warehouse: Id | None = None


@router.get("/slotting", response=Rows[SlottingMoveInfo])
def slotting(request: HttpRequest, asked: Annotated[SlottingAsked, Query(...)]) -> Any:
    """What should live where, by the newest advice of each warehouse, the best first: what each move saves a day, takes once, and why."""
    return rows_of(selectors.slotting_moves(scope_of(request, "release"), asked.query()))


class AcceptBody(Schema):
    move_ids: list[Id] = Field(..., min_length=1, max_length=200)


@router.post("/slotting/accept", response=list[int])
def accept_slotting(request: HttpRequest, body: AcceptBody, key: IdempotencyKey) -> list[int]:
    """These moves are made: their goods are tasks on the floor, and the bins are their homes. All or none. Answers the ids of the relocations."""
    return services.accept_slotting(key=key, actor=asker(request, "release"), move_ids=body.move_ids)


class AisleBody(Schema):
    aisle: int | None = Field(None, ge=0, le=10_000, description="Counted from 0; empty: any aisle without a limit of its own.")
    walks: int = Field(..., ge=1, le=1000)


class AislesBody(Schema):
    limits: list[AisleBody] = Field(..., max_length=1000)


@router.get("/aisle-limits/{warehouse_id}", response=list[AisleWalks])
def aisle_limits(request: HttpRequest, warehouse_id: Id) -> Any:
    """How many walks may be in an aisle at a time. None set: no limit."""
    return selectors.aisle_limits(scope_of(request, "see_stock"), warehouse_id)


@router.post("/aisle-limits/{warehouse_id}", response=Count)
def set_aisle_limits(request: HttpRequest, warehouse_id: Id, body: AislesBody, key: IdempotencyKey) -> Any:
    """Set all of a warehouse's limits anew. The answer counts them."""
    limits = [AisleWalks(x.aisle, x.walks) for x in body.limits]
    return {"count": services.set_aisle_limits(key=key, actor=asker(request, "manage_settings"), warehouse_id=warehouse_id, limits=limits)}
