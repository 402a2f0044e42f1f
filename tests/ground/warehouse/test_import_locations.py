"""Places come from a file: every line makes one, changes one, or is refused with its reason."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING, Scope
from packhorse.core.errors import Invalid, KeyReused, NotAllowed, NotFound
from packhorse.core.lists import ListQuery
from packhorse.ground.people.types import Grant
from packhorse.ground.warehouse import importing, selectors, services
from packhorse.ground.warehouse.types import LineAnswer, LocationInfo, LocationLine, NewFloor, WarehouseInfo
from tests.at_once import at_once
from tests.ground.conftest import HOUSE, actor, make_user, make_warehouse
from tests.ground.test_settings_pages import browser

FLOOR = NewFloor(aisles=2, cells=3, levels=1, docks=1, staging=0, stations=1, carts=0, totes=1)


@pytest.fixture
def floor(montreal: WarehouseInfo) -> WarehouseInfo:
    services.lay_out(key=uuid4(), actor=HOUSE, warehouse_id=montreal.id, floor=FLOOR)
    return montreal


def take(warehouse: WarehouseInfo, text: str) -> list[tuple[int, str, str]]:
    """(line, what became of it, why) of each line."""
    lines, unreadable = importing.read(text.encode())
    answers = services.import_locations(key=uuid4(), actor=HOUSE, warehouse_id=warehouse.id, lines=lines)
    return [(a.line, a.outcome, a.reason) for a in sorted([*answers, *unreadable], key=lambda a: a.line)]


def place(warehouse: WarehouseInfo, code: str) -> LocationInfo:
    return selectors.location_by_code(EVERYTHING, warehouse.id, code)


def test_made_changed_the_same_or_refused_and_what_is_empty_stays(floor: WarehouseInfo) -> None:
    text = """code,kind,pickable,aisle,cell,level,x_m,y_m
FLOOR-1,bin,yes,,,,8.5,-2
a-01-09,bin,,A,1,9,,
BENCH-1,station,,,,,3.2,-4
A-01-01,,no,,,,,
B-03-01,bin,yes,B,3,1,,
"""
    assert take(floor, text) == [(2, "made", ""), (3, "made", ""), (4, "changed", ""), (5, "changed", ""), (6, "same", "")]
    first = place(floor, "FLOOR-1")
    assert (first.kind, first.pickable, first.aisle, first.x_m, first.y_m) == ("bin", True, None, 8.5, -2.0)
    upper = place(floor, "A-01-09")
    assert (upper.pickable, upper.aisle, upper.cell, upper.level) == (True, 0, 0, 8)
    assert (place(floor, "BENCH-1").x_m, place(floor, "BENCH-1").y_m) == (3.2, -4.0)
    closed = place(floor, "A-01-01")
    assert (closed.pickable, closed.aisle, closed.cell) == (False, 0, 0)
    assert [outcome for _, outcome, _ in take(floor, text)] == ["same"] * 5


def test_refused_line_by_line_with_the_reason_and_the_others_are_made(floor: WarehouseInfo) -> None:
    text = """code;kind;pickable;aisle;cell;level;x_m;y_m
lower case;bin;;;;;;
X-1;shelf;;;;;;
X-2;bin;perhaps;;;;;
X-3;bin;;1;1;;;
X-4;bin;;A;0;;;
X-5;bin;;;;;near;1
X-6;bin
X-7;bin;;A;;;;
X-8;bin;;;;;1;
X-9;bin;;A;1;;1;1
X-10;bin;;C;1;;;
X-11;dock;;A;1;;;
X-12;dock;yes;;;;;
X-13;bin;;;;;1e9;0
DOCK-1;bin;;;;;;
GOOD;bin;;;;;;
GOOD;bin;;;;;;

