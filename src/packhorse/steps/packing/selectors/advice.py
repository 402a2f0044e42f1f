"""Questions that the box-catalogue advisor asks, and what it said last."""

from __future__ import annotations

import datetime as dt
from typing import Final

from pydantic import TypeAdapter

from packhorse.core import clock, sql
from packhorse.core.actors import Scope
from packhorse.core.money import exponent
from packhorse.ground.catalog import selectors as catalog
from packhorse.steps.packing.models import BoxAdvice
from packhorse.steps.packing.selectors.parcels import seen
from packhorse.steps.packing.types import Advice, KeptAdvice, PastLoad, PastPiece

_ADVICE: Final = TypeAdapter(Advice)
_LOADS: Final = """
WITH packed AS (
  SELECT p.fulfillment_order_id AS fo, l.item_id, sum(l.quantity)::bigint AS quantity
  FROM packing_parcel p JOIN packing_parcelline l ON l.parcel_id = p.id
  WHERE p.warehouse_id = %(warehouse)s AND p.state <> 'voided' AND p.sealed_at >= %(since)s AND (%(clients)s::bigint[] IS NULL OR p.client_id = ANY(%(clients)s))
  GROUP BY 1, 2
), whole AS (
  SELECT k.fo, array_agg(k.item_id ORDER BY k.item_id) AS items, array_agg(k.quantity ORDER BY k.item_id) AS quantities, sum(k.quantity) AS units
  FROM packed k JOIN catalog_item i ON i.id = k.item_id GROUP BY k.fo HAVING bool_and(i.length_mm > 0 AND i.width_mm > 0 AND i.height_mm > 0)
)
SELECT items, quantities, count(*) FROM whole WHERE units <= 200 GROUP BY 1, 2 ORDER BY 3 DESC, md5(items::text || quantities::text) LIMIT %(limit)s
"""


def past_loads(scope: Scope, warehouse_id: int, days: int, limit: int = 2000) -> list[PastLoad]:
    """What a warehouse's orders of so many days held, the same contents together: the most frequent, then of the rest a sample that does not change."""
    rows = sql.rows(
        _LOADS,
        {
            "warehouse": warehouse_id,
            "since": clock.now() - dt.timedelta(days=days),
            "limit": limit,
            **seen(scope),
        },
    )
    items = catalog.items_by_id(scope, {i for ids, _, _ in rows for i in ids})
    return [
        PastLoad(
            tuple(
                PastPiece((items[i].length_mm, items[i].width_mm, items[i].height_mm), items[i].weight_g, q, items[i].fragile, items[i].upright)
                for i, q in zip(ids, quantities, strict=True)
            ),
            times,
        )
        for ids, quantities, times in rows
    ]


def fill_minor_per_litre(scope: Scope) -> float:
    """What the house's rules put into a litre of air, in minor units."""
    found = sql.rows(
        """SELECT m.currency, sum(r.quantity * m.cost) FROM packing_materialrule r JOIN packing_material m ON m.id = r.material_id
           WHERE r.per = 'air' AND r.in_which IN ('always', 'box') AND r.client_id IS NULL AND r.ended_at IS NULL AND m.archived_at IS NULL
             AND (m.client_id IS NULL OR %(clients)s::bigint[] IS NULL) GROUP BY 1""",
        seen(scope),
    )
    return float(sum(cost.scaleb(exponent(currency)) for currency, cost in found))


def last_advice(scope: Scope) -> list[KeptAdvice]:
    """The newest advice for each warehouse. It comes of all clients' orders, so readers limited to some clients see none."""
    if scope.client_ids is not None:
        return []
    rows = BoxAdvice.objects.select_related("warehouse").order_by("warehouse_id", "-pk").distinct("warehouse_id")
    if scope.warehouse_ids is not None:
        rows = rows.filter(warehouse_id__in=sorted(scope.warehouse_ids))
    return [KeptAdvice(r.warehouse_id, r.warehouse.code, r.at, r.days, _ADVICE.validate_python(r.advice)) for r in rows]
