"""What came back is judged: sold again, or not; and exactly what was paid for it is given back, once."""

from __future__ import annotations

from uuid import uuid4

import pytest

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid, NotAllowed, NotFound, WrongState
from packhorse.core.models import JournalEntry
from packhorse.steps.inventory import selectors as inventory
from packhorse.steps.inventory.reconciler import drift
from packhorse.steps.orders.models import Order
from packhorse.steps.orders.types import NewPayment
from packhorse.steps.returns import selectors, services
from packhorse.steps.returns.amounts import next_units, value
from packhorse.steps.returns.errors import NothingLeftToInspect, NothingToRefund, NotSellable, NotYetDue
from packhorse.steps.returns.types import Judged, Piece
from tests.asked import done_once
from tests.build import HOUSE, actor
from tests.build_orders import accepted, ask as pay, fo_of, settle, walk
from tests.steps.returns.build import ask, inspect, lying, receive, shipped, shop_with_stock, terms

pytestmark = pytest.mark.django_db


def money(order_id: int) -> tuple[int, int]:
    order = Order.objects.get(pk=order_id)
    return order.captured_minor, order.refunded_minor


def test_good_goods_are_sold_again_and_what_was_paid_is_given_back() -> None:
    shop = shop_with_stock()
    fo = shipped(shop, [("SKU-1", 3, "3.335"), ("SKU-2", 1, "8.00")])
    rma = receive(ask(fo, [2]))
    before = inventory.availability(EVERYTHING, shop.warehouse_id, [shop.item("SKU-1")])[0].available

    got = done_once(
        services.inspect_return, actor=HOUSE, rma_id=rma.rma_id, inspections=[Judged(rma.received[0].received_id, 2, "A", "restock")], other={"inspections": []}
    )

    assert (got.state, got.refund_minor, got.lines[0].accepted, got.lines[0].refund_minor) == ("inspected", 667, 2, 667)
    assert [(f.goods_minor, f.fee_minor, f.charges_minor, f.due_minor, f.state) for f in got.refunds] == [(667, 0, 0, 667, "asked")]
    assert lying(shop.item("SKU-1"), shop.place("RETURNS")) == {"sellable": 2}
    assert inventory.availability(EVERYTHING, shop.warehouse_id, [shop.item("SKU-1")])[0].available == before + 2
    assert sql.rows("SELECT quantity, cause_kind FROM inventory_putawaytask WHERE cause_id = %s AND cause_kind = 'returns.rma'", [rma.rma_id]) == [
        (2, "returns.rma")
    ]
    assert fo_of(fo.order_id).lines[0].returned == 2
    settle()
    done = selectors.rma(EVERYTHING, rma.rma_id)
    assert (done.state, done.settlement, done.refunds[0].state, money(fo.order_id)) == ("settled", "refunded", "paid", (1801, 667))
    assert drift() == []


def test_goods_that_cannot_be_sold_go_where_their_disposition_says() -> None:
    shop = shop_with_stock()
    fo = shipped(shop, {"SKU-1": 5})
    rma = receive(ask(fo, [5]))
    row = rma.received[0].received_id

    got = services.inspect_return(
        key=uuid4(),
        actor=HOUSE,
        rma_id=rma.rma_id,
        inspections=[
            Judged(row, 1, "D", "scrap", accepted=False, note="burnt"),
            Judged(row, 1, "C", "refurbish"),
            Judged(row, 1, "C", "vendor"),
            Judged(row, 1, "C", "liquidate"),
            Judged(row, 1, "B", "donate"),
        ],
    )

    assert lying(shop.item("SKU-1"), shop.place("RETURNS")) == {}
    assert lying(shop.item("SKU-1"), shop.quarantine) == {"held": 1, "damaged": 2}
    assert (got.lines[0].accepted, got.lines[0].rejected, got.refund_minor) == (4, 1, 4000)
    assert [line.returnable for line in selectors.returnable(EVERYTHING, [fo.order_id])] == [0]
    assert drift() == []


