"""What a reader sees, as a condition for SQL."""

from __future__ import annotations

from typing import Any, Final

from packhorse.core.actors import Scope

#: A release `r` that the reader sees.
SEEN: Final = "(%(clients)s::bigint[] IS NULL OR r.client_id = ANY(%(clients)s)) AND (%(warehouses)s::bigint[] IS NULL OR r.warehouse_id = ANY(%(warehouses)s))"

#: Goods of the order of a release `r` lie in its tote, or in one that stands in it (a full one); where they are sorted at a put wall, in any tote.
FILLED: Final = """EXISTS (SELECT FROM inventory_allocation a JOIN orders_fulfillmentline l ON l.demand_id = a.demand_id JOIN warehouse_location u ON u.id = a.location_id
  WHERE l.fulfillment_order_id = r.fulfillment_order_id AND (r.tote_id IN (u.id, u.parent_id) OR r.wall_id IS NOT NULL AND u.kind = 'tote') AND a.closed_at IS NULL)"""


#: The zone `z` of a place `l`: its own, else its aisle's.
ZONE: Final = """LEFT JOIN warehouse_zoneaisle za ON za.warehouse_id = l.warehouse_id AND za.aisle = l.aisle LEFT JOIN warehouse_zone z ON z.id = coalesce(l.zone_id, za.zone_id)"""

#: A release `r` waits for a walk: it is on none, and where it is sorted at a put wall, something of it is on none.
WAITS: Final = """r.batch_id IS NULL AND (r.wall_id IS NULL OR EXISTS (SELECT FROM picking_picktask t WHERE t.release_id = r.id AND t.state = 'ready' AND t.batch_id IS NULL))"""

#: The walk `b` that a release `r` is on, or was: of several (its goods are sorted at a put wall) one under way, else one that is planned.
WALK: Final = """LEFT JOIN picking_pickbatch own ON own.id = r.batch_id
LEFT JOIN LATERAL (
  SELECT w.id, w.state FROM picking_picktask t JOIN picking_pickbatch w ON w.id = t.batch_id WHERE r.wall_id IS NOT NULL AND t.release_id = r.id
  ORDER BY array_position(ARRAY['picking', 'planned', 'done', 'cancelled'], w.state::text), w.id LIMIT 1) several ON r.wall_id IS NOT NULL
CROSS JOIN LATERAL (SELECT coalesce(own.id, several.id) AS id, coalesce(own.state, several.state) AS state) b"""

#: All goods of the order of a release `r` that were picked lie where they come together: in its tote, its slot of the put wall, or in a full tote that stands there.
TOGETHER: Final = """NOT EXISTS (SELECT FROM inventory_allocation a JOIN orders_fulfillmentline l ON l.demand_id = a.demand_id JOIN warehouse_location u ON u.id = a.location_id
  WHERE l.fulfillment_order_id = r.fulfillment_order_id AND a.closed_at IS NULL AND u.kind = 'tote' AND r.tote_id NOT IN (u.id, coalesce(u.parent_id, 0)))"""


def seen(scope: Scope, **more: Any) -> dict[str, Any]:
    """The parameters of SEEN, and `more`."""
    return {
        "clients": None if scope.client_ids is None else sorted(scope.client_ids),
        "warehouses": None if scope.warehouse_ids is None else sorted(scope.warehouse_ids),
        **more,
    }
