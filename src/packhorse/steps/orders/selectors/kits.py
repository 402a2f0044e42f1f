"""Kits as they were bought, and how many whole ones have come how far."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.steps.orders.types import KitInfo

_KITS: Final = """
WITH counted AS (
  SELECT n.kit_id, n.order_line_id, n.per_kit, sum(l.promised) AS promised, sum(l.picked) AS picked, sum(l.packed) AS packed, sum(l.shipped) AS shipped,
         sum(l.delivered) AS delivered, sum(l.returned) AS returned, sum(l.quantity - l.cancelled) AS live
  FROM orders_kitline n JOIN orders_kit k ON k.id = n.kit_id JOIN orders_fulfillmentline l ON l.order_line_id = n.order_line_id
  WHERE k.order_id = ANY(%(orders)s) GROUP BY 1, 2, 3
)
SELECT k.id, k.item_id, i.sku, i.name, k.quantity, k.unit_price, k.amount_minor, min(div(c.promised, c.per_kit))::bigint, min(div(c.picked, c.per_kit))::bigint,
       min(div(c.packed, c.per_kit))::bigint, min(div(c.shipped, c.per_kit))::bigint, min(div(c.delivered, c.per_kit))::bigint, min(div(c.returned, c.per_kit))::bigint,
       k.quantity - min(div(c.live, c.per_kit))::bigint, array_agg(c.order_line_id ORDER BY c.order_line_id),
       array_agg(c.per_kit ORDER BY c.order_line_id)
FROM orders_kit k JOIN orders_order o ON o.id = k.order_id JOIN catalog_item i ON i.id = k.item_id JOIN counted c ON c.kit_id = k.id
WHERE (%(clients)s::bigint[] IS NULL OR o.client_id = ANY(%(clients)s)) GROUP BY k.id, i.id ORDER BY k.id
"""


def kits(scope: Scope, order_ids: Iterable[int]) -> list[KitInfo]:
    """The kits of orders, each with how many whole ones are promised, picked, packed, shipped, delivered, returned and cancelled (not complete any more)."""
    params = {"orders": list(order_ids), "clients": None if scope.client_ids is None else sorted(scope.client_ids)}
    return [KitInfo(*(*row[:-2], tuple(row[-2]), tuple(row[-1]))) for row in sql.rows(_KITS, params)]
