"""Opening and releasing holds in sets, below the use cases. The caller has locked the fulfillment orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from packhorse.core import sql, work
from packhorse.core.events import emit
from packhorse.steps.orders import ledger
from packhorse.steps.orders.events import HoldOpened, HoldReleased
from packhorse.steps.orders.types import GONE


def open_holds(order_ids: Sequence[int], kind: str, notes: Sequence[str], *, retry_at: dt.datetime | None = None, quiet: bool = False) -> None:
    """Hold all parts of orders that are not shipped or cancelled; one that is open takes the new note. Tells HoldOpened for new ones, unless `quiet`."""
    here = work.current()
    done = sql.rows(
        f"""INSERT INTO orders_hold AS h (fulfillment_order_id, kind, note, owner_role, opened_at, opened_by, retry_at, released_by)
           SELECT f.id, %(kind)s, t.note, 'service', %(at)s, %(who)s, %(retry)s, ''
           FROM unnest(%(orders)s::bigint[], %(notes)s::text[]) AS t(o, note) JOIN orders_fulfillmentorder f ON f.order_id = t.o
           WHERE f.stage NOT IN {GONE} ORDER BY f.id
           ON CONFLICT (fulfillment_order_id, kind) WHERE released_at IS NULL DO UPDATE SET note = excluded.note, retry_at = excluded.retry_at
           RETURNING h.id, h.fulfillment_order_id, h.xmax = 0""",
        {"kind": kind, "at": here.at, "who": here.actor.principal, "retry": retry_at, "orders": list(order_ids), "notes": list(notes)},
    )
    ledger.restage([fo for _, fo, _ in done])
    if not quiet:
        _tell(HoldOpened, kind, [(hold, fo) for hold, fo, fresh in done if fresh])


def release_holds(fulfillment_order_ids: Sequence[int], kinds: Sequence[str], *, quiet: bool = False) -> list[int]:
    """Release the open holds of these kinds. Gives the fulfillment orders that had one. Tells HoldReleased, unless `quiet`."""
    here = work.current()
    done = sql.rows(
        """UPDATE orders_hold SET released_at = %s, released_by = %s, retry_at = NULL
           WHERE released_at IS NULL AND kind = ANY(%s) AND fulfillment_order_id = ANY(%s) RETURNING id, fulfillment_order_id, kind""",
        [here.at, here.actor.principal, list(kinds), list(fulfillment_order_ids)],
    )
    fos = sorted({fo for _, fo, _ in done})
    if fos:
        ledger.restage(fos)
    if not quiet:
        for kind in sorted({k for _, _, k in done}):
            _tell(HoldReleased, kind, [(hold, fo) for hold, fo, k in done if k == kind])
    return fos


def _tell(event: type[HoldOpened | HoldReleased], kind: str, holds: Sequence[tuple[int, int]]) -> None:
    if not holds:
        return
    of = {
        r[0]: r[1:] for r in sql.rows("SELECT id, order_id, client_id, warehouse_id FROM orders_fulfillmentorder WHERE id = ANY(%s)", [[fo for _, fo in holds]])
    }
    for hold, fo in sorted(holds):
        order_id, client_id, warehouse_id = of[fo]
        emit(event(order_id=order_id, client_id=client_id, warehouse_id=warehouse_id, fulfillment_order_id=fo, hold_id=hold, kind=kind))
