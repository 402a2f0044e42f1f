"""The stock ledger keeps goods, promises and allocations in agreement, whatever is posted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import IntegrityError

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid
from packhorse.core.models import JournalEntry
from packhorse.core.refs import Ref
from packhorse.ground.warehouse.selectors import virtual
from packhorse.steps.inventory import ledger, selectors
from packhorse.steps.inventory.errors import AllocationClosed, LotBlocked, OutOfStock, StockPromised
from packhorse.steps.inventory.models import Allocation, Demand, Level, Shortfall
from packhorse.steps.inventory.reconciler import drift
from packhorse.steps.inventory.types import Allocated, CountedLevel, NewDemand, Posting, Take
from tests.build import Shop, doing, make_lot, make_shop, receive, stock, want

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 23)
WHY = Ref("test.cause", 7)


def balance(shop: Shop, sku: str = "SKU-1") -> tuple[int, int, int]:
    """(sellable, promised, short) of an item."""
    a = selectors.availability(EVERYTHING, shop.warehouse_id, [shop.items[sku]])[0]
    return a.sellable, a.promised, a.short


def lying(item_id: int) -> dict[int, tuple[int, int]]:
    """Place → (on hand, allocated)."""
    return {x.location_id: (x.on_hand, x.allocated) for x in selectors.levels(EVERYTHING, item_id=item_id)}


def told(event: str, shop: Shop) -> list[dict[str, object]]:
    return list(JournalEntry.objects.filter(event=f"inventory.{event}", warehouse_id=shop.warehouse_id).order_by("id").values_list("data", flat=True))


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def allocate(*demand_ids: int) -> list[Allocated]:
    return doing(lambda: ledger.allocate(demand_ids, today=TODAY))


def take(a: Allocated, target: int, quantity: int | None = None) -> Allocated:
    return doing(lambda: ledger.move([Take(a.allocation_id, quantity or a.quantity, target)], cause_kind="test.cause", cause_ids=[7]))[0]


def test_posting_moves_goods_and_raises_what_can_be_promised(shop: Shop) -> None:
    item = shop.item("SKU-1")
    receive(item, shop.dock, 10)
    doing(lambda: ledger.post([Posting(item, 4, shop.dock, shop.bins[0])], cause=WHY))
    assert lying(item) == {shop.dock: (6, 0), shop.bins[0]: (4, 0)}
    assert balance(shop) == (10, 0, 0)
    assert told("stock_increased", shop) == [{"warehouse_id": shop.warehouse_id, "item_ids": [item]}]
    assert [(m.quantity, m.source, m.target, m.cause) for m in selectors.moves(EVERYTHING, item_id=item)] == [
        (4, "DOCK-1", "A-01-01", WHY),
        (10, "SUPPLIER", "DOCK-1", Ref("test.receipt", 1)),
    ]
    assert drift() == []


def test_each_posting_may_have_a_cause_of_its_own(shop: Shop) -> None:
    item = shop.item("SKU-1")
    receive(item, shop.dock, 10)
    postings = [Posting(item, 4, shop.dock, shop.bins[0]), Posting(item, 5, shop.dock, shop.bins[1])]
    doing(lambda: ledger.post(postings, cause=Ref("test.task", 0), cause_ids=[11, 12]))
    assert [(m.quantity, m.cause.id) for m in selectors.moves(EVERYTHING, item_id=item)][:2] == [(5, 12), (4, 11)]


def test_posting_more_than_lies_free_is_refused_and_changes_nothing(shop: Shop) -> None:
    item = shop.item("SKU-1")
    stock(shop, {"SKU-1": 5})
    allocate(want(shop, item, 3).demand_id)
    with pytest.raises(OutOfStock) as refusal:
        doing(lambda: ledger.post([Posting(item, 3, shop.bins[0], shop.bins[1])], cause=WHY))
    assert (refusal.value.asked, refusal.value.free) == (3, 2)
    assert lying(item) == {shop.bins[0]: (5, 3)}


def test_promised_goods_cannot_leave_unless_it_is_the_truth(shop: Shop) -> None:
    item = shop.item("SKU-1")
    stock(shop, {"SKU-1": 5})
    want(shop, item, 4)
    leaving = [Posting(item, 2, shop.bins[0], virtual("scrap"))]
    with pytest.raises(StockPromised) as refusal:
        doing(lambda: ledger.post(leaving, cause=WHY))
    assert refusal.value.available == 1
    doing(lambda: ledger.post(leaving, cause=WHY, truth=True))
    assert balance(shop) == (3, 4, 1)
    assert [(s.quantity, s.opened_quantity, s.cause) for s in selectors.shortfalls(EVERYTHING) if s.item_id == item] == [(1, 1, WHY)]
    assert [e["quantity"] for e in told("shortfall_opened", shop)] == [1]
    assert drift() == []


def test_goods_that_come_in_close_shortfalls_oldest_first(shop: Shop) -> None:
    item = shop.item("SKU-1")
    stock(shop, {"SKU-1": 5})
    want(shop, item, 5)
    for left in (3, 0):
        doing(lambda left=left: ledger.count([CountedLevel(item, shop.bins[0], None, "sellable", left)], cause=WHY))  # type: ignore[misc]
    assert balance(shop) == (0, 5, 5)
    receive(item, shop.dock, 3)
    assert balance(shop) == (3, 5, 2)
    assert list(Shortfall.objects.filter(item_id=item).order_by("id").values_list("opened_quantity", "quantity")) == [(2, 0), (3, 2)]
    receive(item, shop.dock, 9)
    assert balance(shop) == (12, 5, 0)
    assert Shortfall.objects.filter(item_id=item, closed_at=None).count() == 0
    assert drift() == []


def test_held_goods_goods_in_quarantine_and_blocked_lots_cannot_be_promised(shop: Shop) -> None:
    item = shop.item("SKU-1")
    blocked = make_lot(shop.client_id, item, "L1")
    doing(lambda: ledger.block_lots([blocked], reason="recall", cause=WHY))
    receive(item, shop.dock, 3, condition="held")
    receive(item, shop.quarantine, 4)
    receive(item, shop.dock, 5, lot_id=blocked)
    assert balance(shop) == (0, 0, 0)
    doing(lambda: ledger.post([Posting(item, 3, shop.dock, shop.bins[0], None, "held", "sellable")], cause=WHY))
    assert balance(shop) == (3, 0, 0)
    assert drift() == []


def test_demands_are_promised_in_order_and_the_rest_is_backordered(shop: Shop) -> None:
    item, other = shop.item("SKU-1"), shop.item("SKU-2")
    stock(shop, {"SKU-1": 5, "SKU-2": 1})
    new = [NewDemand(shop.client_id, shop.warehouse_id, i, q, Ref("test.line", q)) for i, q in ((item, 3), (other, 2), (item, 4))]
    promised = doing(lambda: ledger.demand(new))
    assert [(p.quantity, p.promised) for p in promised] == [(3, 3), (2, 1), (4, 2)]
    assert balance(shop) == (5, 5, 0)
    assert selectors.backordered(EVERYTHING, shop.warehouse_id, [item, other]) == [promised[1].demand_id, promised[2].demand_id]
    receive(item, shop.dock, 1)
    more = doing(lambda: ledger.promise_more([promised[1].demand_id, promised[2].demand_id]))
    assert [(m.demand_id, m.quantity, m.promised) for m in more] == [(promised[2].demand_id, 4, 1)]
    assert balance(shop) == (6, 6, 0)
    assert drift() == []


def test_withdrawing_gives_back_the_backordered_part_first_and_tells_that_stock_is_free(shop: Shop) -> None:
    item = shop.item("SKU-1")
    stock(shop, {"SKU-1": 5})
    first = want(shop, item, 4)
    second = want(shop, item, 3)
    assert doing(lambda: ledger.withdraw({second.demand_id: 2}, cause=WHY)) == {second.demand_id: 0}
    before = len(told("stock_increased", shop))
    assert doing(lambda: ledger.withdraw({first.demand_id: 3}, cause=WHY)) == {first.demand_id: 3}
    assert balance(shop) == (5, 2, 0)
    assert told("stock_increased", shop)[before:] == [{"warehouse_id": shop.warehouse_id, "item_ids": [item]}]
    assert drift() == []


def test_withdrawing_closes_the_shortfall_before_it_frees_anything(shop: Shop) -> None:
    item = shop.item("SKU-1")
    stock(shop, {"SKU-1": 5})
    demand = want(shop, item, 5)
    doing(lambda: ledger.count([CountedLevel(item, shop.bins[0], None, "sellable", 3)], cause=WHY))
    before = len(told("stock_increased", shop))
    doing(lambda: ledger.withdraw({demand.demand_id: 2}, cause=WHY))
    assert balance(shop) == (3, 3, 0)
    assert len(told("stock_increased", shop)) == before
    assert drift() == []


def test_allocation_is_first_expired_first_then_first_in_split_over_lots_and_bins(shop: Shop) -> None:
    item = shop.item("SKU-1")
    late = make_lot(shop.client_id, item, "LATE", expires_on=dt.date(2027, 6, 1))
    soon = make_lot(shop.client_id, item, "SOON", expires_on=dt.date(2027, 1, 1))
    old = make_lot(shop.client_id, item, "OLD", received_on=dt.date(2025, 1, 1))
    new = make_lot(shop.client_id, item, "NEW", received_on=dt.date(2026, 1, 1))
    for place, (lot, q) in zip(shop.bins, ((new, 2), (late, 2), (old, 2), (soon, 2)), strict=False):
        receive(item, place, q, lot_id=lot)
    receive(item, shop.dock, 50)
    first, second = want(shop, item, 3), want(shop, item, 6)
    made = allocate(first.demand_id, second.demand_id)
    assert [(a.demand_id, a.lot_id, a.quantity) for a in made] == [
        (first.demand_id, late, 1),
        (first.demand_id, soon, 2),
        (second.demand_id, new, 2),
        (second.demand_id, late, 1),
        (second.demand_id, old, 2),
    ]
    assert Demand.objects.get(pk=second.demand_id).allocated == 5, "the dock is not a bin: one unit waits for put-away"
    assert allocate(first.demand_id, second.demand_id) == []
    assert drift() == []


def test_expired_blocked_and_short_lived_lots_are_not_allocated() -> None:
    shop = make_shop(minimum_shelf_days=10)
    item = shop.item("SKU-1")
    expiries = {
        "GONE": TODAY - dt.timedelta(days=1),
        "SHORT": TODAY + dt.timedelta(days=9),
        "GOOD": TODAY + dt.timedelta(days=10),
        "HELD": TODAY + dt.timedelta(days=90),
    }
    lots = {code: make_lot(shop.client_id, item, code, expires_on=day) for code, day in expiries.items()}
    for place, lot in zip(shop.bins, lots.values(), strict=False):
        receive(item, place, 2, lot_id=lot)
    demand = want(shop, item, 6)
    doing(lambda: ledger.block_lots([lots["HELD"]], reason="recall", cause=WHY))
    assert [(a.lot_id, a.quantity) for a in allocate(demand.demand_id)] == [(lots["GOOD"], 2)]
    assert drift() == []


def test_release_frees_the_goods_and_keeps_the_promise(shop: Shop) -> None:
    item = shop.item("SKU-1")
    stock(shop, {"SKU-1": 5})
    demand = want(shop, item, 3)
    made = allocate(demand.demand_id)
    assert doing(lambda: ledger.release([a.allocation_id for a in made])) == made
    assert doing(lambda: ledger.release([a.allocation_id for a in made])) == []
    assert lying(item) == {shop.bins[0]: (5, 0)}
    assert balance(shop) == (5, 3, 0)
    assert drift() == []


def test_allocated_goods_move_in_part_and_the_allocation_goes_with_them(shop: Shop) -> None:
    item, tote = shop.item("SKU-1"), shop.totes[0]
    stock(shop, {"SKU-1": 5})
    demand = want(shop, item, 4)
    held = allocate(demand.demand_id)[0]
    part = take(held, tote, 1)
    assert part.allocation_id != held.allocation_id
    assert (part.location_id, part.quantity) == (tote, 1)
    rest = take(Allocated(held.allocation_id, held.demand_id, item, held.location_id, None, 3), tote)
    assert rest.allocation_id == held.allocation_id
    assert lying(item) == {shop.bins[0]: (1, 0), tote: (4, 4)}
    assert [(a.quantity, a.location_id) for a in selectors.open_allocations(EVERYTHING, demand_ids=[demand.demand_id])] == [(3, tote), (1, tote)]
    with pytest.raises(AllocationClosed):
        take(held, tote, 4)
    assert drift() == []


def test_shipping_ends_allocation_promise_and_demand(shop: Shop) -> None:
    item = shop.item("SKU-1")
    stock(shop, {"SKU-1": 5})
    demand = want(shop, item, 4)
    held = allocate(demand.demand_id)[0]
    moved = take(held, shop.staging)
    doing(lambda: ledger.ship([moved.allocation_id], cause=WHY))
    assert balance(shop) == (1, 0, 0)
    assert Demand.objects.filter(pk=demand.demand_id).values_list("wanted", "promised", "allocated").get() == (0, 0, 0)
    last = selectors.moves(EVERYTHING, item_id=item)[0]
    assert (last.quantity, last.source, last.target, last.demand_id, last.purpose) == (4, "STAGE-1", "CUSTOMER", demand.demand_id, Ref("test.want", 1))
    with pytest.raises(AllocationClosed):
        doing(lambda: ledger.ship([moved.allocation_id], cause=WHY))
    assert drift() == []


def test_goods_short_elsewhere_can_still_be_shipped(shop: Shop) -> None:
    item = shop.item("SKU-1")
    stock(shop, {"SKU-1": 5})
    first, second = want(shop, item, 3), want(shop, item, 2)
    held = allocate(first.demand_id)[0]
    doing(lambda: ledger.count([CountedLevel(item, shop.bins[0], None, "sellable", 3)], cause=WHY))
    doing(lambda: ledger.ship([held.allocation_id], cause=WHY))
    assert balance(shop) == (0, 2, 2)
    assert second.promised == 2
    assert drift() == []


def test_a_recalled_lot_breaks_allocations_in_bins_and_does_not_ship_from_totes(shop: Shop) -> None:
    item = shop.item("SKU-1")
    lot = make_lot(shop.client_id, item, "L1")
    receive(item, shop.bins[0], 5, lot_id=lot)
    demand = want(shop, item, 4)
    held = allocate(demand.demand_id)[0]
    picked = take(held, shop.totes[0], 1)
    assert doing(lambda: ledger.block_lots([lot], reason="recall", cause=WHY)) == [lot]
    assert balance(shop) == (0, 4, 4)
    assert [a.allocation_id for a in selectors.open_allocations(EVERYTHING, demand_ids=[demand.demand_id])] == [picked.allocation_id]
    assert [e["allocation_ids"] for e in told("allocations_broken", shop)] == [[held.allocation_id]]
    with pytest.raises(LotBlocked):
        doing(lambda: ledger.ship([picked.allocation_id], cause=WHY))
    assert drift() == []
    before = len(told("stock_increased", shop))
    assert doing(lambda: ledger.unblock_lots([lot], cause=WHY)) == [lot]
    assert balance(shop) == (5, 4, 0)
    assert len(told("stock_increased", shop)) == before + 1
    assert drift() == []


def test_a_count_states_the_truth_and_breaks_the_newest_allocations(shop: Shop) -> None:
    item = shop.item("SKU-1")
    stock(shop, {"SKU-1": 5})
    first, second = want(shop, item, 2), want(shop, item, 2)
    older, newer = allocate(first.demand_id)[0], allocate(second.demand_id)[0]
    assert doing(lambda: ledger.count([CountedLevel(item, shop.bins[0], None, "sellable", 3)], cause=WHY)) == [-2]
    assert lying(item) == {shop.bins[0]: (3, 2)}
    assert balance(shop) == (3, 4, 1)
    assert list(Allocation.objects.filter(closed_at=None, item_id=item).values_list("pk", flat=True)) == [older.allocation_id]
    assert [e["allocation_ids"] for e in told("allocations_broken", shop)] == [[newer.allocation_id]]
    assert doing(
        lambda: ledger.count([CountedLevel(item, shop.bins[0], None, "sellable", 6), CountedLevel(item, shop.bins[1], None, "damaged", 1)], cause=WHY)
    ) == [3, 1]
    assert balance(shop) == (6, 4, 0)
    assert drift() == []


def test_moves_between_count_and_posting_stand(shop: Shop) -> None:
    item = shop.item("SKU-1")
    stock(shop, {"SKU-1": 10})
    held = allocate(want(shop, item, 3).demand_id)[0]
    # Nine of ten are found; before that is posted, three are picked.
    take(held, shop.totes[0])
    assert doing(lambda: ledger.count([CountedLevel(item, shop.bins[0], None, "sellable", 9, expected=10)], cause=WHY)) == [-1]
    assert lying(item) == {shop.bins[0]: (6, 0), shop.totes[0]: (3, 3)}
    assert drift() == []


def test_a_unit_is_carried_with_all_that_is_in_it(shop: Shop) -> None:
    cart, tote = shop.place("CART-01"), shop.totes[0]
    doing(lambda: ledger.carry(tote, cart))
    assert sql.rows("SELECT parent_id FROM warehouse_location WHERE id = %s", [tote]) == [(cart,)]
    with pytest.raises(Invalid):
        doing(lambda: ledger.carry(cart, tote))
    with pytest.raises(Invalid):
        doing(lambda: ledger.carry(shop.bins[0], cart))


def test_empty_levels_are_swept(shop: Shop) -> None:
    item = shop.item("SKU-1")
    receive(item, shop.dock, 10)
    doing(lambda: ledger.post([Posting(item, 10, shop.dock, shop.bins[0])], cause=WHY))
    assert Level.objects.filter(item_id=item).count() == 2
    assert doing(lambda: ledger.sweep(limit=1000)) >= 1
    assert list(Level.objects.filter(item_id=item).values_list("location_id", flat=True)) == [shop.bins[0]]
    assert drift() == []


SPOILT: list[tuple[str, str]] = [
    ("level_on_hand", "UPDATE inventory_level SET on_hand = on_hand + 7 WHERE item_id = %s AND location_id = %s"),
    ("level_allocated", "UPDATE inventory_level SET allocated = 1 WHERE item_id = %s AND location_id = %s"),
    ("demand_allocated", "UPDATE inventory_demand SET allocated = 1 WHERE item_id = %s AND %s > 0"),
    ("stock_sellable", "UPDATE inventory_stock SET sellable = 90 WHERE item_id = %s AND %s > 0"),
    ("stock_promised", "UPDATE inventory_stock SET promised = 3 WHERE item_id = %s AND %s > 0"),
    ("stock_short", "UPDATE inventory_stock SET short = 3 WHERE item_id = %s AND %s > 0"),
]


@pytest.mark.parametrize(("kind", "spoil"), SPOILT, ids=[s[0] for s in SPOILT])
def test_drift_of_each_kind_is_found_and_mended(shop: Shop, kind: str, spoil: str) -> None:
    item = shop.item("SKU-1")
    stock(shop, {"SKU-1": 5})
    want(shop, item, 4)
    sql.run(spoil, [item, shop.bins[0]])
    found = [d for d in drift() if d.item_id == item]
    assert kind in {d.kind for d in found}
    mended = doing(lambda: ledger.mend(cause=WHY))
    assert kind in {d.kind for d in mended if d.item_id == item}
    assert drift() == []
    assert lying(item) == {shop.bins[0]: (5, 0)}
    assert balance(shop) == (5, 4, 0)


def test_ledgers_work_only_inside_a_use_case(shop: Shop) -> None:
    acts: list[Callable[[], object]] = [
        lambda: ledger.post([Posting(shop.item("SKU-1"), 1, virtual("supplier"), shop.dock)], cause=WHY),
        lambda: ledger.demand([NewDemand(shop.client_id, shop.warehouse_id, shop.item("SKU-1"), 1, WHY)]),
        lambda: ledger.allocate([1], today=TODAY),
        lambda: ledger.release([1]),
        lambda: ledger.sweep(limit=1),
    ]
    for act in acts:
        with pytest.raises(AssertionError):
            act()


def test_nobody_wants_another_clients_item_and_the_database_says_so_at_once(shop: Shop) -> None:
    with pytest.raises(IntegrityError, match="demand_item_of_client"):
        want(replace(shop, client_id=make_shop().client_id), shop.items["SKU-1"], 1)
