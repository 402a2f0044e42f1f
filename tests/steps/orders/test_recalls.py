"""A recalled lot leaves no more, is served from others or short, and whoever got it is found and told once."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from packhorse.core import dispatch, sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid, NotAllowed, NotFound
from packhorse.core.lists import ListQuery
from packhorse.core.web.detail import Table
from packhorse.ground.places.types import AddressData
from packhorse.steps.inventory import panel, selectors as inventory, services as inventory_services
from packhorse.steps.inventory.errors import LotBlocked
from packhorse.steps.inventory.reconciler import drift
from packhorse.steps.orders import selectors, services
from packhorse.steps.orders.types import FulfillmentOrderInfo, RecalledRow
from tests.asked import done_once
from tests.build import HOUSE, Shop, actor, make_items, make_lot, make_shop, plain_item, receive
from tests.build_orders import OTTAWA, accepted, pack, pick, ship
from tests.steps.inventory.test_pages import sign_in, text

pytestmark = pytest.mark.django_db
SILENT = AddressData(name="Nobody", line1="24 Sussex Drive", city="Ottawa", region="ON", postal_code="K1M 1M4", country="CA")


@pytest.fixture
def shop() -> Shop:
    made = make_shop(aisles=1, totes=2)
    made.items.update(make_items(made.client_id, [plain_item("CREAM", tracking="lot")]))
    return made


@pytest.fixture
def bad(shop: Shop) -> int:
    """Eight of the bad lot, received first."""
    lot = make_lot(shop.client_id, shop.item("CREAM"), "BAD")
    receive(shop.item("CREAM"), shop.bins[0], 8, lot_id=lot)
    return lot


def gone(shop: Shop, units: int, **given: Any) -> FulfillmentOrderInfo:
    fo = accepted(shop, {"CREAM": units}, **given)
    pick(shop, fo)
    pack(shop, fo)
    ship(fo)
    return fo


def rows(lot: int) -> list[RecalledRow]:
    return list(selectors.recalled(EVERYTHING, ListQuery(filters={"lot": (str(lot),)})).rows)


def recall(lot: int) -> int:
    return inventory_services.recall_lots(key=uuid4(), actor=HOUSE, lot_ids=[lot], reason="glass in it")[0]


def test_a_recall_holds_the_lot_everywhere_and_serves_from_others(shop: Shop, bad: int) -> None:
    receive(shop.item("CREAM"), shop.bins[1], 3, lot_id=make_lot(shop.client_id, shop.item("CREAM"), "GOOD"))
    fo = accepted(shop, {"CREAM": 5})
    (recalled,) = done_once(inventory_services.recall_lots, actor=HOUSE, lot_ids=[bad], reason="glass in it", other={"reason": "x"})
    stock = inventory.availability(EVERYTHING, shop.warehouse_id, [shop.item("CREAM")])[0]
    assert (stock.sellable, stock.promised, stock.short) == (3, 5, 2)
    assert [(r.id, r.lot, r.sku, r.reason) for r in inventory.recalls(EVERYTHING, lot_id=bad)] == [(recalled, "BAD", "CREAM", "glass in it")]
    assert inventory_services.recall_lots(key=uuid4(), actor=HOUSE, lot_ids=[bad], reason="again") == [recalled]
    alert = sql.rows("SELECT rule, severity, owner_role, closed_at FROM messaging_alert WHERE subject_kind = 'inventory.lot' AND subject_id = %s", [bad])
    assert alert == [("lot_recalled", "critical", "manager", None)]
    pick(shop, fo)
    assert {a.lot_id for a in inventory.open_allocations(EVERYTHING, demand_ids=[fo.lines[0].demand_id])} == {
        r[0] for r in sql.rows("SELECT id FROM inventory_lot WHERE code = 'GOOD' AND client_id = %s", [shop.client_id])
    }
    assert drift() == []


def test_what_is_picked_of_it_cannot_ship_and_stands_on_the_list(shop: Shop, bad: int) -> None:
    fo = accepted(shop, {"CREAM": 5})
    pick(shop, fo)
    pack(shop, fo)
    recall(bad)
    with pytest.raises(LotBlocked):
        ship(fo)
    assert [(r.number, r.left, r.picked, r.told_at) for r in rows(bad)] == [(fo.order_number, 0, 5, None)]


def test_the_order_page_says_which_lot_left(shop: Shop, bad: int) -> None:
    fo = gone(shop, 2)
    (section,) = panel.order_sections(EVERYTHING, order_id=fo.order_id, demand_ids=[fo.lines[0].demand_id])
    assert isinstance(section, Table)
    assert [(r["lot"], r["quantity"], str(r["where"])) for r in section.rows] == [("BAD", 2, "left the house")]


def test_a_lot_that_is_free_again_is_recalled_no_more(shop: Shop, bad: int) -> None:
    recall(bad)
    inventory_services.free_lots(key=uuid4(), actor=HOUSE, lot_ids=[bad])
    assert inventory.recalls(EVERYTHING) == []
    assert sql.rows("SELECT closed_at IS NOT NULL FROM messaging_alert WHERE subject_kind = 'inventory.lot' AND subject_id = %s", [bad]) == [(True,)]
    assert inventory.availability(EVERYTHING, shop.warehouse_id, [shop.item("CREAM")])[0].available == 8
    assert recall(bad) == inventory.recalls(EVERYTHING)[0].id


def test_those_who_got_it_are_told_once(shop: Shop, bad: int) -> None:
    first, silent = gone(shop, 2), gone(shop, 1, ship_to=SILENT)
    recalled = recall(bad)
    assert sorted((r.number, r.email, r.left) for r in rows(bad)) == sorted([(first.order_number, OTTAWA.email, 2), (silent.order_number, "", 1)])
    assert done_once(services.tell_recalled, actor=HOUSE, recall_id=recalled, text="Throw it away.", other={"text": "x"}) == 1
    assert services.tell_recalled(key=uuid4(), actor=HOUSE, recall_id=recalled, text="Throw it away.") == 0
    sent = sql.rows("SELECT order_id, recipient, title, body FROM messaging_message WHERE template = 'recall' AND client_id = %s", [shop.client_id])
    assert [(s[0], s[1]) for s in sent] == [(first.order_id, OTTAWA.email)]
    for said in (first.order_number, "lot BAD", "glass in it", "Throw it away."):
        assert said in sent[0][3]
    assert {r.number for r in rows(bad) if r.told_at} == {first.order_number}
    inventory_services.free_lots(key=uuid4(), actor=HOUSE, lot_ids=[bad])
    assert {r.number for r in rows(bad) if r.told_at} == {first.order_number}, "also when the recall is over"
    recall(bad)
    assert [r.number for r in rows(bad) if r.told_at] == [], "of a new recall nobody was told"


def test_what_cannot_be_is_refused_and_changes_nothing(shop: Shop, bad: int) -> None:
    gone(shop, 1)
    recall_lots, tell = inventory_services.recall_lots, services.tell_recalled
    with pytest.raises(Invalid):
        recall_lots(key=uuid4(), actor=HOUSE, lot_ids=[bad], reason=" ")
    with pytest.raises(NotFound):
        recall_lots(key=uuid4(), actor=HOUSE, lot_ids=[10**9], reason="x")
    with pytest.raises(NotAllowed):
        recall_lots(key=uuid4(), actor=actor("picker"), lot_ids=[bad], reason="x")
    assert inventory.recalls(EVERYTHING) == []
    recalled = recall(bad)
    with pytest.raises(Invalid):
        tell(key=uuid4(), actor=HOUSE, recall_id=recalled, text=" ")
    with pytest.raises(NotFound):
        tell(key=uuid4(), actor=HOUSE, recall_id=10**9, text="x")
    for nobody in (actor("packer"), actor("service", client_id=make_shop().client_id)):
        with pytest.raises(NotAllowed):
            tell(key=uuid4(), actor=nobody, recall_id=recalled, text="x")
    inventory_services.free_lots(key=uuid4(), actor=HOUSE, lot_ids=[bad])
    with pytest.raises(Invalid):
        tell(key=uuid4(), actor=HOUSE, recall_id=recalled, text="x")
    assert sql.rows("SELECT count(*) FROM orders_recallnotice") == [(0,)]


def test_pages_and_api_recall_list_export_and_tell(client: Client, shop: Shop, bad: int) -> None:
    fo = gone(shop, 2)
    boss = sign_in(client, "manager")
    assert boss.post(reverse("inventory:recall-lot", args=[bad]), {"key": str(uuid4()), "reason": "glass"}).status_code == 303
    assert "Orders that got it" in text(boss, reverse("inventory:lot", args=[bad]))
    assert "BAD" in text(boss, reverse("inventory:lots") + "?state=recalled")
    assert fo.order_number in text(boss, f"{reverse('orders:recalled')}?lot={bad}")
    export = boss.get(f"{reverse('orders:recalled')}?lot={bad}&format=csv")
    assert fo.order_number in b"".join(export.streaming_content if export.streaming else [export.content]).decode()  # type: ignore[attr-defined]
    found = boss.get("/api/v1/inventory/recalls").json()
    assert [r["lot"] for r in found] == ["BAD"]
    assert [(r["number"], r["left"]) for r in boss.get(f"/api/v1/orders/recalled?lot={bad}").json()["rows"]] == [(fo.order_number, 2)]
    answer = boss.post(reverse("orders:tell-recalled"), {"key": str(uuid4()), "recall": found[0]["id"], "text": "Bin it."})
    assert answer.status_code == 303
    body = {"recall_id": found[0]["id"], "text": "Bin it."}
    told = boss.post("/api/v1/orders/recalled/tell", body, content_type="application/json", headers={"Idempotency-Key": str(uuid4())})
    assert told.json() == {"messages": 0}, "told by the page"
    dispatch.drain()
    stranger = sign_in(Client(), "client", client_id=make_shop().client_id)
    assert fo.order_number not in text(stranger, f"{reverse('orders:recalled')}?lot={bad}")
