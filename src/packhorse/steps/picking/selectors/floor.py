"""Questions about the floor as it is worked on: who walks where, what is to be picked, and where most is picked."""

from __future__ import annotations

import datetime as dt

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.steps.picking.selectors.walls import SEEN, seen
from packhorse.steps.picking.types import CellPicks, Walker


def walkers(scope: Scope, warehouse_id: int) -> list[Walker]:
    """The walks under way in a warehouse, each with the place where it scanned last. A walk mixes clients, so readers limited to some clients see none."""
    if scope.client_ids is not None or not scope.sees_warehouse(warehouse_id):
        return []
    return [
        Walker(*row)
        for row in sql.rows(
            """SELECT b.id, b.picker_id, coalesce(c.code, ''), coalesce(last.closed_at, b.started_at, b.planned_at), last.code, last.aisle, last.cell, last.x_m, last.y_m,
                      s.open_tasks, s.tasks, next.code
               FROM picking_pickbatch b LEFT JOIN warehouse_location c ON c.id = b.cart_id
               CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE t.state IN ('ready', 'claimed'))::int AS open_tasks, count(*)::int AS tasks
                                   FROM picking_picktask t WHERE t.batch_id = b.id AND t.state <> 'cancelled') s
               LEFT JOIN LATERAL (SELECT t.closed_at, l.code, l.aisle, l.cell, l.x_m, l.y_m FROM picking_picktask t JOIN warehouse_location l ON l.id = t.location_id
                                  WHERE t.batch_id = b.id AND t.state IN ('done', 'short') ORDER BY t.closed_at DESC, t.id DESC LIMIT 1) last ON true
               LEFT JOIN LATERAL (SELECT l.code FROM picking_picktask t JOIN warehouse_location l ON l.id = t.location_id
                                  WHERE t.batch_id = b.id AND t.state = 'claimed' ORDER BY t.sequence, t.id LIMIT 1) next ON true
               WHERE b.warehouse_id = %s AND b.state = 'picking' ORDER BY b.id""",
            [warehouse_id],
        )
    ]


def picks_by_cell(scope: Scope, warehouse_id: int, *, since: dt.datetime) -> list[CellPicks]:
    """Open picks, and picks done in walks that began since then, by cell."""
    return [
        CellPicks(*row)
        for row in sql.rows(
            f"""WITH done AS (SELECT t.location_id FROM picking_pickbatch b JOIN picking_picktask t ON t.batch_id = b.id JOIN picking_release r ON r.id = t.release_id
                              WHERE b.warehouse_id = %(warehouse)s AND b.started_at >= %(since)s AND t.state IN ('done', 'short') AND {SEEN}),
                     todo AS (SELECT t.location_id FROM picking_picktask t JOIN picking_release r ON r.id = t.release_id
                              WHERE t.state IN ('ready', 'claimed') AND r.warehouse_id = %(warehouse)s AND {SEEN})
                SELECT l.aisle, l.cell, count(*) FILTER (WHERE w.open)::int, count(*) FILTER (WHERE NOT w.open)::int
                FROM (SELECT location_id, false AS open FROM done UNION ALL SELECT location_id, true FROM todo) w JOIN warehouse_location l ON l.id = w.location_id
                WHERE l.aisle IS NOT NULL AND l.cell IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2""",
            seen(scope, warehouse=warehouse_id, since=since),
        )
    ]
