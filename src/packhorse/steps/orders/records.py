"""Locks of this room's rows, and what money stands at: all in sets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from packhorse.core import sql, work
from packhorse.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class LockedOrder:
    """An order whose row, fulfillment orders and lines are ours until the end of the use case."""

    id: int
    client_id: int
    number: str
    currency: str
    service: str
    fulfillment_order_ids: tuple[int, ...]
    warehouse_ids: tuple[int, ...]


def lock_parts(fulfillment_order_ids: Iterable[int]) -> None:
    """Lock fulfillment orders and then their lines, ascending."""
    ids = sorted(set(fulfillment_order_ids))
    few = len(ids) <= sql.FEW
    sql.rows("SELECT id FROM orders_fulfillmentorder WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [ids], often=few)
    sql.rows("SELECT id FROM orders_fulfillmentline WHERE fulfillment_order_id = ANY(%s) ORDER BY id FOR UPDATE", [ids], often=few)


def lock_order(order_id: int) -> LockedOrder:
    """Lock one order: its row, its fulfillment orders, their lines.

    Raises: NotFound.
    """
    return lock_orders([order_id])[order_id]


def lock_orders(order_ids: Iterable[int]) -> dict[int, LockedOrder]:
    """Lock orders, ascending: rows, fulfillment orders, lines.

    Raises: NotFound.
    """
    work.current()
    wanted = sorted(set(order_ids))
    found = sql.rows("SELECT id, client_id, number, currency, service FROM orders_order WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [wanted])
    if len(found) < len(wanted):
        raise NotFound(kind="order", ref=str(next(i for i in wanted if i not in {r[0] for r in found})))
    parts: dict[int, list[tuple[int, int]]] = {}
    for order, fo, warehouse in sql.rows("SELECT order_id, id, warehouse_id FROM orders_fulfillmentorder WHERE order_id = ANY(%s) ORDER BY id", [wanted]):
        parts.setdefault(order, []).append((fo, warehouse))
    lock_parts([fo for found_parts in parts.values() for fo, _ in found_parts])
    return {r[0]: LockedOrder(*(*r, tuple(fo for fo, _ in parts.get(r[0], ())), tuple(w for _, w in parts.get(r[0], ())))) for r in found}


def lock_open(order_ids: Sequence[int], fulfillment_order_ids: Sequence[int]) -> None:
    """Lock what is open of locked orders, before stock is: payment requests, cancellations, holds."""
    sql.rows("SELECT id FROM orders_paymentrequest WHERE order_id = ANY(%s) AND answered_at IS NULL ORDER BY id FOR UPDATE", [list(order_ids)])
    sql.rows("SELECT id FROM orders_cancellation WHERE order_id = ANY(%s) AND state = 'asked' ORDER BY id FOR UPDATE", [list(order_ids)])
    sql.rows("SELECT id FROM orders_hold WHERE released_at IS NULL AND fulfillment_order_id = ANY(%s) ORDER BY id FOR UPDATE", [list(fulfillment_order_ids)])


@dataclass(frozen=True, slots=True)
class LockedCancellation:
    """A cancellation that a client asked for, whose row is ours."""

    state: str
    reason: str
    quantities: dict[int, int]


def lock_cancellation(cancellation_id: int) -> LockedCancellation:
    """Lock a cancellation; its order is locked already."""
    state, reason, quantities = sql.rows("SELECT state, reason, quantities::text FROM orders_cancellation WHERE id = %s FOR UPDATE", [cancellation_id])[0]
    return LockedCancellation(state, reason, {int(demand): q for demand, q in json.loads(quantities).items()})


def close_cancellation(cancellation_id: int, state: str, note: str) -> None:
    """Write a person's answer under it."""
    here = work.current()
    sql.run(
        "UPDATE orders_cancellation SET state = %s, answered_at = %s, answered_by = %s, basis = 'person', note = %s WHERE id = %s",
        [state, here.at, here.actor.principal, note, cancellation_id],
    )


@dataclass(slots=True)
class Authorisation:
    """What is left of one authorisation: neither captured, nor asked to be captured, nor expired or voided."""

    provider: str
    ref: str
    remaining_minor: int


