"""Who is refused on the floor is led to the walk, the order or the place that is in the way."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.core.errors import WrongState
from packhorse.steps.orders import services as orders
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.errors import BatchNotFinished, CartInUse, TaskNotOpen, ToteInUse, ToteNotEmpty
from tests.blocks import blocked
from tests.build import HOUSE, receive
from tests.build_orders import accepted
from tests.steps.inventory.test_pages import sign_in
from tests.steps.picking.build import PICKER, begun, confirm, finish, plan, release, shop_with, start, tasks

pytestmark = pytest.mark.django_db


def test_a_tote_names_the_order_that_it_serves() -> None:
    shop = shop_with({"SKU-1": 9})
    _, (first,) = begun(shop, {"SKU-1": 1})
    release(shop, accepted(shop, {"SKU-1": 1}))
    (batch_id,) = plan(shop)
    with blocked(ToteInUse, "orders:order", first.order_id, names=first.number):
        services.start_batch(key=uuid4(), actor=PICKER, batch_id=batch_id, cart_id=None, tote_ids=shop.totes[:1])
    receive(shop.item("SKU-1"), shop.totes[3], 1)
    with blocked(ToteNotEmpty, "warehouse:location", shop.totes[3], names="T-004"):
        services.start_batch(key=uuid4(), actor=PICKER, batch_id=batch_id, cart_id=None, tote_ids=shop.totes[3:])


def test_a_tote_that_serves_another_clients_order_does_not_say_whose() -> None:
    shop, other = shop_with({"SKU-1": 9}), shop_with({})
    begun(shop, {"SKU-1": 1})
    with pytest.raises(ToteInUse) as refused:
        selectors.check_totes_free(Scope(client_ids=frozenset({other.client_id})), shop.totes[:1])
    assert (refused.value.link, refused.value.message) == ("", "Tote T-001 still serves order –.")


def test_a_cart_a_pick_and_a_batch_lead_to_their_walk() -> None:
    shop = shop_with({"SKU-1": 9})
    batch_id, _ = begun(shop, {"SKU-1": 1})
    release(shop, accepted(shop, {"SKU-1": 1}))
    (waiting,) = plan(shop)
    with blocked(CartInUse, "picking:batch", batch_id, names=f"B{batch_id:06d}"):
        start(shop, waiting, totes=shop.totes[1:2])
    with blocked(BatchNotFinished, "picking:batch", batch_id):
        finish(shop, batch_id)
    with blocked(WrongState, "picking:batch", batch_id):
        start(shop, batch_id)
    (task,) = tasks(batch_id)
    confirm(batch_id, task)
    with blocked(TaskNotOpen, "picking:batch", batch_id):
        confirm(batch_id, task)


def test_a_release_that_is_in_a_walk_leads_there_and_one_that_is_over_to_its_order() -> None:
    shop = shop_with({"SKU-1": 9})
    walked, undone = accepted(shop, {"SKU-1": 1}), accepted(shop, {"SKU-1": 1})
    release(shop, walked)
    (batch_id,) = plan(shop)
    release(shop, undone)
    ids = dict(sql.rows("SELECT fulfillment_order_id, id FROM picking_release WHERE warehouse_id = %s", [shop.warehouse_id]))
    with blocked(WrongState, "picking:batch", batch_id):
        services.undo_release(key=uuid4(), actor=HOUSE, release_id=ids[walked.fulfillment_order_id])
    services.undo_release(key=uuid4(), actor=HOUSE, release_id=ids[undone.fulfillment_order_id])
    with blocked(WrongState, "orders:order", undone.order_id):
        services.undo_release(key=uuid4(), actor=HOUSE, release_id=ids[undone.fulfillment_order_id])


def test_a_held_order_is_linked_where_it_is_refused_on_a_page_and_in_a_list(client: Client) -> None:
    shop = shop_with({"SKU-1": 9})
    fo = accepted(shop, {"SKU-1": 1})
    orders.place_hold(key=uuid4(), actor=HOUSE, fulfillment_order_ids=[fo.fulfillment_order_id], note="look")
    boss, link = sign_in(client, "manager"), f'href="{reverse("orders:order", args=[fo.order_id])}"'
    page = boss.post(reverse("picking:release-rest", args=[fo.fulfillment_order_id]), {"key": str(uuid4())})
    assert (page.status_code, link in page.content.decode()) == (409, True)
    many = boss.post(reverse("picking:release-many"), {"key": str(uuid4()), "ids": [fo.fulfillment_order_id]}, follow=True)
    assert link in many.content.decode()


def test_the_scanner_shows_the_link(client: Client) -> None:
    shop = shop_with({"SKU-1": 9})
    _, (first,) = begun(shop, {"SKU-1": 1})
    release(shop, accepted(shop, {"SKU-1": 1}))
    (batch_id,) = plan(shop)
    picker, key = sign_in(client, "picker"), uuid4()
    picker.post(reverse("scan-start", args=["picking.pick"]), {"key": str(key), "batch": f"B{batch_id:06d}"})
    screen = picker.post(reverse("scan-post", args=[key]), {"key": str(uuid4()), "seq": "0", "scan": "T-001"}, headers={"X-Scanner": "1"})
    assert screen.status_code == 409
    assert f'<a href="{reverse("orders:order", args=[first.order_id])}">' in screen.content.decode()
