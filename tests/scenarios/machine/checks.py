"""What must hold after every step, each a statement that finds the rows for which it does not: written apart from the reconciler, from the words of docs/architecture/data.md."""

from __future__ import annotations

from collections import Counter
from typing import Final

from hypothesis.stateful import invariant

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.steps.inventory import selectors as inventory
from packhorse.steps.orders import selectors as orders
from packhorse.steps.returns import selectors as returns
from tests.scenarios.machine.world import World

#: Always. `%(clients)s` are ours.
ALWAYS: Final = {
    "what lies somewhere is what was moved there less what was moved away": """
        SELECT item_id, place, lot_id, condition, sum(q) FROM (
          SELECT item_id, target_id AS place, lot_id, target_condition AS condition, quantity AS q FROM inventory_move WHERE client_id = ANY(%(clients)s)
          UNION ALL SELECT item_id, source_id, lot_id, source_condition, -quantity FROM inventory_move WHERE client_id = ANY(%(clients)s)
          UNION ALL SELECT item_id, location_id, lot_id, condition, -on_hand FROM inventory_level WHERE client_id = ANY(%(clients)s)) u
        JOIN warehouse_location p ON p.id = u.place AND p.warehouse_id IS NOT NULL GROUP BY 1, 2, 3, 4 HAVING sum(q) <> 0""",
    "nothing is below nothing, and no more is allocated than lies there": """
        SELECT * FROM inventory_level WHERE client_id = ANY(%(clients)s) AND (on_hand < 0 OR allocated < 0 OR allocated > on_hand)""",
    "what is allocated of a level is its open allocations": """
        SELECT item_id, place, lot_id, sum(q) FROM (
          SELECT item_id, location_id AS place, lot_id, quantity AS q FROM inventory_allocation WHERE client_id = ANY(%(clients)s) AND closed_at IS NULL
          UNION ALL SELECT item_id, location_id, lot_id, -allocated FROM inventory_level WHERE client_id = ANY(%(clients)s)) u
        GROUP BY 1, 2, 3 HAVING sum(q) <> 0""",
    "a demand wants what is promised to it, which is no less than what is allocated for it, which is its open allocations": """
        SELECT d.id, d.wanted, d.promised, d.allocated FROM inventory_demand d WHERE d.client_id = ANY(%(clients)s) AND NOT (
          d.wanted >= d.promised AND d.promised >= d.allocated
          AND d.allocated = (SELECT coalesce(sum(a.quantity), 0) FROM inventory_allocation a WHERE a.demand_id = d.id AND a.closed_at IS NULL))""",
    "what a warehouse promises of an item is the promises to its demands, and what they lack is short, with an owner": """
        SELECT s.*, d.q, f.q FROM inventory_stock s
        CROSS JOIN LATERAL (SELECT coalesce(sum(promised), 0) AS q FROM inventory_demand d WHERE d.warehouse_id = s.warehouse_id AND d.item_id = s.item_id) d
        CROSS JOIN LATERAL (SELECT coalesce(sum(quantity), 0) AS q FROM inventory_shortfall f WHERE f.warehouse_id = s.warehouse_id AND f.item_id = s.item_id AND f.closed_at IS NULL) f
        WHERE s.client_id = ANY(%(clients)s) AND NOT (s.promised = d.q AND s.short = f.q AND s.short = greatest(0, s.promised - s.sellable))""",
    "what can be sold is what lies sellable outside quarantine and transit, of lots that are not held": """
        SELECT s.*, l.q FROM inventory_stock s CROSS JOIN LATERAL (
          SELECT coalesce(sum(l.on_hand), 0) AS q FROM inventory_level l JOIN warehouse_location p ON p.id = l.location_id
          WHERE p.warehouse_id = s.warehouse_id AND l.item_id = s.item_id AND l.condition = 'sellable' AND p.kind NOT IN ('quarantine', 'transit')
            AND NOT EXISTS (SELECT FROM inventory_lot t WHERE t.id = l.lot_id AND t.blocked_at IS NOT NULL)) l
        WHERE s.client_id = ANY(%(clients)s) AND s.sellable <> l.q""",
    "clients and warehouses do not mix": """
        SELECT a.id FROM inventory_allocation a JOIN inventory_demand d ON d.id = a.demand_id JOIN catalog_item i ON i.id = a.item_id JOIN warehouse_location p ON p.id = a.location_id
        WHERE a.client_id = ANY(%(clients)s) AND a.closed_at IS NULL AND NOT (a.client_id = d.client_id AND d.client_id = i.client_id AND a.item_id = d.item_id AND p.warehouse_id = d.warehouse_id)
        UNION ALL SELECT l.id FROM orders_fulfillmentline l JOIN orders_fulfillmentorder f ON f.id = l.fulfillment_order_id JOIN inventory_demand d ON d.id = l.demand_id
        WHERE f.client_id = ANY(%(clients)s) AND NOT (f.client_id = d.client_id AND f.warehouse_id = d.warehouse_id AND l.item_id = d.item_id)
        UNION ALL SELECT m.id FROM inventory_move m JOIN catalog_item i ON i.id = m.item_id WHERE m.client_id = ANY(%(clients)s) AND m.client_id <> i.client_id""",
    "a line comes no further than it came before": """
        SELECT l.* FROM orders_fulfillmentline l JOIN orders_fulfillmentorder f ON f.id = l.fulfillment_order_id WHERE f.client_id = ANY(%(clients)s) AND NOT (
          l.quantity - l.cancelled >= l.promised AND l.promised >= l.picked AND l.picked >= l.packed AND l.packed >= l.shipped AND l.shipped >= l.delivered AND l.delivered >= 0
          AND l.shipped >= l.returned AND l.returned >= 0 AND l.cancelled >= 0)""",
    "a line and its demand say the same": """
        SELECT l.id, l.quantity, l.cancelled, l.promised, l.shipped, d.wanted, d.promised FROM orders_fulfillmentline l JOIN orders_fulfillmentorder f ON f.id = l.fulfillment_order_id
        JOIN inventory_demand d ON d.id = l.demand_id
        WHERE f.client_id = ANY(%(clients)s) AND NOT (d.wanted = l.quantity - l.cancelled - l.shipped AND d.promised = l.promised - l.shipped)""",
    "the parts of an order line make up what was ordered": """
        SELECT n.id, n.quantity, sum(l.quantity) FROM orders_orderline n JOIN orders_order o ON o.id = n.order_id LEFT JOIN orders_fulfillmentline l ON l.order_line_id = n.id
        WHERE o.client_id = ANY(%(clients)s) GROUP BY n.id HAVING n.quantity <> coalesce(sum(l.quantity), 0)""",
    "picked and not packed lies in totes and on benches, packed and not shipped at staging": """
        SELECT l.id, l.picked, l.packed, l.shipped, a.* FROM orders_fulfillmentline l JOIN orders_fulfillmentorder f ON f.id = l.fulfillment_order_id
        CROSS JOIN LATERAL (
          SELECT coalesce(sum(a.quantity) FILTER (WHERE p.kind IN ('tote', 'station')), 0) AS bench, coalesce(sum(a.quantity) FILTER (WHERE p.kind = 'staging'), 0) AS staged
          FROM inventory_allocation a JOIN warehouse_location p ON p.id = a.location_id WHERE a.demand_id = l.demand_id AND a.closed_at IS NULL) a
        WHERE f.client_id = ANY(%(clients)s) AND (a.bench <> l.picked - l.packed OR a.staged <> l.packed - l.shipped)""",
    "no more is refunded than was captured, nor captured than was authorised": """
        SELECT o.id, o.authorised_minor, o.captured_minor, o.refunded_minor FROM orders_order o WHERE o.client_id = ANY(%(clients)s) AND NOT (
          o.refunded_minor BETWEEN 0 AND o.captured_minor AND o.captured_minor <= (
            SELECT coalesce(sum(e.amount_minor), 0) FROM orders_paymententry e WHERE e.order_id = o.id AND e.kind = 'authorised'))""",
    "an order's sums are its payment entries": """
        SELECT o.id, o.captured_minor, o.refunded_minor, e.* FROM orders_order o CROSS JOIN LATERAL (
          SELECT coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'captured'), 0) AS captured, coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'refunded'), 0) AS refunded,
                 coalesce(sum(CASE WHEN e.kind = 'authorised' THEN e.amount_minor WHEN e.kind IN ('expired', 'voided') THEN -e.amount_minor END), 0) AS authorised
          FROM orders_paymententry e WHERE e.order_id = o.id) e
        WHERE o.client_id = ANY(%(clients)s) AND (o.captured_minor, o.refunded_minor, o.authorised_minor) <> (e.captured, e.refunded, e.authorised)""",
    "an order's goods are worth its lines, and a kit is worth its parts": """
        SELECT o.id, o.goods_minor FROM orders_order o WHERE o.client_id = ANY(%(clients)s)
          AND o.goods_minor <> (SELECT coalesce(sum(n.amount_minor), 0) FROM orders_orderline n WHERE n.order_id = o.id)
        UNION ALL SELECT k.id, k.amount_minor FROM orders_kit k JOIN orders_order o ON o.id = k.order_id WHERE o.client_id = ANY(%(clients)s)
          AND k.amount_minor <> (SELECT sum(n.amount_minor) FROM orders_kitline x JOIN orders_orderline n ON n.id = x.order_line_id WHERE x.kit_id = k.id)""",
    "a tote serves one order": """
        SELECT tote_id FROM picking_release WHERE client_id = ANY(%(clients)s) AND undone_at IS NULL AND emptied_at IS NULL AND tote_id IS NOT NULL
        GROUP BY 1 HAVING count(DISTINCT fulfillment_order_id) > 1""",
    "a reservation that is over keeps nothing": """
        SELECT r.id FROM inventory_reservation r JOIN inventory_demand d ON d.for_kind = 'inventory.reservation' AND d.for_id = r.id
        WHERE r.client_id = ANY(%(clients)s) AND r.ended_at IS NOT NULL AND d.wanted > 0""",
}
#: When the events so far were handled.
AT_REST: Final = {
    "what is packed is in a parcel, and what was shipped was in one": """
        SELECT l.demand_id, l.packed, l.shipped, n.* FROM orders_fulfillmentline l JOIN orders_fulfillmentorder f ON f.id = l.fulfillment_order_id
        CROSS JOIN LATERAL (
          SELECT coalesce(sum(n.quantity) FILTER (WHERE p.state IN ('sealed', 'labelled', 'loaded')), 0) AS here, coalesce(sum(n.quantity) FILTER (WHERE p.state = 'handed_over'), 0) AS gone
          FROM packing_parcelline n JOIN packing_parcel p ON p.id = n.parcel_id WHERE n.demand_id = l.demand_id) n
        WHERE f.client_id = ANY(%(clients)s) AND (n.here <> l.packed - l.shipped OR n.gone <> l.shipped)""",
    "an open pick is of an open allocation, as much and there": """
        SELECT t.id, t.quantity, t.location_id, a.quantity, a.location_id, a.closed_at FROM picking_picktask t JOIN inventory_allocation a ON a.id = t.allocation_id
        WHERE t.client_id = ANY(%(clients)s) AND t.state IN ('ready', 'claimed') AND NOT (a.closed_at IS NULL AND a.quantity = t.quantity AND a.location_id = t.location_id)""",
    "what is allocated in a bin for an order has a pick": """
        SELECT a.id, a.demand_id FROM inventory_allocation a JOIN warehouse_location p ON p.id = a.location_id AND p.kind NOT IN ('tote', 'station', 'staging')
        JOIN orders_fulfillmentline l ON l.demand_id = a.demand_id
        WHERE a.client_id = ANY(%(clients)s) AND a.closed_at IS NULL AND NOT EXISTS (SELECT FROM picking_picktask t WHERE t.allocation_id = a.id AND t.state IN ('ready', 'claimed'))""",
}


