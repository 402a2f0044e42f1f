"""What is over by itself: releases of which nothing is left to pick and nothing lies in a tote, walks of which nothing is left. Below the use cases that react."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from packhorse.core import sql, work
from packhorse.core.events import emit
from packhorse.steps.orders import ledger as orders
from packhorse.steps.picking.events import BatchUndone, ReleaseUndone
from packhorse.steps.picking.selectors.walls import FILLED, WALK

_NOTHING_LEFT: Final = f"""
SELECT r.id, r.fulfillment_order_id, r.tote_id IS NOT NULL, f.order_id, r.client_id, r.warehouse_id
FROM picking_release r JOIN orders_fulfillmentorder f ON f.id = r.fulfillment_order_id {WALK}
WHERE r.id = ANY(%s) AND r.undone_at IS NULL AND r.emptied_at IS NULL AND (b.id IS NULL OR b.state <> 'picking')
  AND NOT EXISTS (SELECT FROM picking_picktask t WHERE t.release_id = r.id AND t.state IN ('ready', 'claimed'))
  AND NOT {FILLED}
ORDER BY r.id
"""


def lock(release_ids: Iterable[int]) -> None:
    """Lock the releases' walks, then the releases: before their tasks."""
    ids = sorted(set(release_ids))
    sql.rows(
        """SELECT id FROM picking_pickbatch WHERE id IN (SELECT batch_id FROM picking_release WHERE id = ANY(%(ids)s) UNION SELECT batch_id FROM picking_picktask WHERE release_id = ANY(%(ids)s))
           ORDER BY id FOR UPDATE""",
        {"ids": ids},
    )
    sql.rows("SELECT id FROM picking_release WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [ids])


def close_over(release_ids: Sequence[int], reason: str, *, walks: bool = True) -> None:
    """Close those of the (locked) releases that are over: their orders may be released again, their totes are free; planned `walks` (locked) that have nothing left are cancelled.

    A walk under way is left as it is: it ends at the bench.
    """
    rows = sql.rows(_NOTHING_LEFT, [sorted(set(release_ids))])
    if not rows:
        return
    now = work.current().at
    sql.run("UPDATE picking_release SET undone_at = %s WHERE id = ANY(%s)", [now, [r[0] for r in rows]])
    empty = (
        sql.rows(
            """UPDATE picking_pickbatch b SET state = 'cancelled', finished_at = %s
           WHERE b.state = 'planned' AND b.id IN (SELECT batch_id FROM picking_picktask WHERE release_id = ANY(%s))
             AND NOT EXISTS (SELECT FROM picking_picktask t WHERE t.batch_id = b.id AND t.state IN ('ready', 'claimed'))
           RETURNING b.id, b.warehouse_id""",
            [now, [r[0] for r in rows]],
        )
        if walks
        else []
    )
    orders.unreleased([r[1] for r in rows])
    emit(*(BatchUndone(batch_id=i, warehouse_id=w) for i, w in sorted(empty)))
    emit(*(ReleaseUndone(order_id=o, client_id=c, warehouse_id=w, fulfillment_order_id=fo, reason=reason) for _, fo, had_tote, o, c, w in rows if not had_tote))