@dataclass(slots=True)
class Standing:
    """What an order's money stands at, in minor units.

    `worth`: goods not cancelled, and charges. `due`: goods shipped, and charges from the first shipment on. `captures`: captured or asked to be. `authorising`: asked and not
    answered. `declines`, `authorisations`: how often.
    """

    order_id: int
    client_id: int
    currency: str
    number: str
    worth: int
    due: int
    open_units: int
    captures: int
    authorising: int
    declines: int
    authorisations: int
    provider: str
    token: str
    wanted: bool
    live: list[Authorisation] = field(default_factory=list)

    @property
    def covered(self) -> int:
        """What is captured, asked to be, authorised, or asked to be authorised."""
        return self.captures + self.authorising + sum(a.remaining_minor for a in self.live)


_STANDINGS: Final = """
SELECT o.id, o.client_id, o.currency, o.number,
  CASE WHEN v.live_units > 0 THEN v.live_value + o.charges_minor ELSE 0 END::bigint, CASE WHEN v.shipped_units > 0 THEN v.shipped_value + o.charges_minor ELSE 0 END::bigint,
  (v.live_units - v.shipped_units)::bigint, r.captures::bigint, r.authorising::bigint, r.declines::bigint, r.authorisations::bigint, coalesce(p.provider, ''), coalesce(p.token, ''),
  p.provider IS NOT NULL
FROM orders_order o
CROSS JOIN LATERAL (
  SELECT coalesce(sum(x.quantity - x.cancelled), 0) AS live_units, coalesce(sum(x.shipped), 0) AS shipped_units,
         coalesce(sum(round(x.amount_minor::numeric * (x.quantity - x.cancelled) / x.quantity)), 0) AS live_value,
         coalesce(sum(round(x.amount_minor::numeric * x.shipped / x.quantity)), 0) AS shipped_value
  FROM (SELECT b.amount_minor, b.quantity, sum(l.shipped) AS shipped, sum(l.cancelled) AS cancelled
        FROM orders_orderline b JOIN orders_fulfillmentline l ON l.order_line_id = b.id WHERE b.order_id = o.id GROUP BY b.id) x
) v
CROSS JOIN LATERAL (
  SELECT coalesce(sum(amount_minor) FILTER (WHERE kind = 'capture' AND error = ''), 0) AS captures,
         coalesce(sum(amount_minor) FILTER (WHERE kind = 'authorise' AND answered_at IS NULL), 0) AS authorising,
         count(*) FILTER (WHERE kind = 'authorise' AND error <> '') AS declines,
         count(*) FILTER (WHERE kind = 'authorise' AND answered_at IS NOT NULL AND error = '') AS authorisations
  FROM orders_paymentrequest WHERE order_id = o.id
) r
LEFT JOIN LATERAL (SELECT provider, token FROM orders_paymentrequest WHERE order_id = o.id AND kind = 'authorise' ORDER BY id DESC LIMIT 1) p ON true
WHERE o.id = ANY(%s) ORDER BY o.id
"""

_LIVE: Final = """
SELECT e.order_id, e.provider, e.authorisation,
  (e.amount_minor - coalesce((SELECT sum(r.amount_minor) FROM orders_paymentrequest r
                              WHERE r.order_id = e.order_id AND r.kind = 'capture' AND r.authorisation = e.authorisation AND r.error = ''), 0))::bigint
FROM orders_paymententry e
WHERE e.order_id = ANY(%s) AND e.kind = 'authorised'
  AND NOT EXISTS (SELECT FROM orders_paymententry x WHERE x.order_id = e.order_id AND x.authorisation = e.authorisation AND x.kind IN ('expired', 'voided'))
  AND NOT EXISTS (SELECT FROM orders_paymentrequest x WHERE x.order_id = e.order_id AND x.authorisation = e.authorisation AND x.kind = 'void' AND x.error = '')
ORDER BY e.order_id, e.id
"""


def standings(order_ids: Sequence[int]) -> dict[int, Standing]:
    """What the money of orders stands at; lock the orders first where something follows from it. Two statements."""
    ids = sorted(set(order_ids))
    found = {row[0]: Standing(*row) for row in sql.rows(_STANDINGS, [ids])}
    for order, provider, ref, remaining in sql.rows(_LIVE, [ids]):
        if remaining > 0:
            found[order].live.append(Authorisation(provider, ref, remaining))
    return found


def note_progress(run_id: int, done: int, total: int) -> None:
    """How far an import is, for those who watch; its end replaces it."""
    sql.run(
        "UPDATE orders_importrun SET taken = jsonb_build_object('done', %s::int, 'total', %s::int) WHERE id = %s AND ended_at IS NULL", [done, total, run_id]
    )
