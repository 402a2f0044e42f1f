"""What the desk asks by itself: where an order's goods are, what was done today, how the machinery stands. Everything else comes from the steps' panels."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.roof.desk.models import BooksCheck
from packhorse.roof.desk.types import BooksChecked, Disagreement, Flow, Outbox, ParkedEvent, Place


def _seen(scope: Scope, **more: Any) -> dict[str, Any]:
    return {
        "clients": None if scope.client_ids is None else sorted(scope.client_ids),
        "warehouses": None if scope.warehouse_ids is None else sorted(scope.warehouse_ids),
        **more,
    }


def _wall(row: str) -> str:
    return (
        f"(%(clients)s::bigint[] IS NULL OR {row}.client_id = ANY(%(clients)s::bigint[]))"
        f" AND (%(warehouses)s::bigint[] IS NULL OR {row}.warehouse_id = ANY(%(warehouses)s::bigint[]))"
    )


_PLACES: Final = f"""
SELECT 'tote', t.code, coalesce(at.code, ''), '', 1
FROM picking_release r JOIN orders_fulfillmentorder f ON f.id = r.fulfillment_order_id JOIN warehouse_location t ON t.id = r.tote_id
LEFT JOIN warehouse_location at ON at.id = t.parent_id
WHERE f.order_id = %(order)s AND r.undone_at IS NULL AND r.emptied_at IS NULL AND {_wall("r")}
UNION ALL
SELECT 'parcel', p.number, coalesce(s.code, ''), p.state, 2
FROM packing_parcel p JOIN orders_fulfillmentorder f ON f.id = p.fulfillment_order_id LEFT JOIN warehouse_location s ON s.id = p.station_id
WHERE f.order_id = %(order)s AND p.state NOT IN ('voided', 'handed_over') AND {_wall("p")}
ORDER BY 5, 2
"""


def places(scope: Scope, order_id: int) -> list[Place]:
    """Where an order's goods are once they have left their bins and before they leave the house: totes and parcels. One statement."""
    return [Place(*row[:4]) for row in sql.rows(_PLACES, _seen(scope, order=order_id))]


_FLOW: Final = f"""
SELECT (SELECT count(*) FROM orders_order o WHERE o.accepted_at >= %(since)s AND (%(clients)s::bigint[] IS NULL OR o.client_id = ANY(%(clients)s::bigint[]))
        AND EXISTS (SELECT FROM orders_fulfillmentorder f WHERE f.order_id = o.id AND {_wall("f")})),
       (SELECT coalesce(sum(t.picked), 0)::bigint FROM picking_picktask t JOIN picking_release r ON r.id = t.release_id WHERE t.closed_at >= %(since)s AND {_wall("r")}),
       (SELECT count(*) FROM packing_parcel p WHERE p.sealed_at >= %(since)s AND p.state <> 'voided' AND {_wall("p")}),
       (SELECT count(*) FROM delivery_delivery d WHERE d.sent_at >= %(since)s AND d.fulfillment_order_id IS NOT NULL AND {_wall("d")}),
       (SELECT count(*) FROM delivery_delivery d WHERE d.delivered_at >= %(since)s AND d.fulfillment_order_id IS NOT NULL AND {_wall("d")}),
       (SELECT count(*) FROM returns_rma m WHERE m.arrived_at >= %(since)s AND {_wall("m")})
"""


def flow(scope: Scope, since: dt.datetime) -> Flow:
    """What was done since a moment."""
    return Flow(*sql.rows(_FLOW, _seen(scope, since=since))[0])


_OUTBOX: Final = (
    "SELECT count(*) FILTER (WHERE parked_at IS NULL), min(at) FILTER (WHERE parked_at IS NULL), count(*) FILTER (WHERE parked_at IS NOT NULL) FROM core_outbox"
)


def outbox() -> Outbox:
    """How far behind the dispatcher is. For those who run the system: it is about everybody's events."""
    return Outbox(*sql.rows(_OUTBOX)[0])


def parked_events(*, limit: int = 50) -> list[ParkedEvent]:
    """Events that were parked, the latest first."""
    found = sql.rows(
        "SELECT id, event, handler, at, attempts, parked_at, error FROM core_outbox WHERE parked_at IS NOT NULL ORDER BY parked_at DESC, id DESC LIMIT %s",
        [limit],
    )
    return [ParkedEvent(*row) for row in found]


def last_check() -> BooksChecked | None:
    """What the reconcilers found the last time; None where they have not run yet."""
    found = BooksCheck.objects.order_by("-at", "-pk").first()
    if found is None:
        return None
    return BooksChecked(found.at, found.took_ms, found.figures, tuple(Disagreement(**d) for d in found.found))
