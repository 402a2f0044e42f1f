"""Questions about pick faces and goods that go to another place of the same warehouse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Case, F, Q, QuerySet, When

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.core.refs import Ref
from packhorse.steps.inventory.models import PickFace, Relocation
from packhorse.steps.inventory.records import AT_FACE, COMING_TO_FACE, IN_RESERVE, seen, wall
from packhorse.steps.inventory.types import IDLE, PickFaceInfo, RelocationInfo


def _relocation(r: Any) -> RelocationInfo:
    return RelocationInfo(
        r.pk, r.client_id, r.warehouse_id, r.item_id, r.item.sku, r.item.name, r.item.tracking, r.lot_id, r.lot.code if r.lot else "", r.quantity, r.moved,
        r.source_id, r.source.code, r.target_id, r.target.code, r.reason, r.deadline, r.state, r.worker, r.claimed_at, Ref(r.cause_kind, r.cause_id), r.created_at,
        r.done_at,
    )  # fmt: skip


def _relocations(scope: Scope) -> QuerySet[Relocation]:
    return Relocation.objects.filter(**scope.filters(warehouse="warehouse_id")).select_related("item", "lot", "source", "target")


def relocations(scope: Scope, query: ListQuery) -> Page[RelocationInfo]:
    """Relocations, newest first. Filters: `state` (one of the states, or `open`), `reason`, `warehouse`, `item`, `id`."""
    rows = _relocations(scope)
    if query.search:
        rows = rows.filter(Q(item__sku__istartswith=query.search) | Q(source__code__istartswith=query.search) | Q(target__code__istartswith=query.search))
    if wanted := query.many("state"):
        rows = rows.filter(done_at=None) if "open" in wanted else rows.filter(state__in=wanted)
    if reasons := query.many("reason"):
        rows = rows.filter(reason__in=reasons)
    for name in ("warehouse", "item", "id"):
        if (value := query.number(name)) is not None:
            rows = rows.filter(**{name: value})
    return paginate(rows, query, make=_relocation, default="-id")


def relocations_to_do(
    scope: Scope, now: dt.datetime, *, warehouse_id: int | None = None, principal: str | None = None, limit: int = 50
) -> list[RelocationInfo]:
    """Open relocations, the most urgent first: one that `principal` has in hand, then by deadline, better homes last, oldest first. What others have in hand is left out, unless idle.

    Without a principal all that are open.
    """
    rows = _relocations(scope).filter(done_at=None)
    if warehouse_id is not None:
        rows = rows.filter(warehouse_id=warehouse_id)
    if principal is not None:
        rows = rows.filter(Q(state="ready") | Q(worker=principal) | Q(claimed_at__lte=now - IDLE))
    mine = Case(When(worker=principal or "-", then=0), default=1)
    slotting = Case(When(reason="slotting", then=1), default=0)
    return [_relocation(r) for r in rows.order_by(mine, F("deadline").asc(nulls_last=True), slotting, "pk")[:limit]]


def relocation(scope: Scope, relocation_id: int) -> RelocationInfo:
    """One relocation.   Raises: NotFound."""
    found = _relocations(scope).filter(pk=relocation_id).first()
    if found is None:
        raise NotFound(kind="relocation", ref=str(relocation_id))
    return _relocation(found)


_RESERVE: Final = f"""
SELECT l.item_id, p.warehouse_id, sum(l.on_hand - l.allocated)::bigint FROM inventory_level l JOIN warehouse_location p ON p.id = l.location_id
LEFT JOIN warehouse_location u ON u.id = p.parent_id LEFT JOIN inventory_lot t ON t.id = l.lot_id
WHERE l.item_id = ANY(%s) AND l.condition = 'sellable' AND t.blocked_at IS NULL AND {IN_RESERVE}
GROUP BY 1, 2
"""
_FACES: Final = f"""
SELECT f.id, coalesce(l.on_hand, 0)::bigint, coalesce(l.free, 0)::bigint, coalesce(m.coming, 0)::bigint FROM inventory_pickface f
{AT_FACE} {COMING_TO_FACE}
WHERE f.id = ANY(%s)
"""


def _faces(found: Sequence[PickFace]) -> list[PickFaceInfo]:
    reserve = {(item, warehouse): q for item, warehouse, q in sql.rows(_RESERVE, [[f.item_id for f in found]])}
    here = {pk: (on_hand, free, coming) for pk, on_hand, free, coming in sql.rows(_FACES, [[f.pk for f in found]])}
    return [
        PickFaceInfo(
            f.pk, f.client_id, f.warehouse_id, f.item_id, f.item.sku, f.item.name, f.location_id, f.location.code, f.minimum, f.maximum, *here[f.pk],
            reserve.get((f.item_id, f.warehouse_id), 0),
        )
        for f in found
    ]  # fmt: skip


def pick_faces(scope: Scope, query: ListQuery) -> Page[PickFaceInfo]:
    """Pick faces by place. Filters: `warehouse`, `item`. Search: SKU or place."""
    rows = PickFace.objects.filter(**scope.filters(warehouse="warehouse_id")).select_related("item", "location")
    if query.search:
        rows = rows.filter(Q(item__sku__istartswith=query.search) | Q(location__code__istartswith=query.search))
    for name in ("warehouse", "item"):
        if (value := query.number(name)) is not None:
            rows = rows.filter(**{name: value})
    return paginate(rows, query, make=lambda f: _faces([f])[0], many=_faces, sorts={"place": F("location__code"), "sku": F("item__sku")}, default="place")


def warehouses_with_pick_faces(scope: Scope) -> list[int]:
    """The warehouses in which items have pick faces."""
    found = sql.rows(f"SELECT DISTINCT f.warehouse_id FROM inventory_pickface f WHERE {wall('f.client_id', 'f.warehouse_id')} ORDER BY 1", seen(scope))
    return [r[0] for r in found]


def warehouses_with_reserve(scope: Scope) -> list[int]:
    """The warehouses in which something lies in reserve: in bins that are not picked from, or on pallets."""
    found = sql.rows(
        f"""SELECT DISTINCT p.warehouse_id FROM warehouse_location p JOIN inventory_level l ON l.location_id = p.id AND l.on_hand > l.allocated AND l.condition = 'sellable'
            LEFT JOIN warehouse_location u ON u.id = p.parent_id WHERE {IN_RESERVE} AND {wall("l.client_id", "p.warehouse_id")} ORDER BY 1""",
        seen(scope),
    )
    return [r[0] for r in found]
