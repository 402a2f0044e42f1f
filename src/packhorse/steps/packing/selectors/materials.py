"""Questions about packaging material, and about how items are packed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db.models import Q, QuerySet

from packhorse.core import clock, sql
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.core.money import major
from packhorse.steps.packing.models import MaterialMove, MaterialRule, ParcelMaterial, Procedure
from packhorse.steps.packing.policy import PackPolicy, policy_of
from packhorse.steps.packing.selectors.parcels import seen
from packhorse.steps.packing.types import MaterialInfo, MaterialMoveInfo, MaterialRuleInfo, ProcedureInfo, UsedMaterial

_LOW: Final = "coalesce(s.reorder_to > 0 AND s.quantity <= s.reorder_at, false)"
_OWN: Final = "(m.client_id IS NULL OR %(clients)s::bigint[] IS NULL OR m.client_id = ANY(%(clients)s))"
_HERE: Final = "(%(warehouses)s::bigint[] IS NULL OR s.warehouse_id = ANY(%(warehouses)s))"
_MATERIALS: Final = f"""
SELECT m.id, m.code, m.name, m.kind, m.unit, m.cost, b.cost_minor, coalesce(b.currency, m.currency), m.client_id, m.box_id, m.archived_at IS NOT NULL,
       s.warehouse_id, w.code, coalesce(s.quantity, 0), coalesce(s.reorder_at, 0), coalesce(s.reorder_to, 0),
       coalesce((SELECT -sum(v.quantity)::bigint FROM packing_materialmove v
                 WHERE v.material_id = m.id AND v.warehouse_id = s.warehouse_id AND v.why = 'used' AND v.at >= %(since)s), 0)
