"""A count is blind, freezes nothing, and states the truth only when it agrees, is counted again by another person, or is approved."""

from __future__ import annotations

from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid, NotAllowed, NotFound, WrongState
from packhorse.core.models import JournalEntry
from packhorse.core.refs import Ref
from packhorse.steps.inventory import ledger, requests, selectors, services
from packhorse.steps.inventory.errors import CountTaken, LotMissing, NotInThisCount, SameCounter
from packhorse.steps.inventory.reconciler import drift
from packhorse.steps.inventory.types import Counted, CountTarget, Posting
from tests.asked import done_once
from tests.build import HOUSE, Shop, actor, doing, make_client, make_items, receive, stock, want

ANN, BOB, EVE = actor("picker", user="ann"), actor("picker", user="bob"), actor("picker", user="eve")
BOSS = actor("manager", user="boss")


def ask(shop: Shop, *, item_id: int | None = None, tolerance: int = 0) -> int:
    target = CountTarget(shop.bins[0], item_id)
    return services.request_counts(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, targets=[target], reason="cycle", tolerance=tolerance)[0]


def start(count_id: int, who: object = ANN) -> None:
    services.start_count(key=uuid4(), actor=who, count_id=count_id)  # type: ignore[arg-type]


def counted(count_id: int, *lines: Counted, who: object = ANN, finished: bool = True) -> str:
    return services.record_count(key=uuid4(), actor=who, count_id=count_id, lines=list(lines), finished=finished).state  # type: ignore[arg-type]


def here(shop: Shop, sku: str = "SKU-1") -> dict[str, int]:
    return {x.location: x.on_hand for x in selectors.levels(EVERYTHING, item_id=shop.items[sku])}


def test_what_agrees_is_posted_at_once(shop: Shop) -> None:
    stock(shop, {"SKU-1": 10})
    count = ask(shop)
    assert done_once(services.start_count, actor=ANN, count_id=count, other={"count_id": count + 1}).state == "counting"
    lines = [Counted(shop.item("SKU-1"), 10)]
    done = done_once(services.record_count, actor=ANN, count_id=count, lines=lines, finished=True, other={"finished": False})
    assert (done.state, done.round, done.lines) == ("posted", 1, 1)
    assert here(shop) == {"A-01-01": 10}
    assert selectors.moves(EVERYTHING, cause=Ref("inventory.count", count)) == []


def test_a_difference_is_counted_again_by_another_person_and_then_decided(shop: Shop) -> None:
    stock(shop, {"SKU-1": 10})
    want(shop, shop.item("SKU-1"), 9)
    count = ask(shop)
    start(count)
    assert counted(count, Counted(shop.item("SKU-1"), 8)) == "recount"
    assert here(shop) == {"A-01-01": 10}
    with pytest.raises(SameCounter):
        start(count)
    start(count, BOB)
    assert counted(count, Counted(shop.item("SKU-1"), 8), who=BOB) == "review"
    with pytest.raises(NotAllowed):
        services.approve_count(key=uuid4(), actor=BOB, count_id=count)
    assert done_once(services.approve_count, actor=BOSS, count_id=count, other={"count_id": count + 1}) == 2
    assert here(shop) == {"A-01-01": 8}
    assert [(s.quantity, s.cause) for s in selectors.shortfalls(EVERYTHING)] == [(1, Ref("inventory.count", count))]
    assert [(n.round, n.counted, n.expected, n.difference) for n in selectors.count_lines(EVERYTHING, count)] == [(1, 8, 10, -2), (2, 8, 10, -2)]
    told = JournalEntry.objects.filter(subject_kind="inventory.count", subject_id=count).order_by("id").values_list("event", flat=True)
    assert [t.split(".")[1] for t in told] == ["count_requested", "count_started", "count_differed", "count_started", "count_differed", "count_posted"]
    assert drift() == []


def test_a_second_count_that_agrees_with_the_ledger_is_posted(shop: Shop) -> None:
    stock(shop, {"SKU-1": 10})
    count = ask(shop)
    start(count)
    counted(count, Counted(shop.item("SKU-1"), 8))
    start(count, BOB)
    assert counted(count, Counted(shop.item("SKU-1"), 10), who=BOB) == "posted"
    assert here(shop) == {"A-01-01": 10}


def test_within_tolerance_the_difference_is_posted_without_a_second_count(shop: Shop) -> None:
    stock(shop, {"SKU-1": 10})
    count = ask(shop, tolerance=2)
    start(count)
    assert counted(count, Counted(shop.item("SKU-1"), 12)) == "posted"
    assert here(shop) == {"A-01-01": 12}


def test_what_moves_between_the_scan_and_the_posting_stands(shop: Shop) -> None:
    item = shop.item("SKU-1")
    stock(shop, {"SKU-1": 10})
    count = ask(shop, tolerance=1)
    start(count)
    counted(count, Counted(item, 9), finished=False)
    doing(lambda: ledger.post([Posting(item, 4, shop.bins[0], shop.bins[1])], cause=Ref("test.move", 1)))
    assert counted(count) == "posted"
    assert here(shop) == {"A-01-01": 5, "A-02-01": 4}
    assert drift() == []


def test_an_empty_bin_is_counted_without_lines_and_what_is_not_counted_is_not_there(shop: Shop) -> None:
    stock(shop, {"SKU-1": 10})
    count = ask(shop)
    start(count)
    assert counted(count) == "recount"
    start(count, BOB)
    counted(count, who=BOB)
    services.approve_count(key=uuid4(), actor=BOSS, count_id=count)
    assert here(shop) == {}
    assert drift() == []


