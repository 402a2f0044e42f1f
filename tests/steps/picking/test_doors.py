"""Picking by hand and over the API: an order goes from released to the bench by clicks; a client sees its own picks and nobody's walk."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from packhorse.core.actors import EVERYTHING, Scope
from packhorse.ground.people.types import Grant
from packhorse.steps.picking import panel, selectors
from tests.build import Shop
from tests.build_orders import accepted, fo_of
from tests.steps.orders.test_doors import browser, post
from tests.steps.picking.build import at_bench, begun, plan, release, shop_with, tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return shop_with({"SKU-1": 9, "SKU-2": 9})


@pytest.fixture
def owner(shop: Shop) -> Client:
    return browser(Grant("manager", warehouse_id=shop.warehouse_id))


def api(client: Client, method: str, path: str, body: Any = None, key: str = "") -> Any:
    extra = {"HTTP_IDEMPOTENCY_KEY": key or str(uuid4())} if method == "post" else {}
    given = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
    return getattr(client, method)(f"/api/v1/picking{path}", **given, **extra)


def test_by_clicks_from_released_to_the_bench(shop: Shop, owner: Client) -> None:
    fo = accepted(shop, {"SKU-1": 2, "SKU-2": 1})
    page = owner.get("/picking/").content.decode()
    assert "Release them" in page
    assert fo.number in owner.get("/picking/release/").content.decode()
    assert post(owner, f"/picking/release/all/{shop.warehouse_id}/").status_code == 303
    assert fo.number in owner.get("/picking/waiting/").content.decode()
    assert "Plan walks" in owner.get("/picking/").content.decode()
    assert post(owner, "/picking/plan/", warehouse=shop.warehouse_id, orders_per_cart=8).status_code == 303
    (batch,) = selectors.batches(EVERYTHING)
    url = f"/picking/batches/{batch.batch_id}/"
    shown = owner.get(url).content.decode()
    assert "waits for a picker" in shown
    assert '<svg class="floor"' in shown
    assert post(owner, f"{url}start/", cart=shop.place("CART-01")).status_code == 303
    while open_tasks := tasks(batch.batch_id):
        assert f"Next stop: {open_tasks[0].location}" in owner.get(url).content.decode()
        assert post(owner, f"{url}confirm/", place=open_tasks[0].location_id).status_code == 303
    assert "Bring to packing" in owner.get(url).content.decode()
    assert post(owner, f"{url}finish/", station=shop.bench).status_code == 303
    assert (fo_of(fo.order_id).stage, selectors.batch(EVERYTHING, batch.batch_id).state) == ("picked", "done")
    assert "went to packing" in owner.get(url).content.decode()


def test_marked_orders_are_released_and_taken_back(shop: Shop, owner: Client) -> None:
    fo = accepted(shop, {"SKU-1": 2})
    assert post(owner, "/picking/release/many/", ids=fo.fulfillment_order_id).status_code in (204, 303)
    assert fo_of(fo.order_id).stage == "picking"
    (row,) = selectors.waiting_releases(EVERYTHING, query()).rows
    assert post(owner, "/picking/waiting/undo/", ids=row.id).status_code in (204, 303)
    assert fo_of(fo.order_id).stage == "open"


def query() -> Any:
    from packhorse.core.lists import ListQuery

    return ListQuery()


def test_a_short_pick_a_hand_over_and_a_walk_taken_back_by_clicks(shop: Shop, owner: Client) -> None:
    batch_id, (fo,) = begun(shop, {"SKU-1": 2})
    (task,) = tasks(batch_id)
    url = f"/picking/batches/{batch_id}/"
    assert post(owner, f"{url}take-over/").status_code == 303
    assert post(owner, f"{url}short/", task=task.task_id, taken=1, reason="missing").status_code == 303
    assert fo_of(fo.order_id).held
    assert "Not there" in owner.get(url).content.decode()
    assert post(owner, f"{url}undo/").status_code == 409
    release(shop, accepted(shop, {"SKU-2": 1}))
    (planned,) = plan(shop)
    assert post(owner, f"/picking/batches/{planned}/undo/").status_code == 303


def test_the_walk_on_paper(shop: Shop, owner: Client) -> None:
    batch_id, _ = begun(shop, {"SKU-1": 2})
    answer = owner.get(f"/picking/batches/{batch_id}/pick-list.pdf")
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")


def test_over_the_api_from_release_to_the_bench(shop: Shop, owner: Client) -> None:
    fo, key = accepted(shop, {"SKU-1": 2}), str(uuid4())
    body = {"warehouse_id": shop.warehouse_id, "fulfillment_order_ids": [fo.fulfillment_order_id]}
    for _ in range(2):
        assert api(owner, "post", "/releases", body, key).json() == [
            {"fulfillment_order_id": fo.fulfillment_order_id, "released": True, "tasks": 1, "code": "", "reason": ""}
        ]
    assert len(api(owner, "get", "/releases").json()["rows"]) == 1
    planned = api(owner, "post", "/batches", {"warehouse_id": shop.warehouse_id}, key := str(uuid4())).json()
    assert api(owner, "post", "/batches", {"warehouse_id": shop.warehouse_id}, key).json() == planned
    (batch_id,) = planned["batch_ids"]
    assert [b["batch_id"] for b in api(owner, "get", "/batches?state=planned").json()["rows"]] == [batch_id]
    assert api(owner, "post", f"/batches/{batch_id}/start", {"tote_ids": shop.totes}).json() == {"count": 1}
    (task,) = api(owner, "get", f"/batches/{batch_id}/tasks").json()
    picks = [{"task_id": task["task_id"], "tote_id": task["tote_id"]}]
    assert api(owner, "post", f"/batches/{batch_id}/stops", {"location_id": task["location_id"], "picks": picks}).json()["open_tasks"] == 0
    assert api(owner, "post", f"/batches/{batch_id}/stops", {"location_id": task["location_id"], "picks": picks}).json()["code"] == "task_not_open"
    assert api(owner, "post", f"/batches/{batch_id}/finish", {}).json() == {"fulfillment_order_ids": [fo.fulfillment_order_id]}
    assert api(owner, "get", f"/batches/{batch_id}").json()["state"] == "done"
    assert api(owner, "get", "/batches/999999999999").status_code == 404


def test_a_client_sees_its_own_picks_on_the_order_and_nobodys_walk(shop: Shop) -> None:
    batch_id, (fo,) = at_bench(shop, {"SKU-1": 2})
    mine = browser(Grant("client", client_id=shop.client_id))
    assert mine.get("/picking/").status_code == 200
    assert mine.get(f"/picking/batches/{batch_id}/").status_code == 404
    assert api(mine, "get", "/batches").json()["rows"] == []
    assert mine.get("/picking/release/").status_code == 200
    assert mine.get("/picking/waiting/").status_code == 200
    scope = Scope(client_ids=frozenset({shop.client_id}))
    (section,) = panel.order_sections(scope, order_id=fo.order_id, demand_ids=[line.demand_id for line in fo.lines])
    assert [t.sku for t in section.rows] == ["SKU-1"]  # type: ignore[union-attr]
    assert panel.count(scope) == 0
    assert post(mine, "/picking/plan/", warehouse=shop.warehouse_id, orders_per_cart=8).status_code == 403


def test_home_and_search_find_walks_and_totes(shop: Shop) -> None:
    batch_id, (fo,) = begun(shop, {"SKU-1": 2})
    assert [t.value for t in panel.tiles(EVERYTHING)] == [0, 0, 1]
    assert panel.count(EVERYTHING) == 1
    assert [h.url for h in panel.search(EVERYTHING, f"B{batch_id:06d}")] == [f"/picking/batches/{batch_id}/"]
    assert fo.number in [h.detail for h in panel.search(EVERYTHING, "t-001")]
    assert panel.search(EVERYTHING, "nothing") == []
