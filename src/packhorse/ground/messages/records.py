"""Messages and alerts under lock."""

from __future__ import annotations

from packhorse.core.errors import NotFound
from packhorse.ground.messages.models import Alert, Message


def lock_message(message_id: int) -> Message:
    """Raises: NotFound."""
    found = Message.objects.select_for_update().filter(pk=message_id).first()
    if found is None:
        raise NotFound(kind="message", ref=str(message_id))
    return found


def lock_alert(alert_id: int) -> Alert:
    """Raises: NotFound."""
    found = Alert.objects.select_for_update().filter(pk=alert_id).first()
    if found is None:
        raise NotFound(kind="alert", ref=str(alert_id))
    return found