class Checks(World):
    def find(self, rules: dict[str, str]) -> dict[str, list[tuple[object, ...]]]:
        return {name: rows for name, statement in rules.items() if (rows := sql.rows(statement, {"clients": self.clients}))}

    @invariant()
    def every_rule_holds(self) -> None:
        wrong = self.find(ALWAYS)
        assert not wrong, wrong

    @invariant()
    def the_reconcilers_find_nothing(self) -> None:
        assert inventory.drift(EVERYTHING) == []
        assert orders.drift(EVERYTHING) == []

    @invariant()
    def no_unit_appears_or_vanishes(self) -> None:
        """The sheet of paper and the books agree, on what is here and on what left."""
        here = dict(sql.rows("SELECT item_id, sum(on_hand)::bigint FROM inventory_level WHERE client_id = ANY(%s) GROUP BY 1", [self.clients]))
        assert {i: here.get(i, 0) for i in self.stocked} == {i: self.units.here(i) for i in self.stocked}
        gone = dict(
            sql.rows(
                "SELECT l.item_id, sum(l.shipped)::bigint FROM orders_fulfillmentline l JOIN orders_fulfillmentorder f ON f.id = l.fulfillment_order_id WHERE f.client_id = ANY(%s) GROUP BY 1",
                [self.clients],
            )
        )
        assert Counter(gone) == self.units.shipped

    def at_rest(self) -> None:
        wrong = self.find(AT_REST)
        assert not wrong, wrong
        assert all(p.reconciled for p in orders.money_proof(EVERYTHING))
        assert [p for p in returns.refund_proof(EVERYTHING, self.orders) if not p.reconciled] == []
