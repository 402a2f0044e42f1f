"""Virtual people at desks: the shop sends orders, the buyer buys, service and returns deal with what needs a person."""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import Final
from uuid import uuid4

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.clock import VirtualClock
from packhorse.core.errors import PackhorseError
from packhorse.roof.simulation.dice import Dice
from packhorse.roof.simulation.story import CARD, Story, as_new_order, meant_address
from packhorse.roof.simulation.world import HOUSE, World, key
from packhorse.steps.inventory import selectors as inventory, services as inventory_services
from packhorse.steps.inventory.types import Counted, OrderedLine, Putting, ReceivedLine
from packhorse.steps.orders import services as order_services

#: Orders sent in one call, as a shop's integration does.
AT_ONCE: Final = 250
#: The buyer orders up to so many days of mean demand, when less than so many are left; the shop opens with this many days on the shelf.
COVER_DAYS: Final = 14
REORDER_DAYS: Final = 6
OPENING_DAYS: Final = 10
#: Share of received lines with a piece damaged or missing.
RECEIVED_WRONG: Final = 0.01
#: Goods that expire come in two lots, the first to be put away being the one that keeps longer; so many days at least, and so many more by chance.
KEEPS_DAYS: Final = 90
KEEPS_MORE_DAYS: Final = 120


class Shop:
    """The channel: sends each order when it was placed."""

    def __init__(self, world: World, story: Story, dice: Dice) -> None:
        self.world, self.story, self.dice = world, story, dice
        self._times, self._troubled = [o.placed_at for o in story.orders], story.troubled

    def send(self, after: dt.datetime, until: dt.datetime) -> int:
        """Send the orders placed after one moment and up to another; those sent before (by a run that was killed) are answered as before."""
        orders = self.story.orders[bisect_left(self._times, after) : bisect_left(self._times, until)]
        for n in range(0, len(orders), AT_ONCE):
            batch = [as_new_order(o, self.dice, mistyped=o.external_id == self._troubled) for o in orders[n : n + AT_ONCE]]
            order_services.accept_orders(
                key=uuid4(), actor=self.world.worker("integrator", 1), client_id=self.world.client_id, warehouse_id=self.world.warehouse_id, orders=batch
            )
        return len(orders)


class Buyer:
    """Keeps the shelves filled by purchase orders: an opening stock, then up to cover when the stock falls below the reorder point."""

    def __init__(self, world: World, story: Story, dice: Dice) -> None:
        self.world, self.story, self.dice = world, story, dice
        self.daily = {world.items[g.sku].id: g.demand / story.days for g in story.goods if g.sku in world.items}

    def opening(self, today: dt.date) -> None:
        """The purchase order of the opening stock, due today."""
        lines = [OrderedLine(item, self._some(daily * OPENING_DAYS, "opening", item), self._cost(item)) for item, daily in sorted(self.daily.items())]
        self._buy(lines, today, "OPENING")

    def reorder(self, today: dt.date, due: dt.date) -> int:
        """Order what is below its reorder point, net of what is on its way; how many lines."""
        coming = dict(
            sql.rows(
                """SELECT l.item_id, sum(greatest(l.quantity - l.received, 0))::bigint FROM inventory_purchaseorderline l JOIN inventory_purchaseorder p ON p.id = l.purchase_order_id
                   WHERE p.warehouse_id = %s AND p.state NOT IN ('closed', 'closed_short') GROUP BY 1""",
                [self.world.warehouse_id],
            )
        )
        backordered = dict(
            sql.rows(
                "SELECT item_id, sum(wanted - promised)::bigint FROM inventory_demand WHERE warehouse_id = %s AND wanted > promised GROUP BY 1",
                [self.world.warehouse_id],
            )
        )
        available = {a.item_id: a.available for a in inventory.availability(EVERYTHING, self.world.warehouse_id, sorted(self.daily))}
        lines = []
        for item, daily in sorted(self.daily.items()):
            net = available.get(item, 0) - backordered.get(item, 0) + coming.get(item, 0)
            if net < max(1.0, daily * REORDER_DAYS) and (backordered.get(item, 0) or daily > 0):
                lines.append(OrderedLine(item, max(1, math.ceil(daily * COVER_DAYS) - net), self._cost(item)))
        if lines:
            self._buy(lines, due, f"DAILY-{today}")
        return len(lines)

    def _some(self, units: float, *name: object) -> int:
        return max(1, math.ceil(units * (0.7 + 0.6 * self.dice.share(*name))))

    def _cost(self, item: int) -> Decimal:
        return self.world.items[self.world.skus[item]].cost

    def _buy(self, lines: list[OrderedLine], due: dt.date, reference: str) -> None:
        order = inventory_services.create_purchase_order(
            key=key("po", reference),
            actor=HOUSE,
            supplier_id=self.world.supplier_id,
            warehouse_id=self.world.warehouse_id,
            lines=lines,
            expected_on=due,
            reference=reference,
        )
        if order.state == "draft":
            inventory_services.send_purchase_order(key=key("sent", reference), actor=HOUSE, purchase_order_id=order.id)


