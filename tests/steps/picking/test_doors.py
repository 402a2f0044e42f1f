"""Picking by hand and over the API: an order goes from released to the bench by clicks; a client sees its own picks and nobody's walk."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from uuid import uuid4

import pypdfium2  # type: ignore[import-untyped]
import pytest
from django.test import Client

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING, Scope
from packhorse.core.clock import VirtualClock
from packhorse.ground.equipment import emulators, jobs as printing_jobs, services as printing
from packhorse.ground.equipment.types import NewEquipment
from packhorse.ground.people.types import Grant
from packhorse.steps.picking import panel, selectors
from packhorse.steps.picking.models import Release
from tests.build import HOUSE, Shop
from tests.build_orders import accepted, fo_of
from tests.steps.orders.test_doors import browser, post
from tests.steps.picking.build import at_bench, begun, plan, release, shop_with, start, tasks

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
    assert f"{round(batch.distance_m)} m · 1 min" in shown
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


def test_many_walks_on_paper_are_one_document_or_one_job_for_the_printer(shop: Shop, owner: Client) -> None:
    batch_id, _ = begun(shop, {"SKU-1": 2})
    release(shop, accepted(shop, {"SKU-2": 1}))
    (other,) = plan(shop)
    answer = post(owner, "/picking/lists.pdf", ids=[batch_id, other])
    assert (answer["Content-Type"], len(pypdfium2.PdfDocument(answer.content))) == ("application/pdf", 2)
    refused = post(owner, "/picking/lists/", ids=[batch_id, other])
    assert (refused.status_code, "has no Paper printer set up" in refused.content.decode()) == (409, True)
    with emulators.Printer() as printer:
        new = NewEquipment(warehouse_id=shop.warehouse_id, kind="paper", name="Desk", protocol="pdf", address=printer.address)
        printing.save_equipment(key=uuid4(), actor=HOUSE, new=new)
        assert post(owner, "/picking/lists/", ids=[batch_id, other]).status_code == 303
        printing_jobs.send()
        [printed] = printer.came(1)
    assert len(pypdfium2.PdfDocument(printed)) == 2
    assert post(owner, "/picking/lists.pdf").status_code == 303


def test_over_the_api_from_release_to_the_bench(shop: Shop, owner: Client) -> None:
    fo, key = accepted(shop, {"SKU-1": 2}), str(uuid4())
    body = {"warehouse_id": shop.warehouse_id, "fulfillment_order_ids": [fo.fulfillment_order_id]}
    for _ in range(2):
        assert api(owner, "post", "/releases", body, key).json() == [
            {"fulfillment_order_id": fo.fulfillment_order_id, "released": True, "tasks": 1, "code": "", "reason": "", "link": ""}
        ]
    [again, nobody] = api(owner, "post", "/releases", {**body, "fulfillment_order_ids": [fo.fulfillment_order_id, 2**40]}).json()
    assert [(a["code"], a["link"]) for a in (again, nobody)] == [("released_before", f"/orders/{fo.order_id}/"), ("not_found", "")]
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


@pytest.fixture
def morning() -> Any:
    """A Monday: what comes in now leaves at six."""
    with clock.using(VirtualClock(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC))) as moving:
        yield moving


def test_a_wave_by_clicks_from_the_board_and_back(morning: VirtualClock, shop: Shop, owner: Client) -> None:
    fo = accepted(shop, {"SKU-1": 2})
    board = f"/picking/board/{shop.warehouse_id}/"
    assert owner.get("/picking/board/").status_code == 302
    shown = owner.get(board).content.decode()
    assert "Everything due fits." in shown
    assert "Release 1 order" in shown
    until = "2026-03-02T18:00:00+00:00"
    assert post(owner, f"{board}release/", until="tonight", max_orders=5).status_code == 404
    assert post(owner, f"{board}release/", until=until, service="standard", max_orders=0).status_code == 422
    made = post(owner, f"{board}release/", until=until, service="standard", max_orders=5, max_minutes=60)
    assert made.status_code == 303
    page = owner.get(made["Location"]).content.decode()
    assert "1 order: 1 waits for a walk." in page
    assert fo.number in page
    wave_id = int(made["Location"].rstrip("/").rsplit("/", 1)[1])
    assert post(owner, "/picking/plan/", warehouse=shop.warehouse_id, wave=wave_id, orders_per_cart=8)["Location"] == made["Location"]
    assert "1 on a planned walk" in owner.get(made["Location"]).content.decode()
    assert [h.url for h in panel.search(EVERYTHING, f"w{wave_id:06d}")] == [made["Location"]]
    assert panel.search(Scope(client_ids=frozenset({shop.client_id})), f"w{wave_id:06d}") == []
    assert f"W{wave_id:06d}" in owner.get("/picking/waves/").content.decode()
    assert post(owner, f"/picking/waves/{wave_id}/undo/", note="too early").status_code == 303
    page = owner.get(made["Location"]).content.decode()
    assert "All of it was taken back." in page
    assert "too early" in page
    assert post(owner, f"/picking/waves/{wave_id}/undo/", note="").status_code == 409
    assert fo_of(fo.order_id).stage == "open"
    mine = browser(Grant("client", client_id=shop.client_id))
    for url in (board, "/picking/waves/", made["Location"]):
        assert mine.get(url).status_code == 403
    assert browser(Grant("manager", client_id=shop.client_id)).get(board).status_code == 403


def test_the_board_says_what_does_not_fit_and_how_many_pickers_it_takes(morning: VirtualClock, shop: Shop, owner: Client) -> None:
    board = f"/picking/board/{shop.warehouse_id}/"
    policy = {"pickers": 1, "order_s": 3600, "line_s": 3600, "unit_s": 0, "shift_from": "08:00", "shift_to": "18:00", "pack_min": 60} | TIMES
    policy |= {"keep_workable": 0, "orders_per_walk": 12, "urgent_min": 60, "method": "whole"}
    assert post(owner, f"{board}policy/", **policy, lines_per_hour="").status_code == 303
    for _ in range(5):  # two hours each, and eight hours to go
        accepted(shop, {"SKU-1": 1})
    shown = owner.get(board).content.decode()
    assert "1 order does not make Today 18:00." in shown
    assert "with 1 more picker all do" in shown
    assert post(owner, f"{board}policy/", **policy | {"shift_to": "07:00"}).status_code == 422
    morning.advance_to(morning.now() + dt.timedelta(days=1))
    shown = owner.get(board).content.decode()
    assert "5 orders are late already" in shown


def test_the_rows_behind_the_boards_numbers(morning: VirtualClock, shop: Shop, owner: Client) -> None:
    due, express = accepted(shop, {"SKU-1": 2}), accepted(shop, {"SKU-2": 1}, service="express")
    of = f"warehouse={shop.warehouse_id}&service=standard"
    for url in ("/picking/release/", "/picking/waiting/"):
        today = owner.get(f"{url}?{of}&due=2026-03-02").content.decode()
        assert (due.number in today, express.number in today) == (True, False)
        assert due.number not in owner.get(f"{url}?{of}&due=2026-03-03").content.decode()
        assert due.number not in owner.get(f"{url}?{of}&late=1").content.decode()
        release(shop, due, express)
    morning.advance_to(morning.now() + dt.timedelta(days=1))
    assert due.number in owner.get(f"/picking/waiting/?{of}&late=1").content.decode()


def test_a_wave_over_the_api(morning: VirtualClock, shop: Shop, owner: Client) -> None:
    fo, key = accepted(shop, {"SKU-1": 2}), str(uuid4())
    (row,) = api(owner, "get", f"/board?warehouse={shop.warehouse_id}").json()
    assert (row["cut_off"]["service"], row["cut_off"]["steps"]) == ("standard", {"workable": {"orders": 1, "lines": 1, "units": 2}})
    assert (row["outlook"]["can"], row["outlook"]["misses"]) == (960, 0)
    body = {"warehouse_id": shop.warehouse_id, "until": row["cut_off"]["until"]}
    made = api(owner, "post", "/waves", body, key).json()
    assert api(owner, "post", "/waves", body, key).json() == made
    assert (made["orders"], made["refused"]) == (1, [])
    assert api(owner, "post", "/waves", body).json()["code"] == "nothing_workable"
    wave_id = made["wave_id"]
    assert [w["wave_id"] for w in api(owner, "get", f"/waves?warehouse={shop.warehouse_id}").json()["rows"]] == [wave_id]
    assert api(owner, "get", f"/waves/{wave_id}").json()["waiting"] == 1
    assert [o["fulfillment_order"] for o in api(owner, "get", f"/waves/{wave_id}/orders").json()] == [fo.number]
    assert len(api(owner, "post", "/batches", {"warehouse_id": shop.warehouse_id, "wave_id": wave_id}).json()["batch_ids"]) == 1
    assert api(owner, "post", f"/waves/{wave_id}/undo", {"note": "x"}).json() == {"wave_id": wave_id, "orders": 1, "kept": 0, "walks": 1, "others": 0}
    assert api(owner, "post", f"/waves/{wave_id}/undo", {}).json()["code"] == "wave_taken_back"
    assert api(owner, "get", "/waves/999999999999").status_code == 404
    known = api(owner, "get", f"/policies/{shop.warehouse_id}").json()
    assert api(owner, "post", f"/policies/{shop.warehouse_id}", known | {"pickers": 7}).json()["pickers"] == 7
    assert api(owner, "get", f"/board?warehouse={shop.warehouse_id}").json()[0]["outlook"]["can"] == 7 * 480


TIMES = {"walk_m_per_min": 60, "turn_s": 2, "level_s": 3, "heavy_g": 10_000, "heavy_s": 5}


def test_cart_types_and_workers_are_set_named_and_dropped_on_a_page(shop: Shop, owner: Client) -> None:
    url = f"/picking/with/{shop.warehouse_id}/"
    assert post(owner, f"{url}worker/", name="Lift truck", order_s=9, line_s=8, unit_s=1, reach_levels="", **TIMES).status_code == 303
    (worker,) = selectors.worker_types(EVERYTHING, shop.warehouse_id)
    assert post(owner, f"{url}cart-type/", name="Wagon", compartments=2, volume_l=40, load_kg="", worker=worker.worker_type_id).status_code == 303
    (kind,) = selectors.cart_types(EVERYTHING, shop.warehouse_id)
    assert (kind.compartments, kind.volume_ml, kind.load_g, kind.worker) == (2, 40_000, None, "Lift truck")
    assert post(owner, f"{url}carts/", carts="cart-01", cart_type=kind.cart_type_id).status_code == 303
    assert post(owner, f"{url}carts/", carts="CART-77", cart_type="").status_code == 422
    page = owner.get(url).content.decode()
    assert "Lift truck" in page
    assert "Wagon" in page
    fo = accepted(shop, {"SKU-1": 1})
    release(shop, fo)
    assert "Wagon" in owner.get("/picking/").content.decode()
    assert post(owner, "/picking/plan/", warehouse=shop.warehouse_id, cart_type=kind.cart_type_id).status_code == 303
    (walk,) = selectors.next_planned(EVERYTHING, shop.warehouse_id, limit=5)
    shown = owner.get(f"/picking/batches/{walk.batch_id}/").content.decode()
    assert "Wagon" in shown
    assert f"{round(walk.minutes)} min" in shown
    assert post(owner, f"{url}cart-type/drop/", which=kind.cart_type_id).status_code == 409
    assert post(owner, f"/picking/batches/{walk.batch_id}/undo/").status_code == 303
    assert post(owner, f"{url}cart-type/drop/", which=kind.cart_type_id).status_code == 303
    assert post(owner, f"{url}worker/drop/", which=worker.worker_type_id).status_code == 303
    assert browser(Grant("picker")).get(url).status_code == 200
    assert post(browser(Grant("picker")), f"{url}cart-type/", name="X", compartments=2).status_code == 403


def test_an_order_breaks_into_a_planned_walk_from_its_page(shop: Shop, owner: Client) -> None:
    release(shop, accepted(shop, {"SKU-1": 1}))
    (batch_id,) = plan(shop)
    calm = accepted(shop, {"SKU-2": 1})
    release(shop, calm)
    url = f"/picking/batches/{batch_id}/"
    assert calm.number in owner.get(url).content.decode()
    assert post(owner, f"{url}break-in/", release="").status_code == 303
    assert selectors.batch(EVERYTHING, batch_id).orders == 1
    (waits,) = Release.objects.filter(fulfillment_order=calm.fulfillment_order_id)
    assert post(owner, f"{url}break-in/", release=waits.pk).status_code == 303
    assert selectors.batch(EVERYTHING, batch_id).orders == 2
    assert post(owner, f"{url}break-in/", release=waits.pk).status_code == 404
    start(shop, batch_id)
    assert post(owner, f"{url}break-in/", release="").status_code == 409
    assert post(browser(Grant("picker")), f"{url}break-in/", release="").status_code == 403
