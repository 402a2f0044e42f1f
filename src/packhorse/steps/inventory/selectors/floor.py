"""Questions about the floor seen from above: what lies in the cells of its aisles, and what is to be done there."""

from __future__ import annotations

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.steps.inventory.records import seen, wall
from packhorse.steps.inventory.types import CellStock, CellWork


def stock_by_cell(scope: Scope, warehouse_id: int, level: int | None = None) -> list[CellStock]:
    """What lies in each cell of a warehouse's racks, over all its levels or one: cells without a bin (on that level) are not named."""
    if not scope.sees_warehouse(warehouse_id):
        return []
    return [
        CellStock(*row)
        for row in sql.rows(
            f"""SELECT l.aisle, l.cell, count(DISTINCT l.id)::int, count(DISTINCT v.location_id)::int, coalesce(sum(v.on_hand), 0)::bigint,
                       coalesce(round(sum(v.on_hand * (i.length_mm / 100.0) * (i.width_mm / 100.0) * (i.height_mm / 100.0))), 0)::bigint
                FROM warehouse_location l
                LEFT JOIN inventory_level v ON v.location_id = l.id AND v.on_hand > 0 AND {wall("v.client_id")}
                LEFT JOIN catalog_item i ON i.id = v.item_id
                WHERE l.warehouse_id = %(warehouse)s AND l.archived_at IS NULL AND l.aisle IS NOT NULL AND l.cell IS NOT NULL
                  AND (%(level)s::int IS NULL OR l.level = %(level)s)
                GROUP BY 1, 2 ORDER BY 1, 2""",
            seen(scope, warehouse=warehouse_id, level=level),
        )
    ]


def work_by_cell(scope: Scope, warehouse_id: int) -> list[CellWork]:
    """Open put-aways (to the cell) and counts (in it) of a warehouse, by cell. A reader limited to some clients sees no counts of bins that others may lie in."""
    if not scope.sees_warehouse(warehouse_id):
        return []
    return [
        CellWork(*row)
        for row in sql.rows(
            f"""SELECT l.aisle, l.cell, count(*) FILTER (WHERE w.kind = 'put_away')::int, count(*) FILTER (WHERE w.kind = 'count')::int
                FROM (SELECT t.target_id AS place, 'put_away' AS kind FROM inventory_putawaytask t
                      WHERE t.warehouse_id = %(warehouse)s AND t.done_at IS NULL AND t.target_id IS NOT NULL AND {wall("t.client_id")}
                      UNION ALL
                      SELECT c.location_id, 'count' FROM inventory_counttask c
                      WHERE c.warehouse_id = %(warehouse)s AND c.posted_at IS NULL AND %(clients)s::bigint[] IS NULL) w
                JOIN warehouse_location l ON l.id = w.place
                WHERE l.aisle IS NOT NULL AND l.cell IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2""",
            seen(scope, warehouse=warehouse_id),
        )
    ]
