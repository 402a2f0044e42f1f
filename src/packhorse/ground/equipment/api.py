"""The API of equipment, at /api/v1/equipment/."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from packhorse.core.jobs import defer
from packhorse.core.web.api import Asked, Id, IdempotencyKey, Rows, asker, rows_of, scope_of
from packhorse.ground.equipment import selectors, services
from packhorse.ground.equipment.types import EquipmentInfo, SendingInfo

router = Router()


class DevicesAsked(Asked):
    warehouse: Id | None = None
    kind: Literal["scale", "printer", "paper", "boxes"] | None = None
    archived: bool | None = Field(None, description="Only what is archived.")


class SendingsAsked(Asked):
    state: Literal["queued", "sent", "failed"] | None = None


class SentAgain(Schema):
    sending_id: int


@router.get("/", response=Rows[EquipmentInfo])
def devices(request: HttpRequest, asked: Annotated[DevicesAsked, Query(...)]) -> Any:
    """Scales, printers and box machines, by name."""
    return rows_of(selectors.equipment_page(scope_of(request, "see_settings"), asked.query()))


@router.get("/{equipment_id}", response=EquipmentInfo)
def device(request: HttpRequest, equipment_id: Id) -> Any:
    """One device and how it is spoken to."""
    return selectors.equipment(scope_of(request, "see_settings"), equipment_id)


@router.get("/{equipment_id}/sendings", response=Rows[SendingInfo])
def sendings(request: HttpRequest, equipment_id: Id, asked: Annotated[SendingsAsked, Query(...)]) -> Any:
    """What was sent to a device and what came of it, newest first."""
    scope = scope_of(request, "see_settings")
    selectors.equipment(scope, equipment_id)
    return rows_of(selectors.sendings(scope, asked.query(), equipment_id=equipment_id))


@router.post("/sendings/{sending_id}/again", response=SentAgain)
def again(request: HttpRequest, sending_id: Id, key: IdempotencyKey) -> Any:
    """Send something again that a device did not take."""
    sent = services.send_again(key=key, actor=asker(request, "pack"), sending_id=sending_id)
    defer("equipment.send")
    return {"sending_id": sent}
