"""Lots: what is here of each, and where one came from and went."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.steps.inventory.models import Level, Lot
from packhorse.steps.inventory.selectors.stock import moves
from packhorse.steps.inventory.types import LotRow, MoveLine


def _rows(scope: Scope) -> QuerySet[Any]:
    here = Level.objects.filter(
        lot_id=OuterRef("pk"), **{k: v for k, v in scope.filters(warehouse="location__warehouse_id").items() if k.startswith("location")}
    )
    on_hand = here.order_by().values("lot_id").annotate(q=Sum("on_hand")).values("q")
    return Lot.objects.filter(**scope.filters()).select_related("item").annotate(here=Coalesce(Subquery(on_hand), Value(0)))


def _row(t: Any) -> LotRow:
    return LotRow(t.pk, t.client_id, t.item_id, t.item.sku, t.item.name, t.code, t.expires_on, t.received_on, t.blocked_at, t.blocked_reason, int(t.here))


def lots(scope: Scope, query: ListQuery) -> Page[LotRow]:
    """Lots, newest first. Filters: `item`, `state` (blocked, here), `before` (expires before that day)."""
    rows = _rows(scope)
    if query.search:
        rows = rows.filter(Q(code__istartswith=query.search) | Q(item__sku__istartswith=query.search))
    if (item := query.number("item")) is not None:
        rows = rows.filter(item_id=item)
    if query.one("state") == "blocked":
        rows = rows.filter(blocked_at__isnull=False)
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
