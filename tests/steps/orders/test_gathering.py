"""Single orders that arrive at the same moment go together in one transaction, and each is answered, refused and recorded as if it had come alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connections

from packhorse.core import gather, sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import KeyReused
from packhorse.core.models import Command, JournalEntry
from packhorse.steps.inventory import reconciler
from packhorse.steps.orders import selectors, services
from packhorse.steps.orders.models import Order
from packhorse.steps.orders.types import Accepted, NewOrder, Refused
from tests.at_once import at_once
from tests.build import HOUSE, Shop, make_shop, stock
from tests.build_orders import fo_of, new_order
from tests.own_database import own_database


@pytest.fixture(scope="module", autouse=True)
def _committed(django_db_setup: None, django_db_blocker: Any, django_db_keepdb: bool) -> Iterator[None]:
    with django_db_blocker.unblock(), own_database("gathering", keep=django_db_keepdb):
        yield


@pytest.fixture
def busy() -> Iterator[Shop]:
    """A shop of its own, with five of SKU-1."""
    made = make_shop()
    stock(made, {"SKU-1": 5})
    yield made
    assert reconciler.drift() == []
    assert selectors.drift(EVERYTHING) == []


def ask(shop: Shop, order: NewOrder, key: UUID | None = None, **given: Any) -> Callable[[], Any]:
    return lambda: services.accept_gathered(
        key=key or uuid4(), actor=HOUSE, **{"client_id": shop.client_id, "warehouse_id": shop.warehouse_id, "orders": [order], **given}
    )


@contextmanager
def locked(shop: Shop) -> Iterator[None]:
    """Somebody else holds the shop's stock: whoever promises of it waits."""
    settings = connections["default"].get_connection_params()
    own = {k: settings[k] for k in ("dbname", "host", "port", "user", "password") if settings.get(k)}
    with psycopg.connect(**own) as other:
        other.execute("SELECT FROM inventory_stock WHERE client_id = %s ORDER BY id FOR UPDATE", [shop.client_id])
        yield


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "in good time"
        time.sleep(0.01)


def all_in_the_database() -> list[int]:
    """The backends that wait for a lock."""
    return [r[0] for r in sql.rows("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")]


def in_the_database() -> int:
    """The backend that waits for a lock."""
    return next(iter(all_in_the_database()), 0)


def one_then_the_rest(shop: Shop, first: Callable[[], Any], rest: list[Callable[[], Any]]) -> list[Any]:
    """What the calls came to, the first alone and the rest arriving while it is in the database."""
    with ThreadPoolExecutor(1) as pool:
        with locked(shop):
            leading = pool.submit(at_once, first)
            until(lambda: in_the_database() > 0)
            together: list[Any] = []
            thread = Thread(target=lambda: together.extend(at_once(*rest)))
            thread.start()
            until(lambda: services.accept_gathered.waiting() == len(rest))
        thread.join(20)
        assert services.accept_gathered.waiting() == 0
        return [*leading.result(), *together]


def transactions(keys: list[UUID]) -> list[int]:
    """How many of these commands each transaction wrote."""
    return sorted(r[0] for r in sql.rows("SELECT count(*) FROM core_command WHERE key = ANY(%s) GROUP BY xmin::text", [keys]))


def test_those_that_come_while_one_is_in_the_database_go_together(busy: Shop) -> None:
    keys = [uuid4() for _ in range(6)]
    orders = [new_order({"SKU-1": 1}) for _ in keys]
    calls = [ask(busy, order, key) for order, key in zip(orders, keys, strict=True)]
    answers = one_then_the_rest(busy, calls[0], calls[1:])
    assert transactions(keys) == [1, 5]
    assert [a[0].external_id for a in answers] == [o.external_id for o in orders]
    assert sorted(a[0].backordered for a in answers) == [0, 0, 0, 0, 0, 1]
    for key, (answer,) in zip(keys, answers, strict=True):  # each has its own record and its own story
        command = Command.objects.get(key=key)
        assert [a["order_id"] for a in command.answer or ()] == [answer.order_id]
        told = JournalEntry.objects.filter(order_id=answer.order_id, event="orders.order_accepted")
        assert [entry.command_id for entry in told] == [command.pk]
    assert [call() for call in calls] == answers, "asked again, each gives its own answer"


def test_who_went_together_waits_for_each_other_the_next_time_and_for_nobody_who_does_not_come(busy: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "EXPECTED_S", 60.0)
    monkeypatch.setattr(gather, "PATIENCE_S", 30.0)

    def calls(keys: list[UUID]) -> list[Callable[[], Any]]:
        return [ask(busy, new_order({"SKU-1": 1}), key) for key in keys]

    one_then_the_rest(busy, ask(busy, new_order({"SKU-1": 1})), calls([uuid4() for _ in range(4)]))
    again = [uuid4() for _ in range(4)]
    began = time.monotonic()
    at_once(*calls(again))
    assert transactions(again) == [4]
    assert time.monotonic() - began < 25, "they go as soon as all are there"
    monkeypatch.setattr(gather, "PATIENCE_S", 1.0)
    two = [uuid4() for _ in range(2)]
    at_once(*calls(two))
    assert transactions(two) == [2], "after a moment without the others"
    began = time.monotonic()
    calls([uuid4()])[0]()
    assert time.monotonic() - began >= 1.0, "of two, one is expected to come"
    monkeypatch.setattr(gather, "PATIENCE_S", 30.0)
    began = time.monotonic()
    calls([uuid4()])[0]()
    assert time.monotonic() - began < 25, "who was alone the last time waits for nobody"


