"""Put-away brings goods to the bin that was scanned; the rule proposes a good one."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid, NotAllowed, NotFound, WrongState
from packhorse.core.refs import Ref
from packhorse.steps.inventory import ledger, requests, selectors, services
from packhorse.steps.inventory.errors import NothingLeft, OutOfStock, WrongPlace
from packhorse.steps.inventory.placement import Goods, Place, choose
from packhorse.steps.inventory.reconciler import drift
from packhorse.steps.inventory.types import Posting, PutAwayInfo, Putting, ReceivedLine
from tests.asked import done_once
from tests.build import HOUSE, Shop, actor, doing, make_items, make_lot, make_shop, make_warehouse, plain_item, receive, stock
from tests.steps.inventory.buying import Buying


@pytest.fixture
def tasks(shop: Shop, buying: Buying) -> list[PutAwayInfo]:
    """Two tasks at the dock: ten of SKU-1, five of SKU-2."""
    buying.receive(buying.order({"SKU-1": 10, "SKU-2": 5}), ReceivedLine(shop.item("SKU-1"), 10), ReceivedLine(shop.item("SKU-2"), 5))
    return buying.tasks()


def lying(shop: Shop, sku: str) -> dict[str, int]:
    return {x.location: x.on_hand for x in selectors.levels(EVERYTHING, item_id=shop.items[sku])}


def put(*putting: Putting, **given: object) -> int:
    return services.put_away(key=uuid4(), **{"actor": HOUSE, "putting": list(putting), **given})  # type: ignore[arg-type]


def test_many_tasks_are_put_away_in_one_call(shop: Shop, tasks: list[PutAwayInfo]) -> None:
    putting = [Putting(t.id, t.target_id or 0) for t in tasks]
    assert done_once(services.put_away, actor=HOUSE, putting=putting, other={"putting": putting[:1]}) == 15
    assert (lying(shop, "SKU-1"), lying(shop, "SKU-2")) == ({"A-01-01": 10}, {"A-02-01": 5})
    assert selectors.put_aways(EVERYTHING, warehouse_id=shop.warehouse_id) == []
    assert selectors.moves(EVERYTHING, item_id=shop.item("SKU-2"))[0].cause == Ref("inventory.put_away", tasks[1].id)
    with pytest.raises(WrongState):
        put(putting[0])
    assert drift() == []


def test_a_part_goes_to_another_bin_than_proposed_and_the_rest_waits(shop: Shop, tasks: list[PutAwayInfo]) -> None:
    assert put(Putting(tasks[0].id, shop.bins[5], 4)) == 4
    left = selectors.put_aways(EVERYTHING, task_ids=[tasks[0].id])[0]
    assert (left.state, left.quantity, left.put, left.open) == ("ready", 10, 4, 6)
    assert put(Putting(tasks[0].id, shop.bins[0])) == 6
    assert lying(shop, "SKU-1") == {"A-01-01": 6, "B-01-01": 4}
    assert drift() == []


def test_it_is_refused(shop: Shop, tasks: list[PutAwayInfo]) -> None:
    first, second = tasks
    elsewhere = make_warehouse(aisles=1, cells=1, totes=0)[1]["A-01-01"]
    for refusal, putting in (
        (WrongPlace, [Putting(first.id, elsewhere)]),
        (WrongPlace, [Putting(first.id, shop.staging)]),
        (WrongPlace, [Putting(first.id, shop.dock)]),
        (NothingLeft, [Putting(first.id, shop.bins[0], 11)]),
        (NotFound, [Putting(10**9, shop.bins[0])]),
        (Invalid, []),
        (Invalid, [Putting(first.id, shop.bins[0], 1), Putting(first.id, shop.bins[1], 1)]),
    ):
        with pytest.raises(refusal):
            put(*putting)
    for who in (actor("packer"), actor("picker", client_id=shop.client_id + 1)):
        with pytest.raises(NotAllowed):
            put(Putting(first.id, shop.bins[0]), actor=who)
    doing(lambda: ledger.post([Posting(shop.item("SKU-2"), 5, shop.dock, shop.bins[9])], cause=Ref("test.thief", 1)))
    with pytest.raises(OutOfStock):
        put(Putting(first.id, shop.bins[0]), Putting(second.id, shop.bins[1]))
    assert lying(shop, "SKU-1") == {"DOCK-1": 10}


def test_a_task_that_is_not_needed_any_more_is_cancelled(shop: Shop, tasks: list[PutAwayInfo]) -> None:
    task = tasks[0].id
    assert done_once(services.cancel_put_away, actor=HOUSE, task_id=task, reason="sold off the dock", other={"reason": "x"}) == task
    with pytest.raises(WrongState):
        put(Putting(task, shop.bins[0]))
    with pytest.raises(Invalid):
        services.cancel_put_away(key=uuid4(), actor=HOUSE, task_id=tasks[1].id, reason=" ")
    with pytest.raises(NotAllowed):
        services.cancel_put_away(key=uuid4(), actor=actor("receiver"), task_id=tasks[1].id, reason="x")


def test_goods_in_a_tote_are_asked_back_and_put_away(shop: Shop) -> None:
    item = shop.item("SKU-1")
    receive(item, shop.totes[0], 3)
    stock(shop, {"SKU-1": 5})
    task_id = doing(lambda: requests.put_back(location_id=shop.totes[0], item_id=item, lot_id=None, quantity=3, cause=Ref("test.cancel", 4)))
    task = selectors.put_aways(EVERYTHING, task_ids=[task_id])[0]
    assert (task.source, task.target, task.rule, task.quantity, task.cause) == ("T-001", "A-01-01", "same_item", 3, Ref("test.cancel", 4))
    assert put(Putting(task_id, task.target_id or 0)) == 3
    assert lying(shop, "SKU-1") == {"A-01-01": 8}
    with pytest.raises(Invalid):
        doing(lambda: requests.put_back(location_id=shop.totes[0], item_id=item, lot_id=None, quantity=0, cause=Ref("test.cancel", 4)))


def goods(item_id: int, lot_id: int | None = None, condition: str = "sellable", quantity: int = 1) -> Goods:
    return Goods(item_id, lot_id, condition, quantity)


def test_a_fixed_bin_comes_first_then_where_it_lies_then_the_nearest_empty_bin(shop: Shop) -> None:
    one, two, three = shop.item("SKU-1"), shop.item("SKU-2"), shop.item("SKU-3")
    bins: dict[int, int | None] = {one: shop.bins[7]}
    assert done_once(services.set_fixed_bins, actor=HOUSE, warehouse_id=shop.warehouse_id, bins=bins, other={"bins": {}}) == 1
    receive(one, shop.bins[3], 1)
    receive(two, shop.bins[4], 1)
    assert choose(shop.warehouse_id, [goods(one), goods(two), goods(three), goods(three, None, "held")]) == [
        Place(shop.bins[7], "fixed_bin"),
        Place(shop.bins[4], "same_item"),
        Place(shop.bins[0], "empty_bin"),
        Place(shop.quarantine, "quarantine"),
    ]
    assert services.set_fixed_bins(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, bins={one: None}) == 1
    assert choose(shop.warehouse_id, [goods(one)]) == [Place(shop.bins[3], "same_item")]
    with pytest.raises(WrongPlace):
        services.set_fixed_bins(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, bins={one: shop.dock})
    with pytest.raises(NotFound):
        services.set_fixed_bins(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, bins={10**9: shop.bins[0]})
    with pytest.raises(NotAllowed):
        services.set_fixed_bins(key=uuid4(), actor=actor("receiver"), warehouse_id=shop.warehouse_id, bins=bins)


def test_another_lot_gets_a_bin_of_its_own(shop: Shop) -> None:
    item = shop.item("LOT")
    old, new = (make_lot(shop.client_id, item, code, expires_on=dt.date(2027, 1, day)) for code, day in (("L1", 1), ("L2", 2)))
    receive(item, shop.bins[2], 1, lot_id=old)
    places = choose(shop.warehouse_id, [goods(item, old), goods(item, new)])
    assert (places[0], places[1].rule) == (Place(shop.bins[2], "same_item"), "empty_bin")


def test_fast_movers_go_near_and_slow_ones_far_until_nothing_is_empty(db: None) -> None:
    shop = make_shop(items=[plain_item(f"{abc}-{n}", abc=abc) for abc in "ABC" for n in range(2)], aisles=1, cells=5)
    places = choose(shop.warehouse_id, [goods(shop.item(sku)) for sku in sorted(shop.items)])
    codes = {pk: code for code, pk in shop.places.items()}
    found = [(sku, codes[p.location_id or 0], p.rule) for sku, p in zip(sorted(shop.items), places, strict=True)]
    assert found == [
        ("A-0", "A-01-01", "empty_bin"),
        ("A-1", "A-02-01", "empty_bin"),
        ("B-0", "A-03-01", "empty_bin"),
        ("B-1", "A-04-01", "empty_bin"),
        ("C-0", "A-05-01", "empty_bin"),
        ("C-1", "A-01-01", "least_mixed"),
    ]


def test_without_any_bin_the_worker_chooses(db: None) -> None:
    warehouse_id, _ = make_warehouse(aisles=1, cells=1, totes=0)
    shop = make_shop()
    item = make_items(shop.client_id, 1)["SKU-1"]
    sql.run("UPDATE warehouse_location SET pickable = false WHERE warehouse_id = %s", [warehouse_id])
    assert choose(warehouse_id, [goods(item)]) == [Place(None, "none")]
