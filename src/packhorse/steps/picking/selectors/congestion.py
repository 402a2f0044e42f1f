"""Questions about congestion: who walks in which aisle, and where a walk would begin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.steps.picking.models import AisleLimit
from packhorse.steps.picking.types import AisleWalks, FullAisle

#: A walk `b` is in the aisle of the place that it scanned last while something is open there, else in that of its next stop.
_STANDS: Final = """CROSS JOIN LATERAL (SELECT coalesce(
  (SELECT p.aisle FROM (SELECT t.location_id FROM picking_picktask t WHERE t.batch_id = b.id AND t.state IN ('done', 'short') ORDER BY t.closed_at DESC, t.id DESC LIMIT 1) c
   JOIN warehouse_location p ON p.id = c.location_id
   WHERE EXISTS (SELECT FROM picking_picktask o JOIN warehouse_location q ON q.id = o.location_id WHERE o.batch_id = b.id AND o.state = 'claimed' AND q.aisle = p.aisle)),
  (SELECT p.aisle FROM picking_picktask t JOIN warehouse_location p ON p.id = t.location_id
   WHERE t.batch_id = b.id AND t.state IN ('ready', 'claimed') ORDER BY t.sequence, t.id LIMIT 1)) AS aisle) n"""

#: Of these walks: the aisle that each is in, how many other walks that are under way are in it, and how many may be.
_FULL: Final = f"""
WITH next AS (
  SELECT b.id, b.warehouse_id, b.state, n.aisle FROM picking_pickbatch b {_STANDS}
  WHERE b.id = ANY(%(batches)s) OR b.state = 'picking' AND b.warehouse_id IN (SELECT warehouse_id FROM picking_pickbatch WHERE id = ANY(%(batches)s))
)
SELECT own.id, own.aisle, count(o.id), min(l.walks) FROM next own
JOIN LATERAL (SELECT walks FROM picking_aislelimit l WHERE l.warehouse_id = own.warehouse_id AND (l.aisle = own.aisle OR l.aisle IS NULL) ORDER BY l.aisle NULLS LAST LIMIT 1) l ON true
LEFT JOIN next o ON o.warehouse_id = own.warehouse_id AND o.aisle = own.aisle AND o.id <> own.id AND o.state = 'picking'
WHERE own.id = ANY(%(batches)s) AND own.aisle IS NOT NULL AND (%(warehouses)s::bigint[] IS NULL OR own.warehouse_id = ANY(%(warehouses)s))
GROUP BY own.id, own.aisle HAVING count(o.id) >= min(l.walks)
"""


def full_aisles(scope: Scope, batch_ids: Sequence[int]) -> dict[int, FullAisle]:
    """Of walks, those that begin in an aisle where as many walks are as may be, with that aisle. One statement."""
    found = sql.rows(_FULL, {"batches": list(batch_ids), "warehouses": None if scope.warehouse_ids is None else sorted(scope.warehouse_ids)})
    return {row[0]: FullAisle(*row) for row in found}


_CROWDED: Final = f"""
SELECT n.aisle, count(*) FROM picking_pickbatch own
JOIN picking_pickbatch b ON b.warehouse_id = own.warehouse_id AND b.state = 'picking' AND b.id <> own.id {_STANDS}
WHERE own.id = %(batch)s AND n.aisle IS NOT NULL AND (%(warehouses)s::bigint[] IS NULL OR own.warehouse_id = ANY(%(warehouses)s))
  AND EXISTS (SELECT FROM picking_aislelimit l WHERE l.warehouse_id = own.warehouse_id)
GROUP BY own.warehouse_id, n.aisle
HAVING count(*) >= (SELECT l.walks FROM picking_aislelimit l WHERE l.warehouse_id = own.warehouse_id AND (l.aisle = n.aisle OR l.aisle IS NULL) ORDER BY l.aisle NULLS LAST LIMIT 1)
"""


def crowded_aisles(scope: Scope, batch_id: int) -> dict[int, int]:
    """The aisles in which as many other walks are as may be, with how many. One statement, and nothing to count where no aisle has a limit."""
    params = {"batch": batch_id, "warehouses": None if scope.warehouse_ids is None else sorted(scope.warehouse_ids)}
    return dict(sql.rows(_CROWDED, params, often=True))


def aisle_limits(scope: Scope, warehouse_id: int) -> list[AisleWalks]:
    """How many walks may be in the aisles of a warehouse at a time: what holds for all first, then by aisle. None set: no limit."""
    if not scope.sees_warehouse(warehouse_id):
        return []
    rows = AisleLimit.objects.filter(warehouse_id=warehouse_id).values_list("aisle", "walks")
    return sorted((AisleWalks(aisle, walks) for aisle, walks in rows), key=lambda x: -1 if x.aisle is None else x.aisle)