def test_one_key_twice_at_once_is_done_once(busy: Shop) -> None:
    key, order = uuid4(), new_order({"SKU-1": 1})
    first, *answers = one_then_the_rest(busy, ask(busy, new_order({"SKU-1": 1})), [ask(busy, order, key)] * 3)
    assert isinstance(first[0], Accepted)
    assert answers[0] == answers[1] == answers[2]
    assert Order.objects.filter(client_id=busy.client_id).count() == 2


def test_a_key_that_another_order_has_used_is_refused_alone(busy: Shop) -> None:
    key = uuid4()
    used = ask(busy, new_order({"SKU-1": 1}), key)()
    other = new_order({"SKU-1": 1})
    _, reused, good, again = one_then_the_rest(
        busy,
        ask(busy, new_order({"SKU-1": 1})),
        [ask(busy, other, key), ask(busy, new_order({"SKU-1": 1})), ask(busy, new_order({"SKU-1": 1}))],
    )
    assert isinstance(reused, KeyReused)
    assert isinstance(good[0], Accepted)
    assert isinstance(again[0], Accepted)
    assert not Order.objects.filter(external_id=other.external_id).exists()
    assert [a["order_id"] for a in Command.objects.get(key=key).answer or ()] == [used[0].order_id]


def test_one_order_under_two_keys_is_taken_once(busy: Shop) -> None:
    order = new_order({"SKU-1": 2})
    _, one, two = one_then_the_rest(busy, ask(busy, new_order({"SKU-1": 1})), [ask(busy, order), ask(busy, order)])
    assert sorted([one[0].already, two[0].already]) == [False, True]
    assert one[0].order_id == two[0].order_id
    assert [line.promised for line in fo_of(one[0].order_id).lines] == [2]


def test_a_bad_one_among_good_ones_is_set_aside_alone(busy: Shop) -> None:
    key = uuid4()
    _, bad, good = one_then_the_rest(busy, ask(busy, new_order({"SKU-1": 1})), [ask(busy, new_order({"NOPE": 1}), key), ask(busy, new_order({"SKU-1": 1}))])
    assert isinstance(bad[0], Refused)
    assert isinstance(good[0], Accepted)
    told = JournalEntry.objects.get(event="orders.order_quarantined", subject_id=bad[0].quarantined_id)
    assert told.command_id == Command.objects.get(key=key).pk


def test_one_that_breaks_takes_nobody_with_it(busy: Shop) -> None:
    broken = new_order([("SKU-1\0", 1, "1.00")])  # what the database cannot even be asked about; the API's own checks are not on this way
    _, bad, good, other = one_then_the_rest(
        busy, ask(busy, new_order({"SKU-1": 1})), [ask(busy, broken), ask(busy, new_order({"SKU-1": 1})), ask(busy, new_order({"SKU-1": 1}))]
    )
    assert isinstance(bad, Exception)
    assert isinstance(good[0], Accepted)
    assert isinstance(other[0], Accepted)
    assert Order.objects.filter(client_id=busy.client_id).count() == 3


def test_killed_in_the_middle_nothing_is_half_done_and_each_is_taken_once(busy: Shop) -> None:
    keys = [uuid4() for _ in range(4)]
    calls = [ask(busy, new_order({"SKU-1": 1}), key) for key in keys]
    answers: list[Any] = []
    with ThreadPoolExecutor(1) as pool:
        with locked(busy):
            leading = pool.submit(at_once, calls[0])
            until(lambda: in_the_database() > 0)
            first = in_the_database()
            thread = Thread(target=lambda: answers.extend(at_once(*calls[1:])))
            thread.start()
            until(lambda: services.accept_gathered.waiting() == 3)
            sql.rows("SELECT pg_terminate_backend(%s)", [first])
            until(lambda: len({*all_in_the_database()} - {first}) == 2)  # the first once more, by itself; the other three, together
            assert services.accept_gathered.waiting() == 0
            second = all_in_the_database()
            sql.rows("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) AS pid", [second])
            until(lambda: len({*all_in_the_database()} - {*second}) == 3)
            assert Order.objects.filter(client_id=busy.client_id).count() == 0
        thread.join(20)
        assert isinstance(leading.result()[0], Exception), "cut once more it ends as any use case does"
    assert [type(a[0]) for a in answers] == [Accepted] * 3
    assert Order.objects.filter(client_id=busy.client_id).count() == 3
    assert transactions(keys) == [1, 1, 1]
    assert isinstance(calls[0]()[0], Accepted)
