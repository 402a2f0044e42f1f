"""What is cancelled is not sent: at any stage before the goods leave, and what was picked goes back."""

from __future__ import annotations

from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid, KeyReused, NotAllowed, NotFound
from packhorse.steps.inventory import reconciler, selectors as inventory
from packhorse.steps.inventory.models import PutAwayTask
from packhorse.steps.orders import services
from packhorse.steps.orders.errors import TooLate
from packhorse.steps.orders.models import Change, FulfillmentLine
from packhorse.steps.orders.types import CancellationAsked, Cancelled, NotCancelled
from tests.build import HOUSE, Shop, actor, make_shop, stock
from tests.build_orders import accepted, fo_of, pack, pick, ship

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    made = make_shop()
    stock(made, {"SKU-1": 10, "SKU-2": 10})
    return made


def cancel(*order_ids: int) -> list[Cancelled | CancellationAsked | NotCancelled]:
    return services.cancel_orders(key=uuid4(), actor=HOUSE, order_ids=list(order_ids), reason="changed their mind")


def available(shop: Shop, sku: str = "SKU-1") -> int:
    return inventory.availability(EVERYTHING, shop.warehouse_id, [shop.item(sku)])[0].available


def counters(order_id: int) -> list[tuple[int, ...]]:
    rows = FulfillmentLine.objects.filter(fulfillment_order__order_id=order_id).order_by("id")
    return list(rows.values_list("quantity", "promised", "picked", "packed", "shipped", "cancelled"))


def sound() -> bool:
    return reconciler.drift() == []


def test_before_release_frees_what_was_promised(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 4, "SKU-2": 12})

    assert cancel(fo.order_id) == [Cancelled(fo.order_id, 16, 0)]

    assert counters(fo.order_id) == [(4, 0, 0, 0, 0, 4), (12, 0, 0, 0, 0, 12)]
    assert (fo_of(fo.order_id).stage, available(shop), available(shop, "SKU-2")) == ("cancelled", 10, 10)
    assert Change.objects.get(order_id=fo.order_id).kind == "cancel"
    assert sound()


def test_after_the_pick_goods_go_back_to_a_bin(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 4})
    pick(shop, fo)

    assert cancel(fo.order_id) == [Cancelled(fo.order_id, 4, 4)]

    task = PutAwayTask.objects.get(warehouse_id=shop.warehouse_id)
    assert (task.item_id, task.quantity, task.source_id, task.state) == (shop.item("SKU-1"), 4, shop.totes[0], "ready")
    assert (counters(fo.order_id), available(shop)) == ([(4, 0, 0, 0, 0, 4)], 10)
    assert inventory.open_allocations(EVERYTHING, location_id=shop.totes[0]) == []
    assert sound()


def test_after_packing_too(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 4})
    pick(shop, fo)
    pack(shop, fo)

    assert cancel(fo.order_id) == [Cancelled(fo.order_id, 4, 4)]

    assert (counters(fo.order_id), available(shop)) == ([(4, 0, 0, 0, 0, 4)], 10)
    assert PutAwayTask.objects.get(warehouse_id=shop.warehouse_id).source_id == shop.staging
    assert sound()


def test_too_late_for_what_has_left(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 4})
    pick(shop, fo)
    pack(shop, fo)
    ship(fo)

    refused = cancel(fo.order_id)[0]

    assert isinstance(refused, NotCancelled)
    assert (refused.code, "4 × SKU-1" in refused.reason) == ("too_late", True)
    with pytest.raises(TooLate):
        services.cancel_lines(key=uuid4(), actor=HOUSE, order_id=fo.order_id, quantities={fo.lines[0].demand_id: 1}, reason="x")
    assert counters(fo.order_id) == [(4, 4, 4, 4, 4, 0)]


def test_part_of_a_line_leaves_the_rest_on_its_way(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 4, "SKU-2": 2})
    pick(shop, fo)
    demand = fo.lines[0].demand_id

    done = services.cancel_lines(key=uuid4(), actor=HOUSE, order_id=fo.order_id, quantities={demand: 3}, reason="one is enough")

    assert done == Cancelled(fo.order_id, 3, 3)
    assert counters(fo.order_id) == [(4, 1, 1, 0, 0, 3), (2, 2, 2, 0, 0, 0)]
    assert fo_of(fo.order_id).stage == "picked"
    assert [a.quantity for a in inventory.open_allocations(EVERYTHING, demand_ids=[demand])] == [1]
    assert sound()


def test_backordered_units_go_first(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 12})
    services.cancel_lines(key=uuid4(), actor=HOUSE, order_id=fo.order_id, quantities={fo.lines[0].demand_id: 3}, reason="x")

    assert counters(fo.order_id) == [(12, 9, 0, 0, 0, 3)]
    assert (fo_of(fo.order_id).stage, available(shop)) == ("open", 1)


def test_many_at_once_are_answered_one_by_one(shop: Shop) -> None:
    one, gone = accepted(shop, {"SKU-1": 1}), accepted(shop, {"SKU-1": 2})
    pick(shop, gone)
    pack(shop, gone)
    ship(gone)
    two = accepted(shop, {"SKU-1": 3})

    answers = cancel(two.order_id, gone.order_id, 999_999_999, one.order_id)

    assert [a.code if isinstance(a, NotCancelled) else a.units for a in answers if not isinstance(a, CancellationAsked)] == [3, "too_late", "not_found", 1]
    assert cancel(one.order_id)[0] == NotCancelled(one.order_id, "nothing_to_change", "Nothing of this order would change.", f"/orders/{one.order_id}/")
    assert sound()


def test_asked_twice_happens_once(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 4})
    key, demand = uuid4(), fo.lines[0].demand_id

    def ask(q: int) -> Cancelled | CancellationAsked:
        return services.cancel_lines(key=key, actor=HOUSE, order_id=fo.order_id, quantities={demand: q}, reason="x")

    assert ask(1) == ask(1)
    assert counters(fo.order_id) == [(4, 3, 0, 0, 0, 1)]
    with pytest.raises(KeyReused):
        ask(2)


def test_refusals(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 4})
    demand = fo.lines[0].demand_id

    def ask(order_id: int, quantities: dict[int, int], who: object = HOUSE) -> None:
        services.cancel_lines(key=uuid4(), actor=who, order_id=order_id, quantities=quantities, reason="x")  # type: ignore[arg-type]

    with pytest.raises(NotFound):
        ask(999_999_999, {demand: 1})
    with pytest.raises(NotFound):
        ask(fo.order_id, {999_999_999: 1})
    for q in (0, 5):
        with pytest.raises(Invalid):
            ask(fo.order_id, {demand: q})
    for who in (actor("picker"), actor("client", client_id=make_shop().client_id)):
        with pytest.raises(NotAllowed):
            ask(fo.order_id, {demand: 1}, who)
    with pytest.raises(NotAllowed):
        services.cancel_orders(key=uuid4(), actor=actor("picker"), order_ids=[fo.order_id], reason="x")
    assert counters(fo.order_id) == [(4, 4, 0, 0, 0, 0)]
