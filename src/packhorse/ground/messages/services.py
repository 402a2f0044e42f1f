"""Use cases of the message room. What other rooms call inside their own use cases is in `queue.py`."""

from __future__ import annotations

import datetime as dt
from typing import Final
from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid, NotAllowed, NotFound
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.messages import events, records, wording
from packhorse.ground.messages.errors import NotFailed
from packhorse.ground.messages.models import Message
from packhorse.ground.messages.queue import close_alerts, queue, raise_alerts
from packhorse.ground.messages.types import NewAlert, Sending

__all__ = [
    "claim_messages",
    "close_alerts",
    "erase_expired",
    "queue",
    "raise_alerts",
    "record_sendings",
    "retry_message",
    "set_wording",
    "snooze_alert",
    "snooze_alerts",
]

LEASE: Final = dt.timedelta(minutes=10)
MAX_ATTEMPTS: Final = 6
_FIRST_WAIT: Final = dt.timedelta(minutes=1)

_CLAIM: Final = """
UPDATE messaging_message m SET state = 'sending', attempts = m.attempts + 1, next_attempt_at = %(until)s
FROM (
  SELECT id FROM messaging_message WHERE state IN ('queued', 'sending') AND next_attempt_at <= %(now)s
  ORDER BY next_attempt_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
) t WHERE m.id = t.id RETURNING m.id
"""

_RECORD: Final = """
UPDATE messaging_message m SET
  state = CASE WHEN n.error = '' THEN 'sent' WHEN n.permanent OR m.attempts >= %(most)s THEN 'failed' ELSE 'queued' END,
  sent_at = CASE WHEN n.error = '' THEN %(now)s END,
  next_attempt_at = CASE WHEN n.error = '' THEN m.next_attempt_at ELSE %(now)s + %(wait)s * power(4, m.attempts - 1) END,
  error = n.error
FROM unnest(%(id)s::bigint[], %(error)s::text[], %(permanent)s::boolean[]) AS n(id, error, permanent)
WHERE m.id = n.id AND m.state = 'sending'
RETURNING m.id, m.state, m.template, m.client_id, m.order_id, m.error
"""


@use_case
def claim_messages(*, key: UUID, actor: Actor, limit: int = 500) -> list[int]:
    """Take up to `limit` messages that are due, to send them now; the ids. They are leased: if the sender dies, they come up again.   Raises: NotAllowed."""
    authorize(actor, "run_system")
    now = work.current().at
    return sorted(row[0] for row in sql.rows(_CLAIM, {"now": now, "until": now + LEASE, "limit": limit}))


@use_case
def record_sendings(*, key: UUID, actor: Actor, sendings: list[Sending]) -> int:
    """What became of an attempt: sent, to be tried again later (1, 4, 16 … minutes), or failed for good, which alerts. How many were sent.

    Raises: NotAllowed.
    """
    authorize(actor, "run_system")
    found = sql.rows(
        _RECORD,
        {
            "now": work.current().at,
            "wait": _FIRST_WAIT,
            "most": MAX_ATTEMPTS,
            "id": [s.message_id for s in sendings],
            "error": [s.error[:500] for s in sendings],
            "permanent": [s.permanent for s in sendings],
        },
    )
    failed = []
    for message_id, state, template, client_id, order_id, error in sorted(found):
        if state == "sent":
            emit(events.MessageSent(message_id=message_id, template=template, client_id=client_id, order_id=order_id))
        elif state == "failed":
            emit(events.MessageFailed(message_id=message_id, template=template, client_id=client_id, order_id=order_id))
            subject = Ref("messaging.message", message_id)
            detail = {"template": template, "error": error.split(":", 1)[0]}
            failed.append(NewAlert("message_failed", subject, "service", client_id=client_id, order_id=order_id, detail=detail))
    raise_alerts(failed)
    return sum(1 for row in found if row[1] == "sent")


