"""Stock changed by hand keeps its reason, and what is promised and now missing becomes a shortfall."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING
from packhorse.core.clock import VirtualClock
from packhorse.core.errors import Invalid, NotAllowed, NotFound
from packhorse.core.models import JournalEntry
from packhorse.core.refs import Ref
from packhorse.steps.inventory import jobs, ledger, selectors, services
from packhorse.steps.inventory.errors import OutOfStock, StockPromised, WrongPlace
from packhorse.steps.inventory.models import Adjustment, Level, Lot
from packhorse.steps.inventory.reconciler import drift
from packhorse.steps.inventory.types import StockChange, Take, Transfer
from tests.asked import done_once
from tests.build import HOUSE, Shop, actor, doing, make_client, make_items, make_lot, make_warehouse, receive, stock, want

TODAY = dt.date(2026, 11, 23)


def balance(shop: Shop, sku: str = "SKU-1") -> tuple[int, int, int]:
    a = selectors.availability(EVERYTHING, shop.warehouse_id, [shop.items[sku]])[0]
    return a.sellable, a.promised, a.short


def adjust(shop: Shop, *changes: StockChange, **given: object) -> int:
    return services.adjust_stock(key=uuid4(), **{"actor": HOUSE, "warehouse_id": shop.warehouse_id, "changes": list(changes), "reason": "lost", **given})  # type: ignore[arg-type]


def move(shop: Shop, *transfers: Transfer, **given: object) -> int:
    return services.move_stock(key=uuid4(), **{"actor": HOUSE, "warehouse_id": shop.warehouse_id, "transfers": list(transfers), **given})  # type: ignore[arg-type]


def test_an_adjustment_moves_stock_and_opens_a_shortfall(shop: Shop) -> None:
    item = shop.item("SKU-1")
    stock(shop, {"SKU-1": 10})
    want(shop, item, 8)
    changes = [StockChange(item, shop.bins[0], -4), StockChange(shop.item("SKU-2"), shop.bins[1], 3)]
    done = done_once(
        services.adjust_stock, actor=HOUSE, warehouse_id=shop.warehouse_id, changes=changes, reason="lost", note="fell behind", other={"reason": "found"}
    )
    assert (balance(shop), balance(shop, "SKU-2")) == ((6, 8, 2), (3, 0, 0))
    kept = Adjustment.objects.get(pk=done)
    assert (kept.reason, kept.note, kept.principal) == ("lost", "fell behind", HOUSE.principal)
    assert [(m.quantity, m.source, m.target) for m in selectors.moves(EVERYTHING, cause=Ref("inventory.adjustment", done))] == [
        (3, "ADJUSTMENT", "A-02-01"),
        (4, "A-01-01", "ADJUSTMENT"),
    ]
    assert [s.quantity for s in selectors.shortfalls(EVERYTHING)] == [2]
    adjust(shop, StockChange(item, shop.bins[0], -1), reason="damaged")
    assert selectors.moves(EVERYTHING, item_id=item)[0].target == "SCRAP"
    assert drift() == []


def test_an_adjustment_is_refused(shop: Shop) -> None:
    item = shop.item("SKU-1")
    stock(shop, {"SKU-1": 10})
    demand = want(shop, item, 8)
    doing(lambda: ledger.allocate([demand.demand_id], today=TODAY))
    one = StockChange(item, shop.bins[0], -1)
    foreign_lot = make_lot(shop.client_id, shop.item("LOT"), "L1")
    for refusal, changes, given in (
        (OutOfStock, [StockChange(item, shop.bins[0], -3)], {}),
        (OutOfStock, [StockChange(item, shop.bins[1], -1)], {}),
        (Invalid, [], {}),
        (Invalid, [StockChange(item, shop.bins[0], 0)], {}),
        (Invalid, [one], {"reason": "because"}),
        (Invalid, [StockChange(item, shop.bins[0], 1, None, "lovely")], {}),
        (NotFound, [StockChange(10**9, shop.bins[0], 1)], {}),
        (NotFound, [StockChange(item, shop.bins[0], 1, foreign_lot)], {}),
        (WrongPlace, [StockChange(item, 10**9, 1)], {}),
        (NotAllowed, [one], {"actor": actor("receiver")}),
        (NotAllowed, [one], {"actor": actor("manager", client_id=shop.client_id + 1)}),
        (NotAllowed, [one], {"actor": actor("manager", warehouse_id=shop.warehouse_id + 1)}),
    ):
        with pytest.raises(refusal):
            adjust(shop, *changes, **given)
    assert balance(shop) == (10, 8, 0)
    assert not Adjustment.objects.exists()


def test_goods_are_carried_to_another_place(shop: Shop) -> None:
    item = shop.item("SKU-1")
    stock(shop, {"SKU-1": 10})
    transfers = [Transfer(item, 4, shop.bins[0], shop.bins[1])]
    done_once(services.move_stock, actor=actor("picker"), warehouse_id=shop.warehouse_id, transfers=transfers, other={"transfers": []})
    assert {x.location: x.on_hand for x in selectors.levels(EVERYTHING, item_id=item)} == {"A-01-01": 6, "A-02-01": 4}
    assert balance(shop) == (10, 0, 0)


def test_goods_found_damaged_are_not_promised_any_more(shop: Shop) -> None:
    item = shop.item("SKU-1")
    stock(shop, {"SKU-1": 10})
    want(shop, item, 9)
    move(shop, Transfer(item, 3, shop.bins[0], shop.quarantine, target_condition="damaged"), reason="crushed")
    assert balance(shop) == (7, 9, 2)
    assert {(u.location, u.quantity, u.why) for u in selectors.where_is(EVERYTHING, item)} == {("A-01-01", 7, "free"), ("QUARANTINE", 3, "damaged")}
    move(shop, Transfer(item, 3, shop.quarantine, shop.bins[0], source_condition="damaged"))
    assert balance(shop) == (10, 9, 0)
    assert drift() == []


def test_a_move_is_refused(shop: Shop) -> None:
    item = shop.item("SKU-1")
    stock(shop, {"SKU-1": 10})
    want(shop, item, 9)
    elsewhere = make_warehouse(aisles=1, cells=1, totes=0)[1]["A-01-01"]
    foreign = make_items(make_client(), 1)["SKU-1"]
    one = Transfer(item, 1, shop.bins[0], shop.bins[1])
    for refusal, transfers, given in (
        (StockPromised, [Transfer(item, 2, shop.bins[0], shop.quarantine)], {}),
        (OutOfStock, [Transfer(item, 11, shop.bins[0], shop.bins[1])], {}),
        (WrongPlace, [Transfer(item, 1, shop.bins[0], elsewhere)], {}),
        (Invalid, [Transfer(item, 1, shop.bins[0], shop.bins[0])], {}),
        (Invalid, [Transfer(item, 0, shop.bins[0], shop.bins[1])], {}),
        (Invalid, [], {}),
        (NotAllowed, [one], {"actor": actor("packer")}),
        (NotAllowed, [Transfer(item, 1, shop.bins[0], shop.bins[0], target_condition="held")], {"actor": actor("picker")}),
        (NotAllowed, [Transfer(foreign, 1, shop.bins[0], shop.bins[1])], {"actor": actor("picker", client_id=shop.client_id)}),
    ):
        with pytest.raises(refusal):
            move(shop, *transfers, **given)
    assert {x.location: x.on_hand for x in selectors.levels(EVERYTHING, item_id=item)} == {"A-01-01": 10}


def test_a_recalled_lot_stops_and_its_trail_says_where_it_went(shop: Shop) -> None:
    item = shop.item("LOT")
    lot = make_lot(shop.client_id, item, "L1")
    receive(item, shop.bins[0], 10, lot_id=lot)
    demand = want(shop, item, 6)
    held = doing(lambda: ledger.allocate([demand.demand_id], today=TODAY))[0]
    gone = doing(lambda: ledger.move([Take(held.allocation_id, 2, shop.staging)], cause_kind="test.pick", cause_ids=[1]))[0]
    doing(lambda: ledger.ship([gone.allocation_id], cause=Ref("test.parcel", 1)))
    assert done_once(services.hold_lots, actor=HOUSE, lot_ids=[lot], reason="recall 7", other={"reason": "x"}) == [lot]
    assert balance(shop, "LOT") == (0, 4, 4)
    assert services.hold_lots(key=uuid4(), actor=HOUSE, lot_ids=[lot], reason="again") == []
    trail = [(m.quantity, m.source, m.target, m.purpose) for m in selectors.lot_trail(EVERYTHING, lot)]
    assert trail == [
        (2, "STAGE-1", "CUSTOMER", Ref("test.want", 1)),
        (2, "A-01-01", "STAGE-1", Ref("test.want", 1)),
        (10, "SUPPLIER", "A-01-01", None),
    ]
    row = selectors.lot(EVERYTHING, lot)
    assert (row.blocked_reason, row.on_hand) == ("recall 7", 8)
    assert done_once(services.free_lots, actor=HOUSE, lot_ids=[lot], other={"lot_ids": []}) == [lot]
    assert balance(shop, "LOT") == (8, 4, 0)
    told = list(JournalEntry.objects.filter(subject_kind="inventory.lot", subject_id=lot).order_by("id").values_list("event", flat=True))
    assert told == ["inventory.lot_held", "inventory.lot_freed"]
    assert drift() == []
    with pytest.raises(Invalid):
        services.hold_lots(key=uuid4(), actor=HOUSE, lot_ids=[lot], reason=" ")
    for use_case, more in ((services.hold_lots, {"reason": "x"}), (services.free_lots, {})):
        with pytest.raises(NotFound):
            use_case(key=uuid4(), actor=HOUSE, lot_ids=[10**9], **more)
        with pytest.raises(NotAllowed):
            use_case(key=uuid4(), actor=actor("receiver"), lot_ids=[lot], **more)


def test_lots_expire_the_day_after_their_last_everywhere(shop: Shop) -> None:
    item = shop.item("LOT")
    lots = {day: make_lot(shop.client_id, item, f"L{day}", expires_on=dt.date(2026, 11, day)) for day in (21, 22, 23)}
    for n, lot in enumerate(lots.values()):
        receive(item, shop.bins[n], 2, lot_id=lot)
    with clock.using(VirtualClock(dt.datetime(2026, 11, 23, 0, 30, tzinfo=dt.UTC))):
        jobs.expire_lots(key=uuid4())
    assert set(Lot.objects.filter(blocked_reason="expired").values_list("pk", flat=True)) == {lots[21], lots[22]}
    assert balance(shop, "LOT") == (2, 0, 0)
    assert drift() == []
    with pytest.raises(NotAllowed):
        services.expire_lots(key=uuid4(), actor=actor("receiver"))


def test_the_house_sweeps(shop: Shop) -> None:
    stock(shop, {"SKU-1": 1})
    move(shop, Transfer(shop.item("SKU-1"), 1, shop.bins[0], shop.bins[1]))
    jobs.sweep_levels(key=uuid4())
    assert Level.objects.filter(item_id=shop.item("SKU-1")).count() == 1
    with pytest.raises(NotAllowed):
        services.sweep_levels(key=uuid4(), actor=actor("picker"))
