"""Rules about goods: bought, put away, moved, counted, adjusted, held, recalled, sent to the other warehouse, kept for a checkout."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.types import (
    ArrivedLine,
    Counted,
    CountTarget,
    LevelAt,
    NewReservation,
    OrderedLine,
    Putting,
    ReceivedLine,
    Reserved,
    ReservedLine,
    SentLine,
    StockChange,
    Transfer,
)
from tests.build import Shop, actor
from tests.scenarios.machine.world import KIT, LOOSE, LOTS, LOTTED, NOON, Pending, World, one, seldom, while_there_is

SKU = st.sampled_from([LOOSE, LOTTED])
LOT = st.sampled_from(list(LOTS))
CONDITION = st.sampled_from(["sellable", "sellable", "sellable", "held", "damaged"])
PICK = st.integers(0, 99)


class Goods(World):
    def begin(self) -> None:
        super().begin()
        for shop in self.shops:
            self.buy(shop, [(LOOSE, 9, "", "sellable"), (LOTTED, 5, "L-1", "sellable"), (LOTTED, 4, "L-2", "sellable")])
            self.put_all_away(shop)

    def buy(self, shop: Shop, goods: list[tuple[str, int, str, str]]) -> None:
        """A purchase order, received as ordered at the dock: (sku, quantity, lot, condition)."""
        lines = [OrderedLine(shop.item(sku), q, Decimal("2.5")) for sku, q, _, _ in goods]
        made = self.act(services.create_purchase_order, supplier_id=self.suppliers[shop.client_id], warehouse_id=shop.warehouse_id, lines=lines)
        assert made is not None
        self.act(services.send_purchase_order, purchase_order_id=made.id)
        came = [
            ReceivedLine(shop.item(sku), q, lot, NOON.date() + dt.timedelta(days=LOTS[lot]) if lot else None, condition, "" if condition == "sellable" else "x")
            for sku, q, lot, condition in goods
        ]
        assert self.act(services.receive_purchase_order, purchase_order_id=made.id, location_id=shop.dock, lines=came)
        for sku, q, _, _ in goods:
            self.units.received[shop.item(sku)] += q

    def levels(self, shop: Shop) -> list[LevelAt]:
        """What lies where in a shop."""
        return [x for sku in (LOOSE, LOTTED) for x in selectors.levels(EVERYTHING, item_id=shop.item(sku)) if x.warehouse_id == shop.warehouse_id and x.on_hand]

    def put_all_away(self, shop: Shop) -> None:
        tasks = [t for t in selectors.put_aways(EVERYTHING, warehouse_id=shop.warehouse_id) if t.client_id == shop.client_id]
        if tasks:
            self.act(services.put_away, putting=[Putting(t.id, t.target_id or shop.bins[0]) for t in tasks])

    @rule(n=PICK, sku=SKU, q=st.integers(1, 9), lot=LOT, condition=CONDITION)
    def goods_arrive(self, n: int, sku: str, q: int, lot: str, condition: str) -> None:
        self.buy(self.shop(n), [(sku, q, lot if sku == LOTTED else "", condition)])

    @while_there_is("to put away")
    @rule(n=PICK, place=st.integers(0, 3), q=st.integers(1, 9), whole=st.booleans())
    def put_something_away(self, n: int, place: int, q: int, whole: bool) -> None:
        shop = self.shop(n)
        if tasks := selectors.put_aways(EVERYTHING, warehouse_id=shop.warehouse_id):
            self.act(services.put_away, putting=[Putting(one(tasks, n).id, shop.bins[place], None if whole else q)])

    @while_there_is("to put away")
    @rule(n=PICK)
    def put_everything_away(self, n: int) -> None:
        self.put_all_away(self.shop(n))

    @while_there_is("to put away")
    @rule(n=PICK)
    def need_not_be_put_away(self, n: int) -> None:
        if tasks := selectors.put_aways(EVERYTHING, warehouse_id=self.shop(n).warehouse_id):
            self.act(services.cancel_put_away, task_id=one(tasks, n).id, reason="stays")

    @rule(n=PICK, q=st.integers(-4, 4), reason=st.sampled_from(["lost", "found", "correction", "damaged", "sample"]))
    def adjust(self, n: int, q: int, reason: str) -> None:
        """A level, chosen among all of the shop, is more or less than the books say."""
        shop = self.shop(n)
        levels = [x for x in self.levels(shop) if x.location_kind in ("bin", "dock")]
        if not levels:
            return
        x = one(levels, n)
        change = StockChange(x.item_id, x.location_id, q, x.lot_id, x.condition)
        if self.act(services.adjust_stock, warehouse_id=shop.warehouse_id, changes=[change], reason=reason) is not None:
            if q > 0:
                self.units.found[x.item_id] += q
            elif reason in ("damaged", "sample"):
                self.units.scrapped[x.item_id] -= q
            else:
                self.units.lost[x.item_id] -= q

    @rule(n=PICK, to=st.integers(0, 5), q=st.integers(1, 5), condition=st.sampled_from(["same", "same", "damaged", "held", "sellable"]))
    def carry(self, n: int, to: int, q: int, condition: str) -> None:
        shop = self.shop(n)
        targets = [*shop.bins, shop.quarantine, shop.dock]
        if levels := self.levels(shop):
            x = one(levels, n)
            after = x.condition if condition == "same" else condition
            self.act(
                services.move_stock,
                warehouse_id=shop.warehouse_id,
                transfers=[Transfer(x.item_id, q, x.location_id, one(targets, to), x.lot_id, x.condition, after)],
            )

    @rule(n=PICK, place=st.integers(0, 3), sku=SKU, q=st.integers(0, 9), lot=LOT, tolerance=st.sampled_from([0, 99]))
    def count(self, n: int, place: int, sku: str, q: int, lot: str, tolerance: int) -> None:
        """Somebody counts a bin for one item: so many of one lot are there, and nothing else of it."""
        shop = self.shop(n)
        item, place_id = shop.item(sku), shop.bins[place]
        asked = self.act(services.request_counts, warehouse_id=shop.warehouse_id, targets=[CountTarget(place_id, item)], reason="look", tolerance=tolerance)
        who = actor("manager", user=f"counter-{uuid4().hex}")
        if not asked or self.act(services.start_count, actor=who, count_id=asked[0]) is None:
            return
        before = self.lying(place_id, item)
        code = lot if sku == LOTTED else ""
        lines = [Counted(item, q, code)] if q or code else []
        done = self.act(services.record_count, actor=who, count_id=asked[0], lines=lines, finished=True)
        if done is None:
            return
        lot_id = next((pk for pk, known in self.lots(item) if known == code), None)
        found = {key: (0, lay) for key, lay in before.items()}
        if lines:
            found[item, lot_id, "sellable"] = (q, before.get((item, lot_id, "sellable"), 0))
        pending = Pending(asked[0], place_id, found)
        if done.state == "posted":
            self.counted(pending, before)
        else:
            self.pending.append(pending)

    @precondition(lambda self: self.pending)
    @rule(n=PICK)
    def approve(self, n: int) -> None:
        """A manager believes a count; what moved meanwhile stands."""
        if not self.pending:
            return
        pending = one(self.pending, n)
        before = {key: q for item, _, _ in pending.found for key, q in self.lying(pending.place, item).items()}
        if self.act(services.approve_count, count_id=pending.count_id) is not None:
            self.pending.remove(pending)
            self.counted(pending, before)

    def counted(self, pending: Pending, before: dict[tuple[int, int | None, str], int]) -> None:
        for key, (found, lay) in pending.found.items():
            had = before.get(key, 0)
            change = max(0, had + found - lay) - had
            self.units.found[key[0]] += max(0, change)
            self.units.lost[key[0]] += max(0, -change)

    @rule(n=PICK, lot=st.integers(0, 1), recall=st.booleans())
    def hold_a_lot(self, n: int, lot: int, recall: bool) -> None:
        if lots := self.lots(self.shop(n).item(LOTTED)):
            self.act(services.recall_lots if recall else services.hold_lots, lot_ids=[one(lots, lot)[0]], reason="glass in it")

    @seldom("free_lots", 3)
    @rule(n=PICK)
    def free_all_lots(self, n: int) -> None:
        if lots := self.lots(self.shop(n).item(LOTTED)):
            self.act(services.free_lots, lot_ids=[pk for pk, _ in lots])

    @seldom("expire_lots", 4)
    @rule(hours=st.sampled_from([1, 6, 30]))
    def time_passes(self, hours: int) -> None:
        """Reservations expire, and lots."""
        self.clock.advance(3600 * hours)
        self.act(services.expire_reservations)
        self.act(services.expire_lots)

    @rule(n=PICK, sku=SKU, q=st.integers(1, 6))
    def send_to_the_other_warehouse(self, n: int, sku: str, q: int) -> None:
        here = self.shop(n)
        there = next(s for s in self.shops if s.client_id == here.client_id and s.warehouse_id != here.warehouse_id)
        self.act(
            services.send_transfer, client_id=here.client_id, source_warehouse_id=here.warehouse_id, target_warehouse_id=there.warehouse_id, lines=[SentLine(here.item(sku), q)]
        )  # fmt: skip

    @while_there_is("on its way")
    @rule(n=PICK, q=st.integers(1, 6), damaged=st.booleans())
    def a_transfer_arrives(self, n: int, q: int, damaged: bool) -> None:
        if not (found := self.on_their_way()):
            return
        t = selectors.transfer(EVERYTHING, one(found, n))
        shop = next(s for s in self.shops if (s.client_id, s.warehouse_id) == (t.client_id, t.warehouse_id))
        line = one([x for x in t.lines if x.open], n)
        came = ArrivedLine(line.id, q, "damaged" if damaged else "sellable", "dropped" if damaged or q > line.open else "")
        if self.act(services.receive_transfer, transfer_id=t.id, location_id=shop.dock, lines=[came]) is not None:
            self.units.found[line.item_id] += max(0, q - line.open)

    @while_there_is("on its way")
    @rule(n=PICK)
    def a_transfer_never_comes(self, n: int) -> None:
        if not (found := self.on_their_way()):
            return
        t = selectors.transfer(EVERYTHING, one(found, n))
        if self.act(services.close_transfer, transfer_id=t.id, reason="fell off the lorry") is not None:
            for line in t.lines:
                self.units.lost[line.item_id] += line.open

    def on_their_way(self) -> list[int]:
        return [r[0] for r in sql.rows("SELECT id FROM inventory_transferorder WHERE client_id = ANY(%s) AND closed_at IS NULL ORDER BY id", [self.clients])]

    @rule(n=PICK, sku=st.sampled_from([LOOSE, LOTTED, KIT]), q=st.integers(1, 4))
    def reserve(self, n: int, sku: str, q: int) -> None:
        shop = self.shop(n)
        new = NewReservation(f"R-{uuid4().hex[:8]}", (ReservedLine(shop.item(sku), q),), channel="shop", minutes=120)
        answers = self.act(services.reserve_stock, client_id=shop.client_id, warehouse_id=shop.warehouse_id, reservations=[new])
        assert answers is not None
        if isinstance(answers[0], Reserved):
            self.reserved.append((shop, answers[0], sku, q))

    @precondition(lambda self: self.reserved)
    @rule(n=PICK)
    def give_a_reservation_up(self, n: int) -> None:
        if self.reserved:
            self.act(services.release_reservations, reservation_ids=[one(self.reserved, n)[1].reservation_id])

    @seldom("sweep_levels", 1)
    @rule()
    def sweep(self) -> None:
        self.act(services.sweep_levels)
