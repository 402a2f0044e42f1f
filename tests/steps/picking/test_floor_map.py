"""The floor map shows what lies where, what is to be done there, and who walks; a client sees its own goods and nobody's walk."""

from __future__ import annotations

import datetime as dt
import re
from uuid import uuid4

import pytest
from django.test import Client

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING, Scope
from packhorse.core.web import menu
from packhorse.ground.people.types import Grant
from packhorse.ground.warehouse import services as warehouses
from packhorse.ground.warehouse.types import Address, NewFloor
from packhorse.steps.inventory import selectors as inventory, services as inventory_services
from packhorse.steps.inventory.types import CellStock, CellWork, CountTarget
from packhorse.steps.picking import floor_map, selectors, services
from packhorse.steps.picking.types import CellPicks
from tests.build import HOUSE, Shop, make_client, make_items, receive
from tests.build_orders import accepted
from tests.steps.orders.test_doors import browser
from tests.steps.picking.build import begun, confirm, plan, release, shop_with, start, tasks

pytestmark = pytest.mark.django_db

LONG_AGO = dt.timedelta(days=30)


@pytest.fixture
def shop() -> Shop:
    """Ten and two pieces of 0.48 litres in A-01 and A-02, of ten bins."""
    return shop_with({"SKU-1": 10, "SKU-2": 2})


@pytest.fixture
def boss(shop: Shop) -> Client:
    return browser(Grant("manager", warehouse_id=shop.warehouse_id))


def page(client: Client, shop: Shop, more: str = "") -> str:
    answer = client.get(f"/picking/floor/{shop.warehouse_id}/{more}")
    assert answer.status_code == 200
    return answer.content.decode()


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_by_cell_how_much_lies_there_over_all_levels_or_one(shop: Shop) -> None:
    found = inventory.stock_by_cell(EVERYTHING, shop.warehouse_id)
    assert found[:3] == [CellStock(0, 0, 1, 1, 10, 5), CellStock(0, 1, 1, 1, 2, 1), CellStock(0, 2, 1, 0, 0, 0)]
    assert len(found) == 10
    warehouses.lay_out(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, floor=NewFloor(aisles=2, cells=5, levels=2, stations=1, carts=1, totes=4))
    assert inventory.stock_by_cell(EVERYTHING, shop.warehouse_id)[0] == CellStock(0, 0, 2, 1, 10, 5)
    assert inventory.stock_by_cell(EVERYTHING, shop.warehouse_id, level=1)[0] == CellStock(0, 0, 1, 0, 0, 0)
    assert inventory.stock_by_cell(Scope(warehouse_ids=frozenset()), shop.warehouse_id) == []


def test_what_is_to_be_done_and_what_was_picked(shop: Shop) -> None:
    since = clock.now() - LONG_AGO
    release(shop, accepted(shop, {"SKU-1": 1, "SKU-2": 1}))
    assert selectors.picks_by_cell(EVERYTHING, shop.warehouse_id, since=since) == [CellPicks(0, 0, 1, 0), CellPicks(0, 1, 1, 0)]
    (batch_id,) = plan(shop)
    start(shop, batch_id)
    confirm(batch_id, next(t for t in tasks(batch_id) if t.sku == "SKU-1"))
    inventory_services.request_counts(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, targets=[CountTarget(shop.bins[2])], reason="x")
    assert selectors.picks_by_cell(EVERYTHING, shop.warehouse_id, since=since) == [CellPicks(0, 0, 0, 1), CellPicks(0, 1, 1, 0)]
    assert selectors.picks_by_cell(EVERYTHING, shop.warehouse_id, since=clock.now() + LONG_AGO) == [CellPicks(0, 1, 1, 0)]
    assert inventory.work_by_cell(EVERYTHING, shop.warehouse_id) == [CellWork(0, 2, 0, 1)]


def test_the_pickers_stand_where_they_scanned_last(shop: Shop) -> None:
    assert selectors.walkers(EVERYTHING, shop.warehouse_id) == []
    batch_id, _ = begun(shop, {"SKU-1": 1, "SKU-2": 1})
    (walker,) = selectors.walkers(EVERYTHING, shop.warehouse_id)
    assert (walker.batch_id, walker.cart, walker.place, walker.next_place, walker.open_tasks, walker.tasks) == (batch_id, "CART-01", None, "A-01-01", 2, 2)
    confirm(batch_id, tasks(batch_id)[0])
    (walker,) = selectors.walkers(EVERYTHING, shop.warehouse_id)
    assert (walker.place, walker.aisle, walker.cell, walker.next_place, walker.open_tasks) == ("A-01-01", 0, 0, "A-02-01", 1)
    assert selectors.walkers(Scope(client_ids=frozenset({shop.client_id})), shop.warehouse_id) == []
    assert selectors.walkers(Scope(warehouse_ids=frozenset()), shop.warehouse_id) == []


