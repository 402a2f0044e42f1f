"""Whose orders are taken in, where, and by which rules."""

from __future__ import annotations

from dataclasses import dataclass

from packhorse.core import sql
from packhorse.core.errors import NotFound
from packhorse.steps.orders import promise
from packhorse.steps.orders.policy import IntakePolicy, ask_policy


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose orders are taken in, where, and by which rules."""

    client_id: int
    currency: str
    language: str
    warehouse_id: int
    dock: promise.Dock
    policy: IntakePolicy


def desk_of(client_id: int, warehouse_id: int) -> Desk:
    """In a pipeline one round trip.

    Raises: NotFound.
    """
    clients = sql.ask("SELECT currency, language FROM catalog_client WHERE id = %s AND archived_at IS NULL", [client_id])
    houses = sql.ask("SELECT time_zone, country, region, workdays FROM warehouse_warehouse WHERE id = %s AND archived_at IS NULL", [warehouse_id])
    cut_offs = sql.ask("SELECT service, at FROM warehouse_cutoff WHERE warehouse_id = %s ORDER BY service", [warehouse_id])
    policy = ask_policy(client_id, warehouse_id)
    client, where = clients(), houses()
    if not client:
        raise NotFound(kind="client", ref=str(client_id))
    if not where:
        raise NotFound(kind="warehouse", ref=str(warehouse_id))
    zone, country, region, workdays = where[0]
    dock = promise.Dock(zone, country, region, tuple(workdays), tuple((service, at) for service, at in cut_offs()))
    return Desk(client_id, client[0][0], client[0][1], warehouse_id, dock, policy())