class Receiver:
    """Receives what is due and puts it away where the rule says."""

    def __init__(self, world: World, dice: Dice) -> None:
        self.world, self.dice, self.actor = world, dice, world.worker("receiver", 1)

    def receive(self, today: dt.date) -> int:
        """Receive the purchase orders due by today; how many units."""
        units = 0
        due = sql.rows(
            "SELECT id FROM inventory_purchaseorder WHERE warehouse_id = %s AND expected_on <= %s AND state IN ('sent', 'confirmed', 'in_transit', 'arrived', 'receiving') ORDER BY id",
            [self.world.warehouse_id, today],
        )
        for (purchase_order_id,) in due:
            order = inventory.purchase_order(EVERYTHING, purchase_order_id)
            lines: list[ReceivedLine] = []
            for line in order.lines:
                left = line.quantity - line.received
                if left <= 0:
                    continue
                broken = 1 if left > 3 and self.dice.hits(RECEIVED_WRONG, "broken", order.row.reference, line.sku) else 0
                whole = ReceivedLine(self.world.labels.item(line.sku), left - broken)
                came = self._in_lots(whole, today) if line.tracking == "lot" else [whole]
                lines += came
                if broken:
                    lines.append(replace(came[0], quantity=broken, condition="damaged", reason="crushed carton"))
            if lines:
                answer = inventory_services.receive_purchase_order(
                    key=uuid4(), actor=self.actor, purchase_order_id=purchase_order_id, location_id=self.world.dock_id, lines=lines
                )
                units += answer.units
        return units

    def _in_lots(self, whole: ReceivedLine, today: dt.date) -> list[ReceivedLine]:
        """What came in of goods that expire, in two lots: the one that keeps longer, then the one that expires first."""
        parts = [n for n in (whole.quantity // 2, whole.quantity - whole.quantity // 2) if n]
        keeps = [KEEPS_DAYS + int(KEEPS_MORE_DAYS * self.dice.share("keeps", whole.item_id, today, n)) for n in range(len(parts))]
        return [
            replace(whole, quantity=n, lot=f"L{today:%y%m%d}{letter}", expires_on=today + dt.timedelta(days=days))
            for n, letter, days in zip(parts, "AB", sorted(keeps, reverse=True), strict=False)
        ]

    def put_away(self) -> int:
        """Put everything away that stands on the dock, at benches and in totes; how many tasks."""
        done = 0
        while True:
            tasks = sql.rows(
                """SELECT t.id, l.code FROM inventory_putawaytask t JOIN warehouse_location l ON l.id = t.target_id
                   WHERE t.warehouse_id = %s AND t.state IN ('ready', 'claimed') ORDER BY t.id LIMIT 500""",
                [self.world.warehouse_id],
            )
            if not tasks:
                return done
            inventory_services.put_away(key=uuid4(), actor=self.actor, putting=[Putting(task, self.world.labels.place(code)) for task, code in tasks])
            done += len(tasks)


class Service:
    """Deals with holds: mends addresses, asks for payment again or gives up, cancels what cannot be found."""

    def __init__(self, world: World, story: Story, dice: Dice, clock: VirtualClock) -> None:
        self.world, self.dice, self.clock, self.actor = world, dice, clock, world.worker("service", 1)
        self.refused: dict[str, int] = defaultdict(int)
        self._placed = {o.external_id: o for o in story.orders}

    def work(self) -> None:
        """Go through the open holds, oldest first."""
        holds = sql.rows(
            """SELECT h.id, h.kind, h.opened_at, f.id, f.order_id, o.external_id FROM orders_hold h JOIN orders_fulfillmentorder f ON f.id = h.fulfillment_order_id
               JOIN orders_order o ON o.id = f.order_id WHERE h.released_at IS NULL AND f.stage <> 'cancelled' ORDER BY h.id"""
        )
        for hold_id, kind, opened_at, fo_id, order_id, external_id in holds:
            try:
                self._deal(hold_id, kind, opened_at, fo_id, order_id, external_id)
            except PackhorseError as error:
                self.refused[error.code] += 1

    def _deal(self, hold_id: int, kind: str, opened_at: dt.datetime, fo_id: int, order_id: int, external_id: str) -> None:
        if kind == "payment":
            if self.clock.now() - opened_at < dt.timedelta(hours=6):
                return
            if self.dice.hits(0.7, "pays again", external_id):
                order_services.retry_payment(key=uuid4(), actor=self.actor, order_id=order_id, provider="test", token=CARD)
            else:
                order_services.cancel_orders(key=uuid4(), actor=self.actor, order_ids=[order_id], reason="payment declined")
        elif kind == "address":
            where = meant_address(self._placed[external_id])
            if where is None:
                order_services.cancel_orders(key=uuid4(), actor=self.actor, order_ids=[order_id], reason="no deliverable address")
            else:
                order_services.change_address(key=uuid4(), actor=self.actor, order_id=order_id, address=where, reason="the customer gave the postal code")
                if sql.rows("SELECT 1 FROM orders_hold WHERE id = %s AND released_at IS NULL", [hold_id]):
                    order_services.release_hold(key=uuid4(), actor=self.actor, hold_id=hold_id)
        elif kind == "stock":
            missing = dict(
                sql.rows(
                    "SELECT demand_id, (quantity - cancelled - picked)::bigint FROM orders_fulfillmentline WHERE fulfillment_order_id = %s AND quantity - cancelled > picked",
                    [fo_id],
                )
            )
            if missing:
                order_services.cancel_lines(key=uuid4(), actor=self.actor, order_id=order_id, quantities=missing, reason="not found on the shelf")
            if sql.rows("SELECT 1 FROM orders_hold WHERE id = %s AND released_at IS NULL", [hold_id]):
                order_services.release_hold(key=uuid4(), actor=self.actor, hold_id=hold_id)
        else:
            order_services.release_hold(key=uuid4(), actor=self.actor, hold_id=hold_id)


class Counter:
    """Counts the bins that were asked for, and finds what the ledger says (the story has no thieves)."""

    def __init__(self, world: World) -> None:
        self.world, self.actor = world, world.worker("receiver", 2)

    def count(self) -> int:
        """Count everything requested; how many bins."""
        tasks = sql.rows(
            "SELECT id, location_id, item_id FROM inventory_counttask WHERE warehouse_id = %s AND state = 'requested' ORDER BY id", [self.world.warehouse_id]
        )
        for task_id, location_id, item_id in tasks:
            inventory_services.start_count(key=uuid4(), actor=self.actor, count_id=task_id)
            levels = inventory.levels(EVERYTHING, location_id=location_id, item_id=item_id)
            found = [Counted(v.item_id, v.on_hand, v.lot or "", v.condition) for v in levels if v.on_hand]
            inventory_services.record_count(key=uuid4(), actor=self.actor, count_id=task_id, lines=found, finished=True)
        return len(tasks)
