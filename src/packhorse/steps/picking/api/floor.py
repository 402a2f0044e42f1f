"""What pickers do beside picking: full totes, empty places, pauses, unloading, and what stands in their way."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from packhorse.core.web.api import Asked, Id, IdempotencyKey, Rows, asker, rows_of, scope_of
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.api.means import Count
from packhorse.steps.picking.types import ChangedTote, LeadCallInfo, PickLine, UnlabelledRow, Unloaded

router = Router()


class FullBody(Schema):
    """`taken`: how many of the pick still went into the full tote; `tote_id`: the empty one that goes on; `picks`: others of this stop that are in their totes already."""

    task_id: Id
    taken: int = Field(0, ge=0, le=10**12)
    tote_id: Id
    picks: list[PickLine] = Field([], max_length=1000)


class ZeroBody(Schema):
    location_id: Id
    empty: bool


class PauseBody(Schema):
    """`picks` at `location_id` are in their totes already. `hand_over`: the walk is nobody's until somebody takes it over."""

    location_id: Id | None = None
    picks: list[PickLine] = Field([], max_length=1000)
    hand_over: bool = False


class ReachBody(Schema):
    """`picks` of this place are in their totes already."""

    location_id: Id
    picks: list[PickLine] = Field([], max_length=1000)


class UnloadBody(Schema):
    tote_id: Id
    place_id: Id


class TogetherBody(Schema):
    tote_id: Id
    into_id: Id


class LookBody(Schema):
    """`reason`: no_label or unreadable."""

    task_id: Id
    reason: str = Field(max_length=20)


class CallBody(Schema):
    location_id: Id | None = None


class Called(Schema):
    call_id: int


class Done(Schema):
    """Whether it changed something."""

    done: bool


class IdsBody(Schema):
    ids: list[Id] = Field(min_length=1, max_length=1000)


class UnlabelledAsked(Asked):
    state: str | None = Field(None, max_length=10, description="open or done.")
    warehouse: Id | None = None


@router.post("/full-totes", response=ChangedTote)
def change_tote(request: HttpRequest, body: FullBody, key: IdempotencyKey) -> Any:
    """A tote is full: an empty one goes on for the order, and the full one stands in it."""
    return services.change_tote(key=key, actor=asker(request, "pick"), **_given(body))


@router.post("/batches/{batch_id}/zero-check", response=Done)
def check_zero(request: HttpRequest, batch_id: Id, body: ZeroBody, key: IdempotencyKey) -> Any:
    """A pick left a place empty by the books: it is, or it gets a count."""
    services.check_zero(key=key, actor=asker(request, "pick"), batch_id=batch_id, **body.dict())
    return {"done": True}


@router.post("/batches/{batch_id}/pause", response=Count)
def pause(request: HttpRequest, batch_id: Id, body: PauseBody, key: IdempotencyKey) -> Any:
    """Break off a walk, or leave it to the next picker. The answer counts the open picks."""
    return {"count": services.pause_batch(key=key, actor=asker(request, "pick"), batch_id=batch_id, **_given(body))}


@router.post("/batches/{batch_id}/unload", response=Unloaded)
def unload(request: HttpRequest, batch_id: Id, body: UnloadBody, key: IdempotencyKey) -> Any:
    """Put one tote of a walk that is picked down at a bench or staging place. The walk is over when none is left."""
    return services.unload_tote(key=key, actor=asker(request, "pick"), batch_id=batch_id, **body.dict())


@router.post("/totes/together", response=Count)
def consolidate(request: HttpRequest, body: TogetherBody, key: IdempotencyKey) -> Any:
    """Put two totes of one order together. The answer counts the pieces."""
    return {"count": services.consolidate_totes(key=key, actor=asker(request, "pick"), **body.dict())}


@router.post("/by-look", response=Done)
def by_look(request: HttpRequest, body: LookBody, key: IdempotencyKey) -> Any:
    """An item has no code that a scanner reads, and is known by its look: its place wants a label. The answer says whether that is new."""
    return {"done": services.confirm_by_look(key=key, actor=asker(request, "pick"), **body.dict())}


@router.post("/batches/{batch_id}/out-of-reach", response=Count)
def out_of_reach(request: HttpRequest, batch_id: Id, body: ReachBody, key: IdempotencyKey) -> Any:
    """The open picks of a place leave the walk and wait for somebody with the equipment. The answer counts them."""
    actor = asker(request, "pick")
    return {"count": services.leave_out_of_reach(key=key, actor=actor, batch_id=batch_id, location_id=body.location_id, picks=body.picks)}


@router.get("/unlabelled", response=Rows[UnlabelledRow])
def unlabelled(request: HttpRequest, asked: Annotated[UnlabelledAsked, Query(...)]) -> Any:
    """Items that want a label, newest first."""
    return rows_of(selectors.unlabelled(scope_of(request, "see_stock"), asked.query()))


@router.post("/unlabelled/done", response=Count)
def labelled(request: HttpRequest, body: IdsBody, key: IdempotencyKey) -> Any:
    """They have their labels. The answer counts those that had none before."""
    return {"count": services.mark_labelled(key=key, actor=asker(request, "pick"), ids=body.ids)}


@router.get("/calls", response=list[LeadCallInfo])
def calls(request: HttpRequest, warehouse: Annotated[Id, Query(...)]) -> Any:
    """Pickers who wait for the lead, oldest call first."""
    return selectors.lead_calls(scope_of(request, "see_stock"), warehouse)


@router.post("/batches/{batch_id}/call", response=Called)
def call(request: HttpRequest, batch_id: Id, body: CallBody, key: IdempotencyKey) -> Any:
    """Call the lead to a place of a walk; once more says where the picker is now."""
    return {"call_id": services.call_lead(key=key, actor=asker(request, "pick"), batch_id=batch_id, location_id=body.location_id)}


@router.post("/calls/{call_id}/answer", response=Done)
def answer(request: HttpRequest, call_id: Id, key: IdempotencyKey) -> Any:
    """Go there. The answer says whether the call was still open."""
    return {"done": services.answer_call(key=key, actor=asker(request, "release"), call_id=call_id)}


def _given(body: FullBody | PauseBody) -> dict[str, Any]:
    return {**body.dict(), "picks": body.picks}
