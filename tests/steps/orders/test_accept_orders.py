"""An order that comes in is promised what is there, waits for the rest, and is asked for its money."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import KeyReused, NotAllowed, NotFound
from packhorse.core.models import JournalEntry, Setting
from packhorse.ground.places.types import AddressData
from packhorse.steps.inventory import selectors as inventory
from packhorse.steps.orders import selectors, services
from packhorse.steps.orders.models import Hold, Order, PaymentRequest, Quarantined
from packhorse.steps.orders.types import NO_ADDRESS, Accepted, NewLine, NewPayment, Refused
from tests.build import HOUSE, Shop, actor, make_shop, stock
from tests.build_orders import OTTAWA, PLACED, fo_of, new_order, take_in

pytestmark = pytest.mark.django_db


def test_is_promised_numbered_and_asked_for_its_money() -> None:
    shop = make_shop()
    stock(shop, {"SKU-1": 10, "SKU-2": 1})

    answer = take_in(shop, new_order([("SKU-1", 2, "1.255"), ("SKU-2", 1, "3.00"), ("SKU-1", 1, "1.255")], charges_minor=500))[0]

    assert isinstance(answer, Accepted)
    assert (answer.stage, answer.backordered, answer.holds, answer.already) == ("open", 0, ("payment",), False)
    order = Order.objects.get(pk=answer.order_id)
    assert (order.goods_minor, order.charges_minor, order.language, order.number) == (251 + 300 + 126, 500, "en", answer.number)
    fo = fo_of(answer.order_id)
    assert (fo.number, fo.stage, fo.held) == (f"{answer.number}-1", "open", True)
    assert [(line.sku, line.quantity, line.promised) for line in fo.lines] == [("SKU-1", 2, 2), ("SKU-2", 1, 1), ("SKU-1", 1, 1)]
    assert [a.available for a in inventory.availability(EVERYTHING, shop.warehouse_id, [shop.item("SKU-1"), shop.item("SKU-2")])] == [7, 0]
    asked = PaymentRequest.objects.get(order=order)
    assert (asked.kind, asked.amount_minor, asked.provider, asked.token, asked.answered_at) == ("authorise", 1177, "test", "tok", None)
    assert selectors.ship_to(EVERYTHING, [order.pk])[order.pk].data == OTTAWA
    assert list(JournalEntry.objects.filter(order_id=order.pk).values_list("event", flat=True)) == ["orders.order_accepted"]


def test_takes_two_lines_of_one_item_from_the_same_stock_and_earlier_orders_first() -> None:
    shop = make_shop()
    stock(shop, {"SKU-1": 5})

    first, second = take_in(shop, new_order([("SKU-1", 2, "1"), ("SKU-1", 2, "1")]), new_order({"SKU-1": 3}))

    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert (first.stage, first.backordered) == ("open", 0)
    assert (second.stage, second.backordered) == ("backordered", 2)
    assert [line.promised for line in fo_of(second.order_id).lines] == [1]


def test_asked_twice_gives_the_same_answer_and_changes_nothing() -> None:
    shop = make_shop()
    stock(shop, {"SKU-1": 5})
    key, order = uuid4(), new_order({"SKU-1": 2})

    def ask() -> list[Accepted | Refused]:
        return services.accept_orders(key=key, actor=HOUSE, client_id=shop.client_id, warehouse_id=shop.warehouse_id, orders=[order])

    assert ask() == ask()
    assert Order.objects.filter(client_id=shop.client_id).count() == 1
    with pytest.raises(KeyReused):
        services.accept_orders(key=key, actor=HOUSE, client_id=shop.client_id, warehouse_id=shop.warehouse_id, orders=[])


def test_that_came_before_is_answered_with_the_number_it_has() -> None:
    shop = make_shop()
    order = new_order({"SKU-1": 2})
    first = take_in(shop, order)[0]
    assert isinstance(first, Accepted)

    again = take_in(shop, order, order, new_order({"SKU-1": 1}))

    assert again[0] == again[1] == Accepted("shop", order.external_id, first.order_id, first.number, already=True)
    assert Order.objects.filter(client_id=shop.client_id).count() == 2


def test_twice_in_one_list_counts_once() -> None:
    shop = make_shop()
    order = new_order({"SKU-1": 2})

    first, second = take_in(shop, order, order)

    assert isinstance(first, Accepted)
    assert not first.already
    assert second == Accepted("shop", order.external_id, first.order_id, first.number, already=True)


BAD = [
    ("unknown_sku", {"lines": (NewLine("NOPE", 1, Decimal(1)),)}),
    ("bad_quantity", {"lines": (NewLine("SKU-1", 0, Decimal(1)),)}),
    ("bad_price", {"lines": (NewLine("SKU-1", 1, Decimal("-0.01")),)}),
    ("bad_price", {"lines": (NewLine("SKU-1", 1, Decimal("0.0000001")),)}),
    ("no_lines", {"lines": ()}),
    ("bad_date", {"placed_at": PLACED.replace(tzinfo=None)}),
    ("bad_date", {"placed_at": PLACED.replace(year=1)}),
    ("bad_text", {"language": "engli-sh"}),
    ("bad_text", {"ship_to": replace(OTTAWA, country="CAN")}),
    ("no_id", {"external_id": " "}),
    ("currency_mismatch", {"currency": "USD"}),
    ("unknown_service", {"service": "yesterday"}),
    ("bad_priority", {"priority": -1}),
    ("bad_priority", {"priority": 101}),
    ("unknown_provider", {"payment": NewPayment("nobody")}),
    ("payment_too_small", {"payment": NewPayment("test", "tok", 1)}),
    ("amount_too_large", {"lines": (NewLine("SKU-1", 10_000_000, Decimal(10_000_000)),)}),
]


@pytest.mark.parametrize(("code", "change"), BAD)
def test_that_cannot_be_taken_stands_in_quarantine_and_the_rest_goes_on(code: str, change: dict[str, object]) -> None:
    shop = make_shop()
    good, bad = new_order({"SKU-1": 1}), replace(new_order({"SKU-1": 1}), **change)  # type: ignore[arg-type]

    refused, taken = take_in(shop, bad, good)

    assert isinstance(refused, Refused)
    assert isinstance(taken, Accepted)
    row = Quarantined.objects.get(client_id=shop.client_id)
    assert (refused.code, refused.quarantined_id, row.code, row.reason) == (code, row.pk, code, refused.reason)
    assert "{" not in refused.reason
    again = take_in(shop, bad)[0]
    assert again == refused
    assert Quarantined.objects.filter(client_id=shop.client_id).count() == 1


def test_that_was_mended_by_its_sender_leaves_the_quarantine() -> None:
    shop = make_shop()
    bad = replace(new_order({"SKU-1": 1}), service="yesterday")
    take_in(shop, bad)

    taken = take_in(shop, replace(bad, service="express"))[0]

    assert isinstance(taken, Accepted)
    assert Quarantined.objects.get(client_id=shop.client_id).resolution == taken.number


def _holds(answer: Accepted | Refused) -> dict[str, str]:
    assert isinstance(answer, Accepted), answer
    return dict(Hold.objects.filter(fulfillment_order__order_id=answer.order_id).values_list("kind", "note"))


def test_waits_for_what_it_must_wait_for() -> None:
    shop = make_shop()
    Setting.objects.create(name="orders.value_limit_minor", client_id=shop.client_id, value=5_000, since=PLACED)
    Setting.objects.create(name="orders.watch_countries", client_id=shop.client_id, value=["US"], since=PLACED)
    Setting.objects.create(name="orders.watch_skus", value=["SKU-3"], client_id=shop.client_id, since=PLACED)
    nowhere = AddressData(name="Ann", line1="1 High St", city="Ottawa", region="ON", postal_code="nope", country="CA")
    usa = AddressData(name="Ann", line1="350 5th Ave", city="New York", region="NY", postal_code="10118", country="US")

    plain, paid, missing, bad, dear, watched, abroad = take_in(
        shop,
        new_order({"SKU-1": 1}, payment=None),
        new_order({"SKU-1": 1}),
        new_order({"SKU-1": 1}, payment=None, ship_to=None),
        new_order({"SKU-1": 1}, payment=None, ship_to=nowhere),
        new_order({"SKU-1": 6}, payment=None),
        new_order({"SKU-3": 1}, payment=None),
        new_order({"SKU-1": 1}, payment=None, ship_to=usa),
    )

    assert _holds(plain) == {}
    assert _holds(paid) == {"payment": ""}
    assert _holds(missing) == {"address": NO_ADDRESS}
    assert list(_holds(bad)) == ["address"]
    assert list(_holds(dear)) == ["value"]
    assert _holds(watched) == {"manual": "SKU-3"}
    assert _holds(abroad) == {"manual": "US"}


def test_leaves_in_part_or_whole_as_it_says_or_else_as_its_client_ships() -> None:
    shop, other = make_shop(), make_shop()
    Setting.objects.create(name="orders.ship_complete", client_id=shop.client_id, value=False, since=PLACED)

    def taken(where: Shop, **given: Any) -> tuple[bool, int]:
        answer = take_in(where, new_order({"SKU-1": 1}, payment=None, **given))[0]
        assert isinstance(answer, Accepted)
        fo = fo_of(answer.order_id)
        return fo.ship_complete, fo.priority

    assert [taken(shop), taken(shop, ship_complete=True), taken(shop, ship_complete=False, priority=100)] == [(False, 0), (True, 0), (False, 100)]
    assert [taken(other), taken(other, ship_complete=False, priority=7)] == [(True, 0), (False, 7)]


def test_needs_the_right_and_a_client_and_warehouse_that_are_there() -> None:
    shop = make_shop()
    other = make_shop()

    def ask(who: object, client_id: int = shop.client_id, warehouse_id: int = shop.warehouse_id) -> None:
        services.accept_orders(key=uuid4(), actor=who, client_id=client_id, warehouse_id=warehouse_id, orders=[new_order({"SKU-1": 1})])  # type: ignore[arg-type]

    for who in (actor("picker"), actor("client", client_id=other.client_id), actor("service", warehouse_id=other.warehouse_id)):
        with pytest.raises(NotAllowed):
            ask(who)
    with pytest.raises(NotFound):
        ask(HOUSE, client_id=999_999_999)
    with pytest.raises(NotFound):
        ask(HOUSE, warehouse_id=999_999_999)
    assert not Order.objects.filter(client_id=shop.client_id).exists()


def test_a_thousand_orders_take_a_handful_of_statements() -> None:
    shop = make_shop()
    stock(shop, {"SKU-1": 10_000, "SKU-2": 10_000})
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    few, many = [new_order({"SKU-1": 1, "SKU-2": 1}) for _ in range(2)], [new_order({"SKU-1": 1, "SKU-2": 1}) for _ in range(300)]
    with CaptureQueriesContext(
        connection,
    ) as two:
        take_in(shop, *few)
    with CaptureQueriesContext(connection) as three_hundred:
        take_in(shop, *many)

    assert len(two) <= 16
    assert len(three_hundred) <= 23
    assert sql.rows("SELECT count(*) FROM orders_order WHERE client_id = %s", [shop.client_id]) == [(302,)]
