"""Every page of stock shows, its actions work, and a reader sees what is theirs."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from packhorse.core import clock, sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.lists import ListQuery
from packhorse.ground.people.models import Membership, User
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.types import Counted, CountTarget, NewPickFace, ReceivedLine
from tests.build import HOUSE, Shop, actor, make_lot, make_shop, receive, stock
from tests.steps.inventory.buying import Buying

pytestmark = pytest.mark.django_db


def sign_in(client: Client, role: str, client_id: int | None = None) -> Client:
    made = User.objects.create(username=f"{role}-{uuid4().hex[:6]}", name=role, created_at=clock.now())
    Membership.objects.create(user=made, role=role, client_id=client_id, granted_at=clock.now())
    client.force_login(made, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def boss(client: Client) -> Client:
    return sign_in(client, "manager")


def text(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def post(client: Client, url: str, status: int = 303, **data: Any) -> str:
    answer = client.post(url, {"key": str(uuid4()), **data})
    assert answer.status_code == status, (url, answer.status_code, answer.content.decode()[:2000])
    return answer.headers.get("Location", "")


@pytest.fixture
def pages(shop: Shop, buying: Buying) -> list[str]:
    """One of everything, and the address of every page."""
    order = buying.order({"SKU-1": 5, "LOT": 5})
    buying.receive(order, ReceivedLine(shop.item("SKU-1"), 6), ReceivedLine(shop.item("LOT"), 2, "L1"))
    count = services.request_counts(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, targets=[CountTarget(shop.bins[0])], reason="x")[0]
    task = buying.tasks()[0].id
    lot = selectors.lots(query=ListQuery(), scope=EVERYTHING).rows[0].id
    names = ["list", "lots", "shortfalls", "months", "purchase-orders", "suppliers", "put-away", "counts", "new-purchase-order", "new-supplier", "new-count"]
    found = [reverse(f"inventory:{n}") for n in names]
    found += [reverse(f"inventory:{n}", args=[order]) for n in ("purchase-order", "receive")]
    sql.run("UPDATE warehouse_location SET pickable = false WHERE id = %s", [shop.bins[5]])
    receive(shop.item("SKU-2"), shop.bins[5], 9)
    faces = [NewPickFace(shop.item("SKU-2"), shop.bins[1], 2, 5)]
    services.set_pick_faces(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, faces=faces)
    (relocation,) = services.replenish(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, today=dt.date(2026, 3, 2))
    found += [reverse(f"inventory:{n}") for n in ("relocations", "pick-faces")]
    rows = (("item", shop.item("LOT")), ("lot", lot), ("put-away-task", task), ("count", count), ("relocation", relocation))
    return [*found, *(reverse(f"inventory:{n}", args=[pk]) for n, pk in rows)]


def test_every_page_shows_to_a_manager_in_both_languages(boss: Client, pages: list[str]) -> None:
    for url in pages:
        for language in ("en", "fr"):
            assert boss.get(url, headers={"Accept-Language": language}).status_code == 200, url


def test_nothing_shows_to_strangers_and_drivers(client: Client, pages: list[str]) -> None:
    assert {client.get(url).status_code for url in pages} == {302}
    sign_in(client, "driver")
    assert {client.get(url).status_code for url in pages} == {403}


def test_a_client_sees_its_own_and_nothing_of_others(client: Client, shop: Shop, pages: list[str]) -> None:
    sign_in(client, "client", shop.client_id)
    own = [url for url in pages if not url.endswith(("/new/", "/receive/")) and "/counts/" not in url]
    for url in own:
        text(client, url)
    sign_in(client, "client", make_shop().client_id)
    for url in own:
        answer = client.get(url)
        assert answer.status_code in (200, 404)
        leaks = [w for w in ("Acme", ">L1<", *(f"/items/{pk}/" for pk in shop.items.values())) if w in answer.content.decode().replace(url, "")]
        assert leaks == [], url
        assert (answer.status_code == 404) == any(c.isdigit() for c in url), url


def test_an_order_is_bought_received_and_closed_in_the_browser(boss: Client, shop: Shop, buying: Buying) -> None:
    form: dict[str, Any] = {"supplier": buying.supplier.id, "warehouse": shop.warehouse_id, "lines": "SKU-1 5 1.25\nLOT\t3"}
    to = post(boss, reverse("inventory:new-purchase-order"), **form)
    pk = int(to.rstrip("/").rsplit("/", 1)[1])
    assert "A draft: 8 units, not sent yet." in text(boss, to)
    post(boss, reverse("inventory:send", args=[pk]))
    post(boss, reverse("inventory:confirm", args=[pk]), expected_on="2026-12-24")
    post(boss, reverse("inventory:arrive", args=[pk]))
    one, lot = buying.info(pk).lines
    assert "LOT is tracked by lot" in _refused(boss, pk, shop, {f"good_{lot.id}": 3})
    good: dict[str, Any] = {
        f"good_{one.id}": 4,
        f"damaged_{one.id}": 1,
        f"good_{lot.id}": 2,
        f"lot_{lot.id}": "L9",
        f"expires_{lot.id}": "2027-02-03",
        "location": shop.dock,
    }
    post(boss, reverse("inventory:receive", args=[pk]), **good)
    said = text(boss, to)
    assert "1 of 8 units are still to come." in said
    assert "7 units received" in said
    post(boss, reverse("inventory:close", args=[pk]), reason="later")
    assert "Closed with 1 of 8 units missing." in text(boss, to)
    assert post(boss, reverse("inventory:send", args=[pk]), status=409) == ""


def _refused(boss: Client, pk: int, shop: Shop, data: dict[str, object]) -> str:
    answer = boss.post(reverse("inventory:receive", args=[pk]), {"key": str(uuid4()), "location": shop.dock, **data})
    assert answer.status_code == 422
    return answer.content.decode()


@pytest.mark.parametrize(
    ("lines", "said"), [("SKU-1", "Line 1 cannot be read"), ("SKU-1 x", "Line 1 cannot be read"), ("NOPE 3", "NOPE is not an item"), ("SKU-1 0", "above zero")]
)
def test_a_line_that_cannot_be_read_is_named(boss: Client, shop: Shop, buying: Buying, lines: str, said: str) -> None:
    answer = boss.post(
        reverse("inventory:new-purchase-order"), {"key": str(uuid4()), "supplier": buying.supplier.id, "warehouse": shop.warehouse_id, "lines": lines}
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_goods_are_put_away_one_by_one_or_many_at_once(boss: Client, shop: Shop, buying: Buying) -> None:
    buying.receive(buying.order({"SKU-1": 5, "SKU-2": 5}), ReceivedLine(shop.item("SKU-1"), 5), ReceivedLine(shop.item("SKU-2"), 5))
    first, second = buying.tasks()
    post(boss, reverse("inventory:put", args=[first.id]), place="b-01-01", quantity="2")
    post(boss, reverse("inventory:put-many"), ids=[first.id, second.id])
    assert {x.location: x.on_hand for x in selectors.levels(EVERYTHING, item_id=shop.item("SKU-1"))} == {"B-01-01": 2, "A-01-01": 3}
    assert "5 × SKU-1" not in text(boss, reverse("inventory:put-away") + "?state=open")
    assert post(boss, reverse("inventory:cancel-put-away", args=[first.id]), status=409, reason="x") == ""


def test_stock_is_adjusted_moved_and_held_from_its_pages(boss: Client, shop: Shop) -> None:
    item, lot_item = shop.item("SKU-1"), shop.item("LOT")
    stock(shop, {"SKU-1": 10})
    lot = make_lot(shop.client_id, lot_item, "L1")
    receive(lot_item, shop.bins[1], 4, lot_id=lot)
    level = selectors.levels(EVERYTHING, item_id=item)[0].level_id
    post(boss, reverse("inventory:adjust", args=[item]), level=level, quantity=-2, reason="lost", note="")
    post(boss, reverse("inventory:move", args=[item]), level=level, target="B-01-01", quantity=3, condition="sellable")
    assert "8 of 8 can be promised; 0 are promised already." in text(boss, reverse("inventory:item", args=[item]))
    assert post(boss, reverse("inventory:adjust", args=[item]), status=404, level=10**9, quantity=-2, reason="lost") == ""
    post(boss, reverse("inventory:hold-lot", args=[lot]), reason="recall")
    assert "recall" in text(boss, reverse("inventory:lot", args=[lot]))
    post(boss, reverse("inventory:free-lot", args=[lot]))
    assert "4 came in, 0 are with customers, 4 are here." in text(boss, reverse("inventory:lot", args=[lot]))


def test_counts_are_asked_for_and_decided_and_counters_do_not_see_what_is_expected(client: Client, shop: Shop) -> None:
    stock(shop, {"SKU-1": 77_077})
    sign_in(client, "manager")
    post(client, reverse("inventory:new-count"), warehouse=shop.warehouse_id, places="A-01-01 a-02-01", reason="cycle", tolerance=0)
    count = selectors.counts(query=ListQuery(), scope=EVERYTHING).rows[0].id
    for name in ("ann", "bob"):
        who = actor("picker", user=name)
        services.start_count(key=uuid4(), actor=who, count_id=count)
        services.record_count(key=uuid4(), actor=who, count_id=count, lines=[Counted(shop.item("SKU-1"), 77_075)], finished=True)
    page = reverse("inventory:count", args=[count])
    sign_in(client, "picker")
    assert "77,077" not in text(client, page)
    assert client.post(reverse("inventory:approve", args=[count]), {"key": str(uuid4())}).status_code == 403
    sign_in(client, "manager")
    assert "77,077" in text(client, page)
    post(client, reverse("inventory:approve", args=[count]))
    assert "Posted: 2 units corrected" in text(client, page)


def test_no_list_asks_more_when_it_is_longer(boss: Client, shop: Shop, buying: Buying, django_assert_max_num_queries: object) -> None:
    buying.receive(buying.order(dict.fromkeys(("SKU-1", "SKU-2", "SKU-3"), 5)), *(ReceivedLine(shop.item(sku), 5) for sku in ("SKU-1", "SKU-2", "SKU-3")))
    for name in ("list", "purchase-orders", "put-away", "counts", "lots", "shortfalls", "relocations", "pick-faces"):
        with django_assert_max_num_queries(20):  # type: ignore[operator]
            boss.get(reverse(f"inventory:{name}"))
