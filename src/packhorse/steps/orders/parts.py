"""Fulfillment orders taken apart, put together and sent to another warehouse, in both ledgers, below the use cases. The caller has locked the order whole.

What is promised, waiting or cancelled in all stays what it was when orders are taken apart or put together; a line's units go as they stand, those that wait for goods first.
"""

from __future__ import annotations

from collections.abc import Mapping

from packhorse.core import sql, work
from packhorse.core.refs import Ref
from packhorse.steps.inventory import ledger as stock
from packhorse.steps.inventory.types import DividedDemand
from packhorse.steps.orders import ledger
from packhorse.steps.orders.types import FulfillmentOrderInfo, LineInfo

#: A new part of an order: as the one it came from, under a number of its own.
_NEW_PART = """
INSERT INTO orders_fulfillmentorder (id, order_id, client_id, warehouse_id, number, service, stage, held, ship_complete, priority, ship_by, deliver_by, promise_basis)
SELECT %(id)s, f.order_id, f.client_id, f.warehouse_id,
  (SELECT o.number || '-' || max(substring(p.number FROM '[0-9]+$')::int) + 1 FROM orders_order o JOIN orders_fulfillmentorder p ON p.order_id = o.id WHERE o.id = f.order_id GROUP BY o.id),
  f.service, f.stage, f.held, f.ship_complete, f.priority, f.ship_by, f.deliver_by, f.promise_basis
FROM orders_fulfillmentorder f WHERE f.id = %(old)s RETURNING number
"""

#: Why the one waits the other waits for, too: its open holds, those that the other has already aside.
_SAME_HOLDS = """
INSERT INTO orders_hold (fulfillment_order_id, kind, note, missing, owner_role, opened_at, opened_by, retry_at, released_by)
SELECT %s, kind, note, missing, owner_role, opened_at, opened_by, retry_at, '' FROM orders_hold WHERE fulfillment_order_id = %s AND released_at IS NULL ORDER BY id
ON CONFLICT (fulfillment_order_id, kind) WHERE released_at IS NULL DO NOTHING
"""


def take_apart(fo: FulfillmentOrderInfo, chosen: Mapping[int, int]) -> tuple[int, str]:
    """Make so many units of lines (by demand, none of them picked) a fulfillment order of their own. Gives its id and number."""
    old, (new,) = fo.fulfillment_order_id, sql.next_ids("orders_fulfillmentorder_id_seq", 1)
    number = sql.rows(_NEW_PART, {"id": new, "old": old})[0][0]
    lines = [(line, chosen[line.demand_id]) for line in fo.lines if line.demand_id in chosen]
    whole = [line.fulfillment_line_id for line, q in lines if q == line.quantity]
    sql.run("UPDATE orders_fulfillmentline SET fulfillment_order_id = %s WHERE id = ANY(%s)", [new, whole])
    _divide(new, [(line, q) for line, q in lines if q < line.quantity])
    sql.run(_SAME_HOLDS, [new, old])
    ledger.restage([old, new])
    return new, number


def _divide(new: int, lines: list[tuple[LineInfo, int]]) -> None:
    """Units of lines, those that wait for goods first, become lines of a new part."""
    if not lines:
        return
    ids = sql.next_ids("orders_fulfillmentline_id_seq", len(lines))
    promised = [max(0, q - line.backordered) for line, q in lines]
    demands = stock.divide(
        [DividedDemand(line.demand_id, q, p, Ref("orders.fulfillment_line", pk)) for pk, (line, q), p in zip(ids, lines, promised, strict=True)]
    )
    sql.run(
        """UPDATE orders_fulfillmentline l SET quantity = l.quantity - t.q, promised = l.promised - t.promised
           FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS t(id, q, promised) WHERE l.id = t.id""",
        [[line.fulfillment_line_id for line, _ in lines], [q for _, q in lines], promised],
    )
    ledger.added(
        [
            (new, ledger.NewFulfillmentLine(pk, line.order_line_id, demand, line.item_id, q, p))
            for pk, demand, (line, q), p in zip(ids, demands, lines, promised, strict=True)
        ]
    )


def put_together(into: FulfillmentOrderInfo, gone: FulfillmentOrderInfo) -> None:
    """Make one fulfillment order part of another of the same order and warehouse: lines of one order line become one again, unless the floor or a cancellation has dealt with the one that goes."""
    old, new = gone.fulfillment_order_id, into.fulfillment_order_id
    here = work.current()
    sql.run(_SAME_HOLDS, [new, old])
    sql.run(
        "UPDATE orders_hold SET released_at = %s, released_by = %s, retry_at = NULL WHERE fulfillment_order_id = %s AND released_at IS NULL",
        [here.at, here.actor.principal, old],
    )
    mine = {line.order_line_id: line for line in into.lines}
    dealt_with = {
        r[0] for r in sql.rows("SELECT DISTINCT demand_id FROM inventory_allocation WHERE demand_id = ANY(%s)", [[line.demand_id for line in gone.lines]])
    }
    joined = [line for line in gone.lines if line.order_line_id in mine and line.demand_id not in dealt_with and not line.cancelled]
    sql.run(
        """UPDATE orders_fulfillmentline l SET quantity = l.quantity + t.q, promised = l.promised + t.promised
           FROM (SELECT id, sum(q)::bigint AS q, sum(promised)::bigint AS promised FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS j(id, q, promised) GROUP BY 1) t
           WHERE l.id = t.id""",
        [[mine[line.order_line_id].fulfillment_line_id for line in joined], [line.quantity for line in joined], [line.promised for line in joined]],
    )
    sql.run("DELETE FROM orders_fulfillmentline WHERE id = ANY(%s)", [[line.fulfillment_line_id for line in joined]])
    sql.run("UPDATE orders_fulfillmentline SET fulfillment_order_id = %s WHERE fulfillment_order_id = %s", [new, old])
    stock.join({line.demand_id: mine[line.order_line_id].demand_id for line in joined})
    ledger.restage([new, old])


def send_elsewhere(fo: FulfillmentOrderInfo, warehouse_id: int, cause: Ref) -> int:
    """Let another warehouse ship a fulfillment order of which nothing has left: its promises are given up here and made there. Gives how many units are promised there.

    Cancelled lines go along: another part may be put together with them there.
    """
    wanted = {line.demand_id: line for line in fo.lines}
    promised = stock.redirect(list(wanted), warehouse_id=warehouse_id, cause=cause)
    sql.run("UPDATE orders_fulfillmentorder SET warehouse_id = %s WHERE id = %s", [warehouse_id, fo.fulfillment_order_id])
    ledger.promised({d: promised[d] - line.promised for d, line in wanted.items() if promised[d] != line.promised})
    return sum(promised.values())
