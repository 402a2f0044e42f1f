"""What happened to messages: ids only."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event
from packhorse.ground.messages.words import TEMPLATE_NAMES


@dataclass(frozen=True, kw_only=True)
class _AboutMessage(Event):
    about = ("messaging.message", "message_id")
    message_id: int
    template: str
    client_id: int | None
    order_id: int | None
    names = {"template": TEMPLATE_NAMES}


@dataclass(frozen=True, kw_only=True)
class MessageSent(_AboutMessage):
    sentence = _("Told the customer: {template}")


@dataclass(frozen=True, kw_only=True)
class MessageFailed(_AboutMessage):
    sentence = _("Could not tell the customer: {template}")


@dataclass(frozen=True, kw_only=True)
class WordingChanged(Event):
    client_id: int
    template: str
    language: str
    names = {"template": TEMPLATE_NAMES}
    sentence = _("Wording of {template} changed ({language})")


@dataclass(frozen=True, kw_only=True)
class AlertSnoozed(Event):
    alert_id: int
    client_id: int | None
    sentence = _("Alert put off")
    about = ("messaging.alert", "alert_id")