def test_line_by_line_is_refunded_when_nothing_is_left_and_the_parts_add_up_to_the_cent() -> None:
    shop = shop_with_stock()
    terms(shop, refund_charges="whole")
    fo = shipped(shop, [("SKU-1", 7, "1.43")], charges_minor=495)
    assert money(fo.order_id) == (1001 + 495, 0)
    for n, part in ((1, 143), (2, 286), (4, 572)):
        rma = receive(ask(fo, [n]))
        for _ in range(n):
            (row,) = rma.received
            assert rma.refunds == ()
            rma = services.inspect_return(key=uuid4(), actor=HOUSE, rma_id=rma.rma_id, inspections=[Judged(row.received_id, 1, "B", "restock")])
        settle()
        last = n == 4
        assert (rma.refunds[0].goods_minor, rma.refunds[0].charges_minor) == (part, 495 if last else 0)
    assert money(fo.order_id) == (1496, 1496)
    (proof,) = selectors.refund_proof(EVERYTHING, [fo.order_id])
    assert (proof.returns_minor, proof.adjustments_minor, proof.requested_minor, proof.paid_minor, proof.reconciled) == (1496, 0, 1496, 1496, True)


def test_cumulative_rounding_adds_up_for_every_split() -> None:
    for amount, ordered in ((1001, 7), (1, 3), (100, 3), (0, 5), (999, 1000)):
        assert sum(next_units(amount, ordered, n, 1) for n in range(ordered)) == value(amount, ordered, ordered) == amount


def test_the_policys_fee_is_kept_once_and_not_at_all_where_it_is_our_fault() -> None:
    shop = shop_with_stock()
    terms(shop, fee_minor=300, refund_charges="never")
    fo = shipped(shop, {"SKU-1": 4}, charges_minor=500)

    first = inspect(receive(ask(fo, [3]), [Piece(shop.item("SKU-1"), 1)]))
    second = inspect(receive(first, [Piece(shop.item("SKU-1"), 2)]))
    ours = inspect(receive(ask(fo, [1], reason="damaged")), grade="D", disposition="scrap")

    assert [(f.goods_minor, f.fee_minor, f.due_minor) for f in second.refunds] == [(1000, 300, 700), (2000, 0, 2000)]
    assert (second.refund_minor, ours.refund_minor) == (2700, 1000)
    settle()
    assert money(fo.order_id) == (4500, 3700)


def test_is_refused_for_what_is_not_there_not_sellable_or_not_theirs() -> None:
    shop = shop_with_stock()
    rma = receive(ask(shipped(shop, {"SKU-1": 2, "SKU-2": 1}), [2, 1]), [Piece(shop.item("SKU-1"), 2)])
    row, missing = rma.received[0].received_id, rma.received[1].received_id

    def judge(*judged: Judged, who: object = HOUSE) -> None:
        services.inspect_return(key=uuid4(), actor=who, rma_id=rma.rma_id, inspections=list(judged))  # type: ignore[arg-type]

    with pytest.raises(NothingLeftToInspect) as refusal:
        judge(Judged(row, 2, "A", "restock"), Judged(row, 1, "C", "vendor"))
    assert (refusal.value.left, refusal.value.asked) == (2, 3)
    with pytest.raises(NotSellable):
        judge(Judged(row, 1, "C", "restock"))
    with pytest.raises(NotFound):
        judge(Judged(missing, 1, "A", "restock"))
    with pytest.raises(Invalid):
        judge(Judged(row, 1, "E", "restock"))
    with pytest.raises(Invalid):
        judge()
    with pytest.raises(NotAllowed):
        judge(Judged(row, 1, "A", "restock"), who=actor("service"))
    judge(Judged(row, 2, "A", "restock"))
    with pytest.raises(WrongState):
        judge(Judged(row, 1, "A", "restock"))
    assert JournalEntry.objects.filter(subject_kind="returns.rma", subject_id=rma.rma_id, event="returns.return_inspected").count() == 1


