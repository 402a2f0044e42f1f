"""Rules about what leaves and what comes back: labels, trucks, tracking, returns, refunds."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.ground.carriers.types import TrackingUpdate
from packhorse.steps.delivery import services as delivery
from packhorse.steps.packing import selectors as packing
from packhorse.steps.returns import selectors as returns, services as return_services
from packhorse.steps.returns.types import AskedKit, AskedLine, Judged, Piece, RmaInfo
from packhorse.steps.shipping import selectors, services
from tests.build import HOUSE
from tests.scenarios.machine.floor import Floor
from tests.scenarios.machine.goods import PICK
from tests.scenarios.machine.world import DONE, LOTTED, one, seldom, while_there_is

has_parcels = precondition(lambda self: self.parcels)
DISPOSITION = st.sampled_from([("A", "restock"), ("B", "restock"), ("C", "refurbish"), ("C", "vendor"), ("D", "scrap"), ("B", "donate")])


class WayOut(Floor):
    def begin(self) -> None:
        """One of the orders has left."""
        super().begin()
        self.some_way(0, 4, "")
        self.all_the_way_out(0)

    def labels(self, *states: str) -> list[int]:
        return [r[0] for r in sql.rows("SELECT id FROM shipping_label WHERE client_id = ANY(%s) AND state = ANY(%s) ORDER BY id", [self.clients, list(states)])]

    @while_there_is("sealed")
    @rule(n=PICK)
    def label_what_is_packed(self, n: int) -> None:
        self.act(services.choose_services, warehouse_id=self.shop(n).warehouse_id)
        if wanted := self.labels("requested"):
            services.buy_labels(actor=HOUSE, label_ids=wanted)
            DONE["buy_labels"] += 1

    @while_there_is("labelled")
    @rule(n=PICK)
    def give_a_label_back(self, n: int) -> None:
        if found := self.labels("bought"):
            self.act(services.ask_void, label_id=one(found, n))

    @while_there_is("to void")
    @rule()
    def carriers_take_labels_back(self) -> None:
        if found := self.labels("void_asked"):
            services.void_labels(actor=HOUSE, label_ids=found)
            DONE["void_labels"] += 1

    @while_there_is("labelled")
    @rule(n=PICK)
    def load(self, n: int) -> None:
        if found := self.labels("bought"):
            label = selectors.label(EVERYTHING, one(found, n))
            self.act(services.load_parcel, warehouse_id=label.warehouse_id, carrier="tariff", scanned=label.tracking_number or "")

    @while_there_is("labelled")
    @rule(n=PICK, some=st.booleans())
    def the_truck_is_written_down(self, n: int, some: bool) -> None:
        """What goes with a truck that has not left yet: all that stands ready, or a few."""
        self.act(services.open_manifest, warehouse_id=self.shop(n).warehouse_id, carrier="tariff", label_ids=self.labels("bought")[:2] if some else None)

    @while_there_is("trucks")
    @rule()
    def the_trucks_leave(self) -> None:
        self.clock.advance(180)
        if services.finish_manifests(actor=HOUSE):
            DONE["hand_over"] += 1
        self.see_what_left()

    @has_parcels
    @rule(n=PICK)
    def all_the_way_out(self, n: int) -> None:
        self.label_what_is_packed(n)
        self.the_truck_is_written_down(n, False)
        self.the_trucks_leave()

    def see_what_left(self) -> None:
        """A parcel that has left took with it what was put into it."""
        for p in packing.parcels_by_id(EVERYTHING, sorted(self.parcels)):
            if p.state == "handed_over":
                self.units.shipped.update(self.parcels.pop(p.parcel_id))

    @while_there_is("deliveries")
    @rule(n=PICK, code=st.sampled_from(["departed", "out_for_delivery", "delivered", "delivered", "lost"]))
    def the_carrier_scans(self, n: int, code: str) -> None:
        found = sql.rows("SELECT tracking_number FROM delivery_delivery WHERE client_id = ANY(%s) ORDER BY id", [self.clients])
        if found:
            update = TrackingUpdate(one(found, n)[0], sum(DONE.values()) % 10**6, code, "", self.clock.now(), "CA-K1M")
            self.act(delivery.record_tracking, carrier="tariff", updates=[update])

    # Back ---------------------------------------------------------------------------------------------------------------------------------------------------------

    def rmas(self, *states: str) -> list[RmaInfo]:
        found = sql.rows("SELECT id FROM returns_rma WHERE client_id = ANY(%s) AND state = ANY(%s) ORDER BY id", [self.clients, list(states)])
        return [returns.rma(EVERYTHING, r[0]) for r in found]

    @while_there_is("shipped")
    @rule(n=PICK, q=st.integers(1, 3), wants=st.sampled_from(["refund", "refund", "exchange"]))
    def a_return_is_asked_for(self, n: int, q: int, wants: str) -> None:
        left = [fo for fo in self.fos() if any(line.shipped for line in fo.lines)]
        if left:
            fo = one(left, n)
            line = one([x for x in fo.lines if x.shipped], n)
            self.act(return_services.request_return, order_id=fo.order_id, lines=[AskedLine(line.demand_id, q, "unwanted")], wants=wants)

    @while_there_is("shipped")
    @rule(n=PICK, q=st.integers(1, 2))
    def a_kit_is_to_come_back(self, n: int, q: int) -> None:
        """As many whole kits as are asked for, or more than left."""
        if found := [kit for fo in self.fos() for kit in returns.returnable_kits(EVERYTHING, [fo.order_id])]:
            kit = one(found, n)
            self.act(return_services.request_return, order_id=kit.order_id, lines=[], kits=[AskedKit(kit.kit_id, q, "unwanted")])

    @while_there_is("to decide")
    @rule(n=PICK, yes=st.booleans())
    def somebody_decides(self, n: int, yes: bool) -> None:
        if found := self.rmas("requested", "refused", "approved"):
            self.act(return_services.approve_return if yes else return_services.refuse_return, rma_id=one(found, n).rma_id, note="x")

    @while_there_is("coming back")
    @rule(n=PICK, q=st.integers(0, 3), damaged=st.booleans())
    def a_return_arrives(self, n: int, q: int, damaged: bool) -> None:
        """With so many pieces in it: less than asked for, or more."""
        if not (found := self.rmas("approved", "in_transit", "received")):
            return
        rma = one(found, n)
        line = one(rma.lines, n)
        lotted = line.item_id in {s.items[LOTTED] for s in self.shops}
        pieces = [Piece(line.item_id, q, one(self.lots(line.item_id), n)[1] if lotted else "", damaged)] if q else []
        if self.act(return_services.receive_return, rma_id=rma.rma_id, received=pieces) is not None:
            self.units.returned[line.item_id] += q

    @seldom("receive_blind", 2)
    @rule(n=PICK, q=st.integers(1, 3))
    def a_parcel_comes_back_that_nobody_announced(self, n: int, q: int) -> None:
        shop = self.shop(n)
        item = shop.item("LOOSE")
        if self.act(return_services.receive_blind, client_id=shop.client_id, warehouse_id=shop.warehouse_id, lines=[Piece(item, q)]) is not None:
            self.units.returned[item] += q

    @while_there_is("to inspect")
    @rule(n=PICK, q=st.integers(1, 3), judged=DISPOSITION, accepted=st.booleans())
    def a_return_is_inspected(self, n: int, q: int, judged: tuple[str, str], accepted: bool) -> None:
        found = [(rma, row) for rma in self.rmas("received") for row in rma.received if row.open]
        if not found:
            return
        rma, row = one(found, n)
        grade, disposition = judged
        done = self.act(return_services.inspect_return, rma_id=rma.rma_id, inspections=[Judged(row.received_id, q, grade, disposition, accepted)])
        if done is not None and disposition in ("scrap", "donate"):
            self.units.scrapped[row.item_id] += q

    @while_there_is("inspected")
    @rule(n=PICK, outcome=st.sampled_from(["refund", "rest", "exchange", "nothing"]))
    def a_return_is_settled(self, n: int, outcome: str) -> None:
        if found := self.rmas("inspected"):
            self.act(return_services.settle_return, rma_id=one(found, n).rma_id, outcome=outcome, note="x")
