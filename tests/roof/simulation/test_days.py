"""A simulated day ends with books that agree, comes out the same for the same seed, and goes on where it was interrupted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection

from packhorse.core.clock import VirtualClock, using
from packhorse.ground.carriers import registry
from packhorse.ground.carriers.tariff.carrier import TariffCarrier
from packhorse.ground.carriers.types import Purchase, PurchaseRequest, Refused, Unknown
from packhorse.roof.simulation import proof, report, story
from packhorse.roof.simulation.days import Days
from packhorse.roof.simulation.models import Run
from packhorse.roof.simulation.story import Story
from packhorse.roof.simulation.world import build
from tests.own_database import own_database

#: Four orders of 17 lines, 154 units, and a return.
SEED = 25


@contextmanager
def empty_house(name: str, setup: tuple[Any, bool]) -> Iterator[None]:
    """A database of its own, in which nothing has happened yet: its sequences too forget what earlier tests drew, for numbers decide what the carrier does to a parcel."""
    blocker, keep = setup
    with blocker.unblock(), own_database(name, keep=keep):
        with connection.cursor() as cursor:
            cursor.execute("SELECT quote_ident(sequencename) FROM pg_sequences WHERE schemaname = current_schema() ORDER BY 1")
            for (sequence,) in cursor.fetchall():
                cursor.execute(f"ALTER SEQUENCE {sequence} RESTART")
            for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
                cursor.execute(statement)
        yield


@pytest.fixture
def setup(django_db_setup: None, django_db_blocker: Any, django_db_keepdb: bool) -> tuple[Any, bool]:
    return django_db_blocker, django_db_keepdb


def days_of(tale: Story) -> Days:
    """The simulation of a story as `packhorse demo` begins it, or takes it up again."""
    start = dt.datetime.combine(tale.first, dt.time(5), dt.UTC)
    run = Run.objects.first() or Run.objects.create(parameters={}, clock=start)
    with using(VirtualClock(run.clock)):
        world = build(tale)
    return Days(run, world, tale, SEED)


def say_nothing(_what: str, _day: int, _days: int) -> None: ...


class Killed(Exception):
    """The process ends."""


class Dying(TariffCarrier):
    """The carrier sells, and our process dies before it reads the answer."""

    def buy(self, requests: Sequence[PurchaseRequest]) -> list[Purchase | Refused | Unknown]:
        super().buy(requests)
        raise Killed


def test_a_day_ends_reconciled_and_the_same_seed_gives_the_same_figures(setup: tuple[Any, bool]) -> None:
    tale = story.made_up(1, SEED, orders_per_day=6)
    runs: list[dict[str, Any]] = []
    for name in ("days_one", "days_two"):
        with empty_house(name, setup):
            days_of(tale).play(say_nothing)
            proved, found = proof.prove(), report.figures()
        assert proved["reconciled"], proved
        assert found["orders"] == {"taken": 4, "quarantined": 0, "by_outcome": {"delivered": 4}}
        assert found["units"] == {"ordered": 154, "shipped": 154, "delivered": 154, "returned": 10, "cancelled": 0}
        assert found["money"]["in_minor"] == found["money"]["ordered_minor"] == sum(sum(x.amount_minor for x in o.lines) + o.fees_minor for o in tale.orders)
        runs.append(found)
    assert runs[0] == runs[1]


def test_interrupted_between_its_parts_and_inside_one_it_goes_on_and_ends_reconciled(setup: tuple[Any, bool]) -> None:
    tale = story.made_up(1, SEED, orders_per_day=6)
    parts: list[str] = []

    def tell(what: str, _day: int, _days: int) -> None:
        parts.append(what)
        if len(parts) in (3, 6):
            raise Killed

    with empty_house("days_interrupted", setup):
        for _ in range(2):
            with pytest.raises(Killed):
                days_of(tale).play(tell)
        with registry.using(Dying()), pytest.raises(Killed):
            days_of(tale).play(tell)
        days_of(tale).play(tell)
        proved, found = proof.prove(), report.figures()

    assert proved["reconciled"], proved
    assert parts[:6] == ["morning", "8:00", "9:00", "10:00", "11:00", "12:00"]
    assert found["orders"] == {"taken": 4, "quarantined": 0, "by_outcome": {"delivered": 4}}
    assert found["units"]["delivered"] == 154
    assert found["postage"]["labels"] == found["parcels"]["packed"]  # nothing was bought twice