FROM packing_material m LEFT JOIN catalog_box b ON b.id = m.box_id
LEFT JOIN packing_materialstock s ON s.material_id = m.id AND {_HERE} LEFT JOIN warehouse_warehouse w ON w.id = s.warehouse_id
WHERE {_OWN}
"""


def _materials(scope: Scope, rest: str, given: Mapping[str, Any]) -> list[MaterialInfo]:
    """A box costs what the catalogue says, another material what it says itself."""
    rows = sql.rows(f"{_MATERIALS} AND {rest}", {**seen(scope), "since": clock.now() - dt.timedelta(days=28), **given})
    return [MaterialInfo(*(*row[:5], row[5] if row[6] is None else major(row[6], row[7]), *row[7:])) for row in rows]


def material_page(scope: Scope, query: ListQuery) -> Page[MaterialInfo]:
    """Materials by warehouse, those to be ordered first (up to 500). Filters: `warehouse`, `kind`, `low` (1: only those to be ordered), `archived` (1: only those). Search: code or name."""
    found = _materials(
        scope,
        f"""(m.archived_at IS NOT NULL) = %(archived)s AND (m.code ILIKE %(like)s OR m.name ILIKE %(like)s)
            AND (%(warehouse)s::bigint IS NULL OR s.warehouse_id = %(warehouse)s) AND (%(kinds)s::text[] IS NULL OR m.kind = ANY(%(kinds)s)) AND (NOT %(low)s OR {_LOW})
            ORDER BY {_LOW} DESC, m.code, w.code LIMIT 500""",
        {
            "archived": query.one("archived") == "1",
            "like": f"%{query.search}%",
            "warehouse": query.number("warehouse"),
            "kinds": list(query.many("kind")) or None,
            "low": query.one("low") == "1",
        },
    )
    return Page(rows=tuple(found), count=len(found))


def material(scope: Scope, material_id: int) -> list[MaterialInfo]:
    """A material, once for each of the reader's warehouses that has some; once, at none, where none has.

    Raises: NotFound.
    """
    found = _materials(scope, "m.id = %(id)s ORDER BY w.code", {"id": material_id})
    if not found:
        raise NotFound(kind="material", ref=str(material_id))
    return found


def low_count(scope: Scope) -> int:
    """How many materials are to be ordered."""
    found = sql.rows(
        f"SELECT count(*) FROM packing_materialstock s JOIN packing_material m ON m.id = s.material_id WHERE m.archived_at IS NULL AND {_LOW} AND {_OWN} AND {_HERE}",
        seen(scope),
    )
    return int(found[0][0])


def rules(scope: Scope, material_id: int) -> list[MaterialRuleInfo]:
    """The rules of a material that hold."""
    rows = MaterialRule.objects.select_related("client").filter(material_id=material_id, ended_at=None)
    if scope.client_ids is not None:
        rows = rows.filter(Q(client=None) | Q(client_id__in=sorted(scope.client_ids)))
    return [MaterialRuleInfo(r.pk, r.material_id, r.client_id, r.client.name if r.client else None, r.per, r.only, r.quantity) for r in rows.order_by("pk")]


def material_moves(scope: Scope, material_id: int, limit: int = 30) -> list[MaterialMoveInfo]:
    """What came, was used and was counted of a material, newest first."""
    rows = MaterialMove.objects.select_related("warehouse").filter(material_id=material_id)
    if scope.warehouse_ids is not None:
        rows = rows.filter(warehouse_id__in=sorted(scope.warehouse_ids))
    return [MaterialMoveInfo(r.at, r.warehouse.code, r.quantity, r.why, r.by, r.note) for r in rows.order_by("-pk")[:limit]]


def used_materials(scope: Scope, parcel_id: int) -> list[UsedMaterial]:
    """What a parcel used up, and what it cost."""
    rows = ParcelMaterial.objects.select_related("material").filter(parcel_id=parcel_id, **scope.filters()).order_by("material__code")
    return [UsedMaterial(r.material.code, r.material.name, r.material.unit, r.quantity, r.cost_minor, r.material.currency) for r in rows]


def _procedures(scope: Scope) -> QuerySet[Procedure]:
    return Procedure.objects.select_related("item").filter(**scope.filters())


def _procedure(row: Procedure) -> ProcedureInfo:
    return ProcedureInfo(row.item_id, row.client_id, row.item.sku, row.item.name, row.steps, tuple(row.marks), row.photo_id, row.changed_at)


def procedure_page(scope: Scope, query: ListQuery) -> Page[ProcedureInfo]:
    """Items that say how they are packed, by SKU. Filter: `mark`. Search: SKU."""
    rows = _procedures(scope)
    if marks := query.many("mark"):
        rows = rows.filter(marks__contains=[marks[0]])
    if query.search:
        rows = rows.filter(item__sku__istartswith=query.search)
    return paginate(rows, query, make=_procedure, sorts={"sku": "item__sku"}, default="sku")


def procedures(scope: Scope, item_ids: Iterable[int]) -> dict[int, ProcedureInfo]:
    """How these items are packed, by item; those that say nothing are left out."""
    return {row.item_id: _procedure(row) for row in _procedures(scope).filter(item_id__in=set(item_ids))}


def marks_of(scope: Scope, parcel_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """What these parcels say on the outside of how they want to be handled: the marks of what is in them, by parcel."""
    rows = sql.rows(
        """SELECT DISTINCT l.parcel_id, k.mark FROM packing_parcelline l JOIN catalog_item i ON i.id = l.item_id LEFT JOIN packing_procedure p ON p.item_id = l.item_id
           CROSS JOIN LATERAL (SELECT jsonb_array_elements_text(coalesce(p.marks, '[]')) AS mark UNION SELECT 'fragile' WHERE i.fragile UNION SELECT 'this_way_up' WHERE i.upright) k
           WHERE l.parcel_id = ANY(%(ids)s) AND (%(clients)s::bigint[] IS NULL OR l.client_id = ANY(%(clients)s)) ORDER BY 1, 2""",
        {"ids": list(parcel_ids), **seen(scope)},
    )
    found: dict[int, tuple[str, ...]] = {}
    for parcel_id, mark in rows:
        found[parcel_id] = (*found.get(parcel_id, ()), mark)
    return found


def pack_policy(scope: Scope, client_id: int) -> PackPolicy:
    """How a client's goods are packed.

    Raises: NotFound where the scope does not see the client.
    """
    if not scope.sees_client(client_id):
        raise NotFound(kind="client", ref=str(client_id))
    return policy_of(client_id)
