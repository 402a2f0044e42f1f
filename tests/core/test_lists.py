"""A list is paged by key: every row once, in order, both ways, whatever the sort."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from packhorse.core.errors import Invalid
from packhorse.core.lists import COUNT_CAP, ListQuery, Page, every_row, paginate
from packhorse.core.models import Setting

pytestmark = pytest.mark.django_db
DAY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def names() -> list[str]:
    made = [Setting(name=f"s{i % 4}", value=i, since=DAY + dt.timedelta(days=i // 5)) for i in range(23)]
    Setting.objects.bulk_create(made)
    return [str(s.pk) for s in made]


def ask(query: ListQuery) -> Page[str]:
    return paginate(Setting.objects.all(), query, make=lambda s: str(s.pk), sorts={"name": "name", "since": "since"}, default="id")


@pytest.mark.parametrize("sort", ["", "id", "-id", "name", "-name", "since", "-since"])
def test_every_row_comes_once_in_order(names: list[str], sort: str) -> None:
    field, down = sort.lstrip("-") or "id", sort.startswith("-")
    wanted = [str(s.pk) for s in sorted(Setting.objects.all(), key=lambda s: (getattr(s, field), s.pk), reverse=down)]
    assert list(every_row(ask, ListQuery(sort=sort, limit=7))) == wanted
    query, found = ListQuery(sort=sort, limit=7), list[str]()
    while True:
        page = ask(query)
        found += page.rows
        if page.next_cursor is None:
            break
        query = ListQuery(sort=sort, limit=7, cursor=page.next_cursor)
    assert found == wanted
    assert page.previous_cursor is not None
    back = ask(ListQuery(sort=sort, limit=7, cursor=page.previous_cursor))
    assert list(back.rows) == wanted[14:21]
    assert back.next_cursor is not None
    assert back.previous_cursor is not None
    first = ask(ListQuery(sort=sort, limit=20, cursor=page.previous_cursor))
    assert list(first.rows) == wanted[1:21]


def test_the_count_is_exact_below_the_cap_and_only_asked_on_the_first_page(names: list[str]) -> None:
    first = ask(ListQuery(limit=5))
    assert (first.count, first.capped) == (23, False)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert first.next_cursor is not None
        assert ask(ListQuery(limit=5, cursor=first.next_cursor)).count is None
    assert len(asked) == 1


def test_the_count_stops_at_the_cap() -> None:
    Setting.objects.bulk_create([Setting(name="x", value=1, since=DAY) for _ in range(COUNT_CAP + 5)])
    page = ask(ListQuery(limit=5))
    assert (page.count, page.capped) == (COUNT_CAP, True)


@pytest.mark.parametrize("cursor", ["x", "!!", "bnVsbA", "W10", "WyJuIiwgW10sIDFd", "WyJuIiwgIm5vLWRhdGUiLCAxXQ"])
def test_a_cursor_that_cannot_be_read_is_refused(names: list[str], cursor: str) -> None:
    with pytest.raises(Invalid):
        ask(ListQuery(sort="since", cursor=cursor))
