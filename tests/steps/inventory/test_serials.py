"""A serial number is the lot of one unit: captured when it comes, found by scan, never in the house twice."""

from __future__ import annotations

from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING
from packhorse.core.scan import Context, parse
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.errors import SerialIsOne, SerialTwice
from packhorse.steps.inventory.reconciler import drift
from packhorse.steps.inventory.scanner import Receive
from packhorse.steps.inventory.types import ArrivedLine, Counted, CountTarget, ReceivedLine, SentLine, StockChange
from tests.build import HOUSE, Shop, actor, make_items, make_lot, make_shop, make_warehouse, plain_item, receive
from tests.steps.inventory.buying import Buying
from tests.steps.inventory.scanning import Hand

pytestmark = pytest.mark.django_db
#: The GTIN of DRILL with serial number S-77, as a GS1 DataMatrix.
GS1 = "]d2010001234567890521S-77"


@pytest.fixture
def drill(shop: Shop) -> int:
    shop.items.update(make_items(shop.client_id, [plain_item("DRILL", tracking="serial", barcodes=(("00012345678905", 1, "each"),))]))
    return shop.item("DRILL")


def serials(item: int) -> list[tuple[str, int]]:
    return [(x.lot, x.on_hand) for x in selectors.levels(EVERYTHING, item_id=item)]


def test_the_scanner_reads_it_from_the_code_or_asks_for_it(shop: Shop, drill: int, buying: Buying) -> None:
    order = buying.order({"DRILL": 2})
    hand = Hand(Receive, actor("receiver", user="rita", warehouse_id=shop.warehouse_id))
    hand.scan(buying.info(order).row.number)
    hand.scan(GS1)
    assert [f.name for f in hand.screen.fields] == ["quantity"]
    hand.key(1)
    hand.scan("DRILL")
    assert [f.name for f in hand.screen.fields] == ["quantity", "lot"]
    hand.key(1, lot="S-78")
    hand.tap("done")
    assert serials(drill) == [("S-77", 1), ("S-78", 1)]
    assert drift() == []


def test_one_that_is_here_is_not_received_again_nor_two_under_one_number(shop: Shop, drill: int, buying: Buying) -> None:
    order = buying.order({"DRILL": 5})
    buying.receive(order, ReceivedLine(drill, 1, "S-1"))
    for lines, error in (([ReceivedLine(drill, 1, "S-1")], SerialTwice), ([ReceivedLine(drill, 1, "S-2"), ReceivedLine(drill, 1, "S-2")], SerialIsOne)):
        with pytest.raises(error):
            buying.receive(order, *lines)
    assert serials(drill) == [("S-1", 1)]


def test_one_that_is_here_is_not_found_again_by_an_adjustment(shop: Shop, drill: int, buying: Buying) -> None:
    buying.receive(buying.order({"DRILL": 1}), ReceivedLine(drill, 1, "S-1"))
    here, fresh = selectors.levels(EVERYTHING, item_id=drill)[0].lot_id, make_lot(shop.client_id, drill, "S-2")

    def found(lot: int | None, q: int) -> int:
        change = [StockChange(drill, shop.bins[0], q, lot)]
        return services.adjust_stock(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, changes=change, reason="found")

    with pytest.raises(SerialTwice) as refused:
        found(here, 1)
    assert refused.value.place == "DOCK-1"
    with pytest.raises(SerialIsOne):
        found(fresh, 2)
    found(fresh, 1)
    assert sorted(serials(drill)) == [("S-1", 1), ("S-2", 1)]


def test_one_that_is_here_is_not_counted_elsewhere_nor_two_under_one_number(shop: Shop, drill: int, buying: Buying) -> None:
    buying.receive(buying.order({"DRILL": 1}), ReceivedLine(drill, 1, "S-1"))
    make_lot(shop.client_id, drill, "S-2")
    target = [CountTarget(shop.bins[0])]
    count = services.request_counts(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, targets=target, reason="cycle", tolerance=5)[0]

    def counted(who: str, *lines: Counted) -> str:
        by = actor("picker", user=who)
        services.start_count(key=uuid4(), actor=by, count_id=count)
        return services.record_count(key=uuid4(), actor=by, count_id=count, lines=list(lines), finished=True).state

    for lines, error in (
        ([Counted(drill, 2, "S-2")], SerialIsOne),
        ([Counted(drill, 1, "S-2"), Counted(drill, 1, "S-2", "damaged")], SerialIsOne),
        ([Counted(drill, 1, "S-1")], SerialTwice),
    ):
        with pytest.raises(error):
            counted("ann", *lines)
    assert sorted(serials(drill)) == [("S-1", 1)]
    assert counted("ann", Counted(drill, 1, "S-2")) == "posted"
    assert sorted(serials(drill)) == [("S-1", 1), ("S-2", 1)]


def test_one_that_turns_out_damaged_is_counted_so(shop: Shop, drill: int) -> None:
    receive(drill, shop.bins[0], 1, lot_id=make_lot(shop.client_id, drill, "S-1"))
    target = [CountTarget(shop.bins[0])]
    count = services.request_counts(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, targets=target, reason="cycle", tolerance=1)[0]
    services.start_count(key=uuid4(), actor=HOUSE, count_id=count)
    lines = [Counted(drill, 1, "S-1", "damaged")]
    assert services.record_count(key=uuid4(), actor=HOUSE, count_id=count, lines=lines, finished=True).state == "posted"
    assert [(x.condition, x.on_hand) for x in selectors.levels(EVERYTHING, item_id=drill) if x.on_hand] == [("damaged", 1)]
    assert drift() == []


def test_one_that_was_sent_to_another_warehouse_does_not_come_twice(shop: Shop, drill: int) -> None:
    receive(drill, shop.bins[0], 1, lot_id=make_lot(shop.client_id, drill, "S-1"))
    warehouse, places = make_warehouse()
    pk = services.send_transfer(
        key=uuid4(), actor=HOUSE, client_id=shop.client_id, source_warehouse_id=shop.warehouse_id, target_warehouse_id=warehouse, lines=[SentLine(drill, 1)]
    )
    line = selectors.transfer(EVERYTHING, pk).lines[0].id

    def arrive(quantity: int) -> str:
        came = [ArrivedLine(line, quantity, reason="two in the box")]
        return services.receive_transfer(key=uuid4(), actor=HOUSE, transfer_id=pk, location_id=places["DOCK-1"], lines=came)

    with pytest.raises(SerialTwice):
        arrive(2)
    with pytest.raises(SerialIsOne):
        arrive(3)
    assert arrive(1) == "received"
    assert [(x.location, x.on_hand) for x in selectors.levels(EVERYTHING, item_id=drill) if x.on_hand] == [("DOCK-1", 1)]


def test_it_is_found_by_its_number_and_by_the_code_that_carries_it(shop: Shop, drill: int, buying: Buying) -> None:
    buying.receive(buying.order({"DRILL": 1}), ReceivedLine(drill, 1, "S-77"))
    other = make_shop(items=[plain_item("SAW", tracking="serial")])
    make_lot(other.client_id, other.item("SAW"), "S-77")
    lot = selectors.levels(EVERYTHING, item_id=drill)[0].lot_id
    mine = Context(actor("client", client_id=shop.client_id).scope)
    assert [m.ref.id for m in selectors.resolve(parse("S-77"), mine)] == [lot]
    assert [m.ref.id for m in selectors.resolve(parse(GS1), Context(EVERYTHING))] == [lot]
