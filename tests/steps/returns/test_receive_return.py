"""A parcel that comes back is counted against what was asked, and its goods are held until somebody has looked."""

from __future__ import annotations

from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING, Scope
from packhorse.core.errors import Invalid, NotAllowed, NotFound, WrongState
from packhorse.ground.messages.models import Message
from packhorse.steps.inventory import selectors as inventory
from packhorse.steps.inventory.errors import SerialIsOne, SerialTwice
from packhorse.steps.inventory.reconciler import drift
from packhorse.steps.returns import selectors, services
from packhorse.steps.returns.errors import LotNeeded, TooManyToReturn
from packhorse.steps.returns.types import Piece, RmaInfo
from tests.asked import done_once
from tests.build import HOUSE, actor, make_lot, make_shop, plain_item, receive as receive_goods
from tests.steps.returns.build import ask, delivered, inspect, lying, receive, shipped, shop_with_stock, terms

pytestmark = pytest.mark.django_db


def kinds(rma: RmaInfo) -> list[tuple[str, int, str, bool]]:
    return [(r.sku, r.quantity, r.kind, r.line_id is not None) for r in rma.received]


def test_is_held_at_the_returns_place_and_the_customer_is_told() -> None:
    shop = shop_with_stock()
    rma = ask(shipped(shop, {"SKU-1": 2, "SKU-2": 1}), [2, 1])
    before = inventory.availability(EVERYTHING, shop.warehouse_id, [shop.item("SKU-1")])

    got = done_once(
        services.receive_return, actor=HOUSE, rma_id=rma.rma_id, received=[Piece(shop.item("SKU-1"), 2), Piece(shop.item("SKU-2"), 1)], other={"received": []}
    )

    assert (got.state, got.to_inspect, kinds(got)) == ("received", 3, [("SKU-1", 2, "expected", True), ("SKU-2", 1, "expected", True)])
    assert lying(shop.item("SKU-1"), shop.place("RETURNS")) == {"held": 2}
    assert inventory.availability(EVERYTHING, shop.warehouse_id, [shop.item("SKU-1")]) == before
    assert Message.objects.filter(template="return_received", subject_id=rma.rma_id).count() == 1
    assert drift() == []


def test_counts_what_is_extra_missing_wrong_and_damaged() -> None:
    shop = shop_with_stock()
    rma = ask(shipped(shop, {"SKU-1": 3, "SKU-2": 2}), [1, 2])

    got = receive(rma, [Piece(shop.item("SKU-1"), 2), Piece(shop.item("SKU-2"), 1, damaged=True, note="cracked"), Piece(shop.item("SKU-3"), 1)])

    assert kinds(got) == [
        ("SKU-1", 1, "expected", True),
        ("SKU-1", 1, "extra", False),
        ("SKU-2", 1, "damaged", True),
        ("SKU-3", 1, "wrong", False),
        ("SKU-2", 1, "missing", True),
    ]
    assert ([line.received for line in got.lines], got.to_inspect) == ([1, 1], 4)
    assert lying(shop.item("SKU-3"), shop.place("RETURNS")) == {"held": 1}


def test_with_nothing_in_it_is_a_fact_and_settles_without_a_refund() -> None:
    shop = shop_with_stock()
    fo = shipped(shop, {"SKU-1": 1})

    got = receive(ask(fo, [1]), [])

    assert (got.state, got.settlement, got.refund_minor, kinds(got)) == ("settled", "nothing", 0, [("SKU-1", 1, "missing", True)])
    assert [line.returnable for line in selectors.returnable(EVERYTHING, [fo.order_id])] == [1]


def test_in_two_parcels_is_received_twice() -> None:
    shop = shop_with_stock()
    rma = ask(shipped(shop, {"SKU-1": 3}), [3])

    first = inspect(receive(rma, [Piece(shop.item("SKU-1"), 1)]))
    second = receive(rma, [Piece(shop.item("SKU-1"), 2)])

    assert (first.state, second.state, second.to_inspect) == ("inspected", "received", 2)
    assert kinds(second) == [("SKU-1", 1, "expected", True), ("SKU-1", 2, "missing", True), ("SKU-1", 2, "expected", True)]


def test_is_refused_for_other_peoples_goods_and_for_returns_that_nobody_approved() -> None:
    shop, other = shop_with_stock(), shop_with_stock()
    terms(shop, review_above_minor=0)
    waiting = ask(shipped(shop, {"SKU-1": 1}), [1])
    rma = services.approve_return(key=uuid4(), actor=HOUSE, rma_id=ask(shipped(shop, {"SKU-1": 1}), [1]).rma_id)

    with pytest.raises(WrongState):
        receive(waiting)
    with pytest.raises(Invalid):
        receive(rma, [Piece(other.item("SKU-1"), 1)])
    with pytest.raises(NotAllowed):
        services.receive_return(key=uuid4(), actor=actor("receiver", warehouse_id=other.warehouse_id), rma_id=rma.rma_id, received=[])
    with pytest.raises(NotAllowed):
        services.receive_return(key=uuid4(), actor=actor("client", client_id=shop.client_id), rma_id=rma.rma_id, received=[])


