"""The list of orders finds them by what people know of them, and shows first what is asked for."""

from __future__ import annotations

import datetime as dt

import pytest

from packhorse.core import clock, sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.lists import ListQuery
from packhorse.steps.orders import selectors
from tests.build import Shop, make_shop, stock
from tests.build_orders import PLACED, accepted, new_order, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    made = make_shop()
    stock(made, {"SKU-1": 50})
    return made


def listed(search: str = "", *, limit: int = 50, cursor: str = "", **filters: str) -> list[str]:
    page = selectors.orders(EVERYTHING, ListQuery(search=search, filters={k: (v,) for k, v in filters.items()}, limit=limit, cursor=cursor))
    return [row.external_id for row in page.rows]


def test_searched_by_number_by_the_channels_id_and_by_customer(shop: Shop) -> None:
    one = accepted(shop, {"SKU-1": 1}, external_id="Web-17", customer_ref="C-77")
    accepted(shop, {"SKU-1": 1}, external_id="Web-18", customer_ref="C-78")
    assert listed(one.order_number) == ["Web-17"]
    assert listed(one.order_number.lower()[1:]) == ["Web-17"]
    assert listed(" web-17 ") == ["Web-17"]
    assert listed("C-78") == ["Web-18"]
    assert listed("Web-1") == [], "a channel's id is searched whole"


def test_those_of_certain_days_stand_by_when_they_were_placed(shop: Shop) -> None:
    days = (1, 3, 2)
    take_in(shop, *[new_order({"SKU-1": 1}, external_id=f"day {n}", placed_at=PLACED + dt.timedelta(days=n)) for n in days])
    assert listed(client=str(shop.client_id)) == ["day 2", "day 3", "day 1"]
    assert listed(since="2026-03-04") == ["day 3", "day 2"]
    assert listed(since="2026-03-03", until="2026-03-04") == ["day 2", "day 1"]
    first = selectors.orders(EVERYTHING, ListQuery(filters={"since": ("2026-03-03",)}, limit=2))
    assert listed(since="2026-03-03", cursor=first.next_cursor or "") == ["day 1"]


def test_late_ones_stand_by_when_they_must_leave(shop: Shop) -> None:
    parts = [accepted(shop, {"SKU-1": 1}, external_id=f"{n} hours late") for n in (1, 3, 2)]
    for fo, hours in zip(parts, (1, 3, 2), strict=True):
        sql.run("UPDATE orders_fulfillmentorder SET ship_by = %s WHERE id = %s", [clock.now() - dt.timedelta(hours=hours), fo.fulfillment_order_id])
    accepted(shop, {"SKU-1": 1}, external_id="in time")
    assert listed(late="1") == ["3 hours late", "2 hours late", "1 hours late"]
