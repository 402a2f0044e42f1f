"""What a reader sees, as a condition for SQL."""

from __future__ import annotations

from typing import Any, Final

from packhorse.core.actors import Scope

#: A release `r` that the reader sees.
SEEN: Final = "(%(clients)s::bigint[] IS NULL OR r.client_id = ANY(%(clients)s)) AND (%(warehouses)s::bigint[] IS NULL OR r.warehouse_id = ANY(%(warehouses)s))"

#: Goods of the order of a release `r` lie in its tote, or in one that stands in it (a full one).
FILLED: Final = """EXISTS (SELECT FROM inventory_allocation a JOIN orders_fulfillmentline l ON l.demand_id = a.demand_id JOIN warehouse_location u ON u.id = a.location_id
  WHERE l.fulfillment_order_id = r.fulfillment_order_id AND r.tote_id IN (u.id, u.parent_id) AND a.closed_at IS NULL)"""


def seen(scope: Scope, **more: Any) -> dict[str, Any]:
    """The parameters of SEEN, and `more`."""
    return {
        "clients": None if scope.client_ids is None else sorted(scope.client_ids),
        "warehouses": None if scope.warehouse_ids is None else sorted(scope.warehouse_ids),
        **more,
    }
