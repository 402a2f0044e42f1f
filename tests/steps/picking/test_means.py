"""What a warehouse picks with: walks fit the cart that they are planned for, and only such a cart takes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid, KeyReused, NotAllowed, NotFound, PackhorseError
from packhorse.core.models import JournalEntry
from packhorse.ground.catalog.models import Item
from packhorse.ground.warehouse import services as warehouses
from packhorse.ground.warehouse.types import NewLocation
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.errors import TypeInUse, WrongCart
from packhorse.steps.picking.models import CartType, PickBatch, Release, TypedCart, WorkerType
from packhorse.steps.picking.services.breaking_in import exchange
from packhorse.steps.picking.types import Times, Urgency
from tests.build import HOUSE, Shop, actor
from tests.build_orders import accepted
from tests.steps.picking.build import PICKER, books_agree, plan, release, shop_with, start
from tests.steps.picking.test_waveless import MORNING

pytestmark = pytest.mark.django_db


def truck(shop: Shop, **more: Any) -> int:
    return services.set_worker_type(
        key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, name="Lift truck", times=Times(walk_m_per_min=120, **more)
    ).worker_type_id


def shop_with_carts() -> Shop:
    """A shop with a second cart."""
    shop = shop_with({"SKU-1": 90})
    (cart,) = warehouses.add_locations(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, locations=[NewLocation("CART-02", "cart")])
    shop.places["CART-02"] = cart.id
    return shop


def cart_type(shop: Shop, compartments: int = 4, **more: Any) -> int:
    return services.set_cart_type(
        key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, name=more.pop("name", "Cart"), compartments=compartments, **more
    ).cart_type_id


def of_type(shop: Shop, cart_type_id: int | None, *codes: str) -> int:
    return services.set_carts(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, cart_ids=[shop.place(c) for c in codes], cart_type_id=cart_type_id)


def plan_for(shop: Shop, cart_type_id: int) -> list[int]:
    return services.plan_batches(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, cart_type_id=cart_type_id, iterations=50)


def released(shop: Shop, *units: int) -> list[int]:
    fos = [accepted(shop, {"SKU-1": n}) for n in units]
    release(shop, *fos)
    return [fo.fulfillment_order_id for fo in fos]


def weighing(shop: Shop, sku: str, weight_g: int, edge_mm: int = 0) -> None:
    Item.objects.filter(pk=shop.item(sku)).update(weight_g=weight_g, length_mm=edge_mm, width_mm=edge_mm, height_mm=edge_mm)


def test_walks_carry_no_more_orders_than_the_cart_has_room_for() -> None:
    shop = shop_with({"SKU-1": 90})
    released(shop, 1, 1, 1)
    cart = cart_type(shop, compartments=2)
    batches = [selectors.batch(EVERYTHING, b) for b in plan_for(shop, cart)]
    assert sorted(b.orders for b in batches) == [1, 2]
    assert {(b.cart_type_id, b.cart_type, b.reasons["cart_type"], b.reasons["orders_per_cart"]) for b in batches} == {(cart, "Cart", "Cart", 2)}


@pytest.mark.parametrize(("limit", "edge_mm"), [({"load_g": 10_000}, 0), ({"volume_ml": 10_000}, 100), ({"load_g": 90_000, "volume_ml": 10_000}, 100)])
def test_nor_more_weight_or_volume(limit: dict[str, int], edge_mm: int) -> None:
    shop = shop_with({"SKU-1": 90})
    weighing(shop, "SKU-1", 1000, edge_mm)  # a kilogram, or a litre
    six, four, five = released(shop, 6, 4, 5)
    made = plan_for(shop, cart_type(shop, compartments=9, **limit))
    together = {frozenset(Release.objects.filter(batch=b).values_list("fulfillment_order_id", flat=True)) for b in made}
    assert together in ({frozenset({six, four}), frozenset({five})}, {frozenset({six}), frozenset({four, five})})
    assert all(0 < float(selectors.batch(EVERYTHING, b).reasons["full_percent"]) <= 100 for b in made)


def test_an_order_that_is_more_than_the_cart_walks_alone_and_says_so() -> None:
    shop = shop_with({"SKU-1": 90})
    weighing(shop, "SKU-1", 1000)
    released(shop, 30, 1)
    reasons = [selectors.batch(EVERYTHING, b).reasons for b in plan_for(shop, cart_type(shop, load_g=20_000))]
    assert sorted((r["full_percent"], r.get("more_than_the_cart_carries", 0)) for r in reasons) == [(5, 0), (150, 1)]


def test_without_a_floor_walks_fit_the_cart_too() -> None:
    shop = shop_with({"SKU-1": 90})
    sql.run("DELETE FROM warehouse_floor WHERE warehouse_id = %s", [shop.warehouse_id])
    weighing(shop, "SKU-1", 1000)
    released(shop, 6, 6, 4)
    assert [selectors.batch(EVERYTHING, b).units for b in plan_for(shop, cart_type(shop, load_g=10_000))] == [6, 10]


def test_the_carts_worker_walks_in_times_of_their_own() -> None:
    shop = shop_with({"SKU-1": 90})
    released(shop, 1)
    (slow,) = plan(shop)
    services.undo_batch(key=uuid4(), actor=HOUSE, batch_id=slow)
    (fast,) = plan_for(shop, cart_type(shop, worker_type_id=truck(shop, turn_s=0, order_s=0, line_s=0, unit_s=0)))
    walked, driven = selectors.batch(EVERYTHING, slow), selectors.batch(EVERYTHING, fast)
    assert driven.distance_m == walked.distance_m > 0
    assert driven.minutes == pytest.approx(driven.distance_m / 120)
    assert driven.one_by_one_min == pytest.approx(driven.one_by_one_m / 120)
    assert driven.s_shape_min == pytest.approx(driven.s_shape_m / 120)
    assert driven.reasons["worker"] == "Lift truck"
    assert walked.minutes == pytest.approx(walked.distance_m / 60 + (20 + 15 + 2 + 2 * turns_there_and_back(walked.distance_m)) / 60)


def turns_there_and_back(metres: float) -> int:
    """SKU-1 lies in the first aisle, where walks begin: one turn, at the bin."""
    assert metres > 0
    return 1


def test_what_is_out_of_reach_waits_for_somebody_else() -> None:
    shop = shop_with({"SKU-1": 90, "SKU-2": 90})
    sql.run("UPDATE warehouse_location SET level = 3 WHERE id IN (SELECT location_id FROM inventory_level WHERE item_id = %s)", [shop.item("SKU-2")])
    low, high = accepted(shop, {"SKU-1": 1}), accepted(shop, {"SKU-1": 1, "SKU-2": 1})
    release(shop, low, high)
    (walk,) = plan_for(shop, cart_type(shop, worker_type_id=truck(shop, reach_levels=3)))
    assert list(Release.objects.filter(batch=walk).values_list("fulfillment_order_id", flat=True)) == [low.fulfillment_order_id]
    assert [t.fulfillment_order_id for t in selectors.unbatched(EVERYTHING, shop.warehouse_id, limit=9)] == [high.fulfillment_order_id] * 2
    (other,) = plan(shop)
    assert selectors.batch(EVERYTHING, other).orders == 1


def test_a_walk_is_taken_by_a_cart_of_its_type_only() -> None:
    shop = shop_with({"SKU-1": 90})
    cart = cart_type(shop)
    released(shop, 1)
    (batch_id,) = plan_for(shop, cart)
    with pytest.raises(WrongCart) as refused:
        start(shop, batch_id)
    assert refused.value.link == f"/picking/batches/{batch_id}/"
    with pytest.raises(WrongCart):
        services.start_batch(key=uuid4(), actor=PICKER, batch_id=batch_id, cart_id=None, tote_ids=shop.totes)
    assert selectors.next_planned(EVERYTHING, shop.warehouse_id, limit=5, cart_id=shop.place("CART-01")) == []
    assert [b.batch_id for b in selectors.next_planned(EVERYTHING, shop.warehouse_id, limit=5)] == [batch_id]
    assert of_type(shop, cart, "CART-01") == 1
    assert [b.batch_id for b in selectors.next_planned(EVERYTHING, shop.warehouse_id, limit=5, cart_id=shop.place("CART-01"))] == [batch_id]
    assert start(shop, batch_id) == 1
    books_agree()


def test_a_cart_is_offered_walks_of_its_own_type_first() -> None:
    shop = shop_with({"SKU-1": 90})
    cart = cart_type(shop)
    of_type(shop, cart, "CART-01")
    released(shop, 1)
    (anybodys,) = plan(shop)
    released(shop, 1)
    (own,) = plan_for(shop, cart)
    assert [b.batch_id for b in selectors.next_planned(EVERYTHING, shop.warehouse_id, limit=5, cart_id=shop.place("CART-01"))] == [own, anybodys]


def test_set_twice_under_a_name_is_changed_and_under_a_key_done_once() -> None:
    shop, key = shop_with({"SKU-1": 1}), uuid4()

    def worker(line_s: int) -> object:
        return services.set_worker_type(key=key, actor=HOUSE, warehouse_id=shop.warehouse_id, name=" Robot ", times=Times(line_s=line_s))

    assert worker(9) == worker(9)
    with pytest.raises(KeyReused):
        worker(8)
    assert [(w.name, w.times.line_s) for w in selectors.worker_types(EVERYTHING, shop.warehouse_id)] == [("Robot", 9)]
    assert cart_type(shop, 4) == cart_type(shop, 6, load_g=5)
    assert [(d.name, d.compartments, d.load_g, d.carts) for d in selectors.cart_types(EVERYTHING, shop.warehouse_id)] == [("Cart", 6, 5, 0)]


def test_what_is_in_use_is_not_dropped_and_else_leaves_nothing_behind() -> None:
    shop = shop_with_carts()
    worker = truck(shop)
    cart = cart_type(shop, worker_type_id=worker)
    worker_name, cart_name = WorkerType.objects.get(pk=worker).name, CartType.objects.get(pk=cart).name
    of_type(shop, cart, "CART-01", "CART-02")
    released(shop, 1)
    (batch_id,) = plan_for(shop, cart)
    with pytest.raises(TypeInUse):
        services.drop_cart_type(key=uuid4(), actor=HOUSE, cart_type_id=cart)
    with pytest.raises(TypeInUse):
        services.drop_worker_type(key=uuid4(), actor=HOUSE, worker_type_id=worker)
    services.undo_batch(key=uuid4(), actor=HOUSE, batch_id=batch_id)
    key = uuid4()
    for _ in range(2):
        services.drop_cart_type(key=key, actor=HOUSE, cart_type_id=cart)
    services.drop_worker_type(key=uuid4(), actor=HOUSE, worker_type_id=worker)
    with pytest.raises(KeyReused):
        services.drop_cart_type(key=key, actor=HOUSE, cart_type_id=worker)
    assert not TypedCart.objects.filter(cart__warehouse=shop.warehouse_id).exists()
    assert not CartType.objects.filter(warehouse=shop.warehouse_id).exists()
    assert not WorkerType.objects.filter(warehouse=shop.warehouse_id).exists()
    told = JournalEntry.objects.filter(event="picking.picking_means_set", warehouse_id=shop.warehouse_id).order_by("id")
    assert [e.data["what"] for e in told] == [worker_name, cart_name, "carts", cart_name, worker_name]
    batch = PickBatch.objects.get(pk=batch_id)
    assert (batch.cart_type, batch.reasons["cart_type"]) == (None, "Cart")


def test_carts_change_their_type_and_lose_it() -> None:
    shop, key = shop_with_carts(), uuid4()
    one, two = cart_type(shop), cart_type(shop, name="Wagon")
    assert of_type(shop, one, "CART-01", "CART-02") == 2
    asked: dict[str, Any] = {"warehouse_id": shop.warehouse_id, "cart_ids": [shop.place("CART-02")], "cart_type_id": two}
    assert [services.set_carts(key=key, actor=HOUSE, **asked) for _ in range(2)] == [1, 1]
    with pytest.raises(KeyReused):
        services.set_carts(key=key, actor=HOUSE, **asked | {"cart_type_id": None})
    assert [(code, name) for _i, code, name in selectors.carts(EVERYTHING, shop.warehouse_id)][:2] == [("CART-01", "Cart"), ("CART-02", "Wagon")]
    of_type(shop, None, "CART-02")
    assert [d.carts for d in selectors.cart_types(EVERYTHING, shop.warehouse_id)] == [1, 0]


Ask = Callable[[Shop, Shop], object]
_REFUSED: list[tuple[Ask, type[PackhorseError]]] = [
    (lambda s, _o: services.set_worker_type(key=uuid4(), actor=PICKER, warehouse_id=s.warehouse_id, name="W", times=Times()), NotAllowed),
    (lambda _s, _o: services.set_worker_type(key=uuid4(), actor=HOUSE, warehouse_id=10**9, name="W", times=Times()), NotFound),
    (lambda s, _o: services.set_worker_type(key=uuid4(), actor=HOUSE, warehouse_id=s.warehouse_id, name=" ", times=Times()), Invalid),
    (lambda s, _o: services.set_worker_type(key=uuid4(), actor=HOUSE, warehouse_id=s.warehouse_id, name="W", times=Times(walk_m_per_min=0)), Invalid),
    (lambda s, _o: services.set_worker_type(key=uuid4(), actor=HOUSE, warehouse_id=s.warehouse_id, name="W", times=Times(reach_levels=0)), Invalid),
    (lambda s, _o: services.set_cart_type(key=uuid4(), actor=PICKER, warehouse_id=s.warehouse_id, name="D", compartments=1), NotAllowed),
    (lambda s, _o: cart_type(s, 0), Invalid),
    (lambda s, _o: cart_type(s, 201), Invalid),
    (lambda s, _o: cart_type(s, load_g=0), Invalid),
    (lambda s, o: cart_type(s, worker_type_id=truck(o)), Invalid),
    (lambda s, _o: cart_type(s, worker_type_id=10**9), NotFound),
    (lambda s, o: of_type(s, cart_type(o), "CART-01"), Invalid),
    (lambda s, _o: of_type(s, cart_type(s), "T-001"), Invalid),
    (lambda s, _o: services.set_carts(key=uuid4(), actor=PICKER, warehouse_id=s.warehouse_id, cart_ids=[], cart_type_id=None), NotAllowed),
    (lambda s, _o: services.drop_cart_type(key=uuid4(), actor=PICKER, cart_type_id=cart_type(s)), NotAllowed),
    (lambda _s, _o: services.drop_cart_type(key=uuid4(), actor=HOUSE, cart_type_id=10**9), NotFound),
    (lambda s, _o: services.drop_worker_type(key=uuid4(), actor=PICKER, worker_type_id=truck(s)), NotAllowed),
    (lambda _s, _o: services.drop_worker_type(key=uuid4(), actor=HOUSE, worker_type_id=10**9), NotFound),
    (lambda s, o: plan_for(s, cart_type(o)), NotFound),
]


@pytest.mark.parametrize(("ask", "refusal"), _REFUSED)
def test_refused_and_nothing_changes(ask: Ask, refusal: type[PackhorseError]) -> None:
    shop, other = shop_with({"SKU-1": 1}), shop_with({"SKU-1": 1})
    with pytest.raises(refusal):
        ask(shop, other)
    assert not TypedCart.objects.filter(cart__warehouse=shop.warehouse_id).exists()
    assert not CartType.objects.filter(warehouse=shop.warehouse_id, name="D").exists()
    assert not WorkerType.objects.filter(warehouse=shop.warehouse_id, name__in=["W", " "]).exists()


def test_who_sees_another_warehouse_sees_none_of_it() -> None:
    shop, other = shop_with({"SKU-1": 1}), shop_with({"SKU-1": 1})
    cart = cart_type(shop, worker_type_id=truck(shop))
    theirs = actor("manager", warehouse_id=other.warehouse_id).scope
    found = [selectors.worker_types(theirs, shop.warehouse_id), selectors.cart_types(theirs, shop.warehouse_id), selectors.carts(theirs, shop.warehouse_id)]
    assert found == [[], [], []]
    with pytest.raises(NotFound):
        selectors.cart_type(theirs, cart)


def test_an_urgent_order_comes_in_only_where_the_cart_has_room() -> None:
    calm, pressing = Urgency(0, MORNING), Urgency(5, MORNING)
    assert exchange({1: pressing}, {3: calm, 4: calm}, 9, {1: 0.5, 3: 0.3, 4: 0.3}) == ([1], [4])
    assert exchange({1: pressing}, {3: calm, 4: calm}, 9, {1: 0.9, 3: 0.3, 4: 0.3}) == ([1], [3, 4])
    assert exchange({1: pressing}, {3: pressing, 4: calm}, 9, {1: 0.9, 3: 0.3, 4: 0.3}) == ([], [])
