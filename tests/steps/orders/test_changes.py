"""An accepted order can be changed as long as the goods are here; each change is written down."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import uuid4

import pytest

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid, KeyReused, NotAllowed, NotFound
from packhorse.steps.inventory import selectors as inventory
from packhorse.steps.orders import checking, selectors, services
from packhorse.steps.orders.errors import AlreadyResolved, HoldNotOpen, NothingToChange, PackedAlready, TooLate
from packhorse.steps.orders.models import Change, FulfillmentLine, FulfillmentOrder, Order, PaymentRequest, Quarantined
from packhorse.steps.orders.types import Accepted, HoldDone, HoldRefused, Refused, StockCameIn
from tests.build import HOUSE, Shop, actor, make_shop, receive, stock
from tests.build_orders import OTTAWA, PLACED, accepted, ask, fo_of, new_order, pack, pick, settle, ship, take_in

pytestmark = pytest.mark.django_db

TORONTO = replace(OTTAWA, line1="100 King St W", city="Toronto", postal_code="M5V 1A1")


@pytest.fixture
def shop() -> Shop:
    made = make_shop()
    stock(made, {"SKU-1": 10, "SKU-2": 10})
    return made


def kinds(order_id: int) -> list[str]:
    return [h.kind for h in selectors.order(EVERYTHING, order_id).holds if h.released_at is None]


def test_a_better_address_lets_the_order_go_and_promises_anew(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 1}, ship_to=replace(OTTAWA, postal_code="nope"))
    assert kinds(fo.order_id) == ["address"]
    key = uuid4()

    def change(reason: str) -> object:
        return services.change_address(key=key, actor=HOUSE, order_id=fo.order_id, address=TORONTO, reason=reason)

    assert change("typo") == change("typo")

    assert (kinds(fo.order_id), fo_of(fo.order_id).ship_by) == ([], fo.ship_by)
    assert selectors.ship_to(EVERYTHING, [fo.order_id])[fo.order_id].data == TORONTO
    assert Change.objects.get(order_id=fo.order_id).reason == "typo"
    with pytest.raises(KeyReused):
        change("other")
    services.change_address(key=uuid4(), actor=HOUSE, order_id=fo.order_id, address=replace(TORONTO, postal_code=""), reason="worse")
    assert kinds(fo.order_id) == ["address"]


def test_what_is_packed_or_gone_keeps_its_address_and_service(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 1})
    pick(shop, fo)
    pack(shop, fo)
    for refusal in (PackedAlready, TooLate):
        with pytest.raises(refusal):
            services.change_address(key=uuid4(), actor=HOUSE, order_id=fo.order_id, address=TORONTO, reason="x")
        with pytest.raises(refusal):
            services.change_service(key=uuid4(), actor=HOUSE, order_id=fo.order_id, service="express", reason="x")
        if refusal is PackedAlready:
            ship(fo)
    assert selectors.ship_to(EVERYTHING, [fo.order_id])[fo.order_id].data == OTTAWA


def test_a_faster_service_is_promised_from_now(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 1})
    services.change_service(key=uuid4(), actor=HOUSE, order_id=fo.order_id, service="express", reason="in a hurry")

    now = fo_of(fo.order_id)
    assert (now.service, now.deliver_by < fo.deliver_by, now.promise_basis["transit_days"]) == ("express", True, [1, 3])
    with pytest.raises(NothingToChange):
        services.change_service(key=uuid4(), actor=HOUSE, order_id=fo.order_id, service="express", reason="x")
    with pytest.raises(Invalid):
        services.change_service(key=uuid4(), actor=HOUSE, order_id=fo.order_id, service="never", reason="x")


def test_more_becomes_a_line_of_its_own_paid_by_itself(shop: Shop) -> None:
    fo = accepted(shop, [("SKU-1", 3, "0.335")])
    services.change_quantities(key=uuid4(), actor=HOUSE, order_id=fo.order_id, quantities={fo.lines[0].demand_id: 5}, reason="two more")

    now = fo_of(fo.order_id)
    assert [(line.line_no, line.quantity, line.promised, line.amount_minor) for line in now.lines] == [(1, 3, 3, 101), (2, 2, 2, 67)]
    assert (now.held, Order.objects.get(pk=fo.order_id).goods_minor) == (True, 168)
    assert list(PaymentRequest.objects.filter(order_id=fo.order_id, answered_at=None).values_list("kind", "amount_minor")) == [("authorise", 67)]
    ask()
    now = fo_of(fo.order_id)
    assert not now.held
    pick(shop, now)
    pack(shop, now)
    ship(now)
    settle()
    order = Order.objects.get(pk=fo.order_id)
    assert (order.authorised_minor, order.captured_minor) == (168, 168)


def test_less_is_cancelled_and_refusals_change_nothing(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 4})
    demand = fo.lines[0].demand_id

    def change(quantities: dict[int, int], who: object = HOUSE, order_id: int = fo.order_id) -> None:
        services.change_quantities(key=uuid4(), actor=who, order_id=order_id, quantities=quantities, reason="x")  # type: ignore[arg-type]

    for quantities, refusal in (({demand: 4}, NothingToChange), ({demand: -1}, Invalid), ({999_999_999: 1}, NotFound)):
        with pytest.raises(refusal):
            change(quantities)
    with pytest.raises(NotFound):
        change({demand: 1}, order_id=999_999_999)
    with pytest.raises(NotAllowed):
        change({demand: 1}, actor("picker"))
    change({demand: 1})
    assert list(FulfillmentLine.objects.filter(demand_id=demand).values_list("quantity", "promised", "cancelled")) == [(4, 1, 3)]
    pick(shop, fo_of(fo.order_id))
    with pytest.raises(TooLate):
        change({demand: 9})


def test_held_by_a_person_and_released(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 1})
    key = uuid4()

    def place(note: str = "look") -> list[HoldDone | HoldRefused]:
        return services.place_hold(key=key, actor=HOUSE, fulfillment_order_ids=[fo.fulfillment_order_id, 999_999_999], note=note)

    done, missing = place()
    assert place() == [done, missing]
    assert isinstance(done, HoldDone)
    assert isinstance(missing, HoldRefused)
    assert (missing.code, fo_of(fo.order_id).held) == ("not_found", True)
    assert selectors.releasable(EVERYTHING, shop.warehouse_id, limit=5) == []
    with pytest.raises(KeyReused):
        place("other")
    with pytest.raises(NotAllowed):
        services.release_hold(key=uuid4(), actor=actor("picker"), hold_id=done.hold_id)
    services.release_hold(key=uuid4(), actor=HOUSE, hold_id=done.hold_id)
    assert not fo_of(fo.order_id).held
    with pytest.raises(HoldNotOpen):
        services.release_hold(key=uuid4(), actor=HOUSE, hold_id=done.hold_id)
    with pytest.raises(NotFound):
        services.release_hold(key=uuid4(), actor=HOUSE, hold_id=999_999_999)
    with pytest.raises(Invalid):
        services.place_hold(key=uuid4(), actor=HOUSE, fulfillment_order_ids=[fo.fulfillment_order_id], kind="mood", note="x")


def test_an_unpaid_order_is_let_go_only_by_who_may_take_money(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 1}, pay=False)
    hold = selectors.order(EVERYTHING, fo.order_id).holds[0]
    limited = replace(actor("service"), only=frozenset({"hold_orders"}))
    with pytest.raises(NotAllowed):
        services.release_hold(key=uuid4(), actor=limited, hold_id=hold.hold_id)
    services.release_hold(key=uuid4(), actor=actor("service"), hold_id=hold.hold_id)
    assert not fo_of(fo.order_id).held


def test_goods_that_come_in_go_to_the_urgent_then_to_the_oldest(shop: Shop) -> None:
    first, second, urgent = (accepted(shop, {"SKU-3": 2}, payment=None) for _ in range(3))
    sql.run("UPDATE orders_fulfillmentorder SET priority = 5 WHERE id = %s", [urgent.fulfillment_order_id])
    receive(shop.item("SKU-3"), shop.bins[0], 3)
    key = uuid4()

    def promise() -> int:
        return services.promise_backorders(key=key, actor=HOUSE, came_in=[StockCameIn(shop.warehouse_id, (shop.item("SKU-3"),))])

    assert promise() == promise() == 3
    assert [fo_of(fo.order_id).lines[0].promised for fo in (first, second, urgent)] == [1, 0, 2]
    assert [fo_of(fo.order_id).stage for fo in (first, second, urgent)] == ["backordered", "backordered", "open"]
    assert selectors.drift(EVERYTHING) == []
    with pytest.raises(KeyReused):
        services.promise_backorders(key=key, actor=HOUSE, came_in=[])
    with pytest.raises(NotAllowed):
        services.promise_backorders(key=uuid4(), actor=actor("picker"), came_in=[])


def test_who_comes_when_goods_have_come_in_stands_behind_those_that_wait(shop: Shop) -> None:
    waiting = accepted(shop, {"SKU-3": 3}, payment=None)
    receive(shop.item("SKU-3"), shop.bins[0], 4)  # and nobody has looked yet

    late, last = accepted(shop, {"SKU-3": 3}, payment=None), accepted(shop, {"SKU-3": 2}, payment=None)

    assert [fo_of(fo.order_id).lines[0].promised for fo in (waiting, late, last)] == [0, 1, 0]
    settle()
    assert [fo_of(fo.order_id).lines[0].promised for fo in (waiting, late, last)] == [3, 1, 0]
    receive(shop.item("SKU-3"), shop.bins[0], 2)
    services.cancel_orders(key=uuid4(), actor=HOUSE, order_ids=[late.order_id], reason="x")
    settle()
    assert [fo_of(fo.order_id).lines[0].promised for fo in (waiting, last)] == [3, 2]
    assert inventory.drift(EVERYTHING) == []


def test_who_waits_no_more_leaves_what_has_come_to_the_next(shop: Shop) -> None:
    waiting = accepted(shop, {"SKU-3": 3}, payment=None)
    receive(shop.item("SKU-3"), shop.bins[0], 3)
    behind = accepted(shop, {"SKU-3": 2}, payment=None)
    sql.run("DELETE FROM core_outbox")  # who was told of the goods looked before this one had come

    services.cancel_orders(key=uuid4(), actor=HOUSE, order_ids=[waiting.order_id], reason="x")
    settle()

    assert fo_of(behind.order_id).lines[0].promised == 2


def test_of_the_equally_urgent_goods_go_to_who_must_leave_first_then_to_who_bought_first(shop: Shop) -> None:
    bought_later, bought_first = (accepted(shop, {"SKU-3": 1}, payment=None, placed_at=PLACED - dt.timedelta(days=days)) for days in (0, 3))
    leaves_first = accepted(shop, {"SKU-3": 1}, payment=None)
    FulfillmentOrder.objects.filter(pk=leaves_first.fulfillment_order_id).update(ship_by=leaves_first.ship_by - dt.timedelta(days=1))

    def promised_after_one_more() -> list[int]:
        receive(shop.item("SKU-3"), shop.bins[0], 1)
        assert services.promise_backorders(key=uuid4(), actor=HOUSE, came_in=[StockCameIn(shop.warehouse_id, (shop.item("SKU-3"),))]) == 1
        return [fo_of(fo.order_id).lines[0].promised for fo in (leaves_first, bought_first, bought_later)]

    assert [promised_after_one_more() for _ in range(3)] == [[1, 0, 0], [1, 1, 0], [1, 1, 1]]


def test_a_receipt_promises_what_waits_by_itself(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-3": 2}, payment=None)
    receive(shop.item("SKU-3"), shop.bins[0], 5)
    settle()
    assert fo_of(fo.order_id).stage == "open"
    assert inventory.availability(EVERYTHING, shop.warehouse_id, [shop.item("SKU-3")])[0].available == 3


def test_a_quarantined_order_is_mended(shop: Shop) -> None:
    bad = new_order({"NOPE": 1})
    refused = take_in(shop, bad)[0]
    assert isinstance(refused, Refused)

    def mend(sku: str, key: object = None) -> Accepted | Refused:
        payload = checking.payload(replace(bad, lines=(replace(bad.lines[0], sku=sku),)))
        return services.mend_quarantined(
            key=key or uuid4(),  # type: ignore[arg-type]
            actor=HOUSE,
            quarantined_id=refused.quarantined_id,
            warehouse_id=shop.warehouse_id,
            payload=payload,
        )

    with pytest.raises(Invalid):
        services.mend_quarantined(key=uuid4(), actor=HOUSE, quarantined_id=refused.quarantined_id, warehouse_id=shop.warehouse_id, payload={"lines": 1})
    with pytest.raises(NotFound):
        services.mend_quarantined(key=uuid4(), actor=HOUSE, quarantined_id=999_999_999, warehouse_id=shop.warehouse_id, payload={})
    with pytest.raises(NotAllowed):
        services.discard_quarantined(key=uuid4(), actor=actor("picker"), quarantined_id=refused.quarantined_id, reason="x")
    key = uuid4()
    done = mend("SKU-1", key)
    assert isinstance(done, Accepted)
    assert mend("SKU-1", key) == done
    with pytest.raises(KeyReused):
        mend("SKU-2", key)
    with pytest.raises(AlreadyResolved):
        mend("SKU-2")
    assert Quarantined.objects.get(pk=refused.quarantined_id).resolution == done.number


def test_a_mend_that_is_still_wrong_stands_in_quarantine_with_its_new_reason(shop: Shop) -> None:
    bad = new_order({"NOPE": 1})
    refused = take_in(shop, bad)[0]
    assert isinstance(refused, Refused)
    payload = checking.payload(replace(bad, lines=(replace(bad.lines[0], sku="NADA"),)))
    again = services.mend_quarantined(key=uuid4(), actor=HOUSE, quarantined_id=refused.quarantined_id, warehouse_id=shop.warehouse_id, payload=payload)
    assert isinstance(again, Refused)
    assert list(Quarantined.objects.filter(client_id=shop.client_id, resolved_at=None).values_list("reason", flat=True)) == ["There is no item NADA."]
