"""What a scan may mean to this step."""

from __future__ import annotations

from typing import Final

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.core.refs import Ref
from packhorse.core.scan import Scan
from packhorse.steps.inventory.records import seen, wall
from packhorse.steps.inventory.types import Match

_RESOLVE: Final = f"""
SELECT 'catalog.item', i.id, i.sku || ' · ' || i.name, b.quantity FROM catalog_barcode b JOIN catalog_item i ON i.id = b.item_id
WHERE b.code = ANY(%(codes)s) AND i.archived_at IS NULL AND {wall("i.client_id")}
UNION
SELECT 'catalog.item', i.id, i.sku || ' · ' || i.name, 1 FROM catalog_item i WHERE i.sku = %(text)s AND i.archived_at IS NULL AND {wall("i.client_id")}
UNION ALL
SELECT 'warehouse.location', p.id, p.code, 1 FROM warehouse_location p
WHERE p.code = upper(%(text)s) AND p.archived_at IS NULL AND p.warehouse_id IS NOT NULL AND {wall(warehouse="p.warehouse_id")}
  AND (%(warehouse)s::bigint IS NULL OR p.warehouse_id = %(warehouse)s)
UNION ALL
SELECT 'inventory.purchase_order', o.id, o.number, 1 FROM inventory_purchaseorder o
WHERE (o.number = upper(%(text)s) OR o.reference = %(text)s) AND {wall("o.client_id", "o.warehouse_id")}
UNION ALL
SELECT DISTINCT 'inventory.purchase_order', o.id, o.number || ' · ' || u.sscc, 1 FROM inventory_expectedunit u JOIN inventory_purchaseorder o ON o.id = u.purchase_order_id
WHERE u.sscc = %(sscc)s AND {wall("o.client_id", "o.warehouse_id")}
UNION ALL
SELECT 'inventory.lot', t.id, t.code, 1 FROM inventory_lot t WHERE t.code = %(text)s AND {wall("t.client_id")}
LIMIT 50
"""


def resolve(scan: Scan, scope: Scope, *, warehouse_id: int | None = None) -> list[Match]:
    """What a scan may mean: items (by barcode or SKU), places of the warehouse, purchase orders (by number, reference or an announced SSCC), lots. More than one: ask."""
    if not scan.text:
        return []
    codes = sorted({scan.text, *(_gtin_forms(scan.gtin) if scan.gtin else ())})
    found = sql.rows(_RESOLVE, seen(scope, text=scan.text, codes=codes, sscc=scan.sscc, warehouse=warehouse_id))
    return [Match(Ref(kind, pk), label, quantity, scan.lot or "", scan.expires_on) for kind, pk, label, quantity in found]


def _gtin_forms(gtin: str) -> set[str]:
    """A GTIN-14 and the shorter forms that it may be kept in."""
    return {gtin} | {gtin[-n:] for n in (13, 12, 8) if set(gtin[:-n]) <= {"0"}}
