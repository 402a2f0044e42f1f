"""What the desk asks by itself: where an order's goods are, what was done today, how the machinery stands. Everything else comes from the steps' panels."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db.models import F

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING, Scope
from packhorse.ground.catalog import selectors as catalog
from packhorse.roof.desk.models import Finding, Sweep
from packhorse.roof.desk.types import Flow, Found, Outbox, ParkedEvent, Place, Swept
from packhorse.steps.orders import selectors as orders


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
FROM picking_release r JOIN orders_fulfillmentorder f ON f.id = r.fulfillment_order_id
JOIN LATERAL (SELECT u.code, u.parent_id FROM warehouse_location u WHERE u.id = r.tote_id
              UNION ALL SELECT u.code, u.parent_id FROM warehouse_location u WHERE u.parent_id = r.tote_id AND u.kind = 'tote') t ON true
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


def drifting() -> int:
    """How many figures do not say what their rows say. For those who run the system."""
    return Finding.objects.filter(closed_at=None).count()


def findings(*, limit: int = 50) -> list[Found]:
    """What the reconcilers found: what is open first, then the latest that was closed."""
    rows = list(Finding.objects.order_by(F("closed_at").desc(nulls_first=True), "-id")[:limit])
    skus = {i.id: i.sku for i in catalog.items_by_id(EVERYTHING, {f.about["item_id"] for f in rows if f.room == "inventory"}).values()}
    numbers = {fo.order_id: fo.order_number for fo in orders.fulfillment_orders_of(EVERYTHING, {f.about["order_id"] for f in rows if f.room == "orders"})}
    return [
        Found(
            f.pk, f.room, f.kind, skus.get(f.about.get("item_id"), "") or numbers.get(f.about.get("order_id"), ""), f.about.get("order_id"), f.stated, f.actual,
            f.found_at, f.closed_at, f.mended_by, f.command_id,
        )
        for f in rows
    ]  # fmt: skip


def swept() -> Swept:
    """How far the reconcilers are. `whole_at` is empty until every family was swept once."""
    rounds = list(Sweep.objects.all())
    ends = [r.last_ended_at for r in rounds if r.last_ended_at is not None]
    whole = min(ends) if rounds and len(ends) == len(rounds) else None
    return Swept(int(sql.rows("SELECT count(*) FROM core_touched")[0][0]), whole, sum(r.last_took_ms for r in rounds))
