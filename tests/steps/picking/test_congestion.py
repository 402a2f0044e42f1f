"""An aisle takes so many walks at a time: the next walk that begins elsewhere is offered."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from packhorse.core.actors import EVERYTHING, Actor, Scope
from packhorse.core.errors import Invalid, NotAllowed, NotFound, PackhorseError
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.errors import AisleFull, WrongItem, WrongLocation
from packhorse.steps.picking.models import PickTask
from packhorse.steps.picking.scanner import Pick
from packhorse.steps.picking.types import AisleWalks, FullAisle, batch_number
from tests.asked import done_once
from tests.at_once import at_once
from tests.build import HOUSE, Shop, actor, make_shop, receive
from tests.build_orders import accepted
from tests.steps.inventory.scanning import Hand
from tests.steps.inventory.test_pages import post, sign_in, text
from tests.steps.picking.build import PICKER, plan, release, walk
from tests.steps.picking.scanning import Hand as PickHand


def three_walks() -> tuple[Shop, list[int]]:
    """Two walks that begin in aisle A, and one in aisle B, in this order of urgency."""
    shop = make_shop(totes=6)
    receive(shop.item("SKU-1"), shop.place("A-01-01"), 10)
    receive(shop.item("SKU-2"), shop.place("B-02-01"), 10)
    walks = []
    for sku in ("SKU-1", "SKU-1", "SKU-2"):
        release(shop, accepted(shop, {sku: 1}))
        walks += plan(shop)
    return shop, walks


def one_to_walk_around() -> tuple[Shop, int, int]:
    """Aisle A takes one walk, which is under way there; the second one stops in B, A and B again."""
    shop = make_shop(items=4, totes=6)
    for sku, place in (("SKU-1", "A-01-01"), ("SKU-2", "B-01-01"), ("SKU-3", "A-02-01"), ("SKU-4", "B-03-01")):
        receive(shop.item(sku), shop.place(place), 10)
    release(shop, accepted(shop, {"SKU-1": 1}))
    (first,) = plan(shop)
    release(shop, accepted(shop, {"SKU-2": 1, "SKU-3": 1, "SKU-4": 1}))
    (second,) = plan(shop)
    for n, sku in enumerate(("SKU-2", "SKU-3", "SKU-4"), 1):
        PickTask.objects.filter(batch=second, item=shop.item(sku)).update(sequence=n)
    limit(shop, AisleWalks(0, 1))
    begin(shop, first, 0)
    return shop, first, second


@pytest.fixture
def floor(db: None) -> tuple[Shop, list[int]]:
    return three_walks()


def limit(shop: Shop, *limits: AisleWalks) -> None:
    services.set_aisle_limits(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, limits=list(limits))


def begin(shop: Shop, batch_id: int, tote: int, by: Actor = PICKER) -> int:
    return services.start_batch(key=uuid4(), actor=by, batch_id=batch_id, cart_id=None, tote_ids=[shop.totes[tote]])


def test_a_walk_into_a_full_aisle_is_refused_with_the_next_that_begins_elsewhere(floor: tuple[Shop, list[int]]) -> None:
    shop, (first, second, third) = floor
    limit(shop, AisleWalks(None, 1))
    begin(shop, first, 0)
    assert selectors.full_aisles(EVERYTHING, [second]) == {second: FullAisle(second, 0, 1, 1)}
    with pytest.raises(AisleFull) as refused:
        begin(shop, second, 1)
    assert batch_number(third) in refused.value.message
    assert refused.value.link == reverse("picking:batch", args=[third])
    assert selectors.batch(EVERYTHING, second).state == "planned"
    begin(shop, third, 1)
    walk(first)
    assert selectors.full_aisles(EVERYTHING, [second]) == {}, "who has picked the aisle's last stop has left it"
    begin(shop, second, 2)


def test_an_aisle_has_a_limit_of_its_own_and_without_one_all_may_come(floor: tuple[Shop, list[int]]) -> None:
    shop, (first, second, _third) = floor
    limit(shop, AisleWalks(None, 1), AisleWalks(0, 2))
    begin(shop, first, 0)
    begin(shop, second, 1)
    other, (one, two, _) = three_walks()
    begin(other, one, 0)
    begin(other, two, 1)


def test_on_the_scanner_the_next_walk_begins_and_says_why(floor: tuple[Shop, list[int]]) -> None:
    shop, (first, second, third) = floor
    limit(shop, AisleWalks(0, 1))
    begin(shop, first, 0)
    hand = Hand(Pick, actor("picker", user="pia", warehouse_id=shop.warehouse_id))
    said = str(hand.scan("T-002").say)
    assert "aisle A" in said
    assert batch_number(second) in said
    assert selectors.batch(EVERYTHING, third).state == "picking"
    other = Hand(Pick, actor("picker", user="max", warehouse_id=shop.warehouse_id))
    with pytest.raises(AisleFull):
        other.scan("T-003")


@pytest.mark.django_db
def test_under_way_a_full_aisle_is_walked_around_as_long_as_there_is_another_stop() -> None:
    _shop, first, second = one_to_walk_around()
    assert selectors.crowded_aisles(EVERYTHING, second) == {0: 1}
    hand = PickHand()
    hand.open(batch=batch_number(second))
    hand.scan("T-002")

    hand.scan("SKU-2")
    after = hand.scan("T-002")
    assert (after.big, after.say) == ("B-03-01", "1 piece from B-01-01 · Aisle A is full (1): this stop comes first")
    hand.scan("SKU-4")
    last = hand.scan("T-002")
    assert (last.big, last.say) == ("A-02-01", "1 piece from B-03-01 · Aisle A is full (1)"), "nothing else is left"
    walk(first)
    assert selectors.crowded_aisles(EVERYTHING, second) == {}
    assert hand.open().big == "A-02-01"
    hand.walk()
    assert hand.scan("BENCH-1").state["step"] == "done"


@pytest.mark.django_db
@pytest.mark.parametrize("first_scan", ["A-02-01", "SKU-3"])
def test_whoever_did_not_see_that_another_stop_comes_first_and_stands_at_the_full_aisle_goes_on_there(first_scan: str) -> None:
    _shop, _first, second = one_to_walk_around()
    hand = PickHand()
    hand.open(batch=batch_number(second))
    hand.scan("T-002")
    for code in ("SKU-2", "T-002"):  # as a phone sends them that had no network: it showed A-02-01 as the next stop
        hand.scan(code)
    assert hand.screen.big == "B-03-01"
    hand.refused(WrongLocation, "B-01-01")
    hand.refused(WrongItem, "SKU-1")
    assert hand.scan(first_scan).big == "A-02-01"
    for code in ("SKU-3", "T-002", "B-03-01"):
        hand.scan(code)
    hand.refused(WrongLocation, "A-02-01")
    hand.scan("SKU-4")
    assert hand.scan("T-002").state["step"] == "drop"


@pytest.mark.django_db
def test_an_aisle_is_full_by_the_walks_of_others() -> None:
    shop, (first, second, third) = three_walks()
    begin(shop, third, 1)
    assert selectors.crowded_aisles(EVERYTHING, first) == {}, "no limit, nothing is full"
    limit(shop, AisleWalks(None, 1))
    begin(shop, first, 0)
    assert selectors.crowded_aisles(EVERYTHING, second) == {0: 1, 1: 1}
    assert selectors.crowded_aisles(EVERYTHING, first) == {1: 1}, "others count, not oneself"
    assert selectors.crowded_aisles(Scope(warehouse_ids=frozenset({10**9})), second) == {}


def test_limits_are_set_once_and_refused(floor: tuple[Shop, list[int]]) -> None:
    shop, _walks = floor
    limits = [AisleWalks(None, 2), AisleWalks(1, 1)]
    assert done_once(services.set_aisle_limits, actor=HOUSE, warehouse_id=shop.warehouse_id, limits=limits, other={"limits": []}) == 2
    assert selectors.aisle_limits(EVERYTHING, shop.warehouse_id) == limits
    for wrong in ([AisleWalks(0, 1), AisleWalks(0, 2)], [AisleWalks(2, 1)], [AisleWalks(None, 0)], [AisleWalks(None, 1001)]):
        with pytest.raises(Invalid):
            limit(shop, *wrong)
    with pytest.raises(NotAllowed):
        services.set_aisle_limits(key=uuid4(), actor=PICKER, warehouse_id=shop.warehouse_id, limits=[])
    with pytest.raises(NotFound):
        services.set_aisle_limits(key=uuid4(), actor=HOUSE, warehouse_id=10**9, limits=[])
    assert selectors.aisle_limits(EVERYTHING, shop.warehouse_id) == limits
    limit(shop)
    assert selectors.aisle_limits(EVERYTHING, shop.warehouse_id) == []


def test_they_are_set_on_a_page_and_through_the_api(client: Client, floor: tuple[Shop, list[int]]) -> None:
    shop, _walks = floor
    sign_in(client, "manager")
    page = reverse("picking:aisles", args=[shop.warehouse_id])
    assert page in client.get(reverse("picking:floor", args=[shop.warehouse_id])).content.decode()
    post(client, page, walks=2, aisles="b 1\n")
    assert selectors.aisle_limits(EVERYTHING, shop.warehouse_id) == [AisleWalks(None, 2), AisleWalks(1, 1)]
    assert "B 1" in text(client, page)
    for wrong in ("B", "B x", "Z 1"):
        assert post(client, page, 422, walks=2, aisles=wrong) == ""
    url = f"/api/v1/picking/aisle-limits/{shop.warehouse_id}"
    answer = client.post(url, {"limits": [{"walks": 3}]}, "application/json", headers={"Idempotency-Key": str(uuid4())})
    assert answer.json() == {"count": 1}
    assert client.get(url).json() == [{"aisle": None, "walks": 3}]


@pytest.mark.django_db(transaction=True)
def test_two_that_begin_at_once_do_not_both_get_the_last_place() -> None:
    shop, (first, second, _third) = three_walks()
    limit(shop, AisleWalks(None, 1))
    answers = at_once(lambda: begin(shop, first, 0), lambda: begin(shop, second, 1))
    assert sorted(isinstance(a, AisleFull) for a in answers) == [False, True], answers
    assert not any(isinstance(a, PackhorseError) and not isinstance(a, AisleFull) for a in answers)
