"""The API of transfers between warehouses."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from packhorse.core.web.api import Asked, Id, IdempotencyKey, Rows, asker, rows_of, scope_of
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.types import ArrivedLine, SentLine, TransferInfo

router = Router()
Units = Annotated[int, Field(ge=1, le=10**9)]
Text = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]


class SentLineBody(Schema):
    item_id: Id
    quantity: Units


class SendBody(Schema):
    client_id: Id
    source_warehouse_id: Id
    target_warehouse_id: Id
    lines: list[SentLineBody] = Field(..., min_length=1, max_length=1000)
    expected_on: dt.date | None = None
    note: Text = ""


@router.post("/transfers", response=TransferInfo)
def send(request: HttpRequest, body: SendBody, key: IdempotencyKey) -> TransferInfo:
    """Goods leave the bins of one warehouse (first expired first out) for another."""
    actor = asker(request, "adjust_stock")
    pk = services.send_transfer(
        key=key, actor=actor, client_id=body.client_id, source_warehouse_id=body.source_warehouse_id, target_warehouse_id=body.target_warehouse_id,
        lines=[SentLine(n.item_id, n.quantity) for n in body.lines], expected_on=body.expected_on, note=body.note,
    )  # fmt: skip
    return selectors.transfer(actor.scope, pk)


class TransfersAsked(Asked):
    state: str | None = Field(None, max_length=20, description="open, late, or a state.")


@router.get("/transfers", response=Rows[TransferInfo])
def transfers(request: HttpRequest, asked: Annotated[TransfersAsked, Query(...)]) -> dict[str, Any]:
    """Transfers, newest first."""
    return rows_of(selectors.transfers(scope_of(request, "see_stock"), asked.query()))


@router.get("/transfers/{transfer_id}", response=TransferInfo)
def transfer(request: HttpRequest, transfer_id: Id) -> TransferInfo:
    """One transfer with its lines."""
    return selectors.transfer(scope_of(request, "see_stock"), transfer_id)


class ArrivedBody(Schema):
    line_id: Id
    quantity: Units
    condition: str = Field("sellable", max_length=8)
    reason: Text = ""


class ArrivalBody(Schema):
    location_id: Id
    lines: list[ArrivedBody] = Field(..., min_length=1, max_length=1000)


@router.post("/transfers/{transfer_id}/receive", response=TransferInfo)
def receive(request: HttpRequest, transfer_id: Id, body: ArrivalBody, key: IdempotencyKey) -> TransferInfo:
    """Goods of a transfer arrived at a place. What is damaged, or more than was sent, says why."""
    actor = asker(request, "receive")
    lines = [ArrivedLine(n.line_id, n.quantity, n.condition, n.reason) for n in body.lines]
    services.receive_transfer(key=key, actor=actor, transfer_id=transfer_id, location_id=body.location_id, lines=lines)
    return selectors.transfer(actor.scope, transfer_id)


class CloseBody(Schema):
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]


@router.post("/transfers/{transfer_id}/close", response=TransferInfo)
def close(request: HttpRequest, transfer_id: Id, body: CloseBody, key: IdempotencyKey) -> TransferInfo:
    """What is still on its way never comes."""
    actor = asker(request, "adjust_stock")
    services.close_transfer(key=key, actor=actor, transfer_id=transfer_id, reason=body.reason)
    return selectors.transfer(actor.scope, transfer_id)
