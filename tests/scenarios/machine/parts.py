"""Rules about the parts of an order: split, merged, moved to the other warehouse. Whatever is done with the parts, the total of each state stays."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.steps.orders import selectors, services
from tests.scenarios.machine.goods import PICK
from tests.scenarios.machine.sales import Sales, has_orders
from tests.scenarios.machine.world import one

_TOTALS = """
SELECT l.order_line_id, sum(l.quantity), sum(l.cancelled), sum(l.picked), sum(l.packed), sum(l.shipped), sum(l.delivered), sum(l.returned), sum(d.wanted), sum(d.allocated), {promised}
FROM orders_fulfillmentline l JOIN orders_fulfillmentorder f ON f.id = l.fulfillment_order_id JOIN inventory_demand d ON d.id = l.demand_id
WHERE f.order_id = %s GROUP BY 1 ORDER BY 1
"""


class Parts(Sales):
    def totals(self, order_id: int, *, moved: bool = False) -> list[tuple[object, ...]]:
        """What stands in each state of each order line, over all parts; without what is promised where a part went to another warehouse."""
        return sql.rows(_TOTALS.format(promised="0" if moved else "sum(l.promised), sum(d.promised)"), [order_id])

    @has_orders
    @rule(n=PICK, line=st.integers(0, 2), q=st.integers(1, 3))
    def split(self, n: int, line: int, q: int) -> None:
        fo = one(self.fos(), n)
        before = self.totals(fo.order_id)
        self.act(services.split_fulfillment, fulfillment_order_id=fo.fulfillment_order_id, quantities={one(fo.lines, line).demand_id: q}, reason="x")
        assert self.totals(fo.order_id) == before

    @has_orders
    @rule(n=PICK, m=PICK)
    def merge(self, n: int, m: int) -> None:
        """Two parts of one order, where it has several."""
        several = [o for o in self.orders if len(selectors.fulfillment_orders_of(EVERYTHING, [o])) > 1]
        if not several:
            return
        order_id = one(several, n)
        found = selectors.fulfillment_orders_of(EVERYTHING, [order_id])
        into, other = one(found, m), one(found, m + 1)
        before = self.totals(order_id)
        self.act(services.merge_fulfillments, fulfillment_order_id=into.fulfillment_order_id, other_id=other.fulfillment_order_id, reason="x")
        assert self.totals(order_id) == before

    @has_orders
    @rule(n=PICK)
    def move_to_the_other_warehouse(self, n: int) -> None:
        fo = one(self.fos(), n)
        there = next(s.warehouse_id for s in self.shops if s.warehouse_id != fo.warehouse_id)
        before = self.totals(fo.order_id, moved=True)
        self.act(services.move_fulfillment, fulfillment_order_id=fo.fulfillment_order_id, warehouse_id=there, reason="x")
        assert self.totals(fo.order_id, moved=True) == before
