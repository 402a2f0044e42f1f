"""The boxes that packing plans for what is released."""

from __future__ import annotations

import json
from typing import Final

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.steps.picking.selectors.walls import SEEN, seen
from packhorse.steps.picking.types import Cartons, ToPlan

#: A release has open tasks and those that were picked; the ones that came to nothing are not planned for.
_WITHOUT: Final = f"""
SELECT r.id, r.client_id, array_remove(array_agg(t.item_id ORDER BY t.item_id), NULL), array_remove(array_agg(t.quantity ORDER BY t.item_id), NULL) FROM (
  SELECT r.id, r.client_id FROM picking_release r WHERE r.cartons IS NULL AND r.undone_at IS NULL AND r.emptied_at IS NULL AND {SEEN} ORDER BY r.id LIMIT %(limit)s
) r LEFT JOIN LATERAL (
  SELECT t.item_id, sum(t.quantity)::bigint AS quantity FROM picking_picktask t WHERE t.release_id = r.id AND t.state IN ('ready', 'claimed', 'done') GROUP BY 1
) t ON true GROUP BY 1, 2 ORDER BY 1
"""


def without_cartons(scope: Scope, limit: int = 500) -> list[ToPlan]:
    """Releases for which no cartons are planned yet, the oldest first."""
    rows = sql.rows(_WITHOUT, {"limit": limit, **seen(scope)})
    return [ToPlan(pk, client, dict(zip(items, quantities, strict=True))) for pk, client, items, quantities in rows]


def cartons_of(scope: Scope, fulfillment_order_id: int) -> Cartons | None:
    """What was planned for the releases of a fulfillment order, together, under the id of the last; None where nothing was, or could be, planned for one of them."""
    rows = sql.rows(
        f"SELECT r.id, r.cartons::text FROM picking_release r WHERE r.fulfillment_order_id = %(fo)s AND r.undone_at IS NULL AND {SEEN} ORDER BY r.id",
        seen(scope, fo=fulfillment_order_id),
    )
    found = [_read(pk, kept) for pk, kept in rows if kept is not None]
    if not found or len(found) < len(rows) or not all(c.boxes for c in found):
        return None
    pieces: dict[int, int] = {}
    for planned in found:
        for item, quantity in planned.pieces.items():
            pieces[item] = pieces.get(item, 0) + quantity
    return Cartons(found[-1].release_id, tuple(box for planned in found for box in planned.boxes), pieces)


def cartons_of_walk(scope: Scope, batch_id: int) -> dict[int, Cartons]:
    """What is planned for the orders of a walk, by compartment."""
    rows = sql.rows(
        f"SELECT r.compartment, r.id, r.cartons::text FROM picking_release r WHERE r.batch_id = %(batch)s AND r.compartment IS NOT NULL AND r.cartons IS NOT NULL AND {SEEN}",
        seen(scope, batch=batch_id),
    )
    return {compartment: _read(pk, kept) for compartment, pk, kept in rows}


def _read(release_id: int, kept: str) -> Cartons:
    found = json.loads(kept)
    return Cartons(release_id, tuple(found["boxes"]), {int(item): quantity for item, quantity in found["pieces"]})