X-14;bin;;;;;inf;0
"""
    told = take(floor, text)
    assert [line for line, _, _ in told] == [*range(2, 19), 20]
    assert [outcome for _, outcome, _ in told] == ["refused"] * 15 + ["made", "refused", "refused"]
    assert [why for _, _, why in told][6:17] == [
        "2 columns instead of 8",
        "aisle and cell belong together",
        "x_m and y_m belong together",
        "a place is in the racks (aisle, cell) or beside them (x_m, y_m), not both",
        "outside of the floor: design it larger first",
        "only bins are in the racks",
        "only bins are picked from",
        "more than 10 km away",
        "it is there as dock",
        "",
        "line 17 names it already",
    ]
    assert len(selectors.locations(EVERYTHING, ListQuery(filters={"kind": ("bin",)}, limit=100)).rows) == 7


def test_a_file_that_names_its_columns_otherwise_is_refused_whole() -> None:
    for text in ("", "place,kind\nA,bin\n", "code,colour\nA,red\n", "code,code\nA,A\n"):
        with pytest.raises(Invalid):
            importing.read(text.encode())
    with pytest.raises(Invalid):
        importing.read(b"code\n" + b"A\n" * (importing.MOST + 1))
    lines, bad = importing.read(b"code\tkind\r\n\xc9T\xc9\tbin\r\n")
    assert (lines, [b.code for b in bad]) == ([], ["ÉTÉ"]), "an older encoding is read too"
    with pytest.raises(Invalid):
        importing.read(b"code\n" + b"A" * 200_000)
    lines, bad = importing.read("\ufeffcode\tkind\r\nB-1\tbin\r\n".encode())
    assert (lines, bad) == ([LocationLine(2, "B-1")], [])


def test_asked_twice_is_done_once_by_those_who_run_it(floor: WarehouseInfo) -> None:
    key, lines = uuid4(), [LocationLine(2, "NEW-1", x_m=1.0, y_m=1.0)]
    first = services.import_locations(key=key, actor=HOUSE, warehouse_id=floor.id, lines=lines)
    assert first == [LineAnswer(2, "NEW-1", "made")]
    assert services.import_locations(key=key, actor=HOUSE, warehouse_id=floor.id, lines=lines) == first
    with pytest.raises(KeyReused):
        services.import_locations(key=key, actor=HOUSE, warehouse_id=floor.id, lines=[LocationLine(2, "NEW-2")])
    for who in (actor("picker"), actor("manager", scope=Scope(warehouse_ids=frozenset({0})))):
        with pytest.raises(NotAllowed):
            services.import_locations(key=uuid4(), actor=who, warehouse_id=floor.id, lines=lines)
    with pytest.raises(NotFound):
        services.import_locations(key=uuid4(), actor=HOUSE, warehouse_id=0, lines=lines)


def test_two_at_once_make_it_once(committed: str) -> None:
    warehouse = make_warehouse("IMPORT2")

    def ask() -> list[LineAnswer]:
        return services.import_locations(key=uuid4(), actor=HOUSE, warehouse_id=warehouse.id, lines=[LocationLine(2, "NEW-1")])

    one, two = at_once(ask, ask)
    assert sorted([one[0].outcome, two[0].outcome]) == ["made", "same"]


def test_over_the_api_checked_first_then_made_and_told_line_by_line(floor: WarehouseInfo) -> None:
    owner = browser(make_user("olga", Grant("owner")))

    def ask(check_only: bool, key: str = "") -> tuple[int, object]:
        body = {"content": "code,kind,x_m,y_m\nBENCH-9,station,1.5,-2\nx y,bin,,\n", "check_only": check_only}
        answer = owner.post(
            f"/api/v1/warehouse/{floor.id}/locations/import", data=json.dumps(body), content_type="application/json", HTTP_IDEMPOTENCY_KEY=key or str(uuid4())
        )
        return answer.status_code, [(a["line"], a["outcome"]) for a in answer.json()]

    assert ask(check_only=True) == (200, [(2, "made"), (3, "refused")])
    with pytest.raises(NotFound):
        place(floor, "BENCH-9")
    key = str(uuid4())
    assert [ask(check_only=False, key=key) for _ in range(2)] == [(200, [(2, "made"), (3, "refused")])] * 2
    assert place(floor, "BENCH-9").y_m == -2.0
    assert ask(check_only=False) == (200, [(2, "same"), (3, "refused")])