def test_the_refund_waits_until_the_orders_money_has_come_in() -> None:
    shop = shop_with_stock()
    fo = accepted(shop, {"SKU-1": 1})
    walk(shop, fo)

    got = inspect(receive(ask(fo_of(fo.order_id), [1])))

    assert (got.state, got.refund_minor, got.refunds[0].state) == ("inspected", 0, "waiting")
    assert services.ask_refunds(key=uuid4(), actor=HOUSE) == 0
    with pytest.raises(NothingToRefund):
        services.settle_return(key=uuid4(), actor=HOUSE, rma_id=got.rma_id, outcome="rest")
    settle()
    assert services.ask_refunds(key=uuid4(), actor=HOUSE) == 1
    assert services.ask_refunds(key=uuid4(), actor=HOUSE) == 0
    with pytest.raises(NotYetDue):
        services.settle_return(key=uuid4(), actor=HOUSE, rma_id=got.rma_id, outcome="nothing", note="changed our mind")
    pay()
    settle()
    assert (selectors.rma(EVERYTHING, got.rma_id).state, money(fo.order_id)) == ("settled", (1000, 1000))


def test_an_order_that_is_paid_elsewhere_is_settled_without_money_of_ours() -> None:
    shop = shop_with_stock()

    got = inspect(receive(ask(shipped(shop, {"SKU-1": 1}, payment=None), [1])))

    assert (got.state, got.settlement, got.refunds) == ("settled", "paid_elsewhere", ())


def test_an_exchange_waits_for_the_new_order_or_is_refunded_in_its_place() -> None:
    shop = shop_with_stock()
    fo = shipped(shop, {"SKU-1": 2})
    swapped, instead = [inspect(receive(ask(fo, [1], wants="exchange"))) for _ in range(2)]

    assert (swapped.state, swapped.refunds, selectors.waiting_counts(EVERYTHING)["exchange"] >= 2) == ("inspected", (), True)
    with pytest.raises(Invalid):
        services.settle_return(key=uuid4(), actor=HOUSE, rma_id=swapped.rma_id, outcome="exchange")
    done = done_once(services.settle_return, actor=HOUSE, rma_id=swapped.rma_id, outcome="exchange", note="PH-100042", other={"note": "x"})
    assert (done.state, done.settlement, done.note) == ("settled", "exchange", "PH-100042")
    services.settle_return(key=uuid4(), actor=HOUSE, rma_id=instead.rma_id, outcome="refund")
    settle()
    assert (selectors.rma(EVERYTHING, instead.rma_id).state, money(fo.order_id)) == ("settled", (2000, 1000))


def test_extra_goods_are_taken_in_and_refund_nothing_by_themselves() -> None:
    shop = shop_with_stock()
    fo = shipped(shop, {"SKU-1": 3})

    got = inspect(receive(ask(fo, [1]), [Piece(shop.item("SKU-1"), 2)]))

    assert (got.refund_minor, [i.accepted for i in got.inspections], fo_of(fo.order_id).lines[0].returned) == (1000, [True, False], 1)
    assert lying(shop.item("SKU-1"), shop.place("RETURNS")) == {"sellable": 2}


def test_a_refund_that_the_bank_refuses_is_asked_for_again_or_written_off_by_a_person() -> None:
    shop = shop_with_stock()
    fo = shipped(shop, {"SKU-1": 1}, payment=NewPayment("test", "refuse-refund"))
    got = inspect(receive(ask(fo, [1])))
    assert got.refunds[0].state == "asked"

    settle()
    failed = selectors.rma(EVERYTHING, got.rma_id)
    assert (failed.state, failed.refunds[0].state, money(fo.order_id)) == ("inspected", "failed", (1000, 0))
    again = services.settle_return(key=uuid4(), actor=HOUSE, rma_id=got.rma_id, outcome="rest")
    assert ([f.state for f in again.refunds], again.refund_minor) == (["dropped", "asked"], 1000)
    settle()
    done = services.settle_return(key=uuid4(), actor=HOUSE, rma_id=got.rma_id, outcome="nothing", note="paid in cash")
    assert (done.state, done.settlement, done.refund_minor, [f.state for f in done.refunds]) == ("settled", "nothing", 0, ["dropped", "dropped"])
