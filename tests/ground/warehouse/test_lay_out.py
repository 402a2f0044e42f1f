"""A warehouse gets its floor."""

from __future__ import annotations

import dataclasses
import datetime as dt
from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING, Scope
from packhorse.core.errors import Invalid, KeyReused, NotAllowed, NotFound
from packhorse.core.lists import ListQuery
from packhorse.core.scan import Context, parse
from packhorse.ground.warehouse import selectors, services
from packhorse.ground.warehouse.designing import aisle_letters
from packhorse.ground.warehouse.errors import BadFloor, BadLocation, CodeTaken, FloorTooSmall
from packhorse.ground.warehouse.types import Address, CutOffInfo, NewFloor, NewLocation, WarehouseInfo
from tests.at_once import at_once
from tests.ground.conftest import HOUSE, actor, make_warehouse

FLOOR = NewFloor(aisles=3, cells=4, levels=2, totes=5, carts=1)


def lay_out(warehouse: WarehouseInfo, floor: NewFloor = FLOOR) -> dict[str, int]:
    return services.lay_out(key=uuid4(), actor=HOUSE, warehouse_id=warehouse.id, floor=floor).made


def test_with_bins_where_the_plan_says_and_all_that_a_floor_needs(montreal: WarehouseInfo) -> None:
    assert lay_out(montreal) == {"bin": 24, "dock": 1, "staging": 1, "station": 2, "cart": 1, "tote": 5, "returns": 1, "quarantine": 1}
    last = selectors.location_by_code(EVERYTHING, montreal.id, "c-04-02")
    assert (last.aisle, last.cell, last.level, last.pickable, last.kind) == (2, 3, 1, True, "bin")
    plan = selectors.layout(EVERYTHING, montreal.id)
    assert plan is not None
    assert (plan.aisles, plan.cells, plan.length_m) == (3, 4, 1.5 + 3 * 1.3 + 1.5)
    assert plan.rectangular().aisles == 3
    assert [t.code for t in selectors.locations_of_kind(EVERYTHING, montreal.id, "tote")] == ["T-001", "T-002", "T-003", "T-004", "T-005"]


def test_that_grows_but_never_shrinks(montreal: WarehouseInfo) -> None:
    lay_out(montreal)
    assert lay_out(montreal) == {}
    assert lay_out(montreal, NewFloor(aisles=4, cells=4, levels=2, totes=6, carts=1)) == {"bin": 8, "tote": 1}
    with pytest.raises(FloorTooSmall) as refused:
        lay_out(montreal)
    lost = selectors.location_by_code(EVERYTHING, montreal.id, "D-01-01")
    assert (refused.value.place, refused.value.link) == ("D-01-01", f"/settings/warehouse/places/{lost.id}/")
    with pytest.raises(FloorTooSmall):
        lay_out(montreal, NewFloor(aisles=4, cells=4, levels=1))
    assert len(selectors.locations(EVERYTHING, ListQuery(filters={"kind": ("bin",)}, limit=100)).rows) == 32


def test_whose_ways_change_without_a_place_being_lost(montreal: WarehouseInfo) -> None:
    lay_out(montreal)
    assert lay_out(montreal, dataclasses.replace(FLOOR, cross_after=(2,), one_way_back=(0,), one_way_front=(2,), depot_aisle=1)) == {}
    plan = selectors.layout(EVERYTHING, montreal.id)
    assert plan is not None
    assert (plan.cross_after, plan.one_way_back, plan.one_way_front, plan.depot_aisle, plan.levels) == ((2,), (0,), (2,), 1, 2)
    assert plan.length_m == 2 * (1.5 + 1.3 + 1.5)
    services.add_locations(key=uuid4(), actor=HOUSE, warehouse_id=montreal.id, locations=[NewLocation("A-01-09", "bin", True, 0, 0, 8)])
    assert lay_out(montreal) == {}, "a single bin above the floor's levels stays, and is in nobody's way"


def test_asked_twice_is_laid_out_once_and_a_key_is_for_one_floor(montreal: WarehouseInfo) -> None:
    key = uuid4()
    first = services.lay_out(key=key, actor=HOUSE, warehouse_id=montreal.id, floor=FLOOR)
    assert services.lay_out(key=key, actor=HOUSE, warehouse_id=montreal.id, floor=FLOOR) == first
    with pytest.raises(KeyReused):
        services.lay_out(key=key, actor=HOUSE, warehouse_id=montreal.id, floor=dataclasses.replace(FLOOR, aisles=4))


@pytest.mark.parametrize(
    "bad",
    [
        NewFloor(0, 1),
        NewFloor(1, 1, 0),
        NewFloor(1000, 1000),
        NewFloor(1, 1, totes=-1),
        NewFloor(2, 2, depot_aisle=2),
        NewFloor(2, 2, length_m=1.0),
        NewFloor(2, 2, aisle_pitch_m=0),
    ],
)
def test_that_could_stand(montreal: WarehouseInfo, bad: NewFloor) -> None:
    with pytest.raises(BadFloor):
        lay_out(montreal, bad)


