"""A release makes an order workable when all of it lies in pickable bins; else its goods stay free and the answer says why."""

from __future__ import annotations

from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import KeyReused, NotAllowed, WrongState
from packhorse.steps.inventory import selectors as inventory
from packhorse.steps.orders import services as orders
from packhorse.steps.orders.models import Hold
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.models import Release
from packhorse.steps.picking.types import NotReleased, Released
from tests.build import HOUSE, actor, receive
from tests.build_orders import accepted, fo_of, settle
from tests.steps.picking.build import TODAY, at_bench, begun, books_agree, confirm, plan, release, shop_with, short, start, tasks

pytestmark = pytest.mark.django_db


def test_makes_a_task_for_each_place_and_marks_the_order_as_picking() -> None:
    shop = shop_with({"SKU-1": 3, "SKU-2": 5})
    fo = accepted(shop, {"SKU-1": 2, "SKU-2": 1})

    assert release(shop, fo, fo) == [Released(fo.fulfillment_order_id, 2)] * 2

    waiting = selectors.unbatched(EVERYTHING, shop.warehouse_id, limit=10)
    assert [(t.sku, t.quantity, t.location_id, t.state) for t in waiting] == [("SKU-1", 2, shop.bins[0], "ready"), ("SKU-2", 1, shop.bins[1], "ready")]
    assert (fo_of(fo.order_id).stage, selectors.unbatched_count(EVERYTHING)) == ("picking", 1)
    books_agree()


def test_leaves_held_backordered_and_released_orders_and_goods_on_the_dock() -> None:
    shop = shop_with({"SKU-1": 3, "SKU-2": 2, "SKU-3": 1})
    receive(shop.item("SKU-2"), shop.dock, 4)
    waits, again, on_dock = accepted(shop, {"SKU-1": 9}), accepted(shop, {"SKU-2": 1}), accepted(shop, {"SKU-2": 2})
    unpaid = accepted(shop, {"SKU-3": 1}, pay=False)
    release(shop, again)

    answers = release(shop, unpaid, waits, again, on_dock)

    assert [(a.code, a.fulfillment_order_id) for a in answers if isinstance(a, NotReleased)] == [
        ("held", unpaid.fulfillment_order_id),
        ("backordered", waits.fulfillment_order_id),
        ("released_before", again.fulfillment_order_id),
        ("not_at_pick_face", on_dock.fulfillment_order_id),
    ]
    assert [t.fulfillment_order_id for t in selectors.unbatched(EVERYTHING, shop.warehouse_id, limit=10)] == [again.fulfillment_order_id]
    assert sum(level.allocated for level in inventory.levels(EVERYTHING, item_id=shop.item("SKU-2"))) == 1
    books_agree()


def test_asked_twice_answers_alike_and_another_request_under_the_key_is_refused() -> None:
    shop = shop_with({"SKU-1": 3})
    fo, key = accepted(shop, {"SKU-1": 1}), uuid4()

    def ask(ids: list[int]) -> object:
        return services.release_orders(key=key, actor=HOUSE, warehouse_id=shop.warehouse_id, fulfillment_order_ids=ids, today=TODAY)

    assert ask([fo.fulfillment_order_id]) == ask([fo.fulfillment_order_id]) == [Released(fo.fulfillment_order_id, 1)]
    assert Release.objects.filter(fulfillment_order_id=fo.fulfillment_order_id).count() == 1
    with pytest.raises(KeyReused):
        ask([])


def test_orders_of_others_are_not_found_and_pickers_may_not() -> None:
    shop, other = shop_with({"SKU-1": 3}), shop_with({"SKU-1": 3})
    fo = accepted(other, {"SKU-1": 1})
    assert [a.code for a in release(shop, fo) if isinstance(a, NotReleased)] == ["not_found"]
    with pytest.raises(NotAllowed):
        services.release_orders(key=uuid4(), actor=actor("picker"), warehouse_id=shop.warehouse_id, fulfillment_order_ids=[], today=TODAY)


def test_undone_frees_the_goods_and_the_order_may_be_released_again() -> None:
    shop = shop_with({"SKU-1": 3})
    fo = accepted(shop, {"SKU-1": 2})
    release(shop, fo)
    (row,) = Release.objects.filter(fulfillment_order_id=fo.fulfillment_order_id)

    assert services.undo_release(key=uuid4(), actor=HOUSE, release_id=row.pk) == 1

    assert (fo_of(fo.order_id).stage, fo_of(fo.order_id).released_at) == ("open", None)
    with pytest.raises(WrongState):
        services.undo_release(key=uuid4(), actor=HOUSE, release_id=row.pk)
    books_agree()
    assert release(shop, fo) == [Released(fo.fulfillment_order_id, 1)]
    plan(shop)
    with pytest.raises(WrongState):
        services.undo_release(key=uuid4(), actor=HOUSE, release_id=Release.objects.get(fulfillment_order_id=fo.fulfillment_order_id, undone_at=None).pk)


def test_the_rest_of_a_short_order_gets_a_walk_of_its_own_into_its_tote() -> None:
    shop = shop_with({"SKU-1": 2, "SKU-2": 1})
    batch_id, (fo,) = begun(shop, {"SKU-1": 2, "SKU-2": 1})
    first, second = tasks(batch_id)
    confirm(batch_id, second)
    short(first)
    assert services.finish_batch(key=uuid4(), actor=HOUSE, batch_id=batch_id) == [fo.fulfillment_order_id]

    def rest() -> Released | NotReleased:
        return services.release_rest(key=uuid4(), actor=HOUSE, fulfillment_order_id=fo.fulfillment_order_id, today=TODAY)

    assert getattr(rest(), "code", "") == "held"
    orders.release_hold(key=uuid4(), actor=HOUSE, hold_id=Hold.objects.get(fulfillment_order_id=fo.fulfillment_order_id, kind="stock").pk)
    assert getattr(rest(), "code", "") == "not_at_pick_face"
    receive(shop.item("SKU-1"), shop.bins[3], 5)
    settle()
    assert rest() == Released(fo.fulfillment_order_id, 1)
    assert getattr(rest(), "code", "") == "nothing_left"

    (again,) = plan(shop)
    start(shop, again, totes=[shop.totes[2]])
    (task,) = tasks(again)
    assert (task.quantity, task.tote_id, task.location_id) == (2, first.tote_id, shop.bins[3])
    confirm(again, task)
    assert selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id) == []
    services.finish_batch(key=uuid4(), actor=HOUSE, batch_id=again)
    assert [sum(line.quantity for line in t.lines) for t in selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id)] == [3]
    books_agree()


def test_a_client_sees_no_task_of_another() -> None:
    shop = shop_with({"SKU-1": 3})
    batch_id, _ = at_bench(shop, {"SKU-1": 1})
    assert len(selectors.tasks(actor("client", client_id=shop.client_id).scope, batch_id)) == 1
    assert selectors.tasks(actor("client", client_id=shop.client_id + 1).scope, batch_id) == []
    assert selectors.totes_ready_to_pack(actor("client", client_id=shop.client_id + 1).scope) == []
