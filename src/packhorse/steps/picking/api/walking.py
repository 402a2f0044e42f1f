"""Releases, waves and walks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from packhorse.core import clock
from packhorse.core.actors import Scope
from packhorse.core.web.api import Asked, Id, IdempotencyKey, ListAsked, Rows, asker, rows_of, scope_of
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.orders import selectors as orders
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.api.means import Count
from packhorse.steps.picking.types import (
    MOST_ON_CART,
    BatchInfo,
    CutOffRow,
    NotReleased,
    OtherLot,
    Outlook,
    PickedStop,
    PickLine,
    Released,
    ReleaseRow,
    ShortPick,
    SwappedLot,
    TaskInfo,
    UndoneWave,
    WaveInfo,
    WaveOrder,
)

Method = Literal["whole", "pass", "wall"]

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
    """For a type of cart, else for so many orders a cart, else for as many as the warehouse has set. `wave_id`: only the orders of that wave. `method`: picked so, whatever their
    releases say: whole, pass (from zone to zone) or wall (by zone, sorted at a put wall)."""

    warehouse_id: Id
    orders_per_cart: int | None = Field(None, ge=1, le=MOST_ON_CART)
    cart_type_id: Id | None = None
    wave_id: Id | None = None
    method: Method | None = None


class WavesAsked(Asked):
    warehouse: Id | None = None


class WaveBody(Schema):
    """Orders that must leave by `until` (of one service, where given), within limits. Minutes are standard time. `method`: how they are picked; null: as the warehouse has set."""

    warehouse_id: Id
    until: dt.datetime
    service: str = Field("", max_length=50)
    max_orders: int = Field(services.MOST, ge=1, le=services.MOST)
    max_minutes: int | None = Field(None, ge=1, le=100_000)
    method: Method | None = None


class Stayed(Schema):
    """An order that is not released, and why."""

    fulfillment_order_id: int
    code: str
    reason: str
    data: dict[str, str | int]


class WaveAnswer(Schema):
    """What a wave released; what is not in a pickable bin, and how many orders the limits left for later."""

    wave_id: int
    orders: int
    tasks: int
    minutes: int
    refused: list[Stayed]
    left: int


class UndoWaveBody(Schema):
    note: str = Field("", max_length=200)


class BoardRow(Schema):
    """A cut-off of a service, its orders by step, and whether the open work fits. `until` null: overdue since before today."""

    cut_off: CutOffRow
    outlook: Outlook


class Planned(Schema):
    batch_ids: list[int]


class BreakInBody(Schema):
    """Releases that wait for a walk; empty: all that are urgent."""

    release_ids: list[Id] = Field([], max_length=MOST_ON_CART)


class StartBody(Schema):
    """Empty totes, in the order of the compartments; the cart may be left out."""

    cart_id: Id | None = None
    tote_ids: list[Id] = Field(max_length=MOST_ON_CART)


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
    answers = services.release_orders(key=key, actor=actor, today=warehouses.today(actor.scope, body.warehouse_id), **body.model_dump())
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
    today = warehouses.today(actor.scope, orders.fulfillment_order(actor.scope, fulfillment_order_id).warehouse_id)
    return _answers(actor.scope, [services.release_rest(key=key, actor=actor, fulfillment_order_id=fulfillment_order_id, today=today)])[0]


@router.post("/batches", response=Planned)
def plan(request: HttpRequest, body: PlanBody, key: IdempotencyKey) -> Any:
    """Plan walks for the released orders that have none."""
    actor = asker(request, "release")
    warehouses.today(actor.scope, body.warehouse_id)  # refuses a warehouse that is not there
    made = services.plan_batches(key=key, actor=actor, **body.dict())
    return {"batch_ids": made}


@router.get("/board", response=list[BoardRow])
def board(request: HttpRequest, warehouse: Annotated[Id, Query(...)]) -> Any:
    """The cut-offs of a warehouse, in the order in which its floor works for them: how far their orders are, and whether the rest fits."""
    found = selectors.board(scope_of(request, "release"), warehouse, clock.now())
    return [{"cut_off": row, "outlook": o} for row, o in zip(found.rows, found.seen, strict=True)]


@router.post("/waves", response=WaveAnswer)
def release_wave(request: HttpRequest, body: WaveBody, key: IdempotencyKey) -> Any:
    """Release the orders of a cut-off together: urgent first, then by ship-by, until a limit is reached. What is not in a pickable bin is passed over and named."""
    actor = asker(request, "release")
    return services.release_wave(key=key, actor=actor, today=warehouses.today(actor.scope, body.warehouse_id), **body.dict())


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
    today = warehouses.today(actor.scope, selectors.batch(actor.scope, batch_id).warehouse_id)
    return services.report_short(key=key, actor=actor, task_id=body.task_id, taken=body.taken, reason=body.reason, today=today)


@router.get("/batches/{batch_id}/other-lots", response=list[OtherLot])
def other_lots(request: HttpRequest, batch_id: Id) -> Any:
    """What the open picks of a walk could take instead of their lots: other lots of the item that lie free at the place, enough for the whole pick."""
    return selectors.other_lots(scope := scope_of(request, "pick"), batch_id, today=warehouses.today(scope, selectors.batch(scope, batch_id).warehouse_id))


@router.post("/batches/{batch_id}/swap-lot", response=SwappedLot)
def swap_lot(request: HttpRequest, batch_id: Id, body: SwapBody, key: IdempotencyKey) -> Any:
    """An open pick takes another lot that lies free at its place."""
    today = warehouses.today((actor := asker(request, "pick")).scope, selectors.batch(actor.scope, batch_id).warehouse_id)
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
