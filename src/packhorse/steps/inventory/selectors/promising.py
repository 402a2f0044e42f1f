"""Available to promise by date: from what is here and what is under way."""

from __future__ import annotations

import datetime as dt
from typing import Final

from packhorse.core import clock, sql
from packhorse.core.actors import Scope
from packhorse.steps.inventory.records import seen, wall
from packhorse.steps.inventory.types import Promisable

_BY_DATE: Final = f"""
WITH parts AS (
  SELECT coalesce(c.item_id, i.id) AS item_id, coalesce(c.quantity, 1) AS per, c.id IS NULL AS itself
  FROM catalog_item i LEFT JOIN catalog_component c ON c.kit_id = i.id WHERE i.id = %(item)s AND {wall("i.client_id")}
), supply AS (
  SELECT o.warehouse_id, l.item_id, greatest(o.expected_on, %(today)s) AS day, l.quantity - l.received AS q
  FROM inventory_purchaseorderline l JOIN inventory_purchaseorder o ON o.id = l.purchase_order_id JOIN parts p ON p.item_id = l.item_id
  WHERE o.closed_at IS NULL AND o.state <> 'draft' AND o.expected_on IS NOT NULL AND l.quantity > l.received AND {wall("o.client_id", "o.warehouse_id")}
  UNION ALL
  SELECT r.warehouse_id, n.item_id, greatest(r.expected_on, %(today)s), n.quantity - n.received - n.short
  FROM inventory_transferline n JOIN inventory_transferorder r ON r.id = n.transfer_id JOIN parts p ON p.item_id = n.item_id
  WHERE r.closed_at IS NULL AND r.expected_on IS NOT NULL AND n.quantity > n.received + n.short AND {wall("r.client_id", "r.warehouse_id")}
), days AS (
  SELECT s.warehouse_id, %(today)s::date AS day FROM inventory_stock s JOIN parts p ON p.item_id = s.item_id WHERE {wall("s.client_id", "s.warehouse_id")}
  UNION SELECT warehouse_id, %(today)s FROM supply UNION SELECT warehouse_id, day FROM supply
)
SELECT d.warehouse_id, w.code, d.day, coalesce(sum(x.on_day) FILTER (WHERE p.itself), 0)::bigint,
       min(div(greatest(0, coalesce(s.sellable - s.promised, 0) - coalesce(b.backordered, 0) + coalesce(x.by_day, 0)), p.per))::bigint
FROM days d JOIN warehouse_warehouse w ON w.id = d.warehouse_id CROSS JOIN parts p
LEFT JOIN inventory_stock s ON s.warehouse_id = d.warehouse_id AND s.item_id = p.item_id
LEFT JOIN LATERAL (SELECT sum(m.wanted - m.promised) AS backordered FROM inventory_demand m
                   WHERE m.warehouse_id = d.warehouse_id AND m.item_id = p.item_id AND m.promised < m.wanted) b ON true
LEFT JOIN LATERAL (SELECT sum(u.q) AS by_day, sum(u.q) FILTER (WHERE u.day = d.day) AS on_day FROM supply u
                   WHERE u.warehouse_id = d.warehouse_id AND u.item_id = p.item_id AND u.day <= d.day) x ON true
WHERE %(by)s::date IS NULL OR d.day <= %(by)s
GROUP BY 1, 2, 3 ORDER BY 2, 3
"""


def promisable(scope: Scope, item_id: int, *, by: dt.date | None = None) -> list[Promisable]:
    """What can be promised of an item, by warehouse and day: today, and on each day on which goods are expected (until `by`; the last row of a warehouse is its answer for that day).

    Purchase orders that are sent and transfers count from the day they are expected, late ones from today; those without a day count for none. Of a kit as many as its scarcest
    component allows.
    """
    return [Promisable(*r) for r in sql.rows(_BY_DATE, seen(scope, item=item_id, today=clock.now().date(), by=by))]
