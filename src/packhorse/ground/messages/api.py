"""The API of messages and alerts."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from packhorse.core.web.api import Asked, Id, IdempotencyKey, Rows, asker, rows_of, scope_of
from packhorse.ground.messages import selectors, services
from packhorse.ground.messages.types import AlertInfo, MessageInfo

router = Router()


class MessagesAsked(Asked):
    state: str | None = None
    template: str | None = None
    client: int | None = Field(None, ge=1, lt=2**63)


class AlertsAsked(Asked):
    open: str | None = Field(None, description="`yes` or `no`.")
    rule: str | None = None
    severity: str | None = None
    owner: str | None = Field(None, description="The role that answers for it.")


class RetryBody(Schema):
    recipient: str = Field("", max_length=254, description="Another address; empty: the same.")


class SnoozeBody(Schema):
    until: dt.datetime


@router.get("/", response=Rows[MessageInfo])
def messages(request: HttpRequest, asked: Annotated[MessagesAsked, Query(...)]) -> dict[str, Any]:
    """Messages to customers, newest first."""
    return rows_of(selectors.messages(scope_of(request, "see_orders"), asked.query()))


@router.get("/alerts", response=Rows[AlertInfo])
def alerts(request: HttpRequest, asked: Annotated[AlertsAsked, Query(...)]) -> dict[str, Any]:
    """Alerts, newest first."""
    return rows_of(selectors.alerts(scope_of(request, "see_orders"), asked.query()))


@router.post("/alerts/{alert_id}/snooze", response=int)
def snooze(request: HttpRequest, alert_id: Id, body: SnoozeBody, key: IdempotencyKey) -> int:
    """Put an open alert off until a moment; its id."""
    until = body.until if body.until.tzinfo else body.until.replace(tzinfo=dt.UTC)
    return services.snooze_alert(key=key, actor=asker(request, "see_orders"), alert_id=alert_id, until=until)


@router.get("/{message_id}", response=MessageInfo)
def message(request: HttpRequest, message_id: Id) -> MessageInfo:
    """One message."""
    return selectors.message(scope_of(request, "see_orders"), message_id)


@router.post("/{message_id}/retry", response=int)
def retry(request: HttpRequest, message_id: Id, body: RetryBody, key: IdempotencyKey) -> int:
    """Send a failed message again; its id."""
    return services.retry_message(key=key, actor=asker(request, "tickets"), message_id=message_id, recipient=body.recipient)
