"""Goods on their way between two warehouses are in neither's promise, and no unit is lost without a reason."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from packhorse.core import clock, sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid, NotAllowed, NotFound, WrongState
from packhorse.core.lists import ListQuery
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.errors import MoreThanSent, OutOfStock, StockPromised, WrongPlace
from packhorse.steps.inventory.models import TransferOrder
from packhorse.steps.inventory.reconciler import drift
from packhorse.steps.inventory.scanner import Receive
from packhorse.steps.inventory.types import ArrivedLine, SentLine, TransferInfo
from tests.asked import done_once
from tests.build import HOUSE, Shop, actor, make_items, make_lot, make_shop, make_warehouse, plain_item, receive, stock, want
from tests.steps.inventory.scanning import Hand
from tests.steps.inventory.test_pages import sign_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(shop: Shop) -> tuple[int, int]:
    """The other warehouse and its dock."""
    warehouse, places = make_warehouse()
    return warehouse, places["DOCK-1"]


def available(shop: Shop, warehouse_id: int, sku: str = "SKU-1") -> tuple[int, int]:
    a = selectors.availability(EVERYTHING, warehouse_id, [shop.item(sku)])[0]
    return a.sellable, a.available


def send(shop: Shop, there: tuple[int, int], sku: str, quantity: int) -> TransferInfo:
    pk = services.send_transfer(
        key=uuid4(), actor=HOUSE, client_id=shop.client_id, source_warehouse_id=shop.warehouse_id, target_warehouse_id=there[0], lines=[SentLine(shop.item(sku), quantity)]
    )  # fmt: skip
    return selectors.transfer(EVERYTHING, pk)


def arrive(t: TransferInfo, dock: int, *lines: ArrivedLine) -> str:
    return services.receive_transfer(key=uuid4(), actor=HOUSE, transfer_id=t.id, location_id=dock, lines=list(lines))


def test_what_is_sent_leaves_the_one_and_is_not_yet_the_others(shop: Shop, there: tuple[int, int]) -> None:
    stock(shop, {"SKU-1": 10})
    lines = [SentLine(shop.item("SKU-1"), 3), SentLine(shop.item("SKU-1"), 1)]
    done = done_once(
        services.send_transfer, actor=HOUSE, client_id=shop.client_id, source_warehouse_id=shop.warehouse_id, target_warehouse_id=there[0], lines=lines,
        other={"lines": lines[:1]},
    )  # fmt: skip
    assert (available(shop, shop.warehouse_id), available(shop, there[0])) == ((6, 6), (0, 0))
    t = selectors.transfer(EVERYTHING, done)
    assert (t.state, [(n.quantity, n.open) for n in t.lines]) == ("in_transit", [(4, 4)])
    assert [(u.quantity, u.why) for u in selectors.where_is(EVERYTHING, shop.item("SKU-1")) if u.warehouse_id == there[0]] == [(4, "transit")]
    assert drift() == []


def test_what_arrives_can_be_promised_there_and_damage_and_loss_have_their_reason(shop: Shop, there: tuple[int, int]) -> None:
    stock(shop, {"SKU-1": 10})
    t = send(shop, there, "SKU-1", 10)
    line = t.lines[0].id
    arrived = [ArrivedLine(line, 6), ArrivedLine(line, 1, "damaged", "crushed")]
    assert done_once(services.receive_transfer, actor=HOUSE, transfer_id=t.id, location_id=there[1], lines=arrived, other={"lines": arrived[:1]}) == "receiving"
    assert available(shop, there[0]) == (6, 6)
    assert sql.rows("SELECT quantity FROM inventory_putawaytask WHERE warehouse_id = %s", [there[0]]) == [(6,)]
    assert done_once(services.close_transfer, actor=HOUSE, transfer_id=t.id, reason="fell off the truck", other={"reason": "x"}) == 3
    t = selectors.transfer(EVERYTHING, t.id)
    n = t.lines[0]
    assert (t.state, t.short_reason, n.received, n.damaged, n.short, n.reason, n.open) == ("closed_short", "fell off the truck", 7, 1, 3, "crushed", 0)
    assert sum(u.quantity for u in selectors.where_is(EVERYTHING, shop.item("SKU-1"))) == 7
    assert drift() == []


def test_a_transfer_that_came_whole_is_received(shop: Shop, there: tuple[int, int]) -> None:
    stock(shop, {"SKU-1": 2})
    t = send(shop, there, "SKU-1", 2)
    assert arrive(t, there[1], ArrivedLine(t.lines[0].id, 2)) == "received"
    with pytest.raises(WrongState):
        arrive(t, there[1], ArrivedLine(t.lines[0].id, 1))
    with pytest.raises(WrongState):
        services.close_transfer(key=uuid4(), actor=HOUSE, transfer_id=t.id, reason="late")
    assert available(shop, there[0]) == (2, 2)


def test_what_expires_first_goes_first_and_lots_stay_known(shop: Shop, there: tuple[int, int]) -> None:
    item = shop.item("LOT")
    late, soon = (make_lot(shop.client_id, item, code, expires_on=dt.date(2030, month, 1)) for code, month in (("LATE", 5), ("SOON", 2)))
    receive(item, shop.bins[0], 5, lot_id=late)
    receive(item, shop.bins[1], 2, lot_id=soon)
    t = send(shop, there, "LOT", 3)
    assert sorted((n.lot, n.quantity) for n in t.lines) == [("LATE", 1), ("SOON", 2)]


def test_more_than_there_is_or_what_is_promised_is_not_sent(shop: Shop, there: tuple[int, int]) -> None:
    stock(shop, {"SKU-1": 5})
    with pytest.raises(OutOfStock) as refused:
        send(shop, there, "SKU-1", 6)
    assert (refused.value.asked, refused.value.free, refused.value.link) == (6, 5, reverse("inventory:item", args=[shop.item("SKU-1")]))
    want(shop, shop.item("SKU-1"), 4)
    with pytest.raises(StockPromised):
        send(shop, there, "SKU-1", 2)
    assert not TransferOrder.objects.filter(client_id=shop.client_id).exists()
    assert available(shop, shop.warehouse_id) == (5, 1)


def test_what_cannot_be_is_refused_and_changes_nothing(shop: Shop, there: tuple[int, int]) -> None:
    stock(shop, {"SKU-1": 5})
    given = {
        "actor": HOUSE,
        "client_id": shop.client_id,
        "source_warehouse_id": shop.warehouse_id,
        "target_warehouse_id": there[0],
        "lines": [SentLine(shop.item("SKU-1"), 1)],
    }
    for wrong, error in (
        ({"target_warehouse_id": shop.warehouse_id}, Invalid),
        ({"target_warehouse_id": 10**9}, NotFound),
        ({"lines": []}, Invalid),
        ({"lines": [SentLine(make_shop().item("SKU-1"), 1)]}, NotFound),
        ({"actor": actor("picker")}, NotAllowed),
        ({"actor": actor("manager", warehouse_id=there[0])}, NotAllowed),
    ):
        with pytest.raises(error):
            services.send_transfer(key=uuid4(), **{**given, **wrong})  # type: ignore[arg-type]
    t = send(shop, there, "SKU-1", 2)
    line = t.lines[0].id
    with pytest.raises(MoreThanSent) as more:
        arrive(t, there[1], ArrivedLine(line, 3))
    assert more.value.link == reverse("inventory:transfer", args=[t.id])
    with pytest.raises(WrongPlace):
        arrive(t, shop.dock, ArrivedLine(line, 1))
    for lines, error in (([], Invalid), ([ArrivedLine(line, 0)], Invalid), ([ArrivedLine(line, 1, "damaged")], Invalid), ([ArrivedLine(10**9, 1)], NotFound)):
        with pytest.raises(error):
            arrive(t, there[1], *lines)
    with pytest.raises(NotFound):
        services.receive_transfer(key=uuid4(), actor=HOUSE, transfer_id=10**9, location_id=there[1], lines=[ArrivedLine(line, 1)])
    with pytest.raises(NotAllowed):
        services.receive_transfer(
            key=uuid4(), actor=actor("receiver", warehouse_id=shop.warehouse_id), transfer_id=t.id, location_id=there[1], lines=[ArrivedLine(line, 1)]
        )
    with pytest.raises(NotAllowed):
        services.close_transfer(key=uuid4(), actor=actor("receiver"), transfer_id=t.id, reason="lost")
    with pytest.raises(Invalid):
        services.close_transfer(key=uuid4(), actor=HOUSE, transfer_id=t.id, reason=" ")
    assert selectors.transfer(EVERYTHING, t.id) == t
    assert sql.rows("SELECT count(*) FROM inventory_move WHERE cause_kind = 'inventory.transfer' AND cause_id = %s", [t.id]) == [(1,)]


def test_pages_and_api_walk_a_transfer(client: Client, shop: Shop, there: tuple[int, int]) -> None:
    stock(shop, {"SKU-1": 5})
    boss = sign_in(client, "manager")

    def post(path: str, body: dict[str, object]) -> dict[str, object]:
        answer = boss.post(f"/api/v1/inventory/transfers{path}", body, content_type="application/json", headers={"Idempotency-Key": str(uuid4())})
        assert answer.status_code == 200, answer.content
        return answer.json()  # type: ignore[no-any-return]

    lines = [{"item_id": shop.item("SKU-1"), "quantity": 4}]
    made = post("", {"client_id": shop.client_id, "source_warehouse_id": shop.warehouse_id, "target_warehouse_id": there[0], "lines": lines})
    assert made["state"] == "in_transit"
    assert str(made["number"]) in text(boss, reverse("inventory:transfers") + "?state=open")
    page = reverse("inventory:transfer", args=[made["id"]])
    assert "4 of 4 units are still on their way." in text(boss, page)
    line = made["lines"][0]["id"]  # type: ignore[index]
    assert post(f"/{made['id']}/receive", {"location_id": there[1], "lines": [{"line_id": line, "quantity": 3}]})["state"] == "receiving"
    answer = boss.post(reverse("inventory:close-transfer", args=[made["id"]]), {"key": str(uuid4()), "reason": "lost"})
    assert answer.status_code == 303
    assert "0 of 4 units are still on their way." in text(boss, page)
    other = make_shop()
    stranger = sign_in(Client(), "client", client_id=other.client_id)
    assert stranger.get(page).status_code == 404
    assert selectors.transfers(actor("manager", warehouse_id=other.warehouse_id).scope, ListQuery()).rows == ()


def test_what_came_besides_says_why_and_the_bins_it_was_taken_from_are_counted(shop: Shop, there: tuple[int, int]) -> None:
    stock(shop, {"SKU-1": 10})
    t = send(shop, there, "SKU-1", 4)
    line = t.lines[0].id
    assert arrive(t, there[1], ArrivedLine(line, 1), ArrivedLine(line, 5, reason="counted twice")) == "received"
    n = selectors.transfer(EVERYTHING, t.id).lines[0]
    assert (n.quantity, n.received, n.over, n.short, n.open, n.reason) == (4, 4, 2, 0, 0, "counted twice")
    assert (available(shop, shop.warehouse_id), available(shop, there[0])) == ((6, 6), (6, 6))
    assert sql.rows("SELECT quantity FROM inventory_putawaytask WHERE warehouse_id = %s", [there[0]]) == [(6,)]
    counts = sql.rows("SELECT location_id, item_id, state FROM inventory_counttask WHERE cause_kind = 'inventory.transfer' AND cause_id = %s", [t.id])
    assert counts == [(shop.bins[0], shop.item("SKU-1"), "requested")]
    told = sql.rows(
        "SELECT event, data->>'kind', data->>'quantity' FROM core_journal WHERE event = 'inventory.transfer_differed' AND client_id = %s", [shop.client_id]
    )
    assert told == [("inventory.transfer_differed", "over", "2")]
    assert drift() == []


def test_what_came_besides_at_the_moment_it_was_sent_counts_the_same_bins(shop: Shop, there: tuple[int, int]) -> None:
    stock(shop, {"SKU-1": 10, "SKU-2": 10})
    with clock.using(clock.VirtualClock(clock.now())):
        pk = services.send_transfer(
            key=uuid4(), actor=HOUSE, client_id=shop.client_id, source_warehouse_id=shop.warehouse_id, target_warehouse_id=there[0],
            lines=[SentLine(shop.item("SKU-1"), 4), SentLine(shop.item("SKU-2"), 4)],
        )  # fmt: skip
        t = selectors.transfer(EVERYTHING, pk)
        line = next(n.id for n in t.lines if n.item_id == shop.item("SKU-1"))
        for _ in range(2):
            assert arrive(t, there[1], ArrivedLine(line, 5, reason="counted twice")) == "receiving"
    counts = sql.rows("SELECT location_id, item_id FROM inventory_counttask WHERE cause_kind = 'inventory.transfer' AND cause_id = %s", [t.id])
    assert counts == [(shop.bins[0], shop.item("SKU-1"))]
    assert drift() == []


def test_what_is_told_to_be_damaged_is_what_the_line_says(shop: Shop, there: tuple[int, int]) -> None:
    stock(shop, {"SKU-1": 4})
    t = send(shop, there, "SKU-1", 4)
    arrive(t, there[1], ArrivedLine(t.lines[0].id, 5, "damaged", "wet"))
    n = selectors.transfer(EVERYTHING, t.id).lines[0]
    assert (n.received, n.damaged, n.over) == (4, 4, 1)
    told = sql.rows(
        "SELECT data->>'kind', data->>'quantity' FROM core_journal WHERE event = 'inventory.transfer_differed' AND client_id = %s ORDER BY 1", [shop.client_id]
    )
    assert told == [("damaged", "4"), ("over", "1")]


def test_the_pages_send_and_receive(client: Client, shop: Shop, there: tuple[int, int]) -> None:
    stock(shop, {"SKU-1": 5, "SKU-2": 3})
    boss = sign_in(client, "manager")
    form = {"client": shop.client_id, "source": shop.warehouse_id, "target": there[0], "lines": "SKU-1 4\nSKU-2;2", "expected_on": "2020-01-01"}
    new = reverse("inventory:send-transfer")
    for wrong, said in (
        ({"lines": "NOPE 1"}, "NOPE is not an item"),
        ({"lines": "SKU-1 0"}, "above zero"),
        ({"lines": "SKU-1 9"}, "free"),
        ({"target": shop.warehouse_id}, ""),
    ):
        answer = boss.post(new, {"key": str(uuid4()), **form, **wrong})
        assert answer.status_code in (409, 422), answer.status_code
        assert said in answer.content.decode()
    answer = boss.post(new, {"key": str(uuid4()), **form})
    assert answer.status_code == 303
    page = answer["Location"]
    t = selectors.transfer(EVERYTHING, int(page.rstrip("/").rsplit("/", 1)[1]))
    assert t.number in text(boss, reverse("inventory:transfers") + "?state=late")
    one, two = t.lines
    to = reverse("inventory:receive-transfer", args=[t.id])
    assert "4 of 4 still on their way" in text(boss, to)
    for wrong in ({}, {f"good_{one.id}": 5}):
        assert boss.post(to, {"key": str(uuid4()), "location": there[1], **wrong}).status_code in (409, 422)
    good = {f"good_{one.id}": 5, f"damaged_{two.id}": 1, "reason": "one more in the box"}
    assert boss.post(to, {"key": str(uuid4()), "location": there[1], **good}).status_code == 303
    one, two = selectors.transfer(EVERYTHING, t.id).lines
    assert (one.received, one.over, two.received, two.damaged, two.open) == (4, 1, 1, 1, 1)
    said = text(boss, page)
    assert "1 of 6 units are still on their way." in said
    assert "one more in the box" in said


def test_a_transfer_is_received_with_the_scanner(shop: Shop, there: tuple[int, int]) -> None:
    stock(shop, {"SKU-1": 6})
    for code, q in (("A", 2), ("B", 3)):
        receive(shop.item("LOT"), shop.bins[1], q, lot_id=make_lot(shop.client_id, shop.item("LOT"), code))
    pk = services.send_transfer(
        key=uuid4(), actor=HOUSE, client_id=shop.client_id, source_warehouse_id=shop.warehouse_id, target_warehouse_id=there[0],
        lines=[SentLine(shop.item("SKU-1"), 6), SentLine(shop.item("LOT"), 5)],
    )  # fmt: skip
    hand = Hand(Receive, actor("receiver", user="rita", warehouse_id=there[0]))
    hand.scan(selectors.transfer(EVERYTHING, pk).number)
    with pytest.raises(NotFound):
        hand.scan("SKU-2")
    hand.scan("SKU-1")
    hand.key(5)
    hand.scan("SKU-1")
    hand.key(1, "damaged")
    hand.scan("LOT")
    assert [f.name for f in hand.screen.fields] == ["quantity", "lot"]
    with pytest.raises(NotFound):
        hand.key(2, lot="C")
    hand.key(2, lot="A")
    hand.scan("LOT")
    more = hand.key(4, lot="B")
    assert (more.tone, str(more.say)) == ("wrong", "4 × LOT, 1 more than was sent")
    done = hand.tap("done")
    assert (done.tone, str(done.say)) == ("done", "12 units received")
    t = selectors.transfer(EVERYTHING, pk)
    assert (t.state, sorted((n.sku, n.lot, n.received, n.damaged, n.over) for n in t.lines)) == (
        "received",
        [("LOT", "A", 2, 0, 0), ("LOT", "B", 3, 0, 1), ("SKU-1", "", 6, 1, 0)],
    )
    assert {(n.lot, n.reason) for n in t.lines} == {("A", ""), ("B", "counted at the dock"), ("", "damaged on arrival")}
    assert drift() == []


def test_the_scanner_reads_serial_number_and_lot_from_the_code(shop: Shop, there: tuple[int, int]) -> None:
    shop.items.update(make_items(shop.client_id, [plain_item("DRILL", tracking="serial", barcodes=(("00012345678905", 1, "each"),))]))
    for code in ("S-1", "S-2"):
        receive(shop.item("DRILL"), shop.bins[0], 1, lot_id=make_lot(shop.client_id, shop.item("DRILL"), code))
    receive(shop.item("LOT"), shop.bins[1], 1, lot_id=make_lot(shop.client_id, shop.item("LOT"), "L-1"))
    stock(shop, {"SKU-1": 1})
    pk = services.send_transfer(
        key=uuid4(), actor=HOUSE, client_id=shop.client_id, source_warehouse_id=shop.warehouse_id, target_warehouse_id=there[0],
        lines=[SentLine(shop.item(sku), q) for sku, q in (("DRILL", 2), ("LOT", 1), ("SKU-1", 1))],
    )  # fmt: skip
    hand = Hand(Receive, actor("receiver", user="rita", warehouse_id=there[0]))
    hand.scan(selectors.transfer(EVERYTHING, pk).number)
    hand.scan("]C1010950110153000310L-2")
    with pytest.raises(NotFound):
        hand.key(1)
    for code in ("]d2010001234567890510B-9\x1d21S-2", "]C1010950110153000310L-1", "]C1010400638133393110ANY"):
        hand.scan(code)
        assert [f.name for f in hand.screen.fields] == ["quantity"]
        hand.key(1)
    hand.tap("done")
    assert sorted((n.sku, n.lot, n.received) for n in selectors.transfer(EVERYTHING, pk).lines) == [
        ("DRILL", "S-1", 0),
        ("DRILL", "S-2", 1),
        ("LOT", "L-1", 1),
        ("SKU-1", "", 1),
    ]


def test_what_the_hand_was_not_told_is_too_much_is_refused_without_a_reason(shop: Shop, there: tuple[int, int]) -> None:
    stock(shop, {"SKU-1": 4})
    t = send(shop, there, "SKU-1", 4)
    hand = Hand(Receive, actor("receiver", user="rita", warehouse_id=there[0]))
    hand.scan(t.number)
    hand.scan("SKU-1")
    hand.key(3)
    arrive(t, there[1], ArrivedLine(t.lines[0].id, 2))
    with pytest.raises(MoreThanSent):
        hand.tap("done")