def test_that_nobody_announced_is_held_for_its_client_and_refunds_nothing() -> None:
    shop = shop_with_stock()

    got = done_once(
        services.receive_blind,
        actor=HOUSE,
        client_id=shop.client_id,
        warehouse_id=shop.warehouse_id,
        lines=[Piece(shop.item("SKU-1"), 2, damaged=True), Piece(shop.item("SKU-2"), 1)],
        external_id="C536379",
        other={"external_id": "C1"},
    )

    assert (got.state, got.order_id, got.decision_code, got.external_id) == ("received", None, "blind", "C536379")
    assert lying(shop.item("SKU-1"), shop.place("RETURNS")) == {"held": 2}
    again = services.receive_blind(
        key=uuid4(), actor=HOUSE, client_id=shop.client_id, warehouse_id=shop.warehouse_id, lines=[Piece(shop.item("SKU-1"), 9)], external_id="C536379"
    )
    assert again == got
    done = inspect(got, grade="B")
    assert (done.state, done.settlement, done.refunds) == ("settled", "nothing", ())
    assert lying(shop.item("SKU-2"), shop.place("RETURNS")) == {"sellable": 1}
    assert drift() == []


def test_blind_can_be_matched_to_its_order_before_it_is_inspected() -> None:
    shop = shop_with_stock()
    fo = shipped(shop, {"SKU-1": 1})

    def found(quantity: int) -> RmaInfo:
        return services.receive_blind(
            key=uuid4(), actor=HOUSE, client_id=shop.client_id, warehouse_id=shop.warehouse_id, lines=[Piece(shop.item("SKU-1"), quantity)]
        )

    with pytest.raises(TooManyToReturn):
        services.match_return(key=uuid4(), actor=HOUSE, rma_id=found(2).rma_id, order_id=fo.order_id)
    blind = found(1)
    matched = services.match_return(key=uuid4(), actor=HOUSE, rma_id=blind.rma_id, order_id=fo.order_id)
    assert (matched.order_id, matched.decision_code, matched.lines[0].demand_id) == (fo.order_id, "matched", fo.lines[0].demand_id)
    assert [line.returnable for line in selectors.returnable(EVERYTHING, [fo.order_id])] == [0]
    assert inspect(matched).refunds[0].due_minor == 1000
    with pytest.raises(Invalid):
        services.match_return(key=uuid4(), actor=HOUSE, rma_id=blind.rma_id, order_id=fo.order_id)


def test_kept_by_lot_says_which_lot_came() -> None:
    shop = make_shop(items=[plain_item("LOTTED", tracking="lot")], aisles=1, totes=1)
    lot = make_lot(shop.client_id, shop.item("LOTTED"), "L-1")

    def blind(code: str) -> RmaInfo:
        pieces = [Piece(shop.item("LOTTED"), 1, lot=code)]
        return services.receive_blind(key=uuid4(), actor=HOUSE, client_id=shop.client_id, warehouse_id=shop.warehouse_id, lines=pieces)

    with pytest.raises(LotNeeded):
        blind("")
    with pytest.raises(NotFound):
        blind("L-2")
    assert blind("L-1").received[0].lot_id == lot


def test_is_found_by_its_number_within_the_scope_only() -> None:
    shop, other = shop_with_stock(), shop_with_stock()
    rma = ask(shipped(shop, {"SKU-1": 1}), [1])

    assert selectors.rma_by_number(EVERYTHING, f" {rma.number.lower()} ").rma_id == rma.rma_id
    with pytest.raises(NotFound):
        selectors.rma_by_number(Scope(frozenset({other.client_id})), rma.number)


def test_a_serial_number_that_never_left_or_is_two_does_not_come_back() -> None:
    shop = make_shop(items=[plain_item("DRILL", tracking="serial")], aisles=1, totes=1)
    here, gone = (make_lot(shop.client_id, shop.item("DRILL"), code) for code in ("S-1", "S-2"))
    receive_goods(shop.item("DRILL"), shop.bins[0], 1, lot_id=here)

    def blind(code: str, quantity: int = 1) -> RmaInfo:
        pieces = [Piece(shop.item("DRILL"), quantity, lot=code)]
        return services.receive_blind(key=uuid4(), actor=HOUSE, client_id=shop.client_id, warehouse_id=shop.warehouse_id, lines=pieces)

    for error, code, quantity in ((LotNeeded, "", 1), (NotFound, "S-9", 1), (SerialTwice, "S-1", 1), (SerialIsOne, "S-2", 2)):
        with pytest.raises(error):
            blind(code, quantity)
    with pytest.raises(SerialIsOne):  # one good and one damaged of one number
        services.receive_blind(
            key=uuid4(), actor=HOUSE, client_id=shop.client_id, warehouse_id=shop.warehouse_id,
            lines=[Piece(shop.item("DRILL"), 1, lot="S-2"), Piece(shop.item("DRILL"), 1, lot="S-2", damaged=True)],
        )  # fmt: skip
    assert inventory.levels(EVERYTHING, lot_id=gone) == []
    assert blind("S-2").received[0].lot_id == gone
    with pytest.raises(SerialTwice):
        blind("S-2")


def test_a_serial_number_that_was_not_sent_with_the_order_is_wrong() -> None:
    shop = make_shop(items=[plain_item("DRILL", tracking="serial")], aisles=1, totes=1)
    sent = make_lot(shop.client_id, shop.item("DRILL"), "S-1")
    make_lot(shop.client_id, shop.item("DRILL"), "S-2")
    receive_goods(shop.item("DRILL"), shop.bins[0], 1, lot_id=sent)
    fo = delivered(shop, {"DRILL": 1})
    rma = services.receive_return(key=uuid4(), actor=HOUSE, rma_id=ask(fo, [1]).rma_id, received=[Piece(shop.item("DRILL"), 1, lot="S-2")])
    assert sorted((r.kind, r.quantity) for r in rma.received) == [("missing", 1), ("wrong", 1)]
    later = services.receive_return(key=uuid4(), actor=HOUSE, rma_id=rma.rma_id, received=[Piece(shop.item("DRILL"), 1)])
    assert [r.lot_id for r in later.received if r.kind == "expected"] == [sent]