def test_from_those_who_run_it(montreal: WarehouseInfo) -> None:
    for who in (actor("picker"), actor("manager", scope=Scope(warehouse_ids=frozenset({0})))):
        with pytest.raises(NotAllowed):
            services.lay_out(key=uuid4(), actor=who, warehouse_id=montreal.id, floor=FLOOR)
    with pytest.raises(NotFound):
        services.lay_out(key=uuid4(), actor=HOUSE, warehouse_id=0, floor=FLOOR)


def test_once_though_two_lay_it_out_at_once(committed: str) -> None:
    warehouse = make_warehouse("TWICE")
    one, two = at_once(lambda: lay_out(warehouse), lambda: lay_out(warehouse))
    assert sorted([sum(one.values()), sum(two.values())]) == [0, 36]


def test_and_single_places_beside_it(montreal: WarehouseInfo) -> None:
    lay_out(montreal)
    made = services.add_locations(
        key=uuid4(), actor=HOUSE, warehouse_id=montreal.id, locations=[NewLocation("BENCH-9", "station"), NewLocation("A-01-09", "bin", True, 0, 0, 8)]
    )
    assert [m.code for m in made] == ["BENCH-9", "A-01-09"]
    for bad in (
        NewLocation("x", "bin"),
        NewLocation("X", "supplier"),
        NewLocation("X", "tote", True),
        NewLocation("X", "bin", True, 9, 0),
        NewLocation("X", "bin", True, 0),
    ):
        with pytest.raises(BadLocation):
            services.add_locations(key=uuid4(), actor=HOUSE, warehouse_id=montreal.id, locations=[bad])
    assert services.set_pickable(key=uuid4(), actor=HOUSE, location_id=made[1].id, pickable=False).pickable is False
    with pytest.raises(BadLocation):
        services.set_pickable(key=uuid4(), actor=HOUSE, location_id=made[0].id, pickable=True)
    with pytest.raises(NotAllowed):
        services.set_pickable(key=uuid4(), actor=actor("picker"), location_id=made[1].id, pickable=True)


def test_whose_places_are_found_by_code(montreal: WarehouseInfo) -> None:
    lay_out(montreal)
    other = make_warehouse("OTHER")
    lay_out(other)
    assert len(selectors.resolve(parse("a-01-01"), Context())) == 2
    assert [m.ref.kind for m in selectors.resolve(parse("T-001"), Context(warehouse_id=other.id))] == ["warehouse.tote"]
    only = Scope(warehouse_ids=frozenset({montreal.id}))
    assert len(selectors.resolve(parse("A-01-01"), Context(scope=only))) == 1
    assert len(selectors.locations(only, ListQuery(filters={"kind": ("bin",)}, limit=100)).rows) == 24
    with pytest.raises(NotFound):
        selectors.location_by_code(only, other.id, "A-01-01")
    assert selectors.layout(only, other.id) is None
    assert selectors.virtual("supplier") == selectors.virtual("supplier")


def test_aisles_are_lettered_like_columns() -> None:
    assert [aisle_letters(n) for n in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


def test_a_warehouse_is_made_once_per_code_and_changes(montreal: WarehouseInfo) -> None:
    with pytest.raises(CodeTaken):
        make_warehouse("YUL")
    address = Address(country="CA")
    for change in ({"time_zone": "Mars/Olympus"}, {"level": "huge"}, {"workdays": ()}, {"workdays": (8,)}, {"name": ""}, {"address": Address(country="ca")}):
        asked = {"name": "M", "address": address, "time_zone": "UTC", "level": "carts", "workdays": (1, 2), **change}
        with pytest.raises(Invalid):
            services.change_warehouse(key=uuid4(), actor=HOUSE, warehouse_id=montreal.id, **asked)  # type: ignore[arg-type]
    changed = services.change_warehouse(
        key=uuid4(), actor=HOUSE, warehouse_id=montreal.id, name="Mile End", address=address, time_zone="America/Toronto", level="bins", workdays=(6, 1, 1)
    )
    assert (changed.name, changed.level, changed.workdays) == ("Mile End", "bins", (1, 6))
    assert selectors.time_zone(EVERYTHING) == "America/Toronto"
    assert [w.code for w in selectors.all_warehouses(EVERYTHING)] == ["YUL"]
    with pytest.raises(NotFound):
        selectors.warehouse(Scope(warehouse_ids=frozenset()), montreal.id)


def test_cut_offs_are_set_all_together(montreal: WarehouseInfo) -> None:
    wanted = [CutOffInfo("standard", dt.time(16)), CutOffInfo("express", dt.time(14))]
    services.set_cut_offs(key=uuid4(), actor=HOUSE, warehouse_id=montreal.id, cut_offs=wanted)
    assert selectors.cut_offs(EVERYTHING, montreal.id) == wanted[::-1]
    services.set_cut_offs(key=uuid4(), actor=HOUSE, warehouse_id=montreal.id, cut_offs=wanted[1:])
    assert selectors.cut_offs(EVERYTHING, montreal.id) == wanted[1:]
    with pytest.raises(Invalid):
        services.set_cut_offs(key=uuid4(), actor=HOUSE, warehouse_id=montreal.id, cut_offs=[*wanted, wanted[0]])