def test_the_page_draws_it_says_it_and_has_it_in_a_table(shop: Shop, boss: Client) -> None:
    batch_id, _ = begun(shop, {"SKU-1": 1, "SKU-2": 1})
    confirm(batch_id, tasks(batch_id)[0])
    shown = page(boss, shop)
    assert 'aria-label="2 of 10 bins filled, 1 pick to do, 1 picker walks"' in shown
    assert "<title>A-01: 1 of 1 bins filled, 9 units, 4 L; 1 pick in a week</title>" in shown
    assert 'class="cell heat-5"' in shown
    assert 'class="walker"' in shown
    assert f"Somebody B{batch_id:06d} · CART-01 A-01-01 just now A-02-01 1/2" in words(shown)
    assert "A 5 2 11 5 1 1 0 0" in words(shown)
    assert 'class="cell heat-5"><title>A-01' in page(boss, shop, "?heat=picks")
    assert 'class="cell heat-0"><title>A-02' in page(boss, shop, "?heat=picks&level=1")
    assert page(boss, shop, "?heat=nonsense&level=99")
    assert boss.get("/picking/floor/").headers["Location"] == f"/picking/floor/{shop.warehouse_id}/"


def test_what_moves_is_asked_for_alone(shop: Shop, boss: Client, django_assert_max_num_queries: object) -> None:
    begun(shop, {"SKU-1": 1})
    url = f"/picking/floor/{shop.warehouse_id}/live/"
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        shown = boss.get(url).content.decode()
    assert 'class="walker"' in shown
    assert 'hx-swap-oob="true"' in shown
    assert 'class="cell' not in shown, "the racks are not sent again"


def test_the_page_asks_no_more_when_more_walk(shop: Shop, boss: Client, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: object) -> None:
    monkeypatch.setattr(menu, "COUNT_FOR", 600)  # the counts on the menu are the menu's own budget
    begun(shop, {"SKU-1": 1, "SKU-2": 1})
    page(boss, shop)
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        page(boss, shop)
    release(shop, accepted(shop, {"SKU-1": 1}))
    (other,) = plan(shop)
    services.start_batch(key=uuid4(), actor=HOUSE, batch_id=other, cart_id=None, tote_ids=shop.totes[1:])
    assert len(selectors.walkers(EVERYTHING, shop.warehouse_id)) == 2
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        page(boss, shop)


def test_a_client_sees_its_own_goods_and_nobodys_walk(shop: Shop) -> None:
    other = make_client()
    (item,) = make_items(other, 1).values()
    receive(item, shop.bins[3], 77)
    begun(shop, {"SKU-1": 1})
    mine = page(browser(Grant("client", client_id=other)), shop)
    assert "1 of 10 bins filled, nothing to do, nobody walks" in mine
    assert "77 units" in mine
    assert "10 units" not in mine
    theirs = page(browser(Grant("client", client_id=shop.client_id)), shop)
    assert "77 units" not in theirs
    assert "1 pick to do, nobody walks" in theirs


def test_another_warehouse_is_none_of_ones_business(shop: Shop) -> None:
    nobody = browser(Grant("picker", warehouse_id=shop.warehouse_id))
    other = shop_with({"SKU-1": 1})
    assert page(nobody, shop)
    for url in (f"/picking/floor/{other.warehouse_id}/", f"/picking/floor/{other.warehouse_id}/live/"):
        assert nobody.get(url).status_code == 404
        assert Client().get(url).status_code == 302


def test_a_warehouse_without_a_floor_says_what_to_do() -> None:
    bare = warehouses.create_warehouse(key=uuid4(), actor=HOUSE, code=f"W{uuid4().hex[:8].upper()}", name="Shed", address=Address(country="CA"))
    everywhere = browser(Grant("manager"))
    assert "No floor is laid out here" in everywhere.get(f"/picking/floor/{bare.id}/").content.decode()
    assert everywhere.get(f"/picking/floor/{bare.id}/live/").status_code == 404


def test_heat_is_by_size_by_units_where_no_size_is_known_and_no_giant_pales_the_rest() -> None:
    cells = {(0, n): floor_map.At(0, n, units=n, litres=0) for n in range(5)}
    assert floor_map.heat(cells, "stock") == {(0, 0): 0, (0, 1): 2, (0, 2): 3, (0, 3): 4, (0, 4): 5}
    sized = {(0, 0): floor_map.At(0, 0, units=1, litres=100), (0, 1): floor_map.At(0, 1, units=500), (0, 2): floor_map.At(0, 2)}
    assert floor_map.heat(sized, "stock") == {(0, 0): 5, (0, 1): 1, (0, 2): 0}
    giant = {(0, n): floor_map.At(0, n, picked=10) for n in range(40)} | {(1, 0): floor_map.At(1, 0, picked=10_000)}
    assert set(floor_map.heat(giant, "picks").values()) == {5}
    assert floor_map.heat({(0, 0): floor_map.At(0, 0)}, "picks") == {(0, 0): 0}


def test_names_have_initials() -> None:
    assert [floor_map.initials(n) for n in ("Maud Roy", "zoé", "Anne-Marie von Sol", "", "· x")] == ["MR", "Z", "AS", "?", "X"]
