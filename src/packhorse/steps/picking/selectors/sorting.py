"""Questions about put walls: which slots are free, what lies in them and what they wait for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.steps.picking.selectors.walls import seen

#: Slots less the orders that are sorted at the wall and have not left their slot (or have none yet), less slots in which something else lies.
_FREE: Final = """
SELECT s.wall_id, count(*) - count(*) FILTER (WHERE r.id IS NULL AND EXISTS (SELECT FROM inventory_level v WHERE v.location_id = s.slot_id AND v.on_hand > 0))
       - (SELECT count(*) FROM picking_release o WHERE o.wall_id = s.wall_id AND o.undone_at IS NULL AND o.emptied_at IS NULL
          AND (o.tote_id IS NULL OR EXISTS (SELECT FROM warehouse_wallslot i WHERE i.slot_id = o.tote_id)))
FROM warehouse_wallslot s JOIN warehouse_location w ON w.id = s.wall_id
LEFT JOIN picking_release r ON r.tote_id = s.slot_id AND r.undone_at IS NULL AND r.emptied_at IS NULL
WHERE w.archived_at IS NULL AND (%(warehouse)s::bigint IS NULL OR w.warehouse_id = %(warehouse)s) AND (%(walls)s::bigint[] IS NULL OR w.id = ANY(%(walls)s))
  AND (%(warehouses)s::bigint[] IS NULL OR w.warehouse_id = ANY(%(warehouses)s))
GROUP BY s.wall_id
"""


def free_slots(scope: Scope, warehouse_id: int | None, walls: Iterable[int] | None = None) -> dict[int, int]:
    """How many more orders may be planned for each put wall (of a warehouse, or those given)."""
    found = sql.rows(_FREE, seen(scope, warehouse=warehouse_id, walls=None if walls is None else sorted(walls)))
    return {wall_id: int(free) for wall_id, free in found}
