"""What to buy: demand foretold from what was shipped, against what is here and on its way."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any, Final

from packhorse.core import clock, sql
from packhorse.core.actors import Scope
from packhorse.core.lists import ListQuery, Page, page_of
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.kernels.forecasting.problem import Problem, Series
from packhorse.kernels.forecasting.solve import solve
from packhorse.steps.inventory.records import seen, wall
from packhorse.steps.inventory.types import Reorder

#: So many weeks of history are looked at; so many weeks of demand are bought beyond the reorder point; how sure it is that stock lasts.
WEEKS: Final = 26
COVER_WEEKS: Final = 4
LEVEL: Final = 0.95
#: The most items that are looked at in one question, the most urgent first.
MOST: Final = 300

_CANDIDATES: Final = f"""
WITH shipped AS (
  SELECT m.item_id, least(%(weeks)s - 1, floor(extract(epoch FROM %(now)s::timestamptz - m.at) / 604800))::int AS week, sum(m.quantity)::bigint AS q
  FROM inventory_move m JOIN warehouse_location s ON s.id = m.source_id JOIN warehouse_location g ON g.id = m.target_id
  WHERE m.at > %(since)s AND m.demand_id IS NOT NULL AND g.kind = 'customer' AND s.warehouse_id = %(warehouse)s AND {wall("m.client_id", "s.warehouse_id")}
  GROUP BY 1, 2
), sold AS (
  SELECT item_id, jsonb_object_agg(week, q)::text AS weeks, sum(q) AS total, sum(q) FILTER (WHERE week < 13) AS recent FROM shipped GROUP BY 1
), waiting AS (
  SELECT item_id, sum(wanted - promised)::bigint AS q FROM inventory_demand WHERE warehouse_id = %(warehouse)s AND promised < wanted GROUP BY 1
), coming AS (
  SELECT n.item_id, sum(greatest(0, n.quantity - n.received))::bigint AS q FROM inventory_purchaseorderline n JOIN inventory_purchaseorder o ON o.id = n.purchase_order_id
  WHERE o.warehouse_id = %(warehouse)s AND o.closed_at IS NULL AND o.state <> 'draft' GROUP BY 1
)
SELECT i.id, i.sku, i.name, greatest(0, coalesce(s.sellable - s.promised, 0)), coalesce(w.q, 0), coalesce(c.q, 0), sold.weeks, p.id, p.name, p.lead_time_days
FROM sold JOIN catalog_item i ON i.id = sold.item_id AND i.archived_at IS NULL
LEFT JOIN inventory_stock s ON s.item_id = i.id AND s.warehouse_id = %(warehouse)s LEFT JOIN waiting w ON w.item_id = i.id LEFT JOIN coming c ON c.item_id = i.id
LEFT JOIN LATERAL (
  SELECT u.id, u.name, u.lead_time_days FROM inventory_supplier u
  LEFT JOIN inventory_purchaseorder o ON o.supplier_id = u.id AND EXISTS (SELECT FROM inventory_purchaseorderline n WHERE n.purchase_order_id = o.id AND n.item_id = i.id)
  WHERE u.client_id = i.client_id AND u.archived_at IS NULL ORDER BY o.id DESC NULLS LAST, u.id LIMIT 1
) p ON true
WHERE greatest(0, coalesce(s.sellable - s.promised, 0)) + coalesce(c.q, 0) - coalesce(w.q, 0) < coalesce(sold.recent, 0) + sold.total / 2.0
ORDER BY (greatest(0, coalesce(s.sellable - s.promised, 0)) + coalesce(c.q, 0) - coalesce(w.q, 0)) / greatest(1.0, sold.total), i.id LIMIT %(most)s
"""


def reorder(scope: Scope, warehouse_id: int) -> list[Reorder]:
    """What should be bought for a warehouse, the most urgent first: items that will not last over their lead time and one week in 95 of 100 cases."""
    now = clock.now()
    since = now - dt.timedelta(weeks=WEEKS)
    found = sql.rows(_CANDIDATES, seen(scope, warehouse=warehouse_id, now=now, since=since, weeks=WEEKS, most=MOST))
    series = tuple(_series(r) for r in found)
    forecasts = solve(Problem(series, horizon=1, levels=(LEVEL,))).forecasts if series else ()
    answers = [_answer(r, warehouse_id, f.mean[0], f.quantiles[0][1], now.date()) for r, f in zip(found, forecasts, strict=True)]
    return sorted((a for a in answers if a.suggested > 0), key=lambda a: (a.stockout_on or dt.date.max, a.sku))


def _lead_days(row: tuple[Any, ...]) -> int:
    return row[9] if row[9] is not None else 7


def _series(row: tuple[Any, ...]) -> Series:
    """Units a week, oldest first, from the first week in which any were shipped."""
    weeks: dict[str, int] = json.loads(row[6])
    first = max(int(w) for w in weeks)
    return Series(str(row[0]), tuple(float(weeks.get(str(w), 0)) for w in range(first, -1, -1)), math.ceil(_lead_days(row) / 7))


def _answer(row: tuple[Any, ...], warehouse_id: int, weekly: float, point: float, today: dt.date) -> Reorder:
    item_id, sku, name, available, backordered, inbound = row[:6]
    reorder_point = math.ceil(point)
    position = available + inbound - backordered
    suggested = math.ceil(reorder_point + COVER_WEEKS * weekly - position) if position < reorder_point else 0
    lasts = int(available / weekly * 7) if weekly else None
    return Reorder(
        item_id, warehouse_id, sku, name, available, backordered, inbound, weekly / 7, _lead_days(row), reorder_point, suggested, row[7], row[8] or "",
        today + dt.timedelta(days=min(lasts, 3650)) if lasts is not None else None,
    )  # fmt: skip


def reorder_rows(scope: Scope, query: ListQuery) -> Page[Reorder]:
    """What should be bought, as a list. Filter: `warehouse` (without it, the first that the reader sees)."""
    warehouse_id = query.number("warehouse")
    if warehouse_id is None:
        seen_ones = warehouses.all_warehouses(scope)
        warehouse_id = seen_ones[0].id if seen_ones else None
    found = reorder(scope, warehouse_id) if warehouse_id is not None else []
    if query.search:
        found = [r for r in found if query.search.lower() in f"{r.sku} {r.item_name}".lower()]
    return page_of(found[: query.limit], query, cursor=lambda r: (r.item_id, r.item_id), count=len(found))
