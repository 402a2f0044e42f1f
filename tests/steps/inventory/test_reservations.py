"""Checkout keeps goods until its time is over; nobody else is promised them, and the order takes them over without a gap."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
from django.test import Client

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING
from packhorse.core.clock import VirtualClock
from packhorse.core.errors import NotAllowed
from packhorse.core.lists import ListQuery
from packhorse.core.models import JournalEntry
from packhorse.steps.inventory import jobs, selectors, services
from packhorse.steps.inventory.models import Demand, Reservation
from packhorse.steps.inventory.types import Missing, NewReservation, ReservationRefused, Reserved, ReservedLine
from packhorse.steps.orders.types import Accepted
from tests.asked import done_once
from tests.build import HOUSE, Shop, actor, make_shop, stock
from tests.build_orders import new_order, take_in
from tests.steps.inventory.test_pages import sign_in, text

pytestmark = pytest.mark.django_db


def wish(shop: Shop, reference: str, lines: dict[str, int], **given: object) -> NewReservation:
    return NewReservation(reference, tuple(ReservedLine(shop.item(sku), q) for sku, q in lines.items()), **{"channel": "shop", **given})  # type: ignore[arg-type]


def reserve(shop: Shop, *wishes: NewReservation) -> list[Reserved | ReservationRefused]:
    return services.reserve_stock(key=uuid4(), actor=HOUSE, client_id=shop.client_id, warehouse_id=shop.warehouse_id, reservations=list(wishes))


def available(shop: Shop, sku: str = "SKU-1") -> tuple[int, int, int]:
    a = selectors.availability(EVERYTHING, shop.warehouse_id, [shop.item(sku)])[0]
    return a.sellable, a.promised, a.available


def states(shop: Shop) -> list[tuple[str, str]]:
    return [(r.reference, r.state) for r in selectors.reservations(EVERYTHING, ListQuery()).rows if r.client_id == shop.client_id]


def test_what_is_reserved_is_promised_to_nobody_else(shop: Shop) -> None:
    stock(shop, {"SKU-1": 5})
    answer = done_once(
        services.reserve_stock, actor=HOUSE, client_id=shop.client_id, warehouse_id=shop.warehouse_id, reservations=[wish(shop, "cart-1", {"SKU-1": 4})],
        other={"reservations": [wish(shop, "cart-1", {"SKU-1": 3})]},
    )  # fmt: skip
    assert isinstance(answer[0], Reserved)
    assert available(shop) == (5, 4, 1)
    taken = take_in(shop, new_order({"SKU-1": 3}))[0]
    assert isinstance(taken, Accepted)
    assert taken.backordered == 2
    assert JournalEntry.objects.filter(event="inventory.stock_reserved", client_id=shop.client_id).count() == 1


def test_what_is_reserved_goes_to_its_order_though_others_wait_and_nobody_else_comes_before_them(shop: Shop) -> None:
    stock(shop, {"SKU-1": 2})
    reserve(shop, wish(shop, "cart-1", {"SKU-1": 2}))
    waiting = take_in(shop, new_order({"SKU-1": 3}))[0]
    stock(shop, {"SKU-1": 1})  # nobody has looked yet

    (none,) = reserve(shop, wish(shop, "cart-2", {"SKU-1": 1}))
    mine, other = take_in(shop, new_order({"SKU-1": 2}, reservation="cart-1"), new_order({"SKU-1": 1}))

    assert isinstance(none, ReservationRefused)
    assert [a.backordered for a in (waiting, mine, other) if isinstance(a, Accepted)] == [3, 0, 1]


def test_a_reservation_is_kept_whole_or_not_at_all_and_says_what_is_missing(shop: Shop) -> None:
    stock(shop, {"SKU-1": 5, "SKU-2": 1})
    both = NewReservation("two-lines", (ReservedLine(shop.item("SKU-1"), 3), ReservedLine(shop.item("SKU-1"), 3)))
    found = reserve(shop, both, wish(shop, "mixed", {"SKU-1": 1, "SKU-2": 2}), wish(shop, "fits", {"SKU-1": 5}))
    assert [(type(f), getattr(f, "code", ""), getattr(f, "missing", ())) for f in found] == [
        (ReservationRefused, "out_of_stock", (Missing(shop.item("SKU-1"), "SKU-1", 6, 0),)),
        (ReservationRefused, "out_of_stock", (Missing(shop.item("SKU-1"), "SKU-1", 1, 0), Missing(shop.item("SKU-2"), "SKU-2", 2, 1))),
        (Reserved, "", ()),
    ]
    assert states(shop) == [("fits", "open")]
    assert (available(shop), available(shop, "SKU-2")) == ((5, 5, 0), (1, 0, 1))


def test_what_cannot_be_reserved_says_why_and_keeps_nothing(shop: Shop) -> None:
    stock(shop, {"SKU-1": 5})
    other = make_shop()
    foreign = NewReservation("foreign", (ReservedLine(other.item("SKU-1"), 1),))
    reserve(shop, wish(shop, "cart-1", {"SKU-1": 1}))
    found = reserve(
        shop, wish(shop, "cart-1", {"SKU-1": 1}), foreign, wish(shop, "", {"SKU-1": 1}), wish(shop, "none", {}), wish(shop, "zero", {"SKU-1": 0}), wish(shop, "long", {"SKU-1": 1}, minutes=1441)
    )  # fmt: skip
    assert [f.code for f in found if isinstance(f, ReservationRefused)] == ["taken", "unknown_item", "bad_lines", "bad_lines", "bad_lines", "bad_lines"]
    assert states(shop) == [("cart-1", "open")]
    assert available(shop) == (5, 1, 4)
    assert Demand.objects.filter(for_kind="inventory.reservation").count() == 1


def test_two_of_one_name_in_one_list_are_one(shop: Shop) -> None:
    stock(shop, {"SKU-1": 5})
    found = reserve(shop, wish(shop, "cart-1", {"SKU-1": 2}), wish(shop, "cart-1", {"SKU-1": 2}))
    assert [type(f) for f in found] == [Reserved, ReservationRefused]
    assert available(shop) == (5, 2, 3)


def test_when_its_time_is_over_others_may_have_it(shop: Shop) -> None:
    stock(shop, {"SKU-1": 5})
    now = clock.now()
    with clock.using(VirtualClock(now)):
        reserve(shop, wish(shop, "short", {"SKU-1": 2}, minutes=5), wish(shop, "long", {"SKU-1": 1}, minutes=30))
    with clock.using(VirtualClock(now + dt.timedelta(minutes=5))):
        jobs.expire_reservations(key=uuid4())
    assert states(shop) == [("short", "expired"), ("long", "open")]
    assert available(shop) == (5, 1, 4)


def test_a_reservation_that_is_given_up_frees_its_goods_once(shop: Shop) -> None:
    stock(shop, {"SKU-1": 5})
    reserve(shop, wish(shop, "cart-1", {"SKU-1": 4}))
    pk = Reservation.objects.get(reference="cart-1", client_id=shop.client_id).pk
    assert done_once(services.release_reservations, actor=HOUSE, reservation_ids=[pk], other={"reservation_ids": [pk + 1]}) == [pk]
    assert services.release_reservations(key=uuid4(), actor=HOUSE, reservation_ids=[pk]) == []
    assert available(shop) == (5, 0, 5)
    assert states(shop) == [("cart-1", "released")]


def test_the_order_takes_the_reserved_goods_over_before_the_others_of_its_list(shop: Shop) -> None:
    stock(shop, {"SKU-1": 5})
    reserve(shop, wish(shop, "cart-1", {"SKU-1": 4}))
    first, mine = take_in(shop, new_order({"SKU-1": 3}), new_order({"SKU-1": 4}, reservation="cart-1"))
    assert isinstance(first, Accepted)
    assert isinstance(mine, Accepted)
    assert (first.backordered, mine.backordered) == (2, 0)
    assert states(shop) == [("cart-1", "accepted")]
    assert available(shop) == (5, 5, 0)


def test_an_order_whose_time_just_ended_still_gets_what_is_kept_and_after_that_what_there_is(shop: Shop) -> None:
    stock(shop, {"SKU-1": 5})
    now = clock.now()
    with clock.using(VirtualClock(now)):
        reserve(shop, wish(shop, "late", {"SKU-1": 5}, minutes=1), wish(shop, "none", {"SKU-1": 1}))
    with clock.using(VirtualClock(now + dt.timedelta(minutes=2))):
        late, nobody = take_in(shop, new_order({"SKU-1": 5}, reservation="late"), new_order({"SKU-1": 1}, reservation="never was"))
    assert isinstance(late, Accepted)
    assert isinstance(nobody, Accepted)
    assert (late.backordered, nobody.backordered) == (0, 1)


def test_who_may_not_take_orders_reserves_nothing(shop: Shop) -> None:
    stock(shop, {"SKU-1": 5})
    for who in (actor("packer"), actor("client", client_id=make_shop().client_id)):
        with pytest.raises(NotAllowed):
            services.reserve_stock(
                key=uuid4(), actor=who, client_id=shop.client_id, warehouse_id=shop.warehouse_id, reservations=[wish(shop, "x", {"SKU-1": 1})]
            )
    reserve(shop, wish(shop, "cart-1", {"SKU-1": 1}))
    pk = Reservation.objects.get(reference="cart-1", client_id=shop.client_id).pk
    for who in (actor("packer"), actor("client", client_id=make_shop().client_id)):
        with pytest.raises(NotAllowed):
            services.release_reservations(key=uuid4(), actor=who, reservation_ids=[pk])
    with pytest.raises(NotAllowed):
        services.expire_reservations(key=uuid4(), actor=actor("packer"))
    assert available(shop) == (5, 1, 4)


def test_the_api_reserves_lists_and_releases(client: Client, shop: Shop) -> None:
    stock(shop, {"SKU-1": 5})
    boss = sign_in(client, "manager")
    body = {
        "client_id": shop.client_id,
        "warehouse_id": shop.warehouse_id,
        "reservations": [{"reference": "cart-9", "lines": [{"item_id": shop.item("SKU-1"), "quantity": 2}]}],
    }
    made = boss.post("/api/v1/inventory/reservations", body, content_type="application/json", headers={"Idempotency-Key": str(uuid4())})
    assert made.status_code == 200, made.content
    pk = made.json()[0]["reservation_id"]
    assert "cart-9" in text(boss, "/inventory/reservations/?state=open")
    assert [r["reference"] for r in boss.get("/api/v1/inventory/reservations?state=open").json()["rows"]] == ["cart-9"]
    done = boss.post(
        "/api/v1/inventory/reservations/release", {"reservation_ids": [pk]}, content_type="application/json", headers={"Idempotency-Key": str(uuid4())}
    )
    assert done.json() == [pk]
    assert available(shop) == (5, 0, 5)
