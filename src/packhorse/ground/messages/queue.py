"""Plain functions that other rooms call inside their own use cases: queue messages, raise and close alerts. Set-based: one statement for a thousand."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import Final

from packhorse.core import sql, work
from packhorse.ground.messages import wording
from packhorse.ground.messages.types import NewAlert, NewMessage

#: How long a customer's message is kept to be read again.
RETENTION: Final = dt.timedelta(days=180)

_INSERT: Final = """
INSERT INTO messaging_message (client_id, order_id, template, subject_kind, subject_id, channel, language, recipient, title, body,
  state, attempts, next_attempt_at, error, queued_at, retain_until)
SELECT n.client, n.order_id, n.template, n.kind, n.subject, n.channel, n.language, n.recipient, n.title, n.body, 'queued', 0, %(at)s, '', %(at)s, %(retain)s
FROM unnest(%(client)s::bigint[], %(order)s::bigint[], %(template)s::text[], %(kind)s::text[], %(subject)s::bigint[], %(channel)s::text[], %(language)s::text[],
  %(recipient)s::text[], %(title)s::text[], %(body)s::text[]) AS n(client, order_id, template, kind, subject, channel, language, recipient, title, body)
ON CONFLICT (template, subject_kind, subject_id, channel) DO NOTHING
"""


def queue(messages: Sequence[NewMessage]) -> int:
    """Write the messages down to be sent, rendered now: what is stored is what the customer reads. Joins the caller's transaction.

    One that was queued before (same template, subject and channel) and one without a recipient are passed over; how many are new.

    Raises: UnknownTemplate.
    """
    wanted = [m for m in messages if m.recipient]
    if not wanted:
        return 0
    at = work.current().at
    clients = {row[0]: row for row in sql.rows("SELECT id, name, support_email FROM catalog_client WHERE id = ANY(%s)", [_ids(m.client_id for m in wanted)])}
    own = {
        (client, template, language): (title, body)
        for client, template, language, title, body in sql.rows(
            "SELECT client_id, template, language, title, body FROM messaging_wording WHERE client_id = ANY(%s)", [sorted(clients)]
        )
    }
    titles, bodies = [], []
    for m in wanted:
        _, client, support = clients.get(m.client_id, (None, "", ""))
        title, body = own.get((m.client_id, m.template, m.language)) or wording.of_house(m.template, m.language)
        title, body = wording.fill(title, body, {"client": client, "support_email": support, **m.values})
        titles.append(title)
        bodies.append(body)
    return sql.run(
        _INSERT,
        {
            "at": at,
            "retain": at + RETENTION,
            "client": [m.client_id for m in wanted],
            "order": [m.order_id for m in wanted],
            "template": [m.template for m in wanted],
            "kind": [m.subject.kind for m in wanted],
            "subject": [m.subject.id for m in wanted],
            "channel": [m.channel for m in wanted],
            "language": [m.language for m in wanted],
            "recipient": [m.recipient for m in wanted],
            "title": titles,
            "body": bodies,
        },
    )


_RAISE: Final = """
INSERT INTO messaging_alert (rule, severity, subject_kind, subject_id, owner_role, client_id, warehouse_id, order_id, detail, deadline, opened_at)
SELECT n.rule, n.severity, n.kind, n.subject, n.owner, n.client, n.warehouse, n.order_id, n.detail::jsonb, n.deadline, %(at)s
FROM unnest(
  %(rule)s::text[], %(severity)s::text[], %(kind)s::text[], %(subject)s::bigint[], %(owner)s::text[], %(client)s::bigint[], %(warehouse)s::bigint[],
  %(order)s::bigint[], %(detail)s::text[], %(deadline)s::timestamptz[]
) AS n(rule, severity, kind, subject, owner, client, warehouse, order_id, detail, deadline)
ON CONFLICT (rule, subject_kind, subject_id) WHERE closed_at IS NULL DO NOTHING
"""


def raise_alerts(alerts: Sequence[NewAlert]) -> int:
    """Open alerts; a rule and subject that has an open one keeps that. How many are new. Joins the caller's transaction."""
    if not alerts:
        return 0
    return sql.run(
        _RAISE,
        {
            "at": work.current().at,
            "rule": [a.rule for a in alerts],
            "severity": [a.severity for a in alerts],
            "kind": [a.subject.kind for a in alerts],
            "subject": [a.subject.id for a in alerts],
            "owner": [a.owner_role for a in alerts],
            "client": [a.client_id for a in alerts],
            "warehouse": [a.warehouse_id for a in alerts],
            "order": [a.order_id for a in alerts],
            "detail": [json.dumps(dict(a.detail)) for a in alerts],
            "deadline": [a.deadline for a in alerts],
        },
    )


def close_alerts(rule: str, subject_kind: str, subject_ids: Iterable[int]) -> int:
    """The fact has ended: close its open alerts. How many were open. Joins the caller's transaction."""
    return sql.run(
        "UPDATE messaging_alert SET closed_at = %s WHERE closed_at IS NULL AND rule = %s AND subject_kind = %s AND subject_id = ANY(%s)",
        [work.current().at, rule, subject_kind, sorted(set(subject_ids))],
    )


def _ids(found: Iterable[int | None]) -> list[int]:
    return sorted({i for i in found if i is not None})
