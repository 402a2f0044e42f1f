"""Lots: what is here of each, and where one came from and went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, Final

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.ground.warehouse.selectors import virtual
from packhorse.steps.inventory.models import Level, Lot
from packhorse.steps.inventory.records import PICKABLE, seen, wall
from packhorse.steps.inventory.selectors.stock import moves
from packhorse.steps.inventory.types import FreeLot, LotRow, LotUse, MoveLine, RecallInfo


def _rows(scope: Scope) -> QuerySet[Any]:
    here = Level.objects.filter(
        lot_id=OuterRef("pk"), **{k: v for k, v in scope.filters(warehouse="location__warehouse_id").items() if k.startswith("location")}
    )
    on_hand = here.order_by().values("lot_id").annotate(q=Sum("on_hand")).values("q")
    return Lot.objects.filter(**scope.filters()).select_related("item").annotate(here=Coalesce(Subquery(on_hand), Value(0)))


def _row(t: Any) -> LotRow:
    return LotRow(t.pk, t.client_id, t.item_id, t.item.sku, t.item.name, t.code, t.expires_on, t.received_on, t.blocked_at, t.blocked_reason, int(t.here))


def lots(scope: Scope, query: ListQuery) -> Page[LotRow]:
    """Lots, newest first. Filters: `item`, `state` (blocked, recalled, here), `before` (expires before that day)."""
    rows = _rows(scope)
    if query.search:
        rows = rows.filter(Q(code__istartswith=query.search) | Q(item__sku__istartswith=query.search))
    if (item := query.number("item")) is not None:
        rows = rows.filter(item_id=item)
    if query.one("state") == "blocked":
        rows = rows.filter(blocked_at__isnull=False)
    if query.one("state") == "recalled":
        rows = rows.filter(recalls__ended_at__isnull=True, recalls__isnull=False)
    if query.one("state") == "here":
        rows = rows.filter(here__gt=0)
    if before := query.day("before"):
        rows = rows.filter(expires_on__lt=before)
    return paginate(rows, query, make=_row, sorts={"received_on": "received_on", "code": "code"}, default="-id")


def lot(scope: Scope, lot_id: int) -> LotRow:
    """One lot.

    Raises: NotFound.
    """
    found = _rows(scope).filter(pk=lot_id).first()
    if found is None:
        raise NotFound(kind="lot", ref=str(lot_id))
    return _row(found)


def lot_trail(scope: Scope, lot_id: int, *, limit: int = 1000) -> list[MoveLine]:
    """Where a lot came from and where it went, in one question: its moves, newest first; those to customers say for what (`purpose`)."""
    return moves(scope, lot_id=lot_id, limit=limit)


_RECALLS: Final = f"""
SELECT r.id, r.client_id, r.lot_id, t.code, t.item_id, i.sku, i.name, r.reason, r.at, r.ended_at
FROM inventory_recall r JOIN inventory_lot t ON t.id = r.lot_id JOIN catalog_item i ON i.id = t.item_id WHERE {wall("r.client_id")}
"""


def recalls(scope: Scope, *, lot_id: int | None = None, ended: bool = False) -> list[RecallInfo]:
    """Recalls that are not over (or all, with those that have `ended`), of one lot or of any, newest first."""
    where = f"{'' if ended else 'AND r.ended_at IS NULL'} {'' if lot_id is None else 'AND r.lot_id = %(lot)s'}"
    return [RecallInfo(*r) for r in sql.rows(f"{_RECALLS} {where} ORDER BY r.id DESC LIMIT 1000", seen(scope, lot=lot_id))]


def recall(scope: Scope, recall_id: int) -> RecallInfo:
    """One recall.

    Raises: NotFound.
    """
    found = sql.rows(f"{_RECALLS} AND r.id = %(id)s", seen(scope, id=recall_id))
    if not found:
        raise NotFound(kind="recall", ref=str(recall_id))
    return RecallInfo(*found[0])


_USES: Final = f"""
SELECT u.demand_id, sum(u.left_units)::bigint, max(u.left_at), sum(u.picked)::bigint FROM (
  SELECT m.demand_id, m.quantity AS left_units, m.at AS left_at, 0 AS picked FROM inventory_move m
  WHERE m.lot_id = %(lot)s AND m.target_id = %(customer)s AND m.demand_id IS NOT NULL
  UNION ALL
  SELECT a.demand_id, 0, NULL, a.quantity FROM inventory_allocation a JOIN warehouse_location p ON p.id = a.location_id
  WHERE a.lot_id = %(lot)s AND a.closed_at IS NULL AND NOT p.pickable
) u JOIN inventory_demand d ON d.id = u.demand_id WHERE {wall("d.client_id", "d.warehouse_id")} GROUP BY 1
"""


def lot_uses(scope: Scope, lot_id: int) -> dict[int, LotUse]:
    """Which demands got units of a lot, in one question: those that left, and those that are picked and still here."""
    found = sql.rows(_USES, seen(scope, lot=lot_id, customer=virtual("customer")))
    return {demand: LotUse(left, left_at, picked) for demand, left, left_at, picked in found}


_FREE: Final = f"""
SELECT l.item_id, l.location_id, l.lot_id, t.code, t.expires_on, l.on_hand - l.allocated
FROM unnest(%(items)s::bigint[], %(places)s::bigint[]) AS x(item, place) JOIN inventory_level l ON l.item_id = x.item AND l.location_id = x.place
JOIN inventory_lot t ON t.id = l.lot_id JOIN catalog_client c ON c.id = l.client_id JOIN warehouse_location p ON p.id = l.location_id
WHERE {PICKABLE} AND {wall("l.client_id", "p.warehouse_id")} ORDER BY l.item_id, l.location_id, t.expires_on NULLS LAST, t.received_on, t.id
"""


def free_lots(scope: Scope, at: Collection[tuple[int, int]], *, today: dt.date) -> list[FreeLot]:
    """What of (item, place) pairs could be allocated there, by lot: those that expire first come first."""
    pairs = sorted(set(at))
    return [FreeLot(*r) for r in sql.rows(_FREE, seen(scope, items=[i for i, _ in pairs], places=[p for _, p in pairs], today=today))]
