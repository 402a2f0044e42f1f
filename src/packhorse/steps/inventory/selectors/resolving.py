"""What a scan may mean to this step."""

from __future__ import annotations

from typing import Final

from packhorse.core import sql
from packhorse.core.refs import Ref
from packhorse.core.scan import Context, Match, Scan
from packhorse.steps.inventory.records import seen, wall

_RESOLVE: Final = f"""
SELECT 'inventory.purchase_order', o.id, o.number, s.name, 1 AS rank FROM inventory_purchaseorder o JOIN inventory_supplier s ON s.id = o.supplier_id
WHERE (o.number = upper(%(text)s) OR o.reference = %(text)s) AND {wall("o.client_id", "o.warehouse_id")} AND (%(warehouse)s::bigint IS NULL OR o.warehouse_id = %(warehouse)s)
UNION
SELECT 'inventory.purchase_order', o.id, o.number, u.sscc, 2 FROM inventory_expectedunit u JOIN inventory_purchaseorder o ON o.id = u.purchase_order_id
WHERE u.sscc = %(sscc)s AND {wall("o.client_id", "o.warehouse_id")} AND (%(warehouse)s::bigint IS NULL OR o.warehouse_id = %(warehouse)s)
UNION
SELECT 'inventory.transfer', r.id, r.number, f.code || ' → ' || g.code, 1 FROM inventory_transferorder r
JOIN warehouse_warehouse f ON f.id = r.source_warehouse_id JOIN warehouse_warehouse g ON g.id = r.warehouse_id
WHERE r.number = upper(%(text)s) AND {wall("r.client_id")} AND ({wall(warehouse="r.warehouse_id")} OR {wall(warehouse="r.source_warehouse_id")})
  AND (%(warehouse)s::bigint IS NULL OR r.warehouse_id = %(warehouse)s)
UNION
SELECT 'inventory.lot', t.id, t.code, i.sku, 3 FROM inventory_lot t JOIN catalog_item i ON i.id = t.item_id
WHERE t.code = ANY(%(codes)s)
  AND (%(gtin)s::text IS NULL OR EXISTS (SELECT FROM catalog_barcode c WHERE c.item_id = t.item_id AND c.code = %(gtin)s))
  AND {wall("t.client_id")} AND (%(client)s::bigint IS NULL OR t.client_id = %(client)s)
ORDER BY rank, 2 LIMIT 20
"""


def resolve(scan: Scan, context: Context) -> list[Match]:
    """What a scan may mean here: a purchase order (by number, reference or the SSCC of an announced load), a transfer or a lot. Items and places are the ground's to resolve."""
    if not scan.text:
        return []
    found = sql.rows(
        _RESOLVE,
        seen(
            context.scope,
            text=scan.text,
            codes=[scan.text, *scan.marks],
            gtin=scan.gtin,
            sscc=scan.sscc,
            warehouse=context.warehouse_id,
            client=context.client_id,
        ),
    )
    return [Match(Ref(kind, pk), title, detail) for kind, pk, title, detail, _ in found]
