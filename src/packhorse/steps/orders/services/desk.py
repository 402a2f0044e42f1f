"""Whose orders are taken in, where, and by which rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from packhorse.core import clock, sql
from packhorse.core.errors import NotFound
from packhorse.steps.orders import promise
from packhorse.steps.orders.policy import SETTINGS, IntakePolicy, policy_of


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose orders are taken in, where, and by which rules."""

    client_id: int
    currency: str
    language: str
    warehouse_id: int
    dock: promise.Dock
    policy: IntakePolicy


_ASK: Final = f"""
SELECT c.currency, c.language, w.time_zone, w.country, w.region, w.workdays,
  (SELECT array_agg(o.service ORDER BY o.service) FROM warehouse_cutoff o WHERE o.warehouse_id = w.id),
  (SELECT array_agg(o.at ORDER BY o.service) FROM warehouse_cutoff o WHERE o.warehouse_id = w.id),
  (SELECT json_object_agg(s.name, s.value)::text FROM ({SETTINGS}) s)
FROM (VALUES (1)) AS one LEFT JOIN catalog_client c ON c.id = %(client)s AND c.archived_at IS NULL LEFT JOIN warehouse_warehouse w ON w.id = %(warehouse)s AND w.archived_at IS NULL
"""


def ask_desk(client_id: int, warehouse_id: int) -> Callable[[], Desk]:
    """The desk, read later (see `sql.ask`). What it gives raises NotFound."""
    asked = sql.ask(_ASK, {"client": client_id, "warehouse": warehouse_id, "now": clock.now()})

    def read() -> Desk:
        currency, language, zone, country, region, workdays, services, moments, settings = asked()[0]
        if currency is None:
            raise NotFound(kind="client", ref=str(client_id))
        if zone is None:
            raise NotFound(kind="warehouse", ref=str(warehouse_id))
        dock = promise.Dock(zone, country, region, tuple(workdays), tuple(zip(services or (), moments or (), strict=True)))
        return Desk(client_id, currency, language, warehouse_id, dock, policy_of(json.loads(settings or "{}")))

    return read


def desk_of(client_id: int, warehouse_id: int) -> Desk:
    """Raises: NotFound."""
    return ask_desk(client_id, warehouse_id)()
