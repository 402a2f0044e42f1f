"""Money is authorised before goods move, captured for what left, and never more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from uuid import uuid4

import pytest

from packhorse.core import clock, dispatch
from packhorse.core.actors import EVERYTHING
from packhorse.core.clock import VirtualClock
from packhorse.core.errors import KeyReused, NotAllowed, NotFound
from packhorse.core.lists import ListQuery
from packhorse.core.models import JournalEntry
from packhorse.core.money import Money
from packhorse.core.refs import Ref
from packhorse.steps.inventory import ledger as goods, selectors as inventory
from packhorse.steps.inventory.types import Take
from packhorse.steps.orders import asking, ledger, requests, selectors, services
from packhorse.steps.orders.errors import OverRefund, PaymentNotWanted
from packhorse.steps.orders.models import Hold, Order, PaymentEntry, PaymentRequest
from packhorse.steps.orders.types import NewPayment, PaymentAnswer
from tests.build import HOUSE, Shop, actor, doing, make_shop, stock
from tests.build_orders import accepted, ask, fo_of, pack, pick, settle, ship, walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    made = make_shop()
    stock(made, {"SKU-1": 50, "SKU-2": 50, "SKU-3": 50})
    return made


@pytest.fixture
def day() -> Iterator[VirtualClock]:
    moving = VirtualClock(clock.now())
    with clock.using(moving):
        yield moving


def entries(order_id: int) -> list[tuple[str, int]]:
    return list(PaymentEntry.objects.filter(order_id=order_id).order_by("id").values_list("kind", "amount_minor"))


def sums(order_id: int) -> tuple[int, int, int]:
    o = Order.objects.get(pk=order_id)
    return o.authorised_minor, o.captured_minor, o.refunded_minor


def open_holds(order_id: int) -> list[tuple[str, str]]:
    return list(Hold.objects.filter(fulfillment_order__order_id=order_id, released_at=None).values_list("kind", "note"))


def test_authorised_lets_the_order_go(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 2})

    assert (fo.held, sums(fo.order_id), entries(fo.order_id)) == (False, (2000, 0, 0), [("authorised", 2000)])
    assert [r.fulfillment_order_id for r in selectors.releasable(EVERYTHING, shop.warehouse_id, limit=10)] == [fo.fulfillment_order_id]


def test_declined_keeps_it_waiting_and_is_asked_again_a_day_later(shop: Shop, day: VirtualClock) -> None:
    fo = accepted(shop, {"SKU-1": 2}, payment=NewPayment("test", "decline"))
    assert (fo.held, sums(fo.order_id), entries(fo.order_id)) == (True, (0, 0, 0), [("declined", 2000)])
    assert open_holds(fo.order_id) == [("payment", "insufficient_funds")]

    assert services.retry_holds(key=uuid4(), actor=HOUSE) == 0
    for _ in range(4):
        day.advance(25 * 3600)
        services.retry_holds(key=uuid4(), actor=HOUSE)
        ask()

    assert entries(fo.order_id) == [("declined", 2000)] * 3  # then a person must see to it
    services.retry_payment(key=uuid4(), actor=HOUSE, order_id=fo.order_id, provider="test", token="other card")
    ask()
    assert (fo_of(fo.order_id).held, sums(fo.order_id)) == (False, (2000, 0, 0))


def send(shop: Shop, demand_id: int, units: int) -> None:
    """Take so many units all the way from the bin to the truck."""
    lying = inventory.open_allocations(EVERYTHING, demand_ids=[demand_id])[0]

    def pick() -> int:
        for counter in (ledger.picked, ledger.packed):
            counter({demand_id: units})
        return goods.move([Take(lying.allocation_id, units, shop.totes[0])], cause_kind="test.pick", cause_ids=[1])[0].allocation_id

    def leave() -> None:
        ledger.shipped({demand_id: units}, shipments={demand_id: 1})
        goods.ship([taken], cause=Ref("test.shipment", 1))

    taken = doing(pick)
    doing(leave)


def test_captures_of_a_split_line_add_up_to_the_cent(shop: Shop) -> None:
    # 3 × 0.335 is 1.005, rounded once to 1.01; shipped one by one it must still be 101 in all.
    fo = accepted(shop, [("SKU-1", 3, "0.335"), ("SKU-2", 1, "2.00")], charges_minor=700)
    one, two = (line.demand_id for line in fo.lines)
    doing(lambda: goods.allocate([one, two], today=dt.date(2026, 3, 2)))
    captured = []
    for demand_id, units in ((one, 1), (one, 1), (two, 1), (one, 1)):
        send(shop, demand_id, units)
        settle()
        captured.append(sums(fo.order_id)[1])

    assert captured == [700 + 34, 700 + 67, 700 + 67 + 200, 700 + 101 + 200]
    assert sums(fo.order_id) == (1001, 1001, 0)
    assert [p.reconciled for p in selectors.money_proof(EVERYTHING)] == [True]


def test_shipping_captures_goods_and_charges_once(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 2, "SKU-2": 1}, charges_minor=495)
    walk(shop, fo)
    settle()
    settle()

    assert entries(fo.order_id) == [("authorised", 3495), ("captured", 3495)]
    assert sums(fo.order_id) == (3495, 3495, 0)
    assert PaymentRequest.objects.filter(order_id=fo.order_id, kind="capture").count() == 1


def test_a_lost_answer_is_looked_up_and_nothing_is_asked_twice(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 2}, payment=NewPayment("test", "unknown"))
    walk(shop, fo)
    settle()

    assert entries(fo.order_id) == [("authorised", 2000), ("captured", 2000)]


def test_paid_elsewhere_is_never_asked_for(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 2}, payment=None)
    assert not fo.held
    walk(shop, fo)
    settle()

    assert (entries(fo.order_id), PaymentRequest.objects.filter(order_id=fo.order_id).count()) == ([], 0)
    with pytest.raises(PaymentNotWanted):
        services.retry_payment(key=uuid4(), actor=HOUSE, order_id=fo.order_id)


def test_an_authorisation_that_lapses_holds_the_order_and_is_asked_for_anew(shop: Shop, day: VirtualClock) -> None:
    fo = accepted(shop, {"SKU-1": 2})
    day.advance(8 * 86_400)

    assert services.expire_authorisations(key=uuid4(), actor=HOUSE) == 1
    assert services.expire_authorisations(key=uuid4(), actor=HOUSE) == 0
    assert (fo_of(fo.order_id).held, sums(fo.order_id)) == (True, (0, 0, 0))
    ask()

    assert (fo_of(fo.order_id).held, sums(fo.order_id)) == (False, (2000, 0, 0))
    assert entries(fo.order_id) == [("authorised", 2000), ("expired", 2000), ("authorised", 2000)]
    walk(shop, fo_of(fo.order_id))
    settle()
    assert sums(fo.order_id) == (2000, 2000, 0)


def test_a_capture_that_comes_too_late_is_authorised_anew_and_captured(shop: Shop, day: VirtualClock) -> None:
    fo = accepted(shop, {"SKU-1": 2})
    day.advance(8 * 86_400)
    walk(shop, fo)
    settle()

    assert entries(fo.order_id) == [("authorised", 2000), ("expired", 2000), ("authorised", 2000), ("captured", 2000)]
    assert [p.reconciled for p in selectors.money_proof(EVERYTHING)] == [True]


def test_a_capture_that_is_refused_is_a_persons_affair(shop: Shop) -> None:
    from packhorse.ground.messages.models import Alert

    fo = accepted(shop, {"SKU-1": 2}, payment=NewPayment("test", "refuse-capture"))
    walk(shop, fo)
    settle()

    assert entries(fo.order_id) == [("authorised", 2000), ("declined", 2000)]
    assert Alert.objects.filter(rule="payment_failed", order_id=fo.order_id, closed_at=None).count() == 1
    proof = selectors.money_proof(EVERYTHING)[0]
    assert (proof.captured_minor, proof.failed_captures_minor, proof.reconciled) == (0, 2000, True)
    assert selectors.waiting(EVERYTHING).refused == {"CAD": (1, Money(2000, "CAD"))}
    assert [o.order_id for o in selectors.orders(EVERYTHING, ListQuery(filters={"refused": ("1",)})).rows] == [fo.order_id]


def test_a_gap_that_no_refused_capture_explains_is_no_proof(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 2}, payment=NewPayment("test", "refuse-capture"))
    walk(shop, fo)
    settle()
    PaymentRequest.objects.filter(order_id=fo.order_id, kind="capture").update(amount_minor=1500)

    proof = selectors.money_proof(EVERYTHING)[0]
    assert (proof.failed_captures_minor, proof.reconciled) == (1500, False)


def test_a_refused_capture_is_missing_until_it_is_asked_for_anew(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 2}, payment=NewPayment("test", "refuse-capture"))
    walk(shop, fo)
    settle()

    services.retry_payment(key=uuid4(), actor=HOUSE, order_id=fo.order_id)
    asked = selectors.money_proof(EVERYTHING)[0]
    settle()
    refused_again = selectors.money_proof(EVERYTHING)[0]

    assert (asked.waiting_captures_minor, asked.failed_captures_minor, asked.reconciled) == (2000, 0, True)
    assert (refused_again.waiting_captures_minor, refused_again.failed_captures_minor, refused_again.reconciled) == (0, 2000, True)


def test_refunds_stop_at_what_was_captured(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 2})
    walk(shop, fo)
    settle()

    def refund(amount: int, cause: int) -> int:
        return doing(lambda: requests.refund(order_id=fo.order_id, amount_minor=amount, cause=Ref("returns.rma", cause), note=""))

    first = refund(1500, 1)
    assert refund(1500, 1) == first
    with pytest.raises(OverRefund):
        refund(501, 2)
    refund(500, 3)
    settle()

    assert sums(fo.order_id) == (2000, 2000, 2000)
    assert entries(fo.order_id)[2:] == [("refunded", 1500), ("refunded", 500)]
    with pytest.raises(OverRefund):
        refund(1, 4)


def test_recording_twice_records_once(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 2}, pay=False)
    ids = services.claim_payments(key=uuid4(), actor=HOUSE)
    answers = asking.ask_providers(selectors.payments_to_ask(EVERYTHING, ids))
    key = uuid4()

    assert services.record_payments(key=key, actor=HOUSE, answers=answers) == 1
    assert services.record_payments(key=key, actor=HOUSE, answers=answers) == 1
    assert services.record_payments(key=uuid4(), actor=HOUSE, answers=answers) == 0
    with pytest.raises(KeyReused):
        services.record_payments(key=key, actor=HOUSE, answers=[])
    assert entries(fo.order_id) == [("authorised", 2000)]
    assert JournalEntry.objects.filter(order_id=fo.order_id, event="orders.payment_authorised").count() == 1


def test_needs_the_right(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 2}, pay=False)
    ids = list(PaymentRequest.objects.filter(order_id=fo.order_id).values_list("pk", flat=True))
    for who in (actor("picker"), actor("service", client_id=make_shop().client_id)):
        with pytest.raises(NotAllowed):
            services.record_payments(key=uuid4(), actor=who, answers=[PaymentAnswer(ids[0], "done", "x", 2000)])
        with pytest.raises(NotAllowed):
            services.retry_payment(key=uuid4(), actor=who, order_id=fo.order_id)
    with pytest.raises(NotFound):
        services.retry_payment(key=uuid4(), actor=HOUSE, order_id=999_999_999)
    assert sums(fo.order_id) == (0, 0, 0)


def test_what_is_cancelled_is_let_go_at_the_bank(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 2})
    services.cancel_orders(key=uuid4(), actor=HOUSE, order_ids=[fo.order_id], reason="changed their mind")
    settle()

    assert entries(fo.order_id) == [("authorised", 2000), ("voided", 2000)]
    assert sums(fo.order_id) == (0, 0, 0)


def test_what_is_cancelled_before_the_bank_was_asked_is_not_asked_for(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 2}, pay=False)
    services.cancel_orders(key=uuid4(), actor=HOUSE, order_ids=[fo.order_id], reason="changed their mind")
    dispatch.drain()
    ask()

    assert (entries(fo.order_id), PaymentRequest.objects.filter(order_id=fo.order_id).count()) == ([], 0)


def test_a_part_that_is_cancelled_is_not_captured(shop: Shop) -> None:
    fo = accepted(shop, [("SKU-1", 3, "0.335"), ("SKU-2", 1, "5.00")], charges_minor=100)
    services.cancel_lines(key=uuid4(), actor=HOUSE, order_id=fo.order_id, quantities={fo.lines[0].demand_id: 1}, reason="only two")
    pick(shop, fo)
    pack(shop, fo)
    ship(fo)
    settle()

    assert entries(fo.order_id) == [("authorised", 701), ("captured", 667), ("voided", 34)]
    assert sums(fo.order_id) == (667, 667, 0)
