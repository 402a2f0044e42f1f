"""What is over by itself: releases of which nothing is left to pick, with goods in their totes (to packing) or without, and planned walks of which nothing is left. Below the use cases that react."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING
from packhorse.core.events import emit
from packhorse.steps.orders import ledger as orders
from packhorse.steps.picking import selectors
from packhorse.steps.picking.events import BatchUndone, OrderPicked, ReleaseUndone
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


#: Releases that wait for a walk, or are on a planned one, and have no pick there any more. What is left of one in another zone waits for a walk of that; one of which nothing is left, and goods lie in
#: its totes, is of the last walk that it was on.
_OFF: Final = f"""
UPDATE picking_release r SET compartment = NULL, batch_id = CASE WHEN o.left_to_pick THEN NULL ELSE (
  SELECT t.batch_id FROM picking_picktask t JOIN picking_pickbatch w ON w.id = t.batch_id WHERE t.release_id = r.id AND w.state = 'done' ORDER BY w.finished_at DESC, w.id DESC LIMIT 1) END
FROM (SELECT q.id, EXISTS (SELECT FROM picking_picktask t WHERE t.release_id = q.id AND t.state IN ('ready', 'claimed')) AS left_to_pick
      FROM picking_release q LEFT JOIN picking_pickbatch b ON b.id = q.batch_id
      WHERE q.id = ANY(%s) AND q.wall_id IS NULL AND q.undone_at IS NULL AND q.emptied_at IS NULL AND coalesce(b.state, 'planned') = 'planned'
        AND NOT EXISTS (SELECT FROM picking_picktask t WHERE t.release_id = q.id AND t.state IN ('ready', 'claimed') AND t.batch_id IS NOT DISTINCT FROM q.batch_id)) o
WHERE r.id = o.id AND (o.left_to_pick OR {FILLED})
RETURNING r.id
"""
_NOBODY_WALKS: Final = """
UPDATE picking_pickbatch b SET state = 'cancelled', finished_at = %s
WHERE b.state = 'planned' AND b.id IN (SELECT batch_id FROM picking_picktask WHERE release_id = ANY(%s))
  AND NOT EXISTS (SELECT FROM picking_picktask t WHERE t.batch_id = b.id AND t.state IN ('ready', 'claimed'))
RETURNING b.id, b.warehouse_id
"""
_PICKED: Final = """
SELECT f.order_id, r.client_id, r.warehouse_id, f.id, t.code FROM picking_release r JOIN orders_fulfillmentorder f ON f.id = r.fulfillment_order_id
JOIN warehouse_location t ON t.id = r.tote_id WHERE r.id = ANY(%s) ORDER BY r.id
"""


def close_over(release_ids: Sequence[int], reason: str, *, walks: bool = True) -> None:
    """Close those of the (locked) releases that are over: of which nothing lies in a tote, their orders may be released again and their totes are free; what lies in totes goes to packing. Planned
    `walks` (locked) that have nothing left are cancelled.

    A walk under way is left as it is: it ends at the bench.
    """
    ids, now = sorted(set(release_ids)), work.current().at
    rows = sql.rows(_NOTHING_LEFT, [ids])
    if rows:
        sql.run("UPDATE picking_release SET undone_at = %s WHERE id = ANY(%s)", [now, [r[0] for r in rows]])
        orders.unreleased([r[1] for r in rows])
    off = [r[0] for r in sql.rows(_OFF, [ids])]
    empty = sql.rows(_NOBODY_WALKS, [now, ids]) if walks else []
    emit(*(BatchUndone(batch_id=i, warehouse_id=w) for i, w in sorted(empty)))
    emit(*(ReleaseUndone(order_id=o, client_id=c, warehouse_id=w, fulfillment_order_id=fo, reason=reason) for _, fo, had_tote, o, c, w in rows if not had_tote))
    told = sql.rows(_PICKED, [sorted(selectors.ready_releases(EVERYTHING, off))])
    emit(*(OrderPicked(order_id=o, client_id=c, warehouse_id=w, fulfillment_order_id=fo, tote=tote) for o, c, w, fo, tote in told))