@use_case
def retry_message(*, key: UUID, actor: Actor, message_id: int, recipient: str = "") -> int:
    """Try a failed message again, perhaps to a corrected address; its id.   Raises: NotAllowed, NotFound, NotFailed."""
    message = records.lock_message(message_id)
    authorize(actor, "tickets", message)
    _house_only(actor, "tickets", message.client_id)
    if message.state != Message.State.FAILED:
        raise NotFailed(state=message.get_state_display())
    message.state, message.attempts, message.error, message.next_attempt_at = Message.State.QUEUED, 0, "", work.current().at
    message.recipient = recipient.strip() or message.recipient
    message.save(update_fields=["state", "attempts", "error", "next_attempt_at", "recipient"])
    close_alerts("message_failed", "messaging.message", [message_id])
    return message_id


@use_case
def set_wording(*, key: UUID, actor: Actor, client_id: int, template: str, language: str, title: str, body: str) -> int:
    """The client's own words for a template; empty ones go back to the house's. The wording's id, 0 when it went back.

    Raises: NotAllowed, UnknownTemplate, BadWording, Invalid.
    """
    authorize(actor, "manage_catalog", client_id=client_id)
    if language not in wording.LANGUAGES:
        raise Invalid(field="language", reason="unknown")
    wording.check(template, title, body)
    emit(events.WordingChanged(client_id=client_id, template=template, language=language))
    if not title.strip() and not body.strip():
        sql.run("DELETE FROM messaging_wording WHERE client_id = %s AND template = %s AND language = %s", [client_id, template, language])
        return 0
    found = sql.rows(
        """INSERT INTO messaging_wording (client_id, template, language, title, body) VALUES (%s, %s, %s, %s, %s)
           ON CONFLICT (client_id, template, language) DO UPDATE SET title = excluded.title, body = excluded.body RETURNING id""",
        [client_id, template, language, title.strip(), body],
    )
    return int(found[0][0])


def _house_only(actor: Actor, permission: str, client_id: int | None) -> None:
    """What belongs to no client is the house's, and not for those who see some clients only."""
    if not actor.scope.sees_client(client_id):
        raise NotAllowed(permission=permission)


def _snooze(actor: Actor, alert_id: int, until: dt.datetime) -> None:
    alert = records.lock_alert(alert_id)
    authorize(actor, "see_orders", alert)
    _house_only(actor, "see_orders", alert.client_id)
    if alert.closed_at is not None:
        raise NotFound(kind="alert", ref=str(alert_id))
    alert.snoozed_until = until
    alert.save(update_fields=["snoozed_until"])
    emit(events.AlertSnoozed(alert_id=alert_id, client_id=alert.client_id))


@use_case
def snooze_alert(*, key: UUID, actor: Actor, alert_id: int, until: dt.datetime) -> int:
    """Put an open alert off; it comes back by itself. Its id.   Raises: NotAllowed, NotFound."""
    authorize(actor, "see_orders")
    _snooze(actor, alert_id, until)
    return alert_id


@use_case
def snooze_alerts(*, key: UUID, actor: Actor, alert_ids: list[int], until: dt.datetime) -> int:
    """Put several alerts off, those of them that are open; how many.   Raises: NotAllowed."""
    authorize(actor, "see_orders")
    found = [row[0] for row in sql.rows("SELECT id FROM messaging_alert WHERE id = ANY(%s) AND closed_at IS NULL ORDER BY id", [alert_ids])]
    for alert_id in found:
        _snooze(actor, alert_id, until)
    return len(found)


@use_case
def erase_expired(*, key: UUID, actor: Actor, limit: int = 5000) -> int:
    """Overwrite recipient and words of messages whose retention has passed; how many.   Raises: NotAllowed."""
    authorize(actor, "run_system")
    return sql.run(
        """UPDATE messaging_message m SET recipient = '', title = '', body = '', error = '', erased_at = %(now)s FROM (
             SELECT id FROM messaging_message
             WHERE erased_at IS NULL AND retain_until < %(now)s AND state NOT IN ('queued', 'sending') ORDER BY id LIMIT %(limit)s
           ) t WHERE m.id = t.id""",
        {"now": work.current().at, "limit": limit},
    )