def test_a_count_of_one_item_leaves_the_others_alone(shop: Shop) -> None:
    stock(shop, {"SKU-1": 10})
    receive(shop.item("SKU-2"), shop.bins[0], 5)
    count = doing(lambda: requests.count_bin(location_id=shop.bins[0], item_id=shop.item("SKU-1"), reason="short pick", cause=Ref("picking.task", 9)))
    assert doing(lambda: requests.count_bin(location_id=shop.bins[0], item_id=shop.item("SKU-1"), reason="short pick", cause=Ref("picking.task", 10))) == count
    start(count)
    with pytest.raises(NotInThisCount):
        counted(count, Counted(shop.item("SKU-2"), 5))
    assert counted(count, Counted(shop.item("SKU-1"), 10)) == "posted"
    assert here(shop, "SKU-2") == {"A-01-01": 5}


def test_an_unknown_lot_found_in_a_bin_is_made(shop: Shop) -> None:
    count = ask(shop, tolerance=5)
    start(count)
    with pytest.raises(LotMissing):
        counted(count, Counted(shop.item("LOT"), 3))
    assert counted(count, Counted(shop.item("LOT"), 3, "L7"), Counted(shop.item("LOT"), 1, "L7", "damaged")) == "posted"
    assert [(x.lot, x.condition, x.on_hand) for x in selectors.levels(EVERYTHING, item_id=shop.item("LOT"))] == [("L7", "sellable", 3), ("L7", "damaged", 1)]
    assert drift() == []


def test_an_item_counted_again_replaces_the_first_figure(shop: Shop) -> None:
    stock(shop, {"SKU-1": 10})
    count = ask(shop)
    start(count)
    counted(count, Counted(shop.item("SKU-1"), 7), finished=False)
    assert counted(count, Counted(shop.item("SKU-1"), 10)) == "posted"


def test_a_manager_has_it_counted_once_more(shop: Shop) -> None:
    stock(shop, {"SKU-1": 10})
    count = ask(shop)
    for who in (ANN, BOB):
        start(count, who)
        counted(count, Counted(shop.item("SKU-1"), 3), who=who)
    again = done_once(services.count_again, actor=BOSS, count_id=count, other={"count_id": count + 1})
    assert (again.state, again.round) == ("recount", 3)
    with pytest.raises(SameCounter):
        start(count, BOB)
    start(count, EVE)
    assert counted(count, Counted(shop.item("SKU-1"), 10), who=EVE) == "posted"


def test_a_bin_is_counted_on_the_spot(shop: Shop) -> None:
    stock(shop, {"SKU-1": 10})
    asked = ask(shop)
    assert done_once(services.count_here, actor=ANN, location_id=shop.bins[0], other={"location_id": shop.bins[1]}).count_id == asked
    with pytest.raises(CountTaken):
        services.count_here(key=uuid4(), actor=BOB, location_id=shop.bins[0])
    counted(asked, Counted(shop.item("SKU-1"), 10))
    fresh = services.count_here(key=uuid4(), actor=BOB, location_id=shop.bins[0])
    assert (fresh.count_id != asked, fresh.state) == (True, "counting")
    counted(fresh.count_id, Counted(shop.item("SKU-1"), 9), who=BOB)
    with pytest.raises(SameCounter):
        services.count_here(key=uuid4(), actor=BOB, location_id=shop.bins[0])
    with pytest.raises(NotFound):
        services.count_here(key=uuid4(), actor=BOB, location_id=10**9)
    with pytest.raises(NotAllowed):
        services.count_here(key=uuid4(), actor=actor("packer"), location_id=shop.bins[0])


def test_counting_is_refused(shop: Shop) -> None:
    stock(shop, {"SKU-1": 10})
    count = ask(shop)
    assert services.request_counts(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, targets=[CountTarget(shop.bins[0])], reason="again") == []
    with pytest.raises(WrongState):
        counted(count)
    start(count)
    with pytest.raises(CountTaken):
        start(count, BOB)
    with pytest.raises(CountTaken):
        counted(count, who=BOB)
    with pytest.raises(Invalid):
        counted(count, Counted(shop.item("SKU-1"), -1))
    with pytest.raises(NotFound):
        counted(count, Counted(10**9, 1))
    for too_early in (services.approve_count, services.count_again):
        with pytest.raises(WrongState):
            too_early(key=uuid4(), actor=BOSS, count_id=count)
    for change, refusal in (
        ({"targets": [CountTarget(10**9)]}, NotFound),
        ({"targets": [CountTarget(shop.bins[0], 10**9)]}, NotFound),
        ({"reason": " "}, Invalid),
        ({"tolerance": -1}, Invalid),
        ({"actor": actor("packer")}, NotAllowed),
        ({"actor": actor("picker", client_id=shop.client_id), "targets": [CountTarget(shop.bins[0], make_items(make_client(), 1)["SKU-1"])]}, NotAllowed),
    ):
        good = {"actor": HOUSE, "warehouse_id": shop.warehouse_id, "targets": [CountTarget(shop.bins[1])], "reason": "x"}
        with pytest.raises(refusal):
            services.request_counts(key=uuid4(), **{**good, **change})  # type: ignore[arg-type]
