"""What a client (or a warehouse, or the house) has set for its orders: rows of core_setting called `orders.…`, the narrowest and newest counting."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from packhorse.core import clock, sql

#: (name, value) of what is set for the client's orders at the warehouse.
SETTINGS: Final = """
SELECT DISTINCT ON (name) name, value FROM core_setting
WHERE name LIKE 'orders.%%' AND (client_id IS NULL OR client_id = %(client)s) AND (warehouse_id IS NULL OR warehouse_id = %(warehouse)s) AND since <= %(now)s
ORDER BY name, warehouse_id IS NOT NULL DESC, client_id IS NOT NULL DESC, since DESC, id DESC
"""


@dataclass(frozen=True, slots=True)
class IntakePolicy:
    """`value_limit_minor`: orders above it are held (None: never). `hold_suspect_addresses`: whether an address that a person should look at holds the order, or only an undeliverable one.

    `ship_complete`: whether an order that does not say so itself waits until all of it is here. `watch_countries` and `watch_skus`: orders to or with these are held until somebody has looked.
    Quarantined payloads are kept for `quarantine_days`, addresses for `address_days`.
    """

    value_limit_minor: int | None = None
    hold_suspect_addresses: bool = True
    ship_complete: bool = True
    watch_countries: frozenset[str] = frozenset()
    watch_skus: frozenset[str] = frozenset()
    quarantine_days: int = 90
    address_days: int = 730

    def quarantine_until(self, now: dt.datetime) -> dt.datetime:
        return now + dt.timedelta(days=self.quarantine_days)

    def addresses_until(self, now: dt.datetime) -> dt.date:
        return now.date() + dt.timedelta(days=self.address_days)


def policy_of(settings: Mapping[str, Any]) -> IntakePolicy:
    """The policy, from the values of its settings by name."""
    found = {name.removeprefix("orders."): value for name, value in settings.items()}
    known: dict[str, Any] = {k: frozenset(v) if isinstance(v, list) else v for k, v in found.items() if k in IntakePolicy.__dataclass_fields__}
    return IntakePolicy(**known)


def intake_policy(client_id: int, warehouse_id: int) -> IntakePolicy:
    """The policy that orders of the client at the warehouse are taken in by."""
    found = sql.rows(f"SELECT s.name, s.value::text FROM ({SETTINGS}) s", {"client": client_id, "warehouse": warehouse_id, "now": clock.now()})
    return policy_of({name: json.loads(value) for name, value in found})


_CANCELLING: Final = """
SELECT c.id, (SELECT s.value #>> '{}' FROM core_setting s WHERE s.name = 'orders.cancel_begun' AND s.warehouse_id IS NULL AND (s.client_id IS NULL OR s.client_id = c.id) AND s.since <= %s
              ORDER BY s.client_id IS NOT NULL DESC, s.since DESC, s.id DESC LIMIT 1)
FROM unnest(%s::bigint[]) AS c(id)
"""


def cancelling(client_ids: Iterable[int]) -> dict[int, str]:
    """What becomes of cancellations that these clients ask for once the floor has begun: *ask* (the house answers; also where nothing is set), *accept*, *reject*."""
    found = sql.rows(_CANCELLING, [clock.now(), sorted(set(client_ids))])
    return {client: rule if rule in ("accept", "reject") else "ask" for client, rule in found}
