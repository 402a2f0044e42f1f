"""Before orders are released, what they miss at the pick faces is asked forward from reserve, by when they must leave."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest

from packhorse.core import clock, sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import NotAllowed, NotFound
from packhorse.steps.inventory import selectors as stock, services as stock_services
from packhorse.steps.inventory.types import RelocationInfo
from packhorse.steps.picking import jobs, services
from packhorse.steps.picking.types import NotReleased, Released
from tests.asked import done_once
from tests.build import HOUSE, Shop, actor, make_shop, receive
from tests.build_orders import accepted
from tests.steps.picking.build import PICKER, TODAY, books_agree, release


@pytest.fixture
def shop(db: None) -> Shop:
    """Three of SKU-1 at the face, twenty in reserve."""
    made = make_shop()
    sql.run("UPDATE warehouse_location SET pickable = false WHERE id = ANY(%s)", [made.bins[5:]])
    receive(made.item("SKU-1"), made.bins[0], 3)
    receive(made.item("SKU-1"), made.bins[5], 20)
    return made


def ahead(shop: Shop) -> list[int]:
    return services.look_ahead(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, today=TODAY)


def to_do(shop: Shop) -> list[RelocationInfo]:
    return stock.relocations_to_do(EVERYTHING, clock.now(), warehouse_id=shop.warehouse_id)


def test_what_orders_miss_comes_forward_by_their_ship_by_and_they_are_released(shop: Shop) -> None:
    first = accepted(shop, {"SKU-1": 2})
    second = accepted(shop, {"SKU-1": 5})
    elsewhere = make_shop().warehouse_id
    made = done_once(services.look_ahead, actor=HOUSE, warehouse_id=shop.warehouse_id, today=TODAY, other={"warehouse_id": elsewhere})
    (task,) = to_do(shop)
    assert [task.id] == made
    assert (task.open, task.reason, task.source, task.target) == (4, "orders", "B-01-01", "A-01-01")
    assert task.deadline == min(first.ship_by, second.ship_by) - dt.timedelta(minutes=60)
    assert ahead(shop) == []
    answers = release(shop, first, second)
    assert [type(a) for a in answers] == [Released, NotReleased]
    stock_services.relocate(key=uuid4(), actor=PICKER, relocation_id=task.id, source_id=task.source_id, target_id=task.target_id, quantity=4)
    assert [type(a) for a in release(shop, second)] == [Released]
    books_agree()


def test_nothing_is_asked_for_what_lies_at_the_face_or_nowhere(shop: Shop) -> None:
    accepted(shop, {"SKU-1": 3})
    receive(shop.item("SKU-2"), shop.dock, 5)
    accepted(shop, {"SKU-2": 5})
    assert ahead(shop) == []


def test_the_house_looks_every_minute_where_there_is_reserve(shop: Shop) -> None:
    accepted(shop, {"SKU-1": 9})
    jobs.look_ahead(key=uuid4())
    jobs.look_ahead(key=uuid4())
    assert [(t.open, t.reason) for t in to_do(shop)] == [(6, "orders")]


def test_it_is_refused(shop: Shop) -> None:
    with pytest.raises(NotAllowed):
        services.look_ahead(key=uuid4(), actor=actor("picker"), warehouse_id=shop.warehouse_id, today=TODAY)
    with pytest.raises(NotFound):
        services.look_ahead(key=uuid4(), actor=HOUSE, warehouse_id=10**9, today=TODAY)
