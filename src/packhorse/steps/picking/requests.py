"""What later steps may ask of picking."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from packhorse.core import sql, work
from packhorse.steps.orders import ledger as orders
from packhorse.steps.picking.selectors.walls import TOGETHER
from packhorse.steps.picking.types import Cartons, StandingTote

#: A fulfillment order has one release that is not over: when its tote is empty, what is not picked has none. The full ones that stood in it stand beside it now.
_EMPTIED: Final = """
WITH emptied AS (UPDATE picking_release SET emptied_at = %s WHERE id = ANY(%s) AND emptied_at IS NULL RETURNING fulfillment_order_id AS id, tote_id),
     unstacked AS (UPDATE warehouse_location u SET parent_id = t.parent_id FROM emptied e JOIN warehouse_location t ON t.id = e.tote_id WHERE u.parent_id = t.id AND u.kind = 'tote')
SELECT e.id FROM emptied e WHERE EXISTS (SELECT FROM orders_fulfillmentline l WHERE l.fulfillment_order_id = e.id AND l.picked < l.quantity - l.cancelled)
"""


def lock_totes(fulfillment_order_id: int) -> list[StandingTote]:
    """The totes that hold what was picked for a fulfillment order (one, and the full ones that stand in it), their releases locked: the first lock of a use case that empties them. `at_bench`: whether
    the walk is over."""
    work.current()
    return [
        StandingTote(*row)
        for row in sql.rows(
            f"""SELECT r.id, u.id, coalesce(b.state, '') = 'done' OR r.wall_id IS NOT NULL AND {TOGETHER} FROM picking_release r LEFT JOIN picking_pickbatch b ON b.id = r.batch_id
               CROSS JOIN LATERAL (SELECT r.tote_id AS id UNION ALL SELECT id FROM warehouse_location WHERE parent_id = r.tote_id AND kind = 'tote') u
               WHERE r.fulfillment_order_id = %s AND r.undone_at IS NULL AND r.emptied_at IS NULL AND r.tote_id IS NOT NULL ORDER BY r.id, u.id FOR UPDATE OF r""",
            [fulfillment_order_id],
            often=True,
        )
    ]


def totes_emptied(release_ids: list[int]) -> None:
    """The (locked) totes of these releases were emptied at the bench: they are free for other orders. What of their (locked) fulfillment orders is not picked yet may be released anew."""
    if release_ids:
        left = sql.rows(_EMPTIED, [work.current().at, sorted(release_ids)], often=len(release_ids) <= sql.FEW)
        if left:
            orders.unreleased([r[0] for r in left])


def plan_cartons(plans: Sequence[Cartons]) -> list[int]:
    """Packing has looked what these releases go into; pickers see it. One that was planned before keeps its plan, one that is over needs none. Returns the releases that took it."""
    work.current()
    ordered = sorted(plans, key=lambda p: p.release_id)
    kept = [json.dumps({"boxes": p.boxes, "pieces": sorted(p.pieces.items())}) for p in ordered]
    rows = sql.rows(
        """WITH open AS (SELECT id FROM picking_release WHERE id = ANY(%s) AND cartons IS NULL AND undone_at IS NULL AND emptied_at IS NULL ORDER BY id FOR UPDATE)
           UPDATE picking_release r SET cartons = t.cartons::jsonb FROM unnest(%s::bigint[], %s::text[]) AS t(id, cartons), open o
           WHERE r.id = t.id AND o.id = r.id RETURNING r.id""",
        [[p.release_id for p in ordered], [p.release_id for p in ordered], kept],
    )
    return sorted(r[0] for r in rows)
