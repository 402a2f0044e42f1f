"""The pages of zones and put walls say what is so: orders that wait for a slot, what must be put back, each zone on the floor; and ask no more of the database when more is sorted."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from packhorse.core import dispatch
from packhorse.core.actors import EVERYTHING
from packhorse.core.web import menu
from packhorse.ground.warehouse import services as warehouses
from packhorse.steps.orders import services as orders
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.types import Policy
from tests.build import HOUSE
from tests.build_orders import accepted
from tests.steps.inventory.test_pages import post, sign_in, text
from tests.steps.picking.build import release
from tests.steps.picking.scanning import Hand
from tests.steps.picking.test_put_wall import bring, for_wall, sort, with_wall

pytestmark = pytest.mark.django_db


def test_who_plans_is_told_how_many_orders_wait_for_a_slot(client: Client) -> None:
    shop = with_wall(slots=2)
    services.set_picking_policy(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, policy=Policy(method="wall"))
    release(shop, *(accepted(shop, {"SKU-1": 1}) for _ in range(5)))
    sign_in(client, "manager")
    assert "5 released orders of" in text(client, "/picking/")
    assert "3 orders wait for a free slot at the put wall." in text(client, "/picking/")
    assert selectors.waiting_for_slots(EVERYTHING, shop.warehouse_id) == 3

    at = post(client, "/picking/plan/", warehouse=shop.warehouse_id)
    assert "1 walk planned. 3 orders wait for a free slot at the put wall." in text(client, at)
    at = post(client, "/picking/plan/", warehouse=shop.warehouse_id)
    assert "3 orders wait for a free slot at the put wall." in text(client, at)
    assert len(selectors.next_planned(EVERYTHING, shop.warehouse_id, limit=5)) == 1
    assert "2 orders are on their way. 3 orders wait for a free slot at the put wall." in text(client, f"/picking/walls/{shop.place('W1')}/")
    warehouses.set_wall(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, code="W1", slots=9)
    assert "for a free slot" not in text(client, "/picking/")


def test_the_page_of_a_wall_asks_what_is_new_and_no_more_when_more_is_sorted(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: object
) -> None:
    monkeypatch.setattr(menu, "COUNT_FOR", 600)  # the counts on the menu are the menu's own budget
    shop = with_wall(slots=6)
    walks, fos = for_wall(shop, {"SKU-1": 1, "SKU-2": 1}, {"SKU-1": 1}, {"SKU-1": 2, "SKU-2": 1}, {"SKU-2": 1})
    sign_in(client, "manager")
    at = f"/picking/walls/{shop.place('W1')}/"
    text(client, at)
    bring(shop, walks[0].batch_id, "T-001")
    sort(shop, "T-001")
    orders.cancel_orders(key=uuid4(), actor=HOUSE, order_ids=[fos[1].order_id], reason="changed mind")
    dispatch.drain()
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        whole = client.get(at).content.decode()
    assert f'hx-get="{at}now/"' in whole
    assert "To put back" in whole
    with django_assert_max_num_queries(13):  # type: ignore[operator]
        seen = text(client, f"{at}now/")
    assert "3 slots of 6 are taken" in seen
    assert "its goods, of no order any more, are to be put back" in seen
    assert "<html" not in client.get(f"{at}now/").content.decode()
    text(client, f"/picking/walls/{shop.place('STAGE-1')}/now/", 404)


def test_a_scan_of_the_sorter_asks_no_more_when_more_lies_in_the_tote(django_assert_max_num_queries: object) -> None:
    shop = with_wall(slots=6)
    walks, _fos = for_wall(shop, *({"SKU-1": n} for n in (1, 2, 1, 2, 1)))
    bring(shop, walks[0].batch_id, "T-001")
    hand = Hand(7, "picking.sort")
    hand.scan("T-001")
    with django_assert_max_num_queries(21):  # type: ignore[operator]
        hand.scan("SKU-1")
    with django_assert_max_num_queries(28):  # type: ignore[operator]
        hand.scan(str(hand.screen.big))


def test_the_floor_shows_each_zone_by_its_code(client: Client) -> None:
    shop = with_wall()
    sign_in(client, "manager")
    for at in (f"/picking/floor/{shop.warehouse_id}/", f"/settings/warehouse/{shop.warehouse_id}/"):
        seen = client.get(at).content.decode()
        assert "<title>Zone FRONT</title>" in seen, at
        assert "<title>Zone BACK</title>" in seen, at
    warehouses.set_zones(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, zones=[])
    assert "<title>Zone" not in client.get(f"/settings/warehouse/{shop.warehouse_id}/").content.decode()
