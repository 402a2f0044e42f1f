"""Questions about stock answer exactly, in one statement each, and only what the reader may see."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING, Scope
from packhorse.core.clock import VirtualClock
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery
from packhorse.core.refs import Ref
from packhorse.core.rls import acting_for
from packhorse.core.scan import Context, parse
from packhorse.steps.inventory import ledger, panel, selectors, services
from packhorse.steps.inventory.types import AnnouncedLine, Availability, ReceivedLine
from tests.build import HOUSE, Shop, doing, make_lot, make_shop, receive, stock, want
from tests.steps.inventory.buying import Buying

NOON = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def full(shop: Shop, buying: Buying) -> Shop:
    """Something of everything."""
    item = shop.item("LOT")
    lots = [make_lot(shop.client_id, item, f"L{n}", expires_on=day) for n, day in enumerate((dt.date(2027, 1, 1), dt.date(2026, 11, 22), None))]
    for n, lot in enumerate(lots):
        receive(item, shop.bins[n], 5, lot_id=lot)
    doing(lambda: ledger.block_lots([lots[2]], reason="recall", cause=Ref("test.cause", 1)))
    receive(item, shop.dock, 2, lot_id=lots[0])
    receive(item, shop.bins[3], 1, lot_id=lots[0], condition="held")
    receive(item, shop.quarantine, 1, lot_id=lots[0])
    return shop


def test_every_unit_is_somewhere_for_a_reason(full: Shop) -> None:
    item = full.item("LOT")
    demand = want(full, item, 3)
    doing(lambda: ledger.allocate([demand.demand_id], today=NOON.date()))
    with clock.using(VirtualClock(NOON)):
        found = [(u.location, u.lot, u.quantity, u.why, u.demand_id) for u in selectors.where_is(EVERYTHING, item)]
    assert found == [
        ("A-01-01", "L0", 3, "allocated", demand.demand_id),
        ("A-01-01", "L0", 2, "free", None),
        ("A-02-01", "L1", 5, "expired", None),
        ("A-03-01", "L2", 5, "lot_blocked", None),
        ("A-04-01", "L0", 1, "held", None),
        ("DOCK-1", "L0", 2, "not_put_away", None),
        ("QUARANTINE", "L0", 1, "quarantine", None),
    ]
    stock_row = selectors.item_stock(EVERYTHING, item)
    assert (stock_row.on_hand, stock_row.sellable, stock_row.promised, stock_row.available) == (19, 12, 3, 9)


def test_availability_of_a_thousand_items_is_one_statement(full: Shop) -> None:
    with CaptureQueriesContext(connection) as asked:
        found = selectors.availability(EVERYTHING, full.warehouse_id, list(full.items.values()))
    assert len(asked) == 1
    assert Availability(full.warehouse_id, full.item("SKU-1"), 0, 0, 0) in found
    assert len(found) == len(full.items)


def test_items_are_found_by_sku_name_barcode_and_state(full: Shop) -> None:
    def skus(search: str = "", **filters: str) -> list[str]:
        query = ListQuery(search=search, filters={k: (v,) for k, v in filters.items()})
        return [i.sku for i in selectors.items(query=query, scope=EVERYTHING).rows if i.client_id == full.client_id]

    assert skus(stock="available") == ["LOT"]
    assert skus("sku-") == ["SKU-1", "SKU-2", "SKU-3"]
    assert skus("Item SKU-2") == ["SKU-2"]
    assert skus("4006381333931".zfill(14)) == ["SKU-1"]
    assert "LOT" not in skus(stock="none")
    assert [t.code for t in selectors.lots(query=ListQuery(filters={"state": ("blocked",)}), scope=EVERYTHING).rows] == ["L2"]


def test_a_reader_of_another_client_or_warehouse_sees_nothing(full: Shop, buying: Buying) -> None:
    item = full.item("LOT")
    want(full, item, 30)
    order = buying.order({"SKU-1": 1})
    buying.receive(order, ReceivedLine(full.item("SKU-1"), 1))
    lot = selectors.lots(query=ListQuery(), scope=EVERYTHING).rows[0].id
    other = make_shop()
    for scope in (Scope(client_ids=frozenset({other.client_id})), Scope(warehouse_ids=frozenset({other.warehouse_id}))):
        assert selectors.levels(scope, item_id=item) == []
        assert selectors.where_is(scope, item) == []
        assert selectors.demands(scope, item_id=item) == []
        assert selectors.backordered(scope, full.warehouse_id, [item]) == []
        assert selectors.moves(scope, item_id=item) == []
        assert selectors.availability(scope, full.warehouse_id, [item]) == []
        assert selectors.put_aways(scope, item_id=full.item("SKU-1")) == []
        assert selectors.shortfalls(scope) == []
        assert selectors.purchase_orders(query=ListQuery(), scope=scope).rows == ()
        with pytest.raises(NotFound):
            selectors.purchase_order(scope, order)
    stranger = Scope(client_ids=frozenset({other.client_id}))
    for ask in (lambda: selectors.item_stock(stranger, item), lambda: selectors.lot(stranger, lot)):
        with pytest.raises(NotFound):
            ask()


def test_behind_the_wall_a_client_reads_its_own_rows_only(full: Shop, buying: Buying) -> None:
    """The second wall: the same questions without any scope, asked as the client's database role."""
    item = full.item("LOT")
    order = buying.order({"SKU-1": 1})
    buying.receive(order, ReceivedLine(full.item("SKU-1"), 1))
    other = make_shop()
    with acting_for(Scope(client_ids=frozenset({other.client_id}))):
        assert selectors.levels(EVERYTHING, item_id=item) == []
        assert selectors.where_is(EVERYTHING, item) == []
        assert selectors.purchase_orders(query=ListQuery(), scope=EVERYTHING).rows == ()
        assert selectors.lots(query=ListQuery(), scope=EVERYTHING).rows == ()
        assert selectors.put_aways(EVERYTHING, item_id=full.item("SKU-1")) == []
    own = Scope(client_ids=frozenset({full.client_id}))
    with acting_for(own):
        assert len(selectors.levels(own, item_id=item)) == 6
        assert len(selectors.moves(own, item_id=item)) == 6
        assert selectors.item_stock(own, item).on_hand == 19
        assert selectors.purchase_order(own, order).row.received == 1
        assert len(selectors.put_aways(own, item_id=full.item("SKU-1"))) == 1
        assert [c.location for c in selectors.counts(query=ListQuery(), scope=own).rows] == []
        assert panel.count(own) == 1
        assert len(panel.tiles(own)) == 9


