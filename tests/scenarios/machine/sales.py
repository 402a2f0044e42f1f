"""Rules about orders: taken in (paid, declined, paid elsewhere, with a reservation), promised, held, edited, cancelled at any stage; and what follows of itself."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from packhorse.core import dispatch
from packhorse.core.actors import EVERYTHING
from packhorse.steps.orders import jobs, selectors, services
from packhorse.steps.orders.types import Accepted, NewPayment, StockCameIn
from packhorse.steps.returns import services as returns
from tests.build import HOUSE
from tests.build_orders import OTTAWA, new_order
from tests.scenarios.machine.goods import PICK, Goods
from tests.scenarios.machine.world import DONE, KIT, LOOSE, LOTTED, one, seldom, while_there_is

LINES = st.lists(
    st.tuples(st.sampled_from([LOOSE, LOOSE, LOTTED, LOTTED, KIT]), st.integers(1, 4), st.sampled_from(["1.005", "0.335", "12.5", "0"])), min_size=1, max_size=3
)
TOKEN = st.sampled_from(["tok", "tok", "tok", "unknown", "decline", None])
has_orders = precondition(lambda self: self.orders)


class Sales(Goods):
    def begin(self) -> None:
        """Four orders stand in the house, paid."""
        super().begin()
        for n in range(4):
            self.take(n, [(LOOSE, 2, "1.005"), (LOTTED, 3, "12.5"), (KIT, 1, "0.335")][n % 2 :], 495, "tok")
        self.the_bank_answers()

    def take(
        self,
        n: int,
        lines: list[tuple[str, int, str]],
        charges: int,
        token: str | None,
        *,
        whole: bool | None = None,
        reservation: str = "",
        channel: str = "shop",
    ) -> None:
        shop = self.shop(n)
        order = new_order(
            lines,
            charges_minor=charges,
            payment=NewPayment("test", token) if token else None,
            placed_at=self.clock.now(),
            reservation=reservation,
            channel=channel,
        )
        answers = self.act(services.accept_orders, client_id=shop.client_id, warehouse_id=shop.warehouse_id, orders=[order])
        assert answers is not None
        assert isinstance(answers[0], Accepted), answers
        self.orders.append(answers[0].order_id)

    @rule(n=PICK, lines=LINES, charges=st.sampled_from([0, 495, -30]), token=TOKEN, asked=st.booleans())
    def an_order_comes_in(self, n: int, lines: list[tuple[str, int, str]], charges: int, token: str | None, asked: bool) -> None:
        self.take(n, lines, charges, token)
        if asked:
            self.the_bank_answers()

    @precondition(lambda self: self.reserved)
    @rule(n=PICK, q=st.integers(-1, 1), token=TOKEN)
    def a_checkout_becomes_an_order(self, n: int, q: int, token: str | None) -> None:
        """Of as much as it reserved, or a little more or less."""
        if not self.reserved:
            return
        shop, kept, sku, reserved = one(self.reserved, n)
        self.reserved.remove((shop, kept, sku, reserved))
        self.take(self.shops.index(shop), [(sku, max(1, reserved + q), "3.335")], 0, token, reservation=kept.reference, channel=kept.channel)

    @rule()
    def the_bank_answers(self) -> None:
        jobs.ask_payments(key=uuid4())
        DONE["ask_payments"] += 1

    @rule(n=PICK)
    def backorders_are_promised(self, n: int) -> None:
        shop = self.shop(n)
        self.act(services.promise_backorders, came_in=[StockCameIn(shop.warehouse_id, tuple(shop.items.values()))])

    @has_orders
    @rule(n=PICK)
    def cancel(self, n: int) -> None:
        self.act(services.cancel_orders, order_ids=[one(self.orders, n)], reason="x")

    @has_orders
    @rule(n=PICK, line=st.integers(0, 2), q=st.integers(1, 3))
    def cancel_some(self, n: int, line: int, q: int) -> None:
        fo = one(self.fos(), n)
        self.act(services.cancel_lines, order_id=fo.order_id, quantities={one(fo.lines, line).demand_id: q}, reason="x")

    @has_orders
    @rule(n=PICK, line=st.integers(0, 2), q=st.integers(0, 6))
    def want_more_or_less(self, n: int, line: int, q: int) -> None:
        fo = one(self.fos(), n)
        self.act(services.change_quantities, order_id=fo.order_id, quantities={one(fo.lines, line).demand_id: q}, reason="x")

    @has_orders
    @seldom("change_service", 2)
    @rule(n=PICK, service=st.sampled_from(["standard", "express"]))
    def faster_or_slower(self, n: int, service: str) -> None:
        self.act(services.change_service, order_id=one(self.orders, n), service=service, reason="x")

    @has_orders
    @seldom("change_terms", 3)
    @rule(n=PICK, whole=st.booleans(), priority=st.integers(0, 2))
    def in_part_or_whole_and_sooner(self, n: int, whole: bool, priority: int) -> None:
        fo = one(self.fos(), n)
        self.act(services.change_terms, fulfillment_order_id=fo.fulfillment_order_id, ship_complete=whole, priority=priority, reason="x")

    @has_orders
    @seldom("change_address", 2)
    @rule(n=PICK, known=st.booleans())
    def somewhere_else(self, n: int, known: bool) -> None:
        """To an address that the house can deliver to, or to one that holds the order."""
        self.act(services.change_address, order_id=one(self.orders, n), address=OTTAWA if known else replace(OTTAWA, city="", postal_code=""), reason="x")

    @has_orders
    @rule(n=PICK)
    def hold(self, n: int) -> None:
        self.act(services.place_hold, fulfillment_order_ids=[one(self.fos(), n).fulfillment_order_id], note="look")

    @while_there_is("held")
    @rule(n=PICK)
    def let_go(self, n: int) -> None:
        for h in selectors.order(EVERYTHING, one(self.orders, n)).holds:
            self.act(services.release_hold, hold_id=h.hold_id)

    @has_orders
    @seldom("retry_payment", 2)
    @rule(n=PICK, token=st.sampled_from(["tok", "decline"]))
    def pay_by_another_card(self, n: int, token: str) -> None:
        self.act(services.retry_payment, order_id=one(self.orders, n), provider="test", token=token)

    @while_there_is("held")
    @seldom("expire_authorisations", 1)
    @rule()
    def weeks_pass(self) -> None:
        """Authorisations lapse."""
        self.clock.advance(8 * 86400)
        self.act(services.expire_authorisations)

    @seldom("drain", 6)
    @rule()
    def what_follows_follows(self) -> None:
        """The events so far are handled, nothing else."""
        dispatch.drain()
        DONE["drain"] += 1
        self.times["drain"] += 1

    @seldom("settle", 6)
    @rule()
    def everything_settles(self) -> None:
        """Events, money, refunds, until nothing moves any more; then also what only holds at rest must hold."""
        for _ in range(3):
            dispatch.drain()
            jobs.ask_payments(key=uuid4())
            returns.ask_refunds(key=uuid4(), actor=HOUSE)
        dispatch.drain()
        DONE["settle"] += 1
        self.times["settle"] += 1
        self.at_rest()

    def at_rest(self) -> None:
        """What must hold when nothing is under way."""
