"""What is told, and to whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from packhorse.core.refs import Ref

#: The templates and what each may say, beside what is always there: `client` (name), `support_email`, `order_number`, `name` (of the customer).
TEMPLATES: Final[dict[str, frozenset[str]]] = {
    "order_received": frozenset({"lines", "total", "promise", "tracking_url"}),
    "order_delayed": frozenset({"promise", "reason", "tracking_url"}),
    "order_cancelled": frozenset({"reason", "amount"}),
    "shipped": frozenset({"carrier", "tracking_number", "tracking_url", "promise", "parcels"}),
    "out_for_delivery": frozenset({"carrier", "tracking_number", "tracking_url"}),
    "delivered": frozenset({"carrier", "tracking_number", "tracking_url", "return_url"}),
    "delivery_problem": frozenset({"reason", "tracking_url"}),
    "refunded": frozenset({"amount", "reason"}),
    "return_label": frozenset({"return_number", "return_url", "lines", "send_by"}),
    "return_received": frozenset({"return_number", "return_url"}),
    "recall": frozenset({"item", "lot", "reason", "text"}),
    "ticket_reply": frozenset({"ticket_number", "text"}),
}


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to queue, once per template, subject and channel. `values` fills the template: text ready to be read, in the customer's language."""

    template: str
    subject: Ref
    recipient: str
    language: str = "en"
    client_id: int | None = None
    order_id: int | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    channel: str = "mail"


@dataclass(frozen=True, slots=True)
class MessageInfo:
    """A message as the order page and the list of messages show it."""

    id: int
    client_id: int | None
    order_id: int | None
    template: str
    subject: Ref
    channel: str
    language: str
    recipient: str
    title: str
    body: str
    state: str
    attempts: int
    error: str
    queued_at: dt.datetime
    sent_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Sending:
    """The outcome of one attempt: empty `error` means that it was handed over."""

    message_id: int
    error: str = ""
    permanent: bool = False


@dataclass(frozen=True, slots=True)
class NewAlert:
    """A fact to point at. `detail` fills the rule's sentence."""

    rule: str
    subject: Ref
    owner_role: str
    severity: str = "warning"
    client_id: int | None = None
    warehouse_id: int | None = None
    order_id: int | None = None
    deadline: dt.datetime | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AlertInfo:
    """An alert as people see it."""

    id: int
    rule: str
    severity: str
    subject: Ref
    owner_role: str
    client_id: int | None
    warehouse_id: int | None
    order_id: int | None
    detail: dict[str, Any]
    deadline: dt.datetime | None
    opened_at: dt.datetime
    snoozed_until: dt.datetime | None
    closed_at: dt.datetime | None
