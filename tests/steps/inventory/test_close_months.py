"""A month that is over is closed: it takes no more moves, its balances say what lay where, and the reconciler goes on from them."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from packhorse.core import clock, sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.clock import VirtualClock
from packhorse.core.errors import NotAllowed
from packhorse.core.models import JournalEntry
from packhorse.core.refs import Ref
from packhorse.steps.inventory import jobs, ledger, selectors, services
from packhorse.steps.inventory.errors import BooksDisagree, MonthNotOver
from packhorse.steps.inventory.models import Balance, ClosedMonth, Level
from packhorse.steps.inventory.reconciler import drift
from packhorse.steps.inventory.types import Posting
from tests.asked import done_once
from tests.build import HOUSE, Shop, actor, doing, receive, stock

JANUARY, FEBRUARY, MARCH = dt.date(2025, 1, 1), dt.date(2025, 2, 1), dt.date(2025, 3, 1)


def on(day: dt.date) -> VirtualClock:
    return VirtualClock(dt.datetime.combine(day, dt.time(12), dt.UTC))


@pytest.fixture
def moved(shop: Shop) -> Shop:
    """Ten came in in January, four of them went to a bin in March; nothing moved in February."""
    item = shop.item("SKU-1")
    with clock.using(on(dt.date(2025, 1, 20))):
        receive(item, shop.dock, 10)
    with clock.using(on(dt.date(2025, 3, 5))):
        doing(lambda: ledger.post([Posting(item, 4, shop.dock, shop.bins[0])], cause=Ref("test.cause", 1)))
    return shop


def balances(month: dt.date) -> list[tuple[int, str, int]]:
    return list(Balance.objects.filter(closed_month__month=month).order_by("location_id").values_list("location_id", "condition", "on_hand"))


def test_every_month_that_is_over_is_closed_with_its_balances(moved: Shop) -> None:
    with clock.using(on(dt.date(2025, 4, 2))):
        closed = done_once(services.close_months, actor=HOUSE, other={"before": JANUARY})
        assert [(c.month, c.moves, c.balances) for c in closed] == [(JANUARY, 1, 1), (FEBRUARY, 0, 1), (MARCH, 1, 2)]
        assert balances(FEBRUARY) == [(moved.dock, "sellable", 10)]
        assert sorted(balances(MARCH)) == sorted([(moved.dock, "sellable", 6), (moved.bins[0], "sellable", 4)])
        assert services.close_months(key=uuid4(), actor=HOUSE) == []
    assert [c.month for c in selectors.closed_months(EVERYTHING)] == [MARCH, FEBRUARY, JANUARY]
    assert JournalEntry.objects.filter(event="inventory.month_closed").count() == 3
    assert drift() == []


def test_a_month_is_over_a_day_after_its_end(moved: Shop) -> None:
    with clock.using(VirtualClock(dt.datetime(2025, 4, 1, 23, 59, tzinfo=dt.UTC))):
        jobs.close_months(key=uuid4())
    assert [c.month for c in selectors.closed_months(EVERYTHING)] == [FEBRUARY, JANUARY]


def test_only_the_months_before_a_day_are_closed_where_one_is_given(moved: Shop) -> None:
    with clock.using(on(dt.date(2025, 4, 2))):
        assert [c.month for c in services.close_months(key=uuid4(), actor=HOUSE, before=dt.date(2025, 2, 15))] == [JANUARY]


def test_a_month_that_is_not_over_is_not_closed(moved: Shop) -> None:
    with clock.using(on(dt.date(2025, 3, 31))), pytest.raises(MonthNotOver) as refused:
        services.close_months(key=uuid4(), actor=HOUSE, before=dt.date(2025, 4, 1))
    assert refused.value.month == "2025-03"
    assert not ClosedMonth.objects.exists()


def test_only_the_system_closes_months(moved: Shop) -> None:
    with pytest.raises(NotAllowed):
        services.close_months(key=uuid4(), actor=actor("packer"))
    assert not ClosedMonth.objects.exists()


def test_nothing_is_written_into_a_closed_month(moved: Shop) -> None:
    with clock.using(on(dt.date(2025, 4, 2))):
        services.close_months(key=uuid4(), actor=HOUSE)
    with clock.using(on(dt.date(2025, 3, 30))), pytest.raises(DatabaseError, match="closed month"), transaction.atomic():
        sql.run(
            """INSERT INTO inventory_move (at, id, client_id, item_id, quantity, source_id, source_condition, target_id, target_condition, cause_kind, cause_id, command_id)
               VALUES ('2025-03-30', 1, 1, 1, 1, 1, 'sellable', 2, 'sellable', 'test', 1, 1)"""
        )


def test_the_reconciler_goes_on_from_the_balances_and_still_finds_what_is_wrong(moved: Shop) -> None:
    with clock.using(on(dt.date(2025, 4, 2))):
        services.close_months(key=uuid4(), actor=HOUSE)
    stock(moved, {"SKU-2": 5})
    assert drift() == []
    Level.objects.filter(location_id=moved.dock).update(on_hand=7)
    assert [(d.kind, d.stated, d.actual) for d in drift() if d.kind == "level_on_hand"] == [("level_on_hand", 7, 6)]


def test_books_that_say_less_than_nothing_are_not_closed(moved: Shop) -> None:
    item = moved.item("SKU-1")
    sql.run(
        """INSERT INTO inventory_move (at, id, client_id, item_id, quantity, source_id, source_condition, target_id, target_condition, cause_kind, cause_id, command_id)
           SELECT '2025-03-07', 1, %s, %s, 9, %s, 'sellable', %s, 'sellable', 'test', 1, 1""",
        [moved.client_id, item, moved.bins[0], moved.bins[1]],
    )
    with clock.using(on(dt.date(2025, 4, 2))), pytest.raises(BooksDisagree) as refused:
        services.close_months(key=uuid4(), actor=HOUSE)
    assert (refused.value.month, refused.value.item_id, refused.value.location_id, refused.value.on_hand) == ("2025-03", item, moved.bins[0], -5)
    assert not ClosedMonth.objects.exists()
