"""What slotting learns from, and what it has advised."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Final

from django.db.models import OuterRef, Subquery
from pydantic import TypeAdapter

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.picking.models import SlottingAdvice, SlottingMove
from packhorse.steps.picking.types import AdvisedMove, Living, PastPick, PickHistory, SlottingMoveInfo, SlottingSummary

#: The newest walks that are looked at, at most.
MOST_WALKS: Final = 2000

_PICKS: Final = """
WITH walks AS (
  SELECT id, finished_at FROM picking_pickbatch WHERE warehouse_id = %(warehouse)s AND state = 'done' AND finished_at >= %(since)s ORDER BY id DESC LIMIT %(most)s
)
SELECT t.batch_id, t.item_id, t.location_id, count(*) FROM walks w JOIN picking_picktask t ON t.batch_id = w.id WHERE t.picked > 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_SPAN: Final = "SELECT min(finished_at) FROM picking_pickbatch WHERE warehouse_id = %(warehouse)s AND state = 'done' AND finished_at >= %(since)s"

#: Items that lie in one pickable bin of the racks only, by themselves, with nothing on its way to or from there.
_LIVING: Final = """
WITH lying AS (
  SELECT l.item_id, l.location_id, sum(l.on_hand)::bigint AS units, bool_and(l.condition = 'sellable') AS sellable,
         count(*) OVER (PARTITION BY l.item_id) AS bins, count(*) OVER (PARTITION BY l.location_id) AS items
  FROM inventory_level l JOIN warehouse_location p ON p.id = l.location_id
  WHERE p.warehouse_id = %(warehouse)s AND p.pickable AND p.archived_at IS NULL AND l.on_hand > 0 GROUP BY 1, 2
)
SELECT l.item_id, i.sku, l.location_id, l.units, i.weight_g FROM lying l JOIN catalog_item i ON i.id = l.item_id JOIN warehouse_location p ON p.id = l.location_id
WHERE l.sellable AND l.bins = 1 AND l.items = 1 AND p.aisle IS NOT NULL AND p.cell IS NOT NULL
  AND NOT EXISTS (SELECT FROM inventory_relocation r WHERE r.done_at IS NULL AND (l.location_id IN (r.source_id, r.target_id)))
  AND NOT EXISTS (SELECT FROM inventory_putawaytask t WHERE t.target_id = l.location_id AND t.done_at IS NULL AND t.item_id <> l.item_id)
ORDER BY 1
"""
_EMPTY: Final = """
SELECT p.id FROM warehouse_location p
WHERE p.warehouse_id = %(warehouse)s AND p.pickable AND p.archived_at IS NULL AND p.aisle IS NOT NULL AND p.cell IS NOT NULL
  AND NOT EXISTS (SELECT FROM inventory_level l WHERE l.location_id = p.id AND l.on_hand > 0)
  AND NOT EXISTS (SELECT FROM inventory_putawaytask t WHERE t.target_id = p.id AND t.done_at IS NULL)
  AND NOT EXISTS (SELECT FROM inventory_relocation r WHERE r.target_id = p.id AND r.done_at IS NULL)
  AND NOT EXISTS (SELECT FROM inventory_fixedbin f WHERE f.location_id = p.id) AND NOT EXISTS (SELECT FROM inventory_pickface f WHERE f.location_id = p.id)
ORDER BY 1
"""


def pick_history(scope: Scope, warehouse_id: int, days: int, now: dt.datetime) -> PickHistory:
    """The walks that ended in the last days, and who lives where now; nothing for those who see some clients only.

    Raises: NotFound.
    """
    warehouses.warehouse(scope, warehouse_id)
    if scope.client_ids is not None:
        return PickHistory({}, (), (), (), 1.0)
    params = {"warehouse": warehouse_id, "since": now - dt.timedelta(days=days), "most": MOST_WALKS}
    picks = tuple(PastPick(*row) for row in sql.rows(_PICKS, params))
    living = tuple(Living(*row) for row in sql.rows(_LIVING, params))
    empty = tuple(r[0] for r in sql.rows(_EMPTY, params))
    wanted = {p.location_id for p in picks} | {x.location_id for x in living} | set(empty)
    first = sql.rows(_SPAN, params)[0][0]
    spanned = (now - first).total_seconds() / 86_400 if first else 1.0
    return PickHistory(warehouses.locations_by_id(scope, wanted), picks, living, empty, max(1.0, spanned))


_MOVE: Final = TypeAdapter(AdvisedMove)


def _move(m: SlottingMove) -> SlottingMoveInfo:
    return SlottingMoveInfo(
        m.pk, m.advice_id, m.advice.warehouse_id, m.position, _MOVE.validate_json(json.dumps(m.figures)), m.advice.at, m.accepted_at, m.accepted_by
    )


def _newest(scope: Scope) -> Any:
    """The ids of the newest advice of each warehouse that the reader sees."""
    rows = SlottingAdvice.objects.none() if scope.client_ids is not None else SlottingAdvice.objects.filter(**scope.filters(warehouse="warehouse_id"))
    newest = SlottingAdvice.objects.filter(warehouse_id=OuterRef("warehouse_id")).order_by("-pk").values("pk")[:1]
    return rows.filter(pk=Subquery(newest))


def slotting_moves(scope: Scope, query: ListQuery) -> Page[SlottingMoveInfo]:
    """The moves of the newest advice of each warehouse, the best first. Filters: `warehouse`, `state` (proposed, accepted). An advice mixes clients, so readers limited to some clients see none."""
    rows = SlottingMove.objects.filter(advice__in=_newest(scope)).select_related("advice")
    if (warehouse_id := query.number("warehouse")) is not None:
        rows = rows.filter(advice__warehouse_id=warehouse_id)
    if query.search:
        rows = rows.filter(item__sku__istartswith=query.search)
    if query.one("state") in ("proposed", "accepted"):
        rows = rows.filter(accepted_at__isnull=query.one("state") == "proposed")
    return paginate(rows, query, make=_move, sorts={"position": "position"}, default="position")


def slotting_summaries(scope: Scope) -> list[SlottingSummary]:
    """The newest advice of each warehouse in figures."""
    found = list(_newest(scope).select_related("warehouse").order_by("warehouse__code"))
    counts = {
        r[0]: (r[1], r[2])
        for r in sql.rows(
            "SELECT advice_id, count(*), count(accepted_at) FROM picking_slottingmove WHERE advice_id = ANY(%s) GROUP BY 1", [[a.pk for a in found]]
        )
    }
    return [
        SlottingSummary(a.pk, a.warehouse_id, a.warehouse.code, a.at, a.days, a.walks, a.metres_a_day, a.metres_a_day_after, *counts.get(a.pk, (0, 0)))
        for a in found
    ]
