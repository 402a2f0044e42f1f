"""What stands at the bench is sealed into parcels that stand at staging; a parcel may be opened again until it leaves."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation

from packhorse.core import dispatch, sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid, KeyReused, NotAllowed, NotFound, WrongState
from packhorse.core.lists import ListQuery
from packhorse.ground.catalog import selectors as catalog
from packhorse.steps.inventory import selectors as inventory
from packhorse.steps.orders import services as orders
from packhorse.steps.orders.errors import OrderHeld
from packhorse.steps.orders.types import FulfillmentOrderInfo
from packhorse.steps.packing import requests, selectors, services
from packhorse.steps.packing.errors import NoBox, NotOnTheBench, ParcelGone, WeightOff
from packhorse.steps.packing.types import BenchOrder, Content, Sealed
from packhorse.steps.picking import selectors as picking
from tests.at_once import at_once
from tests.build import HOUSE, Shop, actor, doing, make_shop, plain_item, receive
from tests.build_orders import fo_of
from tests.steps.picking.build import at_bench, begun, books_agree, confirm, make_box, shop_with, tasks

pytestmark = pytest.mark.django_db

PACKER = actor("packer")


def bench(shop: Shop) -> BenchOrder:
    (order,) = selectors.bench_orders(EVERYTHING, shop.warehouse_id)
    return order


def box_id(code: str) -> int:
    return next(b.id for b in catalog.boxes(EVERYTHING) if b.code == code)


def seal(order: BenchOrder, contents: list[Content] | None = None, **given: Any) -> Sealed:
    values: dict[str, Any] = {
        "key": uuid4(),
        "actor": PACKER,
        "fulfillment_order_id": order.fulfillment_order_id,
        "release_id": order.release_id,
        "box_id": None,
        "size_mm": (200, 150, 100),
        "contents": contents if contents is not None else [Content(line.allocation_id, line.quantity) for line in order.lines],
        "reasons": {"basis": "test"},
    }
    weights = {line.allocation_id: line.weight_g for line in order.lines}
    values["weight_g"] = sum(weights.get(c.allocation_id, 250) * c.quantity for c in values["contents"]) or 500
    return services.seal_parcel(**{**values, **given})


def places(fo: FulfillmentOrderInfo) -> list[tuple[int, int]]:
    found = inventory.open_allocations(EVERYTHING, demand_ids=[line.demand_id for line in fo.lines])
    return sorted((a.location_id, a.quantity) for a in found)


def test_the_goods_stand_at_staging_and_the_tote_is_free() -> None:
    shop = shop_with({"SKU-1": 5})
    _, (fo,) = at_bench(shop, {"SKU-1": 2})
    code = make_box()
    order, key = bench(shop), uuid4()

    sealed = seal(order, key=key, box_id=box_id(code), size_mm=None, weight_g=620, station_id=shop.bench)

    assert sealed.complete
    assert seal(order, key=key, box_id=box_id(code), size_mm=None, weight_g=620, station_id=shop.bench) == sealed
    with pytest.raises(KeyReused):
        seal(order, key=key)
    parcel = selectors.parcel(EVERYTHING, sealed.parcel_id)
    assert (parcel.state, parcel.box, parcel.units, parcel.weight_g, parcel.expected_g, parcel.length_mm) == ("sealed", code, 2, 620, 620, 310)
    assert [(c.sku, c.quantity) for c in selectors.contents(EVERYTHING, [parcel.parcel_id])] == [("SKU-1", 2)]
    assert (places(fo), fo_of(fo.order_id).stage) == ([(shop.staging, 2)], "packed")
    assert shop.totes[0] in [i for i, _ in picking.free_units(EVERYTHING, shop.warehouse_id, "tote", limit=9)]
    assert selectors.bench_orders(EVERYTHING, shop.warehouse_id) == []
    assert [p.parcel_id for p in selectors.parcels_to_ship(EVERYTHING, shop.warehouse_id)] == [parcel.parcel_id]
    books_agree()


def test_two_parcels_from_one_order_the_tote_is_free_after_the_second() -> None:
    shop = shop_with({"SKU-1": 5})
    _, (fo,) = at_bench(shop, {"SKU-1": 3})
    line = bench(shop).lines[0]

    first = seal(bench(shop), [Content(line.allocation_id, 1), Content(line.allocation_id, 1)])
    assert (first.complete, places(fo)) == (
        False,
        [(shop.totes[0], 1), (shop.staging, 2)] if shop.totes[0] < shop.staging else [(shop.staging, 2), (shop.totes[0], 1)],
    )
    assert bench(shop).units == 1
    assert seal(bench(shop)).complete
    assert [p.units for p in selectors.parcels_of(EVERYTHING, [fo.fulfillment_order_id])] == [2, 1]
    books_agree()


def test_pack_as_is_seals_all_proposed_parcels_at_once() -> None:
    shop = shop_with({"SKU-1": 50})
    at_bench(shop, {"SKU-1": 30})
    code = make_box(inner=(300, 200, 150))
    order = bench(shop)
    proposed = services.propose(order)
    assert sum(c.quantity for p in proposed for c in p.contents) == 30

    parcels = [services.new_parcel(p) for p in proposed]
    sealed = services.pack_as_is(key=uuid4(), actor=PACKER, fulfillment_order_id=order.fulfillment_order_id, parcels=parcels)

    assert [s.complete for s in sealed] == [False] * (len(sealed) - 1) + [True]
    assert {p.box for p in selectors.parcels_of(EVERYTHING, [order.fulfillment_order_id])} <= {code, *(b.code for b in catalog.boxes(EVERYTHING))}
    with pytest.raises(NotOnTheBench):
        services.pack_as_is(key=uuid4(), actor=PACKER, fulfillment_order_id=order.fulfillment_order_id, parcels=parcels)
    books_agree()


def test_the_packers_own_box_is_taken_where_the_goods_may_fit() -> None:
    shop = shop_with({"SKU-1": 50})
    at_bench(shop, {"SKU-1": 2})
    small, large = make_box(inner=(90, 80, 60)), make_box(inner=(300, 200, 150))
    order = bench(shop)
    by_code = {b.code: b for b in catalog.boxes(EVERYTHING)}
    chosen = services.in_box(order, by_code[large])
    assert (chosen.box, len(chosen.placements), chosen.expected_g) == (large, 2, 620)
    with pytest.raises(NoBox):
        services.in_box(order, by_code[small])


def test_goods_that_are_not_on_the_bench_are_refused() -> None:
    shop = shop_with({"SKU-1": 5, "SKU-2": 5})
    batch_id, _ = begun(shop, {"SKU-1": 1, "SKU-2": 1})
    one, two = tasks(batch_id)
    confirm(batch_id, one)
    allocation = inventory.open_allocations(EVERYTHING, demand_ids=[one.demand_id])[0].allocation_id
    in_bin = inventory.open_allocations(EVERYTHING, demand_ids=[two.demand_id])[0].allocation_id
    walking = BenchOrder(one.fulfillment_order_id, "", 0, 0, 0, two.expires_on, one.release_id, one.tote_id, one.tote, ())  # type: ignore[arg-type]
    for bad in (Content(allocation, 1), Content(in_bin, 1), Content(10**12, 1)):
        with pytest.raises(NotOnTheBench):
            seal(walking, [bad])

    other = shop_with({"SKU-1": 5})
    at_bench(other, {"SKU-1": 2})
    order = bench(other)
    line = order.lines[0]
    with pytest.raises(NotOnTheBench):
        seal(order, [Content(line.allocation_id, 3)])
    with pytest.raises(NotOnTheBench):
        seal(order, release_id=one.release_id)
    wrongs: list[dict[str, Any]] = [
        {"contents": []},
        {"weight_g": 0},
        {"size_mm": None},
        {"box_id": 10**12},
        {"station_id": other.dock},
        {"size_mm": (0, 1, 1)},
        {"weight_g": 900, "weight_why": "because"},
        {"box_why": "too_small"},
        {"box_why": "because", "instead_of": box_id(make_box())},
        {"box_why": "too_small", "instead_of": 10**12},
    ]
    for wrong in wrongs:
        with pytest.raises(Invalid):
            seal(order, **wrong)
    with pytest.raises(NotFound):
        seal(order, fulfillment_order_id=10**12, release_id=None)
    with pytest.raises(NotAllowed):
        seal(order, actor=actor("picker"))
    assert bench(other) == order


def test_a_weight_far_off_is_refused_without_a_reason_and_kept_with_it() -> None:
    shop = shop_with({"SKU-1": 5})
    at_bench(shop, {"SKU-1": 2})
    order = bench(shop)
    with pytest.raises(WeightOff):
        seal(order, weight_g=551)
    assert bench(shop) == order
    parcel_id = seal(order, weight_g=551, weight_why="extra").parcel_id
    assert selectors.parcel(EVERYTHING, parcel_id).weight_g == 551
    assert dict(selectors.reasons(EVERYTHING, parcel_id).notes) == {"weight_why": "extra"}


def test_the_next_proposal_learns_from_the_box_that_was_taken_instead() -> None:
    shop = shop_with({"SKU-1": 9, "SKU-2": 9})
    small, large = make_box(inner=(120, 100, 80)), make_box(inner=(300, 200, 150))
    by_code = {b.code: b for b in catalog.boxes(EVERYTHING)}

    def packed(why: str, wanted: dict[str, int]) -> str:
        """An order of these goods is packed in the large box; which one was proposed."""
        at_bench(shop, wanted)
        order = bench(shop)
        (proposed,) = services.propose(order)
        given: dict[str, Any] = {"instead_of": proposed.box_id, "box_why": why} if proposed.box == small else {}
        seal(order, box_id=box_id(large), size_mm=None, weight_g=services.in_box(order, by_code[large]).expected_g, **given)
        return proposed.box

    assert packed("none_left", {"SKU-1": 1}) == small
    assert packed("protection", {"SKU-1": 1}) == small, "no box left says nothing of the goods"
    assert packed("", {"SKU-1": 1}) == large
    assert packed("", {"SKU-1": 1}) == large, "and it stays so"
    assert packed("other", {"SKU-2": 1}) == small, "other goods are another matter"
    at_bench(shop, {"SKU-1": 1})
    (learned,) = services.propose(bench(shop))
    assert (learned.basis, len(learned.placements)) == ("the box of last time for the same contents", 1)
    assert {(c.proposed, c.box, c.why, c.times) for c in selectors.changed_boxes(EVERYTHING, ListQuery()).rows} == {
        (small, large, "none_left", 1), (small, large, "protection", 1), (small, large, "other", 1)
    }  # fmt: skip


def test_where_sizes_are_not_known_it_is_the_box_of_last_time() -> None:
    shop = make_shop(items=[replace(plain_item("VASE"), length_mm=0, width_mm=0, height_mm=0)])
    receive(shop.item("VASE"), shop.bins[0], 5)
    for inner in ((120, 100, 80), (200, 150, 100), (300, 200, 150)):
        last = make_box(inner=inner)
    at_bench(shop, {"VASE": 1})
    (guess,) = services.propose(bench(shop))
    assert guess.basis == "size not known: the middle box"
    seal(bench(shop), box_id=box_id(last), size_mm=None, weight_g=370)
    at_bench(shop, {"VASE": 1})
    (learned,) = services.propose(bench(shop))
    assert (learned.box, learned.basis) == (last, "the box of last time for the same contents")


def test_a_held_order_is_not_packed() -> None:
    shop = shop_with({"SKU-1": 5})
    at_bench(shop, {"SKU-1": 1})
    order = bench(shop)
    orders.place_hold(key=uuid4(), actor=HOUSE, fulfillment_order_ids=[order.fulfillment_order_id], note="wait")
    assert selectors.bench_orders(EVERYTHING, shop.warehouse_id) == []
    with pytest.raises(OrderHeld):
        seal(order)


def test_opened_again_the_goods_stand_at_the_bench_and_are_packed_anew() -> None:
    shop = shop_with({"SKU-1": 5})
    _, (fo,) = at_bench(shop, {"SKU-1": 2})
    sealed = seal(bench(shop), station_id=shop.bench)

    assert services.void_parcel(key=uuid4(), actor=PACKER, parcel_id=sealed.parcel_id, reason="wrong box") == 2

    assert (selectors.parcel(EVERYTHING, sealed.parcel_id).state, places(fo), fo_of(fo.order_id).stage) == ("voided", [(shop.bench, 2)], "picked")
    again = bench(shop)
    assert (again.tote_id, again.release_id, again.units) == (None, None, 2)
    assert selectors.bench_count(EVERYTHING) == 1
    with pytest.raises(ParcelGone):
        services.void_parcel(key=uuid4(), actor=PACKER, parcel_id=sealed.parcel_id, reason="again")
    assert seal(again).complete
    books_agree()


def test_weighed_far_off_it_wants_a_reason() -> None:
    shop = shop_with({"SKU-1": 5})
    at_bench(shop, {"SKU-1": 2})
    parcel_id = seal(bench(shop)).parcel_id

    def weigh(grams: int, *, why: str = "") -> int:
        return services.weigh_parcel(key=uuid4(), actor=PACKER, parcel_id=parcel_id, weight_g=grams, why=why)

    assert weigh(549) == 500
    with pytest.raises(WeightOff):
        weigh(551)
    assert weigh(900, why="packaging") == 549
    assert dict(selectors.reasons(EVERYTHING, parcel_id).notes) == {"weight_why": "packaging"}
    assert weigh(500) == 900
    assert selectors.reasons(EVERYTHING, parcel_id).notes == ()
    with pytest.raises(Invalid):
        weigh(900, why="because")
    with pytest.raises(Invalid):
        weigh(0)
    doing(lambda: requests.labelled([parcel_id]))
    with pytest.raises(WrongState):
        weigh(500)


@pytest.mark.parametrize(("units", "left"), [(2, [(1,)]), (1, [(1,), (1,)])], ids=["a line", "one of two"])
def test_cancelled_after_packing_the_parcel_is_opened_and_what_is_left_is_packed_anew(units: int, left: list[tuple[int]]) -> None:
    shop = shop_with({"SKU-1": 5, "SKU-2": 5})
    _, (fo,) = at_bench(shop, {"SKU-1": 2, "SKU-2": 1})
    seal(bench(shop), station_id=shop.bench)

    orders.cancel_lines(key=uuid4(), actor=HOUSE, order_id=fo.order_id, quantities={fo.lines[0].demand_id: units}, reason="changed their mind")
    dispatch.drain()

    (parcel,) = selectors.parcels_of(EVERYTHING, [fo.fulfillment_order_id])
    assert (parcel.state, places(fo)) == ("voided", [(shop.bench, n) for (n,) in left])
    assert seal(bench(shop)).complete
    assert fo_of(fo.order_id).stage == "packed"
    books_agree()


def test_cancelled_whole_after_packing_nothing_stands_at_the_bench() -> None:
    shop = shop_with({"SKU-1": 5})
    _, (fo,) = at_bench(shop, {"SKU-1": 2})
    seal(bench(shop), station_id=shop.bench)

    orders.cancel_orders(key=uuid4(), actor=HOUSE, order_ids=[fo.order_id], reason="changed their mind")
    with translation.override("fr"):
        dispatch.drain()

    said = sql.rows("SELECT data->>'reason' FROM core_journal WHERE event = 'packing.parcel_voided' AND client_id = %s", [shop.client_id])
    assert said == [("its order was cancelled",)], "kept as a code, told in the reader's language"
    assert [p.state for p in selectors.parcels_of(EVERYTHING, [fo.fulfillment_order_id])] == ["voided"]
    assert selectors.bench_orders(EVERYTHING, shop.warehouse_id) == []
    books_agree()


def test_a_parcel_of_pieces_of_unknown_weight_is_expected_to_weigh_what_it_did() -> None:
    shop = make_shop(items=[replace(plain_item("AIR"), weight_g=0)])
    receive(shop.item("AIR"), shop.bins[0], 5)
    at_bench(shop, {"AIR": 1})
    parcel_id = seal(bench(shop), weight_g=900).parcel_id
    assert services.weigh_parcel(key=uuid4(), actor=PACKER, parcel_id=parcel_id, weight_g=950) == 900
    with pytest.raises(WeightOff, match="950 g are expected"):
        services.weigh_parcel(key=uuid4(), actor=PACKER, parcel_id=parcel_id, weight_g=700)
    assert selectors.parcel(EVERYTHING, parcel_id).weight_g == 950


def test_a_client_sees_its_own_parcels_alone() -> None:
    shop = shop_with({"SKU-1": 5})
    at_bench(shop, {"SKU-1": 2})
    parcel_id = seal(bench(shop)).parcel_id
    assert selectors.parcel(actor("client", client_id=shop.client_id).scope, parcel_id).units == 2
    stranger = actor("client", client_id=shop.client_id + 1).scope
    assert selectors.contents(stranger, [parcel_id]) == []
    with pytest.raises(NotFound):
        selectors.parcel(stranger, parcel_id)


@pytest.mark.django_db(transaction=True)
def test_two_packers_on_one_tote_pack_each_piece_once() -> None:
    shop = shop_with({"SKU-1": 9})
    at_bench(shop, {"SKU-1": 3})
    order = bench(shop)
    [line] = order.lines
    answers = at_once(*[partial(seal, order, [Content(line.allocation_id, 2)])] * 2)
    assert sorted(type(a).__name__ for a in answers) == ["NotOnTheBench", "Sealed"]
    assert [p.units for p in selectors.parcels(EVERYTHING, warehouse_id=shop.warehouse_id)] == [2]
    rest = bench(shop)
    assert rest.units == 1
    assert seal(rest).complete
    books_agree()
