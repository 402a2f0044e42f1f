"""The API of lots: where they went, holds, recalls."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from packhorse.core.web.api import Asked, Id, IdempotencyKey, Rows, asker, rows_of, scope_of
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.types import (
    LotRow,
    MoveLine,
    RecallInfo,
)

#: Paths of words stand before `/lots/{lot_id}`, which takes any.
router = Router()


class LotsAsked(Asked):
    state: str | None = Field(None, max_length=20, description="blocked, recalled or here.")
    item: Id | None = None
    before: dt.date | None = None


@router.get("/lots", response=Rows[LotRow])
def lots(request: HttpRequest, asked: Annotated[LotsAsked, Query(...)]) -> dict[str, Any]:
    """Lots, newest first."""
    return rows_of(selectors.lots(scope_of(request, "see_stock"), asked.query()))


class HoldBody(Schema):
    lot_ids: list[Id] = Field(..., min_length=1, max_length=1000)
    reason: str = Field(..., max_length=200, examples=["recall 2026-11"])


@router.get("/recalls", response=list[RecallInfo])
def recalls(request: HttpRequest) -> list[RecallInfo]:
    """Recalls that are not over, newest first."""
    return selectors.recalls(scope_of(request, "see_stock"))


@router.post("/lots/recall", response=list[int])
def recall_lots(request: HttpRequest, body: HoldBody, key: IdempotencyKey) -> list[int]:
    """Recall lots: held everywhere in one act. Answers the recalls; those who got them are told through orders."""
    return services.recall_lots(key=key, actor=asker(request, "adjust_stock"), lot_ids=body.lot_ids, reason=body.reason)


class FreeBody(Schema):
    lot_ids: list[Id] = Field(..., min_length=1, max_length=1000)


@router.post("/lots/hold", response=list[int])
def hold_lots(request: HttpRequest, body: HoldBody, key: IdempotencyKey) -> list[int]:
    """Keep lots from being sold. Answers those that were not held yet."""
    return services.hold_lots(key=key, actor=asker(request, "adjust_stock"), lot_ids=body.lot_ids, reason=body.reason)


@router.post("/lots/free", response=list[int])
def free_lots(request: HttpRequest, body: FreeBody, key: IdempotencyKey) -> list[int]:
    """Let lots be sold again. Answers those that were held."""
    return services.free_lots(key=key, actor=asker(request, "adjust_stock"), lot_ids=body.lot_ids)


@router.get("/lots/{lot_id}", response=LotRow)
def lot(request: HttpRequest, lot_id: Id) -> LotRow:
    """One lot."""
    return selectors.lot(scope_of(request, "see_stock"), lot_id)


@router.get("/lots/{lot_id}/trail", response=list[MoveLine])
def lot_trail(request: HttpRequest, lot_id: Id) -> list[MoveLine]:
    """Where a lot came from and where it went; `purpose` says for what."""
    return selectors.lot_trail(scope_of(request, "see_stock"), lot_id)
