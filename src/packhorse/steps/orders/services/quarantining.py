"""Quarantine: orders that cannot be taken, each payload once, until they are mended."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Any

from packhorse.core import sql, work
from packhorse.core.events import emit
from packhorse.steps.orders import checking
from packhorse.steps.orders.checking import Fault
from packhorse.steps.orders.events import OrderQuarantined, QuarantineResolved
from packhorse.steps.orders.services.desk import Desk
from packhorse.steps.orders.types import NewOrder, Refused

Name = tuple[str, str]  # (channel, external id)


def set_aside(desk: Desk, bad: Sequence[tuple[NewOrder, Fault]]) -> dict[Name, Refused]:
    """Set bad orders aside, each payload once."""
    if not bad:
        return {}
    at = work.current().at
    payloads = [checking.payload(o) for o, _ in bad]
    prints = [checking.fingerprint(p) for p in payloads]
    made = quarantine_rows(
        desk.client_id,
        [(o.channel, o.external_id, p, fault.reason, fault.code, f) for (o, fault), p, f in zip(bad, payloads, prints, strict=True)],
        at=at,
        until=desk.policy.quarantine_until(at),
    )
    return {
        (o.channel, o.external_id): Refused(o.channel, o.external_id, fault.code, fault.reason, made[o.channel, f])
        for (o, fault), f in zip(bad, prints, strict=True)
    }


def quarantine_rows(client_id: int, rows: Sequence[tuple[str, str, Any, str, str, str]], *, at: dt.datetime, until: dt.datetime) -> dict[tuple[str, str], int]:
    """Write (channel, external id, payload, reason, code, fingerprint) into quarantine; what stands there already stays. Ids by (channel, fingerprint). Tells OrderQuarantined for new ones."""
    params = {
        "client": client_id,
        "at": at,
        "until": until,
        "channel": [r[0] for r in rows],
        "external_id": [r[1] for r in rows],
        "payload": [json.dumps(r[2]) for r in rows],
        "reason": [r[3] for r in rows],
        "code": [r[4] for r in rows],
        "fingerprint": [r[5] for r in rows],
    }
    made = sql.rows(
        """INSERT INTO orders_quarantined (client_id, channel, external_id, payload, reason, code, fingerprint, at, resolution, retain_until)
           SELECT %(client)s, t.channel, t.external_id, t.payload::jsonb, t.reason, t.code, t.fingerprint, %(at)s, '', %(until)s
           FROM unnest(%(channel)s::text[], %(external_id)s::text[], %(payload)s::text[], %(reason)s::text[], %(code)s::text[], %(fingerprint)s::text[])
             AS t(channel, external_id, payload, reason, code, fingerprint)
           ORDER BY t.channel, t.fingerprint ON CONFLICT (client_id, channel, fingerprint) DO NOTHING RETURNING id, channel, code""",
        params,
    )
    emit(*(OrderQuarantined(client_id=client_id, channel=channel, quarantined_id=pk, code=code) for pk, channel, code in made))
    found = sql.rows(
        "SELECT channel, fingerprint, id FROM orders_quarantined WHERE client_id = %(client)s AND channel = ANY(%(channel)s) AND fingerprint = ANY(%(fingerprint)s)",
        params,
    )
    return {(channel, fingerprint): pk for channel, fingerprint, pk in found}


def ask_resolved(client_id: int, taken: Sequence[tuple[str, str, str]]) -> Callable[[], None]:
    """What stood in quarantine under the names of orders (channel, external id, number) has been mended by whoever sent them. Call what it gives to tell so."""
    if not taken:
        return lambda: None
    asked = sql.ask(
        """UPDATE orders_quarantined q SET resolved_at = %s, resolution = t.number
           FROM (SELECT w.id, n.number FROM orders_quarantined w JOIN unnest(%s::text[], %s::text[], %s::text[]) AS n(channel, external_id, number)
                   ON w.channel = n.channel AND w.external_id = n.external_id
                 WHERE w.client_id = %s AND w.resolved_at IS NULL ORDER BY w.id FOR UPDATE OF w) t
           WHERE q.id = t.id RETURNING q.id, t.number""",
        [work.current().at, [t[0] for t in taken], [t[1] for t in taken], [t[2] for t in taken], client_id],
    )
    return lambda: emit(*(QuarantineResolved(client_id=client_id, quarantined_id=pk, resolution=number) for pk, number in asked()))