def test_a_scan_finds_orders_loads_and_lots(shop: Shop, buying: Buying) -> None:
    order = buying.order({"SKU-1": 5, "LOT": 5})
    number = buying.info(order).row.number
    services.announce_goods(key=uuid4(), actor=HOUSE, purchase_order_id=order, lines=[AnnouncedLine("340123450000000017", shop.item("SKU-1"), 5)])
    buying.receive(order, ReceivedLine(shop.item("LOT"), 1, "L77"))
    here = Context(EVERYTHING, shop.warehouse_id)
    assert [(m.ref, m.title) for m in selectors.resolve(parse(number.lower()), here)] == [(Ref("inventory.purchase_order", order), number)]
    assert [m.detail for m in selectors.resolve(parse("00340123450000000017"), here)] == ["340123450000000017"]
    assert [m.ref.kind for m in selectors.resolve(parse("L77"), here)] == ["inventory.lot"]
    assert selectors.resolve(parse("nothing"), here) == []
    assert selectors.resolve(parse(number), Context(EVERYTHING, shop.warehouse_id + 1)) == []


def test_the_order_page_says_where_each_unit_is(shop: Shop) -> None:
    item = shop.item("SKU-1")
    stock(shop, {"SKU-1": 5})
    receive(item, shop.dock, 2)
    demand = want(shop, item, 9)
    doing(lambda: ledger.allocate([demand.demand_id], today=NOON.date()))
    section = panel.order_sections(EVERYTHING, order_id=1, demand_ids=[demand.demand_id])[0]
    rows = [(r["quantity"], str(r["where"])) for r in section.rows]  # type: ignore[union-attr]
    assert rows == [(5, "A-01-01"), (2, "promised, in no bin of its own yet"), (2, "backordered: waits for goods")]


def test_the_search_box_finds_items_and_lots(full: Shop) -> None:
    hits = [(h.title, h.exact) for h in panel.search(EVERYTHING, "SKU-1")]
    assert hits == [("SKU-1", True)]
    assert [(h.title, h.exact) for h in panel.search(EVERYTHING, "L1")] == [("L1", True)]
    assert panel.search(EVERYTHING, "  ") == []
