"""Zones and put walls of a floor are set as a whole, refused with what is wrong, and named by aisles, by single places, on pages and over the API."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid, NotAllowed, NotFound
from packhorse.ground.warehouse import selectors, services
from packhorse.ground.warehouse.errors import CodeTaken
from packhorse.ground.warehouse.types import FloorZone, NewFloor, WallInfo
from tests.asked import done_once
from tests.at_once import at_once
from tests.build import HOUSE, Shop, actor, make_shop
from tests.steps.inventory.test_pages import post, sign_in, text

pytestmark = pytest.mark.django_db


def put(shop: Shop, *zones: FloorZone) -> list[FloorZone]:
    return services.set_zones(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, zones=list(zones))


def wall(shop: Shop, code: str = "W1", slots: int = 3) -> WallInfo:
    return services.set_wall(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, code=code, slots=slots)


def import_lines(shop: Shop, content: str) -> list[tuple[str, str]]:
    told = services.import_file(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, content=content.encode())
    return [(a.outcome, a.reason) for a in told]


def test_zones_are_set_all_at_once_in_the_order_of_the_way_through_them() -> None:
    shop = make_shop()
    assert put(shop, FloorZone("BACK", (1,)), FloorZone("FRONT", (0,), "STAGE-1")) == [FloorZone("BACK", (1,)), FloorZone("FRONT", (0,), "STAGE-1")]
    assert put(shop, FloorZone("FRONT", (0, 1))) == [FloorZone("FRONT", (0, 1))], "what is not named is none any more"
    assert put(shop) == []


def test_what_cannot_be_a_zone_is_refused_and_nothing_changes() -> None:
    shop = make_shop()
    before = put(shop, FloorZone("FRONT", (0,)))
    for wrong in (
        [FloorZone("A", (0,)), FloorZone("B", (0,))],
        [FloorZone("A", (2,))],
        [FloorZone("A"), FloorZone("A")],
        [FloorZone("no spaces")],
        [FloorZone("A", (0,), "A-01-01")],
        [FloorZone("A", (0,), "NOWHERE")],
    ):
        with pytest.raises(Invalid):
            put(shop, *wrong)
    with pytest.raises(NotAllowed):
        services.set_zones(key=uuid4(), actor=actor("picker"), warehouse_id=shop.warehouse_id, zones=[])
    with pytest.raises(NotFound):
        services.set_zones(key=uuid4(), actor=HOUSE, warehouse_id=0, zones=[])
    assert selectors.zones(EVERYTHING, shop.warehouse_id) == before
    assert selectors.zones(actor("picker", warehouse_id=0).scope, shop.warehouse_id) == []


def test_zones_and_walls_asked_twice_are_set_once() -> None:
    shop = make_shop()
    done_once(services.set_zones, actor=HOUSE, warehouse_id=shop.warehouse_id, zones=[FloorZone("FRONT", (0,))], other={"zones": []})
    done_once(services.set_wall, actor=HOUSE, warehouse_id=shop.warehouse_id, code="W1", slots=2, other={"slots": 3})


def test_an_aisle_is_in_one_zone_whatever_is_written() -> None:
    shop = make_shop()
    put(shop, FloorZone("FRONT", (0,)), FloorZone("BACK", (1,)))
    with pytest.raises(IntegrityError), transaction.atomic():
        sql.run("UPDATE warehouse_zoneaisle SET aisle = 0 WHERE warehouse_id = %s", [shop.warehouse_id])


def test_a_file_puts_single_places_into_another_zone_than_their_aisle_and_back() -> None:
    shop = make_shop()
    put(shop, FloorZone("FRONT", (0,)), FloorZone("BACK", (1,)))
    assert import_lines(shop, "code,zone\nA-01-01,BACK\nA-02-01,\nA-03-01,COLD\n") == [
        ("changed", ""),
        ("same", ""),
        ("refused", "there is no zone COLD: set the zones first"),
    ]
    assert selectors.location(EVERYTHING, shop.place("A-01-01")).zone == "BACK"
    assert [z.places for z in selectors.zones(EVERYTHING, shop.warehouse_id)] == [0, 1]
    assert import_lines(shop, "code,zone,x_m,y_m\nA-01-01,-,,\nCAGE-1,BACK,3,4\n") == [("changed", ""), ("made", "")]
    assert selectors.location(EVERYTHING, shop.place("A-01-01")).zone == ""
    assert selectors.location_by_code(EVERYTHING, shop.warehouse_id, "CAGE-1").zone == "BACK"
    put(shop, FloorZone("FRONT", (0, 1)))
    assert selectors.location_by_code(EVERYTHING, shop.warehouse_id, "CAGE-1").zone == "", "with its zone gone it is of none"


def test_a_floor_that_grows_keeps_its_zones() -> None:
    shop = make_shop()
    put(shop, FloorZone("FRONT", (0,)))
    services.lay_out(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, floor=NewFloor(aisles=3, cells=6, stations=1, carts=1, totes=4))
    assert selectors.zones(EVERYTHING, shop.warehouse_id) == [FloorZone("FRONT", (0,))]


def test_a_wall_is_made_with_its_slots_and_grows() -> None:
    shop = make_shop()
    made = wall(shop, slots=2)
    assert [code for _pk, code in made.slots] == ["W1-01", "W1-02"]
    grown = wall(shop, slots=3)
    assert (grown.wall_id, [code for _pk, code in grown.slots]) == (made.wall_id, ["W1-01", "W1-02", "W1-03"])
    assert [u.code for u in selectors.units_in(EVERYTHING, made.wall_id)] == ["W1-01", "W1-02", "W1-03"]
    for refused, code, slots in ((Invalid, "W1", -1), (Invalid, "W1", 501), (Invalid, "W2", 0), (Invalid, "w 2", 3), (CodeTaken, "STAGE-1", 3)):
        with pytest.raises(refused):
            wall(shop, code, slots)
    with pytest.raises(NotAllowed):
        services.set_wall(key=uuid4(), actor=actor("picker"), warehouse_id=shop.warehouse_id, code="W2", slots=3)
    with pytest.raises(NotFound):
        services.set_wall(key=uuid4(), actor=HOUSE, warehouse_id=0, code="W2", slots=3)
    assert selectors.walls(EVERYTHING, shop.warehouse_id) == [grown]


def test_a_wall_with_fewer_slots_closes_the_last_ones_and_opens_them_again() -> None:
    shop = make_shop()
    made = wall(shop, slots=3)
    fewer = wall(shop, slots=1)
    assert (fewer.slots, fewer.closed, fewer.takes) == (made.slots, tuple(pk for pk, _code in made.slots[1:]), 1)
    assert wall(shop, slots=0).takes == 0
    again = wall(shop, slots=4)
    assert ([code for _pk, code in again.slots], again.slots[:3], again.closed) == (["W1-01", "W1-02", "W1-03", "W1-04"], made.slots, ())


def test_the_pages_set_zones_and_walls(client: Client) -> None:
    shop = make_shop()
    sign_in(client, "owner")
    at = f"/settings/warehouse/{shop.warehouse_id}/"
    post(client, f"{at}zones/", zones="front A @stage-1\n\nBACK B-B", status=303)
    assert selectors.zones(EVERYTHING, shop.warehouse_id) == [FloorZone("FRONT", (0,), "STAGE-1"), FloorZone("BACK", (1,))]
    assert "FRONT A @STAGE-1\nBACK B</textarea>" in client.get(f"{at}zones/").content.decode()
    post(client, f"{at}zones/", zones="FRONT 7", status=422)
    post(client, f"{at}zones/", zones="FRONT Z", status=422)
    post(client, f"{at}wall/", code="W1", slots="4", status=303)
    seen = text(client, at)
    assert "FRONT" in seen
    assert "W1" in seen


@pytest.mark.django_db(transaction=True)
def test_two_who_make_the_same_wall_make_it_once() -> None:
    shop = make_shop()
    answers = at_once(lambda: wall(shop, slots=3), lambda: wall(shop, slots=3))
    assert answers[0] == answers[1]
