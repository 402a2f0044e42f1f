"""Goods come forward from reserve when a pick face reaches its minimum, and go to other places by task."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest

from packhorse.core import clock, sql
from packhorse.core.actors import EVERYTHING, Actor
from packhorse.core.errors import Invalid, NotAllowed, NotFound, WrongState
from packhorse.core.lists import ListQuery
from packhorse.core.refs import Ref
from packhorse.steps.inventory import jobs, ledger, requests, selectors, services
from packhorse.steps.inventory.errors import NothingLeftToRelocate, NotToRelocate, OutOfStock, RelocationTaken, WrongPlace
from packhorse.steps.inventory.reconciler import drift
from packhorse.steps.inventory.replenishment import Face, Need, needs
from packhorse.steps.inventory.states import TASK
from packhorse.steps.inventory.types import NewPickFace, Posting, RelocationInfo, Resettling, Want
from tests.asked import done_once
from tests.at_once import at_once
from tests.blocks import blocked
from tests.build import HOUSE, Shop, actor, doing, make_items, make_lot, make_shop, plain_item, receive, want

TODAY = dt.date(2026, 3, 2)
SOON = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)
PIA: Actor = actor("picker", user="pia")
RITA: Actor = actor("receiver", user="rita")


@pytest.fixture
def reserve(shop: Shop) -> list[int]:
    """The second aisle is reserve: nothing is picked there. Its bins, nearest first."""
    return as_reserve(shop)


def as_reserve(shop: Shop) -> list[int]:
    bins = shop.bins[5:]
    sql.run("UPDATE warehouse_location SET pickable = false WHERE id = ANY(%s)", [bins])
    return bins


def face(shop: Shop, sku: str, bin_id: int, minimum: int, maximum: int | None) -> None:
    services.set_pick_faces(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, faces=[NewPickFace(shop.item(sku), bin_id, minimum, maximum)])


def replenish(shop: Shop, by: Actor = HOUSE) -> list[int]:
    return services.replenish(key=uuid4(), actor=by, warehouse_id=shop.warehouse_id, today=TODAY)


def forward(shop: Shop, sku: str, quantity: int, deadline: dt.datetime = SOON) -> list[int]:
    wants = [Want(shop.item(sku), quantity, deadline)]
    return doing(lambda: requests.bring_forward(warehouse_id=shop.warehouse_id, wants=wants, today=TODAY, cause=Ref("test.orders", 1)))


def found(shop: Shop) -> list[tuple[str, str, int, str, str]]:
    """(from, to, open units, lot, reason) of the open relocations, most urgent first."""
    to_do = selectors.relocations_to_do(EVERYTHING, clock.now(), warehouse_id=shop.warehouse_id)
    return [(t.source, t.target, t.open, t.lot, t.reason) for t in to_do]


def task(relocation_id: int) -> RelocationInfo:
    return selectors.relocation(EVERYTHING, relocation_id)


def bring(t: RelocationInfo, quantity: int | None = None, by: Actor = PIA, **given: int) -> int:
    places = {"source_id": t.source_id, "target_id": t.target_id, **given}
    return services.relocate(key=uuid4(), actor=by, relocation_id=t.id, quantity=t.open if quantity is None else quantity, **places)


def lying(shop: Shop, sku: str) -> dict[str, int]:
    return {x.location: x.on_hand for x in selectors.levels(EVERYTHING, item_id=shop.items[sku]) if x.on_hand}


@pytest.fixture
def raised(shop: Shop, reserve: list[int]) -> RelocationInfo:
    """Ten of SKU-1 are to go from B-01-01 to A-01-01."""
    receive(shop.item("SKU-1"), reserve[0], 30)
    face(shop, "SKU-1", shop.bins[0], 2, 10)
    (made,) = replenish(shop)
    return task(made)


def test_a_face_at_its_minimum_is_filled_to_its_maximum_once(shop: Shop, reserve: list[int]) -> None:
    item = shop.item("SKU-1")
    receive(item, reserve[0], 30)
    receive(item, shop.bins[0], 3)
    face(shop, "SKU-1", shop.bins[0], 2, 10)
    assert replenish(shop) == [], "three are more than the minimum"
    doing(lambda: ledger.post([Posting(item, 1, shop.bins[0], shop.bench)], cause=Ref("test.use", 1)))
    elsewhere = make_shop().warehouse_id
    made = done_once(services.replenish, actor=HOUSE, warehouse_id=shop.warehouse_id, today=TODAY, other={"warehouse_id": elsewhere})
    assert len(made) == 1
    assert found(shop) == [("B-01-01", "A-01-01", 8, "", "minimum")]
    assert replenish(shop) == [], "what is on its way is counted"
    with pytest.raises(NotAllowed):
        replenish(shop, actor("packer"))


def test_the_house_looks_at_all_pick_faces_by_itself(shop: Shop, reserve: list[int]) -> None:
    receive(shop.item("SKU-1"), reserve[0], 4)
    face(shop, "SKU-1", shop.bins[0], 2, 10)
    jobs.replenish(key=uuid4())
    jobs.replenish(key=uuid4())
    assert found(shop) == [("B-01-01", "A-01-01", 4, "", "minimum")]


def test_a_blocked_lot_is_no_reserve(shop: Shop, reserve: list[int]) -> None:
    item = shop.item("SKU-1")
    face(shop, "SKU-1", shop.bins[0], 2, 10)
    bad = make_lot(shop.client_id, item, "BAD")
    receive(item, reserve[0], 5)
    receive(item, reserve[1], 7, lot_id=bad)
    [before] = selectors.pick_faces(EVERYTHING, ListQuery()).rows
    services.hold_lots(key=uuid4(), actor=HOUSE, lot_ids=[bad], reason="wet")
    [after] = selectors.pick_faces(EVERYTHING, ListQuery()).rows
    assert (before.reserve, after.reserve) == (12, 5)


def test_a_face_with_nothing_but_a_blocked_lot_is_filled(shop: Shop, reserve: list[int]) -> None:
    item = shop.item("LOT")
    good, bad = (make_lot(shop.client_id, item, code) for code in ("GOOD", "BAD"))
    receive(item, reserve[0], 30, lot_id=good)
    receive(item, shop.bins[0], 6, lot_id=bad)
    face(shop, "LOT", shop.bins[0], 2, 10)
    assert replenish(shop) == [], "six are more than the minimum"
    services.hold_lots(key=uuid4(), actor=HOUSE, lot_ids=[bad], reason="wet")
    (shown,) = selectors.pick_faces(EVERYTHING, ListQuery()).rows
    assert (shown.on_hand, shown.free) == (6, 0)
    replenish(shop)
    assert found(shop) == [("B-01-01", "A-01-01", 4, "GOOD", "minimum")]


def test_the_oldest_lot_goes_first_and_the_smallest_rest_of_it(shop: Shop, reserve: list[int]) -> None:
    item = shop.item("LOT")
    old, new, blocked_lot = (make_lot(shop.client_id, item, code, expires_on=dt.date(2027, 1, day)) for code, day in (("OLD", 1), ("NEW", 2), ("BAD", 1)))
    receive(item, reserve[0], 9, lot_id=new)
    receive(item, reserve[1], 8, lot_id=old)
    receive(item, reserve[2], 2, lot_id=old)
    receive(item, reserve[3], 5, lot_id=blocked_lot)
    services.hold_lots(key=uuid4(), actor=HOUSE, lot_ids=[blocked_lot], reason="wet")
    face(shop, "LOT", shop.bins[0], 0, 15)
    replenish(shop)
    assert sorted(found(shop)) == [
        ("B-01-01", "A-01-01", 5, "NEW", "minimum"),
        ("B-02-01", "A-01-01", 8, "OLD", "minimum"),
        ("B-03-01", "A-01-01", 2, "OLD", "minimum"),
    ]


def test_what_is_too_old_or_to_be_counted_stays_in_reserve(db: None) -> None:
    shop = make_shop(items=[plain_item("LOT", tracking="lot"), plain_item("SKU-1")], minimum_shelf_days=30)
    reserve = as_reserve(shop)
    late = make_lot(shop.client_id, shop.item("LOT"), "L", expires_on=TODAY + dt.timedelta(days=29))
    receive(shop.item("LOT"), reserve[0], 5, lot_id=late)
    receive(shop.item("SKU-1"), reserve[1], 5)
    doing(lambda: requests.count_bin(location_id=reserve[1], item_id=shop.item("SKU-1"), reason="x", cause=Ref("test.x", 1)))
    face(shop, "LOT", shop.bins[0], 0, 5)
    face(shop, "SKU-1", shop.bins[1], 0, 5)
    assert replenish(shop) == []


def test_orders_bring_more_than_the_maximum_and_press_what_is_on_its_way(shop: Shop, raised: RelocationInfo) -> None:
    assert raised.deadline is None
    assert forward(shop, "SKU-1", 10) == [], "ten are on their way"
    assert task(raised.id).deadline == SOON
    (more,) = forward(shop, "SKU-1", 14, SOON - dt.timedelta(hours=1))
    assert (task(more).open, task(more).reason, task(more).deadline) == (4, "orders", SOON - dt.timedelta(hours=1))
    assert task(raised.id).deadline == SOON - dt.timedelta(hours=1)
    assert forward(shop, "SKU-1", 99) != [], "as much as there is"
    assert sum(t[2] for t in found(shop)) == 30
    assert forward(shop, "SKU-1", 99) == []


def test_without_a_face_goods_go_where_put_away_would_bring_them(shop: Shop, reserve: list[int]) -> None:
    receive(shop.item("SKU-2"), reserve[0], 7)
    receive(shop.item("SKU-2"), shop.bins[3], 1)
    forward(shop, "SKU-2", 5)
    assert found(shop) == [("B-01-01", "A-04-01", 5, "", "orders")]


def test_needs_fill_reached_faces_and_the_roomiest_takes_the_rest() -> None:
    near, far = Face(1, 10, 2, 10, 8, 2, 0), Face(1, 11, 2, 20, 12, 12, 0)
    assert needs([near, far], 0, None) == [Need(1, 10, 2)]
    assert needs([near, far], 30, SOON) == [Need(1, 10, 2, SOON), Need(1, 11, 28, SOON)]
    assert needs([far], 0, None) == []
    assert needs([Face(1, 10, 0, 5, 5, 0, 0)], 3, SOON) == [Need(1, 10, 3, SOON)], "all that lies there is allocated: orders come before the maximum"


def test_a_relocation_is_claimed_brought_in_parts_and_is_in_the_ledger(shop: Shop, raised: RelocationInfo) -> None:
    assert done_once(services.claim_relocation, actor=PIA, relocation_id=raised.id, other={"relocation_id": 0}) == raised.id
    assert (task(raised.id).state, task(raised.id).worker) == ("claimed", PIA.principal)
    with blocked(RelocationTaken, "inventory:relocation", raised.id):
        services.claim_relocation(key=uuid4(), actor=RITA, relocation_id=raised.id)
    with pytest.raises(RelocationTaken):
        bring(raised, by=RITA)
    given = {"source_id": raised.source_id, "target_id": raised.target_id}
    assert done_once(services.relocate, actor=PIA, relocation_id=raised.id, quantity=4, **given, other={"quantity": 5}) == 6
    assert (task(raised.id).state, task(raised.id).open, lying(shop, "SKU-1")) == ("ready", 6, {"A-01-01": 4, "B-01-01": 26})
    assert bring(task(raised.id), by=RITA) == 0
    assert (task(raised.id).state, lying(shop, "SKU-1")) == ("done", {"A-01-01": 10, "B-01-01": 20})
    assert [(m.quantity, m.cause) for m in selectors.moves(EVERYTHING, item_id=raised.item_id)[:2]] == [
        (n, Ref("inventory.relocation", raised.id)) for n in (6, 4)
    ]
    assert drift() == []


def test_an_idle_one_may_be_taken_by_another(raised: RelocationInfo) -> None:
    services.claim_relocation(key=uuid4(), actor=PIA, relocation_id=raised.id)
    sql.run("UPDATE inventory_relocation SET claimed_at = claimed_at - interval '11 minutes' WHERE id = %s", [raised.id])
    assert [t.id for t in selectors.relocations_to_do(EVERYTHING, clock.now(), principal=RITA.principal)] == [raised.id]
    services.claim_relocation(key=uuid4(), actor=RITA, relocation_id=raised.id)
    assert task(raised.id).worker == RITA.principal
    assert selectors.relocations_to_do(EVERYTHING, clock.now(), principal=PIA.principal) == []


def test_bringing_is_refused_and_nothing_moves(shop: Shop, raised: RelocationInfo) -> None:
    for refusal, given in (
        (NotToRelocate, {"source_id": shop.bins[6]}),
        (NotToRelocate, {"target_id": shop.bins[3]}),
        (NothingLeftToRelocate, {"quantity": 11}),
        (NothingLeftToRelocate, {"quantity": 0}),
    ):
        with pytest.raises(refusal):
            bring(raised, **given)  # type: ignore[arg-type]
    for who in (actor("packer"), actor("picker", client_id=shop.client_id + 1), actor("picker", warehouse_id=shop.warehouse_id + 1)):
        with pytest.raises(NotAllowed):
            bring(raised, by=who)
    with pytest.raises(NotFound):
        services.claim_relocation(key=uuid4(), actor=PIA, relocation_id=10**9)
    doing(lambda: ledger.post([Posting(raised.item_id, 25, raised.source_id, shop.bins[9])], cause=Ref("test.thief", 1)))
    with pytest.raises(OutOfStock):
        bring(raised)
    assert lying(shop, "SKU-1") == {"B-01-01": 5, "B-05-01": 25}
    assert task(raised.id).state == "ready"


def test_what_is_not_there_ends_it_and_asks_for_a_count(shop: Shop, raised: RelocationInfo) -> None:
    with pytest.raises(WrongState):
        services.relocate_short(key=uuid4(), actor=PIA, relocation_id=raised.id, found=0)
    services.claim_relocation(key=uuid4(), actor=PIA, relocation_id=raised.id)
    for wrong in (-1, 10):
        with pytest.raises(Invalid):
            services.relocate_short(key=uuid4(), actor=PIA, relocation_id=raised.id, found=wrong)
    with pytest.raises(RelocationTaken):
        services.relocate_short(key=uuid4(), actor=RITA, relocation_id=raised.id, found=3)
    assert done_once(services.relocate_short, actor=PIA, relocation_id=raised.id, found=3, other={"found": 4}) == 7
    assert (task(raised.id).state, task(raised.id).moved, lying(shop, "SKU-1")) == ("short", 3, {"A-01-01": 3, "B-01-01": 27})
    (count,) = selectors.counts(EVERYTHING, ListQuery()).rows
    assert (count.location, count.sku, count.reason) == ("B-01-01", "SKU-1", "not found to relocate")
    assert replenish(shop) == [], "what is there is not known until it is counted"


def test_one_that_is_not_needed_is_cancelled(raised: RelocationInfo) -> None:
    with pytest.raises(Invalid):
        services.cancel_relocation(key=uuid4(), actor=HOUSE, relocation_id=raised.id, reason=" ")
    with pytest.raises(NotAllowed):
        services.cancel_relocation(key=uuid4(), actor=PIA, relocation_id=raised.id, reason="x")
    assert done_once(services.cancel_relocation, actor=HOUSE, relocation_id=raised.id, reason="sold out", other={"reason": "x"}) == raised.id
    with pytest.raises(WrongState):
        bring(raised)
    with pytest.raises(WrongState):
        services.claim_relocation(key=uuid4(), actor=PIA, relocation_id=raised.id)
    with pytest.raises(WrongState):
        services.cancel_relocation(key=uuid4(), actor=HOUSE, relocation_id=raised.id, reason="again")
    assert {"ready", "claimed", "done", "short", "cancelled"} == set(TASK), "each of them is reached above"


def test_pick_faces_are_set_changed_and_taken_away(shop: Shop) -> None:
    one = NewPickFace(shop.item("SKU-1"), shop.bins[0], 2, 10)
    assert done_once(services.set_pick_faces, actor=HOUSE, warehouse_id=shop.warehouse_id, faces=[one], other={"faces": []}) == 1
    face(shop, "SKU-1", shop.bins[0], 4, 20)
    (there,) = selectors.pick_faces(EVERYTHING, ListQuery(filters={"warehouse": (str(shop.warehouse_id),)})).rows
    assert (there.location, there.sku, there.minimum, there.maximum, there.on_hand, there.coming) == ("A-01-01", "SKU-1", 4, 20, 0, 0)
    for refusal, faces in (
        (Invalid, []),
        (Invalid, [one, one]),
        (Invalid, [NewPickFace(one.item_id, one.location_id, 5, 5)]),
        (Invalid, [NewPickFace(one.item_id, one.location_id, -1, 5)]),
        (NotFound, [NewPickFace(10**9, one.location_id, 0, 5)]),
        (WrongPlace, [NewPickFace(one.item_id, shop.dock, 0, 5)]),
    ):
        with pytest.raises(refusal):
            services.set_pick_faces(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, faces=faces)
    for who in (PIA, actor("manager", client_id=shop.client_id + 1)):
        with pytest.raises(NotAllowed):
            services.set_pick_faces(key=uuid4(), actor=who, warehouse_id=shop.warehouse_id, faces=[one])
    face(shop, "SKU-1", shop.bins[0], 0, None)
    assert selectors.pick_faces(EVERYTHING, ListQuery(filters={"warehouse": (str(shop.warehouse_id),)})).rows == ()


def test_an_item_gets_a_new_home_with_its_face_and_its_free_goods(shop: Shop) -> None:
    item = shop.item("SKU-1")
    receive(item, shop.bins[4], 6)
    face(shop, "SKU-1", shop.bins[4], 1, 10)
    promised = want(shop, item, 2)
    doing(lambda: ledger.allocate([promised.demand_id], today=TODAY))
    moves = [Resettling(item, shop.bins[4], shop.bins[0])]
    (made,) = doing(lambda: requests.resettle(warehouse_id=shop.warehouse_id, moves=moves, cause=Ref("test.advice", 1)))
    assert found(shop) == [("A-05-01", "A-01-01", 4, "", "slotting")]
    assert selectors.pick_faces(EVERYTHING, ListQuery(filters={"item": (str(item),)})).rows[0].location == "A-01-01"
    assert sql.rows("SELECT location_id FROM inventory_fixedbin WHERE item_id = %s", [item]) == [(shop.bins[0],)]
    assert doing(lambda: requests.resettle(warehouse_id=shop.warehouse_id, moves=moves, cause=Ref("test.advice", 1))) == [], "asked again, nothing more goes"
    bring(task(made))
    assert lying(shop, "SKU-1") == {"A-01-01": 4, "A-05-01": 2}
    assert drift() == []


@pytest.mark.django_db(transaction=True)
def test_two_that_look_at_once_raise_it_once_and_two_that_bring_it_bring_it_once() -> None:
    shop = make_shop()
    make_items(shop.client_id)
    reserve = as_reserve(shop)
    receive(shop.item("SKU-1"), reserve[0], 30)
    face(shop, "SKU-1", shop.bins[0], 2, 10)
    answers = at_once(*[lambda: replenish(shop)] * 3, lambda: forward(shop, "SKU-1", 8))
    assert sorted(len(a) for a in answers) == [0, 0, 0, 1], answers
    assert sum(t[2] for t in found(shop)) == 10
    (info,) = selectors.relocations_to_do(EVERYTHING, clock.now(), warehouse_id=shop.warehouse_id)
    brought = at_once(*[lambda who=who: bring(info, by=who) for who in (PIA, RITA)])
    assert sorted(isinstance(b, WrongState) for b in brought) == [False, True], brought
    assert lying(shop, "SKU-1") == {"A-01-01": 10, "B-01-01": 20}
    (more,) = forward(shop, "SKU-1", 15)
    claims = at_once(*[lambda who=who: services.claim_relocation(key=uuid4(), actor=who, relocation_id=more) for who in (PIA, RITA)])
    assert sorted(isinstance(c, RelocationTaken) for c in claims) == [False, True], claims
