"""Rules about the floor: released, planned, walked, picked or short, packed, opened again."""

from __future__ import annotations

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.steps.orders.types import FulfillmentOrderInfo
from packhorse.steps.packing import selectors as packing, services as packing_services
from packhorse.steps.packing.types import BenchOrder, Content
from packhorse.steps.picking import selectors as picking, services
from packhorse.steps.picking.types import PickLine, TaskInfo
from tests.build import Shop
from tests.scenarios.machine.goods import PICK
from tests.scenarios.machine.parts import Parts
from tests.scenarios.machine.world import one, while_there_is


class Floor(Parts):
    def release(self, *fos: FulfillmentOrderInfo) -> None:
        self.act(
            services.release_orders,
            warehouse_id=fos[0].warehouse_id,
            fulfillment_order_ids=[fo.fulfillment_order_id for fo in fos],
            today=self.clock.now().date(),
        )

    def batches(self, *states: str) -> list[int]:
        mine = [s.warehouse_id for s in self.shops]
        return [r[0] for r in sql.rows("SELECT id FROM picking_pickbatch WHERE warehouse_id = ANY(%s) AND state = ANY(%s) ORDER BY id", [mine, list(states)])]

    def floor_of(self, batch_id: int) -> Shop:
        where = picking.batch(EVERYTHING, batch_id).warehouse_id
        return next(s for s in self.shops if s.warehouse_id == where)

    def claimed(self, batch_id: int) -> list[TaskInfo]:
        return [t for t in picking.tasks(EVERYTHING, batch_id) if t.state == "claimed"]

    @while_there_is("releasable")
    @rule(n=PICK, several=st.booleans())
    def release_some(self, n: int, several: bool) -> None:
        if found := self.fos("open", "backordered"):
            first = one(found, n)
            self.release(*([fo for fo in found if fo.warehouse_id == first.warehouse_id] if several else [first]))

    @while_there_is("released")
    @rule(n=PICK)
    def release_the_rest(self, n: int) -> None:
        if found := self.fos("open", "picking", "backordered"):
            self.act(services.release_rest, fulfillment_order_id=one(found, n).fulfillment_order_id, today=self.clock.now().date())

    @while_there_is("released")
    @rule(n=PICK)
    def take_a_release_back(self, n: int) -> None:
        mine = [s.warehouse_id for s in self.shops]
        if found := sql.rows("SELECT id FROM picking_release WHERE warehouse_id = ANY(%s) AND undone_at IS NULL AND emptied_at IS NULL ORDER BY id", [mine]):
            self.act(services.undo_release, release_id=one(found, n)[0])

    @while_there_is("to plan")
    @rule(n=PICK, per_cart=st.integers(1, 3))
    def plan(self, n: int, per_cart: int) -> None:
        self.act(services.plan_batches, warehouse_id=self.shop(n).warehouse_id, orders_per_cart=per_cart, iterations=10)

    @while_there_is("planned")
    @rule(n=PICK)
    def take_a_walk_back(self, n: int) -> None:
        if found := self.batches("planned", "picking"):
            self.act(services.undo_batch, batch_id=one(found, n))

    @while_there_is("planned")
    @rule(n=PICK, cart=st.booleans())
    def begin_a_walk(self, n: int, cart: bool) -> None:
        if found := self.batches("planned"):
            batch_id = one(found, n)
            floor = self.floor_of(batch_id)
            free = [i for i, _ in picking.free_units(EVERYTHING, floor.warehouse_id, "tote", limit=9)]
            self.act(services.start_batch, batch_id=batch_id, cart_id=floor.place("CART-01") if cart else None, tote_ids=free)

    @while_there_is("picks")
    @rule(n=PICK)
    def pick_a_stop(self, n: int) -> None:
        if found := self.batches("picking"):
            batch_id = one(found, n)
            if tasks := self.claimed(batch_id):
                place = one(tasks, n).location_id
                self.confirm(batch_id, [t for t in tasks if t.location_id == place])

    def confirm(self, batch_id: int, tasks: list[TaskInfo]) -> None:
        picks = [PickLine(t.task_id, t.tote_id or 0) for t in tasks]
        self.act(services.confirm_stop, batch_id=batch_id, location_id=tasks[0].location_id, picks=picks)

    @while_there_is("picks")
    @rule(n=PICK, taken=st.integers(0, 2), reason=st.sampled_from(services.SHORT_REASONS))
    def come_up_short(self, n: int, taken: int, reason: str) -> None:
        """Less is there than asked: unless it is damaged, the whole place is empty of this lot."""
        tasks = [t for b in self.batches("picking") for t in self.claimed(b)]
        if tasks:
            self.short(one(tasks, n), taken, reason)

    @while_there_is("picks")
    @rule(n=PICK, m=PICK)
    def swap_a_lot(self, n: int, m: int) -> None:
        """A pick takes whatever lot of its item there is: one that lies free at its place, or not."""
        tasks = [t for b in self.batches("planned", "picking") for t in picking.tasks(EVERYTHING, b) if t.lot]
        if tasks:
            task = one(tasks, n)
            lots = sql.rows("SELECT id FROM inventory_lot WHERE item_id = %s ORDER BY id", [task.item_id])
            self.act(services.swap_lot, task_id=task.task_id, lot_id=one(lots, m)[0], today=self.clock.now().date())

    def short(self, task: TaskInfo, taken: int, reason: str) -> None:
        [(lot_id,)] = sql.rows("SELECT lot_id FROM picking_picktask WHERE id = %s", [task.task_id])
        lay = self.lying(task.location_id, task.item_id).get((task.item_id, lot_id, "sellable"), 0)
        if self.act(services.report_short, task_id=task.task_id, taken=taken, reason=reason, today=self.clock.now().date()) and reason != "damaged":
            self.units.lost[task.item_id] += lay - taken

    @while_there_is("walks")
    @rule(n=PICK)
    def end_a_walk(self, n: int) -> None:
        if found := self.batches("picking"):
            self.act(services.finish_batch, batch_id=one(found, n), station_id=self.floor_of(one(found, n)).bench)

    # The bench ----------------------------------------------------------------------------------------------------------------------------------------------------

    def seal(self, order: BenchOrder, contents: list[Content]) -> None:
        if not contents:
            return
        weights = {line.allocation_id: line.weight_g for line in order.lines}
        done = self.act(
            packing_services.seal_parcel,
            fulfillment_order_id=order.fulfillment_order_id,
            release_id=order.release_id,
            box_id=None,
            size_mm=(200, 150, 100),
            contents=contents,
            weight_g=sum(weights[c.allocation_id] * c.quantity for c in contents),
            reasons={"basis": "test"},
        )
        if done is not None:
            item_of = {line.allocation_id: line.item_id for line in order.lines}
            self.parcels[done.parcel_id] = Counter()
            for c in contents:
                self.parcels[done.parcel_id][item_of[c.allocation_id]] += c.quantity

    def at_the_bench(self) -> list[BenchOrder]:
        found = [o for w in sorted({s.warehouse_id for s in self.shops}) for o in packing.bench_orders(EVERYTHING, w)]
        return sorted(found, key=lambda o: (o.fulfillment_order_id, o.release_id or 0))

    @while_there_is("bench")
    @rule(n=PICK, q=st.integers(1, 9), several=st.booleans())
    def pack(self, n: int, q: int, several: bool) -> None:
        """Some of what stands at the bench goes into a parcel: of each line up to so much, or of the first."""
        if found := self.at_the_bench():
            order = one(found, n)
            lines = order.lines if several else order.lines[:1]
            self.seal(order, [Content(line.allocation_id, min(q, line.quantity)) for line in lines])

    @precondition(lambda self: self.parcels)
    @rule(n=PICK)
    def open_a_parcel_again(self, n: int) -> None:
        if self.parcels:
            parcel_id = one(sorted(self.parcels), n)
            self.act(packing_services.void_parcel, parcel_id=parcel_id, reason="wrong box")

    # The whole way ------------------------------------------------------------------------------------------------------------------------------------------------

    @while_there_is("releasable")
    @rule(n=PICK, far=st.sampled_from([1, 2, 3, 4, 4]), short=st.sampled_from(["", "", "", *services.SHORT_REASONS]))
    def some_way(self, n: int, far: int, short: str) -> None:
        """An order goes so far: into a walk, picked (one pick short, perhaps), at the bench, packed."""
        if not (found := [fo for fo in self.fos("open") if not fo.held]):
            return
        fo = one(found, n)
        self.release(fo)
        self.plan(self.shops.index(self.shop_of(fo)), 3)
        for batch_id in self.batches("planned")[-1:]:
            floor = self.floor_of(batch_id)
            free = [i for i, _ in picking.free_units(EVERYTHING, floor.warehouse_id, "tote", limit=9)]
            if self.act(services.start_batch, batch_id=batch_id, cart_id=None, tote_ids=free) is None or far == 1:
                continue
            if short and (claimed := self.claimed(batch_id)):
                self.short(claimed[0], 0, short)
            for task in self.claimed(batch_id):
                self.confirm(batch_id, [task])
            if far > 2:
                self.act(services.finish_batch, batch_id=batch_id, station_id=floor.bench)
        if far == 4:
            for order in self.at_the_bench():
                self.seal(order, [Content(line.allocation_id, line.quantity) for line in order.lines])
